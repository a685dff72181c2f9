//! 10,000 edits by another hand: each is seen. Without the seal, those that leave a whole chain are not.

use rusqlite::params;
use sha2::{Digest, Sha256};

use super::*;
use crate::chain::link::Link;

const EDITS: usize = 10_000;
const SEED: u64 = 0x00c1_a515;

/// What another hand does to the rows.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) enum Edit {
    /// One bit of one column.
    Flip,
    /// A row is gone, the others stay as they are.
    Delete,
    /// Two rows change places.
    Swap,
    /// A row says what another one says.
    Copy,
    /// A row that was never written, rightly hashed, somewhere; the others move up.
    Insert,
    /// The last ones are gone.
    Truncate,
    /// Filed under another order or another event.
    Refile,
    /// A record says something else, and everything after it was hashed anew.
    Rewrite,
    /// A record that was never written stands at the end, rightly hashed.
    Extend,
}

pub(super) const ALL: [Edit; 9] = [
    Edit::Flip,
    Edit::Delete,
    Edit::Swap,
    Edit::Copy,
    Edit::Insert,
    Edit::Truncate,
    Edit::Refile,
    Edit::Rewrite,
    Edit::Extend,
];

impl Edit {
    /// Whether what it leaves is a whole chain by itself, only another one.
    fn leaves_a_whole_chain(self) -> bool {
        matches!(self, Self::Truncate | Self::Rewrite | Self::Extend)
    }

    /// Whether the exported lines show it: what a row is filed under is not exported.
    pub(super) fn is_exported(self) -> bool {
        self != Self::Refile
    }
}

/// A row as plain values, whatever they are.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Row {
    sequence: i64,
    /// `order_id`, `event`, `body`, `previous`, `hash`.
    texts: [Option<Vec<u8>>; 5],
}

const BODY: usize = 2;
const PREVIOUS: usize = 3;
const HASH: usize = 4;

pub(super) fn rows(chain: &Chain) -> Vec<Row> {
    let database = chain.journal.database();
    let mut statement = database
        .prepare("SELECT sequence, order_id, event, body, previous, hash FROM change_record ORDER BY sequence")
        .unwrap();
    let read = statement.query_map([], |row| {
        let text = |at: usize| row.get::<_, Option<String>>(at).map(|text| text.map(String::into_bytes));
        Ok(Row { sequence: row.get(0)?, texts: [text(1)?, text(2)?, text(3)?, text(4)?, text(5)?] })
    });
    read.unwrap().map(Result::unwrap).collect()
}

pub(super) fn replace(chain: &Chain, rows: &[Row]) {
    let mut database = chain.journal.database();
    let transaction = database.transaction().unwrap();
    transaction.execute("DELETE FROM change_record", []).unwrap();
    for Row { sequence, texts: [order, event, body, previous, hash] } in rows {
        let all = params![sequence, order, event, body, previous, hash];
        let insert = "INSERT INTO change_record VALUES
            (?1, CAST(?2 AS TEXT), CAST(?3 AS TEXT), CAST(?4 AS TEXT), CAST(?5 AS TEXT), CAST(?6 AS TEXT))";
        transaction.prepare_cached(insert).unwrap().execute(all).unwrap();
    }
    transaction.commit().unwrap();
}

