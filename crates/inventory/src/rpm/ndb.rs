//! rpm's own database, `Packages.db` (rpm, `lib/backend/ndb/rpmpkg.c`): a page of slots, each naming a package's place;
//! places and lengths count in blocks of 16 bytes. All numbers are little endian.

const PAGE: usize = 4096;
const SLOT: usize = 16;
const BLOCK: usize = 16;
const HEADER_MAGIC: &[u8] = b"RpmP";
const SLOT_MAGIC: &[u8] = b"Slot";
const BLOB_MAGIC: &[u8] = b"BlbS";

/// Hands every package's header to `each`, until it says false.
pub(super) fn read(bytes: &[u8], each: &mut impl FnMut(&[u8]) -> bool) -> Result<(), String> {
    if !bytes.starts_with(HEADER_MAGIC) {
        return Err("it does not start as an ndb database does".to_owned());
    }
    let version = le32(bytes, 4).unwrap_or_default();
    if version != 0 {
        return Err(format!("its version {version} is not known"));
    }
    let pages = le32(bytes, 12).ok_or("its header is cut off")?;
    // The database's header takes the place of the first two slots.
    let slots =
        pages.checked_mul(PAGE).and_then(|end| bytes.get(2 * SLOT..end)).ok_or("its slots are cut off")?;
    for slot in slots.chunks_exact(SLOT) {
        if !slot.starts_with(SLOT_MAGIC) {
            return Err("a slot is damaged".to_owned());
        }
        let index = le32(slot, 4).unwrap_or_default();
        let place = le32(slot, 8).unwrap_or_default();
        // A free slot.
        if index == 0 || place == 0 {
            continue;
        }
        let blob = place.checked_mul(BLOCK).and_then(|at| bytes.get(at..)).unwrap_or_default();
        let length = le32(blob, 12).unwrap_or_default();
        let content = blob.get(16..).and_then(|rest| rest.get(..length));
        match content {
            Some(content) if blob.starts_with(BLOB_MAGIC) && le32(blob, 4) == Some(index) => {
                if !each(content) {
                    return Ok(());
                }
            }
            _ => return Err(format!("package {index} is damaged or cut off")),
        }
    }
    Ok(())
}

fn le32(bytes: &[u8], at: usize) -> Option<usize> {
    let number = u32::from_le_bytes(bytes.get(at..at.checked_add(4)?)?.try_into().ok()?);
    usize::try_from(number).ok()
}

#[cfg(test)]
mod tests {
    use super::super::header::{NAME, VERSION, tests::header};

    fn database(blobs: &[Vec<u8>]) -> Vec<u8> {
        let mut file = vec![0; 4096];
        file[..4].copy_from_slice(b"RpmP");
        file[12] = 1;
        for slot in 2..256 {
            file[slot * 16..slot * 16 + 4].copy_from_slice(b"Slot");
        }
        for (index, blob) in blobs.iter().enumerate() {
            let slot = (index + 2) * 16;
            let place = file.len() / 16;
            let number = (index as u32 + 1).to_le_bytes();
            file[slot + 4..slot + 8].copy_from_slice(&number);
            file[slot + 8..slot + 12].copy_from_slice(&(place as u32).to_le_bytes());
            file.extend_from_slice(b"BlbS");
            file.extend_from_slice(&number);
            file.extend_from_slice(&[0; 4]);
            file.extend_from_slice(&(blob.len() as u32).to_le_bytes());
            file.extend_from_slice(blob);
            file.resize(file.len().next_multiple_of(16), 0);
        }
        file
    }

    #[test]
    fn packages_of_the_slots() {
        let blobs =
            [header(&[(NAME, "a"), (VERSION, "1")], None), header(&[(NAME, "b"), (VERSION, "2")], Some(1))];
        let file = database(&blobs);
        let mut seen = Vec::new();
        super::read(&file, &mut |blob| {
            seen.push(blob.to_vec());
            true
        })
        .unwrap();
        assert_eq!(seen, blobs);
        for cut in 0..file.len() {
            let _ = super::read(&file[..cut], &mut |_| true);
        }
        assert!(super::read(&file[..4200], &mut |_| true).is_err());
    }
}
