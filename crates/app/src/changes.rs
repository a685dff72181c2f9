//! Changes: asked, planned, read, confirmed, carried out, settled. The engine that every dangerous job stands on.
//!
//! A change is refused here unless its connection is in write mode, whatever the window or the command line think; and
//! nothing is sent before the journal has taken it down.

mod carry_out;
mod files;
mod plans;
mod recover;
mod seal;
mod write_mode;

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use contract::{
    AskQuestions, ChangeForm, ConfirmChange, DropPlan, NameOrder, Nothing, OfferWire, OpenVault, OrderWire, PlanChange,
    PlanWire, SetWriteMode, StepWire, TargetWire, TierWire, UndoWire, WireError, WriteMode,
};
use domain::{
    Ask, Bringing, Change, Error, Event, ItemRef, Kind, OrderId, Plan, Provider, Result, Secret, SecretAnswers, Stage,
    Target, Tier, Undo, VaultId, Wish,
};
use journal::SavedConnection;

use crate::{App, off_thread, wire};
use plans::Pending;
pub(crate) use plans::Plans;
pub(crate) use plans::fit;
pub(crate) use seal::KeychainSeal;
pub use write_mode::Limits;
pub(crate) use write_mode::{Until, WriteModes};

const PLAN: &str = "plan the change";
const CONFIRM: &str = "confirm the change";

/// What a change is about, found.
struct Place {
    connection: SavedConnection,
    provider: Arc<dyn Provider>,
    target: Target,
}

impl App {
    /// What may be made in a vault now, and for everything else, why not.
    ///
    /// # Errors
    /// As the connection says if it cannot be signed in to.
    pub async fn vault_offers(&self, request: OpenVault) -> Result<Vec<OfferWire>> {
        let target = TargetWire::Vault { connection: request.connection, vault: request.vault };
        let place = self.place(&target).await?;
        let offers = place.provider.changes().vault_offers(place.target.vault()).await;
        Ok(offers.iter().map(wire::offer).collect())
    }

    /// What must be asked before a change.
    ///
    /// # Errors
    /// `Invalid` for a word that is no change, or as the provider says.
    pub async fn change_questions(&self, request: AskQuestions) -> Result<ChangeForm> {
        let (ask, place) = (ask(&request.ask)?, self.place(&request.target).await?);
        let questions = place.provider.changes().questions(ask, &place.target).await;
        let questions = self.heard(place.connection.id, questions)?;
        Ok(ChangeForm { questions: questions.iter().map(wire::question).collect() })
    }

    /// The exact calls a change would make. Nothing is done; the plan waits ten minutes for its confirmation.
    ///
    /// # Errors
    /// `Invalid` for answers that do not fit, or as the provider says why it cannot be done.
    pub async fn plan_change(&self, mut request: PlanChange) -> Result<PlanWire> {
        let (ask, place) = (ask(&request.ask)?, self.place(&request.target).await?);
        let secrets = std::mem::take(&mut request.secrets);
        let secrets = secrets.into_iter().map(|(name, value)| (name, Secret::from_text(value))).collect();
        self.plan(place, ask, std::mem::take(&mut request.answers), secrets).await
    }

    /// The plan that would take an order back.
    ///
    /// # Errors
    /// `NotFound` if there is no such order, `Conflict` if it is not done, `Unsupported` if the provider cannot take it
    /// back, or as it says.
    pub async fn plan_undo(&self, request: NameOrder) -> Result<PlanWire> {
        const UNDO: &str = "undo the change";
        let (chain, id) = (self.0.chain.clone(), OrderId(request.order));
        let records = off_thread(move || domain::Ledger::history(&chain, &id)).await?;
        let is_done = matches!(Stage::of(&records), Some(Stage::Finished));
        let Some(Event::Intent { connection, place, plan, .. }) = records.into_iter().next().map(|first| first.event)
        else {
            return Err(Error::new(Kind::NotFound, UNDO, "the journal has no such order"));
        };
        if !is_done {
            return Err(Error::new(Kind::Conflict, UNDO, format!("\"{}\" is not known to be done", plan.title))
                .with_refused_by("this app")
                .with_next("Check it first if its outcome is unknown; what was not done needs no undoing."));
        }
        let Some(Undo { ask, target, answers, .. }) = plan.undo else {
            return Err(Error::new(Kind::Unsupported, UNDO, format!("\"{}\" cannot be taken back", plan.title))
                .with_refused_by("this app")
                .with_next("Make a change of its own where the provider has one."));
        };
        let connection = self.same_place(&connection, &place).await?;
        self.plan_wish(connection, Wish { ask, target, answers }).await
    }

