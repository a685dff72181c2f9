//! What plans say, and what is refused before anything is sent.

use domain::{Ask, Kind, Plan, QuestionKind, Result, Tier};
use serde_json::{Value, json};

use super::{Asked, HOST, Said, World, change, item, list, not_found, secrets, vault, version};
use domain::Changes;

/// A vault with one key and one secret `a`, both in this form.
fn world(more: Value) -> World {
    World::new(move |asked: &Asked| match asked.line.as_str() {
        "GET keys/a" => Said::Json(200, version("keys", "2", 9, &more)),
        "GET keys/a/versions" => list(vec![version("keys", "2", 9, &more)]),
        "GET secrets/a/versions" => {
            list(vec![version("secrets", "1", 5, &json!({})), version("secrets", "2", 9, &more)])
        }
        "GET keys/a/rotationpolicy" => Said::Json(200, json!({"id": "x", "attributes": {}})),
        line if line.starts_with("GET secrets/a/") => panic!("a value was read: {line}"),
        line if line.starts_with("GET ") => not_found(),
        line => panic!("planning sent {line}"),
    })
}

/// A vault in which the key `a` waits for its purge.
fn deleted(level: &'static str) -> World {
    World::new(move |asked: &Asked| match asked.line.as_str() {
        "GET deletedkeys/a" => Said::Json(
            200,
            version(
                "keys",
                "2",
                9,
                &json!({
                    "attributes": {"recoveryLevel": level}, "deletedDate": 20, "scheduledPurgeDate": 1_900_000_000,
                }),
            ),
        ),
        _ => not_found(),
    })
}

async fn plan(world: &World, ask: Ask, id: &str, answers: &[(&str, &str)]) -> Result<Plan> {
    world.plan(&change(ask, item(id), answers)).await
}

async fn refused(world: &World, ask: Ask, id: &str, answers: &[(&str, &str)]) -> String {
    match plan(world, ask, id, answers).await {
        Err(error) => error.message().to_owned(),
        Ok(plan) => panic!("{ask:?} {answers:?} was planned: {plan:?}"),
    }
}

#[tokio::test]
async fn what_belongs_to_a_certificate_is_never_changed_alone() {
    let world = world(json!({"managed": true}));
    for ask in [Ask::ChangeTags, Ask::Configure, Ask::Disable, Ask::ScheduleDeletion] {
        for id in ["keys/a", "secrets/a"] {
            let words = refused(&world, ask, id, &[]).await;
            assert!(words.contains("belongs to the certificate a"), "{ask:?} {id}: {words}");
        }
    }
    assert!(refused(&world, Ask::Rotate, "keys/a", &[]).await.contains("certificate a"));
    assert!(refused(&world, Ask::WriteValue, "secrets/a", &[]).await.contains("certificate a"));
    let mut import = change(Ask::ImportKey, vault(), &[("name", "a"), ("family", "EC"), ("ec_operations", "sign")]);
    import.secrets = secrets("key", super::checking::EC_JWK.as_bytes());
    assert!(world.plan(&import).await.unwrap_err().message().contains("certificate a"));
}

