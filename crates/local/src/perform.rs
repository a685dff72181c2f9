//! Sends a step: the file is read, edited in memory and written anew, in one piece or not at all, with the order's mark.

use std::{collections::BTreeMap, sync::Arc};

use domain::{Changed, Error, Kind, OrderId, Outcome, Result, Secret, Sending, Step, Timestamp};

use crate::{
    LocalKeystore, VAULT,
    edits::{Before, Edit, Facts},
    file::Disk,
    keystore::Keystore,
    marks::Mark,
};

const CHANGE: &str = "change the keystore";

/// What is sent, taken out of its step.
struct Sent {
    order: OrderId,
    edit: Edit,
    before: Before,
    value: Option<Secret>,
    now: Timestamp,
}

impl LocalKeystore {
    /// Carries one step out.
    pub(crate) async fn carry_out(&self, sending: &Sending) -> Outcome {
        let (edit, before) = match read_step(sending.step()) {
            Ok(read) => read,
            Err(error) => return Outcome::Refused(error),
        };
        let value =
            edit.what.secret().and_then(|name| sending.secret(name)).map(|value| Secret::new(value.expose().to_vec()));
        let sent = Sent { order: sending.order().clone(), edit, before, value, now: (self.clock)() };
        let (last, disk) = (self.last_read(), self.disk);
        match tokio::task::spawn_blocking(move || write(&last, sent, disk)).await {
            Ok(Ok((newest, mark))) => {
                self.remember(Arc::new(newest));
                Outcome::Done { request_id: None, results: results(mark) }
            }
            Ok(Err(error)) if *error.changed() == Changed::Nothing => Outcome::Refused(error),
            Ok(Err(error)) => Outcome::Unknown(error),
            Err(cause) => Outcome::Unknown(crate::error::broken_off(CHANGE, cause).with_changed(Changed::Unknown)),
        }
    }
}

/// What a step says.
///
/// # Errors
/// `Unexpected` for one that this provider did not plan.
pub(crate) fn read_step(step: &Step) -> Result<(Edit, Before)> {
    let unlike = |cause: serde_json::Error| {
        Error::new(Kind::Unexpected, CHANGE, "the step is not one of a keystore").with_source(cause)
    };
    let edit = serde_json::from_value(step.parameters.clone()).map_err(unlike)?;
    Ok((edit, serde_json::from_value(step.before.clone()).map_err(unlike)?))
}

/// What an order made, by name.
pub(crate) fn results(mark: Mark) -> BTreeMap<String, String> {
    let named = [("vault", Some(VAULT.to_owned())), ("item", Some(mark.entry)), ("version", mark.version)];
    named.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
}

fn write(last: &Keystore, sent: Sent, disk: Disk) -> Result<(Keystore, Mark)> {
    let Sent { order, edit, before, value, now } = sent;
    // Made before the file is held: others need not wait for an RSA key.
    let material = edit.what.material(value)?;
    last.edit(disk, |keystore| {
        if Facts::of(keystore, &edit.entry) != before.entry {
            let message = format!("{} was changed since the plan was made", edit.entry);
            return Err(Error::new(Kind::Conflict, CHANGE, message)
                .with_refused_by("the keystore")
                .with_next("Plan the change anew: it shows what is there now."));
        }
        let version = edit.apply(keystore, material, now)?;
        let mark = Mark { order, entry: edit.entry, version, at: now };
        keystore.mark(mark.clone());
        Ok(mark)
    })
}
