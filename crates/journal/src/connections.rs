//! Saved connections: what was asked and answered. Secrets are elsewhere; only the names of their fields are here.

use domain::{Answers, Error, ItemRef, Kind, Result};
use rusqlite::{OptionalExtension, Row, params};

use crate::{
    Journal,
    error::{of_sqlite, unreadable},
};

/// A connection to be saved.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct NewConnection {
    /// Its name, unique.
    pub name: String,
    /// The provider's short name.
    pub provider: String,
    /// The word of its environment mark, if it has one.
    pub environment: Option<String>,
    /// The answers that are not secret.
    pub answers: Answers,
    /// The names of the fields whose answers are secret and were given.
    pub secret_fields: Vec<String>,
}

/// A saved connection.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct SavedConnection {
    /// Its number, never used again for another connection.
    pub id: i64,
    /// What was saved.
    pub connection: NewConnection,
}

const COLUMNS: &str = "id, name, provider, environment, answers, secret_fields";

impl Journal {
    /// Every saved connection, by name.
    ///
    /// # Errors
    /// `Unexpected` if the file cannot be read.
    pub fn connections(&self) -> Result<Vec<SavedConnection>> {
        const OPERATION: &str = "list connections";
        let database = self.database();
        let mut statement = database
            .prepare_cached(&format!("SELECT {COLUMNS} FROM connection ORDER BY name"))
            .map_err(|e| of_sqlite(OPERATION, e))?;
        let rows = statement.query_map([], raw).map_err(|e| of_sqlite(OPERATION, e))?;
        rows.map(|row| row.map_err(|e| of_sqlite(OPERATION, e))?.read(OPERATION)).collect()
    }

    /// The connection of that name, if there is one.
    ///
    /// # Errors
    /// `Unexpected` if the file cannot be read.
    pub fn connection(&self, name: &str) -> Result<Option<SavedConnection>> {
        const OPERATION: &str = "find the connection";
        let database = self.database();
        database
            .query_row(&format!("SELECT {COLUMNS} FROM connection WHERE name = ?1"), [name], raw)
            .optional()
            .map_err(|e| of_sqlite(OPERATION, e))?
            .map(|raw| raw.read(OPERATION))
            .transpose()
    }

    /// Saves a new connection.
    ///
    /// # Errors
    /// `Conflict` if the name is taken.
    pub fn add_connection(&self, new: &NewConnection) -> Result<SavedConnection> {
        const OPERATION: &str = "save the connection";
        let database = self.database();
        let (answers, fields) = texts(new, OPERATION)?;
        let added = database
            .execute(
                "INSERT INTO connection (name, provider, environment, answers, secret_fields)
                 VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (name) DO NOTHING",
                params![new.name, new.provider, new.environment, answers, fields],
            )
            .map_err(|e| of_sqlite(OPERATION, e))?;
        if added == 0 {
            return Err(Error::new(
                Kind::Conflict,
                OPERATION,
                format!("there is a connection named \"{}\" already", new.name),
            )
            .with_next("Choose another name, or remove the other connection first."));
        }
        Ok(SavedConnection { id: database.last_insert_rowid(), connection: new.clone() })
    }

    /// Replaces what is saved under that number, keeping its rows and pins. The name stays.
    ///
    /// # Errors
    /// `NotFound` if it was removed meanwhile.
    pub fn replace_connection(&self, id: i64, new: &NewConnection) -> Result<()> {
        const OPERATION: &str = "save the connection";
        let (answers, fields) = texts(new, OPERATION)?;
        let changed = self
            .database()
            .execute(
                "UPDATE connection SET provider = ?2, environment = ?3, answers = ?4, secret_fields = ?5 WHERE id = ?1",
                params![id, new.provider, new.environment, answers, fields],
            )
            .map_err(|e| of_sqlite(OPERATION, e))?;
        if changed == 0 {
            return Err(Error::new(Kind::NotFound, OPERATION, "the connection was removed meanwhile"));
        }
        Ok(())
    }

