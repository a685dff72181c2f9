//! What stands around certificates: the issuers and contacts of a vault.

use domain::{Kind, Result, VaultId};
use futures::StreamExt;
use serde::Deserialize;
use serde_json::Value;

use crate::{
    client::{Client, body},
    error::{self, Call},
};

const LIST_ISSUERS: Call = Call {
    operation: "list certificate issuers",
    policy: "certificates/listissuers",
    action: "Microsoft.KeyVault/vaults/certificatecas/read",
};
const GET_ISSUER: Call =
    Call { operation: "read the certificate issuer", policy: "certificates/getissuers", ..LIST_ISSUERS };
const GET_CONTACTS: Call = Call {
    operation: "read the certificate contacts",
    policy: "certificates/managecontacts",
    action: "Microsoft.KeyVault/vaults/certificatecontacts/read",
};

#[derive(Deserialize)]
struct Issuers {
    #[serde(default)]
    value: Vec<Issuer>,
}

#[derive(Deserialize)]
struct Issuer {
    #[serde(default)]
    id: String,
}

impl Client {
    /// The names of the issuers that are set up in a vault.
    pub(crate) async fn issuers(&self, vault: &VaultId) -> Result<Vec<String>> {
        let clients = self.reading(vault)?;
        let pager = clients.certificates.list_issuer_properties(None);
        let mut pages = pager.map_err(|failure| error::of(LIST_ISSUERS, &failure))?.into_pages();
        let mut names = Vec::new();
        while let Some(page) = pages.next().await {
            let page: Issuers = body(LIST_ISSUERS, page)?;
            names.extend(page.value.iter().filter_map(|issuer| Some(issuer.id.rsplit('/').next()?.to_owned())));
        }
        Ok(names)
    }

    /// An issuer as it is written there, without its password; null if there is none of that name.
    pub(crate) async fn issuer(&self, vault: &VaultId, name: &str) -> Result<Value> {
        or_null(body(GET_ISSUER, self.reading(vault)?.certificates.get_issuer(name, None).await))
    }

    /// The contacts of a vault as they are written there; null if there are none.
    pub(crate) async fn contacts(&self, vault: &VaultId) -> Result<Value> {
        or_null(body(GET_CONTACTS, self.reading(vault)?.certificates.get_contacts(None).await))
    }
}

fn or_null(read: Result<Value>) -> Result<Value> {
    match read {
        Err(missing) if missing.kind() == Kind::NotFound => Ok(Value::Null),
        read => read,
    }
}
