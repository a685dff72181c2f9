//! `claviger imports` and `claviger import`: bringing a key from one place to another, from the settling of the target to
//! the proof, in one command or gone on with later.

use std::path::PathBuf;

use app::App;
use clap::{Args, Subcommand};
use contract::{
    AskTakings, BeginImport, ConfirmChange, ConfirmImport, ImportNote, ImportSourceWire, ImportWire, NameImport,
    NoteImport, Nothing, PlanImport, TakingWire, WireError, WrapImport,
};
use domain::{Error, Kind, Result};

use super::{
    arguments::Confirm,
    changes::{answers, carried_out, is_done, line, only_shown, vault},
};
use crate::print;

const IMPORT: &str = "bring the key";

/// What is done with an import.
#[derive(Debug, Subcommand)]
pub(crate) enum ImportVerb {
    /// Bring the key of an earlier import once more to the same item
    Again {
        /// The number of that import
        #[arg(value_name = "ID")]
        import: String,
        /// It is other material, so that the item is rotated
        #[arg(long)]
        new_material: bool,
        #[command(flatten)]
        from: From,
        #[command(flatten)]
        confirm: Confirm,
    },
    /// Bring a key into a vault: without --write only the plan of its first step is shown
    Begin {
        /// The vault that it comes into
        #[arg(long, value_name = "CONNECTION/VAULT")]
        into: String,
        /// The kind of key, such as AES-256 or "RSA 2048"; that of the item if it comes from one
        #[arg(long)]
        algorithm: Option<String>,
        /// How it is wrapped, in the vault's words; the best if absent. See `claviger import takings`
        #[arg(long)]
        wrap: Option<String>,
        /// The answer to a question of the vault; may be given several times
        #[arg(long, value_name = "NAME=VALUE", value_parser = super::arguments::name_and_value)]
        set: Vec<(String, String)>,
        #[command(flatten)]
        from: From,
        #[command(flatten)]
        confirm: Confirm,
    },
    /// The provenance of a key that was brought, as JSON
    Record {
        /// The import's number
        #[arg(value_name = "ID")]
        import: String,
    },
    /// Find out what became of what was sent, then go on as far as --write allows
    Resume {
        /// The import's number
        #[arg(value_name = "ID")]
        import: String,
        #[command(flatten)]
        from: From,
        #[command(flatten)]
        confirm: Confirm,
    },
    /// How far it is, and what is locked
    Show {
        /// The import's number
        #[arg(value_name = "ID")]
        import: String,
        /// As one JSON object
        #[arg(long)]
        json: bool,
    },
    /// What a vault takes: each kind of key, how it comes, what is asked, and why others cannot come
    Takings {
        /// The vault
        #[arg(value_name = "CONNECTION/VAULT")]
        vault: String,
        /// One JSON object a line
        #[arg(long)]
        json: bool,
    },
}

impl ImportVerb {
    /// Whether answers, and so errors, are wanted as JSON.
    pub(super) fn json(&self) -> bool {
        match self {
            Self::Again { confirm, .. } | Self::Begin { confirm, .. } | Self::Resume { confirm, .. } => confirm.json,
            Self::Record { .. } => false,
            Self::Show { json, .. } | Self::Takings { json, .. } => *json,
        }
    }
}

/// Where the key comes from.
#[derive(Args, Debug, Default)]
#[group(multiple = true)]
pub(crate) struct From {
    /// The item whose key it is
    #[arg(long = "from", value_name = "REF", conflicts_with_all = ["file", "generate", "offline"])]
    item: Option<String>,
    /// Which version of the item; the current one if absent
    #[arg(long, value_name = "V", requires = "item")]
    version: Option<String>,
    /// Have the item's own vault wrap it, so that its material is never seen here
    #[arg(long, requires = "item")]
    inside: bool,
    /// A file with a private key, or with the bytes of a symmetric one
    #[arg(long, conflicts_with_all = ["generate", "offline"])]
    file: Option<PathBuf>,
    /// Make the key on this computer; it is kept nowhere else
    #[arg(long, conflicts_with = "offline")]
    generate: bool,
    /// Wrap it on a machine without a connection: the wrapping key is printed, and the wrapped file is asked for
    #[arg(long)]
    offline: bool,
}

/// Lists imports.
pub(super) async fn imports(app: &App, all: bool, json: bool) -> Result<()> {
    let imports = app.list_imports(Nothing {}).await?.imports;
    let shown: Vec<_> = imports.into_iter().filter(|row| all || !row.over).collect();
    print::imports::list(&shown, json)
}

