//! The product tree: what the ids of a CSAF document stand for.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use super::About;
use crate::document::Product;
use crate::error::VexError;

/// The most products of a tree.
const MAX_PRODUCTS: usize = 500_000;

#[derive(Default, Deserialize)]
pub(super) struct Trunk {
    #[serde(default)]
    branches: Vec<Branch>,
    #[serde(default)]
    full_product_names: Vec<Name>,
    #[serde(default)]
    relationships: Vec<Relationship>,
    #[serde(default)]
    product_groups: Vec<Group>,
}

#[derive(Deserialize)]
struct Branch {
    #[serde(default)]
    branches: Vec<Branch>,
    #[serde(default)]
    product: Option<Name>,
}

#[derive(Deserialize)]
struct Name {
    product_id: String,
    #[serde(default)]
    product_identification_helper: Helper,
}

#[derive(Default, Deserialize)]
struct Helper {
    #[serde(default)]
    purl: Option<String>,
    /// CSAF 2.1.
    #[serde(default)]
    purls: Vec<String>,
    #[serde(default)]
    hashes: Vec<FileHashes>,
}

#[derive(Deserialize)]
struct FileHashes {
    #[serde(default)]
    file_hashes: Vec<FileHash>,
}

#[derive(Deserialize)]
struct FileHash {
    algorithm: String,
    value: String,
}

#[derive(Deserialize)]
struct Relationship {
    full_product_name: Name,
    product_reference: String,
    relates_to_product_reference: String,
}

#[derive(Deserialize)]
struct Group {
    group_id: String,
    #[serde(default)]
    product_ids: BTreeSet<String>,
}

/// The tree, flat.
pub(super) struct Tree {
    products: BTreeMap<String, Product>,
    /// What is part of what: (part, whole).
    parts: BTreeMap<String, (String, String)>,
    groups: BTreeMap<String, BTreeSet<String>>,
}

impl Tree {
    pub(super) fn of(trunk: Trunk, name: &str) -> Result<Self, VexError> {
        let mut names = trunk.full_product_names;
        let mut left = trunk.branches;
        while let Some(branch) = left.pop() {
            names.extend(branch.product);
            left.extend(branch.branches);
        }
        let mut parts = BTreeMap::new();
        for relationship in trunk.relationships {
            let own = relationship.full_product_name.product_id.clone();
            parts.insert(own, (relationship.product_reference, relationship.relates_to_product_reference));
            names.push(relationship.full_product_name);
        }
        if names.len() > MAX_PRODUCTS {
            return Err(VexError::Limit { name: name.into(), what: "its product tree", limit: MAX_PRODUCTS });
        }
        let products =
            names.into_iter().map(|name| (name.product_id, named(&name.product_identification_helper)));
        let groups = trunk.product_groups.into_iter().map(|group| (group.group_id, group.product_ids));
        Ok(Self { products: products.collect(), parts, groups: groups.collect() })
    }

    /// What an id stands for; none where that cannot be told from a package or image.
    ///
    /// A part of an image speaks of that image alone. A part of a platform that has no purl of its own (a distribution,
    /// known by its CPE) counts where the part's purl has a version: the build then tells the platform.
    pub(super) fn product(&self, id: &str) -> Option<Product> {
        let own = self.products.get(id).filter(|product| !product.is_unknown());
        let Some((part, whole)) = self.parts.get(id) else { return own.cloned() };
        let part = own.or_else(|| self.products.get(part).filter(|product| !product.is_unknown()))?;
        let whole = self.products.get(whole).filter(|product| !product.is_unknown());
        match whole {
            Some(whole) if whole.purls.iter().any(|purl| purl.kind == "oci" || purl.kind == "docker") => {
                Some(Product { parts: vec![part.clone()], ..whole.clone() })
            }
            _ => {
                let exact = part.purls.iter().filter(|purl| !purl.version.is_empty()).cloned().collect();
                let product = Product { purls: exact, ..part.clone() };
                Some(product).filter(|product| !product.is_unknown())
            }
        }
    }

    /// Whether a flag, threat or remediation speaks of a product; without any ids it speaks of all.
    pub(super) fn covers(&self, about: &About, id: &str) -> bool {
        if about.product_ids.is_empty() && about.group_ids.is_empty() {
            return true;
        }
        about.product_ids.iter().any(|known| known == id)
            || about.group_ids.iter().any(|group| self.groups.get(group).is_some_and(|ids| ids.contains(id)))
    }
}

fn named(helper: &Helper) -> Product {
    let mut product = Product::default();
    for purl in helper.purl.iter().chain(&helper.purls) {
        product.identify(purl);
    }
    for hash in helper.hashes.iter().flat_map(|hashes| &hashes.file_hashes) {
        if hash.algorithm.eq_ignore_ascii_case("sha256") {
            product.sha256(&hash.value);
        }
    }
    product
}
