//! Who is let in, by the vault's own model: Azure RBAC, or the vault's access policies. Both are told by Resource Manager,
//! which this identity may not be allowed to ask; then what each facet takes is all that is shown.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use domain::{
    AccessCheck, AccessModel, AccessNeed, Aspect, Error, FacetKind, Principal, Result, Vault, VaultId, Verdict,
};
use futures::{
    StreamExt,
    stream::{self, BoxStream},
};
use tokio::sync::OnceCell;

use crate::{
    Tenant, client,
    error::Call,
    manager::{self, Assignment, Resource, Role},
    object::Object,
};

/// What Resource Manager tells of vaults, asked once for each connection.
#[derive(Default)]
pub(crate) struct Resources {
    listed: OnceCell<Listed>,
    roles: Mutex<HashMap<String, Arc<Role>>>,
}

/// The vaults of all subscriptions by host, and what could not be listed.
struct Listed {
    resources: HashMap<String, Resource>,
    gaps: Vec<(Vault, Error)>,
    refused: Option<Error>,
}

impl Tenant {
    /// The vaults that the subscriptions list, and in place of those that could not be listed the reason.
    pub(crate) fn found_vaults(&self) -> BoxStream<'_, std::result::Result<VaultId, (Vault, Error)>> {
        stream::once(self.listed())
            .map(|listed| {
                let mut hosts: Vec<&String> = listed.resources.keys().collect();
                hosts.sort();
                let vaults = hosts.into_iter().map(|host| Ok(VaultId(host.clone())));
                let gaps = listed.gaps.iter().cloned().map(Err);
                stream::iter(vaults.chain(gaps).collect::<Vec<_>>())
            })
            .flatten()
            .boxed()
    }

    /// Whether the vault is known to have no hardware for keys.
    pub(crate) async fn is_standard(&self, vault: &VaultId) -> bool {
        let resource = self.listed().await.resources.get(&vault.0);
        let sku = resource.and_then(|resource| resource.properties.sku.as_ref());
        sku.is_some_and(|sku| sku.name.eq_ignore_ascii_case("standard"))
    }

    async fn listed(&self) -> &Listed {
        self.resources.listed.get_or_init(|| self.list_resources()).await
    }

    async fn list_resources(&self) -> Listed {
        let mut listed = Listed { resources: HashMap::new(), gaps: Vec::new(), refused: None };
        let subscriptions = match self.subscriptions.as_slice() {
            [] => match self.client.subscriptions().await {
                Ok(found) => found.into_iter().map(|it| (it.subscription_id, it.display_name)).collect(),
                Err(error) => {
                    listed.gaps.push((unlisted("subscriptions", "subscriptions"), advised(error.clone())));
                    listed.refused = Some(error);
                    return listed;
                }
            },
            named => named.iter().map(|id| (id.clone(), id.clone())).collect::<Vec<_>>(),
        };
        let asked = subscriptions.iter().map(|(id, name)| async move {
            let (vaults, hsms) = futures::join!(self.client.vaults(id), self.client.hsms(id));
            (id, name, vaults, hsms)
        });
        for (id, name, vaults, hsms) in futures::future::join_all(asked).await {
            for result in [vaults, hsms] {
                match result {
                    Ok(found) => listed.resources.extend(found.into_iter().filter_map(|it| Some((it.host()?, it)))),
                    Err(error) => {
                        listed.refused.get_or_insert_with(|| error.clone());
                        listed.gaps.push((unlisted(id, name), advised(error)));
                    }
                }
            }
        }
        listed
    }

    /// What it takes to use an object, and who is let in. `exportable`: whoever reads the secret holds the private key.
    pub(crate) async fn access(&self, vault: &VaultId, object: Object, name: &str, exportable: bool) -> Option<Aspect> {
        let listed = self.listed().await;
        let resource = listed.resources.get(&vault.0);
        let by_roles = match resource {
            _ if self.client.cloud.is_hsm(&vault.0) => Some(true),
            Some(resource) => Some(resource.properties.enable_rbac_authorization == Some(true)),
            None => None,
        };
        let needs = needs(object, by_roles);
        let (model, principals, incomplete) = match (resource, by_roles) {
            (Some(resource), Some(true)) => match self.assigned(resource, object, name, exportable).await {
                Ok(principals) => ("Azure RBAC", principals, None),
                Err(error) => ("Azure RBAC", Vec::new(), Some(error.message().to_owned())),
            },
            (Some(resource), _) => ("vault access policies", by_policies(resource, object, exportable), None),
            (None, _) => {
                let why = listed.refused.as_ref().map_or_else(
                    || "no subscription that this identity can see lists the vault".to_owned(),
                    |error| error.message().to_owned(),
                );
                ("roles or access policies, which cannot be told here", Vec::new(), Some(why))
            }
        };
        Some(Aspect::Access(AccessModel { model: model.to_owned(), needs, principals, incomplete }))
    }

    async fn assigned(
        &self,
        resource: &Resource,
        object: Object,
        name: &str,
        exportable: bool,
    ) -> Result<Vec<Principal>> {
        let assignments = self.client.role_assignments(&resource.id).await?;
        let own = format!("{}/{}/{name}", resource.id, object.collection());
        let read = assignments.into_iter().map(|assignment| async move {
            let role = self.role(&assignment.properties.role_definition_id).await?;
            Ok::<_, Error>((assignment, role))
        });
        let mut principals = Vec::new();
        for read in futures::future::join_all(read).await {
            let (assignment, role) = read?;
            let opens = opened(&role, object, exportable);
            let reaches = reaches(&assignment, &resource.id, &own);
            if !opens.is_empty() && reaches {
                principals.push(principal(&assignment, &role, &resource.id, opens));
            }
        }
        Ok(principals)
    }

    async fn role(&self, id: &str) -> Result<Arc<Role>> {
        if let Some(role) = self.resources.roles.lock().unwrap_or_else(PoisonError::into_inner).get(id) {
            return Ok(Arc::clone(role));
        }
        let role = Arc::new(self.client.role(id).await?);
        self.resources.roles.lock().unwrap_or_else(PoisonError::into_inner).insert(id.to_owned(), Arc::clone(&role));
        Ok(role)
    }
}

