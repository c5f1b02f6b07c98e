//! A document of any form, in one form.

use jiff::Timestamp;
use seawall_findings::{Digest, Status};
use seawall_inventory::purl::Purl;

/// What the forms call their documents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// <https://github.com/openvex/spec>, 0.2.
    OpenVex,
    /// A CycloneDX BOM with vulnerabilities.
    CycloneDx,
    /// OASIS CSAF 2.0 or 2.1.
    Csaf,
}

/// One document.
#[derive(Clone, Debug)]
pub struct Document {
    /// Its own id, else what the caller calls it.
    pub id: String,
    /// Who says so.
    pub author: String,
    /// Its form.
    pub format: Format,
    /// In the order of the document.
    pub statements: Vec<Statement>,
    /// It came attached to the image that is reported on: a statement without products speaks of that image (OpenVEX
    /// specification, "ATTESTING"). Nobody but the caller knows; false unless it is set.
    pub attached: bool,
}

/// What is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The product does not have the vulnerability, or it cannot be used there.
    NotAffected,
    /// The product has it.
    Affected,
    /// This version of the product has a fix.
    Fixed,
    /// Not known yet.
    UnderInvestigation,
}

/// One vulnerability in some products.
#[derive(Clone, Debug)]
pub struct Statement {
    /// The vulnerability's name and its other names.
    pub vulnerability: Vec<String>,
    /// What it speaks of.
    pub products: Vec<Product>,
    /// What it says.
    pub verdict: Verdict,
    /// One of the form's words (`vulnerable_code_not_present`, `code_not_reachable`).
    pub justification: Option<String>,
    /// In the author's words.
    pub note: Option<String>,
    /// What it says of a fix that is not there, where it does.
    pub fix: Option<Status>,
    /// When it was said; the document's time where the statement has none.
    pub time: Option<Timestamp>,
}

/// A product, or a part of one.
#[derive(Clone, Debug, Default)]
pub struct Product {
    /// Its package URLs: any of them will do.
    pub purls: Vec<Purl>,
    /// Its content digests.
    pub digests: Vec<Digest>,
    /// Names that are neither, as the form gives them: an image's reference.
    pub names: Vec<String>,
    /// Of an image: the parts that are spoken of; empty: all of it.
    pub parts: Vec<Product>,
}

impl Product {
    /// Adds whatever the text identifies a product by.
    pub(crate) fn identify(&mut self, text: &str) {
        match Purl::lenient(text) {
            Ok(purl) => self.purls.push(purl),
            Err(_) if text.starts_with("pkg:") => {}
            Err(_) => self.names.push(text.to_owned()),
        }
    }

    /// Adds a digest, in hexadecimal with or without its algorithm.
    pub(crate) fn sha256(&mut self, hex: &str) {
        let text = hex.strip_prefix("sha256:").unwrap_or(hex).to_ascii_lowercase();
        self.digests.extend(format!("sha256:{text}").parse::<Digest>());
    }

    /// Whether there is nothing to know it by.
    pub(crate) fn is_unknown(&self) -> bool {
        self.purls.is_empty() && self.digests.is_empty() && self.names.is_empty()
    }
}
