//! `claviger change`: what may be changed, its plan, and with `--write` its carrying out.

use std::{
    collections::BTreeMap,
    io::{IsTerminal, Write},
};

use app::App;
use contract::{
    AskQuestions, ConfirmChange, DropPlan, Nothing, OfferWire, OpenItem, OpenVault, OrderState, PlanChange, PlanWire,
    QuestionWire, SetWriteMode, TargetWire, TierWire, WireError,
};
use domain::{Error, Kind, Result};

use super::{
    arguments::{Change, Confirm},
    connect::from_standard_input,
};
use crate::{keychain::WithEnvironment, print};

const CHANGE: &str = "change";

/// Lists what may be done, shows a plan, or carries it out.
pub(super) async fn change(app: &App, keychain: &WithEnvironment, arguments: Change) -> Result<(), WireError> {
    let (target, offers) = target(app, &arguments.target).await?;
    let Some(ask) = arguments.ask.clone() else {
        return Ok(print::changes::offers(&offers, arguments.confirm.json)?);
    };
    if !offers.iter().any(|offer| offer.changes && offer.ask == ask) {
        let message = format!("there is no change called \"{ask}\" here");
        return Err(Error::new(Kind::NotFound, CHANGE, message)
            .with_next("See `claviger change REF` for what there is.")
            .into());
    }
    let form = app.change_questions(AskQuestions { ask: ask.clone(), target: target.clone() }).await?;
    if arguments.questions {
        return Ok(print::changes::questions(&form.questions, arguments.confirm.json)?);
    }
    let answers = answers(&form.questions, &arguments.set)?;
    let secrets = secrets(keychain, &form.questions, &answers, &arguments.secrets)?;
    let plan = app.plan_change(PlanChange { ask, target, answers, secrets }).await?;
    if !arguments.confirm.write {
        print::changes::plan(&plan, arguments.confirm.json)?;
        return Ok(only_shown(app, plan).await?);
    }
    carry_out(app, plan, &arguments.confirm).await
}

async fn carry_out(app: &App, plan: PlanWire, confirm: &Confirm) -> Result<(), WireError> {
    let order = carried_out(app, plan, confirm, async |read| app.confirm_change(read).await).await?;
    print::changes::order(&order, confirm.json)?;
    match (order.state, order.error) {
        (OrderState::Done, _) | (_, None) => Ok(()),
        (_, Some(error)) => Err(error),
    }
}

/// Shows a plan, and has it sent by `send` once it is confirmed, with changes allowed for as long as that takes. A plan that
/// is not confirmed is dropped.
pub(super) async fn carried_out<T>(
    app: &App,
    plan: PlanWire,
    confirm: &Confirm,
    send: impl AsyncFnOnce(ConfirmChange) -> Result<T>,
) -> Result<T> {
    // The plan is read before it is confirmed, and standard output is kept for what became of it.
    eprint!("{}", print::changes::plan_text(&plan));
    let typed = match confirmed(&plan, confirm) {
        Ok(typed) => typed,
        Err(error) => {
            app.drop_plan(DropPlan { order: plan.order }).await?;
            return Err(error);
        }
    };
    let PlanWire { order, digest, connection, .. } = plan;
    app.set_write_mode(SetWriteMode { connection: connection.clone(), on: true }).await?;
    let done = send(ConfirmChange { order, digest, typed }).await;
    app.set_write_mode(SetWriteMode { connection, on: false }).await?;
    done
}

/// Drops a plan that was only to be shown.
pub(super) async fn only_shown(app: &App, plan: PlanWire) -> Result<()> {
    app.drop_plan(DropPlan { order: plan.order }).await?;
    eprintln!("Nothing was done. Add --write to carry it out.");
    Ok(())
}

/// Whether the last order of a wizard's step is done, by the word of its state; `resume` is the command that asks for it.
pub(super) fn is_done(last: Option<(&str, Option<&str>)>, operation: &'static str, resume: &str) -> Result<()> {
    match last {
        None | Some(("done", _)) => Ok(()),
        Some((_, because)) => {
            Err(Error::new(Kind::Conflict, operation, because.unwrap_or("it is not known yet how it ended"))
                .with_next(format!("See `{resume}`.")))
        }
    }
}

