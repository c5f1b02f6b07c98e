//! Files of the merged view: tools, special permissions, what was left behind.

use std::collections::BTreeMap;

use seawall_findings::Severity::{self, High, Low, Medium};
use seawall_findings::{Finding, Location};

use super::finding;
use crate::facts::leftover;
use crate::tools::{self, Group, Tool};
use crate::{FileFact, ImageFacts, Options};

/// Most findings of one id that are listed one by one.
const MOST: usize = 50;

pub(super) fn find(facts: &ImageFacts, options: &Options, found: &mut Vec<Finding>) {
    let mut by_tool: BTreeMap<&str, (&Tool, Vec<&FileFact>)> = BTreeMap::new();
    let mut left: BTreeMap<&'static str, Vec<&FileFact>> = BTreeMap::new();
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let mut one = |id: &'static str, made: Finding, file: &FileFact| {
        let count = counts.entry(id).or_default();
        *count += 1;
        if *count <= MOST {
            found.push(at(made, file));
        }
    };
    for file in &facts.files {
        if !file.folder
            && let Some(tool) = tools::of(&file.path, file.mode)
            && tool.group.unwanted(options.profile)
            && !started(facts, &file.path, tool)
        {
            by_tool
                .entry(tool.names.first().copied().unwrap_or_default())
                .or_insert((tool, Vec::new()))
                .1
                .push(file);
        }
        if !file.folder && file.mode & 0o6000 != 0 && file.mode & 0o111 != 0 {
            let (bits, owner) = (if file.mode & 0o4000 != 0 { "setuid" } else { "setgid" }, file.uid);
            let made = finding(
                "setuid-file",
                &["CIS-DI-0008"],
                if file.mode & 0o4000 != 0 && owner == 0 { Medium } else { Low },
                format!("Whoever runs it becomes its owner ({bits})"),
                "take the bit away: `chmod a-s`",
            );
            one(
                "setuid-file",
                Finding {
                    evidence: Some(format!("{bits}, mode {:04o}, owner {owner}", file.mode & 0o7777)),
                    ..made
                },
                file,
            );
        }
        if file.capable {
            one(
                "file-capability",
                finding(
                    "file-capability",
                    &["CIS-DI-0008"],
                    Medium,
                    "Whoever runs it gets its capabilities",
                    "take them away: `setcap -r`",
                ),
                file,
            );
        }
        let open = file.mode & 0o002 != 0 && file.mode & 0o1000 == 0;
        if open && !file.path.starts_with("proc/") && !file.path.starts_with("dev/") {
            let what = if file.folder {
                "Everybody may put files into this folder, and replace others'"
            } else {
                "Everybody may change this file"
            };
            one(
                "world-writable",
                Finding {
                    evidence: Some(format!("mode {:04o}", file.mode & 0o7777)),
                    ..finding(
                        "world-writable",
                        &[],
                        if file.mode & 0o111 != 0 && !file.folder { High } else { Low },
                        what,
                        "take the permission away: `chmod o-w`",
                    )
                },
                file,
            );
        }
        if let Some(id) = leftover(&file.path, file.folder) {
            left.entry(id).or_default().push(file);
        }
    }
    for (name, (tool, files)) in by_tool {
        found.push(of_tool(name, tool, &files));
    }
    for (id, files) in left {
        let Some(first) = files.first() else { continue };
        let (severity, title, remedy) = words(id);
        let made = finding(id, aliases(id), severity, title, remedy);
        found.push(at(Finding { evidence: Some(more(&files)), ..made }, first));
    }
}

fn of_tool(name: &str, tool: &Tool, files: &[&FileFact]) -> Finding {
    let mut aliases = vec![tool.group.alias()];
    if tool.group == Group::Everything {
        aliases = vec![
            "tool-shell",
            "tool-sh",
            "tool-wget",
            "tool-nc",
            "tool-telnet",
            "tool-downloader",
            "tool-network",
        ];
    }
    let others: Vec<String> = tool.names.iter().skip(1).map(|other| format!("tool-{other}")).collect();
    let id = format!("tool-{name}");
    let made = finding(
        &id,
        &aliases,
        tool.group.severity(),
        format!("{name} is in the image: {}", tool.group.why()),
        "leave it in the build stage; debug with an ephemeral container (`kubectl debug`)",
    );
    let mut made = Finding { evidence: Some(more(files)), ..made };
    // Only names whose files are there: `forbid: [npx]` is not about an image with npm alone.
    made.aliases.extend(others.into_iter().filter(|alias| {
        let name = alias.trim_start_matches("tool-");
        files.iter().any(|file| file.path.rsplit('/').next().is_some_and(|found| found == name))
    }));
    match files.first() {
        Some(first) => at(made, first),
        None => made,
    }
}

/// What the image starts belongs to it, and so does the shell or interpreter that it is started by.
fn started(facts: &ImageFacts, path: &str, tool: &Tool) -> bool {
    if !matches!(tool.group, Group::Shell | Group::Interpreter) {
        return false;
    }
    facts.entrypoint.iter().chain(&facts.cmd).take(3).any(|word| {
        let word = word.trim_start_matches('/');
        word == path
            || tool.names.iter().any(|name| {
                let last = word.rsplit('/').next().unwrap_or(word);
                last == *name || last.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.') == *name
            })
    })
}

fn at(made: Finding, file: &FileFact) -> Finding {
    Finding { location: Location { path: file.path.clone(), layer: file.layer.clone() }, ..made }
}

/// `usr/bin/git and 3 more`.
fn more(files: &[&FileFact]) -> String {
    let bytes: u64 = files.iter().map(|file| file.size).sum();
    let first = files.first().map(|file| super::short(&file.path, 160)).unwrap_or_default();
    match files.len() {
        0 | 1 => format!("{first}, {} KiB", bytes.div_ceil(1024)),
        count => format!("{first} and {} more, {} KiB", count - 1, bytes.div_ceil(1024)),
    }
}

fn aliases(id: &str) -> &'static [&'static str] {
    match id {
        "apt-cache" => &["DKL-DI-0005", "DL3009"],
        "package-cache" => &["DKL-DI-0004"],
        "env-file" | "credential-file" => &["CIS-DI-0010", "DKL-LI-0003"],
        _ => &["DKL-LI-0003"],
    }
}

fn words(id: &str) -> (Severity, &'static str, &'static str) {
    match id {
        "apt-cache" => (
            Low,
            "apt's lists or packages were left in the image",
            "remove them in the same RUN: `rm -rf /var/lib/apt/lists/*`",
        ),
        "package-cache" => (
            Low,
            "A package manager's cache was left in the image",
            "remove it in the same RUN, or mount it: `RUN --mount=type=cache,target=…`",
        ),
        "vcs-folder" => {
            (High, "The repository's whole history is in the image", "list `.git` in .dockerignore")
        }
        "env-file" => (
            High,
            "A file of environment variables is in the image: such files hold passwords",
            "list `.env*` in .dockerignore, and give the values at run time",
        ),
        "credential-file" => (
            High,
            "A file that holds credentials is in the image",
            "give it to the build with `RUN --mount=type=secret`, and revoke what is in it",
        ),
        "shell-history" => (Medium, "A shell's history is in the image", "remove it"),
        _ => (Low, "A file of the build is in the image", "list it in .dockerignore"),
    }
}
