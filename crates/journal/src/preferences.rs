//! Pins, and what the person chose.

use domain::Result;
use rusqlite::{OptionalExtension, params};

use crate::{Journal, error::of_sqlite};

impl Journal {
    /// The references of pinned items, in the order of their text.
    ///
    /// # Errors
    /// `Unexpected` if the file cannot be read.
    pub fn pins(&self) -> Result<Vec<String>> {
        let read = || -> rusqlite::Result<Vec<String>> {
            let database = self.database();
            let mut statement = database.prepare_cached("SELECT reference FROM pin ORDER BY reference")?;
            statement.query_map([], |row| row.get(0))?.collect()
        };
        read().map_err(|e| of_sqlite("read the pins", e))
    }

    /// Pins an item, or lets it go.
    ///
    /// # Errors
    /// `Unexpected` if the file cannot be written.
    pub fn set_pin(&self, reference: &str, pinned: bool) -> Result<()> {
        let statement = if pinned {
            "INSERT INTO pin (reference) VALUES (?1) ON CONFLICT DO NOTHING"
        } else {
            "DELETE FROM pin WHERE reference = ?1"
        };
        self.database().execute(statement, [reference]).map_err(|e| of_sqlite("keep the pin", e))?;
        Ok(())
    }

    /// The text kept under that name, if there is one.
    ///
    /// # Errors
    /// `Unexpected` if the file cannot be read.
    pub fn preference(&self, name: &str) -> Result<Option<String>> {
        self.database()
            .query_row("SELECT value FROM preference WHERE name = ?1", [name], |row| row.get(0))
            .optional()
            .map_err(|e| of_sqlite("read the preferences", e))
    }

    /// Keeps a text under a name.
    ///
    /// # Errors
    /// `Unexpected` if the file cannot be written.
    pub fn set_preference(&self, name: &str, value: &str) -> Result<()> {
        self.database()
            .execute(
                "INSERT INTO preference (name, value) VALUES (?1, ?2)
                 ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                params![name, value],
            )
            .map_err(|e| of_sqlite("keep the preferences", e))?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pins_and_preferences_outlive_the_process() {
        let home = tempfile::tempdir().unwrap();
        let open = || Journal::open(home.path(), domain::Timestamp::UNIX_EPOCH).unwrap().journal;
        let journal = open();
        for (reference, pinned) in [("b/v/1", true), ("a/v/1", true), ("a/v/1", true), ("b/v/1", false), ("c", false)] {
            journal.set_pin(reference, pinned).unwrap();
        }
        journal.set_preference("window", "1").unwrap();
        journal.set_preference("window", "2").unwrap();
        drop(journal);
        let journal = open();
        assert_eq!(journal.pins().unwrap(), ["a/v/1"]);
        assert_eq!(journal.preference("window").unwrap().as_deref(), Some("2"));
        assert_eq!(journal.preference("other").unwrap(), None);
    }
}
