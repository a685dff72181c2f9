//! Policies as accounts have them, for measurements: key policies of four kinds, and texts of one size in several shapes.

use serde_json::{Value, json};

/// The account that owns the keys.
pub(crate) const ACCOUNT: &str = "111122223333";

/// A kind of text, and how one of it is made of a number: its own, so that no two are the same, or its size.
pub(crate) type Kind = (&'static str, fn(usize) -> String);

/// In an account most keys have one of the first two; few have many statements.
pub(crate) const KINDS: &[Kind] = &[
    ("the default", default_policy),
    ("the console's four statements", console),
    ("two services", services),
    ("twenty statements", |number| policy(delegated((1..20).map(|at| mixed(number * 20 + at))), false)),
];

/// Which kind a number's policy is of.
pub(crate) fn kind_of(number: usize) -> usize {
    match number % 10 {
        0..=3 => 0,
        4..=6 => 1,
        7 | 8 => 2,
        _ => 3,
    }
}

/// Shapes of a large key policy, each made of the bytes that it may have.
pub(crate) const SHAPES: &[Kind] = &[
    ("key policy, mixed, in lines", |bytes| grown(bytes, true, mixed)),
    ("key policy, mixed, dense", |bytes| grown(bytes, false, mixed)),
    ("key policy, small statements", |bytes| grown(bytes, false, small)),
    ("key policy, long lists", |bytes| grown(bytes, false, lists)),
    ("key policy, denials", |bytes| grown(bytes, false, denials)),
    ("key policy, a slip in every statement", |bytes| grown(bytes, false, slips)),
];

/// An ACL policy of Vault in HCL, of at most so many bytes.
pub(crate) fn acl(bytes: usize) -> String {
    let mut text = String::new();
    for number in 0.. {
        let rule = rule(number);
        if text.len() + rule.len() > bytes {
            break;
        }
        text.push_str(&rule);
    }
    text
}

/// The ARN of a key by its number.
pub(crate) fn key_arn(number: usize) -> String {
    format!("arn:aws:kms:eu-west-1:{ACCOUNT}:key/1234abcd-12ab-34cd-56ef-{number:012x}")
}

/// The ARN of a role by its number.
pub(crate) fn role(number: usize) -> String {
    format!("arn:aws:iam::{ACCOUNT}:role/service-{number}")
}

fn other_account(number: usize) -> String {
    format!("{:012}", 444_455_550_000 + number)
}

fn root(account: &str) -> String {
    format!("arn:aws:iam::{account}:root")
}

fn policy(statements: impl Iterator<Item = Value>, in_lines: bool) -> String {
    let policy = json!({"Version": "2012-10-17", "Statement": statements.collect::<Vec<_>>()});
    if in_lines { format!("{policy:#}") } else { policy.to_string() }
}

fn delegation() -> Value {
    json!({"Sid": "Enable IAM User Permissions", "Effect": "Allow", "Principal": {"AWS": root(ACCOUNT)},
           "Action": "kms:*", "Resource": "*"})
}

fn default_policy(number: usize) -> String {
    json!({"Version": "2012-10-17", "Id": format!("key-default-{number}"), "Statement": [delegation()]}).to_string()
}

const ADMINISTER: [&str; 16] = [
    "kms:Create*",
    "kms:Describe*",
    "kms:Enable*",
    "kms:List*",
    "kms:Put*",
    "kms:Update*",
    "kms:Revoke*",
    "kms:Disable*",
    "kms:Get*",
    "kms:Delete*",
    "kms:ImportKeyMaterial",
    "kms:TagResource",
    "kms:UntagResource",
    "kms:ScheduleKeyDeletion",
    "kms:CancelKeyDeletion",
    "kms:RotateKeyOnDemand",
];
const USE: [&str; 5] = ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"];

/// As the console writes it, in lines.
fn console(number: usize) -> String {
    let statements = [
        delegation(),
        json!({"Sid": "Allow access for Key Administrators", "Effect": "Allow",
               "Principal": {"AWS": format!("arn:aws:iam::{ACCOUNT}:role/KeyAdmin")},
               "Action": ADMINISTER, "Resource": "*"}),
        json!({"Sid": "Allow use of the key", "Effect": "Allow",
               "Principal": {"AWS": [role(number), role(number + 1)]}, "Action": USE, "Resource": "*"}),
        json!({"Sid": "Allow attachment of persistent resources", "Effect": "Allow",
               "Principal": {"AWS": [role(number), role(number + 1)]},
               "Action": ["kms:CreateGrant", "kms:ListGrants", "kms:RevokeGrant"], "Resource": "*",
               "Condition": {"Bool": {"kms:GrantIsForAWSResource": "true"}}}),
    ];
    policy(statements.into_iter(), true)
}

fn services(number: usize) -> String {
    policy(delegated([service(number), service(number + 1)].into_iter()), true)
}

fn service(number: usize) -> Value {
    const SERVICES: [&str; 4] =
        ["cloudtrail.amazonaws.com", "logs.eu-west-1.amazonaws.com", "sns.amazonaws.com", "s3.amazonaws.com"];
    json!({"Sid": format!("Service {number}"), "Effect": "Allow", "Principal": {"Service": SERVICES[number % 4]},
           "Action": ["kms:Decrypt", "kms:GenerateDataKey*"], "Resource": "*",
           "Condition": {"StringEquals": {"aws:SourceAccount": ACCOUNT},
                         "ArnLike": {"aws:SourceArn": format!("arn:aws:*:eu-west-1:{ACCOUNT}:trail/{number}*")}}})
}

fn user(number: usize) -> Value {
    json!({"Sid": format!("Use {number}"), "Effect": "Allow", "Principal": {"AWS": [role(number), role(number + 1)]},
           "Action": USE, "Resource": "*",
           "Condition": {"StringEquals": {"kms:ViaService": ["s3.eu-west-1.amazonaws.com", "rds.eu-west-1.amazonaws.com"],
                                          "kms:EncryptionContext:Department": format!("department-{number}")}}})
}

fn across(number: usize) -> Value {
    json!({"Sid": format!("Account {number}"), "Effect": "Allow", "Principal": {"AWS": root(&other_account(number))},
           "Action": USE, "Resource": "*", "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}})
}

fn denial(number: usize) -> Value {
    json!({"Sid": format!("Deny {number}"), "Effect": "Deny", "Principal": {"AWS": "*"},
           "Action": ["kms:Decrypt", "kms:ReEncryptFrom"], "Resource": "*",
           "Condition": {"ArnNotLike": {"aws:PrincipalArn": [role(number), format!("arn:aws:iam::{ACCOUNT}:role/ops-*")]},
                         "Bool": {"aws:ViaAWSService": "false"}}})
}

/// What stands in large policies, in turn.
fn mixed(number: usize) -> Value {
    match number % 10 {
        9 => denial(number),
        0 | 3 | 6 => service(number),
        1 | 4 | 7 => user(number),
        _ => across(number),
    }
}

/// Statements behind the one that delegates to IAM.
fn delegated(others: impl Iterator<Item = Value>) -> impl Iterator<Item = Value> {
    std::iter::once(delegation()).chain(others)
}

fn small(number: usize) -> Value {
    json!({"Effect": "Allow", "Principal": {"AWS": role(number)}, "Action": "kms:Decrypt", "Resource": "*"})
}

fn lists(number: usize) -> Value {
    let roles: Vec<String> = (0..60).map(|at| role(number * 60 + at)).collect();
    let actions: Vec<String> = policy::aws::KMS_ACTIONS
        .iter()
        .filter(|action| action.of_key)
        .map(|action| format!("kms:{}", action.name))
        .collect();
    json!({"Sid": format!("List {number}"), "Effect": "Allow", "Principal": {"AWS": roles}, "Action": actions, "Resource": "*"})
}

fn denials(number: usize) -> Value {
    if number.is_multiple_of(2) { denial(number) } else { user(number) }
}

fn slips(number: usize) -> Value {
    json!({"Sid": "Slip", "Effect": "Allow", "Principal": {"AWS": format!("arn:aws:iam::11112222333:role/service-{number}")},
           "Action": ["kms:Decrpt", "kms:GenrateDataKey"], "Resource": key_arn(number),
           "Condition": {"StringEqual": {"kms:ViaServce": "s3.eu-west-1.amazonaws.com"}}})
}

/// As many statements as fit.
fn grown(bytes: usize, in_lines: bool, of: fn(usize) -> Value) -> String {
    let (mut statements, mut text) = (vec![delegation()], String::new());
    for number in 1.. {
        statements.push(of(number));
        let longer = policy(statements.iter().cloned(), in_lines);
        if longer.len() > bytes {
            break;
        }
        text = longer;
    }
    text
}

fn rule(number: usize) -> String {
    match number % 5 {
        0 => format!(
            "path \"secret/data/team-{number}/*\" {{\n  capabilities = [\"create\", \"read\", \"update\"]\n}}\n\n"
        ),
        1 => format!("path \"transit/sign/key-{number}\" {{\n  capabilities = [\"update\"]\n}}\n\n"),
        2 => format!("path \"secret/metadata/+/app-{number}\" {{\n  capabilities = [\"list\", \"read\"]\n}}\n\n"),
        3 => format!(
            "# pki of team {number}\npath \"pki/issue/team-{number}\" {{\n  capabilities = [\"update\"]\n  \
             allowed_parameters = {{\n    \"common_name\" = [\"*.team-{number}.example.com\"]\n    \"*\" = []\n  }}\n}}\n\n"
        ),
        _ => format!("path \"secret/data/team-{number}/private\" {{\n  capabilities = [\"deny\"]\n}}\n\n"),
    }
}
