//! `image-tag-latest`: an image that is something else tomorrow.

use seawall_findings::Severity;
use serde_json::Value;

use super::{Check, Context, Hit, Run};

pub(super) const CHECK: Check = Check {
    id: "image-tag-latest",
    aliases: &["KSV-0013", "CONTAINERS_MISSING_IMAGE_VALUE_VERSION", "latest-tag"],
    severity: Severity::Medium,
    title: "Image without a fixed version",
    why: "`latest`, or no tag, is whatever was pushed last: two nodes may run different programs, and nobody can say which or go back.",
    fix: "Name a version, best with its digest:\n  image: registry.example.com/shop:1.1@sha256:<digest>",
    references: &["https://kubernetes.io/docs/concepts/containers/images/#image-names"],
    run: Run::Pod(run),
    ..Check::BLANK
};

fn run(context: &Context<'_>) -> Vec<Hit> {
    let mut hits = Vec::new();
    for container in &context.containers {
        let Some(image) = container.value.get("image").and_then(Value::as_str) else { continue };
        if image.is_empty() || image.contains('@') {
            continue;
        }
        // A colon before the last slash belongs to the registry's port.
        let last = image.rsplit('/').next().unwrap_or(image);
        let what = match last.split_once(':') {
            None => "has no tag, which means `latest`",
            Some((_, "latest")) => "has the tag `latest`",
            Some(_) => continue,
        };
        hits.push(Hit::new(
            format!("{}/image", container.pointer),
            format!("image `{image}` of container `{}` {what}", container.name),
        ));
    }
    hits
}

#[cfg(test)]
mod tests {
    #[test]
    fn ports_and_digests_are_not_tags() {
        let text = "kind: Pod
metadata: {name: p}
spec:
  containers:
  - {name: a, image: 'registry.example.com:5000/shop'}
  - {name: b, image: 'shop:latest'}
  - {name: c, image: 'registry.example.com:5000/shop:1.1'}
  - {name: d, image: 'shop@sha256:0000'}
";
        assert_eq!(
            super::super::tests::run("image-tag-latest", text),
            [
                "5:15 medium Pod p: image `registry.example.com:5000/shop` of container `a` has no tag, which means `latest`",
                "6:15 medium Pod p: image `shop:latest` of container `b` has the tag `latest`",
            ]
        );
    }
}
