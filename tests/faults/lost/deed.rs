//! A deed: one change that a place offers on one kind of thing, found by the place's own offers, and how it is tried.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use app::{Connector, Providers};
use contract::{OrderState, OrderWire, PlanChange, PlanWire, TargetWire};
use domain::{Answer, Ask, Bringing, Item, ItemKey, Provider, QuestionKind, Secret, Target, VaultId};
use libtest_mimic::Failed;
use servers::{State, brought};
use tempfile::TempDir;

use super::{
    fault::{Fault, Strike},
    person::{CONNECTION, Person},
    place::{Line, Made, Place, Scene},
};

/// What makes a change possible that a fresh thing does not offer: those of these that the place offers, in this order.
const FIRST: &[(Ask, &[Ask])] = &[
    (Ask::CancelDeletion, &[Ask::ScheduleDeletion]),
    (Ask::Delete, &[Ask::Configure, Ask::Disable, Ask::ScheduleDeletion]),
    (Ask::DeleteAlias, &[Ask::CreateAlias]),
    (Ask::DeleteVersions, &[Ask::WriteValue, Ask::Rotate]),
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
    pub(crate) way: Way,
    /// Whether the fixture's own thing offers it as it is, so that its twin must too.
    pub(crate) offered: bool,
}

/// What it is done to.
#[derive(Clone, Debug)]
pub(crate) enum On {
    /// A thing like the fixture's of that name.
    Like(String),
    /// A vault, in which something is made.
    Vault(VaultId),
}

/// How one comes to a change.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) enum Way {
    /// By its own questions.
    Asked,
    /// By bringing a key that the place has not had.
    Brought,
    /// By bringing the material that an item has had once more.
    Again,
    /// By bringing other material than an item has.
    Other,
}

/// Somebody at a scene of a place.
pub(crate) struct Setting {
    pub(crate) scene: Scene,
    pub(crate) line: Line,
    pub(crate) strike: Arc<Strike>,
    pub(crate) person: Person,
    /// A sign-in that goes straight to the place.
    eyes: Arc<dyn Provider>,
    /// What the person has on this computer.
    files: TempDir,
}

/// A deed that waits for its confirmation.
pub(crate) struct Ready {
    pub(crate) setting: Setting,
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
    pub(crate) fn change(&self) -> (&'static str, Ask, Way) {
        (self.kind, self.ask, self.way)
    }

    /// Whether it is this ask of this kind of thing, however one comes to it.
    pub(crate) fn is(&self, kind: &str, ask: Ask) -> bool {
        (self.kind, self.ask) == (kind, ask)
    }

    /// Makes a scene for it and plans it there. `None` if the place does not offer it after all.
    pub(crate) async fn ready(&self, place: &dyn Place, fault: Fault) -> Result<Option<Ready>, Failed> {
        let Some(setting) = self.set(place, fault).await? else { return Ok(None) };
        let plan = setting.plan(self.ask, &self.on, self.way).await?;
        let made = Made { ask: self.ask, order: plan.order.clone(), name: plan.name.clone() };
        let before = place.state(&setting.scene, &made).await?;
        let sent = (setting.line.sent)().len();
        Ok(Some(Ready { setting, plan, made, before, sent }))
    }

    /// Makes a scene for it, at which it is offered. `None` if the place does not offer it after all.
    pub(crate) async fn set(&self, place: &dyn Place, fault: Fault) -> Result<Option<Setting>, Failed> {
        let setting = Setting::new(place, self, fault).await?;
        let offered = matches!(self.on, On::Vault(_)) || setting.make_possible(self.ask, &self.on).await?;
        Ok(offered.then_some(setting))
    }

    /// Does it with every answer arriving.
    pub(crate) async fn honest(&self, place: &dyn Place) -> Result<Option<Honest>, Failed> {
        // A strike that is never armed.
        let Some(ready) = self.ready(place, Fault::ResetBefore).await? else { return Ok(None) };
        done(&ready.setting.person.confirm(&ready.plan).await?)?;
        let after = place.state(&ready.setting.scene, &ready.made).await?;
        if after == ready.before {
            return Err("the server shows nothing of it".into());
        }
        let sent = (ready.setting.line.sent)().len() - ready.sent;
        Ok(Some(Honest { before: ready.before, after, sent }))
    }
}

