//! Destructions: the end of an item, from the evidence that nobody uses it to the sheet that says so. Each is saved from its
//! first step on and can be gone on with after weeks or a crash.
//!
//! What may happen next is the crate `destruction`'s to say. Here it is kept, and brought together with the place: orders go
//! through [`changes`](crate::changes), as every other change.

mod ending;
mod evidence;
mod notes;
mod sheet;
mod steps;
mod wire;

use contract::{
    BeginDestruction, DestructionList, DestructionRefused, DestructionWire, DestructionsBegun, NameDestruction,
    NoteDestruction, Nothing, WireError,
};
use destruction::{Act, Destruction, DestructionId, due_dates};
use domain::{DestructionStep, Due, Error, Kind, Result, Timestamp};
use journal::{KeptWizard, WizardKind};

use crate::App;

const OPEN: &str = "open the destruction";
/// More items than a person looks through one by one.
const MOST: usize = 50;

/// A destruction with the state that was seen of it.
pub(crate) struct Loaded {
    destruction: Destruction,
    revision: u32,
}

impl App {
    /// Every destruction.
    ///
    /// # Errors
    /// `Unexpected` if Claviger's file cannot be read.
    pub async fn list_destructions(&self, _: Nothing) -> Result<DestructionList> {
        let kept = self.journal(|journal| journal.wizards(WizardKind::Destruction)).await?;
        let now = Timestamp::now();
        let known = kept.iter().filter_map(|one| loaded(one).ok());
        Ok(DestructionList { destructions: known.map(|one| wire::row(&one.destruction, now)).collect() })
    }

    /// A destruction as it stands, its item read afresh. An item that cannot be read is its trouble, not the end. The
    /// evidence stays what it was: looking is a note of its own.
    ///
    /// # Errors
    /// `NotFound` if there is no such destruction.
    pub async fn open_destruction(&self, request: NameDestruction) -> Result<DestructionWire> {
        let loaded = self.destruction(&request.destruction).await?;
        self.read_afresh(&loaded.destruction).await;
        self.destruction_wire(loaded).await
    }

    /// Begins the destruction of items, or opens those that are under way. Each that begins is looked at: who uses it, and
    /// when it was last used.
    ///
    /// # Errors
    /// `Invalid` for none or too many. What cannot be begun is among the answers, with its reason.
    pub async fn begin_destruction(&self, request: BeginDestruction) -> Result<DestructionsBegun> {
        if request.references.is_empty() || request.references.len() > MOST {
            return Err(Error::new(
                Kind::Invalid,
                "begin the destruction",
                format!("it takes 1 to {MOST} items at once"),
            )
            .with_refused_by("this app")
            .with_next("Choose fewer; nothing was begun."));
        }
        let (mut destructions, mut refused) = (Vec::new(), Vec::new());
        // One after the other: places that tell the last use have small quotas for that.
        for reference in request.references {
            match self.begin_one(&reference).await {
                Ok(begun) => destructions.push(begun),
                Err(error) => refused.push(DestructionRefused { reference, error: WireError::from(error) }),
            }
        }
        Ok(DestructionsBegun { destructions, refused })
    }

    /// Does something with a destruction that touches nothing at the place.
    ///
    /// # Errors
    /// `Conflict` if it is locked or somebody else went on with it, `Invalid` for settings that do not fit. The
    /// destruction is then where it was.
    pub async fn note_destruction(&self, request: NoteDestruction) -> Result<DestructionWire> {
        let loaded = self.destruction(&request.destruction).await?;
        if loaded.revision != request.revision {
            return Err(Error::new(
                Kind::Conflict,
                OPEN,
                "somebody else went on with this destruction in the meantime",
            )
            .with_refused_by("this app")
            .with_next("Look at it as it is now, then do what is still to be done."));
        }
        let loaded = self.note_of_destruction(loaded, request.note).await?;
        self.destruction_wire(loaded).await
    }

