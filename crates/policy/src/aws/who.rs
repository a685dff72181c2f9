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
    identity::{Identity, IdentityKind, Reach, is_everybody, reach},
    parse::parse,
};
use crate::{Holder, Permit, Power, Span, Standing, Surroundings};
use denials::Denials;
pub(super) use powers::Actions;

/// Everybody who has or is denied a power, in the order of the text, grants last. A text that is not well-formed gives
/// one holder for each power, whose standing depends on a text that AWS would take.
pub fn who(text: &str, surroundings: &Surroundings) -> Vec<Holder> {
    of_document(&parse(text, true), surroundings)
}

/// The same of a text that is read already.
pub(super) fn of_document(document: &Document, surroundings: &Surroundings) -> Vec<Holder> {
    if let Some(wrong) = document.malformed.iter().find(|finding| finding.severity == crate::Severity::Error) {
        return untold(wrong.span, &wrong.message);
    }
    Question { document, surroundings, denials: Denials::of(document) }.holders()
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

/// Somebody whom principals name.
struct Person {
    identity: Identity,
    /// As a person reads it, and as the policy writes it.
    who: String,
    id: String,
    reach: Reach,
}

/// Somebody whom a statement or a grant lets in.
struct Candidate {
    person: Person,
    /// What follows from who they are.
    context: Context,
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
        for person in self.people(principals) {
            let context = self.context(&person.identity);
            let Some(conditions) = self.narrowed(statement, &context) else { continue };
            let by = statement.label();
            candidates.push(Candidate { person, context, actions, conditions, by, span: Some(statement.span) });
        }
        candidates
    }

    /// Everybody a statement's principals name.
    fn people(&self, principals: &Entries<Principal>) -> Vec<Person> {
        if principals.negated {
            return vec![Person::everybody_but(principals)];
        }
        let mut people: Vec<Person> =
            principals.values.iter().flat_map(|principal| self.person(&principal.value)).collect();
        // Whoever is let in as everybody, or by their account, and excepted by name where everybody is kept out.
        for excepted in self.denials.excepted() {
            let (truth, reach) = reach(principals, excepted, false, false);
            if truth.holds() && !people.iter().any(|person| person.identity == *excepted) {
                people.push(Person::new(excepted.clone(), reach));
            }
        }
        people
    }

    /// One principal: nobody for the id of somebody deleted; two for the key's own account, whose root user the policy
    /// lets in, while it leaves the others to IAM.
    fn person(&self, principal: &Principal) -> Vec<Person> {
        if is_everybody(principal) {
            return vec![Person::new(Identity::anyone(), Reach::Direct)];
        }
        let Some(identity) = Identity::of_principal(principal) else { return Vec::new() };
        let account = match (&identity.kind, &identity.account) {
            (IdentityKind::Root, Some(account)) => account.clone(),
            _ => return vec![Person::new(identity, Reach::Direct)],
        };
        let somebody = Person::new(Identity::somebody_of(&account), Reach::Account);
        if self.surroundings.account().is_some_and(|owner| owner != account) {
            return vec![somebody];
        }
        vec![Person::new(identity, Reach::Direct), somebody]
    }

    /// What narrows a statement for somebody, in words; `None` if it is never about them.
    fn narrowed(&self, statement: &Statement, context: &Context) -> Option<Vec<String>> {
        let variables = self.document.has_variables();
        let item = self.surroundings.item.as_deref();
        let resource = super::evaluate::has_resource(statement, item, context, variables);
        if resource.fails() {
            return None;
        }
        let mut narrowed = resource.on().to_vec();
        for condition in &statement.conditions {
            let truth = super::condition::holds(condition, context, variables);
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
        let who = if known { identity.says() } else { permit.grantee.clone() };
        Candidate {
            context: self.context(&identity),
            person: Person { who, id: permit.grantee.clone(), reach: Reach::Direct, identity },
            actions: Actions::of_grant(&permit.operations),
            conditions: permit.narrowed.clone(),
            by: format!("grant {}", permit.id),
            span: None,
        }
    }

    /// Adds what somebody has of every power that their statement gives, after every denial.
    fn add(&self, candidate: &Candidate, holders: &mut Vec<Holder>) {
        let foreign = match (self.surroundings.account(), candidate.person.identity.account.as_deref()) {
            (Some(owner), Some(account)) => owner != account,
            (None, _) | (_, None) => false,
        };
        let possible = if foreign { candidate.actions.across_accounts() } else { candidate.actions };
        let against = self.denials.against(self, &candidate.person.identity, &candidate.context, possible);
        for power in Power::ALL {
            let actions = possible.with(power);
            if actions.is_empty() {
                continue;
            }
            let holder = Holder {
                who: self.who(candidate, actions),
                id: candidate.person.id.clone(),
                power,
                standing: Standing::Denied,
                by: candidate.by.clone(),
                span: candidate.span,
            };
            holders.push(match against.of(actions) {
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
            Some(owner) if candidate.person.id == "*" && actions.across_accounts().is_empty() => {
                format!("anyone of account {owner}")
            }
            Some(_) | None => candidate.person.who.clone(),
        }
    }

    fn standing(&self, candidate: &Candidate, mut conditions: Vec<String>) -> Standing {
        match (self.iam(&candidate.person), conditions.is_empty()) {
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
    fn iam(&self, person: &Person) -> Option<String> {
        let account = person.identity.account.as_ref().filter(|_| person.identity.has_iam_policies())?;
        let owner = self.surroundings.account();
        match person.reach {
            Reach::Direct | Reach::Role if owner == Some(account) => None,
            Reach::Direct | Reach::Role if owner.is_none() => {
                Some(format!("IAM policies of account {account}, unless the key is its own,"))
            }
            Reach::Direct | Reach::Role | Reach::Account => Some(format!("IAM policies of account {account}")),
        }
    }
}

impl Person {
    fn new(identity: Identity, reach: Reach) -> Self {
        let who = match (identity.kind, &identity.account) {
            (IdentityKind::Somebody, Some(account)) => format!("account {account}"),
            _ => identity.says(),
        };
        Self { who, id: identity.id.clone(), identity, reach }
    }

    /// "everybody but role Admin of account 111122223333", and as the policy writes it.
    fn everybody_but(principals: &Entries<Principal>) -> Self {
        let says = |identity: Identity| match (identity.kind, &identity.account) {
            (IdentityKind::Root, Some(account)) => format!("account {account}"),
            _ => identity.says(),
        };
        let name =
            |principal: &Principal| Identity::of_principal(principal).map_or_else(|| principal.value.clone(), says);
        let names: Vec<String> = principals.values.iter().map(|principal| name(&principal.value)).collect();
        let ids: Vec<&str> = principals.values.iter().map(|principal| principal.value.value.as_str()).collect();
        Self {
            identity: Identity::anyone(),
            who: format!("everybody but {}", names.join(" and ")),
            id: format!("* but {}", ids.join(", ")),
            reach: Reach::Direct,
        }
    }
}
