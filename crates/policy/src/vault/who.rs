//! Who can do what by a policy: whoever holds it, since a policy of Vault names nobody.

use super::{
    Acl, Capability, Document, Rule,
    api::{Address, ENDPOINTS, Endpoint, Engine},
    evaluate::Way,
    parse,
    pattern::Pattern,
};
use crate::{Holder, Power, Standing, Surroundings};

/// Who can do what with the item, or, if it is not known, with anything that the policy's paths lead to.
///
/// Holders are those who hold this policy and each of the other policies of the place, every one looked at alone: a second
/// policy on the same token may add to it, and may take from it.
pub fn who(text: &str, surroundings: &Surroundings) -> Vec<Holder> {
    let mut holders = of_policy(&parse(text), surroundings.name.as_deref(), true, surroundings);
    for other in surroundings.others.iter().filter(|other| Some(&other.name) != surroundings.name.as_ref()) {
        holders.extend(of_policy(&parse(&other.text), Some(&other.name), false, surroundings));
    }
    holders
}

/// How people speak of whoever holds a policy.
pub(super) fn holder_of(name: Option<&str>) -> String {
    match name {
        Some("root") => "whoever has a root token".to_owned(),
        Some(name) => format!("whoever holds the policy {name}"),
        None => "whoever holds this policy".to_owned(),
    }
}

/// Who can do what by one policy, whatever others say.
pub(super) fn of_policy(
    document: &Document,
    name: Option<&str>,
    own: bool,
    surroundings: &Surroundings,
) -> Vec<Holder> {
    let who = holder_of(name);
    let id = name.unwrap_or("this policy").to_owned();
    if name == Some("root") {
        let holder = |power| Holder {
            who: who.clone(),
            id: id.clone(),
            power,
            standing: Standing::Can,
            by: "the policy root".to_owned(),
            span: None,
        };
        return Power::ALL.into_iter().map(holder).collect();
    }
    if !document.is_well_formed() {
        let on = "the text, which cannot be read as it stands".to_owned();
        let holder = |power| Holder {
            who: who.clone(),
            id: id.clone(),
            power,
            standing: Standing::DependsOn { on: on.clone() },
            by: "the text".to_owned(),
            span: own.then_some(document.span),
        };
        return Power::ALL.into_iter().map(holder).collect();
    }
    let address = surroundings.item.as_deref().and_then(Address::of);
    let policy = surroundings.name.as_deref().unwrap_or("+");
    let acls = Acls::of(vec![document]);
    let mut holders: Vec<Holder> = Vec::new();
    for endpoint in ENDPOINTS {
        let path = match &address {
            Some(address) => endpoint.path_for(address, policy),
            None => Some(endpoint.path_anywhere()),
        };
        let Some(path) = path else { continue };
        for witness in witnesses(document, &path, endpoint, address.is_none()) {
            let Some((standing, rule)) = acls.standing(&witness, endpoint.needs) else { continue };
            let at = if address.is_some() { None } else { Some(rule.path.value.as_str()) };
            let holder = Holder {
                who: at.map_or_else(|| who.clone(), |path| format!("{who}, by the path {path},")),
                id: at.map_or_else(|| id.clone(), |path| format!("{id}: {path}")),
                power: endpoint.power,
                standing,
                by: rule.path.value.clone(),
                span: own.then_some(rule.span),
            };
            if !holders.contains(&holder) {
                holders.push(holder);
            }
        }
    }
    without_moot_denials(holders)
}

/// A power has several paths, and a denial of one of them denies the power only if no other gives it.
fn without_moot_denials(holders: Vec<Holder>) -> Vec<Holder> {
    let given: Vec<(String, Power)> = holders
        .iter()
        .filter(|holder| holder.standing != Standing::Denied)
        .map(|holder| (holder.id.clone(), holder.power))
        .collect();
    let counts =
        |holder: &Holder| holder.standing != Standing::Denied || !given.contains(&(holder.id.clone(), holder.power));
    holders.into_iter().filter(counts).collect()
}

/// Concrete paths of an endpoint that the policy's rules speak of; what does not matter is filled in from the rules.
fn witnesses(document: &Document, path: &str, endpoint: &Endpoint, anywhere: bool) -> Vec<String> {
    let pattern = Pattern::of(path);
    let mut found = Vec::new();
    for rule in &document.rules {
        let written = if rule.is_templated() { without_templates(&rule.path.value) } else { rule.path.value.clone() };
        let meets = Pattern::of(&written).meets(&pattern);
        if !meets || (anywhere && !likely(&written, endpoint.engine)) {
            continue;
        }
        let witness = filled(path, &written);
        if !found.contains(&witness) {
            found.push(witness);
        }
    }
    found
}

