//! Plans for what is made in a Region: a key with its alias, a secret with its first value.

use domain::{Error, Kind, Plan, Result, Step, Tier};
use serde_json::{Value, json};

use super::{Draft, PLAN, Words, aliases, invalid, token};
use crate::{
    imports::ways,
    locate::Service,
    operation::Operation,
    parameters::Parameters,
    questions::{EXTERNAL, KMS_ORIGIN, ORIGIN, spec_question},
    shell,
    state::{self, ANOTHER},
    tags,
};

/// Where the line of the first step puts what the line of the second needs.
const KEY_VARIABLE: &str = "KEY_ID";

pub(super) async fn key(mut draft: Draft<'_>) -> Result<Plan> {
    let usage = draft.answer("usage")?;
    let question = spec_question(usage).ok_or_else(|| invalid(format!("KMS makes no keys for {usage:?}")))?;
    let spec = draft.answer(question)?;
    let external = is_external(&draft, spec)?;
    let alias = draft.change.answer("alias").map(aliases::full).transpose()?;
    let mut tags = draft.pairs("tags")?;
    // By it the key is found again, since CreateKey itself makes a second key when it is sent twice.
    tags.insert(tags::ORDER.to_owned(), draft.change.order.0.clone());
    let multi_region = draft.change.flag("multi_region");
    let parameters = json!({
        "KeySpec": spec,
        "KeyUsage": usage,
        "Description": draft.change.answer("description"),
        "MultiRegion": multi_region,
        "Origin": if external { EXTERNAL } else { KMS_ORIGIN },
        "Tags": tags::sent(Service::Kms, &tags),
    });
    draft.name = alias.as_ref().map_or(format!("a {spec} key"), |alias| alias.trim_start_matches("alias/").to_owned());
    draft.step(Operation::CreateKey, format!("Create the {spec} key"), parameters).await?;
    let mut effects = vec![
        format!("There is a new {spec} key for {usage} in {}, which costs money each month.", draft.client.region()),
        "Its policy lets the account itself administer it, so that IAM policies decide.".to_owned(),
        format!(
            "It carries the tag {} = {}, by which it is found if the answer is lost.",
            tags::ORDER,
            draft.change.order
        ),
    ];
    if external {
        effects.push("It has no material: it waits for yours (PendingImport), and is of no use until then.".to_owned());
    }
    if let Some(alias) = &alias {
        name_it(&mut draft, alias).await?;
        effects.push(format!("The alias {alias} points at it."));
    }
    let mut words = Words::new(format!("Create {}", draft.name), Tier::Consequences, effects)
        .warning("A key is never deleted at once: that takes at least 7 days.");
    if external {
        words = words.warning(
            "The durability of its material is yours: if it expires or is deleted at AWS, only the same material brings \
             the key back.",
        );
    }
    Ok(draft.plan(words, None))
}

/// Whether its material is brought, if KMS takes any for that kind of key.
fn is_external(draft: &Draft<'_>, spec: &str) -> Result<bool> {
    match draft.change.answer(ORIGIN) {
        None | Some(KMS_ORIGIN) => Ok(false),
        Some(EXTERNAL) if ways::of_spec(spec, draft.client.region()).is_empty() => {
            let message = format!("KMS takes no imported material for {spec} keys in {}", draft.client.region());
            Err(invalid(message).with_next("Let AWS make the material, or choose another kind of key."))
        }
        Some(EXTERNAL) => Ok(true),
        Some(other) => Err(invalid(format!("KMS has no keys of the origin {other:?} here"))),
    }
}

/// Adds the step that gives the key its alias, whose target is known only when the key is made.
async fn name_it(draft: &mut Draft<'_>, alias: &str) -> Result<()> {
    let parameters = draft.parameters(json!({"AliasName": alias}));
    let before = state::seen(&draft.client, Operation::CreateAlias, Parameters::new(&parameters)).await?;
    aliases::taken(alias, &before)?;
    if let Some(first) = draft.steps.first_mut() {
        first.command = format!("{KEY_VARIABLE}=$({} --query KeyMetadata.KeyId --output text)", first.command);
    }
    let later = Some(("TargetKeyId", KEY_VARIABLE));
    draft.steps.push(Step {
        says: format!("Create {alias} for it"),
        operation: Operation::CreateAlias.call().permission.to_owned(),
        command: shell::line(Operation::CreateAlias, &parameters, draft.account.tool(), later),
        parameters,
        before,
        secrets: Vec::new(),
    });
    Ok(())
}

pub(super) async fn secret(mut draft: Draft<'_>) -> Result<Plan> {
    let name = draft.answer("name")?;
    let fits = |c: char| c.is_ascii_alphanumeric() || "/_+=.@-".contains(c);
    if name.len() > 512 || !name.chars().all(fits) {
        return Err(invalid(format!("{name:?} is not a name for a secret"))
            .with_next("Use letters, digits, and the characters / _ + = . @ -, at most 512 in all."));
    }
    let token = token(&draft.change.order).ok_or_else(|| invalid("the order has no number".to_owned()))?;
    let tags = draft.pairs("tags")?;
    let tags = if tags.is_empty() { Value::Null } else { tags::sent(Service::SecretsManager, &tags) };
    let parameters = json!({
        "Name": name,
        "ClientRequestToken": token,
        "Description": draft.change.answer("description"),
        "KmsKeyId": draft.change.answer("kms_key"),
        "Tags": tags,
    });
    draft.name = name.to_owned();
    let before = draft.step(Operation::CreateSecret, format!("Create the secret {name}"), parameters).await?;
    if before == ANOTHER {
        return Err(Error::new(Kind::Conflict, PLAN, format!("there is a secret {name} already"))
            .with_refused_by("this app")
            .with_next("Choose another name, or write a new value of that secret."));
    }
    let effects = [
        format!("There is a new secret {name} in {}, which costs money each month.", draft.client.region()),
        format!("Its first value is the version {token}."),
    ];
    let words = Words::new(format!("Create the secret {name}"), Tier::Consequences, effects);
    Ok(draft.plan(words, None))
}
