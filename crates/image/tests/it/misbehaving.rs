//! Servers that refuse, hesitate, cut and lie.

use std::time::Duration;

use axum::body::Body;
use axum::response::Response;
use seawall_image::{Credential, Image, ImageError, Limits, Reference, Registry, RegistryOptions, Source};

use crate::support::Item::File;
use crate::support::{all, client, contents, cut, good, image, options, server, show, status};

fn shop(host: &str) -> Reference {
    format!("{host}/shop:1.0").parse().unwrap()
}

/// An error's words, with the port taken out.
fn words(error: &ImageError, host: &str) -> String {
    error.to_string().replace(host, "HOST")
}

#[tokio::test]
async fn refusals_say_what_to_do() {
    let mut said = Vec::new();
    for code in [401, 403, 404, 418, 429, 500] {
        let (host, log) = server(move |_, _| status(code)).await;
        let error = client().resolve(&shop(&host)).await.unwrap_err();
        said.push(format!(
            "{} after {} tries, input: {}",
            words(&error, &host),
            log.lock().unwrap().len(),
            error.is_input()
        ));
    }
    insta::assert_snapshot!(said.join("\n"), @r"
HOST refuses access to shop (status 401: UNKNOWN, as told): log in with `docker login HOST`, or check that the account may pull it after 1 tries, input: true
HOST refuses access to shop (status 403: UNKNOWN, as told): log in with `docker login HOST`, or check that the account may pull it after 1 tries, input: true
HOST/shop:1.0 does not exist in HOST: check the repository and the tag (a private repository may need `docker login HOST`) after 1 tries, input: true
HOST answered GET /v2/shop/manifests/1.0 with status 418: UNKNOWN, as told: the registry has a problem; its log says more after 1 tries, input: false
HOST limits the rate of requests (status 429): wait and try again, or log in with `docker login HOST` for a higher limit after 4 tries, input: false
HOST answered GET /v2/shop/manifests/1.0 with status 500: UNKNOWN, as told: the registry has a problem; its log says more after 4 tries, input: false
");
}

#[tokio::test]
async fn nobody_listens_and_nobody_resolves() {
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let patient = RegistryOptions { retries: 0, ..options() };
    let error = Registry::new(patient.clone()).resolve(&shop(&port.to_string())).await.unwrap_err();
    assert!(error.to_string().contains("nothing listens there"), "{error}");
    let error =
        Registry::new(patient).resolve(&"registry.invalid/shop:1".parse().unwrap()).await.unwrap_err();
    assert!(matches!(error, ImageError::Unreachable { .. }) && !error.is_input(), "{error}");
}

#[tokio::test]
async fn a_passing_trouble_is_waited_out() {
    for code in [429, 503] {
        let shop_image = image(&[&[File("a", b"1")]]);
        let all_of_it = contents(&shop_image);
        let (host, log) = server(move |request, before| {
            if before == 0 {
                let mut response = status(code);
                response.headers_mut().insert("retry-after", "1".parse().unwrap());
                return response;
            }
            good(&all_of_it, request)
        })
        .await;
        let started = std::time::Instant::now();
        assert_eq!(client().resolve(&shop(&host)).await.unwrap(), shop_image.digest);
        assert_eq!(log.lock().unwrap().len(), 2);
        assert!(started.elapsed() >= Duration::from_secs(1), "as long as the registry asks");
    }
}

#[tokio::test]
async fn a_silent_registry_is_given_up() {
    let (host, _) = server(|_, _| {
        let stream = futures_util::stream::pending::<Result<Vec<u8>, std::io::Error>>();
        Response::new(Body::from_stream(stream))
    })
    .await;
    let hasty = RegistryOptions { timeout: Duration::from_millis(300), ..options() };
    let error = Registry::new(hasty).resolve(&shop(&host)).await.unwrap_err();
    assert!(matches!(error, ImageError::Timeout { .. }), "{error}");
    let hasty = RegistryOptions { idle_timeout: Duration::from_millis(100), retries: 0, ..options() };
    let error = Registry::new(hasty).resolve(&shop(&host)).await.unwrap_err();
    assert!(matches!(error, ImageError::Cut { received: 0, .. }), "{error}");
}

/// An image whose layer does not fit into one packet, nor compresses.
fn large() -> seawall_image::assemble::Assembled {
    let mut noise = Vec::new();
    while noise.len() < 600_000 {
        noise.extend_from_slice(
            seawall_image::digest_of(noise.len().to_string().as_bytes()).as_str().as_bytes(),
        );
    }
    image(&[&[File("noise", &noise)]])
}

#[tokio::test]
async fn a_cut_layer_is_taken_up_where_it_stopped() {
    for knows_ranges in [true, false] {
        let whole = large();
        let all_of_it = contents(&whole);
        let layer = seawall_image::digest_of(whole.layers()[0].packed());
        let bytes = whole.layers()[0].packed().clone();
        let (host, log) = server(move |request, before| {
            if !request.uri().path().ends_with(layer.as_str()) {
                return good(&all_of_it, request);
            }
            let range = request.headers().get("range").and_then(|h| h.to_str().ok());
            let from: usize = range
                .filter(|_| knows_ranges)
                .and_then(|r| r.strip_prefix("bytes=")?.strip_suffix('-')?.parse().ok())
                .unwrap_or(0);
            let mut response = if before < 2 {
                cut(&bytes, from)
            } else {
                Response::new(Body::from(bytes[from..].to_vec()))
            };
            if from > 0 {
                *response.status_mut() = axum::http::StatusCode::PARTIAL_CONTENT;
            }
            response
        })
        .await;
        let image = Image::open(&Source::Registry(shop(&host)), &client(), None).await.unwrap();
        let files = image.files(&all(), &Limits::default(), None).await.unwrap();
        assert_eq!(files.len(), 1);
        assert_eq!(
            log.lock().unwrap().iter().filter(|l| l.contains("/blobs/")).count(),
            4,
            "configuration, and 3 times"
        );
    }
}

#[tokio::test]
async fn a_layer_that_is_always_cut_is_an_error() {
    let whole = large();
    let all_of_it = contents(&whole);
    let layer = seawall_image::digest_of(whole.layers()[0].packed());
    let bytes = whole.layers()[0].packed().clone();
    let (host, _) = server(move |request, _| {
        if request.uri().path().ends_with(layer.as_str()) {
            cut(&bytes, 0)
        } else {
            good(&all_of_it, request)
        }
    })
    .await;
    let image = Image::open(&Source::Registry(shop(&host)), &client(), None).await.unwrap();
    let error = image.files(&all(), &Limits::default(), None).await.unwrap_err();
    assert!(matches!(error, ImageError::Cut { received, .. } if received > 0), "{error}");
    assert!(!error.is_input());
}

#[tokio::test]
async fn lies_about_content_are_found() {
    let honest = image(&[&[File("a", b"1")]]);
    let other = image(&[&[File("a", b"2")]]);
    for lie in ["manifest", "config", "layer"] {
        let mut all_of_it = contents(&honest);
        let (key, bytes) = match lie {
            "manifest" => (format!("/manifests/{}", honest.digest), other.manifest.to_vec()),
            "config" => {
                (format!("/blobs/{}", seawall_image::digest_of(&honest.config)), other.config.to_vec())
            }
            _ => {
                let (own, other) = (honest.layers()[0].packed(), other.layers()[0].packed());
                (format!("/blobs/{}", seawall_image::digest_of(own)), other.to_vec())
            }
        };
        all_of_it.insert(key, bytes);
        let (host, _) = server(move |request, _| good(&all_of_it, request)).await;
        let pinned = shop(&host).with_digest(honest.digest.clone());
        let result = async {
            let image = Image::open(&Source::Registry(pinned), &client(), None).await?;
            image.files(&all(), &Limits::default(), None).await
        };
        let error = result.await.unwrap_err();
        assert!(
            matches!(error, ImageError::Digest { .. } | ImageError::Size { .. } | ImageError::Cut { .. }),
            "{lie}: {error}"
        );
    }
}

#[tokio::test]
async fn what_is_no_image_is_told() {
    let manifest = |config: &str, layer: &str| {
        let digest = seawall_image::digest_of(b"x");
        format!(
            r#"{{"schemaVersion":2,"config":{{"mediaType":"{config}","digest":"{digest}","size":1}},
               "layers":[{{"mediaType":"{layer}","digest":"{digest}","size":1}}]}}"#
        )
    };
    let oci = "application/vnd.oci.image.config.v1+json";
    let bodies = [
        manifest(
            "application/vnd.cncf.helm.config.v1+json",
            "application/vnd.cncf.helm.chart.content.v1.tar+gzip",
        ),
        manifest(oci, "application/vnd.dev.cosign.simplesigning.v1+json"),
        r#"{"mediaType":"application/vnd.docker.distribution.manifest.v1+prettyjws"}"#.to_owned(),
        "<html>a login page</html>".to_owned(),
        r#"{"config":{}}"#.to_owned(),
    ];
    let mut said = Vec::new();
    for body in bodies {
        let (host, _) = server(move |_, _| Response::new(Body::from(body.clone()))).await;
        let error = Image::open(&Source::Registry(shop(&host)), &client(), None).await.unwrap_err();
        said.push(format!("{}, input: {}", words(&error, &host), error.is_input()));
    }
    insta::assert_snapshot!(said.join("\n"), @r"
HOST/shop:1.0 is not a container image but `application/vnd.cncf.helm.config.v1+json`: name an image, or use the command for such artifacts, input: true
layer 1 of HOST/shop:1.0 has the unknown media type `application/vnd.dev.cosign.simplesigning.v1+json`: tar, tar+gzip and tar+zstd can be read, input: true
HOST/shop:1.0 is not a container image but `application/vnd.docker.distribution.manifest.v1+prettyjws`: name an image, or use the command for such artifacts, input: true
HOST/shop:1.0 is not a container image but `no manifest at all`: name an image, or use the command for such artifacts, input: true
HOST/shop:1.0 is not valid: missing field `mediaType` at line 1 column 12, input: false
");
}

