//! How an item ends: what is known of it as data with source and date, and the change that each step takes.

use domain::{
    Ask, DestructionStep, DestructionStroke, DestructionSubject, Destructions, ItemDetail, Result, RotationFact,
    Standing, State, Target, Version, WaitDays, Wish,
};

use crate::{Cluster, inventory::engine_of, mounts::Engine};

const CHECKED: &str = "2026-11-26";
const AUDIT: &str = "https://developer.hashicorp.com/vault/docs/audit";
const KV: &str = "https://developer.hashicorp.com/vault/docs/secrets/kv/kv-v2";
const PKI: &str = "https://developer.hashicorp.com/vault/api-docs/secret/pki";
const TRANSIT: &str = "https://developer.hashicorp.com/vault/api-docs/secret/transit";

/// The setting without which the server deletes no key.
const ALLOWED: &str = "deletion_allowed";
/// How a version of a path is called that can be brought back.
const HIDDEN: &str = "deleted";

const fn fact(says: &'static str, source: &'static str) -> RotationFact {
    RotationFact::new(says, source, CHECKED)
}

const UNTOLD: RotationFact = fact(
    "The server does not tell when something was last used. Only its audit devices do, where one was switched on before.",
    AUDIT,
);
const NO_SWITCH: RotationFact = fact(
    "A transit key has no switch that stops its use: min_encryption_version and min_decryption_version close old versions \
     only, and the newest one is always in use. Whoever still uses the key is seen in the audit log alone.",
    TRANSIT,
);
const MUST_ALLOW: RotationFact =
    fact("A key is deleted only while its setting deletion_allowed is true, which is set first.", TRANSIT);
const AT_ONCE: RotationFact = fact(
    "The deletion of a transit key is at once and final: nothing waits, and nothing that is encrypted under any of its \
     versions can ever be decrypted.",
    TRANSIT,
);
const TRIM: RotationFact =
    fact("If only old versions shall end, they are trimmed at the key itself; this ends all of them.", TRANSIT);
const HIDES: RotationFact =
    fact("Deleting the versions of a path hides their values, and can be taken back until they are destroyed.", KV);
const WHOLE: RotationFact =
    fact("Deleting a path's metadata destroys every version at once and for good: nothing waits.", KV);
const NONE: RotationFact = fact(
    "Certificates and issuers are ended by the mount's own calls (revoke, tidy, issuer deletion), which are not made here.",
    PKI,
);

impl Destructions for Cluster {
    fn facts(&self, item: &ItemDetail) -> Vec<RotationFact> {
        match engine_of(&item.item.key) {
            Ok(Engine::Transit) => vec![AT_ONCE, MUST_ALLOW, NO_SWITCH, UNTOLD, TRIM],
            Ok(Engine::Kv) => vec![WHOLE, HIDES, UNTOLD],
            Ok(Engine::Pki) | Err(_) => vec![NONE],
        }
    }

    fn wait(&self, _: &ItemDetail) -> Option<WaitDays> {
        None
    }

    fn standing(&self, item: &ItemDetail) -> Standing {
        match engine_of(&item.item.key) {
            Ok(Engine::Kv) if live(item).next().is_none() => Standing::Stopped,
            Ok(Engine::Transit | Engine::Kv | Engine::Pki) | Err(_) => match item.item.state {
                State::Destroyed => Standing::Gone,
                _ => Standing::InUse,
            },
        }
    }

    fn unread(&self, _: &ItemDetail) -> Vec<String> {
        Vec::new()
    }

    fn stroke(&self, subject: &DestructionSubject<'_>, step: DestructionStep) -> Result<DestructionStroke> {
        match engine_of(&subject.item.item.key) {
            Ok(Engine::Transit) => transit(subject, step),
            Ok(Engine::Kv) => path(subject, step),
            Ok(Engine::Pki) => Err(step.not_taken(
                "Certificates and issuers are revoked and tidied up at their mount, with the server's own tool.",
            )),
            Err(_) => Err(step.not_taken("What this is could not be read, so how it ends is not known.")),
        }
    }
}

fn wish(subject: &DestructionSubject<'_>, ask: Ask) -> Wish {
    Wish::new(ask, Target::Item(subject.item.item.key.clone()))
}

fn transit(subject: &DestructionSubject<'_>, step: DestructionStep) -> Result<DestructionStroke> {
    let allowed = subject.item.native(ALLOWED) == Some("true");
    let because = match (step, allowed) {
        (DestructionStep::Permit, false) => {
            return Ok(DestructionStroke::new(wish(subject, Ask::Configure).answer(ALLOWED, "true")));
        }
        (DestructionStep::Forbid, true) => {
            return Ok(DestructionStroke::new(wish(subject, Ask::Configure).answer(ALLOWED, "false")));
        }
        (DestructionStep::Permit | DestructionStep::Forbid, _) => return Err(step.is_so_already()),
        // Whether it is allowed by then, the change itself says.
        (DestructionStep::Destroy, _) => return Ok(DestructionStroke::new(wish(subject, Ask::Delete)).for_good()),
        (DestructionStep::Disable | DestructionStep::Enable, _) => {
            "A transit key has no switch that stops its use: its newest version can always be used."
        }
        (DestructionStep::Schedule | DestructionStep::Cancel, _) => {
            "A transit key is deleted at once or not at all: it never waits for its deletion."
        }
    };
    Err(step.not_taken(because))
}

