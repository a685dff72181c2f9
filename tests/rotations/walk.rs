//! One rotation, gone through step by step. After each the app starts anew and must know what it knew.

use std::time::Duration;

use contract::{
    BeginRotation, ConfirmRotation, ConsumerLedger, ConsumerWire, InstructionsWire, ListConsumers, LockWire,
    NameRotation, NameRun, NoteRotation, Nothing, PlanRotation, PlanWire, RotationNote, RotationSettings, RotationWire,
    RunWire, SaveConsumer,
};
use domain::{Error, Kind, Result};
use jiff::Timestamp;

use crate::person::Person;

/// A rotation and the person who goes through it.
pub(crate) struct Walk {
    pub(crate) person: Person,
    /// As it was last seen.
    pub(crate) now: RotationWire,
}

impl Walk {
    /// Begins a rotation of the item at that address.
    pub(crate) async fn begin(person: Person, address: &str) -> Self {
        let now = person.app().begin_rotation(BeginRotation { reference: address.to_owned() }).await.unwrap();
        let mut walk = Self { person, now };
        walk.anew().await;
        walk
    }

    /// Settles everything before the new material is made: no waiting, the consumers of the ledger, this method.
    pub(crate) async fn prepare(&mut self, method: &str) {
        let settings = RotationSettings {
            reason: "a test".to_owned(),
            strategy: "halt".to_owned(),
            soak_hours: 0,
            wait_days: 0,
            due: None,
        };
        self.note(RotationNote::SetScope { settings }).await;
        self.go_on("method").await;
        self.note(RotationNote::Choose { method: method.to_owned() }).await;
        self.go_on("consumers").await;
        self.go_on("create").await;
    }

    /// Keeps a consumer in the item's ledger; its number.
    pub(crate) async fn keep(&self, consumer: ConsumerWire) -> String {
        let request = SaveConsumer { reference: self.now.row.reference.clone(), consumer, secret: None };
        self.person.app().save_consumer(request).await.unwrap().id
    }

    pub(crate) async fn ledger(&self, reference: &str) -> ConsumerLedger {
        self.person.app().list_consumers(ListConsumers { reference: reference.to_owned() }).await.unwrap()
    }

    pub(crate) async fn note(&mut self, note: RotationNote) {
        self.now = self.try_note(note.clone()).await.unwrap_or_else(|error| panic!("{note:?}: {error:?}"));
        self.anew().await;
    }

    /// The same where it must be refused: the plan is then where it was.
    pub(crate) async fn refuses(&mut self, note: RotationNote) -> Error {
        let refused = self.try_note(note.clone()).await.map(|_| note).unwrap_err();
        self.stays().await;
        refused
    }

    async fn try_note(&self, note: RotationNote) -> Result<RotationWire> {
        let request = NoteRotation { rotation: self.id(), revision: self.now.revision, note };
        self.person.app().note_rotation(request).await
    }

    /// To the next phase, which must be this one.
    pub(crate) async fn go_on(&mut self, to: &str) {
        self.note(RotationNote::GoOn).await;
        assert_eq!(self.now.row.phase, to);
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
        self.person.app().plan_rotation(PlanRotation { rotation: self.id(), step: step.to_owned() }).await
    }

    pub(crate) async fn confirm(&self, step: &str, plan: &PlanWire) -> Result<RotationWire> {
        let request = ConfirmRotation {
            rotation: self.id(),
            step: step.to_owned(),
            order: plan.order.clone(),
            digest: plan.digest.clone(),
            typed: Some(plan.name.clone()),
        };
        self.person.app().confirm_rotation(request).await
    }

    /// Looks at a consumer's address.
    pub(crate) async fn look(&mut self, consumer: &str) {
        self.now = self.try_look(consumer).await.unwrap_or_else(|error| panic!("{error:?}"));
        self.anew().await;
    }

    /// The same where what is seen is not what must be there.
    pub(crate) async fn refuses_look(&mut self, consumer: &str) -> Error {
        let refused = self.try_look(consumer).await.map(|seen| seen.log).unwrap_err();
        self.stays().await;
        refused
    }

    async fn try_look(&self, consumer: &str) -> Result<RotationWire> {
        let request = NameRun { rotation: self.id(), consumer: consumer.to_owned() };
        self.person.app().look_at_consumer(request).await
    }

    /// Claviger's own test of the new material.
    pub(crate) async fn prove(&mut self) {
        let proof = self.person.app().prove_rotation(NameRotation { rotation: self.id() }).await.unwrap();
        self.now = proof.rotation;
        self.anew().await;
    }