    /// Forgets a plan that was not confirmed, with its secrets.
    ///
    /// # Errors
    /// None; the table wants a `Result`.
    pub async fn drop_plan(&self, request: DropPlan) -> Result<Nothing> {
        self.0.plans.take(&request.order);
        Ok(Nothing {})
    }

    /// Carries out a plan that was read. The answer comes when it is settled, or when it is clear that it cannot be yet.
    /// What was begun goes on even if nobody waits for the answer any more.
    ///
    /// # Errors
    /// `Denied` while the connection is read-only, `NotFound` for a plan that is gone, `Conflict` for another plan than
    /// the one that was read, `Invalid` for a wrong name, and what the journal says. Then nothing was sent.
    pub async fn confirm_change(&self, request: ConfirmChange) -> Result<OrderWire> {
        let gone = || {
            Error::new(
                Kind::NotFound,
                CONFIRM,
                "the plan is not there any more: it was used, or is older than ten minutes",
            )
            .with_refused_by("this app")
            .with_next("Make the plan anew, read it, and confirm it.")
        };
        let connection = self.0.plans.connection(&request.order).ok_or_else(gone)?;
        self.writable(connection)?;
        let reviewed = self.0.plans.plan(&request.order).ok_or_else(gone)?;
        let reviewed = reviewed.reviewed(&request.digest, request.typed.as_deref())?;
        let pending = self.0.plans.take(&request.order).ok_or_else(gone)?;
        let (app, id) = (self.clone(), OrderId(request.order));
        let work = tokio::spawn(async move {
            app.order(&id, pending, reviewed).await?;
            app.order_wire(&id).await
        });
        work.await.unwrap_or_else(|cause| {
            Err(Error::new(Kind::Unexpected, CONFIRM, "carrying it out broke off inside the app")
                .with_changed(domain::Changed::Unknown)
                .with_next("Look at Activity: what was sent stands there, and can be checked.")
                .with_source(cause))
        })
    }

    /// Allows changes through a connection for fifteen minutes, or no longer.
    ///
    /// # Errors
    /// `NotFound` if there is no such connection; what the journal says, and then it stays read-only.
    pub async fn set_write_mode(&self, request: SetWriteMode) -> Result<WriteMode> {
        let saved = self.saved(&request.connection).await?;
        if !request.on {
            // Whatever the journal says: nothing more goes out.
            self.0.writes.set(saved.id, None);
        }
        let _turn = self.0.writes.turn.lock().await;
        let until = request.on.then(|| Until::after(self.limits().writes));
        let connection = saved.connection.name;
        self.write(Event::WriteMode { connection, until: until.map(|until| until.wall) }).await?;
        self.0.writes.set(saved.id, until);
        Ok(WriteMode { until: until.map(|until| wire::instant(until.wall)) })
    }

    /// The same app with other limits: for tests.
    pub fn set_limits(&self, limits: Limits) {
        *crate::locked(&self.0.limits) = limits;
    }

    /// The same app with another patience for effects that are not seen: for tests.
    pub fn set_patience(&self, patience: Duration) {
        let mut limits = crate::locked(&self.0.limits);
        (limits.late, limits.lost) = (patience, patience);
    }

    pub(crate) fn limits(&self) -> Limits {
        *crate::locked(&self.0.limits)
    }

    /// The plan of a change that something else than a person's form wants.
    pub(crate) async fn plan_wish(&self, connection: SavedConnection, wish: Wish) -> Result<PlanWire> {
        self.plan_bringing(connection, Bringing { wish, secrets: SecretAnswers::new() }).await
    }

    /// The same, with secret answers that something else than a person's form gives.
    pub(crate) async fn plan_bringing(&self, connection: SavedConnection, bringing: Bringing) -> Result<PlanWire> {
        let provider = self.heard(connection.id, self.provider(&connection).await)?;
        let Bringing { wish: Wish { ask, target, answers }, secrets } = bringing;
        self.plan(Place { connection, provider, target }, ask, answers, secrets).await
    }

    /// Whether changes may go through the connection of that number now.
    pub(crate) fn writable(&self, connection: i64) -> Result<()> {
        if self.0.writes.until(connection).is_some() {
            return Ok(());
        }
        Err(Error::new(Kind::Denied, CONFIRM, "the connection is read-only")
            .with_refused_by("this app")
            .with_next("Allow changes through this connection for 15 minutes, then confirm again."))
    }

