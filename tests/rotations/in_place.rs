//! A symmetric KMS key, rotated in place: the old material stays for what was made with it, and nothing is retired.

use base64ct::{Base64, Encoding};
use contract::RotationNote;
use serde_json::json;
use servers::{AmazonServer, fixtures::amazon::REGION};

use crate::{
    amazon::{kms, make, person},
    consumers::round_trip,
    walk::{Walk, conflict},
};

const PLAIN: &[u8] = b"a row of the ledger";

/// What no server here but fakecloud has. Each is tried all the same: what works after all must not stand here.
const GAPS: &[(&str, &str)] = &[
    ("localstack", "it has no ListKeyRotations, by which a rotation is planned and seen"),
    ("ministack", "it has no ListKeyRotations, by which a rotation is planned and seen"),
];

#[tokio::test(flavor = "multi_thread")]
async fn in_place_nothing_is_retired_and_what_was_encrypted_stays_readable() {
    let server = AmazonServer::fakecloud().await.unwrap();
    let key = make(&server, "SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT", None).await;
    let body = json!({"KeyId": key, "Plaintext": Base64::encode_string(PLAIN)});
    let before = kms(&server, "Encrypt", body).await["CiphertextBlob"].clone();

    let mut walk = Walk::begin(person(server.endpoint()).await, &key).await;
    let ledger = walk.keep(round_trip("by-hand", "ledger", &[])).await;
    walk.prepare("in-place").await;
    assert_eq!((walk.now.switch.as_deref(), walk.now.needs_pin), (Some("at-once"), false));
    walk.step("create").await;
    let rotations = kms(&server, "ListKeyRotations", json!({"KeyId": key})).await;
    assert_eq!(rotations["Rotations"].as_array().unwrap().len(), 1, "{rotations}");
    assert_eq!(walk.made(), walk.now.row.reference);
    walk.go_on("distribute").await;
    walk.takes_its_word(&ledger).await;
    walk.go_on("verify").await;
    walk.go_on("switch").await;
    walk.note(RotationNote::ConfirmSwitch { evidence: "new rows carry the new material".to_owned() }).await;
    walk.go_on("retire").await;
    let absent = ["switch", "disable-old", "delete-old", "keep-old", "enable-old", "switch-back", "disable-new"];
    assert_eq!(walk.absent(), absent);
    let finish = RotationNote::Finish { evidence: String::new() };
    conflict(&walk.refuses(finish.clone()).await, "ledger is still on the back path");
    let evidence = "KMS keeps every generation to read with".to_owned();
    walk.note(RotationNote::LeaveBackPath { consumer: ledger, evidence }).await;
    let no_step = walk.refuses_step("disable-old").await;
    assert_eq!(no_step.kind(), domain::Kind::Unsupported, "{no_step:?}");
    walk.note(finish).await;
    walk.is_over("done").await;
    let plain = kms(&server, "Decrypt", json!({"CiphertextBlob": before})).await["Plaintext"].clone();
    assert_eq!(Base64::decode_vec(plain.as_str().unwrap()).unwrap(), PLAIN);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_gaps_are_gaps_still() {
    for (name, gap) in GAPS {
        let server = match *name {
            "localstack" => AmazonServer::localstack().await.unwrap(),
            _ => AmazonServer::ministack().await.unwrap(),
        };
        let key = make(&server, "SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT", None).await;
        let listed = server.call(REGION, "TrentService.ListKeyRotations", json!({"KeyId": key})).await;
        assert!(listed.is_err(), "{name}: it works after all: {gap}");
    }
}
