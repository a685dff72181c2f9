//! What a reading finds of a step whose answer was lost.

use domain::{Finding, Kind, Performed, Step, Timestamp};
use serde_json::{Value, json};

use crate::{
    desk::{ORDER, REGION, TOKEN, order},
    server::{Asked, Said, Server, aliases, key_arn, keys, nothing},
};

const ID: &str = "1234abcd-12ab-34cd-56ef-1234567890ab";
const OTHER: &str = "9999abcd-12ab-34cd-56ef-1234567890ab";
const NOW: i64 = 1_790_000_000;
const DAY: i64 = 86_400;

fn performed(operation: &str, mut parameters: Value, before: Value) -> Performed {
    parameters["Region"] = REGION.into();
    let step = Step {
        says: String::new(),
        operation: operation.to_owned(),
        parameters,
        command: String::new(),
        before,
        secrets: Vec::new(),
    };
    Performed { order: order(), step, results: Default::default(), sent: Timestamp::from_second(NOW).unwrap() }
}

async fn found(script: impl Fn(&Asked) -> Said + Send + Sync + 'static, performed: &Performed) -> Finding {
    let server = Server::start(script).await;
    let finding = server.connect(REGION).await.changes().check(performed).await.unwrap();
    let reads = |asked: &Asked| ["Describe", "Get", "List"].iter().any(|verb| asked.operation.starts_with(verb));
    assert!(server.asked().iter().all(reads), "a check must read only: {:?}", server.asked());
    finding
}

/// `d`, `n` or `u`, and the words.
fn told(finding: &Finding) -> (char, &str) {
    match finding {
        Finding::Done { evidence, .. } => ('d', evidence),
        Finding::NotDone { evidence } => ('n', evidence),
        Finding::Unclear { evidence } => ('u', evidence),
    }
}

fn key_made(id: &str, at: i64) -> Said {
    Said::Json(json!({"KeyMetadata": {"KeyId": id, "Arn": key_arn(id), "CreationDate": at}}))
}

#[tokio::test]
async fn a_key_is_found_by_the_orders_mark_among_those_made_since() {
    let mark = || json!([{"TagKey": "claviger:order", "TagValue": ORDER}]);
    let parameters = json!({"KeySpec": "RSA_2048", "Tags": mark()});
    let performed = performed("kms:CreateKey", parameters, Value::Null);
    // Which keys carry the mark; the third of them is old and is not asked for its tags.
    for (marked, expected) in [(&[][..], 'n'), (&[ID], 'd'), (&[ID, OTHER], 'u')] {
        let finding = found(
            move |asked| match (asked.operation.as_str(), asked.body["KeyId"].as_str()) {
                ("ListKeys", _) => keys(&[ID.to_owned(), OTHER.to_owned(), "old".to_owned()], None),
                ("DescribeKey", Some("old")) => key_made("old", NOW - 3 * DAY),
                ("DescribeKey", Some(id)) => key_made(id, NOW + 1),
                ("ListResourceTags", Some("old")) => panic!("it is older than any clock goes wrong"),
                ("ListResourceTags", Some(id)) if marked.contains(&id) => Said::Json(json!({"Tags": mark()})),
                _ => nothing(asked),
            },
            &performed,
        )
        .await;
        assert_eq!(told(&finding).0, expected, "{finding:?}");
        if let Finding::Done { results, .. } = &finding {
            assert_eq!((results["vault"].as_str(), results["item"].as_str()), (REGION, format!("kms/{ID}").as_str()));
        }
        if expected == 'u' {
            assert!(told(&finding).1.contains(ID) && told(&finding).1.contains(OTHER), "{finding:?}");
        }
    }
    let hidden = found(
        |asked| match asked.operation.as_str() {
            "ListKeys" => keys(&[ID.to_owned()], None),
            _ => Said::Error(400, "AccessDeniedException", "no"),
        },
        &performed,
    )
    .await;
    assert!(
        matches!(told(&hidden), ('u', words) if words.contains(ID) && words.contains("kms:DescribeKey")),
        "{hidden:?}"
    );
}

