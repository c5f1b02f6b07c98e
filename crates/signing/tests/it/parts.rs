//! The real parts that the tests stand on: cosign, a registry on loopback, and what the project shares.

use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use seawall_findings::Digest;
use seawall_signing::{Artifact, Descriptor, Place, Stored, layout};
use sha2::{Digest as _, Sha256};

pub(crate) const PASSPHRASE: &str = "correct horse";

/// A folder of `../shared`, or a printed reason to skip.
pub(crate) fn shared(path: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared").join(path);
    if path.exists() {
        return Some(path);
    }
    skip(&format!("{} is not here", path.display()));
    None
}

pub(crate) fn skip(reason: &str) {
    let _ = std::io::stderr().write_all(format!("skipped: {reason}\n").as_bytes());
}

/// Real cosign, from `SEAWALL_TEST_COSIGN` or the cache of peers.
pub(crate) fn cosign() -> Option<PathBuf> {
    let found = std::env::var_os("SEAWALL_TEST_COSIGN").map(PathBuf::from).or_else(|| {
        let peers = Path::new(&std::env::var_os("HOME")?).join(".cache/seawall/peers");
        let mut all: Vec<_> =
            std::fs::read_dir(peers).ok()?.flatten().map(|e| e.path().join("cosign")).collect();
        all.retain(|path| path.is_file());
        all.sort();
        all.pop()
    });
    if found.is_none() {
        skip("cosign was not found; set SEAWALL_TEST_COSIGN, or build it into the cache of peers");
    }
    found
}

/// Cosign in a folder of its own, where its keys lie.
pub(crate) struct Cosign {
    program: PathBuf,
    pub(crate) dir: tempfile::TempDir,
}

impl Cosign {
    pub(crate) fn find() -> Option<Self> {
        Some(Self { program: cosign()?, dir: tempfile::tempdir().unwrap() })
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        std::fs::write(self.path(name), bytes).unwrap();
    }

    pub(crate) fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap()
    }

    pub(crate) fn run(&self, args: &[&str]) -> Output {
        Command::new(&self.program)
            .args(args)
            .current_dir(self.dir.path())
            .env("HOME", self.dir.path())
            .env("COSIGN_PASSWORD", PASSPHRASE)
            .stdin(Stdio::null())
            .output()
            .unwrap()
    }

    /// Runs it, and shows what it said where it does not answer 0.
    pub(crate) fn ok(&self, args: &[&str]) -> String {
        let output = self.run(args);
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "cosign {args:?}: {said}");
        String::from_utf8(output.stdout).unwrap()
    }
}

/// Debian's Distribution registry on a free loopback port.
pub(crate) struct Registry {
    process: Child,
    pub(crate) host: String,
    _dir: tempfile::TempDir,
}

impl Registry {
    pub(crate) fn start() -> Option<Self> {
        // Somebody else may take the free port first; then the registry ends at once, and another port is tried.
        for _ in 0..5 {
            let dir = tempfile::tempdir().unwrap();
            let host = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
            let config = format!(
                "version: 0.1\nlog: {{level: error, accesslog: {{disabled: true}}}}\n\
                 storage: {{filesystem: {{rootdirectory: {}}}}}\nhttp: {{addr: \"{host}\"}}\n",
                dir.path().display()
            );
            let file = dir.path().join("config.yml");
            std::fs::write(&file, config).unwrap();
            let mut command = Command::new("docker-registry");
            command.arg("serve").arg(&file).stdout(Stdio::null()).stderr(Stdio::null());
            let Ok(process) = command.spawn() else {
                skip("docker-registry is not installed");
                return None;
            };
            let mut registry = Self { process, host, _dir: dir };
            let end = Instant::now() + Duration::from_secs(20);
            while registry.process.try_wait().unwrap().is_none() {
                assert!(Instant::now() < end, "docker-registry did not start");
                if TcpStream::connect(&registry.host).is_ok() {
                    return Some(registry);
                }
                std::thread::sleep(Duration::from_millis(20));
            }
        }
        panic!("docker-registry found no free port")
    }

    /// One request; HTTP/1.0, so that the answer ends with the connection.
    fn send(&self, method: &str, path: &str, kind: &str, body: &[u8]) -> (u16, String, Vec<u8>) {
        let mut stream = TcpStream::connect(&self.host).unwrap();
        let accept = "application/vnd.oci.image.manifest.v1+json, application/vnd.oci.image.index.v1+json";
        let head = format!(
            "{method} {path} HTTP/1.0\r\nHost: {}\r\nAccept: {accept}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n\r\n",
            self.host,
            body.len()
        );
        stream.write_all(head.as_bytes()).unwrap();
        stream.write_all(body).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        let end = answer.windows(4).position(|w| w == b"\r\n\r\n").unwrap();
        let head = String::from_utf8(answer[..end].to_vec()).unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        (status, head, answer[end + 4..].to_vec())
    }

