//! The exact calls of a change, in words and as lines for the shell, with what is there before. Reads only.
//!
//! A step that would set what is so already is left out; a plan without steps has nothing to do.

mod aliases;
mod creation;
mod grants;
mod keys;
mod material;
mod policies;
mod rotation;
mod secrets;
mod tags;

use domain::{Answers, Ask, Change, Error, Kind, OrderId, Plan, Result, Step, Target, Tier, Undo};
use serde_json::{Map, Value};

use crate::{
    Account,
    client::Client,
    offers::{Facts, Key, Secret, not_offered},
    operation::Operation,
    parameters::{Parameters, REGION},
    shell, state,
};

const PLAN: &str = "plan the change";

/// The plan of a change.
pub(crate) async fn plan(account: &Account, change: &Change) -> Result<Plan> {
    let mut draft = Draft::new(account, change);
    let item = match (&change.target, change.ask) {
        (Target::Vault(_), Ask::CreateKey) => return creation::key(draft).await,
        (Target::Vault(_), Ask::CreateSecret) => return creation::secret(draft).await,
        (Target::Vault(_), _) => return Err(not_offered("That is done with an item, not with a Region.".to_owned())),
        (Target::Item(item), _) => item,
    };
    let facts = Facts::read(account, item).await?;
    facts.allow(change.ask)?;
    match facts {
        Facts::Certificate(arn) => {
            draft.name = item.id.clone();
            tags::plan(draft, tags::Tagged::Certificate(&arn)).await
        }
        Facts::Key(key) => {
            draft.name = key.name();
            of_key(draft, &key).await
        }
        Facts::Secret(secret) => {
            draft.name = secret.name().to_owned();
            of_secret(draft, &secret).await
        }
    }
}

async fn of_key(draft: Draft<'_>, key: &Key) -> Result<Plan> {
    match draft.change.ask {
        Ask::CancelDeletion => keys::cancel_deletion(draft, key).await,
        Ask::ChangeDescription => keys::description(draft, key).await,
        Ask::ChangePolicy => policies::write(draft, key).await,
        Ask::ChangeTags => tags::plan(draft, tags::Tagged::Key(&key.id)).await,
        Ask::CreateAlias => aliases::create(draft, key).await,
        Ask::CreateGrant => grants::create(draft, key).await,
        Ask::DeleteAlias => aliases::delete(draft, key).await,
        Ask::Disable => keys::disable(draft, key).await,
        Ask::Enable => keys::enable(draft, key).await,
        Ask::ImportMaterial => material::import(draft, key).await,
        Ask::MoveAlias => aliases::take(draft, key).await,
        Ask::RetireGrant => grants::retire(draft, key).await,
        Ask::RevokeGrant => grants::revoke(draft, key).await,
        Ask::Rotate => rotation::now(draft, key).await,
        Ask::ScheduleDeletion => keys::schedule_deletion(draft, key).await,
        Ask::SetRotation => rotation::automatic(draft, key).await,
        Ask::BackUp
        | Ask::CancelIssuance
        | Ask::ChangeCertificatePolicy
        | Ask::Configure
        | Ask::CreateCertificate
        | Ask::CreateKey
        | Ask::CreateSecret
        | Ask::Delete
        | Ask::DeleteIssuer
        | Ask::DeleteVersions
        | Ask::ExportCertificate
        | Ask::ExportPrivateKey
        | Ask::ExportPublicKey
        | Ask::ExportSigningRequest
        | Ask::ImportCertificate
        | Ask::ImportKey
        | Ask::MergeCertificate
        | Ask::Restore
        | Ask::RevealSecret
        | Ask::RollBack
        | Ask::SetContacts
        | Ask::SetIssuer
        | Ask::Trim
        | Ask::UndeleteVersions
        | Ask::WriteValue => Err(not_offered("That is no change of a KMS key.".to_owned())),
    }
}

async fn of_secret(draft: Draft<'_>, secret: &Secret) -> Result<Plan> {
    match draft.change.ask {
        Ask::CancelDeletion => secrets::cancel_deletion(draft, secret).await,
        Ask::ChangeDescription => secrets::description(draft, secret).await,
        Ask::ChangeTags => tags::plan(draft, tags::Tagged::Secret(&secret.id)).await,
        Ask::RollBack => secrets::roll_back(draft, secret).await,
        Ask::ScheduleDeletion => secrets::schedule_deletion(draft, secret).await,
        Ask::WriteValue => secrets::write_value(draft, secret).await,
        Ask::BackUp
        | Ask::CancelIssuance
        | Ask::ChangeCertificatePolicy
        | Ask::ChangePolicy
        | Ask::Configure
        | Ask::CreateAlias
        | Ask::CreateCertificate
        | Ask::CreateGrant
        | Ask::CreateKey
        | Ask::CreateSecret
        | Ask::Delete
        | Ask::DeleteAlias
        | Ask::DeleteIssuer
        | Ask::DeleteVersions
        | Ask::Disable
        | Ask::Enable
        | Ask::ExportCertificate
        | Ask::ExportPrivateKey
        | Ask::ExportPublicKey
        | Ask::ExportSigningRequest
        | Ask::ImportCertificate
        | Ask::ImportKey
        | Ask::ImportMaterial
        | Ask::MergeCertificate
        | Ask::MoveAlias
        | Ask::Restore
        | Ask::RetireGrant
        | Ask::RevealSecret
        | Ask::RevokeGrant
        | Ask::Rotate
        | Ask::SetContacts
        | Ask::SetIssuer
        | Ask::SetRotation
        | Ask::Trim
        | Ask::UndeleteVersions => Err(not_offered("That is no change of a secret.".to_owned())),
    }
}

