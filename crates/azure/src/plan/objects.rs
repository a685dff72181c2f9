//! Plans for keys and secrets, and for whatever is deleted, recovered, purged or restored.

mod attributes;
mod creation;
mod deletion;
mod import;
mod rotation;
mod usable;
mod values;

pub(crate) use values::fits;

use domain::{Answer, Ask, Error, Kind, Plan, Result, VaultId};

use super::{Draft, PLAN, unfit};
use crate::{
    Tenant,
    object::{Named, Object, is_name},
    offers,
    plan::not_offered,
    standing::Standing,
    state,
};

/// The tags that were answered, with the order's mark.
pub(super) fn members_marked(draft: &Draft<'_>) -> Result<std::collections::BTreeMap<String, String>> {
    creation::marked(draft, draft.pairs("tags")?)
}

/// The certificate that was named, there or not.
pub(super) fn named_certificate(draft: &Draft<'_>) -> Result<Named> {
    new_name(draft, Object::Certificate)
}

/// The certificate that was named, of which there is none yet.
pub(super) async fn new_certificate(draft: &Draft<'_>) -> Result<Named> {
    let named = named_certificate(draft)?;
    must_be_free(draft, &named).await?;
    Ok(named)
}

/// What is made in a vault.
pub(super) async fn of_vault(draft: Draft<'_>) -> Result<Plan> {
    allow(draft.tenant, draft.change.ask, draft.vault)?;
    match draft.change.ask {
        Ask::CreateKey => creation::key(draft).await,
        Ask::CreateSecret => values::create(draft).await,
        Ask::ImportKey => import::key(draft).await,
        Ask::Restore => deletion::restore(draft).await,
        _ => Err(not_offered("That is done with an item, not with a vault.")),
    }
}

/// The vault takes this ask.
pub(crate) fn allow(tenant: &Tenant, ask: Ask, vault: &VaultId) -> Result<()> {
    match offers::of_vault(tenant, vault).into_iter().find(|offer| offer.ask == ask).map(|offer| offer.answer) {
        Some(Answer::Allow | Answer::Unknown { .. }) => Ok(()),
        Some(Answer::Refuse { because, .. }) => Err(not_offered(because)),
        None => Err(not_offered("That is done with an item, not with a vault.")),
    }
}

/// What is done to an object.
pub(super) async fn of_item(draft: Draft<'_>, object: &Named) -> Result<Plan> {
    let standing = Standing::before(draft.tenant, object, draft.change.ask).await?;
    standing.allow(draft.change.ask)?;
    match (draft.change.ask, object.object) {
        (Ask::CancelDeletion, _) => deletion::cancel(draft, &standing),
        (Ask::ChangeTags, _) => attributes::tags(draft, &standing),
        (Ask::Configure, _) => attributes::configure(draft, &standing),
        (Ask::Delete, _) => deletion::purge(draft, &standing),
        (Ask::Disable | Ask::Enable, _) => usable::plan(draft, standing),
        (Ask::Rotate, Object::Key) => rotation::now(draft, &standing).await,
        (Ask::ScheduleDeletion, _) => deletion::schedule(draft, &standing),
        (Ask::SetRotation, Object::Key) => rotation::policy(draft, &standing).await,
        (Ask::WriteValue, Object::Secret) => values::write(draft, &standing).await,
        _ => Err(not_offered(format!("That is no change of a {}.", object.object.word()))),
    }
}

/// A name that was answered, for something of this kind.
fn new_name(draft: &Draft<'_>, object: Object) -> Result<Named> {
    let name = draft.answer("name")?;
    if !is_name(name) {
        return Err(unfit(format!("{name:?} is not a name: it has 1 to 127 letters, digits and dashes")));
    }
    Ok(Named { vault: draft.vault.clone(), object, name: name.to_owned() })
}

/// Refuses a name that is taken, by something that waits for its purge too: that still holds its name.
async fn must_be_free(draft: &Draft<'_>, named: &Named) -> Result<()> {
    let taken = |message: String, next: &str| {
        Err(Error::new(Kind::Conflict, PLAN, message).with_refused_by("this app").with_next(next))
    };
    if let Some(first) = state::versions(draft.tenant, named).await?.first() {
        let owner = if first.managed { ", which belongs to the certificate of that name" } else { "" };
        return taken(
            format!("there is a {} {} already{owner}", named.object.word(), named.name),
            "Choose another name, or change the one that is there.",
        );
    }
    match state::deleted(draft.tenant, named).await {
        Ok(Some(_)) => taken(
            format!("a deleted {} still holds the name {}", named.object.word(), named.name),
            "Recover it, purge it, or choose another name.",
        ),
        Ok(None) => Ok(()),
        // Who may not look there may still make something; Azure refuses it if the name is taken.
        Err(error) if error.kind() == Kind::Denied => Ok(()),
        Err(error) => Err(error),
    }
}