/// Whether an assignment at its scope reaches the object. One at another object of the vault does not.
fn reaches(assignment: &Assignment, vault: &str, own: &str) -> bool {
    let scope = assignment.properties.scope.to_ascii_lowercase();
    let (vault, own) = (vault.to_ascii_lowercase(), own.to_ascii_lowercase());
    scope == own || scope == vault || scope == "/" || vault.starts_with(&format!("{scope}/"))
}

fn principal(assignment: &Assignment, role: &Role, vault: &str, opens: Vec<FacetKind>) -> Principal {
    let given = &assignment.properties;
    let scope = match given.scope.to_ascii_lowercase() {
        scope if scope == vault.to_ascii_lowercase() => "the vault".to_owned(),
        scope if scope.contains("/providers/microsoft.management/") || scope == "/" => "a management group".to_owned(),
        scope if scope.contains("/vaults/") => "this item".to_owned(),
        scope if scope.contains("/resourcegroups/") => "its resource group".to_owned(),
        _ => "its subscription".to_owned(),
    };
    Principal {
        id: given.principal_id.clone(),
        kind: given.principal_type.clone().unwrap_or_else(|| "principal".to_owned()),
        by: role.properties.role_name.clone(),
        scope,
        opens,
    }
}

/// The faces that a role opens.
fn opened(role: &Role, object: Object, exportable: bool) -> Vec<FacetKind> {
    let allows = |action: &str| {
        role.properties.permissions.iter().any(|permissions| {
            let matches = |patterns: &[String]| patterns.iter().any(|pattern| covers(pattern, action));
            matches(&permissions.data_actions) && !matches(&permissions.not_data_actions)
        })
    };
    faces(object, exportable).into_iter().filter(|(_, call)| allows(call.action)).map(|(kind, _)| kind).collect()
}

