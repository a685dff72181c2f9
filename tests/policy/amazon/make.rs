//! Key policies by chance, of parts that meet one another and the people of the scene often.

use serde_json::{Map, Value, json};

use super::scene::Scene;
use crate::dice::Dice;

const ACTIONS: &[&str] = &[
    "*",
    "kms:*",
    "kms:*",
    "KMS:decrypt",
    "kms:*crypt",
    "kms:Describe*",
    "kms:G??Key*",
    "kms:Get*",
    "kms:GenerateDataKey*",
    "kms:L*",
    "kms:Put*",
    "kms:PutKeyPolicy",
    "kms:Sign",
    "kms:Verify",
    "kms:ScheduleKeyDeletion",
    "kms:CreateGrant",
    "s3:*",
];

/// A key policy.
pub(super) fn key_policy(scene: &Scene, dice: &mut Dice) -> String {
    let count = 1 + dice.below(4);
    let mut statements: Vec<Value> = (0..count).map(|_| statement(scene, dice)).collect();
    // Most key policies leave it to IAM, and nothing of IAM shows without.
    if dice.happens(50) {
        let account = format!("arn:aws:iam::{}:root", scene.server.account());
        let all = json!({"Effect": "Allow", "Principal": {"AWS": account}, "Action": "kms:*", "Resource": "*"});
        statements.insert(dice.below(statements.len() + 1), all);
    }
    let version = if dice.happens(85) { "2012-10-17" } else { "2008-10-17" };
    json!({"Version": version, "Statement": statements}).to_string()
}

fn statement(scene: &Scene, dice: &mut Dice) -> Value {
    let mut statement = Map::new();
    let denies = dice.happens(30);
    statement.insert("Effect".into(), if denies { "Deny" } else { "Allow" }.into());
    statement.insert(name("Principal", dice.happens(10)), principals(scene, dice));
    let actions: Vec<&str> = (0..=dice.below(3)).map(|_| *dice.one_of(ACTIONS)).collect();
    let actions = if let [one] = actions.as_slice() { json!(one) } else { json!(actions) };
    statement.insert(name("Action", dice.happens(15)), actions);
    let not_resource = dice.happens(8);
    let resource = if dice.happens(70) && !not_resource { json!("*") } else { resources(scene, dice) };
    statement.insert(name("Resource", not_resource), resource);
    if dice.happens(45) {
        statement.insert("Condition".into(), conditions(scene, dice));
    }
    Value::Object(statement)
}

fn name(element: &str, not: bool) -> String {
    if not { format!("Not{element}") } else { element.to_owned() }
}

fn principals(scene: &Scene, dice: &mut Dice) -> Value {
    let account = scene.server.account();
    let principal = |dice: &mut Dice| match dice.below(16) {
        0 => account.to_owned(),
        1 | 2 => format!("arn:aws:iam::{account}:root"),
        3 => "*".to_owned(),
        4 => "arn:aws:iam::999988887777:root".to_owned(),
        5 => "AIDAQ3EGUZME7EXAMPLE7".to_owned(),
        6 | 7 => dice.one_of(&scene.people).principal_arn.clone(),
        _ => dice.one_of(&scene.people).arn.clone(),
    };
    if dice.happens(8) {
        return json!("*");
    }
    let count = 1 + dice.below(3);
    let several: Vec<String> = (0..count).map(|_| principal(dice)).collect();
    let several = if let [one] = several.as_slice() { json!(one) } else { json!(several) };
    if dice.happens(10) { json!({"AWS": several, "Service": "s3.amazonaws.com"}) } else { json!({"AWS": several}) }
}

fn resources(scene: &Scene, dice: &mut Dice) -> Value {
    let account = scene.server.account();
    let one = |dice: &mut Dice| match dice.below(5) {
        0 => format!("arn:aws:kms:*:{account}:key/*"),
        1 => format!("arn:aws:kms:us-east-1:{account}:alias/*"),
        2 => format!("{}*", &scene.keys[1][..scene.keys[1].len() - 30]),
        _ => dice.one_of(&scene.keys).clone(),
    };
    let count = 1 + dice.below(2);
    json!((0..count).map(|_| one(dice)).collect::<Vec<_>>())
}

