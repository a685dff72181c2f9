//! Plans for the end of an object: deleted, recovered, purged; and for a saved copy that is taken back.

use domain::{Ask, Plan, Result, Tier};

use super::{
    super::{Draft, Planned, Words, not_offered, unfit},
    must_be_free, new_name,
};
use crate::{
    object::Object,
    operation::Operation,
    parameters::Parameters,
    perform::BACKUP,
    shell::Line,
    standing::{Now, Retention, Standing},
    state::{self, Before},
    wire::instant,
};

pub(super) fn schedule(mut draft: Draft<'_>, standing: &Standing) -> Result<Plan> {
    let (of, retention) = (&standing.of, Retention::of(&standing.there()?.current.attributes));
    let (operation, command) = match of.object {
        Object::Certificate => (Operation::DeleteCertificate, "certificate"),
        Object::Key => (Operation::DeleteKey, "key"),
        Object::Secret => (Operation::DeleteSecret, "secret"),
    };
    let command = Line::new(&[command, "delete"], &of.vault).option("--name", &of.name).end();
    let sent = Parameters::new(draft.vault, &of.name);
    draft.step(
        Planned { operation, says: format!("Delete {of} with all its versions"), sent: &sent, command, secrets: &[] },
        &Before::There,
    )?;
    let mut effects =
        vec!["Every use of it fails from now on, whichever version it is of.".to_owned(), retention.says()];
    if of.object == Object::Certificate {
        effects.insert(1, "Its key and its secret go with it.".to_owned());
    }
    effects.push("Its name cannot be given to anything else meanwhile.".to_owned());
    let lost = match of.object {
        Object::Key => "Once destroyed, nothing that is encrypted under the key can ever be decrypted.",
        Object::Certificate | Object::Secret => "Once destroyed, nobody can bring it back, Azure neither.",
    };
    let words = Words::new(&of.name, format!("Delete {}", of.name), Tier::Name, effects).warning(lost);
    let undo = if retention.waits { draft.undo(Ask::CancelDeletion, [], true) } else { None };
    draft.plan(words, undo)
}

pub(super) fn cancel(mut draft: Draft<'_>, standing: &Standing) -> Result<Plan> {
    let (of, Now::Deleted(deleted)) = (&standing.of, &standing.now) else {
        return Err(not_offered("It is not deleted."));
    };
    let operation = match of.object {
        Object::Certificate => Operation::RecoverCertificate,
        Object::Key => Operation::RecoverKey,
        Object::Secret => Operation::RecoverSecret,
    };
    let command = Line::new(&[of.object.word(), "recover"], &of.vault).option("--name", &of.name).end();
    let sent = Parameters::new(draft.vault, &of.name);
    let before = Before::Deleted(deleted.deleted_date);
    draft.step(Planned { operation, says: format!("Recover {of}"), sent: &sent, command, secrets: &[] }, &before)?;
    let effects = ["It is there again with all its versions, each in the state that it had.".to_owned()];
    let words = Words::new(&of.name, format!("Recover {}", of.name), Tier::Consequences, effects);
    let undo = draft.undo(Ask::ScheduleDeletion, [], false);
    draft.plan(words, undo)
}

pub(super) fn purge(mut draft: Draft<'_>, standing: &Standing) -> Result<Plan> {
    let (of, Now::Deleted(deleted)) = (&standing.of, &standing.now) else {
        return Err(not_offered("Only what is deleted can be purged."));
    };
    let operation = match of.object {
        Object::Certificate => Operation::PurgeCertificate,
        Object::Key => Operation::PurgeKey,
        Object::Secret => Operation::PurgeSecret,
    };
    let command = Line::new(&[of.object.word(), "purge"], &of.vault).option("--name", &of.name).end();
    let sent = Parameters::new(draft.vault, &of.name);
    draft.step(
        Planned { operation, says: format!("Purge {of}"), sent: &sent, command, secrets: &[] },
        &Before::Deleted(deleted.deleted_date),
    )?;
    let mut effects = vec!["All its versions are destroyed at once. Its name is free again.".to_owned()];
    effects.extend(instant(deleted.scheduled_purge_date).map(|at| format!("Otherwise that would happen at {at}.")));
    let words = Words::new(&of.name, format!("Purge {}", of.name), Tier::Name, effects)
        .warning("Nobody can bring it back afterwards, Azure neither. Only a saved copy could be restored.");
    draft.plan(words, None)
}

pub(super) async fn restore(mut draft: Draft<'_>) -> Result<Plan> {
    let (object, operation) = match draft.answer("kind")? {
        "certificate" => (Object::Certificate, Operation::RestoreCertificate),
        "key" => (Object::Key, Operation::RestoreKey),
        "secret" => (Object::Secret, Operation::RestoreSecret),
        other => return Err(unfit(format!("there are no saved copies of a {other:?}"))),
    };
    if crate::shell::is_hsm(draft.vault) && object != Object::Key {
        return Err(not_offered("A Managed HSM holds keys only."));
    }
    let named = new_name(&draft, object)?;
    must_be_free(&draft, &named).await?;
    let names = state::names(draft.tenant, draft.vault, object).await?;
    let command = Line::new(&[object.word(), "restore"], draft.vault).option("--file", "/dev/stdin").end();
    let before = Before::Names { name: named.name.clone(), object, others: names };
    draft.step(
        Planned {
            operation,
            says: format!("Restore the {} from the file", object.word()),
            sent: &Parameters::new(draft.vault, ""),
            command,
            secrets: &[BACKUP],
        },
        &before,
    )?;
    let effects = [
        format!("The {} is there again under the name that the file holds, with all its versions.", object.word()),
        "Each version has the state, the times and the tags that it had when it was saved.".to_owned(),
    ];
    let words = Words::new(&named.name, format!("Restore {}", named.name), Tier::Consequences, effects)
        .warning("Azure takes a copy back only within the same subscription and geography that it was saved in.");
    draft.plan(words, None)
}
