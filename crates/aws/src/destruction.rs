//! How an item ends: what is known of it as data with source and date, and the change that each step takes.

use domain::{
    Ask, DestructionStep, DestructionStroke, DestructionSubject, Destructions, ItemDetail, Result, RotationFact,
    Standing, State, Target, WaitDays, Wish,
};

use crate::{Account, keys::ALIASES, rotation::Thing};

/// How many days a deletion may wait. Source: API references, ScheduleKeyDeletion and DeleteSecret.
const WAIT: WaitDays = WaitDays { least: 7, most: 30 };

const CHECKED: &str = "2026-11-26";
const ACM: &str = "https://docs.aws.amazon.com/acm/latest/userguide/gs-acm-delete.html";
const DELETION: &str = "https://docs.aws.amazon.com/kms/latest/developerguide/deleting-keys.html";
const IMPORTED: &str = "https://docs.aws.amazon.com/kms/latest/APIReference/API_DeleteImportedKeyMaterial.html";
const MULTI_REGION: &str = "https://docs.aws.amazon.com/kms/latest/developerguide/deleting-mrks.html";
const SCHEDULE: &str = "https://docs.aws.amazon.com/kms/latest/APIReference/API_ScheduleKeyDeletion.html";
const SECRET: &str = "https://docs.aws.amazon.com/secretsmanager/latest/APIReference/API_DeleteSecret.html";
const SECRET_USE: &str = "https://docs.aws.amazon.com/secretsmanager/latest/APIReference/API_DescribeSecret.html";
const USAGE: &str = "https://docs.aws.amazon.com/kms/latest/APIReference/API_GetKeyLastUsage.html";

const fn fact(says: &'static str, source: &'static str) -> RotationFact {
    RotationFact::new(says, source, CHECKED)
}

const WAITS: RotationFact = fact(
    "The deletion of a key waits 7 to 30 days, and can be called off until then; the key is disabled after that, and has to \
     be enabled by itself.",
    SCHEDULE,
);
const FINAL: RotationFact = fact(
    "Once a key is deleted, nothing that is encrypted under it can ever be decrypted; its aliases and grants go with it.",
    DELETION,
);
const TOLD: RotationFact = fact(
    "KMS writes down the last successful use of a key in each Region by itself, and only since a date that it tells: an \
     older key without a use since then may have been used before.",
    USAGE,
);
const AT_ONCE: RotationFact = fact(
    "Imported material could be deleted at once instead, and imported again later from a copy: that is done at the key, \
     not here.",
    IMPORTED,
);
const REPLICAS: RotationFact = fact(
    "A primary key of several Regions is deleted only after all of its replicas: the days are counted from then on.",
    MULTI_REGION,
);
const SECRET_WAITS: RotationFact = fact(
    "The deletion of a secret waits 7 to 30 days, in which nobody can read it; until then it can be called off, and \
     afterwards its values are gone.",
    SECRET,
);
const SECRET_TOLD: RotationFact =
    fact("Secrets Manager tells the day on which a value was last read, not the hour, and not by whom.", SECRET_USE);
const CERTIFICATE: RotationFact =
    fact("ACM deletes a certificate at once, only while no service uses it, and for good.", ACM);

impl Destructions for Account {
    fn facts(&self, item: &ItemDetail) -> Vec<RotationFact> {
        match self.thing(item) {
            Thing::Certificate => vec![CERTIFICATE],
            Thing::Secret => vec![SECRET_WAITS, SECRET_TOLD],
            Thing::Aws | Thing::Foreign | Thing::Key | Thing::Untold => {
                let mut facts = vec![WAITS, FINAL, TOLD];
                facts.extend((item.native("Origin") == Some("EXTERNAL")).then_some(AT_ONCE));
                facts.extend((item.native("MultiRegion") == Some("true")).then_some(REPLICAS));
                facts
            }
        }
    }

