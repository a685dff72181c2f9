//! OpenBao as the place that keys leave, and as the one that they come into.

use std::{
    io::Write,
    process::{Command, Stdio},
    sync::Arc,
};

use base64ct::{Base64, Encoding};
use domain::{
    Algorithm, Answer, Answers, Ask, Curve, Environment, Error, Hash, ImportSubject, ItemKey, KeyMaterial, Kind,
    Package, Provider, SecretAnswers, Target, VaultId, Wish, Wrap, WrapOffer, Wrapped,
};
use encoding::{material, wrap};
use serde_json::{Value, json};
use servers::{Listing, OpenBao, install};

use crate::orders::{brought, done};

const TEXT: &[u8] = b"the same material encrypts the same";
/// Takes a blob apart with the private key that the test holds, and prints what was in it as Base64.
const UNWRAP: &str = "
import sys, base64
from cryptography.hazmat.primitives import hashes, keywrap, serialization
from cryptography.hazmat.primitives.asymmetric import padding
key, blob, name = (base64.b64decode(line) for line in sys.stdin.read().split())
hash = {b'SHA1': hashes.SHA1, b'SHA256': hashes.SHA256}[name]()
key = serialization.load_der_private_key(key, None)
size = key.key_size // 8
inner = key.decrypt(blob[:size], padding.OAEP(padding.MGF1(hash), hash, None))
print(base64.b64encode(keywrap.aes_key_unwrap_with_padding(inner, blob[size:])).decode())
";

/// A server with a transit mount, and the provider over it.
pub(crate) struct Bao {
    pub(crate) server: OpenBao,
    pub(crate) place: Arc<dyn Provider>,
}

impl Bao {
    pub(crate) async fn start() -> Self {
        let server = OpenBao::start().await.unwrap();
        server.call("POST", "sys/mounts/transit", json!({"type": "transit"})).await.unwrap();
        let answers = [("address", server.address()), ("auth", "token")];
        let answers: Answers = answers.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        let token = domain::Secret::from_text(OpenBao::ROOT_TOKEN.to_owned());
        let secrets = SecretAnswers::from([("token".to_owned(), token)]);
        let place = vault::connect(&answers, &secrets, &Environment::default()).await.unwrap();
        Self { server, place }
    }

    async fn made(&self, name: &str, kind: &str, more: Value) -> ItemKey {
        let mut body = json!({"type": kind, "exportable": true});
        body.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap_or_default());
        self.server.call("POST", &format!("transit/keys/{name}"), body).await.unwrap();
        key(name)
    }

    async fn material(&self, item: &ItemKey, version: Option<&str>) -> Result<KeyMaterial, Error> {
        self.place.exports().unwrap().material(item, version).await
    }

    /// Wraps material for this server and brings it in: as the first version, or as the next one of a key.
    pub(crate) async fn bring(
        &self,
        name: &str,
        held: &KeyMaterial,
        wrap: Wrap,
        into: Option<&ItemKey>,
    ) -> Result<ItemKey, Error> {
        let (imports, vault) = (self.place.imports().unwrap(), VaultId("transit".into()));
        let takes = imports.takes(&vault).await.unwrap();
        let taking = takes.iter().find(|taking| taking.algorithm == held.algorithm).unwrap();
        let offer = taking.wraps.iter().find(|offer| offer.wrap == wrap).unwrap();
        let answers = [("name", name), ("exportable", "true"), ("deletion_allowed", "true")];
        let answers: Answers = answers.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        let subject = subject(&vault, &held.algorithm, &answers, offer, into);
        assert_eq!(imports.prepare(&subject).unwrap(), None);
        let public = imports.wrapping_key(&subject).await.unwrap().unwrap().public_key;
        let package = wrapped(wrap::wrap(&public, wrap, held).unwrap());
        brought(&*self.place, imports.bring(&subject, package).unwrap()).await
    }

    /// That the server holds this material, as far as anybody outside of it can tell.
    async fn holds(&self, item: &ItemKey, held: &KeyMaterial) {
        let ciphers = self.place.ciphers().unwrap();
        match held.algorithm {
            Algorithm::Aes(_) | Algorithm::ChaCha20 => {
                let sealed = ciphers.seal(held, TEXT).unwrap();
                assert_eq!(ciphers.decrypt(item, &sealed).await.unwrap().expose(), TEXT);
                let made = String::from_utf8(ciphers.encrypt(item, TEXT).await.unwrap()).unwrap();
                let sealed = Base64::decode_vec(made.strip_prefix("vault:v1:").unwrap()).unwrap();
                assert_eq!(material::open_gcm(held, &sealed).unwrap().expose(), TEXT);
            }
            Algorithm::Hmac(_) => {
                for hash in [Hash::Sha224, Hash::Sha256, Hash::Sha384, Hash::Sha512] {
                    let told = ciphers.mac(item, hash, TEXT).await.unwrap();
                    assert_eq!(told, material::mac(held, hash, TEXT).unwrap());
                }
            }
            Algorithm::Ec(_) | Algorithm::Ed25519 | Algorithm::Other(_) | Algorithm::Rsa(_) => {
                assert_eq!(self.place.inventory().public_key(item, None).await.unwrap(), public(held));
            }
        }
    }

    async fn names(&self) -> Vec<String> {
        Listing::of(&*self.place).await.items.into_iter().map(|item| item.name).collect()
    }
}

