//! The practice keystore, with a keyring and without, found again and made anew.

use std::sync::Arc;

use app::{Keychain, MemoryKeychain};
use contract::{
    CompareFingerprint, EnvironmentMark, FingerprintVerdict, Nothing, OpenItem, OpenPracticeKeystore, RemoveConnection,
    VaultState,
};

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
