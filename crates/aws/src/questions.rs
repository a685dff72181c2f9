//! What must be asked before a change, with what is there now to begin with.

mod creation;
pub(crate) mod grants;
mod material;

use aws_sdk_kms::types::AliasListEntry;
use domain::{Ask, Question, QuestionKind, Result, Target, Timestamp};
use futures::TryStreamExt;

use crate::{
    Account,
    client::Client,
    locate::Service,
    offers::{Facts, Key, Secret, movable, not_offered},
    policies,
    secrets::CURRENT,
    tags, time,
};
pub(crate) use creation::{EXTERNAL, KMS_ORIGIN, ORIGIN, is_china, is_made, spec_question, uses};
pub(crate) use material::{EXPIRES, NEW_MATERIAL, SHA256, VALID_TO, WRAPPING, brought, valid_to};

/// How many days a deletion may wait. Source: API references, ScheduleKeyDeletion and DeleteSecret.
pub(crate) const DELETION_DAYS: QuestionKind = QuestionKind::Number { least: 7, most: 30 };
/// How many days may lie between two rotations. Source: API reference, EnableKeyRotation.
pub(crate) const PERIOD_DAYS: QuestionKind = QuestionKind::Number { least: 90, most: 2560 };
/// The period of a rotation that is switched on without one.
pub(crate) const USUAL_PERIOD: &str = "365";

/// The questions of a change.
pub(crate) async fn questions(account: &Account, ask: Ask, target: &Target) -> Result<Vec<Question>> {
    let client = account.client(&target.vault().0);
    let item = match (target, ask) {
        (Target::Vault(vault), Ask::CreateKey) => return Ok(creation::key(&vault.0)),
        (Target::Vault(_), Ask::CreateSecret) => return Ok(creation::secret()),
        (Target::Vault(_), _) => return Err(not_offered("That is done with an item, not with a Region.".to_owned())),
        (Target::Item(item), _) => item,
    };
    let facts = Facts::read(account, item).await?;
    facts.allow(ask)?;
    match facts {
        Facts::Certificate(arn) => of_tags(&client, Service::Acm, &arn).await,
        Facts::Key(key) => of_key(&client, ask, &key).await,
        Facts::Secret(secret) => of_secret(&client, ask, &secret).await,
    }
}

async fn of_key(client: &Client, ask: Ask, key: &Key) -> Result<Vec<Question>> {
    Ok(match ask {
        Ask::ChangeDescription => {
            let help = "At most 8,192 characters. CloudTrail keeps it in plain text.";
            vec![description(key.metadata.description(), help)]
        }
        Ask::ChangePolicy => policies::questions(client, &key.id).await?,
        Ask::ChangeTags => of_tags(client, Service::Kms, &key.id).await?,
        Ask::CreateAlias => vec![
            Question::new("alias", "Alias", QuestionKind::Text)
                .help("Such as alias/payments-sign. Letters, digits, and the characters / _ -.")
                .required(),
        ],
        Ask::CreateGrant => grants::create(&key.metadata),
        Ask::ImportMaterial => material::import(&key.metadata, client.region(), Timestamp::now()),
        Ask::DeleteAlias => {
            let aliases = key.aliases.clone()?.into_iter().map(|alias| (alias.clone(), alias)).collect();
            vec![Question::new("alias", "Alias", QuestionKind::Choice(aliases)).required()]
        }
        Ask::MoveAlias => vec![moved_alias(client, &key.metadata.key_id).await?],
        Ask::RetireGrant | Ask::RevokeGrant => vec![grants::choose(&key.grants.clone()?)],
        Ask::ScheduleDeletion => {
            vec![days("Until then the key cannot be used, and the deletion can be cancelled.")]
        }
        Ask::SetRotation => rotation(client, &key.id).await?,
        // Nothing has to be known beside the key itself.
        Ask::CancelDeletion | Ask::Disable | Ask::Enable | Ask::Rotate => Vec::new(),
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
        | Ask::WriteValue => return Err(not_offered("That is no change of a KMS key.".to_owned())),
    })
}

