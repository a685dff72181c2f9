//! The clouds of Azure and the hosts of each. Source: "National clouds" of Microsoft Entra, "Key Vault endpoints".

use domain::{Answers, Error, Kind, Result};

/// One of the clouds that are apart from each other.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Cloud {
    China,
    Government,
    Public,
}

impl Cloud {
    /// The cloud that the answers name, the public one if none.
    ///
    /// # Errors
    /// `Invalid` for a word that names none.
    pub(crate) fn of(answers: &Answers) -> Result<Self> {
        match answers.get("cloud").map(String::as_str) {
            None | Some("" | "public") => Ok(Self::Public),
            Some("china") => Ok(Self::China),
            Some("government") => Ok(Self::Government),
            Some(other) => Err(Error::new(Kind::Invalid, "connect", format!("\"{other}\" is no cloud of Azure"))
                .with_next("Choose public, government or china.")),
        }
    }

    /// Where one signs in.
    pub(crate) fn authority_host(self) -> &'static str {
        match self {
            Self::China => "login.chinacloudapi.cn",
            Self::Government => "login.microsoftonline.us",
            Self::Public => "login.microsoftonline.com",
        }
    }

    /// Where subscriptions and vaults are listed.
    pub(crate) fn manager_host(self) -> &'static str {
        match self {
            Self::China => "management.chinacloudapi.cn",
            Self::Government => "management.usgovcloudapi.net",
            Self::Public => "management.azure.com",
        }
    }

    /// What the host of a Key Vault ends with.
    pub(crate) fn vault_suffix(self) -> &'static str {
        match self {
            Self::China => ".vault.azure.cn",
            Self::Government => ".vault.usgovcloudapi.net",
            Self::Public => ".vault.azure.net",
        }
    }

    /// What the host of a Managed HSM ends with.
    pub(crate) fn hsm_suffix(self) -> &'static str {
        match self {
            Self::China => ".managedhsm.azure.cn",
            Self::Government => ".managedhsm.usgovcloudapi.net",
            Self::Public => ".managedhsm.azure.net",
        }
    }

    /// Whether the host is a Managed HSM of this cloud.
    pub(crate) fn is_hsm(self, host: &str) -> bool {
        host.ends_with(self.hsm_suffix())
    }

    /// Whether the host is a Key Vault or a Managed HSM of this cloud.
    pub(crate) fn has(self, host: &str) -> bool {
        [self.vault_suffix(), self.hsm_suffix()].iter().any(|suffix| {
            host.strip_suffix(suffix).is_some_and(|name| !name.is_empty() && !name.contains(['.', ':', '@', '/']))
        })
    }
}
