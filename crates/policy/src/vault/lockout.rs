//! Whether whoever edits a policy of Vault can still write it afterwards.

use super::{
    Capability, Document, parse,
    who::{Acls, holder_of},
};
use crate::{Caller, Holder, Known, Lockout, Power, Retention, Standing, Surroundings};

/// Both ways to write a policy; either is enough, and both need `update`.
const WAYS: [&str; 2] = ["sys/policies/acl/", "sys/policy/"];

/// Whether the caller could still write this policy once it holds, and who else could.
pub fn lockout(text: &str, surroundings: &Surroundings) -> Lockout {
    let document = parse(text);
    let (caller, says, next) = match &surroundings.name {
        None => cannot_tell("The policy's name is not known, so whether its path may be written cannot be told."),
        Some(_) if !document.is_well_formed() => {
            cannot_tell("The servers refuse this text; what it would leave of the right to change it cannot be told.")
        }
        Some(name) => of_caller(name, &document, surroundings),
    };
    Lockout { caller, says, next, others: others(&document, surroundings) }
}

type Told = (Retention, String, Option<String>);

fn cannot_tell(says: &str) -> Told {
    (Retention::CannotTell, says.to_owned(), None)
}

fn of_caller(name: &str, document: &Document, surroundings: &Surroundings) -> Told {
    let Some(Caller { policies, .. }) = &surroundings.caller else {
        return cannot_tell(
            "Who changes the policy is not known, so whether they still can afterwards cannot be told.",
        );
    };
    let held = match policies {
        Known::Read(held) => held,
        Known::Unread(why) => {
            let says = format!(
                "Your token's policies could not be read: {why}. Whether you could still change it cannot be told."
            );
            return (Retention::CannotTell, says, None);
        }
    };
    if held.iter().any(|policy| policy.name == "root") {
        return (Retention::Keeps, "Your token is a root token, which no policy limits.".to_owned(), None);
    }
    let texts: Vec<Document> =
        held.iter().filter(|policy| policy.name != name).map(|policy| parse(&policy.text)).collect();
    if texts.iter().any(|text| !text.is_well_formed()) {
        return cannot_tell(
            "One of your token's policies cannot be read, so whether you could still change this one cannot be told.",
        );
    }
    let mut documents: Vec<&Document> = texts.iter().collect();
    if held.iter().any(|policy| policy.name == name) {
        documents.push(document);
    }
    let acls = Acls::of(documents);
    let standings: Vec<_> =
        WAYS.iter().filter_map(|way| acls.standing(&format!("{way}{name}"), Capability::Update)).collect();
    if let Some((_, rule)) = standings.iter().find(|(standing, _)| *standing == Standing::Can) {
        let says = format!("Your token could still write this policy, by the path {}.", rule.path.value);
        return (Retention::Keeps, says, None);
    }
    let conditional = standings.iter().find_map(|(standing, rule)| match standing {
        Standing::When { conditions } => Some((crate::listed(conditions), rule)),
        Standing::Can | Standing::Denied | Standing::DependsOn { .. } => None,
    });
    if let Some((conditions, rule)) = conditional {
        let says = format!("By the path {} your token could write this policy only if {conditions}.", rule.path.value);
        return (Retention::CannotTell, says, None);
    }
    let says = format!("Your token could no longer write this policy: nothing gives it update on {}{name}.", WAYS[0]);
    let next = format!(
        "Keep a rule with update on {}{name} in one of your policies, or let somebody with a root token write it.",
        WAYS[0]
    );
    (Retention::Loses, says, Some(next))
}

fn others(document: &Document, surroundings: &Surroundings) -> Vec<Holder> {
    let mut holders = vec![Holder {
        who: holder_of(Some("root")),
        id: "root".to_owned(),
        power: Power::Administer,
        standing: Standing::DependsOn {
            on: "whether there is a root token, which those with the unseal keys can make".to_owned(),
        },
        by: "the policy root".to_owned(),
        span: None,
    }];
    let Some(name) = &surroundings.name else { return holders };
    let texts: Vec<(&str, Document)> = surroundings
        .others
        .iter()
        .filter(|other| other.name != *name && other.name != "root")
        .map(|other| (other.name.as_str(), parse(&other.text)))
        .collect();
    let own = std::iter::once((name.as_str(), document));
    let all = own.chain(texts.iter().map(|(name, document)| (*name, document)));
    for (at, (holder, document)) in all.enumerate() {
        let acls = Acls::of(vec![document]);
        let found = WAYS.iter().find_map(|way| acls.standing(&format!("{way}{name}"), Capability::Update));
        let Some((standing, rule)) = found.filter(|(standing, _)| *standing != Standing::Denied) else { continue };
        holders.push(Holder {
            who: holder_of(Some(holder)),
            id: holder.to_owned(),
            power: Power::Administer,
            standing,
            by: rule.path.value.clone(),
            span: (at == 0).then_some(rule.span),
        });
    }
    holders
}
