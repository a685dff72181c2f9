//! One item: what is refused beside what is told, whole ARNs, and secrets that stay secret.

use domain::{Access, Answer, Ask, Aspect, Identity, Kind, NativeRow};
use serde_json::{Value, json};

use crate::server::{Asked, Said, Server, aliases, caller, described, described_as, key_arn, nothing};

const ID: &str = "1234abcd-12ab-34cd-56ef-1234567890ab";

/// Made by `openssl ecparam -name prime256v1 -genkey`, as DER in base64.
const SPKI: &str = "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEtIRaZDUbhQjB3Cm/Ptz8Fe+b0NEAs2EP4TioCcGRHufzovYi2FTVw+7fYeKsi7z2184Q5bZz/zg1LymARZTprw==";

fn with_public_key(asked: &Asked, public_key: Value) -> Said {
    match asked.operation.as_str() {
        "DescribeKey" => described(asked, "ECC_NIST_P256", "SIGN_VERIFY"),
        "GetPublicKey" => Said::Json(json!({"PublicKey": public_key})),
        _ => nothing(asked),
    }
}

fn native(aspects: &[Aspect]) -> Vec<NativeRow> {
    let rows = aspects.iter().find_map(|aspect| match aspect {
        Aspect::Native(rows) => Some(rows.clone()),
        Aspect::Access(_)
        | Aspect::Aliases(_)
        | Aspect::CertificatePolicy { .. }
        | Aspect::Description(_)
        | Aspect::Grants(_)
        | Aspect::Issuance { .. }
        | Aspect::PendingDeletion { .. }
        | Aspect::ReleasePolicy { .. }
        | Aspect::Rotation { .. }
        | Aspect::Tags(_) => None,
    });
    rows.unwrap()
}

#[tokio::test]
async fn what_is_refused_is_said_beside_what_is_told() {
    let server = Server::start(|asked| match asked.operation.as_str() {
        "ListAliases" => aliases(&[("signer", ID)], None),
        "ListGrants" => Said::Error(400, "AccessDeniedException", "no grants"),
        "ListResourceTags" => Said::Error(400, "AccessDeniedException", "no tags"),
        "GetPublicKey" => Said::Error(400, "AccessDeniedException", "no public key for you"),
        "DescribeKey" => described_as(ID, "ECC_NIST_P256", "SIGN_VERIFY"),
        _ => nothing(asked),
    })
    .await;
    let provider = server.connect("eu-west-1").await;
    let key = provider.inventory().locate("alias/signer").unwrap();
    let detail = provider.inventory().open(&key).await.unwrap();
    assert_eq!(detail.item.key.id, format!("kms/{ID}"));
    assert_eq!(detail.item.name, "signer");
    let row = NativeRow::new("Tags", "not permitted (kms:ListResourceTags)");
    assert!(native(&detail.aspects).contains(&row), "{:?}", detail.aspects);
    let closed = &detail.item.facets[0].access;
    assert!(
        matches!(closed, Access::Closed { permission, because }
            if permission == "kms:GetPublicKey" && because.contains("no public key for you")),
        "{closed:?}"
    );
    let offers = provider.offers(&detail.item).await;
    assert_eq!(offers.iter().map(|offer| offer.ask).collect::<Vec<_>>(), Ask::OF_ITEM);
    let offer = offers.iter().find(|offer| offer.ask == Ask::ExportPublicKey).unwrap();
    let refused = matches!(&offer.answer, Answer::Refuse { permission: Some(it), .. } if it == "kms:GetPublicKey");
    assert!(refused, "{offer:?}");
    // What may not be read leaves open what depends on it, and nothing else.
    let answer = |ask| &offers.iter().find(|offer| offer.ask == ask).unwrap().answer;
    assert_eq!(answer(Ask::RevokeGrant), &Answer::Unknown { probe: "kms:ListGrants".to_owned() });
    assert_eq!(answer(Ask::Disable), &Answer::Allow);
    let row = NativeRow::new("Grants", "not permitted (kms:ListGrants)");
    assert!(native(&detail.aspects).contains(&row), "{:?}", detail.aspects);
}

#[tokio::test]
async fn generations_of_material_are_versions() {
    let server = Server::start(|asked| match asked.operation.as_str() {
        "DescribeKey" => Said::Json(json!({"KeyMetadata": {
            "KeyId": ID, "Arn": key_arn(ID), "KeySpec": "SYMMETRIC_DEFAULT", "KeyUsage": "ENCRYPT_DECRYPT",
            "KeyState": "PendingDeletion", "Origin": "AWS_KMS", "CurrentKeyMaterialId": "second",
            "DeletionDate": 1_900_000_000,
        }})),
        "GetKeyRotationStatus" => Said::Json(json!({"KeyRotationEnabled": true, "RotationPeriodInDays": 90})),
        "ListKeyRotations" => {
            assert_eq!(asked.body["IncludeKeyMaterial"], "ALL_KEY_MATERIAL");
            Said::Json(json!({"Rotations": [
                {"KeyMaterialId": "first", "KeyMaterialState": "NON_CURRENT"},
                {"KeyMaterialId": "second", "KeyMaterialState": "CURRENT", "RotationDate": 1_700_000_000,
                 "RotationType": "ON_DEMAND"},
            ]}))
        }
        _ => nothing(asked),
    })
    .await;
    let provider = server.connect("eu-west-1").await;
    let detail = provider.inventory().open(&provider.inventory().locate(ID).unwrap()).await.unwrap();
    let versions: Vec<(&str, bool)> = detail.versions.iter().map(|it| (it.id.as_str(), it.current)).collect();
    assert_eq!(versions, [("second", true), ("first", false)]);
    assert!(native(&detail.aspects).contains(&NativeRow::new("RotationPeriodInDays", "90")));
    assert!(matches!(detail.aspects[0], Aspect::PendingDeletion { at } if at.as_second() == 1_900_000_000));
    let period_seconds = Some(90 * 86_400);
    let rotation = Aspect::Rotation {
        automatic: Some(true),
        period_seconds,
        next: None,
        left_on_demand: Some(24),
        rules: Vec::new(),
    };
    assert!(detail.aspects.contains(&rotation), "{:?}", detail.aspects);
}

