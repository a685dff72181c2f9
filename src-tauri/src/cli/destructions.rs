//! `claviger destroy`, `claviger destructions` and `claviger destruction`: beginning one, how far each is, what is said of
//! it, its steps at the place, and its sheet.

use std::path::PathBuf;

use app::App;
use contract::{
    BeginDestruction, ConfirmChange, ConfirmDestruction, DestructionList, DestructionNote, DestructionSettings,
    DestructionWire, DestructionsBegun, NameDestruction, NoteDestruction, Nothing, PlanDestruction,
    SaveDestructionSheet, SheetForm, WireError,
};
use domain::Result;

use super::{
    arguments::{Confirm, DestructionVerb, Of, Rules},
    changes::{carried_out, is_done, only_shown},
};
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

/// Shows a destruction, or goes on with it.
pub(super) async fn destruction(app: &App, verb: DestructionVerb) -> Result<(), WireError> {
    let (of, note) = match verb {
        DestructionVerb::Resume { of } => return resume(app, of).await,
        DestructionVerb::Settle { of, rules } => return settle(app, of, rules).await,
        DestructionVerb::Sheet { of, output } => return sheet(app, of, output).await,
        DestructionVerb::Show { of } => {
            let destruction = open(app, of.destruction).await?;
            return Ok(print::destructions::destruction(&destruction, of.json)?);
        }
        DestructionVerb::Step { destruction, step, confirm } => {
            return take_step(app, destruction, step.word(), &confirm).await;
        }
        DestructionVerb::Acknowledge { of, finding, reason } => (of, DestructionNote::Acknowledge { finding, reason }),
        DestructionVerb::Finish { of, evidence } => (of, DestructionNote::Finish { evidence }),
        DestructionVerb::GoOn { of } => (of, DestructionNote::GoOn),
        DestructionVerb::Keep { of, reason } => (of, DestructionNote::Keep { reason }),
        DestructionVerb::StartOver { of, reason } => (of, DestructionNote::StartOver { reason }),
        DestructionVerb::Withdraw { of, finding } => (of, DestructionNote::Withdraw { finding }),
    };
    let destruction = open(app, of.destruction).await?;
    let destruction = note_it(app, destruction, note).await?;
    Ok(print::destructions::destruction(&destruction, of.json)?)
}

async fn open(app: &App, destruction: String) -> Result<DestructionWire> {
    app.open_destruction(NameDestruction { destruction }).await
}

async fn note_it(app: &App, destruction: DestructionWire, note: DestructionNote) -> Result<DestructionWire> {
    let DestructionWire { row, revision, .. } = destruction;
    app.note_destruction(NoteDestruction { destruction: row.id, revision, note }).await
}

async fn resume(app: &App, of: Of) -> Result<(), WireError> {
    let mut destruction = app.check_destruction(NameDestruction { destruction: of.destruction }).await?;
    if !destruction.locks.contains_key("look") {
        destruction = note_it(app, destruction, DestructionNote::Look).await?;
    }
    Ok(print::destructions::destruction(&destruction, of.json)?)
}

async fn settle(app: &App, of: Of, rules: Rules) -> Result<(), WireError> {
    let destruction = open(app, of.destruction).await?;
    let Rules { reason, window_days, soak_days, wait_days } = rules;
    let before = destruction.settings.clone();
    let settings = DestructionSettings {
        reason: reason.unwrap_or(before.reason),
        window_days: window_days.unwrap_or(before.window_days),
        soak_days: soak_days.unwrap_or(before.soak_days),
        wait_days: wait_days.unwrap_or(before.wait_days),
    };
    let destruction = note_it(app, destruction, DestructionNote::Settle { settings }).await?;
    Ok(print::destructions::destruction(&destruction, of.json)?)
}

async fn sheet(app: &App, of: Of, output: Option<PathBuf>) -> Result<(), WireError> {
    let form = if of.json { SheetForm::Json } else { SheetForm::Html };
    let Some(path) = output else {
        return Ok(print::destructions::sheet(&app.destruction_sheet(&of.destruction, form).await?)?);
    };
    let request = SaveDestructionSheet { destruction: of.destruction, form };
    for path in app.save_destruction_sheet_as(request, &path).await?.paths {
        eprintln!("Written: {path}");
    }
    Ok(())
}

/// Plans a step at the place, and takes it once it is confirmed.
async fn take_step(app: &App, destruction: String, step: &str, confirm: &Confirm) -> Result<(), WireError> {
    let request = PlanDestruction { destruction: destruction.clone(), step: step.to_owned() };
    let plan = app.plan_destruction(request).await?;
    if !confirm.write {
        print::changes::plan(&plan, confirm.json)?;
        return Ok(only_shown(app, plan).await?);
    }
    let resume = format!("claviger destruction resume {destruction}");
    let send = async |read: ConfirmChange| {
        let ConfirmChange { order, digest, typed } = read;
        app.confirm_destruction(ConfirmDestruction { destruction, step: step.to_owned(), order, digest, typed }).await
    };
    let done = carried_out(app, plan, confirm, send).await?;
    print::destructions::destruction(&done, confirm.json)?;
    let last = done.orders.last().map(|order| (order.state.as_str(), order.because.as_deref()));
    Ok(is_done(last, "take the destruction's step", &resume)?)
}
