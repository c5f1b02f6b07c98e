//! What the tests share: tars, images, a registry that is real and one that does as it is told.

use std::collections::HashMap;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use seawall_image::assemble::{Assembled, Config, Layer, assemble};
use seawall_image::{Image, ImageError, LayerFile, Limits, Registry, RegistryOptions, Selector, Source};

/// An entry of a test's tar.
pub(crate) enum Item<'a> {
    File(&'a str, &'a [u8]),
    Dir(&'a str),
    Symlink(&'a str, &'a str),
    Hard(&'a str, &'a str),
}

/// A tar of entries; names are written as they are, `..` and all.
pub(crate) fn tar(items: &[Item<'_>]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for item in items {
        let (path, kind, link, bytes): (_, _, _, &[u8]) = match item {
            Item::File(path, bytes) => (path, tar::EntryType::Regular, "", bytes),
            Item::Dir(path) => (path, tar::EntryType::Directory, "", &[]),
            Item::Symlink(path, target) => (path, tar::EntryType::Symlink, *target, &[]),
            Item::Hard(path, target) => (path, tar::EntryType::Link, *target, &[]),
        };
        let mut header = tar::Header::new_gnu();
        header.set_entry_type(kind);
        header.set_size(bytes.len() as u64);
        header.set_mode(0o755);
        header.as_old_mut().name[..path.len()].copy_from_slice(path.as_bytes());
        header.as_old_mut().linkname[..link.len()].copy_from_slice(link.as_bytes());
        header.set_cksum();
        builder.append(&header, bytes).unwrap();
    }
    builder.into_inner().unwrap()
}

/// An image of layers.
pub(crate) fn image(layers: &[&[Item<'_>]]) -> Assembled {
    let layers = layers
        .iter()
        .enumerate()
        .map(|(at, items)| Layer::from_tar(&format!("RUN step {at}"), &tar(items)).unwrap());
    assemble(&Config::default(), layers.collect()).unwrap()
}

/// Impatient, anonymous.
pub(crate) fn client() -> Registry {
    Registry::new(options())
}

pub(crate) fn options() -> RegistryOptions {
    RegistryOptions {
        docker_config: None,
        auth_files: Vec::new(),
        backoff: Duration::from_millis(5),
        retries: 3,
        timeout: Duration::from_secs(20),
        idle_timeout: Duration::from_secs(5),
        ..RegistryOptions::default()
    }
}

pub(crate) fn all() -> Selector {
    Selector::new("all", |_| true)
}

/// `path layer bytes`, a line each.
pub(crate) fn show(files: &[LayerFile]) -> String {
    let line = |f: &LayerFile| format!("{} {} {}", f.path, f.layer.index, String::from_utf8_lossy(&f.bytes));
    files.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// All files of a layout folder's image.
pub(crate) async fn files_of(folder: &Path, limits: &Limits) -> Result<Vec<LayerFile>, ImageError> {
    let image = Image::open(&Source::detect(folder)?, &client(), None).await?;
    image.files(&all(), limits, None).await
}

/// Debian's docker-registry on loopback; stops with the value.
pub(crate) struct RealRegistry {
    child: Child,
    pub(crate) host: String,
    _folder: tempfile::TempDir,
}

impl Drop for RealRegistry {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Starts it; none, with the reason printed, where it is not installed.
pub(crate) fn real_registry() -> Option<RealRegistry> {
    let folder = tempfile::tempdir().unwrap();
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let host = format!("127.0.0.1:{port}");
    let config = folder.path().join("config.yml");
    let storage = folder.path().join("storage");
    std::fs::write(
        &config,
        format!(
            "version: 0.1\nlog: {{level: error}}\nstorage:\n  filesystem: {{rootdirectory: {}}}\nhttp: {{addr: '{host}'}}\n",
            storage.display()
        ),
    )
    .unwrap();
    let started = Command::new("docker-registry")
        .arg("serve")
        .arg(&config)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    let child = match started {
        Ok(child) => child,
        Err(error) => {
            eprintln!("skipped: docker-registry cannot be started ({error})");
            return None;
        }
    };
    let registry = RealRegistry { child, host, _folder: folder };
    let until = Instant::now() + Duration::from_secs(15);
    while std::net::TcpStream::connect(&registry.host).is_err() {
        assert!(Instant::now() < until, "docker-registry does not answer");
        std::thread::sleep(Duration::from_millis(20));
    }
    Some(registry)
}

/// How often each path was asked for, with the method.
pub(crate) type Log = Arc<Mutex<Vec<String>>>;

/// A server that answers with a function of the request and of how often that request came before.
pub(crate) async fn server(
    answer: impl Fn(&Request, usize) -> Response + Send + Sync + 'static,
) -> (String, Log) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let host = listener.local_addr().unwrap().to_string();
    let log: Log = Arc::default();
    let (seen, answer) = (log.clone(), Arc::new(answer));
    let app = axum::Router::new().fallback(move |request: Request| {
        let (seen, answer) = (seen.clone(), answer.clone());
        async move {
            let line = format!("{} {}", request.method(), request.uri().path());
            let before = {
                let mut seen = seen.lock().unwrap();
                seen.push(line.clone());
                seen.iter().filter(|l| **l == line).count() - 1
            };
            answer(&request, before)
        }
    });
    tokio::spawn(async move { axum::serve(listener, app).await });
    (host, log)
}

/// An image's blobs and manifest, by the end of the path they are asked for.
pub(crate) fn contents(image: &Assembled) -> HashMap<String, Vec<u8>> {
    let mut contents = HashMap::new();
    for bytes in image.layers().iter().map(Layer::packed).chain([&image.config]) {
        contents.insert(format!("/blobs/{}", seawall_image::digest_of(bytes)), bytes.to_vec());
    }
    contents.insert("/manifests/1.0".to_owned(), image.manifest.to_vec());
    contents.insert(format!("/manifests/{}", image.digest), image.manifest.to_vec());
    contents
}

pub(crate) fn good(contents: &HashMap<String, Vec<u8>>, request: &Request) -> Response {
    let path = request.uri().path();
    match contents.iter().find(|(end, _)| path.ends_with(end.as_str())) {
        Some((_, bytes)) => Response::new(Body::from(bytes.clone())),
        None => status(404),
    }
}

pub(crate) fn status(code: u16) -> Response {
    let body = r#"{"errors":[{"code":"UNKNOWN","message":"as told"}]}"#;
    Response::builder().status(code).body(Body::from(body)).unwrap()
}

/// The first half of the bytes under a length of all of them, then a cut connection.
pub(crate) fn cut(bytes: &[u8], from: usize) -> Response {
    let half = bytes[from..from + (bytes.len() - from) / 2].to_vec();
    let parts = [Ok(half), Err(std::io::Error::other("cut"))];
    let stream = futures_util::StreamExt::then(futures_util::stream::iter(parts), |part| async {
        // The first part must be on its way before the cut.
        tokio::time::sleep(Duration::from_millis(20)).await;
        part
    });
    Response::builder().header("content-length", bytes.len() - from).body(Body::from_stream(stream)).unwrap()
}
