//! All fields: one table for each class, one line for each field.

use super::{Extract, Field, Takes, Type, audit, container, event, fd, foreign, path, process, user};

/// A field that events of every kind can have.
pub(super) const fn field(
    name: &'static str,
    value: Type,
    extract: Extract,
    description: &'static str,
) -> Field {
    Field { name, value, takes: Takes::Nothing, extract: Some(extract), live: true, description }
}

/// A field that captures have, and the sensor's events do not carry yet.
pub(super) const fn recorded(
    name: &'static str,
    value: Type,
    extract: Extract,
    description: &'static str,
) -> Field {
    Field { name, value, takes: Takes::Nothing, extract: Some(extract), live: false, description }
}

/// With an argument.
pub(super) const fn with(takes: Takes, mut field: Field) -> Field {
    field.takes = takes;
    field
}

/// A field that Falco has and no event carries.
pub(super) const fn absent(name: &'static str, value: Type, description: &'static str) -> Field {
    Field { name, value, takes: Takes::OptionalName, extract: None, live: false, description }
}

/// All fields, class by class. Where no event carries what a field of Falco's means, the field is `absent`: rules that
/// name it load, with a warning, and it is missing in every event.
pub fn all() -> impl Iterator<Item = &'static Field> + Clone {
    let classes = [
        event::FIELDS,
        process::FIELDS,
        user::FIELDS,
        fd::FIELDS,
        path::FIELDS,
        container::FIELDS,
        audit::FIELDS,
        foreign::FIELDS,
    ];
    classes.into_iter().flatten()
}
