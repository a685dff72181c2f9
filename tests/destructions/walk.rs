//! One destruction, gone through step by step. After each the app starts anew and must know what it knew.

use contract::{
    BeginDestruction, ConfirmDestruction, DestructionNote, DestructionSettings, DestructionWire, FindingWire,
    NameDestruction, NoteDestruction, Nothing, PlanDestruction, PlanWire, SheetForm, WireError,
};
use domain::{Error, Kind, Result};
use serde_json::Value;

use crate::person::Person;

/// A destruction and the person who goes through it.
pub(crate) struct Walk {
    pub(crate) person: Person,
    /// As it was last seen.
    pub(crate) now: DestructionWire,
}

impl Walk {
    /// Begins the destruction of the item at that address.
    pub(crate) async fn begin(person: Person, address: &str) -> Self {
        let begun = begin(&person, &[address]).await.unwrap();
        let [now] = &begun.destructions[..] else { panic!("{:?}", begun.refused) };
        let mut walk = Self { now: now.clone(), person };
        walk.anew().await;
        walk
    }

    /// Nobody touches it for no time at all, and its destruction waits for so many days.
    pub(crate) async fn hurry(&mut self, wait_days: u32) {
        let reason = "nobody knows what it is for".to_owned();
        let settings = DestructionSettings { reason, window_days: 30, soak_days: 0, wait_days };
        self.note(DestructionNote::Settle { settings }).await;
    }

    /// Says of everything that is in the way why it is not.
    pub(crate) async fn speak_for_all(&mut self) {
        let open: Vec<FindingWire> = self.in_the_way().cloned().collect();
        for finding in open {
            let reason = format!("seen: {}", finding.kind);
            self.note(DestructionNote::Acknowledge { finding: finding.id, reason }).await;
        }
    }

    /// What is in the way and nobody has spoken for.
    pub(crate) fn in_the_way(&self) -> impl Iterator<Item = &FindingWire> {
        let findings = self.now.evidence.iter().flat_map(|evidence| &evidence.findings);
        findings.filter(|finding| finding.blocks && finding.said.is_none())
    }

    pub(crate) async fn note(&mut self, note: DestructionNote) {
        self.now = self.try_note(note.clone()).await.unwrap_or_else(|error| panic!("{note:?}: {error:?}"));
        self.anew().await;
    }

    /// The same where it must be refused: the destruction is then where it was.
    pub(crate) async fn refuses(&mut self, note: DestructionNote) -> Error {
        let refused = self.try_note(note.clone()).await.map(|_| note).unwrap_err();
        self.stays().await;
        refused
    }

    async fn try_note(&self, note: DestructionNote) -> Result<DestructionWire> {
        let request = NoteDestruction { destruction: self.id(), revision: self.now.revision, note };
        self.person.app().note_destruction(request).await
    }

    /// To the next phase, which must be this one.
    pub(crate) async fn go_on(&mut self, to: &str) {
        self.note(DestructionNote::GoOn).await;
        self.is_at(to);
    }

    pub(crate) fn is_at(&self, phase: &str) {
        assert_eq!(self.now.row.phase, phase, "{:?}", self.now.log);
    }

    /// A step at the place, read and confirmed.
    pub(crate) async fn step(&mut self, step: &str) {
        let plan = self.plan(step).await.unwrap_or_else(|error| panic!("{step}: {error:?}"));
        self.now = self.confirm(step, &plan).await.unwrap_or_else(|error| panic!("{step}: {error:?}"));
        let last = self.now.orders.last().unwrap();
        assert_eq!((last.step.as_str(), last.state.as_str()), (step, "done"), "{last:?}");
        self.anew().await;
    }

    /// The same where not even a plan is made.
    pub(crate) async fn refuses_step(&mut self, step: &str) -> Error {
        let refused = self.plan(step).await.map(|plan| plan.title).unwrap_err();
        self.stays().await;
        refused
    }

    pub(crate) async fn plan(&self, step: &str) -> Result<PlanWire> {
        self.person.app().plan_destruction(PlanDestruction { destruction: self.id(), step: step.to_owned() }).await
    }

