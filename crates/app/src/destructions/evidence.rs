//! Who uses an item, as far as anything tells: the place, what the item shows, and the ledger.

use std::sync::Arc;

use destruction::{Act, Destruction, Evidence, Finding, FindingKind};
use domain::{
    AccessModel, Aspect, DestructionStep, DestructionSubject, Destructions, Error, Grant, ItemDetail, Kind, LastUse,
    Result, Standing, Timestamp,
};
use journal::WizardKind;

use super::Loaded;
use crate::{
    App,
    rotations::{Read, Seen, connection_of},
};

const UNTOLD: &str = "This place does not tell when a key was last used.";

impl Read {
    /// How the place ends items.
    pub(super) fn destructions(&self) -> Result<&dyn Destructions> {
        self.found.provider.destructions().ok_or_else(|| {
            Error::new(Kind::Unsupported, "destroy the item", "this kind of place destroys nothing")
                .with_refused_by("this app")
                .with_next("Use the place's own tool.")
        })
    }
}

impl App {
    /// Reads the item afresh, and remembers it for what follows. It must be of the place that it was of.
    pub(super) async fn read_afresh(&self, destruction: &Destruction) -> Arc<Seen> {
        let read = self.read_again(destruction).await;
        self.remember(&destruction.id.0, read)
    }

    async fn read_again(&self, destruction: &Destruction) -> Result<Read> {
        // Another place under the same name knows nothing of the item, and its "not there" would be no answer.
        self.same_place(&connection_of(&destruction.reference), &destruction.place).await?;
        let found = self.find(&destruction.reference).await?;
        self.read_item(found).await
    }

    /// Looks who uses the item, and keeps what was found.
    ///
    /// # Errors
    /// As the place says if the item cannot be read. One that is not there any more is a finding, not an error.
    pub(super) async fn look_who_uses(&self, loaded: Loaded) -> Result<Loaded> {
        let destruction = &loaded.destruction;
        let read = self.read_again(destruction).await;
        let (evidence, lacks) = match &read {
            Ok(read) => (self.gather(destruction, read).await?, lacks(read)?),
            Err(error) if error.kind() == Kind::NotFound => (self.gone(destruction, error), destruction.lacks.clone()),
            Err(error) => return Err(error.clone()),
        };
        self.remember(&loaded.destruction.id.0, read);
        self.act_on(loaded, vec![Act::Look(evidence, lacks)]).await
    }

    fn gone(&self, destruction: &Destruction, error: &Error) -> Evidence {
        let note = finding("note:gone", FindingKind::Note, format!("The place says: {}.", error.message()), "the item");
        Evidence {
            at: Timestamp::now(),
            actor: self.actor(&destruction.id.0),
            standing: Standing::Gone,
            last_use: LastUse::Untold { because: "The item is not there any more.".to_owned() },
            source: String::new(),
            findings: vec![note],
        }
    }

    async fn gather(&self, destruction: &Destruction, read: &Read) -> Result<Evidence> {
        let (detail, destructions) = (&read.detail, read.destructions()?);
        let (last_use, source) = match read.found.provider.usage() {
            None => (LastUse::Untold { because: UNTOLD.to_owned() }, String::new()),
            Some(usage) => {
                let last = match usage.last_use(&read.found.key).await {
                    Ok(last) => last,
                    Err(error) => LastUse::Untold { because: untold(&error) },
                };
                (last, usage.source(detail).to_owned())
            }
        };
        let mut findings = Vec::new();
        let unread = destructions.unread(detail).into_iter();
        findings.extend(unread.map(|says| finding(&format!("unread:{says}"), FindingKind::Unread, says, "the item")));
        findings.extend(self.users_in_ledger(&destruction.reference).await?);
        findings.extend(detail.aspects.iter().flat_map(of_aspect));
        findings.extend(not_read(detail));
        let notes = destructions.notes(detail).into_iter();
        findings.extend(notes.map(|says| finding(&format!("note:{says}"), FindingKind::Note, says, "the item")));
        // Those in the way first; within each kind as they were told.
        findings.sort_by_key(|finding| (!finding.kind.blocks(), finding.kind));
        Ok(Evidence {
            at: Timestamp::now(),
            actor: self.actor(&destruction.id.0),
            standing: destructions.standing(detail),
            last_use,
            source,
            findings,
        })
    }

