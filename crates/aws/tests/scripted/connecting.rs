//! Whose credentials are used, and what is asked of nobody.

use std::fs;

use domain::{Kind, Verdict};

use crate::server::{Listed, Said, Server, connect, described, keys, nothing};

const KEYS: [(&str, &str); 3] =
    [("AWS_ACCESS_KEY_ID", "AKIAENVIRONMENT"), ("AWS_SECRET_ACCESS_KEY", "test"), ("AWS_MAX_ATTEMPTS", "1")];

fn home() -> tempfile::TempDir {
    let home = tempfile::tempdir().unwrap();
    fs::create_dir(home.path().join(".aws")).unwrap();
    let config = "[default]\nregion = eu-west-3\n[profile prod]\nregion = eu-north-1\n[profile from-env]\n\
                  region = eu-west-1\ncredential_source = Environment\nrole_arn = arn:aws:iam::111122223333:role/R\n";
    fs::write(home.path().join(".aws/config"), config).unwrap();
    let credentials = "[prod]\naws_access_key_id = AKIAPROFILE\naws_secret_access_key = test\n";
    fs::write(home.path().join(".aws/credentials"), credentials).unwrap();
    home
}

#[tokio::test]
async fn a_named_profile_wins_over_an_access_key_in_the_environment() {
    let home = home();
    let server = Server::start(nothing).await;
    let endpoint = ("endpoint_url", server.endpoint.as_str());
    let provider = connect(&[("profile", "prod"), endpoint], home.path(), &KEYS).await.unwrap();
    let listed = Listed::of(&*provider).await;
    listed.end("eu-north-1").as_ref().unwrap();
    assert!(server.asked().iter().all(|asked| asked.authorization.contains("AKIAPROFILE/")), "{:?}", server.asked());

    let server = Server::start(nothing).await;
    let endpoint = ("endpoint_url", server.endpoint.as_str());
    Listed::of(&*connect(&[endpoint], home.path(), &KEYS).await.unwrap()).await.end("eu-west-3").as_ref().unwrap();
    assert!(server.asked().iter().all(|asked| asked.authorization.contains("AKIAENVIRONMENT/")));
}

#[tokio::test]
async fn a_refused_role_is_named_and_nothing_is_done_without_it() {
    let home = home();
    let server = Server::start(|asked| match asked.operation.as_str() {
        "AssumeRole" => {
            assert!(asked.authorization.contains("AKIAENVIRONMENT/"));
            let refusal = "<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><Error><Type>Sender</Type>\
                           <Code>AccessDenied</Code><Message>not you</Message></Error></ErrorResponse>";
            Said::Bytes(403, "text/xml", refusal.to_owned())
        }
        _ => nothing(asked),
    })
    .await;
    let answers = [
        ("role_arn", "arn:aws:iam::111122223333:role/R"),
        ("regions", "eu-west-1"),
        ("endpoint_url", &server.endpoint),
    ];
    let provider = connect(&answers, home.path(), &KEYS).await.unwrap();
    let error = provider.identity().await.unwrap_err();
    assert_eq!((error.kind(), error.permission()), (Kind::Denied, Some("sts:AssumeRole")), "{error:?}");
    assert_eq!(error.message(), "AWS refused (AccessDenied): not you");
    assert_eq!(server.count("GetCallerIdentity"), 0);
}

#[tokio::test]
async fn without_credentials_nobody_is_asked_and_it_is_said() {
    let home = tempfile::tempdir().unwrap();
    let server = Server::start(nothing).await;
    let variables =
        [("AWS_EC2_METADATA_SERVICE_ENDPOINT", server.endpoint.as_str()), ("AWS_ENDPOINT_URL", &server.endpoint)];
    let provider = connect(&[("regions", "eu-west-1")], home.path(), &variables).await.unwrap();
    let error = provider.identity().await.unwrap_err();
    assert_eq!(error.kind(), Kind::SignedOut, "{error:?}");
    assert!(error.next().contains("aws sso login"), "{}", error.next());
    let listed = Listed::of(&*provider).await;
    assert_eq!(listed.end("eu-west-1").as_ref().unwrap_err().kind(), Kind::SignedOut);
    assert_eq!(server.asked().len(), 0);
}

#[tokio::test]
async fn answers_that_lead_nowhere_are_refused() {
    let home = home();
    for (answers, kind, words) in [
        (&[("profile", "from-env")][..], Kind::Unsupported, "from the environment"),
        (&[("profile", "absent")], Kind::NotFound, "no profile \"absent\""),
        (&[("regions", "eu-west-1, evil.example/")], Kind::Invalid, "not the name of a Region"),
        (&[("regions", "eu-west-1,cn-north-1")], Kind::Invalid, "different partitions"),
        (&[("endpoint_url", "ftp://x"), ("regions", "eu-west-1")], Kind::Invalid, "neither http nor https"),
        (&[("endpoint_url", "https://me:pw@x"), ("regions", "eu-west-1")], Kind::Invalid, "user name"),
        (&[("role_arn", "KeyAdmin"), ("regions", "eu-west-1")], Kind::Invalid, "not the ARN of a role"),
    ] {
        let error = connect(answers, home.path(), &KEYS).await.unwrap_err();
        assert_eq!(error.kind(), kind);
        assert!(error.message().contains(words), "{error}");
    }
    let nowhere = tempfile::tempdir().unwrap();
    let error = connect(&[], nowhere.path(), &KEYS).await.unwrap_err();
    assert!(error.message().contains("no Region is named"), "{error}");
}

#[tokio::test]
async fn each_access_check_has_its_permission_and_its_verdict() {
    let id = "1234abcd-12ab-34cd-56ef-1234567890ab".to_owned();
    let server = Server::start(move |asked| match asked.operation.as_str() {
        "ListKeys" => keys(std::slice::from_ref(&id), None),
        "DescribeKey" => described(asked, "RSA_2048", "SIGN_VERIFY"),
        "GetPublicKey" | "ListSecrets" => Said::Error(400, "AccessDeniedException", "no"),
        _ => nothing(asked),
    })
    .await;
    let checks = server.connect("eu-west-1").await.check_access().await;
    let verdicts: Vec<(&str, &str)> = checks
        .iter()
        .map(|check| {
            let verdict = match &check.verdict {
                Verdict::Allowed => "allowed",
                Verdict::Refused(error) => error.permission().unwrap(),
                Verdict::Untested(_) => "untested",
            };
            (check.permission.as_str(), verdict)
        })
        .collect();
    assert_eq!(
        verdicts,
        [
            ("kms:ListKeys", "allowed"),
            ("kms:ListAliases", "allowed"),
            ("kms:DescribeKey", "allowed"),
            ("kms:GetPublicKey", "kms:GetPublicKey"),
            ("secretsmanager:ListSecrets", "secretsmanager:ListSecrets"),
            ("acm:ListCertificates", "allowed"),
        ]
    );
}
