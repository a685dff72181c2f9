//! The command line: the same core as the window, in the shell.
//!
//! Answers go to standard output, everything else to standard error. Exit codes are in [`exit_code`] and in the README.

mod arguments;
mod azure;
mod changes;
mod connect;
mod destructions;
mod imports;
mod journal;
mod policies;
mod private;
mod prompts;
mod proofs;
mod rotations;

use std::{
    collections::BTreeMap,
    io::{IsTerminal, Write},
    path::{Path, PathBuf},
    process::ExitCode,
    sync::{Arc, Mutex},
};

use app::{App, NoDesktop};
pub(crate) use arguments::{Arguments, Command};
use arguments::{Export as ExportArguments, List};
use contract::{
    ConnectionList, ExportItems, ExportRequest, InventoryEvent, ItemRow, Nothing, OpenItem, RemoveConnection,
    SnowflakeSlot, SnowflakeUser, VaultRow, VaultState, WatchInventory, WireError,
};
use domain::{Error, Kind, Result};

use crate::{
    home,
    keychain::{OsKeychain, WithEnvironment},
    print,
};

/// Runs one command to its end.
pub(crate) fn run(home: PathBuf, command: Command) -> ExitCode {
    let json = command.json();
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("claviger: start: {error}");
            return ExitCode::FAILURE;
        }
    };
    let result = runtime.block_on(answer(&home, command));
    // A provider that hangs must not keep the shell waiting after the answer is out.
    runtime.shutdown_background();
    match result {
        Ok(()) => ExitCode::SUCCESS,
        // Whoever read the answer has enough, as `head` does. That is no failure.
        Err(error) if error.operation == print::OPERATION => ExitCode::SUCCESS,
        Err(error) => {
            print::error(&error, json);
            ExitCode::from(exit_code(&error.kind))
        }
    }
}

/// The exit code for a failure: 1 for a fault of ours, 2 is kept for wrong arguments, then one for each kind.
/// `word` is a kind's word, as it stands on the wire.
pub(crate) fn exit_code(word: &str) -> u8 {
    match Kind::ALL.into_iter().find(|kind| kind.word() == word).unwrap_or(Kind::Unexpected) {
        Kind::Unexpected => 1,
        Kind::Invalid => 3,
        Kind::NotFound => 4,
        Kind::Denied => 5,
        Kind::SignedOut => 6,
        Kind::Interrupted => 7,
        Kind::Throttled => 8,
        Kind::Conflict => 9,
        Kind::Unsupported => 10,
    }
}

/// Failures are taken as they go over the wire: those of single items come in that form, and nothing of them gets lost.
async fn answer(home: &Path, command: Command) -> Result<(), WireError> {
    let environment = home::environment();
    let keychain =
        Arc::new(WithEnvironment { keychain: OsKeychain::new(home), variables: environment.variables.clone() });
    let app = App::open(home, environment, keychain.clone(), Arc::new(NoDesktop))?;
    for notice in app.app_state(Nothing {}).await?.notices {
        print::notice(&notice);
    }
    prompts::tell(&app);
    match command {
        Command::Backup(arguments) => Ok(private::backup(&app, arguments).await?),
        Command::Change(arguments) => {
            app.recover().await?;
            changes::change(&app, &keychain, arguments).await
        }
        Command::Connect { place } => Ok(connect::connect(&app, &keychain, place).await?),
        Command::Connections { json } => Ok(connections(&app, json).await?),
        Command::Destroy { references, json } => destructions::destroy(&app, references, json).await,
        Command::Destruction { verb } => {
            app.recover().await?;
            destructions::destruction(&app, verb).await
        }
        Command::Destructions { all, json } => Ok(destructions::destructions(&app, all, json).await?),
        Command::Disconnect { name } => {
            app.remove_connection(RemoveConnection { name }).await?;
            Ok(())
        }
        Command::Export(arguments) => export(&app, arguments).await,
        Command::Import { verb } => {
            app.recover().await?;
            imports::import(&app, verb).await
        }
        Command::Imports { all, json } => Ok(imports::imports(&app, all, json).await?),
        // To read the journal asks no provider: what is open in it is settled by `change`, by the window, or on request.
        Command::Journal(arguments) => journal::journal(&app, arguments).await,
        Command::Ls(arguments) => list(&app, arguments).await,
        // `main` opens the window for it; it never comes here.
        Command::Open { .. } => Ok(()),
        Command::Policy { verb } => policies::policy(&app, verb).await,
        Command::PrivateKey(arguments) => Ok(private::private_key(&app, &keychain, arguments).await?),
        Command::Rotation { verb } => {
            app.recover().await?;
            rotations::rotation(&app, verb).await
        }
        Command::Rotations { all, json, ics } => Ok(rotations::rotations(&app, all, json, ics).await?),
        Command::Show { reference, json } => {
            let item = app.open_item(OpenItem { reference }).await?;
            Ok(print::item(&item, json)?)
        }
    }
}

async fn connections(app: &App, json: bool) -> Result<()> {
    let ConnectionList { connections } = app.list_connections(Nothing {}).await?;
    print::connections(&connections, json)
}

/// What a whole listing came to.
#[derive(Default)]
struct Listing {
    rows: BTreeMap<String, ItemRow>,
    vaults: BTreeMap<(String, String), VaultRow>,
    failed: Vec<(String, WireError)>,
}

