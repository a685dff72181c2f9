//! What is planned: only what has to change, with its way back, and nothing that is not offered.

use domain::{Answer, Ask, Kind, Tier};
use serde_json::{Value, json};

use crate::{
    desk::{ORDER, REGION, change, item, region},
    server::{Asked, Said, Server, aliases, described, key_arn, nothing},
};

const ID: &str = "1234abcd-12ab-34cd-56ef-1234567890ab";
const OTHER: &str = "9999abcd-12ab-34cd-56ef-1234567890ab";

fn key(fields: Value) -> Said {
    let mut metadata = json!({
        "KeyId": ID, "Arn": key_arn(ID), "KeySpec": "SYMMETRIC_DEFAULT", "KeyUsage": "ENCRYPT_DECRYPT",
        "KeyState": "Enabled", "Origin": "AWS_KMS", "KeyManager": "CUSTOMER", "Description": "old",
    });
    for (name, value) in fields.as_object().unwrap() {
        metadata[name] = value.clone();
    }
    Said::Json(json!({"KeyMetadata": metadata}))
}

fn rotating(asked: &Asked, on_demand: usize, fields: &Value) -> Said {
    match asked.operation.as_str() {
        "DescribeKey" => key(fields.clone()),
        "GetKeyRotationStatus" => Said::Json(json!({"KeyRotationEnabled": true, "RotationPeriodInDays": 180})),
        "ListKeyRotations" => Said::Json(
            json!({"Rotations": vec![json!({"RotationType": "ON_DEMAND", "KeyMaterialId": "x"}); on_demand]}),
        ),
        "ListAliases" => aliases(&[("mine", ID), ("theirs", OTHER), ("aws/s3", "managed")], None),
        "ListGrants" => {
            Said::Json(json!({"Grants": [{"GrantId": "g", "GranteePrincipal": "arn:x", "Operations": ["Decrypt"]}]}))
        }
        _ => nothing(asked),
    }
}

