//! An order from its review to its last step: what is written down before what, and what each end says.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a failed test panics")]

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicUsize, Ordering},
};

use domain::{
    Ask, Error, Event, Finding, ItemKey, Kind, Ledger, Order, OrderId, Outcome, Plan, Record, Result, SecretAnswers,
    Stage, Step, Target, Tier, Timestamp,
};
use serde_json::json;

/// A ledger in memory that fails from its nth append on.
#[derive(Default)]
struct Book {
    records: Mutex<Vec<Record>>,
    fails_from: AtomicUsize,
}

impl Book {
    fn failing_from(nth: usize) -> Self {
        Self { records: Mutex::default(), fails_from: AtomicUsize::new(nth) }
    }

    fn events(&self) -> Vec<String> {
        let words =
            |record: &Record| serde_json::to_value(&record.event).unwrap()["event"].as_str().unwrap().to_owned();
        self.records.lock().unwrap().iter().map(words).collect()
    }
}

impl Ledger for Book {
    fn append(&self, event: Event) -> Result<Record> {
        let mut records = self.records.lock().unwrap();
        let fails_from = self.fails_from.load(Ordering::Relaxed);
        if fails_from > 0 && records.len() + 1 >= fails_from {
            return Err(Error::new(Kind::Unexpected, "write the journal", "the disk is full"));
        }
        let record = Record { at: Timestamp::UNIX_EPOCH, event };
        records.push(record.clone());
        Ok(record)
    }

    fn history(&self, order: &OrderId) -> Result<Vec<Record>> {
        let of_order = |record: &&Record| record.event.order() == Some(order);
        Ok(self.records.lock().unwrap().iter().filter(of_order).cloned().collect())
    }
}

fn step(says: &str) -> Step {
    Step {
        says: says.into(),
        operation: "kms:DisableKey".into(),
        parameters: json!({ "KeyId": "k" }),
        command: "aws kms disable-key --key-id k".into(),
        before: json!({ "enabled": true }),
        secrets: Vec::new(),
    }
}

fn plan(steps: Vec<Step>, tier: Tier) -> Plan {
    Plan {
        ask: Ask::Disable,
        target: Target::Item(ItemKey::new("eu-west-1", "kms/k")),
        name: "payments-sign".into(),
        title: "Disable payments-sign".into(),
        tier,
        effects: vec!["Nobody can sign with it.".into()],
        warnings: Vec::new(),
        steps,
        undo: None,
    }
}

fn id() -> OrderId {
    OrderId("01J".into())
}

fn ordered(book: &Book, steps: Vec<Step>) -> Result<Order> {
    let plan = plan(steps, Tier::Consequences);
    let seen = plan.digest();
    Order::write_down(book, id(), "prod", "its place", "maria", plan.reviewed(&seen, None)?)
}

fn done() -> Outcome {
    Outcome::Done { request_id: None, results: [("KeyId".to_owned(), "made".to_owned())].into() }
}

fn found() -> Finding {
    Finding::Done { evidence: "it is disabled".into(), results: Default::default() }
}

#[test]
fn only_what_was_read_is_confirmed() {
    let read = plan(vec![step("Disable the key")], Tier::Consequences);
    let seen = read.digest();
    for change in [
        (|plan: &mut Plan| plan.steps[0].parameters = json!({ "KeyId": "another" })) as fn(&mut Plan),
        |plan| plan.steps[0].before = json!({ "enabled": false }),
        |plan| plan.tier = Tier::Undo,
        |plan| plan.warnings.push("!".into()),
        |plan| plan.target = Target::Item(ItemKey::new("eu-west-1", "kms/other")),
    ] {
        let mut other = read.clone();
        change(&mut other);
        assert_eq!(other.reviewed(&seen, None).unwrap_err().kind(), Kind::Conflict);
    }
    assert!(read.reviewed(&seen, None).is_ok());
}

#[test]
fn what_cannot_be_taken_back_wants_its_name() {
    let dangerous = plan(vec![step("Delete")], Tier::Name);
    let seen = dangerous.digest();
    for typed in [None, Some(""), Some("payments"), Some("PAYMENTS-SIGN")] {
        assert_eq!(dangerous.clone().reviewed(&seen, typed).unwrap_err().kind(), Kind::Invalid, "{typed:?}");
    }
    assert!(dangerous.reviewed(&seen, Some(" payments-sign ")).is_ok());
}

#[test]
fn each_arrow_is_written_down_before_it_is_true() {
    let book = Book::default();
    let order = ordered(&book, vec![step("one"), step("two")]).unwrap();
    assert_eq!(book.events(), ["intent"]);
    let (sending, sent) = order.send(&book, Arc::default()).unwrap();
    assert_eq!(book.events(), ["intent", "sent"]);
    assert_eq!((sending.step().says.as_str(), sending.result("KeyId")), ("one", None));
    let Stage::Out(sent) = sent.observed(&book, &done()).unwrap() else { panic!("still out") };
    let Stage::Ready(order) = sent.settle(&book, found()).unwrap() else { panic!("a step is left") };
    let (sending, sent) = order.send(&book, Arc::default()).unwrap();
    assert_eq!((sending.step().says.as_str(), sending.result("KeyId")), ("two", Some("made")));
    let Stage::Out(sent) = sent.observed(&book, &done()).unwrap() else { panic!("still out") };
    assert!(matches!(sent.settle(&book, found()).unwrap(), Stage::Finished));
    assert_eq!(book.events(), ["intent", "sent", "observed", "verified", "sent", "observed", "verified"]);
}

