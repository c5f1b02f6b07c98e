//! The Falco rule language: parse, compile, evaluate.
//!
//! In: rule files as text ([`Rules::load`]) and events ([`seawall_events::Event`]). Out: [`Alert`]s, and for what is
//! wrong in a rule file [`Diagnostic`]s with file, line, column and a hint. Pure: no file, network or clock; times are
//! the events' own. The way through: `yaml` (text to a tree with positions) → `load` (rules, macros and lists, with
//! appends, overrides and exceptions) → `condition` (text to a syntax tree) → `compile` (syntax tree to tests over
//! `fields`) → [`Rules`], which tests an event only against the rules whose condition can hold for its type.

#![allow(clippy::single_match_else, reason = "a match with both arms reads better where one of them reports")]

mod alert;
mod compile;
mod condition;
mod diagnostic;
mod event_types;
pub mod fields;
mod load;
mod matcher;
mod output;
mod priority;
mod rules;
mod source;
mod yaml;

pub use alert::{Actor, Alert};
pub use diagnostic::{Diagnostic, Level};
pub use event_types::{Kind, delivered};
pub use load::Explanation;
pub use priority::{Priority, UnknownPriority};
pub use rules::{Rule, Rules};

/// The version of Falco's engine whose language this crate speaks (`required_engine_version`).
pub const ENGINE_VERSION: (u64, u64, u64) = (0, 57, 0);
