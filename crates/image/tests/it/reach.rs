//! How registries are reached: mirrors, certificates, credential files; and what is told of the base image.

use std::sync::Arc;

use axum::body::Body;
use axum::response::Response;
use seawall_image::assemble::{Config, Layer, assemble};
use seawall_image::{Image, ImageError, Limits, Reference, Registry, RegistryOptions, Source};

use crate::support::Item::File;
use crate::support::{all, client, contents, cut, good, image, options, server, show, status, tar};

fn through(mirrors: &[(&str, &str)]) -> Registry {
    let mirrors = mirrors.iter().map(|(registry, mirror)| ((*registry).to_owned(), (*mirror).to_owned()));
    Registry::new(RegistryOptions { mirrors: mirrors.collect(), ..options() })
}

async fn read(registry: &Registry, reference: &str) -> Result<String, ImageError> {
    let source = Source::Registry(reference.parse::<Reference>().unwrap());
    let image = Image::open(&source, registry, None).await?;
    Ok(show(&image.files(&all(), &Limits::default(), None).await?))
}

#[tokio::test]
async fn a_mirror_is_asked_first_and_the_registry_after_it() {
    let shop = image(&[&[File("a", &vec![7; 200_000])]]);
    let contents = Arc::new(contents(&shop));
    let expected = format!("a 0 {}", String::from_utf8_lossy(&vec![7; 200_000]));
    let served = contents.clone();
    let (upstream, asked) = server(move |request, _| good(&served, request)).await;
    let reference = format!("{upstream}/team/shop:1.0");

    // A mirror that has everything, below a path.
    let served = contents.clone();
    let (mirror, _) = server(move |request, _| {
        if request.uri().path().starts_with("/v2/hub/team/shop/") {
            good(&served, request)
        } else {
            status(404)
        }
    })
    .await;
    let seen = read(&through(&[(&upstream, &format!("{mirror}/hub"))]), &reference).await.unwrap();
    assert!(seen == expected && asked.lock().unwrap().is_empty(), "the registry was not asked");
    let other = read(&through(&[("other.example.com", &mirror)]), &reference).await.unwrap();
    assert!(other == expected && !asked.lock().unwrap().is_empty(), "it mirrors another registry");

    // Mirrors that are not there, know nothing, lie, or stop in the middle of a layer.
    let (empty, _) = server(|_, _| status(404)).await;
    let (broken, _) = server(|_, _| status(500)).await;
    let (liar, _) = server(|request, _| match request.uri().path() {
        path if path.contains("/blobs/") => Response::new(Body::from("something else")),
        _ => status(404),
    })
    .await;
    let served = contents.clone();
    let layer = format!("/blobs/{}", seawall_image::digest_of(shop.layers()[0].packed()));
    let (stops, _) = server(move |request, _| {
        if request.uri().path().ends_with(&layer) { cut(&served[&layer], 0) } else { good(&served, request) }
    })
    .await;
    for mirror in ["127.0.0.1:1", &empty, &broken, &stops] {
        let seen = read(&through(&[(&upstream, mirror)]), &reference).await;
        assert!(seen.is_ok_and(|seen| seen == expected), "{mirror}");
    }
    // What a mirror says of a layer is proven like everything; a configuration is proven before it is used.
    let seen = read(&through(&[(&upstream, &liar)]), &reference).await;
    assert!(matches!(
        seen,
        Err(ImageError::Digest { .. } | ImageError::Cut { .. } | ImageError::Size { .. })
    ));
}

