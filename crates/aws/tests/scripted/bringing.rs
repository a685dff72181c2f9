//! A key that comes from elsewhere: its preparation, its wrapping key, what brings it, and what it then encrypts.

use std::collections::BTreeMap;

use domain::{
    Algorithm, Answers, Ask, ImportSubject, ItemKey, Kind, Package, Secret, VaultId, Wrap, WrapOffer, Wrapped,
    shown_digest,
};
use serde_json::json;

use crate::{
    desk::REGION,
    importing::{BLOB, ID, TOKEN, WAY, in_days, metadata},
    server::{Asked, Said, Server, nothing},
};

fn offer(wrap: Wrap, bits: u32, native: &str) -> WrapOffer {
    WrapOffer { wrap, bits, native: native.to_owned(), legacy: false }
}

#[tokio::test]
async fn a_key_is_prepared_and_its_material_brought_with_what_was_answered() {
    let server = Server::start(|asked| panic!("nobody expected {asked:?}")).await;
    let provider = server.connect(REGION).await;
    let imports = provider.imports().unwrap();
    let (vault, kind) = (VaultId(REGION.to_owned()), Algorithm::Rsa(2048));
    let at = in_days(364);
    let map = |pairs: &[(&str, &str)]| -> Answers {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect::<BTreeMap<_, _>>()
    };
    let answers =
        map(&[("usage", "SIGN_VERIFY"), ("alias", "pay"), ("expires", "at"), ("valid_to", &at), ("tags", "[]")]);
    let wrap = offer(Wrap::RsaAesSha256, 4096, "RSA_AES_KEY_WRAP_SHA_256 with RSA_4096");
    let mut subject = ImportSubject {
        vault: &vault,
        algorithm: &kind,
        answers: &answers,
        wrap: &wrap,
        into: None,
        new_material: false,
    };
    let wish = imports.prepare(&subject).unwrap().unwrap();
    let due = [
        ("alias", "pay"),
        ("origin", "EXTERNAL"),
        ("signature_spec", "RSA_2048"),
        ("tags", "[]"),
        ("usage", "SIGN_VERIFY"),
    ];
    assert_eq!((wish.ask, wish.answers), (Ask::CreateKey, map(&due)));
    for wrong in [
        map(&[("usage", "SIGN_VERIFY"), ("expires", "at"), ("valid_to", "2020-01-01T00:00:00Z")]),
        map(&[("usage", "GENERATE_VERIFY_MAC"), ("expires", "never")]),
        map(&[("expires", "never")]),
    ] {
        let error = imports.prepare(&ImportSubject { answers: &wrong, ..subject.clone() }).unwrap_err();
        assert_eq!(error.kind(), Kind::Invalid, "{error}");
    }
    let wrapped = || Wrapped {
        blob: BLOB.to_vec(),
        sha256: shown_digest(BLOB),
        token: Some(Secret::from_text(TOKEN.to_owned())),
        wrapped_for: None,
    };
    imports.bring(&subject, Package::Wrapped(wrapped())).unwrap_err();
    let key = ItemKey::new(REGION, format!("kms/{ID}"));
    subject.into = Some(&key);
    assert!(imports.prepare(&subject).unwrap().is_none(), "it is there already");
    let bringing = imports.bring(&subject, Package::Wrapped(wrapped())).unwrap();
    let digest = shown_digest(BLOB);
    let due = [("expires", "at"), ("sha256", digest.as_str()), ("valid_to", &at), ("wrapping", &wrap.native)];
    assert_eq!((bringing.wish.ask, bringing.wish.answers), (Ask::ImportMaterial, map(&due)));
    assert_eq!(bringing.secrets["material"].expose(), BLOB);
    assert_eq!(bringing.secrets["token"].expose_text(), Some(TOKEN));
    imports.bring(&subject, Package::Wrapped(Wrapped { token: None, ..wrapped() })).unwrap_err();
    assert_eq!(imports.takes(&VaultId("us-east-1".to_owned())).await.unwrap_err().kind(), Kind::Unsupported);
}

#[tokio::test]
async fn a_wrapping_key_of_another_length_is_not_used() {
    // An RSA key of 2048 bits, made for this test by openssl; its private half is nowhere.
    const KEY: &str = "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEArztz4V4uqwj7D2FbS7mOUsyH5dzRV42Kliarj3REvu0myNXY89aw\
        crokWD0lIZnf8fHm9VpUk3PLiqB5rBLzrwfEm/j3dkRAJnc2KIEcPvpZPXpsIFcBh7VJBTPqhSKS4QBKdkmzQPOkdr2+uixm\
        Bm42RjqMz50dCoYazxfg5/sCQUBt5dsri7nTlsWkh/vN9XiRzb+xpADI+llQQtH+RhVfPBLhfmHoPRuBJnBXNInTJFaQbuWF\
        DmeeeTIPNXxf40hiA27Uww+YgQ86QCkRE8TCX1Kh7eVs94Sn62VbuzZJMOyI80vGN/5WxqkT7GZLEF0wF/F76NP96SYKvCXk\
        TQIDAQAB";
    let server = Server::start(|asked| match asked.operation.as_str() {
        "DescribeKey" => Said::Json(metadata(&json!({}))),
        "GetParametersForImport" => Said::Json(json!({
            "KeyId": ID, "ImportToken": "YSB0b2tlbiBvZiBLTVM=", "PublicKey": KEY, "ParametersValidTo": 1_800_000_000,
        })),
        _ => nothing(asked),
    })
    .await;
    let provider = server.connect(REGION).await;
    let imports = provider.imports().unwrap();
    let (vault, answers, key) = (VaultId(REGION.to_owned()), Answers::new(), ItemKey::new(REGION, "kms/alias/mine"));
    for (bits, fits) in [(2048, true), (4096, false)] {
        let subject = ImportSubject {
            vault: &vault,
            algorithm: &Algorithm::Aes(256),
            answers: &answers,
            wrap: &offer(Wrap::OaepSha256, bits, WAY),
            into: Some(&key),
            new_material: false,
        };
        match imports.wrapping_key(&subject).await {
            Ok(Some(told)) if fits => {
                assert_eq!(told.token.unwrap().expose_text(), Some(TOKEN));
                assert_eq!(told.expires.unwrap().as_second(), 1_800_000_000);
            }
            Err(error) if !fits => assert!(error.message().contains("not RSA 4096"), "{error}"),
            other => panic!("{bits}: {other:?}"),
        }
    }
    let asked = server.asked();
    let asked = asked.iter().find(|asked| asked.operation == "GetParametersForImport").unwrap();
    assert_eq!(asked.body["KeyId"], ID, "an alias is not taken there");
    assert_eq!(asked.body["WrappingAlgorithm"], "RSAES_OAEP_SHA_256");
}

#[tokio::test]
async fn what_other_material_encrypted_is_told_as_such() {
    for code in ["InvalidCiphertextException", "IncorrectKeyException"] {
        let server = Server::start(move |_: &Asked| Said::Error(400, code, "")).await;
        let provider = server.connect(REGION).await;
        let key = ItemKey::new(REGION, format!("kms/{ID}"));
        let error = provider.ciphers().unwrap().decrypt(&key, b"x").await.unwrap_err();
        assert!(error.kind() == Kind::Invalid && error.message().contains("other material"), "{error}");
        assert_eq!(server.asked()[0].body["KeyId"], ID, "the key is always named");
    }
}
