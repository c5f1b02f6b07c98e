//! Paths as the kernel side hands them over.

/// A path written leaf first, each name ended by NUL, the root as the name `/` last.
/// None where the kernel side had to cut it.
pub(crate) fn from_walk(bytes: &[u8]) -> Option<String> {
    let mut names: Vec<&[u8]> = bytes.split(|byte| *byte == 0).collect();
    names.pop(); // after the last NUL
    if let [only] = names[..]
        && only.starts_with(b"memfd:")
    {
        return Some(format!("/{}", String::from_utf8_lossy(only)));
    }
    if names.pop() != Some(b"/") {
        return None;
    }
    if names.is_empty() {
        return Some("/".to_owned());
    }
    let mut path = String::new();
    for name in names.iter().rev() {
        path.push('/');
        path.push_str(&String::from_utf8_lossy(name));
    }
    Some(path)
}

/// `name` made absolute against `base` and freed of `.`, `..` and doubled slashes, by its text alone (symbolic links are
/// not followed). A relative name without a base stays as it is.
pub(crate) fn absolute(name: &str, base: Option<&str>) -> String {
    let whole = match base {
        _ if name.starts_with('/') => name.to_owned(),
        Some(base) => format!("{base}/{name}"),
        None => return name.to_owned(),
    };
    let mut parts: Vec<&str> = Vec::new();
    for part in whole.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    format!("/{}", parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn walks_are_turned_round() {
        assert_eq!(from_walk(b"shadow\0etc\0/\0").as_deref(), Some("/etc/shadow"));
        assert_eq!(from_walk(b"/\0").as_deref(), Some("/"));
        assert_eq!(from_walk(b"memfd:x\0").as_deref(), Some("/memfd:x"));
        assert_eq!(from_walk(b"deep\0er\0"), None);
        assert_eq!(from_walk(b""), None);
    }

    #[test]
    fn names_are_made_absolute_and_plain() {
        assert_eq!(absolute("../../etc//./shadow", Some("/tmp/x")), "/etc/shadow");
        assert_eq!(absolute("/../etc/passwd", Some("/tmp")), "/etc/passwd");
        assert_eq!(absolute("a", None), "a");
        assert_eq!(absolute("", Some("/tmp")), "/tmp");
    }
}
