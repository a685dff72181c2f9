//! Where the server does not do what AWS documents, as data: how it reads policies and requests instead, and a case that
//! shows it.

use policy::{
    Known, Permit, Span, Spanned,
    aws::{
        Condition, Document, Entries, Found, IdentityKind, Principal, PrincipalKind, Request, Statement, Verdict,
        decide, is_everybody, parse,
    },
};
use serde_json::{Value, json};
use servers::{Credentials, Failure, Result, Signer, fixtures::amazon::REGION};

use super::{
    scene::Scene,
    tried::{Tried, agrees},
};

/// One way in which the server differs.
pub(super) struct Difference {
    /// What AWS documents, and where.
    pub(super) aws: &'static str,
    /// What fakecloud 0.51 does.
    pub(super) server: &'static str,
    /// Makes of a policy and a request what the server takes them for. In the order of the list.
    pub(super) reads: fn(&mut Document, &mut Request),
    /// A case: a statement, beside one that leaves all to IAM where `true`; who tries what.
    case: (fn(&Scene) -> Value, bool, &'static str, &'static str),
}

/// Every one that was found.
pub(super) const DIFFERENCES: &[Difference] = &[
    Difference {
        aws: "A statement that denies is about its principals and under its conditions (IAM User Guide, JSON policy elements).",
        server: "For DescribeKey a second look takes every Deny of the action and of all resources for one of everybody.",
        reads: a_second_look_at_describe_key,
        case: (
            |_| json!({"Effect": "Deny", "Principal": {"AWS": "AIDANOBODY"}, "Action": "kms:Describe*", "Resource": "*"}),
            true,
            "full",
            "DescribeKey",
        ),
    },
    Difference {
        aws: "A statement for \"*\" lets everybody of the key's account in without any IAM policy (KMS Developer Guide, \
              Key policies; IAM User Guide, Policy evaluation for requests within a single account).",
        server: "It leaves the decision to IAM, as if it named the account.",
        reads: everybody_is_the_account,
        case: (
            |_| json!({"Effect": "Allow", "Principal": "*", "Action": "kms:*", "Resource": "*"}),
            false,
            "bare",
            "Encrypt",
        ),
    },
    Difference {
        aws: "A role's ARN stands for every session in the role (IAM User Guide, Principal, IAM role principals).",
        server: "It compares the ARN of the session, so a role's ARN names nobody.",
        reads: a_role_is_nobody,
        case: (|scene| allow(json!({"AWS": role(scene, "worker")})), false, "worker", "Verify"),
    },
    Difference {
        aws: "NotPrincipal with Deny has to name the account, the role and the session of whom it excepts, and never \
              excepts who has a boundary (IAM User Guide, NotPrincipal; Permissions boundaries).",
        server: "It excepts whoever is named on any level: all of an account by its root.",
        reads: not_principal_by_any_name,
        case: (
            |scene| json!({"Effect": "Deny", "NotPrincipal": {"AWS": scene.server.account()}, "Action": "kms:*", "Resource": "*"}),
            true,
            "full",
            "Encrypt",
        ),
    },
    Difference {
        aws: "aws:PrincipalArn of a session is its role's ARN (IAM User Guide, AWS global condition context keys).",
        server: "It is the session's ARN.",
        reads: principal_arn_of_the_session,
        case: (
            |scene| under(json!({"ArnEquals": {"aws:PrincipalArn": role(scene, "worker")}}), scene),
            false,
            "worker",
            "Encrypt",
        ),
    },
    Difference {
        aws: "kms:CallerAccount and aws:ViaAWSService are in every request (KMS Developer Guide, AWS KMS condition keys; \
              IAM User Guide, AWS global condition context keys).",
        server: "It does not know them.",
        reads: keys_that_are_missing,
        case: (
            |scene| under(json!({"StringEquals": {"kms:CallerAccount": scene.server.account()}}), scene),
            false,
            "full",
            "Encrypt",
        ),
    },
    Difference {
        aws: "ArnLike and ArnEquals compare each of the six parts of an ARN by itself (IAM User Guide, Condition operators).",
        server: "A star reaches over colons.",
        reads: arns_as_texts,
        case: (
            |scene| under(json!({"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*"}}), scene),
            false,
            "full",
            "Encrypt",
        ),
    },
    Difference {
        aws: "ForAllValues holds where the request does not have the key (IAM User Guide, Multivalued context keys).",
        server: "It does not hold for keys that the server never fills.",
        reads: for_all_values_of_nothing,
        case: (
            |scene| under(json!({"ForAllValues:StringEquals": {"aws:SourceVpce": "vpce-1"}}), scene),
            false,
            "full",
            "Encrypt",
        ),
    },
];

