//! How calls that change something go out, and how they end: once, and done, refused or unknown.

use std::net::TcpListener;

use aws_config::{BehaviorVersion, Region};
use aws_types::os_shim_internal::Env;
use domain::{Ask, Changed, ItemKey, Kind, Outcome, Provider, Target};
use serde_json::json;

use crate::{
    desk::{ORDER, REGION, TOKEN, change, item, region, send_first},
    server::{Asked, Said, Server, connect, described, key_arn, nothing},
};

const ID: &str = "1234abcd-12ab-34cd-56ef-1234567890ab";

fn made() -> Said {
    Said::Json(json!({"KeyMetadata": {"KeyId": ID, "Arn": key_arn(ID)}}))
}

async fn create_key(provider: &dyn Provider) -> Outcome {
    let answers = [("usage", "SIGN_VERIFY"), ("signature_spec", "ECC_NIST_P256")];
    let plan = provider.changes().plan(&change(Ask::CreateKey, region(), &answers)).await.unwrap();
    send_first(provider, plan, None).await
}

#[tokio::test]
async fn a_lost_answer_is_sent_once_where_the_sdk_itself_would_make_three_keys() {
    for lost in [|| Said::HangUp, || Said::Error(500, "KMSInternalException", "later")] {
        let server = Server::start(move |_: &Asked| lost()).await;
        let provider = server.connect_with_attempts(REGION, "3").await;
        let outcome = create_key(&*provider).await;
        assert!(matches!(&outcome, Outcome::Unknown(error) if *error.changed() == Changed::Unknown), "{outcome:?}");
        assert_eq!(server.count("CreateKey"), 1);
    }
    // The control: the SDK as it is.
    let server = Server::start(|_: &Asked| Said::HangUp).await;
    let credentials = aws_credential_types::Credentials::new("AKIATEST", "test", None, None, "test");
    let config = aws_config::defaults(BehaviorVersion::v2026_01_12())
        .env(Env::from_slice(&[]))
        .region(Region::new(REGION))
        .endpoint_url(&server.endpoint)
        .credentials_provider(credentials)
        .load()
        .await;
    let answer = aws_sdk_kms::Client::new(&config).create_key().send().await;
    answer.unwrap_err();
    assert_eq!(server.count("CreateKey"), 3);
}

#[tokio::test]
async fn an_outcome_is_refused_only_if_aws_understood_and_said_no() {
    type Script = fn() -> Said;
    const AMZ: &str = "application/x-amz-json-1.1";
    let refused: [(Script, Kind); 3] = [
        (|| Said::Error(400, "AccessDeniedException", "not you"), Kind::Denied),
        (|| Said::Error(400, "ThrottlingException", "slow down"), Kind::Throttled),
        (|| Said::Error(400, "TagException", "a tag"), Kind::Unexpected),
    ];
    for (script, kind) in refused {
        let server = Server::start(move |_: &Asked| script()).await;
        let outcome = create_key(&*server.connect(REGION).await).await;
        let Outcome::Refused(error) = outcome else { panic!("{outcome:?}") };
        assert_eq!((error.kind(), error.changed()), (kind, &Changed::Nothing), "{error:?}");
        assert_eq!((error.refused_by(), error.request_id()), (Some("AWS"), Some("request-7")));
        if kind == Kind::Denied {
            assert_eq!(error.permission(), Some("kms:CreateKey"));
        }
    }
    let unknown: [Script; 9] = [
        || Said::Error(500, "KMSInternalException", "later"),
        || Said::Error(503, "ServiceUnavailable", "later"),
        || Said::Error(408, "RequestTimeout", "too slow"),
        || Said::Bytes(400, "text/html", "<html>proxy</html>".to_owned()),
        || Said::Bytes(200, AMZ, "{\"KeyMetadata\": {".to_owned()),
        || Said::Bytes(200, AMZ, "not json".to_owned()),
        || Said::Bytes(200, AMZ, "{}".to_owned()),
        || Said::CutShort,
        || Said::HangUp,
    ];
    for (at, script) in unknown.into_iter().enumerate() {
        let server = Server::start(move |_: &Asked| script()).await;
        let outcome = create_key(&*server.connect(REGION).await).await;
        let Outcome::Unknown(error) = outcome else { panic!("{at}: {outcome:?}") };
        assert_eq!(error.changed(), &Changed::Unknown, "{at}");
        assert_eq!(server.count("CreateKey"), 1, "{at}");
    }
}

#[tokio::test]
async fn what_never_left_is_refused() {
    let closed = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", closed.local_addr().unwrap());
    drop(closed);
    let answers = [("endpoint_url", endpoint.as_str()), ("regions", REGION)];
    let keys = [("AWS_ACCESS_KEY_ID", "AKIATEST"), ("AWS_SECRET_ACCESS_KEY", "test")];
    let nowhere = std::path::Path::new("/nowhere");
    for (variables, kind) in [(&keys[..], Kind::Interrupted), (&[], Kind::SignedOut)] {
        let provider = connect(&answers, nowhere, variables).await.unwrap();
        let outcome = create_key(&*provider).await;
        let Outcome::Refused(error) = outcome else { panic!("{outcome:?}") };
        assert_eq!((error.kind(), error.changed()), (kind, &Changed::Nothing), "{error:?}");
    }
}

