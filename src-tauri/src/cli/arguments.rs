//! What can be typed. Secrets never can: they come from the environment or from standard input.

mod wizards;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use contract::Format;

use super::{
    azure::Azure,
    imports::ImportVerb,
    policies::PolicyVerb,
    private::{Backup, PrivateKey},
};

pub(crate) use wizards::{DestructionVerb, Of, RotationVerb, Rules};

/// Claviger: every key you administer, in one place. Without a command it opens the window.
#[derive(Debug, Parser)]
#[command(name = "claviger", version, about)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Save a copy of an item that only the same kind of place can take back
    Backup(Backup),
    /// Change an item or make one: what may be done, its plan, and with --write its carrying out
    Change(Change),
    /// Connect to a place of keys and remember how
    Connect {
        #[command(subcommand)]
        place: Place,
    },
    /// The saved connections
    Connections {
        /// One JSON object a line
        #[arg(long)]
        json: bool,
    },
    /// Destroy items with proof of disuse: look who uses them, and begin. Nothing is sent to change them
    Destroy {
        /// Their references, or their addresses (ARNs, URLs)
        #[arg(value_name = "REF", required = true)]
        references: Vec<String>,
        /// One JSON object a line
        #[arg(long)]
        json: bool,
    },
    /// A destruction: how far it is, what is said of it, its steps at the place, or its evidence sheet
    Destruction {
        #[command(subcommand)]
        verb: DestructionVerb,
    },
    /// The destructions that are not over: how far each is and what it waits for
    Destructions {
        /// Those that are over as well
        #[arg(long)]
        all: bool,
        /// One JSON object a line
        #[arg(long)]
        json: bool,
    },
    /// Forget a connection, its kept secrets and its last known rows
    Disconnect {
        /// The connection's name
        name: String,
    },
    /// Hand out a public key or certificate, parsed back by a second parser
    Export(Export),
    /// Bring a key from one place to another: wrapped in memory, or inside its vault
    Import {
        #[command(subcommand)]
        verb: ImportVerb,
    },
    /// The keys that are on their way: how far each is and what it waits for
    Imports {
        /// Those that are over as well
        #[arg(long)]
        all: bool,
        /// One JSON object a line
        #[arg(long)]
        json: bool,
    },
    /// The journal of changes: what was done, when, by whom, and what became of it
    Journal(Journal),
    /// List every item of every connection
    Ls(List),
    /// Open the window at an item
    Open {
        /// Its reference, or its address (an ARN, a URL)
        #[arg(value_name = "REF")]
        reference: String,
    },
    /// A policy: its text, what is wrong with it, what it says, who can do what, what another text would change
    Policy {
        #[command(subcommand)]
        verb: PolicyVerb,
    },
    /// Hand out a certificate WITH its private key, as a file: whoever has it holds the key
    PrivateKey(PrivateKey),
    /// A rotation: how far it is, or going on with it
    Rotation {
        #[command(subcommand)]
        verb: RotationVerb,
    },
    /// The rotations that are not over: how far each is and what it waits for
    Rotations {
        /// Those that are over as well
        #[arg(long)]
        all: bool,
        /// One JSON object a line
        #[arg(long, conflicts_with = "ics")]
        json: bool,
        /// What ends and what is due, as a calendar (iCalendar), instead of the list
        #[arg(long)]
        ics: bool,
    },
    /// Everything about one item
    Show {
        /// Its reference, or its address (an ARN, a URL)
        #[arg(value_name = "REF")]
        reference: String,
        /// As one JSON object
        #[arg(long)]
        json: bool,
    },
}