/// Shows an import, or goes on with it.
pub(super) async fn import(app: &App, verb: ImportVerb) -> Result<(), WireError> {
    match verb {
        ImportVerb::Takings { vault: text, json } => {
            let takings = takings(app, &text).await?.1;
            Ok(print::imports::takings(&takings, json)?)
        }
        ImportVerb::Show { import, json } => {
            let import = app.open_import(NameImport { import }).await?;
            Ok(print::imports::import(&import, json)?)
        }
        ImportVerb::Record { import } => Ok(print::imports::text(&app.import_record(NameImport { import }).await?)?),
        ImportVerb::Begin { into, algorithm, wrap, set, from, confirm } => {
            let wanted = Wanted { into, algorithm, wrap, set };
            let import = begin(app, &wanted, &from).await?;
            go_on(app, import, &from, &confirm).await
        }
        ImportVerb::Again { import, new_material, from, confirm } => {
            let request = BeginImport { again: Some(import), new_material, source: None };
            let begun = app.begin_import(request).await?;
            let import = settle_source(app, begun, &from).await?;
            go_on(app, import, &from, &confirm).await
        }
        ImportVerb::Resume { import, from, confirm } => {
            let import = app.check_import(NameImport { import }).await?;
            let import = settle_source(app, import, &from).await?;
            go_on(app, import, &from, &confirm).await
        }
    }
}

struct Wanted {
    into: String,
    algorithm: Option<String>,
    wrap: Option<String>,
    set: Vec<(String, String)>,
}

/// What the vault takes, and which it is.
async fn takings(app: &App, text: &str) -> Result<((String, String), Vec<TakingWire>)> {
    let (connection, vault) = vault(app, text).await?.ok_or_else(|| {
        Error::new(Kind::Invalid, IMPORT, format!("\"{text}\" names no vault"))
            .with_next("Name it as CONNECTION/VAULT, such as prod/eu-west-1.")
    })?;
    let request = AskTakings { connection: connection.clone(), vault: vault.clone() };
    Ok(((connection, vault), app.import_takings(request).await?))
}

/// Settles target and source, and keeps the plan.
async fn begin(app: &App, wanted: &Wanted, from: &From) -> Result<ImportWire> {
    let ((connection, vault), takings) = takings(app, &wanted.into).await?;
    let algorithm = match (&wanted.algorithm, &from.item) {
        (Some(algorithm), _) => algorithm.clone(),
        (None, Some(reference)) => {
            let asked = app.ask_leaving(contract::AskLeaving { reference: reference.clone() }).await?;
            asked.algorithm.ok_or_else(|| unknown("it is not told what kind of key that is"))?
        }
        (None, None) => return Err(unknown("it is not said what kind of key it is")),
    };
    let taking = takings.iter().find(|taking| taking.algorithm.eq_ignore_ascii_case(&algorithm));
    let taking = taking.ok_or_else(|| unknown("the vault says nothing of that kind of key"))?;
    if let Some(because) = &taking.refused {
        return Err(Error::new(Kind::Unsupported, IMPORT, format!("{}: {because}", taking.algorithm))
            .with_refused_by("the vault")
            .with_next("See `claviger import takings` for what it takes. Nothing was made."));
    }
    let wrap = match &wanted.wrap {
        None if from.inside => taking.wraps.iter().find(|wrap| wrap.wrap.starts_with("rsa-aes-")),
        None => taking.wraps.first(),
        Some(word) => taking.wraps.iter().find(|wrap| wrap.native == *word || wrap.wrap == *word),
    };
    let wrap = wrap.cloned().ok_or_else(|| unknown("the vault takes no such key by that way"))?;
    let answers = answers(&taking.questions, &wanted.set)?;
    let begun = app.begin_import(BeginImport::default()).await?;
    let note = ImportNote::SetTarget { connection, vault, algorithm: taking.algorithm.clone(), wrap, answers };
    let settled = match note_it(app, begun.clone(), note).await {
        Ok(settled) => settle_source(app, settled, from).await,
        Err(error) => Err(error),
    };
    if settled.is_err() {
        // What never had a target is no plan that anybody would go on with.
        let latest = app.open_import(NameImport { import: begun.row.id }).await?;
        note_it(app, latest, ImportNote::GiveUp).await?;
    }
    settled
}

async fn note_it(app: &App, import: ImportWire, note: ImportNote) -> Result<ImportWire> {
    app.note_import(NoteImport { import: import.row.id, revision: import.revision, note }).await
}

async fn settle_source(app: &App, import: ImportWire, from: &From) -> Result<ImportWire> {
    let source = match from {
        From { item: Some(reference), version, inside, .. } => {
            ImportSourceWire::Item { reference: reference.clone(), version: version.clone(), inside: *inside }
        }
        From { file: Some(_), .. } => ImportSourceWire::File,
        From { generate: true, .. } => ImportSourceWire::Generated,
        From { offline: true, .. } => ImportSourceWire::Offline,
        From { .. } if import.source.is_some() || import.row.over => return Ok(import),
        From { .. } => return Err(unknown("it is not said where the key comes from")),
    };
    if import.imported.is_some() {
        return Ok(import);
    }
    note_it(app, import, ImportNote::SetSource { source }).await
}

