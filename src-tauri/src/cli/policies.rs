//! Policies in the shell: what one says, what is wrong with it, who can do what by it, and what another text would change.
//! Reads only; a policy is written by `claviger change`.

use std::{
    collections::BTreeMap,
    io::Read,
    path::{Path, PathBuf},
};

use app::App;
use clap::{Args, Subcommand};
use contract::{OpenItem, PoliciesWire, PolicyReading, PolicyRow, PolicyTarget, ReadPolicy, SimulateAccess, WireError};
use domain::{Error, Kind, Result};

use super::proofs::{self, Proofs};
use crate::print::policies as print;

const READ: &str = "read the policy";
/// More than any place keeps as one policy, in bytes.
const MOST: u64 = 4 << 20;

/// Which policy: of an item, or a text from elsewhere.
#[derive(Args, Debug)]
pub(crate) struct Which {
    /// The item's reference or address; - for a text on standard input
    #[arg(value_name = "REF")]
    reference: String,
    /// Its name, where the item has several
    #[arg(long, value_name = "NAME")]
    policy: Option<String>,
    /// The language of a text from elsewhere: aws-key, azure-access, azure-release, azure-roles, vault-acl
    #[arg(long, value_name = "WORD")]
    language: Option<String>,
    /// The full address of the item that a text from elsewhere is for, such as an ARN
    #[arg(long, value_name = "ADDRESS")]
    item: Option<String>,
    /// As JSON
    #[arg(long)]
    pub(super) json: bool,
}

/// What is asked of a policy.
#[derive(Debug, Subcommand)]
pub(crate) enum PolicyVerb {
    /// What a new text would change in effect: REF as it is against a file, or - (standard input)
    Diff {
        #[command(flatten)]
        which: Which,
        /// The new text: a file, or - for standard input
        #[arg(long, default_value = "-", value_name = "FILE")]
        with: PathBuf,
    },
    /// What it says, in sentences
    Explain {
        #[command(flatten)]
        which: Which,
    },
    /// What should be known of it, by line and column. Ends with 3 if there are errors
    Lint {
        #[command(flatten)]
        which: Which,
    },
    /// Who is let in by what: every caller by the proof they have to bring, the weakest first
    Proofs(Proofs),
    /// The text as it is; without --policy, the names where there are several
    Show {
        #[command(flatten)]
        which: Which,
    },
    /// Which statement would answer a request. Asks nobody
    Simulate {
        #[command(flatten)]
        which: Which,
        /// Who asks, by the place's full name
        #[arg(long, default_value = "")]
        caller: String,
        /// What for: kms:Decrypt, or for Vault a capability and a path
        #[arg(long, default_value = "")]
        action: String,
        /// What else is known of the request
        #[arg(long, value_name = "KEY=VALUE")]
        context: Vec<String>,
    },
    /// Who can do what by it
    Who {
        #[command(flatten)]
        which: Which,
    },
}

impl PolicyVerb {
    pub(super) fn json(&self) -> bool {
        match self {
            Self::Diff { which, .. }
            | Self::Explain { which }
            | Self::Lint { which }
            | Self::Show { which }
            | Self::Simulate { which, .. }
            | Self::Who { which } => which.json,
            Self::Proofs(asked) => asked.json,
        }
    }
}

/// Answers one verb.
pub(super) async fn policy(app: &App, verb: PolicyVerb) -> Result<(), WireError> {
    match verb {
        PolicyVerb::Diff { which, with } => {
            let (target, base) = found(app, &which).await?;
            let reading = read(app, target, base, Some(text_of(&with)?)).await?;
            Ok(print::differences(&reading, which.json)?)
        }
        PolicyVerb::Explain { which } => {
            let (target, text) = found(app, &which).await?;
            Ok(print::sentences(&read(app, target, text, None).await?, which.json)?)
        }
        PolicyVerb::Lint { which } => {
            let (target, text) = found(app, &which).await?;
            let reading = read(app, target, text.clone(), None).await?;
            print::findings(&text, &reading, which.json)?;
            match reading.findings.iter().filter(|finding| finding.severity == "error").count() {
                0 => Ok(()),
                errors => Err(Error::new(Kind::Invalid, READ, format!("the policy has {errors} errors"))
                    .with_refused_by("this app")
                    .with_next("Settle what is printed above.")
                    .into()),
            }
        }
        PolicyVerb::Proofs(asked) => proofs::proofs(app, asked).await,
        PolicyVerb::Show { which } => Ok(show(app, &which).await?),
        PolicyVerb::Simulate { which, caller, action, context } => {
            let (target, text) = found(app, &which).await?;
            let context = pairs(&context)?;
            let told = app.simulate_access(SimulateAccess { target, text, caller, action, context }).await?;
            Ok(print::simulated(&told, which.json)?)
        }
        PolicyVerb::Who { which } => {
            let (target, text) = found(app, &which).await?;
            Ok(print::who(&read(app, target, text, None).await?, which.json)?)
        }
    }
}

