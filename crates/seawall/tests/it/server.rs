//! A registry on loopback that does as it is told.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use seawall_image::assemble::{Assembled, Config, Layer, assemble};
use seawall_image::digest_of;

/// The server; stops with the value.
pub(crate) struct Server {
    /// `127.0.0.1:PORT`.
    pub(crate) host: String,
    log: Arc<Mutex<Vec<String>>>,
    runtime: Option<tokio::runtime::Runtime>,
}

impl Server {
    /// Answers with a function of the request.
    pub(crate) fn start(answer: impl Fn(&Request) -> Response + Send + Sync + 'static) -> Self {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
        let host = listener.local_addr().unwrap().to_string();
        let log: Arc<Mutex<Vec<String>>> = Arc::default();
        let (seen, answer) = (Arc::clone(&log), Arc::new(answer));
        let app = axum::Router::new().fallback(move |request: Request| {
            seen.lock().unwrap().push(format!("{} {}", request.method(), request.uri().path()));
            let answer = Arc::clone(&answer);
            async move { answer(&request) }
        });
        runtime.spawn(async move { axum::serve(listener, app).await });
        Self { host, log, runtime: Some(runtime) }
    }

    /// Answers with what an image consists of, some of it replaced.
    pub(crate) fn of(
        image: &Assembled,
        replaced: impl Fn(&str) -> Option<Response> + Send + Sync + 'static,
    ) -> Self {
        let contents = contents(image);
        Self::start(move |request| {
            let path = request.uri().path();
            replaced(path).unwrap_or_else(|| {
                match contents.iter().find(|(end, _)| path.ends_with(end.as_str())) {
                    Some((_, bytes)) => Response::new(Body::from(bytes.clone())),
                    None => status(404),
                }
            })
        })
    }

    pub(crate) fn image(&self) -> String {
        format!("{}/shop:1.0", self.host)
    }

    /// How many requests came.
    pub(crate) fn requests(&self) -> usize {
        self.log.lock().unwrap().len()
    }

    /// A text with the server's address taken out.
    pub(crate) fn anonymous(&self, text: &str) -> String {
        text.replace(&self.host, "REGISTRY")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// A status with the error body that registries send. Nobody need wait before trying again.
pub(crate) fn status(code: u16) -> Response {
    let body = r#"{"errors":[{"code":"UNKNOWN","message":"as told"}]}"#;
    Response::builder().status(code).header("retry-after", "0").body(Body::from(body)).unwrap()
}

/// The first half of the bytes under a length of all of them, then a cut connection.
pub(crate) fn cut(bytes: &[u8]) -> Response {
    let parts = [Ok(bytes[..bytes.len() / 2].to_vec()), Err(std::io::Error::other("cut"))];
    let stream = futures_util::StreamExt::then(futures_util::stream::iter(parts), |part| async {
        // The first part must be on its way before the cut.
        tokio::time::sleep(Duration::from_millis(20)).await;
        part
    });
    Response::builder().header("content-length", bytes.len()).body(Body::from_stream(stream)).unwrap()
}

fn contents(image: &Assembled) -> HashMap<String, Vec<u8>> {
    let mut contents = HashMap::new();
    for bytes in image.layers().iter().map(Layer::packed).chain([&image.config]) {
        contents.insert(format!("/blobs/{}", digest_of(bytes)), bytes.to_vec());
    }
    contents.insert("/manifests/1.0".to_owned(), image.manifest.to_vec());
    contents.insert(format!("/manifests/{}", image.digest), image.manifest.to_vec());
    contents
}

/// An entry of a test's tar.
pub(crate) enum Item<'a> {
    File(&'a str, &'a [u8]),
    Hard(&'a str, &'a str),
}

/// An image of one layer. Names are written as they are, `..` and all.
pub(crate) fn image(items: &[Item<'_>]) -> Assembled {
    let mut builder = tar::Builder::new(Vec::new());
    for item in items {
        let (path, kind, link, bytes): (_, _, _, &[u8]) = match item {
            Item::File(path, bytes) => (path, tar::EntryType::Regular, "", bytes),
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
    let layer = Layer::from_tar("RUN make", &builder.into_inner().unwrap()).unwrap();
    assemble(&Config::default(), vec![layer]).unwrap()
}

use Item::File;

/// An image with one Debian package.
pub(crate) fn small() -> Assembled {
    image(&[
        File("etc/os-release", b"ID=debian\nVERSION_ID=\"12\"\nVERSION_CODENAME=bookworm\n"),
        File(
            "var/lib/dpkg/status",
            b"Package: bash\nStatus: install ok installed\nArchitecture: amd64\nVersion: 5.2.15-2+b2\n\n",
        ),
    ])
}

/// An image with an old lodash.
pub(crate) fn vulnerable() -> Assembled {
    image(&[File("app/node_modules/lodash/package.json", br#"{"name":"lodash","version":"4.17.15"}"#)])
}
