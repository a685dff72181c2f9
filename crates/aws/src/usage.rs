//! When a key or a secret was last used, as far as AWS tells.

use async_trait::async_trait;
use aws_sdk_kms::operation::get_key_last_usage::GetKeyLastUsageOutput;
use aws_sdk_secretsmanager::operation::describe_secret::DescribeSecretOutput;
use domain::{ItemDetail, ItemKey, LastUse, Result, Timestamp, Usage};

use crate::{
    Account, client,
    locate::{self, Service},
    time,
};

#[async_trait]
impl Usage for Account {
    async fn last_use(&self, item: &ItemKey) -> Result<LastUse> {
        let (client, service, id) = self.address(item).await?;
        Ok(match service {
            Service::Acm => untold("ACM does not tell when a certificate was last used."),
            Service::Kms => of_key(&client.last_usage(&id).await?),
            Service::SecretsManager => of_secret(&client.describe_secret(&id).await?),
        })
    }

    fn source(&self, item: &ItemDetail) -> &'static str {
        match locate::parts(&item.item.key) {
            Ok((Service::Kms, _)) => client::LAST_USAGE.permission,
            Ok((Service::SecretsManager, _)) => client::DESCRIBE_SECRET.permission,
            Ok((Service::Acm, _)) | Err(_) => client::DESCRIBE_CERTIFICATE.permission,
        }
    }
}

/// The last successful cryptographic operation in this Region; a replica has a last use of its own. An answer without
/// one means "never" only for a key that is no older than the writing down. Source: API reference, GetKeyLastUsage.
fn of_key(told: &GetKeyLastUsageOutput) -> LastUse {
    let last = told.key_last_usage();
    if let Some(at) = last.and_then(|last| last.timestamp()).and_then(time) {
        let event = last.and_then(|last| last.cloud_trail_event_id());
        return LastUse::Used {
            at,
            by_day: false,
            operation: last.and_then(|last| last.operation()).map(|operation| operation.as_str().to_owned()),
            by: event.map(|event| format!("CloudTrail event {event}")),
        };
    }
    match told.tracking_start_date().and_then(time) {
        Some(since) => {
            let created = told.key_creation_date().and_then(time);
            LastUse::NotSince { since, whole_life: created.is_some_and(|created| created >= since) }
        }
        None => untold("KMS answered without saying since when it writes down the use of this key."),
    }
}

/// The day on which the value was last read in this Region. Source: API reference, DescribeSecret: LastAccessedDate is cut
/// to the day, and is absent for a secret that was never read.
fn of_secret(told: &DescribeSecretOutput) -> LastUse {
    if let Some(at) = told.last_accessed_date.as_ref().and_then(time) {
        return LastUse::Used { at: day(at), by_day: true, operation: Some("GetSecretValue".to_owned()), by: None };
    }
    match told.created_date.as_ref().and_then(time) {
        Some(since) => LastUse::NotSince { since, whole_life: true },
        None => untold("Secrets Manager answered without a day of the last use and without one of its making."),
    }
}

fn day(at: Timestamp) -> Timestamp {
    let second = at.as_second();
    Timestamp::from_second(second - second.rem_euclid(86_400)).unwrap_or(at)
}

fn untold(because: &str) -> LastUse {
    LastUse::Untold { because: because.to_owned() }
}

#[cfg(test)]
mod tests {
    use aws_sdk_kms::{
        primitives::DateTime,
        types::{KeyLastUsageData, KeyLastUsageTrackingOperation},
    };

    use super::*;

    fn told(created: i64, tracked: i64, used: Option<i64>) -> LastUse {
        let data = KeyLastUsageData::builder();
        let data = match used {
            Some(at) => data
                .timestamp(DateTime::from_secs(at))
                .operation(KeyLastUsageTrackingOperation::Decrypt)
                .cloud_trail_event_id("e-1"),
            None => data,
        };
        of_key(
            &GetKeyLastUsageOutput::builder()
                .key_creation_date(DateTime::from_secs(created))
                .tracking_start_date(DateTime::from_secs(tracked))
                .key_last_usage(data.build())
                .build(),
        )
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn a_key_without_a_last_use_was_never_used_only_if_it_is_no_older_than_the_writing_down() {
        assert_eq!(told(100, 100, None), LastUse::NotSince { since: at(100), whole_life: true });
        assert_eq!(told(50, 100, None), LastUse::NotSince { since: at(100), whole_life: false });
        let nothing = of_key(&GetKeyLastUsageOutput::builder().build());
        assert!(matches!(nothing, LastUse::Untold { .. }), "{nothing:?}");
    }

    #[test]
    fn a_use_is_told_with_what_it_was_and_where_to_look_it_up() {
        let by = Some("CloudTrail event e-1".to_owned());
        let used = LastUse::Used { at: at(200), by_day: false, operation: Some("Decrypt".to_owned()), by };
        assert_eq!(told(50, 100, Some(200)), used);
    }

    #[test]
    fn a_secret_is_told_by_its_day_and_may_have_been_read_until_its_end() {
        let date = DateTime::from_secs(86_400 * 3 + 17);
        let told = of_secret(&DescribeSecretOutput::builder().last_accessed_date(date).build());
        assert_eq!(told.latest(), Some(at(86_400 * 4)));
        let made = DateTime::from_secs(7);
        let never = of_secret(&DescribeSecretOutput::builder().created_date(made).build());
        assert_eq!(never, LastUse::NotSince { since: at(7), whole_life: true });
    }
}
