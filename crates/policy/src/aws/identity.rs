//! Who calls, and whom a statement's principals name.
//!
//! Source: IAM User Guide, "AWS JSON policy elements: Principal", "AWS JSON policy elements: NotPrincipal", "IAM identifiers".

use super::{
    document::{Entries, Principal, PrincipalKind},
    truth::Truth,
};

/// Somebody who calls, as far as policies tell them apart.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct Identity {
    /// What they are.
    pub kind: IdentityKind,
    /// Their ARN, or what stands for it: a service's name, a provider; empty where there is none.
    pub id: String,
    /// The twelve digits of their account, if they are of one.
    pub account: Option<String>,
    /// The last part of their name: of a user, or of the role of a session. Empty where there is none.
    pub name: String,
}

/// What somebody who calls is.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum IdentityKind {
    /// The root user of an account.
    Root,
    /// An IAM user.
    User,
    /// Any session in a role.
    Role,
    /// One session in a role. Its ARN leaves out the role's path.
    Session,
    /// A session that an IAM user made for somebody by `GetFederationToken`.
    FederatedUser,
    /// A service of AWS that acts for itself.
    Service,
    /// Whoever signed in at an identity provider.
    Federated,
    /// Some user or role of an account whom no statement names.
    Somebody,
    /// Whoever it is, of whatever account.
    Anyone,
}

/// By which of their names a statement reaches somebody. What follows from it differs.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Reach {
    /// By their account: in a key policy this leaves the decision to the account's IAM policies.
    Account,
    /// By their role: boundaries and session policies limit it.
    Role,
    /// As themselves, or as everybody: boundaries do not limit it.
    Direct,
}

impl Identity {
    /// Reads an ARN of IAM or STS. `None` if it is neither of these.
    pub fn of_arn(arn: &str) -> Option<Self> {
        Name::of_arn(arn).map(Name::owned)
    }

    /// Whom a caller's name means: an ARN, or a service such as `s3.amazonaws.com`.
    pub fn of_caller(id: &str) -> Option<Self> {
        let service = || is_service(id).then(|| Self::service(id));
        Self::of_arn(id).or_else(service)
    }

    /// Whom a principal names, if it names one: not for `*`, not for the id of somebody deleted.
    pub fn of_principal(principal: &Principal) -> Option<Self> {
        let name = Name::of_principal(principal)?;
        if name.kind == IdentityKind::Root && is_account(name.id) {
            return Some(Self::root(name.id));
        }
        Some(name.owned())
    }

    /// A service of AWS that acts for itself.
    pub fn service(name: &str) -> Self {
        Self { kind: IdentityKind::Service, id: name.to_owned(), account: None, name: name.to_owned() }
    }

    /// Some user or role of an account whom no statement names.
    pub fn somebody_of(account: &str) -> Self {
        Self {
            kind: IdentityKind::Somebody,
            id: account.to_owned(),
            account: Some(account.to_owned()),
            name: String::new(),
        }
    }

    /// Whoever it is.
    pub fn anyone() -> Self {
        Self { kind: IdentityKind::Anyone, id: "*".to_owned(), account: None, name: String::new() }
    }

    fn root(account: &str) -> Self {
        Self {
            kind: IdentityKind::Root,
            id: format!("arn:aws:iam::{account}:root"),
            account: Some(account.to_owned()),
            name: String::new(),
        }
    }

    /// Whether IAM policies decide what they may: not for the root user, nor for who is not of IAM.
    pub fn has_iam_policies(&self) -> bool {
        match self.kind {
            IdentityKind::User
            | IdentityKind::Role
            | IdentityKind::Session
            | IdentityKind::FederatedUser
            | IdentityKind::Somebody
            | IdentityKind::Anyone => true,
            IdentityKind::Root | IdentityKind::Service | IdentityKind::Federated => false,
        }
    }