/// Whether a pattern such as `Microsoft.KeyVault/vaults/keys/*` covers an action.
fn covers(pattern: &str, action: &str) -> bool {
    let (pattern, action) = (pattern.to_ascii_lowercase(), action.to_ascii_lowercase());
    match pattern.split_once('*') {
        Some((before, after)) => {
            action.len() >= before.len() + after.len() && action.starts_with(before) && action.ends_with(after)
        }
        None => pattern == action,
    }
}

fn by_policies(resource: &Resource, object: Object, exportable: bool) -> Vec<Principal> {
    let policies = resource.properties.access_policies.iter();
    policies
        .filter_map(|policy| {
            let permissions = &policy.permissions;
            let allows = |call: Call| {
                let (kind, verb) = call.policy.split_once('/')?;
                let given = match kind {
                    "keys" => &permissions.keys,
                    "secrets" => &permissions.secrets,
                    _ => &permissions.certificates,
                };
                given.iter().any(|it| it.eq_ignore_ascii_case(verb) || it.eq_ignore_ascii_case("all")).then_some(())
            };
            let opens: Vec<FacetKind> = faces(object, exportable)
                .into_iter()
                .filter(|(_, call)| allows(*call).is_some())
                .map(|(kind, _)| kind)
                .collect();
            let list = |word: &str, given: &[String]| {
                (!given.is_empty()).then(|| format!("{word}: {}", given.join(", ").to_ascii_lowercase()))
            };
            let by = [
                list("certificates", &permissions.certificates),
                list("keys", &permissions.keys),
                list("secrets", &permissions.secrets),
            ];
            (!opens.is_empty()).then(|| Principal {
                id: policy.object_id.clone(),
                kind: if policy.application_id.is_some() { "user through an application" } else { "principal" }
                    .to_owned(),
                by: by.into_iter().flatten().collect::<Vec<_>>().join("; "),
                scope: "the vault".to_owned(),
                opens,
            })
        })
        .collect()
}

/// The faces of an object with the calls that open them.
fn faces(object: Object, exportable: bool) -> Vec<(FacetKind, Call)> {
    match object {
        Object::Certificate if exportable => crate::certificates::FACES.to_vec(),
        Object::Certificate => crate::certificates::FACES[..2].to_vec(),
        Object::Key => vec![(FacetKind::Key, client::GET_KEY)],
        Object::Secret => vec![(FacetKind::Secret, client::GET_SECRET)],
    }
}

/// What each use takes. Where the model is not known, both of its names are told.
fn needs(object: Object, by_roles: Option<bool>) -> Vec<AccessNeed> {
    let need = |facet, purpose: &str, call: Call, role: &str| AccessNeed {
        facet,
        purpose: purpose.to_owned(),
        permission: match by_roles {
            Some(true) => call.action.to_owned(),
            Some(false) => call.policy.to_owned(),
            None => format!("{} ({})", call.action, call.policy),
        },
        role: (by_roles != Some(false)).then(|| role.to_owned()),
    };
    let certificate =
        || need(FacetKind::Certificate, "read the certificate", client::GET_CERTIFICATE, "Key Vault Certificate User");
    let key = || need(FacetKind::Key, "read the public key", client::GET_KEY, "Key Vault Crypto User");
    let sign = || need(FacetKind::Key, "sign", client::SIGN, "Key Vault Crypto User");
    let secret = |purpose| need(FacetKind::Secret, purpose, client::GET_SECRET, "Key Vault Secrets User");
    match object {
        Object::Certificate => {
            vec![certificate(), key(), sign(), secret("read the secret: of an exportable certificate, its private key")]
        }
        Object::Key => vec![key(), sign()],
        Object::Secret => vec![secret("read the value")],
    }
}