/// Whether a rule is meant for that engine, as far as its first segment tells: `secret/*` is not meant for keys.
fn likely(written: &str, engine: Engine) -> bool {
    let first = written.trim_start_matches('/').split('/').next().unwrap_or_default().to_lowercase();
    let named = |words: &[&str]| words.iter().any(|word| first.contains(word));
    match engine {
        Engine::Transit => !named(&["secret", "kv", "pki"]) && !is_own(&first),
        Engine::Kv => !named(&["transit", "pki"]) && !is_own(&first),
        Engine::Pki => !named(&["secret", "kv", "transit"]) && !is_own(&first),
        Engine::System => true,
    }
}

fn is_own(first: &str) -> bool {
    ["sys", "auth", "identity", "cubbyhole"].contains(&first)
}

/// Every template as a whole segment that fits anything.
fn without_templates(written: &str) -> String {
    let mut text = String::new();
    let mut rest = written;
    while let Some((before, after)) = rest.split_once("{{") {
        text.push_str(before);
        text.push('+');
        rest = after.split_once("}}").map_or("", |(_, after)| after);
    }
    text.push_str(rest);
    let segments = text.split('/').map(|segment| match segment {
        "*" => "*",
        _ if segment.contains('+') => "+",
        _ => segment,
    });
    segments.collect::<Vec<_>>().join("/")
}

/// The endpoint's path with its `+` as the rule has it, or as something that stands for anything.
fn filled(path: &str, written: &str) -> String {
    let rule: Vec<&str> = written.trim_start_matches('/').split('/').collect();
    let segments = path.split('/').enumerate().map(|(at, segment)| match rule.get(at) {
        _ if segment != "+" => segment.to_owned(),
        Some(literal) if !literal.is_empty() && *literal != "+" && !literal.ends_with('*') => (*literal).to_owned(),
        Some(open) if open.len() > 1 && open.ends_with('*') => format!("{}x", open.trim_end_matches('*')),
        Some(_) | None => "any".to_owned(),
    });
    segments.collect::<Vec<_>>().join("/")
}

/// The rules of several policies, with and without what depends on who asks.
#[derive(Debug)]
pub(super) struct Acls<'d> {
    documents: Vec<&'d Document>,
    plain: Acl<'d>,
    templated: bool,
}

impl<'d> Acls<'d> {
    pub(super) fn of(documents: Vec<&'d Document>) -> Self {
        let templated = documents.iter().any(|document| document.rules.iter().any(Rule::is_templated));
        Self { plain: Acl::of(documents.iter().copied()), templated, documents }
    }

    /// Whether a capability is given at a path, and by which rule; `None` if no rule speaks of it.
    pub(super) fn standing(&self, path: &str, needs: Capability) -> Option<(Standing, &'d Rule)> {
        let way = match needs {
            Capability::List | Capability::Scan => Way::Listed,
            Capability::Deny
            | Capability::Create
            | Capability::Read
            | Capability::Update
            | Capability::Delete
            | Capability::Sudo
            | Capability::Patch
            | Capability::Subscribe
            | Capability::Recover => Way::Plain,
        };
        let plain = self.plain.decides(path, way);
        let filled_acl = self.templated.then(|| Acl::filled(self.documents.iter().copied(), Some(path)));
        let filled = filled_acl.as_ref().map_or(plain, |acl| acl.decides(path, way));
        let gives =
            |granted: Option<&super::evaluate::Granted<'_>>| granted.is_some_and(|it| it.capabilities.has(needs));
        let mut conditions = Vec::new();
        let granted = match (gives(plain), gives(filled)) {
            (true, true) => plain,
            (false, true) => {
                conditions.push("the path is the caller's own, by its template".to_owned());
                filled
            }
            (true, false) => {
                conditions.push("no template of a denial fits the caller".to_owned());
                plain
            }
            (false, false) => {
                let denial = filled.or(plain).filter(|granted| granted.capabilities.is_denied())?;
                return denial.rules.last().map(|rule| (Standing::Denied, *rule));
            }
        }?;
        conditions.extend(granted.narrowed());
        let rule = granted.rules.iter().find(|rule| rule.granted().has(needs))?;
        let standing = if conditions.is_empty() { Standing::Can } else { Standing::When { conditions } };
        Some((standing, rule))
    }
}
