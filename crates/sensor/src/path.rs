//! Paths as the kernel side hands them over.

use seawall_events::absolute;

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

/// Bytes of a path in the kernel side's table of forbidden executables.
pub(crate) const IMAGE_MAX: usize = 256;
/// Most names that the kernel side walks (`WALK_MAX`, less the root).
const NAMES_MAX: usize = 31;

/// An absolute, plain path as the kernel side writes it: leaf first, filled up with zeroes. None for one that it could
/// never write.
pub(crate) fn image(path: &str) -> Option<[u8; IMAGE_MAX]> {
    let names: Vec<&str> = path.strip_prefix('/')?.rsplit('/').collect();
    if names.len() > NAMES_MAX || path == "/" || absolute(path, None) != path || path.contains('\0') {
        return None;
    }
    let text = names.into_iter().chain(["/"]).fold(String::new(), |text, name| text + name + "\0");
    let mut image = [0; IMAGE_MAX];
    // As long as the table's key is too long for the kernel side, which needs one byte less.
    image.get_mut(..text.len())?.copy_from_slice(text.as_bytes());
    (text.len() < IMAGE_MAX).then_some(image)
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
    fn images_are_what_the_walk_writes() {
        let image = image("/bin/nc").unwrap();
        assert_eq!(&image[..9], b"nc\0bin\0/\0");
        assert_eq!(from_walk(&image[..9]).as_deref(), Some("/bin/nc"));
        for wrong in ["nc", "/bin/../nc", "/bin//nc", &format!("/{}", "x".repeat(255)), &"/x".repeat(32), "/"]
        {
            assert!(super::image(wrong).is_none(), "{wrong}");
        }
    }

    #[test]
    fn names_are_made_absolute_and_plain() {
        assert_eq!(absolute("../../etc//./shadow", Some("/tmp/x")), "/etc/shadow");
        assert_eq!(absolute("/../etc/passwd", Some("/tmp")), "/etc/passwd");
        assert_eq!(absolute("a", None), "a");
        assert_eq!(absolute("", Some("/tmp")), "/tmp");
    }
}
