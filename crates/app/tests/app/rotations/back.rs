//! A rotation that is taken back: what is undone, what stays, who must hear of it; and one that goes on after all.

use contract::{RotationNote, RotationWire};
use domain::{Algorithm, Curve, Kind};

use super::{Rotated, at_once, by_hand, description, keystore, lock, orders, prints, run, states, step_lock, user};

fn text(text: &str) -> String {
    text.to_owned()
}

impl Rotated {
    async fn turns_back(&self) -> RotationWire {
        self.note(RotationNote::RollBack { reason: "the load is slower".into() }).await
    }

    /// A consumer uses the old material again.
    async fn goes_back(&self, name: &str) -> RotationWire {
        let (consumer, evidence) = (self.number(name).await, text("its log names version 1"));
        self.note(RotationNote::TellBack { consumer, evidence }).await
    }

    /// At the end of the old version, which is disabled.
    async fn to_disabled(&self) {
        for name in ["a", "b"] {
            self.updates(name).await;
        }
        for phase in ["verify", "switch"] {
            self.goes_on(phase).await;
        }
        self.note(RotationNote::ConfirmSwitch { evidence: text("the signer names version 2") }).await;
        self.goes_on("retire").await;
        self.does("disable-old").await;
    }
}

async fn distributing() -> Rotated {
    Rotated::at_distribute(vec![by_hand("a"), by_hand("b")], "halt").await
}

#[tokio::test(flavor = "multi_thread")]
async fn while_consumers_are_told_only_those_who_heard_of_it_hear_again() {
    let rotated = distributing().await;
    rotated.updates("a").await;
    let open = rotated.open().await;
    assert_eq!((&open.roll_back.reverts, &open.roll_back.tell), (&vec![], &vec![text("a")]));
    let [stays, named] = &open.roll_back.stays[..] else { panic!("{:?}", open.roll_back) };
    assert!(stays.starts_with("Version 2 stays where it is") && named.contains("names no version"), "{stays} {named}");
    let turned = rotated.turns_back().await;
    assert_eq!(turned.row.phase, "rolling-back");
    assert!(turned.row.waits_for.contains("A does not know"), "{}", turned.row.waits_for);
    rotated.refuses(RotationNote::FinishRollBack, Kind::Conflict, "a does not know").await;
    let (consumer, evidence) = (rotated.number("b").await, text("now"));
    rotated.refuses(RotationNote::Succeed { consumer, instances: 1, evidence }, Kind::Conflict, "rolling-back").await;
    let rotated = rotated.restart();
    let told = rotated.goes_back("a").await;
    assert!(told.roll_back.tell.is_empty() && run(&told, "a").told_back.is_some());
    let (consumer, evidence) = (rotated.number("a").await, text("again"));
    rotated.refuses(RotationNote::TellBack { consumer, evidence }, Kind::Conflict, "was told already").await;
    let over = rotated.note(RotationNote::FinishRollBack).await;
    assert_eq!((over.row.phase.as_str(), over.row.over), ("rolled-back", true));
    assert!(rotated.signs("1").await);
    rotated.refuses(RotationNote::Forward, Kind::Conflict, "is over").await;
}

/// Nobody named the old version before the new one was made: everybody came to it by itself, told or not.
#[tokio::test(flavor = "multi_thread")]
async fn whoever_came_at_once_hears_of_it_although_nobody_was_told() {
    let home = keystore(&Algorithm::Ec(Curve::P256)).await;
    let rotated = Rotated::at_create(home, vec![by_hand("a"), by_hand("b")], "halt").await;
    rotated.does("create").await;
    rotated.goes_on("distribute").await;
    let open = rotated.open().await;
    assert_eq!(open.roll_back.tell, ["a", "b"]);
    rotated.turns_back().await;
    rotated.goes_back("a").await;
    rotated.refuses(RotationNote::FinishRollBack, Kind::Conflict, "b does not know").await;
    assert_eq!(rotated.open().await.roll_back.tell, ["b"]);
    rotated.goes_back("b").await;
    assert_eq!(rotated.note(RotationNote::FinishRollBack).await.row.phase, "rolled-back");
}

