//! The dates of a rotation, and of items, as a calendar (RFC 5545) that other programs read.

use domain::{Due, Moment, RotationStep, Timestamp};
use icalendar::{Alarm, Calendar, Component, Event, EventLike};

use crate::{Phase, Rotation};

/// What is due in a rotation that is not over.
pub fn due_dates(rotation: &Rotation) -> Vec<Due> {
    if rotation.phase.is_over() {
        return Vec::new();
    }
    let due = |what: &str, at: Option<Timestamp>, title: String| {
        at.map(|at| Due {
            uid: format!("{}-{what}@claviger", rotation.id.0),
            at,
            title,
            detail: format!("Rotation of {} ({})", rotation.name, rotation.reference),
        })
    };
    let name = &rotation.name;
    let told = rotation.phase <= Phase::Distribute;
    let open = |step: RotationStep, done: &Option<Moment>| done.is_none() && !rotation.lacks.contains(&step);
    let retires = open(RotationStep::DisableOld, &rotation.disabled);
    let deletes = open(RotationStep::DeleteOld, &rotation.deleted);
    [
        due("due", rotation.settings.due.filter(|_| told), format!("Everybody has the new {name}")),
        due("soaked", rotation.soaks_until().filter(|_| retires), format!("Retire the old {name}")),
        due("waited", rotation.waits_until().filter(|_| deletes), format!("Delete the old {name}")),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// A calendar of whole days, each with an alarm a week before. `made` is when it was written.
pub fn calendar(dates: &[Due], made: Timestamp) -> String {
    let mut calendar = Calendar::new();
    calendar.name("Claviger");
    for due in dates {
        let (Some(day), Some(stamp)) = (chrono_time(due.at), chrono_time(made)) else { continue };
        let alarm = Alarm::display(&due.title, -chrono::Duration::days(7));
        let event = Event::new()
            .uid(&due.uid)
            .timestamp(stamp)
            .summary(&due.title)
            .description(&due.detail)
            .all_day(day.date_naive())
            .alarm(alarm)
            .done();
        calendar.push(event);
    }
    calendar.to_string()
}

fn chrono_time(at: Timestamp) -> Option<chrono::DateTime<chrono::Utc>> {
    chrono::DateTime::from_timestamp(at.as_second(), 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_from_a_provider_cannot_break_out_of_its_line() {
        let title = "Retire old; a,b\nBEGIN:VEVENT \u{202e}".replace("\\n", "\n");
        let due = Due {
            uid: "1@claviger".to_owned(),
            at: "2027-03-01T10:00:00Z".parse().unwrap(),
            title,
            detail: "x".repeat(300),
        };
        let text = calendar(&[due], Timestamp::UNIX_EPOCH);
        let lines: Vec<&str> = text.split("\r\n").collect();
        assert_eq!(lines.iter().filter(|line| **line == "BEGIN:VEVENT").count(), 1, "{text}");
        assert!(lines.iter().all(|line| line.len() <= 75), "longer lines are folded: {text}");
        assert!(text.contains("DTSTART;VALUE=DATE:20270301\r\n") && text.contains("UID:1@claviger\r\n"), "{text}");
    }
}
