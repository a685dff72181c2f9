//! Azure Resource Manager: which vaults there are, and whom they let in. Thin calls, since the official crates have none.
//! Sources: "Subscriptions - List", "Vaults - List By Subscription", "Managed Hsms - List By Subscription", "Vaults - Get",
//! "Role Assignments - List For Scope", "Role Definitions - Get" of the Azure REST API.

use std::{collections::HashSet, time::Duration};

use azure_core::credentials::TokenRequestOptions;
use domain::{Error, Kind, Result};
use reqwest::header::{HeaderMap, RETRY_AFTER};
use serde::{Deserialize, de::DeserializeOwned};
use url::Url;

use crate::{
    client::Client,
    error::{self, Call},
    logged::Logged,
};

const SUBSCRIPTIONS: &str = "2022-12-01";
const KEY_VAULT: &str = "2023-07-01";
const AUTHORIZATION: &str = "2022-04-01";

pub(crate) const LIST_SUBSCRIPTIONS: Call =
    Call { operation: "list subscriptions", policy: "", action: "Microsoft.Resources/subscriptions/read" };
pub(crate) const LIST_VAULTS: Call =
    Call { operation: "list vaults", policy: "", action: "Microsoft.KeyVault/vaults/read" };
pub(crate) const LIST_HSMS: Call =
    Call { operation: "list managed HSMs", policy: "", action: "Microsoft.KeyVault/managedHSMs/read" };
pub(crate) const LIST_ASSIGNMENTS: Call =
    Call { operation: "list role assignments", policy: "", action: "Microsoft.Authorization/roleAssignments/read" };
pub(crate) const GET_ROLE: Call =
    Call { operation: "read the role", policy: "", action: "Microsoft.Authorization/roleDefinitions/read" };

