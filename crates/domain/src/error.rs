//! The one error type. A [`Kind`] exists only if a person, or the window on their behalf, acts on it differently.

use std::{fmt, sync::Arc};

/// `Result` with this crate's [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What went wrong, in words for an administrator: what happened, what was changed, what to do next.
///
/// Neither `Display` nor `Debug` ever carries secret material: constructors take text made for a person, and the source
/// chain is for the log only.
// Boxed, so that every `Result` of this app is small.
#[derive(Clone, Debug, thiserror::Error)]
#[error(transparent)]
pub struct Error(Box<Details>);

#[derive(Clone, Debug, thiserror::Error)]
#[error("{operation}: {message}")]
struct Details {
    kind: Kind,
    operation: &'static str,
    message: String,
    next: Option<String>,
    permission: Option<String>,
    refused_by: Option<String>,
    request_id: Option<String>,
    changed: Changed,
    #[source]
    source: Option<Arc<dyn std::error::Error + Send + Sync>>,
}

/// Why an operation failed, as far as it changes what the window offers next.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Kind {
    /// The thing changed since it was read, or the name is taken.
    Conflict,
    /// The identity lacks a permission; [`Error::permission`] names it where the service says which.
    Denied,
    /// The service could not be reached or its answer broke off.
    Interrupted,
    /// The input, or what the service sent, does not parse or does not fit.
    Invalid,
    /// There is no such thing, or it may not be seen.
    NotFound,
    /// The sign-in is missing, wrong or over.
    SignedOut,
    /// The service asks for fewer requests.
    Throttled,
    /// A fault of ours or an answer nobody planned for.
    Unexpected,
    /// The place has no such thing, or this version cannot handle it.
    Unsupported,
}

/// What an operation that failed left behind.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub enum Changed {
    /// Everything is as before.
    #[default]
    Nothing,
    /// These things were changed, one sentence each.
    Exactly(Vec<String>),
    /// It cannot be said yet.
    Unknown,
}

impl Error {
    /// An error of `kind` while doing `operation` (an infinitive such as "list keys"); `message` says what happened.
    pub fn new(kind: Kind, operation: &'static str, message: impl Into<String>) -> Self {
        Self(Box::new(Details {
            kind,
            operation,
            message: message.into(),
            next: None,
            permission: None,
            refused_by: None,
            request_id: None,
            changed: Changed::Nothing,
            source: None,
        }))
    }

    /// Says what to do next, where the kind's own advice is too general.
    #[must_use]
    pub fn with_next(mut self, next: impl Into<String>) -> Self {
        self.0.next = Some(next.into());
        self
    }

    /// Names the missing permission literally, such as `kms:GetPublicKey`.
    #[must_use]
    pub fn with_permission(mut self, permission: impl Into<String>) -> Self {
        self.0.permission = Some(permission.into());
        self
    }

    /// Says who refused: "AWS", "OpenBao", "this app".
    #[must_use]
    pub fn with_refused_by(mut self, who: impl Into<String>) -> Self {
        self.0.refused_by = Some(who.into());
        self
    }

    /// Keeps the service's request id, for a support case.
    #[must_use]
    pub fn with_request_id(mut self, id: impl Into<String>) -> Self {
        self.0.request_id = Some(id.into());
        self
    }

    /// Says what was changed all the same.
    #[must_use]
    pub fn with_changed(mut self, changed: Changed) -> Self {
        self.0.changed = changed;
        self
    }

    /// Keeps the cause for the log.
    #[must_use]
    pub fn with_source(mut self, source: impl std::error::Error + Send + Sync + 'static) -> Self {
        self.0.source = Some(Arc::new(source));
        self
    }

    /// One error of several, where a reading had parts: what they say is told together, and a missing sign-in, which
    /// explains them all, alone. `None` for none.
    pub fn together(operation: &'static str, mut failures: Vec<Self>) -> Option<Self> {
        if let Some(signed_out) = failures.iter().position(|error| error.kind() == Kind::SignedOut) {
            return Some(failures.swap_remove(signed_out));
        }
        if failures.len() <= 1 {
            return failures.pop();
        }
        let first = &failures[0];
        let said = if failures.iter().all(|error| error.message() == first.message()) {
            first.message().to_owned()
        } else {
            let each = failures.iter().map(|error| format!("{}: {}", error.operation(), error.message()));
            each.collect::<Vec<_>>().join("; ")
        };
        let permissions: Vec<&str> = failures.iter().filter_map(Self::permission).collect();
        let mut error = Self::new(first.kind(), operation, said).with_next(first.next());
        if !permissions.is_empty() {
            error = error.with_permission(permissions.join(", "));
        }
        if let Some(who) = failures.iter().find_map(Self::refused_by) {
            error = error.with_refused_by(who);
        }
        if let Some(id) = failures.iter().find_map(Self::request_id) {
            error = error.with_request_id(id);
        }
        Some(error)
    }

    /// The closed class of the error.
    pub fn kind(&self) -> Kind {
        self.0.kind
    }

    /// What was being done, as an infinitive.
    pub fn operation(&self) -> &'static str {
        self.0.operation
    }

    /// What happened, for a person.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// What to do next: the specific advice if there is one, else the kind's.
    pub fn next(&self) -> &str {
        self.0.next.as_deref().unwrap_or_else(|| self.0.kind.next())
    }

    /// The missing permission by its literal name.
    pub fn permission(&self) -> Option<&str> {
        self.0.permission.as_deref()
    }

    /// Who refused.
    pub fn refused_by(&self) -> Option<&str> {
        self.0.refused_by.as_deref()
    }

    /// The service's request id.
    pub fn request_id(&self) -> Option<&str> {
        self.0.request_id.as_deref()
    }

    /// What was changed all the same.
    pub fn changed(&self) -> &Changed {
        &self.0.changed
    }
}

impl Kind {
    /// Every kind, in alphabetical order.
    pub const ALL: [Self; 9] = [
        Self::Conflict,
        Self::Denied,
        Self::Interrupted,
        Self::Invalid,
        Self::NotFound,
        Self::SignedOut,
        Self::Throttled,
        Self::Unexpected,
        Self::Unsupported,
    ];

    /// The word for it in machine-readable output.
    pub fn word(self) -> &'static str {
        match self {
            Self::Conflict => "conflict",
            Self::Denied => "denied",
            Self::Interrupted => "interrupted",
            Self::Invalid => "invalid",
            Self::NotFound => "not-found",
            Self::SignedOut => "signed-out",
            Self::Throttled => "throttled",
            Self::Unexpected => "unexpected",
            Self::Unsupported => "unsupported",
        }
    }

    fn next(self) -> &'static str {
        match self {
            Self::Conflict => "Refresh, look at what changed, and decide again.",
            Self::Denied => "Ask for the permission, or connect with another identity.",
            Self::Interrupted => "Check the network and the address, then refresh.",
            Self::Invalid => "Correct the input and try again.",
            Self::NotFound => "Check the name and the connection, then refresh.",
            Self::SignedOut => "Sign in again, then refresh.",
            Self::Throttled => "Wait a minute, then refresh.",
            Self::Unexpected => "Refresh; if it stays, report it with the details.",
            Self::Unsupported => "Use the provider's own tool for this.",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}