fn key(name: &str) -> ItemKey {
    ItemKey::new("transit", format!("keys/{name}"))
}

fn public(held: &KeyMaterial) -> Vec<u8> {
    material::public_key(held).unwrap().unwrap().spki_der().to_vec()
}

fn wrapped(blob: Vec<u8>) -> Package {
    Package::Wrapped(Wrapped { sha256: wrap::sha256(&blob), blob, token: None, wrapped_for: None })
}

fn subject<'a>(
    vault: &'a VaultId,
    algorithm: &'a Algorithm,
    answers: &'a Answers,
    wrap: &'a WrapOffer,
    into: Option<&'a ItemKey>,
) -> ImportSubject<'a> {
    ImportSubject { vault, algorithm, answers, wrap, into, new_material: into.is_some() }
}

/// What is in a blob, by a library of other hands.
fn unwrapped(private: &KeyMaterial, blob: &[u8], hash: &str) -> Vec<u8> {
    let mut python = Command::new(install::oracle_python().unwrap())
        .args(["-c", UNWRAP])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = [private.bytes.expose(), blob, hash.as_bytes()].map(Base64::encode_string).join("\n");
    python.stdin.take().unwrap().write_all(lines.as_bytes()).unwrap();
    let told = python.wait_with_output().unwrap();
    Base64::decode_vec(String::from_utf8(told.stdout).unwrap().trim()).unwrap()
}

#[tokio::test]
async fn what_leaves_is_the_material_that_the_server_uses() {
    let bao = Bao::start().await;
    let exports = bao.place.exports().unwrap();
    for (kind, algorithm) in [
        ("aes128-gcm96", Algorithm::Aes(128)),
        ("aes256-gcm96", Algorithm::Aes(256)),
        ("chacha20-poly1305", Algorithm::ChaCha20),
        ("hmac", Algorithm::Hmac(384)),
        ("ed25519", Algorithm::Ed25519),
        ("ecdsa-p256", Algorithm::Ec(Curve::P256)),
        ("ecdsa-p384", Algorithm::Ec(Curve::P384)),
        ("ecdsa-p521", Algorithm::Ec(Curve::P521)),
        ("rsa-2048", Algorithm::Rsa(2048)),
        ("rsa-3072", Algorithm::Rsa(3072)),
        ("rsa-4096", Algorithm::Rsa(4096)),
    ] {
        let more = if kind == "hmac" { json!({"key_size": 48}) } else { json!({}) };
        let item = bao.made(kind, kind, more).await;
        let leaving = exports.leaving(&bao.place.inventory().open(&item).await.unwrap());
        assert_eq!((leaving.plain, leaving.wrapped), (None, None), "{kind}");
        let held = bao.material(&item, None).await.unwrap();
        assert_eq!(held.algorithm, algorithm);
        bao.holds(&item, &held).await;
        bao.server.call("POST", &format!("transit/keys/{kind}/rotate"), Value::Null).await.unwrap();
        let [first, second] = [bao.material(&item, Some("1")).await, bao.material(&item, Some("2")).await];
        assert_eq!(first.unwrap().bytes.expose(), held.bytes.expose(), "{kind}");
        assert_ne!(second.unwrap().bytes.expose(), held.bytes.expose(), "{kind}");
        let gone = bao.material(&item, Some("3")).await.unwrap_err();
        assert_eq!(gone.kind(), Kind::NotFound, "{gone}");
    }
}

#[tokio::test]
async fn what_never_leaves_says_why() {
    let bao = Bao::start().await;
    let exports = bao.place.exports().unwrap();
    for (name, kind, more, because) in [
        ("kept", "rsa-2048", json!({"exportable": false}), "exportable is off"),
        ("contexts", "aes256-gcm96", json!({"derived": true}), "derives a key of its own"),
        ("odd", "xchacha20-poly1305", json!({}), "not brought"),
    ] {
        let item = bao.made(name, kind, more).await;
        let leaving = exports.leaving(&bao.place.inventory().open(&item).await.unwrap());
        assert!(leaving.plain.as_ref().is_some_and(|told| told.contains(because)), "{leaving:?}");
        assert_eq!(leaving.wrapped, leaving.plain);
        let refused = bao.material(&item, None).await.unwrap_err();
        assert_eq!(refused.kind(), Kind::Unsupported, "{refused}");
        assert!(refused.message().contains(because), "{refused}");
    }
}

