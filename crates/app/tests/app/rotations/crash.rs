//! What becomes of an order whose answer is lost, or that Claviger's end cut off: there is one at most, and it is settled
//! by reading.

use std::sync::Arc;

use app::Keychain;
use contract::{
    BeginRotation, ConsumerWire, ListConsumers, NameRotation, NoteRotation, PlanRotation, RotationNote, RotationWire,
    SaveConsumer, TellWire,
};
use domain::{Kind, OrderId, Result, RotationStep, Timestamp};
use journal::Journal;
use rotation::{Act, Rotation};
use tokio::sync::Notify;

use super::{assert_refused, at_once, by_hand, confirmed, orders, step_lock, whole};
use crate::{
    changes::Changed,
    changing::{Perform, Reads},
    rotating::{Current, made},
};

const ITEM: &str = "prod/v/k";

/// A rotation of an item of a scripted place.
struct Scripted {
    changed: Changed,
    current: Current,
    id: String,
}

impl Scripted {
    /// Where the new material is to be made, in write mode.
    async fn at_create(method: &str) -> Self {
        let changed = Changed::writable().await;
        let current = Current::default();
        let (told, moves) = (current.clone(), current.clone());
        *changed.place.detail.lock().unwrap() = Some(Arc::new(move || Ok(told.detail())));
        *changed.script().effect.lock().unwrap() = Some(Arc::new(move || moves.next()));
        let save = SaveConsumer { reference: ITEM.into(), consumer: by_hand("a"), secret: None };
        changed.app().save_consumer(save).await.unwrap();
        let begun = changed.app().begin_rotation(BeginRotation { reference: ITEM.into() }).await.unwrap();
        let scripted = Self { changed, current, id: begun.row.id };
        scripted.note(RotationNote::SetScope { settings: at_once("halt") }).await;
        scripted.note(RotationNote::GoOn).await;
        scripted.note(RotationNote::Choose { method: method.into() }).await;
        for _ in 0..2 {
            scripted.note(RotationNote::GoOn).await;
        }
        scripted
    }

    async fn restart(self) -> Self {
        let Self { changed, current, id } = self;
        let changed = changed.restart();
        changed.write_mode(true).await;
        Self { changed, current, id }
    }

    fn name(&self) -> NameRotation {
        NameRotation { rotation: self.id.clone() }
    }

    async fn open(&self) -> RotationWire {
        self.changed.app().open_rotation(self.name()).await.unwrap()
    }

    async fn checks(&self) -> Result<RotationWire> {
        self.changed.app().check_rotation(self.name()).await
    }

    async fn tries(&self, note: RotationNote) -> Result<RotationWire> {
        let revision = self.open().await.revision;
        let request = NoteRotation { rotation: self.id.clone(), revision, note };
        self.changed.app().note_rotation(request).await
    }

    async fn note(&self, note: RotationNote) -> RotationWire {
        self.tries(note).await.unwrap()
    }

    async fn does(&self, step: &str) -> Result<RotationWire> {
        let app = self.changed.app();
        let plan = app.plan_rotation(PlanRotation { rotation: self.id.clone(), step: step.into() }).await?;
        app.confirm_rotation(confirmed(&self.id, step, &plan)).await
    }

    /// While an order is out, nothing else can be done, and each thing says why.
    async fn everything_waits(&self) {
        let open = self.open().await;
        assert_eq!(orders(&open).last(), Some(&("create", "live")));
        assert!(open.locks.len() > 10 && open.steps.len() == 8);
        let locks = open.locks.values().chain(open.steps.iter().map(|step| step.lock.as_ref().unwrap()));
        for lock in locks {
            assert!(lock.because.contains("it is not known yet how order"), "{lock:?}");
        }
        for word in ["go-on", "back", "discard", "pin", "roll-back", "finish"] {
            assert!(open.locks.contains_key(word), "{word} is open");
        }
        let before = whole(&open);
        assert_refused(&self.does("create").await.unwrap_err(), Kind::Conflict, "not known yet");
        assert_refused(&self.tries(RotationNote::Back).await.unwrap_err(), Kind::Conflict, "not known yet");
        assert_eq!(whole(&self.open().await), before);
    }
}

