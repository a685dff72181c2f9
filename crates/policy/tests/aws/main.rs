//! Key policies of AWS: the corpus with its expected verdicts, and what holds for every text.

mod corpus;
mod differences;
mod fixes;
mod forms;
mod generated;
mod templates;
mod words;
