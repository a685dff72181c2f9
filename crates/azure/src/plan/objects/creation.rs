//! Plans for new keys, and what everything that is made has in common: times, tags and the order's mark.

use std::collections::BTreeMap;

use base64ct::{Base64UrlUnpadded, Encoding};
use domain::{Plan, Result, Tier};
use serde_json::{Map, Value, json};

use super::{
    super::{Draft, MARK, Planned, Words, unfit},
    must_be_free, new_name,
    values::found_by,
};
use crate::{
    byok::IMPORT,
    kinds::{Shape, Type},
    members,
    object::Object,
    operation::Operation,
    parameters::Parameters,
    shell::{self, Line},
    state::Before,
};

pub(super) async fn key(mut draft: Draft<'_>) -> Result<Plan> {
    let named = new_name(&draft, Object::Key)?;
    let kind = kind(&draft, draft.answer("type")?).await?;
    let size = draft.answer(kind.shape.size_question())?;
    if !kind.shape.sizes().contains(&size) {
        return Err(unfit(format!("there is no {} key of {size:?}", kind.word)));
    }
    let operations = operations(&draft, kind.shape)?;
    if operations == [IMPORT] && !kind.hsm {
        return Err(unfit("only a key in an HSM is for import: a key exchange key, which others are wrapped for"));
    }
    must_be_free(&draft, &named).await?;
    let (exportable, policy) = release(&draft, kind)?;
    let attributes = attributes(&draft, exportable)?;
    let tags = marked(&draft, draft.pairs("tags")?)?;
    let bits: Option<u32> = size.parse().ok();
    let sent = Parameters::new(draft.vault, &named.name)
        .with("kty", kind.word)
        .with("key_size", json!(bits))
        .with("crv", bits.is_none().then_some(size))
        .with("key_ops", json!(operations))
        .with("attributes", attributes)
        .with("release_policy", policy.clone().unwrap_or_default())
        .with("tags", json!(tags));
    let line = Line::new(&["key", "create"], draft.vault)
        .option("--name", &named.name)
        .option("--kty", kind.word)
        .maybe("--size", bits.is_some().then_some(size))
        .maybe("--curve", bits.is_none().then_some(size))
        .several("--ops", operations.iter().map(|one| (*one).into()));
    let command = with_attributes(line, &sent, policy.is_some());
    let command = match draft.change.answer("release_policy") {
        Some(text) if policy.is_some() => format!("printf %s {} | {command}", shell::quoted(text)),
        Some(_) | None => command,
    };
    draft.step(
        Planned {
            operation: Operation::CreateKey,
            says: format!("Create the {size} {} key", kind.word),
            sent: &sent,
            command,
            secrets: &[],
        },
        &Before::Versions(Vec::new()),
    )?;
    let mut effects = vec![
        format!("There is a new key {} in {}: {}, {size}.", named.name, draft.vault, kind.label),
        format!("It is for {}.", operations.join(", ")),
        found_by(&draft),
    ];
    if kind.hsm {
        effects.push("Its material lies in a hardware security module, which costs money each month.".to_owned());
    }
    if exportable {
        effects.push("Its material can be released to whoever proves what the release policy wants.".to_owned());
    }
    let words = Words::new(&named.name, format!("Create the key {}", named.name), Tier::Consequences, effects)
        .warning("Type, size and whether it can be released are never changed again.");
    draft.plan(words, None)
}

