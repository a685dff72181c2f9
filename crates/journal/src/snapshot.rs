//! The last known inventory, so that the next start shows it at once with its age. Names and metadata, never a value.
//!
//! Rows and states are texts (JSON) that only the core reads; here they are keyed, replaced and removed.

use domain::{ItemKey, Result, Timestamp, VaultId};
use rusqlite::{Connection, ErrorCode, OptionalExtension, params};

use crate::{Journal, error::of_sqlite};

const READ: &str = "read the last known rows";
const WRITE: &str = "keep the last known rows";

/// A vault as last known.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct KnownVault {
    /// Its stable name within the connection.
    pub id: VaultId,
    /// What a person reads.
    pub name: String,
    /// The provider's word for it.
    pub kind: String,
    /// How far its list could be trusted, as JSON.
    pub state: String,
    /// When rows were last read from it; `None` if never.
    pub read_at: Option<Timestamp>,
}

/// An item as last known.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct KnownItem {
    /// Its stable name within the connection.
    pub key: ItemKey,
    /// The row, as JSON.
    pub row: String,
}

/// What a list of one vault has taught.
#[derive(Clone, Debug)]
pub struct VaultUpdate {
    /// The vault, replacing what was known of it.
    pub vault: KnownVault,
    /// The rows that are new or changed: identifier within the vault, and JSON.
    pub changed: Vec<(String, String)>,
    /// Identifiers of the items that are no longer there.
    pub gone: Vec<String>,
}

impl Journal {
    /// The vaults and items last known of the connection of that number, in the order of their identifiers.
    ///
    /// # Errors
    /// `Unexpected` if the file cannot be read.
    pub fn known(&self, connection: i64) -> Result<(Vec<KnownVault>, Vec<KnownItem>)> {
        let read = || -> rusqlite::Result<(Vec<KnownVault>, Vec<KnownItem>)> {
            let database = self.database();
            let vaults = vaults(&database, connection, "id");
            let mut statement =
                database.prepare_cached("SELECT vault, id, row FROM item WHERE connection = ?1 ORDER BY vault, id")?;
            let items: rusqlite::Result<Vec<KnownItem>> = statement
                .query_map([connection], |row| {
                    Ok(KnownItem {
                        key: ItemKey::new(row.get::<_, String>(0)?, row.get::<_, String>(1)?),
                        row: row.get(2)?,
                    })
                })?
                .collect();
            Ok((vaults?, items?))
        };
        read().map_err(|e| of_sqlite(READ, e))
    }

    /// The row last known of one item, as JSON.
    ///
    /// # Errors
    /// `Unexpected` if the file cannot be read.
    pub fn known_item(&self, connection: i64, key: &ItemKey) -> Result<Option<String>> {
        self.database()
            .query_row(
                "SELECT row FROM item WHERE connection = ?1 AND vault = ?2 AND id = ?3",
                params![connection, key.vault.0, key.id],
                |row| row.get(0),
            )
            .optional()
            .map_err(|e| of_sqlite(READ, e))
    }

    /// The vaults last known of the connection of that number, by name.
    ///
    /// # Errors
    /// `Unexpected` if the file cannot be read.
    pub fn known_vaults(&self, connection: i64) -> Result<Vec<KnownVault>> {
        vaults(&self.database(), connection, "name, id").map_err(|e| of_sqlite(READ, e))
    }

    /// The name last known of a vault.
    ///
    /// # Errors
    /// `Unexpected` if the file cannot be read.
    pub fn vault_name(&self, connection: i64, vault: &VaultId) -> Result<Option<String>> {
        self.database()
            .query_row(
                "SELECT name FROM vault WHERE connection = ?1 AND id = ?2",
                params![connection, vault.0],
                |row| row.get(0),
            )
            .optional()
            .map_err(|e| of_sqlite(READ, e))
    }

    /// Keeps what a list has taught, all of it or nothing. Does nothing if the connection was removed meanwhile.
    ///
    /// # Errors
    /// `Unexpected` if the file cannot be written.
    pub fn update_vault(&self, connection: i64, update: &VaultUpdate) -> Result<()> {
        match self.write(connection, update) {
            Err(error) if error.sqlite_error_code() == Some(ErrorCode::ConstraintViolation) => Ok(()),
            written => written.map_err(|e| of_sqlite(WRITE, e)),
        }
    }

    /// Forgets a vault that is no longer there, with its rows.
    ///
    /// # Errors
    /// `Unexpected` if the file cannot be written.
    pub fn forget_vault(&self, connection: i64, vault: &VaultId) -> Result<()> {
        self.database()
            .execute("DELETE FROM vault WHERE connection = ?1 AND id = ?2", params![connection, vault.0])
            .map_err(|e| of_sqlite(WRITE, e))?;
        Ok(())
    }

