//! How an import of key material ends: sent once, refused in the same words by whoever refuses, or found again by reading.

use domain::{Changed, Finding, Kind, Outcome, Performed, Step, Timestamp};
use serde_json::{Value, json};

use crate::{
    desk::{REGION, order, send_first_with},
    importing::{BLOB, ID, NEVER, TOKEN, WAY, in_days, metadata, plan, secrets, server},
    server::{Asked, Said, Server, nothing},
};

const AT: &str = "2027-01-02T03:04:05Z";

#[tokio::test]
async fn what_was_planned_is_sent_once_with_what_goes_with_it() {
    let server = server(json!({}), json!([])).await;
    let provider = server.connect_with_attempts(REGION, "3").await;
    let at = in_days(30);
    let answers = [("wrapping", WAY), ("expires", "at"), ("valid_to", at.as_str())];
    let planned = plan(&*provider, &answers).await.unwrap();
    let outcome = send_first_with(&*provider, planned.clone(), secrets(b"another blob")).await;
    assert!(matches!(&outcome, Outcome::Refused(error) if error.message().contains("not the one")), "{outcome:?}");
    assert_eq!(server.count("ImportKeyMaterial"), 0);

    let outcome = send_first_with(&*provider, planned, secrets(BLOB)).await;
    let Outcome::Done { results, .. } = outcome else { panic!("{outcome:?}") };
    assert_eq!((results["KeyId"].as_str(), results["KeyMaterialId"].as_str()), (ID, "new"));
    let asked = server.asked();
    let sent: Vec<&Asked> = asked.iter().filter(|asked| asked.operation == "ImportKeyMaterial").collect();
    let [sent] = &sent[..] else { panic!("{sent:?}") };
    assert_eq!(sent.body["EncryptedKeyMaterial"], "d3JhcHBlZCBmb3IgS01T");
    assert_eq!(sent.body["ImportToken"], "YSB0b2tlbiBvZiBLTVM=");
    assert_eq!(sent.body["ValidTo"].as_f64(), Some(at.parse::<Timestamp>().unwrap().as_second() as f64));
    assert!(sent.body.get("WrappedKeyMaterialSha256").is_none() && sent.body.get("ImportType").is_none());
}

/// What a server says to the import that is sent to it.
async fn answered(said: impl Fn() -> Said + Send + Sync + 'static) -> Outcome {
    let server = Server::start(move |asked| match asked.operation.as_str() {
        "DescribeKey" => Said::Json(metadata(&json!({}))),
        "ListKeyRotations" => Said::Json(json!({"Rotations": []})),
        "ImportKeyMaterial" => said(),
        _ => nothing(asked),
    })
    .await;
    let provider = server.connect_with_attempts(REGION, "3").await;
    let planned = plan(&*provider, &NEVER).await.unwrap();
    let outcome = send_first_with(&*provider, planned, secrets(BLOB)).await;
    assert_eq!(server.count("ImportKeyMaterial"), 1);
    outcome
}

#[tokio::test]
async fn whoever_refuses_material_says_it_in_the_same_words() {
    let inside = |cause: &'static str| (500, "InternalError", cause);
    let tokens = [
        (400, "ExpiredImportTokenException", "old"),
        (400, "InvalidImportTokenException", "The import token is invalid for this key."),
        (400, "NotFoundException", "Unable to find key import token 'a token of KMS'"),
        inside("exception while calling kms.ImportKeyMaterial: 'utf-8' codec can't decode byte 0xff in position 0"),
    ];
    let wrappings = [
        (400, "InvalidCiphertextException", "could not be unwrapped"),
        inside("exception while calling kms.ImportKeyMaterial: Decryption failed"),
        inside("exception while calling kms.ImportKeyMaterial: "),
        inside("exception while calling kms.ImportKeyMaterial: Ciphertext length must be equal to key size."),
    ];
    let materials = [(400, "IncorrectKeyMaterialException", "256 bits")];
    for (refusals, words) in [
        (&tokens[..], "import token"),
        (&wrappings[..], "could not unwrap"),
        (&materials[..], "not what the key takes"),
    ] {
        let mut told = Vec::new();
        for (status, code, message) in refusals.iter().copied() {
            let outcome = answered(move || Said::Error(status, code, message)).await;
            let Outcome::Refused(error) = outcome else { panic!("{code} {message}: {outcome:?}") };
            assert_eq!((error.kind(), error.changed()), (Kind::Invalid, &Changed::Nothing), "{error:?}");
            assert!(error.next().contains("etch a new wrapping key and token"), "{error:?}");
            assert!(error.message().contains(words) && !error.message().contains(TOKEN), "{error}");
            told.push((error.message().to_owned(), error.next().to_owned()));
        }
        told.dedup();
        assert_eq!(told.len(), 1, "{told:?}");
    }
}

#[tokio::test]
async fn what_may_have_been_imported_is_unknown() {
    let lost: [fn() -> Said; 4] = [
        || Said::HangUp,
        || Said::CutShort,
        || Said::Error(500, "KMSInternalException", "later"),
        // It has set the key's state before it fails at this.
        || {
            Said::Error(
                500,
                "InternalError",
                "exception while calling kms.ImportKeyMaterial: Could not deserialize key",
            )
        },
    ];
    for said in lost {
        let outcome = answered(said).await;
        assert!(matches!(&outcome, Outcome::Unknown(error) if *error.changed() == Changed::Unknown), "{outcome:?}");
    }
    for (said, kind) in [
        ((400, "AccessDeniedException", "not you"), Kind::Denied),
        ((400, "KMSInvalidStateException", "pending deletion"), Kind::Conflict),
        ((400, "NotFoundException", "no such key"), Kind::NotFound),
    ] {
        let outcome = answered(move || Said::Error(said.0, said.1, said.2)).await;
        assert!(matches!(&outcome, Outcome::Refused(error) if error.kind() == kind), "{outcome:?}");
    }
}

