//! Addresses of keys, as cosign writes them.

use std::str::FromStr;

use crate::KmsError;

/// The address of a key in a service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyUri {
    /// A key of HashiCorp Vault's transit engine, by its name.
    Vault(String),
}

impl KeyUri {
    /// Whether a text is an address, and not the name of a file.
    pub fn is_uri(text: &str) -> bool {
        ["hashivault://", "awskms://", "gcpkms://", "azurekms://", "k8s://", "pkcs11:"]
            .iter()
            .any(|scheme| text.starts_with(scheme))
    }
}

impl FromStr for KeyUri {
    type Err = KmsError;

    fn from_str(text: &str) -> Result<Self, KmsError> {
        let unsupported = [
            ("awskms://", "AWS KMS"),
            ("gcpkms://", "Google Cloud KMS"),
            ("azurekms://", "Azure Key Vault"),
            ("k8s://", "Kubernetes secrets"),
            ("pkcs11:", "PKCS#11 tokens"),
        ];
        if let Some((_, name)) = unsupported.iter().find(|(scheme, _)| text.starts_with(scheme)) {
            return Err(KmsError::Unsupported(name));
        }
        let bad = || KmsError::Uri(text.to_owned());
        let name = text.strip_prefix("hashivault://").ok_or_else(bad)?;
        // What Vault itself takes for a key's name: nothing of it can lead to another path.
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        if name.is_empty() || name.len() > 128 || !name.chars().all(plain) || name.starts_with('.') {
            return Err(bad());
        }
        Ok(Self::Vault(name.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::KeyUri;

    #[test]
    fn names_stay_names() {
        assert_eq!("hashivault://team-1".parse::<KeyUri>().unwrap(), KeyUri::Vault("team-1".into()));
        for bad in [
            "hashivault://",
            "hashivault://a/../b",
            "hashivault://a?b",
            "hashivault://..",
            "awskms:///alias/x",
            "x",
        ] {
            assert!(bad.parse::<KeyUri>().is_err(), "{bad}");
        }
        assert!(!KeyUri::is_uri("team.key"));
    }
}
