//! Key material that comes from elsewhere: which keys take it, and what is planned.

use domain::{Answer, Ask, Kind, Plan, Provider, Result, Secret, SecretAnswers, Timestamp, shown_digest};
use serde_json::{Value, json};

use crate::{
    desk::{REGION, change, item, region},
    server::{Said, Server, aliases, key_arn, nothing},
};

pub(crate) const ID: &str = "1234abcd-12ab-34cd-56ef-1234567890ab";
pub(crate) const WAY: &str = "RSAES_OAEP_SHA_256 with RSA_4096";
pub(crate) const BLOB: &[u8] = b"wrapped for KMS";
pub(crate) const TOKEN: &str = "a token of KMS";

pub(crate) fn metadata(fields: &Value) -> Value {
    let mut metadata = json!({
        "KeyId": ID, "Arn": key_arn(ID), "KeySpec": "SYMMETRIC_DEFAULT", "KeyUsage": "ENCRYPT_DECRYPT",
        "KeyState": "PendingImport", "Origin": "EXTERNAL", "KeyManager": "CUSTOMER",
    });
    for (name, value) in fields.as_object().unwrap() {
        metadata[name] = value.clone();
    }
    json!({"KeyMetadata": metadata})
}

/// A key of these fields, with these generations of material.
pub(crate) async fn server(fields: Value, generations: Value) -> Server {
    Server::start(move |asked| match asked.operation.as_str() {
        "DescribeKey" => Said::Json(metadata(&fields)),
        "ListAliases" => aliases(&[("mine", ID)], None),
        "GetKeyRotationStatus" => Said::Json(json!({"KeyRotationEnabled": false})),
        "ListKeyRotations" => Said::Json(json!({"Rotations": generations})),
        "ImportKeyMaterial" => Said::Json(json!({"KeyId": key_arn(ID), "KeyMaterialId": "new"})),
        _ => nothing(asked),
    })
    .await
}

pub(crate) fn in_days(days: i64) -> String {
    (Timestamp::now() + jiff::SignedDuration::from_hours(24 * days)).to_string()
}

pub(crate) fn secrets(blob: &[u8]) -> SecretAnswers {
    let token = Secret::from_text(TOKEN.to_owned());
    [("material".to_owned(), Secret::new(blob.to_vec())), ("token".to_owned(), token)].into_iter().collect()
}

pub(crate) async fn plan(provider: &dyn Provider, answers: &[(&str, &str)]) -> Result<Plan> {
    let mut change = change(Ask::ImportMaterial, item(provider, ID), answers);
    change.secrets = secrets(BLOB);
    provider.changes().plan(&change).await
}

pub(crate) const NEVER: [(&str, &str); 2] = [("wrapping", WAY), ("expires", "never")];
const NEW: [(&str, &str); 3] = [("wrapping", WAY), ("expires", "never"), ("new_material", "true")];

#[tokio::test]
async fn material_is_taken_by_keys_that_were_made_for_it_and_by_no_other() {
    for (fields, words) in [
        (json!({}), None),
        (json!({"KeyState": "Enabled"}), None),
        (json!({"KeyState": "Disabled"}), None),
        (json!({"KeyState": "PendingDeletion"}), Some("waits for its deletion")),
        (json!({"KeyState": "Unavailable"}), Some("state of this one is Unavailable")),
        (json!({"Origin": "AWS_KMS"}), Some("KMS made the material")),
        (json!({"Origin": "AWS_CLOUDHSM"}), Some("custom key store")),
        (json!({"KeySpec": "SM2"}), Some("SM2")),
        (json!({"KeyManager": "AWS"}), Some("AWS manages this key")),
    ] {
        let server = server(fields.clone(), json!([])).await;
        let provider = server.connect(REGION).await;
        let key = provider.inventory().locate(ID).unwrap();
        let offers = provider.offers(&provider.inventory().open(&key).await.unwrap().item).await;
        let answer = &offers.iter().find(|offer| offer.ask == Ask::ImportMaterial).unwrap().answer;
        let planned = plan(&*provider, &NEVER).await;
        match words {
            None => {
                assert!(matches!(answer, Answer::Allow), "{fields} {answer:?}");
                planned.unwrap();
            }
            Some(words) => {
                assert!(matches!(answer, Answer::Refuse { because, .. } if because.contains(words)), "{answer:?}");
                assert!(planned.unwrap_err().message().contains(words), "{fields}");
            }
        }
    }
}

