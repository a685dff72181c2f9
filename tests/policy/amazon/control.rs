//! The controls: evaluators that are wrong in a plausible way must be seen to be.

use policy::{
    Known, Spanned,
    aws::{Document, Found, Principal, PrincipalKind, Request, Verdict, decide, parse},
};

use super::{
    known,
    scene::Scene,
    tried::{Tried, agrees},
};

/// A mistake: its name, and what it makes of a policy and a request.
type Mistake = (&'static str, fn(&mut Document, &mut Request));

const MISTAKES: &[Mistake] = &[
    ("denials are ignored", |document, _| document.statements.retain(|statement| !statement.denies())),
    ("conditions are ignored", |document, _| {
        document.statements.iter_mut().for_each(|statement| statement.conditions.clear());
    }),
    ("NotAction is read as Action", |document, _| {
        for actions in document.statements.iter_mut().filter_map(|statement| statement.actions.as_mut()) {
            actions.negated = false;
        }
    }),
    ("NotResource is read as Resource", |document, _| {
        for resources in document.statements.iter_mut().filter_map(|statement| statement.resources.as_mut()) {
            resources.negated = false;
        }
    }),
    ("an account is read as everybody in it", |document, request| {
        let account = request.caller.account.clone().unwrap_or_default();
        let root = format!("arn:aws:iam::{account}:root");
        for entry in document.statements.iter_mut().flat_map(|one| &mut one.principals).flat_map(|it| &mut it.values) {
            if entry.value.value == account || entry.value.value == root {
                entry.value = Principal { kind: PrincipalKind::Everyone, value: "*".to_owned() };
            }
        }
    }),
    ("boundaries and session policies are ignored", |_, request| {
        if let Known::Read(policies) = &mut request.iam {
            policies.retain(|policy| !policy.limits);
        }
    }),
    ("IAM policies are ignored", |_, request| request.iam = Known::Read(Vec::new())),
    ("keys that are not there fail every condition", |document, request| {
        known::every(document, request, |condition, request| {
            if request.context.find(&condition.key.value) == Found::Absent && condition.operator.value != "Null" {
                condition.operator.value = "Null".to_owned();
                condition.values = vec![Spanned::new("false".to_owned(), condition.span)];
            }
        });
    }),
];

/// Each mistake, made on top of how the server reads, has to disagree with it somewhere.
pub(super) fn caught(scene: &Scene, tried: &[Tried]) {
    for (name, mistake) in MISTAKES {
        let seen = tried.iter().filter(|one| !agrees(&mistaken(one, scene, *mistake), one.allowed)).count();
        println!("{seen} of {} show it where {name}", tried.len());
        assert!(seen > 0, "nothing shows it where {name}: the comparison proves nothing of it");
    }
}

fn mistaken(tried: &Tried, scene: &Scene, mistake: fn(&mut Document, &mut Request)) -> Verdict {
    let mut document = parse(&tried.text, true);
    let mut request = scene.request(tried.person, tried.key, tried.action);
    for difference in known::DIFFERENCES {
        (difference.reads)(&mut document, &mut request);
    }
    mistake(&mut document, &mut request);
    decide(&document, &request).verdict
}
