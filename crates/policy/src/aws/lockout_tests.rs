//! Whether the caller keeps the right to change the policy. What is not known is never called safe.

use super::lockout;
use crate::{Caller, Known, NamedPolicy, Retention, Surroundings};

const KEY: &str = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
const ANN: &str = "arn:aws:iam::111122223333:user/Ann";
const SESSION: &str = "arn:aws:sts::111122223333:assumed-role/Admin/ann";
const ROOT: &str = r#"{"Sid":"Root","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:root"},"Action":"kms:*","Resource":"*"}"#;
const ALL: &str = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"kms:*","Resource":"*"}}"#;

fn around(caller: &str, policies: Known<Vec<NamedPolicy>>) -> Surroundings {
    let caller = Some(Caller { id: caller.to_owned(), policies });
    Surroundings { item: Some(KEY.to_owned()), caller, ..Surroundings::default() }
}

fn read(texts: &[&str]) -> Known<Vec<NamedPolicy>> {
    let named = |text: &&str| NamedPolicy { name: "keys".to_owned(), text: (*text).to_owned(), limits: false };
    Known::Read(texts.iter().map(named).collect())
}

fn unread() -> Known<Vec<NamedPolicy>> {
    Known::Unread("iam:ListUserPolicies is denied".to_owned())
}

fn text(statements: &[&str]) -> String {
    format!(r#"{{"Version":"2012-10-17","Statement":[{}]}}"#, statements.join(","))
}

fn naming(arn: &str) -> String {
    ROOT.replace("arn:aws:iam::111122223333:root", arn).replace("Root", "Named")
}

#[track_caller]
fn is(statements: &[&str], caller: &str, policies: Known<Vec<NamedPolicy>>, expected: Retention, says: &str) {
    let found = lockout(&text(statements), &around(caller, policies));
    assert_eq!(found.caller, expected, "{found:?}");
    assert!(found.says.contains(says), "{found:?}");
    assert_eq!(found.next.is_none(), expected == Retention::Keeps, "{found:?}");
}

#[test]
fn the_caller_keeps_it() {
    let (ann, role) = (naming(ANN), naming("arn:aws:iam::111122223333:role/team/Admin"));
    is(&[&ann], ANN, read(&[]), Retention::Keeps, "by \"Named\"");
    is(&[&role], SESSION, read(&[]), Retention::Keeps, "by \"Named\"");
    is(&[ROOT], ANN, read(&[ALL]), Retention::Keeps, "by \"Root\" and statement 1 of the IAM policy keys");
    is(&[ROOT], "arn:aws:iam::111122223333:root", unread(), Retention::Keeps, "the root user");
    // Such a denial would stop the change itself.
    is(&[&ann], ANN, unread(), Retention::Keeps, "Your IAM policies are not known");
}

#[test]
fn the_caller_loses_it() {
    let bob = naming("arn:aws:iam::111122223333:user/Bob");
    is(&[&bob], ANN, read(&[ALL]), Retention::Loses, "no statement lets user Ann of account 111122223333 call");
    is(&[ROOT], ANN, read(&[]), Retention::Loses, "yours do not allow kms:PutKeyPolicy");
    let no_put = ALL.replace("kms:*", "kms:Get*");
    is(
        &[ROOT],
        ANN,
        read(&[&no_put]),
        Retention::Loses,
        "\"Root\" leaves it to the IAM policies of account 111122223333",
    );
    let deny = naming(ANN).replace("Allow", "Deny").replace("Named", "No");
    is(&[&naming(ANN), &deny], ANN, read(&[ALL]), Retention::Loses, "\"No\" denies kms:PutKeyPolicy");
    is(&[&naming("AIDAQ3EGUZME7EXAMPLE7")], ANN, read(&[ALL]), Retention::Loses, "no statement");
    let theirs = "arn:aws:iam::444455556666:user/Bob";
    is(&[&naming(theirs)], theirs, read(&[ALL]), Retention::Loses, "The key is of account 111122223333");
}

#[test]
fn what_is_not_known_is_not_safe() {
    is(&[ROOT], ANN, unread(), Retention::CannotTell, "iam:ListUserPolicies is denied");
    let inside = naming(ANN).replace("\"*\"}", r#""*","Condition":{"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}}}"#);
    is(&[&inside], ANN, read(&[]), Retention::CannotTell, "aws:SourceIp");
    is(&[&inside, &naming(ANN)], ANN, read(&[]), Retention::Keeps, "");
    let condition = r#""Resource":"*","Condition":{"StringNotEquals":{"aws:PrincipalOrgID":"o-1"}}}"#;
    let deny = naming("*").replace("Allow", "Deny").replace("\"Resource\":\"*\"}", condition);
    assert!(deny.contains("o-1"));
    is(&[ROOT, &deny], ANN, read(&[ALL]), Retention::CannotTell, "aws:PrincipalOrgID");
    is(&[&ROOT.replace("Allow", "allow")], ANN, read(&[ALL]), Retention::CannotTell, "not well-formed");
    is(&[ROOT], ANN, read(&["{"]), Retention::CannotTell, "keys, which is not well-formed");
    is(&[ROOT], "somebody", read(&[ALL]), Retention::CannotTell, "\"somebody\"");
    let nobody = Surroundings { item: Some(KEY.to_owned()), ..Surroundings::default() };
    assert_eq!(lockout(&text(&[ROOT]), &nobody).caller, Retention::CannotTell);
    let nowhere = Surroundings { item: None, ..around(ANN, read(&[ALL])) };
    assert_eq!(lockout(&text(&[ROOT]), &nowhere).caller, Retention::CannotTell);
}

#[test]
fn conditions_of_this_very_call_are_known() {
    let only = |condition: &str| naming(ANN).replace("\"*\"}", &format!(r#""*","Condition":{{{condition}}}}}"#));
    let mine = only(r#""StringEquals":{"kms:CallerAccount":"111122223333"}"#);
    is(&[&mine], ANN, read(&[]), Retention::Keeps, "");
    let bypassing = only(r#""Bool":{"kms:BypassPolicyLockoutSafetyCheck":"true"}"#);
    is(&[&bypassing], ANN, read(&[]), Retention::Loses, "no statement");
    let through = only(r#""StringEquals":{"kms:ViaService":"s3.eu-west-1.amazonaws.com"}"#);
    is(&[&through], ANN, read(&[]), Retention::Loses, "no statement");
}

#[test]
fn who_else_could() {
    let others = |statements: &[&str]| {
        let found = lockout(&text(statements), &around(ANN, read(&[])));
        let ids: Vec<String> = found.others.iter().map(|holder| holder.id.clone()).collect();
        (found.says, ids)
    };
    let (says, ids) = others(&[&naming("arn:aws:iam::111122223333:role/Admin"), &naming(ANN)]);
    assert_eq!(ids, ["arn:aws:iam::111122223333:role/Admin"]);
    assert!(!says.contains("AWS Support"), "{says}");
    let (says, ids) = others(&[&naming("arn:aws:iam::444455556666:role/Admin"), &naming("AROAQ3EGUZME7EXAMPLE7")]);
    assert_eq!(ids, [""; 0], "no other account can change it");
    assert!(says.contains("only AWS Support"), "{says}");
}
