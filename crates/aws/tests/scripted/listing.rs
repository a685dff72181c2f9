//! Lists that are refused in part, break off, lead in circles, or are no lists at all.

use std::sync::Arc;

use domain::{Access, Algorithm, FacetKind, Kind, Leaves, State};
use futures::StreamExt;
use serde_json::json;
use tokio::sync::Semaphore;

use crate::server::{Asked, Listed, Said, Server, aliases, described, keys, nothing};

const REGION: &str = "eu-west-1";

fn ids(count: usize) -> Vec<String> {
    (0..count).map(|number| format!("{number:08x}-0000-4000-8000-000000000000")).collect()
}

fn marker(asked: &Asked) -> &str {
    asked.body["Marker"].as_str().unwrap_or_default()
}

fn id(asked: &Asked) -> &str {
    asked.body["KeyId"].as_str().unwrap()
}

#[tokio::test]
async fn pages_are_as_large_as_can_be_and_names_are_joined() {
    let server = Server::start(|asked| match (asked.operation.as_str(), marker(asked)) {
        ("ListKeys", "") => keys(&ids(3)[..2], Some("more")),
        ("ListKeys", "more") => keys(&ids(3)[2..], None),
        ("ListAliases", "") => aliases(&[("zulu", &ids(3)[1])], Some("more")),
        ("ListAliases", "more") => aliases(&[("alpha", &ids(3)[1]), ("bravo", &ids(3)[2])], None),
        ("DescribeKey", _) => described(asked, "RSA_2048", "SIGN_VERIFY"),
        _ => nothing(asked),
    })
    .await;
    let listed = Listed::of(&*server.connect(REGION).await).await;
    let mut rows: Vec<(&str, &str)> =
        listed.items.iter().map(|item| (item.key.id.as_str(), item.name.as_str())).collect();
    rows.sort_unstable();
    let ids = ids(3);
    let key = |at: usize| format!("kms/{}", ids[at]);
    assert_eq!(rows, [(key(0).as_str(), ids[0].as_str()), (&key(1), "zulu"), (&key(2), "bravo")]);
    listed.end(REGION).as_ref().unwrap();
    let limits: Vec<_> = server.asked().iter().map(|it| (it.operation.clone(), it.body["Limit"].as_i64())).collect();
    assert!(limits.iter().filter(|(operation, _)| operation == "ListKeys").all(|(_, limit)| *limit == Some(1000)));
    assert!(limits.iter().filter(|(operation, _)| operation == "ListAliases").all(|(_, limit)| *limit == Some(100)));
    assert_eq!((server.count("ListKeys"), server.count("ListAliases"), server.count("DescribeKey")), (2, 2, 3));
}

#[tokio::test]
async fn a_named_row_comes_before_the_lists_are_through_and_an_unnamed_one_waits_for_its_name() {
    let gate = Arc::new(Semaphore::new(0));
    let held = Arc::clone(&gate);
    let server = Server::start(move |asked| match (asked.operation.as_str(), marker(asked)) {
        ("ListKeys", "") => keys(&ids(300), Some("more")),
        ("ListKeys", _) => Said::After(Arc::clone(&held), Box::new(keys(&[], None))),
        // The last of 300 keys, so that it comes first only if keys with a name are taken first.
        ("ListAliases", "") => aliases(&[("named", &ids(300)[299])], Some("more")),
        ("ListAliases", _) => Said::After(Arc::clone(&held), Box::new(aliases(&[("late", &ids(300)[0])], None))),
        ("DescribeKey", _) => described(asked, "RSA_2048", "SIGN_VERIFY"),
        _ => nothing(asked),
    })
    .await;
    let provider = server.connect(REGION).await;
    let mut entries = provider.inventory().list();
    let mut listed = Listed::default();
    while listed.items.is_empty() {
        listed.add(entries.next().await.unwrap());
    }
    assert_eq!(listed.names(), ["named"]);
    gate.add_permits(2);
    while let Some(entry) = entries.next().await {
        listed.add(entry);
    }
    assert_eq!(listed.items.len(), 300);
    assert!(listed.names().contains(&"late"), "the row waited for its name");
}

#[tokio::test]
async fn a_key_that_may_not_be_described_is_a_row_with_the_permission() {
    let server = Server::start(|asked| match asked.operation.as_str() {
        "ListKeys" => keys(&ids(3), None),
        "ListAliases" => aliases(&[("denied", &ids(3)[1])], None),
        "DescribeKey" if id(asked) == ids(3)[1] => {
            let words = "User: me is not authorized. Encoded authorization failure message: eJyNkM1q";
            Said::Error(400, "AccessDeniedException", words)
        }
        "DescribeKey" => described(asked, "RSA_2048", "SIGN_VERIFY"),
        _ => nothing(asked),
    })
    .await;
    let listed = Listed::of(&*server.connect(REGION).await).await;
    assert_eq!(listed.items.len(), 3);
    let denied = listed.items.iter().find(|item| item.name == "denied").unwrap();
    let trouble = denied.trouble.as_ref().unwrap();
    assert_eq!((trouble.kind(), trouble.permission()), (Kind::Denied, Some("kms:DescribeKey")));
    assert_eq!((trouble.refused_by(), trouble.request_id()), (Some("AWS"), Some("request-7")));
    assert_eq!(trouble.message(), "AWS refused (AccessDeniedException): User: me is not authorized.");
    assert_eq!((denied.facets.len(), denied.state.clone()), (0, State::Unknown));
    listed.end(REGION).as_ref().unwrap();
}