/// A registry behind a token service: the image for the right token, which only the right user gets.
async fn guarded(basic: bool) -> (String, crate::support::Log) {
    let shop_image = image(&[&[File("a", b"1")]]);
    let all_of_it = contents(&shop_image);
    server(move |request, _| {
        let header = |name: &str| {
            request.headers().get(name).and_then(|h| h.to_str().ok()).unwrap_or_default().to_owned()
        };
        let authorization = header("authorization");
        // user:pass
        let user = authorization == "Basic dXNlcjpwYXNz";
        if request.uri().path() == "/token" {
            let query = request.uri().query().unwrap_or_default();
            return if user
                && query.contains("scope=repository%3Ashop%3Apull")
                && query.contains("service=reg")
            {
                Response::new(Body::from(r#"{"token":"t0ken"}"#))
            } else {
                status(401)
            };
        }
        if (basic && user) || authorization == "Bearer t0ken" {
            return good(&all_of_it, request);
        }
        let mut response = status(401);
        let challenge = if basic {
            "Basic realm=\"reg\"".to_owned()
        } else {
            format!("Bearer realm=\"http://{}/token\",service=\"reg\"", header("host"))
        };
        response.headers_mut().insert("www-authenticate", challenge.parse().unwrap());
        response
    })
    .await
}

#[tokio::test]
async fn challenges_are_answered() {
    for basic in [true, false] {
        let (host, log) = guarded(basic).await;
        let folder = tempfile::tempdir().unwrap();
        let config = folder.path().join("config.json");
        std::fs::write(&config, format!(r#"{{"auths":{{"{host}":{{"auth":"dXNlcjpwYXNz"}}}}}}"#)).unwrap();
        let registry = Registry::new(RegistryOptions { docker_config: Some(config), ..options() });
        let image = Image::open(&Source::Registry(shop(&host)), &registry, None).await.unwrap();
        assert_eq!(show(&image.files(&all(), &Limits::default(), None).await.unwrap()), "a 0 1");
        let requests = log.lock().unwrap().len();
        assert_eq!(requests, if basic { 4 } else { 5 }, "one challenge, and the token is kept");

        let error = client().resolve(&shop(&host)).await.unwrap_err();
        assert!(matches!(error, ImageError::Refused { status: 401, .. }), "{error}");
        assert!(error.to_string().contains("docker login"), "{error}");
        let wrong = Credential::Basic { user: "user".to_owned(), password: "s3cret".to_owned() };
        let wrong = RegistryOptions { credentials: vec![(host.clone(), wrong)], ..options() };
        let error = Registry::new(wrong).resolve(&shop(&host)).await.unwrap_err();
        assert!(
            matches!(error, ImageError::Refused { .. }) && !error.to_string().contains("s3cret"),
            "{error}"
        );
    }
}

#[tokio::test]
async fn the_referrers_api_is_used_where_it_is() {
    let subject = seawall_image::digest_of(b"subject");
    let listed = |name: &str| {
        let digest = seawall_image::digest_of(name.as_bytes());
        format!(
            r#"{{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[
               {{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"{digest}","size":1,"artifactType":"{name}"}}]}}"#
        )
    };
    let (host, log) = server(move |request, _| match (request.method().as_str(), request.uri().query()) {
        ("PUT", _) => Response::builder().status(201).header("oci-subject", "x").body(Body::empty()).unwrap(),
        ("GET", None) if request.uri().path().contains("/referrers/") => Response::builder()
            .header("link", format!("<{}?page=2>; rel=\"next\"", request.uri().path()))
            .body(Body::from(listed("a")))
            .unwrap(),
        ("GET", Some("page=2")) => Response::new(Body::from(listed("b"))),
        _ => status(404),
    })
    .await;
    let found = client().referrers(&shop(&host), &subject).await.unwrap();
    assert_eq!(found.iter().filter_map(|d| d.artifact_type.as_deref()).collect::<Vec<_>>(), ["a", "b"]);

    let empty = seawall_image::digest_of(b"{}");
    let manifest = format!(
        r#"{{"schemaVersion":2,"artifactType":"a","config":{{"mediaType":"application/vnd.oci.empty.v1+json","digest":"{empty}","size":2}},
           "layers":[],"subject":{{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"{subject}","size":7}}}}"#
    );
    log.lock().unwrap().clear();
    client().push_referrer(&shop(&host), manifest).await.unwrap();
    assert_eq!(log.lock().unwrap().len(), 1, "the registry lists it by itself");
}
