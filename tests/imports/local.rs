//! The local keystore as the place that keys leave, and as the one that they come into, with OpenBao at the other end.

use std::sync::Arc;

use base64ct::{Base64, Encoding};
use domain::{
    Algorithm, Answers, Ask, Environment, Hash, ImportSubject, ItemKey, KeyMaterial, Package, Provider, Secret,
    SecretAnswers, Target, VaultId, Wish, Wrap,
};
use encoding::material;
use local::{Keystore, Lock};

use crate::{
    openbao::Bao,
    orders::{brought, done},
};

const PASSPHRASE: &str = "correct horse battery staple";

/// A keystore in a folder of its own.
struct File {
    place: Arc<dyn Provider>,
    _home: tempfile::TempDir,
}

impl File {
    async fn new() -> Self {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("keys.keystore");
        let lock = Lock::Passphrase(Secret::from_text(PASSPHRASE.to_owned()));
        Keystore::create_with(&path, &lock, Vec::new()).unwrap();
        let answers = Answers::from([("file".to_owned(), path.display().to_string())]);
        let passphrase = Secret::from_text(PASSPHRASE.to_owned());
        let secrets = SecretAnswers::from([("passphrase".to_owned(), passphrase)]);
        let place = local::connect(&answers, &secrets, &Environment::default()).await.unwrap();
        Self { place, _home: home }
    }

    async fn bring(&self, name: &str, held: KeyMaterial) -> ItemKey {
        let (imports, vault) = (self.place.imports().unwrap(), VaultId("keystore".into()));
        let takes = imports.takes(&vault).await.unwrap();
        let taking = takes.iter().find(|taking| taking.algorithm == held.algorithm).unwrap();
        let answers = Answers::from([("name".to_owned(), name.to_owned())]);
        let algorithm = held.algorithm.clone();
        let subject = ImportSubject {
            vault: &vault,
            algorithm: &algorithm,
            answers: &answers,
            wrap: &taking.wraps[0],
            into: None,
            new_material: false,
        };
        assert!(imports.wrapping_key(&subject).await.unwrap().is_none());
        brought(&*self.place, imports.bring(&subject, Package::Plain(held)).unwrap()).await.unwrap()
    }
}

/// Shows that both places hold the same, by what they do with it.
async fn same(here: (&dyn Provider, &ItemKey), there: (&dyn Provider, &ItemKey), algorithm: &Algorithm) {
    if algorithm.has_public_half() == Some(true) {
        let [one, other] =
            [here.0.inventory().public_key(here.1, None).await, there.0.inventory().public_key(there.1, None).await];
        assert_eq!(one.unwrap(), other.unwrap(), "{algorithm}");
        return;
    }
    let (one, other) = (here.0.ciphers().unwrap(), there.0.ciphers().unwrap());
    if let Algorithm::Hmac(_) = algorithm {
        let [one, other] =
            [one.mac(here.1, Hash::Sha512, b"text").await, other.mac(there.1, Hash::Sha512, b"text").await];
        assert_eq!(one.unwrap(), other.unwrap(), "{algorithm}");
        return;
    }
    // The keystore's ciphertext in the form of the server's.
    let sealed = one.encrypt(here.1, b"text").await.unwrap();
    let sealed = format!("vault:v1:{}", Base64::encode_string(&sealed));
    assert_eq!(other.decrypt(there.1, sealed.as_bytes()).await.unwrap().expose(), b"text");
}

#[tokio::test]
async fn keys_go_from_the_keystore_to_openbao_and_back() {
    let (file, bao) = (File::new().await, Bao::start().await);
    for (number, algorithm) in Algorithm::BROUGHT.iter().enumerate().filter(|(_, one)| **one != Algorithm::Hmac(224)) {
        let [out, back] = [format!("out-{number}"), format!("back-{number}")];
        let first = file.bring(&out, material::generate(algorithm).unwrap()).await;
        let held = file.place.exports().unwrap().material(&first, None).await.unwrap();
        let there = bao.bring(&out, &held, Wrap::RsaAesSha256, None).await.unwrap();
        same((&*file.place, &first), (&*bao.place, &there), algorithm).await;
        let again = bao.place.exports().unwrap().material(&there, Some("1")).await.unwrap();
        let second = file.bring(&back, again).await;
        same((&*file.place, &second), (&*bao.place, &there), algorithm).await;
    }
}

#[tokio::test]
async fn a_key_that_the_keystore_made_leaves_with_the_public_half_that_it_shows() {
    let file = File::new().await;
    for algorithm in ["RSA 2048", "EC P-256", "EC P-384", "EC P-521", "Ed25519"] {
        let wish = Wish::new(Ask::CreateKey, Target::Vault(VaultId("keystore".into())));
        let item = done(&*file.place, wish.answer("name", algorithm).answer("algorithm", algorithm)).await.unwrap();
        let held = file.place.exports().unwrap().material(&item, None).await.unwrap();
        let public = material::public_key(&held).unwrap().unwrap();
        assert_eq!(file.place.inventory().public_key(&item, None).await.unwrap(), public.spki_der());
    }
}
