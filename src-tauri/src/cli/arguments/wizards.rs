//! What is done with the plans of several steps.

use std::path::PathBuf;

use clap::{
    Args, Subcommand,
    builder::{PossibleValuesParser, TypedValueParser},
};
use domain::DestructionStep;

use super::Confirm;

/// Which destruction, and how it is shown.
#[derive(Args, Debug)]
pub(crate) struct Of {
    /// Its number
    #[arg(value_name = "ID")]
    pub(crate) destruction: String,
    /// As one JSON object
    #[arg(long)]
    pub(crate) json: bool,
}

/// What is settled for a destruction. What is not said stays as it is.
#[derive(Args, Debug)]
#[group(required = true, multiple = true)]
pub(crate) struct Rules {
    /// Why it is destroyed
    #[arg(long)]
    pub(crate) reason: Option<String>,
    /// A use in so many last days is in the way
    #[arg(long, value_name = "DAYS")]
    pub(crate) window_days: Option<u32>,
    /// For how many days nobody touches it once it is disabled
    #[arg(long, value_name = "DAYS")]
    pub(crate) soak_days: Option<u32>,
    /// For how many days its destruction waits, where the place asks
    #[arg(long, value_name = "DAYS")]
    pub(crate) wait_days: Option<u32>,
}

/// What is done with a destruction.
#[derive(Debug, Subcommand)]
pub(crate) enum DestructionVerb {
    /// Say why something that was found is not in the way
    Acknowledge {
        #[command(flatten)]
        of: Of,
        /// Its name, as `show` prints it in brackets
        finding: String,
        /// Why
        #[arg(long)]
        reason: String,
    },
    /// End it, since the item is gone
    Finish {
        #[command(flatten)]
        of: Of,
        /// Anything to keep with it
        #[arg(long, default_value = "")]
        evidence: String,
    },
    /// Go on to the next phase. Sends nothing
    GoOn {
        #[command(flatten)]
        of: Of,
    },
    /// End it, and keep the item
    Keep {
        #[command(flatten)]
        of: Of,
        /// Why
        #[arg(long)]
        reason: String,
    },
    /// Find out what became of what was sent, look again who uses the item, and say what is next. Sends nothing
    Resume {
        #[command(flatten)]
        of: Of,
    },
    /// Settle why, which uses are in the way, and how long it waits
    Settle {
        #[command(flatten)]
        of: Of,
        #[command(flatten)]
        rules: Rules,
    },
    /// The evidence sheet, as a page (HTML) or for programs
    Sheet {
        #[command(flatten)]
        of: Of,
        /// The new file to write; standard output if absent
        #[arg(short, long, value_name = "FILE")]
        output: Option<PathBuf>,
    },
    /// How far it is, who uses the item, and what is locked
    Show {
        #[command(flatten)]
        of: Of,
    },
    /// Go back to the evidence, after somebody else has changed how the item stands
    StartOver {
        #[command(flatten)]
        of: Of,
        /// Why
        #[arg(long)]
        reason: String,
    },
    /// Take a step at the place: without --write only its plan is shown
    Step {
        /// The destruction's number
        #[arg(value_name = "ID")]
        destruction: String,
        /// Which
        #[arg(value_parser = step_parser())]
        step: DestructionStep,
        #[command(flatten)]
        confirm: Confirm,
    },
    /// Take back what was said of something that was found
    Withdraw {
        #[command(flatten)]
        of: Of,
        /// Its name
        finding: String,
    },
}

impl DestructionVerb {
    /// Whether answers, and so errors, are wanted as JSON.
    pub(crate) fn json(&self) -> bool {
        match self {
            Self::Acknowledge { of, .. }
            | Self::Finish { of, .. }
            | Self::GoOn { of }
            | Self::Keep { of, .. }
            | Self::Resume { of }
            | Self::Settle { of, .. }
            | Self::Sheet { of, .. }
            | Self::Show { of }
            | Self::StartOver { of, .. }
            | Self::Withdraw { of, .. } => of.json,
            Self::Step { confirm, .. } => confirm.json,
        }
    }
}

/// Reads a step by its word, so that there is one list of them.
fn step_parser() -> impl TypedValueParser<Value = DestructionStep> {
    let words: Vec<&str> = DestructionStep::ALL.iter().map(|step| step.word()).collect();
    PossibleValuesParser::new(words).try_map(|word| {
        DestructionStep::ALL.into_iter().find(|step| step.word() == word).ok_or_else(|| "unknown step".to_owned())
    })
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
