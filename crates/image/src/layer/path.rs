//! Paths of entries, brought into one form: relative to the root, without `.` and `..`.

/// The one form of an entry's path; empty for the root itself. None: it climbs out of the root.
pub(super) fn normalise(path: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(path);
    // Most paths are in order.
    let mut parts: Vec<&str> = Vec::new();
    for part in text.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// The folder of a path; none for what lies in the root.
pub(super) fn parent(path: &str) -> Option<&str> {
    path.rsplit_once('/').map(|(folder, _)| folder)
}

/// Where a symbolic link in `folder` leads. `..` at the root stays there, as it does when the image runs.
pub(super) fn target(folder: Option<&str>, link: &str) -> String {
    let start = if link.starts_with('/') { "" } else { folder.unwrap_or_default() };
    let mut parts: Vec<&str> = start.split('/').filter(|part| !part.is_empty()).collect();
    for part in link.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_stay_inside() {
        for (path, expected) in [
            ("./etc/passwd", Some("etc/passwd")),
            ("/etc//passwd/", Some("etc/passwd")),
            ("a/../b", Some("b")),
            ("./", Some("")),
            ("../etc", None),
            ("a/../../etc", None),
        ] {
            assert_eq!(normalise(path.as_bytes()).as_deref(), expected, "{path}");
        }
        assert_eq!(target(Some("etc"), "../usr/lib/os-release"), "usr/lib/os-release");
        assert_eq!(target(Some("etc"), "../../../usr/lib"), "usr/lib");
        assert_eq!(target(Some("etc"), "/srv/x"), "srv/x");
        assert_eq!(target(None, "x"), "x");
    }
}
