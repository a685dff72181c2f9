//! Looks at what a consumer's address publishes or presents. The only addresses are those in the ledger.

use contract::{NameRun, RotationWire};
use domain::{Error, Kind, Result, Timestamp};
use encoding::{PublicKey, jwks, x509::Certificate};
use futures::future::try_join_all;
use reach::{Limits, endpoint};
use rotation::{Act, Check, ConsumerId, Move, Phase, Rotation, Run, StepState};
use tokio_util::sync::CancellationToken;

use super::{Loaded, material::Keys};
use crate::App;

const LOOK: &str = "look at the consumer";

/// What all addresses of a consumer publish together.
struct Published {
    has_new: bool,
    has_old: bool,
    /// The longest that one of them lets readers keep it, in seconds.
    max_age: u32,
}

impl App {
    /// Looks at a consumer's address, and takes down what that tells.
    ///
    /// # Errors
    /// `Unsupported` for a consumer without an address, `Conflict` if it shows another key, as the address answers. The
    /// rotation is then where it was.
    pub async fn look_at_consumer(&self, request: NameRun) -> Result<RotationWire> {
        let loaded = self.rotation(&request.rotation).await?;
        let id = ConsumerId(request.consumer);
        let run = loaded.rotation.run(&id).cloned().ok_or_else(|| {
            Error::new(Kind::NotFound, LOOK, "this consumer is no part of the rotation").with_next("Let it join first.")
        })?;
        let loaded = match run.consumer.kind.check() {
            Check::Published => self.look_at_set(loaded, &run).await?,
            Check::Presented => self.look_at_certificate(loaded, &run).await?,
            Check::Fingerprint | Check::Said | Check::Slots => {
                let message = format!("{} has no address that could be looked at", run.consumer.name);
                return Err(Error::new(Kind::Unsupported, LOOK, message).with_next("Check it in its own way."));
            }
        };
        self.rotation_wire(loaded).await
    }

    async fn look_at_set(&self, loaded: Loaded, run: &Run) -> Result<Loaded> {
        let keys = Keys::of(&loaded.rotation);
        let retires = loaded.rotation.phase == Phase::Retire;
        let seen = published(run, keys.made()?, keys.replaced()?, retires).await?;
        let (id, now) = (run.consumer.id.clone(), Timestamp::now());
        let mut acts = vec![Act::Look {
            consumer: id.clone(),
            has_new: seen.has_new,
            has_old: seen.has_old,
            cache_seconds: seen.max_age.max(run.consumer.cache_seconds()),
        }];
        let when = now.strftime("%Y-%m-%d %H:%M:%S UTC");
        let evidence = format!("Looked at {} on {when}.", run.consumer.addresses().join(", "));
        if seen.has_new && run.state == StepState::InProgress {
            acts.push(Act::Succeed(id.clone(), run.instances_left(), evidence.clone()));
        }
        let unverified = run.state == StepState::Succeeded && run.verified.is_none();
        if seen.has_new && (run.state == StepState::InProgress || unverified) {
            acts.push(Act::Verify(id.clone(), evidence.clone()));
        }
        let rotation = &loaded.rotation;
        if seen.has_new && !seen.has_old && is_open(rotation, &Move::RemoveOld(id.clone()), now) {
            acts.push(Act::RemoveOld(id.clone(), evidence.clone()));
        }
        // While users may still sign with the new key, that one stays published.
        let may_stay = rotation.switched.is_some() || rotation.unsure;
        if seen.has_old && (may_stay || !seen.has_new) && is_open(rotation, &Move::TellBack(id.clone()), now) {
            acts.push(Act::TellBack(id, evidence));
        }
        self.act(loaded, acts).await
    }

    async fn look_at_certificate(&self, loaded: Loaded, run: &Run) -> Result<Loaded> {
        let keys = Keys::of(&loaded.rotation);
        let address = run.consumer.field("address").unwrap_or_default();
        let leaf = endpoint::certificate(address, authority(run), &Limits::ENDPOINT, &CancellationToken::new()).await?;
        let leaf = Certificate::parse(&leaf)?;
        let (shown, not_after) = (leaf.public_key()?, leaf.not_after);
        let evidence = format!("{address} presents a certificate of this key, valid until {not_after}.");
        if loaded.rotation.phase == Phase::RollingBack && keys.old.as_ref() == Some(&shown) {
            return self.act(loaded, vec![Act::TellBack(run.consumer.id.clone(), evidence)]).await;
        }
        if keys.made()? != &shown {
            let which = if keys.old.as_ref() == Some(&shown) { "the old key" } else { "another key" };
            return Err(Error::new(Kind::Conflict, LOOK, format!("{address} presents a certificate of {which}"))
                .with_next("Install the new certificate there and load it, then look again. Nothing was changed."));
        }
        self.act(loaded, run.shown(&evidence)).await
    }
}

/// What the addresses of a consumer publish together: a key counts if each of them has it. Where the old one is to be gone,
/// one that has it still is enough.
async fn published(run: &Run, new: &PublicKey, old: &PublicKey, retires: bool) -> Result<Published> {
    let cancel = CancellationToken::new();
    let looks = run.consumer.addresses().into_iter().map(|address| {
        let cancel = &cancel;
        async move {
            let fetched = endpoint::get_json(address, authority(run), &Limits::ENDPOINT, cancel).await?;
            let keys = jwks::published(&fetched.text)?;
            if keys.iter().any(|key| key.is_private) {
                let message = format!("{address} publishes private key material");
                return Err(Error::new(Kind::Conflict, LOOK, message).with_next(
                    "Take that set down at once: whoever has read it can sign. Then rotate that key as well.",
                ));
            }
            Ok((jwks::publishes(&keys, new), jwks::publishes(&keys, old), fetched.max_age.unwrap_or(0)))
        }
    });
    let each = try_join_all(looks).await?;
    Ok(Published {
        has_new: !each.is_empty() && each.iter().all(|(new, _, _)| *new),
        has_old: match retires {
            true => each.iter().any(|(_, old, _)| *old),
            false => !each.is_empty() && each.iter().all(|(_, old, _)| *old),
        },
        max_age: each.iter().map(|(_, _, age)| *age).max().unwrap_or(0),
    })
}

fn authority(run: &Run) -> Option<&[u8]> {
    run.consumer.field("authority").map(str::as_bytes)
}

fn is_open(rotation: &Rotation, what: &Move, now: Timestamp) -> bool {
    rotation.lock(what, now).is_none()
}
