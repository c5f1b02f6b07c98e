//! Damaged captures are answered with an error, whatever is wrong with them.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;
use proptest::prelude::*;
use seawall_captures::{CaptureError, open};

use crate::sysdig::captures;

fn unpacked(path: &std::path::Path) -> Vec<u8> {
    let packed = std::fs::read(path).unwrap();
    let mut bytes = Vec::new();
    std::io::Read::read_to_end(&mut flate2::read::MultiGzDecoder::new(&packed[..]), &mut bytes).unwrap();
    bytes
}

/// How many events come out, and the error at the end, if there is one.
fn outcome(bytes: &[u8]) -> (usize, Option<CaptureError>) {
    let events = match open(bytes, None) {
        Ok(events) => events,
        Err(error) => return (0, Some(error)),
    };
    let mut count = 0;
    for event in events {
        match event {
            Ok(_) => count += 1,
            Err(error) => return (count, Some(error)),
        }
    }
    (count, None)
}

#[test]
fn a_capture_cut_off_anywhere_says_so() {
    let Some(paths) = captures() else { return };
    for path in &paths {
        let whole = unpacked(path);
        // Where blocks end, a shorter capture is a whole one.
        let mut ends = vec![0];
        let mut at = 0;
        while at < whole.len() {
            at += u32::from_le_bytes(whole[at + 4..at + 8].try_into().unwrap()) as usize;
            ends.push(at);
        }
        // Every byte of the smallest, and a spread over the others.
        let step = if path.ends_with("cat_write.scap") { 1 } else { 997 };
        // The first three bytes alone are white space. Reading to the end each time is quadratic: cuts are taken where something new begins, and around.
        let cuts = (0..whole.len())
            .step_by(step)
            .filter(|cut| step > 1 || *cut < 4_000 || cut % 101 < 3)
            .filter(|cut| *cut >= 4);
        for cut in cuts {
            let (_, error) = outcome(&whole[..cut]);
            let at_end = ends.contains(&cut);
            match error {
                None => assert!(at_end, "{}: {cut} is no end", path.display()),
                Some(CaptureError::Truncated { at, .. }) => assert!(!at_end && at as usize == cut, "{cut}"),
                Some(CaptureError::Unknown(_)) => assert!(cut < 28, "{cut}"),
                Some(other) => panic!("{}: {cut}: {other}", path.display()),
            }
        }
    }
}

#[test]
fn a_packed_capture_cut_off_says_so() {
    let Some(paths) = captures() else { return };
    let packed = std::fs::read(&paths[0]).unwrap();
    for cut in (2..packed.len() - 8).step_by(211) {
        let (_, error) = outcome(&packed[..cut]);
        assert!(error.is_some(), "{cut}");
    }
}

#[test]
fn unknown_blocks_are_passed_over_and_lying_lengths_are_refused() {
    let Some(paths) = captures() else { return };
    let whole = unpacked(&paths[0]);
    let (events, None) = outcome(&whole) else { panic!("{}", paths[0].display()) };
    let block = |kind: u32, length: u32, body: &[u8], trailer: u32| {
        let mut block = Vec::new();
        block.extend(kind.to_le_bytes());
        block.extend(length.to_le_bytes());
        block.extend(body);
        block.extend(trailer.to_le_bytes());
        block
    };
    let with = |block: Vec<u8>| [&whole[..28], &block, &whole[28..]].concat();
    let (same, None) = outcome(&with(block(0x7777, 16, b"abcd", 16))) else { panic!("an unknown block") };
    assert_eq!(same, events);
    for (block, words) in [
        (block(0x7777, 16, b"abcd", 17), "another at the end"),
        (block(0x7777, 3, b"", 3), "at least"),
        (block(0x216, u32::MAX, b"", 0), "more than"),
        (block(0x216, 1 << 29, b"", 0), "cut off"),
        (block(0x216, 16, b"abcd", 16), "shorter than its head"),
        (block(0x215, 20, b"\xff\xff\xff\xffabcd", 20), "process list"),
        (
            block(0x218, 32, b"\x01\0\0\0\0\0\0\0\xff\xff\xff\x7f\0\0\0\0\0\0\0\0", 32),
            "descriptors of thread 1",
        ),
        (block(0x220, 20, b"\xff\xff\xff\xff\0\0\0\0", 20), "list of users"),
    ] {
        let (_, error) = outcome(&with(block));
        let error = error.expect(words).to_string();
        assert!(error.contains(words), "{error}: {words}");
    }
    let mut later = whole.clone();
    later[12] = 2;
    assert_eq!(outcome(&later).1.unwrap().to_string(), "the .scap file has version 2.0; 1.x is read");
    assert!(outcome(b"PK\x03\x04").1.unwrap().to_string().contains("no capture"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_bytes_are_answered(bytes in proptest::collection::vec(any::<u8>(), 0..512)) {
        outcome(&bytes);
        let mut scap = b"\x0a\x0d\x0d\x0a\x1c\0\0\0\x4d\x3c\x2b\x1a\x01\0\x02\0\xff\xff\xff\xff\xff\xff\xff\xff\x1c\0\0\0".to_vec();
        scap.extend(&bytes);
        outcome(&scap);
        // A block of each kind with these bytes inside.
        for kind in [0x202_u32, 0x207, 0x209, 0x211, 0x213, 0x214, 0x215, 0x203, 0x218, 0x206, 0x220, 0x204, 0x208, 0x216, 0x217, 0x221] {
            let mut scap = scap[..28].to_vec();
            let length = u32::try_from(bytes.len()).unwrap() + 12;
            scap.extend(kind.to_le_bytes());
            scap.extend(length.to_le_bytes());
            scap.extend(&bytes);
            scap.extend(length.to_le_bytes());
            outcome(&scap);
        }
    }

    #[test]
    fn flipped_bytes_of_a_capture_are_answered(flips in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8)) {
        let Some(paths) = captures() else { return Ok(()) };
        let mut whole = unpacked(&paths[0]);
        for (index, byte) in flips {
            let at = index.index(whole.len());
            whole[at] = byte;
        }
        let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
        packed.write_all(&whole).unwrap();
        outcome(&packed.finish().unwrap());
    }
}