    async fn begin_one(&self, asked: &str) -> Result<DestructionWire> {
        let found = self.find(asked).await?;
        let reference = found.reference().to_string();
        let wanted = reference.clone();
        let under_way = self.journal(move |journal| journal.wizard_under_way(WizardKind::Destruction, &wanted)).await?;
        if let Some(kept) = under_way {
            return self.open_destruction(NameDestruction { destruction: kept.id }).await;
        }
        let read = self.read_item(found).await?;
        ends_here(&read)?;
        let id = DestructionId(ulid::Ulid::r#gen().to_string());
        let (name, place) = (read.detail.item.name.clone(), self.leads_to(&read.found.connection));
        let mut destruction = Destruction::begin(id.clone(), reference.clone(), name, place, Timestamp::now());
        if let Some(wait) = read.destructions()?.wait(&read.detail) {
            destruction.settings.wait_days = destruction.settings.wait_days.clamp(wait.least, wait.most);
        }
        self.remember(&id.0, Ok(read));
        let kept = {
            let (body, id) = (body(&destruction)?, id.0.clone());
            self.journal(move |journal| journal.add_wizard(WizardKind::Destruction, &id, &reference, &body)).await?
        };
        let loaded = self.look_who_uses(loaded(&kept)?).await?;
        self.destruction_wire(loaded).await
    }

    /// The destruction of that number.
    async fn destruction(&self, id: &str) -> Result<Loaded> {
        let wanted = id.to_owned();
        let kept = self.journal(move |journal| journal.wizard(WizardKind::Destruction, &wanted)).await?;
        let kept = kept.ok_or_else(|| {
            Error::new(Kind::NotFound, OPEN, format!("there is no destruction {id}"))
                .with_next("Take its number from the list of destructions or from `claviger destructions`.")
        })?;
        loaded(&kept)
    }

    /// Does `acts` one after the other, and keeps what becomes of the destruction: all of them or none.
    async fn act_on(&self, from: Loaded, acts: Vec<Act>) -> Result<Loaded> {
        let (actor, now) = (self.actor(&from.destruction.id.0), Timestamp::now());
        let mut destruction = from.destruction;
        for act in acts {
            destruction = destruction.apply(act, &actor, now)?;
        }
        let (id, over, body) = (destruction.id.0.clone(), destruction.phase.is_over(), body(&destruction)?);
        let revision = self.journal(move |journal| journal.replace_wizard(&id, from.revision, over, &body)).await?;
        Ok(Loaded { destruction, revision })
    }
}

/// What is due in a destruction as it is kept.
pub(crate) fn due_dates_of(kept: &KeptWizard) -> Vec<Due> {
    loaded(kept).map(|one| due_dates(&one.destruction)).unwrap_or_default()
}

/// Whether the item can be ended from here at all.
fn ends_here(read: &crate::rotations::Read) -> Result<()> {
    let lacks = evidence::lacks(read)?;
    if !(lacks.contains(&DestructionStep::Schedule) && lacks.contains(&DestructionStep::Destroy)) {
        return Ok(());
    }
    let subject = domain::DestructionSubject { item: &read.detail, days: 0, stopped: &[] };
    read.destructions()?.stroke(&subject, DestructionStep::Schedule).map(drop)
}

fn loaded(kept: &KeptWizard) -> Result<Loaded> {
    let destruction = serde_json::from_str(&kept.body).map_err(|cause| {
        Error::new(Kind::Unexpected, OPEN, format!("destruction {} does not read back", kept.id))
            .with_next("A newer Claviger may have written it: start that one.")
            .with_source(cause)
    })?;
    Ok(Loaded { destruction, revision: kept.revision })
}

fn body(destruction: &Destruction) -> Result<String> {
    serde_json::to_string(destruction).map_err(|cause| {
        Error::new(Kind::Unexpected, "keep the destruction", "it could not be written down").with_source(cause)
    })
}
