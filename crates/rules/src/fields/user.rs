//! `user.*` and `group.*`.

use seawall_events::Event;

use super::process::who;
use super::table::{field, recorded};
use super::value::{Value, number, text};
use super::{Field, Type};

use Type::{Number, Text};

#[rustfmt::skip]
pub(super) static FIELDS: &[Field] = &[
    field("user.uid", Number, |e, _| number(who(e)?.uid), "user id"),
    field("user.name", Text, |e, _| name(e), "user name"),
    field("group.gid", Number, |e, _| number(who(e)?.gid), "group id"),
    recorded("group.name", Text, |e, _| text(who(e)?.group.as_deref()?), "group name"),
    recorded("user.homedir", Text, |e, _| text(who(e)?.home.as_deref()?), "home directory"),
    recorded("user.shell", Text, |e, _| text(who(e)?.shell.as_deref()?), "login shell"),
    recorded("user.loginuid", Number, |e, _| number(who(e)?.login_uid.map_or(-1, i64::from)), "user id at login; -1 without a login"),
    recorded("user.loginname", Text, |e, _| text(who(e)?.login_user.as_deref()?), "user name at login"),
];

/// The user's name; root's where no passwd file gives one.
fn name(event: &Event) -> Option<Value<'_>> {
    let process = who(event)?;
    match &process.user {
        Some(name) => text(name.as_str()),
        None if process.uid == 0 => text("root"),
        None => None,
    }
}
