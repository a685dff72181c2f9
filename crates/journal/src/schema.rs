//! The tables, as a list of migrations. A file's `user_version` says how many of them it has had.

use domain::{Error, Kind};
use rusqlite::{Connection, TransactionBehavior};

/// Each runs once, in order, in one transaction with the step of `user_version`. A released one never changes.
///
/// Snapshot rows hang on a connection's number, not its name: a list that is still running when its connection is
/// removed must not write into a new connection of the same name.
const MIGRATIONS: &[&str] = &[
    "
    CREATE TABLE connection (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        name TEXT NOT NULL UNIQUE,
        provider TEXT NOT NULL,
        environment TEXT,
        answers TEXT NOT NULL,
        secret_fields TEXT NOT NULL
    ) STRICT;
    CREATE TABLE vault (
        connection INTEGER NOT NULL REFERENCES connection(id) ON DELETE CASCADE,
        id TEXT NOT NULL,
        name TEXT NOT NULL,
        kind TEXT NOT NULL,
        state TEXT NOT NULL,
        read_at TEXT,
        PRIMARY KEY (connection, id)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE item (
        connection INTEGER NOT NULL,
        vault TEXT NOT NULL,
        id TEXT NOT NULL,
        row TEXT NOT NULL,
        PRIMARY KEY (connection, vault, id),
        FOREIGN KEY (connection, vault) REFERENCES vault(connection, id) ON DELETE CASCADE
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE pin (reference TEXT PRIMARY KEY NOT NULL) STRICT, WITHOUT ROWID;
    CREATE TABLE preference (name TEXT PRIMARY KEY NOT NULL, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
",
    "
    CREATE TABLE change_record (
        sequence INTEGER PRIMARY KEY,
        order_id TEXT,
        event TEXT NOT NULL,
        body TEXT NOT NULL,
        previous TEXT NOT NULL,
        hash TEXT NOT NULL
    ) STRICT;
    CREATE INDEX change_record_of_order ON change_record (order_id, sequence, event);
",
    "
    CREATE TABLE rotation (
        id TEXT PRIMARY KEY NOT NULL,
        reference TEXT NOT NULL,
        revision INTEGER NOT NULL,
        over INTEGER NOT NULL,
        body TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE UNIQUE INDEX rotation_under_way ON rotation (reference) WHERE over = 0;
    CREATE TABLE consumer (
        id TEXT NOT NULL,
        reference TEXT NOT NULL,
        position INTEGER NOT NULL,
        body TEXT NOT NULL,
        PRIMARY KEY (reference, id)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE key_definition (reference TEXT PRIMARY KEY NOT NULL, body TEXT NOT NULL) STRICT, WITHOUT ROWID;
",
    "
    CREATE TABLE wizard (
        id TEXT PRIMARY KEY NOT NULL,
        kind TEXT NOT NULL,
        reference TEXT NOT NULL,
        revision INTEGER NOT NULL,
        over INTEGER NOT NULL,
        body TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
    INSERT INTO wizard (id, kind, reference, revision, over, body)
        SELECT id, 'rotation', reference, revision, over, body FROM rotation;
    DROP TABLE rotation;
    CREATE UNIQUE INDEX wizard_under_way ON wizard (kind, reference) WHERE over = 0;
",
    "
    CREATE TABLE policy_draft (
        reference TEXT NOT NULL,
        policy TEXT NOT NULL,
        base TEXT NOT NULL,
        body TEXT NOT NULL,
        at TEXT NOT NULL,
        PRIMARY KEY (reference, policy)
    ) STRICT, WITHOUT ROWID;
",
];

/// Says so if a newer Claviger wrote the file. Reads only.
pub(crate) fn newer(database: &Connection) -> rusqlite::Result<Option<Error>> {
    let has = version(database)?;
    Ok((has > MIGRATIONS.len()).then(|| {
        Error::new(
            Kind::Unsupported,
            "open Claviger's file",
            format!("a newer Claviger wrote it (form {has}, this version knows up to {})", MIGRATIONS.len()),
        )
        .with_refused_by("this app")
        .with_next("Start the newer version, or name another folder in CLAVIGER_HOME. The file was left as it is.")
    }))
}

/// Brings the file to this version's form.
pub(crate) fn migrate(database: &mut Connection) -> rusqlite::Result<()> {
    // Immediate, so that of two programs that start at once the second one waits, then finds the work done.
    let transaction = database.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let has = version(&transaction)?;
    let wanted = MIGRATIONS.len();
    for step in MIGRATIONS.iter().skip(has) {
        transaction.execute_batch(step)?;
    }
    if has < wanted {
        transaction.execute_batch(&format!("PRAGMA user_version = {wanted}"))?;
    }
    transaction.commit()
}

/// Whether every table is there with the columns this version uses. Reads no row.
pub(crate) fn fits(database: &Connection) -> bool {
    [
        "SELECT id, name, provider, environment, answers, secret_fields FROM connection",
        "SELECT connection, id, name, kind, state, read_at FROM vault",
        "SELECT connection, vault, id, row FROM item",
        "SELECT reference FROM pin",
        "SELECT name, value FROM preference",
        "SELECT sequence, order_id, event, body, previous, hash FROM change_record",
        "SELECT id, kind, reference, revision, over, body FROM wizard",
        "SELECT id, reference, position, body FROM consumer",
        "SELECT reference, body FROM key_definition",
        "SELECT reference, policy, base, body, at FROM policy_draft",
    ]
    .into_iter()
    .all(|query| database.prepare(query).is_ok())
}

fn version(database: &Connection) -> rusqlite::Result<usize> {
    let version: i64 = database.pragma_query_value(None, "user_version", |row| row.get(0))?;
    // A negative number was never written by any version of ours.
    Ok(usize::try_from(version).unwrap_or(usize::MAX))
}
