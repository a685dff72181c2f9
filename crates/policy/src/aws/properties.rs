//! What holds of every policy: made of parts that meet one another often, and of text that is none.

use proptest::{prelude::*, sample::select};

use super::{Identity, Request, Verdict, decide, lockout, parse, who};
use crate::{Caller, Known, NamedPolicy, Power, Standing, Surroundings, aws::IamPolicy};

const KEY: &str = "arn:aws:kms:eu-west-1:111122223333:key/1";
const CALLERS: &[&str] = &[
    "arn:aws:iam::111122223333:root",
    "arn:aws:iam::111122223333:user/Ann",
    "arn:aws:iam::111122223333:role/Admin",
    "arn:aws:sts::111122223333:assumed-role/Admin/ann",
    "arn:aws:iam::444455556666:user/Bob",
    "s3.amazonaws.com",
];
const PRINCIPALS: &[&str] = &[
    r#""*""#,
    r#"{"AWS":"*"}"#,
    r#"{"AWS":"111122223333"}"#,
    r#"{"AWS":"arn:aws:iam::111122223333:root"}"#,
    r#"{"AWS":"arn:aws:iam::111122223333:user/Ann"}"#,
    r#"{"AWS":["arn:aws:iam::111122223333:role/Admin","arn:aws:iam::444455556666:root"]}"#,
    r#"{"AWS":["arn:aws:iam::111122223333:user/Ann","arn:aws:iam::111122223333:root"]}"#,
    r#"{"AWS":"arn:aws:sts::111122223333:assumed-role/Admin/ann","Service":"s3.amazonaws.com"}"#,
];
const ACTIONS: &[&str] =
    &[r#""kms:*""#, r#""*""#, r#""kms:Decrypt""#, r#"["kms:De*","kms:Encrypt"]"#, r#""kms:Put?eyPolicy""#];
const RESOURCES: &[&str] = &[r#""*""#, r#""arn:aws:kms:*:111122223333:key/*""#, r#""arn:aws:kms:eu-west-1:1:key/2""#];
const CONDITIONS: &[&str] = &[
    "",
    "",
    r#","Condition":{"StringEquals":{"kms:CallerAccount":"111122223333"}}"#,
    r#","Condition":{"StringNotEquals":{"kms:ViaService":"s3.eu-west-1.amazonaws.com"}}"#,
    r#","Condition":{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::*:role/*"}}"#,
    r#","Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"},"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}}"#,
];

fn statement(effect: &'static [&'static str]) -> impl Strategy<Value = String> {
    let parts = (select(effect), any::<[bool; 3]>(), select(PRINCIPALS), select(ACTIONS), select(RESOURCES));
    (parts, select(CONDITIONS)).prop_map(|((effect, not, principal, action, resource), condition)| {
        let [no_principal, no_action, no_resource] = not.map(|not| if not { "Not" } else { "" });
        format!(
            r#"{{"Effect":"{effect}","{no_principal}Principal":{principal},"{no_action}Action":{action},"{no_resource}Resource":{resource}{condition}}}"#
        )
    })
}

fn statements() -> impl Strategy<Value = Vec<String>> {
    prop::collection::vec(statement(&["Allow", "Allow", "Deny"]), 0..5)
}

fn text(statements: &[String]) -> String {
    format!(r#"{{"Version":"2012-10-17","Statement":[{}]}}"#, statements.join(","))
}

fn verdict(statements: &[String], caller: &str, action: &str, iam: Known<Vec<IamPolicy>>) -> Verdict {
    let request = Request::of(Identity::of_caller(caller).unwrap(), action, KEY, iam);
    decide(&parse(&text(statements), true), &request).verdict
}

/// How far somebody gets, from not at all to certainly.
fn rank(verdict: &Verdict) -> u8 {
    match verdict {
        Verdict::Denied | Verdict::NotAllowed => 0,
        Verdict::DependsOnIam | Verdict::Unknown { .. } => 1,
        Verdict::Allowed => 2,
    }
}

fn all_of_iam() -> Known<Vec<IamPolicy>> {
    let text = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#;
    IamPolicy::read(&Known::Read(vec![NamedPolicy { name: "all".into(), text: text.into(), limits: false }]))
}

proptest! {
    #[test]
    fn no_text_breaks_anything(text in prop_oneof!["\\PC{0,200}", "[\\[\\]{}\":,a-zA-Z*?$ ]{0,200}"], cut in 0_usize..400) {
        let whole = self::text(&[ACTIONS.join(","), text.clone()]);
        let part: String = whole.chars().take(cut).collect();
        for text in [&text, &whole, &part] {
            let caller = Some(Caller { id: CALLERS[1].into(), policies: Known::Unread("no".into()) });
            let around = Surroundings { item: Some(KEY.into()), caller, ..Surroundings::default() };
            for holder in who(text, &around) {
                prop_assert!(holder.span.is_some_and(|span| span.fits(text)), "{holder:?}");
            }
            let _ = lockout(text, &around);
        }
    }

    #[test]
    fn who_points_at_its_statement(statements in statements()) {
        let text = text(&statements);
        for holder in who(&text, &Surroundings { item: Some(KEY.into()), ..Surroundings::default() }) {
            let said = holder.span.unwrap().of(&text);
            prop_assert!(statements.iter().any(|statement| statement == said), "{holder:?}");
        }
    }

    #[test]
    fn a_denial_of_all_leaves_nothing(statements in statements(), caller in select(CALLERS)) {
        let mut denied = statements.clone();
        denied.push(r#"{"Effect":"Deny","Principal":"*","Action":"*","Resource":"*"}"#.to_owned());
        for action in ["kms:Decrypt", "kms:PutKeyPolicy"] {
            prop_assert_eq!(verdict(&denied, caller, action, all_of_iam()), Verdict::Denied);
        }
        for holder in who(&text(&denied), &Surroundings { item: Some(KEY.into()), ..Surroundings::default() }) {
            prop_assert_eq!(&holder.standing, &Standing::Denied, "{:?}", holder);
        }
    }

    #[test]
    fn another_allow_takes_nothing_away(
        statements in statements(), more in statement(&["Allow"]), caller in select(CALLERS), read in any::<bool>(),
    ) {
        let with: Vec<String> = statements.iter().cloned().chain([more]).collect();
        for action in ["kms:Decrypt", "kms:Encrypt", "kms:PutKeyPolicy"] {
            let iam = || if read { all_of_iam() } else { Known::Unread("no".into()) };
            let (before, after) = (verdict(&statements, caller, action, iam()), verdict(&with, caller, action, iam()));
            prop_assert!(rank(&before) <= rank(&after), "{action}: {before:?}, then {after:?}");
            prop_assert_eq!(before == Verdict::Denied, after == Verdict::Denied);
        }
    }

    /// The two that answer the same question in different words agree.
    #[test]
    fn whoever_can_is_let(statements in statements()) {
        let text = text(&statements);
        for holder in who(&text, &Surroundings { item: Some(KEY.into()), ..Surroundings::default() }) {
            let (Some(identity), Power::Administer) = (Identity::of_caller(&holder.id), holder.power) else { continue };
            let request = Request::of(identity, "kms:PutKeyPolicy", KEY, Known::Unread("no".into()));
            let verdict = decide(&parse(&text, true), &request).verdict;
            match holder.standing {
                Standing::Can => prop_assert_eq!(verdict, Verdict::Allowed, "{}", text),
                Standing::Denied => prop_assert_eq!(verdict, Verdict::Denied, "{}", text),
                Standing::When { .. } | Standing::DependsOn { .. } => {}
            }
        }
    }

    /// Whoever is called safe is let, whatever of the request is not known.
    #[test]
    fn who_is_called_safe_is_let(statements in statements(), caller in select(CALLERS), mfa in any::<bool>(), inside in any::<bool>()) {
        let me = Caller { id: caller.into(), policies: Known::Read(Vec::new()) };
        let around = Surroundings { item: Some(KEY.into()), caller: Some(me), ..Surroundings::default() };
        if lockout(&text(&statements), &around).caller == crate::Retention::Keeps {
            let identity = Identity::of_caller(caller).unwrap();
            let mut request = Request::of(identity, "kms:PutKeyPolicy", KEY, IamPolicy::read(&Known::Read(Vec::new())));
            let address = if inside { "10.1.1.1" } else { "203.0.113.1" };
            request.context = request
                .context
                .with("aws:SourceIp", address)
                .with("aws:MultiFactorAuthPresent", mfa.to_string())
                .complete();
            prop_assert_eq!(decide(&parse(&text(&statements), true), &request).verdict, Verdict::Allowed);
        }
    }
}
