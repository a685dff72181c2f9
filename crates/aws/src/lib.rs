//! AWS: KMS keys, Secrets Manager secrets and ACM certificates of one account, over the official SDK.
//!
//! A connection is a set of credentials and one or more Regions; a vault is a Region, with the three services in it.
//! Beside the files that every provider has there is one for each service (`keys`, `secrets`, `certificates`), one for
//! how AWS names things (`locate`), and one for "check access".
//!
//! Readings may be repeated by the SDK when an answer was lost (standard mode, adaptive off). Whatever changes something is
//! sent by `perform` alone, over a client of its own that sends each call once.

mod access;
mod afterwards;
mod attached;
mod certificates;
mod changes;
mod check;
mod ciphers;
mod client;
mod connect;
mod destruction;
mod error;
mod imports;
mod inventory;
mod keys;
mod locate;
mod offers;
mod operation;
mod parameters;
mod perform;
mod plan;
mod policies;
mod questions;
mod rotation;
mod secrets;
mod shell;
mod signing;
mod state;
mod tags;
mod usage;

use std::{
    collections::{BTreeMap, HashMap},
    fmt,
    sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError},
};

use async_trait::async_trait;
use aws_config::SdkConfig;
use domain::{
    AccessCheck, Certificates, Changes, Ciphers, Destructions, Identity, Imports, Inventory, Item, ItemKey, Offer,
    Policies, Provider, Result, Rotations, Secrets, Signing, Timestamp, Usage,
};

use crate::{
    client::{Client, Once},
    connect::Until,
    locate::{Arn, Service},
};
pub use connect::{FORM, connect, discover, place};

/// One account, seen with one set of credentials.
pub(crate) struct Account {
    config: SdkConfig,
    regions: Vec<String>,
    /// One client a Region, those of addresses beyond the listed Regions among them.
    clients: Mutex<BTreeMap<String, Client>>,
    /// The account's number, as soon as any answer has told it.
    number: Arc<OnceLock<String>>,
    /// ARNs that were located before the account's number was known, so perhaps of another account.
    located: Mutex<HashMap<ItemKey, String>>,
    until: Until,
    /// The profile of the AWS configuration that was named.
    profile: Option<String>,
}

impl Account {
    pub(crate) fn new(config: SdkConfig, regions: Vec<String>, until: Until, profile: Option<String>) -> Self {
        let (clients, located) = (Mutex::default(), Mutex::default());
        Self { config, regions, clients, number: Arc::default(), located, until, profile }
    }

    /// The Regions that are listed, in the order they were named; at least one.
    pub(crate) fn regions(&self) -> &[String] {
        &self.regions
    }

    /// The client of a Region.
    pub(crate) fn client(&self, region: &str) -> Client {
        let mut clients = lock(&self.clients);
        let client = clients.entry(region.to_owned());
        client.or_insert_with(|| Client::new(&self.config, region, Arc::clone(&self.number))).clone()
    }

    /// A client for one call that changes something.
    pub(crate) fn once(&self, region: &str) -> Once {
        Once::new(&self.config, region)
    }