#[tokio::test]
async fn a_certificate_of_ones_own_is_trusted_when_it_is_named() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    let tls = axum_server::tls_rustls::RustlsConfig::from_pem(
        made.cert.pem().into_bytes(),
        made.signing_key.serialize_pem().into_bytes(),
    )
    .await
    .unwrap();
    let contents = Arc::new(contents(&image(&[&[File("a", b"1")]])));
    let app = axum::Router::new().fallback(move |request: axum::extract::Request| {
        let contents = contents.clone();
        async move { good(&contents, &request) }
    });
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let port = listener.local_addr().unwrap().port();
    let server = axum_server::from_tcp_rustls(listener, tls).unwrap();
    tokio::spawn(server.serve(app.into_make_service()));

    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("ca.pem");
    let with = |ca| Registry::new(RegistryOptions { ca, retries: 0, ..options() });
    let reference = format!("localhost:{port}/shop:1.0");
    std::fs::write(&file, made.cert.pem()).unwrap();
    assert_eq!(read(&with(vec![file.clone()]), &reference).await.unwrap(), "a 0 1");

    let other = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    std::fs::write(&file, other.cert.pem()).unwrap();
    let error = read(&with(vec![file.clone()]), &reference).await.unwrap_err();
    assert!(error.to_string().contains("certificate"), "{error}");
    for wrong in ["", "no certificate"] {
        std::fs::write(&file, wrong).unwrap();
        let error = read(&with(vec![file.clone()]), &reference).await.unwrap_err();
        assert!(matches!(error, ImageError::Certificates { .. }) && error.is_input(), "{error}");
    }
    let missing = folder.path().join("missing.pem");
    assert!(matches!(read(&with(vec![missing]), &reference).await, Err(ImageError::Certificates { .. })));
}

#[tokio::test]
async fn podmans_credentials_are_used_before_dockers() {
    let shop = Arc::new(contents(&image(&[&[File("a", b"1")]])));
    let (host, _) = server(move |request, _| {
        let sent = request.headers().get("authorization").and_then(|h| h.to_str().ok());
        // team:pw
        if sent == Some("Basic dGVhbTpwdw==") {
            return good(&shop, request);
        }
        let mut response = status(401);
        response.headers_mut().insert("www-authenticate", "Basic realm=\"reg\"".parse().unwrap());
        response
    })
    .await;
    let folder = tempfile::tempdir().unwrap();
    let (podman, docker) = (folder.path().join("auth.json"), folder.path().join("config.json"));
    std::fs::write(&podman, format!(r#"{{"auths":{{"{host}/team":{{"auth":"dGVhbTpwdw=="}}}}}}"#)).unwrap();
    std::fs::write(&docker, format!(r#"{{"auths":{{"{host}":{{"auth":"dXNlcjpwYXNz"}}}}}}"#)).unwrap();
    let auth_files = vec![folder.path().join("none.json"), podman];
    let registry = Registry::new(RegistryOptions { auth_files, docker_config: Some(docker), ..options() });
    assert_eq!(read(&registry, &format!("{host}/team/shop:1.0")).await.unwrap(), "a 0 1");
    let other = read(&registry, &format!("{host}/other/shop:1.0")).await;
    assert!(matches!(other, Err(ImageError::Refused { .. })), "another part of the registry");
}

#[tokio::test]
async fn a_base_image_is_told_by_its_layers() {
    let layer = |name: &str| Layer::from_tar(name, &tar(&[File(name, b"1")])).unwrap();
    let open = async |layers: Vec<Layer>, labels: &[(&str, &str)]| {
        let labels = labels.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        let folder = tempfile::tempdir().unwrap();
        let config = Config { labels, ..Config::default() };
        assemble(&config, layers).unwrap().write_layout(folder.path()).unwrap();
        Image::open(&Source::Layout(folder.path().to_owned()), &client(), None).await.unwrap()
    };
    let base = open(vec![layer("a"), layer("b")], &[]).await;
    let digest = base.digest.to_string();
    let labels = [
        ("org.opencontainers.image.base.name", "registry.example.com/base:1"),
        ("org.opencontainers.image.base.digest", digest.as_str()),
    ];
    let mut image = open(vec![layer("a"), layer("b"), layer("c")], &labels).await;
    let named = image.named_base().unwrap();
    assert_eq!(named.to_string(), format!("registry.example.com/base:1@{digest}"));
    assert!(image.mark_base(&base.config.diff_ids));
    let marks = |image: &Image| image.layers.iter().map(|layer| layer.layer.base).collect::<Vec<_>>();
    assert_eq!(marks(&image), [true, true, false]);

    let mut other = open(vec![layer("a"), layer("x"), layer("c")], &labels[..1]).await;
    assert_eq!(other.named_base(), None, "a tag has moved on");
    assert!(!other.mark_base(&base.config.diff_ids));
    assert_eq!(marks(&other), [false; 3]);
    assert!(!other.mark_base(&[]));
}