/// Where to connect to.
#[derive(Debug, Subcommand)]
pub(crate) enum Place {
    /// A keystore file on this computer; made with practice items if it is not there yet.
    /// The passphrase comes from CLAVIGER_PASSPHRASE or from standard input
    Local {
        #[command(flatten)]
        common: Common,
        /// The keystore file
        #[arg(long)]
        file: PathBuf,
    },
    /// AWS KMS, Secrets Manager and ACM of one account.
    /// Credentials come from the profile, or from the AWS variables of the environment
    Aws {
        #[command(flatten)]
        common: Common,
        /// A profile of ~/.aws/config
        #[arg(long)]
        profile: Option<String>,
        /// A Region; may be given several times
        #[arg(long = "region")]
        regions: Vec<String>,
        /// Another endpoint than AWS's own
        #[arg(long)]
        endpoint_url: Option<String>,
        /// A role to assume, by its ARN
        #[arg(long)]
        role_arn: Option<String>,
    },
    /// Key Vaults and Managed HSMs of one tenant of Azure.
    /// Secrets come from CLAVIGER_CLIENT_SECRET, CLAVIGER_SIGNER_SECRET, or from standard input
    Azure(Azure),
    /// HashiCorp Vault or OpenBao.
    /// The token comes from VAULT_TOKEN, other secrets from CLAVIGER_PASSWORD or CLAVIGER_SECRET_ID, or from standard input
    Vault {
        #[command(flatten)]
        common: Common,
        /// Its address, such as https://vault.example.com:8200
        #[arg(long)]
        address: String,
        /// The namespace
        #[arg(long)]
        namespace: Option<String>,
        /// The certificates of the authority that signed the server's
        #[arg(long = "ca")]
        ca_file: Option<PathBuf>,
        /// A client certificate as PEM
        #[arg(long)]
        client_cert: Option<PathBuf>,
        /// Its private key as PEM
        #[arg(long)]
        client_key: Option<PathBuf>,
        /// How to sign in
        #[arg(long, value_enum)]
        auth: VaultAuth,
        /// The user, for --auth userpass
        #[arg(long)]
        username: Option<String>,
        /// The role, for --auth approle
        #[arg(long)]
        role_id: Option<String>,
        /// Mounts to list where the token may not list them; may be given several times
        #[arg(long = "mount")]
        mounts: Vec<String>,
    },
}

/// What every connection has.
#[derive(Args, Debug)]
pub(crate) struct Common {
    /// The connection's name, the first part of every reference
    #[arg(long)]
    pub(crate) name: String,
    /// How it is marked in the window
    #[arg(long, value_enum)]
    pub(crate) environment: Option<Mark>,
    /// Keep the secret in the operating system's keyring
    #[arg(long)]
    pub(crate) keep: bool,
    /// Save it without signing in first
    #[arg(long)]
    pub(crate) no_check: bool,
}

/// How a connection is marked.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Mark {
    Development,
    Production,
    Sandbox,
    Staging,
}

/// How to sign in to Vault.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub(crate) enum VaultAuth {
    Approle,
    Token,
    Userpass,
}

/// `ls`
#[derive(Args, Debug)]
pub(crate) struct List {
    /// Only this connection; may be given several times
    #[arg(long = "connection", value_name = "N")]
    pub(crate) connections: Vec<String>,
    /// One JSON object a line, and one for each gap with its reason
    #[arg(long)]
    pub(crate) json: bool,
}

/// `change`
#[derive(Args, Debug)]
pub(crate) struct Change {
    /// The item's reference or address, or CONNECTION/VAULT to make something there
    #[arg(value_name = "REF")]
    pub(crate) target: String,
    /// What to do, such as disable; without it, what may be done is listed
    pub(crate) ask: Option<String>,
    /// The answer to a question; may be given several times
    #[arg(long, value_name = "NAME=VALUE", value_parser = name_and_value)]
    pub(crate) set: Vec<(String, String)>,
    /// Give this secret too, though it is not required: from CLAVIGER_<NAME>, or from standard input
    #[arg(long = "secret", value_name = "NAME")]
    pub(crate) secrets: Vec<String>,
    /// Only say what would be asked
    #[arg(long)]
    pub(crate) questions: bool,
    #[command(flatten)]
    pub(crate) confirm: Confirm,
}

/// How a plan is confirmed.
#[derive(Args, Debug)]
pub(crate) struct Confirm {
    /// Allow changes through the connection for this command, and carry it out once it is confirmed
    #[arg(long)]
    pub(crate) write: bool,
    /// Confirm without being asked
    #[arg(long, requires = "write")]
    pub(crate) yes: bool,
    /// The name, where a change that cannot be taken back wants it typed
    #[arg(long = "type", value_name = "NAME", requires = "write")]
    pub(crate) type_name: Option<String>,
    /// One JSON object a line
    #[arg(long)]
    pub(crate) json: bool,
}

pub(crate) fn name_and_value(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("it has the form NAME=VALUE")?;
    Ok((name.to_owned(), value.to_owned()))
}