fn allow(principal: Value) -> Value {
    json!({"Effect": "Allow", "Principal": principal, "Action": "kms:*", "Resource": "*"})
}

/// A statement for everybody of the scene under a condition: by name, so that nothing else plays a part.
fn under(condition: Value, scene: &Scene) -> Value {
    let arns: Vec<&str> = scene.people.iter().map(|person| person.arn.as_str()).collect();
    let mut statement = allow(json!({"AWS": arns}));
    statement["Condition"] = condition;
    statement
}

fn role(scene: &Scene, name: &str) -> String {
    format!("arn:aws:iam::{}:role/{name}", scene.server.account())
}

fn aws(value: &str) -> Principal {
    Principal { kind: PrincipalKind::Aws, value: value.to_owned() }
}

fn everybody(span: Span) -> Spanned<Principal> {
    Spanned::new(Principal { kind: PrincipalKind::Everyone, value: "*".to_owned() }, span)
}

fn a_second_look_at_describe_key(document: &mut Document, request: &mut Request) {
    if request.action != "kms:DescribeKey" {
        return;
    }
    let has = |entries: Option<&Entries<String>>, fits: &dyn Fn(&str) -> bool| {
        entries.is_some_and(|entries| !entries.negated && entries.values.iter().any(|entry| fits(&entry.value)))
    };
    let named = |action: &str| match action.strip_suffix('*') {
        Some(start) => "kms:DescribeKey".starts_with(start),
        None => action == "kms:DescribeKey",
    };
    let mut again = Vec::new();
    for statement in document.statements.iter().filter(|statement| statement.denies()) {
        if has(statement.resources.as_ref(), &|resource| resource == "*") && has(statement.actions.as_ref(), &named) {
            let mut of_everybody = Statement { conditions: Vec::new(), ..statement.clone() };
            if let Some(principals) = &mut of_everybody.principals {
                *principals =
                    Entries { negated: false, values: vec![everybody(principals.span)], ..principals.clone() };
            }
            again.push(of_everybody);
        }
    }
    document.statements.extend(again);
}

fn everybody_is_the_account(document: &mut Document, request: &mut Request) {
    let account = request.caller.account.clone().unwrap_or_default();
    for statement in document.statements.iter_mut().filter(|statement| statement.allows()) {
        for entries in statement.principals.iter_mut().filter(|entries| !entries.negated) {
            for entry in entries.values.iter_mut().filter(|entry| is_everybody(&entry.value)) {
                entry.value = aws(&account);
            }
        }
    }
}

fn a_role_is_nobody(document: &mut Document, _: &mut Request) {
    for entry in document.statements.iter_mut().flat_map(|one| &mut one.principals).flat_map(|it| &mut it.values) {
        if entry.value.value.contains(":role/") {
            entry.value = aws("AROANOBODY");
        }
    }
}

fn not_principal_by_any_name(document: &mut Document, request: &mut Request) {
    let caller = &request.caller;
    let account = caller.account.clone().unwrap_or_default();
    let names = |principal: &Principal| {
        let value = principal.value.as_str();
        is_everybody(principal)
            || value == caller.id
            || value == account
            || value == format!("arn:aws:iam::{account}:root")
    };
    document.statements.retain_mut(|statement| {
        let Some(entries) = statement.principals.as_mut().filter(|entries| entries.negated) else { return true };
        let excepted = entries.values.iter().any(|entry| names(&entry.value));
        let span = entries.span;
        *entries = Entries { negated: false, values: vec![everybody(span)], ..entries.clone() };
        !excepted
    });
}

fn principal_arn_of_the_session(_: &mut Document, request: &mut Request) {
    if request.caller.kind == IdentityKind::Session {
        request.context = request.context.clone().with("aws:PrincipalArn", &request.caller.id);
    }
}

fn keys_that_are_missing(_: &mut Document, request: &mut Request) {
    let context = request.context.clone();
    request.context =
        context.without("kms:CallerAccount").without("aws:ViaAWSService").without("aws:PrincipalIsAWSService");
}