impl Setting {
    async fn new(place: &dyn Place, deed: &Deed, fault: Fault) -> Result<Self, Failed> {
        let mark = mark();
        let like = match &deed.on {
            On::Like(like) => Some(like.as_str()),
            On::Vault(_) => None,
        };
        let scene = place.scene(like, &mark).await?;
        if deed.ask == Ask::MoveAlias {
            // Another one, to take it from.
            place.scene(like, &format!("{mark}d")).await?;
        }
        let strike = Arc::new(Strike::of(fault));
        let line = place.line(&scene, Arc::clone(&strike)).await?;
        let connector = Arc::clone(&line.connector);
        let person = Person::new(place.draft(&line.through), place.environment(), connector).await?;
        let eyes = eyes(place, &scene.place).await?;
        Ok(Self { scene, line, strike, person, eyes, files: TempDir::new()? })
    }

    /// The key of the scene's item.
    fn key(&self) -> Result<ItemKey, Failed> {
        let address = self.scene.item.as_deref().unwrap_or_default();
        Ok(self.eyes.inventory().locate(address).ok_or_else(|| format!("{address} is not located"))?)
    }

    async fn allowed(&self) -> Result<Vec<Ask>, Failed> {
        allowed(&*self.eyes, &self.key()?).await
    }

    /// Does what must be done first. Whether the place offers it then.
    async fn make_possible(&self, ask: Ask, on: &On) -> Result<bool, Failed> {
        for before in first(ask) {
            if self.allowed().await?.contains(&ask) {
                return Ok(true);
            }
            if Box::pin(self.make_possible(*before, on)).await? {
                let plan = self.plan(*before, on, Way::Asked).await?;
                done(&self.person.confirm(&plan).await?)?;
            }
        }
        Ok(self.allowed().await?.contains(&ask))
    }

    /// The plan of an ask, with the answers that a person might give.
    async fn plan(&self, ask: Ask, on: &On, way: Way) -> Result<PlanWire, Failed> {
        let request = self.request(ask, on, way, &self.line.through).await?;
        let said = format!("{ask:?} with {:?}", request.answers);
        self.person.plan(request).await.map_err(|error| format!("{said}: {error}").into())
    }

    /// What is asked for such a plan by one who is connected through an address.
    pub(crate) async fn request(&self, ask: Ask, on: &On, way: Way, through: &str) -> Result<PlanChange, Failed> {
        let (target, wire) = match on {
            On::Vault(vault) => (
                Target::Vault(vault.clone()),
                TargetWire::Vault { connection: CONNECTION.to_owned(), vault: vault.0.clone() },
            ),
            On::Like(_) => {
                let address = self.scene.item.as_deref().unwrap_or_default();
                let reference = address.replace(&self.scene.place, through);
                (Target::Item(self.key()?), TargetWire::Item { reference })
            }
        };
        let questions = self.eyes.changes().questions(ask, &target).await?;
        let (mut answers, mut secrets) = match self.brought(&target, way).await? {
            Some(Bringing { wish, secrets }) => (wish.answers, secrets),
            None => servers::answers::answers(ask, &questions, &self.scene.mark),
        };
        if ask == Ask::Restore {
            let (name, copy) = self.saved(target.vault()).await?;
            answers.extend([("name".to_owned(), name)]);
            secrets.insert("backup".to_owned(), copy);
        }
        for question in questions.iter().filter(|question| question.kind == QuestionKind::File) {
            // The app reads a file by itself.
            if let Some(content) = secrets.remove(question.name) {
                let path = self.files.path().join(question.name);
                std::fs::write(&path, content.expose())?;
                answers.insert(question.name.to_owned(), path.display().to_string());
            }
        }
        let text = |secret: &Secret| secret.expose_text().unwrap_or_default().to_owned();
        let secrets = secrets.iter().map(|(name, secret)| (name.clone(), text(secret))).collect::<BTreeMap<_, _>>();
        Ok(PlanChange { ask: ask.word().to_owned(), target: wire, answers, secrets })
    }
}