#[tokio::test]
async fn a_key_whose_answer_came_is_looked_at_by_its_id() {
    let mut performed = performed("kms:CreateKey", json!({"KeySpec": "RSA_2048"}), Value::Null);
    performed.results.insert("KeyId".to_owned(), ID.to_owned());
    let there = found(|asked| key_made(asked.body["KeyId"].as_str().unwrap(), NOW), &performed).await;
    assert!(matches!(&there, Finding::Done { results, .. } if results["item"] == format!("kms/{ID}")), "{there:?}");
    let late = found(|_| Said::Error(400, "NotFoundException", "not yet"), &performed).await;
    assert_eq!(told(&late).0, 'n');
}

#[tokio::test]
async fn what_is_set_is_told_by_comparing_with_what_was_wanted_and_what_was_before() {
    let performed =
        performed("kms:UpdateKeyDescription", json!({"KeyId": ID, "Description": "new"}), Value::from("old"));
    for (now, expected) in [("new", 'd'), ("old", 'n'), ("somebody else's", 'u')] {
        let finding =
            found(move |_| Said::Json(json!({"KeyMetadata": {"KeyId": ID, "Description": now}})), &performed).await;
        assert!(matches!(told(&finding), (it, words) if it == expected && words.contains(now)), "{finding:?}");
    }
}

#[tokio::test]
async fn tags_are_compared_only_as_far_as_the_call_set_them() {
    let tags = json!([{"TagKey": "team", "TagValue": "payments"}]);
    let set = performed("kms:TagResource", json!({"KeyId": ID, "Tags": tags}), json!({"team": null}));
    let removed =
        performed("kms:UntagResource", json!({"KeyId": ID, "TagKeys": ["team"]}), json!({"team": "payments"}));
    for (now, of_set, of_removed) in
        [(json!([]), 'n', 'd'), (tags, 'd', 'n'), (json!([{"TagKey": "team", "TagValue": "x"}]), 'u', 'u')]
    {
        for (performed, expected) in [(&set, of_set), (&removed, of_removed)] {
            let mut all = now.as_array().unwrap().clone();
            all.push(json!({"TagKey": "else", "TagValue": "y"}));
            let finding = found(move |_| Said::Json(json!({"Tags": all})), performed).await;
            assert_eq!(told(&finding).0, expected, "{now} {finding:?}");
        }
    }
}

#[tokio::test]
async fn an_alias_is_told_by_where_it_points() {
    let made = performed("kms:CreateAlias", json!({"AliasName": "alias/a", "TargetKeyId": ID}), Value::Null);
    let deleted = performed("kms:DeleteAlias", json!({"AliasName": "alias/a"}), ID.into());
    let moved = performed("kms:UpdateAlias", json!({"AliasName": "alias/a", "TargetKeyId": ID}), OTHER.into());
    for (target, expected) in [(Some(ID), "dnd"), (Some(OTHER), "uun"), (None, "ndu")] {
        for (performed, expected) in [&made, &deleted, &moved].into_iter().zip(expected.chars()) {
            let finding = found(
                move |_| match target {
                    Some(id) => aliases(&[("b", ID), ("a", id)], None),
                    None => aliases(&[("b", ID)], None),
                },
                performed,
            )
            .await;
            assert_eq!(told(&finding).0, expected, "{target:?} {} {finding:?}", performed.step.operation);
        }
    }
    // The key that the step before has made.
    let mut named = performed("kms:CreateAlias", json!({"AliasName": "alias/a"}), Value::Null);
    named.results.insert("KeyId".to_owned(), ID.to_owned());
    assert_eq!(told(&found(|_| aliases(&[("a", ID)], None), &named).await).0, 'd');
}

