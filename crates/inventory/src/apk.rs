//! apk's database of installed packages (apk-tools, "Installed database V2").

use seawall_findings::{Found, Package, PackageType};

use crate::collector::Collector;
use crate::paragraphs::{self, Paragraph};
use crate::{File, purl};

pub(crate) fn read(file: &File<'_>, text: &str, into: &mut Collector<'_>) {
    let mut bad_lines = Vec::new();
    paragraphs::split(
        text,
        |key| matches!(key, "P" | "V" | "A" | "L" | "o" | "F" | "R"),
        |paragraph| {
            if let Some(package) = package(file, paragraph, into) {
                into.push(package);
                owned(paragraph, into);
            }
        },
        |line| bad_lines.push(line),
    );
    into.bad_lines(file, &bad_lines, "is no `field:value`");
}

fn package(file: &File<'_>, paragraph: &Paragraph<'_>, into: &mut Collector<'_>) -> Option<Package> {
    let Some(name) = paragraph.get("P").filter(|name| !name.is_empty()) else {
        into.problem(file, paragraph.line, "a package without a name (`P:`)");
        return None;
    };
    let Some(version) = paragraph.get("V").filter(|version| !version.is_empty()) else {
        into.problem(file, paragraph.line, &format!("package {name} has no version (`V:`)"));
        return None;
    };
    let architecture = paragraph.get("A").map(str::to_owned);
    let origin = paragraph.get("o").filter(|origin| !origin.is_empty() && *origin != name);
    Some(Package {
        kind: PackageType::Apk,
        name: name.to_owned(),
        version: version.to_owned(),
        purl: purl::apk(name, version, architecture.as_deref(), into.distribution()),
        source_name: origin.map(str::to_owned),
        source_version: None, // an origin's packages share its version
        architecture,
        licences: paragraph.get("L").filter(|text| !text.is_empty()).map(str::to_owned).into_iter().collect(),
        location: file.location(),
        found: Found::OsDatabase,
    })
}

/// `F:` opens a folder, each `R:` is a file in it.
fn owned(paragraph: &Paragraph<'_>, into: &mut Collector<'_>) {
    let mut folder = "";
    let mut path = String::new();
    for (key, value) in paragraph.fields() {
        match key {
            "F" => folder = value,
            "R" => {
                path.clear();
                path.push_str(folder);
                path.push('/');
                path.push_str(value);
                into.ownership.own(&path);
            }
            _ => {}
        }
    }
}
