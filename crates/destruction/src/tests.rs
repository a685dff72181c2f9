//! What locks, in words, and what becomes of what was said.

use domain::{DestructionStep, LastUse, Lock, OrderEnd, OrderId, Standing, Timestamp};

use crate::{Act, After, Destruction, DestructionId, Evidence, Finding, FindingKind, Move, Phase, Settings, due_dates};

fn at(day: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + day * 86_400).unwrap()
}

fn begun() -> Destruction {
    Destruction::begin(DestructionId("1".to_owned()), "a/v/k".to_owned(), "payments".to_owned(), String::new(), at(0))
}

fn evidence(day: i64, standing: Standing, last_use: LastUse) -> Evidence {
    let (actor, source) = ("maria".to_owned(), "kms:GetKeyLastUsage".to_owned());
    Evidence { at: at(day), actor, standing, last_use, source, findings: Vec::new() }
}

fn never() -> LastUse {
    LastUse::NotSince { since: at(-900), whole_life: true }
}

fn used(day: i64, by_day: bool) -> LastUse {
    LastUse::Used { at: at(day), by_day, operation: Some("Decrypt".to_owned()), by: None }
}

fn after(from: &Destruction, acts: impl IntoIterator<Item = Act>, day: i64) -> Destruction {
    acts.into_iter().fold(from.clone(), |now, act| now.apply(act, "maria", at(day)).unwrap())
}

fn look(day: i64, standing: Standing, last_use: LastUse) -> Act {
    Act::Look(evidence(day, standing, last_use), vec![DestructionStep::Permit, DestructionStep::Forbid])
}

fn done(step: DestructionStep, number: &str, standing: Standing) -> [Act; 2] {
    let order = OrderId(number.to_owned());
    let after = Some(After { standing, rest: false });
    [
        Act::TakeOrder { step, order: order.clone(), part: None, is_final: step == DestructionStep::Destroy },
        Act::EndOrder { order, end: OrderEnd::Done, after },
    ]
}

fn lock(of: &Destruction, what: &Move, day: i64) -> Lock {
    of.lock(what, at(day)).unwrap_or_else(|| panic!("{what:?} is open"))
}

fn soaking() -> Destruction {
    let ready = after(&begun(), [look(0, Standing::InUse, never()), Act::GoOn], 0);
    after(&ready, done(DestructionStep::Disable, "1", Standing::Stopped), 0)
}

#[test]
fn a_use_inside_the_window_is_refused_and_nothing_is_said_away() {
    let now = after(&begun(), [look(0, Standing::InUse, used(-3, false))], 0);
    let refused = lock(&now, &Move::GoOn, 0);
    assert!(refused.because.contains("it was used on") && refused.because.contains("(Decrypt), within 30 days"));
    assert_eq!(refused.until, Some(at(27)));
    let said = now.apply(Act::Acknowledge("use:unknown".to_owned(), "a test job".to_owned()), "maria", at(0));
    assert_eq!(said.unwrap_err().kind(), domain::Kind::NotFound);
    // A use before the window is none that counts, but a day is over only at its end.
    assert_eq!(after(&begun(), [look(0, Standing::InUse, used(-30, false))], 0).lock(&Move::GoOn, at(0)), None);
    lock(&after(&begun(), [look(0, Standing::InUse, used(-30, true))], 0), &Move::GoOn, 0);
}

#[test]
fn what_is_not_known_is_spoken_for_by_name() {
    let untold = LastUse::Untold { because: "This place does not tell when a key was last used.".to_owned() };
    let now = after(&begun(), [look(0, Standing::InUse, untold)], 0);
    assert!(lock(&now, &Move::GoOn, 0).because.contains("does not tell when a key was last used"));
    let now = after(&now, [Act::Acknowledge("use:unknown".to_owned(), "the audit log has none".to_owned())], 0);
    assert_eq!(now.lock(&Move::GoOn, at(0)), None);
    // Written down since later than the window began: that is not "never".
    let late = LastUse::NotSince { since: at(-5), whole_life: false };
    let now = after(&begun(), [look(0, Standing::InUse, late.clone())], 0);
    assert!(lock(&now, &Move::GoOn, 0).because.contains("whether it was used before is not known"));
    let young = LastUse::NotSince { since: at(-5), whole_life: true };
    assert_eq!(after(&begun(), [look(0, Standing::InUse, young)], 0).lock(&Move::GoOn, at(0)), None);
    let short = Settings { window_days: 5, ..Settings::default() };
    let now = after(&begun(), [Act::Settle(short), look(0, Standing::InUse, late)], 0);
    assert_eq!(now.lock(&Move::GoOn, at(0)), None, "the whole window is covered");
}