/// Tries the cheapest call of each thing that reading needs.
pub(crate) async fn check(tenant: &Tenant) -> Vec<AccessCheck> {
    let mut checks = Vec::new();
    if let Some(what) = tenant.assertion.clone() {
        let signed = crate::signin::identity(&tenant.client).await;
        let verdict = signed.map_or_else(Verdict::Refused, |_| Verdict::Allowed);
        let permission = format!("{} ({})", client::SIGN.policy, client::SIGN.action);
        checks.push(AccessCheck { what, permission, verdict });
    }
    let vaults: Vec<VaultId> = match &tenant.named {
        Some(named) => named.clone(),
        None => {
            let listed = tenant.listed().await;
            let verdict = match &listed.refused {
                Some(error) => Verdict::Refused(advised(error.clone())),
                None => Verdict::Allowed,
            };
            let permission = format!("{}, {}", manager::LIST_SUBSCRIPTIONS.action, manager::LIST_VAULTS.action);
            checks.push(AccessCheck { what: "Find the vaults of the subscriptions".to_owned(), permission, verdict });
            let mut hosts: Vec<_> = listed.resources.keys().map(|host| VaultId(host.clone())).collect();
            hosts.sort();
            hosts
        }
    };
    let asked = vaults.iter().flat_map(|vault| tenant.objects(vault).iter().map(move |object| (vault, *object)));
    let tried = asked.map(|(vault, object)| async move {
        let call = client::list_call(object);
        let verdict = match tenant.client.list(vault, object, false).next().await {
            Some(Err(error)) => Verdict::Refused(error),
            Some(Ok(_)) | None => Verdict::Allowed,
        };
        AccessCheck {
            what: format!("List the {} of {}", object.collection(), tenant.vault(vault).name),
            permission: format!("{} ({})", call.policy, call.action),
            verdict,
        }
    });
    checks.extend(futures::future::join_all(tried).await);
    checks
}

/// Stands for vaults that could not even be listed.
fn unlisted(id: &str, name: &str) -> Vault {
    Vault { id: VaultId(format!("subscription:{id}")), name: name.to_owned(), native_kind: "subscription" }
}

fn advised(error: Error) -> Error {
    let next =
        format!("{} Or name the vaults of the connection by their addresses: they open without this.", error.next());
    error.with_next(next)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_covers_what_lies_under_it() {
        for (pattern, action, covered) in [
            ("Microsoft.KeyVault/vaults/*", "Microsoft.KeyVault/vaults/keys/read", true),
            ("Microsoft.KeyVault/vaults/*/read", "Microsoft.KeyVault/vaults/keys/read", true),
            ("Microsoft.KeyVault/vaults/*/read", "Microsoft.KeyVault/vaults/secrets/getSecret/action", false),
            ("Microsoft.KeyVault/vaults/keys/read", "microsoft.keyvault/vaults/KEYS/read", true),
            ("Microsoft.KeyVault/vaults/secrets/*", "Microsoft.KeyVault/vaults/keys/read", false),
        ] {
            assert_eq!(covers(pattern, action), covered, "{pattern} {action}");
        }
    }

    #[test]
    fn by_either_model_the_secret_counts_only_where_it_holds_the_private_key() {
        let resource: Resource = serde_json::from_value(serde_json::json!({
            "id": "/subscriptions/s/resourceGroups/g/providers/Microsoft.KeyVault/vaults/v",
            "name": "v",
            "properties": {"accessPolicies": [{
                "tenantId": "t", "objectId": "o",
                "permissions": {"keys": ["get"], "secrets": ["get"], "certificates": ["get"]},
            }]},
        }))
        .unwrap();
        let role: Role = serde_json::from_value(serde_json::json!({"properties": {
            "roleName": "everything", "permissions": [{"dataActions": ["Microsoft.KeyVault/vaults/*"]}],
        }}))
        .unwrap();
        let opens = |exportable| {
            let by_policies = by_policies(&resource, Object::Certificate, exportable).remove(0).opens;
            assert_eq!(opened(&role, Object::Certificate, exportable), by_policies);
            by_policies
        };
        assert_eq!(opens(true), [FacetKind::Certificate, FacetKind::Key, FacetKind::Secret]);
        assert_eq!(opens(false), [FacetKind::Certificate, FacetKind::Key]);
    }
}
