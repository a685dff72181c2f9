//! Who can do what with a key, by its policy and its grants.
//!
//! A principal is asked for as the policy writes it. What follows from who somebody is (their account, their ARN) decides
//! conditions; what does not is said in words. IAM policies are not looked at: where they decide, that is said.

mod denials;
mod powers;

#[cfg(test)]
mod tests;

use super::{
    context::Context,
    document::{Document, Entries, Principal, Statement},
    identity::{Identity, IdentityKind, is_everybody},
    parse::parse,
};
use crate::{Holder, Permit, Power, Span, Standing, Surroundings};
use denials::Denials;
use powers::Actions;

/// Everybody who has or is denied a power, in the order of the text, grants last. A text that is not well-formed gives
/// one holder for each power, whose standing depends on a text that AWS would take.
pub fn who(text: &str, surroundings: &Surroundings) -> Vec<Holder> {
    let document = parse(text, true);
    if let Some(wrong) = document.malformed.iter().find(|finding| finding.severity == crate::Severity::Error) {
        return untold(wrong.span, &wrong.message);
    }
    Question { document: &document, surroundings, denials: Denials::of(&document) }.holders()
}

fn untold(span: Span, message: &str) -> Vec<Holder> {
    let on = format!("a text that AWS would take. {}", message.trim_end_matches('.'));
    let one = |power| Holder {
        who: "whoever the policy names".to_owned(),
        id: String::new(),
        power,
        standing: Standing::DependsOn { on: on.clone() },
        by: "the policy as a whole".to_owned(),
        span: Some(span),
    };
    Power::ALL.into_iter().map(one).collect()
}

struct Question<'a> {
    document: &'a Document,
    surroundings: &'a Surroundings,
    denials: Denials<'a>,
}

/// Somebody whom a statement or a grant lets in.
struct Candidate {
    identity: Identity,
    /// As a person reads it, and as the policy writes it.
    who: String,
    id: String,
    actions: Actions,
    /// What narrows it, in words.
    conditions: Vec<String>,
    by: String,
    span: Option<Span>,
}

