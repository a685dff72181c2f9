//! What a list and a calendar tell of rotations: what each waits for, and until when only time is in the way.

use contract::{Nothing, RotationNote, RotationRow, RotationSettings};
use domain::{Algorithm, Curve, Kind, Timestamp};

use super::{Rotated, assert_refused, at_once, by_hand, keystore, step_lock};

const DUE: &str = "2030-03-01T10:00:00Z";

async fn row(rotated: &Rotated) -> RotationRow {
    let mut rows = rotated.app().list_rotations(Nothing {}).await.unwrap().rotations;
    assert_eq!(rows.len(), 1);
    rows.remove(0)
}

fn seconds(from: &str, to: &str) -> i64 {
    to.parse::<Timestamp>().unwrap().duration_since(from.parse().unwrap()).as_secs()
}

fn day(at: &str) -> String {
    at[..10].replace('-', "")
}

/// The dates of the calendar, each with what it is.
async fn dates(rotated: &Rotated) -> Vec<(String, String)> {
    let text = rotated.app().calendar().await.unwrap().replace("\r\n ", "");
    let values = |key: &str| -> Vec<String> {
        text.lines().filter_map(|line| line.strip_prefix(key)).map(str::to_owned).collect()
    };
    values("DTSTART;VALUE=DATE:").into_iter().zip(values("SUMMARY:")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_says_what_is_waited_for_and_until_when() {
    let home = keystore(&Algorithm::Ec(Curve::P256)).await;
    let rotated = Rotated::begin(home, vec![by_hand("a"), by_hand("b")]).await;
    let first = row(&rotated).await;
    assert_eq!((first.connection.as_str(), first.name.as_str(), first.over), ("keys", "etl", false));
    assert_eq!((first.waits_for.as_str(), first.until), ("Nothing is in the way: a person goes on.", None));
    let settings = RotationSettings { soak_hours: 24, wait_days: 7, due: Some(DUE.into()), ..at_once("halt") };
    rotated.to_create(settings).await;
    assert_eq!(row(&rotated).await.due.as_deref(), Some("2030-03-01T10:00:00Z"));
    assert_eq!(dates(&rotated).await, [("20300301".to_owned(), "Everybody has the new etl".to_owned())]);
    rotated.to_distribute().await;
    rotated.updates("a").await;
    let told = row(&rotated).await;
    assert_eq!((told.consumers, told.updated, told.failed), (2, 1, 0));
    assert_eq!(told.waits_for, "B does not have the new material yet.");
    rotated.updates("b").await;
    for phase in ["verify", "switch"] {
        rotated.goes_on(phase).await;
    }
    rotated.note(RotationNote::ConfirmSwitch { evidence: "its log".into() }).await;
    rotated.goes_on("retire").await;

    // Both are valid for a day: a matter of time, which no start of Claviger shortens.
    let rotated = rotated.restart();
    let open = rotated.open().await;
    let held = step_lock(&open, "disable-old").unwrap();
    let until = held.until.clone().unwrap();
    assert_eq!(seconds(&open.switched.clone().unwrap().at, &until), 24 * 3600);
    assert_eq!((open.soaks_until.as_ref(), open.row.until.as_ref()), (Some(&until), Some(&until)));
    assert_eq!(row(&rotated).await.until.as_ref(), Some(&until));
    let refused = rotated.plans("disable-old").await.unwrap_err();
    assert_refused(&refused, Kind::Conflict, "kept valid for a time after the switch");
    assert_eq!(dates(&rotated).await, [(day(&until), "Retire the old etl".to_owned())]);
    assert!(rotated.signs("1").await);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_place_does_not_do_is_not_due_and_what_is_over_waits_for_nothing() {
    let home = keystore(&Algorithm::Ec(Curve::P256)).await;
    let rotated = Rotated::begin(home, vec![by_hand("a")]).await;
    rotated.to_create(RotationSettings { wait_days: 30, due: Some(DUE.into()), ..at_once("halt") }).await;
    let saved = rotated.world.home.path().join("claviger.ics");
    *rotated.world.desktop.file.lock().unwrap() = Some(saved.clone());
    assert_eq!(rotated.app().save_calendar(Nothing {}).await.unwrap().paths, [saved.display().to_string()]);
    assert!(std::fs::read_to_string(&saved).unwrap().contains("DTSTART;VALUE=DATE:20300301"));
    rotated.to_distribute().await;
    rotated.updates("a").await;
    for phase in ["verify", "switch"] {
        rotated.goes_on(phase).await;
    }
    rotated.note(RotationNote::ConfirmSwitch { evidence: "its log".into() }).await;
    rotated.goes_on("retire").await;
    let disabled = rotated.does("disable-old").await;
    let until = disabled.waits_until.clone().unwrap();
    assert_eq!(seconds(&disabled.disabled.unwrap().at, &until), 30 * 86_400);
    assert!(dates(&rotated).await.is_empty(), "a keystore deletes no single version, so nothing is due");
    assert_eq!(row(&rotated).await.until, None);
    rotated.note(RotationNote::Finish { evidence: String::new() }).await;
    let over = row(&rotated).await;
    assert!(over.over && over.until.is_none() && over.waits_for.is_empty());
    assert!(dates(&rotated).await.is_empty(), "what is over is due no more");
}