fn performed(parameters: &Value, before: Value, answered: bool) -> Performed {
    let mut parameters = parameters.clone();
    (parameters["Region"], parameters["KeyId"]) = (REGION.into(), ID.into());
    let step = Step {
        says: String::new(),
        operation: "kms:ImportKeyMaterial".to_owned(),
        parameters,
        command: String::new(),
        before,
        secrets: Vec::new(),
    };
    let results = answered.then(|| ("KeyId".to_owned(), ID.to_owned())).into_iter().collect();
    Performed { order: order(), step, results, sent: Timestamp::now() }
}

/// `d`, `n` or `u`.
async fn found(performed: &Performed, fields: Value, generations: Value) -> (char, Finding) {
    let server = server(fields, generations).await;
    let finding = server.connect(REGION).await.changes().check(performed).await.unwrap();
    assert_eq!(server.count("ImportKeyMaterial"), 0);
    let word = match &finding {
        Finding::Done { .. } => 'd',
        Finding::NotDone { .. } => 'n',
        Finding::Unclear { .. } => 'u',
    };
    (word, finding)
}

#[tokio::test]
async fn a_lost_import_is_told_by_the_state_and_the_expiry_of_the_key() {
    let never = json!({"ExpirationModel": "KEY_MATERIAL_DOES_NOT_EXPIRE"});
    let at = json!({"ExpirationModel": "KEY_MATERIAL_EXPIRES", "ValidTo": AT});
    let seconds = AT.parse::<Timestamp>().unwrap().as_second();
    let state = |state: &str, expiry: &Value| {
        let mut key = expiry.clone();
        key["KeyState"] = state.into();
        if key.get("ValidTo").is_some() {
            key["ValidTo"] = seconds.into();
        }
        key
    };
    let was = |state: &str, expiry: &Value| {
        let mut before = json!({"KeyState": state, "ExpirationModel": null, "ValidTo": null});
        for (name, value) in expiry.as_object().unwrap() {
            before[name] = value.clone();
        }
        before
    };
    let nothing = json!({});
    let later = json!({"ExpirationModel": "KEY_MATERIAL_EXPIRES", "ValidTo": seconds + 60});
    // LocalStack keeps no date.
    let dateless = json!({"ExpirationModel": "KEY_MATERIAL_EXPIRES"});
    let mut late = later.clone();
    late["KeyState"] = "Enabled".into();
    for (sent, before, seen, answered, expected) in [
        (&never, was("PendingImport", &nothing), state("PendingImport", &nothing), false, 'n'),
        (&never, was("PendingImport", &nothing), state("Enabled", &never), false, 'd'),
        (&at, was("PendingImport", &nothing), state("Enabled", &at), false, 'd'),
        (&at, was("PendingImport", &nothing), state("Enabled", &dateless), false, 'd'),
        (&at, was("PendingImport", &nothing), late.clone(), false, 'u'),
        (&at, was("PendingImport", &nothing), state("Enabled", &never), false, 'u'),
        (&at, was("PendingImport", &nothing), state("PendingDeletion", &nothing), false, 'u'),
        (&at, was("Enabled", &never), state("Enabled", &at), false, 'd'),
        (&at, was("Enabled", &never), state("Enabled", &never), false, 'n'),
        (&at, was("Enabled", &never), state("Enabled", &never), true, 'n'),
        (&at, was("Disabled", &never), late, true, 'u'),
        (&never, was("Enabled", &never), state("Enabled", &never), false, 'n'),
        (&never, was("Enabled", &never), state("Enabled", &never), true, 'd'),
        (&never, was("Disabled", &never), state("Enabled", &never), false, 'u'),
        (&never, was("Enabled", &never), state("PendingImport", &nothing), true, 'u'),
    ] {
        let (word, finding) = found(&performed(sent, before.clone(), answered), seen.clone(), json!([])).await;
        assert_eq!(word, expected, "{sent} {before} {seen} {answered}: {finding:?}");
    }
}

#[tokio::test]
async fn other_material_is_told_by_one_more_generation() {
    let sent = json!({"ExpirationModel": "KEY_MATERIAL_DOES_NOT_EXPIRE", "ImportType": "NEW_KEY_MATERIAL"});
    let before = json!({"KeyState": "Enabled", "Materials": ["old"]});
    let listed = |ids: &[&str]| Value::Array(ids.iter().map(|id| json!({"KeyMaterialId": id})).collect());
    for (ids, expected) in [(&["old"][..], 'n'), (&["old", "new"], 'd'), (&["old", "new", "newer"], 'u')] {
        let enabled = json!({"KeyState": "Enabled"});
        let (word, finding) = found(&performed(&sent, before.clone(), false), enabled, listed(ids)).await;
        assert_eq!(word, expected, "{finding:?}");
        if let Finding::Done { results, .. } = finding {
            assert_eq!(results["KeyMaterialId"], "new");
        }
    }
}
