//! A deed: one change that a place offers on one kind of thing, found by the place's own offers, and how it is tried.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use app::{Connector, Providers};
use contract::{OrderState, OrderWire, PlanWire, TargetWire};
use domain::{Answer, Ask, ItemKey, Provider, Secret, Target, VaultId};
use libtest_mimic::Failed;
use servers::State;

use super::{
    fault::{Fault, Strike},
    person::{CONNECTION, Person},
    place::{Line, Made, Place, Scene},
};

/// What makes a change possible that a fresh thing does not offer: these before it, in this order.
const FIRST: &[(Ask, &[Ask])] = &[
    (Ask::CancelDeletion, &[Ask::ScheduleDeletion]),
    (Ask::Delete, &[Ask::Configure]),
    (Ask::DeleteAlias, &[Ask::CreateAlias]),
    (Ask::Enable, &[Ask::Disable]),
    (Ask::RetireGrant, &[Ask::CreateGrant]),
    (Ask::RevokeGrant, &[Ask::CreateGrant]),
    (Ask::RollBack, &[Ask::WriteValue]),
    (Ask::Trim, &[Ask::Rotate, Ask::Configure]),
    (Ask::UndeleteVersions, &[Ask::DeleteVersions]),
];

/// One change on one kind of thing.
#[derive(Clone, Debug)]
pub(crate) struct Deed {
    pub(crate) ask: Ask,
    /// The provider's word for the item or the vault.
    pub(crate) kind: &'static str,
    pub(crate) on: On,
}

/// What it is done to.
#[derive(Clone, Debug)]
pub(crate) enum On {
    /// A thing like the fixture's of that name.
    Like(String),
    /// A vault, in which something is made.
    Vault(VaultId),
}

/// A deed that waits for its confirmation.
pub(crate) struct Ready {
    pub(crate) scene: Scene,
    pub(crate) line: Line,
    pub(crate) strike: Arc<Strike>,
    pub(crate) person: Person,
    pub(crate) plan: PlanWire,
    pub(crate) made: Made,
    pub(crate) before: State,
    /// How many requests had changed something before it.
    pub(crate) sent: usize,
}

/// What a deed comes to when no answer is lost: what every cell is compared with.
#[derive(Clone, Debug)]
pub(crate) struct Honest {
    pub(crate) before: State,
    pub(crate) after: State,
    /// The requests that it takes.
    pub(crate) sent: usize,
}

impl Deed {
    /// What is changed, whatever the algorithm: what every place of a provider is compared by.
    pub(crate) fn change(&self) -> (&'static str, Ask) {
        (self.kind, self.ask)
    }

    /// Makes a scene for it and plans it there. `None` if the place does not offer it after all.
    pub(crate) async fn ready(&self, place: &dyn Place, fault: Fault) -> Result<Option<Ready>, Failed> {
        let mark = mark();
        let like = match &self.on {
            On::Like(like) => Some(like.as_str()),
            On::Vault(_) => None,
        };
        let scene = place.scene(like, &mark).await?;
        if self.ask == Ask::MoveAlias {
            // Another one, to take it from.
            place.scene(like, &format!("{mark}d")).await?;
        }
        let strike = Arc::new(Strike::of(fault));
        let line = place.line(&scene, Arc::clone(&strike)).await?;
        let connector = Arc::clone(&line.connector);
        let person = Person::new(place.draft(&line.through), place.environment(), connector).await?;
        let eyes = eyes(place, &scene.place).await?;
        let key = scene
            .item
            .as_deref()
            .map(|address| eyes.inventory().locate(address).ok_or_else(|| format!("{address} is not located")));
        let key = key.transpose()?;
        if let Some(key) = &key {
            let first = FIRST.iter().find(|(ask, _)| *ask == self.ask).map_or(&[][..], |(_, first)| *first);
            for ask in first {
                if allowed(&*eyes, key).await?.contains(&self.ask) {
                    break;
                }
                if !allowed(&*eyes, key).await?.contains(ask) {
                    return Ok(None);
                }
                let plan = self.plan(*ask, &*eyes, &person, &scene, &line).await?;
                done(&person.confirm(&plan).await?)?;
            }
            if !allowed(&*eyes, key).await?.contains(&self.ask) {
                return Ok(None);
            }
        }
        let plan = self.plan(self.ask, &*eyes, &person, &scene, &line).await?;
        let made = Made { ask: self.ask, order: plan.order.clone(), name: plan.name.clone() };
        let before = place.state(&scene, &made).await?;
        let sent = (line.sent)().len();
        Ok(Some(Ready { scene, line, strike, person, plan, made, before, sent }))
    }

