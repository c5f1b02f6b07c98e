//! From a database back to what it was written from.

use std::sync::Arc;

use crate::build::{Builder, Held, HeldAffected};
use crate::database::Database;
use crate::error::AdvisoriesError;

type Result<T> = std::result::Result<T, AdvisoriesError>;

/// All records of the database. What a builder has besides (when a record was changed) is not in a database.
pub(super) fn builder(database: &Database) -> Result<Builder> {
    let mut builder = Builder::new("", "");
    builder.meta = Some(database.meta().clone());
    let mut records: Vec<(String, Held)> = vec![];
    let mut block = (u32::MAX, vec![]);
    for number in 0..database.advisory_count() {
        let advisory = database.advisory(number)?;
        if block.0 != advisory.block {
            block = (advisory.block, database.block(advisory.block)?);
        }
        let text = Database::text(&block.1, advisory.at)?;
        let held = Held {
            modified: String::new(),
            published: advisory.published.to_owned(),
            rating: advisory.rating,
            vectors: vectors(&mut builder, &advisory.vectors),
            aliases: builder.texts(&advisory.aliases),
            upstream: builder.texts(&advisory.upstream),
            title: text.title,
            references: text.references,
            affected: vec![],
        };
        records.push((advisory.id.to_owned(), held));
    }
    for entry in 0..database.package_count() {
        let (ecosystem, name, postings) = database.package(entry)?;
        for posting in postings {
            let affected = HeldAffected {
                ecosystem: builder.text(ecosystem),
                name: builder.text(name),
                rating: posting.rating,
                vectors: vectors(&mut builder, &posting.vectors),
                ranges: posting
                    .affects
                    .ranges
                    .iter()
                    .map(|range| range.iter().map(|(kind, version)| (*kind, builder.text(version))).collect())
                    .collect(),
                versions: builder.texts(&posting.affects.versions),
            };
            let record = records.get_mut(posting.advisory as usize);
            let (_, held) = record.ok_or_else(|| AdvisoriesError::damaged("POSTINGS: no such advisory"))?;
            held.affected.push(affected);
        }
    }
    builder.records.extend(records);
    builder.kev.extend(database.exploited()?.into_iter().map(str::to_owned));
    builder.epss.extend(database.scores()?.into_iter().map(|(id, p, q)| (id.to_owned(), (p, q))));
    Ok(builder)
}

fn vectors(builder: &mut Builder, vectors: &[(u8, &str)]) -> Vec<(u8, Arc<str>)> {
    vectors.iter().map(|(tenths, vector)| (*tenths, builder.text(vector))).collect()
}