    fn write(&self, connection: i64, update: &VaultUpdate) -> rusqlite::Result<()> {
        let VaultUpdate { vault, changed, gone } = update;
        let mut database = self.database();
        let transaction = database.transaction()?;
        transaction.execute(
            "INSERT INTO vault (connection, id, name, kind, state, read_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
             ON CONFLICT (connection, id) DO UPDATE
             SET name = excluded.name, kind = excluded.kind, state = excluded.state, read_at = excluded.read_at",
            params![
                connection,
                vault.id.0,
                vault.name,
                vault.kind,
                vault.state,
                vault.read_at.map(|at| at.to_string())
            ],
        )?;
        {
            let mut put = transaction.prepare_cached(
                "INSERT INTO item (connection, vault, id, row) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT (connection, vault, id) DO UPDATE SET row = excluded.row",
            )?;
            for (id, row) in changed {
                put.execute(params![connection, vault.id.0, id, row])?;
            }
            let mut drop =
                transaction.prepare_cached("DELETE FROM item WHERE connection = ?1 AND vault = ?2 AND id = ?3")?;
            for id in gone {
                drop.execute(params![connection, vault.id.0, id])?;
            }
        }
        transaction.commit()
    }
}

fn vaults(database: &Connection, connection: i64, order: &str) -> rusqlite::Result<Vec<KnownVault>> {
    let query = format!("SELECT id, name, kind, state, read_at FROM vault WHERE connection = ?1 ORDER BY {order}");
    let mut statement = database.prepare_cached(&query)?;
    let known = statement.query_map([connection], |row| {
        Ok(KnownVault {
            id: VaultId(row.get(0)?),
            name: row.get(1)?,
            kind: row.get(2)?,
            state: row.get(3)?,
            // A time that does not read back only makes the rows look as old as never read.
            read_at: row.get::<_, Option<String>>(4)?.and_then(|text| text.parse().ok()),
        })
    })?;
    known.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::NewConnection;

    fn update(vault: &str, state: &str, changed: &[(&str, &str)], gone: &[&str]) -> VaultUpdate {
        VaultUpdate {
            vault: KnownVault {
                id: VaultId(vault.into()),
                name: format!("{vault} by name"),
                kind: "mount".into(),
                state: state.into(),
                read_at: Some("2026-11-23T13:08:22.5Z".parse().unwrap()),
            },
            changed: changed.iter().map(|(id, row)| ((*id).to_owned(), (*row).to_owned())).collect(),
            gone: gone.iter().map(|id| (*id).to_owned()).collect(),
        }
    }

    fn add(journal: &Journal, name: &str) -> i64 {
        let new = NewConnection {
            name: name.into(),
            provider: "local".into(),
            environment: None,
            answers: domain::Answers::new(),
            secret_fields: Vec::new(),
        };
        journal.add_connection(&new).unwrap().id
    }

    #[test]
    fn an_update_replaces_adds_and_removes_in_its_own_vault_only() {
        let home = tempfile::tempdir().unwrap();
        let journal = Journal::open(home.path(), Timestamp::UNIX_EPOCH).unwrap().journal;
        let (one, two) = (add(&journal, "one"), add(&journal, "two"));
        for (connection, vault) in [(one, "a"), (one, "b"), (two, "a")] {
            let rows = [("x/1", "old"), ("y", "old")];
            journal.update_vault(connection, &update(vault, "fresh", &rows, &[])).unwrap();
        }
        journal.update_vault(one, &update("a", "partial", &[("x/1", "new"), ("z", "new")], &["y"])).unwrap();

        let (vaults, items) = journal.known(one).unwrap();
        assert_eq!(vaults, [update("a", "partial", &[], &[]).vault, update("b", "fresh", &[], &[]).vault]);
        let items: Vec<_> =
            items.iter().map(|it| (it.key.vault.0.as_str(), it.key.id.as_str(), it.row.as_str())).collect();
        assert_eq!(items, [("a", "x/1", "new"), ("a", "z", "new"), ("b", "x/1", "old"), ("b", "y", "old")]);
        assert_eq!(journal.known_item(one, &ItemKey::new("a", "z")).unwrap().as_deref(), Some("new"));
        assert_eq!(journal.known_item(two, &ItemKey::new("a", "z")).unwrap(), None);

        assert_eq!(journal.vault_name(one, &VaultId("b".into())).unwrap().as_deref(), Some("b by name"));
        assert_eq!(journal.vault_name(two, &VaultId("b".into())).unwrap(), None);

        journal.forget_vault(one, &VaultId("a".into())).unwrap();
        assert_eq!(journal.known(one).unwrap().1.len(), 2);
        assert_eq!(journal.known(two).unwrap().1.len(), 2);
    }

    #[test]
    fn a_list_that_outlives_its_connection_writes_nothing() {
        let home = tempfile::tempdir().unwrap();
        let journal = Journal::open(home.path(), Timestamp::UNIX_EPOCH).unwrap().journal;
        let old = add(&journal, "a");
        journal.update_vault(old, &update("v", "fresh", &[("x", "old")], &[])).unwrap();
        journal.remove_connection("a").unwrap();
        let new = add(&journal, "a");
        journal.update_vault(old, &update("v", "fresh", &[("x", "old")], &[])).unwrap();
        assert_eq!(journal.known(new).unwrap(), (Vec::new(), Vec::new()));
        assert_eq!(journal.known(old).unwrap(), (Vec::new(), Vec::new()));
    }
}
