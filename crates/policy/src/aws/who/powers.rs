//! Sets of the actions of KMS, and the powers they give.

use std::sync::LazyLock;

use super::super::{
    actions::{KMS_ACTIONS, across_accounts, grant_gives, power_of},
    document::Statement,
    pattern::{action_matches, has_wildcard},
};
use crate::Power;

/// Actions that a key policy decides, by their place in [`KMS_ACTIONS`].
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(in crate::aws) struct Actions(u128);

static EVERY: LazyLock<Actions> = LazyLock::new(|| Actions::every(|_| true));
static ACROSS: LazyLock<Actions> = LazyLock::new(|| Actions::every(across_accounts));
static POWERS: LazyLock<[(Power, Actions); 7]> =
    LazyLock::new(|| Power::ALL.map(|power| (power, Actions::every(|name| power_of(name) == Some(power)))));

impl Actions {
    fn every(mut wanted: impl FnMut(&str) -> bool) -> Self {
        let mut set = 0;
        for (place, action) in KMS_ACTIONS.iter().enumerate() {
            if action.of_key && wanted(action.name) {
                set |= 1 << place;
            }
        }
        Self(set)
    }

    /// Those that a statement is about.
    pub(in crate::aws) fn of(statement: &Statement) -> Self {
        let Some(entries) = &statement.actions else { return Self(0) };
        let named = entries.values.iter().fold(Self(0), |all, entry| Self(all.0 | Self::of_pattern(&entry.value).0));
        if entries.negated { EVERY.without(named) } else { named }
    }

    fn of_pattern(pattern: &str) -> Self {
        if pattern == "*" || pattern.eq_ignore_ascii_case("kms:*") {
            return *EVERY;
        }
        match pattern.split_once(':') {
            Some((service, name)) if service.eq_ignore_ascii_case("kms") && !has_wildcard(name) => {
                Self::every(|known| known.eq_ignore_ascii_case(name))
            }
            Some((service, _)) if !service.eq_ignore_ascii_case("kms") && !has_wildcard(service) => Self(0),
            Some(_) | None => {
                let mut full = String::from("kms:");
                Self::every(|name| {
                    full.truncate(4);
                    full.push_str(name);
                    action_matches(pattern, &full)
                })
            }
        }
    }

    /// Those that a grant's operations allow.
    pub(super) fn of_grant(operations: &[String]) -> Self {
        Self::every(|name| grant_gives(operations, name))
    }

    /// Those that give a power.
    pub(super) fn of_power(power: Power) -> Self {
        POWERS.iter().find(|(known, _)| *known == power).map_or(Self(0), |(_, actions)| *actions)
    }

    /// Those of them that give a power.
    pub(in crate::aws) fn with(self, power: Power) -> Self {
        Self(self.0 & Self::of_power(power).0)
    }

    /// Those of them that other accounts can be let do.
    pub(super) fn across_accounts(self) -> Self {
        Self(self.0 & ACROSS.0)
    }

    /// Those of them that are not among the others.
    pub(in crate::aws) fn without(self, others: Self) -> Self {
        Self(self.0 & !others.0)
    }

    /// Those of them that are among the others too.
    pub(super) fn and(self, others: Self) -> Self {
        Self(self.0 & others.0)
    }

    /// One by one.
    pub(super) fn each(self) -> impl Iterator<Item = Self> {
        (0..KMS_ACTIONS.len()).map(|place| Self(1 << place)).filter(move |one| !self.and(*one).is_empty())
    }

    /// Whether it has none.
    pub(in crate::aws) fn is_empty(self) -> bool {
        self.0 == 0
    }
}
