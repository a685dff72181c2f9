//! The steps of a destruction at the place: planned, read, confirmed, and carried out as any other change.

use contract::{ConfirmChange, ConfirmDestruction, DestructionWire, NameDestruction, PlanDestruction, PlanWire};
use destruction::{Act, Destruction, Move};
use domain::{DestructionStep, DestructionStroke, DestructionSubject, Error, Kind, OrderId, Result, Timestamp};

use super::Loaded;
use crate::{
    App,
    rotations::{Read, connection_of},
};

const STEP: &str = "plan the destruction's step";

impl App {
    /// The exact calls of a step.
    ///
    /// # Errors
    /// `Conflict` if it is locked, with the evidence; as the provider says why it cannot be done.
    pub async fn plan_destruction(&self, request: PlanDestruction) -> Result<PlanWire> {
        let step = step_of(&request.step)?;
        let loaded = self.destruction(&request.destruction).await?;
        open(&loaded.destruction, step)?;
        let stroke = self.stroke_now(&loaded.destruction, step).await?;
        let connection =
            self.same_place(&connection_of(&loaded.destruction.reference), &loaded.destruction.place).await?;
        let made_for = made_for(step, &stroke);
        let plan = self.plan_wish(connection, stroke.wish).await?;
        self.0.plans.say_for(&plan.order, &request.destruction, &made_for);
        Ok(plan)
    }

    /// Carries out the plan of a step. The destruction has taken its number down before the first call goes out. Before a
    /// step towards the end it is looked once more who uses the item: what came up since the plan was read locks it.
    ///
    /// # Errors
    /// `Conflict` for a plan that is not of this step, or if the item or what is known of its users has changed; as
    /// [`App::confirm_change`]. What became of the order stands in the destruction in any case.
    pub async fn confirm_destruction(&self, request: ConfirmDestruction) -> Result<DestructionWire> {
        let step = step_of(&request.step)?;
        let held = self.hold_wizard(&request.destruction).await?;
        let mut loaded = self.destruction(&request.destruction).await?;
        open(&loaded.destruction, step)?;
        let connection = self.saved(&connection_of(&loaded.destruction.reference)).await?;
        self.writable(connection.id)?;
        if !step.leads_back() {
            loaded = self.look_who_uses(loaded).await?;
            open(&loaded.destruction, step)?;
        }
        let stroke = self.stroke_now(&loaded.destruction, step).await?;
        let confirm = ConfirmChange { order: request.order, digest: request.digest, typed: request.typed };
        self.0.plans.may_confirm(&confirm, &request.destruction, &made_for(step, &stroke), STEP)?;
        let order = OrderId(confirm.order.clone());
        let app = self.clone();
        let work = tokio::spawn(async move {
            let (part, is_final) = (stroke.part, stroke.is_final);
            let loaded = app.act_on(loaded, vec![Act::TakeOrder { step, order, part, is_final }]).await?;
            let confirmed = app.confirm_change(confirm).await;
            let ended = app.learn_destruction(loaded).await;
            drop(held);
            // What the confirmation says is the nearer reason, should neither have come to its end.
            confirmed?;
            ended
        });
        let loaded = work.await.unwrap_or_else(|cause| {
            Err(Error::new(Kind::Unexpected, STEP, "carrying it out broke off inside the app")
                .with_changed(domain::Changed::Unknown)
                .with_next("Open the destruction: it knows the order, and can check what became of it.")
                .with_source(cause))
        })?;
        self.read_afresh(&loaded.destruction).await;
        self.destruction_wire(loaded).await
    }

    /// Finds out what became of an order that is out: from the journal, and by asking the place. Sends nothing.
    ///
    /// # Errors
    /// `Conflict` while somebody carries it out; as the connection says.
    pub async fn check_destruction(&self, request: NameDestruction) -> Result<DestructionWire> {
        let held = self.hold_wizard(&request.destruction).await?;
        let loaded = self.destruction(&request.destruction).await?;
        let loaded = match loaded.destruction.live_order() {
            Some(_) => self.learn_destruction(loaded).await?,
            None => loaded,
        };
        drop(held);
        self.read_afresh(&loaded.destruction).await;
        self.destruction_wire(loaded).await
    }

    /// The change that a step takes, of the item as it is now.
    async fn stroke_now(&self, destruction: &Destruction, step: DestructionStep) -> Result<DestructionStroke> {
        let seen = self.read_afresh(destruction).await;
        stroke(destruction, seen.read()?, step)
    }
}

/// The change that a step takes.
pub(super) fn stroke(destruction: &Destruction, read: &Read, step: DestructionStep) -> Result<DestructionStroke> {
    let (days, stopped) = (destruction.settings.wait_days, destruction.stopped.as_slice());
    read.destructions()?.stroke(&DestructionSubject { item: &read.detail, days, stopped }, step)
}

/// What a plan was made for: another part or another wait is another plan.
fn made_for(step: DestructionStep, stroke: &DestructionStroke) -> String {
    format!("{} {:?} {:?}", step.word(), stroke.wish.ask, stroke.wish.answers)
}

fn open(destruction: &Destruction, step: DestructionStep) -> Result<()> {
    match destruction.lock(&Move::Order(step), Timestamp::now()) {
        None => Ok(()),
        Some(lock) => Err(lock.refuses(STEP)),
    }
}

fn step_of(word: &str) -> Result<DestructionStep> {
    DestructionStep::ALL.into_iter().find(|step| step.word() == word).ok_or_else(|| {
        Error::new(Kind::Invalid, STEP, format!("\"{word}\" is no step of a destruction"))
            .with_next("Choose one of the steps that the destruction shows.")
    })
}

impl Loaded {
    /// The number of the order that is out, and its step.
    pub(super) fn live(&self) -> Option<(OrderId, DestructionStep)> {
        self.destruction.live_order().map(|live| (live.order.clone(), live.step))
    }
}
