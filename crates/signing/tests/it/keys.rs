//! Key files: cosign's, ours, and those that must be refused.

use seawall_signing::{Algorithm, PrivateKey, PublicKey, SigningError};

use crate::parts::shared;

#[test]
fn every_algorithm_survives_its_file_and_signs() {
    for algorithm in [Algorithm::EcdsaP256, Algorithm::EcdsaP384, Algorithm::EcdsaP521, Algorithm::Ed25519] {
        let key = PrivateKey::generate(algorithm).unwrap();
        let file = key.to_encrypted_pem(b"s3cret").unwrap();
        assert!(file.starts_with("-----BEGIN ENCRYPTED SIGSTORE PRIVATE KEY-----\n"));
        let read = PrivateKey::from_encrypted_pem(&file, b"s3cret").unwrap();
        assert_eq!((read.id(), read.public().algorithm()), (key.id(), algorithm));
        let public = PublicKey::from_pem(&key.public().to_pem().unwrap()).unwrap();
        assert_eq!(&public, key.public());
        let signature = read.sign(b"a message").unwrap();
        public.verify(b"a message", &signature).unwrap();
        assert!(public.verify(b"another", &signature).is_err());
        let mut longer = signature.clone();
        longer.push(0);
        assert!(public.verify(b"a message", &longer).is_err(), "{algorithm}: trailing bytes");
        let other = PrivateKey::generate(algorithm).unwrap();
        assert!(other.public().verify(b"a message", &signature).is_err());
    }
}

#[test]
fn a_wrong_passphrase_is_said_to_be_one() {
    let file = PrivateKey::generate(Algorithm::default()).unwrap().to_encrypted_pem(b"right").unwrap();
    let error = PrivateKey::from_encrypted_pem(&file, b"wrong").unwrap_err();
    insta::assert_snapshot!(error, @"the passphrase does not open this private key; check SEAWALL_PASSWORD (or COSIGN_PASSWORD), and that the key file is the one that the passphrase was chosen for");
}

/// A key file that asks for other costs would take gigabytes, or protect nothing.
#[test]
fn only_the_scrypt_costs_of_cosign_are_read() {
    let file = PrivateKey::generate(Algorithm::default()).unwrap().to_encrypted_pem(b"x").unwrap();
    let (label, body) = pem_rfc7468::decode_vec(file.as_bytes()).unwrap();
    let body = String::from_utf8(body).unwrap();
    let with = |from: &str, to: &str| {
        assert!(body.contains(from));
        let body = body.replace(from, to);
        let text = pem_rfc7468::encode_string(label, pem_rfc7468::LineEnding::LF, body.as_bytes()).unwrap();
        PrivateKey::from_encrypted_pem(&text, b"x").unwrap_err()
    };
    for (from, to) in [
        ("\"N\":65536", "\"N\":16384"),
        ("\"N\":65536", "\"N\":262144"),
        ("\"N\":65536", "\"N\":65537"),
        ("\"r\":8", "\"r\":1024"),
        ("\"p\":1", "\"p\":0"),
        ("scrypt", "argon2"),
        ("nacl/secretbox", "aes"),
    ] {
        assert!(matches!(with(from, to), SigningError::Key { .. }), "{to}");
    }
    // Within the known costs, a changed file opens with no passphrase.
    assert!(matches!(with("\"N\":65536", "\"N\":32768"), SigningError::Passphrase));
    let twice = with("{\"kdf\":", "{\"kdf\":{},\"kdf\":");
    assert!(twice.to_string().contains("`kdf` stands twice"), "{twice}");
}

#[test]
fn signatures_of_zeros_and_of_other_kinds_are_refused() {
    let zeros: [&[u8]; 4] = [&[0x30, 6, 2, 1, 0, 2, 1, 0], &[0x30, 6, 2, 1, 1, 2, 1, 0], &[0; 64], &[]];
    for algorithm in [Algorithm::EcdsaP256, Algorithm::EcdsaP384, Algorithm::EcdsaP521, Algorithm::Ed25519] {
        let key = PrivateKey::generate(algorithm).unwrap();
        for signature in zeros {
            assert!(key.public().verify(b"x", signature).is_err(), "{algorithm} {signature:?}");
        }
        let other = PrivateKey::generate(Algorithm::Ed25519).unwrap().sign(b"x").unwrap();
        assert!(key.public().verify(b"x", &other).is_err(), "{algorithm}");
    }
}