#[tokio::test]
async fn an_order_whose_answer_is_lost_holds_everything_until_it_is_settled() {
    for (perform, arrived, end, made) in
        [(Perform::DoneUnheard, 1, "done", Some("2")), (Perform::Lost, 0, "not-done", None)]
    {
        let scripted = Scripted::at_create("new-version").await;
        scripted.changed.script().performs([perform]);
        scripted.changed.script().reads([Reads::Fails, Reads::Fails]);
        let open = scripted.does("create").await.unwrap();
        assert_eq!(orders(&open), [("create", "live")]);
        scripted.everything_waits().await;
        let scripted = scripted.restart().await;
        scripted.everything_waits().await;
        // A reading that cannot tell leaves it as it is.
        scripted.changed.script().reads([Reads::Unclear]);
        assert_eq!(orders(&scripted.checks().await.unwrap()), [("create", "live")]);
        scripted.everything_waits().await;
        let settled = scripted.checks().await.unwrap();
        assert_eq!(orders(&settled), [("create", end)]);
        assert_eq!(settled.new.clone().and_then(|new| new.version).as_deref(), made);
        assert_eq!(scripted.changed.script().steps_arrived().len(), arrived, "nothing is sent by checking");
        // To check what is settled changes nothing.
        assert_eq!(scripted.checks().await.unwrap().revision, settled.revision);
        match made {
            Some(_) => assert!(step_lock(&settled, "create").unwrap().because.contains("is there already")),
            None => assert_eq!(orders(&scripted.does("create").await.unwrap()), [("create", end), ("create", "done")]),
        }
    }
}

/// What was made is told by the order, not by what is current when somebody gets to look.
#[tokio::test]
async fn a_version_that_somebody_made_meanwhile_is_not_taken_for_ours() {
    let scripted = Scripted::at_create("new-version").await;
    *scripted.changed.script().found.lock().unwrap() = made(&[("version", "2")]);
    scripted.changed.script().performs([Perform::DoneUnheard]);
    scripted.changed.script().reads([Reads::Fails, Reads::Fails]);
    assert_eq!(orders(&scripted.does("create").await.unwrap()), [("create", "live")]);
    scripted.current.next();
    let settled = scripted.checks().await.unwrap();
    assert_eq!(orders(&settled), [("create", "done")]);
    assert_eq!(settled.new.unwrap().version.as_deref(), Some("2"));
}

/// Claviger ends after it took the order's number down, and before it sent or even wrote the order.
#[tokio::test]
async fn an_order_that_never_left_is_found_to_be_that_and_one_plans_again() {
    for recovers in [false, true] {
        let scripted = Scripted::at_create("new-version").await;
        take_order(&scripted, "01NEVERSENT");
        let scripted = scripted.restart().await;
        scripted.everything_waits().await;
        let settled = match recovers {
            // The next start settles it by itself.
            true => {
                scripted.changed.app().recover().await.unwrap();
                scripted.open().await
            }
            false => scripted.checks().await.unwrap(),
        };
        assert_eq!(orders(&settled), [("create", "never-sent")]);
        assert!(scripted.changed.script().steps_arrived().is_empty());
        let made = scripted.does("create").await.unwrap();
        assert_eq!(orders(&made), [("create", "never-sent"), ("create", "done")]);
    }
}

/// Writes into the file what a process leaves behind that is killed there.
fn take_order(scripted: &Scripted, order: &str) {
    let journal = Journal::open(scripted.changed.world.home.path(), Timestamp::now()).unwrap().journal;
    let kept = journal.wizard(journal::WizardKind::Rotation, &scripted.id).unwrap().unwrap();
    let rotation: Rotation = serde_json::from_str(&kept.body).unwrap();
    let act = Act::TakeOrder { step: RotationStep::Create, order: OrderId(order.to_owned()) };
    let taken = rotation.apply(act, "maria", Timestamp::now()).unwrap();
    let body = serde_json::to_string(&taken).unwrap();
    journal.replace_wizard(&scripted.id, kept.revision, false, &body).unwrap();
}

/// Wherever the journal breaks off, the next start tells what happened, and nothing is made twice.
#[tokio::test]
async fn wherever_it_breaks_off_there_is_one_new_version_in_the_end() {
    let mut ends = Vec::new();
    for seals in 0..6 {
        let scripted = Scripted::at_create("new-version").await;
        *scripted.changed.keyring.left.lock().unwrap() = Some(seals);
        let _ = scripted.does("create").await;
        *scripted.changed.keyring.left.lock().unwrap() = None;
        let scripted = scripted.restart().await;
        scripted.changed.app().recover().await.unwrap();
        let settled = scripted.checks().await.unwrap();
        assert!(
            settled.orders.iter().all(|order| order.state != "live"),
            "after {seals} seals: {:?}",
            orders(&settled)
        );
        let arrived = scripted.changed.script().steps_arrived().len();
        assert_eq!(settled.new.is_some(), arrived == 1, "after {seals} seals");
        ends.push(settled.orders[0].state.clone());
        if settled.new.is_none() {
            scripted.does("create").await.unwrap();
        }
        assert_eq!(scripted.changed.script().steps_arrived().len(), 1, "after {seals} seals");
    }
    ends.dedup();
    assert_eq!(ends, ["never-sent", "not-done", "done"]);
}

