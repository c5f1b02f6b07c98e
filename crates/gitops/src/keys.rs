//! SSH keys that sign commits (git-config(1), `gpg.format = ssh`).

use std::fmt;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use ssh_key::private::{Ed25519Keypair, KeypairData};
use ssh_key::{HashAlg, LineEnding, PrivateKey};

use crate::GitopsError;

/// A private key, decrypted. Its `Debug` shows the fingerprint alone.
pub struct SigningKey {
    key: PrivateKey,
}

/// Larger files are no keys.
const MAX_KEY_FILE: u64 = 64 << 10;

impl SigningKey {
    /// A new Ed25519 key from the system's randomness; the comment is what `ssh-keygen -C` would write.
    pub fn generate(comment: &str) -> Result<Self, GitopsError> {
        let mut seed = [0_u8; 32];
        getrandom::fill(&mut seed)
            .map_err(|error| no_key(Path::new(""), format!("no randomness: {error}")))?;
        let pair = Ed25519Keypair::from_seed(&seed);
        seed.fill(0);
        let key = PrivateKey::new(KeypairData::from(pair), comment)
            .map_err(|error| no_key(Path::new(""), error.to_string()))?;
        Ok(Self { key })
    }

    /// Reads an OpenSSH private key (Ed25519, ECDSA P-256 or P-384) and decrypts it where it is encrypted.
    pub fn load(path: &Path, passphrase: Option<&str>) -> Result<Self, GitopsError> {
        let io = |source| GitopsError::Io { path: path.to_owned(), source };
        let metadata = fs::metadata(path).map_err(io)?;
        if metadata.len() > MAX_KEY_FILE {
            return Err(no_key(path, "the file is too large for a key"));
        }
        warn_if_readable(path, &metadata);
        let text = fs::read_to_string(path).map_err(io)?;
        Self::parse(&text, passphrase, path)
    }

    /// The same, of a key's text (from an environment variable or a secret store).
    pub fn from_text(text: &str, passphrase: Option<&str>) -> Result<Self, GitopsError> {
        Self::parse(text, passphrase, Path::new(""))
    }

    fn parse(text: &str, passphrase: Option<&str>, path: &Path) -> Result<Self, GitopsError> {
        let key = PrivateKey::from_openssh(text.trim_start()).map_err(|error| {
            no_key(
                path,
                format!("not an OpenSSH private key ({error}); make one with `ssh-keygen -t ed25519`"),
            )
        })?;
        let key = match (key.is_encrypted(), passphrase) {
            (false, _) => key,
            (true, Some(passphrase)) => {
                key.decrypt(passphrase).map_err(|_| no_key(path, "the passphrase does not open it"))?
            }
            (true, None) => return Err(no_key(path, "it is encrypted: give its passphrase")),
        };
        // Sign once now, so that a kind of key that cannot sign is told before anything is done.
        let signing = Self { key };
        signing.sign(b"").map_err(|why| no_key(path, why))?;
        Ok(signing)
    }

    /// Writes the private key (readable by its owner alone) and `<path>.pub` beside it; neither may exist.
    pub fn write(&self, path: &Path) -> Result<(), GitopsError> {
        let private = self.key.to_openssh(LineEnding::LF).map_err(|error| no_key(path, error.to_string()))?;
        let mut public_path = path.as_os_str().to_owned();
        public_path.push(".pub");
        let public_path = PathBuf::from(public_path);
        create(path, private.as_bytes(), 0o600)?;
        create(&public_path, format!("{}\n", self.public()?).as_bytes(), 0o644).inspect_err(|_| {
            let _ = fs::remove_file(path);
        })
    }

    /// The public key as `ssh-ed25519 AAAA… comment`.
    pub fn public(&self) -> Result<String, GitopsError> {
        self.key.public_key().to_openssh().map_err(|error| no_key(Path::new(""), error.to_string()))
    }

    /// The line that lets Git accept the key's signatures as the principal's (ssh-keygen(1), "ALLOWED SIGNERS").
    pub fn allowed_signers_line(&self, principal: &str) -> Result<String, GitopsError> {
        let bad = |c: char| c.is_whitespace() || c.is_control() || ",\"*?!".contains(c);
        if principal.is_empty() || principal.contains(bad) {
            return Err(GitopsError::input("principal", principal, "expected an e-mail address"));
        }
        Ok(format!("{principal} namespaces=\"git\" {}\n", self.public()?))
    }

    /// `SHA256:…`, as `ssh-keygen -l` shows it.
    pub fn fingerprint(&self) -> String {
        self.key.fingerprint(HashAlg::Sha256).to_string()
    }

    /// An armoured SSHSIG in the namespace `git` (openssh, PROTOCOL.sshsig).
    pub(crate) fn sign(&self, content: &[u8]) -> Result<String, String> {
        let signature = self
            .key
            .sign("git", HashAlg::Sha512, content)
            .map_err(|error| format!("it cannot sign ({error}); use an Ed25519, ECDSA P-256 or P-384 key"))?;
        signature.to_pem(LineEnding::LF).map_err(|error| error.to_string())
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey({})", self.fingerprint())
    }
}

fn no_key(path: &Path, why: impl Into<String>) -> GitopsError {
    GitopsError::Key { path: path.to_owned(), why: why.into() }
}

#[cfg(unix)]
fn warn_if_readable(path: &Path, metadata: &fs::Metadata) {
    use std::os::unix::fs::PermissionsExt as _;
    // Secrets mounted into a container often are 0644 and cannot be changed, so this is no error as it is for ssh.
    if metadata.permissions().mode() & 0o077 != 0 {
        tracing::warn!(path = %path.display(), "others can read this private key: chmod 600 it");
    }
}

#[cfg(not(unix))]
fn warn_if_readable(_path: &Path, _metadata: &fs::Metadata) {}

fn create(path: &Path, bytes: &[u8], mode: u32) -> Result<(), GitopsError> {
    let io = |source| GitopsError::Io { path: path.to_owned(), source };
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, mode);
    #[cfg(not(unix))]
    let _ = mode;
    let mut file = options.open(path).map_err(io)?;
    file.write_all(bytes).and_then(|()| file.sync_all()).map_err(io)
}