#[tokio::test]
async fn a_public_key_is_handed_on_as_it_came_or_not_at_all() {
    let server = Server::start(|asked| with_public_key(asked, SPKI.into())).await;
    let provider = server.connect("eu-west-1").await;
    let key = provider.inventory().locate(ID).unwrap();
    let der = provider.inventory().public_key(&key, None).await.unwrap();
    let read = encoding::PublicKey::from_spki_der(&der).unwrap();
    assert_eq!(encoding::pem::encode("PUBLIC KEY", read.spki_der()).lines().nth(1).unwrap(), &SPKI[..64]);
    let error = provider.inventory().public_key(&key, Some("2")).await.unwrap_err();
    assert_eq!(error.kind(), Kind::NotFound);

    let broken = Server::start(|asked| with_public_key(asked, "MIIB".into())).await;
    let error = broken.connect("eu-west-1").await.inventory().public_key(&key, None).await.unwrap_err();
    assert_eq!(error.kind(), Kind::Invalid);
}

#[tokio::test]
async fn an_address_of_another_account_or_region_is_asked_for_by_its_whole_arn() {
    let arn = format!("arn:aws:kms:us-east-1:999988887777:key/{ID}");
    let server = Server::start(|asked| match asked.operation.as_str() {
        "GetCallerIdentity" => caller("111122223333"),
        _ => with_public_key(asked, SPKI.into()),
    })
    .await;
    let provider = server.connect("eu-west-1").await;
    let before = provider.inventory().locate(&arn).unwrap();
    assert_eq!((before.vault.0.as_str(), before.id.as_str()), ("us-east-1", format!("kms/{ID}").as_str()));
    provider.inventory().public_key(&before, None).await.unwrap();

    let Identity { name, detail, .. } = provider.identity().await.unwrap();
    assert_eq!((name.as_str(), detail.ends_with("assumed-role/KeyAdmin/maria")), ("role/KeyAdmin/maria", true));
    let after = provider.inventory().locate(&arn).unwrap();
    assert_eq!(after.id, format!("kms/{arn}"));
    provider.inventory().public_key(&after, None).await.unwrap();
    let own = provider.inventory().locate(&key_arn(ID)).unwrap();
    assert_eq!(own.id, format!("kms/{ID}"));

    let asked: Vec<Asked> = server.asked().into_iter().filter(|asked| asked.operation == "GetPublicKey").collect();
    assert_eq!(asked.len(), 2);
    assert!(asked.iter().all(|it| it.body["KeyId"] == arn.as_str() && it.authorization.contains("/us-east-1/kms/")));
    for foreign in ["arn:aws-cn:kms:cn-north-1:1:key/x", "https://example.com", "transit/keys/x", "alias/", ""] {
        assert_eq!(provider.inventory().locate(foreign), None, "{foreign}");
    }
}

#[tokio::test]
async fn a_secret_is_in_no_error() {
    let broken = r#"{"Name": "app/db", "SecretString": "hunter2", "VersionId": }"#;
    let server = Server::start(move |asked| match asked.operation.as_str() {
        "GetSecretValue" => Said::Bytes(200, "application/x-amz-json-1.1", broken.to_owned()),
        _ => nothing(asked),
    })
    .await;
    let provider = server.connect("eu-west-1").await;
    let arn = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:app/db-AbCdEf";
    let key = provider.inventory().locate(arn).unwrap();
    assert_eq!(key.id, "secretsmanager/app/db");
    let error = provider.secrets().unwrap().value(&key, None).await.unwrap_err();
    assert_eq!(error.kind(), Kind::Invalid);
    let shown = format!("{error} {error:?} {}", error.next());
    assert!(!shown.contains("hunter2"), "{shown}");
}

#[tokio::test]
async fn a_secret_that_waits_for_its_deletion_offers_no_value() {
    let server = Server::start(|asked| match asked.operation.as_str() {
        "ListSecrets" => {
            assert_eq!(asked.body["IncludePlannedDeletion"], true);
            Said::Json(json!({"SecretList": [{"Name": "old", "ARN": "arn:x", "DeletedDate": 1_700_000_000}]}))
        }
        "DescribeSecret" => Said::Json(json!({"Name": "old", "ARN": "arn:x", "DeletedDate": 1_700_000_000})),
        "ListSecretVersionIds" => Said::Json(json!({"Versions": []})),
        _ => nothing(asked),
    })
    .await;
    let provider = server.connect("eu-west-1").await;
    let listed = crate::server::Listed::of(&*provider).await;
    assert_eq!(listed.items[0].state.word(), "pending-deletion");
    let offers = provider.offers(&listed.items[0]).await;
    let answer = |ask| &offers.iter().find(|offer| offer.ask == ask).unwrap().answer;
    assert!(matches!(answer(Ask::RevealSecret), Answer::Refuse { permission: None, .. }), "{offers:?}");
    assert_eq!(answer(Ask::CancelDeletion), &Answer::Allow);
    assert!(matches!(answer(Ask::WriteValue), Answer::Refuse { permission: None, .. }), "{offers:?}");
}
