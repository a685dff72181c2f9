//! What may not be done: unknown words, no grounds, locked steps, read-only connections, states that are not there any more.

use contract::{BeginRotation, ConfirmRotation, NameRotation, NameRun, NoteRotation, RotationNote, RotationSettings};
use domain::{Algorithm, Curve, Kind};

use super::{KEY, Rotated, assert_refused, at_once, by_hand, confirmed, keystore, orders, states, whole, writes};

async fn small() -> Rotated {
    let home = keystore(&Algorithm::Ec(Curve::P256)).await;
    Rotated::begin(home, vec![by_hand("a"), by_hand("b")]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn unknown_words_and_times_are_not_settled() {
    let rotated = small().await;
    let scope = |settings: RotationSettings| RotationNote::SetScope { settings };
    let due = |text: &str| RotationSettings { due: Some(text.into()), ..at_once("halt") };
    let invalid = Kind::Invalid;
    rotated.refuses(scope(at_once("HALT")), invalid, "\"HALT\" is no error strategy").await;
    rotated.refuses(scope(due("tomorrow")), invalid, "\"tomorrow\" is no instant").await;
    rotated.refuses(scope(RotationSettings { soak_hours: 8_761, ..at_once("halt") }), invalid, "8760 hours").await;
    rotated.refuses(scope(RotationSettings { wait_days: 366, ..at_once("halt") }), invalid, "365 days").await;
    let long = RotationSettings { reason: "x".repeat(2_001), ..at_once("halt") };
    rotated.refuses(scope(long), invalid, "longer than 2000").await;
    rotated.note(scope(RotationSettings { due: Some(" ".into()), soak_hours: 8_760, ..at_once("halt") })).await;
    rotated.goes_on("method").await;
    let choose = |method: &str| RotationNote::Choose { method: method.into() };
    rotated.refuses(choose("by-magic"), invalid, "\"by-magic\" is no method").await;
    rotated.refuses(choose("new-key"), Kind::Unsupported, "An entry gets a new version").await;
    rotated.refuses(RotationNote::GoOn, Kind::Conflict, "no method is chosen").await;
    let before = whole(&rotated.open().await);
    assert_refused(&rotated.plans("paint").await.unwrap_err(), invalid, "\"paint\" is no step");
    let look = NameRun { rotation: rotated.id.clone(), consumer: "nobody".into() };
    assert_refused(&rotated.app().look_at_consumer(look.clone()).await.unwrap_err(), Kind::NotFound, "no part");
    assert_refused(&rotated.app().preview_call(look).await.unwrap_err(), Kind::NotFound, "no part");
    assert_eq!(whole(&rotated.open().await), before);
    let nowhere = NameRotation { rotation: "01NOWHERE".into() };
    assert_refused(&rotated.app().open_rotation(nowhere).await.unwrap_err(), Kind::NotFound, "no rotation 01NOWHERE");
    let absent = BeginRotation { reference: "keys/keystore/absent".into() };
    assert_refused(&rotated.app().begin_rotation(absent).await.unwrap_err(), Kind::NotFound, "absent");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_done_out_of_its_turn_or_without_grounds() {
    let rotated = small().await;
    let text = |text: &str| text.to_owned();
    let (conflict, invalid) = (Kind::Conflict, Kind::Invalid);
    for (note, said) in [
        (RotationNote::Back, "the first step"),
        (RotationNote::Pin { evidence: text("it is") }, "belongs to \"create\""),
        (RotationNote::ConfirmSwitch { evidence: text("it is") }, "belongs to \"switch\""),
        (RotationNote::Finish { evidence: text("it is") }, "belongs to \"retire\""),
        (RotationNote::RollBack { reason: text("it is") }, "nothing was made"),
        (RotationNote::Forward, "belongs to \"rolling-back\""),
        (RotationNote::FinishRollBack, "belongs to \"rolling-back\""),
    ] {
        rotated.refuses(note, conflict, said).await;
    }
    let before = whole(&rotated.open().await);
    let prove = NameRotation { rotation: rotated.id.clone() };
    assert_refused(&rotated.app().prove_rotation(prove).await.unwrap_err(), conflict, "not made yet");
    assert_refused(&rotated.plans("create").await.unwrap_err(), conflict, "belongs to \"create\"");
    assert_eq!(whole(&rotated.open().await), before);
    rotated.to_create(at_once("halt")).await;
    rotated.refuses(RotationNote::Pin { evidence: text("  ") }, invalid, "on what grounds").await;
    rotated.refuses(RotationNote::GoOn, conflict, "nothing was made yet").await;
    rotated.to_distribute().await;
    let a = rotated.number("a").await;
    let succeed =
        |instances, evidence: &str| RotationNote::Succeed { consumer: a.clone(), instances, evidence: text(evidence) };
    let verify = |evidence: &str| RotationNote::Verify { consumer: a.clone(), evidence: text(evidence) };
    rotated.refuses(succeed(1, "done"), conflict, "was not told").await;
    rotated.refuses(verify("done"), conflict, "does not have the new material").await;
    rotated.refuses(RotationNote::Discard, conflict, "new material was made").await;
    rotated.refuses(RotationNote::Back, conflict, "new material was made").await;
    let join = RotationNote::Join { consumer: "nobody".into() };
    rotated.refuses(join, invalid, "the ledger has no such consumer").await;
    let join = RotationNote::Join { consumer: a.clone() };
    rotated.refuses(join, conflict, "part of the rotation already").await;
    rotated.note(RotationNote::Tell { consumer: a.clone() }).await;
    rotated.refuses(RotationNote::Tell { consumer: a.clone() }, conflict, "a was told").await;
    rotated.refuses(succeed(1, " \n"), invalid, "on what grounds").await;
    rotated.refuses(RotationNote::Fail { consumer: a.clone(), error: text("") }, invalid, "on what grounds").await;
    rotated.note(succeed(1, "done")).await;
    rotated.refuses(verify(""), invalid, "on what grounds").await;
    rotated
        .refuses(RotationNote::LeaveOut { consumer: a.clone(), evidence: text("") }, invalid, "on what grounds")
        .await;
    rotated.refuses(RotationNote::GoOn, conflict, "b does not have the new material yet").await;
    rotated.refuses(RotationNote::RollBack { reason: text("") }, invalid, "on what grounds").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_read_only_connection_changes_nothing_and_the_plan_waits() {
    let rotated = small().await;
    rotated.to_create(at_once("halt")).await;
    let plan = rotated.plan("create").await;
    assert!(plan.blocked.is_some());
    let before = whole(&rotated.open().await);
    let refused = rotated.confirms("create", &plan).await.unwrap_err();
    assert_refused(&refused, Kind::Denied, "read-only");
    assert_eq!(whole(&rotated.open().await), before, "no order stands there that could only be checked");
    assert!(!rotated.signs("2").await);
    writes(rotated.app()).await;
    let made = rotated.confirms("create", &plan).await.unwrap();
    assert_eq!(orders(&made), [("create", "done")]);
}

/// It is refused before the number of the order is taken down: no order stands there that never was one, and the plan can
/// still be confirmed as it is to be.
#[tokio::test(flavor = "multi_thread")]
async fn a_confirmation_of_something_else_leaves_no_order_and_the_plan_waits() {
    let rotated = small().await;
    rotated.to_create(at_once("halt")).await;
    writes(rotated.app()).await;
    let plan = rotated.plan("create").await;
    let before = whole(&rotated.open().await);
    let other = ConfirmRotation { digest: "0".repeat(64), ..confirmed(&rotated.id, "create", &plan) };
    assert_refused(&rotated.app().confirm_rotation(other).await.unwrap_err(), Kind::Conflict, "the one that was read");
    assert_eq!(whole(&rotated.open().await), before);
    assert!(!rotated.signs("2").await);
    let made = rotated.confirms("create", &plan).await.unwrap();
    assert_eq!(orders(&made), [("create", "done")]);
    let again = rotated.confirms("create", &plan).await.unwrap_err();
    assert_eq!(again.kind(), Kind::Conflict, "{again:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_of_another_step_or_of_another_start_is_not_carried_out() {
    let rotated = small().await;
    rotated.to_create(at_once("halt")).await;
    writes(rotated.app()).await;
    let plan = rotated.plan("create").await;
    let before = whole(&rotated.open().await);
    let other_step = rotated.confirms("disable-old", &plan).await.unwrap_err();
    assert_refused(&other_step, Kind::Conflict, "belongs to \"retire\"");
    // A change of its own, past the rotation.
    let target = contract::TargetWire::Item { reference: KEY.into() };
    let wanted =
        contract::PlanChange { ask: "rotate".into(), target, answers: Default::default(), secrets: Default::default() };
    let past_it = rotated.app().plan_change(wanted).await.unwrap();
    assert_refused(&rotated.confirms("create", &past_it).await.unwrap_err(), Kind::Conflict, "not of this step");
    assert_eq!(whole(&rotated.open().await), before);
    let rotated = rotated.restart();
    writes(rotated.app()).await;
    assert_refused(&rotated.confirms("create", &plan).await.unwrap_err(), Kind::Conflict, "or is gone");
    assert_eq!(whole(&rotated.open().await), before);
    assert!(!rotated.signs("2").await);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_windows_on_one_home_do_not_step_on_each_other() {
    let rotated = small().await;
    let other = rotated.beside();
    let seen = other.open_rotation(NameRotation { rotation: rotated.id.clone() }).await.unwrap();
    assert_eq!(whole(&seen), whole(&rotated.open().await));
    rotated.note(RotationNote::SetScope { settings: at_once("skip") }).await;
    let before = whole(&rotated.open().await);
    let late = NoteRotation { rotation: rotated.id.clone(), revision: seen.revision, note: RotationNote::GoOn };
    let refused = other.note_rotation(late).await.unwrap_err();
    assert_refused(&refused, Kind::Conflict, "somebody else went on");
    assert_eq!(whole(&rotated.open().await), before);
    // Both at once: one of them wins, and the other is told.
    let revision = rotated.open().await.revision;
    let note = || NoteRotation { rotation: rotated.id.clone(), revision, note: RotationNote::GoOn };
    let (one, two) = tokio::join!(rotated.app().note_rotation(note()), other.note_rotation(note()));
    assert!(one.is_ok() != two.is_ok(), "{one:?} {two:?}");
    assert_refused(&one.err().or(two.err()).unwrap(), Kind::Conflict, "somebody else went on");
    assert_eq!(rotated.open().await.row.phase, "method");
    // A plan of one window is none of the other's.
    rotated.note(RotationNote::Choose { method: "new-version".into() }).await;
    rotated.goes_on("consumers").await;
    rotated.goes_on("create").await;
    writes(rotated.app()).await;
    writes(&other).await;
    let plan = rotated.plan("create").await;
    let refused = other.confirm_rotation(confirmed(&rotated.id, "create", &plan)).await.unwrap_err();
    assert_refused(&refused, Kind::Conflict, "not of this step, or is gone");
    assert_eq!(states(&rotated.confirms("create", &plan).await.unwrap()), ["PENDING", "PENDING"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_item_has_one_rotation_at_a_time() {
    let rotated = small().await;
    rotated.note(RotationNote::GoOn).await;
    let begin = || BeginRotation { reference: KEY.into() };
    let again = rotated.app().begin_rotation(begin()).await.unwrap();
    assert_eq!((again.row.id.as_str(), again.row.phase.as_str()), (rotated.id.as_str(), "method"));
    let other = rotated.beside();
    assert_eq!(other.begin_rotation(begin()).await.unwrap().row.id, rotated.id);
    rotated.note(RotationNote::Discard).await;
    let (one, two) = tokio::join!(rotated.app().begin_rotation(begin()), other.begin_rotation(begin()));
    let begun: Vec<String> = [one, two].into_iter().flatten().map(|rotation| rotation.row.id).collect();
    assert!(!begun.is_empty() && begun.iter().all(|id| *id == begun[0] && *id != rotated.id), "{begun:?}");
}
