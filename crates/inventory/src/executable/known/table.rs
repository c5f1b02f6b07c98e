//! What is recognised: names of programs and libraries, and the text that stands before their version. Names of packages
//! are those that `pkg:generic` purls of other scanners use.

/// A file's name.
#[derive(Clone, Copy, Debug)]
pub(super) enum Name {
    /// Exactly.
    Is(&'static str),
    /// With nothing or a version behind it (`php8.2`, `ruby-3.1`).
    Numbered(&'static str),
    /// A shared library of any version.
    Library(&'static str),
}

/// Which characters a version has.
#[derive(Clone, Copy, Debug)]
pub(super) enum Chars {
    /// `1.25.3`.
    Digits,
    /// `1.1.1k`, `8.3.0RC1`.
    Letters,
    /// `2.9.1-f72603c`.
    Full,
}

/// Where the version stands.
#[derive(Clone, Copy, Debug)]
pub(super) enum Text {
    /// Right behind a literal, with another (or nothing) behind it.
    Between { before: &'static [u8], end: &'static [u8], chars: Chars },
    /// Right before a literal.
    Before(&'static [u8]),
    /// A text of its own that starts like the version in the file's name.
    NamesakeNul,
    /// Redis' build identification.
    RedisBuild,
}

/// One kind of software.
#[derive(Debug)]
pub(super) struct Known {
    pub(super) names: &'static [Name],
    pub(super) package: &'static str,
    pub(super) text: Text,
}

const fn row(names: &'static [Name], package: &'static str, before: &'static [u8], chars: Chars) -> Known {
    Known { names, package, text: Text::Between { before, end: b"", chars } }
}

const fn until(
    names: &'static [Name],
    package: &'static str,
    before: &'static [u8],
    end: &'static [u8],
) -> Known {
    Known { names, package, text: Text::Between { before, end, chars: Chars::Full } }
}

use Chars::{Digits, Full, Letters};
use Name::{Is, Library, Numbered};

/// All of it.
pub(super) const TABLE: &[Known] = &[
    row(&[Is("node"), Is("nodejs")], "node", b"node.js/v", Full),
    Known { names: &[Numbered("python"), Library("libpython")], package: "python", text: Text::NamesakeNul },
    row(&[Is("nginx")], "nginx", b"nginx version: nginx/", Digits),
    row(&[Is("nginx"), Is("openresty")], "openresty", b"nginx version: openresty/", Digits),
    Known {
        names: &[Is("redis-server"), Is("redis-check-rdb"), Is("redis-check-aof"), Is("redis-sentinel")],
        package: "redis",
        text: Text::RedisBuild,
    },
    Known {
        names: &[Is("valkey-server"), Is("valkey-check-rdb"), Is("valkey-sentinel")],
        package: "valkey",
        text: Text::RedisBuild,
    },
    row(&[Is("httpd"), Is("apache2")], "httpd", b"Apache/", Digits),
    row(&[Is("postgres")], "postgresql", b"\0PostgreSQL ", Digits),
    Known {
        names: &[Is("mariadbd"), Is("mysqld"), Is("mariadb")],
        package: "mariadb",
        text: Text::Before(b"-MariaDB"),
    },
    until(&[Is("mysqld"), Is("mysql")], "mysql", b"/mysql-", b"/"),
    until(&[Is("mysqld"), Is("mysql")], "mysql", b"/mysqlcom-", b"/"),
    row(&[Is("openssl"), Library("libcrypto"), Library("libssl")], "openssl", b"\0OpenSSL ", Letters),
    row(
        &[Numbered("php"), Numbered("php-cgi"), Numbered("php-fpm"), Library("libphp")],
        "php",
        b"X-Powered-By: PHP/",
        Letters,
    ),
    row(&[Numbered("ruby"), Library("libruby")], "ruby", b"\0ruby ", Digits),
    row(&[Numbered("perl"), Library("libperl")], "perl", b"/lib/perl5/", Digits),
    row(&[Numbered("perl"), Library("libperl")], "perl", b"/share/perl/", Digits),
    until(&[Is("haproxy")], "haproxy", b" version ", b", released"),
    row(&[Is("memcached")], "memcached", b"memcached ", Digits),
    row(&[Is("lighttpd")], "lighttpd", b"lighttpd/", Digits),
    Known { names: &[Is("envoy")], package: "envoy", text: Text::Before(b"/Clean/RELEASE") },
    row(&[Is("busybox")], "busybox", b"BusyBox v", Digits),
    row(&[Is("bash")], "bash", b"@(#)Bash version ", Digits),
    row(&[Is("traefik")], "traefik", b"traefik version ", Digits),
    row(&[Is("consul")], "consul", b"CONSUL_VERSION: ", Digits),
    row(&[Is("vault")], "vault", b"Vault v", Digits),
    row(&[Is("curl"), Library("libcurl")], "curl", b"libcurl/", Digits),
    row(&[Is("curl")], "curl", b"curl/", Digits),
    row(&[Is("proftpd")], "proftpd", b"ProFTPD Version ", Letters),
    row(&[Is("fluent-bit")], "fluent-bit", b"Fluent Bit v", Digits),
    row(&[Is("squid")], "squid", b"squid/", Digits),
    row(&[Is("varnishd")], "varnish", b"varnish-", Digits),
    row(&[Is("unbound")], "unbound", b"unbound ", Digits),
    row(&[Is("dnsmasq")], "dnsmasq", b"dnsmasq-", Digits),
    row(&[Is("sshd"), Is("ssh")], "openssh", b"OpenSSH_", Letters),
    row(&[Is("gcc"), Numbered("gcc")], "gcc", b"gcc version ", Digits),
    row(&[Is("rustc"), Library("librustc_driver")], "rust", b"rustc version ", Digits),
];