impl Setting {
    /// What goes with a change to which one comes by bringing a key.
    async fn brought(&self, target: &Target, way: Way) -> Result<Option<Bringing>, Failed> {
        let (eyes, mark) = (&*self.eyes, &self.scene.mark);
        let brought = match (way, target) {
            (Way::Asked, _) => return Ok(None),
            (Way::Brought, Target::Vault(vault)) => brought::into_vault(eyes, vault, mark).await?,
            (Way::Again | Way::Brought | Way::Other, target) => {
                brought::into_item(eyes, target, mark, way == Way::Other).await?
            }
        };
        Ok(Some(brought.ok_or("no key is brought there after all")?))
    }

    /// A saved copy of a thing of this scene in another vault, with its name.
    async fn saved(&self, vault: &VaultId) -> Result<(String, Secret), Failed> {
        let listing = servers::Listing::of(&*self.eyes).await;
        let fits = |item: &&Item| item.key.vault != *vault && item.name.contains(&format!("-{}-", self.scene.mark));
        let item = listing.items.iter().find(fits).ok_or("there is nothing to save")?;
        let backups = self.eyes.backups().ok_or("copies are taken back, and none are made")?;
        Ok((item.name.clone(), Secret::new(backups.back_up(&item.key).await?)))
    }
}

fn first(ask: Ask) -> &'static [Ask] {
    FIRST.iter().find(|(one, _)| *one == ask).map_or(&[], |(_, first)| first)
}

/// Whether a thing that offers this could be brought to offer the ask.
fn within_reach(ask: Ask, offered: &[Ask]) -> bool {
    offered.contains(&ask) || first(ask).iter().any(|first| within_reach(*first, offered))
}

/// Whether an order was carried out to its end.
fn done(order: &OrderWire) -> Result<(), Failed> {
    if order.state == OrderState::Done {
        return Ok(());
    }
    Err(format!("{} ends {:?}: {:?}", order.title, order.state, order.error).into())
}

/// Every deed of a place that its offers name, on one thing of each kind and algorithm; those that need others first are
/// among them if these are offered.
pub(crate) async fn of(place: &dyn Place, address: &str) -> Result<Vec<Deed>, Failed> {
    let eyes = eyes(place, address).await?;
    let listing = servers::Listing::of(&*eyes).await;
    let mut deeds = Vec::new();
    for item in listing.one_of_each_with_takers(&*eyes).await {
        let offered = allowed(&*eyes, &item.key).await?;
        for ask in Ask::OF_ITEM.into_iter().filter(|ask| within_reach(*ask, &offered)) {
            for way in ways(&*eyes, ask, item).await? {
                let on = On::Like(item.name.clone());
                deeds.push(Deed { ask, kind: item.native_kind, on, way, offered: offered.contains(&ask) });
            }
        }
    }
    for (vault, _) in &listing.vaults {
        let brought = brought::into_vault(&*eyes, &vault.id, &mark()).await?.map(|bringing| bringing.wish.ask);
        for offer in eyes.changes().vault_offers(&vault.id).await {
            // A vault has one list of contacts and one of issuers, and trials that run side by side would take what is in
            // them from each other.
            let shared = matches!(offer.ask, Ask::DeleteIssuer | Ask::SetContacts);
            if offer.answer == Answer::Allow && !shared {
                let ways = [Way::Asked].into_iter().chain((brought == Some(offer.ask)).then_some(Way::Brought));
                let on = On::Vault(vault.id.clone());
                let deed = |way| Deed { ask: offer.ask, kind: vault.native_kind, on: on.clone(), way, offered: true };
                deeds.extend(ways.map(deed));
            }
        }
    }
    Ok(deeds)
}

/// How one comes to a change of an item.
async fn ways(eyes: &dyn Provider, ask: Ask, item: &Item) -> Result<Vec<Way>, Failed> {
    if ask != Ask::ImportMaterial {
        return Ok(vec![Way::Asked]);
    }
    if item.state == domain::State::PendingImport {
        return Ok(vec![Way::Brought]);
    }
    let mut ways = Vec::new();
    for way in [Way::Again, Way::Other] {
        let target = Target::Item(item.key.clone());
        ways.extend(brought::into_item(eyes, &target, &mark(), way == Way::Other).await?.map(|_| way));
    }
    Ok(ways)
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
