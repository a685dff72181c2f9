//! A passphrase stretched by Argon2id (RFC 9106): so much memory and work for each guess that guessing does not pay.

use argon2::{Algorithm, Argon2, Block, Params, Version};
use domain::{Error, Kind, Result};
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, Zeroizing};

use crate::{
    error::cryptography,
    lock::{KEY_BYTES, UNLOCK},
};

/// Argon2id parameters (RFC 9106, 3.1).
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Cost {
    memory_kib: u32,
    passes: u32,
    lanes: u32,
}

impl Cost {
    /// The second recommended option of RFC 9106, section 4: t=3, p=4, m=2^16 KiB. Above the least that OWASP's
    /// Password Storage Cheat Sheet asks for (m=19 MiB, t=2, p=1).
    pub(crate) const NEW: Self = Self { memory_kib: 1 << 16, passes: 3, lanes: 4 };
    /// A file may ask for at most this much memory: it is read before anything in it can be trusted.
    const MOST_MEMORY_KIB: u32 = 1 << 20;
    const MOST_LANES: u32 = 64;
    /// Memory times passes, in KiB: some seconds of work.
    const MOST_WORK_KIB: u64 = 1 << 22;

    fn parameters(self) -> Result<Params> {
        let work = u64::from(self.memory_kib) * u64::from(self.passes);
        let refused = |why: &str| {
            Error::new(Kind::Invalid, UNLOCK, format!("the file's Argon2id parameters are {why}"))
                .with_next("The file may come from somebody who wants to stall this computer; use a backup.")
        };
        if self.memory_kib > Self::MOST_MEMORY_KIB || self.lanes > Self::MOST_LANES || work > Self::MOST_WORK_KIB {
            return Err(refused("beyond what this app will spend"));
        }
        Params::new(self.memory_kib, self.passes, self.lanes, Some(KEY_BYTES)).map_err(|_| refused("not valid"))
    }

    /// 32 bytes from the passphrase. Blocks for a good part of a second.
    ///
    /// # Errors
    /// `Invalid` for parameters that make no sense or ask for too much.
    pub(crate) fn stretch(self, passphrase: &[u8], salt: &[u8]) -> Result<Zeroizing<[u8; KEY_BYTES]>> {
        let parameters = self.parameters()?;
        let mut memory: Vec<Block> = Vec::new();
        // A refused allocation must be an error: the amount was read from the file.
        memory.try_reserve_exact(parameters.block_count()).map_err(|_| {
            Error::new(Kind::Unexpected, UNLOCK, "there is not enough memory to check the passphrase")
                .with_next("Close other programs, then try again.")
        })?;
        memory.resize(parameters.block_count(), Block::default());
        let mut key = Zeroizing::new([0_u8; KEY_BYTES]);
        let stretched = Argon2::new(Algorithm::Argon2id, Version::V0x13, parameters).hash_password_into_with_memory(
            passphrase,
            salt,
            key.as_mut(),
            &mut memory,
        );
        memory.iter_mut().for_each(Zeroize::zeroize);
        stretched.map_err(|_| cryptography(UNLOCK, "stretch the passphrase"))?;
        Ok(key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_cannot_ask_for_more_work_than_the_app_will_spend() {
        for (memory_kib, passes, lanes) in [
            (u32::MAX, 1, 1),
            ((1 << 20) + 1, 1, 1),
            (1 << 16, 65, 1),
            (64, u32::MAX, 1),
            (1 << 16, 1, u32::MAX),
            (0, 1, 1),
            (64, 0, 1),
            (64, 1, 0),
            (7, 1, 1),
        ] {
            let cost = Cost { memory_kib, passes, lanes };
            assert_eq!(cost.stretch(b"x", &[0; 16]).unwrap_err().kind(), Kind::Invalid, "{cost:?}");
        }
    }

    #[test]
    fn the_most_that_a_file_may_ask_for_covers_what_new_files_ask_for() {
        assert!(Cost::NEW.parameters().is_ok());
        let the_most = Cost { memory_kib: 1 << 20, passes: 4, lanes: 4 };
        assert!(the_most.parameters().is_ok());
    }
}
