//! One version of several is disabled and enabled: what is asked, planned, sent, undone, and read afterwards.

use domain::{Answer, Ask, Changes, Finding, ItemKey, Kind, Outcome, QuestionKind, SecretAnswers};
use serde_json::{Value, json};

use super::{Asked, Said, World, change, item, list, not_found, refusal, version};
use crate::offers;

/// A key and a secret `a`, each with two versions of which version 2 is the current one.
fn two(older: bool, newer: bool) -> World {
    let enabled = |enabled: bool| json!({"attributes": {"enabled": enabled}});
    World::new(move |asked: &Asked| {
        let both = |collection: &str| {
            let older = version(collection, "1", 5, &enabled(older));
            list(vec![older, version(collection, "2", 9, &enabled(newer))])
        };
        match asked.line.as_str() {
            "GET keys/a" => Said::Json(200, version("keys", "2", 9, &enabled(newer))),
            "GET keys/a/versions" => both("keys"),
            "GET secrets/a/versions" => both("secrets"),
            line if line.starts_with("PATCH ") => Said::Json(200, json!({})),
            _ => not_found(),
        }
    })
}

/// The choices and the preset.
async fn asked_for(world: &World, ask: Ask, id: &str) -> (Vec<String>, Option<String>) {
    let mut questions = world.tenant.questions(ask, &item(id)).await.unwrap();
    assert_eq!(questions.len(), 1, "{questions:?}");
    let question = questions.remove(0);
    let QuestionKind::Choice(choices) = question.kind else { panic!("{question:?}") };
    (choices.into_iter().map(|(id, _)| id).collect(), question.preset)
}

#[tokio::test]
async fn only_versions_that_it_can_be_done_to_are_asked_for() {
    let chosen = |ids: &[&str], preset: &str| {
        (ids.iter().map(|id| (*id).to_owned()).collect::<Vec<_>>(), Some(preset.to_owned()))
    };
    for id in ["keys/a", "secrets/a"] {
        let both = two(true, true);
        assert_eq!(asked_for(&both, Ask::Disable, id).await, chosen(&["2", "1"], "2"));
        assert_eq!(both.tenant.questions(Ask::Enable, &item(id)).await.unwrap_err().kind(), Kind::Unsupported);
        let newer = two(false, true);
        assert_eq!(asked_for(&newer, Ask::Disable, id).await, chosen(&["2"], "2"));
        assert_eq!(asked_for(&newer, Ask::Enable, id).await, chosen(&["1"], "1"));
        let older = two(true, false);
        assert_eq!(asked_for(&older, Ask::Disable, id).await, chosen(&["1"], "1"));
        assert_eq!(asked_for(&older, Ask::Enable, id).await, chosen(&["2"], "2"));
    }
}

#[tokio::test]
async fn the_version_that_was_named_is_changed_and_changed_back() {
    for (ask, back, world) in
        [(Ask::Disable, Ask::Enable, two(true, true)), (Ask::Enable, Ask::Disable, two(false, true))]
    {
        let plan = world.plan(&change(ask, item("keys/a"), &[("version", "1")])).await.unwrap();
        let wanted = json!({"attributes": {"enabled": ask == Ask::Enable}});
        assert_eq!(plan.steps[0].parameters["version"], "1");
        assert_eq!(plan.steps[0].parameters["body"], wanted);
        assert!(plan.title.contains("version 1 of a"), "{}", plan.title);
        assert!(plan.steps[0].command.contains("--version 1"), "{}", plan.steps[0].command);
        let undo = plan.undo.clone().unwrap();
        assert_eq!((undo.ask, undo.answers), (back, [("version".to_owned(), "1".to_owned())].into()));
        let outcome = world.send(plan, SecretAnswers::new()).await;
        assert!(matches!(outcome, Outcome::Done { .. }), "{outcome:?}");
        let sent: Vec<Asked> = world.asked().into_iter().filter(|asked| asked.line.starts_with("PATCH ")).collect();
        assert_eq!(sent.len(), 1, "{sent:?}");
        assert_eq!(
            (sent[0].line.as_str(), serde_json::from_str::<Value>(&sent[0].body).unwrap()),
            ("PATCH keys/a/1", wanted)
        );
    }
}

#[tokio::test]
async fn without_a_version_it_is_the_current_one() {
    let both = two(true, true);
    let plan = both.plan(&change(Ask::Disable, item("secrets/a"), &[])).await.unwrap();
    assert_eq!((plan.title.as_str(), &plan.steps[0].parameters["version"]), ("Disable a", &json!("2")));
    assert_eq!(plan.undo.unwrap().answers, [("version".to_owned(), "2".to_owned())].into());
    let error = two(false, true).plan(&change(Ask::Enable, item("keys/a"), &[])).await.unwrap_err();
    assert_eq!(error.kind(), Kind::Conflict, "{error}");
    let error = both.plan(&change(Ask::Disable, item("keys/a"), &[("version", "3")])).await.unwrap_err();
    assert_eq!((error.kind(), error.message()), (Kind::Invalid, "the key a has no version 3"));
}

#[tokio::test]
async fn who_may_not_list_versions_may_still_disable_the_current_one() {
    let world = World::new(|asked: &Asked| match asked.line.as_str() {
        "GET keys/a" => Said::Json(200, version("keys", "2", 9, &json!({}))),
        _ => refusal(403, "Forbidden", "not you"),
    });
    assert!(world.tenant.questions(Ask::Disable, &item("keys/a")).await.unwrap().is_empty());
    let plan = world.plan(&change(Ask::Disable, item("keys/a"), &[])).await.unwrap();
    assert_eq!(plan.steps[0].parameters["version"], "2");
    assert!(plan.undo.unwrap().answers.is_empty());
}

#[tokio::test]
async fn a_lost_answer_is_told_by_that_version_alone() {
    let plan = two(true, true).plan(&change(Ask::Disable, item("keys/a"), &[("version", "1")])).await.unwrap();
    let done = two(false, true).check(&plan.steps[0]).await;
    assert!(matches!(done, Finding::Done { .. }), "{done:?}");
    let other = two(true, false).check(&plan.steps[0]).await;
    assert!(matches!(other, Finding::NotDone { .. }), "{other:?}");
}

#[tokio::test]
async fn both_are_offered_while_versions_differ() {
    for (world, disable, enable) in
        [(two(true, true), true, false), (two(false, true), true, true), (two(false, false), false, true)]
    {
        let key = ItemKey::new(super::HOST, "keys/a");
        let opened = crate::keys::open(&world.tenant, &key).await.unwrap().item;
        let offers = offers::offers(&world.tenant, &opened).await;
        let allowed = |ask| offers.iter().any(|offer| offer.ask == ask && offer.answer == Answer::Allow);
        assert_eq!((allowed(Ask::Disable), allowed(Ask::Enable)), (disable, enable));
    }
}