async fn show(app: &App, which: &Which) -> Result<()> {
    if which.reference == "-" {
        return print::text(&text_of(Path::new("-"))?);
    }
    let policies = app.open_policies(OpenItem { reference: which.reference.clone() }).await?;
    match (&which.policy, policies.policies.as_slice()) {
        (None, several) if several.len() > 1 || which.json => print::list(&policies, which.json),
        _ => print::text(&chosen(&policies, which)?.text),
    }
}

async fn read(app: &App, target: PolicyTarget, base: String, text: Option<String>) -> Result<PolicyReading> {
    let text = text.unwrap_or_else(|| base.clone());
    app.read_policy(ReadPolicy { target, base, text }).await
}

/// The policy that is meant, and its text.
async fn found(app: &App, which: &Which) -> Result<(PolicyTarget, String)> {
    if which.reference == "-" {
        let target = PolicyTarget::Text { language: which.language.clone(), item: which.item.clone() };
        return Ok((target, text_of(Path::new("-"))?));
    }
    let policies = app.open_policies(OpenItem { reference: which.reference.clone() }).await?;
    let policy = chosen(&policies, which)?;
    if let Some(trouble) = &policy.trouble {
        return Err(Error::new(Kind::Denied, READ, trouble.message.clone())
            .with_next("Ask for the right to read it, or give its text on standard input."));
    }
    let target = PolicyTarget::Item { reference: policies.reference.clone(), policy: policy.id.clone() };
    Ok((target, policy.text.clone()))
}

/// The policy of that name; without a name the only one that speaks of the item.
fn chosen<'a>(policies: &'a PoliciesWire, which: &Which) -> Result<&'a PolicyRow> {
    let names = || policies.policies.iter().map(|policy| policy.id.as_str()).collect::<Vec<_>>().join(", ");
    let of_item: Vec<&PolicyRow> = policies.policies.iter().filter(|policy| policy.of_item).collect();
    let found = match (&which.policy, of_item.as_slice(), policies.policies.as_slice()) {
        (Some(name), ..) => policies.policies.iter().find(|policy| policy.id == *name),
        (None, [only], _) => Some(*only),
        (None, _, [only]) => Some(only),
        (None, ..) => None,
    };
    found.ok_or_else(|| {
        Error::new(Kind::Invalid, READ, "which policy is meant is not clear")
            .with_refused_by("this app")
            .with_next(format!("Name one with --policy: {}.", names()))
    })
}

/// The text of a file, or of standard input.
fn text_of(path: &Path) -> Result<String> {
    let mut text = String::new();
    let outcome = match path.to_str() {
        Some("-") => std::io::stdin().lock().take(MOST).read_to_string(&mut text),
        _ => std::fs::File::open(path).and_then(|file| file.take(MOST).read_to_string(&mut text)),
    };
    outcome.map_err(|cause| {
        Error::new(Kind::Invalid, READ, format!("{}: {cause}", path.display()))
            .with_next("Give a file of text, or the text on standard input.")
            .with_source(cause)
    })?;
    Ok(text)
}

fn pairs(given: &[String]) -> Result<BTreeMap<String, Vec<String>>> {
    let mut pairs: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for one in given {
        let (key, value) = one.split_once('=').ok_or_else(|| {
            Error::new(Kind::Invalid, READ, format!("{one:?} is no KEY=VALUE"))
                .with_next("Give --context like aws:SourceAccount=111122223333.")
        })?;
        pairs.entry(key.to_owned()).or_default().push(value.to_owned());
    }
    Ok(pairs)
}