/// Operators with keys and values of which some hold for some of the people, some for all, some for none.
fn conditions(scene: &Scene, dice: &mut Dice) -> Value {
    let account = scene.server.account();
    let mut operators = Map::new();
    for _ in 0..=dice.below(2) {
        let user = dice.one_of(&scene.people).principal_arn.clone();
        let texts = ["Equals", "Like", "EqualsIgnoreCase"];
        let text = *dice.one_of(&texts);
        let (base, key, value) = match dice.below(17) {
            0 => (format!("String{text}"), "aws:username", json!([*dice.one_of(&["full", "re?der", "*", "FULL"])])),
            1 => (format!("String{text}"), "aws:PrincipalAccount", json!(*dice.one_of(&[account, "999988887777"]))),
            2 => (format!("String{text}"), "aws:PrincipalType", json!(["User", "Account"])),
            3 => ("ArnEquals".to_owned(), "aws:PrincipalArn", json!([user])),
            4 => ("ArnLike".to_owned(), "aws:PrincipalArn", json!(*dice.one_of(&ARNS))),
            5 => (
                format!("String{text}"),
                "aws:RequestedRegion",
                json!(["eu-west-1", *dice.one_of(&["us-east-1", "us-*"])]),
            ),
            6 => (
                "IpAddress".to_owned(),
                "aws:SourceIp",
                json!(*dice.one_of(&["127.0.0.1", "10.0.0.0/8", "0.0.0.0/0", "::/0"])),
            ),
            7 => ("Bool".to_owned(), "aws:SecureTransport", json!(*dice.one_of(&["true", "false"]))),
            8 => (
                format!("Date{}", dice.one_of(&ORDERS)),
                "aws:CurrentTime",
                json!(*dice.one_of(&["2020-01-01T00:00:00Z", "2099-01-01T00:00:00Z"])),
            ),
            9 => (format!("String{text}"), "kms:ViaService", json!("s3.us-east-1.amazonaws.com")),
            10 => (format!("String{text}"), "kms:CallerAccount", json!(account)),
            11 => (format!("String{text}"), "aws:ResourceTag/team", json!(*dice.one_of(&["orders", "o*", "ads"]))),
            12 => ("Bool".to_owned(), "aws:MultiFactorAuthPresent", json!(*dice.one_of(&[true, false]))),
            13 => (format!("String{text}"), "aws:SourceVpce", json!("vpce-1")),
            14 => ("NumericLessThan".to_owned(), "kms:ScheduleKeyDeletionPendingWindowInDays", json!(30)),
            15 => ("StringLike".to_owned(), "aws:PrincipalArn", json!("arn:aws:iam::*:user/${aws:username}")),
            _ => (
                "Null".to_owned(),
                *dice.one_of(&["aws:username", "aws:SourceIp", "aws:SourceVpce"]),
                json!(*dice.one_of(&["true", "false"])),
            ),
        };
        let keys = operators.entry(operator(base, dice)).or_insert_with(|| json!({}));
        keys.as_object_mut().unwrap().insert(key.to_owned(), value);
    }
    Value::Object(operators)
}

const ARNS: [&str; 5] = [
    "arn:aws:iam::*:user/*",
    "arn:aws:iam::123456789012:user/ops/*",
    "arn:aws:*:role/*",
    "arn:*:iam::*:role/?or*",
    "*",
];
const ORDERS: [&str; 4] = ["LessThan", "LessThanEquals", "GreaterThan", "GreaterThanEquals"];

/// The operator, at times its opposite, for several values, or for keys that need not be there.
fn operator(base: String, dice: &mut Dice) -> String {
    if base == "Null" {
        return base;
    }
    let base = match base.as_str() {
        "IpAddress" if dice.happens(40) => "NotIpAddress".to_owned(),
        text if (text.starts_with("String") || text.starts_with("Arn")) && dice.happens(40) => {
            text.replacen("Equals", "NotEquals", 1).replacen("Like", "NotLike", 1)
        }
        _ => base,
    };
    let set = *dice.one_of(&["", "", "", "", "", "", "ForAnyValue:", "ForAllValues:"]);
    format!("{set}{base}{}", if dice.happens(15) { "IfExists" } else { "" })
}
