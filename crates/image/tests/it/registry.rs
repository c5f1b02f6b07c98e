//! A real registry: push, resolve, pull, referrers.

use seawall_image::manifest::media;
use seawall_image::{
    Descriptor, Image, ImageError, Index, Limits, Manifest, Platform, Reference, Source, digest_of,
};

use crate::support::Item::File;
use crate::support::{all, client, image, real_registry, show};

#[tokio::test]
async fn an_image_goes_in_and_comes_out() {
    let Some(real) = real_registry() else { return };
    let registry = client();
    let reference: Reference = format!("{}/team/shop:1.0", real.host).parse().unwrap();
    let missing = registry.resolve(&reference).await.unwrap_err();
    assert!(matches!(missing, ImageError::NotFound { .. }) && missing.is_input(), "{missing}");

    let shop = image(&[&[File("a", b"1"), File("b", b"1")], &[File(".wh.a", b"")]]);
    assert_eq!(registry.push_assembled(&reference, &shop).await.unwrap(), shop.digest);
    assert_eq!(
        registry.push_assembled(&reference, &shop).await.unwrap(),
        shop.digest,
        "again: blobs are there"
    );
    assert_eq!(registry.resolve(&reference).await.unwrap(), shop.digest);

    let pulled = Image::open(&Source::Registry(reference.clone()), &registry, None).await.unwrap();
    assert_eq!((&pulled.digest, &pulled.manifest_digest), (&shop.digest, &shop.digest));
    assert_eq!(pulled.reference, reference.to_string());
    assert_eq!(show(&pulled.files(&all(), &Limits::default(), None).await.unwrap()), "b 0 1");

    // Another tool reads what was pushed, and writes Docker's own media types for this one to read.
    let docker = reference.with_tag("docker").unwrap();
    let copied = std::process::Command::new("skopeo")
        .args(["--insecure-policy", "copy", "--quiet", "--src-tls-verify=false", "--dest-tls-verify=false"])
        .args(["--format", "v2s2", &format!("docker://{reference}"), &format!("docker://{docker}")])
        .output();
    match copied {
        Ok(output) => {
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            assert_eq!(registry.manifest(&docker).await.unwrap().1, media::DOCKER_MANIFEST);
            let pulled = Image::open(&Source::Registry(docker), &registry, None).await.unwrap();
            assert_eq!(show(&pulled.files(&all(), &Limits::default(), None).await.unwrap()), "b 0 1");
        }
        Err(error) => eprintln!("skipped: skopeo cannot be started ({error})"),
    }

    // By digest, and a digest that is not there.
    let pinned = reference.with_digest(shop.digest.clone());
    assert_eq!(registry.manifest(&pinned).await.unwrap().0, shop.manifest);
    let none = reference.with_digest(digest_of(b"none"));
    assert!(registry.find_manifest(&none).await.unwrap().is_none());
    let config = digest_of(&shop.config);
    assert_eq!(registry.blob(&reference, &config, 10_000).await.unwrap(), shop.config);
    assert!(matches!(
        registry.blob(&reference, &config, 10).await,
        Err(ImageError::TooLarge { most: 10, .. })
    ));
}

#[tokio::test]
async fn an_index_is_asked_for_the_platform() {
    let Some(real) = real_registry() else { return };
    let registry = client();
    let reference: Reference = format!("{}/shop:multi", real.host).parse().unwrap();
    let shop = image(&[&[File("a", b"1")]]);
    registry.push_assembled(&reference.with_tag("one").unwrap(), &shop).await.unwrap();
    let native = Platform::native();
    let entry = |platform: &Platform| Descriptor {
        platform: Some(platform.clone()),
        ..Descriptor::new(media::OCI_MANIFEST, shop.digest.clone(), shop.manifest.len() as u64)
    };
    let index =
        Index { manifests: vec![entry(&"linux/s390x".parse().unwrap()), entry(&native)], ..Index::default() };
    let bytes = serde_json::to_vec(&index).unwrap();
    let digest = registry.push_manifest(&reference, media::OCI_INDEX, bytes).await.unwrap();
    let source = Source::Registry(reference);
    let pulled = Image::open(&source, &registry, None).await.unwrap();
    assert_eq!((&pulled.digest, &pulled.manifest_digest), (&digest, &shop.digest));
    assert_eq!(pulled.platform, native);
    let error = Image::open(&source, &registry, Some(&"linux/riscv64".parse().unwrap())).await.unwrap_err();
    assert!(error.to_string().contains("it has: linux/s390x, linux/"), "{error}");
    let error = Image::open(&source, &registry, Some(&"linux/s390x".parse().unwrap())).await.unwrap_err();
    assert!(matches!(error, ImageError::NoPlatform { .. }), "the index lies about the platform: {error}");
}

#[tokio::test]
async fn referrers_are_listed_without_the_api() {
    let Some(real) = real_registry() else { return };
    let registry = client();
    let reference: Reference = format!("{}/shop:1.0", real.host).parse().unwrap();
    let shop = image(&[&[File("a", b"1")]]);
    registry.push_assembled(&reference, &shop).await.unwrap();
    assert_eq!(registry.referrers(&reference, &shop.digest).await.unwrap(), []);

    let empty = registry.push_blob(&reference, "{}").await.unwrap();
    let mut pushed = Vec::new();
    for kind in ["application/vnd.example.a+json", "application/vnd.example.b+json"] {
        let manifest = Manifest {
            schema_version: 2,
            media_type: Some(media::OCI_MANIFEST.to_owned()),
            artifact_type: Some(kind.to_owned()),
            config: Descriptor::new(media::EMPTY, empty.clone(), 2),
            layers: vec![Descriptor::new(media::EMPTY, empty.clone(), 2)],
            subject: Some(Descriptor::new(
                media::OCI_MANIFEST,
                shop.digest.clone(),
                shop.manifest.len() as u64,
            )),
            annotations: [("k".to_owned(), "v".to_owned())].into(),
        };
        let bytes = serde_json::to_vec(&manifest).unwrap();
        let digest = registry.push_referrer(&reference, bytes.clone()).await.unwrap();
        assert_eq!(registry.push_referrer(&reference, bytes).await.unwrap(), digest, "twice is listed once");
        pushed.push((digest, Some(kind.to_owned())));
    }
    let listed = registry.referrers(&reference, &shop.digest).await.unwrap();
    assert_eq!(
        listed.iter().map(|d| (d.digest.clone(), d.artifact_type.clone())).collect::<Vec<_>>(),
        pushed
    );
    assert_eq!(listed[0].annotations["k"], "v");

    // An artifact is no image.
    let artifact = reference.with_digest(pushed[0].0.clone());
    let error = Image::open(&Source::Registry(artifact), &registry, None).await.unwrap_err();
    assert!(
        matches!(&error, ImageError::NotAnImage { media_type, .. } if media_type.ends_with(".a+json")),
        "{error}"
    );
}
