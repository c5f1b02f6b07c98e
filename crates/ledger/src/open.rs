//! Which store a text means.

use crate::error::Result;
use crate::{Ledger, Remote, Sqlite};

/// Opens a ledger: an `http://` or `https://` address is a server (`token` goes along), everything else the path of
/// a file, which is created where it is missing.
pub async fn open(place: &str, token: Option<&str>) -> Result<Box<dyn Ledger>> {
    if place.starts_with("http://") || place.starts_with("https://") {
        Ok(Box::new(Remote::new(place, token)?))
    } else {
        Ok(Box::new(Sqlite::open(place).await?))
    }
}
