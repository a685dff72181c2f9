//! `claviger journal`: the journal of changes in the shell, its verification, and what is still open in it.

use std::path::Path;

use app::App;
use contract::{ListJournal, NameOrder, Nothing, SetWriteMode, WireError};
use domain::{Error, Kind, Result};

use super::arguments::{Journal, JournalVerb};
use crate::print;

const PAGE: u32 = 200;

/// Lists the journal, or does what the verb says.
pub(super) async fn journal(app: &App, arguments: Journal) -> Result<(), WireError> {
    let json = arguments.json;
    match arguments.verb {
        None => Ok(list(app, arguments.filter, json).await?),
        Some(JournalVerb::Verify) => {
            let chain = app.verify_journal(Nothing {}).await?;
            print::changes::chain(&chain, json)?;
            chain.problem.map_or(Ok(()), Err)
        }
        Some(JournalVerb::Accept) => {
            let chain = app.accept_journal(Nothing {}).await?;
            Ok(print::changes::chain(&chain, json)?)
        }
        Some(JournalVerb::Export { folder }) => Ok(export(app, &folder).await?),
        Some(JournalVerb::Check { order }) => {
            let order = app.check_order(NameOrder { order }).await?;
            Ok(print::changes::order(&order, json)?)
        }
        Some(JournalVerb::Abandon { order }) => {
            let order = app.abandon_order(NameOrder { order }).await?;
            Ok(print::changes::order(&order, json)?)
        }
        Some(JournalVerb::Continue { order, write }) => {
            if !write {
                return Err(Error::new(Kind::Denied, "continue the order", "the connection is read-only")
                    .with_refused_by("this app")
                    .with_next("Add --write.")
                    .into());
            }
            Ok(go_on(app, order, json).await?)
        }
    }
}

async fn list(app: &App, filter: Option<String>, json: bool) -> Result<()> {
    let filter = filter.unwrap_or_default();
    let mut before = None;
    loop {
        let request = ListJournal { filter: filter.clone(), reference: None, before, limit: Some(PAGE) };
        let page = app.list_journal(request).await?;
        print::changes::entries(&page.entries, json)?;
        before = page.entries.last().map(print::changes::sequence);
        if !page.more || before.is_none() {
            return Ok(());
        }
    }
}

async fn go_on(app: &App, order: String, json: bool) -> Result<()> {
    let known = app.list_journal(ListJournal { filter: order.clone(), ..ListJournal::default() }).await?;
    let connection = known.entries.iter().find_map(|entry| match entry {
        contract::JournalEntry::Order { order: known } if known.order == order => Some(known.connection.clone()),
        _ => None,
    });
    let Some(connection) = connection else {
        let message = format!("the journal has no order {order}");
        return Err(Error::new(Kind::NotFound, "continue the order", message).with_next("See `claviger journal`."));
    };
    app.set_write_mode(SetWriteMode { connection: connection.clone(), on: true }).await?;
    let went_on = app.continue_order(NameOrder { order }).await;
    app.set_write_mode(SetWriteMode { connection, on: false }).await?;
    print::changes::order(&went_on?, json)
}

async fn export(app: &App, folder: &Path) -> Result<()> {
    let failed = |error: std::io::Error| {
        Error::new(Kind::Unexpected, "export the journal", format!("{}: {error}", folder.display()))
            .with_next("Check the folder and the space on the disk, then export again.")
    };
    std::fs::create_dir_all(folder).map_err(failed)?;
    for (name, bytes) in app.journal_files().await? {
        let path = folder.join(name);
        std::fs::write(&path, bytes).map_err(failed)?;
        println!("{}", path.display());
    }
    Ok(())
}
