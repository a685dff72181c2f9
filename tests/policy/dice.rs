//! Chance that can be had again: everything that is made up follows from one number.

/// Where the next numbers come from.
#[derive(Clone, Debug)]
pub(crate) struct Dice {
    state: u64,
}

impl Dice {
    /// From `CLAVIGER_SEED`, or else 1, which is printed: a failure says with which number it can be had again.
    pub(crate) fn new() -> Self {
        let seed = std::env::var("CLAVIGER_SEED").ok().and_then(|text| text.parse().ok()).unwrap_or(1);
        println!("CLAVIGER_SEED={seed}");
        Self { state: seed }
    }

    /// A number below `limit`, which must not be 0.
    pub(crate) fn below(&mut self, limit: usize) -> usize {
        // SplitMix64 (Steele, Lea, Flood 2014).
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.state;
        mixed = (mixed ^ mixed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ mixed >> 31) % limit as u64) as usize
    }

    /// Whether something happens that happens so many times of a hundred.
    pub(crate) fn happens(&mut self, of_hundred: usize) -> bool {
        self.below(100) < of_hundred
    }

    /// One of them.
    pub(crate) fn one_of<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len())]
    }
}
