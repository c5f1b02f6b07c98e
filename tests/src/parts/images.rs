//! The shop's images, built without a container engine: `mmdebstrap` makes the distribution part, `npm` the
//! application, and Seawall's own library assembles and pushes them.

pub(super) mod sources;

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result};
use seawall_findings::Digest;
use seawall_image::{Reference, Registry, RegistryOptions, assemble};

use super::peers::root;
use super::process::{run, which};

/// The distribution release that the images stand on.
pub(super) const RELEASE: &str = "bookworm";

/// A user that is nobody, as distroless images number it.
pub const NOBODY: u32 = 65532;

/// An image that was built: its layers as uncompressed tars, lowest first.
#[derive(Clone, Debug)]
pub struct Rootfs {
    /// The layers.
    pub layers: Vec<Layer>,
    /// What it runs.
    pub entrypoint: Vec<String>,
    /// The user it runs as; empty: root.
    pub user: String,
}

/// One layer.
#[derive(Clone, Debug)]
pub struct Layer {
    /// The tar.
    pub tar: PathBuf,
    /// What made it, for the image's history.
    pub created_by: String,
}

/// `shop:1.0`: Debian as it was released, without the fixes since, and an npm application with old dependencies.
pub fn shop_1_0(folder: &Path) -> Result<Rootfs> {
    let base = folder.join("base-1.0.tar");
    let mut command = mmdebstrap()?;
    command.args(["--variant=minbase", "--include=nodejs,ca-certificates,libexpat1"]);
    command.args([RELEASE]).arg(&base).arg(sources::write(folder, RELEASE, false)?);
    run_patiently(&mut command)?;
    let application = application(folder, "1.0")?;
    Ok(Rootfs {
        layers: vec![
            Layer { tar: base, created_by: "FROM debian:bookworm-slim (as released)".into() },
            Layer { tar: application, created_by: "COPY shop /app # npm ci".into() },
        ],
        entrypoint: shop_entrypoint(),
        user: String::new(),
    })
}

/// `shop:1.1`: Node.js and the libraries it needs, no package manager, today's fixes, today's dependencies, and no
/// root. BusyBox is in it for the story: somebody must be able to start a shell.
pub fn shop_1_1(folder: &Path) -> Result<Rootfs> {
    let base = folder.join("base-1.1.tar");
    let hook = folder.join("distroless.sh");
    std::fs::write(&hook, DISTROLESS_HOOK)?;
    let mut command = mmdebstrap()?;
    command.args(["--variant=extract", "--include=nodejs,busybox-static"]);
    command.arg(format!("--extract-hook=sh {} \"$1\"", hook.display()));
    command.args([RELEASE]).arg(&base).arg(sources::write(folder, RELEASE, true)?);
    run_patiently(&mut command)?;
    let application = application(folder, "1.1")?;
    Ok(Rootfs {
        layers: vec![
            Layer { tar: base, created_by: "FROM scratch; nodejs and its libraries".into() },
            Layer { tar: application, created_by: "COPY shop /app # npm ci".into() },
        ],
        entrypoint: shop_entrypoint(),
        user: format!("{NOBODY}:{NOBODY}"),
    })
}

/// What an attacker who holds the registry pushes: `image` with one more file.
pub fn rogue(folder: &Path, image: &Rootfs) -> Result<Rootfs> {
    let tree = folder.join("rogue");
    std::fs::create_dir_all(tree.join("app"))?;
    std::fs::write(tree.join("app/miner.js"), "while (true) {}\n")?;
    let tar = pack(folder, "rogue", &tree)?;
    let mut rogue = image.clone();
    rogue.layers.push(Layer { tar, created_by: "COPY miner.js /app".into() });
    Ok(rogue)
}

/// A sandbox image for the cluster: a process that waits.
pub fn pause(folder: &Path) -> Result<Rootfs> {
    let tree = folder.join("pause");
    std::fs::create_dir_all(tree.join("bin"))?;
    let busybox = which("busybox").context("busybox is not installed: run `make tools`")?;
    std::fs::copy(busybox, tree.join("bin/busybox"))?;
    let tar = pack(folder, "pause", &tree)?;
    let wait = "trap 'exit 0' TERM INT; /bin/busybox sleep 2147483647 & wait";
    Ok(Rootfs {
        layers: vec![Layer { tar, created_by: "COPY busybox /bin".into() }],
        entrypoint: ["/bin/busybox", "sh", "-c", wait].map(str::to_owned).to_vec(),
        user: String::new(),
    })
}

