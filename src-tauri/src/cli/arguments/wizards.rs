//! What is done with the plans of several steps.

use std::path::PathBuf;

use clap::Subcommand;

/// What is done with a destruction.
#[derive(Debug, Subcommand)]
pub(crate) enum DestructionVerb {
    /// Find out what became of what was sent, look again who uses the item, and say what is next. Sends nothing
    Resume {
        /// Its number
        #[arg(value_name = "ID")]
        destruction: String,
        /// As one JSON object
        #[arg(long)]
        json: bool,
    },
    /// The evidence sheet, as a page (HTML) or for programs
    Sheet {
        /// Its number
        #[arg(value_name = "ID")]
        destruction: String,
        /// As JSON
        #[arg(long)]
        json: bool,
        /// The new file to write; standard output if absent
        #[arg(short, long, value_name = "FILE")]
        output: Option<PathBuf>,
    },
    /// How far it is, who uses the item, and what is locked
    Show {
        /// Its number
        #[arg(value_name = "ID")]
        destruction: String,
        /// As one JSON object
        #[arg(long)]
        json: bool,
    },
}

/// What is done with a rotation.
#[derive(Debug, Subcommand)]
pub(crate) enum RotationVerb {
    /// Find out what became of what was sent, look at what addresses publish, and say what is next. Sends nothing
    Resume {
        /// Its number
        #[arg(value_name = "ID")]
        rotation: String,
        /// As one JSON object
        #[arg(long)]
        json: bool,
    },
    /// How far it is, who has the new key, and what is locked
    Show {
        /// Its number
        #[arg(value_name = "ID")]
        rotation: String,
        /// As one JSON object
        #[arg(long)]
        json: bool,
    },
}