/// Older cosign hashed with SHA-256 whatever the curve.
#[test]
fn large_curves_are_also_read_over_sha256() {
    use p384::ecdsa::signature::hazmat::PrehashSigner as _;
    use pkcs8::DecodePrivateKey as _;
    use sha2::Digest as _;
    let sum = sha2::Sha256::digest(b"a message");
    let key = PrivateKey::generate(Algorithm::EcdsaP384).unwrap();
    let raw = p384::SecretKey::from_pkcs8_der(&key.to_pkcs8_der().unwrap()).unwrap();
    let signature: p384::ecdsa::Signature = p384::ecdsa::SigningKey::from(raw).sign_prehash(&sum).unwrap();
    key.public().verify(b"a message", signature.to_der().as_bytes()).unwrap();

    let key = PrivateKey::generate(Algorithm::EcdsaP521).unwrap();
    let raw = p521::SecretKey::from_pkcs8_der(&key.to_pkcs8_der().unwrap()).unwrap();
    let padded = [&[0][..], &sum].concat();
    let signature: p521::ecdsa::Signature = p521::ecdsa::SigningKey::from(raw).sign_prehash(&padded).unwrap();
    key.public().verify(b"a message", signature.to_der().as_bytes()).unwrap();
    assert!(key.public().verify(b"another", signature.to_der().as_bytes()).is_err());
}

#[test]
fn the_secret_is_not_in_debug() {
    let key = PrivateKey::generate(Algorithm::default()).unwrap();
    assert_eq!(format!("{key:?}"), format!("PrivateKey(ecdsa-p256, {})", key.id()));
}