#[tokio::test]
async fn what_is_brought_is_what_the_server_holds() {
    let bao = Bao::start().await;
    let takes = bao.place.imports().unwrap().takes(&VaultId("transit".into())).await.unwrap();
    assert!(takes.iter().map(|taking| &taking.algorithm).eq(&Algorithm::BROUGHT));
    for (number, taking) in takes.iter().enumerate() {
        let held = material::generate(&taking.algorithm).unwrap();
        let Some(best) = taking.wraps.first() else {
            assert_eq!(taking.algorithm, Algorithm::Hmac(224));
            assert!(taking.refused.as_ref().is_some_and(|because| because.contains("256 bits")), "{taking:?}");
            continue;
        };
        for (wrap, legacy) in [(best.wrap, false), (taking.wraps[1].wrap, true)] {
            let name = format!("brought-{number}-{legacy}");
            let item = bao.bring(&name, &held, wrap, None).await.unwrap();
            bao.holds(&item, &held).await;
            let back = bao.material(&item, None).await.unwrap();
            assert_eq!(back.bytes.expose(), held.bytes.expose(), "{name}");
            if number == 0 {
                let again = bao.bring(&name, &held, wrap, None).await.unwrap_err();
                assert_eq!(again.kind(), Kind::Conflict, "{again}");
            }
        }
    }
    assert!(bao.names().await.iter().all(|name| !name.starts_with("import")));
}

#[tokio::test]
async fn an_imported_key_takes_its_next_version_from_outside() {
    let bao = Bao::start().await;
    let [first, second] = [(); 2].map(|()| material::generate(&Algorithm::Ec(Curve::P256)).unwrap());
    let item = bao.bring("two", &first, Wrap::RsaAesSha256, None).await.unwrap();
    let row = bao.place.inventory().open(&item).await.unwrap().item;
    let offers = bao.place.offers(&row).await;
    let offer = offers.iter().find(|offer| offer.ask == Ask::ImportMaterial).unwrap();
    assert_eq!(offer.answer, Answer::Allow);
    bao.bring("two", &second, Wrap::RsaAesSha256, Some(&item)).await.unwrap();
    let inventory = bao.place.inventory();
    assert_eq!(inventory.public_key(&item, Some("1")).await.unwrap(), public(&first));
    assert_eq!(inventory.public_key(&item, None).await.unwrap(), public(&second));
    // One that the server made takes none.
    let own = bao.made("own", "ecdsa-p256", json!({})).await;
    let refused = bao.bring("own", &second, Wrap::RsaAesSha256, Some(&own)).await.unwrap_err();
    assert_eq!(refused.kind(), Kind::Unsupported, "{refused}");
}

#[tokio::test]
async fn what_is_wrapped_inside_opens_for_whoever_holds_the_other_half() {
    let bao = Bao::start().await;
    let exports = bao.place.exports().unwrap();
    for bits in [2048, 3072, 4096] {
        let private = material::generate(&Algorithm::Rsa(bits)).unwrap();
        let wish = exports.load(&VaultId("transit".into()), &format!("for-{bits}"), &public(&private)).unwrap();
        let loaded = done(&*bao.place, wish).await.unwrap();
        assert_eq!(bao.place.inventory().public_key(&loaded, None).await.unwrap(), public(&private));
        for kind in ["rsa-2048", "ecdsa-p256", "ecdsa-p384", "ecdsa-p521", "ed25519", "aes256-gcm96"] {
            let item = bao.made(&format!("{kind}-{bits}"), kind, json!({})).await;
            let plain = bao.material(&item, None).await.unwrap();
            for (wrap, hash) in [(Wrap::RsaAesSha256, "SHA256"), (Wrap::RsaAesSha1, "SHA1")] {
                let blob = exports.wrapped(&item, None, &loaded, wrap).await.unwrap();
                let inside = domain::Secret::new(unwrapped(&private, &blob, hash));
                if plain.algorithm.has_public_half() == Some(true) {
                    let read = material::read(&inside).unwrap();
                    assert_eq!(read.bytes.expose(), plain.bytes.expose(), "{kind} {hash}");
                } else {
                    assert_eq!(inside.expose(), plain.bytes.expose(), "{kind} {hash}");
                }
            }
        }
        let kept = bao.made(&format!("kept-{bits}"), "rsa-2048", json!({"exportable": false})).await;
        let refused = exports.wrapped(&kept, None, &loaded, Wrap::RsaAesSha256).await.unwrap_err();
        assert_eq!(refused.kind(), Kind::Unsupported, "{refused}");
        // The wrapping key was loaded so that it can be removed.
        done(&*bao.place, Wish::new(Ask::Delete, Target::Item(loaded.clone()))).await.unwrap();
        assert_eq!(bao.place.inventory().open(&loaded).await.unwrap_err().kind(), Kind::NotFound);
    }
}

