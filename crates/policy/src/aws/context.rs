//! What is known of a request beside who asks what of which key: the values of condition keys.

use std::borrow::Cow;

use super::identity::{Identity, IdentityKind};

/// The values of condition keys. A key is there, known not to be there, or unknown.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Context {
    /// Each key once, with its values; none means that the request does not have it.
    known: Vec<(Cow<'static, str>, Vec<String>)>,
    complete: bool,
}

/// What is known of a key.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Found<'a> {
    /// Its values, at least one.
    Values(&'a [String]),
    /// The request does not have it.
    Absent,
    /// It may have it.
    Unknown,
}

impl Context {
    /// The same with a key's only value.
    #[must_use]
    pub fn with(self, key: impl Into<Cow<'static, str>>, value: impl Into<String>) -> Self {
        self.with_all(key, vec![value.into()])
    }

    /// The same with a key's values.
    #[must_use]
    pub fn with_all(mut self, key: impl Into<Cow<'static, str>>, values: Vec<String>) -> Self {
        let key = key.into();
        self.known.retain(|(known, _)| !known.eq_ignore_ascii_case(&key));
        self.known.push((key, values));
        self
    }

    /// The same with a key that the request does not have.
    #[must_use]
    pub fn without(self, key: impl Into<Cow<'static, str>>) -> Self {
        self.with_all(key, Vec::new())
    }

    /// The same, where nothing else is in the request.
    #[must_use]
    pub fn complete(mut self) -> Self {
        self.complete = true;
        self
    }

    /// What is known of a key. Upper and lower case of keys are the same.
    pub fn find(&self, key: &str) -> Found<'_> {
        match self.known.iter().find(|(known, _)| known.eq_ignore_ascii_case(key)) {
            Some((_, values)) if values.is_empty() => Found::Absent,
            Some((_, values)) => Found::Values(values),
            None if self.complete => Found::Absent,
            None => Found::Unknown,
        }
    }

    /// What follows from who calls a key of KMS directly, over TLS, and from nothing else.
    pub fn of_call(caller: &Identity, key_arn: &str) -> Self {
        let direct = Self::of_identity(caller, key_arn)
            .with("aws:SecureTransport", "true")
            .with("aws:ViaAWSService", "false")
            .without("aws:CalledVia")
            .without("kms:ViaService");
        if caller.kind == IdentityKind::Service {
            return direct;
        }
        direct.without("aws:SourceAccount").without("aws:SourceArn")
    }

    /// What follows from who somebody is, by whatever way they call. The ARN of a role does not follow from the ARN of a
    /// session in it, which leaves out the role's path.
    pub fn of_identity(caller: &Identity, key_arn: &str) -> Self {
        let mut context = Self::default();
        if let Some(account) = &caller.account {
            context = context.with("aws:PrincipalAccount", account).with("kms:CallerAccount", account);
        }
        if let Some(region) = key_arn.split(':').nth(3).filter(|_| key_arn.starts_with("arn:")) {
            context = context.with("aws:RequestedRegion", region);
        }
        let principal_type = match caller.kind {
            IdentityKind::Root => "Account",
            IdentityKind::User => "User",
            IdentityKind::Role | IdentityKind::Session => "AssumedRole",
            IdentityKind::FederatedUser => "FederatedUser",
            IdentityKind::Service => return context.with("aws:PrincipalIsAWSService", "true"),
            IdentityKind::Somebody => return context.with("aws:PrincipalIsAWSService", "false"),
            IdentityKind::Federated | IdentityKind::Anyone => return context,
        };
        context = context.with("aws:PrincipalIsAWSService", "false").with("aws:PrincipalType", principal_type);
        if caller.kind != IdentityKind::Session {
            context = context.with("aws:PrincipalArn", &caller.id);
        }
        if caller.kind == IdentityKind::User {
            return context.with("aws:username", &caller.name);
        }
        context.without("aws:username")
    }
}