    async fn users_in_ledger(&self, reference: &str) -> Result<Vec<Finding>> {
        let mut findings = Vec::new();
        for consumer in self.ledger(reference).await? {
            let owner = if consumer.owner.is_empty() { String::new() } else { format!(", of {}", consumer.owner) };
            let says = format!("{} ({}{owner}) is in the ledger of its users.", consumer.name, consumer.kind.title());
            findings.push(finding(&format!("consumer:{}", consumer.id.0), FindingKind::Consumer, says, "the ledger"));
        }
        let wanted = reference.to_owned();
        let rotated = self.journal(move |journal| journal.wizard_under_way(WizardKind::Rotation, &wanted)).await?;
        findings.extend(rotated.map(|kept| {
            let says = "A rotation of it is under way, so somebody counts on it.".to_owned();
            finding(&format!("rotation:{}", kept.id), FindingKind::Consumer, says, "the rotations")
        }));
        Ok(findings)
    }
}

/// The steps that the place has not for the item.
pub(super) fn lacks(read: &Read) -> Result<Vec<DestructionStep>> {
    let destructions = read.destructions()?;
    let subject = DestructionSubject { item: &read.detail, days: 0, stopped: &[] };
    let absent = |step: &DestructionStep| matches!(destructions.stroke(&subject, *step), Err(error) if error.kind() == Kind::Unsupported);
    Ok(DestructionStep::ALL.into_iter().filter(absent).collect())
}

fn finding(id: &str, kind: FindingKind, says: String, source: &str) -> Finding {
    Finding { id: id.to_owned(), kind, says, source: source.to_owned() }
}

fn untold(error: &Error) -> String {
    let permission = error.permission().map(|permission| format!(" ({permission})")).unwrap_or_default();
    format!("The place did not tell its last use: {}{permission}.", error.message().trim_end_matches('.'))
}

fn of_aspect(aspect: &Aspect) -> Vec<Finding> {
    match aspect {
        Aspect::Aliases(names) => {
            let says = |name: &String| format!("The alias {name} points at it.");
            let each = |name: &String| finding(&format!("alias:{name}"), FindingKind::Alias, says(name), "its aliases");
            names.iter().map(each).collect()
        }
        Aspect::Grants(grants) => grants.iter().map(of_grant).collect(),
        Aspect::Access(model) => of_access(model),
        Aspect::CertificatePolicy { .. }
        | Aspect::Description(_)
        | Aspect::Issuance { .. }
        | Aspect::Native(_)
        | Aspect::PendingDeletion { .. }
        | Aspect::ReleasePolicy { .. }
        | Aspect::Rotation { .. }
        | Aspect::Tags(_) => Vec::new(),
    }
}

fn of_grant(grant: &Grant) -> Finding {
    let name = grant.name.as_deref().unwrap_or(&grant.id);
    let says = format!("The grant {name} lets {} use it for {}.", grant.grantee, grant.operations.join(", "));
    finding(&format!("grant:{}", grant.id), FindingKind::Grant, says, "its grants")
}

fn of_access(model: &AccessModel) -> Vec<Finding> {
    let principal = |one: &domain::Principal| {
        let id = format!("principal:{}:{}:{}", one.id, one.by, one.scope);
        let says = format!("{} {} is let in by {}, given at {}.", one.kind, one.id, one.by, one.scope);
        finding(&id, FindingKind::Principal, says, &model.model)
    };
    let incomplete = model.incomplete.as_ref().map(|because| {
        let says = format!("Not everybody who is let in could be read: {}.", because.trim_end_matches('.'));
        finding("note:principals", FindingKind::Note, says, &model.model)
    });
    model.principals.iter().map(principal).chain(incomplete).collect()
}

/// Said where nothing tells who is let in: no evidence is not evidence of nobody.
fn not_read(detail: &ItemDetail) -> Option<Finding> {
    let told = detail.aspects.iter().any(|aspect| matches!(aspect, Aspect::Access(_)));
    let says = "Who may use it by policies was not read: that is looked up at the place.".to_owned();
    (!told).then(|| finding("note:policies", FindingKind::Note, says, "the item"))
}
