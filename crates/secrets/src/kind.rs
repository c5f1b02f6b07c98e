//! A kind of secret, as the tables in `kinds/` write it.

use seawall_findings::Severity;

use crate::check::{Check, none};
use crate::find::Finder;

/// Where a pattern is tried when a keyword is met.
#[derive(Clone, Copy)]
pub(crate) enum Place {
    /// The match begins with the keyword.
    Start,
    /// The match begins at most so many bytes before the keyword.
    Around(usize),
}

/// How a kind is found once one of its keywords is met.
#[derive(Clone, Copy)]
pub(crate) enum Way {
    /// A pattern. The secret is the group `secret`, or else the whole match.
    Pattern(&'static str, Place),
    /// `name = "value"` whose name begins with the keyword. The pattern is the value's.
    Assigned(&'static str, Quotes),
    /// A reader of its own.
    Own(Finder),
}

/// Whether a value must stand in quotation marks.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Quotes {
    /// Short or weakly shaped values: anything could be one.
    Needed,
    /// Values that are long and random.
    Optional,
}

/// A kind of secret.
#[derive(Clone, Copy)]
pub(crate) struct Kind {
    /// What people search for. Where Trivy knows the kind, its rule's id.
    pub(crate) id: &'static str,
    /// One line for people.
    pub(crate) title: &'static str,
    pub(crate) severity: Severity,
    /// Texts one of which is in every secret of the kind or just before it.
    pub(crate) keywords: &'static [&'static str],
    /// The keyword's letters are as written; otherwise any case will do.
    pub(crate) exact: bool,
    pub(crate) way: Way,
    /// No letter, digit or underscore may stand before the match.
    pub(crate) bounded_left: bool,
    /// No letter or digit may follow the match.
    pub(crate) bounded_right: bool,
    /// The longest match.
    pub(crate) longest: usize,
    /// Lowest Shannon entropy of the secret, in hundredths of a bit per character.
    pub(crate) entropy: u16,
    /// What the format says of it: checksums, shapes.
    pub(crate) check: Check,
    /// Only in files whose path ends so.
    pub(crate) files: &'static [&'static str],
    /// Found by context alone: gives way to every other kind.
    pub(crate) generic: bool,
}

const PLAIN: Kind = Kind {
    id: "",
    title: "",
    severity: Severity::High,
    keywords: &[],
    exact: true,
    way: Way::Pattern("", Place::Start),
    bounded_left: true,
    bounded_right: true,
    longest: 512,
    entropy: 0,
    check: none,
    files: &[],
    generic: false,
};

/// A token that begins with its keyword.
pub(crate) const fn token(
    id: &'static str,
    title: &'static str,
    severity: Severity,
    keywords: &'static [&'static str],
    pattern: &'static str,
) -> Kind {
    Kind { id, title, severity, keywords, way: Way::Pattern(pattern, Place::Start), entropy: 200, ..PLAIN }
}

/// A value that is assigned to a name which begins with its keyword, as `heroku_key = "…"`.
pub(crate) const fn assigned(
    id: &'static str,
    title: &'static str,
    severity: Severity,
    keywords: &'static [&'static str],
    value: &'static str,
) -> Kind {
    let way = Way::Assigned(value, Quotes::Needed);
    Kind { id, title, severity, keywords, exact: false, way, bounded_left: false, entropy: 230, ..PLAIN }
}

/// A kind with a reader of its own.
pub(crate) const fn own(
    id: &'static str,
    title: &'static str,
    severity: Severity,
    keywords: &'static [&'static str],
    finder: Finder,
) -> Kind {
    let way = Way::Own(finder);
    Kind {
        id,
        title,
        severity,
        keywords,
        exact: false,
        way,
        bounded_left: false,
        bounded_right: false,
        ..PLAIN
    }
}

impl Kind {
    pub(crate) const fn check(self, check: Check) -> Self {
        Self { check, ..self }
    }

    pub(crate) const fn any_case(self) -> Self {
        Self { exact: false, ..self }
    }

    pub(crate) const fn open_left(self) -> Self {
        Self { bounded_left: false, ..self }
    }

    pub(crate) const fn open_right(self) -> Self {
        Self { bounded_right: false, ..self }
    }

    pub(crate) const fn longest(self, longest: usize) -> Self {
        Self { longest, ..self }
    }

    pub(crate) const fn entropy(self, entropy: u16) -> Self {
        Self { entropy, ..self }
    }

    pub(crate) const fn generic(self) -> Self {
        Self { generic: true, ..self }
    }

    pub(crate) const fn files(self, files: &'static [&'static str]) -> Self {
        Self { files, ..self }
    }

    /// The match may begin up to `before` bytes before the keyword.
    pub(crate) const fn around(self, before: usize) -> Self {
        let way = match self.way {
            Way::Pattern(pattern, _) => Way::Pattern(pattern, Place::Around(before)),
            other => other,
        };
        Self { way, ..self }
    }

    /// The value may stand without quotation marks.
    pub(crate) const fn bare(self) -> Self {
        let way = match self.way {
            Way::Assigned(value, _) => Way::Assigned(value, Quotes::Optional),
            other => other,
        };
        Self { way, entropy: 280, ..self }
    }
}
