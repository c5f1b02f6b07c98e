//! Step 8: everything that is known about the digest, in order.

use anyhow::{Result, ensure};

use super::{Images, Story};

/// What the trail told.
pub struct Told {
    /// For people.
    pub trail: String,
    /// The kinds of its entries, in order.
    pub kinds: Vec<String>,
    /// What `--verify` said.
    pub verified: String,
}

impl Story {
    /// Prints the trail of `shop:1.1` and proves the chain unbroken.
    pub fn trail(&mut self, images: &Images) -> Result<Told> {
        self.narrator.step("The trail of one digest");
        let subject = format!("shop@{}", images.new.digest);
        let trail = self.seawall(&["trail", &subject], 0)?;
        self.narrator.excerpt(&trail, 60);
        let json = self.seawall_command(&["trail", &subject, "--format", "json"]).output()?;
        let entries: Vec<serde_json::Value> = serde_json::from_slice(&json.stdout)?;
        let kinds: Vec<String> =
            entries.iter().filter_map(|entry| Some(entry["kind"].as_str()?.to_owned())).collect();
        let mut told = vec!["scanned", "gated", "signed", "attested", "promoted", "admitted"];
        if self.live {
            told.extend(["running", "alerted", "responded"]);
        }
        for kind in told {
            ensure!(kinds.iter().any(|seen| seen == kind), "the trail tells of nothing {kind}: {kinds:?}");
        }
        let verified = self.seawall(&["trail", "--verify"], 0)?;
        self.narrator.excerpt(&verified, 4);
        Ok(Told { trail, kinds, verified })
    }
}