#[tokio::test]
async fn what_was_shown_is_what_is_sent_with_the_orders_mark() {
    let server = Server::start(|_: &Asked| made()).await;
    let provider = server.connect(REGION).await;
    let answers = [
        ("usage", "ENCRYPT_DECRYPT"),
        ("encryption_spec", "RSA_4096"),
        ("signature_spec", "ECC_NIST_P256"),
        ("description", "Signs \"payments\"."),
        ("tags", r#"[["team","payments"]]"#),
        ("multi_region", "true"),
    ];
    let plan = provider.changes().plan(&change(Ask::CreateKey, region(), &answers)).await.unwrap();
    let step = plan.steps[0].clone();
    assert_eq!(server.asked().len(), 0, "planning reads nothing here, and must change nothing");
    let outcome = send_first(&*provider, plan, None).await;
    let Outcome::Done { request_id, results } = outcome else { panic!("{outcome:?}") };
    assert_eq!(request_id.as_deref(), Some("request-7"));
    assert_eq!((results["vault"].as_str(), results["item"].as_str()), (REGION, format!("kms/{ID}").as_str()));
    let mut shown = step.parameters.as_object().unwrap().clone();
    assert_eq!(shown.remove("Region").unwrap(), REGION);
    assert_eq!(server.asked()[0].body, serde_json::Value::Object(shown.clone()));
    assert_eq!(shown["KeySpec"], "RSA_4096", "the question that was not shown does not count");
    assert!(shown["Tags"].as_array().unwrap().contains(&json!({"TagKey": "claviger:order", "TagValue": ORDER})));
    assert!(step.command.starts_with("aws kms create-key --region eu-west-1 --endpoint-url "), "{}", step.command);
}

#[tokio::test]
async fn a_value_is_written_without_reading_the_old_one_and_stands_in_no_plan() {
    let server = Server::start(|asked| match asked.operation.as_str() {
        "DescribeSecret" => {
            Said::Json(json!({"Name": "app/db", "ARN": "arn:x", "VersionIdsToStages": {"one": ["AWSCURRENT"]}}))
        }
        "ListSecretVersionIds" => Said::Json(json!({"Versions": [{"VersionId": "one"}]})),
        "PutSecretValue" => Said::Json(json!({"Name": "app/db", "VersionId": asked.body["ClientRequestToken"]})),
        _ => nothing(asked),
    })
    .await;
    let provider = server.connect(REGION).await;
    let target = Target::Item(ItemKey::new(REGION, "secretsmanager/app/db"));
    let plan = provider.changes().plan(&change(Ask::WriteValue, target, &[])).await.unwrap();
    assert!(!serde_json::to_string(&plan).unwrap().contains("hunter2"));
    assert!(plan.steps[0].command.ends_with("--secret-string file:///dev/stdin"), "{}", plan.steps[0].command);
    let undo = plan.undo.clone().unwrap();
    assert_eq!((undo.ask, undo.whole, undo.answers["version"].as_str()), (Ask::RollBack, false, "one"));
    let outcome = send_first(&*provider, plan, Some("hunter2")).await;
    assert!(matches!(&outcome, Outcome::Done { results, .. } if results["VersionId"] == TOKEN), "{outcome:?}");
    let sent = server.asked().into_iter().find(|asked| asked.operation == "PutSecretValue").unwrap().body;
    assert_eq!(sent, json!({"SecretId": "app/db", "ClientRequestToken": TOKEN, "SecretString": "hunter2"}));
    assert_eq!(server.count("GetSecretValue"), 0);
}

#[tokio::test]
async fn a_refused_value_is_in_no_error() {
    let server = Server::start(|asked| match asked.operation.as_str() {
        "DescribeSecret" => Said::Error(400, "ResourceNotFoundException", "none"),
        "CreateSecret" => Said::Error(400, "InvalidParameterException", "the value hunter2 is not good"),
        _ => nothing(asked),
    })
    .await;
    let provider = server.connect(REGION).await;
    let plan = provider.changes().plan(&change(Ask::CreateSecret, region(), &[("name", "app/db")])).await.unwrap();
    let outcome = send_first(&*provider, plan, Some("hunter2")).await;
    assert!(matches!(&outcome, Outcome::Refused(error) if error.kind() == Kind::Invalid), "{outcome:?}");
    assert!(!format!("{outcome:?}").contains("hunter2"), "{outcome:?}");
}

#[tokio::test]
async fn a_disabled_key_is_asked_for_by_its_id() {
    let server = Server::start(|asked| match asked.operation.as_str() {
        "DescribeKey" => described(asked, "RSA_2048", "SIGN_VERIFY"),
        "DisableKey" => Said::Bytes(200, "application/x-amz-json-1.1", String::new()),
        _ => nothing(asked),
    })
    .await;
    let provider = server.connect(REGION).await;
    let plan = provider.changes().plan(&change(Ask::Disable, item(&*provider, ID), &[])).await.unwrap();
    let outcome = send_first(&*provider, plan, None).await;
    assert!(matches!(outcome, Outcome::Done { .. }), "{outcome:?}");
    assert_eq!(server.asked().last().unwrap().body, json!({"KeyId": ID}));
}
