//! Archives: a tar whose members are found by name, and Docker's `manifest.json` in it
//! (<https://github.com/moby/docker-image-spec/blob/main/v1.2.md>, "Combined Image JSON + Filesystem Changeset Format").

use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;
use seawall_findings::Digest;
use serde::Deserialize;

use super::{Blob, Found, LARGEST_CONFIG, LARGEST_MANIFEST, Store};
use crate::ImageError;
use crate::hash::digest_of;
use crate::layer::{Kind, Tar};

/// Members of one archive: a few per layer.
const MOST_MEMBERS: usize = 100_000;
/// Links from member to member that are followed.
const MOST_LINKS: usize = 8;

/// A tar file whose members can be read in any order.
pub(crate) struct Archive {
    path: PathBuf,
    members: HashMap<String, Member>,
}

enum Member {
    Bytes {
        offset: u64,
        size: u64,
    },
    /// Old versions of Docker write the second use of a layer as a link.
    Link(String),
}

impl Archive {
    /// Reads the list of members: headers only, contents are skipped.
    pub(crate) fn open(path: &Path) -> Result<Self, ImageError> {
        let failed = |source| ImageError::Read { path: path.to_owned(), source };
        let bad = |reason: String| ImageError::NotAnImageFile { path: path.to_owned(), reason };
        let mut file = File::open(path).map_err(failed)?;
        let length = file.metadata().map_err(failed)?.len();
        let mut magic = [0; 4];
        if file.read(&mut magic).map_err(failed)? >= 2 && magic.starts_with(&[0x1f, 0x8b]) {
            return Err(bad("it is compressed; unpack it first with `gunzip`".to_owned()));
        }
        file.rewind().map_err(failed)?;
        let mut members = HashMap::new();
        let mut tar = Tar::with_skip(BufReader::new(file), |file, count| {
            file.seek_relative(i64::try_from(count).map_err(std::io::Error::other)?)
        });
        let not_tar =
            |e: std::io::Error| bad(format!("it is no tar ({e}); make one with `docker save -o FILE IMAGE`"));
        while let Some(entry) = tar.next().map_err(not_tar)? {
            let (offset, size) = (tar.position(), entry.size);
            if offset.checked_add(size).is_none_or(|end| end > length) {
                let received = length.saturating_sub(offset);
                return Err(ImageError::Cut {
                    what: path.display().to_string(),
                    received,
                    expected: size.to_string(),
                });
            }
            let name = clean(&entry.path);
            let member = match entry.kind {
                Kind::File => Member::Bytes { offset, size },
                Kind::Symlink => {
                    Member::Link(join(name.rsplit_once('/').map_or("", |(folder, _)| folder), &entry.link))
                }
                Kind::HardLink => Member::Link(clean(&entry.link)),
                Kind::Directory | Kind::Sparse | Kind::Other => continue,
            };
            members.insert(name, member);
            if members.len() > MOST_MEMBERS {
                return Err(bad(format!("it has more than {MOST_MEMBERS} members")));
            }
        }
        Ok(Self { path: path.to_owned(), members })
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.members.contains_key(name)
    }

    fn place(&self, name: &str) -> Result<(u64, u64), ImageError> {
        let mut at = name;
        for _ in 0..MOST_LINKS {
            match self.members.get(at) {
                Some(Member::Bytes { offset, size }) => return Ok((*offset, *size)),
                Some(Member::Link(target)) => at = target,
                None => break,
            }
        }
        Err(ImageError::Missing { place: self.path.display().to_string(), what: name.to_owned() })
    }

    /// A member's bytes, to be read outside of a runtime.
    pub(super) fn open_member(&self, name: &str) -> Result<Box<dyn Read + Send>, ImageError> {
        let failed = |source| ImageError::Read { path: self.path.clone(), source };
        let (offset, size) = self.place(name)?;
        let mut file = File::open(&self.path).map_err(failed)?;
        file.seek(SeekFrom::Start(offset)).map_err(failed)?;
        Ok(Box::new(file.take(size)))
    }

    /// A whole member of at most `max` bytes.
    pub(super) fn read(&self, name: &str, max: u64) -> Result<Bytes, ImageError> {
        let (_, size) = self.place(name)?;
        if size > max {
            let what = format!("{name} of {}", self.path.display());
            return Err(ImageError::TooLarge { what, most: max });
        }
        let mut bytes = Vec::new();
        let read = self.open_member(name)?.read_to_end(&mut bytes);
        read.map_err(|source| ImageError::Read { path: self.path.clone(), source })?;
        Ok(bytes.into())
    }
}

/// Where an OCI archive keeps a blob.
pub(super) fn blob_name(digest: &Digest) -> String {
    format!("blobs/sha256/{}", digest.hex())
}

fn clean(path: &[u8]) -> String {
    join("", path)
}

/// A member's name without `.` and `..`. Names are only keys here: nothing is opened by them.
fn join(folder: &str, path: &[u8]) -> String {
    let path = String::from_utf8_lossy(path);
    let mut parts: Vec<&str> = folder.split('/').filter(|p| !p.is_empty()).collect();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.join("/")
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Saved {
    config: String,
    #[serde(default)]
    repo_tags: Option<Vec<String>>,
    layers: Vec<String>,
}

/// The one image of a Docker archive. It knows no manifest: its digest is that of the configuration, Docker's image id.
pub(super) fn docker(what: &str, archive: Archive) -> Result<Found, ImageError> {
    let list = archive.read("manifest.json", LARGEST_MANIFEST)?;
    let mut images: Vec<Saved> = crate::manifest::json(&format!("manifest.json of {what}"), &list)?;
    if images.len() > 1 {
        let name = |image: &Saved| image.repo_tags.iter().flatten().next().unwrap_or(&image.config).clone();
        return Err(ImageError::Ambiguous {
            place: what.to_owned(),
            names: images.iter().take(10).map(name).collect(),
        });
    }
    let Some(image) = images.pop() else {
        return Err(ImageError::Missing {
            place: what.to_owned(),
            what: "any image (its manifest.json is empty)".to_owned(),
        });
    };
    let config = archive.read(&clean(image.config.as_bytes()), LARGEST_CONFIG)?;
    let digest = digest_of(&config);
    // The file is named after its digest, in all versions.
    let stem = image.config.rsplit('/').next().unwrap_or_default().trim_end_matches(".json");
    if let Ok(expected) = format!("sha256:{stem}").parse::<Digest>()
        && expected != digest
    {
        return Err(ImageError::Digest {
            what: format!("{} of {what}", image.config),
            expected,
            actual: digest,
        });
    }
    let layers = image.layers.iter().map(|name| Blob::named(clean(name.as_bytes()))).collect();
    Ok(Found {
        manifest_digest: digest.clone(),
        digest,
        others: Vec::new(),
        annotations: BTreeMap::new(),
        config,
        layers,
        store: Store::Archive(Arc::new(archive)),
    })
}