/// One page of a list of Resource Manager.
#[derive(Deserialize)]
struct Page<T> {
    #[serde(default = "Vec::new")]
    value: Vec<T>,
    #[serde(default, rename = "nextLink")]
    next_link: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Subscription {
    pub(crate) subscription_id: String,
    #[serde(default)]
    pub(crate) display_name: String,
}

/// A Key Vault or a Managed HSM.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Resource {
    pub(crate) id: String,
    #[serde(default)]
    pub(crate) properties: Properties,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Properties {
    pub(crate) vault_uri: Option<String>,
    pub(crate) hsm_uri: Option<String>,
    pub(crate) sku: Option<Sku>,
    pub(crate) enable_rbac_authorization: Option<bool>,
    pub(crate) enable_purge_protection: Option<bool>,
    pub(crate) soft_delete_retention_in_days: Option<u32>,
    pub(crate) access_policies: Vec<AccessPolicy>,
}

/// What a vault costs and can do: `standard`, or `premium` with hardware.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Sku {
    pub(crate) name: String,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct AccessPolicy {
    pub(crate) object_id: String,
    pub(crate) application_id: Option<String>,
    pub(crate) permissions: Permissions,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Permissions {
    pub(crate) keys: Vec<String>,
    pub(crate) secrets: Vec<String>,
    pub(crate) certificates: Vec<String>,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Assignment {
    pub(crate) properties: AssignmentProperties,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AssignmentProperties {
    pub(crate) role_definition_id: String,
    pub(crate) principal_id: String,
    #[serde(default)]
    pub(crate) principal_type: Option<String>,
    pub(crate) scope: String,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Role {
    pub(crate) properties: RoleProperties,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RoleProperties {
    pub(crate) role_name: String,
    #[serde(default)]
    pub(crate) permissions: Vec<RolePermissions>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct RolePermissions {
    pub(crate) data_actions: Vec<String>,
    pub(crate) not_data_actions: Vec<String>,
}

impl Resource {
    /// The host of its data plane.
    pub(crate) fn host(&self) -> Option<String> {
        let address = self.properties.vault_uri.as_deref().or(self.properties.hsm_uri.as_deref())?;
        Some(Url::parse(address).ok()?.host_str()?.to_ascii_lowercase())
    }
}

impl Client {
    /// The subscriptions that this identity can see.
    pub(crate) async fn subscriptions(&self) -> Result<Vec<Subscription>> {
        self.manager_list(LIST_SUBSCRIPTIONS, "/subscriptions", &[("api-version", SUBSCRIPTIONS)]).await
    }

    /// The Key Vaults of a subscription.
    pub(crate) async fn vaults(&self, subscription: &str) -> Result<Vec<Resource>> {
        let path = format!("/subscriptions/{subscription}/providers/Microsoft.KeyVault/vaults");
        self.manager_list(LIST_VAULTS, &path, &[("api-version", KEY_VAULT)]).await
    }

    /// The Managed HSMs of a subscription.
    pub(crate) async fn hsms(&self, subscription: &str) -> Result<Vec<Resource>> {
        let path = format!("/subscriptions/{subscription}/providers/Microsoft.KeyVault/managedHSMs");
        self.manager_list(LIST_HSMS, &path, &[("api-version", KEY_VAULT)]).await
    }

    /// Who has which role at that scope and above it.
    pub(crate) async fn role_assignments(&self, scope: &str) -> Result<Vec<Assignment>> {
        let path = format!("{scope}/providers/Microsoft.Authorization/roleAssignments");
        self.manager_list(LIST_ASSIGNMENTS, &path, &[("api-version", AUTHORIZATION), ("$filter", "atScope()")]).await
    }

    /// What a role allows.
    pub(crate) async fn role(&self, id: &str) -> Result<Role> {
        let url = self.manager_url(GET_ROLE, id, &[("api-version", AUTHORIZATION)])?;
        self.manager_get(GET_ROLE, url).await
    }

    async fn manager_list<T: DeserializeOwned>(
        &self,
        call: Call,
        path: &str,
        query: &[(&str, &str)],
    ) -> Result<Vec<T>> {
        let mut url = self.manager_url(call, path, query)?;
        let (mut all, mut followed) = (Vec::new(), HashSet::new());
        loop {
            let page: Page<T> = self.manager_get(call, url).await?;
            all.extend(page.value);
            let Some(next) = page.next_link.filter(|link| !link.is_empty()) else { return Ok(all) };
            url = Url::parse(&next).map_err(|_| error::incomplete(call, "readable link to the next page"))?;
            let own =
                url.scheme() == "https" && url.host_str() == Some(self.cloud.manager_host()) && url.port().is_none();
            if !own || !followed.insert(next) {
                let why = if own { "the pages of the list lead in circles" } else { "the list leads to another host" };
                return Err(Error::new(Kind::Invalid, call.operation, format!("{why}, so it was not read further"))
                    .with_refused_by("this app")
                    .with_next("Name the vaults of the connection by their addresses."));
            }
        }
    }

    fn manager_url(&self, call: Call, path: &str, query: &[(&str, &str)]) -> Result<Url> {
        let mut url = Url::parse(&format!("https://{}", self.cloud.manager_host()))
            .map_err(|_| error::incomplete(call, "address"))?;
        url.set_path(path);
        url.query_pairs_mut().extend_pairs(query);
        Ok(url)
    }

    async fn manager_get<T: DeserializeOwned>(&self, call: Call, url: Url) -> Result<T> {
        /// A busy manager is asked again so often, and waited for at most so long.
        const ATTEMPTS: u32 = 3;
        const LONGEST: Duration = Duration::from_secs(5);
        let scope = format!("https://{}/.default", self.cloud.manager_host());
        let mut attempt = 1;
        loop {
            let token = self.credential.get_token(&[&scope], Some(TokenRequestOptions::default())).await;
            let token = token.map_err(|failure| error::of(call, &failure))?;
            let request =
                self.http.get(url.clone()).bearer_auth(token.token.secret()).header("accept", "application/json");
            let logged = Logged::begin(call.operation);
            let answer = request.send().await;
            let told = answer.as_ref().ok();
            logged
                .end(told.map(|answer| answer.status().as_u16()), told.and_then(|answer| request_id(answer.headers())));
            let answer = answer.map_err(|failure| error::of_request(call, &failure))?;
            let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
            let bytes = answer.bytes().await.map_err(|failure| error::of_request(call, &failure))?;
            if (200..300).contains(&status) {
                return serde_json::from_slice(&bytes).map_err(|cause| error::of_json(call, &cause));
            }
            let after = headers.get(RETRY_AFTER).and_then(|value| value.to_str().ok()).map(error::tidy);
            let wait =
                after.as_deref().and_then(|text| text.parse().ok()).map_or(Duration::from_secs(1), Duration::from_secs);
            if matches!(status, 429 | 502..=504) && attempt < ATTEMPTS && wait <= LONGEST {
                tokio::time::sleep(wait).await;
                attempt += 1;
                continue;
            }
            return Err(error::of_body(call, status, &bytes, after.as_deref(), request_id(&headers)));
        }
    }
}

/// The service's own number of a request.
fn request_id(headers: &HeaderMap) -> Option<&str> {
    headers.get("x-ms-request-id").and_then(|value| value.to_str().ok())
}
