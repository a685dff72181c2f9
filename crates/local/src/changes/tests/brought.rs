//! Keys that come into a keystore and leave it: the same material, and nothing else of it anywhere.

use base64ct::{Base64, Encoding};
use domain::{
    Ciphers, Exports, Hash, ImportSubject, Imports, KeyMaterial, Kind, Package, Provider, State, Wrap, WrapOffer,
};
use encoding::material;

use super::*;

fn offer() -> WrapOffer {
    WrapOffer { wrap: Wrap::Plain, bits: 0, native: String::new(), legacy: false }
}

fn copy(held: &KeyMaterial) -> KeyMaterial {
    KeyMaterial { algorithm: held.algorithm.clone(), bytes: Secret::new(held.bytes.expose().to_vec()) }
}

/// A change that brings the material in under that name.
fn bringing(world: &World, name: &str, held: &KeyMaterial) -> Result<Change> {
    let vault = VaultId(VAULT.to_owned());
    let answers = Answers::from([("name".to_owned(), name.to_owned())]);
    let (wrap, algorithm) = (offer(), &held.algorithm);
    let subject =
        ImportSubject { vault: &vault, algorithm, answers: &answers, wrap: &wrap, into: None, new_material: false };
    let bringing = world.provider.bring(&subject, Package::Plain(copy(held)))?;
    let (wish, secrets) = (bringing.wish, bringing.secrets);
    Ok(Change { order: next_order(), ask: wish.ask, target: wish.target, answers: wish.answers, secrets })
}

async fn brought(world: &World, name: &str, held: &KeyMaterial) -> Plan {
    let change = bringing(world, name, held).unwrap();
    let plan = world.provider.plan(&change).await.unwrap();
    let (performed, outcome) = send(&world.provider, change, &plan).await;
    let Outcome::Done { results, .. } = outcome else { panic!("{outcome:?}") };
    let read = open(&world.path()).check(&performed).await.unwrap();
    assert!(matches!(&read, Finding::Done { results: read, .. } if *read == results), "{read:?}");
    plan
}

/// A change with a file of these bytes.
fn with_file(name: &str, algorithm: &str, file: &[u8]) -> Change {
    let answers = [("name", name), ("algorithm", algorithm), ("material", "/home/maria/key.pem")];
    let answers = answers.map(|(name, text)| (name.to_owned(), text.to_owned())).into();
    let secrets = SecretAnswers::from([("material".to_owned(), Secret::new(file.to_vec()))]);
    Change { order: next_order(), ask: Ask::ImportKey, target: Target::Vault(VaultId(VAULT.into())), answers, secrets }
}

#[tokio::test]
async fn each_kind_comes_in_leaves_again_and_works() {
    let world = World::new(Vec::new());
    let takes = world.provider.takes(&VaultId(VAULT.to_owned())).await.unwrap();
    assert!(takes.iter().map(|taking| &taking.algorithm).eq(&Algorithm::BROUGHT));
    assert!(takes.iter().all(|taking| taking.wraps.len() == 1 && taking.wraps[0].wrap == Wrap::Plain));
    for (number, algorithm) in Algorithm::BROUGHT.iter().enumerate() {
        let held = material::generate(algorithm).unwrap();
        let name = format!("brought-{number}");
        let plan = brought(&world, &name, &held).await;
        let text = serde_json::to_string(&plan).unwrap();
        let hex: String = held.bytes.expose().iter().map(|byte| format!("{byte:02x}")).collect();
        let in_base64 = Base64::encode_string(held.bytes.expose());
        assert!(!text.contains(&hex) && !text.contains(&in_base64), "{text}");
        let item = ItemKey::new(VAULT, &*name);
        let detail = world.open(&name).await.unwrap();
        assert_eq!((detail.item.algorithm.as_ref(), &detail.item.state), (Some(algorithm), &State::Enabled));
        assert_eq!(world.provider.leaving(&detail).plain, None);
        assert!(world.provider.leaving(&detail).wrapped.is_some());
        let back = world.provider.material(&item, Some("1")).await.unwrap();
        assert_eq!((&back.algorithm, back.bytes.expose()), (algorithm, held.bytes.expose()));
        match algorithm {
            Algorithm::Aes(_) | Algorithm::ChaCha20 => {
                let sealed = world.provider.seal(&held, b"text").unwrap();
                assert_eq!(world.provider.decrypt(&item, &sealed).await.unwrap().expose(), b"text");
                let made = world.provider.encrypt(&item, b"text").await.unwrap();
                assert_eq!(material::open_gcm(&held, &made).unwrap().expose(), b"text");
            }
            Algorithm::Hmac(_) => {
                let made = world.provider.mac(&item, Hash::Sha256, b"text").await.unwrap();
                assert_eq!(made, material::mac(&held, Hash::Sha256, b"text").unwrap());
            }
            Algorithm::Ec(_) | Algorithm::Ed25519 | Algorithm::Other(_) | Algorithm::Rsa(_) => {
                let public = material::public_key(&held).unwrap().unwrap();
                assert_eq!(world.provider.public_key(&item, None).await.unwrap(), public.spki_der());
                let fingerprint = encoding::fingerprint::Fingerprints::of(&public).spki_sha256;
                assert!(plan.effects.iter().any(|effect| effect.contains(&fingerprint)), "{:?}", plan.effects);
            }
        }
    }
}

