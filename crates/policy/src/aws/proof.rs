//! What a caller of a key has to bring, by whom a statement names and what its conditions ask for.
//!
//! Sources: IAM User Guide, "IAM identifiers", "AWS global condition context keys", "The confused deputy problem"; KMS
//! Developer Guide, "Condition keys for AWS Nitro Enclaves".

mod asked;

#[cfg(test)]
mod tests;

use super::{
    document::{Document, Statement},
    identity::{Identity, IdentityKind, is_account, reach},
    parse::parse,
    who::{Actions, who},
};
use crate::{
    Grade, Holder, Proof, Surroundings,
    proof::{graded, unreadable},
};
use asked::{Asks, asks};

/// Everybody whom the policy and its grants let in, by the proof it takes; the weakest first.
pub fn proofs(text: &str, surroundings: &Surroundings) -> Vec<Proof> {
    let document = parse(text, true);
    let well_formed = document.is_well_formed();
    graded(who(text, surroundings), |holder| if well_formed { grade(&document, holder) } else { unreadable() })
}

fn grade(document: &Document, holder: &Holder) -> (Grade, String) {
    let statement = document.statements.iter().find(|one| one.allows() && Some(one.span) == holder.span);
    let somebody = identity(statement, &holder.id);
    let Some(statement) = statement else { return by_grant(&somebody) };
    let mut asked: Vec<Asks> = statement.conditions.iter().filter_map(|condition| asks(condition, false)).collect();
    let actions = Actions::of(statement).with(holder.power);
    let denials = document.statements.iter().filter(|other| keeps_out(other, &somebody, actions));
    asked.extend(denials.filter_map(|denial| match denial.conditions.as_slice() {
        [condition] => asks(condition, true),
        _ => None,
    }));
    raised(&somebody, &asked).unwrap_or_else(|| by_name(&somebody, &asked))
}

/// Whether a denial is about all that a statement gives somebody, whatever the key.
fn keeps_out(denial: &Statement, somebody: &Identity, actions: Actions) -> bool {
    let named = denial.principals.as_ref().is_some_and(|them| reach(them, somebody, true, false).0.holds());
    let any_key =
        denial.resources.as_ref().is_none_or(|them| !them.negated && them.values.iter().any(|one| one.value == "*"));
    denial.denies() && named && any_key && actions.without(Actions::of(denial)).is_empty()
}

/// Whom a holder's id means, as the statement names them.
fn identity(statement: Option<&Statement>, id: &str) -> Identity {
    let principals = statement.and_then(|statement| statement.principals.as_ref());
    let mut written = principals.into_iter().flat_map(|principals| &principals.values);
    let named = written.find(|principal| principal.value.value == id).map(|principal| &principal.value);
    match named.and_then(Identity::of_principal) {
        Some(identity) => identity,
        None if is_account(id) => Identity::somebody_of(id),
        None => Identity::of_caller(id).unwrap_or_else(Identity::anyone),
    }
}

/// The grade that conditions give, where they ask for more than whom the statement names has to bring anyway.
fn raised(somebody: &Identity, asked: &[Asks]) -> Option<(Grade, String)> {
    let asks = |one| asked.contains(&one);
    let says = |grade, because: &str| Some((grade, because.to_owned()));
    if asks(Asks::Attestation) {
        return says(
            Grade::Attested,
            "The call has to come from an attested enclave or instance, and says what runs there.",
        );
    }
    let in_roles = match somebody.kind {
        IdentityKind::Anyone | IdentityKind::Root | IdentityKind::Somebody => asks(Asks::Role),
        IdentityKind::Role | IdentityKind::Session => true,
        IdentityKind::User | IdentityKind::FederatedUser | IdentityKind::Service | IdentityKind::Federated => false,
    };
    if asks(Asks::Federation) && (in_roles || somebody.kind == IdentityKind::Anyone) {
        return says(Grade::Workload, "A condition asks for a sign-in at an identity provider, and says whose.");
    }
    if in_roles {
        return None;
    }
    let known = somebody.kind != IdentityKind::Anyone || asks(Asks::Account);
    let has_keys = known && !matches!(somebody.kind, IdentityKind::Service | IdentityKind::Federated);
    if has_keys && asks(Asks::SecondFactor) {
        return says(Grade::Role, "Access keys are not enough: a second factor has to be shown for each session.");
    }
    let stronger = matches!(somebody.kind, IdentityKind::Service | IdentityKind::Federated) || asks(Asks::Source);
    (asks(Asks::Network) && !stronger).then(|| {
        let because = if known {
            "Access keys can be copied, but they work only from the place in the network that a condition names."
        } else {
            "Whoever calls from the place in the network that a condition names is let in; nothing says who they are."
        };
        (Grade::Network, because.to_owned())
    })
}

/// The grade of whom a statement names.
fn by_name(somebody: &Identity, asked: &[Asks]) -> (Grade, String) {
    let asks = |one| asked.contains(&one);
    let account = || somebody.account.clone().unwrap_or_default();
    match somebody.kind {
        IdentityKind::Anyone | IdentityKind::Root | IdentityKind::Somebody if asks(Asks::Role) => {
            (Grade::Role, "A condition lets in sessions of the roles that it names; each of them ends.".to_owned())
        }
        IdentityKind::Anyone if asks(Asks::Source) => {
            (Grade::Role, "Only a service of AWS can call on behalf of what a condition names.".to_owned())
        }
        IdentityKind::Anyone if asks(Asks::Account) => {
            let because = "A condition names whose account the caller is of: this is as strong as the weakest user or role \
                           there, and access keys of a user can be copied.";
            (Grade::Copyable, because.to_owned())
        }
        IdentityKind::Anyone => {
            (Grade::Anonymous, "Anyone with an account of AWS is let in: nothing here says who they are.".to_owned())
        }
        IdentityKind::Root | IdentityKind::Somebody => {
            let because = format!(
                "This is as strong as the weakest user or role that IAM of account {} lets in, and access keys of a user \
                 can be copied.",
                account()
            );
            (Grade::Copyable, because)
        }
        IdentityKind::User => (
            Grade::Copyable,
            "Access keys of an IAM user are enough, and whoever copied them has them for good.".to_owned(),
        ),
        IdentityKind::FederatedUser => {
            let because = "An IAM user makes such sessions by access keys alone, and those can be copied.";
            (Grade::Copyable, because.to_owned())
        }
        IdentityKind::Role | IdentityKind::Session => of_role(),
        IdentityKind::Service if asks(Asks::Source) => {
            (Grade::Role, "The service calls only on behalf of what a condition names.".to_owned())
        }
        IdentityKind::Service => {
            let because = "The service calls for whoever makes it act, also for another account (a confused deputy): no \
                           condition says on whose behalf.";
            (Grade::Network, because.to_owned())
        }
        IdentityKind::Federated if asks(Asks::Federation) || somebody.id.contains(":saml-provider/") => (
            Grade::Workload,
            "Whoever calls has signed in at the identity provider, which says who they are.".to_owned(),
        ),
        IdentityKind::Federated => {
            let because = "Whoever can sign in at the identity provider is let in: no condition says which of them.";
            (Grade::Anonymous, because.to_owned())
        }
    }
}

fn of_role() -> (Grade, String) {
    let because = "A session of the role is needed, and it ends; who may take the role on is said by its trust policy.";
    (Grade::Role, because.to_owned())
}

fn by_grant(somebody: &Identity) -> (Grade, String) {
    if somebody.kind == IdentityKind::Service {
        return (Grade::Role, "The service calls by a grant that was given for this key.".to_owned());
    }
    by_name(somebody, &[])
}
