//! `var/lib/rpmmanifest/container-manifest-2`, which Azure Linux' distroless images keep instead of a database:
//! `rpm -qa --qf '%{NAME}\t%{VERSION}-%{RELEASE}\t%{INSTALLTIME}\t%{BUILDTIME}\t%{VENDOR}\t%{EPOCH}\t%{SIZE}\t%{ARCH}\t%{EPOCHNUM}\t%{SOURCERPM}\n'`.

use super::{Fields, package};
use crate::File;
use crate::collector::Collector;

pub(crate) fn read(file: &File<'_>, text: &str, into: &mut Collector<'_>) {
    let mut bad_lines = Vec::new();
    for (index, line) in text.lines().enumerate() {
        if line.trim().is_empty() {
            continue;
        }
        let columns: Vec<&str> = line.trim_end().split('\t').collect();
        let (Some(name), Some(version)) = (columns.first(), columns.get(1)) else {
            bad_lines.push(index + 1);
            continue;
        };
        let Some((version, release)) = version.rsplit_once('-').filter(|_| !name.is_empty()) else {
            bad_lines.push(index + 1);
            continue;
        };
        let column =
            |at: usize| columns.get(at).copied().filter(|text| *text != "(none)").unwrap_or_default();
        let fields = Fields {
            name,
            version,
            release,
            epoch: column(5).parse().ok().or_else(|| column(8).parse().ok()),
            architecture: column(7),
            vendor: column(4),
            source: column(9),
            ..Fields::default()
        };
        if *name != "gpg-pubkey" {
            let package = package(&fields, file, into);
            into.push(package);
        }
    }
    into.bad_lines(file, &bad_lines, "names no package and version");
}