    /// Forgets a connection with its last known rows and its pins. Returns what was saved, or `None` if there was none.
    ///
    /// # Errors
    /// `Unexpected` if the file cannot be written.
    pub fn remove_connection(&self, name: &str) -> Result<Option<SavedConnection>> {
        const OPERATION: &str = "remove the connection";
        let Some(saved) = self.connection(name)? else { return Ok(None) };
        let pins = self.pins()?;
        let mut database = self.database();
        let transaction = database.transaction().map_err(|e| of_sqlite(OPERATION, e))?;
        transaction.execute("DELETE FROM connection WHERE id = ?1", [saved.id]).map_err(|e| of_sqlite(OPERATION, e))?;
        for pin in pins {
            if pin.parse::<ItemRef>().is_ok_and(|reference| reference.connection == name) {
                transaction
                    .execute("DELETE FROM pin WHERE reference = ?1", [pin])
                    .map_err(|e| of_sqlite(OPERATION, e))?;
            }
        }
        transaction.commit().map_err(|e| of_sqlite(OPERATION, e))?;
        Ok(Some(saved))
    }
}

struct Raw {
    id: i64,
    name: String,
    provider: String,
    environment: Option<String>,
    answers: String,
    secret_fields: String,
}

fn raw(row: &Row<'_>) -> rusqlite::Result<Raw> {
    Ok(Raw {
        id: row.get(0)?,
        name: row.get(1)?,
        provider: row.get(2)?,
        environment: row.get(3)?,
        answers: row.get(4)?,
        secret_fields: row.get(5)?,
    })
}

impl Raw {
    fn read(self, operation: &'static str) -> Result<SavedConnection> {
        let answers = serde_json::from_str(&self.answers)
            .map_err(|_| unreadable(operation, &format!("what was answered for \"{}\"", self.name)))?;
        let secret_fields = serde_json::from_str(&self.secret_fields)
            .map_err(|_| unreadable(operation, &format!("what was answered for \"{}\"", self.name)))?;
        let Self { id, name, provider, environment, .. } = self;
        Ok(SavedConnection { id, connection: NewConnection { name, provider, environment, answers, secret_fields } })
    }
}

fn texts(new: &NewConnection, operation: &'static str) -> Result<(String, String)> {
    let failed = |_| unreadable(operation, "an answer");
    Ok((
        serde_json::to_string(&new.answers).map_err(failed)?,
        serde_json::to_string(&new.secret_fields).map_err(failed)?,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn journal() -> (tempfile::TempDir, Journal) {
        let home = tempfile::tempdir().unwrap();
        let journal = Journal::open(home.path(), domain::Timestamp::UNIX_EPOCH).unwrap().journal;
        (home, journal)
    }

    fn new(name: &str) -> NewConnection {
        NewConnection {
            name: name.into(),
            provider: "vault".into(),
            environment: Some("production".into()),
            answers: Answers::from([("address".into(), "https://bao:8200/\u{202e}\"'".into())]),
            secret_fields: vec!["token".into()],
        }
    }

    #[test]
    fn connections_read_back_by_name_and_a_name_is_taken_once() {
        let (_home, journal) = journal();
        for name in ["zeta", "50%/a", "Åland"] {
            assert_eq!(journal.add_connection(&new(name)).unwrap().connection, new(name));
        }
        let names: Vec<_> = journal.connections().unwrap().into_iter().map(|saved| saved.connection.name).collect();
        assert_eq!(names, ["50%/a", "zeta", "Åland"]);
        assert_eq!(journal.connection("zeta").unwrap().unwrap().connection, new("zeta"));
        assert_eq!(journal.add_connection(&new("zeta")).unwrap_err().kind(), Kind::Conflict);
        assert!(journal.connection("Zeta").unwrap().is_none());
    }

    #[test]
    fn removing_takes_its_pins_and_no_others() {
        let (_home, journal) = journal();
        journal.add_connection(&new("50%/a")).unwrap();
        for pin in ["50%25%2Fa/v/1", "50%25%2Fab/v/1", "50%/a/1"] {
            journal.set_pin(pin, true).unwrap();
        }
        assert_eq!(journal.remove_connection("50%/a").unwrap().unwrap().connection, new("50%/a"));
        assert_eq!(journal.pins().unwrap(), ["50%/a/1", "50%25%2Fab/v/1"]);
        assert!(journal.remove_connection("50%/a").unwrap().is_none());
    }

    #[test]
    fn a_number_is_never_used_again() {
        let (_home, journal) = journal();
        let first = journal.add_connection(&new("a")).unwrap().id;
        journal.remove_connection("a").unwrap();
        assert!(journal.add_connection(&new("a")).unwrap().id > first);
        assert_eq!(journal.replace_connection(first, &new("a")).unwrap_err().kind(), Kind::NotFound);
    }
}