/// A type that this vault makes.
pub(super) async fn kind(draft: &Draft<'_>, word: &str) -> Result<&'static Type> {
    let managed_hsm = shell::is_hsm(draft.vault);
    let kind = Type::of(word).filter(|kind| kind.is_in(managed_hsm)).ok_or_else(|| {
        unfit(match managed_hsm {
            true => format!("a Managed HSM has no {word:?} keys, only keys in its hardware"),
            false => format!("a Key Vault has no {word:?} keys"),
        })
    })?;
    if kind.hsm && !managed_hsm && draft.tenant.is_standard(draft.vault).await {
        return Err(unfit("a Standard vault has no hardware security module; a Premium vault has"));
    }
    Ok(kind)
}

/// What the key is for: at least one thing that its shape can do.
pub(super) fn operations<'a>(draft: &Draft<'a>, shape: Shape) -> Result<Vec<&'a str>> {
    let wanted = draft.change.list(shape.operations_question());
    if shape == Shape::Rsa && wanted == [IMPORT] {
        return Ok(wanted);
    }
    if let Some(other) = wanted.iter().find(|one| !shape.operations().contains(one)) {
        return Err(unfit(format!("such a key cannot {other:?}")));
    }
    if wanted.is_empty() {
        return Err(unfit("a key is for one operation at least"));
    }
    Ok(wanted)
}

/// Whether it can be released, and to whom: one never goes without the other.
pub(super) fn release(draft: &Draft<'_>, kind: &Type) -> Result<(bool, Option<Value>)> {
    let (exportable, policy) = (draft.change.flag("exportable"), draft.change.answer("release_policy"));
    match (exportable, policy) {
        (false, None) => Ok((false, None)),
        (true, None) => Err(unfit("an exportable key needs a release policy")),
        (false, Some(_)) => Err(unfit("only an exportable key has a release policy")),
        (true, Some(_)) if !kind.hsm => Err(unfit("only a key in an HSM can be exportable")),
        (true, Some(text)) => {
            if !serde_json::from_str::<Value>(text).is_ok_and(|policy| policy.is_object()) {
                return Err(unfit("a release policy is a JSON object"));
            }
            let policy = json!({
                "contentType": "application/json; charset=utf-8",
                "data": Base64UrlUnpadded::encode_string(text.as_bytes()),
                "immutable": draft.change.flag("immutable"),
            });
            Ok((true, Some(policy)))
        }
    }
}

/// From when and until when, whether it is enabled, and whether it can be released.
pub(super) fn attributes(draft: &Draft<'_>, exportable: bool) -> Result<Value> {
    let mut attributes =
        Map::from_iter([("enabled".to_owned(), json!(draft.change.answer("enabled") != Some("false")))]);
    if exportable {
        attributes.insert("exportable".to_owned(), true.into());
    }
    let mut times = Vec::new();
    for (name, member) in [("not_before", "nbf"), ("expires", "exp")] {
        if let Some(text) = draft.change.answer(name) {
            let second = members::second(name, text)?;
            times.push(second);
            attributes.insert(member.to_owned(), second.into());
        }
    }
    if let [from, until] = times[..]
        && from >= until
    {
        return Err(unfit("it would expire before it becomes valid"));
    }
    Ok(attributes.into())
}

/// These tags and the order's mark.
pub(super) fn marked(draft: &Draft<'_>, mut tags: BTreeMap<String, String>) -> Result<BTreeMap<String, String>> {
    tags.insert(MARK.to_owned(), draft.change.order.0.clone());
    members::fitting(tags)
}

/// The rest of a line that makes a key.
pub(super) fn with_attributes(line: Line, sent: &Parameters, policy: bool) -> String {
    let attribute = |name: &str| sent.body.get("attributes").and_then(|attributes| attributes.get(name));
    let time = |name: &str| attribute(name).and_then(Value::as_i64).map(members::written);
    let flag = |name: &str, value: bool| (attribute(name) == Some(&json!(value))).then_some("true");
    let immutable = sent.body.get("release_policy").is_some_and(|policy| policy["immutable"] == true);
    let mut line = line
        .maybe("--not-before", time("nbf").as_deref())
        .maybe("--expires", time("exp").as_deref())
        .maybe("--disabled", flag("enabled", false))
        .maybe("--exportable", flag("exportable", true))
        .maybe("--policy", policy.then_some("/dev/stdin"))
        .maybe("--immutable", immutable.then_some("true"));
    if let Some(tags) = sent.body.get("tags").and_then(Value::as_object) {
        line = line.tags(tags.iter().filter_map(|(key, value)| Some((key.as_str(), value.as_str()?))));
    }
    line.end()
}