fn path(subject: &DestructionSubject<'_>, step: DestructionStep) -> Result<DestructionStroke> {
    let of = |ask, versions: Vec<&str>| match versions.is_empty() {
        true => Err(step.is_so_already()),
        false => {
            let list = versions.join(",");
            Ok(DestructionStroke::new(wish(subject, ask).answer("versions", &list)).of(list))
        }
    };
    let because = match step {
        DestructionStep::Disable => return of(Ask::DeleteVersions, live(subject.item).collect()),
        DestructionStep::Enable => return of(Ask::UndeleteVersions, ours(subject)),
        DestructionStep::Destroy => return Ok(DestructionStroke::new(wish(subject, Ask::Delete)).for_good()),
        DestructionStep::Permit | DestructionStep::Forbid => "A path needs no word before it is destroyed.",
        DestructionStep::Schedule | DestructionStep::Cancel => "A path is destroyed at once: nothing waits.",
    };
    Err(step.not_taken(because))
}

/// The versions whose value can be read.
fn live(item: &ItemDetail) -> impl Iterator<Item = &str> {
    item.versions.iter().filter(|version| version.state == State::Enabled).map(|version| version.id.as_str())
}

/// The versions that were hidden here and still are, and none that was hidden before.
fn ours<'a>(subject: &'a DestructionSubject<'_>) -> Vec<&'a str> {
    let hidden = |version: &&Version| version.state == State::Other(HIDDEN.to_owned());
    let stopped = |id: &&str| subject.stopped.iter().any(|part| part.split(',').any(|one| one == *id));
    subject.item.versions.iter().filter(hidden).map(|version| version.id.as_str()).filter(stopped).collect()
}

#[cfg(test)]
mod tests {
    use domain::{Item, ItemKey, NativeRow};

    use super::*;

    fn item(id: &str, versions: &[(&str, State)], allowed: &str) -> ItemDetail {
        let trouble = domain::Error::new(domain::Kind::Unexpected, "describe", "a test");
        let item = Item::undescribed(ItemKey::new("mount", id), "payments", "thing", trouble);
        let version = |(id, state): &(&str, State)| Version {
            id: (*id).to_owned(),
            state: state.clone(),
            created: None,
            expires: None,
            current: false,
            has_public_key: false,
        };
        ItemDetail {
            item: Item { state: State::Enabled, trouble: None, ..item },
            versions: versions.iter().map(version).collect(),
            aspects: vec![domain::Aspect::Native(vec![NativeRow::new(ALLOWED, allowed)])],
        }
    }

    fn subject<'a>(item: &'a ItemDetail, stopped: &'a [String]) -> DestructionSubject<'a> {
        DestructionSubject { item, days: 30, stopped }
    }

    #[test]
    fn a_transit_key_is_deleted_at_once_after_that_was_allowed() {
        let closed = item("keys/payments", &[], "false");
        let permit = transit(&subject(&closed, &[]), DestructionStep::Permit).unwrap();
        assert_eq!((permit.wish.ask, permit.wish.answers[ALLOWED].as_str()), (Ask::Configure, "true"));
        assert!(transit(&subject(&closed, &[]), DestructionStep::Destroy).unwrap().is_final);
        for absent in [DestructionStep::Disable, DestructionStep::Schedule, DestructionStep::Cancel] {
            let refused = transit(&subject(&closed, &[]), absent).unwrap_err();
            assert_eq!(refused.kind(), domain::Kind::Unsupported);
        }
    }

    #[test]
    fn a_path_shows_again_only_what_was_hidden_here() {
        let hidden = || State::Other(HIDDEN.to_owned());
        let used = item("data/app", &[("3", State::Enabled), ("2", hidden()), ("1", State::Enabled)], "");
        let hide = path(&subject(&used, &[]), DestructionStep::Disable).unwrap();
        assert_eq!((hide.part.as_deref(), hide.wish.answers["versions"].as_str()), (Some("3,1"), "3,1"));
        let closed = item("data/app", &[("3", hidden()), ("2", hidden()), ("1", hidden())], "");
        let stopped = ["3,1".to_owned()];
        let show = path(&subject(&closed, &stopped), DestructionStep::Enable).unwrap();
        assert_eq!(show.wish.answers["versions"], "3,1");
        assert!(path(&subject(&closed, &[]), DestructionStep::Enable).is_err());
    }
}