async fn of_secret(client: &Client, ask: Ask, secret: &Secret) -> Result<Vec<Question>> {
    Ok(match ask {
        Ask::ChangeDescription => vec![description(secret.metadata.description(), "At most 2,048 characters.")],
        Ask::ChangeTags => of_tags(client, Service::SecretsManager, &secret.id).await?,
        Ask::RollBack => vec![older_version(secret)?],
        Ask::ScheduleDeletion => {
            vec![days("Until then nobody can read the value, and the deletion can be cancelled.")]
        }
        Ask::WriteValue => vec![creation::value("The new value. The old one is not read.")],
        // Nothing has to be known beside the secret itself.
        Ask::CancelDeletion => Vec::new(),
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
        | Ask::UndeleteVersions => return Err(not_offered("That is no change of a secret.".to_owned())),
    })
}

async fn of_tags(client: &Client, service: Service, address: &str) -> Result<Vec<Question>> {
    let now = tags::own(tags::read(client, service, address).await?);
    Ok(vec![
        Question::new("tags", "Tags", QuestionKind::Pairs)
            .help("All of them: what is not here is removed. Policies may depend on tags.")
            .preset(tags::pairs(&now)),
    ])
}

fn description(now: Option<&str>, help: &str) -> Question {
    Question::new("description", "Description", QuestionKind::Lines).help(help).preset(now.unwrap_or_default())
}

fn days(help: &str) -> Question {
    Question::new("days", "Days until it is destroyed", DELETION_DAYS).help(help).required().preset("30")
}

async fn rotation(client: &Client, key: &str) -> Result<Vec<Question>> {
    let status = client.key_rotation_status(key).await?;
    let days = status.rotation_period_in_days.filter(|_| status.key_rotation_enabled);
    let preset = days.map_or(USUAL_PERIOD.to_owned(), |days| days.to_string());
    Ok(vec![
        Question::new("automatic", "Rotate automatically", QuestionKind::Flag)
            .help("KMS makes new material by itself and keeps the old: nothing has to be encrypted again.")
            .preset(status.key_rotation_enabled.to_string()),
        Question::new("period_days", "Days from one rotation to the next", PERIOD_DAYS)
            .required()
            .preset(preset)
            .shown_when("automatic", ["true"]),
    ])
}

/// Aliases of other keys, AWS's own left out.
async fn moved_alias(client: &Client, key: &str) -> Result<Question> {
    let aliases: Vec<AliasListEntry> = client.aliases(None).try_concat().await?;
    let choices = aliases.into_iter().filter(|alias| movable(alias, key)).filter_map(|alias| {
        let (name, target) = (alias.alias_name?, alias.target_key_id?);
        let label = format!("{name}, now at {target}");
        Some((name, label))
    });
    Ok(Question::new("alias", "Alias", QuestionKind::Choice(choices.collect())).required())
}

fn older_version(secret: &Secret) -> Result<Question> {
    let current = secret.current();
    let mut versions = secret.versions.clone()?;
    versions.sort_by_key(|version| std::cmp::Reverse(version.created_date.as_ref().and_then(time)));
    let older = versions.into_iter().filter(|version| version.version_id != current);
    let choices = older.filter_map(|version| {
        let labels = version.version_stages().join(", ");
        let created = version.created_date.as_ref().and_then(time).map(|at| at.to_string()).unwrap_or_default();
        let id = version.version_id?;
        let label = [id.as_str(), &created, &labels].into_iter().filter(|part| !part.is_empty());
        let label = label.collect::<Vec<_>>().join(", ");
        Some((id, label))
    });
    Ok(Question::new("version", "Version", QuestionKind::Choice(choices.collect()))
        .help(format!("{CURRENT} moves there; no value is read."))
        .required())
}
