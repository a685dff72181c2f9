//! The built-in roles that reach keys, secrets and certificates, as data.
//!
//! Source: Azure documentation, "Azure built-in roles for Security" and "… for Privileged", 2026-02-23.

use crate::Power;

/// A built-in role.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Role {
    /// The last part of its definition's id.
    pub id: &'static str,
    /// Its name.
    pub name: &'static str,
    /// What it may do with the vault as a resource, as far as that reaches what is in it.
    pub actions: &'static [&'static str],
    /// What it may do with what is in the vault.
    pub data_actions: &'static [&'static str],
    /// Whether Azure itself narrows it by a condition.
    pub conditional: bool,
}

const WRITE_ROLES: &str = "Microsoft.Authorization/roleAssignments/write";
const VAULTS: &str = "Microsoft.KeyVault/vaults/*";

const fn role(
    id: &'static str,
    name: &'static str,
    actions: &'static [&'static str],
    data_actions: &'static [&'static str],
) -> Role {
    Role { id, name, actions, data_actions, conditional: false }
}

/// Every one of them.
pub const BUILT_IN: &[Role] = &[
    role("8e3af657-a8ff-443c-a75c-2fe8c4bcb635", "Owner", &["*"], &[]),
    // Everything but role assignments, so access policies as well.
    role("b24988ac-6180-42a0-ab88-20f7382dd24c", "Contributor", &[VAULTS], &[]),
    role("acdd72a7-3385-48ef-bd42-f606fba81ae7", "Reader", &[], &[]),
    role("18d7d88d-d35e-4fb5-a5c3-7773c20a72d9", "User Access Administrator", &[WRITE_ROLES], &[]),
    role("f58310d9-a9f6-439a-9e8d-f62e7b41a168", "Role Based Access Control Administrator", &[WRITE_ROLES], &[]),
    role("00482a5a-887f-4fb3-b363-3b7fe8e74483", "Key Vault Administrator", &[], &["Microsoft.KeyVault/vaults/*"]),
    role(
        "db79e9a7-68ee-4b58-9aeb-b90e7c24fcba",
        "Key Vault Certificate User",
        &[],
        &[
            "Microsoft.KeyVault/vaults/certificates/read",
            "Microsoft.KeyVault/vaults/secrets/getSecret/action",
            "Microsoft.KeyVault/vaults/secrets/readMetadata/action",
            "Microsoft.KeyVault/vaults/keys/read",
        ],
    ),
    role(
        "a4417e6f-fecd-4de8-b567-7b0420556985",
        "Key Vault Certificates Officer",
        &[],
        &[
            "Microsoft.KeyVault/vaults/certificatecas/*",
            "Microsoft.KeyVault/vaults/certificates/*",
            "Microsoft.KeyVault/vaults/certificatecontacts/write",
        ],
    ),
    role("f25e0fa2-a7c8-4377-a976-54943a77a395", "Key Vault Contributor", &[VAULTS], &[]),
    role(
        "14b46e9e-c2b7-41b4-b07b-48a6ebf60603",
        "Key Vault Crypto Officer",
        &[],
        &["Microsoft.KeyVault/vaults/keys/*", "Microsoft.KeyVault/vaults/keyrotationpolicies/*"],
    ),
    role(
        "e147488a-f6f5-4113-8e2d-b22465e65bf6",
        "Key Vault Crypto Service Encryption User",
        &[],
        &[
            "Microsoft.KeyVault/vaults/keys/read",
            "Microsoft.KeyVault/vaults/keys/wrap/action",
            "Microsoft.KeyVault/vaults/keys/unwrap/action",
        ],
    ),
    role(
        "08bbd89e-9f13-488c-ac41-acfcb10c90ab",
        "Key Vault Crypto Service Release User",
        &[],
        &["Microsoft.KeyVault/vaults/keys/release/action"],
    ),
    role(
        "12338af0-0e69-4776-bea7-57ae8d297424",
        "Key Vault Crypto User",
        &[],
        &[
            "Microsoft.KeyVault/vaults/keys/read",
            "Microsoft.KeyVault/vaults/keys/update/action",
            "Microsoft.KeyVault/vaults/keys/backup/action",
            "Microsoft.KeyVault/vaults/keys/encrypt/action",
            "Microsoft.KeyVault/vaults/keys/decrypt/action",
            "Microsoft.KeyVault/vaults/keys/wrap/action",
            "Microsoft.KeyVault/vaults/keys/unwrap/action",
            "Microsoft.KeyVault/vaults/keys/sign/action",
            "Microsoft.KeyVault/vaults/keys/verify/action",
        ],
    ),
    Role {
        conditional: true,
        ..role("8b54135c-b56d-4d72-a534-26097cfdc8d8", "Key Vault Data Access Administrator", &[WRITE_ROLES], &[])
    },
    role(
        "21090545-7ca7-4776-b22c-e363652d74d2",
        "Key Vault Reader",
        &[],
        &["Microsoft.KeyVault/vaults/*/read", "Microsoft.KeyVault/vaults/secrets/readMetadata/action"],
    ),
    role(
        "b86a8fe4-44ce-4948-aee5-eccb2c155cd7",
        "Key Vault Secrets Officer",
        &[],
        &["Microsoft.KeyVault/vaults/secrets/*"],
    ),
    role(
        "4633458b-17de-408a-b874-0445c86b69e6",
        "Key Vault Secrets User",
        &[],
        &[
            "Microsoft.KeyVault/vaults/secrets/getSecret/action",
            "Microsoft.KeyVault/vaults/secrets/readMetadata/action",
        ],
    ),
];

