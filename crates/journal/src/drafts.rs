//! Drafts of policies: begun in the editor, not yet sent, there again at the next start. Policies are no secrets.

use domain::{Result, Timestamp};
use rusqlite::{OptionalExtension, params};

use crate::{Journal, error::of_sqlite};

const DRAFT: &str = "keep the draft";

/// A text that was begun.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct PolicyDraft {
    /// What the policy read when the draft was begun.
    pub base: String,
    /// The draft.
    pub text: String,
    /// When it was last kept.
    pub at: Timestamp,
}

impl Journal {
    /// The draft of a policy of an item, if there is one.
    ///
    /// # Errors
    /// `Unexpected` if the file cannot be read.
    pub fn policy_draft(&self, reference: &str, policy: &str) -> Result<Option<PolicyDraft>> {
        let query = "SELECT base, body, at FROM policy_draft WHERE reference = ?1 AND policy = ?2";
        let read = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get::<_, String>(2)?));
        let found: Option<(String, String, String)> = self
            .database()
            .query_row(query, [reference, policy], read)
            .optional()
            .map_err(|cause| of_sqlite("read the draft", cause))?;
        // A time that does not read back is not worth losing the draft for.
        let at = |text: &str| text.parse().unwrap_or(Timestamp::UNIX_EPOCH);
        Ok(found.map(|(base, text, kept)| PolicyDraft { base, text, at: at(&kept) }))
    }

    /// Keeps the draft of a policy in the place of the one before.
    ///
    /// # Errors
    /// `Unexpected` if the file cannot be written.
    pub fn keep_policy_draft(&self, reference: &str, policy: &str, draft: &PolicyDraft) -> Result<()> {
        self.database()
            .execute(
                "INSERT INTO policy_draft (reference, policy, base, body, at) VALUES (?1, ?2, ?3, ?4, ?5)
                 ON CONFLICT (reference, policy)
                 DO UPDATE SET base = excluded.base, body = excluded.body, at = excluded.at",
                params![reference, policy, draft.base, draft.text, draft.at.to_string()],
            )
            .map(drop)
            .map_err(|cause| of_sqlite(DRAFT, cause))
    }

    /// Forgets the draft of a policy.
    ///
    /// # Errors
    /// `Unexpected` if the file cannot be written.
    pub fn drop_policy_draft(&self, reference: &str, policy: &str) -> Result<()> {
        self.database()
            .execute("DELETE FROM policy_draft WHERE reference = ?1 AND policy = ?2", [reference, policy])
            .map(drop)
            .map_err(|cause| of_sqlite(DRAFT, cause))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_draft_outlives_the_process_and_is_of_one_policy() {
        let home = tempfile::tempdir().unwrap();
        let open = || Journal::open(home.path(), Timestamp::UNIX_EPOCH).unwrap().journal;
        let draft = |text: &str| PolicyDraft { base: "b".into(), text: text.into(), at: Timestamp::UNIX_EPOCH };
        let journal = open();
        journal.keep_policy_draft("a/v/k", "default", &draft("1")).unwrap();
        journal.keep_policy_draft("a/v/k", "default", &draft("2")).unwrap();
        journal.keep_policy_draft("a/v/k", "other", &draft("3")).unwrap();
        drop(journal);
        let journal = open();
        assert_eq!(journal.policy_draft("a/v/k", "default").unwrap(), Some(draft("2")));
        journal.drop_policy_draft("a/v/k", "default").unwrap();
        assert_eq!(journal.policy_draft("a/v/k", "default").unwrap(), None);
        assert_eq!(journal.policy_draft("a/v/k", "other").unwrap(), Some(draft("3")));
    }
}
