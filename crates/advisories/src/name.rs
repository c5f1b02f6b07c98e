//! Names that an ecosystem takes for the same.

use std::borrow::Cow;

/// The name by which advisories are stored and looked up: PEP 503 for PyPI, small letters where the registry knows no
/// others (Packagist, NuGet), else as it is.
pub(crate) fn normal<'a>(ecosystem: &str, name: &'a str) -> Cow<'a, str> {
    let plain = |name: &'a str| {
        if name.bytes().any(|b| b.is_ascii_uppercase()) {
            Cow::Owned(name.to_ascii_lowercase())
        } else {
            Cow::Borrowed(name)
        }
    };
    match ecosystem.split(':').next() {
        Some("PyPI") if name.contains(['_', '.', '-']) => {
            let parts = name.split(['_', '.', '-']).filter(|part| !part.is_empty());
            Cow::Owned(parts.collect::<Vec<_>>().join("-").to_ascii_lowercase())
        }
        Some("PyPI" | "Packagist" | "NuGet" | "Hex") => plain(name),
        // A repository's address, with or without what a browser or git adds.
        Some("SwiftURL") => {
            let bare = name.trim_start_matches("https://").trim_end_matches(".git").trim_end_matches('/');
            Cow::Owned(bare.to_ascii_lowercase())
        }
        Some("Bitnami") => Cow::Borrowed(bitnami(name)),
        _ => Cow::Borrowed(name),
    }
}

/// What Bitnami calls software that others call by another name.
fn bitnami(name: &str) -> &str {
    match name {
        "httpd" | "apache2" => "apache",
        "nodejs" | "node.js" => "node",
        "postgres" => "postgresql",
        "go" => "golang",
        "openjdk" | "jdk" => "java",
        "mongod" => "mongodb",
        "php-cli" | "php-fpm" => "php",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::normal;

    #[test]
    fn names() {
        assert_eq!(normal("PyPI", "Zope.Interface__x"), "zope-interface-x");
        assert_eq!(normal("PyPI", "Jinja2"), "jinja2");
        assert_eq!(normal("NuGet", "Newtonsoft.Json"), "newtonsoft.json");
        assert_eq!(normal("npm", "JSONStream"), "JSONStream");
        assert_eq!(
            normal("SwiftURL", "https://github.com/Apple/swift-nio.git"),
            "github.com/apple/swift-nio"
        );
        assert_eq!(normal("Bitnami", "httpd"), "apache");
    }
}
