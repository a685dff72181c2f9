//! AWS KMS, played by LocalStack and by ministack: whole ways of keys, and what each refuses.

use std::{collections::BTreeMap, sync::Arc};

use domain::{
    Algorithm, Curve, Environment, Error, Hash, ItemDetail, KeyMaterial, Kind, Provider, Secret, SecretAnswers, State,
    Timestamp,
};
use encoding::{PublicKey, material};
use servers::{AmazonServer, Credentials, fixtures::amazon::REGION};

use crate::{hands::opens, journey::Journey};

const NEVER: (&str, &str) = ("expires", "never");
const OAEP: &str = "RSAES_OAEP_SHA_256 with RSA_2048";
const OLD: &str = "RSAES_OAEP_SHA_1 with RSA_2048";
const BOTH: &str = "RSA_AES_KEY_WRAP_SHA_256 with RSA_2048";

async fn servers() -> [AmazonServer; 2] {
    [AmazonServer::localstack().await.unwrap(), AmazonServer::ministack().await.unwrap()]
}

async fn connect(server: &AmazonServer) -> Arc<dyn Provider> {
    let Credentials { access_key_id, secret_access_key } = Credentials::root();
    let mut environment = Environment::default();
    environment.variables.insert("AWS_ACCESS_KEY_ID".into(), access_key_id);
    environment.variables.insert("AWS_SECRET_ACCESS_KEY".into(), secret_access_key);
    let answers = [("endpoint_url", server.endpoint()), ("regions", REGION)];
    let answers = answers.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
    aws::connect(&answers, &SecretAnswers::new(), &environment).await.unwrap()
}

/// A key of that kind that waits for its material.
async fn waiting(provider: &Arc<dyn Provider>, kind: &Algorithm, native: &str, answers: &[(&str, &str)]) -> Journey {
    let mut journey = Journey::new(provider, REGION, kind, native, answers).await;
    journey.prepare().await;
    assert_eq!(opened(provider, &journey).await.item.state, State::PendingImport);
    journey
}

async fn opened(provider: &Arc<dyn Provider>, journey: &Journey) -> ItemDetail {
    provider.inventory().open(journey.into.as_ref().unwrap()).await.unwrap()
}

