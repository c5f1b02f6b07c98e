//! `seawall key`, and the keys that other commands name.

use std::io::IsTerminal as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use seawall_kms::{KeyUri, RemoteKey, VaultSettings};
use seawall_signing::{Algorithm, PrivateKey, PublicKey, Signer};

use crate::context::Context;
use crate::failure::{Failure, OrFail as _, Result};

/// No key file is larger.
const MAX_KEY: u64 = 64 << 10;

/// `seawall key generate`. An existing key is never overwritten.
pub(crate) fn generate(context: &Context, prefix: &Path, algorithm: Algorithm) -> Result<()> {
    free(prefix)?;
    // Asked for before anything is made; what cannot be made is said before anybody types.
    if algorithm == Algorithm::Rsa {
        return Err(Failure::usage("RSA keys are not generated").hint(
            "make one with `openssl genrsa -out rsa.pem 3072` and import it with `seawall key import rsa.pem`",
        ));
    }
    let passphrase = passphrase("Passphrase for the new key: ")?;
    let key = PrivateKey::generate(algorithm).or_unfinished()?;
    store(context, prefix, &key, &passphrase)
}

/// `seawall key import`.
pub(crate) fn import(context: &Context, plain: &Path, prefix: &Path) -> Result<()> {
    free(prefix)?;
    let key = PrivateKey::from_pem(&read(plain)?)
        .map_err(|error| Failure::usage(format!("{}: {error}", plain.display())))?;
    let passphrase = passphrase("Passphrase for the imported key: ")?;
    store(context, prefix, &key, &passphrase)
}

/// `seawall key public`.
pub(crate) async fn public(context: &Context, key: &str) -> Result<()> {
    let signer = signer(key).await?;
    context.printer.result(&signer.public().to_pem().or_unfinished()?);
    Ok(())
}

fn free(prefix: &Path) -> Result<()> {
    for path in [with_ending(prefix, "key"), with_ending(prefix, "pub")] {
        if path.exists() {
            return Err(Failure::usage(format!("{} exists already", path.display()))
                .hint("name another prefix with --out, or move the old key away"));
        }
    }
    Ok(())
}

fn store(context: &Context, prefix: &Path, key: &PrivateKey, passphrase: &str) -> Result<()> {
    let (private, public) = (with_ending(prefix, "key"), with_ending(prefix, "pub"));
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

/// What signs with the key that is named: a file, `env://NAME`, or a key in a service.
pub(crate) async fn signer(name: &str) -> Result<Box<dyn Signer>> {
    if KeyUri::is_uri(name) {
        return Ok(Box::new(remote(name).await?));
    }
    Ok(Box::new(opened(name, &text(name)?)?))
}

/// Reads an encrypted private key from a file; the passphrase comes from the environment, else from the terminal.
pub(crate) fn read_private(path: &Path) -> Result<PrivateKey> {
    opened(&path.display().to_string(), &read(path)?)
}

fn opened(name: &str, text: &str) -> Result<PrivateKey> {
    let passphrase = passphrase(&format!("Passphrase for {name}: "))?;
    PrivateKey::from_encrypted_pem(text, passphrase.as_bytes())
        .map_err(|error| Failure::usage(format!("{name}: {error}")))
}

/// The public key that is named: a file, `env://NAME`, or a key in a service.
pub(crate) async fn named_public(name: &str) -> Result<PublicKey> {
    if KeyUri::is_uri(name) {
        return Ok(remote(name).await?.public().clone());
    }
    PublicKey::from_pem(&text(name)?).map_err(|error| Failure::usage(format!("{name}: {error}")))
}

async fn remote(name: &str) -> Result<RemoteKey> {
    let uri: KeyUri = name.parse().or_usage()?;
    let mut settings = VaultSettings::from_environment(|name| std::env::var(name).ok()).or_usage()?;
    if let Some(path) = std::env::var_os("VAULT_CACERT").filter(|path| !path.is_empty()) {
        settings = settings.with_authority(crate::files::read(Path::new(&path), MAX_KEY)?);
    }
    RemoteKey::open(&uri, settings).await.or_unfinished()
}

/// The text of a key in a file or in the environment.
fn text(name: &str) -> Result<String> {
    let Some(variable) = name.strip_prefix("env://") else { return read(Path::new(name)) };
    std::env::var(variable).map_err(|_| {
        Failure::usage(format!("{name}: the environment has no such variable, or it is no text"))
    })
}

/// Reads a public key.
pub(crate) fn read_public(path: &Path) -> Result<PublicKey> {
    let text = read(path)?;
    PublicKey::from_pem(&text).map_err(|error| Failure::usage(format!("{}: {error}", path.display())))
}

fn read(path: &Path) -> Result<String> {
    crate::files::read_text(path, MAX_KEY)
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
