//! The written forms, each from one report full of text that tries to become something else.

mod page;
mod sample;
mod schemas;
mod snapshots;
mod xml;