#[tokio::test]
async fn a_key_goes_from_one_server_to_another_without_being_seen() {
    let [source, target] = [Bao::start().await, Bao::start().await];
    let (exports, imports) = (source.place.exports().unwrap(), target.place.imports().unwrap());
    let vault = VaultId("transit".into());
    let item = source.made("payments", "rsa-2048", json!({})).await;
    let algorithm = Algorithm::Rsa(2048);
    let takes = imports.takes(&vault).await.unwrap();
    let offer = &takes.iter().find(|taking| taking.algorithm == algorithm).unwrap().wraps[0];
    let answers = Answers::from([("name".to_owned(), "payments".to_owned())]);
    let subject = subject(&vault, &algorithm, &answers, offer, None);
    let wrapping = imports.wrapping_key(&subject).await.unwrap().unwrap();
    let loaded = done(&*source.place, exports.load(&vault, "for-target", &wrapping.public_key).unwrap()).await.unwrap();
    let blob = exports.wrapped(&item, Some("1"), &loaded, offer.wrap).await.unwrap();
    let there = brought(&*target.place, imports.bring(&subject, wrapped(blob)).unwrap()).await.unwrap();
    let [here, there] = [
        source.place.inventory().public_key(&item, None).await.unwrap(),
        target.place.inventory().public_key(&there, None).await.unwrap(),
    ];
    assert_eq!(here, there);
}

#[tokio::test]
async fn what_cannot_be_unwrapped_is_refused_and_changes_nothing() {
    let bao = Bao::start().await;
    let (imports, vault) = (bao.place.imports().unwrap(), VaultId("transit".into()));
    let takes = imports.takes(&vault).await.unwrap();
    let answers = Answers::from([("name".to_owned(), "garbage".to_owned())]);
    let algorithm = Algorithm::Aes(256);
    let offer = &takes.iter().find(|taking| taking.algorithm == algorithm).unwrap().wraps[0];
    let subject = subject(&vault, &algorithm, &answers, offer, None);
    let wrapping = imports.wrapping_key(&subject).await.unwrap().unwrap().public_key;
    let [held, short] = [Algorithm::Aes(256), Algorithm::Aes(128)].map(|kind| material::generate(&kind).unwrap());
    let mut altered = wrap::wrap(&wrapping, offer.wrap, &held).unwrap();
    if let Some(last) = altered.last_mut() {
        *last ^= 1;
    }
    let other = public(&material::generate(&Algorithm::Rsa(4096)).unwrap());
    for (what, blob) in [
        ("noise", vec![0x5a; 552]),
        ("too short", vec![1, 2, 3]),
        ("altered", altered),
        ("for another server", wrap::wrap(&other, offer.wrap, &held).unwrap()),
        ("another kind", wrap::wrap(&wrapping, offer.wrap, &short).unwrap()),
        ("another hash", wrap::wrap(&wrapping, Wrap::RsaAesSha1, &held).unwrap()),
    ] {
        let refused = brought(&*bao.place, imports.bring(&subject, wrapped(blob)).unwrap()).await.unwrap_err();
        assert_eq!(refused.kind(), Kind::Invalid, "{what}: {refused}");
        assert!(refused.message().contains("changed nothing"), "{what}: {refused}");
        let there = bao.place.inventory().open(&key("garbage")).await;
        assert!(there.as_ref().is_err_and(|error| error.kind() == Kind::NotFound), "{what}: {there:?}");
    }
}

#[tokio::test]
async fn other_material_does_not_decrypt() {
    let bao = Bao::start().await;
    let ciphers = bao.place.ciphers().unwrap();
    for algorithm in [Algorithm::Aes(128), Algorithm::Aes(256), Algorithm::ChaCha20] {
        let [held, other] = [(); 2].map(|()| material::generate(&algorithm).unwrap());
        let item = bao.bring(&format!("is-{algorithm}"), &held, Wrap::RsaAesSha256, None).await.unwrap();
        let sealed = ciphers.seal(&other, TEXT).unwrap();
        let refused = ciphers.decrypt(&item, &sealed).await.unwrap_err();
        assert_eq!(refused.kind(), Kind::Invalid, "{refused}");
    }
}
