//! The fields that conditions and outputs may name: one line each, see [`all`].

mod arguments;
mod audit;
mod container;
mod event;
mod fd;
mod foreign;
mod path;
mod process;
mod table;
mod user;
mod value;

use seawall_events::Event;

pub use table::all;
pub use value::{Type, Value};

/// What stands after a field's name, in brackets or after a dot.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Argument {
    /// Nothing.
    None,
    /// `[2]`.
    Index(usize),
    /// `[name]` or `.name`.
    Name(String),
}

/// Which argument a field takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Takes {
    /// None.
    Nothing,
    /// A number, or none for all of them.
    Index,
    /// A text: `evt.arg.flags`, `k8s.pod.label[app]`.
    Name,
    /// A text, or none for all of them.
    OptionalName,
}

/// How a field's value is found.
pub type Extract = for<'a> fn(&'a Event, &Argument) -> Option<Value<'a>>;

/// One field.
#[derive(Clone, Copy)]
pub struct Field {
    /// As rules write it.
    pub name: &'static str,
    /// What its value is.
    pub value: Type,
    /// Which argument it takes.
    pub takes: Takes,
    /// How it is found; none for a field that Falco has and Seawall's events do not carry: it is missing in every event.
    pub extract: Option<Extract>,
    /// Whether the live sensor's events carry it; the others are in captures only.
    pub live: bool,
    /// In a few words.
    pub description: &'static str,
}

impl Field {
    /// Which source's events have it; none for fields of every event.
    pub fn source(&self) -> Option<&'static str> {
        match self.name.split('.').next() {
            Some("evt") => None,
            Some("ka" | "jevt") => Some("k8s_audit"),
            _ => Some("syscall"),
        }
    }
}

impl std::fmt::Debug for Field {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

/// What can be wrong with the name of a field.
pub(crate) enum Unknown {
    Name,
    NeedsArgument(&'static Field),
    NoArgument(&'static Field),
    NotANumber(&'static Field),
}

/// Finds a field by its name and the argument in brackets.
pub(crate) fn find(name: &str, bracket: Option<&str>) -> Result<(&'static Field, Argument), Unknown> {
    let exact = all().find(|field| field.name == name);
    let (field, argument) = match (exact, bracket) {
        (Some(field), bracket) => (field, bracket),
        (None, None) => {
            // `evt.arg.flags`, `k8s.pod.label.app`: the rest of the name is the argument.
            let dotted =
                all().filter(|f| matches!(f.takes, Takes::Name | Takes::OptionalName)).find_map(|f| {
                    let rest = name.strip_prefix(f.name)?.strip_prefix('.')?;
                    Some((f, Some(rest)))
                });
            dotted.ok_or(Unknown::Name)?
        }
        (None, Some(_)) => return Err(Unknown::Name),
    };
    match (field.takes, argument) {
        (Takes::Nothing | Takes::Index | Takes::OptionalName, None) => Ok((field, Argument::None)),
        (Takes::Nothing, Some(_)) => Err(Unknown::NoArgument(field)),
        (Takes::Name, None) => Err(Unknown::NeedsArgument(field)),
        (Takes::Index, Some(text)) => match text.parse() {
            Ok(index) => Ok((field, Argument::Index(index))),
            Err(_) => Err(Unknown::NotANumber(field)),
        },
        (Takes::Name | Takes::OptionalName, Some(text)) => Ok((field, Argument::Name(text.to_owned()))),
    }
}
