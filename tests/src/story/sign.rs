//! Step 4: keys, signatures and attestations, and cosign on the other side.

use std::path::Path;
use std::process::{Command, Output};

use anyhow::{Result, ensure};

use super::{Images, PASSPHRASE, Story};
use crate::parts::process::run_any;

/// What was signed and by whom it was verified.
pub struct Signed {
    /// Whether real cosign took part.
    pub cosign: bool,
}

impl Story {
    /// Signs `shop:1.1` in both layouts, attests SBOM and scan result; both programs verify each other's work.
    pub fn sign(&mut self, images: &Images) -> Result<Signed> {
        self.narrator.step("Sign shop:1.1 by digest and attest its SBOM and scan result");
        let reference = images.new.reference.as_str();
        self.seawall(&["key", "generate", "--out", "team"], 0)?;
        for layout in ["bundle", "legacy"] {
            self.seawall(&["sign", reference, "--key", "team.key", "--signature-format", layout], 0)?;
        }
        for kind in ["cyclonedx", "vuln"] {
            self.seawall(&["attest", reference, "--type", kind, "--key", "team.key"], 0)?;
        }
        let verified = self.seawall(&["verify", reference, "--key", "team.pub"], 0)?;
        self.narrator.excerpt(&verified, 4);
        for kind in ["cyclonedx", "vuln"] {
            self.seawall(&["verify", reference, "--key", "team.pub", "--attestation", kind], 0)?;
        }

        let Some(cosign) = self.cosign.clone() else {
            self.narrator
                .say("cosign is not installed here: `make demo-cluster` builds it and lets it verify");
            return Ok(Signed { cosign: false });
        };
        self.cosign_verifies(&cosign, images)?;
        self.cosign_signs(&cosign, images)?;
        Ok(Signed { cosign: true })
    }

    fn cosign_verifies(&self, cosign: &Path, images: &Images) -> Result<()> {
        let image = images.new.by_digest();
        let common = ["--key", "team.pub", "--insecure-ignore-tlog", "--allow-http-registry"];
        let with = |first: &[&'static str], last: &str| -> Vec<String> {
            first.iter().chain(&common).copied().chain([last]).map(str::to_owned).collect()
        };
        let commands = [
            with(&["verify"], &image),
            with(&["verify", "--new-bundle-format=false"], &image),
            with(&["verify-attestation", "--type", "cyclonedx"], &image),
            with(&["verify-attestation", "--type", "vuln"], &image),
        ];
        for command in commands {
            let arguments: Vec<&str> = command.iter().map(String::as_str).collect();
            self.cosign(cosign, &arguments)?;
        }
        self.narrator.say("cosign verified both signatures and both attestations");
        Ok(())
    }

    fn cosign_signs(&self, cosign: &Path, images: &Images) -> Result<()> {
        let image = images.new.by_digest();
        self.cosign(cosign, &["generate-key-pair", "--output-key-prefix", "cosign"])?;
        for form in ["--new-bundle-format=true", "--new-bundle-format=false"] {
            self.cosign(
                cosign,
                &[
                    "sign",
                    "--key",
                    "cosign.key",
                    "--use-signing-config=false",
                    "--tlog-upload=false",
                    "--allow-http-registry",
                    form,
                    "-y",
                    &image,
                ],
            )?;
        }
        let verified = self.seawall(&["verify", &image, "--key", "cosign.pub"], 0)?;
        self.narrator.excerpt(&verified, 4);
        self.narrator.say("Seawall verified what cosign signed");
        Ok(())
    }

    fn cosign(&self, cosign: &Path, arguments: &[&str]) -> Result<Output> {
        let shown: Vec<&str> = std::iter::once("cosign").chain(arguments.iter().copied()).collect();
        self.narrator.command(&shown);
        let output = run_any(
            Command::new(cosign)
                .args(arguments)
                .current_dir(&self.kept)
                .env("COSIGN_PASSWORD", PASSPHRASE)
                .env("HOME", self.folder.path()),
        )?;
        ensure!(
            output.status.success(),
            "cosign {} ended with {}:\n{}",
            arguments.join(" "),
            output.status,
            String::from_utf8_lossy(&output.stderr)
        );
        Ok(output)
    }
}
