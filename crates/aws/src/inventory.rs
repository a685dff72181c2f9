//! What an account holds: Regions side by side, and in each of them the three services side by side.

use async_trait::async_trait;
use domain::{Entry, Error, Inventory, ItemDetail, ItemKey, Kind, Result, Vault, VaultId};
use futures::{
    SinkExt, StreamExt,
    channel::mpsc,
    future::ready,
    stream::{self, BoxStream},
};

use crate::{
    Account, certificates,
    client::{self, Client},
    keys,
    locate::{self, Arn, Service},
    secrets,
};

/// So many entries of a Region may wait for whoever reads the list.
const WAITING: usize = 256;

#[async_trait]
impl Inventory for Account {
    fn list(&self) -> BoxStream<'_, Entry> {
        stream::select_all(self.regions().iter().map(|region| list_region(self.client(region)))).boxed()
    }

    async fn open(&self, item: &ItemKey) -> Result<ItemDetail> {
        let (client, service, address) = self.address(item).await?;
        match service {
            Service::Acm => certificates::open(&client, item, &address).await,
            Service::Kms => keys::open(&client, item, &address).await,
            Service::SecretsManager => secrets::open(&client, item, &address).await,
        }
    }

    async fn public_key(&self, item: &ItemKey, version: Option<&str>) -> Result<Vec<u8>> {
        let (client, service, address) = self.address(item).await?;
        match service {
            Service::Acm => certificates::public_key(&client, &address, version).await,
            Service::Kms => keys::public_key(&client, &address, version).await,
            Service::SecretsManager => {
                let message = "a Secrets Manager secret is a value, not a key";
                Err(Error::new(Kind::Unsupported, client::GET_PUBLIC_KEY.operation, message))
            }
        }
    }

    /// ARNs of keys, aliases, secrets and certificates of this partition, in any Region; of one's only Region also a bare
    /// key id or `alias/…`.
    fn locate(&self, address: &str) -> Option<ItemKey> {
        let address = address.trim();
        if let Some(arn) = Arn::parse(address) {
            let ours = self.regions().first().map(|region| locate::partition(region));
            return (ours == Some(arn.partition)).then(|| self.key_of(arn, address));
        }
        let [region] = self.regions() else { return None };
        let names_a_key = locate::is_key_id(address) || address.strip_prefix("alias/").is_some_and(|it| !it.is_empty());
        names_a_key.then(|| Service::Kms.key(region, address))
    }
}

fn list_region(client: Client) -> BoxStream<'static, Entry> {
    let (mut sender, receiver) = mpsc::channel(WAITING);
    let driver = async move {
        let name = client.region().to_owned();
        let vault = VaultId(name.clone());
        // Nobody listens any more if sending fails; the stream is being dropped then, and this with it.
        let _ = sender.send(Entry::Vault(Vault { id: vault.clone(), name, native_kind: "Region" })).await;
        let (mut keys_to, mut secrets_to, mut certificates_to) = (sender.clone(), sender.clone(), sender.clone());
        let (keys, secrets, certificates) = futures::join!(
            keys::list(&client, &mut keys_to),
            secrets::list(&client, &mut secrets_to),
            certificates::list(&client, &mut certificates_to),
        );
        let result = together([keys, secrets, certificates]);
        let _ = sender.send(Entry::End { vault, result }).await;
    };
    stream::select(receiver, stream::once(driver).filter_map(|()| ready(None))).boxed()
}

/// One result of three services.
fn together(results: [Result<()>; 3]) -> Result<()> {
    let failures = results.into_iter().filter_map(Result::err).collect();
    Error::together("list the Region", failures).map_or(Ok(()), Err)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn denied(operation: &'static str, permission: &str) -> Result<()> {
        Err(Error::new(Kind::Denied, operation, format!("AWS refused {permission}")).with_permission(permission))
    }

    #[test]
    fn what_several_services_say_is_told_together() {
        let error = together([
            Ok(()),
            denied("list secrets", "secretsmanager:ListSecrets"),
            denied("list certificates", "acm:L"),
        ]);
        let error = error.unwrap_err();
        assert_eq!(error.kind(), Kind::Denied);
        assert_eq!(error.permission(), Some("secretsmanager:ListSecrets, acm:L"));
        assert_eq!(
            error.message(),
            "list secrets: AWS refused secretsmanager:ListSecrets; list certificates: AWS refused acm:L"
        );
        assert!(together([Ok(()), Ok(()), Ok(())]).is_ok());
    }

    #[test]
    fn what_all_services_say_alike_is_told_once() {
        let gone = |operation| Err(Error::new(Kind::Interrupted, operation, "connection refused"));
        let error = together([gone("list keys"), gone("list secrets"), gone("list certificates")]).unwrap_err();
        assert_eq!(error.to_string(), "list the Region: connection refused");
    }

    #[test]
    fn a_missing_sign_in_is_told_alone() {
        let signed_out = Err(Error::new(Kind::SignedOut, "list secrets", "over"));
        let error = together([denied("list keys", "kms:ListKeys"), signed_out, Ok(())]).unwrap_err();
        assert_eq!((error.kind(), error.message()), (Kind::SignedOut, "over"));
    }
}
