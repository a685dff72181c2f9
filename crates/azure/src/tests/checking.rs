//! How a lost answer is settled by reading: done, not done, or unclear, and never by sending again.

use std::sync::atomic::{AtomicUsize, Ordering};

use domain::{Ask, Changes, Finding, Outcome, Performed, Step, Timestamp};
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::{Asked, ORDER, Said, World, change, item, list, not_found, now, order, refusal, secrets, vault, version};

/// The key of RFC 7517, A.2.
pub(super) const EC_JWK: &str = r#"{"kty":"EC","crv":"P-256","x":"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4",
    "y":"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM","d":"870MB6gfuTJ4HtUnUvYMyJpr5eUZNP4Bk43bVdj3eAE"}"#;

#[derive(Debug, Eq, PartialEq)]
enum End {
    Done,
    NotDone,
    Unclear,
}

fn end(finding: &Finding) -> End {
    match finding {
        Finding::Done { .. } => End::Done,
        Finding::NotDone { .. } => End::NotDone,
        Finding::Unclear { .. } => End::Unclear,
    }
}

/// A vault as it is while nobody changes it: the key and the secret `a`, each in one version.
fn before(asked: &Asked) -> Said {
    match asked.line.as_str() {
        "GET keys/a" => Said::Json(200, version("keys", "1", 5, &json!({}))),
        "GET keys/a/versions" => list(vec![version("keys", "1", 5, &json!({}))]),
        "GET secrets/a/versions" => list(vec![version("secrets", "1", 5, &json!({}))]),
        "GET keys/a/rotationpolicy" => Said::Json(200, json!({"attributes": {}})),
        _ => not_found(),
    }
}

async fn step(ask: Ask, id: &str, answers: &[(&str, &str)]) -> Step {
    let world = World::new(before);
    world.plan(&change(ask, item(id), answers)).await.unwrap().steps.remove(0)
}

/// What a reading says when the versions of `a` are these.
async fn with_versions(step: &Step, collection: &'static str, versions: Vec<Value>) -> Finding {
    let path = format!("GET {collection}/a/versions");
    let world = World::new(move |asked: &Asked| match asked.line == path {
        true => list(versions.clone()),
        false => refusal(403, "Forbidden", "not you"),
    });
    world.check(step).await
}

#[tokio::test]
async fn a_new_value_is_found_by_the_orders_mark() {
    let step = step(Ask::WriteValue, "secrets/a", &[]).await;
    let marked = |id: &str, mark: &str| version("secrets", id, now(), &json!({"tags": {"claviger-order": mark}}));
    let old = || version("secrets", "1", 5, &json!({}));
    let cases = [
        (vec![old()], End::NotDone),
        (vec![old(), marked("2", ORDER)], End::Done),
        // Somebody else wrote at the same moment: the mark tells which is whose.
        (vec![old(), marked("2", "another"), marked("3", ORDER)], End::Done),
        (vec![old(), marked("2", "another")], End::NotDone),
        (vec![old(), marked("2", ORDER), marked("3", ORDER)], End::Unclear),
    ];
    for (at, (versions, expected)) in cases.into_iter().enumerate() {
        let finding = with_versions(&step, "secrets", versions).await;
        assert_eq!(end(&finding), expected, "{at}: {finding:?}");
        if let Finding::Done { results, .. } = finding {
            assert_eq!(results["item"], "secrets/a");
            assert!(results["version"] == "2" || results["version"] == "3", "{results:?}");
        }
    }
}

#[tokio::test]
async fn a_rotation_is_told_only_if_there_is_just_one_that_can_be_it() {
    let step = step(Ask::Rotate, "keys/a", &[]).await;
    let made = |id: &str, created: i64| version("keys", id, created, &json!({}));
    for (versions, expected) in [
        (vec![made("1", 5)], End::NotDone),
        (vec![made("1", 5), made("2", now())], End::Done),
        (vec![made("1", 5), made("2", now()), made("3", now())], End::Unclear),
        // Made between the plan and the sending.
        (vec![made("1", 5), made("2", now() - 60)], End::Unclear),
    ] {
        let told = format!("{versions:?}");
        let finding = with_versions(&step, "keys", versions).await;
        assert_eq!(end(&finding), expected, "{told}: {finding:?}");
    }
    // With the answer, what it named is looked at, however many there are.
    let world = World::new(move |_: &Asked| list(vec![made("1", 5), made("2", now()), made("3", now())]));
    let results = [("version".to_owned(), "3".to_owned())].into();
    let performed = Performed { order: order(), step, results, sent: Timestamp::now() };
    assert_eq!(end(&world.tenant.check(&performed).await.unwrap()), End::Done);
}

