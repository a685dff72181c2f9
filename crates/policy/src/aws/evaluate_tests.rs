//! Every rule by which AWS decides, each by a policy in which a plausible mistake would show.

use super::{Context, IamPolicy, Identity, Request, Source, Verdict, decide, parse};
use crate::{Known, NamedPolicy, Permit};

const KEY: &str = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
const ANN: &str = "arn:aws:iam::111122223333:user/ops/Ann";
const ADMIN: &str = "arn:aws:iam::111122223333:role/team/Admin";
const SESSION: &str = "arn:aws:sts::111122223333:assumed-role/Admin/ann";
const ROOT: &str = "arn:aws:iam::111122223333:root";
const STRANGER: &str = "arn:aws:iam::444455556666:user/Bob";

const DELEGATES: &str = r#"{"Sid":"Root","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:root"},"Action":"kms:*","Resource":"*"}"#;
const ALL: &str = r#"{"Effect":"Allow","Action":"kms:*","Resource":"*"}"#;

fn policy(statements: &[&str]) -> String {
    format!(r#"{{"Version":"2012-10-17","Statement":[{}]}}"#, statements.join(","))
}

/// A statement with that effect, those principals and that rest.
fn statement(effect: &str, principals: &str, rest: &str) -> String {
    let (principal, resource) = (
        if principals.contains("rincipal\":") { principals.to_owned() } else { format!("\"Principal\":{principals}") },
        if rest.contains("Resource") { "" } else { r#","Resource":"*""# },
    );
    format!(r#"{{"Effect":"{effect}",{principal},{rest}{resource}}}"#)
}

fn aws(arn: &str) -> String {
    format!(r#"{{"AWS":"{arn}"}}"#)
}

/// Policies of IAM: those that allow, and those that only limit.
fn iam(allowing: &[&str], limiting: &[&str]) -> Known<Vec<IamPolicy>> {
    let named = |limits: bool| {
        move |(index, statements): (usize, &&str)| NamedPolicy {
            name: format!("{}{index}", if limits { "limit" } else { "own" }),
            text: policy(&[statements]),
            limits,
        }
    };
    let own = allowing.iter().enumerate().map(named(false));
    IamPolicy::read(&Known::Read(own.chain(limiting.iter().enumerate().map(named(true))).collect()))
}

fn none() -> Known<Vec<IamPolicy>> {
    iam(&[], &[])
}

fn unread() -> Known<Vec<IamPolicy>> {
    Known::Unread("iam:ListAttachedUserPolicies is denied".to_owned())
}

fn request(caller: &str, action: &str, iam: Known<Vec<IamPolicy>>) -> Request {
    Request::of(Identity::of_caller(caller).unwrap(), action, KEY, iam)
}

fn verdict(statements: &[&str], caller: &str, iam: Known<Vec<IamPolicy>>) -> Verdict {
    decide(&parse(&policy(statements), true), &request(caller, "kms:Decrypt", iam)).verdict
}

fn unknown(verdict: &Verdict) -> bool {
    matches!(verdict, Verdict::Unknown { .. })
}

#[test]
fn the_account_leaves_it_to_iam() {
    assert_eq!(verdict(&[DELEGATES], ANN, none()), Verdict::NotAllowed);
    assert_eq!(verdict(&[DELEGATES], ANN, iam(&[ALL], &[])), Verdict::Allowed);
    assert_eq!(verdict(&[DELEGATES], ANN, unread()), Verdict::DependsOnIam);
    assert_eq!(verdict(&[&DELEGATES.replace(ROOT, "111122223333")], ANN, iam(&[ALL], &[])), Verdict::Allowed);
    assert_eq!(verdict(&[DELEGATES], ROOT, none()), Verdict::Allowed, "the root user needs no IAM policy");
    let other = DELEGATES.replace("111122223333", "444455556666");
    assert_eq!(verdict(&[&other], ANN, iam(&[ALL], &[])), Verdict::NotAllowed);
}

#[test]
fn iam_alone_has_no_effect() {
    let bob = statement("Allow", &aws("arn:aws:iam::111122223333:user/Bob"), r#""Action":"kms:*""#);
    assert_eq!(verdict(&[&bob], ANN, iam(&[ALL], &[])), Verdict::NotAllowed);
    assert_eq!(verdict(&[&bob], ROOT, none()), Verdict::NotAllowed, "not even the root user's");
}

#[test]
fn who_is_named_needs_no_iam_policy() {
    for (principal, caller) in [
        (ANN, ANN),
        (ADMIN, ADMIN),
        (ADMIN, SESSION),
        (SESSION, SESSION),
        ("*", ANN),
        ("*", SESSION),
        ("arn:aws:sts::111122223333:federated-user/fed", "arn:aws:sts::111122223333:federated-user/fed"),
    ] {
        let named = statement("Allow", &aws(principal), r#""Action":"kms:Decrypt""#);
        assert_eq!(verdict(&[&named], caller, none()), Verdict::Allowed, "{principal} {caller}");
    }
    for (principal, caller) in [
        (ANN, "arn:aws:iam::111122223333:user/Ann"),
        (ADMIN, "arn:aws:iam::111122223333:role/Reader"),
        (ADMIN, "arn:aws:sts::444455556666:assumed-role/Admin/ann"),
        (SESSION, "arn:aws:sts::111122223333:assumed-role/Admin/bob"),
        ("arn:aws:iam::111122223333:user/*", ANN),
        ("AIDAQ3EGUZME7EXAMPLE7", ANN),
        ("AROAQ3EGUZME7EXAMPLE7", SESSION),
        ("s3.amazonaws.com", ANN),
    ] {
        let named = statement("Allow", &aws(principal), r#""Action":"kms:Decrypt""#);
        assert_eq!(verdict(&[&named], caller, iam(&[ALL], &[])), Verdict::NotAllowed, "{principal} {caller}");
    }
}

#[test]
fn a_denial_goes_before_everything() {
    let named = statement("Allow", &aws(ANN), r#""Action":"kms:*""#);
    let denied = |principal: &str| statement("Deny", &aws(principal), r#""Action":"kms:Decrypt""#);
    for principal in [ANN, ROOT, "*", "111122223333"] {
        assert_eq!(verdict(&[&named, &denied(principal)], ANN, iam(&[ALL], &[])), Verdict::Denied, "{principal}");
    }
    assert_eq!(verdict(&[&named, &denied(ADMIN)], ANN, none()), Verdict::Allowed);
    let role = statement("Allow", &aws(SESSION), r#""Action":"kms:*""#);
    assert_eq!(verdict(&[&role, &denied(ADMIN)], SESSION, none()), Verdict::Denied, "a role's denial is its sessions'");
    let in_iam = r#"{"Sid":"No","Effect":"Deny","Action":"kms:Decrypt","Resource":"*"}"#;
    assert_eq!(verdict(&[&named], ANN, iam(&[ALL, in_iam], &[])), Verdict::Denied);
    assert_eq!(verdict(&[&named], ANN, iam(&[], &[in_iam])), Verdict::Denied);
    let decision = decide(&parse(&policy(&[&named]), true), &request(ANN, "kms:Decrypt", iam(&[ALL, in_iam], &[])));
    assert_eq!(decision.by.len(), 1);
    assert_eq!((decision.by[0].label.as_str(), &decision.by[0].of), ("\"No\"", &Source::IamPolicy("own1".to_owned())));
}

#[test]
fn what_was_not_read_may_still_deny() {
    let named = statement("Allow", &aws(ANN), r#""Action":"kms:*""#);
    let decision = decide(&parse(&policy(&[&named]), true), &request(ANN, "kms:Decrypt", unread()));
    assert_eq!(decision.verdict, Verdict::Allowed);
    assert_eq!(decision.unread.as_deref(), Some("iam:ListAttachedUserPolicies is denied"));
    let root = decide(&parse(&policy(&[DELEGATES]), true), &request(ROOT, "kms:Decrypt", unread()));
    assert_eq!((root.verdict, root.unread), (Verdict::Allowed, None));
}

#[test]
fn boundaries_and_session_policies_limit_all_but_who_is_named_themselves() {
    let only_encrypt = r#"{"Effect":"Allow","Action":"kms:Encrypt","Resource":"*"}"#;
    let limited = || iam(&[ALL], &[only_encrypt]);
    assert_eq!(verdict(&[DELEGATES], ANN, limited()), Verdict::NotAllowed);
    assert_eq!(verdict(&[DELEGATES], ANN, iam(&[ALL], &[ALL])), Verdict::Allowed);
    assert_eq!(verdict(&[DELEGATES], ANN, iam(&[], &[ALL])), Verdict::NotAllowed, "a limit allows nothing itself");
    let named = |principal: &str| statement("Allow", &aws(principal), r#""Action":"kms:*""#);
    assert_eq!(verdict(&[&named(ANN)], ANN, limited()), Verdict::Allowed);
    assert_eq!(verdict(&[&named(SESSION)], SESSION, limited()), Verdict::Allowed);
    assert_eq!(verdict(&[&named("*")], SESSION, limited()), Verdict::Allowed);
    assert_eq!(verdict(&[&named(ADMIN)], SESSION, limited()), Verdict::NotAllowed);
    // Of two session policies one is enough, of a boundary and a session policy none.
    assert!(unknown(&verdict(&[DELEGATES], ANN, iam(&[ALL], &[ALL, only_encrypt]))));
}

#[test]
fn another_account_needs_both_sides() {
    for principal in [STRANGER, "arn:aws:iam::444455556666:root", "444455556666", "*"] {
        let named = statement("Allow", &aws(principal), r#""Action":"kms:*""#);
        assert_eq!(verdict(&[&named], STRANGER, none()), Verdict::NotAllowed, "{principal}");
        assert_eq!(verdict(&[&named], STRANGER, iam(&[ALL], &[])), Verdict::Allowed, "{principal}");
        assert_eq!(verdict(&[&named], STRANGER, unread()), Verdict::DependsOnIam, "{principal}");
        let document = parse(&policy(&[&named]), true);
        let put = request(STRANGER, "kms:PutKeyPolicy", iam(&[ALL], &[]));
        assert_eq!(decide(&document, &put).verdict, Verdict::NotAllowed, "no other account can be let do that");
    }
    assert_eq!(verdict(&[DELEGATES], STRANGER, iam(&[ALL], &[])), Verdict::NotAllowed);
}

#[test]
fn services() {
    let s3 = statement("Allow", r#"{"Service":"s3.amazonaws.com"}"#, r#""Action":"kms:Decrypt""#);
    assert_eq!(verdict(&[&s3], "s3.amazonaws.com", none()), Verdict::Allowed);
    assert_eq!(verdict(&[&s3], "ec2.amazonaws.com", none()), Verdict::NotAllowed);
    assert_eq!(verdict(&[&s3], ANN, iam(&[ALL], &[])), Verdict::NotAllowed);
}

#[test]
fn actions_and_their_opposites() {
    let cases = [
        (r#""Action":"KMS:decrypt""#, Verdict::Allowed),
        (r#""Action":["kms:Encrypt","kms:*crypt"]"#, Verdict::Allowed),
        (r#""Action":"kms:Encrypt""#, Verdict::NotAllowed),
        (r#""NotAction":"kms:Encrypt""#, Verdict::Allowed),
        (r#""NotAction":["kms:Encrypt","kms:D*"]"#, Verdict::NotAllowed),
        (r#""Action":"kms:*","NotResource":"arn:aws:kms:*:*:key/9*""#, Verdict::Allowed),
        (r#""Action":"kms:*","NotResource":"arn:aws:kms:*:111122223333:key/1234*""#, Verdict::NotAllowed),
        (r#""Action":"kms:*","Resource":"arn:aws:kms:eu-west-1:111122223333:key/*""#, Verdict::Allowed),
        (r#""Action":"kms:*","Resource":"arn:aws:kms:eu-west-1:111122223333:alias/*""#, Verdict::NotAllowed),
    ];
    for (rest, expected) in cases {
        assert_eq!(verdict(&[&statement("Allow", &aws(ANN), rest)], ANN, none()), expected, "{rest}");
    }
    let deny = statement("Deny", &aws("*"), r#""NotAction":"kms:DescribeKey""#);
    assert_eq!(verdict(&[&statement("Allow", &aws(ANN), r#""Action":"*""#), &deny], ANN, none()), Verdict::Denied);
}

#[test]
fn not_principal_in_a_denial_has_to_name_every_level() {
    let allow = statement("Allow", r#""*""#, r#""Action":"kms:*""#);
    let but = |arns: &[&str]| {
        statement("Deny", &format!(r#""NotPrincipal":{{"AWS":["{}"]}}"#, arns.join("\",\"")), r#""Action":"kms:*""#)
    };
    let case = |arns: &[&str], caller: &str| verdict(&[&allow, &but(arns)], caller, none());
    assert_eq!(case(&[ANN, ROOT], ANN), Verdict::Allowed);
    assert!(unknown(&case(&[ANN], ANN)), "AWS may check the account first");
    assert_eq!(case(&[ROOT], ANN), Verdict::Denied);
    assert_eq!(case(&[ROOT], ROOT), Verdict::Allowed);
    assert_eq!(case(&[ANN, ROOT], STRANGER), Verdict::Denied);
    assert_eq!(case(&[SESSION, ADMIN, ROOT], SESSION), Verdict::Allowed);
    assert_eq!(case(&[ADMIN, ROOT], SESSION), Verdict::Denied, "a role in NotPrincipal excepts no session of it");
    assert_eq!(case(&["s3.amazonaws.com"], "s3.amazonaws.com"), Verdict::Denied, "it is no AWS principal");
    let bounded = verdict(&[&allow, &but(&[ANN, ROOT])], ANN, iam(&[], &[ALL]));
    assert_eq!(bounded, Verdict::Denied, "whoever has a boundary is always denied");
}

#[test]
fn not_principal_that_allows_lets_everybody_else_in() {
    let but =
        |arn: &str| statement("Allow", &format!(r#""NotPrincipal":{{"AWS":"{arn}"}}"#), r#""Action":"kms:Decrypt""#);
    assert_eq!(verdict(&[&but(STRANGER)], ANN, none()), Verdict::Allowed);
    assert_eq!(verdict(&[&but(ANN)], ANN, none()), Verdict::NotAllowed);
    assert!(unknown(&verdict(&[&but(ROOT)], ANN, none())));
}

#[test]
fn an_unknown_condition_is_unknown_only_where_it_decides() {
    let on_ip = r#""Action":"kms:*","Condition":{"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}}"#;
    let allow = statement("Allow", &aws(ANN), on_ip);
    let expected = Verdict::Unknown { on: vec!["aws:SourceIp".to_owned()] };
    assert_eq!(verdict(&[&allow], ANN, none()), expected);
    assert_eq!(verdict(&[&allow], STRANGER, none()), Verdict::NotAllowed);
    let free = statement("Allow", &aws(ANN), r#""Action":"kms:*""#);
    assert_eq!(verdict(&[&allow, &free], ANN, none()), Verdict::Allowed);
    let deny = statement("Deny", &aws("*"), on_ip);
    assert_eq!(verdict(&[&free, &deny], ANN, none()), expected);
    assert_eq!(verdict(&[&deny], ANN, none()), Verdict::NotAllowed);
    let document = parse(&policy(&[&allow]), true);
    let mut from_inside = request(ANN, "kms:Decrypt", none());
    from_inside.context = from_inside.context.with("aws:SourceIp", "10.1.2.3");
    assert_eq!(decide(&document, &from_inside).verdict, Verdict::Allowed);
    from_inside.context = Context::default().complete();
    assert_eq!(decide(&document, &from_inside).verdict, Verdict::NotAllowed);
}

#[test]
fn what_follows_from_the_caller_decides_conditions() {
    let on =
        |condition: &str| statement("Allow", r#""*""#, &format!(r#""Action":"kms:*","Condition":{{{condition}}}"#));
    let mine = on(r#""StringEquals":{"kms:CallerAccount":"111122223333"}"#);
    assert_eq!(verdict(&[&mine], ANN, none()), Verdict::Allowed);
    assert_eq!(verdict(&[&mine], STRANGER, iam(&[ALL], &[])), Verdict::NotAllowed);
    let arn = on(&format!(r#""ArnEquals":{{"aws:PrincipalArn":"{ADMIN}"}}"#));
    assert_eq!(verdict(&[&arn], ADMIN, none()), Verdict::Allowed);
    assert_eq!(verdict(&[&arn], ANN, none()), Verdict::NotAllowed);
    assert!(unknown(&verdict(&[&arn], SESSION, none())), "a session's ARN leaves out the role's path");
    let through = on(r#""StringEquals":{"kms:ViaService":"s3.eu-west-1.amazonaws.com"}"#);
    assert_eq!(verdict(&[&through], ANN, none()), Verdict::NotAllowed, "a direct call comes through no service");
}

#[test]
fn grants_allow_beside_the_policy() {
    let nobody = statement("Allow", &aws("arn:aws:iam::111122223333:user/Bob"), r#""Action":"kms:*""#);
    let grant = |grantee: &str, narrowed: &[&str]| Permit {
        grantee: grantee.to_owned(),
        operations: vec!["Decrypt".to_owned(), "ReEncryptFrom".to_owned()],
        narrowed: narrowed.iter().map(|text| (*text).to_owned()).collect(),
        id: "0c23".to_owned(),
    };
    let by = |caller: &str, action: &str, permit: Permit, statements: &[&str]| {
        let mut request = request(caller, action, none());
        request.permits.push(permit);
        decide(&parse(&policy(statements), true), &request)
    };
    let decision = by(ANN, "kms:Decrypt", grant(ANN, &[]), &[&nobody]);
    assert_eq!(decision.verdict, Verdict::Allowed);
    assert_eq!((decision.by[0].label.as_str(), &decision.by[0].of), ("0c23", &Source::Grant));
    assert_eq!(by(ANN, "kms:Encrypt", grant(ANN, &[]), &[&nobody]).verdict, Verdict::NotAllowed);
    assert_eq!(by(SESSION, "kms:Decrypt", grant(ADMIN, &[]), &[&nobody]).verdict, Verdict::Allowed);
    assert_eq!(by(ANN, "kms:Decrypt", grant(ADMIN, &[]), &[&nobody]).verdict, Verdict::NotAllowed);
    assert!(unknown(&by(ANN, "kms:Decrypt", grant(ANN, &["only with app = pay"]), &[&nobody]).verdict));
    let deny = statement("Deny", &aws(ANN), r#""Action":"kms:Decrypt""#);
    assert_eq!(by(ANN, "kms:Decrypt", grant(ANN, &[]), &[&nobody, &deny]).verdict, Verdict::Denied);
}

#[test]
fn a_text_that_is_not_well_formed_decides_nothing() {
    let sound = statement("Allow", &aws(ANN), r#""Action":"kms:*""#);
    for broken in [sound.replace("Allow", "allow"), sound.replace("Action", "Actions"), sound.replacen('{', "", 1)] {
        assert!(unknown(&verdict(&[&sound, &broken], ANN, none())), "{broken}");
    }
    assert!(unknown(&verdict(&[&sound], ANN, iam(&[r#"{"Effect":"Deny"}"#], &[]))));
}

#[test]
fn a_key_without_an_arn_may_be_of_any_account() {
    let document = parse(&policy(&[&statement("Allow", &aws(ANN), r#""Action":"kms:*""#)]), true);
    let ask = |iam| Request::of(Identity::of_caller(ANN).unwrap(), "kms:Decrypt", "alias/one", iam);
    assert!(unknown(&decide(&document, &ask(none())).verdict));
    assert_eq!(decide(&document, &ask(iam(&[ALL], &[]))).verdict, Verdict::Allowed);
}