#[tokio::test]
async fn tags_are_removed_then_set_and_aws_own_are_left_alone() {
    let now = json!([
        {"TagKey": "aws:made", "TagValue": "by aws"}, {"TagKey": "gone", "TagValue": "1"},
        {"TagKey": "kept", "TagValue": "2"}, {"TagKey": "moved", "TagValue": "3"},
    ]);
    let server = Server::start(move |asked| match asked.operation.as_str() {
        "DescribeKey" => described(asked, "RSA_2048", "SIGN_VERIFY"),
        "ListResourceTags" => Said::Json(json!({"Tags": now})),
        _ => nothing(asked),
    })
    .await;
    let provider = server.connect(REGION).await;
    let changes = provider.changes();
    let target = item(&*provider, ID);
    let questions = changes.questions(Ask::ChangeTags, &target).await.unwrap();
    assert_eq!(questions[0].preset.as_deref(), Some(r#"[["gone","1"],["kept","2"],["moved","3"]]"#));
    let answers = [("tags", r#"[["kept","2"],["moved","x"],["new","4"]]"#)];
    let plan = changes.plan(&change(Ask::ChangeTags, target.clone(), &answers)).await.unwrap();
    let calls: Vec<(&str, Value)> =
        plan.steps.iter().map(|step| (step.operation.as_str(), step.parameters.clone())).collect();
    let set = json!([{"TagKey": "moved", "TagValue": "x"}, {"TagKey": "new", "TagValue": "4"}]);
    assert_eq!(
        calls,
        [
            ("kms:UntagResource", json!({"Region": REGION, "KeyId": ID, "TagKeys": ["gone"]})),
            ("kms:TagResource", json!({"Region": REGION, "KeyId": ID, "Tags": set})),
        ]
    );
    assert_eq!(plan.steps[1].before, json!({"moved": "3", "new": null}));
    let undo = plan.undo.unwrap();
    assert_eq!((undo.whole, Some(undo.answers["tags"].as_str())), (true, questions[0].preset.as_deref()));
    let same = [("tags", questions[0].preset.as_deref().unwrap())];
    assert!(changes.plan(&change(Ask::ChangeTags, target.clone(), &same)).await.unwrap().steps.is_empty());
    let reserved = change(Ask::ChangeTags, target, &[("tags", r#"[["aws:x","1"]]"#)]);
    assert_eq!(changes.plan(&reserved).await.unwrap_err().kind(), Kind::Invalid);
}

#[tokio::test]
async fn rotation_says_how_many_are_left_and_goes_back_to_the_period_before() {
    let server = Server::start(|asked| rotating(asked, 3, &json!({}))).await;
    let provider = server.connect(REGION).await;
    let target = item(&*provider, ID);
    let plan = provider.changes().plan(&change(Ask::Rotate, target.clone(), &[])).await.unwrap();
    assert!(plan.effects.iter().any(|it| it.contains("22 are left now, 21 afterwards")), "{:?}", plan.effects);
    assert_eq!((plan.tier, plan.undo), (Tier::Consequences, None));
    let off = change(Ask::SetRotation, target.clone(), &[("automatic", "false")]);
    let undo = provider.changes().plan(&off).await.unwrap().undo.unwrap();
    assert_eq!((undo.answers["automatic"].as_str(), undo.answers["period_days"].as_str()), ("true", "180"));
    let short = change(Ask::SetRotation, target, &[("automatic", "true"), ("period_days", "89")]);
    assert_eq!(provider.changes().plan(&short).await.unwrap_err().kind(), Kind::Invalid);
}

#[tokio::test]
async fn what_a_key_cannot_do_is_refused_by_the_offer_and_by_the_plan() {
    let cases: [(Value, usize, &[Ask], &str); 7] = [
        (json!({"KeyManager": "AWS"}), 0, &[Ask::Disable, Ask::ChangeTags], "AWS manages this key"),
        (json!({"KeyState": "PendingDeletion"}), 0, &[Ask::Enable, Ask::ChangeDescription], "waits for its deletion"),
        (json!({"KeyState": "Disabled"}), 0, &[Ask::Rotate, Ask::SetRotation, Ask::CreateGrant], "enabled key only"),
        (json!({"KeySpec": "RSA_2048"}), 0, &[Ask::Rotate, Ask::SetRotation], "symmetric"),
        (json!({"Origin": "EXTERNAL"}), 0, &[Ask::Rotate, Ask::SetRotation], "material KMS made"),
        (
            json!({"MultiRegion": true, "MultiRegionConfiguration": {"MultiRegionKeyType": "REPLICA"}}),
            0,
            &[Ask::Rotate, Ask::SetRotation],
            "replica",
        ),
        (json!({}), 25, &[Ask::Rotate], "used up"),
    ];
    for (fields, rotations, asks, words) in cases {
        let server = Server::start(move |asked| rotating(asked, rotations, &fields)).await;
        let provider = server.connect(REGION).await;
        let key = provider.inventory().locate(ID).unwrap();
        let offers = provider.offers(&provider.inventory().open(&key).await.unwrap().item).await;
        for ask in asks {
            let answer = &offers.iter().find(|offer| offer.ask == *ask).unwrap().answer;
            assert!(matches!(answer, Answer::Refuse { because, .. } if because.contains(words)), "{ask:?} {answer:?}");
            let error = provider.changes().plan(&change(*ask, item(&*provider, ID), &[])).await.unwrap_err();
            assert!(error.message().contains(words), "{ask:?} {error}");
        }
    }
}

#[tokio::test]
async fn an_end_wants_the_name_and_says_whether_it_can_be_called_off_whole() {
    for (state, whole) in [("Enabled", false), ("Disabled", true)] {
        let server = Server::start(move |asked| rotating(asked, 0, &json!({"KeyState": state}))).await;
        let provider = server.connect(REGION).await;
        let plan = change(Ask::ScheduleDeletion, item(&*provider, ID), &[("days", "7")]);
        let plan = provider.changes().plan(&plan).await.unwrap();
        assert_eq!((plan.tier, plan.name.as_str(), plan.undo.unwrap().whole), (Tier::Name, "mine", whole));
        assert!(!plan.warnings.is_empty());
        let long = change(Ask::ScheduleDeletion, item(&*provider, ID), &[("days", "31")]);
        assert_eq!(provider.changes().plan(&long).await.unwrap_err().kind(), Kind::Invalid);
    }
}

#[tokio::test]
async fn an_alias_is_taken_from_another_key_and_goes_back_there() {
    let server = Server::start(|asked| rotating(asked, 0, &json!({}))).await;
    let provider = server.connect(REGION).await;
    let target = item(&*provider, ID);
    let questions = provider.changes().questions(Ask::MoveAlias, &target).await.unwrap();
    let domain::QuestionKind::Choice(choices) = &questions[0].kind else { panic!("{questions:?}") };
    assert_eq!(choices.iter().map(|(alias, _)| alias.as_str()).collect::<Vec<_>>(), ["alias/theirs"]);
    let plan = change(Ask::MoveAlias, target.clone(), &[("alias", "alias/theirs")]);
    let undo = provider.changes().plan(&plan).await.unwrap().undo.unwrap();
    assert_eq!((undo.ask, undo.target, undo.whole), (Ask::MoveAlias, item(&*provider, OTHER), true));
    let taken = change(Ask::CreateAlias, target.clone(), &[("alias", "theirs")]);
    assert_eq!(provider.changes().plan(&taken).await.unwrap_err().kind(), Kind::Conflict);
    let made = change(
        Ask::CreateKey,
        region(),
        &[("usage", "GENERATE_VERIFY_MAC"), ("mac_spec", "HMAC_256"), ("alias", "new")],
    );
    let plan = provider.changes().plan(&made).await.unwrap();
    assert_eq!(plan.steps[1].parameters, json!({"Region": REGION, "AliasName": "alias/new"}));
    assert!(plan.steps[0].command.starts_with("KEY_ID=$(aws kms create-key "), "{}", plan.steps[0].command);
    assert!(plan.steps[1].command.ends_with("--target-key-id \"$KEY_ID\""), "{}", plan.steps[1].command);
}

#[tokio::test]
async fn a_grant_carries_the_orders_number_as_its_name() {
    let server = Server::start(|asked| rotating(asked, 0, &json!({}))).await;
    let provider = server.connect(REGION).await;
    let answers = [("grantee", "arn:x"), ("operations", "Decrypt, DescribeKey"), ("context", r#"[["tenant","7"]]"#)];
    let plan = provider.changes().plan(&change(Ask::CreateGrant, item(&*provider, ID), &answers)).await.unwrap();
    assert_eq!(
        plan.steps[0].parameters,
        json!({
            "Region": REGION, "KeyId": ID, "GranteePrincipal": "arn:x", "Operations": ["Decrypt", "DescribeKey"],
            "Constraints": {"EncryptionContextSubset": {"tenant": "7"}}, "Name": ORDER,
        })
    );
}

#[tokio::test]
async fn a_key_of_another_account_is_told_from_ones_own() {
    for (account, foreign) in [("111122223333", false), ("999988887777", true)] {
        let arn = format!("arn:aws:kms:{REGION}:{account}:key/{ID}");
        let server = Server::start(move |asked| match asked.operation.as_str() {
            "GetCallerIdentity" => crate::server::caller("111122223333"),
            _ => rotating(asked, 0, &json!({"AWSAccountId": account})),
        })
        .await;
        let provider = server.connect(REGION).await;
        let plan = provider.changes().plan(&change(Ask::Disable, item(&*provider, &arn), &[])).await;
        assert_eq!(plan.is_err_and(|error| error.message().contains("another account")), foreign);
    }
}
