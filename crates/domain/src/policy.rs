//! Policies as their places hold them: texts in a language of their own, and what is known around them.
//!
//! What a text means is said one floor up, in `policy`; nothing here reads one.

use std::sync::Arc;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use crate::{Answer, ItemKey, NativeRow, Result};

/// In which language a policy is written. Closed: each has a room in `policy`.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PolicyLanguage {
    /// A key policy of AWS KMS: JSON.
    AwsKey,
    /// The access policies of an Azure key vault: a JSON list.
    AzureAccess,
    /// The release policy of an Azure key: JSON.
    AzureRelease,
    /// Role assignments of Azure: a JSON list.
    AzureRoles,
    /// An ACL policy of Vault or OpenBao: HCL or JSON.
    VaultAcl,
}

/// One policy of a place.
#[derive(Clone, Debug)]
pub struct PolicyText {
    /// Its name at the place: `default` for KMS, the name of an ACL policy.
    pub id: String,
    /// Its language.
    pub language: PolicyLanguage,
    /// The text as the place holds it, or why it cannot be read.
    pub text: Result<String>,
    /// What it decides about beside this item, as a sentence: "It decides about this key alone."
    pub reach: String,
    /// Whether this identity may write it.
    pub write: Answer,
}

/// What is known around a policy. All of it may be unknown; then more depends on more.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Surroundings {
    /// The item by the place's full address: an ARN, `transit/keys/payments`, a vault's resource id.
    pub item: Option<String>,
    /// The name of the policy itself, where its place keeps policies by name (Vault).
    pub name: Option<String>,
    /// Who edits the policy now.
    pub caller: Option<PolicyCaller>,
    /// What lets people in beside the policy: grants.
    pub permits: Vec<PolicyPermit>,
    /// The other policies that hold at the same place, where its language has several (Vault). Of the one that is edited
    /// only its name counts here.
    pub others: Vec<NamedPolicy>,
    /// What is mounted at the place, where its language speaks of mounts (Vault); empty if that is not known.
    pub mounts: Vec<PolicyMount>,
    /// What hands policies out by their names (Vault); empty where it was not asked for.
    pub doors: Arc<Vec<Door>>,
    /// What could not be read of all this, a sentence each.
    pub unread: Vec<String>,
}

/// Something that is mounted under a path (Vault).
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct PolicyMount {
    /// Its path, without slashes at its ends: `transit`, `team/kv`.
    pub path: String,
    /// What it is, as the server names it, with the version of KV: `transit`, `pki`, `kv-2`.
    pub engine: String,
}

/// A way to sign in at a place that hands policies out by their names: a role of an auth method, a user (Vault).
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Door {
    /// Its full path: `auth/approle/role/ci`. The path of the method where its roles could not be told.
    pub path: String,
    /// What the method is, as the server names it: `approle`, `kubernetes`.
    pub kind: String,
    /// The policies that it hands out.
    pub policies: Vec<String>,
    /// What it asks of whoever comes, in the server's names: `secret_id_ttl`. Lists are joined by commas; what is
    /// empty, 0 or false is there too.
    pub facts: Vec<NativeRow>,
    /// Why it could not be read, as a sentence without its full stop.
    pub trouble: Option<String>,
}

/// Somebody who asks.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct PolicyCaller {
    /// By the place's full name: an ARN (of an assumed role: `arn:aws:sts::…:assumed-role/…`), an object id, the name
    /// of a token.
    pub id: String,
    /// The policies that are attached to them, or why those are not known.
    pub policies: Known<Vec<NamedPolicy>>,
}

/// Something that could be read, or why not.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Known<T> {
    /// It.
    Read(T),
    /// Why not, as a sentence without its full stop.
    Unread(String),
}

/// A policy by its name.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct NamedPolicy {
    /// Its name.
    pub name: String,
    /// Its text.
    pub text: String,
    /// Whether it only limits what others allow: a permissions boundary, a session policy.
    pub limits: bool,
}

/// Something beside the policy that lets somebody in: a grant.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct PolicyPermit {
    /// Who.
    pub grantee: String,
    /// The place's words of what is allowed: `Decrypt`.
    pub operations: Vec<String>,
    /// What narrows it, in words; empty if nothing does.
    pub narrowed: Vec<String>,
    /// Its identifier.
    pub id: String,
}

/// A place whose policies can be read as texts.
#[async_trait]
pub trait Policies: Send + Sync {
    /// The policies that may decide about `item`: at least one, each with its text or its trouble.
    ///
    /// # Errors
    /// As the place says if not even their names can be told.
    async fn policies(&self, item: &ItemKey) -> Result<Vec<PolicyText>>;

    /// What is known around them. Never fails: what could not be read is said in it.
    async fn surroundings(&self, item: &ItemKey) -> Surroundings;

    /// What hands the policies out, where a policy names nobody. What could not be read of it has its trouble.
    ///
    /// # Errors
    /// As the place says if not even the methods can be told.
    async fn doors(&self) -> Result<Vec<Door>> {
        Ok(Vec::new())
    }
}

impl Door {
    /// A fact by the server's name; empty where it has none.
    pub fn fact(&self, name: &str) -> &str {
        self.facts.iter().find(|fact| fact.name == name).map_or("", |fact| fact.value.as_str())
    }
}

impl PolicyLanguage {
    /// Every language.
    pub const ALL: [Self; 5] = [Self::AwsKey, Self::AzureAccess, Self::AzureRelease, Self::AzureRoles, Self::VaultAcl];

    /// The word for it on the wire and in the shell.
    pub fn word(self) -> &'static str {
        match self {
            Self::AwsKey => "aws-key",
            Self::AzureAccess => "azure-access",
            Self::AzureRelease => "azure-release",
            Self::AzureRoles => "azure-roles",
            Self::VaultAcl => "vault-acl",
        }
    }

    /// The language of a word.
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|language| language.word() == word)
    }

    /// What a person calls a text of it.
    pub fn title(self) -> &'static str {
        match self {
            Self::AwsKey => "Key policy",
            Self::AzureAccess => "Access policies",
            Self::AzureRelease => "Release policy",
            Self::AzureRoles => "Role assignments",
            Self::VaultAcl => "ACL policy",
        }
    }
}

impl Surroundings {
    /// The item's field of an ARN: 1 the partition, 3 the Region, 4 the account. `None` if the item is unknown or has
    /// no ARN.
    pub fn arn_part(&self, index: usize) -> Option<&str> {
        let item = self.item.as_deref()?;
        item.starts_with("arn:").then(|| item.splitn(6, ':').nth(index)).flatten()
    }

    /// The account that owns the item.
    pub fn account(&self) -> Option<&str> {
        self.arn_part(4)
    }
}

#[cfg(test)]
mod tests {
    use super::PolicyLanguage;

    #[test]
    fn a_language_is_found_by_its_word() {
        for language in PolicyLanguage::ALL {
            assert_eq!(serde_json::to_string(&language).unwrap(), format!("\"{}\"", language.word()));
            assert_eq!(PolicyLanguage::of(language.word()), Some(language));
        }
    }
}
