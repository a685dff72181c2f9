//! What plans say, which lines they give, and what they refuse, against keys and paths as servers tell them.

use domain::{Answer, OrderId, Secret, SecretAnswers};

use super::*;
use crate::{
    fake::{Fake, json as answer},
    mounts::{Mount, Mounts},
    questions,
    session::Credentials,
};

const HEALTH: &str = r#"{"version":"2.7.2"}"#;
const NOTHING: &str = r#"{"errors":[]}"#;

/// A place that tells `key` of `transit/keys/x`, `path` of `kv/app/db`, and of anything else that it is not there.
async fn place(key: Value, path: Value) -> (Fake, Cluster) {
    let told = move |data: &Value| answer(200, &json(data));
    let fake = Fake::start(move |asked| match asked.line.as_str() {
        "GET /v1/sys/health" => answer(200, HEALTH),
        "GET /v1/transit/keys/x" => told(&key),
        "GET /v1/kv/metadata/app/db" => told(&path),
        _ => answer(404, NOTHING),
    })
    .await;
    let client = fake.client(Credentials::Token(Secret::from_text("s.x".into()))).await;
    let mount = |path: &str, engine| Mount { path: path.to_owned(), engine };
    let known = vec![mount("transit", Engine::Transit), mount("kv", Engine::Kv), mount("pki", Engine::Pki)];
    (fake, Cluster { client, mounts: Mounts::knowing(known) })
}

fn json(data: &Value) -> String {
    serde_json::json!({ "data": data }).to_string()
}

/// A key of four versions with these settings changed.
fn key(settings: Value) -> Value {
    let mut key = serde_json::json!({
        "type": "aes256-gcm96", "keys": {"1": 1_795_438_812, "2": 1_795_438_813, "3": 1_795_438_814, "4": 1_795_438_815},
        "latest_version": 4, "min_available_version": 0, "min_decryption_version": 1, "min_encryption_version": 0,
        "deletion_allowed": false, "exportable": false, "allow_plaintext_backup": false, "auto_rotate_period": 0,
    });
    if let (Value::Object(key), Value::Object(settings)) = (&mut key, settings) {
        key.extend(settings);
    }
    key
}

fn path() -> Value {
    serde_json::json!({
        "current_version": 3, "current_metadata_version": 5, "cas_required": false, "max_versions": 2,
        "custom_metadata": {"owner": "me"}, "delete_version_after": "0s",
        "versions": {"1": {"destroyed": true}, "2": {"deletion_time": "2020-01-01T00:00:00Z"}, "3": {"deletion_time": ""}},
    })
}

fn change(ask: Ask, target: &str, given: &[(&str, &str)]) -> Change {
    let (vault, id) = target.split_once('/').unwrap_or((target, ""));
    let target = match id {
        "" => Target::Vault(domain::VaultId(vault.to_owned())),
        id => Target::Item(ItemKey::new(vault, id)),
    };
    let answers = given.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let secrets = SecretAnswers::from([(VALUE.to_owned(), Secret::from_text("hunter2".into()))]);
    Change { order: OrderId("01JDX".into()), ask, target, answers, secrets }
}

async fn planned(settings: Value, ask: Ask, target: &str, given: &[(&str, &str)]) -> Result<Plan> {
    let (_fake, cluster) = place(key(settings), path()).await;
    plan(&cluster, &change(ask, target, given)).await
}

/// A change and the line that does the same.
type Line<'a> = (Ask, &'a str, &'a [(&'a str, &'a str)], &'a str);