#[tokio::test]
async fn without_the_right_to_list_aliases_every_key_is_there_under_its_id_and_it_is_said() {
    let server = Server::start(|asked| match asked.operation.as_str() {
        "ListKeys" => keys(&ids(200), None),
        "ListAliases" => Said::Error(400, "AccessDeniedException", "no"),
        "DescribeKey" => described(asked, "RSA_2048", "SIGN_VERIFY"),
        _ => nothing(asked),
    })
    .await;
    let listed = Listed::of(&*server.connect(REGION).await).await;
    let mut names: Vec<String> = listed.names().into_iter().map(str::to_owned).collect();
    names.sort();
    assert_eq!(names, ids(200));
    assert_eq!(listed.end(REGION).as_ref().unwrap_err().permission(), Some("kms:ListAliases"));
}

#[tokio::test]
async fn a_denied_region_or_service_ends_no_other() {
    let server = Server::start(|asked| {
        let elsewhere = asked.authorization.contains("/us-east-1/");
        match asked.operation.as_str() {
            "ListKeys" | "ListAliases" | "ListSecrets" if elsewhere => {
                Said::Error(400, "AccessDeniedException", "not here")
            }
            "ListKeys" => keys(&ids(1), None),
            "DescribeKey" => described(asked, "SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT"),
            "ListSecrets" => Said::Json(json!({"SecretList": [{"Name": "app/db", "ARN": "arn:x"}]})),
            "ListCertificates" => Said::Error(400, "AccessDeniedException", "no"),
            _ => nothing(asked),
        }
    })
    .await;
    let listed = Listed::of(&*server.connect("eu-west-1, us-east-1").await).await;
    assert_eq!(listed.vaults.len(), 2);
    let mut kinds: Vec<&str> = listed.items.iter().map(|item| item.native_kind).collect();
    kinds.sort_unstable();
    assert_eq!(kinds, ["KMS key", "Secrets Manager secret"]);
    let here = listed.end(REGION).as_ref().unwrap_err();
    assert_eq!((here.kind(), here.permission()), (Kind::Denied, Some("acm:ListCertificates")));
    let there = listed.end("us-east-1").as_ref().unwrap_err();
    assert_eq!(there.permission(), Some("kms:ListKeys, secretsmanager:ListSecrets, acm:ListCertificates"));
}

#[tokio::test]
async fn a_sign_in_that_ends_in_the_middle_leaves_every_key_a_row_and_asks_no_more() {
    let server = Server::start(|asked| match asked.operation.as_str() {
        "ListKeys" => keys(&ids(900), None),
        "DescribeKey" if id(asked) < ids(101)[100].as_str() => described(asked, "RSA_2048", "SIGN_VERIFY"),
        "DescribeKey" => Said::Error(400, "ExpiredTokenException", "The security token is expired"),
        _ => nothing(asked),
    })
    .await;
    let listed = Listed::of(&*server.connect(REGION).await).await;
    assert_eq!(listed.items.len(), 900);
    assert_eq!(listed.items.iter().filter(|item| item.trouble.is_none()).count(), 100);
    let end = listed.end(REGION).as_ref().unwrap_err();
    assert_eq!(end.kind(), Kind::SignedOut);
    assert!(server.count("DescribeKey") < 400, "{}", server.count("DescribeKey"));
}

#[tokio::test]
async fn a_service_that_is_gone_is_not_asked_for_every_key() {
    let server = Server::start(|asked| match asked.operation.as_str() {
        "ListKeys" => keys(&ids(900), None),
        "DescribeKey" => Said::Error(503, "ServiceUnavailable", "later"),
        _ => nothing(asked),
    })
    .await;
    let listed = Listed::of(&*server.connect(REGION).await).await;
    assert_eq!(listed.items.len(), 900);
    assert!(listed.items.iter().all(|item| item.trouble.as_ref().unwrap().kind() == Kind::Interrupted));
    assert_eq!(listed.end(REGION).as_ref().unwrap_err().kind(), Kind::Interrupted);
    assert!(server.count("DescribeKey") < 400, "{}", server.count("DescribeKey"));
}

#[tokio::test]
async fn a_list_that_leads_in_a_circle_ends_and_says_so() {
    let server = Server::start(|asked| match asked.operation.as_str() {
        "ListKeys" => keys(&ids(2)[usize::from(!marker(asked).is_empty())..][..1], Some("again")),
        "DescribeKey" => described(asked, "RSA_2048", "SIGN_VERIFY"),
        _ => nothing(asked),
    })
    .await;
    let listed = Listed::of(&*server.connect(REGION).await).await;
    assert_eq!(listed.items.len(), 1);
    let end = listed.end(REGION).as_ref().unwrap_err();
    assert_eq!((end.kind(), end.operation()), (Kind::Invalid, "list keys"));
}