/// Does something to every document of a request.
pub(super) fn every(document: &mut Document, request: &mut Request, change: fn(&mut Condition, &Request)) {
    let asked = request.clone();
    let mut documents = vec![document];
    if let Known::Read(policies) = &mut request.iam {
        documents.extend(policies.iter_mut().map(|policy| &mut policy.document));
    }
    for statement in documents.into_iter().flat_map(|document| &mut document.statements) {
        for condition in &mut statement.conditions {
            change(condition, &asked);
        }
    }
}

fn arns_as_texts(document: &mut Document, request: &mut Request) {
    every(document, request, |condition, _| {
        let operator = condition.operator.value.replace("ArnEquals", "ArnLike").replace("ArnNotEquals", "ArnNotLike");
        condition.operator.value = operator.replace("ArnLike", "StringLike").replace("ArnNotLike", "StringNotLike");
    });
}

fn for_all_values_of_nothing(document: &mut Document, request: &mut Request) {
    every(document, request, |condition, request| {
        let absent = request.context.find(&condition.key.value) == Found::Absent;
        let operator = &condition.operator.value;
        if absent && operator.starts_with("ForAllValues:") && !operator.ends_with("IfExists") {
            condition.operator.value = "Null".to_owned();
            condition.values = vec![Spanned::new("false".to_owned(), condition.span)];
        }
    });
}

/// Every case of the list, and those that need more than a statement: the server still does what AWS does not.
pub(super) async fn still_differ(scene: &Scene) -> Result<()> {
    for difference in DIFFERENCES {
        let (statement, delegated, who, action) = difference.case;
        let mut statements = vec![statement(scene)];
        if delegated {
            statements.push(allow(json!({"AWS": scene.server.account()})));
        }
        let text = json!({"Version": "2012-10-17", "Statement": statements}).to_string();
        scene.put(0, &text).await?;
        let person = scene.people.iter().position(|person| person.arn.contains(&format!("/{who}"))).unwrap();
        let allowed = scene.may(person, 0, action, &text).await?;
        let tried = Tried { text, person, key: 0, action, allowed };
        let by_aws = tried.decided(scene);
        let says = format!("AWS: {} The server: {} {}", difference.aws, difference.server, tried.says(scene));
        assert!(!agrees(&by_aws, allowed), "no longer so, so the entry has to go: {says}");
    }
    grants_are_not_looked_at(scene).await?;
    the_key_named_test_may_everything(scene).await
}

/// AWS: a grant lets its grantee in (KMS Developer Guide, Grants in AWS KMS). The server keeps grants and asks none.
async fn grants_are_not_looked_at(scene: &Scene) -> Result<()> {
    let text = json!({"Version": "2012-10-17", "Statement": [allow(json!({"AWS": scene.people[1].arn}))]}).to_string();
    scene.put(0, &text).await?;
    let bare = scene.people[0].arn.clone();
    let grant = json!({"KeyId": scene.keys[0], "GranteePrincipal": bare, "Operations": ["Encrypt"]});
    let made = scene.server.call(REGION, "TrentService.CreateGrant", grant).await?;
    let id = made["GrantId"].as_str().unwrap_or_default().to_owned();
    let mut request = scene.request(0, 0, "Encrypt");
    let narrowed = Vec::new();
    request.permits.push(Permit { grantee: bare, operations: vec!["Encrypt".to_owned()], narrowed, id });
    assert_eq!(decide(&parse(&text, true), &request).verdict, Verdict::Allowed);
    assert!(!scene.may(0, 0, "Encrypt", &text).await?, "the server looks at grants now: they can be compared too");
    Ok(())
}

/// AWS: not even the root user may what no key policy allows (KMS Developer Guide, Key policies). Access keys that begin
/// with `test` are this server's root user, and nothing is asked of them. So the root user cannot be compared.
async fn the_key_named_test_may_everything(scene: &Scene) -> Result<()> {
    let text = json!({"Version": "2012-10-17", "Statement": [allow(json!({"AWS": scene.people[1].arn}))]}).to_string();
    scene.put(0, &text).await?;
    let root = Signer { credentials: Credentials::root(), session_token: None };
    if scene.may_as(&root, 0, "Encrypt", &text).await? {
        return Ok(());
    }
    Err(Failure::new("the root user is asked now: it can be compared too"))
}
