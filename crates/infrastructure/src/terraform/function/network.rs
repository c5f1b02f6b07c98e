//! Functions of networks: `cidrsubnet` and its kin.

use std::net::IpAddr;

use ipnet::IpNet;

use super::Given;
use crate::value::Value;

pub(super) fn call(name: &str, given: &Given<'_>) -> Option<Value> {
    let found = match name {
        "cidrhost" => host(given).map(|address| given.say(address.to_string())),
        "cidrnetmask" => net(given, 0).map(|net| given.say(net.netmask().to_string())),
        "cidrsubnet" => net(given, 0)
            .zip(given.number(1))
            .zip(given.number(2))
            .and_then(|((net, bits), number)| subnet(net, bits, number as u128))
            .map(|net| given.say(net.to_string())),
        "cidrsubnets" => subnets(given)
            .map(|nets| Value::list(nets.iter().map(|net| given.say(net.to_string())).collect(), given.at)),
        _ => return None,
    };
    Some(found.unwrap_or_else(|| given.unknown()))
}

fn net(given: &Given<'_>, index: usize) -> Option<IpNet> {
    given.text(index)?.parse().ok()
}

fn width(net: IpNet) -> u8 {
    net.max_prefix_len()
}

fn number_of(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(address) => u128::from(u32::from(address)),
        IpAddr::V6(address) => u128::from(address),
    }
}

fn address_of(number: u128, like: IpNet) -> Option<IpAddr> {
    Some(match like {
        IpNet::V4(_) => IpAddr::from(u32::try_from(number).ok()?.to_be_bytes()),
        IpNet::V6(_) => IpAddr::from(number.to_be_bytes()),
    })
}

fn host(given: &Given<'_>) -> Option<IpAddr> {
    let net = net(given, 0)?;
    let number = given.number(1)?;
    let start =
        if number < 0.0 { number_of(net.broadcast()).checked_add(1)? } else { number_of(net.network()) };
    let moved = if number < 0.0 {
        start.checked_sub((-number) as u128)?
    } else {
        start.checked_add(number as u128)?
    };
    address_of(moved, net)
}

fn subnet(net: IpNet, bits: f64, number: u128) -> Option<IpNet> {
    let prefix = net.prefix_len().checked_add(if (0.0..=128.0).contains(&bits) {
        bits as u8
    } else {
        return None;
    })?;
    let shift = u32::from(width(net).checked_sub(prefix)?);
    let moved = number.checked_shl(shift).filter(|_| shift < 128).unwrap_or(0);
    IpNet::new(address_of(number_of(net.network()).checked_add(moved)?, net)?, prefix).ok()
}

fn subnets(given: &Given<'_>) -> Option<Vec<IpNet>> {
    let whole = net(given, 0)?;
    let mut next = number_of(whole.network());
    let mut found = Vec::new();
    for bits in given.arguments.get(1..)? {
        let bits = bits.as_number().filter(|bits| (0.0..=128.0).contains(bits))? as u8;
        let prefix = whole.prefix_len().checked_add(bits)?;
        let size = 1_u128.checked_shl(u32::from(width(whole).checked_sub(prefix)?))?;
        // The next place where a network of this size can start.
        next = next.div_ceil(size).checked_mul(size)?;
        found.push(IpNet::new(address_of(next, whole)?, prefix).ok()?);
        next = next.checked_add(size)?;
    }
    Some(found)
}