impl Listing {
    fn take(&mut self, event: InventoryEvent) {
        match event {
            InventoryEvent::Rows { rows } => {
                self.rows.extend(rows.into_iter().map(|row| (row.reference.clone(), row)));
            }
            InventoryEvent::Gone { references } => {
                for reference in references {
                    self.rows.remove(&reference);
                }
            }
            InventoryEvent::Vault { vault } => {
                self.vaults.insert((vault.connection.clone(), vault.id.clone()), vault);
            }
            InventoryEvent::ConnectionFailed { connection, error } => self.failed.push((connection, error)),
            InventoryEvent::Finished { .. } => {}
        }
    }

    /// Whether the row is from an earlier time, because its vault could not be read now.
    fn is_stale(&self, row: &ItemRow) -> bool {
        let vault = self.vaults.get(&(row.connection.clone(), row.vault.clone()));
        !vault.is_some_and(was_read)
    }

    /// What could not be read, in the order it is printed.
    fn gaps(&self) -> Vec<print::Gap<'_>> {
        let connections = self.failed.iter().map(|(connection, error)| print::Gap {
            connection,
            vault: None,
            reference: None,
            error,
        });
        let vaults = self.vaults.values().filter_map(|vault| {
            let error = match &vault.state {
                VaultState::Denied { error }
                | VaultState::Partial { error, .. }
                | VaultState::Unreachable { error } => error,
                VaultState::Fresh { .. } | VaultState::Listing | VaultState::Stale { .. } => return None,
            };
            Some(print::Gap { connection: &vault.connection, vault: Some(&vault.id), reference: None, error })
        });
        let rows = self.rows.values().filter_map(|row| {
            let error = row.trouble.as_ref()?;
            Some(print::Gap {
                connection: &row.connection,
                vault: Some(&row.vault),
                reference: Some(&row.reference),
                error,
            })
        });
        connections.chain(vaults).chain(rows).collect()
    }
}

fn was_read(vault: &VaultRow) -> bool {
    match vault.state {
        VaultState::Fresh { .. } | VaultState::Listing | VaultState::Partial { .. } => true,
        VaultState::Denied { .. } | VaultState::Stale { .. } | VaultState::Unreachable { .. } => false,
    }
}

/// Everything of these connections, or of all, listed anew.
async fn listed(app: &App, connections: Vec<String>) -> Result<Listing> {
    let listing = Arc::new(Mutex::new(Listing::default()));
    let sink = {
        let listing = listing.clone();
        move |event| {
            if let Ok(mut listing) = listing.lock() {
                listing.take(event);
            }
            true
        }
    };
    let request = WatchInventory { operation: "ls".into(), connections, refresh: true };
    app.watch_inventory(request, &sink).await?;
    let mut listing = listing.lock().map_err(|_| Error::new(Kind::Unexpected, "list", "the listing broke off"))?;
    Ok(std::mem::take(&mut *listing))
}

async fn list(app: &App, arguments: List) -> Result<(), WireError> {
    let known = app.list_connections(Nothing {}).await?.connections;
    if let Some(missing) = arguments.connections.iter().find(|name| !known.iter().any(|row| row.name == **name)) {
        return Err(Error::new(Kind::NotFound, "list", format!("there is no connection named \"{missing}\""))
            .with_next("See `claviger connections`.")
            .into());
    }
    if known.is_empty() {
        return Err(Error::new(Kind::NotFound, "list", "there is no connection yet")
            .with_next("Make one with `claviger connect`.")
            .into());
    }
    let listing = listed(app, arguments.connections).await?;
    let gaps = listing.gaps();
    let rows = listing.rows.values().map(|row| (row, listing.is_stale(row)));
    print::listing(rows, &gaps, arguments.json)?;
    // Nothing at all could be read, and there is a reason: that is a failure, whatever was known from before.
    match gaps.first() {
        Some(gap) if !listing.vaults.values().any(was_read) => Err(gap.error.clone()),
        _ => Ok(()),
    }
}

async fn export(app: &App, arguments: ExportArguments) -> Result<(), WireError> {
    let format = arguments.format;
    let snowflake = arguments.snowflake_user.map(|user| SnowflakeUser {
        user,
        slot: if arguments.slot == Some(2) { SnowflakeSlot::Second } else { SnowflakeSlot::First },
    });
    let request = ExportRequest {
        references: vec![arguments.reference],
        versions: arguments.versions,
        format,
        comment: arguments.comment,
        snowflake,
    };
    let export = app.export_items(ExportItems { request }).await?;
    if let Some((_, error)) = export.failed.first() {
        return Err(error.clone());
    }
    let mut bytes = Vec::new();
    for file in &export.files {
        bytes.extend(print::file_bytes(file)?);
        eprintln!("{}", print::safe(&file.proof));
        for check in &file.checks {
            eprintln!("{}", print::safe(check));
        }
    }
    let binary = export.files.iter().any(|file| file.binary);
    Ok(write_out(&bytes, binary, arguments.output.as_deref())?)
}

fn write_out(bytes: &[u8], binary: bool, output: Option<&Path>) -> Result<()> {
    let failed = |error: std::io::Error| {
        Error::new(Kind::Unexpected, "write the export", format!("it could not be written: {error}"))
            .with_next("Check the path and the space on the disk, then export again.")
    };
    match output {
        Some(path) => std::fs::write(path, bytes).map_err(failed),
        None if binary && std::io::stdout().is_terminal() => {
            Err(Error::new(Kind::Unsupported, "write the export", "this form is binary and would garble the terminal")
                .with_next("Name a file with -o."))
        }
        None => std::io::stdout().write_all(bytes).map_err(failed),
    }
}
