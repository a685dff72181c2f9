//! Three-valued logic: what is not at hand makes a result unknown, and only where it would have decided it.

/// Whether something is so.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Truth {
    /// It is.
    Holds,
    /// It is not.
    Fails,
    /// It depends on these, each in words: condition keys such as `aws:SourceIp`, policies that were not read.
    Unknown(Vec<String>),
}

impl Truth {
    /// It depends on that.
    pub fn unknown(on: impl Into<String>) -> Self {
        Self::Unknown(vec![on.into()])
    }

    /// Whether both are so.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Fails, _) | (_, Self::Fails) => Self::Fails,
            (Self::Holds, second) => second,
            (first, Self::Holds) => first,
            (Self::Unknown(first), Self::Unknown(second)) => Self::Unknown(joined(first, second)),
        }
    }

    /// Whether at least one is so.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::Holds, _) | (_, Self::Holds) => Self::Holds,
            (Self::Fails, second) => second,
            (first, Self::Fails) => first,
            (Self::Unknown(first), Self::Unknown(second)) => Self::Unknown(joined(first, second)),
        }
    }

    /// Whether it is known to be so.
    pub fn holds(&self) -> bool {
        *self == Self::Holds
    }

    /// Whether it is known not to be so.
    pub fn fails(&self) -> bool {
        *self == Self::Fails
    }

    /// What it depends on; empty if it is known.
    pub fn on(&self) -> &[String] {
        match self {
            Self::Unknown(on) => on,
            Self::Holds | Self::Fails => &[],
        }
    }
}

impl From<bool> for Truth {
    fn from(so: bool) -> Self {
        if so { Self::Holds } else { Self::Fails }
    }
}

impl std::ops::Not for Truth {
    type Output = Self;

    fn not(self) -> Self {
        match self {
            Self::Holds => Self::Fails,
            Self::Fails => Self::Holds,
            Self::Unknown(on) => Self::Unknown(on),
        }
    }
}

fn joined(mut first: Vec<String>, second: Vec<String>) -> Vec<String> {
    for on in second {
        if !first.contains(&on) {
            first.push(on);
        }
    }
    first
}