#[tokio::test]
async fn a_key_whose_material_is_brought_says_so_and_only_kinds_that_take_material_are_made() {
    let server = Server::start(|asked| panic!("nobody expected {asked:?}")).await;
    let provider = server.connect(REGION).await;
    let made = |usage: &'static str, question: &'static str, spec: &'static str| {
        let answers = [("usage", usage), (question, spec), ("origin", "EXTERNAL"), ("multi_region", "true")];
        change(Ask::CreateKey, region(), &answers)
    };
    let plan = provider.changes().plan(&made("GENERATE_VERIFY_MAC", "mac_spec", "HMAC_384")).await.unwrap();
    let step = &plan.steps[0];
    assert_eq!((&step.parameters["Origin"], &step.parameters["MultiRegion"]), (&json!("EXTERNAL"), &json!(true)));
    assert!(step.command.contains("--origin EXTERNAL"), "{}", step.command);
    assert!(plan.effects.iter().any(|it| it.contains("PendingImport")), "{:?}", plan.effects);
    assert!(plan.warnings.iter().any(|it| it.contains("durability")), "{:?}", plan.warnings);
    for spec in ["ML_DSA_65", "ECC_NIST_EDWARDS25519", "SM2"] {
        let error = provider.changes().plan(&made("SIGN_VERIFY", "signature_spec", spec)).await.unwrap_err();
        assert!(error.kind() == Kind::Invalid && error.message().contains(spec), "{error}");
    }
}

#[tokio::test]
async fn a_plan_shows_the_digest_and_the_expiry_but_never_the_material_or_the_token() {
    let server = server(json!({}), json!([])).await;
    let provider = server.connect(REGION).await;
    let target = item(&*provider, ID);
    let questions = provider.changes().questions(Ask::ImportMaterial, &target).await.unwrap();
    let names: Vec<&str> = questions.iter().map(|question| question.name).collect();
    assert_eq!(names, ["wrapping", "material", "token", "sha256", "expires", "valid_to", "new_material"]);
    assert_eq!(questions[0].preset.as_deref(), Some(WAY));

    let (digest, at) = (shown_digest(BLOB), in_days(364));
    let answers = [("wrapping", WAY), ("expires", "at"), ("valid_to", &at), ("sha256", &digest.to_uppercase())];
    let plan_ = plan(&*provider, &answers).await.unwrap();
    let [step] = &plan_.steps[..] else { panic!("{plan_:?}") };
    let whole = Timestamp::from_second(at.parse::<Timestamp>().unwrap().as_second()).unwrap().to_string();
    let sent = json!({
        "Region": REGION, "KeyId": ID, "ExpirationModel": "KEY_MATERIAL_EXPIRES", "ValidTo": whole,
        "WrappedKeyMaterialSha256": digest,
    });
    assert_eq!((step.operation.as_str(), &step.parameters), ("kms:ImportKeyMaterial", &sent));
    assert_eq!(step.secrets, ["material", "token"]);
    assert_eq!(step.before["KeyState"], "PendingImport");
    assert!(step.command.ends_with("--encrypted-key-material fileb://wrapped.bin --import-token fileb://token.bin"));
    assert!(plan_.effects.iter().any(|it| it.contains(&whole) && it.contains("unreadable")), "{:?}", plan_.effects);
    let shown = serde_json::to_string(&plan_).unwrap();
    assert!(!shown.contains(TOKEN) && !shown.contains("wrapped for KMS"), "{shown}");

    let other = shown_digest(b"other");
    for (answers, words) in [
        (&[("wrapping", WAY), ("expires", "never"), ("sha256", other.as_str())][..], "is another"),
        (&[("wrapping", WAY), ("expires", "never"), ("sha256", "00ff")], "64 hexadecimal"),
        (&[("wrapping", "RSA_AES_KEY_WRAP_SHA_256 with RSA_4096"), ("expires", "never")], "unwraps no"),
        (&[("wrapping", WAY), ("expires", "at"), ("valid_to", in_days(366).as_str())], "365 days"),
        (&[("wrapping", WAY), ("expires", "at"), ("valid_to", "yesterday")], "RFC 3339"),
        (&[("wrapping", WAY)], "was not said"),
    ] {
        let error = plan(&*provider, answers).await.unwrap_err();
        assert!(error.kind() == Kind::Invalid && error.message().contains(words), "{error}");
    }
    assert_eq!(server.count("ImportKeyMaterial"), 0);
}