#[tokio::test(flavor = "multi_thread")]
async fn from_the_switch_the_users_are_seen_to_first() {
    let rotated = distributing().await;
    for name in ["a", "b"] {
        rotated.updates(name).await;
    }
    for phase in ["verify", "switch"] {
        rotated.goes_on(phase).await;
    }
    rotated.note(RotationNote::ConfirmSwitch { evidence: text("the signer names version 2") }).await;
    let open = rotated.open().await;
    assert_eq!(open.roll_back.tell, ["a", "b"]);
    let turned = rotated.turns_back().await;
    assert!(turned.row.waits_for.contains("users are still at the new material"), "{}", turned.row.waits_for);
    rotated.refuses(RotationNote::FinishRollBack, Kind::Conflict, "still at the new material").await;
    let evidence = text("the signer names version 1 again");
    rotated.refuses(RotationNote::ConfirmSwitchBack { evidence: text("") }, Kind::Invalid, "on what grounds").await;
    let back = rotated.note(RotationNote::ConfirmSwitchBack { evidence }).await;
    assert!(back.switched.is_none());
    rotated.goes_back("a").await;
    rotated.refuses(RotationNote::FinishRollBack, Kind::Conflict, "b does not know").await;
    rotated.goes_back("b").await;
    assert_eq!(rotated.note(RotationNote::FinishRollBack).await.row.phase, "rolled-back");
    assert!(rotated.signs("1").await && rotated.signs("2").await);
}

#[tokio::test(flavor = "multi_thread")]
async fn from_the_end_the_old_version_is_enabled_first() {
    let rotated = distributing().await;
    rotated.to_disabled().await;
    assert!(!rotated.signs("1").await);
    let open = rotated.open().await;
    assert_eq!(open.roll_back.reverts, ["The use of version 1 is allowed again."]);
    rotated.turns_back().await;
    rotated.refuses(RotationNote::FinishRollBack, Kind::Conflict, "is disabled").await;
    let evidence = || text("the signer names version 1 again");
    let switched = RotationNote::ConfirmSwitchBack { evidence: evidence() };
    rotated.refuses(switched, Kind::Conflict, "is disabled").await;
    let (consumer, said) = (rotated.number("a").await, evidence());
    rotated.refuses(RotationNote::TellBack { consumer, evidence: said }, Kind::Conflict, "is disabled").await;
    let rotated = rotated.restart();
    let enabled = rotated.does("enable-old").await;
    assert_eq!(orders(&enabled), [("create", "done"), ("disable-old", "done"), ("enable-old", "done")]);
    assert!(rotated.signs("1").await);
    rotated.note(RotationNote::ConfirmSwitchBack { evidence: evidence() }).await;
    for name in ["a", "b"] {
        rotated.goes_back(name).await;
    }
    assert_eq!(rotated.note(RotationNote::FinishRollBack).await.row.phase, "rolled-back");
}

#[tokio::test(flavor = "multi_thread")]
async fn forward_again_whoever_went_back_is_told_and_checked_anew() {
    let rotated = distributing().await;
    rotated.to_disabled().await;
    rotated.turns_back().await;
    rotated.does("enable-old").await;
    rotated.note(RotationNote::ConfirmSwitchBack { evidence: text("the signer names version 1 again") }).await;
    rotated.goes_back("a").await;
    let on = rotated.note(RotationNote::Forward).await;
    assert_eq!((on.row.phase.as_str(), states(&on)), ("distribute", vec!["PENDING", "SUCCEEDED"]));
    assert!(on.runs.iter().all(|run| run.verified.is_none()), "what was shown before is shown again");
    rotated.updates("a").await;
    let consumer = rotated.number("b").await;
    rotated.note(RotationNote::Verify { consumer, evidence: text("its log names version 2") }).await;
    for phase in ["verify", "switch"] {
        rotated.goes_on(phase).await;
    }
    rotated.note(RotationNote::ConfirmSwitch { evidence: text("the signer names version 2") }).await;
    rotated.goes_on("retire").await;
    rotated.does("disable-old").await;
    assert!(!rotated.signs("1").await);
    assert_eq!(rotated.note(RotationNote::Finish { evidence: text("at the second try") }).await.row.phase, "done");
}

