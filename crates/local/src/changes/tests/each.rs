//! Each change: what it does, what it leaves alone, what takes it back, and when it is refused.

use domain::{Aspect, Kind, State, Tier};

use super::*;
use crate::EntryState;

fn description(detail: &ItemDetail) -> &str {
    detail
        .aspects
        .iter()
        .find_map(|aspect| match aspect {
            Aspect::Description(text) => Some(text.as_str()),
            _ => None,
        })
        .unwrap_or_default()
}

fn tags(detail: &ItemDetail) -> Vec<(String, String)> {
    let found = detail.aspects.iter().find_map(|aspect| match aspect {
        Aspect::Tags(tags) => Some(tags.clone()),
        _ => None,
    });
    found.unwrap_or_default()
}

#[tokio::test]
async fn every_algorithm_that_is_offered_is_made_and_rotated() {
    let world = World::new(Vec::new());
    for (number, algorithm) in make::ALGORITHMS.iter().enumerate() {
        let (name, text) = (format!("made-{number}"), algorithm.to_string());
        let answers = [("algorithm", &*text), ("description", "Signs."), ("tags", r#"[["team","pay"]]"#)];
        let (_, made) = world.does(Ask::CreateKey, &name, &answers).await;
        assert_eq!(made["item"], name);
        let first = world.open(&name).await.unwrap();
        assert_eq!((first.item.algorithm.as_ref(), first.item.state.clone()), (Some(algorithm), State::Enabled));
        assert_eq!((description(&first), tags(&first)), ("Signs.", vec![("team".to_owned(), "pay".to_owned())]));
        if matches!(algorithm, Algorithm::Rsa(3072 | 4096)) {
            continue;
        }
        let (plan, made) = world.does(Ask::Rotate, &name, &[]).await;
        let second = world.open(&name).await.unwrap();
        assert_eq!((made["version"].as_str(), second.versions.len(), plan.undo), ("2", 2, None));
        assert_eq!(
            (second.item.algorithm, second.item.current_version.as_deref()),
            (Some(algorithm.clone()), Some("2"))
        );
        if algorithm.has_public_half() == Some(true) {
            let item = ItemKey::new(VAULT, &name);
            let (old, new) = (world.provider.public_key(&item, Some("1")), world.provider.public_key(&item, None));
            assert_ne!(old.await.unwrap(), new.await.unwrap(), "{algorithm} was rotated to the same key");
        }
    }
}

#[tokio::test]
async fn what_cannot_be_made_is_refused_before_anything_is_sent() {
    let world = World::new(vec![key("taken")]);
    for (ask, name, answers, kind) in [
        (Ask::CreateKey, "taken", vec![("algorithm", "Ed25519")], Kind::Conflict),
        (Ask::CreateKey, "", vec![("algorithm", "Ed25519")], Kind::Invalid),
        (Ask::CreateKey, "a\nb", vec![("algorithm", "Ed25519")], Kind::Invalid),
        (Ask::CreateKey, "a", vec![("algorithm", "RSA 1024")], Kind::Invalid),
        (Ask::CreateKey, "a", vec![("algorithm", "EC secp256k1")], Kind::Invalid),
        (Ask::CreateKey, "a", vec![], Kind::Invalid),
        (Ask::CreateSecret, "a", vec![("tags", r#"[["a","1"],["a","2"]]"#)], Kind::Invalid),
        (Ask::ChangeTags, "taken", vec![("tags", r#"[["","1"]]"#)], Kind::Invalid),
        (Ask::ChangeTags, "taken", vec![("tags", "[]")], Kind::Conflict),
        (Ask::ChangeDescription, "taken", vec![("description", "")], Kind::Conflict),
        (Ask::ScheduleDeletion, "taken", vec![("days", "0")], Kind::Invalid),
        (Ask::ScheduleDeletion, "taken", vec![("days", "366")], Kind::Invalid),
        (Ask::Disable, "absent", vec![], Kind::NotFound),
        (Ask::WriteValue, "taken", vec![], Kind::Unsupported),
        (Ask::CreateAlias, "taken", vec![], Kind::Unsupported),
    ] {
        let refused = world.plan(ask, name, &answers).await.unwrap_err();
        assert_eq!((refused.kind(), refused.refused_by().is_some()), (kind, kind != Kind::NotFound), "{refused}");
    }
}

#[tokio::test]
async fn texts_and_tags_are_replaced_and_brought_back() {
    let world = World::new(vec![key("payments").with_description("Old.").with_tags(&[("team", "pay")])]);
    let (plan, _) = world.does(Ask::ChangeDescription, "payments", &[("description", "It's\nnew.")]).await;
    assert_eq!((description(&world.open("payments").await.unwrap()), plan.tier), ("It's\nnew.", Tier::Undo));
    world.undoes(&plan).await;
    assert_eq!(description(&world.open("payments").await.unwrap()), "Old.");
    world.does(Ask::ChangeDescription, "payments", &[("description", "")]).await;
    assert_eq!(description(&world.open("payments").await.unwrap()), "");

    let (plan, _) = world.does(Ask::ChangeTags, "payments", &[("tags", r#"[["env","prod"]]"#)]).await;
    assert_eq!(plan.effects, ["Sets env to \"prod\".", "Takes team away."]);
    assert_eq!(tags(&world.open("payments").await.unwrap()), [("env".to_owned(), "prod".to_owned())]);
    world.undoes(&plan).await;
    assert_eq!(tags(&world.open("payments").await.unwrap()), [("team".to_owned(), "pay".to_owned())]);
}

#[tokio::test]
async fn a_secret_is_made_written_and_rolled_back_without_being_read() {
    let world = World::new(vec![secret("old", "first")]);
    let (plan, _) = world.does(Ask::CreateSecret, "made", &[("description", "x")]).await;
    assert!(!serde_json::to_string(&plan).unwrap().contains("to search for"));
    assert_eq!(world.value("made").await, "a value to search for");

    let (plan, made) = world.does(Ask::WriteValue, "old", &[]).await;
    assert_eq!((made["version"].as_str(), &*world.value("old").await), ("2", "a value to search for"));
    assert!(!plan.undo.as_ref().unwrap().whole, "the new version stays");
    world.undoes(&plan).await;
    assert_eq!(world.value("old").await, "first");
    let detail = world.open("old").await.unwrap();
    assert_eq!(
        detail.versions.iter().map(|one| (&*one.id, one.current)).collect::<Vec<_>>(),
        [("2", false), ("1", true)]
    );
    // What is written next is counted on from the newest, not from the current one.
    assert_eq!(world.does(Ask::WriteValue, "old", &[]).await.1["version"], "3");
}

#[tokio::test]
async fn hidden_versions_cannot_be_read_until_they_are_shown_again() {
    let entry = secret("a", "one");
    let material = |text: &str| Material::secret(Secret::from_text(text.to_owned()), "");
    let entry = entry.with_version(Timestamp::UNIX_EPOCH, material("two")).unwrap();
    let world = World::new(vec![entry.with_version(Timestamp::UNIX_EPOCH, material("three")).unwrap()]);
    let read = async |id: &str| domain::Secrets::value(&world.provider, &ItemKey::new(VAULT, "a"), Some(id)).await;
    assert!(world.plan(Ask::DeleteVersions, "a", &[("versions", "3")]).await.is_err(), "the current one");
    assert!(!world.allows("a", Ask::UndeleteVersions).await);
    let (plan, _) = world.does(Ask::DeleteVersions, "a", &[("versions", "1, 2")]).await;
    assert_eq!(
        (read("1").await.unwrap_err().kind(), read("2").await.unwrap_err().kind()),
        (Kind::Denied, Kind::Denied)
    );
    assert_eq!(read("3").await.unwrap().expose_text(), Some("three"));
    assert!(!world.allows("a", Ask::RollBack).await, "there is nothing that could be read");
    world.undoes(&plan).await;
    assert_eq!(read("1").await.unwrap().expose_text(), Some("one"));
}

#[tokio::test]
async fn disabling_closes_and_enabling_opens() {
    let world = World::new(vec![secret("a", "one")]);
    let (plan, _) = world.does(Ask::Disable, "a", &[]).await;
    assert_eq!((world.open("a").await.unwrap().item.state, plan.tier), (State::Disabled, Tier::Consequences));
    for ask in [Ask::Disable, Ask::WriteValue] {
        assert!(!world.allows("a", ask).await, "{ask:?}");
    }
    world.undoes(&plan).await;
    assert_eq!(world.open("a").await.unwrap().item.state, State::Enabled);
    assert!(!world.allows("a", Ask::Delete).await, "only what nobody uses is deleted");
}

#[tokio::test]
async fn enabling_an_entry_opens_its_current_version_and_says_whether_that_can_be_undone() {
    let world = World::new(vec![secret("a", "one").with_current_disabled(), key("b").with_state(EntryState::Disabled)]);
    let (plan, _) = world.does(Ask::Enable, "a", &[]).await;
    assert!(!plan.undo.unwrap().whole, "the version would stay enabled");
    assert_eq!((&*world.value("a").await, world.open("a").await.unwrap().item.state), ("one", State::Enabled));
    assert!(world.does(Ask::Enable, "b", &[]).await.0.undo.unwrap().whole);
}

#[tokio::test]
async fn a_deletion_waits_is_called_off_and_leads_back_to_the_state_before() {
    let world = World::new(vec![key("used"), key("unused").with_state(EntryState::Disabled)]);
    for (name, before) in [("used", State::Enabled), ("unused", State::Disabled)] {
        let (plan, _) = world.does(Ask::ScheduleDeletion, name, &[("days", "7")]).await;
        assert_eq!((plan.tier, plan.warnings.is_empty()), (Tier::Name, false));
        let detail = world.open(name).await.unwrap();
        let due = detail.aspects.iter().find_map(|aspect| match aspect {
            Aspect::PendingDeletion { at } => Some(at.duration_since(Timestamp::now()).as_hours()),
            _ => None,
        });
        assert_eq!((detail.item.state, due), (State::PendingDeletion, Some(7 * 24 - 1)));
        for ask in [Ask::ChangeTags, Ask::Enable, Ask::Rotate, Ask::ScheduleDeletion] {
            assert!(!world.allows(name, ask).await, "{ask:?}");
        }
        assert!(plan.undo.as_ref().unwrap().whole);
        world.undoes(&plan).await;
        assert_eq!(world.open(name).await.unwrap().item.state, before);
    }
}

#[tokio::test]
async fn deleting_takes_the_entry_out_and_warns_while_it_was_to_be_kept() {
    let world = World::new(vec![key("a").with_state(EntryState::Disabled), key("b"), key("c")]);
    let (plan, _) = world.does(Ask::Delete, "a", &[]).await;
    assert_eq!((plan.tier, plan.undo), (Tier::Name, None));
    assert_eq!(world.open("a").await.unwrap_err().kind(), Kind::NotFound);
    world.does(Ask::ScheduleDeletion, "b", &[("days", "1")]).await;
    let (plan, _) = world.does(Ask::Delete, "b", &[]).await;
    assert!(plan.warnings.iter().any(|warning| warning.contains("not over yet")), "{:?}", plan.warnings);
    assert_eq!(Keystore::open(&world.path(), &lock()).unwrap().entries().len(), 1);
}

#[tokio::test]
async fn the_command_is_a_line_of_the_command_line() {
    let world = World::new(vec![secret("it's", "x")]);
    let (_, plan) = world.plan(Ask::ScheduleDeletion, "it's", &[("days", "9")]).await.unwrap();
    let address = format!("{}#it'\\''s", world.path().display());
    assert_eq!(plan.steps[0].command, format!("claviger change '{address}' schedule-deletion --set days=9 --write"));
    let (_, plan) = world.plan(Ask::CreateKey, "a", &[("algorithm", "EC P-256")]).await.unwrap();
    let command = "claviger change CONNECTION/keystore create-key --set name=a --set 'algorithm=EC P-256' --write";
    assert_eq!(plan.steps[0].command, command);
}
