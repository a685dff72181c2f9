//! The plan for the import of key material: first, again, or other material and a rotation to it.

use aws_sdk_kms::types::{KeySpec, KeyState, MultiRegionKeyType};
use domain::{Error, Kind, Plan, Result, Tier, Timestamp};
use encoding::wrap;
use serde_json::json;

use super::{Draft, PLAN, Words, invalid, rotation};
use crate::{
    imports::ways,
    offers::Key,
    operation::{MATERIAL, Operation},
    parameters::WRAPPED_SHA256,
    questions::{self, NEW_MATERIAL, SHA256, WRAPPING},
};

pub(super) async fn import(mut draft: Draft<'_>, key: &Key) -> Result<Plan> {
    let wrapping = wrapping(&draft, key)?;
    let sha256 = sha256(&draft)?;
    let valid_to = questions::valid_to(|name| draft.change.answer(name), Timestamp::now())?;
    let first = key.is(&KeyState::PendingImport);
    let other = is_other(&draft, key, first)?;
    let parameters = json!({
        "KeyId": key.id,
        "ExpirationModel": valid_to.map_or("KEY_MATERIAL_DOES_NOT_EXPIRE", |_| "KEY_MATERIAL_EXPIRES"),
        "ValidTo": valid_to.map(|at| at.to_string()),
        "ImportType": other.then_some("NEW_KEY_MATERIAL"),
        WRAPPED_SHA256: sha256,
    });
    let says = if other { "Import the new material" } else { "Import the material" };
    draft.step(Operation::ImportKeyMaterial, says, parameters).await?;
    let mut effects = Vec::new();
    if other {
        effects.push("KMS takes the new material in beside what the key has, and then rotates to it.".to_owned());
        effects.extend(rotation::step(&mut draft, key).await?);
    } else if first {
        effects.push("The key has material and is enabled: it can be used.".to_owned());
        effects.push("If the key has had material before, KMS takes only the same again.".to_owned());
    } else {
        effects.push("KMS takes only the same material as the key has had: what it was used for goes on.".to_owned());
    }
    effects.push(match valid_to {
        Some(at) => format!(
            "At {at} AWS deletes the material, and the key is unusable. What was encrypted stays unreadable until the \
             same material is imported again."
        ),
        None => "The material does not expire: it stays until somebody deletes it.".to_owned(),
    });
    effects.push(match &sha256 {
        Some(sha256) => format!("It was wrapped by {wrapping}; SHA-256 of what is sent: {sha256}."),
        None => format!("It was wrapped by {wrapping}."),
    });
    let verb = if other { "Import new material for" } else { "Import the material of" };
    let mut words = Words::new(format!("{verb} {}", draft.name), Tier::Consequences, effects)
        .warning(
            "Keep the material outside of AWS: if it expires or is deleted there, nothing else brings the key back.",
        )
        .warning("When it expires cannot be changed without another import.");
    if other {
        words = words
            .warning("A rotation cannot be taken back, and KMS bills each generation of material that it keeps.")
            .warning(
                "Every generation must stay imported: the key as a whole is unusable when one of them is not there.",
            );
    }
    if multi_region_type(key) == Some(&MultiRegionKeyType::Replica) {
        words = words.warning("A replica takes only the material of its primary key.");
    }
    Ok(draft.plan(words, None))
}

/// How it was wrapped, if KMS unwraps that for this kind of key.
fn wrapping<'a>(draft: &Draft<'a>, key: &Key) -> Result<&'a str> {
    let wrapping = draft.answer(WRAPPING)?;
    let spec = key.metadata.key_spec.as_ref().map_or("", KeySpec::as_str);
    let ways = ways::of_spec(spec, draft.client.region());
    match ways.iter().any(|offer| offer.native == wrapping) {
        true => Ok(wrapping),
        false => Err(invalid(format!("KMS unwraps no {spec} material by {wrapping:?}"))
            .with_next("Choose one of the ways that are offered, and wrap the material so.")),
    }
}

/// The digest of what is sent: as it was told, and of what is at hand.
fn sha256(draft: &Draft<'_>) -> Result<Option<String>> {
    let told = draft.change.answer(SHA256).map(str::to_ascii_lowercase);
    if let Some(told) = told.as_ref().filter(|it| it.len() != 64 || !it.bytes().all(|it| it.is_ascii_hexdigit())) {
        return Err(invalid(format!("{told:?} is no SHA-256: that has 64 hexadecimal digits")));
    }
    let found = draft.change.secrets.get(MATERIAL).map(|material| wrap::sha256(material.expose()));
    match (told, found) {
        (Some(told), Some(found)) if told != found => {
            Err(invalid(format!("the wrapped material is another: its SHA-256 is {found}, not {told}"))
                .with_next("Choose the file that was meant, or wrap the material again. Nothing was sent."))
        }
        (told, found) => Ok(found.or(told)),
    }
}

/// Whether it is other material than the key has, which then is rotated to.
fn is_other(draft: &Draft<'_>, key: &Key, first: bool) -> Result<bool> {
    if !draft.change.flag(NEW_MATERIAL) {
        return Ok(false);
    }
    if first && key.metadata.current_key_material_id.is_none() {
        return Ok(false);
    }
    let refuse = |kind: Kind, message: &str, next: &str| {
        Err(Error::new(kind, PLAN, message).with_refused_by("this app").with_next(next))
    };
    if key.metadata.key_spec != Some(KeySpec::SymmetricDefault) {
        return refuse(
            Kind::Unsupported,
            "only a symmetric encryption key gets other material: this one takes the same for ever",
            "Make another key with the new material, then move the alias.",
        );
    }
    if first {
        return refuse(
            Kind::Conflict,
            "the material of the key has expired or was deleted: KMS wants it back before it takes other material",
            "Import the same material again, then the new one.",
        );
    }
    if !key.is(&KeyState::Enabled) {
        return refuse(
            Kind::Conflict,
            "KMS rotates an enabled key only",
            "Enable the key, then import the new material.",
        );
    }
    let replicated = key.metadata.multi_region_configuration.as_ref().is_some_and(|it| !it.replica_keys().is_empty());
    if replicated || multi_region_type(key) == Some(&MultiRegionKeyType::Replica) {
        return refuse(
            Kind::Unsupported,
            "new material of related multi-Region keys has to be in all of them before it is rotated to",
            "Import it in each Region with AWS's own tool, or make another key and move the alias.",
        );
    }
    if matches!(&key.rotations, Some(Ok(generations)) if generations.waits) {
        return refuse(
            Kind::Conflict,
            "other material was imported before, and waits for its rotation",
            "Rotate the key to that first.",
        );
    }
    Ok(true)
}

fn multi_region_type(key: &Key) -> Option<&MultiRegionKeyType> {
    key.metadata.multi_region_configuration.as_ref()?.multi_region_key_type.as_ref()
}