/// Turned back and on again before anybody said that he went back: nobody is told twice, and it is shown once more that
/// everybody is at the new version.
#[tokio::test(flavor = "multi_thread")]
async fn forward_again_at_once_is_checked_once_more() {
    let rotated = distributing().await;
    rotated.to_disabled().await;
    rotated.turns_back().await;
    let on = rotated.note(RotationNote::Forward).await;
    assert_eq!((on.row.phase.as_str(), states(&on)), ("verify", vec!["SUCCEEDED", "SUCCEEDED"]));
    assert!(on.disabled.is_some() && on.switched.is_none());
    rotated.refuses(RotationNote::GoOn, Kind::Conflict, "a works").await;
    for name in ["a", "b"] {
        let (consumer, evidence) = (rotated.number(name).await, text("its log names version 2"));
        rotated.note(RotationNote::Verify { consumer, evidence }).await;
    }
    rotated.goes_on("switch").await;
    rotated.note(RotationNote::ConfirmSwitch { evidence: text("the signer names version 2") }).await;
    rotated.goes_on("retire").await;
    let open = rotated.open().await;
    assert!(lock(&open, "finish").is_none());
    assert!(step_lock(&open, "disable-old").unwrap().because.contains("disabled already"));
}

/// A user with two slots is shown to have the old key alone; the statements set the old key first.
#[tokio::test(flavor = "multi_thread")]
async fn a_user_with_two_slots_goes_back_by_its_description() {
    let rotated = Rotated::at_create(keystore(&Algorithm::Rsa(2048)).await, vec![user()], "halt").await;
    rotated.to_distribute().await;
    let (old, new) = prints(&rotated.open().await);
    let consumer = rotated.number("ETL_USER").await;
    let paste = |first: Option<&str>, second: Option<&str>| RotationNote::PasteDescription {
        consumer: consumer.clone(),
        pasted: description("ETL_USER", first, second),
        replace_older: false,
    };
    rotated.note(paste(Some(&old), None)).await;
    rotated.note(RotationNote::Tell { consumer: consumer.clone() }).await;
    rotated.note(paste(Some(&old), Some(&new))).await;
    let turned = rotated.turns_back().await;
    let texts: Vec<&str> = run(&turned, "ETL_USER").back.texts.iter().map(|one| one.text.trim()).collect();
    let [sets, shows, clears] = texts[..] else { panic!("{texts:?}") };
    assert!(sets.starts_with("ALTER USER ETL_USER SET RSA_PUBLIC_KEY='"), "{sets}");
    assert_eq!((shows, clears), ("DESC USER ETL_USER;", "ALTER USER ETL_USER UNSET RSA_PUBLIC_KEY_2;"));
    rotated.refuses(paste(Some(&old), Some(&new)), Kind::Conflict, "is still in RSA_PUBLIC_KEY_2").await;
    rotated.refuses(paste(None, Some(&new)), Kind::Conflict, "is in no slot").await;
    let back = rotated.note(paste(Some(&old), None)).await;
    assert!(run(&back, "ETL_USER").told_back.is_some());
    assert_eq!(rotated.note(RotationNote::FinishRollBack).await.row.phase, "rolled-back");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_without_anything_made_is_thrown_away_instead() {
    let home = keystore(&Algorithm::Ec(Curve::P256)).await;
    let rotated = Rotated::begin(home, vec![by_hand("a")]).await;
    rotated.to_create(at_once("halt")).await;
    let open = rotated.open().await;
    assert!(lock(&open, "roll-back").unwrap().next.contains("Throw the plan away"));
    assert!(open.roll_back.reverts.is_empty() && open.roll_back.stays.is_empty() && open.roll_back.tell.is_empty());
    let gone = rotated.note(RotationNote::Discard).await;
    assert!(gone.row.over && !rotated.signs("2").await);
}
