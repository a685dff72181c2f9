//! Sets of the actions of KMS, and the powers they give.

use super::super::{
    actions::{KMS_ACTIONS, across_accounts, grant_gives},
    document::Statement,
    evaluate::has_action,
};
use crate::Power;

/// Actions that a key policy decides, by their place in [`KMS_ACTIONS`].
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Actions(u128);

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
    pub(super) fn of(statement: &Statement) -> Self {
        let mut full = String::from("kms:");
        Self::every(|name| {
            full.truncate(4);
            full.push_str(name);
            has_action(statement.actions.as_ref(), &full)
        })
    }

    /// Those that a grant's operations allow.
    pub(super) fn of_grant(operations: &[String]) -> Self {
        Self::every(|name| grant_gives(operations, name))
    }

    /// Those that give a power.
    pub(super) fn of_power(power: Power) -> Self {
        let mut set = 0;
        for (place, action) in KMS_ACTIONS.iter().enumerate() {
            if action.of_key && action.power == Some(power) {
                set |= 1 << place;
            }
        }
        Self(set)
    }

    /// Those of them that give a power.
    pub(super) fn with(self, power: Power) -> Self {
        Self(self.0 & Self::of_power(power).0)
    }

    /// Those of them that other accounts can be let do.
    pub(super) fn across_accounts(self) -> Self {
        Self(self.0 & Self::every(across_accounts).0)
    }

    /// Those of them that are not among the others.
    pub(super) fn without(self, others: Self) -> Self {
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
    pub(super) fn is_empty(self) -> bool {
        self.0 == 0
    }
}