/// Runs what takes packages from the network; an archive that stumbles is asked again.
pub(super) fn run_patiently(command: &mut Command) -> Result<()> {
    let mut tries = 3;
    loop {
        tries -= 1;
        match run(command) {
            Ok(_) => return Ok(()),
            Err(error) if tries == 0 => return Err(error),
            Err(_) => std::thread::sleep(std::time::Duration::from_secs(3)),
        }
    }
}

fn shop_entrypoint() -> Vec<String> {
    ["/usr/bin/node", "/app/server.js"].map(str::to_owned).to_vec()
}

pub(super) fn mmdebstrap() -> Result<Command> {
    let mut command =
        Command::new(which("mmdebstrap").context("mmdebstrap is not installed: run `make tools`")?);
    command.args(["--quiet", "--format=tar", "--dpkgopt=path-exclude=/usr/share/man/*"]);
    command.args(["--dpkgopt=path-exclude=/usr/share/locale/*", "--dpkgopt=path-exclude=/usr/share/doc/*"]);
    // The same input gives the same layer.
    command.env("SOURCE_DATE_EPOCH", "1700000000");
    Ok(command)
}

/// The application of that version with its dependencies as its lockfile has them, below `/app`.
fn application(folder: &Path, version: &str) -> Result<PathBuf> {
    let tree = folder.join(format!("application-{version}"));
    let app = tree.join("app");
    std::fs::create_dir_all(&app)?;
    let shop = root().join("tests/shop");
    for file in ["package.json", "package-lock.json"] {
        std::fs::copy(shop.join(version).join(file), app.join(file))?;
    }
    std::fs::copy(shop.join("server.js"), app.join("server.js"))?;
    let install = ["ci", "--ignore-scripts", "--no-audit", "--no-fund"];
    run_patiently(Command::new("npm").args(install).current_dir(&app))?;
    pack(folder, &format!("application-{version}"), &tree)
}

/// Packs a folder's content so that the same content gives the same bytes.
pub(super) fn pack(folder: &Path, name: &str, tree: &Path) -> Result<PathBuf> {
    let tar = folder.join(format!("{name}.tar"));
    run(Command::new("tar")
        .args(["--sort=name", "--mtime=@1700000000", "--owner=0", "--group=0", "--numeric-owner", "-C"])
        .arg(tree)
        .arg("-cf")
        .arg(&tar)
        .arg("."))?;
    Ok(tar)
}

/// Writes the package list as distroless images do, one file a package, and the shell's name.
const DISTROLESS_HOOK: &str = r#"set -e
root=$1
mkdir -p "$root/var/lib/dpkg/status.d" "$root/bin"
for deb in "$root"/var/cache/apt/archives/*.deb; do
  dpkg-deb -f "$deb" > "$root/var/lib/dpkg/status.d/$(dpkg-deb -f "$deb" Package)"
done
ln -sf busybox "$root/bin/sh"
cat > "$root/etc/os-release" <<END
PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"
NAME="Debian GNU/Linux"
VERSION_ID="12"
VERSION_CODENAME=bookworm
ID=debian
END
"#;

/// Pushes an image under `reference` (`127.0.0.1:PORT/name:tag`); its digest.
pub fn push(reference: &str, image: &Rootfs) -> Result<Digest> {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let layers = image
        .layers
        .iter()
        .map(|layer| assemble::Layer::from_tar_file(&layer.created_by, &layer.tar))
        .collect::<Result<Vec<_>, _>>()?;
    let config = assemble::Config {
        created: "2023-11-14T22:13:20Z".into(),
        user: image.user.clone(),
        entrypoint: image.entrypoint.clone(),
        ..assemble::Config::default()
    };
    let registry = Registry::new(RegistryOptions::default());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    Ok(runtime.block_on(registry.push_image(&reference.parse::<Reference>()?, &config, layers))?)
}
