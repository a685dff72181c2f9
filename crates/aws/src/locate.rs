//! How AWS names things, and how this crate does: ARNs and partitions, and item ids such as `kms/<key id>`.

use domain::{Error, ItemKey, Kind, Result};

/// The services whose things are items.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Service {
    Acm,
    Kms,
    SecretsManager,
}

impl Service {
    /// The service's word in ARNs, in permissions and at the head of item ids.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Acm => "acm",
            Self::Kms => "kms",
            Self::SecretsManager => "secretsmanager",
        }
    }

    /// The key of one of its things: a key id or `alias/…`, a secret's name, a certificate's id, or a whole ARN if it
    /// lies in another account.
    pub(crate) fn key(self, region: &str, id: &str) -> ItemKey {
        ItemKey::new(region, format!("{}/{id}", self.word()))
    }
}

/// The service and the id within it.
pub(crate) fn parts(key: &ItemKey) -> Result<(Service, &str)> {
    let (word, id) = key.id.split_once('/').unwrap_or((key.id.as_str(), ""));
    let service = [Service::Acm, Service::Kms, Service::SecretsManager].into_iter().find(|it| it.word() == word);
    service.filter(|_| !id.is_empty()).map(|service| (service, id)).ok_or_else(|| {
        Error::new(Kind::NotFound, "find the item", format!("{:?} names nothing that AWS has", key.id))
            .with_next("An item is named like kms/<key id>, secretsmanager/<name> or acm/<certificate id>.")
    })
}

/// An ARN of something that is an item here: `arn:partition:service:region:account:resource`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Arn<'a> {
    pub(crate) partition: &'a str,
    pub(crate) service: Service,
    pub(crate) region: &'a str,
    pub(crate) account: &'a str,
    /// The id within the service, as in item ids.
    pub(crate) id: &'a str,
}

impl<'a> Arn<'a> {
    /// Reads the ARN of a key, an alias, a secret or a certificate; anything else is none.
    pub(crate) fn parse(text: &'a str) -> Option<Self> {
        let mut parts = text.trim().splitn(6, ':');
        if parts.next() != Some("arn") {
            return None;
        }
        let (partition, service) = (parts.next()?, parts.next()?);
        let (region, account, resource) = (parts.next()?, parts.next()?, parts.next()?);
        let (service, id) = match service {
            "acm" => (Service::Acm, resource.strip_prefix("certificate/")?),
            "kms" if resource.starts_with("alias/") => (Service::Kms, resource),
            "kms" => (Service::Kms, resource.strip_prefix("key/")?),
            "secretsmanager" => (Service::SecretsManager, secret_name(resource.strip_prefix("secret:")?)),
            _ => return None,
        };
        let whole = !region.is_empty() && !account.is_empty() && !id.is_empty() && self::partition(region) == partition;
        whole.then_some(Self { partition, service, region, account, id })
    }
}

/// The secret's name: Secrets Manager puts a hyphen and six random characters behind it in its ARN.
fn secret_name(resource: &str) -> &str {
    match resource.rsplit_once('-') {
        Some((name, suffix)) if suffix.len() == 6 && suffix.bytes().all(|byte| byte.is_ascii_alphanumeric()) => name,
        Some(_) | None => resource,
    }
}

/// The partition that a Region lies in. Source: botocore's `partitions.json` (2026-11), whose Region patterns these
/// prefixes are.
pub(crate) fn partition(region: &str) -> &'static str {
    const PREFIXES: [(&str, &str); 8] = [
        ("cn-", "aws-cn"),
        ("us-gov-", "aws-us-gov"),
        ("us-iso-", "aws-iso"),
        ("us-isob-", "aws-iso-b"),
        ("eu-isoe-", "aws-iso-e"),
        ("us-isof-", "aws-iso-f"),
        ("eu-isof-", "aws-iso-f"),
        ("eusc-", "aws-eusc"),
    ];
    PREFIXES.iter().find(|(prefix, _)| region.starts_with(prefix)).map_or("aws", |(_, partition)| partition)
}

/// Whether it has the form of a key id: a UUID, or `mrk-` and 32 hex digits for a multi-Region key.
pub(crate) fn is_key_id(text: &str) -> bool {
    let hex = |text: &str| text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let uuid = text.split('-').map(str::len).eq([8, 4, 4, 4, 12]) && text.split('-').all(hex);
    uuid || text.strip_prefix("mrk-").is_some_and(|rest| rest.len() == 32 && hex(rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arns_of_items_are_read_and_others_are_not() {
        for (text, service, id) in [
            ("arn:aws:kms:eu-west-1:111122223333:key/mrk-1", Service::Kms, "mrk-1"),
            ("arn:aws:kms:eu-west-1:111122223333:alias/a/b:c", Service::Kms, "alias/a/b:c"),
            ("arn:aws-cn:acm:cn-north-1:111122223333:certificate/7", Service::Acm, "7"),
            ("arn:aws:secretsmanager:eu-west-1:1:secret:app/db-a-Xy12Zz", Service::SecretsManager, "app/db-a"),
            (" arn:aws:secretsmanager:eu-west-1:1:secret:plain\n", Service::SecretsManager, "plain"),
        ] {
            let arn = Arn::parse(text).unwrap();
            assert_eq!((arn.service, arn.id), (service, id), "{text}");
        }
        for text in [
            "",
            "kms",
            "arn:aws:kms:eu-west-1:1:key/",
            "arn:aws:kms::1:key/x",
            "arn:aws:s3:::bucket",
            "arn:aws:iam::1:role/x",
            "arn:aws:kms:cn-north-1:1:key/x",
            "arn:aws-cn:kms:eu-west-1:1:key/x",
            "arn:aws:secretsmanager:eu-west-1:1:key/x",
        ] {
            assert_eq!(Arn::parse(text), None, "{text}");
        }
    }

    #[test]
    fn ids_read_back_whatever_they_hold() {
        for id in ["1234", "alias/a/b", "arn:aws:kms:eu-west-1:1:key/x", "app/db"] {
            let key = Service::Kms.key("eu-west-1", id);
            assert_eq!(parts(&key).unwrap(), (Service::Kms, id));
        }
        for id in ["", "kms", "kms/", "s3/x", "/x"] {
            assert_eq!(parts(&ItemKey::new("eu-west-1", id)).unwrap_err().kind(), Kind::NotFound, "{id}");
        }
    }

    #[test]
    fn key_ids_are_told_from_names() {
        assert!(is_key_id("1234abcd-12ab-34cd-56ef-1234567890ab"));
        assert!(is_key_id("mrk-1234abcd12ab34cd56ef1234567890ab"));
        for text in ["", "1234abcd", "mrk-1", "team/transit/x", "1234abcd-12ab-34cd-56ef-1234567890ag"] {
            assert!(!is_key_id(text), "{text}");
        }
    }
}
