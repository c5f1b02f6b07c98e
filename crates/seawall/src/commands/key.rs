//! `seawall key`.

use std::io::IsTerminal as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use seawall_signing::{Algorithm, PrivateKey, PublicKey};

use crate::context::Context;
use crate::failure::{Failure, OrFail as _, Result};

/// No key file is larger.
const MAX_KEY: u64 = 64 << 10;

/// `seawall key generate`. An existing key is never overwritten.
pub(crate) fn generate(context: &Context, prefix: &Path) -> Result<()> {
    let private = with_ending(prefix, "key");
    let public = with_ending(prefix, "pub");
    for path in [&private, &public] {
        if path.exists() {
            return Err(Failure::usage(format!("{} exists already", path.display()))
                .hint("name another prefix with --out, or move the old key away"));
        }
    }
    let passphrase = passphrase("Passphrase for the new key: ")?;
    let key = PrivateKey::generate(Algorithm::EcdsaP256).or_unfinished()?;
    let pem = key.to_encrypted_pem(passphrase.as_bytes()).or_unfinished()?;
    create(&private, pem.as_bytes(), 0o600)?;
    create(&public, key.public().to_pem().or_unfinished()?.as_bytes(), 0o644)?;
    context.printer.result(&format!(
        "{} (encrypted) and {}\nkey id {}",
        private.display(),
        public.display(),
        key.id()
    ));
    Ok(())
}

fn with_ending(prefix: &Path, ending: &str) -> PathBuf {
    let mut name = prefix.as_os_str().to_owned();
    name.push(".");
    name.push(ending);
    PathBuf::from(name)
}

fn create(path: &Path, bytes: &[u8], mode: u32) -> Result<()> {
    let write = || {
        let mut file = std::fs::OpenOptions::new().write(true).create_new(true).mode(mode).open(path)?;
        std::io::Write::write_all(&mut file, bytes)?;
        file.sync_all()
    };
    write().map_err(|error| Failure::usage(format!("{} could not be written: {error}", path.display())))
}

/// Reads an encrypted private key; the passphrase comes from the environment, else from the terminal.
pub(crate) fn read_private(path: &Path) -> Result<PrivateKey> {
    let text = read(path)?;
    let passphrase = passphrase(&format!("Passphrase for {}: ", path.display()))?;
    PrivateKey::from_encrypted_pem(&text, passphrase.as_bytes())
        .map_err(|error| Failure::usage(format!("{}: {error}", path.display())))
}

/// Reads a public key.
pub(crate) fn read_public(path: &Path) -> Result<PublicKey> {
    let text = read(path)?;
    PublicKey::from_pem(&text).map_err(|error| Failure::usage(format!("{}: {error}", path.display())))
}

fn read(path: &Path) -> Result<String> {
    let fail = |why: String| Failure::usage(format!("{}: {why}", path.display()));
    let length = std::fs::metadata(path).map_err(|error| fail(error.to_string()))?.len();
    if length > MAX_KEY {
        return Err(fail(format!("{length} bytes are no key")));
    }
    std::fs::read_to_string(path).map_err(|error| fail(error.to_string()))
}

fn passphrase(prompt: &str) -> Result<String> {
    for name in ["SEAWALL_PASSWORD", "COSIGN_PASSWORD"] {
        if let Ok(value) = std::env::var(name) {
            return Ok(value);
        }
    }
    if !std::io::stdin().is_terminal() {
        return Err(Failure::usage("the key needs a passphrase, and there is no terminal to ask on")
            .hint("set SEAWALL_PASSWORD (an empty one is a choice, too)"));
    }
    rpassword::prompt_password(prompt).or_unfinished()
}
