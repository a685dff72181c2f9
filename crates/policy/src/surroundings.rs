//! What is known of the world around a policy: whose item it is of, who asks, and what else lets people in.

use crate::Power;

/// What is known around a policy. All of it may be unknown; then more depends on more.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Surroundings {
    /// The item by the place's full address: an ARN, `transit/keys/payments`, a vault's resource id.
    pub item: Option<String>,
    /// The name of the policy itself, where its place keeps policies by name (Vault).
    pub name: Option<String>,
    /// Who edits the policy now.
    pub caller: Option<Caller>,
    /// What lets people in beside the policy: grants.
    pub permits: Vec<Permit>,
    /// The other policies that hold at the same place, where its language has several (Vault).
    pub others: Vec<NamedPolicy>,
    /// What is mounted at the place, where its language speaks of mounts (Vault); empty if that is not known.
    pub mounts: Vec<Mount>,
}

/// Something that is mounted under a path (Vault).
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Mount {
    /// Its path, without slashes at its ends: `transit`, `team/kv`.
    pub path: String,
    /// What it is, as the server names it, with the version of KV: `transit`, `pki`, `kv-2`.
    pub engine: String,
}

/// Somebody who asks.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Caller {
    /// By the place's full name: an ARN (of an assumed role: `arn:aws:sts::…:assumed-role/…`), an object id, the names
    /// of a token's policies.
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
pub struct Permit {
    /// Who.
    pub grantee: String,
    /// The place's words of what is allowed: `Decrypt`.
    pub operations: Vec<String>,
    /// What narrows it, in words; empty if nothing does.
    pub narrowed: Vec<String>,
    /// Its identifier.
    pub id: String,
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

impl Permit {
    /// Whether it gives a power, by the words of KMS grants.
    pub fn gives(&self, power: Power) -> bool {
        self.operations.iter().any(|operation| crate::aws::power_of(operation) == Some(power))
    }
}
