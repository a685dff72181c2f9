//! Keys as OpenBao 2.7.2 told them (recorded), with the values that a bug would get wrong.

use domain::{ItemDetail, ItemKey};

use super::*;

fn key(text: &str) -> Key {
    Key::parse(serde_json::from_str(text).unwrap()).unwrap()
}

fn detail(text: &str) -> ItemDetail {
    key(text).detail(ItemKey::new("transit", "keys/x"))
}

fn row<'a>(detail: &'a ItemDetail, name: &str) -> Option<&'a str> {
    let Aspect::Native(rows) = &detail.aspects[0] else { panic!("no native rows") };
    rows.iter().find(|row| row.name == name).map(|row| row.value.as_str())
}

const ED25519: &str = r#"{"allow_plaintext_backup":false,"auto_rotate_period":0,"deletion_allowed":false,"derived":false,
    "exportable":false,"imported_key":false,"keys":{"1":{"certificate_chain":"",
    "creation_time":"2026-11-23T13:00:12.891189455Z","name":"ed25519",
    "public_key":"gf7Ye83g2Yvx7GwzulROOPrug8UX0ITqksRP1FRxW70="}},"latest_version":1,"min_available_version":0,
    "min_decryption_version":1,"min_encryption_version":0,"name":"ed25519","soft_deleted":false,
    "supports_decryption":false,"supports_derivation":true,"supports_encryption":false,"supports_signing":true,
    "type":"ed25519"}"#;

const AES: &str = r#"{"allow_plaintext_backup":false,"auto_rotate_period":2592000,"derived":false,"exportable":false,
    "keys":{"1":1795438812,"2":1795438813,"10":1795438814},"latest_version":10,"min_available_version":0,
    "min_decryption_version":1,"min_encryption_version":0,"name":"aes256-gcm96","soft_deleted":false,
    "supports_decryption":true,"supports_derivation":true,"supports_encryption":true,"supports_signing":false,
    "type":"aes256-gcm96"}"#;

const TRIMMED: &str = r#"{"exportable":false,"keys":{
    "3":{"certificate_chain":"","creation_time":"2026-11-23T13:00:13.952912643Z","name":"P-256","public_key":"-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEKSVnKvvgYzGMrWxRXbaiDddC/Ckd\nD4h6VXUlO4t0tGlSFTdQucXLWqZlQwkKaQbMOuf+0woWavJYSQ5x4Yz6uQ==\n-----END PUBLIC KEY-----\n"},
    "4":{"certificate_chain":"","creation_time":"2026-11-23T13:00:13.969738077Z","name":"P-256","public_key":"-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE2KNNQ4G4gnWzIdM/AuNEbhME2gYd\nFfbMpwl4QCoLrkXtIrBY263qPtLhnTQoq5EtwHCskd4IGef6WVNvn/dE/w==\n-----END PUBLIC KEY-----\n"}},
    "latest_version":4,"min_available_version":2,"min_decryption_version":3,"min_encryption_version":3,
    "name":"ecdsa-p256","soft_deleted":false,"supports_signing":true,"type":"ecdsa-p256"}"#;

const HMAC: &str = r#"{"exportable":false,"key_size":32,"latest_version":1,"min_available_version":0,
    "min_decryption_version":1,"name":"hmac","supports_signing":false,"type":"hmac"}"#;

const DERIVED: &str = r#"{"derived":true,"kdf":"hkdf_sha256","keys":{"1":{"certificate_chain":"",
    "creation_time":"2026-11-23T13:00:13.92620599Z","name":"ed25519","public_key":""}},"latest_version":1,
    "min_available_version":0,"min_decryption_version":1,"supports_signing":true,"type":"ed25519"}"#;

#[test]
fn ed25519_is_bare_base64_and_becomes_the_rfc_8410_form() {
    let der = key(ED25519).public_key(None).unwrap().spki_der().to_vec();
    // RFC 8410, 4: SEQUENCE { SEQUENCE { OID 1.3.101.112 } BIT STRING }
    assert_eq!(der[..12], [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00]);
    assert_eq!((der.len(), &der[12..16]), (44, [0x81, 0xfe, 0xd8, 0x7b].as_slice()));
    let detail = detail(ED25519);
    assert_eq!(detail.item.algorithm, Some(Algorithm::Ed25519));
    assert_eq!(detail.item.facets[0].leaves, Leaves::PublicPart);
    assert_eq!(detail.item.facets[0].operations, ["derive", "sign", "verify"]);
    assert!(detail.versions[0].has_public_key);
}