    /// Takes an event down in the journal.
    pub(crate) async fn write(&self, event: Event) -> Result<()> {
        let chain = self.0.chain.clone();
        off_thread(move || domain::Ledger::append(&chain, event).map(drop)).await
    }

    async fn place(&self, target: &TargetWire) -> Result<Place> {
        match target {
            TargetWire::Item { reference } => {
                let found = self.find(reference).await?;
                Ok(Place { connection: found.connection, provider: found.provider, target: Target::Item(found.key) })
            }
            TargetWire::Vault { connection, vault } => {
                let connection = self.saved(connection).await?;
                let provider = self.heard(connection.id, self.provider(&connection).await)?;
                Ok(Place { connection, provider, target: Target::Vault(VaultId(vault.clone())) })
            }
        }
    }

    async fn plan(
        &self,
        place: Place,
        ask: Ask,
        answers: BTreeMap<String, String>,
        mut secrets: SecretAnswers,
    ) -> Result<PlanWire> {
        let Place { connection, provider, target } = place;
        let changes = provider.changes();
        let questions = self.heard(connection.id, changes.questions(ask, &target).await)?;
        let answers = fit(&questions, answers, &secrets)?;
        let files = self.read_files(&questions, &answers).await?;
        secrets.extend(files);
        let order = OrderId(ulid::Ulid::r#gen().to_string());
        let change = Change { order: order.clone(), ask, target, answers, secrets };
        let mut plan = self.heard(connection.id, changes.plan(&change).await)?;
        if plan.steps.is_empty() {
            return Err(Error::new(Kind::Conflict, PLAN, "everything is so already")
                .with_refused_by("this app")
                .with_next("There is nothing to do."));
        }
        if ask == Ask::ChangePolicy {
            let weighed = self.weigh_policy(&*provider, &mut plan, &change.answers).await;
            self.heard(connection.id, weighed)?;
        }
        if connection.connection.environment.as_deref() == Some("production") {
            // Nothing is done in production at one press.
            plan.tier = plan.tier.max(Tier::Consequences);
        }
        let actor = match self.0.sessions.identity(connection.id) {
            Some(identity) => identity.name,
            None => provider.identity().await.map_or_else(|_| "not told".to_owned(), |identity| identity.name),
        };
        let plan_wire = self.plan_wire(&order, &plan, &connection, &actor);
        let secrets = Arc::new(change.secrets);
        let pending = Pending { plan, secrets, connection, provider, actor, wizard: None };
        self.0.plans.keep(order.0, pending, Until::after(self.limits().plans));
        Ok(plan_wire)
    }

    fn plan_wire(&self, order: &OrderId, plan: &Plan, connection: &SavedConnection, actor: &str) -> PlanWire {
        PlanWire {
            order: order.0.clone(),
            digest: plan.digest(),
            ask: plan.ask.word().to_owned(),
            title: plan.title.clone(),
            name: plan.name.clone(),
            connection: connection.connection.name.clone(),
            environment: connection.connection.environment.clone(),
            actor: actor.to_owned(),
            tier: match plan.tier {
                Tier::Consequences => TierWire::Consequences,
                Tier::Name => TierWire::Name,
                Tier::Undo => TierWire::Undo,
            },
            effects: plan.effects.clone(),
            warnings: plan.warnings.clone(),
            steps: plan.steps.iter().map(step).collect(),
            undo: undo(plan),
            blocked: self.writable(connection.id).err().as_ref().map(WireError::from),
        }
    }
}

/// Whether a plan can be taken back.
pub(crate) fn undo(plan: &Plan) -> UndoWire {
    match &plan.undo {
        None => UndoWire::No,
        Some(Undo { whole: false, .. }) => UndoWire::RollBack,
        Some(Undo { whole: true, .. }) => UndoWire::Whole,
    }
}

/// The item a plan is about, if it is about one.
pub(crate) fn reference(connection: &str, plan: &Plan) -> Option<ItemRef> {
    let key = plan.target.item()?.clone();
    Some(ItemRef { connection: connection.to_owned(), key })
}

fn step(step: &domain::Step) -> StepWire {
    StepWire { says: step.says.clone(), operation: step.operation.clone(), command: step.command.clone() }
}

fn ask(word: &str) -> Result<Ask> {
    let mut all = Ask::OF_ITEM.into_iter().chain(Ask::OF_VAULT);
    all.find(|ask| ask.changes() && ask.word() == word).ok_or_else(|| {
        Error::new(Kind::Invalid, PLAN, format!("\"{word}\" is no change that Claviger knows"))
            .with_next("Choose one of the changes that the item or vault offers.")
    })
}
