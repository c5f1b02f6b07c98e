//! Paragraphs of `Key: value` lines, as dpkg (deb822) and apk write their databases.
//!
//! Read by hand, and not by a deb822 library, because of what a scanner needs: no copy of the many fields that are not
//! used, and a damaged line that costs no more than itself.

/// One paragraph: its fields in order, each with the line it stands on (from 1). Continuation lines are left out: no
/// field that is read has them.
#[derive(Debug, Default)]
pub(crate) struct Paragraph<'a> {
    /// Line of its first field.
    pub(crate) line: usize,
    fields: Vec<(&'a str, &'a str)>,
}

impl<'a> Paragraph<'a> {
    /// The first field of that name, trimmed.
    pub(crate) fn get(&self, name: &str) -> Option<&'a str> {
        self.fields.iter().find(|(key, _)| *key == name).map(|(_, value)| *value)
    }

    /// All fields in order.
    pub(crate) fn fields(&self) -> impl Iterator<Item = (&'a str, &'a str)> + '_ {
        self.fields.iter().copied()
    }
}

/// Splits a text into paragraphs. Lines without a colon are skipped and counted into `damaged` with their number.
pub(crate) fn split<'a>(
    text: &'a str,
    keep: impl Fn(&str) -> bool,
    mut each: impl FnMut(&Paragraph<'a>),
    mut damaged: impl FnMut(usize),
) {
    let mut paragraph = Paragraph::default();
    let mut seen = false;
    for (index, line) in text.lines().enumerate() {
        if line.trim_end().is_empty() {
            if seen {
                each(&paragraph);
                paragraph.fields.clear();
                seen = false;
            }
            continue;
        }
        if line.starts_with([' ', '\t']) {
            continue;
        }
        if !seen {
            paragraph.line = index + 1;
            seen = true;
        }
        match line.split_once(':') {
            Some((key, value)) => {
                if keep(key) {
                    paragraph.fields.push((key, value.trim()));
                }
            }
            None => damaged(index + 1),
        }
    }
    if seen {
        each(&paragraph);
    }
}
