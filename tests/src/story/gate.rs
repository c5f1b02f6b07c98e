//! Step 3: one policy file, asked in the pipeline.

use anyhow::{Result, ensure};

use super::{Images, Story};
use crate::parts::process::stdout;

/// What the gate said.
pub struct Gated {
    /// The error log for `shop:1.0`.
    pub refusal: String,
}

/// One file for the gate, promotion and admission.
const POLICY: &str = "\
apiVersion: seawall.dev/v1alpha1
kind: Policy
metadata: {name: quality}
spec:
  deny:
    - vulnerability: {severity: high, fixable: true}
    - check: {profile: baseline}
  warn:
    - vulnerability: {severity: medium, fixable: true}
---
apiVersion: seawall.dev/v1alpha1
kind: Policy
metadata: {name: provenance}
spec:
  match: {stages: [promote, admit]}
  require:
    - signature: {keys: [team.pub], threshold: 1}
    - digest: pinned
";

impl Story {
    /// `shop:1.0` is refused with exit code 1, `shop:1.1` passes.
    pub fn gate(&mut self, images: &Images) -> Result<Gated> {
        self.narrator.step("Gate both with one policy file");
        std::fs::write(self.kept.join("policy.yaml"), POLICY)?;
        self.narrator.excerpt(POLICY, 9);
        let output = self.seawall_any(&["gate", &images.old.reference, "--policy", "policy.yaml"])?;
        let refusal = format!("{}{}", stdout(&output), String::from_utf8_lossy(&output.stderr));
        ensure!(
            output.status.code() == Some(1),
            "the gate ended with {} for shop:1.0:\n{refusal}",
            output.status
        );
        self.narrator.excerpt(&refusal, 10);
        self.narrator.say("exit code 1: shop:1.0 goes no further");
        let passed = self.seawall(&["gate", &images.new.reference, "--policy", "policy.yaml"], 0)?;
        self.narrator.excerpt(&passed, 6);
        self.narrator.say("exit code 0: shop:1.1 passes");
        Ok(Gated { refusal })
    }
}
