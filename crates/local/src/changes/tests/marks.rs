//! What a reading says after the answer was lost.

use super::*;

async fn found(world: &World, performed: &Performed) -> Finding {
    open(&world.path()).check(performed).await.unwrap()
}

/// An order that was planned and never sent.
async fn unsent(world: &World, ask: Ask, name: &str) -> Performed {
    let (change, plan) = world.plan(ask, name, &[]).await.unwrap();
    let results = BTreeMap::new();
    Performed { order: change.order, step: plan.steps[0].clone(), results, sent: Timestamp::now() }
}

#[tokio::test]
async fn what_was_not_sent_is_not_done_even_if_another_order_did_the_same() {
    let world = World::new(vec![key("a")]);
    let lost = unsent(&world, Ask::Disable, "a").await;
    assert!(matches!(found(&world, &lost).await, Finding::NotDone { .. }));
    world.does(Ask::Disable, "a", &[]).await;
    let finding = found(&world, &lost).await;
    assert!(matches!(&finding, Finding::NotDone { evidence } if evidence.contains("a is disabled")), "{finding:?}");
}

#[tokio::test]
async fn what_a_later_order_undid_was_done_all_the_same() {
    let world = World::new(vec![key("a"), key("b")]);
    let (change, plan) = world.plan(Ask::Disable, "a", &[]).await.unwrap();
    let (performed, _) = send(&world.provider, change, &plan).await;
    world.does(Ask::Disable, "b", &[]).await;
    world.does(Ask::Enable, "a", &[]).await;
    let (change, plan) = world.plan(Ask::ChangeDescription, "a", &[("description", "x")]).await.unwrap();
    let (later, _) = send(&world.provider, change, &plan).await;
    let finding = found(&world, &performed).await;
    assert!(
        matches!(&finding, Finding::Done { evidence, .. } if evidence.contains("changed the same entry")),
        "{finding:?}"
    );
    assert!(matches!(found(&world, &later).await, Finding::Done { .. }));
}

#[tokio::test]
async fn what_another_hand_undid_is_unclear_and_named() {
    let world = World::new(vec![key("a")]);
    let (change, plan) = world.plan(Ask::Disable, "a", &[]).await.unwrap();
    let (performed, _) = send(&world.provider, change, &plan).await;
    let mut keystore = Keystore::open(&world.path(), &lock()).unwrap();
    keystore.entry_mut("a").unwrap().state = crate::EntryState::Enabled;
    keystore.save().unwrap();
    let finding = found(&world, &performed).await;
    assert!(matches!(&finding, Finding::Unclear { evidence } if evidence.contains("a is enabled")), "{finding:?}");
}

#[tokio::test]
async fn an_older_copy_that_was_put_back_tells_nothing() {
    let world = World::new(vec![key("a"), key("b")]);
    let copy = world.bytes();
    world.does(Ask::Disable, "b", &[]).await;
    let (change, plan) = world.plan(Ask::Disable, "a", &[]).await.unwrap();
    let (performed, _) = send(&world.provider, change, &plan).await;
    std::fs::write(world.path(), copy).unwrap();
    assert!(matches!(found(&world, &performed).await, Finding::Unclear { .. }));
}

#[tokio::test]
async fn after_more_orders_than_are_kept_nothing_is_made_up() {
    let world = World::new(vec![key("a"), key("b")]);
    let lost = unsent(&world, Ask::Disable, "a").await;
    for number in 0..33 {
        assert!(matches!(found(&world, &lost).await, Finding::NotDone { .. }), "after {} orders", 2 * number);
        world.does(Ask::Disable, "b", &[]).await;
        world.does(Ask::Enable, "b", &[]).await;
    }
    assert!(matches!(found(&world, &lost).await, Finding::Unclear { .. }));
}

#[tokio::test]
async fn a_lost_answer_of_what_was_made_is_found_again() {
    let world = World::new(vec![secret("a", "one")]);
    let (change, plan) = world.plan(Ask::WriteValue, "a", &[]).await.unwrap();
    let (performed, _) = send(&world.provider, change, &plan).await;
    world.does(Ask::WriteValue, "a", &[]).await;
    let Finding::Done { results, .. } = found(&world, &performed).await else { panic!("it was done") };
    assert_eq!((results["item"].as_str(), results["version"].as_str()), ("a", "2"));
}