#[test]
fn what_is_not_a_key_is_named() {
    let mut told = Vec::new();
    let key = PrivateKey::generate(Algorithm::default()).unwrap();
    told.push(PublicKey::from_pem("hello").unwrap_err());
    told.push(PublicKey::from_pem(&key.to_encrypted_pem(b"x").unwrap()).unwrap_err());
    told.push(PrivateKey::from_encrypted_pem(&key.public().to_pem().unwrap(), b"x").unwrap_err());
    told.push(PrivateKey::generate(Algorithm::Rsa).unwrap_err());
    told.push("rot13".parse::<Algorithm>().unwrap_err());
    let told: Vec<_> = told.iter().map(ToString::to_string).collect();
    insta::assert_snapshot!(told.join("\n"), @"
    not a public key: it holds no PEM block (`-----BEGIN …`); give a PEM file `PUBLIC KEY` with an ECDSA (P-256, P-384, P-521), Ed25519 or RSA key, such as cosign.pub
    not a public key: the PEM block is a `ENCRYPTED SIGSTORE PRIVATE KEY`; give a PEM file `PUBLIC KEY` with an ECDSA (P-256, P-384, P-521), Ed25519 or RSA key, such as cosign.pub
    not a private key file: the PEM block is a `PUBLIC KEY`; give a key file of `seawall key generate` or `cosign generate-key-pair`; a plain PEM key becomes one with `seawall key import`
    rsa keys: they are read, but not generated; choose ecdsa-p256, or import a key made elsewhere
    `rot13` keys: no such algorithm; use ecdsa-p256, ecdsa-p384, ecdsa-p521, ed25519 or rsa
    ");
}

/// Plain keys as OpenSSL writes them, and that each becomes a key file that cosign opens.
#[test]
fn plain_keys_of_openssl_are_imported() {
    let dir = tempfile::tempdir().unwrap();
    let openssl = |args: &[&str]| {
        let output = std::process::Command::new("openssl").args(args).current_dir(dir.path()).output();
        let Ok(output) = output else { return None };
        assert!(output.status.success(), "openssl {args:?}: {}", String::from_utf8_lossy(&output.stderr));
        Some(String::from_utf8(output.stdout).unwrap())
    };
    let kinds: [(&[&str], Algorithm); 7] = [
        (&["genpkey", "-algorithm", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"], Algorithm::EcdsaP256),
        (&["ecparam", "-genkey", "-name", "prime256v1"], Algorithm::EcdsaP256),
        (&["ecparam", "-genkey", "-name", "secp384r1", "-noout"], Algorithm::EcdsaP384),
        (&["ecparam", "-genkey", "-name", "secp521r1", "-noout"], Algorithm::EcdsaP521),
        (&["genpkey", "-algorithm", "ed25519"], Algorithm::Ed25519),
        (&["genpkey", "-algorithm", "rsa", "-pkeyopt", "rsa_keygen_bits:3072"], Algorithm::Rsa),
        (&["genrsa", "-traditional", "2048"], Algorithm::Rsa),
    ];
    let cosign = crate::parts::Cosign::find();
    for (args, algorithm) in kinds {
        let Some(pem) = openssl(args) else {
            crate::parts::skip("openssl is not installed");
            return;
        };
        let key = PrivateKey::from_pem(&pem).unwrap();
        assert_eq!(key.public().algorithm(), algorithm, "{args:?}");
        key.public().verify(b"x", &key.sign(b"x").unwrap()).unwrap();
        let file = key.to_encrypted_pem(crate::parts::PASSPHRASE.as_bytes()).unwrap();
        assert_eq!(
            PrivateKey::from_encrypted_pem(&file, crate::parts::PASSPHRASE.as_bytes()).unwrap().id(),
            key.id()
        );
        if let Some(cosign) = &cosign {
            cosign.write("imported.key", &file);
            let public = cosign.ok(&["public-key", "--key", "imported.key"]);
            assert_eq!(public.trim(), key.public().to_pem().unwrap().trim(), "{args:?}");
        }
    }
    // And what is no plain key, or too weak a one, is refused.
    let told: Vec<_> = [
        openssl(&["genpkey", "-algorithm", "ed25519", "-aes256", "-pass", "pass:x"]).unwrap(),
        openssl(&["genrsa", "-traditional", "1024"]).unwrap(),
        openssl(&["ecparam", "-genkey", "-name", "secp256k1", "-noout"]).unwrap(),
        PrivateKey::generate(Algorithm::default()).unwrap().public().to_pem().unwrap(),
    ]
    .iter()
    .map(|pem| PrivateKey::from_pem(pem).unwrap_err().to_string())
    .map(|told| told.split("; ").next().unwrap().to_owned())
    .collect();
    insta::assert_snapshot!(told.join("\n"), @"
    not a private key: `BEGIN ENCRYPTED PRIVATE KEY`: only a plain key is imported
    not a private key: an RSA key that is refused (TooSmall)
    not a private key: a key of algorithm 1.2.840.10045.2.1 1.3.132.0.10
    not a private key: it holds no private key (`-----BEGIN PRIVATE KEY-----`)
    ");
}

/// The test vectors of cosign's own `TestReadingPrivatePemTypes`.
#[test]
fn the_key_files_of_cosigns_tests() {
    let Some(folder) = shared("judges/cosign/keys") else { return };
    let open = |name: &str, passphrase: &[u8]| {
        PrivateKey::from_encrypted_pem(&std::fs::read_to_string(folder.join(name)).unwrap(), passphrase)
    };
    for name in ["pemcosignkey.key", "pemsigstorekey.key"] {
        assert_eq!(open(name, b"hello").unwrap().public().algorithm(), Algorithm::EcdsaP256, "{name}");
        assert!(matches!(open(name, b"no"), Err(SigningError::Passphrase)), "{name}");
    }
    // SEC 1 inside: cosign refuses it as well.
    let error = open("pemcosigneckey.key", b"hello").unwrap_err();
    assert!(error.to_string().contains("not PKCS #8"), "{error}");
}

/// Keys that cosign 3.1.3 made or imported: the private file gives the public one, and signatures hold.
#[test]
fn the_key_pairs_of_cosign() {
    let Some(folder) = shared("judges/cosign/golden/keys") else { return };
    let kinds = [
        ("p256", Algorithm::EcdsaP256),
        ("p384", Algorithm::EcdsaP384),
        ("p521", Algorithm::EcdsaP521),
        ("ed25519", Algorithm::Ed25519),
        ("rsa2048", Algorithm::Rsa),
    ];
    for (name, algorithm) in kinds {
        let file = |f: &str| std::fs::read_to_string(folder.join(name).join(f)).unwrap();
        let public = PublicKey::from_pem(&file("cosign.pub")).unwrap();
        let private = PrivateKey::from_encrypted_pem(&file("cosign.key"), b"hello").unwrap();
        assert_eq!((private.public(), public.algorithm()), (&public, algorithm), "{name}");
        assert_eq!(public.to_pem().unwrap().trim(), file("cosign.pub").trim(), "{name}");
        public.verify(b"x", &private.sign(b"x").unwrap()).unwrap();
        let again = PrivateKey::from_encrypted_pem(&private.to_encrypted_pem(b"y").unwrap(), b"y").unwrap();
        assert_eq!(again.id(), private.id(), "{name}");
    }
}
