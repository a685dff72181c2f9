//! The journal as a person reads it: newest first, filtered, a page at a time, and whether it is as it was written.

use contract::{JournalEntry, ListJournal, NameOrder, Nothing, OrderState};
use domain::Kind;

use crate::{
    changes::{Changed, confirmed, wanted},
    changing::{Perform, Reads},
};

async fn titles(changed: &Changed, filter: &str) -> Vec<String> {
    let request = ListJournal { filter: filter.to_owned(), ..ListJournal::default() };
    let page = changed.app().list_journal(request).await.unwrap();
    page.entries.into_iter().map(title).collect()
}

fn title(entry: JournalEntry) -> String {
    match entry {
        JournalEntry::Accepted { .. } => "accepted".to_owned(),
        JournalEntry::Order { order } => order.title,
        JournalEntry::Told { consumer, .. } => format!("told {consumer}"),
        JournalEntry::WriteMode { until, .. } => format!("write mode {}", if until.is_some() { "on" } else { "off" }),
    }
}

fn sequence(entry: &JournalEntry) -> u32 {
    match entry {
        JournalEntry::Accepted { sequence, .. }
        | JournalEntry::Told { sequence, .. }
        | JournalEntry::WriteMode { sequence, .. } => *sequence,
        JournalEntry::Order { order } => order.sequence,
    }
}

#[tokio::test]
async fn a_filter_looks_at_everything_or_at_one_thing_only() {
    let changed = Changed::writable().await;
    changed.does("disable").await;
    changed.script().performs([Perform::Refused]);
    changed.does("rotate").await;
    changed.script().reads([Reads::Unclear]);
    changed.does("enable").await;
    let (rotate, enable, disable) = ("rotate payments", "enable payments", "disable payments");
    for (filter, found) in [
        ("", vec![enable, rotate, disable, "write mode on"]),
        ("payments", vec![enable, rotate, disable]),
        ("PAYMENTS rotate", vec![rotate]),
        ("scripted:Step0", vec![enable, rotate, disable]),
        ("result:unknown", vec![enable]),
        ("result:abandoned", vec![rotate]),
        ("result:done", vec![disable]),
        ("ask:disable", vec![disable]),
        ("actor:MAR connection:pro ask:en", vec![enable]),
        ("connection:prod", vec![enable, rotate, disable, "write mode on"]),
        ("connection:disable", vec![]),
        ("actor:prod", vec![]),
        ("nothing-like-it", vec![]),
    ] {
        assert_eq!(titles(&changed, filter).await, found, "{filter}");
    }
    let about = async |reference: &str| {
        let request = ListJournal { reference: Some(reference.to_owned()), ..ListJournal::default() };
        changed.app().list_journal(request).await.unwrap().entries.len()
    };
    assert_eq!((about("prod/v/k").await, about("prod/v/kk").await), (3, 0));
}

#[tokio::test]
async fn pages_show_every_entry_once_newest_first_whatever_the_filter() {
    let changed = Changed::writable().await;
    for number in 0..7 {
        changed.does(if number % 2 == 0 { "disable" } else { "enable" }).await;
    }
    for (filter, all) in [("", 8), ("ask:disable", 4), ("ask:enable", 3), ("connection:prod", 8)] {
        for limit in 1..=9 {
            let (mut before, mut seen) = (None, Vec::new());
            loop {
                let request = ListJournal { filter: filter.to_owned(), reference: None, before, limit: Some(limit) };
                let page = changed.app().list_journal(request).await.unwrap();
                assert!(page.entries.len() <= limit as usize);
                seen.extend(page.entries.iter().map(sequence));
                before = page.entries.last().map(sequence);
                if !page.more {
                    break;
                }
                assert!(before.is_some(), "there is more, and nothing to go on from");
            }
            assert_eq!(seen.len(), all, "{filter} by {limit}: {seen:?}");
            assert!(seen.is_sorted_by(|one, next| one > next), "{filter} by {limit}: {seen:?}");
        }
    }
}

#[tokio::test]
async fn a_journal_whose_seal_is_gone_stops_every_change_until_a_person_accepts_it() {
    let changed = Changed::writable().await;
    let paused = changed.plan("disable").await;
    changed.does("enable").await;
    app::Keychain::forget(&*changed.keyring, "", "journal head").unwrap();
    let verdict = changed.app().verify_journal(Nothing {}).await.unwrap();
    assert!(!verdict.sound && verdict.problem.is_some(), "{verdict:?}");
    let error = changed.app().confirm_change(confirmed(&paused)).await.unwrap_err();
    assert_eq!((error.kind(), changed.script().steps_arrived()), (Kind::Conflict, vec![0]), "{error}");
    let accepted = changed.app().accept_journal(Nothing {}).await.unwrap();
    assert_eq!((accepted.sound, accepted.records, accepted.seal.as_str()), (true, verdict.records + 1, "keyring"));
    assert_eq!(titles(&changed, "").await[0], "accepted");
    assert_eq!(changed.app().accept_journal(Nothing {}).await.unwrap_err().kind(), Kind::Conflict);
    assert_eq!(changed.does("disable").await.state, OrderState::Done);
}

#[tokio::test]
async fn what_is_not_in_the_journal_is_not_found() {
    let changed = Changed::writable().await;
    let name = || NameOrder { order: "01JDXABSENT".to_owned() };
    assert_eq!(changed.app().check_order(name()).await.unwrap_err().kind(), Kind::NotFound);
    assert_eq!(changed.app().continue_order(name()).await.unwrap_err().kind(), Kind::NotFound);
    assert_eq!(changed.app().abandon_order(name()).await.unwrap_err().kind(), Kind::NotFound);
    assert!(changed.app().plan_change(wanted("disable")).await.is_ok());
}

#[tokio::test]
async fn the_export_for_an_auditor_lands_in_the_folder_that_was_chosen() {
    let changed = Changed::writable().await;
    changed.does("disable").await;
    assert!(changed.app().export_journal(Nothing {}).await.unwrap().paths.is_empty(), "nobody chose a folder");
    let folder = tempfile::tempdir().unwrap();
    *changed.world.desktop.folder.lock().unwrap() = Some(folder.path().to_owned());
    let saved = changed.app().export_journal(Nothing {}).await.unwrap();
    assert!(saved.paths.len() >= 2, "{saved:?}");
    for path in &saved.paths {
        assert!(!std::fs::read(path).unwrap().is_empty(), "{path}");
    }
}
