//! The files of a scan, and the places in them.

use seawall_findings::Position;

/// A place in one of the files of a scan. It is turned into line and column only where somebody wants to read it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct At {
    /// The file, by its index in the scan.
    pub file: u32,
    spot: Spot,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Spot {
    Byte(u32),
    Line(u32, u32),
}

impl Default for Spot {
    fn default() -> Self {
        Self::Byte(0)
    }
}

impl At {
    /// A byte of a file.
    pub fn byte(file: u32, byte: usize) -> Self {
        Self { file, spot: Spot::Byte(u32::try_from(byte).unwrap_or(u32::MAX)) }
    }

    /// A line and a column, both from 1.
    pub fn line(file: u32, line: usize, column: usize) -> Self {
        let small = |number: usize| u32::try_from(number.max(1)).unwrap_or(u32::MAX);
        Self { file, spot: Spot::Line(small(line), small(column)) }
    }
}

/// One file of a scan.
#[derive(Debug)]
pub struct Source {
    /// Its path, with `/`, relative to the folder that is scanned.
    pub path: String,
    /// Its text.
    pub text: String,
    /// Where its lines start.
    starts: Vec<u32>,
}

impl Source {
    /// A file with its text.
    pub fn new(path: &str, text: String) -> Self {
        let mut starts = vec![0];
        starts.extend(
            text.bytes()
                .enumerate()
                .filter(|(_, byte)| *byte == b'\n')
                .map(|(index, _)| u32::try_from(index + 1).unwrap_or(u32::MAX)),
        );
        Self { path: path.to_owned(), text, starts }
    }

    /// The line and column of a place.
    pub fn position(&self, at: At) -> Position {
        match at.spot {
            Spot::Line(line, column) => Position { line: line as usize, column: column as usize },
            Spot::Byte(byte) => {
                let line = self.starts.partition_point(|start| *start <= byte).max(1);
                let start = self.starts.get(line - 1).copied().unwrap_or(0) as usize;
                let before = self.text.as_bytes().get(start..byte as usize).unwrap_or_default();
                // Characters, not bytes: every byte that does not continue a character starts one.
                let column = before.iter().filter(|byte| **byte & 0xC0 != 0x80).count() + 1;
                Position { line, column }
            }
        }
    }

    /// A line of the text, from 1, without its end.
    pub fn line(&self, number: usize) -> Option<&str> {
        let start = *self.starts.get(number.checked_sub(1)?)? as usize;
        let end = self.starts.get(number).map_or(self.text.len(), |start| *start as usize);
        Some(self.text.get(start..end)?.trim_end_matches(['\n', '\r']))
    }

    /// How many lines it has.
    pub fn lines(&self) -> usize {
        self.starts.len()
    }

    /// The folder that it is in; empty at the root.
    pub fn folder(&self) -> &str {
        self.path.rsplit_once('/').map_or("", |(folder, _)| folder)
    }

    /// Its name without the folder.
    pub fn name(&self) -> &str {
        self.path.rsplit_once('/').map_or(self.path.as_str(), |(_, name)| name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_characters() {
        let source = Source::new("a/b.tf", "é = 1\r\n  ö = 2\n".into());
        assert_eq!(source.position(At::byte(0, 10)), Position { line: 2, column: 3 });
        assert_eq!(source.position(At::byte(0, 0)), Position { line: 1, column: 1 });
        assert_eq!(source.position(At::byte(0, 12)), Position { line: 2, column: 4 });
        assert_eq!(source.line(1), Some("é = 1"));
        assert_eq!((source.folder(), source.name()), ("a", "b.tf"));
    }
}