/// The rows after the edit; always others than before.
pub(super) fn edited(edit: Edit, rows: &[Row], random: &mut Random) -> Vec<Row> {
    let mut after = rows.to_vec();
    let at = random.below(rows.len());
    match edit {
        Edit::Flip => flip(&mut after, at, random),
        Edit::Delete => drop(after.remove(at)),
        Edit::Swap => {
            let other = (at + 1 + random.below(rows.len() - 1)) % rows.len();
            let (one, two) = (after[at].texts.clone(), after[other].texts.clone());
            (after[at].texts, after[other].texts) = (two, one);
        }
        Edit::Copy => {
            let other = (at + 1 + random.below(rows.len() - 1)) % rows.len();
            after[at].texts = after[other].texts.clone();
        }
        Edit::Insert => {
            let before = at.checked_sub(1).map(|before| &rows[before]);
            let forged = forged(before, random);
            for row in &mut after[at..] {
                row.sequence += 1;
            }
            after.insert(at, forged);
        }
        Edit::Truncate => after.truncate(at),
        Edit::Refile => match (random.below(2), after[at].texts[0].is_some()) {
            (0, true) => after[at].texts[0] = None,
            (0, false) => after[at].texts[0] = Some(id(1).0.into_bytes()),
            _ => after[at].texts[1] = Some(b"forgotten".to_vec()),
        },
        Edit::Rewrite => {
            let body = String::from_utf8(after[at].texts[BODY].clone().unwrap()).unwrap();
            let wrong = body.replacen("\"at\":\"2", "\"at\":\"3", 1);
            assert_ne!(body, wrong);
            after[at].texts[BODY] = Some(wrong.into_bytes());
            hash_anew(&mut after[at..]);
        }
        Edit::Extend => after.push(forged(rows.last(), random)),
    }
    assert_ne!(after, rows, "{edit:?} changed nothing");
    after
}

fn flip(rows: &mut [Row], at: usize, random: &mut Random) {
    let column = random.below(6);
    let Some(text) = column.checked_sub(1).and_then(|text| rows[at].texts[text].as_mut()) else {
        // Of the place: the bits that make another place, not one that is taken.
        let flipped = rows[at].sequence ^ (1 << (10 + random.below(53)));
        rows[at].sequence = flipped;
        return;
    };
    let byte = random.below(text.len());
    text[byte] ^= 1 << random.below(8);
}

fn forged(before: Option<&Row>, random: &mut Random) -> Row {
    let head = before.map_or_else(super::super::Head::start, |row| super::super::Head {
        sequence: row.sequence,
        hash: String::from_utf8(row.texts[HASH].clone().unwrap()).unwrap(),
    });
    let event = [write_mode(), verified(1, 0), abandoned(2, 0)][random.below(3)].clone();
    let record = domain::Record { at: Timestamp::from_second(1_800_000_000).unwrap(), event };
    let Link { sequence, order_id, event, body, previous, hash } = Link::after(&head, &record).unwrap();
    let texts = [order_id, Some(event), Some(body), Some(previous), Some(hash)];
    Row { sequence, texts: texts.map(|text| text.map(String::into_bytes)) }
}

/// The first keeps what it names as the one before it.
fn hash_anew(rows: &mut [Row]) {
    let mut previous = rows[0].texts[PREVIOUS].clone().unwrap();
    for row in rows {
        let whole = [&*previous, b"\n", row.texts[BODY].as_deref().unwrap()].concat();
        let hash: String = Sha256::digest(whole).iter().map(|byte| format!("{byte:02x}")).collect();
        row.texts[PREVIOUS] = Some(previous);
        row.texts[HASH] = Some(hash.clone().into_bytes());
        previous = hash.into_bytes();
    }
}

/// Some orders in every state, and the records of no order.
pub(super) fn sample(chain: &Chain) {
    chain.journal.database().pragma_update(None, "synchronous", "OFF").unwrap();
    write(chain, [write_mode()]);
    write(chain, whole_order(1));
    write(chain, [intent(2, 2), sent(2, 0), unknown(2, 0), verified(2, 0), abandoned(2, 1)]);
    write(chain, [intent(3, 1), write_mode(), sent(3, 0)]);
}