    /// Asks what became of an order that is out.
    pub(crate) async fn check(&mut self) -> Result<()> {
        self.now = self.person.app().check_rotation(NameRotation { rotation: self.id() }).await?;
        self.anew().await;
        Ok(())
    }

    /// Tells a consumer and takes down on a word that it has the new material and works with it.
    pub(crate) async fn takes_its_word(&mut self, consumer: &str) {
        let consumer = consumer.to_owned();
        self.note(RotationNote::Tell { consumer: consumer.clone() }).await;
        let evidence = "its owner said so".to_owned();
        let succeed = RotationNote::Succeed { consumer: consumer.clone(), instances: 1, evidence: evidence.clone() };
        self.note(succeed).await;
        self.note(RotationNote::Verify { consumer, evidence }).await;
    }

    /// Waits for the moment that a lock itself names, and nothing else may be in the way then.
    pub(crate) async fn wait_for(&mut self, what: &str) {
        while let Some(until) = self.lock(what).and_then(|lock| lock.until.clone()) {
            let left = until.parse::<Timestamp>().unwrap().duration_since(Timestamp::now());
            // Time itself is what is waited for.
            tokio::time::sleep(Duration::try_from(left).unwrap_or_default() + Duration::from_millis(1)).await;
            self.now = self.open().await;
        }
    }

    /// Why something is locked.
    pub(crate) fn lock(&self, what: &str) -> Option<&LockWire> {
        let step = self.now.steps.iter().find(|step| step.step == what);
        step.map_or_else(|| self.now.locks.get(what), |step| step.lock.as_ref())
    }

    pub(crate) fn run(&self, consumer: &str) -> &RunWire {
        self.now.runs.iter().find(|run| run.consumer.id == consumer).unwrap()
    }

    /// Whether the consumer has the new material and was shown to work with it.
    pub(crate) fn works(&self, consumer: &str) -> bool {
        let run = self.run(consumer);
        run.state == "SUCCEEDED" && run.verified.is_some()
    }

    /// What a place has no step for, each with its reason as a sentence.
    pub(crate) fn absent(&self) -> Vec<&str> {
        let absent = self.now.steps.iter().filter_map(|step| Some((step, step.absent.as_deref()?)));
        absent.inspect(|(_, why)| assert!(why.ends_with('.'), "{why}")).map(|(step, _)| step.step.as_str()).collect()
    }

    /// What was made, by its reference.
    pub(crate) fn made(&self) -> String {
        self.now.new.as_ref().unwrap().reference.clone()
    }

    /// The rotation is over, its list says so, and the journal is whole.
    pub(crate) async fn is_over(&self, phase: &str) {
        assert_eq!((self.now.row.phase.as_str(), self.now.row.over), (phase, true));
        let listed = self.person.app().list_rotations(Nothing {}).await.unwrap().rotations;
        assert!(listed.iter().any(|row| row.id == self.now.row.id && row.over), "{listed:?}");
        self.person.is_sound().await;
    }

    fn id(&self) -> String {
        self.now.row.id.clone()
    }

    pub(crate) async fn open(&self) -> RotationWire {
        self.person.app().open_rotation(NameRotation { rotation: self.id() }).await.unwrap()
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

/// What does not hang on the time of day.
fn kept(rotation: &RotationWire) -> serde_json::Value {
    let mut runs = serde_json::to_value(&rotation.runs).unwrap();
    for run in runs.as_array_mut().unwrap() {
        // It is handed out when its time has come.
        run.as_object_mut().unwrap().remove("removal");
    }
    serde_json::json!([
        rotation.revision,
        rotation.row.phase,
        rotation.method,
        rotation.switch,
        rotation.old,
        rotation.new,
        runs,
        rotation.pinned,
        rotation.proof,
        rotation.switched,
        rotation.disabled,
        rotation.deleted,
        rotation.orders,
        rotation.log,
    ])
}

/// One of the texts that a consumer is handed.
pub(crate) fn text(of: &InstructionsWire, at: usize) -> String {
    let missing = of.missing.as_ref().map(|error| &error.message);
    of.texts.get(at).unwrap_or_else(|| panic!("no text {at}: {missing:?}")).text.clone()
}

/// It was refused because of what is there, and says what to do.
pub(crate) fn conflict(error: &Error, says: &str) {
    assert_eq!(error.kind(), Kind::Conflict, "{error:?}");
    assert!(error.message().contains(says) && !error.next().is_empty(), "{error:?}");
}