#[tokio::test]
async fn what_is_not_an_answer_of_aws_is_told_apart() {
    let page = "<!doctype html><title>Sign in to the network</title>";
    for (said, kind, words) in [
        (
            Said::Bytes(200, "text/html", page.to_owned()),
            Kind::Invalid,
            "an HTML page came where JSON was due (HTTP 200)",
        ),
        (Said::Bytes(200, "application/x-amz-json-1.1", page.to_owned()), Kind::Invalid, "an HTML page"),
        (
            Said::Bytes(200, "application/x-amz-json-1.1", "{\"Keys\": [{\"KeyI".to_owned()),
            Kind::Interrupted,
            "cut short",
        ),
        (Said::Bytes(200, "application/x-amz-json-1.1", "{]".to_owned()), Kind::Invalid, "not the JSON that was due"),
        (Said::Bytes(200, "application/x-amz-json-1.1", "{\"Keys\": 7}".to_owned()), Kind::Invalid, "not in the form"),
        (Said::CutShort, Kind::Interrupted, ""),
        (Said::Error(400, "ThrottlingException", "Rate exceeded"), Kind::Throttled, "asks for fewer"),
        (Said::Error(400, "UnrecognizedClientException", "x"), Kind::SignedOut, "did not accept the sign-in"),
        (Said::Error(501, "InternalFailure", "x"), Kind::Unsupported, "does not offer this here"),
        (Said::Error(418, "Teapot", "x"), Kind::Unexpected, "(Teapot): x"),
    ] {
        let said = std::sync::Mutex::new(Some(said));
        let server = Server::start(move |asked| match asked.operation.as_str() {
            "ListKeys" => said.lock().unwrap().take().expect("asked once"),
            _ => nothing(asked),
        })
        .await;
        let listed = Listed::of(&*server.connect(REGION).await).await;
        let end = listed.end(REGION).as_ref().unwrap_err();
        assert_eq!(end.kind(), kind, "{end}");
        assert!(end.message().contains(words), "{end}");
    }
}

#[tokio::test]
async fn kinds_of_keys_that_nobody_knows_keep_their_word() {
    let specs = [
        ("ML_DSA_65", "SIGN_VERIFY", Algorithm::Other("ML_DSA_65".into()), Leaves::PublicPart),
        ("SM2", "SIGN_VERIFY", Algorithm::Other("SM2".into()), Leaves::PublicPart),
        ("NEW_MAC_9", "GENERATE_VERIFY_MAC", Algorithm::Other("NEW_MAC_9".into()), Leaves::Nothing),
        ("ECC_NIST_EDWARDS25519", "SIGN_VERIFY", Algorithm::Ed25519, Leaves::PublicPart),
        ("SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT", Algorithm::Aes(256), Leaves::Nothing),
    ];
    let told = specs.clone();
    let server = Server::start(move |asked| match asked.operation.as_str() {
        "ListKeys" => keys(&ids(5), None),
        "DescribeKey" => {
            let at = ids(5).iter().position(|it| it == id(asked)).unwrap();
            described(asked, told[at].0, told[at].1)
        }
        _ => nothing(asked),
    })
    .await;
    let mut listed = Listed::of(&*server.connect(REGION).await).await;
    listed.items.sort_by(|a, b| a.key.cmp(&b.key));
    for (item, (_, _, algorithm, leaves)) in listed.items.iter().zip(specs) {
        assert_eq!(item.algorithm, Some(algorithm));
        let facet = &item.facets[0];
        assert_eq!((facet.kind, facet.leaves), (FacetKind::Key, leaves));
        let access = if leaves == Leaves::Nothing { Access::Open } else { Access::Untested };
        assert_eq!(facet.access, access);
    }
}

#[tokio::test]
async fn certificates_of_every_kind_of_key_are_asked_for_and_shown_once() {
    let server = Server::start(|asked| match asked.operation.as_str() {
        "ListCertificates" => Said::Json(json!({"CertificateSummaryList": [{
            "CertificateArn": "arn:aws:acm:eu-west-1:111122223333:certificate/7", "DomainName": "shop.example",
            "Status": "ISSUED", "KeyAlgorithm": "EC_prime256v1", "NotAfter": 1_900_000_000,
        }]})),
        _ => nothing(asked),
    })
    .await;
    let listed = Listed::of(&*server.connect(REGION).await).await;
    assert_eq!(listed.names(), ["shop.example"]);
    assert_eq!(listed.items[0].expires.unwrap().as_second(), 1_900_000_000);
    let asked = server.asked();
    let kinds: Vec<_> = asked.iter().filter_map(|asked| asked.body["Includes"]["keyTypes"].as_array()).collect();
    assert!(kinds[0].contains(&json!("EC_secp384r1")) && kinds[0].contains(&json!("RSA_4096")), "{kinds:?}");
}
