//! The Maven group of an archive that does not name it. Gradle and Ant write no `pom.properties`, and what half of the
//! Java world runs (Spring, Tomcat, Kafka, Kotlin) is built by them: its own file name, what is published under that
//! name, and the packages of its classes tell.

use std::collections::HashMap;

/// Classes that must lie below a group before it counts, of a hundred: archives carry others' classes.
const MOST: usize = 80;

/// What is published under these names, whatever the manifest says; where a name ends with `*`, so does the file's.
const PUBLISHED: &[(&str, &str)] = &[
    ("ant", "org.apache.ant"),
    ("ant-contrib", "ant-contrib"),
    ("ant-*", "org.apache.ant"),
    ("batik-*", "org.apache.xmlgraphics"),
    ("catalina", "org.apache.tomcat"),
    ("commons-httpclient", "commons-httpclient"),
    ("grpc-*", "io.grpc"),
    ("javax.inject", "javax.inject"),
    ("kafka-*", "org.apache.kafka"),
    ("kafka_2.*", "org.apache.kafka"),
    ("kotlin-*", "org.jetbrains.kotlin"),
    ("kotlinx-*", "org.jetbrains.kotlinx"),
    ("log4j", "log4j"),
    ("lucene-*", "org.apache.lucene"),
    ("micrometer-*", "io.micrometer"),
    ("mysql-connector-java", "mysql"),
    ("ojdbc*", "com.oracle.database.jdbc"),
    ("poi", "org.apache.poi"),
    ("poi-*", "org.apache.poi"),
    ("serializer", "xalan"),
    ("solr-*", "org.apache.solr"),
    ("spring-aop", "org.springframework"),
    ("spring-aspects", "org.springframework"),
    ("spring-beans", "org.springframework"),
    ("spring-boot", "org.springframework.boot"),
    ("spring-boot-*", "org.springframework.boot"),
    ("spring-context", "org.springframework"),
    ("spring-context-*", "org.springframework"),
    ("spring-core", "org.springframework"),
    ("spring-expression", "org.springframework"),
    ("spring-instrument", "org.springframework"),
    ("spring-integration-*", "org.springframework.integration"),
    ("spring-jcl", "org.springframework"),
    ("spring-jdbc", "org.springframework"),
    ("spring-jms", "org.springframework"),
    ("spring-kafka", "org.springframework.kafka"),
    ("spring-messaging", "org.springframework"),
    ("spring-orm", "org.springframework"),
    ("spring-oxm", "org.springframework"),
    ("spring-r2dbc", "org.springframework"),
    ("spring-security-*", "org.springframework.security"),
    ("spring-session-*", "org.springframework.session"),
    ("spring-test", "org.springframework"),
    ("spring-tx", "org.springframework"),
    ("spring-web", "org.springframework"),
    ("spring-webflux", "org.springframework"),
    ("spring-webmvc", "org.springframework"),
    ("spring-websocket", "org.springframework"),
    ("struts", "struts"),
    ("tomcat-embed-*", "org.apache.tomcat.embed"),
    ("tomcat-*", "org.apache.tomcat"),
    ("xalan", "xalan"),
    ("xercesImpl", "xerces"),
    ("xml-apis", "xml-apis"),
];

/// Packages that are not named for the group they are published in.
const PACKAGES: &[(&str, &str)] = &[
    ("okhttp3", "com.squareup.okhttp3"),
    ("okio", "com.squareup.okio"),
    ("retrofit2", "com.squareup.retrofit2"),
    ("org.aopalliance", "aopalliance"),
    ("org.dom4j", "dom4j"),
];

/// The group that an artifact of that name and version is published in.
pub(super) fn published(artifact: &str, version: &str) -> Option<&'static str> {
    if artifact == "groovy" || artifact.starts_with("groovy-") {
        // It moved to the Apache foundation's group with 4.0.
        let major: u32 = version.split('.').next()?.parse().ok()?;
        return Some(if major < 4 { "org.codehaus.groovy" } else { "org.apache.groovy" });
    }
    let matches = |name: &str| match name.strip_suffix('*') {
        Some(start) => artifact.starts_with(start),
        None => artifact == name,
    };
    PUBLISHED.iter().find(|(name, _)| matches(name)).map(|(_, group)| *group)
}

/// The group that the packages of the archive's classes speak of: what most of them have in common, three words of it.
pub(super) fn of_classes<N: AsRef<str>>(entries: impl Iterator<Item = N>, artifact: &str) -> Option<String> {
    let mut counts: HashMap<String, usize> = HashMap::new();
    let mut all = 0;
    for entry in entries {
        let Some((package, _)) =
            entry.as_ref().strip_suffix(".class").and_then(|entry| entry.rsplit_once('/'))
        else {
            continue;
        };
        if package.starts_with("META-INF") || package.contains("-INF/") {
            continue;
        }
        all += 1;
        let ends = package.match_indices('/').map(|(at, _)| at).chain([package.len()]);
        for end in ends.take(3) {
            let start = package.get(..end)?;
            match counts.get_mut(start) {
                Some(count) => *count += 1,
                None => {
                    counts.insert(start.to_owned(), 1);
                }
            }
        }
    }
    let most = counts.into_iter().filter(|(_, count)| count * 100 >= all * MOST);
    let (package, _) = most.max_by_key(|(package, _)| package.len())?;
    let package = package.replace('/', ".");
    if let Some((_, group)) = PACKAGES.iter().find(|(known, _)| *known == package) {
        return Some((*group).to_owned());
    }
    let is_word = |word: &str| {
        !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    };
    // One word alone is a group only of the old kind that is named like its artifact.
    (package.split('.').all(is_word) && (package.contains('.') || package == artifact)).then_some(package)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_decide_first() {
        assert_eq!(published("spring-webmvc", "5.3.10"), Some("org.springframework"));
        assert_eq!(published("spring-boot-actuator", "2.5.5"), Some("org.springframework.boot"));
        assert_eq!(published("tomcat-embed-core", "9.0.50"), Some("org.apache.tomcat.embed"));
        assert_eq!(published("groovy-json", "4.0.1"), Some("org.apache.groovy"));
        assert_eq!(published("groovy", "3.0.6"), Some("org.codehaus.groovy"));
        assert_eq!(published("spring-mine", "1"), None);
    }

    #[test]
    fn then_what_the_classes_have_in_common() {
        let group = |entries: &[&str], artifact: &str| of_classes(entries.iter().copied(), artifact);
        let kafka = ["org/apache/kafka/A.class", "org/apache/kafka/common/B.class", "x.txt"];
        assert_eq!(group(&kafka, "k"), Some("org.apache.kafka".into()));
        assert_eq!(
            group(&["org/elasticsearch/A.class", "org/elasticsearch/b/B.class"], "e"),
            Some("org.elasticsearch".into())
        );
        assert_eq!(
            group(&["okhttp3/A.class", "okhttp3/internal/A.class"], "okhttp"),
            Some("com.squareup.okhttp3".into())
        );
        assert_eq!(group(&["bsh/A.class", "bsh/b/B.class"], "bsh"), Some("bsh".into()));
        assert_eq!(group(&["bsh/A.class"], "other"), None);
        assert_eq!(group(&["a/b/A.class", "c/d/B.class"], "x"), None);
        assert_eq!(
            group(&["A.class", "META-INF/versions/9/a/b/A.class", "WEB-INF/classes/a/b/A.class"], "x"),
            None
        );
        assert_eq!(group(&["a/b /A.class", "//.class"], "x"), None);
        assert_eq!(group(&[], "x"), None);
    }
}
