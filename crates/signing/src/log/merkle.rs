//! Inclusion proofs of a Merkle tree (RFC 6962, section 2.1.1; the algorithm of RFC 9162, section 2.1.3.2).

use sha2::{Digest as _, Sha256};

use super::entry::Proof;

/// The root that the proof leads to from the entry.
pub(super) fn root(body: &[u8], proof: &Proof) -> Result<Vec<u8>, String> {
    if proof.index >= proof.size {
        return Err(format!("entry {} is not in a tree of {}", proof.index, proof.size));
    }
    let mut hash = Sha256::new().chain_update([0]).chain_update(body).finalize();
    let (mut node, mut last) = (proof.index, proof.size - 1);
    for sibling in &proof.hashes {
        if sibling.len() != 32 {
            return Err(format!("a hash of {} bytes", sibling.len()));
        }
        if last == 0 {
            return Err("more hashes than the tree has levels".to_owned());
        }
        if node & 1 == 1 || node == last {
            hash = Sha256::new().chain_update([1]).chain_update(sibling).chain_update(hash).finalize();
            while node & 1 == 0 && node != 0 {
                node >>= 1;
                last >>= 1;
            }
        } else {
            hash = Sha256::new().chain_update([1]).chain_update(hash).chain_update(sibling).finalize();
        }
        node >>= 1;
        last >>= 1;
    }
    if last != 0 {
        return Err("fewer hashes than the tree has levels".to_owned());
    }
    Ok(hash.to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leaf(body: &[u8]) -> Vec<u8> {
        Sha256::new().chain_update([0]).chain_update(body).finalize().to_vec()
    }

    fn node(left: &[u8], right: &[u8]) -> Vec<u8> {
        Sha256::new().chain_update([1]).chain_update(left).chain_update(right).finalize().to_vec()
    }

    /// RFC 6962's recursive definition.
    fn tree(leaves: &[Vec<u8>]) -> Vec<u8> {
        if let [one] = leaves {
            return one.clone();
        }
        let (left, right) = leaves.split_at(leaves.len().next_power_of_two() / 2);
        node(&tree(left), &tree(right))
    }

    fn path(leaves: &[Vec<u8>], index: usize) -> Vec<Vec<u8>> {
        if leaves.len() == 1 {
            return Vec::new();
        }
        let half = leaves.len().next_power_of_two() / 2;
        let (left, right) = leaves.split_at(half);
        let (mut path, other) = if index < half {
            (path(left, index), tree(right))
        } else {
            (path(right, index - half), tree(left))
        };
        path.push(other);
        path
    }

    #[test]
    fn proofs_of_every_entry_of_small_trees_hold_and_no_other() {
        for size in 1..=17_usize {
            let bodies: Vec<Vec<u8>> = (0..size).map(|n| vec![n as u8; 3]).collect();
            let leaves: Vec<_> = bodies.iter().map(|b| leaf(b)).collect();
            for (index, body) in bodies.iter().enumerate() {
                let proof = Proof {
                    index: index as u64,
                    size: size as u64,
                    root: tree(&leaves),
                    hashes: path(&leaves, index),
                    checkpoint: String::new(),
                };
                assert_eq!(root(body, &proof).unwrap(), proof.root, "{index} of {size}");
                assert_ne!(root(b"other", &proof).unwrap(), proof.root);
                let longer =
                    Proof { hashes: [proof.hashes.clone(), vec![vec![0; 32]]].concat(), ..proof.clone() };
                assert!(root(body, &longer).is_err_and(|e| e.contains("more hashes")));
                let beyond = Proof { index: proof.size, ..proof };
                assert!(root(body, &beyond).is_err());
            }
        }
    }
}