/// What comes next.
enum Deed {
    Fetch,
    Prove,
    Step(&'static str),
    Wrap,
}

/// What comes next for a key that is not proven yet.
fn next(import: &ImportWire) -> Deed {
    let has = |step: &str| import.steps.iter().any(|one| one == step);
    let open = |what: &str| !import.locks.contains_key(what);
    if import.imported.is_some() {
        return Deed::Prove;
    }
    if has("prepare") && open("prepare") {
        return Deed::Step("prepare");
    }
    match (has("load"), import.packed, import.loaded.is_empty()) {
        (false, false, _) => Deed::Wrap,
        (true, false, true) if import.wrapping_key.is_none() => Deed::Fetch,
        (true, false, true) => Deed::Step("load"),
        // With the key that is loaded, unless an earlier run left it behind.
        (true, false, false) if open("wrap") => Deed::Wrap,
        (true, _, false) => Deed::Step("remove"),
        (_, true, _) => Deed::Step("import"),
    }
}

/// Takes the steps one after the other, as far as that is confirmed.
async fn go_on(app: &App, mut import: ImportWire, from: &From, confirm: &Confirm) -> Result<(), WireError> {
    eprintln!("Import {}: {}", import.row.id, print::safe(&import.row.title));
    while !import.row.over {
        let deed = next(&import);
        if !confirm.write && !matches!(deed, Deed::Step(_)) {
            eprintln!("{}", print::safe(&import.row.waits_for));
            eprintln!("Nothing was done. Add --write to go on.");
            return Ok(());
        }
        import = match deed {
            Deed::Fetch => app.fetch_wrapping_key(NameImport { import: import.row.id }).await?,
            Deed::Prove => finish(app, import).await?,
            Deed::Step(word) => match step(app, &import, word, confirm).await? {
                Some(next) => next,
                None => return Ok(()),
            },
            Deed::Wrap => wrap(app, &import, from).await?,
        };
    }
    Ok(print::imports::import(&import, confirm.json)?)
}

/// Proves the key, and ends the import if it is the same.
async fn finish(app: &App, import: ImportWire) -> Result<ImportWire> {
    let proven = app.prove_import(NameImport { import: import.row.id }).await?;
    if let Some(proof) = &proven.proof {
        eprintln!("{}", print::safe(&proof.moment.evidence));
        if !proof.holds {
            return Err(Error::new(
                Kind::Conflict,
                IMPORT,
                "the place holds another key than the one that was wrapped",
            )
            .with_changed(domain::Changed::Exactly(vec!["A key was imported, and it is another one.".to_owned()]))
            .with_next("Do not use it: disable or delete it there, then give the import up."));
        }
    }
    note_it(app, proven, ImportNote::Finish).await
}

async fn wrap(app: &App, import: &ImportWire, from: &From) -> Result<ImportWire> {
    let offline = import.source == Some(ImportSourceWire::Offline);
    let path = match (&from.file, offline) {
        (_, true) => {
            let fetched = app.fetch_wrapping_key(NameImport { import: import.row.id.clone() }).await?;
            print::imports::by_hand(&fetched)?;
            Some(line("The path of the wrapped file: ")?.trim().to_owned())
        }
        (Some(file), false) => Some(file.to_string_lossy().into_owned()),
        (None, false) => None,
    };
    let wrapped = app.wrap_import(WrapImport { import: import.row.id.clone(), path }).await?;
    if let Some(sha256) = wrapped.wrapped.as_ref().and_then(|wrapped| wrapped.sha256.as_deref()) {
        eprintln!("Wrapped: SHA-256 {sha256}");
    }
    Ok(wrapped)
}

/// Plans a step, and carries it out once it is confirmed. `None` if only its plan was wanted.
async fn step(app: &App, import: &ImportWire, step: &str, confirm: &Confirm) -> Result<Option<ImportWire>, WireError> {
    let request = PlanImport { import: import.row.id.clone(), step: step.to_owned() };
    let plan = app.plan_import(request).await?;
    if !confirm.write {
        eprint!("{}", print::changes::plan_text(&plan));
        only_shown(app, plan).await?;
        return Ok(None);
    }
    let send = async |read: ConfirmChange| {
        let ConfirmChange { order, digest, typed } = read;
        let (import, step) = (import.row.id.clone(), step.to_owned());
        app.confirm_import(ConfirmImport { import, step, order, digest, typed }).await
    };
    let done = carried_out(app, plan, confirm, send).await?;
    let last = done.orders.iter().rev().find(|order| order.step == step);
    let last = last.map(|order| (order.state.as_str(), order.because.as_deref()));
    is_done(last, IMPORT, &format!("claviger import resume {}", done.row.id))?;
    Ok(Some(done))
}

fn unknown(because: &str) -> Error {
    Error::new(Kind::Invalid, IMPORT, because)
        .with_refused_by("this app")
        .with_next("See `claviger import begin --help`. Nothing was made.")
}