#[tokio::test]
async fn a_new_key_is_found_by_its_mark_even_if_another_took_the_name() {
    let world = World::new(|_: &Asked| not_found());
    let answers = [("name", "a"), ("type", "EC"), ("curve", "P-256"), ("ec_operations", "sign")];
    let step = world.plan(&change(Ask::CreateKey, vault(), &answers)).await.unwrap().steps.remove(0);
    let other = || version("keys", "1", now(), &json!({}));
    let ours = || version("keys", "2", now(), &json!({"tags": {"claviger-order": ORDER}}));
    assert_eq!(end(&with_versions(&step, "keys", Vec::new()).await), End::NotDone);
    assert_eq!(end(&with_versions(&step, "keys", vec![other()]).await), End::NotDone);
    assert_eq!(end(&with_versions(&step, "keys", vec![other(), ours()]).await), End::Done);
}

#[tokio::test]
async fn attributes_are_as_wanted_as_before_or_unclear() {
    let step = step(Ask::Configure, "keys/a", &[("expires", "2032-01-01"), ("operations", "sign")]).await;
    let now = |exp: Option<i64>, operations: Value| {
        let mut key = version("keys", "1", 5, &json!({"key": {"key_ops": operations}}));
        key["attributes"]["exp"] = json!(exp);
        key
    };
    let wanted = 1_956_528_000;
    for (key, expected) in [
        (now(None, json!(["verify", "sign"])), End::NotDone),
        (now(Some(wanted), json!(["sign"])), End::Done),
        (now(Some(wanted), json!(["sign", "verify"])), End::Unclear),
        (now(Some(7), json!(["sign"])), End::Unclear),
    ] {
        let world = World::new(move |asked: &Asked| {
            assert_eq!(asked.line, "GET keys/a");
            Said::Json(200, key.clone())
        });
        let finding = world.check(&step).await;
        assert_eq!(end(&finding), expected, "{finding:?}");
    }
    // A newer version came: the one that was changed is looked at, not that.
    let world = World::new(move |asked: &Asked| match asked.line.as_str() {
        "GET keys/a" => Said::Json(200, version("keys", "2", 9, &json!({}))),
        "GET keys/a/1" => Said::Json(200, now(Some(wanted), json!(["sign"]))),
        _ => list(vec![version("keys", "2", 9, &json!({})), now(Some(wanted), json!(["sign"]))]),
    });
    assert_eq!(end(&world.check(&step).await), End::Done);
}

#[tokio::test]
async fn a_policy_is_compared_whatever_else_stands_in_it() {
    let step = step(Ask::SetRotation, "keys/a", &[("automatic", "true"), ("rotate_after", "P90D")]).await;
    let action = |period: &str| json!([{"trigger": {"timeAfterCreate": period}, "action": {"type": "rotate"}}]);
    for (policy, expected) in [
        (json!({"id": "x", "lifetimeActions": action("P90D"), "attributes": {"created": 1, "updated": 2}}), End::Done),
        (json!({"id": "x"}), End::NotDone),
        (json!({"lifetimeActions": action("P30D"), "attributes": {}}), End::Unclear),
    ] {
        let world = World::new(move |_: &Asked| Said::Json(200, policy.clone()));
        let finding = world.check(&step).await;
        assert_eq!(end(&finding), expected, "{finding:?}");
    }
}

/// The key `a` among what is deleted, since then.
fn waiting(since: i64) -> Said {
    let more = json!({"deletedDate": since, "scheduledPurgeDate": since + 90 * 86_400});
    Said::Json(200, version("keys", "1", 5, &more))
}

#[tokio::test(start_paused = true)]
async fn a_deletion_is_told_by_when_it_was_deleted() {
    let step = step(Ask::ScheduleDeletion, "keys/a", &[]).await;
    let finding = |deleted: Option<i64>| {
        let step = step.clone();
        async move {
            let world = World::new(move |asked: &Asked| match (asked.line.as_str(), deleted) {
                ("GET deletedkeys/a", Some(since)) => waiting(since),
                _ => not_found(),
            });
            end(&world.check(&step).await)
        }
    };
    assert_eq!(finding(Some(now())).await, End::Done);
    assert_eq!(finding(Some(now() - 60)).await, End::Unclear, "somebody else deleted it");
    assert_eq!(finding(None).await, End::Unclear, "neither there nor deleted");
    assert_eq!(end(&World::new(before).check(&step).await), End::NotDone);
    // It takes Azure a while.
    let looks = AtomicUsize::new(0);
    let world = World::new(move |asked: &Asked| match asked.line.as_str() {
        "GET deletedkeys/a" if looks.fetch_add(1, Ordering::SeqCst) > 1 => waiting(now()),
        _ => not_found(),
    });
    assert_eq!(end(&world.check(&step).await), End::Done);
}