#[tokio::test]
async fn only_valid_combinations_make_a_key() {
    let world = World::new(|_: &Asked| not_found());
    let questions = world.tenant.questions(Ask::CreateKey, vault_target()).await.unwrap();
    let choices = |name: &str| {
        let question = questions.iter().find(|question| question.name == name).unwrap();
        let (QuestionKind::Choice(choices) | QuestionKind::Several(choices)) = &question.kind else { panic!("{name}") };
        choices.iter().map(|(value, _)| value.clone()).collect::<Vec<_>>()
    };
    assert_eq!(choices("type"), ["RSA", "EC", "RSA-HSM", "EC-HSM"]);
    assert_eq!(choices("ec_operations"), ["sign", "verify"]);
    let rsa = [("name", "a"), ("type", "RSA"), ("rsa_size", "2048"), ("rsa_operations", "sign")];
    for (other, word) in [
        (("name", "a_b"), "is not a name"),
        (("name", ""), "name"),
        (("type", "oct-HSM"), "no \"oct-HSM\" keys"),
        (("type", "EC"), "curve"),
        (("rsa_size", "1024"), "no RSA key of"),
        (("rsa_operations", "sign,import"), "cannot \"import\""),
        (("rsa_operations", ""), "one operation"),
        (("exportable", "true"), "needs a release policy"),
        (("release_policy", "{}"), "only an exportable key"),
        (("expires", "tomorrow"), "2027-01-31"),
        (("tags", "[[\"\",\"x\"]]"), "does not fit"),
    ] {
        let mut answers = rsa.to_vec();
        answers.retain(|(name, _)| *name != other.0);
        answers.push(other);
        let error = world.plan(&change(Ask::CreateKey, vault(), &answers)).await.unwrap_err();
        assert!(error.message().contains(word), "{other:?}: {error}");
    }
    let mut both = rsa.to_vec();
    both.extend([("exportable", "true"), ("release_policy", "{}")]);
    let error = world.plan(&change(Ask::CreateKey, vault(), &both)).await.unwrap_err();
    assert!(error.message().contains("only a key in an HSM"), "{error}");
    both[1] = ("type", "RSA-HSM");
    let plan = world.plan(&change(Ask::CreateKey, vault(), &both)).await.unwrap();
    let body = &plan.steps[0].parameters["body"];
    assert_eq!((&body["attributes"]["exportable"], &body["release_policy"]["data"]), (&json!(true), &json!("e30")));
    assert!(plan.steps[0].command.starts_with("printf %s '{}' | az keyvault key create "), "{}", plan.steps[0].command);
}

fn vault_target() -> &'static domain::Target {
    static TARGET: std::sync::OnceLock<domain::Target> = std::sync::OnceLock::new();
    TARGET.get_or_init(vault)
}

#[tokio::test]
async fn a_name_that_is_taken_is_refused_before_it_is_sent() {
    let answers = [("name", "a"), ("type", "EC"), ("curve", "P-256"), ("ec_operations", "sign")];
    let taken = world(json!({})).plan(&change(Ask::CreateKey, vault(), &answers)).await.unwrap_err();
    assert_eq!(taken.kind(), Kind::Conflict);
    let waits = deleted("Recoverable+Purgeable").plan(&change(Ask::CreateKey, vault(), &answers)).await.unwrap_err();
    assert!(waits.message().contains("a deleted key still holds the name"), "{waits}");
}

#[tokio::test]
async fn a_new_value_keeps_tags_and_content_type_and_reads_no_value() {
    let world = world(json!({"tags": {"team": "payments"}, "contentType": "text/plain", "attributes": {"exp": 99}}));
    let plan = plan(&world, Ask::WriteValue, "secrets/a", &[]).await.unwrap();
    let body = &plan.steps[0].parameters["body"];
    assert_eq!(body["tags"], json!({"team": "payments", "claviger-order": super::ORDER}));
    assert_eq!(body["contentType"], "text/plain");
    assert_eq!(plan.steps[0].secrets, ["value"]);
    assert!(plan.effects.iter().any(|effect| effect.contains("does not expire")), "{:?}", plan.effects);
    assert!(plan.undo.is_none(), "a version cannot be taken away");
}