    /// As a person reads it: "role Admin of account 111122223333".
    pub fn says(&self) -> String {
        let of = self.account.as_ref().map(|account| format!(" of account {account}")).unwrap_or_default();
        match self.kind {
            IdentityKind::Root => format!("the root user{of}"),
            IdentityKind::User => format!("user {}{of}", self.name),
            IdentityKind::Role => format!("role {}{of}", self.name),
            IdentityKind::Session => {
                let session = self.id.rsplit('/').next().unwrap_or_default();
                format!("session {session} in role {}{of}", self.name)
            }
            IdentityKind::FederatedUser => format!("federated user {}{of}", self.name),
            IdentityKind::Service => format!("the AWS service {}", self.name),
            IdentityKind::Federated => format!("whoever signed in at {}", self.id),
            IdentityKind::Somebody => format!("users and roles{of}"),
            IdentityKind::Anyone => "anyone".to_owned(),
        }
    }
}

/// Whether, and by which of their names, `Principal` or `NotPrincipal` of a statement reaches somebody. `bounded` says
/// that boundaries or session policies limit them.
pub fn reach(principals: &Entries<Principal>, caller: &Identity, denies: bool, bounded: bool) -> (Truth, Reach) {
    let best = principals.values.iter().filter_map(|principal| named(&principal.value, caller)).max();
    if !principals.negated {
        let session_in_it = |principal: &Principal| {
            caller.kind == IdentityKind::Role
                && Name::of_principal(principal)
                    .is_some_and(|other| other.kind == IdentityKind::Session && other.is_role_of(caller))
        };
        return match best {
            Some(reach) => (Truth::Holds, reach),
            None if principals.values.iter().any(|principal| session_in_it(&principal.value)) => {
                (Truth::unknown("the name of the session"), Reach::Direct)
            }
            None => (Truth::Fails, Reach::Direct),
        };
    }
    let truth = if denies {
        kept_out_by_not(principals, caller, bounded)
    } else {
        match best {
            Some(Reach::Direct | Reach::Role) => Truth::Fails,
            Some(Reach::Account) => Truth::unknown("how AWS reads an account in NotPrincipal"),
            None => Truth::Holds,
        }
    };
    (truth, Reach::Direct)
}

/// AWS checks every level of a caller against `NotPrincipal` with `Deny`: the account, the role, the session. Whoever
/// is not named on all of them may be kept out.
fn kept_out_by_not(principals: &Entries<Principal>, caller: &Identity, bounded: bool) -> Truth {
    let names = |wanted: &dyn Fn(Name<'_>) -> bool| {
        principals.values.iter().filter_map(|entry| Name::of_principal(&entry.value)).any(wanted)
    };
    let everybody = principals.values.iter().any(|entry| is_everybody(&entry.value));
    let itself = everybody || names(&|other| other.kind == caller.kind && other.id == caller.id);
    let account =
        everybody || names(&|other| other.kind == IdentityKind::Root && other.account == caller.account.as_deref());
    let role = everybody || names(&|other| other.kind == IdentityKind::Role && other.is_role_of(caller));
    match caller.kind {
        IdentityKind::Root => (!account).into(),
        IdentityKind::Service | IdentityKind::Federated => (!itself).into(),
        IdentityKind::Somebody | IdentityKind::Anyone => (!everybody).into(),
        IdentityKind::User | IdentityKind::FederatedUser | IdentityKind::Session | IdentityKind::Role if bounded => {
            Truth::Holds
        }
        IdentityKind::User | IdentityKind::FederatedUser => unless(itself, account),
        IdentityKind::Session => unless(itself, account && role),
        IdentityKind::Role if role => Truth::unknown("whether NotPrincipal names the session"),
        IdentityKind::Role => Truth::Holds,
    }
}

fn unless(itself: bool, levels_above: bool) -> Truth {
    match (itself, levels_above) {
        (false, _) => Truth::Holds,
        (true, true) => Truth::Fails,
        (true, false) => Truth::unknown("whether AWS checks the account and the role in NotPrincipal too"),
    }
}

/// What a text says of somebody, without a copy of it: every statement of every key asks.
#[derive(Clone, Copy)]
struct Name<'a> {
    kind: IdentityKind,
    id: &'a str,
    account: Option<&'a str>,
    name: &'a str,
}

