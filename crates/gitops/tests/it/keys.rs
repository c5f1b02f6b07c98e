//! Key files that OpenSSH understands too.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;

use seawall_gitops::SigningKey;

use crate::repository::promotion;

#[test]
fn a_new_key_is_read_by_ssh_keygen_and_by_us() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("id");
    let key = SigningKey::generate("seawall@example.com").unwrap();
    key.write(&path).unwrap();
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    let output = Command::new("ssh-keygen").arg("-y").arg("-f").arg(&path).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(String::from_utf8(output.stdout).unwrap().trim(), key.public().unwrap());
    assert_eq!(fs::read_to_string(folder.path().join("id.pub")).unwrap().trim(), key.public().unwrap());
    assert_eq!(SigningKey::load(&path, None).unwrap().fingerprint(), key.fingerprint());
    assert!(key.write(&path).is_err(), "an existing key is never overwritten");
    let shown = format!("{key:?}");
    assert!(shown.starts_with("SigningKey(SHA256:"), "{shown}");
    assert!(key.allowed_signers_line("a b").is_err());
    let shown = format!("{:?}", promotion("https://me:secret@example.com/a.git"));
    assert!(shown.contains("https://example.com/a.git") && !shown.contains("secret"), "{shown}");
}

#[test]
fn keys_of_ssh_keygen_encrypted_or_not() {
    let folder = tempfile::tempdir().unwrap();
    for (kind, passphrase) in [("ed25519", ""), ("ed25519", "tide"), ("ecdsa", "tide")] {
        let path = folder.path().join(format!("{kind}{}", passphrase.len()));
        let made =
            Command::new("ssh-keygen").args(["-q", "-t", kind, "-N", passphrase, "-f"]).arg(&path).status();
        assert!(made.unwrap().success());
        let given = Some(passphrase).filter(|text| !text.is_empty());
        SigningKey::load(&path, given).unwrap();
        if given.is_some() {
            let wrong = SigningKey::load(&path, Some("ebb")).unwrap_err().to_string();
            assert!(wrong.ends_with("the passphrase does not open it"), "{wrong}");
            let none = SigningKey::load(&path, None).unwrap_err().to_string();
            assert!(none.ends_with("give its passphrase"), "{none}");
        }
    }
    let text = folder.path().join("text");
    fs::write(&text, "no key").unwrap();
    assert!(SigningKey::load(&text, None).unwrap_err().to_string().contains("not an OpenSSH private key"));
}