#[tokio::test]
async fn a_file_is_of_the_kind_that_was_said_or_refused() {
    let world = World::new(vec![key("taken")]);
    let aes = r#"{"kty":"oct","k":"AAECAwQFBgcICQoLDA0ODw"}"#.as_bytes();
    let p256 = material::generate(&Algorithm::Ec(domain::Curve::P256)).unwrap();
    let planned = world.provider.plan(&with_file("a", "AES-128", aes)).await.unwrap();
    assert!(planned.steps[0].command.contains("--set material=/home/maria/key.pem"), "{planned:?}");
    assert_eq!(planned.steps[0].secrets, ["material"]);
    world.provider.plan(&with_file("b", "EC P-256", p256.bytes.expose())).await.unwrap();
    world.provider.plan(&with_file("c", "HMAC-256", b"a secret of 32 characters, typed")).await.unwrap();
    for (name, algorithm, file, says) in [
        ("d", "EC P-384", p256.bytes.expose(), "EC P-256, not EC P-384"),
        ("d", "AES-256", b"000102030405060708090a0b0c0d0e0f".as_slice(), "hex or Base64"),
        ("d", "AES-256", &[7; 31], "32 bytes"),
        ("d", "AES-256", p256.bytes.expose(), "EC P-256, not AES-256"),
        ("d", "Ed25519", b"canary", ""),
        ("taken", "AES-128", aes, "already"),
    ] {
        let refused = world.provider.plan(&with_file(name, algorithm, file)).await.unwrap_err();
        assert!(matches!(refused.kind(), Kind::Invalid | Kind::Conflict), "{refused}");
        assert!(refused.message().contains(says) && !refused.message().contains("canary"), "{refused}");
    }
    let mut missing = with_file("e", "AES-128", aes);
    missing.secrets.clear();
    assert_eq!(world.provider.plan(&missing).await.unwrap_err().kind(), Kind::Invalid);
}

#[tokio::test]
async fn another_key_than_was_planned_is_not_taken() {
    let world = World::new(Vec::new());
    let [planned, other] = [(); 2].map(|()| material::generate(&Algorithm::Ed25519).unwrap());
    let plan = world.provider.plan(&bringing(&world, "a", &planned).unwrap()).await.unwrap();
    let before = world.bytes();
    let (_, outcome) = send(&world.provider, bringing(&world, "a", &other).unwrap(), &plan).await;
    let Outcome::Refused(error) = outcome else { panic!("{outcome:?}") };
    assert_eq!(error.kind(), Kind::Conflict, "{error}");
    assert_eq!(world.bytes(), before);
}

#[tokio::test]
async fn what_is_closed_or_no_key_does_not_leave() {
    let closed = Entry::new("closed", Timestamp::UNIX_EPOCH, make::aes(256).unwrap()).unwrap();
    let world = World::new(vec![closed.with_state(crate::EntryState::Disabled), secret("value", "canary"), key("key")]);
    for (name, kind) in [("closed", Kind::Denied), ("value", Kind::Unsupported)] {
        let leaving = world.provider.leaving(&world.open(name).await.unwrap());
        assert!(leaving.plain.is_some(), "{name}");
        let refused = world.provider.material(&ItemKey::new(VAULT, name), None).await.unwrap_err();
        assert_eq!(refused.kind(), kind, "{refused}");
    }
    let key = ItemKey::new(VAULT, "key");
    assert_eq!(world.provider.material(&key, Some("2")).await.unwrap_err().kind(), Kind::NotFound);
    let inside = Exports::wrapped(&world.provider, &key, None, &key, Wrap::RsaAesSha256).await.unwrap_err();
    assert_eq!(inside.kind(), Kind::Unsupported);
    assert!(world.provider.encrypt(&key, b"x").await.is_err());
    assert!(world.provider.exports().is_some() && world.provider.imports().is_some());
}

#[tokio::test]
async fn a_rotated_key_still_decrypts_what_the_version_before_encrypted() {
    let world = World::new(vec![Entry::new("a", Timestamp::UNIX_EPOCH, make::aes(256).unwrap()).unwrap()]);
    let item = ItemKey::new(VAULT, "a");
    let old = world.provider.encrypt(&item, b"old").await.unwrap();
    world.does(Ask::Rotate, "a", &[]).await;
    assert_eq!(world.provider.decrypt(&item, &old).await.unwrap().expose(), b"old");
    let other = material::generate(&Algorithm::Aes(256)).unwrap();
    let sealed = world.provider.seal(&other, b"other").unwrap();
    assert_eq!(world.provider.decrypt(&item, &sealed).await.unwrap_err().kind(), Kind::Invalid);
}
