//! The steps of a rotation at the place: planned, read, confirmed, and carried out as any other change.

use contract::{ConfirmChange, ConfirmRotation, NameRotation, PlanRotation, PlanWire, RotationWire};
use domain::{Error, ItemKey, Kind, OrderId, Result, RotationStep, RotationSubject, Switch, Timestamp, Wish};
use rotation::{Act, Move, Rotation};

use super::{Loaded, connection_of, item_of, seen::Read};
use crate::App;

const STEP: &str = "plan the rotation's step";

impl App {
    /// The exact calls of a step.
    ///
    /// # Errors
    /// `Conflict` if it is locked, or the item was rotated elsewhere in the meantime; as the provider says why it cannot be
    /// done.
    pub async fn plan_rotation(&self, request: PlanRotation) -> Result<PlanWire> {
        let step = step_of(&request.step)?;
        let loaded = self.rotation(&request.rotation).await?;
        open(&loaded.rotation, step)?;
        let wish = self.wish_now(&loaded.rotation, step).await?;
        let connection = self.same_place(&connection_of(&loaded.rotation.reference), &loaded.rotation.place).await?;
        let plan = self.plan_wish(connection, wish).await?;
        self.0.plans.say_for(&plan.order, &request.rotation, step.word());
        Ok(plan)
    }

    /// Carries out the plan of a step. The rotation has taken its number down before the first call goes out.
    ///
    /// # Errors
    /// `Conflict` for a plan that is not of this step or if the item was rotated elsewhere in the meantime; as
    /// [`App::confirm_change`]. What became of the order stands in the rotation in any case.
    pub async fn confirm_rotation(&self, request: ConfirmRotation) -> Result<RotationWire> {
        let step = step_of(&request.step)?;
        let held = self.hold_wizard(&request.rotation).await?;
        let loaded = self.rotation(&request.rotation).await?;
        open(&loaded.rotation, step)?;
        let confirm = ConfirmChange { order: request.order, digest: request.digest, typed: request.typed };
        self.0.plans.may_confirm(&confirm, &request.rotation, step.word(), STEP)?;
        // Somebody may have rotated it between the reading and the press.
        self.wish_now(&loaded.rotation, step).await?;
        let connection = self.saved(&connection_of(&loaded.rotation.reference)).await?;
        self.writable(connection.id)?;
        let order = OrderId(confirm.order.clone());
        let app = self.clone();
        let work = tokio::spawn(async move {
            let loaded = app.act(loaded, vec![Act::TakeOrder { step, order }]).await?;
            let confirmed = app.confirm_change(confirm).await;
            let ended = app.learn_end(loaded, true).await;
            drop(held);
            // What the confirmation says is the nearer reason, should neither have come to its end.
            confirmed?;
            ended
        });
        let loaded = work.await.unwrap_or_else(|cause| {
            Err(Error::new(Kind::Unexpected, STEP, "carrying it out broke off inside the app")
                .with_changed(domain::Changed::Unknown)
                .with_next("Open the rotation: it knows the order, and can check what became of it.")
                .with_source(cause))
        })?;
        self.look_afresh(&loaded.rotation).await;
        self.rotation_wire(loaded).await
    }

    /// Finds out what became of an order that is out: from the journal, and by asking the place. Sends nothing.
    ///
    /// # Errors
    /// `Conflict` while somebody carries it out; as the connection says.
    pub async fn check_rotation(&self, request: NameRotation) -> Result<RotationWire> {
        let held = self.hold_wizard(&request.rotation).await?;
        let loaded = self.rotation(&request.rotation).await?;
        let loaded = match loaded.rotation.live_order() {
            Some(_) => self.learn_end(loaded, false).await?,
            None => loaded,
        };
        drop(held);
        self.look_afresh(&loaded.rotation).await;
        self.rotation_wire(loaded).await
    }

    /// The change that a step takes, of the item as it is now.
    async fn wish_now(&self, rotation: &Rotation, step: RotationStep) -> Result<Wish> {
        let seen = self.look_afresh(rotation).await;
        let read = seen.read()?;
        self.untouched_elsewhere(rotation, read, step).await?;
        wish(rotation, read, step)
    }

    /// Whether the item still has the version in use that the rotation knows of.
    async fn untouched_elsewhere(&self, rotation: &Rotation, read: &Read, step: RotationStep) -> Result<()> {
        let known = match (step, &rotation.new) {
            (RotationStep::Create, _) | (_, None) => &rotation.old,
            // What takes something back must work whatever somebody else did.
            (RotationStep::KeepOld | RotationStep::EnableOld | RotationStep::SwitchBack, _) => return Ok(()),
            (_, Some(new)) => new,
        };
        let now = match known.reference == rotation.reference {
            true => read.detail.item.current_version.clone(),
            false => {
                let found = self.find(&known.reference).await?;
                self.detail(&found).await?.item.current_version
            }
        };
        match (&known.version, &now) {
            (Some(known), Some(now)) if known != now => {
                let message =
                    format!("the item was rotated elsewhere in the meantime: version {now} is current, not {known}");
                Err(Error::new(Kind::Conflict, STEP, message).with_refused_by("this app").with_next(
                    "Find out who did that, in the place's own log. Then take this rotation back or throw it away, and \
                     begin from what is there now.",
                ))
            }
            _ => Ok(()),
        }
    }
}

/// The change that a step takes.
pub(super) fn wish(rotation: &Rotation, read: &Read, step: RotationStep) -> Result<Wish> {
    let Some(method) = rotation.method else {
        return Err(Error::new(Kind::Conflict, STEP, "no method is chosen").with_next("Choose one first."));
    };
    let new: Option<ItemKey> = rotation.new.as_ref().map(item_of).transpose()?.map(|reference| reference.key);
    let subject = RotationSubject {
        old_version: rotation.old.version.as_deref(),
        new: new.as_ref(),
        new_version: rotation.new.as_ref().and_then(|new| new.version.as_deref()),
        alias: rotation.switch.as_ref().and_then(Switch::alias),
        ..read.subject(method)
    };
    read.rotations()?.wish(&subject, step)
}

fn open(rotation: &Rotation, step: RotationStep) -> Result<()> {
    match rotation.lock(&Move::Order(step), Timestamp::now()) {
        None => Ok(()),
        Some(lock) => Err(lock.refuses(STEP)),
    }
}

fn step_of(word: &str) -> Result<RotationStep> {
    RotationStep::ALL.into_iter().find(|step| step.word() == word).ok_or_else(|| {
        Error::new(Kind::Invalid, STEP, format!("\"{word}\" is no step of a rotation"))
            .with_next("Choose one of the steps that the rotation shows.")
    })
}

impl Loaded {
    /// The number of the order that is out.
    pub(super) fn live(&self) -> Option<(OrderId, RotationStep)> {
        self.rotation.live_order().map(|live| (live.order.clone(), live.step))
    }
}