    fn wait(&self, item: &ItemDetail) -> Option<WaitDays> {
        match self.thing(item) {
            Thing::Key | Thing::Secret => Some(WAIT),
            Thing::Aws | Thing::Certificate | Thing::Foreign | Thing::Untold => None,
        }
    }

    fn standing(&self, item: &ItemDetail) -> Standing {
        match &item.item.state {
            State::PendingDeletion => Standing::Pending { at: item.pending_deletion() },
            State::Disabled | State::PendingImport => Standing::Stopped,
            State::Destroyed => Standing::Gone,
            // The primary key of replicas that are not gone yet waits too, without a time.
            State::Other(word) if word == "PendingReplicaDeletion" => Standing::Pending { at: None },
            State::Enabled | State::Expired | State::Other(_) | State::Unknown => Standing::InUse,
        }
    }

    fn unread(&self, item: &ItemDetail) -> Vec<String> {
        let row = |name: &str, what: &str| item.native(name).map(|why| format!("{what} could not be read: {why}."));
        match self.thing(item) {
            Thing::Key => [row(ALIASES, "Its aliases"), row("Grants", "Its grants")].into_iter().flatten().collect(),
            Thing::Aws | Thing::Certificate | Thing::Foreign | Thing::Secret | Thing::Untold => Vec::new(),
        }
    }

    fn stroke(&self, subject: &DestructionSubject<'_>, step: DestructionStep) -> Result<DestructionStroke> {
        match self.thing(subject.item) {
            Thing::Key => self.key(subject, step),
            Thing::Secret => self.secret(subject, step),
            Thing::Aws => Err(step.not_taken("AWS manages this key: nobody else disables or deletes it.")),
            Thing::Certificate => Err(step.not_taken(
                "A certificate of ACM is deleted at once and without a way back, with AWS's own tool; here nothing is \
                 deleted that cannot wait.",
            )),
            Thing::Foreign => Err(step.not_taken("The key lies in another account: it is deleted there.")),
            Thing::Untold => Err(step.not_taken("What this is could not be read, so how it ends is not known.")),
        }
    }
}

impl Account {
    fn key(&self, subject: &DestructionSubject<'_>, step: DestructionStep) -> Result<DestructionStroke> {
        let stands = self.standing(subject.item);
        let wish = |ask| Wish::new(ask, Target::Item(subject.item.item.key.clone()));
        match (step, stands) {
            (DestructionStep::Permit | DestructionStep::Forbid, _) => {
                Err(step.not_taken("KMS needs no word before a key is deleted."))
            }
            (DestructionStep::Destroy, _) => Err(step
                .not_taken("KMS destroys the key by itself when its time is over: nobody can have that done earlier.")),
            (DestructionStep::Disable, Standing::InUse) => Ok(DestructionStroke::new(wish(Ask::Disable))),
            (DestructionStep::Enable, Standing::Stopped) => Ok(DestructionStroke::new(wish(Ask::Enable))),
            (DestructionStep::Schedule, Standing::InUse | Standing::Stopped) => {
                let wish = wish(Ask::ScheduleDeletion).answer("days", subject.days.to_string());
                Ok(DestructionStroke::new(wish))
            }
            (DestructionStep::Cancel, Standing::Pending { .. }) => {
                Ok(DestructionStroke::new(wish(Ask::CancelDeletion)))
            }
            (
                DestructionStep::Cancel
                | DestructionStep::Disable
                | DestructionStep::Enable
                | DestructionStep::Schedule,
                _,
            ) => Err(step.is_so_already()),
        }
    }

