//! Step 1: two real images, without a container engine, in a real registry.

use anyhow::Result;
use seawall_findings::Digest;

use super::Story;
use crate::parts::images::{self, Rootfs};

/// The images of the story.
pub struct Images {
    /// On a distribution as it was released, with old dependencies.
    pub old: Image,
    /// Minimal and fixed.
    pub new: Image,
}

/// One image.
pub struct Image {
    /// `127.0.0.1:PORT/shop:TAG`.
    pub reference: String,
    /// Of its manifest.
    pub digest: Digest,
    /// Its layers.
    pub rootfs: Rootfs,
}

impl Image {
    /// `127.0.0.1:PORT/shop@sha256:…`.
    pub fn by_digest(&self) -> String {
        let repository = self.reference.rsplit_once(':').map_or(self.reference.as_str(), |(name, _)| name);
        format!("{repository}@{}", self.digest)
    }
}

impl Story {
    /// Builds and pushes both.
    pub fn build(&mut self) -> Result<Images> {
        self.narrator.step("Build two images and push them to a registry");
        let folder = self.folder.path().to_owned();
        // Both take their packages from the network: side by side.
        let (old, new) = std::thread::scope(|scope| {
            let old = scope.spawn(|| images::shop_1_0(&folder));
            let new = images::shop_1_1(&folder);
            (old.join(), new)
        });
        let old = old.map_err(|_| anyhow::anyhow!("building shop:1.0 panicked"))??;
        let images = Images { old: self.push("shop:1.0", old)?, new: self.push("shop:1.1", new?)? };
        self.narrator.say(&format!(
            "shop:1.0  {}  Debian as it was released, an npm application with old dependencies",
            images.old.digest.short()
        ));
        self.narrator.say(&format!(
            "shop:1.1  {}  Node.js and its libraries, updated; no package manager, no root",
            images.new.digest.short()
        ));
        Ok(images)
    }

    pub(super) fn push(&self, name: &str, rootfs: Rootfs) -> Result<Image> {
        let reference = self.image(name);
        let digest = images::push(&reference, &rootfs)?;
        Ok(Image { reference, digest, rootfs })
    }
}
