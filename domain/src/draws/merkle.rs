//! Merkle trees as in RFC 6962, section 2.1: one hash that stands for a list, and for each of its lines a short proof.

use sha2::{Digest as _, Sha256};

use crate::digest::Digest;

/// The root of a list of lines; of an empty one the hash of nothing.
#[must_use]
pub fn root<Line: AsRef<[u8]>>(lines: &[Line]) -> Digest {
    let leaves: Vec<Digest> = lines.iter().map(|line| leaf(line.as_ref())).collect();
    if leaves.is_empty() { Sha256::digest(b"").into() } else { over(&leaves) }
}

/// The hashes that lead from the line at a place to the root, from the leaf upwards; none where there is no such line.
#[must_use]
pub fn path<Line: AsRef<[u8]>>(lines: &[Line], place: usize) -> Option<Vec<Digest>> {
    let leaves: Vec<Digest> = lines.iter().map(|line| leaf(line.as_ref())).collect();
    let mut path = Vec::new();
    (place < leaves.len()).then(|| climb(&leaves, place, &mut path))?;
    Some(path)
}

/// Whether a line stands at a place of a list of `size` lines with this root (RFC 9162, section 2.1.3.2).
#[must_use]
pub fn holds(line: &[u8], place: usize, size: usize, path: &[Digest], root: &Digest) -> bool {
    if place >= size {
        return false;
    }
    let (mut at, mut last, mut hash) = (place, size - 1, leaf(line));
    for beside in path {
        if last == 0 {
            return false;
        }
        if at % 2 == 1 || at == last {
            hash = node(beside, &hash);
            while at % 2 == 0 && at != 0 {
                (at, last) = (at / 2, last / 2);
            }
        } else {
            hash = node(&hash, beside);
        }
        (at, last) = (at / 2, last / 2);
    }
    last == 0 && hash == *root
}

fn leaf(line: &[u8]) -> Digest {
    Sha256::new().chain_update([0]).chain_update(line).finalize().into()
}

fn node(left: &Digest, right: &Digest) -> Digest {
    Sha256::new().chain_update([1]).chain_update(left).chain_update(right).finalize().into()
}

/// Of one leaf or more. The left side is the largest power of two that leaves something on the right.
fn over(leaves: &[Digest]) -> Digest {
    match leaves {
        [only] => *only,
        _ => {
            let (left, right) = leaves.split_at(split(leaves.len()));
            node(&over(left), &over(right))
        }
    }
}

fn split(count: usize) -> usize {
    count.next_power_of_two() / 2
}

fn climb(leaves: &[Digest], place: usize, path: &mut Vec<Digest>) {
    if leaves.len() > 1 {
        let (left, right) = leaves.split_at(split(leaves.len()));
        if place < left.len() {
            climb(left, place, path);
            path.push(over(right));
        } else {
            climb(right, place - left.len(), path);
            path.push(over(left));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::digest::hex;

    #[test]
    fn the_roots_are_those_of_the_rfc() {
        let none: [&[u8]; 0] = [];
        assert_eq!(hex(root(&none)), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
        // The hash of an empty leaf, as the tests of Certificate Transparency have it.
        assert_eq!(hex(root(&[b""])), "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
    }

    #[test]
    fn every_line_has_a_proof_and_no_other_line_has_it() {
        for size in 1..40_usize {
            let lines: Vec<String> = (0..size).map(|nth| format!("line {nth}")).collect();
            let root = root(&lines);
            for place in 0..size {
                let mut path = path(&lines, place).unwrap();
                let line = lines[place].as_bytes();
                assert!(holds(line, place, size, &path, &root), "{place} of {size}");
                assert!(!holds(b"another", place, size, &path, &root));
                assert!(!holds(line, place + 1, size, &path, &root));
                path.push([0; 32]);
                assert!(!holds(line, place, size, &path, &root));
            }
            assert_eq!(path(&lines, size), None);
        }
    }
}
