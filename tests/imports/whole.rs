//! Whole imports, as the window calls them, on real servers: from a vault into a cloud, between vaults, once more, and
//! where the target holds another key.

use base64ct::{Base64, Encoding};
use contract::{ImportNote, ImportSourceWire};
use domain::{Algorithm, Kind};
use encoding::{material, wrap};
use serde_json::json;
use servers::{
    AmazonServer, OpenBao,
    fixtures::amazon::REGION,
    hostile::{Asked, Hostile, Said},
};

use crate::carrier::{CLOUD, Carrier, VAULT, inside, kms, person, transit};

const IN_CLOUD: (&str, &str) = (CLOUD, REGION);

async fn vault(keys: &[(&str, &str)]) -> OpenBao {
    let server = OpenBao::start().await.unwrap();
    server.call("POST", "sys/mounts/transit", json!({"type": "transit"})).await.unwrap();
    for (name, kind) in keys {
        let body = json!({"type": kind, "exportable": true});
        server.call("POST", &format!("transit/keys/{name}"), body).await.unwrap();
    }
    server
}

async fn wrapping_keys(vault: &OpenBao) -> Vec<String> {
    let listed = vault.call("LIST", "transit/keys", json!({})).await.unwrap();
    let names = listed["keys"].as_array().unwrap().iter().filter_map(|name| name.as_str());
    names.filter(|name| name.starts_with(domain::LOADED)).map(str::to_owned).collect()
}

