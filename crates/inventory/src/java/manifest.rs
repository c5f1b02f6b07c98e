//! `pom.properties` of Maven, and `MANIFEST.MF` (JAR File Specification) with the file's name where there is none.

use super::group;

/// `groupId`, `artifactId` and `version`, as name and version.
pub(super) fn properties(text: &str) -> Option<(String, String)> {
    let value = |key: &str| {
        let find = |line: &str| {
            let (name, value) = line.split_once(['=', ':'])?;
            (name.trim() == key).then(|| value.trim().to_owned())
        };
        text.lines().find_map(find).filter(|value| !value.is_empty())
    };
    Some((format!("{}:{}", value("groupId")?, value("artifactId")?), value("version")?))
}

/// What a manifest and a file name say of group, artifact and version; `of_classes` is asked for a group where neither
/// does. None where one of the three is missing.
pub(super) fn manifest(
    text: &str,
    file: &str,
    of_classes: impl FnOnce(&str) -> Option<String>,
) -> Option<(String, String)> {
    // Lines longer than 72 bytes go on after a line break and a blank.
    let text = text.replace("\r\n", "\n").replace("\n ", "");
    let value = |key: &str| {
        let value = text
            .lines()
            .take_while(|line| !line.trim().is_empty())
            .find_map(|line| line.split_once(':').filter(|(name, _)| name.eq_ignore_ascii_case(key)))?;
        Some(value.1.trim().to_owned()).filter(|value| !value.is_empty() && !value.contains('$'))
    };
    let (from_name, version_of_name) = split(file);
    let symbolic = value("Bundle-SymbolicName")
        .map(|name| name.split(';').next().unwrap_or_default().trim().to_owned())
        .filter(|name| name.contains('.'));
    let is_word = |text: &String| !text.contains(char::is_whitespace);
    let artifact = from_name
        .map(str::to_owned)
        .or_else(|| value("Implementation-Title").filter(is_word))
        .or_else(|| symbolic.as_deref().and_then(|name| name.rsplit('.').next()).map(str::to_owned))?;
    let version = version_of_name.map(str::to_owned).or_else(|| {
        ["Implementation-Version", "Bundle-Version", "Specification-Version"].iter().find_map(|key| {
            value(key).filter(|text| is_word(text) && text.starts_with(|c: char| c.is_ascii_digit()))
        })
    })?;
    let group = group::published(&artifact, &version)
        .map(str::to_owned)
        .or_else(|| value("Implementation-Vendor-Id").filter(is_word))
        .or_else(|| {
            let symbolic = symbolic.as_deref()?;
            // `org.apache.commons.io` → `org.apache.commons`; of `com.h2database` nothing can go.
            let group = symbolic.rsplit_once('.').map(|(group, _)| group).filter(|group| group.contains('.'));
            Some(group.unwrap_or(symbolic).to_owned())
        })
        .or_else(|| of_classes(&artifact))?;
    // Tomcat's own folder names the archive shorter than it is published.
    let artifact = if artifact == "catalina" { "tomcat-catalina" } else { artifact.as_str() };
    Some((format!("{group}:{artifact}"), version))
}

/// `commons-io-2.6.jar` → `commons-io`, `2.6`.
fn split(file: &str) -> (Option<&str>, Option<&str>) {
    let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
    let digit = |at: usize| stem[at + 1..].starts_with(|c: char| c.is_ascii_digit());
    match stem.match_indices('-').map(|(at, _)| at).find(|at| digit(*at)) {
        Some(at) => (Some(&stem[..at]).filter(|name| !name.is_empty()), Some(&stem[at + 1..])),
        None => (Some(stem).filter(|name| !name.is_empty()), None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_versions() {
        assert_eq!(split("commons-io-2.6.jar"), (Some("commons-io"), Some("2.6")));
        assert_eq!(split("guava-29.0-jre.jar"), (Some("guava"), Some("29.0-jre")));
        assert_eq!(split("app.war"), (Some("app"), None));
        let none = |_: &str| None;
        let text = "Manifest-Version: 1.0\r\nBundle-SymbolicName: org.apache.com\r\n mons.io;singleton:=true\r\nBundle-Version: 2.6.0\r\n";
        assert_eq!(
            manifest(text, "commons-io-2.6.jar", none),
            Some(("org.apache.commons:commons-io".into(), "2.6".into()))
        );
        assert_eq!(manifest(text, "x.jar", none), Some(("org.apache.commons:x".into(), "2.6.0".into())));
        assert_eq!(manifest("Implementation-Title: Some Thing\n", "x-1.jar", none), None);
        let text = "Bundle-SymbolicName: com.h2database\n";
        assert_eq!(
            manifest(text, "h2-1.4.200.jar", none),
            Some(("com.h2database:h2".into(), "1.4.200".into()))
        );
        let spring = Some(("org.springframework:spring-core".into(), "5.3.10".into()));
        assert_eq!(manifest("", "spring-core-5.3.10.jar", none), spring);
        let asked = |artifact: &str| Some(format!("org.{artifact}"));
        assert_eq!(manifest("", "mine-1.0.jar", asked), Some(("org.mine:mine".into(), "1.0".into())));
        assert_eq!(manifest("", "mine.jar", asked), None);
        let tomcat = manifest("Implementation-Version: 9.0.50\n", "catalina.jar", none);
        assert_eq!(tomcat, Some(("org.apache.tomcat:tomcat-catalina".into(), "9.0.50".into())));
        let text = "#Generated\nversion=2.14.1\ngroupId=org.apache.logging.log4j\nartifactId=log4j-core\n";
        assert_eq!(properties(text), Some(("org.apache.logging.log4j:log4j-core".into(), "2.14.1".into())));
        assert_eq!(properties("version=1\n"), None);
    }
}