#[tokio::test]
async fn an_undo_says_exactly_what_was_there() {
    let tagged = world(json!({"tags": {"team": "payments"}, "attributes": {"exp": 1_900_000_000}}));
    let undo = |plan: Plan| {
        let undo = plan.undo.unwrap();
        assert!(undo.whole);
        (undo.ask, undo.answers.into_iter().collect::<Vec<_>>())
    };
    let text = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let tags = plan(&tagged, Ask::ChangeTags, "keys/a", &[("tags", "[]")]).await.unwrap();
    assert_eq!(undo(tags), (Ask::ChangeTags, vec![text("tags", r#"[["team","payments"]]"#)]));
    let disabled = plan(&tagged, Ask::Disable, "keys/a", &[]).await.unwrap();
    assert_eq!(undo(disabled), (Ask::Enable, Vec::new()));
    let moved = plan(&tagged, Ask::Configure, "keys/a", &[("expires", "2032-01-01"), ("operations", "sign")]).await;
    let before = vec![text("expires", "2030-03-17T17:46:40Z"), text("operations", "sign,verify")];
    assert_eq!(undo(moved.unwrap()), (Ask::Configure, before));
    let rotation = plan(&tagged, Ask::SetRotation, "keys/a", &[("automatic", "true"), ("rotate_after", "P90D")]).await;
    let (ask, answers) = undo(rotation.unwrap());
    assert_eq!((ask, &answers[1]), (Ask::SetRotation, &text("written", "json")));
    let policy: Value = serde_json::from_str(&answers[0].1).unwrap();
    assert_eq!(policy, json!({"attributes": {}, "lifetimeActions": []}));
    // Azure takes no expiry away, so setting one cannot be undone.
    let fresh = world(json!({}));
    let set = plan(&fresh, Ask::Configure, "keys/a", &[("expires", "2032-01-01")]).await.unwrap();
    assert!(set.undo.is_none());
    assert!(refused(&tagged, Ask::Configure, "keys/a", &[("expires", "")]).await.contains("no time away"));
    let swapped = [("expires", "2030-01-01"), ("not_before", "2031-01-01")];
    assert!(refused(&fresh, Ask::Configure, "keys/a", &swapped).await.contains("before it becomes valid"));
}

#[tokio::test]
async fn a_deletion_says_for_how_long_it_can_be_called_off() {
    let says = |level: &'static str| async move {
        let world = world(json!({"attributes": {"recoveryLevel": level, "recoverableDays": 7}}));
        plan(&world, Ask::ScheduleDeletion, "keys/a", &[]).await.unwrap()
    };
    let usual = says("CustomizedRecoverable+Purgeable").await;
    assert_eq!(usual.tier, Tier::Name);
    assert!(usual.effects.iter().any(|effect| effect.contains("7 days later, unless")), "{:?}", usual.effects);
    assert_eq!(usual.undo.map(|undo| (undo.ask, undo.whole)), Some((Ask::CancelDeletion, true)));
    let protected = says("CustomizedRecoverable").await;
    assert!(protected.effects.iter().any(|effect| effect.contains("Purge protection")), "{:?}", protected.effects);
    assert!(says("Purgeable").await.undo.is_none(), "what is destroyed at once cannot be recovered");
}

#[tokio::test]
async fn what_is_deleted_is_recovered_or_purged_and_nothing_else() {
    let world = deleted("Recoverable+Purgeable");
    let purge = plan(&world, Ask::Delete, "keys/a", &[]).await.unwrap();
    assert_eq!((purge.tier, purge.undo), (Tier::Name, None));
    assert!(purge.effects.iter().any(|effect| effect.contains("2030-03-17")), "{:?}", purge.effects);
    assert_eq!(plan(&world, Ask::CancelDeletion, "keys/a", &[]).await.unwrap().steps[0].operation, "keys/recover");
    assert!(refused(&world, Ask::Disable, "keys/a", &[]).await.contains("recover it first"));
    let protected = deleted("Recoverable");
    assert!(refused(&protected, Ask::Delete, "keys/a", &[]).await.contains("purge protection"));
    let gone = World::new(|_: &Asked| not_found());
    assert_eq!(plan(&gone, Ask::Disable, "keys/a", &[]).await.unwrap_err().kind(), Kind::NotFound);
}

#[tokio::test]
async fn what_azure_does_not_do_is_refused_with_the_reason() {
    let world = world(json!({}));
    for (ask, id, word) in [
        (Ask::RollBack, "secrets/a", "written again"),
        (Ask::Rotate, "secrets/a", "new value"),
        (Ask::SetRotation, "secrets/a", "rotates no secrets"),
        (Ask::WriteValue, "keys/a", "no value"),
        (Ask::DeleteVersions, "keys/a", "as a whole"),
        (Ask::Delete, "keys/a", "only what is deleted"),
        (Ask::Enable, "keys/a", "not disabled"),
    ] {
        let words = refused(&world, ask, id, &[]).await;
        assert!(words.contains(word), "{ask:?}: {words}");
    }
}

#[tokio::test]
async fn an_imported_key_is_shown_by_its_public_part_only() {
    let world = World::new(|_: &Asked| not_found());
    let answers = [("name", "a"), ("family", "EC"), ("ec_operations", "sign,verify")];
    let mut import = change(Ask::ImportKey, vault(), &answers);
    import.secrets = secrets("key", super::checking::EC_JWK.as_bytes());
    let plan = world.plan(&import).await.unwrap();
    let text = serde_json::to_string(&plan).unwrap();
    assert!(!text.contains("870MB6gfuTJ4HtUnUvYMyJpr5eUZNP4Bk43bVdj3eAE"), "the private number is in the plan");
    let key = &plan.steps[0].parameters["body"]["key"];
    assert_eq!(
        (&key["kty"], &key["crv"], &key["key_ops"]),
        (&json!("EC"), &json!("P-256"), &json!(["sign", "verify"]))
    );
    assert!(plan.effects.iter().any(|effect| effect.contains("fingerprint")), "{:?}", plan.effects);
    import.answers.insert("family".to_owned(), "RSA".to_owned());
    assert!(world.plan(&import).await.unwrap_err().message().contains("of the kind EC"));
}

/// A `.byok` file for version 1 of the key exchange key of that vault.
fn byok(host: &str) -> Vec<u8> {
    crate::byok::Transfer::write(&format!("https://{host}/keys/kek/1"), b"wrapped").unwrap()
}

#[tokio::test]
async fn a_wrapped_key_is_planned_for_the_key_exchange_key_that_it_names() {
    let kek = |operations: &[&str]| {
        json!({"key": {"kid": format!("https://{HOST}/keys/kek/1"), "kty": "RSA-HSM", "key_ops": operations,
            "n": format!("{}w", "u".repeat(341)), "e": "AQAB"}, "attributes": {"enabled": true}})
    };
    for (operations, due) in [(&["import"][..], ""), (&["import", "sign"], "no key exchange key")] {
        let told = kek(operations);
        let world = World::new(move |asked: &Asked| match asked.line.as_str() {
            "GET keys/kek/1" => Said::Json(200, told.clone()),
            _ => not_found(),
        });
        let answers = [("name", "a"), ("family", "EC"), ("curve", "P-384"), ("ec_operations", "sign,verify")];
        let mut import = change(Ask::ImportKey, vault(), &answers);
        import.secrets = secrets("key", &byok(HOST));
        if !due.is_empty() {
            assert!(world.plan(&import).await.unwrap_err().message().contains(due));
            continue;
        }
        let plan = world.plan(&import).await.unwrap();
        let step = &plan.steps[0];
        let line = "az keyvault key import --vault-name contoso --name a --byok-file /dev/stdin --kty EC --curve P-384 \
                    --ops sign verify ";
        assert!(step.command.starts_with(line), "{}", step.command);
        let key = &step.parameters["body"]["key"];
        let shown = format!("the file with the SHA-256 {}", encoding::wrap::sha256(&byok(HOST)));
        assert_eq!((&key["kty"], &key["crv"], &key["key_hsm"]), (&json!("EC-HSM"), &json!("P-384"), &json!(shown)));
        import.answers.remove("curve");
        assert!(world.plan(&import).await.unwrap_err().message().contains("curve"));
        import.secrets = secrets("key", &byok("other.vault.azure.net"));
        assert!(world.plan(&import).await.unwrap_err().message().contains("no version of a key in"));
    }
}
