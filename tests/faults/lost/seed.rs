//! Which cells are tried, and in which order: by a number, so that a run can be had again.

use std::fmt;

/// A number that decides.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Seed {
    number: u64,
    long: bool,
}

impl Seed {
    /// `CLAVIGER_SEED` or 1, for the short form; with `CLAVIGER_SOAK`, from 1 to that number or 3, for the long one.
    pub(crate) fn all() -> Vec<Self> {
        let number = |name: &str| std::env::var(name).ok().map(|text| text.parse().ok());
        match number("CLAVIGER_SOAK") {
            Some(times) => (1..=times.unwrap_or(3)).map(|number| Self { number, long: true }).collect(),
            None => vec![Self { number: number("CLAVIGER_SEED").flatten().unwrap_or(1), long: false }],
        }
    }

    /// Whether everything is tried.
    pub(crate) fn is_long(self) -> bool {
        self.long
    }

    /// A number below `limit`, which must not be 0; another for each `what`.
    pub(crate) fn below(self, what: usize, limit: usize) -> usize {
        // SplitMix64 (Steele, Lea, Flood 2014).
        let mut mixed = self.number.wrapping_add((what as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
        mixed = (mixed ^ mixed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ mixed >> 31) % limit as u64) as usize
    }

    /// Another order.
    pub(crate) fn shuffle<T>(self, all: &mut [T]) {
        for last in (1..all.len()).rev() {
            all.swap(last, self.below(last, last + 1));
        }
    }
}

impl fmt::Display for Seed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.number)
    }
}
