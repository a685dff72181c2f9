//! The practice keystore, with a keyring and without, found again and made anew.

use std::sync::Arc;

use app::{Keychain, MemoryKeychain};
use base64ct::{Base64UrlUnpadded, Encoding};
use contract::{
    CompareFingerprint, EnvironmentMark, ExportItems, ExportRequest, FingerprintVerdict, Format, Nothing, OpenItem,
    OpenPracticeKeystore, RemoveConnection, SignTest, VaultState,
};
use domain::{Kind, SignatureAlgorithm};
use encoding::{PublicKey, jws};

use crate::world::{Keyring, World, watch};

#[tokio::test(flavor = "multi_thread")]
async fn with_a_keyring_it_is_made_once_and_opens_after_a_restart() {
    let keyring = Arc::new(Keyring::default());
    let world = World::real(keyring.clone());
    let (one, other) = tokio::join!(
        world.app.open_practice_keystore(OpenPracticeKeystore {}),
        world.app.open_practice_keystore(OpenPracticeKeystore {}),
    );
    let row = one.unwrap();
    assert_eq!(other.unwrap(), row);
    assert_eq!((row.name.as_str(), row.secrets.as_str()), ("practice", "keyring"));
    assert_eq!(row.environment, Some(EnvironmentMark::Sandbox));
    assert!(world.app.app_state(Nothing {}).await.unwrap().notices.is_empty());
    let first = watch(&world.app, true).await;
    assert!(first.rows.len() >= 12, "{:?}", first.references());

    let world = world.restart_real(keyring.clone());
    let second = watch(&world.app, true).await;
    assert_eq!(second.rows, first.rows);
    assert!(second.vaults.values().all(|vault| matches!(vault.state, VaultState::Fresh { .. })));

    // The keyring was emptied: the old file is kept beside a new one, and that is said.
    keyring.forget("practice", "key").unwrap();
    let world = world.restart_real(keyring);
    assert_eq!(watch(&world.app, true).await.failed["practice"].kind, "signed-out");
    world.app.open_practice_keystore(OpenPracticeKeystore {}).await.unwrap();
    let notices = world.app.app_state(Nothing {}).await.unwrap().notices;
    assert!(notices.len() == 1 && notices[0].message.contains("did not open"), "{notices:?}");
    let aside = std::fs::read_dir(world.home.path()).unwrap().filter(|entry| {
        entry.as_ref().unwrap().file_name().to_string_lossy().starts_with("practice.keystore.unopened-")
    });
    assert_eq!(aside.count(), 1);
    let third = watch(&world.app, true).await;
    assert_eq!(third.rows.len(), first.rows.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_keyring_it_opens_after_a_restart_too_and_that_is_said() {
    let keychain = || Arc::new(MemoryKeychain::default());
    let world = World::real(keychain());
    let row = world.app.open_practice_keystore(OpenPracticeKeystore {}).await.unwrap();
    assert_eq!(row.secrets, "none needed");
    let notices = world.app.app_state(Nothing {}).await.unwrap().notices;
    assert!(notices.len() == 1 && notices[0].message.contains("no OS keyring"), "{notices:?}");
    let first = watch(&world.app, true).await;

    let world = world.restart_real(keychain());
    assert_eq!(world.app.open_practice_keystore(OpenPracticeKeystore {}).await.unwrap().name, "practice");
    assert_eq!(watch(&world.app, true).await.rows, first.rows);

    // A removed connection comes back to the same file.
    world.app.remove_connection(RemoveConnection { name: "practice".into() }).await.unwrap();
    world.app.open_practice_keystore(OpenPracticeKeystore {}).await.unwrap();
    assert_eq!(watch(&world.app, true).await.rows, first.rows);

    for (reference, row) in &first.rows {
        let opened = world.app.open_item(OpenItem { reference: reference.clone() }).await.unwrap();
        assert!(opened.certificate_trouble.is_none() && opened.public_key_trouble.is_none(), "{reference}");
        assert_eq!(opened.certificates.is_empty(), !row.facets.contains(&"certificate".to_owned()), "{reference}");
        let Some(fingerprints) = opened.fingerprints else { continue };
        let compare = async |pasted: &str| {
            let request = CompareFingerprint { reference: reference.clone(), version: None, pasted: pasted.into() };
            world.app.compare_fingerprint(request).await.unwrap()
        };
        assert_eq!(compare(&fingerprints.spki_sha256).await, FingerprintVerdict::Match, "{reference}");
        if let Some(ssh) = fingerprints.openssh_sha256 {
            assert_eq!(compare(&ssh).await, FingerprintVerdict::SshFingerprint, "{reference}");
        }
        let another = "SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
        assert_eq!(compare(another).await, FingerprintVerdict::Mismatch, "{reference}");
        assert_eq!(compare("RSA_PUBLIC_KEY_FP").await, FingerprintVerdict::NotAFingerprint, "{reference}");
        if let Some(leaf) = opened.certificates.first() {
            for pasted in [&leaf.sha1, &leaf.sha256, &leaf.x5t, &leaf.sha1.replace(':', "").to_lowercase()] {
                assert_eq!(compare(pasted).await, FingerprintVerdict::AnotherForm, "{reference} {pasted}");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_signs_a_test_token_where_it_is() {
    let world = World::real(Arc::new(Keyring::default()));
    world.app.open_practice_keystore(OpenPracticeKeystore {}).await.unwrap();
    let rows = watch(&world.app, true).await.rows;
    let named = |name: &str| rows.values().find(|row| row.name == name).unwrap().reference.clone();
    let opened = world.app.open_item(OpenItem { reference: named("snowflake-etl") }).await.unwrap();
    let facet = opened.facets.iter().find(|facet| facet.kind == "key").unwrap();
    assert_eq!(facet.signs, ["PS256", "RS256"]);
    let request = ExportRequest {
        references: vec![named("snowflake-etl")],
        versions: Vec::new(),
        format: Format::SpkiPem,
        comment: None,
        snowflake: None,
    };
    let spki = world.app.export_items(ExportItems { request }).await.unwrap().files.remove(0).text;
    let key = PublicKey::from_spki_pem(&spki).unwrap();
    let wanted = |algorithm: Option<&str>| SignTest {
        reference: named("snowflake-etl"),
        version: None,
        algorithm: algorithm.map(str::to_owned),
    };
    for algorithm in [SignatureAlgorithm::Ps256, SignatureAlgorithm::Rs256] {
        let signed = world.app.sign_test(wanted(Some(algorithm.name()))).await.unwrap();
        let (input, signature) = signed.token.rsplit_once('.').unwrap();
        let signature = Base64UrlUnpadded::decode_vec(signature).unwrap();
        assert!(jws::verifies(&key, algorithm, input, &signature));
        let header: serde_json::Value = serde_json::from_str(&signed.header).unwrap();
        assert_eq!(header["alg"], algorithm.name());
        let claims: serde_json::Value = serde_json::from_str(&signed.claims).unwrap();
        assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), 60, "it lasts a minute");
    }
    assert_eq!(world.app.sign_test(wanted(None)).await.unwrap().algorithm, "PS256", "the one to prefer");
    assert_eq!(world.app.sign_test(wanted(Some("ES256"))).await.unwrap_err().kind(), Kind::Unsupported);
}
