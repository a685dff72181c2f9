//! Key policies of AWS: the corpus with its expected verdicts, and what holds for every text.

#![allow(clippy::unwrap_used, reason = "a test ends at the first thing that is not as it should be")]

mod corpus;
mod differences;
mod fixes;
mod forms;
mod generated;
mod templates;
mod words;
