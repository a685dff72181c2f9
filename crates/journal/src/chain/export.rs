//! The journal for an auditor: its records word for word, and a verifier that needs nothing of Claviger.

use domain::Result;
use serde_json::json;

use super::{COLUMNS, Chain, READ, link};
use crate::error::of_sqlite;

/// One file of an export.
#[derive(Debug)]
pub struct ExportFile {
    /// Its name.
    pub name: &'static str,
    /// Its content.
    pub bytes: Vec<u8>,
}

const VERIFIER: &[u8] = include_bytes!("verify.py");
const README: &str = "\
The journal of changes that Claviger made.

journal.jsonl   one record a line, oldest first. `body` is the record as JSON text, exactly as it was hashed;
                `hash` is SHA-256 over the previous hash, a line feed and the body.
verify.py       checks it with nothing but Python 3: python3 verify.py journal.jsonl [HEAD]

HEAD is the hash of the last record, as Claviger showed it (Activity, or `claviger journal verify`). Without it the end
of the file could have been cut off unseen; so note it down when you receive this.
";

impl Chain {
    /// The journal as files for an auditor. They hold no secret.
    ///
    /// # Errors
    /// `Unexpected` if the file cannot be read.
    pub fn export(&self) -> Result<Vec<ExportFile>> {
        let of = |cause| of_sqlite(READ, cause);
        let database = self.journal.database();
        let mut statement =
            database.prepare(&format!("SELECT {COLUMNS} FROM change_record ORDER BY sequence")).map_err(of)?;
        let mut lines = Vec::new();
        for record in statement.query_map([], link).map_err(of)? {
            let record = record.map_err(of)?;
            let line = json!({
                "sequence": record.sequence, "previous": record.previous, "hash": record.hash, "body": record.body,
            });
            lines.extend(line.to_string().into_bytes());
            lines.push(b'\n');
        }
        Ok(vec![
            ExportFile { name: "journal.jsonl", bytes: lines },
            ExportFile { name: "verify.py", bytes: VERIFIER.to_vec() },
            ExportFile { name: "README.txt", bytes: README.as_bytes().to_vec() },
        ])
    }
}