/// A plan in the making.
struct Draft<'a> {
    account: &'a Account,
    client: Client,
    change: &'a Change,
    /// What a person calls the item, or what will be made.
    name: String,
    steps: Vec<Step>,
}

/// What a plan says beside its steps.
struct Words {
    title: String,
    tier: Tier,
    effects: Vec<String>,
    warnings: Vec<String>,
}

impl<'a> Draft<'a> {
    fn new(account: &'a Account, change: &'a Change) -> Self {
        let client = account.client(&change.target.vault().0);
        Self { account, client, change, name: String::new(), steps: Vec::new() }
    }

    /// Adds the call, unless what it sets is so already. Gives what is there before. Parameters that are `Null` are not
    /// sent.
    async fn step(&mut self, operation: Operation, says: impl Into<String>, parameters: Value) -> Result<Value> {
        let parameters = self.parameters(parameters);
        let sent = Parameters::new(&parameters);
        let before = state::seen(&self.client, operation, sent).await?;
        if state::wanted(operation, sent, None).as_ref() == Some(&before) {
            return Ok(before);
        }
        self.steps.push(Step {
            says: says.into(),
            operation: operation.call().permission.to_owned(),
            command: shell::line(operation, &parameters, self.account.tool(), None),
            parameters,
            before: before.clone(),
            secrets: operation.secrets().iter().map(|name| (*name).to_owned()).collect(),
        });
        Ok(before)
    }

    fn parameters(&self, parameters: Value) -> Value {
        let mut sent = Map::from_iter([(REGION.to_owned(), Value::from(self.client.region()))]);
        if let Value::Object(parameters) = parameters {
            sent.extend(parameters.into_iter().filter(|(_, value)| !value.is_null()));
        }
        Value::Object(sent)
    }

    fn plan(self, words: Words, undo: Option<Undo>) -> Plan {
        let Words { title, tier, effects, warnings } = words;
        let (ask, target) = (self.change.ask, self.change.target.clone());
        Plan { ask, target, name: self.name, title, tier, effects, warnings, steps: self.steps, undo }
    }

    /// What takes the change back, done to the same item.
    fn undo<const N: usize>(&self, ask: Ask, answers: [(&str, String); N], whole: bool) -> Option<Undo> {
        let answers: Answers = answers.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        Some(Undo { ask, target: self.change.target.clone(), answers, whole })
    }

    /// An answer that must be there.
    fn answer(&self, name: &'static str) -> Result<&'a str> {
        self.change.answer(name).ok_or_else(|| invalid(format!("nothing was answered to \"{name}\"")))
    }

    /// The number of days that was answered, if it lies within these bounds.
    fn days(&self, name: &'static str, least: i64, most: i64) -> Result<i64> {
        let days = self.answer(name)?.parse().ok().filter(|days| (least..=most).contains(days));
        days.ok_or_else(|| invalid(format!("\"{name}\" must be a whole number of days from {least} to {most}")))
    }

    /// Pairs of texts.
    fn pairs(&self, name: &str) -> Result<std::collections::BTreeMap<String, String>> {
        let text = self.change.answer(name).unwrap_or("[]");
        let pairs: Vec<(String, String)> = serde_json::from_str(text)
            .map_err(|_| invalid(format!("\"{name}\" must be a JSON array of arrays of two texts")))?;
        Ok(pairs.into_iter().collect())
    }
}

impl Words {
    fn new(title: String, tier: Tier, effects: impl IntoIterator<Item = String>) -> Self {
        Self { title, tier, effects: effects.into_iter().collect(), warnings: Vec::new() }
    }

    fn warning(mut self, warning: impl Into<String>) -> Self {
        self.warnings.push(warning.into());
        self
    }
}

fn invalid(message: String) -> Error {
    Error::new(Kind::Invalid, PLAN, message).with_refused_by("this app")
}

/// The number of an order as a UUID: both are 128 bits, so one order always gives the same. `None` if it is no ULID.
///
/// Secrets Manager takes it as a token and does the same call only once, and gives the version that is made this id.
fn token(order: &OrderId) -> Option<String> {
    const CROCKFORD: &str = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    if order.0.len() != 26 {
        return None;
    }
    let mut bits: u128 = 0;
    for (at, c) in order.0.chars().enumerate() {
        let digit = CROCKFORD.find(c.to_ascii_uppercase()).filter(|digit| at > 0 || *digit < 8)?;
        bits = bits << 5 | digit as u128;
    }
    let hex = format!("{bits:032x}");
    Some([&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].join("-"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_has_one_token_and_no_other_order_has_it() {
        let token = |text: &str| token(&OrderId(text.to_owned()));
        assert_eq!(token("00000000000000000000000000").unwrap(), "00000000-0000-0000-0000-000000000000");
        assert_eq!(token("7ZZZZZZZZZZZZZZZZZZZZZZZZZ").unwrap(), "ffffffff-ffff-ffff-ffff-ffffffffffff");
        assert_eq!(token("01ARZ3NDEKTSV4RRFFQ69G5FAV").unwrap(), "01563e3a-b5d3-d676-4c61-efb99302bd5b");
        for no in ["", "8ZZZZZZZZZZZZZZZZZZZZZZZZZ", "01ARZ3NDEKTSV4RRFFQ69G5FAU", "01ARZ3NDEKTSV4RRFFQ69G5FA"] {
            assert_eq!(token(no), None, "{no}");
        }
    }
}
