//! The fake of Azure as the place that keys come into: as they are, and wrapped for a key exchange key.

use std::sync::Arc;

use domain::{
    Algorithm, Answers, Ask, Curve, Environment, Error, ImportSubject, ItemKey, KeyMaterial, Kind, Package, Provider,
    Secret, SecretAnswers, Target, VaultId, Wish, Wrap, WrapOffer, Wrapped,
};
use encoding::{material, wrap};
use servers::{
    Azure,
    fixtures::azure::{self, Filled, HSM, MAIN},
};

use crate::orders::{brought, done};

const KINDS: [Algorithm; 5] = [
    Algorithm::Rsa(2048),
    Algorithm::Rsa(4096),
    Algorithm::Ec(Curve::P256),
    Algorithm::Ec(Curve::P384),
    Algorithm::Ec(Curve::P521),
];

struct World {
    place: Arc<dyn Provider>,
    _filled: Filled,
}

/// Where to, by which way, and for which key exchange key.
struct Way {
    vault: VaultId,
    wrap: Wrap,
    bits: u32,
    kek: &'static str,
}

impl World {
    async fn start() -> Self {
        let filled = azure::start().await.unwrap();
        let server = &filled.server;
        let answers = [
            ("auth", "client-secret".to_owned()),
            ("tenant", Azure::TENANT.to_owned()),
            ("resolve", server.resolve()),
            ("ca", server.ca_file().display().to_string()),
            ("client_id", "owner".to_owned()),
        ];
        let answers: Answers = answers.map(|(name, value)| (name.to_owned(), value)).into();
        let secret = Secret::from_text(azure::SECRET.to_owned());
        let secrets = SecretAnswers::from([("client_secret".to_owned(), secret)]);
        let place = ::azure::connect(&answers, &secrets, &Environment::default()).await.unwrap();
        Self { place, _filled: filled }
    }

    /// A key exchange key, as the app makes one.
    async fn kek(&self, vault: &VaultId, name: &str, bits: &str) -> ItemKey {
        let wish = Wish::new(Ask::CreateKey, Target::Vault(vault.clone()))
            .answer("name", name)
            .answer("type", "RSA-HSM")
            .answer("rsa_size", bits)
            .answer("rsa_operations", "import");
        done(&*self.place, wish).await.unwrap()
    }

    async fn offer(&self, way: &Way, algorithm: &Algorithm) -> Option<WrapOffer> {
        let takes = self.place.imports().unwrap().takes(&way.vault).await.unwrap();
        let taking = takes.into_iter().find(|taking| taking.algorithm == *algorithm).unwrap();
        taking.wraps.into_iter().find(|offer| (offer.wrap, offer.bits) == (way.wrap, way.bits))
    }

    async fn bring(&self, way: &Way, name: &str, held: KeyMaterial, into: Option<&ItemKey>) -> Result<ItemKey, Error> {
        let imports = self.place.imports().unwrap();
        let offer = self.offer(way, &held.algorithm).await.unwrap();
        let questions = imports.questions(&way.vault, &held.algorithm);
        let presets =
            questions.iter().filter_map(|question| Some((question.name.to_owned(), question.preset.clone()?)));
        let mut answers: Answers = presets.collect();
        answers.insert("name".to_owned(), name.to_owned());
        answers.insert("kek".to_owned(), way.kek.to_owned());
        let algorithm = held.algorithm.clone();
        let subject = ImportSubject {
            vault: &way.vault,
            algorithm: &algorithm,
            answers: &answers,
            wrap: &offer,
            into,
            new_material: into.is_some(),
        };
        let package = match imports.wrapping_key(&subject).await? {
            None => Package::Plain(held),
            Some(key) => {
                let blob = wrap::wrap(&key.public_key, way.wrap, &held).unwrap();
                let sha256 = wrap::sha256(&blob);
                Package::Wrapped(Wrapped { blob, sha256, token: None, wrapped_for: key.of })
            }
        };
        brought(&*self.place, imports.bring(&subject, package).unwrap()).await
    }
}

fn plain() -> Way {
    Way { vault: VaultId(MAIN.host()), wrap: Wrap::Plain, bits: 0, kek: "" }
}

fn public(held: &KeyMaterial) -> Vec<u8> {
    material::public_key(held).unwrap().unwrap().spki_der().to_vec()
}

#[tokio::test]
async fn software_keys_come_as_they_are_and_again_as_the_next_version() {
    let world = World::start().await;
    for (number, algorithm) in KINDS.iter().enumerate() {
        let [first, second] = [(); 2].map(|()| material::generate(algorithm).unwrap());
        let [one, two] = [public(&first), public(&second)];
        let name = format!("brought-{number}");
        let item = world.bring(&plain(), &name, first, None).await.unwrap();
        let inventory = world.place.inventory();
        assert_eq!(inventory.public_key(&item, None).await.unwrap(), one, "{algorithm}");
        assert_eq!(inventory.open(&item).await.unwrap().item.algorithm.as_ref(), Some(algorithm));
        let again = world.bring(&plain(), &name, second, Some(&item)).await.unwrap();
        assert_eq!(again, item);
        assert_eq!(inventory.public_key(&item, None).await.unwrap(), two, "{algorithm}");
    }
}

