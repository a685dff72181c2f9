//! Key policies of AWS: the corpus with its expected verdicts, and what holds for every text.

#![allow(clippy::unwrap_used, reason = "a test that cannot read its corpus has failed")]

mod corpus;
mod differences;
mod fixes;
mod forms;
mod generated;
mod templates;
mod words;