    /// What AWS's own tool must be told to reach the same: the profile, and an endpoint that is not AWS's own.
    pub(crate) fn tool(&self) -> shell::Tool<'_> {
        shell::Tool { profile: self.profile.as_deref(), endpoint: self.config.endpoint_url() }
    }

    /// Where an item is, and what AWS shall be asked for. ACM wants a whole ARN, and that takes the account's number.
    pub(crate) async fn address(&self, item: &ItemKey) -> Result<(Client, Service, String)> {
        let (service, id) = locate::parts(item)?;
        let region = item.vault.0.as_str();
        let known = lock(&self.located).get(item).cloned();
        let address = match (known, service) {
            (Some(arn), _) => arn,
            (None, Service::Acm) if !id.starts_with("arn:") => {
                let number = self.number().await?;
                format!("arn:{}:acm:{region}:{number}:certificate/{id}", locate::partition(region))
            }
            (None, Service::Acm | Service::Kms | Service::SecretsManager) => id.to_owned(),
        };
        Ok((self.client(region), service, address))
    }

    /// The key of what an ARN names. What lies in another account keeps its whole ARN for an id.
    pub(crate) fn key_of(&self, arn: Arn<'_>, text: &str) -> ItemKey {
        match self.number.get() {
            Some(number) if number != arn.account => arn.service.key(arn.region, text),
            Some(_) => arn.service.key(arn.region, arn.id),
            None => {
                let key = arn.service.key(arn.region, arn.id);
                lock(&self.located).insert(key.clone(), text.to_owned());
                key
            }
        }
    }

    /// Whether what is sent can be read on the way: plain http to another computer.
    pub(crate) fn is_plain(&self) -> bool {
        let Some(url) = self.config.endpoint_url().and_then(|url| url::Url::parse(url).ok()) else { return false };
        let loopback = match url.host() {
            Some(url::Host::Domain(name)) => name == "localhost",
            Some(url::Host::Ipv4(ip)) => ip.is_loopback(),
            Some(url::Host::Ipv6(ip)) => ip.is_loopback(),
            None => false,
        };
        url.scheme() == "http" && !loopback
    }

    async fn number(&self) -> Result<String> {
        match self.number.get() {
            Some(number) => Ok(number.clone()),
            None => {
                let (number, _) = client::caller(&self.config).await?;
                Ok(self.number.get_or_init(|| number).clone())
            }
        }
    }
}

#[async_trait]
impl Provider for Account {
    async fn identity(&self) -> Result<Identity> {
        let (number, arn) = client::caller(&self.config).await?;
        self.number.get_or_init(|| number);
        let until = *lock(&self.until);
        Ok(Identity {
            name: who(&arn).to_owned(),
            until: until.and_then(|until| Timestamp::try_from(until).ok()),
            detail: arn,
        })
    }

    async fn check_access(&self) -> Vec<AccessCheck> {
        access::check(self).await
    }

    fn inventory(&self) -> &dyn Inventory {
        self
    }

    fn certificates(&self) -> Option<&dyn Certificates> {
        Some(self)
    }

    fn secrets(&self) -> Option<&dyn Secrets> {
        Some(self)
    }

    fn signing(&self) -> Option<&dyn Signing> {
        Some(self)
    }

    fn changes(&self) -> &dyn Changes {
        self
    }

    fn rotations(&self) -> Option<&dyn Rotations> {
        Some(self)
    }

    fn imports(&self) -> Option<&dyn Imports> {
        Some(self)
    }

    fn ciphers(&self) -> Option<&dyn Ciphers> {
        Some(self)
    }

    fn destructions(&self) -> Option<&dyn Destructions> {
        Some(self)
    }

    fn policies(&self) -> Option<&dyn Policies> {
        Some(self)
    }

    fn usage(&self) -> Option<&dyn Usage> {
        Some(self)
    }

    async fn offers(&self, item: &Item) -> Vec<Offer> {
        offers::offers(self, item).await
    }
}

// Not derived: the SDK's configuration would print the variables it was made of.
impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Account").field("regions", &self.regions).finish_non_exhaustive()
    }
}

/// What a person recognises in the ARN of a caller: `user/maria`, `role/KeyAdmin/maria`, `root`.
fn who(arn: &str) -> &str {
    let resource = arn.splitn(6, ':').last().unwrap_or(arn);
    resource.strip_prefix("assumed-").unwrap_or(resource)
}

/// An instant of the SDK, unless it lies outside of what can be written.
fn time(at: &aws_sdk_kms::primitives::DateTime) -> Option<Timestamp> {
    Timestamp::new(at.secs(), i32::try_from(at.subsec_nanos()).ok()?).ok()
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
