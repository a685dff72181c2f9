//! The item is rotated past the rotation, by its place's own tool or by another plan: that is noticed before a step.

use contract::{ConfirmChange, NameRotation, OrderState, PlanChange, RotationNote, TargetWire};
use domain::{Algorithm, Curve, Kind};

use super::{KEY, Rotated, assert_refused, at_once, by_hand, keystore, orders, whole, writes};

impl Rotated {
    /// Somebody else makes a new version.
    async fn rotated_elsewhere(&self) {
        writes(self.app()).await;
        let target = TargetWire::Item { reference: KEY.into() };
        let wanted =
            PlanChange { ask: "rotate".into(), target, answers: Default::default(), secrets: Default::default() };
        let plan = self.app().plan_change(wanted).await.unwrap();
        let confirm = ConfirmChange { order: plan.order, digest: plan.digest, typed: Some(plan.name) };
        assert_eq!(self.app().confirm_change(confirm).await.unwrap().state, OrderState::Done);
    }
}

async fn at_create() -> Rotated {
    let home = keystore(&Algorithm::Ec(Curve::P256)).await;
    Rotated::at_create(home, vec![by_hand("a")], "halt").await
}

#[tokio::test(flavor = "multi_thread")]
async fn before_the_plan_and_the_plan_can_be_thrown_away() {
    let home = keystore(&Algorithm::Ec(Curve::P256)).await;
    let rotated = Rotated::begin(home, vec![by_hand("a")]).await;
    rotated.rotated_elsewhere().await;
    rotated.to_create(at_once("halt")).await;
    let before = whole(&rotated.open().await);
    let refused = rotated.plans("create").await.unwrap_err();
    assert_refused(&refused, Kind::Conflict, "rotated elsewhere in the meantime: version 2 is current, not 1");
    assert!(refused.next().contains("throw it away"), "{}", refused.next());
    assert_eq!(whole(&rotated.open().await), before);
    rotated.note(RotationNote::Discard).await;
    let begin = contract::BeginRotation { reference: KEY.into() };
    let anew = rotated.app().begin_rotation(begin).await.unwrap();
    assert_eq!(anew.old.version.as_deref(), Some("2"));
}

#[tokio::test(flavor = "multi_thread")]
async fn between_the_plan_and_its_confirmation() {
    let rotated = at_create().await;
    let plan = rotated.plan("create").await;
    rotated.rotated_elsewhere().await;
    let before = whole(&rotated.open().await);
    let refused = rotated.confirms("create", &plan).await.unwrap_err();
    assert_refused(&refused, Kind::Conflict, "rotated elsewhere");
    assert_eq!(whole(&rotated.open().await), before);
    assert!(!rotated.signs("3").await, "a version was made all the same");
}

#[tokio::test(flavor = "multi_thread")]
async fn after_the_new_version_and_what_takes_it_back_works_still() {
    let rotated = at_create().await;
    rotated.to_distribute().await;
    rotated.updates("a").await;
    for phase in ["verify", "switch"] {
        rotated.goes_on(phase).await;
    }
    rotated.note(RotationNote::ConfirmSwitch { evidence: "its log".into() }).await;
    rotated.goes_on("retire").await;
    rotated.does("disable-old").await;
    rotated.rotated_elsewhere().await;
    let open = rotated.open().await;
    assert_eq!(open.new.unwrap().version.as_deref(), Some("2"));
    rotated.note(RotationNote::RollBack { reason: "version 3 is not ours".into() }).await;
    let back = rotated.does("enable-old").await;
    assert_eq!(orders(&back).last(), Some(&("enable-old", "done")));
    assert!(back.disabled.is_none() && rotated.signs("1").await);
}

#[tokio::test(flavor = "multi_thread")]
async fn while_the_old_version_is_to_be_disabled() {
    let rotated = at_create().await;
    rotated.to_distribute().await;
    rotated.updates("a").await;
    for phase in ["verify", "switch"] {
        rotated.goes_on(phase).await;
    }
    rotated.note(RotationNote::ConfirmSwitch { evidence: "its log".into() }).await;
    rotated.goes_on("retire").await;
    rotated.rotated_elsewhere().await;
    let before = whole(&rotated.open().await);
    let refused = rotated.plans("disable-old").await.unwrap_err();
    assert_refused(&refused, Kind::Conflict, "version 3 is current, not 2");
    assert_eq!(whole(&rotated.open().await), before);
    assert!(rotated.signs("1").await);
    // To look again changes nothing of it.
    let again = rotated.app().check_rotation(NameRotation { rotation: rotated.id.clone() }).await.unwrap();
    assert_eq!(whole(&again), before);
}
