//! What is asked: the evidence, all of it verified by the caller.

use jiff::Timestamp;
use jiff::civil::Date;
use seawall_findings::{Digest, Finding, Report};
use serde::{Deserialize, Serialize};

/// Where on the way the question is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Stage {
    /// In CI or on a laptop: may this image or manifest go on?
    Gate,
    /// Before the configuration repository is changed.
    Promote,
    /// At the API server.
    Admit,
}

impl Stage {
    /// From the lower-case word.
    pub fn from_word(word: &str) -> Option<Self> {
        match word {
            "gate" => Some(Self::Gate),
            "promote" => Some(Self::Promote),
            "admit" => Some(Self::Admit),
            _ => None,
        }
    }
}

/// What a verdict is asked for.
#[derive(Clone, Debug)]
pub struct Question<'a> {
    /// Where on the way.
    pub stage: Stage,
    /// The namespace it is for; none where it is not known yet: then policies of every namespace apply.
    pub namespace: Option<&'a str>,
    /// The images, with what is known of each.
    pub images: Vec<ImageEvidence>,
    /// What the checks hold against the manifest; empty where the question is about an image alone.
    pub checks: Vec<Finding>,
    /// The objects of the manifest, for rules of the user's own.
    pub objects: Vec<Object>,
    /// Today, for exceptions and grace.
    pub today: Date,
    /// Now, for the age of attestations.
    pub now: Timestamp,
}

/// One object of a manifest.
#[derive(Clone, Debug)]
pub struct Object {
    /// Where it is, for people: `shop.yaml:3:1`, `Deployment prod/shop`.
    pub place: String,
    /// All of it.
    pub value: serde_json::Value,
}

/// What is known of one image.
#[derive(Clone, Debug, Default)]
pub struct ImageEvidence {
    /// As asked for, with the defaults filled in.
    pub reference: String,
    /// `registry/repository`, what policies match on.
    pub repository: String,
    /// What the reference resolved to.
    pub digest: Option<Digest>,
    /// The manifest (or the command line) names the digest. An image question at the gate whose tag was resolved sets
    /// this to false and is let through with a note; for a manifest see [`ImageEvidence::in_manifest`].
    pub pinned: bool,
    /// The reference stands in a manifest, which is deployed as it is: at the gate and at promotion it must be pinned.
    pub in_manifest: bool,
    /// The scan of exactly this digest.
    pub report: Option<Report>,
    /// Signatures over this digest that a key verified.
    pub signatures: Vec<VerifiedSignature>,
    /// Attestations about this digest that a key verified.
    pub attestations: Vec<VerifiedAttestation>,
    /// What kept the caller from collecting evidence, in words (`registry unreachable: …`).
    pub problems: Vec<String>,
}

/// A signature that was verified.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VerifiedSignature {
    /// The key that verified it, named as the policy names it.
    pub key: String,
    /// The id of that key: another key under the same name does not count for it.
    #[serde(default)]
    pub key_id: String,
    /// `simple-signing`, `bundle` …
    pub format: String,
    /// When it was verified, where that is what the ledger remembers; none: now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remembered: Option<Timestamp>,
}

/// An attestation that was verified.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VerifiedAttestation {
    /// The in-toto predicate type.
    pub predicate_type: String,
    /// The key that verified it, named as the policy names it.
    pub key: String,
    /// When it was made, where it says so.
    pub timestamp: Option<Timestamp>,
    /// The id of that key.
    #[serde(default)]
    pub key_id: String,
    /// When it was verified, where that is what the ledger remembers; none: now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remembered: Option<Timestamp>,
    /// The predicate, where a policy has a condition over it.
    #[serde(default, skip)]
    pub predicate: Option<serde_json::Value>,
}