impl Question<'_> {
    fn holders(&self) -> Vec<Holder> {
        let mut holders = Vec::new();
        for statement in self.document.statements.iter().filter(|statement| statement.allows()) {
            for candidate in self.let_in_by(statement) {
                self.add(&candidate, &mut holders);
            }
        }
        for permit in &self.surroundings.permits {
            self.add(&self.granted(permit), &mut holders);
        }
        self.denials.add_denied(self, &mut holders);
        holders
    }

    fn let_in_by(&self, statement: &Statement) -> Vec<Candidate> {
        let Some(principals) = &statement.principals else { return Vec::new() };
        let actions = Actions::of(statement);
        let mut candidates = Vec::new();
        for (identity, who, id) in self.people(principals) {
            let Some(conditions) = self.narrowed(statement, &identity) else { continue };
            let by = statement.label();
            candidates.push(Candidate { identity, who, id, actions, conditions, by, span: Some(statement.span) });
        }
        candidates
    }

    /// Everybody a statement's principals name: who it is, as a person reads it, as the policy writes it.
    fn people(&self, principals: &Entries<Principal>) -> Vec<(Identity, String, String)> {
        if principals.negated {
            let (who, id) = everybody_but(principals);
            return vec![(Identity::anyone(), who, id)];
        }
        let mut people = Vec::new();
        for principal in &principals.values {
            people.extend(self.person(&principal.value));
        }
        // Whoever is let in as everybody, and excepted by name where everybody is kept out.
        for excepted in self.denials.excepted() {
            let reached = super::identity::reach(principals, excepted, false, false);
            let is_named = people.iter().any(|(identity, ..)| identity == excepted);
            if reached.0.holds() && !is_named {
                people.push((excepted.clone(), excepted.says(), excepted.id.clone()));
            }
        }
        people
    }

    /// One principal: nobody for the id of somebody deleted; two for the key's own account, whose root user the policy
    /// lets in, while it leaves the others to IAM.
    fn person(&self, principal: &Principal) -> Vec<(Identity, String, String)> {
        if is_everybody(principal) {
            return vec![(Identity::anyone(), "anyone".to_owned(), "*".to_owned())];
        }
        let Some(identity) = Identity::of_principal(principal) else { return Vec::new() };
        let account = match (&identity.kind, &identity.account) {
            (IdentityKind::Root, Some(account)) => account.clone(),
            _ => return vec![(identity.clone(), identity.says(), principal.value.clone())],
        };
        let somebody = (Identity::somebody_of(&account), format!("account {account}"), account.clone());
        if self.surroundings.account().is_some_and(|owner| owner != account) {
            return vec![somebody];
        }
        vec![(identity.clone(), identity.says(), identity.id.clone()), somebody]
    }

    /// What narrows a statement for somebody, in words; `None` if it is never about them.
    fn narrowed(&self, statement: &Statement, identity: &Identity) -> Option<Vec<String>> {
        let context = self.context(identity);
        let variables = self.document.has_variables();
        let item = self.surroundings.item.as_deref();
        let resource = super::evaluate::has_resource(statement, item, &context, variables);
        if resource.fails() {
            return None;
        }
        let mut narrowed = resource.on().to_vec();
        for condition in &statement.conditions {
            let truth = super::condition::holds(condition, &context, variables);
            if truth.fails() {
                return None;
            }
            if !truth.holds() {
                narrowed.push(super::condition::words(condition, true));
            }
        }
        Some(narrowed)
    }

    fn context(&self, identity: &Identity) -> Context {
        Context::of_identity(identity, self.surroundings.item.as_deref().unwrap_or_default())
    }

    fn granted(&self, permit: &Permit) -> Candidate {
        let identity = Identity::of_caller(&permit.grantee).unwrap_or_else(Identity::anyone);
        let known = identity.kind != IdentityKind::Anyone;
        Candidate {
            who: if known { identity.says() } else { permit.grantee.clone() },
            id: permit.grantee.clone(),
            actions: Actions::of_grant(&permit.operations),
            conditions: permit.narrowed.clone(),
            by: format!("grant {}", permit.id),
            span: None,
            identity,
        }
    }

    /// Adds what somebody has of every power that their statement gives, after every denial.
    fn add(&self, candidate: &Candidate, holders: &mut Vec<Holder>) {
        let foreign = match (self.surroundings.account(), candidate.identity.account.as_deref()) {
            (Some(owner), Some(account)) => owner != account,
            (None, _) | (_, None) => false,
        };
        let possible = if foreign { candidate.actions.across_accounts() } else { candidate.actions };
        for power in Power::ALL {
            let actions = possible.with(power);
            if actions.is_empty() {
                continue;
            }
            let holder = Holder {
                who: self.who(candidate, actions),
                id: candidate.id.clone(),
                power,
                standing: Standing::Denied,
                by: candidate.by.clone(),
                span: candidate.span,
            };
            holders.push(match self.denials.against(self, &candidate.identity, actions) {
                Err(statement) => Holder { by: statement.label(), span: Some(statement.span), ..holder },
                Ok(unless) => {
                    let conditions = [candidate.conditions.clone(), unless].concat();
                    Holder { standing: self.standing(candidate, conditions), ..holder }
                }
            });
        }
    }

    /// Whom "anyone" means: for what no other account can be let do, those of the key's account.
    fn who(&self, candidate: &Candidate, actions: Actions) -> String {
        match self.surroundings.account() {
            Some(owner) if candidate.id == "*" && actions.across_accounts().is_empty() => {
                format!("anyone of account {owner}")
            }
            Some(_) | None => candidate.who.clone(),
        }
    }

    fn standing(&self, candidate: &Candidate, mut conditions: Vec<String>) -> Standing {
        match (self.iam(&candidate.identity), conditions.is_empty()) {
            (None, true) => Standing::Can,
            (None, false) => Standing::When { conditions },
            (Some(on), true) => Standing::DependsOn { on },
            (Some(on), false) => {
                conditions.push(format!("only as far as {on} allow it"));
                Standing::When { conditions }
            }
        }
    }

    /// The IAM policies that decide too, if any do.
    fn iam(&self, identity: &Identity) -> Option<String> {
        let account = identity.account.as_ref().filter(|_| identity.has_iam_policies())?;
        let owner = self.surroundings.account();
        match identity.kind {
            IdentityKind::Somebody => Some(format!("IAM policies of account {account}")),
            _ if owner == Some(account) => None,
            _ if owner.is_none() => Some(format!("IAM policies of account {account}, unless the key is its own,")),
            _ => Some(format!("IAM policies of account {account}")),
        }
    }
}

/// "everybody but role Admin of account 111122223333", and as the policy writes it.
fn everybody_but(principals: &Entries<Principal>) -> (String, String) {
    let mut names = Vec::new();
    for principal in &principals.values {
        let identity = Identity::of_principal(&principal.value);
        let says = |identity: Identity| match (identity.kind, &identity.account) {
            (IdentityKind::Root, Some(account)) => format!("account {account}"),
            _ => identity.says(),
        };
        names.push(identity.map_or_else(|| principal.value.value.clone(), says));
    }
    let ids: Vec<&str> = principals.values.iter().map(|principal| principal.value.value.as_str()).collect();
    (format!("everybody but {}", names.join(" and ")), format!("* but {}", ids.join(", ")))
}