/// A key that was born in Vault ends up in KMS, and comes once more after its material was lost there.
async fn a_symmetric_key_goes_to(cloud: AmazonServer) {
    let vault = vault(&[("master", "aes256-gcm96")]).await;
    let person = person(vault.address(), cloud.endpoint()).await;
    let mut carrier =
        Carrier::begin(person, IN_CLOUD, "AES-256", "RSAES_OAEP_SHA_256 with RSA_4096", transit("master")).await;
    assert!(carrier.now.locks["import"].because.contains("not made"), "{:?}", carrier.now.locks["import"]);
    let inside = carrier.now.target.as_ref().unwrap().inside.as_deref();
    assert!(inside.is_some_and(|because| because.contains("RSAES_OAEP_SHA_256")), "{inside:?}");
    carrier.bring().await;
    assert!(carrier.holds() && !carrier.identifies(), "{}", carrier.evidence());
    carrier.finish().await;
    let told = kms(&cloud, "DescribeKey", json!({"KeyId": carrier.key()})).await;
    assert_eq!(
        (&told["KeyMetadata"]["Origin"], &told["KeyMetadata"]["KeyState"]),
        (&json!("EXTERNAL"), &json!("Enabled"))
    );
    assert_eq!(carrier.now.row.expires.is_some(), told["KeyMetadata"]["ValidTo"].is_number());
    // What the key encrypted is lost with its material, and back with it.
    let asked = json!({"KeyId": carrier.key(), "Plaintext": Base64::encode_string(b"an order")});
    let encrypted = kms(&cloud, "Encrypt", asked).await["CiphertextBlob"].clone();
    kms(&cloud, "DeleteImportedKeyMaterial", json!({"KeyId": carrier.key()})).await;
    let mut again = carrier.again(false).await;
    again.wrap().await;
    again.step("import").await;
    again.prove().await;
    assert!(again.holds() && again.identifies(), "{}", again.evidence());
    again.finish().await;
    let opened = kms(&cloud, "Decrypt", json!({"KeyId": again.key(), "CiphertextBlob": encrypted})).await;
    assert_eq!(opened["Plaintext"], Base64::encode_string(b"an order"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_symmetric_key_goes_to_localstack_and_comes_again() {
    a_symmetric_key_goes_to(AmazonServer::localstack().await.unwrap()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_symmetric_key_goes_to_ministack_and_comes_again() {
    a_symmetric_key_goes_to(AmazonServer::ministack().await.unwrap()).await;
}

async fn key_pairs_go_to(cloud: AmazonServer) {
    let vault = vault(&[("rsa", "rsa-2048"), ("p256", "ecdsa-p256"), ("p384", "ecdsa-p384")]).await;
    for (name, algorithm, wrap, is_inside) in [
        ("rsa", "RSA 2048", "RSA_AES_KEY_WRAP_SHA_256 with RSA_4096", false),
        ("rsa", "RSA 2048", "RSA_AES_KEY_WRAP_SHA_256 with RSA_4096", true),
        ("p256", "EC P-256", "RSAES_OAEP_SHA_256", false),
        ("p256", "EC P-256", "RSA_AES_KEY_WRAP_SHA_256", true),
        ("p384", "EC P-384", "RSAES_OAEP_SHA_256", false),
        ("p384", "EC P-384", "RSA_AES_KEY_WRAP_SHA_256", false),
    ] {
        let source = if is_inside { inside(name) } else { transit(name) };
        let person = person(vault.address(), cloud.endpoint()).await;
        let mut carrier = Carrier::begin(person, IN_CLOUD, algorithm, wrap, source).await;
        match is_inside {
            true => carrier.bring_inside().await,
            false => carrier.bring().await,
        }
        assert!(carrier.holds() && carrier.identifies(), "{name}: {}", carrier.evidence());
        carrier.finish().await;
        let told = kms(&cloud, "GetPublicKey", json!({"KeyId": carrier.key()})).await;
        let theirs = Base64::decode_vec(told["PublicKey"].as_str().unwrap()).unwrap();
        let key = vault.call("GET", &format!("transit/keys/{name}"), json!({})).await.unwrap();
        let ours = key["keys"]["1"]["public_key"].as_str().unwrap().to_owned();
        assert_eq!(theirs, encoding::PublicKey::from_pem(&ours).unwrap().spki_der(), "{name}");
        assert_eq!(wrapping_keys(&vault).await, [] as [&str; 0], "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn key_pairs_go_to_localstack_wrapped_here_and_inside_their_vault() {
    key_pairs_go_to(AmazonServer::localstack().await.unwrap()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn key_pairs_go_to_ministack_wrapped_here_and_inside_their_vault() {
    key_pairs_go_to(AmazonServer::ministack().await.unwrap()).await;
}

/// From one mount into another: the place decrypts what was encrypted here with the same key, so it is known which it is.
#[tokio::test(flavor = "multi_thread")]
async fn keys_go_from_vault_to_vault() {
    let vault =
        vault(&[("aes", "aes256-gcm96"), ("ed", "ed25519"), ("rsa", "rsa-2048"), ("chacha", "chacha20-poly1305")])
            .await;
    vault.call("POST", "sys/mounts/other", json!({"type": "transit"})).await.unwrap();
    let cloud = AmazonServer::ministack().await.unwrap();
    for (name, algorithm) in
        [("aes", "AES-256"), ("ed", "Ed25519"), ("rsa", "RSA 2048"), ("chacha", "ChaCha20-Poly1305")]
    {
        let person = person(vault.address(), cloud.endpoint()).await;
        let mut carrier = Carrier::begin(person, (VAULT, "other"), algorithm, "", transit(name)).await;
        carrier.target((VAULT, "other"), algorithm, "", &[("name", name)]).await;
        carrier.bring().await;
        assert!(carrier.holds() && carrier.identifies(), "{name}: {}", carrier.evidence());
        carrier.finish().await;
        assert!(carrier.now.row.item.as_deref().unwrap().ends_with(&format!("other/keys/{name}")));
    }
}

/// Somebody else makes another key of the same name in the instant after the import: the proof says so, and nothing ends
/// well.
#[tokio::test(flavor = "multi_thread")]
async fn a_target_that_holds_another_key_is_found_out() {
    let vault = vault(&[("aes", "aes256-gcm96"), ("ec", "ecdsa-p256")]).await;
    vault.call("POST", "sys/mounts/other", json!({"type": "transit"})).await.unwrap();
    let cloud = AmazonServer::localstack().await.unwrap();
    for (name, algorithm, kind) in [("aes", "AES-256", "aes256-gcm96"), ("ec", "EC P-256", "ecdsa-p256")] {
        let person = person(vault.address(), cloud.endpoint()).await;
        let mut carrier = Carrier::begin(person, (VAULT, "other"), algorithm, "", transit(name)).await;
        carrier.target((VAULT, "other"), algorithm, "", &[("name", name)]).await;
        carrier.wrap().await;
        carrier.step("import").await;
        let path = format!("other/keys/{name}");
        vault.call("POST", &format!("{path}/config"), json!({"deletion_allowed": true})).await.unwrap();
        vault.call("DELETE", &path, json!({})).await.unwrap();
        vault.call("POST", &path, json!({"type": kind})).await.unwrap();
        carrier.prove().await;
        assert!(!carrier.holds() && carrier.evidence().contains("another"), "{}", carrier.evidence());
        let refused = carrier.note(ImportNote::Finish).await.unwrap_err();
        assert!(refused.message().contains("another key"), "{refused:?}");
        carrier.note(ImportNote::GiveUp).await.unwrap();
        assert_eq!(carrier.now.row.phase, "given-up");
    }
}

/// KMS compares nothing here: other material under the same key is found out by what the key encrypted before.
#[tokio::test(flavor = "multi_thread")]
async fn other_material_in_the_cloud_is_found_out_when_the_key_comes_again() {
    let vault = vault(&[("master", "aes256-gcm96")]).await;
    let cloud = AmazonServer::localstack().await.unwrap();
    let person = person(vault.address(), cloud.endpoint()).await;
    let mut carrier = Carrier::begin(person, IN_CLOUD, "AES-256", "RSAES_OAEP_SHA_256", transit("master")).await;
    carrier.bring().await;
    carrier.finish().await;
    let key = carrier.key();
    let mut again = carrier.again(false).await;
    again.wrap().await;
    again.step("import").await;
    bring_other_material(&cloud, &key).await;
    again.prove().await;
    assert!(!again.holds(), "{}", again.evidence());
    assert_eq!(again.note(ImportNote::Finish).await.unwrap_err().kind(), Kind::Conflict);
}

/// The server takes any material at any time, as the real one does not.
async fn bring_other_material(cloud: &AmazonServer, key: &str) {
    kms(cloud, "DeleteImportedKeyMaterial", json!({"KeyId": key})).await;
    let asked = json!({"KeyId": key, "WrappingAlgorithm": "RSAES_OAEP_SHA_256", "WrappingKeySpec": "RSA_2048"});
    let told = kms(cloud, "GetParametersForImport", asked).await;
    let public = Base64::decode_vec(told["PublicKey"].as_str().unwrap()).unwrap();
    let other = material::generate(&Algorithm::Aes(256)).unwrap();
    let blob = wrap::wrap(&public, domain::Wrap::OaepSha256, &other).unwrap();
    let body = json!({
        "KeyId": key, "ImportToken": told["ImportToken"], "EncryptedKeyMaterial": Base64::encode_string(&blob),
        "ExpirationModel": "KEY_MATERIAL_DOES_NOT_EXPIRE",
    });
    kms(cloud, "ImportKeyMaterial", body).await;
}

/// A key that is made here, and one from a file in each spelling; a file of another kind is refused before anything is sent.
#[tokio::test(flavor = "multi_thread")]
async fn keys_come_from_this_computer_and_from_files() {
    let vault = vault(&[]).await;
    let cloud = AmazonServer::localstack().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        Some(path.to_str().unwrap().to_owned())
    };
    let pair = material::generate(&Algorithm::Ec(domain::Curve::P256)).unwrap();
    let der = write("key.der", pair.bytes.expose());
    let hex = write("key.hex", "5f".repeat(32).as_bytes());
    for (algorithm, source, path) in [
        ("AES-256", ImportSourceWire::Generated, None),
        ("EC P-256", ImportSourceWire::File, der.clone()),
        ("AES-256", ImportSourceWire::File, hex),
    ] {
        let person = person(vault.address(), cloud.endpoint()).await;
        let mut carrier = Carrier::begin(person, IN_CLOUD, algorithm, "", source).await;
        carrier.step("prepare").await;
        carrier.wrap_file(path).await.unwrap();
        carrier.step("import").await;
        carrier.prove().await;
        assert!(carrier.holds(), "{}", carrier.evidence());
        carrier.finish().await;
    }
    let person = person(vault.address(), cloud.endpoint()).await;
    let mut carrier = Carrier::begin(person, IN_CLOUD, "AES-256", "", ImportSourceWire::File).await;
    carrier.step("prepare").await;
    for path in [der, Some("/nowhere/at/all".to_owned()), None] {
        assert_eq!(carrier.wrap_file(path).await.unwrap_err().kind(), Kind::Invalid);
    }
    assert!(carrier.now.locks.contains_key("import") && carrier.now.wrapped.is_none());
    carrier.note(ImportNote::GiveUp).await.unwrap();
    assert!(carrier.now.log.last().unwrap().says.contains("schedule its deletion"), "{:?}", carrier.now.log.last());
}

/// Whoever may make keys and no aliases has a key without one: it is known, the material goes there, and none is made twice.
#[tokio::test(flavor = "multi_thread")]
async fn a_key_whose_alias_is_refused_is_brought_without_it() {
    let vault = vault(&[("master", "aes256-gcm96")]).await;
    let cloud = AmazonServer::localstack().await.unwrap();
    let script = |asked: &Asked| match asked.operation() {
        "TrentService.CreateAlias" => {
            Said::Json(400, json!({"__type": "AccessDeniedException", "message": "not authorized: kms:CreateAlias"}))
        }
        _ => Said::Real,
    };
    let line = Hostile::before(cloud.endpoint(), std::sync::Arc::new(script)).await.unwrap();
    let person = person(vault.address(), &line.address()).await;
    let mut carrier = Carrier::begin(person, IN_CLOUD, "AES-256", "", transit("master")).await;
    carrier.target(IN_CLOUD, "AES-256", "", &[("alias", "alias/master")]).await;
    carrier.try_step("prepare").await.unwrap();
    let last = carrier.now.orders.last().unwrap();
    assert_eq!((last.step.as_str(), last.state.as_str()), ("prepare", "not-done"));
    let said = &carrier.now.log.last().unwrap().says;
    assert!(said.contains(&carrier.key()) && said.contains("kms:CreateAlias"), "{said}");
    assert!(carrier.now.locks["prepare"].because.contains("is there"), "{:?}", carrier.now.locks);
    carrier.wrap().await;
    carrier.step("import").await;
    carrier.prove().await;
    carrier.finish().await;
    let keys = kms(&cloud, "ListKeys", json!({})).await;
    assert_eq!(keys["Keys"].as_array().unwrap().len(), 1, "{keys}");
    assert_eq!(kms(&cloud, "ListAliases", json!({"KeyId": carrier.key()})).await["Aliases"], json!([]));
}

/// What cannot work is refused before anything is made at either place.
#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_fit_is_refused_before_anything_is_made() {
    let vault = vault(&[("aes", "aes256-gcm96"), ("chacha", "chacha20-poly1305")]).await;
    let closed = json!({"type": "aes256-gcm96"});
    vault.call("POST", "transit/keys/closed", closed).await.unwrap();
    let cloud = AmazonServer::localstack().await.unwrap();
    let person = person(vault.address(), cloud.endpoint()).await;
    let mut carrier = Carrier::begin(person, IN_CLOUD, "AES-256", "", transit("aes")).await;
    let takings = carrier.takings(IN_CLOUD).await;
    let chacha = takings.iter().find(|taking| taking.algorithm.starts_with("ChaCha20")).unwrap();
    assert!(chacha.wraps.is_empty() && chacha.refused.is_some());
    for (source, word) in [
        (transit("closed"), "exportable"),
        (transit("chacha"), "ChaCha20"),
        (inside("aes"), "wrap"),
        (transit("nowhere"), "nowhere"),
    ] {
        let error = carrier.note(ImportNote::SetSource { source }).await.unwrap_err();
        assert!(format!("{error:?}").contains(word), "{error:?}");
    }
    carrier.note(ImportNote::GiveUp).await.unwrap();
    assert_eq!(kms(&cloud, "ListKeys", json!({})).await["Keys"], json!([]));
    assert_eq!(carrier.now.log.last().unwrap().says, "Given up. Nothing was made.");
}
