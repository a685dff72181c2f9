//! The marks that orders leave in the file, by which a reading tells whether an edit happened although its answer was lost.
//!
//! In the body's JSON, beside `entries`; a file from before there were marks has none of it:
//!
//! ```json
//! "orders":{"count":3,"last":[{"order":"01JDX…","entry":"payments","version":"2","at":"2026-11-25T10:00:00Z"}]}
//! ```
//!
//! A mark is written together with its edit: either both are in the file, or neither is. `count` only ever goes up, so a
//! plan that remembers it can tell whether the mark of its order may have been crowded out since. No clock is asked.

use std::collections::VecDeque;

use domain::{OrderId, Timestamp};
use serde::{Deserialize, Serialize};

/// How many marks are kept.
const KEPT: usize = 64;

/// The orders that edited the file.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Marks {
    /// How many there were in all.
    count: u64,
    /// Those of the last of them, oldest first.
    last: VecDeque<Mark>,
}

/// What an order left.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Mark {
    /// Its number.
    pub(crate) order: OrderId,
    /// The name of the entry that it edited.
    pub(crate) entry: String,
    /// The version that it made, if it made one.
    pub(crate) version: Option<String>,
    /// When it was written, by the clock of whoever wrote it.
    pub(crate) at: Timestamp,
}

/// What the marks say about an order.
#[derive(Debug, Eq, PartialEq)]
pub(crate) enum Trace<'a> {
    /// It edited the file; `later` is the next order that edited the same entry since.
    Marked { mark: &'a Mark, later: Option<&'a Mark> },
    /// It did not edit the file.
    Absent,
    /// The file is an older one than the plan was made from: somebody put a copy back.
    Older,
    /// So many orders came after it that its mark may be gone.
    Crowded,
}

impl Marks {
    pub(crate) fn is_empty(&self) -> bool {
        self.count == 0 && self.last.is_empty()
    }

    /// How many orders edited the file.
    pub(crate) fn count(&self) -> u64 {
        self.count
    }

    /// Adds one, and lets the oldest go.
    pub(crate) fn add(&mut self, mark: Mark) {
        self.count = self.count.saturating_add(1);
        self.last.push_back(mark);
        while self.last.len() > KEPT {
            self.last.pop_front();
        }
    }

    /// What is known of an order whose plan was made when `count` orders had edited the file.
    pub(crate) fn trace(&self, order: &OrderId, count: u64) -> Trace<'_> {
        let mut found = self.last.iter().skip_while(|mark| mark.order != *order);
        if let Some(mark) = found.next() {
            return Trace::Marked { mark, later: found.find(|later| later.entry == mark.entry) };
        }
        match self.count.checked_sub(count) {
            None => Trace::Older,
            Some(since) if since > self.last.len() as u64 => Trace::Crowded,
            Some(_) => Trace::Absent,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mark(number: usize, entry: &str) -> Mark {
        let order = OrderId(format!("{number:026}"));
        Mark { order, entry: entry.to_owned(), version: None, at: Timestamp::UNIX_EPOCH }
    }

    #[test]
    fn an_order_is_absent_for_sure_only_while_every_mark_since_its_plan_is_kept() {
        let mut marks = Marks::default();
        for number in 0..10 {
            marks.add(mark(number, "a"));
        }
        let mine = OrderId("mine".to_owned());
        for number in 10..10 + KEPT {
            assert_eq!(marks.trace(&mine, 10), Trace::Absent, "after {number}");
            marks.add(mark(number, "a"));
        }
        assert_eq!((marks.last.len(), marks.count()), (KEPT, 10 + KEPT as u64));
        assert_eq!(marks.trace(&mine, 10), Trace::Absent, "all {KEPT} since the plan are there");
        marks.add(mark(99, "a"));
        assert_eq!(marks.trace(&mine, 10), Trace::Crowded);
        assert_eq!(marks.trace(&mine, 11), Trace::Absent);
        assert_eq!(marks.trace(&mine, 76), Trace::Older, "a copy was put back");
    }

    #[test]
    fn the_next_order_of_the_same_entry_is_named() {
        let mut marks = Marks::default();
        for (number, entry) in [(1, "a"), (2, "b"), (3, "a"), (4, "a")] {
            marks.add(mark(number, entry));
        }
        let of = |number| marks.trace(&mark(number, "").order, 0);
        assert_eq!(of(1), Trace::Marked { mark: &mark(1, "a"), later: Some(&mark(3, "a")) });
        assert_eq!(of(2), Trace::Marked { mark: &mark(2, "b"), later: None });
    }

    #[test]
    fn a_file_that_holds_fewer_marks_than_it_counts_tells_nothing_for_sure() {
        let marks: Marks = serde_json::from_str(r#"{"count":5,"last":[]}"#).unwrap();
        assert_eq!(marks.trace(&OrderId("mine".to_owned()), 4), Trace::Crowded);
        assert_eq!(marks.trace(&OrderId("mine".to_owned()), 5), Trace::Absent);
    }
}