#[test]
fn without_a_record_there_is_no_right_to_send() {
    assert!(ordered(&Book::failing_from(1), vec![step("one")]).is_err());
    let book = Book::failing_from(2);
    let order = ordered(&book, vec![step("one")]).unwrap();
    assert!(order.send(&book, Arc::default()).is_err());
    assert_eq!(book.events(), ["intent"]);
}

#[test]
fn a_step_whose_secret_is_gone_does_not_go_out() {
    let book = Book::default();
    let mut with_secret = step("Write the value");
    with_secret.secrets = vec!["value".into()];
    let order = ordered(&book, vec![with_secret.clone()]).unwrap();
    assert_eq!(order.send(&book, Arc::default()).unwrap_err().kind(), Kind::Conflict);
    assert_eq!(book.events(), ["intent"]);
    let order = ordered(&Book::default(), vec![with_secret]).unwrap();
    let secrets = SecretAnswers::from([("value".to_owned(), domain::Secret::from_text("hunter2".into()))]);
    let (sending, _) = order.send(&book, Arc::new(secrets)).unwrap();
    assert_eq!(sending.secret("value").unwrap().expose(), b"hunter2");
    assert!(!format!("{sending:?}{:?}", book.records).contains("hunter2"));
}

/// Where an order stands after each of these, as a later start reads it from the records alone.
#[test]
fn every_stage_reads_back_from_its_records() {
    let error = Error::new(Kind::Interrupted, "disable the key", "the answer broke off");
    let lost = || Outcome::Unknown(error.clone());
    let unclear = || Finding::Unclear { evidence: "two keys fit".into() };
    let not_done = || Finding::NotDone { evidence: "it is enabled".into() };
    type Way<'a> = (&'a str, Outcome, Option<Finding>, &'a str);
    let ways: Vec<Way<'_>> = vec![
        ("answered and seen", done(), Some(found()), "ready 1"),
        ("answered and not looked at", done(), None, "out, answered"),
        ("answered, not seen", done(), Some(not_done()), "out, answered"),
        ("lost", lost(), None, "out"),
        ("lost, then seen", lost(), Some(found()), "ready 1"),
        ("lost, not there", lost(), Some(not_done()), "abandoned"),
        ("lost, unclear", lost(), Some(unclear()), "out"),
        ("refused", Outcome::Refused(error.clone()), None, "abandoned"),
    ];
    for (way, outcome, finding, expected) in ways {
        let book = Book::default();
        let order = ordered(&book, vec![step("one"), step("two")]).unwrap();
        let (_, sent) = order.send(&book, Arc::default()).unwrap();
        let mut stage = sent.observed(&book, &outcome).unwrap();
        if let (Some(finding), Stage::Out(_)) = (finding, &stage) {
            let Stage::Out(sent) = stage else { panic!("{way}") };
            stage = sent.settle(&book, finding).unwrap();
        }
        for stage in [stage, Stage::read(&book, &id()).unwrap()] {
            let told = match stage {
                Stage::Ready(order) => format!("ready {}", order.next()),
                Stage::Out(sent) if sent.answered() => "out, answered".to_owned(),
                Stage::Out(_) => "out".to_owned(),
                Stage::Finished => "finished".to_owned(),
                Stage::Abandoned(_) => "abandoned".to_owned(),
            };
            assert_eq!(told, expected, "{way}");
        }
    }
}

#[test]
fn giving_up_says_what_was_done_before() {
    let book = Book::default();
    let order = ordered(&book, vec![step("Make the key"), step("Name it")]).unwrap();
    let (_, sent) = order.send(&book, Arc::default()).unwrap();
    let Stage::Out(sent) = sent.observed(&book, &done()).unwrap() else { panic!("still out") };
    let Stage::Ready(order) = sent.settle(&book, found()).unwrap() else { panic!("a step is left") };
    let note = order.abandon(&book, &Error::new(Kind::Denied, "name the key", "no permission")).unwrap();
    assert_eq!(note.changed, ["Make the key: done."]);
}

#[test]
fn records_that_do_not_follow_from_each_other_are_no_order() {
    let book = Book::default();
    let order = ordered(&book, vec![step("one")]).unwrap();
    let (_, sent) = order.send(&book, Arc::default()).unwrap();
    sent.observed(&book, &done()).unwrap();
    let records = book.history(&id()).unwrap();
    assert!(Stage::of(&records).is_some());
    for missing in 0..2 {
        let mut holed = records.clone();
        holed.remove(missing);
        assert!(Stage::of(&holed).is_none(), "without record {missing}");
    }
    let twice = [&records[..], &records[1..2]].concat();
    assert!(Stage::of(&twice).is_none());
    assert_eq!(Stage::read(&book, &OrderId("other".into())).unwrap_err().kind(), Kind::NotFound);
}