#[test]
fn every_edit_is_seen() {
    let (_home, keyring, chain) = fresh();
    sample(&chain);
    let sound = rows(&chain);
    let kept = keyring.kept().len();
    let mut random = Random(SEED);
    for number in 0..EDITS {
        let edit = ALL[number % ALL.len()];
        let after = edited(edit, &sound, &mut random);
        replace(&chain, &after);
        let verdict = chain.verify().unwrap();
        let problem = verdict.problem.unwrap_or_else(|| panic!("edit {number}, {edit:?}, was not seen: {after:?}"));
        assert_eq!(problem.error.kind(), Kind::Conflict);
        let whole = edit.leaves_a_whole_chain() || rows_are_a_prefix(&after, &sound);
        assert_eq!(problem.at.is_none(), whole, "{number}: {problem:?}");
    }
    replace(&chain, &sound);
    assert_sound(&chain, sound.len() as u32);
    assert_eq!(keyring.kept().len(), kept, "looking at it sealed something");
}

/// The control: what the chain alone would see. If this failed, the test above would prove nothing about the seal.
#[test]
fn without_the_seal_a_whole_chain_that_is_another_is_not_seen() {
    let home = tempfile::tempdir().unwrap();
    let chain = open(home.path(), Arc::new(Unsealed));
    sample(&chain);
    let sound = rows(&chain);
    let mut random = Random(SEED);
    for number in 0..500 {
        let edit = ALL[number % ALL.len()];
        let after = edited(edit, &sound, &mut random);
        replace(&chain, &after);
        let seen = chain.verify().unwrap().problem.is_some();
        let whole = edit.leaves_a_whole_chain() || rows_are_a_prefix(&after, &sound);
        assert_eq!(seen, !whole, "{number}: {edit:?}");
    }
}

/// Deleting the last row is cutting off the end.
fn rows_are_a_prefix(rows: &[Row], sound: &[Row]) -> bool {
    sound.starts_with(rows)
}

#[test]
fn the_whole_file_replaced_by_an_older_one_is_seen() {
    let (home, keyring, chain) = fresh();
    let mut older = Vec::new();
    for number in 1..=8 {
        write(&chain, whole_order(number));
        older.push(left_behind(home.path()));
    }
    let last = older.pop().unwrap();
    assert_sound(&open(last.path(), keyring.clone()), 32);
    for (number, copy) in older.iter().enumerate() {
        let chain = open(copy.path(), keyring.clone());
        let problem = problem(&chain);
        assert_eq!(problem.at, None);
        let words = format!("32 records were sealed, and the file has {}", 4 * (number + 1));
        assert!(problem.error.message().contains(&words), "{}", problem.error);
        assert!(open(copy.path(), Arc::new(Unsealed)).verify().unwrap().problem.is_some());
    }
}

#[test]
fn a_journal_whose_last_record_has_no_readable_hash_can_be_accepted() {
    let (_home, _, chain) = fresh();
    write(&chain, whole_order(1));
    let database = chain.journal.database();
    database.execute("UPDATE change_record SET hash = CAST(x'ff00' AS TEXT) WHERE sequence = 4", []).unwrap();
    drop(database);
    assert_eq!(problem(&chain).at, Some(4));
    assert_eq!(chain.append(write_mode()).unwrap_err().kind(), Kind::Conflict);
    // What was edited stays visible for ever; records are taken down again.
    assert_eq!(chain.accept().unwrap().problem.unwrap().at, Some(4));
    write(&chain, [write_mode()]);
    assert_eq!(problem(&chain).at, Some(4));
}

#[test]
fn a_record_at_the_last_place_there_can_be_is_followed_by_none() {
    let (_home, _, chain) = fresh();
    write(&chain, whole_order(1));
    let database = chain.journal.database();
    database.execute("UPDATE change_record SET sequence = ?1 WHERE sequence = 4", [i64::MAX]).unwrap();
    drop(database);
    assert_eq!(problem(&chain).at, Some(4));
    assert_eq!(chain.append(write_mode()).unwrap_err().kind(), Kind::Conflict);
    assert_eq!(chain.accept().unwrap_err().kind(), Kind::Conflict);
}
