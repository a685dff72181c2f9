//! Role assignments in sentences, who can what by them, and what a change of them changes.

use super::{Assignment, Document, parse, read::Width};
use crate::{Difference, Holder, Lockout, Power, Retention, Sentence, Standing, Surroundings, capitalized, compare};

/// Says what the assignments say.
pub fn explain(text: &str, _surroundings: &Surroundings) -> Vec<Sentence> {
    let document = parse(text);
    if document.assignments.is_empty() {
        let text = document.malformed.first().map_or_else(
            || "No role is assigned.".to_owned(),
            |finding| format!("This cannot be read: {}", finding.message),
        );
        return vec![Sentence::new(text, document.span)];
    }
    document.assignments.iter().map(sentence).collect()
}

fn sentence(assignment: &Assignment) -> Sentence {
    let does = match assignment.role() {
        None => "what that gives is not known here".to_owned(),
        Some(role) => match role.powers().as_slice() {
            [] => "no use of keys and no values of secrets".to_owned(),
            powers => {
                let verbs: Vec<&str> = powers.iter().map(|power| power.verb()).collect();
                format!("they can {}", crate::listed(&verbs))
            }
        },
    };
    let condition = if assignment.condition.is_some() { ", under a condition" } else { "" };
    let text = format!(
        "{} is {} {}{condition}: {does}.",
        capitalized(&who_of(assignment)),
        assignment.role_said(),
        place(assignment)
    );
    Sentence::new(text, assignment.span)
}

fn place(assignment: &Assignment) -> String {
    let Some(scope) = &assignment.scope else { return "at a scope that is not told".to_owned() };
    let last = scope.value.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
    match assignment.width() {
        Some(Width::Item) => format!("of the one item {last}"),
        Some(Width::Resource) => format!("of {last}"),
        Some(Width::Group) => format!("of all of the resource group {last}"),
        Some(Width::Subscription) => format!("of all of the subscription {last}"),
        Some(Width::Beyond) => "of all subscriptions below its management group".to_owned(),
        None => format!("at {}", scope.value),
    }
}

fn id_of(assignment: &Assignment) -> String {
    assignment.principal.as_ref().map_or_else(|| "no principal".to_owned(), |id| id.value.to_lowercase())
}

fn who_of(assignment: &Assignment) -> String {
    let kind =
        assignment.principal_type.as_ref().map_or("principal", |kind| match kind.value.to_lowercase().as_str() {
            "user" => "user",
            "group" => "group",
            "foreigngroup" => "group of another tenant",
            "serviceprincipal" => "service principal",
            "device" => "device",
            _ => "principal",
        });
    let name = assignment.principal_name.as_ref().map(|name| name.value.clone()).filter(|name| !name.is_empty());
    format!("{kind} {}", name.unwrap_or_else(|| id_of(assignment)))
}

/// Who can do what with what is in the vault. Assignments whose scope does not hold for the item are left out.
pub fn who(text: &str, surroundings: &Surroundings) -> Vec<Holder> {
    holders(&parse(text), surroundings)
}

/// Whether the scope holds for the item, if that is known by its resource id.
fn reaches(assignment: &Assignment, surroundings: &Surroundings) -> bool {
    let Some(item) = surroundings.item.as_deref().filter(|item| item.starts_with("/subscriptions/")) else {
        return true;
    };
    let Some(scope) = &assignment.scope else { return true };
    let (item, scope) = (item.to_lowercase(), scope.value.to_lowercase());
    let scope = scope.trim_end_matches('/');
    // Which subscriptions a management group holds is not known here.
    !scope.starts_with("/subscriptions/")
        || item.strip_prefix(scope).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

fn holders(document: &Document, surroundings: &Surroundings) -> Vec<Holder> {
    let mut holders: Vec<Holder> = Vec::new();
    for assignment in document.assignments.iter().filter(|assignment| reaches(assignment, surroundings)) {
        let powers = assignment.role().map_or_else(|| Power::ALL.to_vec(), super::Role::powers);
        for power in powers {
            let holder = Holder {
                who: who_of(assignment),
                id: id_of(assignment),
                power,
                standing: standing(document, assignment, power),
                by: assignment.label(),
                span: Some(assignment.span),
            };
            if !holders.contains(&holder) {
                holders.push(holder);
            }
        }
    }
    holders
}

fn standing(document: &Document, assignment: &Assignment, power: Power) -> Standing {
    if !document.is_well_formed() {
        return Standing::DependsOn { on: "the text, which cannot be read as it stands".to_owned() };
    }
    let Some(role) = assignment.role() else {
        return Standing::DependsOn { on: format!("the definition of {}", assignment.role_said()) };
    };
    let mut conditions = Vec::new();
    if assignment.condition.is_some() {
        conditions.push("the assignment's condition holds".to_owned());
    }
    if role.conditional && power == Power::Administer {
        conditions.push("it is one of the roles that Azure lets it give".to_owned());
    }
    if assignment.scope.as_ref().is_some_and(|scope| !scope.value.starts_with("/subscriptions/")) {
        conditions.push("the vault's subscription is below the management group".to_owned());
    }
    if power == Power::Delegate {
        conditions.push("the vault goes by access policies".to_owned());
    } else if !role.data_actions.is_empty() {
        conditions.push("the vault goes by roles".to_owned());
    }
    if conditions.is_empty() { Standing::Can } else { Standing::When { conditions } }
}

/// What a change of the text changes in effect.
pub fn differences(before: &str, after: &str, surroundings: &Surroundings) -> Vec<Difference> {
    let (old, new) = (parse(before), parse(after));
    if !(old.is_well_formed() && new.is_well_formed()) {
        return vec![Difference::unclear("One of the texts cannot be read, so what changes cannot be said.")];
    }
    compare(&holders(&old, surroundings), &holders(&new, surroundings))
}

/// Whether the caller could still give and take roles afterwards: by an assignment of their own that is here. What is
/// assigned through groups is not known, so that its absence is no proof.
pub fn lockout(text: &str, surroundings: &Surroundings) -> Lockout {
    let all = holders(&parse(text), surroundings);
    let administers = all.into_iter().filter(|holder| holder.power == Power::Administer);
    let own = surroundings.caller.as_ref().map(|caller| caller.id.to_lowercase());
    let (mine, others): (Vec<Holder>, Vec<Holder>) = administers.partition(|holder| Some(&holder.id) == own.as_ref());
    let (caller, says) = match (own, mine.iter().find(|holder| holder.standing == Standing::Can)) {
        (None, _) => (Retention::CannotTell, "Who changes the assignments is not known, so whether they still can afterwards cannot be told.".to_owned()),
        (Some(_), Some(holder)) => (Retention::Keeps, format!("You could still give and take roles, by {}.", holder.by)),
        (Some(_), None) => (Retention::CannotTell, "No assignment here lets you give roles for certain. You may still have one through a group or at a wider scope, which is not known.".to_owned()),
    };
    let next = (caller == Retention::CannotTell)
        .then(|| "Look for Microsoft.Authorization/roleAssignments/write among your own roles.".to_owned());
    Lockout { caller, says, next, others }
}