#[tokio::test]
async fn rotations_are_counted() {
    let performed = performed("kms:RotateKeyOnDemand", json!({"KeyId": ID}), json!({"OnDemand": 2}));
    for (count, started, expected) in
        [(2, None, 'n'), (2, Some(NOW), 'd'), (3, None, 'd'), (3, Some(NOW), 'u'), (4, None, 'u'), (1, None, 'u')]
    {
        let finding = found(
            move |asked| match asked.operation.as_str() {
                "GetKeyRotationStatus" => {
                    Said::Json(json!({"KeyRotationEnabled": false, "OnDemandRotationStartDate": started}))
                }
                _ => {
                    let mut rotations = vec![json!({"RotationType": "ON_DEMAND", "KeyMaterialId": "x"}); count];
                    rotations.push(json!({"RotationType": "AUTOMATIC", "KeyMaterialId": "y"}));
                    Said::Json(json!({"Rotations": rotations}))
                }
            },
            &performed,
        )
        .await;
        assert_eq!(told(&finding).0, expected, "{count} {started:?} {finding:?}");
    }
}

#[tokio::test]
async fn a_deletion_at_another_time_was_scheduled_by_somebody_else() {
    let performed =
        performed("kms:ScheduleKeyDeletion", json!({"KeyId": ID, "PendingWindowInDays": 7}), "Enabled".into());
    for (state, due, expected) in [
        ("PendingDeletion", NOW + 7 * DAY, 'd'),
        ("PendingDeletion", NOW + 8 * DAY, 'd'),
        ("PendingDeletion", NOW + 30 * DAY, 'u'),
        ("Enabled", 0, 'n'),
        ("Disabled", 0, 'u'),
    ] {
        let finding = found(
            move |_| Said::Json(json!({"KeyMetadata": {"KeyId": ID, "KeyState": state, "DeletionDate": due}})),
            &performed,
        )
        .await;
        assert_eq!(told(&finding).0, expected, "{state} {due} {finding:?}");
    }
}

#[tokio::test]
async fn a_grant_is_found_by_the_orders_number() {
    let performed = performed("kms:CreateGrant", json!({"KeyId": ID, "Name": ORDER}), 0.into());
    for (names, expected) in [(&[][..], 'n'), (&["x", ORDER], 'd'), (&[ORDER, ORDER], 'u')] {
        let finding = found(
            move |_| {
                let grants: Vec<Value> =
                    names.iter().map(|it| json!({"GrantId": format!("g-{it}"), "Name": it})).collect();
                Said::Json(json!({"Grants": grants}))
            },
            &performed,
        )
        .await;
        assert_eq!(told(&finding).0, expected, "{finding:?}");
        if let Finding::Done { results, .. } = finding {
            assert_eq!(results["GrantId"], format!("g-{ORDER}"));
        }
    }
}

#[tokio::test]
async fn a_secret_and_a_version_are_told_by_the_orders_token() {
    let made =
        performed("secretsmanager:CreateSecret", json!({"Name": "app/db", "ClientRequestToken": TOKEN}), false.into());
    let secret = |version: &'static str| {
        move |_: &Asked| Said::Json(json!({"Name": "app/db", "VersionIdsToStages": {version: ["AWSCURRENT"]}}))
    };
    let none = |_: &Asked| Said::Error(400, "ResourceNotFoundException", "none");
    let ours = found(secret(TOKEN), &made).await;
    assert!(matches!(&ours, Finding::Done { results, .. } if results["item"] == "secretsmanager/app/db"), "{ours:?}");
    assert_eq!(told(&found(secret("another"), &made).await).0, 'u');
    assert_eq!(told(&found(none, &made).await).0, 'n');

    let written = performed(
        "secretsmanager:PutSecretValue",
        json!({"SecretId": "app/db", "ClientRequestToken": TOKEN}),
        false.into(),
    );
    for (version, expected) in [(TOKEN, 'd'), ("another", 'n')] {
        let finding = found(move |_| Said::Json(json!({"Versions": [{"VersionId": version}]})), &written).await;
        assert_eq!(told(&finding).0, expected, "{finding:?}");
    }
}

#[tokio::test]
async fn a_reading_that_fails_is_no_finding() {
    let server = Server::start(|_| Said::Error(503, "ServiceUnavailable", "later")).await;
    let performed = performed("kms:DisableKey", json!({"KeyId": ID}), "Enabled".into());
    let error = server.connect(REGION).await.changes().check(&performed).await.unwrap_err();
    assert_eq!(error.kind(), Kind::Interrupted);
}