#[tokio::test(start_paused = true)]
async fn recovering_and_purging_are_told_by_where_it_is() {
    let gone = |asked: &Asked| match asked.line.as_str() {
        "GET deletedkeys/a" => waiting(20),
        _ => not_found(),
    };
    let planned = |ask: Ask| async move {
        World::new(gone).plan(&change(ask, item("keys/a"), &[])).await.unwrap().steps.remove(0)
    };
    let (recover, purge) = (planned(Ask::CancelDeletion).await, planned(Ask::Delete).await);
    let nowhere = || World::new(|_: &Asked| not_found());
    let again = || {
        World::new(|asked: &Asked| match asked.line.as_str() {
            "GET deletedkeys/a" => waiting(now()),
            _ => not_found(),
        })
    };
    for (step, world, expected) in [
        (&recover, World::new(before), End::Done),
        (&recover, World::new(gone), End::NotDone),
        (&recover, nowhere(), End::Unclear),
        (&purge, nowhere(), End::Done),
        (&purge, World::new(gone), End::NotDone),
        (&purge, again(), End::Unclear),
        (&purge, World::new(before), End::Unclear),
    ] {
        let finding = world.check(step).await;
        assert_eq!(end(&finding), expected, "{}: {finding:?}", step.operation);
    }
}

#[tokio::test]
async fn a_restored_copy_is_told_by_its_name_or_by_all_names() {
    let names = |names: &'static [&'static str]| {
        move |asked: &Asked| match asked.line.as_str() {
            "GET keys" => list(names.iter().map(|name| json!({"kid": format!("https://x/keys/{name}")})).collect()),
            "GET keys/a/versions" if names.contains(&"a") => list(vec![version("keys", "1", 5, &json!({}))]),
            "GET keys/old/versions" => list(vec![version("keys", "1", 5, &json!({}))]),
            "GET keys/new/versions" => list(vec![version("keys", "1", now(), &json!({}))]),
            _ => not_found(),
        }
    };
    let mut restore = change(Ask::Restore, vault(), &[("kind", "key"), ("name", "a")]);
    restore.secrets = secrets("backup", b"b64url-text");
    let plan = World::new(names(&["b"])).plan(&restore).await.unwrap();
    for (there, expected) in [
        (&["b"][..], End::NotDone),
        (&["a", "b"], End::Done),
        // The copy may hold another name; what was made just now was never saved.
        (&["b", "old"], End::Unclear),
        (&["b", "new"], End::NotDone),
        (&[], End::NotDone),
    ] {
        let finding = World::new(names(there)).check(&plan.steps[0]).await;
        assert_eq!(end(&finding), expected, "{there:?}: {finding:?}");
    }
    // The copy is sent as Key Vault handed it out, or encoded if `az` has decoded it.
    for (file, sent) in [(&b"b64url-text\n"[..], "b64url-text"), (b"\x00raw.bytes", "AHJhdy5ieXRlcw")] {
        let world = World::new(|_: &Asked| Said::Json(200, version("keys", "1", 5, &json!({}))));
        let outcome = world.send(plan.clone(), secrets("backup", file)).await;
        assert!(matches!(outcome, Outcome::Done { .. }), "{outcome:?}");
        assert_eq!(world.asked()[0].body, json!({"value": sent}).to_string());
    }
}

#[tokio::test]
async fn material_goes_into_the_one_call_and_only_if_it_is_the_key_that_was_shown() {
    let world = World::new(|asked: &Asked| match asked.line.as_str() {
        "PUT keys/a" => Said::Json(200, version("keys", "1", 5, &json!({}))),
        _ => not_found(),
    });
    let answers = [("name", "a"), ("family", "EC"), ("ec_operations", "sign")];
    let mut import = change(Ask::ImportKey, vault(), &answers);
    import.secrets = secrets("key", EC_JWK.as_bytes());
    let plan = world.plan(&import).await.unwrap();
    let another = aws_lc_rs::rand::SystemRandom::new();
    let another = aws_lc_rs::signature::EcdsaKeyPair::generate_pkcs8(
        &aws_lc_rs::signature::ECDSA_P256_SHA256_FIXED_SIGNING,
        &another,
    )
    .unwrap();
    let outcome = world.send(plan.clone(), secrets("key", another.as_ref())).await;
    let Outcome::Refused(error) = outcome else { panic!("{outcome:?}") };
    assert!(error.message().contains("another key"), "{error}");
    let outcome = world.send(plan.clone(), secrets("key", EC_JWK.as_bytes())).await;
    assert!(matches!(outcome, Outcome::Done { .. }), "{outcome:?}");
    assert_eq!(world.count("PUT keys/a"), 1);
    let sent = world.asked().into_iter().find(|asked| asked.line == "PUT keys/a").unwrap();
    let mut body: Value = serde_json::from_str(&sent.body).unwrap();
    assert_eq!(body["key"]["d"], "870MB6gfuTJ4HtUnUvYMyJpr5eUZNP4Bk43bVdj3eAE");
    body["key"].as_object_mut().unwrap().remove("d");
    assert_eq!(body, plan.steps[0].parameters["body"]);
}

#[tokio::test]
async fn a_clock_that_is_a_second_behind_does_not_hide_what_was_made() {
    let step = step(Ask::Rotate, "keys/a", &[]).await;
    let sent = Timestamp::now();
    let created = sent.checked_sub(SignedDuration::from_secs(1)).unwrap().as_second();
    let world = World::new(move |_: &Asked| {
        list(vec![version("keys", "1", 5, &json!({})), version("keys", "2", created, &json!({}))])
    });
    assert_eq!(end(&world.check_at(&step, sent).await), End::Done);
}
