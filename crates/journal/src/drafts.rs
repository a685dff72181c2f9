//! Drafts of policies: begun in the editor, not yet sent, there again at the next start. Policies are no secrets.

use std::collections::BTreeMap;

use domain::{Result, Timestamp};
use rusqlite::params;

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
    /// The drafts of an item, each under the name of its policy.
    ///
    /// # Errors
    /// `Unexpected` if the file cannot be read.
    pub fn policy_drafts(&self, reference: &str) -> Result<BTreeMap<String, PolicyDraft>> {
        let read = || -> rusqlite::Result<BTreeMap<String, PolicyDraft>> {
            let database = self.database();
            let query = "SELECT policy, base, body, at FROM policy_draft WHERE reference = ?1";
            let mut statement = database.prepare_cached(query)?;
            let row = |row: &rusqlite::Row<'_>| {
                // A time that does not read back is not worth losing the draft for.
                let at = row.get::<_, String>(3)?.parse().unwrap_or(Timestamp::UNIX_EPOCH);
                Ok((row.get(0)?, PolicyDraft { base: row.get(1)?, text: row.get(2)?, at }))
            };
            statement.query_map([reference], row)?.collect()
        };
        read().map_err(|cause| of_sqlite("read the drafts", cause))
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
        let kept = |policy: &str| journal.policy_drafts("a/v/k").unwrap().remove(policy);
        assert_eq!(kept("default"), Some(draft("2")));
        assert!(journal.policy_drafts("a/v/l").unwrap().is_empty());
        journal.drop_policy_draft("a/v/k", "default").unwrap();
        assert_eq!(kept("default"), None);
        assert_eq!(kept("other"), Some(draft("3")));
    }
}