    fn secret(&self, subject: &DestructionSubject<'_>, step: DestructionStep) -> Result<DestructionStroke> {
        let stands = self.standing(subject.item);
        let wish = |ask| Wish::new(ask, Target::Item(subject.item.item.key.clone()));
        match (step, stands) {
            (DestructionStep::Disable | DestructionStep::Enable, _) => Err(step.not_taken(
                "A secret has no switch that closes it: it is closed from the moment in which its deletion is scheduled.",
            )),
            (DestructionStep::Permit | DestructionStep::Forbid, _) => {
                Err(step.not_taken("Secrets Manager needs no word before a secret is deleted."))
            }
            (DestructionStep::Destroy, _) => Err(step.not_taken(
                "Secrets Manager destroys it by itself when its time is over; earlier, only AWS's own tool does.",
            )),
            (DestructionStep::Schedule, Standing::InUse | Standing::Stopped) => {
                let wish = wish(Ask::ScheduleDeletion).answer("days", subject.days.to_string());
                Ok(DestructionStroke::new(wish))
            }
            (DestructionStep::Cancel, Standing::Pending { .. }) => {
                Ok(DestructionStroke::new(wish(Ask::CancelDeletion)))
            }
            (DestructionStep::Cancel | DestructionStep::Schedule, _) => Err(step.is_so_already()),
        }
    }
}

#[cfg(test)]
mod tests {
    use domain::{Item, ItemKey, NativeRow, QuestionKind};

    use super::*;
    use crate::questions;

    fn key(state: State, rows: &[(&str, &str)]) -> ItemDetail {
        let id = "kms/1234abcd-12ab-34cd-56ef-1234567890ab";
        let trouble = domain::Error::new(domain::Kind::Unexpected, "describe", "a test");
        let item = Item::undescribed(ItemKey::new("eu-west-1", id), "payments", "KMS key", trouble);
        let rows = [("KeySpec", "SYMMETRIC_DEFAULT")].iter().chain(rows);
        let rows = rows.map(|(name, value)| NativeRow::new(*name, *value)).collect();
        ItemDetail {
            item: Item { state, trouble: None, ..item },
            versions: Vec::new(),
            aspects: vec![domain::Aspect::Native(rows)],
        }
    }

    fn account() -> Account {
        let config = aws_config::SdkConfig::builder().build();
        Account::new(config, vec!["eu-west-1".to_owned()], std::sync::Arc::default(), None)
    }

    fn asks(item: &ItemDetail, step: DestructionStep) -> Result<Ask> {
        account().stroke(&DestructionSubject { item, days: 7, stopped: &[] }, step).map(|stroke| stroke.wish.ask)
    }

    #[test]
    fn the_days_are_those_that_the_change_asks_for() {
        let QuestionKind::Number { least, most } = questions::DELETION_DAYS else { panic!("no number") };
        assert_eq!((i64::from(WAIT.least), i64::from(WAIT.most)), (least, most));
    }

    #[test]
    fn a_key_is_disabled_scheduled_and_can_be_called_back() {
        let (used, stopped) = (key(State::Enabled, &[]), key(State::Disabled, &[]));
        let waits = key(State::PendingDeletion, &[]);
        assert_eq!(asks(&used, DestructionStep::Disable).unwrap(), Ask::Disable);
        assert_eq!(asks(&stopped, DestructionStep::Enable).unwrap(), Ask::Enable);
        assert_eq!(asks(&stopped, DestructionStep::Schedule).unwrap(), Ask::ScheduleDeletion);
        assert_eq!(asks(&waits, DestructionStep::Cancel).unwrap(), Ask::CancelDeletion);
        assert_eq!(asks(&stopped, DestructionStep::Disable).unwrap_err().kind(), domain::Kind::Conflict);
        assert_eq!(asks(&waits, DestructionStep::Destroy).unwrap_err().kind(), domain::Kind::Unsupported);
    }

    #[test]
    fn what_could_not_be_read_of_its_users_is_said() {
        let item = key(State::Enabled, &[("Grants", "not permitted (kms:ListGrants)")]);
        assert_eq!(account().unread(&item), ["Its grants could not be read: not permitted (kms:ListGrants)."]);
        let facts = account().facts(&key(State::Enabled, &[("Origin", "EXTERNAL")]));
        assert!(facts.iter().any(|fact| fact.says.contains("deleted at once instead")));
    }
}
