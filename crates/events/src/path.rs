//! Paths as texts.

/// `name` made absolute against `base` and freed of `.`, `..` and doubled slashes, by its text alone (symbolic links are
/// not followed). A relative name without a base stays as it is.
pub fn absolute(name: &str, base: Option<&str>) -> String {
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