#[test]
fn evidence_is_a_day_old_at_most() {
    let now = after(&begun(), [look(0, Standing::InUse, never()), Act::GoOn], 0);
    assert_eq!(now.lock(&Move::Order(DestructionStep::Disable), at(0)), None);
    assert!(lock(&now, &Move::Order(DestructionStep::Disable), 1).because.contains("older than a day"));
    assert!(lock(&now, &Move::Order(DestructionStep::Disable), -1).because.contains("older than a day"));
}

#[test]
fn it_soaks_and_a_use_or_a_hand_from_elsewhere_stops_it() {
    let now = soaking();
    assert_eq!((now.phase, lock(&now, &Move::GoOn, 13).until), (Phase::Soak, Some(at(14))));
    assert_eq!(due_dates(&now)[0].at, at(14));
    let used_after = after(&now, [look(14, Standing::Stopped, used(3, false))], 14);
    assert!(lock(&used_after, &Move::GoOn, 14).because.contains("after it was disabled"));
    // Told late: it counts back from the disabling, however long the soak was.
    let told_late = after(&now, [look(60, Standing::Stopped, used(-1, false))], 60);
    assert!(lock(&told_late, &Move::GoOn, 60).because.contains("before it was disabled"));
    let opened = after(&now, [look(14, Standing::InUse, never())], 14);
    assert!(lock(&opened, &Move::GoOn, 14).because.contains("somebody has enabled it"));
    assert_eq!(after(&opened, [Act::StartOver("by mistake".to_owned())], 14).phase, Phase::Evidence);
    lock(&now, &Move::StartOver, 14);
}

#[test]
fn what_waits_is_called_off_and_enabled_again() {
    let now = after(&soaking(), [look(14, Standing::Stopped, never()), Act::GoOn], 14);
    let pending = Standing::Pending { at: Some(at(44)) };
    let now = after(&now, done(DestructionStep::Schedule, "2", pending), 14);
    assert_eq!((now.phase, due_dates(&now)[0].at), (Phase::Waiting, at(44)));
    assert!(lock(&now, &Move::Keep, 15).because.contains("without anybody watching"));
    lock(&now, &Move::Order(DestructionStep::Schedule), 15);
    let back = after(&now, done(DestructionStep::Cancel, "3", Standing::Stopped), 15);
    let back = after(&back, done(DestructionStep::Enable, "4", Standing::InUse), 15);
    assert_eq!((back.phase, back.stopped.len()), (Phase::Evidence, 0));
    assert_eq!(after(&back, [Act::Keep("it is needed".to_owned())], 15).phase, Phase::Kept);
    let gone = after(&now, [look(50, Standing::Gone, never()), Act::Finish(String::new())], 50);
    assert_eq!((gone.phase, due_dates(&gone).len()), (Phase::Done, 0));
}

#[test]
fn a_user_is_spoken_for_with_a_reason_and_anew_after_going_back() {
    let grant = Finding {
        id: "grant:7".to_owned(),
        kind: FindingKind::Grant,
        says: "A grant to role/backup.".to_owned(),
        source: "kms:ListGrants".to_owned(),
    };
    let found = Evidence { findings: vec![grant], ..evidence(0, Standing::InUse, never()) };
    let now = after(&begun(), [Act::Look(found.clone(), Vec::new())], 0);
    assert!(lock(&now, &Move::GoOn, 0).because.contains("A grant to role/backup"));
    let say = |text: &str| Act::Acknowledge("grant:7".to_owned(), text.to_owned());
    assert_eq!(now.apply(say(" "), "maria", at(0)).unwrap_err().kind(), domain::Kind::Invalid);
    let now = after(&now, [say("the role is gone")], 0);
    assert_eq!(now.lock(&Move::GoOn, at(0)), None);
    let now = after(&now, [Act::GoOn], 0);
    let now = after(&now, done(DestructionStep::Disable, "1", Standing::Stopped), 0);
    let now = after(&now, done(DestructionStep::Enable, "2", Standing::InUse), 0);
    assert!(now.acknowledged.is_empty());
    lock(&now, &Move::GoOn, 0);
}

#[test]
fn one_part_after_the_other_is_disabled_and_all_are_known() {
    let mut now = after(&begun(), [look(0, Standing::InUse, never()), Act::GoOn], 0);
    for (part, rest) in [("1", true), ("2", false)] {
        let order = OrderId(part.to_owned());
        let standing = if rest { Standing::InUse } else { Standing::Stopped };
        let take = Act::TakeOrder {
            step: DestructionStep::Disable,
            order: order.clone(),
            part: Some(part.to_owned()),
            is_final: false,
        };
        let end = Act::EndOrder { order, end: OrderEnd::Done, after: Some(After { standing, rest }) };
        now = after(&now, [take, end], 0);
        assert_eq!(now.phase, if rest { Phase::Disable } else { Phase::Soak });
    }
    assert_eq!(now.stopped, ["1", "2"]);
}