/// `journal`
#[derive(Args, Debug)]
pub(crate) struct Journal {
    #[command(subcommand)]
    pub(crate) verb: Option<JournalVerb>,
    /// Words that must occur; result:unknown, connection:prod, ask:disable and actor:maria look at one thing only
    #[arg(long)]
    pub(crate) filter: Option<String>,
    /// One JSON object a line
    #[arg(long, global = true)]
    pub(crate) json: bool,
}

/// What to do with the journal.
#[derive(Debug, Subcommand)]
pub(crate) enum JournalVerb {
    /// Give up the steps of an order that were not sent
    Abandon {
        /// Its number
        order: String,
    },
    /// Go on from a journal that does not follow from what was sealed; that is journalled too
    Accept,
    /// Read at the provider what became of an order whose outcome is unknown. Never sends it again
    Check {
        /// Its number
        order: String,
    },
    /// Send the steps of an order that were not sent when Claviger ended
    Continue {
        /// Its number
        order: String,
        /// Allow changes through its connection for this command
        #[arg(long)]
        write: bool,
    },
    /// Write the journal for an auditor, with a verifier that stands alone
    Export {
        /// The folder to write to
        folder: PathBuf,
    },
    /// Say whether the journal is as it was written
    Verify,
}

/// `export`
#[derive(Args, Debug)]
pub(crate) struct Export {
    /// The item's reference, or its address (an ARN, a URL)
    #[arg(value_name = "REF")]
    pub(crate) reference: String,
    /// The version; the current one if absent. Several for jwks
    #[arg(long = "version", value_name = "V")]
    pub(crate) versions: Vec<String>,
    /// The form
    #[arg(long, value_parser = format_parser())]
    pub(crate) format: Format,
    /// The Snowflake user, for --format snowflake
    #[arg(long, required_if_eq("format", "snowflake"))]
    pub(crate) snowflake_user: Option<String>,
    /// Which of the user's two key slots: 1 (the preset) or 2
    #[arg(long, value_parser = clap::value_parser!(u8).range(1..=2))]
    pub(crate) slot: Option<u8>,
    /// The comment of an OpenSSH line; the item's name if absent
    #[arg(long)]
    pub(crate) comment: Option<String>,
    /// The file to write; standard output if absent
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
}

impl Command {
    /// Whether answers, and so errors, are wanted as JSON.
    pub(crate) fn json(&self) -> bool {
        match self {
            Self::Connections { json }
            | Self::Destroy { json, .. }
            | Self::Destructions { json, .. }
            | Self::Rotations { json, .. }
            | Self::Show { json, .. } => *json,
            Self::Destruction { verb } => verb.json(),
            Self::Rotation { verb: RotationVerb::Resume { json, .. } | RotationVerb::Show { json, .. } } => *json,
            Self::Change(change) => change.confirm.json,
            Self::Import { verb } => verb.json(),
            Self::Imports { json, .. } => *json,
            Self::Policy { verb } => verb.json(),
            Self::Journal(journal) => journal.json,
            Self::Ls(list) => list.json,
            Self::Backup(_)
            | Self::Connect { .. }
            | Self::Disconnect { .. }
            | Self::Export(_)
            | Self::Open { .. }
            | Self::PrivateKey(_) => false,
        }
    }
}

/// Reads a format by the name it has on the wire, so that there is one list of names.
fn format_parser() -> impl clap::builder::TypedValueParser<Value = Format> {
    use clap::builder::{PossibleValuesParser, TypedValueParser};
    let names: Vec<&'static str> = Format::ALL.iter().map(|format| format.name()).collect();
    PossibleValuesParser::new(names).try_map(|name| {
        Format::ALL.iter().copied().find(|format| format.name() == name).ok_or_else(|| "unknown format".to_owned())
    })
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_sound() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn every_format_can_be_asked_for_by_its_name() {
        for format in Format::ALL {
            let words = ["claviger", "export", "a/b/c", "--format", format.name(), "--snowflake-user", "U"];
            let Some(Command::Export(export)) = Arguments::parse_from(words).command else { panic!("not an export") };
            assert_eq!(export.format, format);
        }
    }

    #[test]
    fn a_snowflake_statement_needs_its_user() {
        let words = ["claviger", "export", "a/b/c", "--format", "snowflake"];
        assert!(Arguments::try_parse_from(words).is_err());
    }
}