    async fn plan(
        &self,
        ask: Ask,
        eyes: &dyn Provider,
        person: &Person,
        scene: &Scene,
        line: &Line,
    ) -> Result<PlanWire, Failed> {
        let (target, wire) = match (&self.on, &scene.item) {
            (On::Vault(vault), _) => (
                Target::Vault(vault.clone()),
                TargetWire::Vault { connection: CONNECTION.to_owned(), vault: vault.0.clone() },
            ),
            (On::Like(_), item) => {
                let address = item.as_deref().unwrap_or_default();
                let key = eyes.inventory().locate(address).ok_or_else(|| format!("{address} is not located"))?;
                (Target::Item(key), TargetWire::Item { reference: address.replace(&scene.place, &line.through) })
            }
        };
        let questions = eyes.changes().questions(ask, &target).await?;
        let (answers, secrets) = servers::answers::answers(ask, &questions, &scene.mark);
        let text = |secret: &Secret| secret.expose_text().unwrap_or_default().to_owned();
        let secrets = secrets.iter().map(|(name, secret)| (name.clone(), text(secret))).collect::<BTreeMap<_, _>>();
        let said = format!("{ask:?} with {answers:?}");
        person.plan(ask, wire, answers, secrets).await.map_err(|error| format!("{said}: {error}").into())
    }

    /// Does it with every answer arriving.
    pub(crate) async fn honest(&self, place: &dyn Place) -> Result<Option<Honest>, Failed> {
        // A strike that is never armed.
        let Some(ready) = self.ready(place, Fault::ResetBefore).await? else { return Ok(None) };
        done(&ready.person.confirm(&ready.plan).await?)?;
        let after = place.state(&ready.scene, &ready.made).await?;
        if after == ready.before {
            return Err("the server shows nothing of it".into());
        }
        let sent = (ready.line.sent)().len() - ready.sent;
        Ok(Some(Honest { before: ready.before, after, sent }))
    }
}

/// Whether an order was carried out to its end.
fn done(order: &OrderWire) -> Result<(), Failed> {
    if order.state == OrderState::Done {
        return Ok(());
    }
    Err(format!("{} ends {:?}: {:?}", order.title, order.state, order.error).into())
}

/// Every deed of a place that its offers name, on one thing of each kind and algorithm; those that need others first are
/// among them if the first of these is offered.
pub(crate) async fn of(place: &dyn Place, address: &str) -> Result<Vec<Deed>, Failed> {
    let eyes = eyes(place, address).await?;
    let listing = servers::Listing::of(&*eyes).await;
    let mut deeds = Vec::new();
    for item in listing.one_of_each() {
        let offered = allowed(&*eyes, &item.key).await?;
        let first = |ask: &Ask| FIRST.iter().find(|(one, _)| one == ask).and_then(|(_, first)| first.first());
        for ask in Ask::OF_ITEM {
            if offered.contains(&ask) || first(&ask).is_some_and(|first| offered.contains(first)) {
                deeds.push(Deed { ask, kind: item.native_kind, on: On::Like(item.name.clone()) });
            }
        }
    }
    for (vault, _) in &listing.vaults {
        for offer in eyes.changes().vault_offers(&vault.id).await {
            if offer.answer == Answer::Allow {
                deeds.push(Deed { ask: offer.ask, kind: vault.native_kind, on: On::Vault(vault.id.clone()) });
            }
        }
    }
    Ok(deeds)
}

/// A sign-in that goes straight to the place.
async fn eyes(place: &dyn Place, address: &str) -> Result<Arc<dyn Provider>, Failed> {
    let draft = place.draft(address);
    let secrets = draft.secrets.iter().map(|(name, value)| (name.clone(), Secret::from_text(value.clone()))).collect();
    Ok(Providers.connect(&draft.provider, &draft.answers, &secrets, &place.environment()).await?)
}

async fn allowed(eyes: &dyn Provider, key: &ItemKey) -> Result<Vec<Ask>, Failed> {
    let item = eyes.inventory().open(key).await?.item;
    let allowed =
        eyes.offers(&item).await.into_iter().filter(|offer| offer.ask.changes() && offer.answer == Answer::Allow);
    Ok(allowed.map(|offer| offer.ask).collect())
}

/// A text that stands nowhere else, fit for every name.
fn mark() -> String {
    static NEXT: AtomicUsize = AtomicUsize::new(1);
    format!("n{}x", NEXT.fetch_add(1, Ordering::Relaxed))
}