/// What data actions give.
const DATA_POWERS: &[(&str, Power)] = &[
    ("Microsoft.KeyVault/vaults/keys/encrypt/action", Power::Encrypt),
    ("Microsoft.KeyVault/vaults/keys/wrap/action", Power::Encrypt),
    ("Microsoft.KeyVault/vaults/keys/decrypt/action", Power::Decrypt),
    ("Microsoft.KeyVault/vaults/keys/unwrap/action", Power::Decrypt),
    ("Microsoft.KeyVault/vaults/keys/sign/action", Power::Sign),
    ("Microsoft.KeyVault/vaults/keys/release/action", Power::Extract),
    ("Microsoft.KeyVault/vaults/secrets/getSecret/action", Power::Extract),
    ("Microsoft.KeyVault/vaults/keys/delete", Power::Destroy),
    ("Microsoft.KeyVault/vaults/keys/update/action", Power::Destroy),
    ("Microsoft.KeyVault/vaults/keys/purge/action", Power::Destroy),
    ("Microsoft.KeyVault/vaults/secrets/delete", Power::Destroy),
    ("Microsoft.KeyVault/vaults/certificates/delete", Power::Destroy),
];

/// What actions on the vault as a resource give. Access policies count only where the vault goes by them.
const POWERS: &[(&str, Power)] = &[
    ("Microsoft.Authorization/roleAssignments/write", Power::Administer),
    ("Microsoft.KeyVault/vaults/accessPolicies/write", Power::Delegate),
    ("Microsoft.KeyVault/vaults/delete", Power::Destroy),
];

impl Role {
    /// What it gives.
    pub fn powers(&self) -> Vec<Power> {
        let data = DATA_POWERS.iter().filter(|(action, _)| any_fits(self.data_actions, action));
        let own = POWERS.iter().filter(|(action, _)| any_fits(self.actions, action));
        let mut powers: Vec<Power> = own.chain(data).map(|(_, power)| *power).collect();
        powers.sort();
        powers.dedup();
        powers
    }

    /// The role of a definition's id (its last part counts), or of a name.
    pub fn of(written: &str) -> Option<&'static Self> {
        let last = written.trim_end_matches('/').rsplit('/').next().unwrap_or(written);
        BUILT_IN.iter().find(|role| role.id.eq_ignore_ascii_case(last) || role.name.eq_ignore_ascii_case(written))
    }
}

fn any_fits(patterns: &[&str], action: &str) -> bool {
    patterns.iter().any(|pattern| fits(pattern, action))
}

/// Whether an action is one of a pattern's, in which * stands for anything.
fn fits(pattern: &str, action: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|first| action.strip_prefix(first)) else { return false };
    let mut open = false;
    for part in parts {
        open = true;
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    rest.is_empty() || (open && pattern.ends_with('*'))
}

#[cfg(test)]
mod tests {
    use super::{BUILT_IN, Role};
    use crate::Power;

    #[test]
    fn roles_give_what_azure_says_they_give() {
        let powers = |name: &str| Role::of(name).map(Role::powers).unwrap_or_default();
        assert_eq!(powers("Key Vault Crypto Service Encryption User"), [Power::Decrypt, Power::Encrypt]);
        assert_eq!(powers("Key Vault Secrets User"), [Power::Extract]);
        assert_eq!(powers("Key Vault Reader"), []);
        assert_eq!(powers("Owner"), [Power::Administer, Power::Delegate, Power::Destroy]);
        assert!(!powers("Contributor").contains(&Power::Administer));
        assert!(powers("Key Vault Administrator").contains(&Power::Sign));
        assert!(!powers("Key Vault Crypto User").contains(&Power::Extract));
    }

    #[test]
    fn a_role_is_found_by_any_of_its_names() {
        let id =
            "/subscriptions/x/providers/Microsoft.Authorization/roleDefinitions/4633458B-17DE-408A-B874-0445C86B69E6";
        assert_eq!(Role::of(id).map(|role| role.name), Some("Key Vault Secrets User"));
        let mut ids: Vec<&str> = BUILT_IN.iter().map(|role| role.id).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), BUILT_IN.len());
    }
}