#[tokio::test]
async fn other_material_is_imported_and_then_rotated_to() {
    let first = json!([{"KeyMaterialId": "old", "KeyMaterialState": "CURRENT"}]);
    let enabled = server(json!({"KeyState": "Enabled", "CurrentKeyMaterialId": "old"}), first.clone()).await;
    let plan_ = plan(&*enabled.connect(REGION).await, &NEW).await.unwrap();
    let operations: Vec<&str> = plan_.steps.iter().map(|step| step.operation.as_str()).collect();
    assert_eq!(operations, ["kms:ImportKeyMaterial", "kms:RotateKeyOnDemand"]);
    assert_eq!(plan_.steps[0].parameters["ImportType"], "NEW_KEY_MATERIAL");
    assert_eq!(plan_.steps[0].before["Materials"], json!(["old"]));
    assert!(plan_.steps[1].secrets.is_empty());
    // The first material of a key is no other: there is nothing to rotate from.
    let waiting = server(json!({}), json!([])).await;
    let first_plan = plan(&*waiting.connect(REGION).await, &NEW).await.unwrap();
    assert!(first_plan.steps.len() == 1 && first_plan.steps[0].parameters.get("ImportType").is_none());

    let waits = json!([{"KeyMaterialId": "x", "KeyMaterialState": "PENDING_ROTATION"}]);
    let used_up = Value::Array(vec![json!({"RotationType": "ON_DEMAND", "KeyMaterialId": "x"}); 25]);
    let replicated = json!({"MultiRegionKeyType": "PRIMARY", "ReplicaKeys": [{"Arn": "arn:x", "Region": "us-east-1"}]});
    for (fields, generations, words) in [
        (json!({"KeyState": "Disabled"}), first.clone(), "enabled key only"),
        (json!({"CurrentKeyMaterialId": "old"}), first.clone(), "expired or was deleted"),
        (json!({"KeyState": "Enabled"}), waits, "waits for its rotation"),
        (json!({"KeyState": "Enabled"}), used_up, "used up"),
        (json!({"KeyState": "Enabled", "MultiRegionConfiguration": replicated}), first, "multi-Region"),
    ] {
        let server = server(fields, generations).await;
        let error = plan(&*server.connect(REGION).await, &NEW).await.unwrap_err();
        assert!(error.message().contains(words), "{error}");
    }
    let curve = server(json!({"KeyState": "Enabled", "KeySpec": "ECC_NIST_P256"}), json!([])).await;
    let answers = [("wrapping", WAY), ("expires", "never"), ("new_material", "true")];
    let error = plan(&*curve.connect(REGION).await, &answers).await.unwrap_err();
    assert!(error.message().contains("takes the same for ever"), "{error}");
}

#[tokio::test]
async fn material_that_waits_is_rotated_to_by_a_rotation() {
    let generations = json!([
        {"KeyMaterialId": "old", "KeyMaterialState": "CURRENT"},
        {"KeyMaterialId": "new", "KeyMaterialState": "PENDING_ROTATION"},
    ]);
    let server = server(json!({"KeyState": "Enabled"}), generations).await;
    let provider = server.connect(REGION).await;
    let rotate = change(Ask::Rotate, item(&*provider, ID), &[]);
    let plan = provider.changes().plan(&rotate).await.unwrap();
    assert!(plan.effects[0].contains("imported material that waits"), "{:?}", plan.effects);
}