async fn lines(settings: Value, due: &[Line<'_>]) {
    for (ask, target, given, line) in due {
        let plan = planned(settings.clone(), *ask, target, given).await.unwrap();
        assert_eq!(plan.steps[0].command, *line, "{ask:?}");
        assert!(!serde_json::to_string(&plan).unwrap().contains("hunter2"), "{ask:?}");
    }
}

#[tokio::test]
async fn each_change_of_a_key_has_its_line() {
    let x = "transit/keys/x";
    let settings = serde_json::json!({
        "min_decryption_version": 3, "min_encryption_version": 3, "deletion_allowed": true,
    });
    let period = [("automatic", "true"), ("period", "90d")];
    let lowered = [("min_decryption_version", "2"), ("min_encryption_version", "3"), ("deletion_allowed", "true")];
    let new = [("name", "new"), ("type", "hmac"), ("key_size", "64"), ("exportable", "true")];
    let due: [Line<'_>; 6] = [
        (Ask::Rotate, x, &[], "bao write -f transit/keys/x/rotate"),
        (Ask::SetRotation, x, &period, "bao write transit/keys/x/config auto_rotate_period=7776000"),
        (Ask::Configure, x, &lowered, "bao write transit/keys/x/config min_decryption_version=2"),
        (Ask::Trim, x, &[("min_available_version", "3")], "bao write transit/keys/x/trim min_available_version=3"),
        (Ask::Delete, x, &[], "bao delete transit/keys/x"),
        (Ask::CreateKey, "transit", &new, "bao write transit/keys/new type=hmac key_size=64 exportable=true"),
    ];
    lines(settings, &due).await;
}

#[tokio::test]
async fn each_change_of_a_path_has_its_line() {
    let db = "kv/data/app/db";
    let new = [("name", "it's new"), ("form", "field"), ("field", "password")];
    let odd = [("form", "field"), ("field", "@x")];
    let tags = r#"printf %s '{"custom_metadata":{"team":"pay"},"metadata_cas":5}' | bao write kv/metadata/app/db -"#;
    let settings = [("max_versions", "2"), ("cas_required", "true"), ("delete_version_after", "90m")];
    let set = "bao write kv/metadata/app/db cas_required=true delete_version_after=5400s metadata_cas=5";
    let due: [Line<'_>; 7] = [
        (Ask::CreateSecret, "kv", &new, r"bao kv put -mount=kv -cas=0 'it'\''s new' password=-"),
        (Ask::WriteValue, db, &odd, "bao kv put -mount=kv -cas=3 app/db -"),
        (Ask::DeleteVersions, db, &[("versions", "3")], "bao kv delete -mount=kv -versions=3 app/db"),
        (Ask::UndeleteVersions, db, &[("versions", "2")], "bao kv undelete -mount=kv -versions=2 app/db"),
        (Ask::Delete, db, &[], "bao kv metadata delete -mount=kv app/db"),
        (Ask::ChangeTags, db, &[("tags", r#"[["team","pay"]]"#)], tags),
        (Ask::Configure, db, &settings, set),
    ];
    lines(serde_json::json!({}), &due).await;
}

#[tokio::test]
async fn what_cannot_be_taken_back_is_typed_and_warned_of() {
    let one_way = [("exportable", "true"), ("deletion_allowed", "true")];
    let plan = planned(serde_json::json!({}), Ask::Configure, "transit/keys/x", &one_way).await.unwrap();
    assert_eq!(plan.tier, Tier::Name);
    assert!(plan.warnings.iter().any(|warning| warning.starts_with("exportable cannot be taken back")));
    let undo = plan.undo.unwrap();
    assert!(!undo.whole, "exportable stays");
    assert_eq!(undo.answers, answers([("deletion_allowed", "false".to_owned())]));

    let raised = [("min_decryption_version", "3")];
    let plan = planned(serde_json::json!({}), Ask::Configure, "transit/keys/x", &raised).await.unwrap();
    assert_eq!((plan.tier, plan.undo.map(|undo| undo.whole)), (Tier::Consequences, Some(true)));

    let plan = planned(serde_json::json!({}), Ask::Rotate, "transit/keys/x", &[]).await.unwrap();
    assert_eq!((plan.tier, plan.undo), (Tier::Consequences, None), "a version cannot be taken back");
}

#[tokio::test]
async fn an_undo_is_the_change_back_and_says_whether_it_is_whole() {
    let rotated = serde_json::json!({"auto_rotate_period": 5_400});
    let plan = planned(rotated, Ask::SetRotation, "transit/keys/x", &[("automatic", "false")]).await.unwrap();
    let undo = plan.undo.unwrap();
    assert_eq!(undo.answers, answers([("automatic", "true".to_owned()), ("period", "90m".to_owned())]));
    assert!(undo.whole);

    let given = [("form", "field"), ("field", "password")];
    let plan = planned(serde_json::json!({}), Ask::WriteValue, "kv/data/app/db", &given).await.unwrap();
    let undo = plan.undo.unwrap();
    assert_eq!((undo.ask, undo.whole), (Ask::RollBack, false));
    assert_eq!(undo.answers, answers([("version", "3".to_owned())]));

    let tags = [("tags", "[]")];
    let plan = planned(serde_json::json!({}), Ask::ChangeTags, "kv/data/app/db", &tags).await.unwrap();
    let undo = plan.undo.unwrap();
    assert_eq!((undo.answers["tags"].as_str(), undo.whole), (r#"[["owner","me"]]"#, true));
}

#[tokio::test]
async fn what_the_server_would_refuse_is_refused_with_the_way_out() {
    for (settings, ask, target, given, word) in [
        (serde_json::json!({}), Ask::Delete, "transit/keys/x", &[][..], "deletion_allowed is false"),
        (serde_json::json!({}), Ask::Trim, "transit/keys/x", &[], "min_encryption_version"),
        (serde_json::json!({"min_encryption_version": 1}), Ask::Trim, "transit/keys/x", &[], "Raise them first"),
        (serde_json::json!({"imported_key": true}), Ask::Rotate, "transit/keys/x", &[], "allow_rotation"),
        (serde_json::json!({"soft_deleted": true}), Ask::Rotate, "transit/keys/x", &[], "soft-delete-restore"),
        (serde_json::json!({}), Ask::Disable, "transit/keys/x", &[], "cannot be disabled"),
        (serde_json::json!({}), Ask::SetRotation, "transit/keys/x", &[("automatic", "false")], "already so"),
        (serde_json::json!({}), Ask::SetRotation, "transit/keys/x", &[("automatic", "true"), ("period", "30m")], "1h"),
        (
            serde_json::json!({}),
            Ask::Configure,
            "transit/keys/x",
            &[("min_decryption_version", "3"), ("min_encryption_version", "2")],
            "at least min_decryption_version",
        ),
        (serde_json::json!({}), Ask::Configure, "transit/keys/x", &[("min_decryption_version", "5")], "from 1 to 4"),
        (serde_json::json!({}), Ask::CreateKey, "transit", &[("name", "x"), ("type", "ed25519")], "exists already"),
        (serde_json::json!({}), Ask::CreateKey, "transit", &[("name", "a/b"), ("type", "ed25519")], "letters"),
        (
            serde_json::json!({}),
            Ask::CreateKey,
            "transit",
            &[("name", "y"), ("type", "ed25519"), ("derivation", "convergent")],
            "cannot be derived",
        ),
        (serde_json::json!({}), Ask::CreateSecret, "kv", &[("name", "app/db"), ("form", "json")], "exists already"),
        (serde_json::json!({}), Ask::CreateSecret, "kv", &[("name", "a/../b"), ("form", "json")], "dot segments"),
        (serde_json::json!({}), Ask::WriteValue, "kv/data/app/db", &[("form", "json")], "not a JSON object"),
        (serde_json::json!({}), Ask::RollBack, "kv/data/app/db", &[], "no older version"),
        (serde_json::json!({}), Ask::UndeleteVersions, "kv/data/app/db", &[("versions", "1")], "no version 1"),
        (serde_json::json!({}), Ask::ChangeTags, "kv/data/app/db", &[("tags", r#"[["a","b"],["a","c"]]"#)], "twice"),
        (serde_json::json!({}), Ask::Rotate, "pki/cert/5f:01", &[], "pki/issue"),
        (serde_json::json!({}), Ask::CreateKey, "kv", &[], "transit mount"),
    ] {
        let refused = planned(settings, ask, target, given).await.unwrap_err();
        assert!(refused.message().contains(word), "{ask:?} of {target}: {refused}");
        assert!(!refused.message().contains("hunter"), "{refused}");
    }
}

#[tokio::test]
async fn planning_a_write_reads_metadata_only() {
    let (fake, cluster) = place(key(serde_json::json!({})), path()).await;
    let wanted = change(Ask::WriteValue, "kv/data/app/db", &[("form", "field"), ("field", "password")]);
    let plan = plan(&cluster, &wanted).await.unwrap();
    assert!(
        plan.warnings.iter().any(|warning| warning.contains("of the older ones, 2 is destroyed")),
        "{:?}",
        plan.warnings
    );
    assert_eq!((fake.count("POST"), fake.count("/data/")), (0, 0));
}

#[tokio::test]
async fn one_way_flags_are_asked_for_only_while_they_can_be_set() {
    let (_fake, cluster) = place(key(serde_json::json!({"exportable": true})), path()).await;
    let target = Target::Item(ItemKey::new("transit", "keys/x"));
    let asked = questions::questions(&cluster, Ask::Configure, &target).await.unwrap();
    let names: Vec<_> = asked.iter().map(|question| question.name).collect();
    assert_eq!(
        names,
        ["min_decryption_version", "min_encryption_version", "deletion_allowed", "allow_plaintext_backup"]
    );
}

#[tokio::test]
async fn an_offer_names_the_missing_capability_and_a_new_name_only_tells_by_trying() {
    let told = serde_json::json!({"data": {
        "transit/keys/x": ["read"], "transit/keys/x/rotate": ["update"], "transit/keys/x/config": ["deny"],
        "transit/keys/NAME": ["deny"],
    }});
    let body = json(&key(serde_json::json!({})));
    let fake = Fake::start(move |asked| match asked.line.as_str() {
        "POST /v1/sys/capabilities-self" => answer(200, &told.to_string()),
        "GET /v1/transit/keys/x" => answer(200, &body),
        _ => answer(404, NOTHING),
    })
    .await;
    let client = fake.client(Credentials::Token(Secret::from_text("s.x".into()))).await;
    let mounts = Mounts::knowing(vec![Mount { path: "transit".into(), engine: Engine::Transit }]);
    let cluster = Cluster { client, mounts };
    let item = ItemKey::new("transit", "keys/x");
    let row = crate::transit::read(&cluster.client, &item).await.unwrap().item(item);
    let offers = offers::offers(&cluster.client, &row).await;
    let of = |ask| offers.iter().find(|offer| offer.ask == ask).map(|offer| offer.answer.clone()).unwrap();
    assert_eq!(of(Ask::Rotate), Answer::Allow);
    let permission = |ask| match of(ask) {
        Answer::Refuse { permission, .. } => permission,
        other => panic!("{other:?}"),
    };
    assert_eq!(permission(Ask::Configure).as_deref(), Some("update on transit/keys/x/config"));
    assert_eq!(permission(Ask::Delete), None, "no permission would help: deletion_allowed is false");
    let made = offers::of_vault(&cluster, &domain::VaultId("transit".into())).await;
    let of = |ask| made.iter().find(|offer| offer.ask == ask).map(|offer| offer.answer.clone()).unwrap();
    assert_eq!(of(Ask::CreateKey), Answer::Unknown { probe: "update on transit/keys/NAME".into() });
    assert!(matches!(of(Ask::CreateSecret), Answer::Refuse { .. }));
    assert_eq!(fake.count("capabilities-self"), 2, "one question for all paths");
}
