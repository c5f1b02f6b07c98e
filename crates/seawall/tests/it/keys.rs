//! Passphrases and key files.

use crate::home::Home;

fn with_key() -> Home {
    let home = Home::bare();
    let made = home.run_with(&["key", "generate", "--out", "team"], &[("SEAWALL_PASSWORD", "right")]);
    assert_eq!(made.code, Some(0), "{}", made.stderr);
    home
}

const SIGN: [&str; 4] = ["sign", "registry.invalid/shop:1.0", "--key", "team.key"];

#[test]
fn a_wrong_passphrase() {
    let home = with_key();
    insta::assert_snapshot!(home.refused_with(&SIGN, &[("SEAWALL_PASSWORD", "wrong")]), @r"
    error: team.key: the passphrase does not open this private key; check SEAWALL_PASSWORD (or COSIGN_PASSWORD), and that the key file is the one that the passphrase was chosen for
    exit code 2
    ");
}

#[test]
fn no_passphrase_and_nobody_to_ask() {
    let home = with_key();
    insta::assert_snapshot!(home.refused(&SIGN), @r"
    error: the key needs a passphrase, and there is no terminal to ask on
    hint: set SEAWALL_PASSWORD (an empty one is a choice, too)
    exit code 2
    ");
    insta::assert_snapshot!(home.refused(&["key", "generate", "--out", "other"]), @r"
    error: the key needs a passphrase, and there is no terminal to ask on
    hint: set SEAWALL_PASSWORD (an empty one is a choice, too)
    exit code 2
    ");
}

#[test]
fn keys_that_are_none() {
    let home = with_key();
    home.write("notes.txt", "not a key");
    let password = [("SEAWALL_PASSWORD", "right")];
    let sign = |key| home.refused_with(&["sign", "registry.invalid/shop:1.0", "--key", key], &password);
    insta::assert_snapshot!(sign("gone.key"), @r"
    error: gone.key: No such file or directory (os error 2)
    exit code 2
    ");
    insta::assert_snapshot!(sign("notes.txt"), @r"
    error: notes.txt: not a private key file: it holds no PEM block (`-----BEGIN …`); give a key file of `seawall key generate` or `cosign generate-key-pair`; a plain PEM key becomes one with `seawall key import`
    exit code 2
    ");
    insta::assert_snapshot!(sign("team.pub"), @r"
    error: team.pub: not a private key file: the PEM block is a `PUBLIC KEY`; give a key file of `seawall key generate` or `cosign generate-key-pair`; a plain PEM key becomes one with `seawall key import`
    exit code 2
    ");
    insta::assert_snapshot!(home.refused(&["verify", "registry.invalid/shop:1.0", "--key", "team.key"]), @r"
    error: team.key: not a public key: the PEM block is a `ENCRYPTED SIGSTORE PRIVATE KEY`; give a PEM file `PUBLIC KEY` with an ECDSA (P-256, P-384, P-521), Ed25519 or RSA key, such as cosign.pub
    exit code 2
    ");
}

#[test]
fn an_existing_key_is_not_overwritten() {
    let home = with_key();
    insta::assert_snapshot!(home.refused_with(&["key", "generate", "--out", "team"], &[("SEAWALL_PASSWORD", "x")]), @r"
    error: team.key exists already
    hint: name another prefix with --out, or move the old key away
    exit code 2
    ");
}