#[tokio::test]
async fn what_a_vault_cannot_hold_is_refused_before_anything_is_made() {
    let world = World::start().await;
    for (algorithm, because) in [
        (Algorithm::Aes(256), "Managed HSM"),
        (Algorithm::ChaCha20, "no ChaCha20"),
        (Algorithm::Ed25519, "no Ed25519"),
        (Algorithm::Hmac(256), "HMAC"),
    ] {
        let takes = world.place.imports().unwrap().takes(&plain().vault).await.unwrap();
        let taking = takes.iter().find(|taking| taking.algorithm == algorithm).unwrap();
        assert!(taking.refused.as_ref().is_some_and(|told| told.contains(because)), "{taking:?}");
    }
    assert!(world.place.exports().is_none(), "keys of Azure never leave");
}

#[tokio::test]
async fn wrapped_keys_go_into_the_hsm_that_alone_can_unwrap_them() {
    let world = World::start().await;
    let vault = VaultId(HSM.host());
    for (bits, size, kek) in [(2048, "2048", "kek-2048"), (4096, "4096", "kek-4096")] {
        world.kek(&vault, kek, size).await;
        let way = Way { vault: vault.clone(), wrap: Wrap::RsaAesSha1, bits, kek };
        for algorithm in KINDS {
            let held = material::generate(&algorithm).unwrap();
            let due = public(&held);
            let name = format!("in-{bits}-{algorithm}").replace(' ', "-");
            let item = world.bring(&way, &name, held, None).await.unwrap();
            assert_eq!(world.place.inventory().public_key(&item, None).await.unwrap(), due, "{algorithm}");
        }
    }
    // AES is wrapped for it too; the fake has none.
    let way = Way { vault: vault.clone(), wrap: Wrap::RsaAesSha1, bits: 4096, kek: "kek-4096" };
    assert!(world.offer(&way, &Algorithm::Aes(256)).await.is_some());
    assert!(world.offer(&Way { wrap: Wrap::Plain, bits: 0, ..way }, &Algorithm::Rsa(2048)).await.is_none());
}

#[tokio::test]
async fn a_key_exchange_key_is_for_imports_alone_and_of_the_length_that_was_chosen() {
    let world = World::start().await;
    let vault = VaultId(HSM.host());
    world.kek(&vault, "kek", "2048").await;
    for (kek, because) in [("hsm-rsa", "no key exchange key"), ("kek", "2048 bits"), ("", "missing")] {
        let way = Way { vault: vault.clone(), wrap: Wrap::RsaAesSha1, bits: 4096, kek };
        let held = material::generate(&Algorithm::Ec(Curve::P256)).unwrap();
        let refused = world.bring(&way, "never", held, None).await.unwrap_err();
        assert_eq!(refused.kind(), Kind::Invalid, "{refused}");
        assert!(refused.message().contains(because), "{refused}");
    }
    let software = Wish::new(Ask::CreateKey, Target::Vault(plain().vault)).answer("name", "soft").answer("type", "RSA");
    let software = software.answer("rsa_size", "2048").answer("rsa_operations", "import");
    assert!(done(&*world.place, software).await.unwrap_err().message().contains("HSM"));
}

#[tokio::test]
async fn a_blob_that_the_hsm_cannot_unwrap_is_refused_and_makes_nothing() {
    let world = World::start().await;
    let vault = VaultId(HSM.host());
    let kek = world.kek(&vault, "kek", "4096").await;
    let version = world.place.inventory().open(&kek).await.unwrap().item.current_version.unwrap();
    let imports = world.place.imports().unwrap();
    let way = Way { vault: vault.clone(), wrap: Wrap::RsaAesSha1, bits: 4096, kek: "kek" };
    let algorithm = Algorithm::Ec(Curve::P256);
    let offer = world.offer(&way, &algorithm).await.unwrap();
    let answers = [("name", "garbage"), ("ec_operations", "sign")];
    let answers: Answers = answers.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
    let subject = ImportSubject {
        vault: &vault,
        algorithm: &algorithm,
        answers: &answers,
        wrap: &offer,
        into: None,
        new_material: false,
    };
    let other = public(&material::generate(&Algorithm::Rsa(4096)).unwrap());
    let held = material::generate(&algorithm).unwrap();
    for blob in [vec![0x5a; 700], wrap::wrap(&other, Wrap::RsaAesSha1, &held).unwrap()] {
        let wrapped_for = Some(format!("https://{}/keys/kek/{version}", HSM.host()));
        let package = Wrapped { sha256: wrap::sha256(&blob), blob, token: None, wrapped_for };
        let refused = brought(&*world.place, imports.bring(&subject, Package::Wrapped(package)).unwrap()).await;
        assert_eq!(refused.unwrap_err().kind(), Kind::Invalid);
        let gone = world.place.inventory().open(&ItemKey::new(vault.0.as_str(), "keys/garbage")).await;
        assert!(gone.is_err_and(|error| error.kind() == Kind::NotFound));
    }
}