/// The same key is there: by its public half, its MAC, or what it encrypts.
async fn proven(server: &AmazonServer, provider: &Arc<dyn Provider>, journey: &Journey, brought: &KeyMaterial) {
    let item = journey.into.as_ref().unwrap();
    if let Some(public) = material::public_key(brought).unwrap() {
        let there = provider.inventory().public_key(item, None).await.unwrap();
        assert_eq!(PublicKey::from_spki_der(&there).unwrap().spki_der(), public.spki_der());
        return;
    }
    let (ciphers, message) = (provider.ciphers().unwrap(), b"the same material");
    assert!(ciphers.seal(brought, message).is_none(), "the form of KMS's ciphertexts is not published");
    if let Algorithm::Hmac(bits) = brought.algorithm {
        let hash = match bits {
            224 => Hash::Sha224,
            256 => Hash::Sha256,
            384 => Hash::Sha384,
            _ => Hash::Sha512,
        };
        let made = ciphers.mac(item, hash, message).await.unwrap();
        assert_eq!(made, material::mac(brought, hash, message).unwrap());
        let other = material::generate(&brought.algorithm).unwrap();
        assert_ne!(made, material::mac(&other, hash, message).unwrap(), "any key would do");
        return;
    }
    let sealed = ciphers.encrypt(item, message).await.unwrap();
    assert_eq!(ciphers.decrypt(item, &sealed).await.unwrap().expose(), message);
    if server.name() == "localstack" {
        assert_eq!(opens(brought.bytes.expose(), &sealed).as_deref(), Some(&message[..]));
        assert_eq!(
            opens(material::generate(&brought.algorithm).unwrap().bytes.expose(), &sealed),
            None,
            "any key would do"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_kind_arrives_by_every_way_that_fits() {
    let curve = |curve| Algorithm::Ec(curve);
    let signs = ("usage", "SIGN_VERIFY");
    let agrees = ("usage", "KEY_AGREEMENT");
    for server in servers().await {
        let provider = connect(&server).await;
        for (kind, natives, usage) in [
            (Algorithm::Aes(256), &[OAEP, OLD][..], None),
            (Algorithm::Hmac(224), &[OAEP], None),
            (Algorithm::Hmac(256), &[OAEP, OLD], None),
            (Algorithm::Hmac(384), &[OAEP], None),
            (Algorithm::Hmac(512), &[OAEP], None),
            (Algorithm::Rsa(2048), &[BOTH], Some(signs)),
            (Algorithm::Rsa(4096), &[BOTH], Some(("usage", "ENCRYPT_DECRYPT"))),
            (curve(Curve::P256), &[OAEP, BOTH, OLD], Some(signs)),
            (curve(Curve::P384), &[OAEP, BOTH], Some(signs)),
            (curve(Curve::P521), &[BOTH], Some(agrees)),
        ] {
            let brought = material::generate(&kind).unwrap();
            for native in natives {
                let answers: Vec<_> = usage.into_iter().chain([NEVER]).collect();
                let journey = waiting(&provider, &kind, native, &answers).await;
                let results = journey.bring(&brought).await.unwrap_or_else(|error| panic!("{kind} {native}: {error}"));
                assert_eq!(format!("kms/{}", results["KeyId"]), journey.into.as_ref().unwrap().id);
                let detail = opened(&provider, &journey).await;
                assert_eq!((detail.item.state.clone(), detail.native("Origin")), (State::Enabled, Some("EXTERNAL")));
                assert_eq!(detail.native("ExpirationModel"), Some("KEY_MATERIAL_DOES_NOT_EXPIRE"));
                proven(&server, &provider, &journey, &brought).await;
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn material_expires_when_it_was_said_and_comes_once_more() {
    let date = Timestamp::from_second(Timestamp::now().as_second() + 364 * 86_400).unwrap();
    for server in servers().await {
        let provider = connect(&server).await;
        let at = date.to_string();
        let answers = [("expires", "at"), ("valid_to", at.as_str()), ("alias", "brought")];
        let mut journey = waiting(&provider, &Algorithm::Aes(256), OAEP, &answers).await;
        let brought = material::generate(&Algorithm::Aes(256)).unwrap();
        let first = journey.bring(&brought).await.unwrap();
        let detail = opened(&provider, &journey).await;
        assert_eq!(detail.native("ExpirationModel"), Some("KEY_MATERIAL_EXPIRES"));
        // LocalStack keeps no date, and names no material.
        if server.name() == "ministack" {
            assert_eq!((detail.item.expires, detail.native("ValidTo")), (Some(date), Some(at.as_str())));
            assert_eq!(detail.native("CurrentKeyMaterialId"), Some(first["KeyMaterialId"].as_str()));
        }
        let sealed = provider.ciphers().unwrap().encrypt(journey.into.as_ref().unwrap(), b"before").await.unwrap();
        // The same once more, for ever; and again, which leaves no trace but AWS's answer.
        journey.answers = BTreeMap::from([(NEVER.0.to_owned(), NEVER.1.to_owned())]);
        for _ in 0..2 {
            assert_eq!(journey.bring(&brought).await.unwrap().get("KeyMaterialId"), first.get("KeyMaterialId"));
            let detail = opened(&provider, &journey).await;
            assert_eq!(detail.native("ExpirationModel"), Some("KEY_MATERIAL_DOES_NOT_EXPIRE"));
            assert_eq!(detail.item.expires, None);
        }
        let opened = provider.ciphers().unwrap().decrypt(journey.into.as_ref().unwrap(), &sealed).await.unwrap();
        assert_eq!(opened.expose(), b"before");
        // Neither server lists generations of material, so that nobody could see what became of it: nothing is sent.
        journey.new_material = true;
        let error = journey.bring(&material::generate(&Algorithm::Aes(256)).unwrap()).await.unwrap_err();
        assert_eq!((error.kind(), error.operation()), (Kind::Unsupported, "list rotations"), "{error}");
    }
}

/// What a person is told.
fn words(error: &Error) -> (Kind, String, String) {
    assert_eq!(error.changed(), &domain::Changed::Nothing);
    (error.kind(), error.message().to_owned(), error.next().to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_fit_ends_alike_wherever_it_is_refused() {
    let mut told = Vec::new();
    for server in servers().await {
        let provider = connect(&server).await;
        for (kind, native) in [(Algorithm::Aes(256), OAEP), (Algorithm::Ec(Curve::P256), BOTH)] {
            let usage = ("usage", "SIGN_VERIFY");
            let answers = if kind == Algorithm::Aes(256) { vec![NEVER] } else { vec![usage, NEVER] };
            let journey = waiting(&provider, &kind, native, &answers).await;
            let brought = material::generate(&kind).unwrap();
            let wrap = |key: &[u8]| encoding::wrap::wrap(key, journey.wrap.wrap, &brought).unwrap();
            let mut refused = Vec::new();
            for token in [&b"no token of theirs"[..], b"\xff\xfe nor text"] {
                let blob = wrap(&journey.wrapping_key().await.public_key);
                refused.push(journey.send(blob, Some(Secret::new(token.to_vec()))).await.unwrap_err());
            }
            let tokens = refused.len();
            let stale = wrap(&journey.wrapping_key().await.public_key);
            let mut cut = stale.clone();
            cut.truncate(100);
            let mut longer = stale.clone();
            longer.extend([7; 40]);
            for blob in [vec![0; 256], cut, longer, stale] {
                let token = journey.wrapping_key().await.token;
                refused.push(journey.send(blob, token).await.unwrap_err());
            }
            let refused: Vec<_> = refused.iter().map(words).collect();
            assert!(refused[0].1.contains("import token") && refused[tokens].1.contains("could not unwrap"));
            assert!(refused[..tokens].iter().all(|it| *it == refused[0]), "{}: {refused:?}", server.name());
            assert!(refused[tokens..].iter().all(|it| *it == refused[tokens]), "{}: {refused:?}", server.name());
            assert!(refused.iter().all(|(kind, _, next)| *kind == Kind::Invalid && next.contains("new wrapping key")));
            told.push((refused[0].clone(), refused[tokens].clone()));
            // Nothing was changed: it waits as before, and takes what is right.
            assert_eq!(opened(&provider, &journey).await.item.state, State::PendingImport);
            journey.bring(&brought).await.unwrap();
            proven(&server, &provider, &journey, &brought).await;
        }
    }
    assert!(told.iter().all(|it| *it == told[0]), "{told:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn material_of_another_kind_is_refused_and_other_material_does_not_decrypt() {
    let [localstack, ministack] = servers().await;
    // LocalStack takes any bytes, and fails only when they are used.
    let provider = connect(&ministack).await;
    let journey = waiting(&provider, &Algorithm::Aes(256), OAEP, &[NEVER]).await;
    let error = journey.bring(&material::generate(&Algorithm::Aes(128)).unwrap()).await.unwrap_err();
    assert!(error.kind() == Kind::Invalid && error.message().contains("not what the key takes"), "{error}");

    let provider = connect(&localstack).await;
    let journey = waiting(&provider, &Algorithm::Aes(256), OAEP, &[NEVER]).await;
    journey.bring(&material::generate(&Algorithm::Aes(256)).unwrap()).await.unwrap();
    let (item, ciphers) = (journey.into.clone().unwrap(), provider.ciphers().unwrap());
    let sealed = ciphers.encrypt(&item, b"with the first").await.unwrap();
    // KMS refuses this; LocalStack does not, so that there is something to be found out.
    journey.bring(&material::generate(&Algorithm::Aes(256)).unwrap()).await.unwrap();
    let error = ciphers.decrypt(&item, &sealed).await.unwrap_err();
    assert!(error.kind() == Kind::Invalid && error.message().contains("other material"), "{error}");
    let another = waiting(&provider, &Algorithm::Aes(256), OAEP, &[NEVER]).await;
    another.bring(&material::generate(&Algorithm::Aes(256)).unwrap()).await.unwrap();
    let error = ciphers.decrypt(another.into.as_ref().unwrap(), &sealed).await.unwrap_err();
    assert!(error.kind() == Kind::Invalid && error.message().contains("other material"), "{error}");
}