impl<'a> Name<'a> {
    fn of_arn(arn: &'a str) -> Option<Self> {
        let mut parts = arn.splitn(6, ':');
        let (Some("arn"), Some(_), Some(service), Some(""), Some(account), Some(resource)) =
            (parts.next(), parts.next(), parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return None;
        };
        if !is_account(account) {
            return None;
        }
        let (sort, rest) = resource.split_once('/').unwrap_or((resource, ""));
        let (kind, name) = match (service, sort) {
            ("iam", "root") => (IdentityKind::Root, ""),
            ("iam", "user") => (IdentityKind::User, rest.rsplit('/').next().unwrap_or_default()),
            ("iam", "role") => (IdentityKind::Role, rest.rsplit('/').next().unwrap_or_default()),
            ("sts", "assumed-role") => (IdentityKind::Session, rest.split_once('/')?.0),
            ("sts", "federated-user") => (IdentityKind::FederatedUser, rest),
            _ => return None,
        };
        let complete = kind == IdentityKind::Root || !name.is_empty();
        complete.then_some(Self { kind, id: arn, account: Some(account), name })
    }

    fn of_principal(principal: &'a Principal) -> Option<Self> {
        let id = principal.value.as_str();
        let alone = |kind, name| Some(Self { kind, id, account: None, name });
        match principal.kind {
            PrincipalKind::Aws if is_account(id) => {
                Some(Self { kind: IdentityKind::Root, id, account: Some(id), name: "" })
            }
            PrincipalKind::Aws => Self::of_arn(id),
            PrincipalKind::Service => alone(IdentityKind::Service, id),
            PrincipalKind::Federated => alone(IdentityKind::Federated, ""),
            PrincipalKind::Everyone | PrincipalKind::CanonicalUser | PrincipalKind::Other(_) => None,
        }
    }

    fn owned(self) -> Identity {
        let account = self.account.map(str::to_owned);
        Identity { kind: self.kind, id: self.id.to_owned(), account, name: self.name.to_owned() }
    }

    /// Names of roles are unique in an account, whatever their path.
    fn is_role_of(self, other: &Identity) -> bool {
        let in_role = |kind| matches!(kind, IdentityKind::Role | IdentityKind::Session);
        in_role(self.kind) && in_role(other.kind) && self.account == other.account.as_deref() && self.name == other.name
    }
}

/// By which of their names a principal names somebody.
fn named(principal: &Principal, caller: &Identity) -> Option<Reach> {
    if is_everybody(principal) {
        return Some(Reach::Direct);
    }
    let other = Name::of_principal(principal)?;
    match other.kind {
        IdentityKind::Root if other.account != caller.account.as_deref() => None,
        IdentityKind::Root if caller.kind == IdentityKind::Root => Some(Reach::Direct),
        IdentityKind::Root => Some(Reach::Account),
        IdentityKind::Role => other.is_role_of(caller).then_some(Reach::Role),
        IdentityKind::User
        | IdentityKind::Session
        | IdentityKind::FederatedUser
        | IdentityKind::Service
        | IdentityKind::Federated => (other.kind == caller.kind && other.id == caller.id).then_some(Reach::Direct),
        IdentityKind::Somebody | IdentityKind::Anyone => None,
    }
}

/// By which of their names the grantee of a grant names somebody: an ARN or a service.
pub(super) fn reached_by_name(grantee: &str, caller: &Identity) -> Option<Reach> {
    let kind = if is_service(grantee) { PrincipalKind::Service } else { PrincipalKind::Aws };
    named(&Principal { kind, value: grantee.to_owned() }, caller)
}

/// Whether a principal is everybody: `"*"` or `{"AWS": "*"}`, which are the same.
pub fn is_everybody(principal: &Principal) -> bool {
    match principal.kind {
        PrincipalKind::Everyone => true,
        PrincipalKind::Aws => principal.value == "*",
        PrincipalKind::Service | PrincipalKind::Federated | PrincipalKind::CanonicalUser | PrincipalKind::Other(_) => {
            false
        }
    }
}

/// Whether a text is the number of an account.
pub fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether a text is the name of a service as principals write it.
pub fn is_service(text: &str) -> bool {
    let name = text.strip_suffix(".cn").unwrap_or(text);
    !text.contains([':', '/']) && (name.ends_with(".amazonaws.com") || name.ends_with(".amazon.com"))
}
