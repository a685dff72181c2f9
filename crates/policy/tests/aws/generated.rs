//! Policies made of building blocks, whose verdict follows from the blocks; and texts of any kind.

use policy::{
    Caller, Known, NamedPolicy, Retention, Surroundings,
    aws::{differences, explain, lint, lockout, merge, parse, remove, statements, who},
};
use proptest::prelude::*;

use crate::{corpus::cases, fixes::check_fixes};

const KEY: &str = "arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
const CALLER: &str = "arn:aws:iam::111122223333:user/alice";

/// What one block says to alice about changing the policy.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Says {
    Yes,
    AsIam,
    Perhaps,
    No,
    PerhapsNot,
    Nothing,
}

/// Effect and principal, the actions, a condition, and what follows.
type Block = (&'static str, &'static str, &'static str, Says);

const ROOT: &str = r#""Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:root"}"#;
const ALICE: &str = r#""Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:user/alice"}"#;
const BOB: &str = r#""Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:user/bob"}"#;
const OTHERS: &str = r#""Effect":"Allow","Principal":{"AWS":"arn:aws:iam::444455556666:root"}"#;
const SERVICE: &str = r#""Effect":"Allow","Principal":{"Service":"s3.amazonaws.com"}"#;
const DENY_ALL: &str = r#""Effect":"Deny","Principal":"*""#;
const DENY_ALICE: &str = r#""Effect":"Deny","Principal":{"AWS":"arn:aws:iam::111122223333:user/alice"}"#;
const DENY_BOB: &str = r#""Effect":"Deny","Principal":{"AWS":"arn:aws:iam::111122223333:user/bob"}"#;
const EVERYTHING: &str = r#""Action":"kms:*""#;
const PUT: &str = r#""Action":["kms:Get*","kms:Put*"]"#;
const USE: &str = r#""Action":["kms:Encrypt","kms:Decrypt"]"#;
const NOT_PUT: &str = r#""NotAction":["kms:PutKeyPolicy"]"#;
const FREE: &str = "";
const OFFICE: &str = r#","Condition":{"IpAddress":{"aws:SourceIp":"192.0.2.0/24"}}"#;
const MINE: &str = r#","Condition":{"StringEquals":{"kms:CallerAccount":"111122223333"}}"#;
const THEIRS: &str = r#","Condition":{"StringEquals":{"kms:CallerAccount":"444455556666"}}"#;
const NOT_ALICE: &str = r#","Condition":{"ArnNotEquals":{"aws:PrincipalArn":"arn:aws:iam::111122223333:user/alice"}}"#;

const BLOCKS: &[(Block, &str)] = &[
    ((ROOT, EVERYTHING, FREE, Says::AsIam), "root"),
    ((ROOT, PUT, MINE, Says::AsIam), "root of mine"),
    ((ROOT, USE, FREE, Says::Nothing), "root for use"),
    ((ROOT, NOT_PUT, FREE, Says::Nothing), "root but put"),
    ((ROOT, EVERYTHING, THEIRS, Says::Nothing), "root of theirs"),
    ((ALICE, EVERYTHING, FREE, Says::Yes), "alice"),
    ((ALICE, PUT, MINE, Says::Yes), "alice of mine"),
    ((ALICE, PUT, OFFICE, Says::Perhaps), "alice in the office"),
    ((ALICE, USE, FREE, Says::Nothing), "alice for use"),
    ((BOB, EVERYTHING, FREE, Says::Nothing), "bob"),
    ((OTHERS, EVERYTHING, FREE, Says::Nothing), "others"),
    ((SERVICE, EVERYTHING, FREE, Says::Nothing), "service"),
    ((DENY_ALL, PUT, FREE, Says::No), "deny all"),
    ((DENY_ALL, USE, FREE, Says::Nothing), "deny use"),
    ((DENY_ALL, PUT, OFFICE, Says::PerhapsNot), "deny in the office"),
    ((DENY_ALL, PUT, NOT_ALICE, Says::Nothing), "deny but alice"),
    ((DENY_ALL, NOT_PUT, FREE, Says::Nothing), "deny but put"),
    ((DENY_ALICE, EVERYTHING, FREE, Says::No), "deny alice"),
    ((DENY_ALICE, EVERYTHING, THEIRS, Says::Nothing), "deny alice of theirs"),
    ((DENY_BOB, EVERYTHING, FREE, Says::Nothing), "deny bob"),
];

fn text(chosen: &[usize]) -> String {
    let statements: Vec<String> = chosen
        .iter()
        .map(|index| {
            let ((who, actions, condition, _), sid) = BLOCKS[*index];
            format!(r#"{{"Sid":"{sid}",{who},{actions},"Resource":"*"{condition}}}"#)
        })
        .collect();
    format!(r#"{{"Version":"2012-10-17","Statement":[{}]}}"#, statements.join(","))
}

fn iam(which: usize) -> Known<Vec<NamedPolicy>> {
    let policy = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"kms:*","Resource":"*"}}"#;
    match which {
        0 => Known::Unread("they were not read".to_owned()),
        1 => Known::Read(Vec::new()),
        _ => Known::Read(vec![NamedPolicy { name: "keys".to_owned(), text: policy.to_owned(), limits: false }]),
    }
}

/// By the order in which AWS decides: a denial first, then what lets in.
fn expected(chosen: &[usize], which: usize) -> Retention {
    let says: Vec<Says> = chosen.iter().map(|index| BLOCKS[*index].0.3).collect();
    let lets_in = says.contains(&Says::Yes) || (says.contains(&Says::AsIam) && which == 2);
    let may_let_in = says.contains(&Says::Perhaps) || (says.contains(&Says::AsIam) && which == 0);
    match () {
        () if says.contains(&Says::No) => Retention::Loses,
        () if !lets_in && !may_let_in => Retention::Loses,
        () if says.contains(&Says::PerhapsNot) || !lets_in => Retention::CannotTell,
        () => Retention::Keeps,
    }
}

fn around(which: usize) -> Surroundings {
    let caller = Some(Caller { id: CALLER.to_owned(), policies: iam(which) });
    Surroundings { item: Some(KEY.to_owned()), caller, ..Surroundings::default() }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn the_verdict_follows_from_the_blocks(
        chosen in proptest::collection::vec(0..BLOCKS.len(), 1..6),
        which in 0..3_usize,
    ) {
        let text = text(&chosen);
        let answer = lockout(&text, &around(which));
        prop_assert_eq!(answer.caller, expected(&chosen, which), "{} {}", text, answer.says);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn every_fix_settles_its_finding(chosen in proptest::collection::vec(0..BLOCKS.len(), 1..6)) {
        check_fixes("generated", &text(&chosen), &around(0));
    }

    /// A lint that calls the policy lost, and a lockout that calls it safe, would contradict each other.
    #[test]
    fn lints_and_lockout_agree(chosen in proptest::collection::vec(0..BLOCKS.len(), 1..6), which in 0..3_usize) {
        let (text, around) = (text(&chosen), around(which));
        let lost = lint(&text, &around).iter().any(|finding| {
            ["missing-administrator", "denies-everybody"].contains(&finding.code.as_str())
        });
        prop_assert!(!lost || lockout(&text, &around).caller != Retention::Keeps, "{}", text);
    }

    #[test]
    fn no_text_makes_it_panic(text in any_text()) {
        everything(&text);
    }
}

/// Policies of the corpus with something cut out, put in or exchanged; and texts that are none.
fn any_text() -> impl Strategy<Value = String> {
    let texts: Vec<String> = cases().iter().map(crate::corpus::Case::text).collect();
    let broken = (0..texts.len(), any::<prop::sample::Index>(), any::<prop::sample::Index>(), ".{0,4}").prop_map(
        move |(which, from, to, with)| {
            let letters: Vec<char> = texts[which].chars().collect();
            let (from, to) = (from.index(letters.len() + 1), to.index(letters.len() + 1));
            let (from, to) = (from.min(to), from.max(to).min(from.min(to) + 40));
            letters[..from].iter().copied().chain(with.chars()).chain(letters[to..].iter().copied()).collect()
        },
    );
    prop_oneof![4 => broken, 1 => ".{0,80}"]
}

fn everything(text: &str) {
    for around in [Surroundings::default(), around(0)] {
        for finding in lint(text, &around) {
            assert!(finding.span.fits(text), "{finding:?}");
            if let Some(fix) = &finding.fix {
                assert!(fix.applied(text).is_some(), "{finding:?}");
            }
        }
        for sentence in explain(text, &around) {
            assert!(sentence.span.fits(text), "{sentence:?}");
        }
        for holder in who(text, &around) {
            assert!(holder.span.is_none_or(|span| span.fits(text)), "{holder:?}");
        }
        let sound = parse(text, true).is_well_formed();
        assert!(sound || lockout(text, &around).caller == Retention::CannotTell);
        differences(text, text, &around);
    }
    for form in statements(text) {
        assert!(form.span.fits(text));
    }
    let answers = [("principals".to_owned(), CALLER.to_owned())].into();
    let _ = merge(text, "may-sign", &answers, &around(0));
    let _ = remove(text, 0);
}