/// The step is under way: neither another window nor a second press begins another.
#[tokio::test]
async fn while_it_is_carried_out_nobody_else_carries_it_out_or_checks_it() {
    let scripted = Scripted::at_create("new-version").await;
    let (here, go) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    scripted.changed.script().performs([Perform::Waits(here.clone(), go.clone())]);
    let app = scripted.changed.app().clone();
    let request = PlanRotation { rotation: scripted.id.clone(), step: "create".into() };
    let (plan, second) = (app.plan_rotation(request.clone()).await.unwrap(), app.plan_rotation(request).await.unwrap());
    let confirm = confirmed(&scripted.id, "create", &plan);
    let work = tokio::spawn(async move { app.confirm_rotation(confirm).await });
    here.notified().await;
    let app = scripted.changed.app();
    let refused = app.confirm_rotation(confirmed(&scripted.id, "create", &second)).await.unwrap_err();
    assert_refused(&refused, Kind::Conflict, "being carried out right now");
    assert_refused(&scripted.checks().await.unwrap_err(), Kind::Conflict, "being carried out right now");
    let other = scripted.changed.world.beside(scripted.changed.keyring.clone());
    assert_refused(&other.check_rotation(scripted.name()).await.unwrap_err(), Kind::Conflict, "being carried out");
    other.recover().await.unwrap();
    scripted.everything_waits().await;
    go.notify_one();
    let made = work.await.unwrap().unwrap();
    assert_eq!((orders(&made), scripted.changed.script().steps_arrived()), (vec![("create", "done")], vec![0]));
    let refused = app.confirm_rotation(confirmed(&scripted.id, "create", &second)).await.unwrap_err();
    assert_refused(&refused, Kind::Conflict, "is there already");
}

#[tokio::test]
async fn a_refusal_of_the_place_is_taken_down_and_one_plans_again() {
    let scripted = Scripted::at_create("new-version").await;
    scripted.changed.script().performs([Perform::Refused]);
    let refused = scripted.does("create").await.unwrap();
    assert_eq!(orders(&refused), [("create", "not-done")]);
    assert_eq!(refused.orders[0].because.as_deref(), Some("you may not"));
    assert!(refused.new.is_none() && step_lock(&refused, "create").is_none());
    assert_eq!(orders(&scripted.does("create").await.unwrap()), [("create", "not-done"), ("create", "done")]);
}

/// Another key takes the place of the old one: its ledger is handed on when the rotation ends, and not before.
#[tokio::test]
async fn a_ledger_is_handed_on_at_the_end_and_nobody_is_in_it_twice() {
    let scripted = Scripted::at_create("new-key").await;
    *scripted.changed.script().results.lock().unwrap() = made(&[("vault", "v"), ("item", "k2")]);
    assert_eq!(scripted.does("create").await.unwrap().new.unwrap().reference, "prod/v/k2");
    let app = scripted.changed.app();
    let ledger = async || {
        let ledger = app.list_consumers(ListConsumers { reference: "prod/v/k2".into() }).await.unwrap();
        ledger.consumers.into_iter().map(|one| (one.name, one.id)).collect::<Vec<_>>()
    };
    let save = async |reference: &str, consumer, secret: Option<&str>| {
        let (reference, secret) = (reference.to_owned(), secret.map(str::to_owned));
        app.save_consumer(SaveConsumer { reference, consumer, secret }).await.unwrap()
    };
    scripted.note(RotationNote::GoOn).await;
    let finish = || RotationNote::Finish { evidence: String::new() };
    assert_refused(&scripted.tries(finish()).await.unwrap_err(), Kind::Conflict, "belongs to \"retire\"");
    assert_eq!(ledger().await, [], "nothing is handed on before the end");

    let tell = TellWire::Webhook { url: "https://hooks.test/1".into(), authority: String::new() };
    let late = save(ITEM, ConsumerWire { tell, ..by_hand("late") }, Some("its secret")).await;
    let known = save("prod/v/k2", by_hand("A"), None).await;
    let (consumer, evidence) = (scripted.open().await.runs[0].consumer.id.clone(), || "its log".to_owned());
    scripted.note(RotationNote::Tell { consumer: consumer.clone() }).await;
    scripted.note(RotationNote::Succeed { consumer: consumer.clone(), instances: 1, evidence: evidence() }).await;
    scripted.note(RotationNote::Verify { consumer, evidence: evidence() }).await;
    for _ in 0..2 {
        scripted.note(RotationNote::GoOn).await;
    }
    scripted.note(RotationNote::ConfirmSwitch { evidence: evidence() }).await;
    scripted.note(RotationNote::GoOn).await;
    assert_eq!(scripted.note(finish()).await.row.phase, "done");
    let [(first, id), (second, handed)] = &ledger().await[..] else { panic!("{:?}", ledger().await) };
    assert_eq!((first.as_str(), id, second.as_str()), ("A", &known.id, "late"));
    assert_ne!(*handed, late.id);
    let secret = scripted.changed.keyring.read("\u{1}webhook", handed).unwrap().unwrap();
    assert_eq!(secret.expose_text(), Some("its secret"));
}
