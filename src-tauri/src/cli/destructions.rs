//! `claviger destroy`, `claviger destructions` and `claviger destruction`: beginning one, how far each is, and its sheet.
//! Nothing is sent to a place here that would change it.

use app::App;
use contract::{
    BeginDestruction, DestructionList, DestructionNote, DestructionsBegun, NameDestruction, NoteDestruction, Nothing,
    SaveDestructionSheet, SheetForm, WireError,
};
use domain::Result;

use super::arguments::DestructionVerb;
use crate::print;

/// Begins the destruction of items, or shows those that are under way.
pub(super) async fn destroy(app: &App, references: Vec<String>, json: bool) -> Result<(), WireError> {
    let DestructionsBegun { destructions, refused } = app.begin_destruction(BeginDestruction { references }).await?;
    for destruction in &destructions {
        print::destructions::destruction(destruction, json)?;
    }
    let mut failed = None;
    for one in refused {
        // All of them are told; the last one gives the exit code.
        if let Some(before) = failed.replace(one.error) {
            print::error(&before, json);
        }
    }
    failed.map_or(Ok(()), Err)
}

/// Lists destructions.
pub(super) async fn destructions(app: &App, all: bool, json: bool) -> Result<()> {
    let DestructionList { destructions } = app.list_destructions(Nothing {}).await?;
    let shown: Vec<_> = destructions.into_iter().filter(|row| all || !row.over).collect();
    print::destructions::list(&shown, json)
}

/// Shows a destruction, goes on with it as far as that sends nothing, or writes its sheet.
pub(super) async fn destruction(app: &App, verb: DestructionVerb) -> Result<(), WireError> {
    match verb {
        DestructionVerb::Show { destruction, json } => {
            let destruction = app.open_destruction(NameDestruction { destruction }).await?;
            Ok(print::destructions::destruction(&destruction, json)?)
        }
        DestructionVerb::Resume { destruction, json } => resume(app, destruction, json).await,
        DestructionVerb::Sheet { destruction, json, output } => {
            let form = if json { SheetForm::Json } else { SheetForm::Html };
            match output {
                Some(path) => {
                    let saved =
                        app.save_destruction_sheet_as(SaveDestructionSheet { destruction, form }, &path).await?;
                    for path in saved.paths {
                        eprintln!("Written: {path}");
                    }
                    Ok(())
                }
                None => Ok(print::destructions::sheet(&app.destruction_sheet(&destruction, form).await?)?),
            }
        }
    }
}

async fn resume(app: &App, id: String, json: bool) -> Result<(), WireError> {
    let mut destruction = app.check_destruction(NameDestruction { destruction: id.clone() }).await?;
    if !destruction.locks.contains_key("look") {
        let note = DestructionNote::Look;
        let request = NoteDestruction { destruction: id, revision: destruction.revision, note };
        destruction = app.note_destruction(request).await?;
    }
    Ok(print::destructions::destruction(&destruction, json)?)
}
