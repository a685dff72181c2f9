//! Whether whoever sends a key policy could send another one afterwards.
//!
//! AWS itself refuses a policy by which its sender could not call `PutKeyPolicy` again (KMS API Reference,
//! "PutKeyPolicy", `BypassPolicyLockoutSafetyCheck`), which Claviger never asks it to bypass. That check does not look at
//! IAM policies closely enough to rely on, and is known only after the policy was sent.

use super::{
    document::Document,
    evaluate::{Answer, Decision, IamPolicy, Request, Source, Verdict, decide},
    identity::Identity,
    parse::parse,
    who,
};
use crate::{Caller, Holder, Known, Lockout, Power, Retention, Standing, Surroundings, sentence::capitalized};

const PUT: &str = "kms:PutKeyPolicy";

/// Whether the caller could still call `kms:PutKeyPolicy`, and who else could.
pub fn lockout(text: &str, surroundings: &Surroundings) -> Lockout {
    let document = parse(text, true);
    let me = surroundings.caller.as_ref();
    let holders = if document.is_well_formed() { who::of_document(&document, surroundings) } else { Vec::new() };
    let others: Vec<Holder> = holders
        .into_iter()
        .filter(|holder| holder.power == Power::Administer && holder.standing != Standing::Denied)
        .filter(|holder| me.is_none_or(|me| me.id != holder.id))
        .collect();
    let mut lockout = match (me, surroundings.item.as_deref()) {
        _ if !document.is_well_formed() => cannot_tell(
            "AWS refuses this text, as it is not well-formed, so nothing can be said of its effect.",
            "Settle the errors in the text first.",
        ),
        (None, _) => {
            cannot_tell("It is not known as whom you would change the policy.", "Connect to the key's account.")
        }
        (_, None) => cannot_tell("It is not known which key the policy is for.", "Open the policy from its key."),
        (Some(me), Some(key)) => of_caller(&document, me, key),
    };
    if lockout.caller != Retention::Keeps && others.is_empty() && document.is_well_formed() {
        lockout.says.push_str(" Nobody else could either: only AWS Support could then make the key manageable again.");
    }
    Lockout { others, ..lockout }
}

fn answer(caller: Retention, says: String, next: Option<String>) -> Lockout {
    Lockout { caller, says, next, others: Vec::new() }
}

fn cannot_tell(says: &str, next: &str) -> Lockout {
    answer(Retention::CannotTell, says.to_owned(), Some(next.to_owned()))
}

fn of_caller(document: &Document, me: &Caller, key: &str) -> Lockout {
    let Some(identity) = Identity::of_caller(&me.id) else {
        return cannot_tell(
            &format!("\"{}\" is not an identity of AWS that can be looked for in a policy.", me.id),
            "Sign in as a user or in a role.",
        );
    };
    let request = request(identity, key, IamPolicy::read(&me.policies));
    let decision = decide(document, &request);
    match &decision.verdict {
        Verdict::Allowed => answer(Retention::Keeps, kept(&request, &decision), None),
        Verdict::Denied => {
            let by = labels(&decision.by);
            let says =
                format!("You could no longer change the policy: {by} denies {PUT} to {}.", request.caller.says());
            loses(says, format!("Except {} from {by}, or take {PUT} out of it.", request.caller.id))
        }
        Verdict::NotAllowed => not_allowed(document, request),
        Verdict::DependsOnIam => {
            let why = decision.unread.as_deref().unwrap_or("they were not read");
            let says = format!(
                "{} leaves it to the IAM policies of account {} whether you could still change the policy, and yours are \
                 not known: {why}.",
                capitalized(&labels(&decision.by)),
                request.caller.account.as_deref().unwrap_or_default(),
            );
            answer(Retention::CannotTell, says, Some(name_me(&request)))
        }
        Verdict::Unknown { on } => {
            let says = format!(
                "Whether you could still change the policy depends on what is not known here: {}.",
                on.join("; ")
            );
            answer(Retention::CannotTell, says, Some(name_me(&request)))
        }
    }
}

/// The call as Claviger would make it: directly, and never past the check against lockout.
fn request(identity: Identity, key: &str, iam: Known<Vec<IamPolicy>>) -> Request {
    let mut request = Request::of(identity, PUT, key, iam);
    request.context = request.context.with("kms:BypassPolicyLockoutSafetyCheck", "false");
    request
}

fn name_me(request: &Request) -> String {
    format!("Add a statement without a condition that lets {} call {PUT}.", request.caller.id)
}

fn loses(says: String, next: String) -> Lockout {
    let says = format!(
        "{says} AWS refuses a policy whose sender could not change it again, unless it is told to by \
         BypassPolicyLockoutSafetyCheck; Claviger never sets that."
    );
    answer(Retention::Loses, says, Some(next))
}

fn kept(request: &Request, decision: &Decision) -> String {
    let by = labels(&decision.by);
    let says =
        format!("{}, could still change the policy: by {by}.", capitalized(&format!("you, {}", request.caller.says())));
    match &decision.unread {
        Some(why) => format!(
            "{says} Your IAM policies are not known ({why}), but one that denies {PUT} would stop this very change too."
        ),
        None => says,
    }
}

fn not_allowed(document: &Document, mut request: Request) -> Lockout {
    let owner = request.resource.split(':').nth(4).unwrap_or_default().to_owned();
    if request.caller.account.as_deref().is_some_and(|account| account != owner) {
        return loses(
            format!("The key is of account {owner}, and you are not: whatever its policy says, you cannot change it."),
            format!("Connect to account {owner}."),
        );
    }
    request.iam = Known::Unread(String::new());
    let left_to_iam = decide(document, &request);
    if left_to_iam.verdict == Verdict::DependsOnIam {
        return loses(
            format!(
                "You could no longer change the policy: {} leaves it to the IAM policies of account {owner}, and yours do \
                 not allow {PUT} for this key.",
                labels(&left_to_iam.by)
            ),
            format!("Have {PUT} allowed in your IAM policies first. Or: {}", name_me(&request)),
        );
    }
    let says =
        format!("You could no longer change the policy: no statement lets {} call {PUT}.", request.caller.says());
    loses(says, name_me(&request))
}

/// `"Admins"`, `"Root" and the IAM policy keys`.
fn labels(by: &[Answer]) -> String {
    let mut labels: Vec<String> = Vec::new();
    for answer in by {
        let label = match &answer.of {
            Source::KeyPolicy => answer.label.clone(),
            Source::IamPolicy(name) => format!("{} of the IAM policy {name}", answer.label),
            Source::Grant => format!("the grant {}", answer.label),
        };
        if !labels.contains(&label) {
            labels.push(label);
        }
    }
    labels.join(" and ")
}