#[test]
fn versions_of_a_symmetric_key_are_seconds_and_sort_by_number() {
    let detail = detail(AES);
    let told: Vec<_> = detail.versions.iter().filter(|version| version.created.is_some()).collect();
    assert_eq!(told.iter().map(|it| it.id.as_str()).collect::<Vec<_>>(), ["10", "2", "1"]);
    assert_eq!(told[2].created.unwrap().to_string(), "2026-11-23T13:00:12Z");
    assert_eq!(detail.item.created, told[2].created);
    assert!(told[0].current && !told[0].has_public_key);
    assert_eq!(detail.item.facets[0].leaves, Leaves::Nothing);
    assert_eq!(row(&detail, "auto_rotate_period"), Some("2592000 seconds (30 days)"));
    assert_eq!(row(&detail, "min_encryption_version"), Some("0 (the latest)"));
    assert_eq!(key(AES).public_key(None).unwrap_err().kind(), Kind::Unsupported);
}

#[test]
fn hidden_and_trimmed_versions_are_listed_with_their_state() {
    let detail = detail(TRIMMED);
    let told: Vec<_> = detail.versions.iter().map(|it| (it.id.as_str(), it.state.clone())).collect();
    let due = [("4", State::Enabled), ("3", State::Enabled), ("2", State::Disabled), ("1", State::Destroyed)];
    assert_eq!(told, due);
    assert_eq!(detail.item.created, None, "the first version's time is not told, and a later one's would be a lie");
}

#[test]
fn each_version_has_its_own_public_key_or_the_reason_why_not() {
    let key = key(TRIMMED);
    let third = key.public_key(Some("3")).unwrap();
    assert_ne!(third, key.public_key(Some("4")).unwrap());
    assert_eq!(key.public_key(None).unwrap(), key.public_key(Some("4")).unwrap());
    for (version, word) in
        [("2", "min_decryption_version 3"), ("1", "trimmed"), ("5", "no version"), ("x", "no version")]
    {
        let error = key.public_key(Some(version)).unwrap_err();
        assert_eq!(error.kind(), Kind::NotFound, "{version}");
        assert!(error.message().contains(word), "{version}: {}", error.message());
    }
}

#[test]
fn hmac_tells_its_size_and_no_versions_at_all() {
    let detail = detail(HMAC);
    assert_eq!(detail.item.algorithm, Some(Algorithm::Hmac(256)));
    assert_eq!(detail.versions.len(), 1);
    assert_eq!(detail.versions[0].state, State::Enabled);
    assert_eq!(key(HMAC).public_key(None).unwrap_err().kind(), Kind::Unsupported);
}

#[test]
fn a_derived_key_has_no_public_key() {
    assert_eq!(detail(DERIVED).item.facets[0].leaves, Leaves::Nothing);
    let error = key(DERIVED).public_key(None).unwrap_err();
    assert_eq!(error.kind(), Kind::Unsupported);
    assert!(error.message().contains("context"));
}

#[test]
fn an_exportable_key_lets_its_private_part_leave() {
    let detail = detail(&AES.replace(r#""exportable":false"#, r#""exportable":true"#));
    assert_eq!(detail.item.facets[0].leaves, Leaves::PrivateMaterial);
    assert_eq!(row(&detail, "exportable"), Some("true"));
}

#[test]
fn unknown_kinds_and_unknown_forms_of_versions_are_kept_in_the_servers_words() {
    let text = r#"{"type":"ml-dsa","parameter_set":"65","keys":{"1":["who","knows"]},"latest_version":1}"#;
    let detail = detail(text);
    assert_eq!(detail.item.algorithm, Some(Algorithm::Other("ml-dsa-65".into())));
    assert_eq!(detail.versions[0].id, "1");
    assert!(detail.item.trouble.is_none());
    let xchacha = detail_of_kind("xchacha20-poly1305");
    assert_eq!(xchacha.item.algorithm, Some(Algorithm::Other("xchacha20-poly1305".into())));
}

#[test]
fn a_hostile_version_number_does_not_fill_the_memory() {
    let text = r#"{"type":"aes256-gcm96","keys":{"1":1795438812},"latest_version":18446744073709551615,
        "min_available_version":18446744073709551615}"#;
    assert!(detail(text).versions.len() <= 1_001);
}

fn detail_of_kind(kind: &str) -> ItemDetail {
    detail(&AES.replace("\"type\":\"aes256-gcm96\"", &format!("\"type\":\"{kind}\"")))
}

#[test]
fn rotation_tells_the_period_and_when_the_next_version_is_due() {
    let rotation =
        |text: &str| detail(text).aspects.into_iter().find(|it| matches!(it, Aspect::Rotation { .. })).unwrap();
    let due = Aspect::Rotation {
        automatic: Some(true),
        period_seconds: Some(2_592_000),
        // Thirty days after version 10, the newest, and not after the first.
        next: Timestamp::from_second(1_795_438_814 + 2_592_000).ok(),
        left_on_demand: None,
        rules: Vec::new(),
    };
    assert_eq!(rotation(AES), due);
    let told = |text| match rotation(text) {
        Aspect::Rotation { automatic, period_seconds, next, .. } => (automatic, period_seconds, next),
        other => panic!("{other:?}"),
    };
    assert_eq!(told(ED25519), (Some(false), None, None));
    assert_eq!(told(HMAC), (None, None, None), "a server that tells no period may still know rotation");
}