/// The name as it was typed, where the plan wants it.
fn confirmed(plan: &PlanWire, arguments: &Confirm) -> Result<Option<String>> {
    let declined = |message: &str, next: &str| {
        Error::new(Kind::Invalid, CHANGE, message).with_refused_by("this app").with_next(next)
    };
    match plan.tier {
        TierWire::Name => match (&arguments.type_name, std::io::stdin().is_terminal()) {
            (Some(name), _) => Ok(Some(name.clone())),
            (None, true) => Ok(Some(line(&format!("Type \"{}\" to confirm: ", print::safe(&plan.name)))?)),
            (None, false) => Err(declined(
                "this cannot be taken back, so its name has to be typed",
                "Give the name with --type NAME.",
            )),
        },
        TierWire::Consequences | TierWire::Undo if arguments.yes => Ok(None),
        TierWire::Consequences | TierWire::Undo if std::io::stdin().is_terminal() => {
            match line("Type yes to confirm: ")?.trim() {
                "yes" => Ok(None),
                _ => Err(declined("it was not confirmed", "Run the command again to read the plan afresh.")),
            }
        }
        TierWire::Consequences | TierWire::Undo => {
            Err(declined("nobody is here to confirm it", "Add --yes where nobody can answer."))
        }
    }
}

pub(super) fn line(prompt: &str) -> Result<String> {
    let failed =
        |error: std::io::Error| Error::new(Kind::Unexpected, CHANGE, format!("the terminal broke off: {error}"));
    eprint!("{prompt}");
    std::io::stderr().flush().map_err(failed)?;
    let mut line = String::new();
    std::io::stdin().read_line(&mut line).map_err(failed)?;
    Ok(line)
}

/// What the text names, `CONNECTION/VAULT/` being a vault, with what may be done there.
async fn target(app: &App, text: &str) -> Result<(TargetWire, Vec<OfferWire>), WireError> {
    if let Some((connection, vault)) = vault(app, text).await? {
        let offers = app.vault_offers(OpenVault { connection: connection.clone(), vault: vault.clone() }).await?;
        return Ok((TargetWire::Vault { connection, vault }, offers));
    }
    let item = app.open_item(OpenItem { reference: text.to_owned() }).await?;
    Ok((TargetWire::Item { reference: item.row.reference }, item.offers))
}

/// A reference to a vault is one to an item without the item: `prod/eu-west-1`.
pub(super) async fn vault(app: &App, text: &str) -> Result<Option<(String, String)>> {
    let probe = format!("{}/x", text.trim_end_matches('/'));
    let Ok(reference) = probe.parse::<domain::ItemRef>() else { return Ok(None) };
    let known = app.list_connections(Nothing {}).await?.connections;
    let is_vault = reference.key.id == "x" && known.iter().any(|row| row.name == reference.connection);
    Ok(is_vault.then_some((reference.connection, reference.key.vault.0)))
}

/// The presets, and over them what was set.
pub(super) fn answers(questions: &[QuestionWire], set: &[(String, String)]) -> Result<BTreeMap<String, String>> {
    let mut answers: BTreeMap<String, String> =
        questions.iter().filter_map(|question| Some((question.name.clone(), question.preset.clone()?))).collect();
    for (name, value) in set {
        match questions.iter().find(|question| question.name == *name) {
            Some(question) if question.kind == "secret" => {
                let message = format!("\"{name}\" is secret, and arguments can be seen by others");
                return Err(Error::new(Kind::Invalid, CHANGE, message)
                    .with_refused_by("this app")
                    .with_next(format!("Give it as CLAVIGER_{} or on standard input.", name.to_uppercase())));
            }
            Some(_) => {
                answers.insert(name.clone(), value.clone());
            }
            None => {
                return Err(Error::new(Kind::Invalid, CHANGE, format!("nothing called \"{name}\" is asked"))
                    .with_next("See the questions with --questions."));
            }
        }
    }
    Ok(answers)
}

/// Secret answers: those that must be given, and those that were named. From the environment, then standard input.
fn secrets(
    keychain: &WithEnvironment,
    questions: &[QuestionWire],
    answers: &BTreeMap<String, String>,
    named: &[String],
) -> Result<BTreeMap<String, String>> {
    let is_shown = |question: &QuestionWire| match &question.shown_when {
        Some((name, values)) => answers.get(name).is_some_and(|answer| values.contains(answer)),
        None => true,
    };
    let mut secrets = BTreeMap::new();
    for question in questions.iter().filter(|question| question.kind == "secret" && is_shown(question)) {
        if !question.required && !named.contains(&question.name) {
            continue;
        }
        let secret = match keychain.variable("", &question.name) {
            Some(secret) => secret,
            None => from_standard_input(&question.name)?,
        };
        let text = secret.expose_text().ok_or_else(|| Error::new(Kind::Invalid, CHANGE, "the secret is not text"))?;
        secrets.insert(question.name.clone(), text.to_owned());
    }
    Ok(secrets)
}