    pub(crate) fn get(&self, path: &str) -> Option<Vec<u8>> {
        let (status, _, body) = self.send("GET", path, "", b"");
        (status == 200).then_some(body)
    }

    fn push_blob(&self, name: &str, digest: &Digest, bytes: &[u8]) {
        let (status, head, _) = self.send("POST", &format!("/v2/{name}/blobs/uploads/"), "", b"");
        assert_eq!(status, 202, "{head}");
        let location = head.lines().find_map(|l| l.strip_prefix("Location: ")).unwrap();
        let path = location.strip_prefix(&format!("http://{}", self.host)).unwrap_or(location);
        let (status, head, _) =
            self.send("PUT", &format!("{path}&digest={digest}"), "application/octet-stream", bytes);
        assert_eq!(status, 201, "{head}");
    }

    pub(crate) fn push_manifest(&self, name: &str, at: &str, kind: &str, bytes: &[u8]) {
        let (status, head, body) = self.send("PUT", &format!("/v2/{name}/manifests/{at}"), kind, bytes);
        assert_eq!(status, 201, "{head} {}", String::from_utf8_lossy(&body));
    }

    /// A small image of its own in that repository.
    pub(crate) fn image(&self, name: &str) -> Descriptor {
        let layer = name.as_bytes();
        let config = serde_json::json!({"architecture": "amd64", "os": "linux", "config": {},
            "rootfs": {"type": "layers", "diff_ids": [sha256(layer)]}})
        .to_string();
        let manifest = serde_json::json!({"schemaVersion": 2, "mediaType": layout::MANIFEST,
            "config": Descriptor::of("application/vnd.oci.image.config.v1+json", config.as_bytes()),
            "layers": [Descriptor::of("application/vnd.oci.image.layer.v1.tar", layer)]})
        .to_string();
        self.push_blob(name, &sha256(layer), layer);
        self.push_blob(name, &sha256(config.as_bytes()), config.as_bytes());
        self.push_manifest(name, "1.0", layout::MANIFEST, manifest.as_bytes());
        Descriptor::of(layout::MANIFEST, manifest.as_bytes())
    }

    /// Pushes as an adapter does, with the fallback index: this registry has no referrers API.
    pub(crate) fn push(&self, name: &str, artifact: &Artifact) {
        for blob in &artifact.blobs {
            self.push_blob(name, &blob.digest, &blob.bytes);
        }
        match &artifact.place {
            Place::Tag(tag) => self.push_manifest(name, tag, artifact.media_type, &artifact.manifest),
            Place::Referrer { subject, entry } => {
                self.push_manifest(name, artifact.digest.as_str(), artifact.media_type, &artifact.manifest);
                let tag = format!("sha256-{}", subject.hex());
                let mut manifests = self.referrers(name, subject);
                manifests.push(entry.clone());
                let kind = "application/vnd.oci.image.index.v1+json";
                let index =
                    serde_json::json!({"schemaVersion": 2, "mediaType": kind, "manifests": manifests});
                self.push_manifest(name, &tag, kind, index.to_string().as_bytes());
            }
        }
    }

    fn referrers(&self, name: &str, subject: &Digest) -> Vec<Descriptor> {
        let Some(index) = self.get(&format!("/v2/{name}/manifests/sha256-{}", subject.hex())) else {
            return Vec::new();
        };
        let index: serde_json::Value = serde_json::from_slice(&index).unwrap();
        serde_json::from_value(index["manifests"].clone()).unwrap()
    }

    /// All that is stored beside a digest, fetched as an adapter fetches it.
    pub(crate) fn stored(&self, name: &str, digest: &Digest) -> Vec<Stored> {
        let mut places = vec![layout::signature_tag(digest), layout::attestation_tag(digest)];
        places.extend(self.referrers(name, digest).iter().map(|d| d.digest.to_string()));
        let mut all = Vec::new();
        for place in places {
            let Some(manifest) = self.get(&format!("/v2/{name}/manifests/{place}")) else { continue };
            let contents = layout::parse(&manifest).unwrap();
            let fetch = |d: &&Descriptor| {
                (d.digest.clone(), self.get(&format!("/v2/{name}/blobs/{}", d.digest)).unwrap())
            };
            let blobs: BTreeMap<_, _> = contents.wanted().iter().map(fetch).collect();
            all.extend(layout::read(&contents, &blobs).unwrap());
        }
        all
    }

    /// The manifest at a legacy tag now.
    pub(crate) fn manifest(&self, name: &str, tag: &str) -> Option<Vec<u8>> {
        self.get(&format!("/v2/{name}/manifests/{tag}"))
    }
}

impl Drop for Registry {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

pub(crate) fn sha256(bytes: &[u8]) -> Digest {
    Digest::from_sha256(Sha256::digest(bytes).into())
}