    pub(crate) async fn confirm(&self, step: &str, plan: &PlanWire) -> Result<DestructionWire> {
        let request = ConfirmDestruction {
            destruction: self.id(),
            step: step.to_owned(),
            order: plan.order.clone(),
            digest: plan.digest.clone(),
            typed: Some(plan.name.clone()),
        };
        self.person.app().confirm_destruction(request).await
    }

    /// Asks what became of an order that is out.
    pub(crate) async fn check(&mut self) {
        let request = NameDestruction { destruction: self.id() };
        self.now = self.person.app().check_destruction(request).await.unwrap();
        self.anew().await;
    }

    /// What a place has no step for, each with its reason as a sentence.
    pub(crate) fn absent(&self) -> Vec<&str> {
        let absent = self.now.steps.iter().filter_map(|step| Some((step, step.absent.as_deref()?)));
        absent.inspect(|(_, why)| assert!(why.ends_with('.'), "{why}")).map(|(step, _)| step.step.as_str()).collect()
    }

    /// The destruction is over, its list says so, and the journal is whole. Its sheet, as programs read it.
    pub(crate) async fn is_over(&self, phase: &str) -> Value {
        assert_eq!((self.now.row.phase.as_str(), self.now.row.over), (phase, true));
        let listed = self.person.app().list_destructions(Nothing {}).await.unwrap().destructions;
        assert!(listed.iter().any(|row| row.id == self.now.row.id && row.over), "{listed:?}");
        self.person.is_sound().await;
        let page = self.person.app().destruction_sheet(&self.id(), SheetForm::Html).await.unwrap();
        assert!(page.starts_with("<!DOCTYPE html>") && page.ends_with("</html>\n"), "{page}");
        let sheet = self.person.app().destruction_sheet(&self.id(), SheetForm::Json).await.unwrap();
        let sheet: Value = serde_json::from_str(&sheet).unwrap();
        assert_eq!(sheet["orders"].as_array().unwrap().len(), self.now.orders.len());
        for order in sheet["orders"].as_array().unwrap() {
            let records = order["records"].as_array().unwrap();
            assert!(!records.is_empty(), "{order}");
            for record in records {
                let hash = record["sha256"].as_str().unwrap();
                assert!(hash.len() == 64 && page.contains(hash), "{hash} is not on the page");
            }
        }
        sheet
    }

    pub(crate) fn id(&self) -> String {
        self.now.row.id.clone()
    }

    pub(crate) async fn open(&self) -> DestructionWire {
        self.person.app().open_destruction(NameDestruction { destruction: self.id() }).await.unwrap()
    }

    /// The app ends and starts, and knows what it knew.
    async fn anew(&mut self) {
        self.person.again().await;
        self.person.allow_changes().await;
        let after = self.open().await;
        assert_eq!(kept(&after), kept(&self.now), "a start lost or changed something");
        assert!(after.trouble.is_none(), "{:?}", after.trouble);
        self.now = after;
    }

    /// Nothing of it has changed.
    pub(crate) async fn stays(&self) {
        assert_eq!(kept(&self.open().await), kept(&self.now), "what was refused changed something");
    }
}

/// Begins the destruction of those items.
pub(crate) async fn begin(person: &Person, addresses: &[&str]) -> Result<contract::DestructionsBegun> {
    let references = addresses.iter().map(|address| (*address).to_owned()).collect();
    person.app().begin_destruction(BeginDestruction { references }).await
}

/// What does not hang on the time of day.
fn kept(of: &DestructionWire) -> Value {
    serde_json::json!([
        of.revision,
        of.row.phase,
        of.row.ends,
        of.settings,
        of.evidence,
        of.disabled,
        of.permitted,
        of.scheduled,
        of.ended,
        of.orders,
        of.log,
    ])
}

/// It was refused because of what is there, and says what to do.
pub(crate) fn conflict(error: &Error, says: &str) {
    assert_eq!(error.kind(), Kind::Conflict, "{error:?}");
    assert!(error.message().contains(says) && !error.next().is_empty(), "{error:?}");
}

/// The same of what was not begun.
pub(crate) fn not_begun(error: &WireError, kind: Kind, says: &str) {
    assert_eq!(error.kind, kind.word(), "{error:?}");
    assert!(error.message.contains(says) && !error.next.is_empty(), "{error:?}");
}
