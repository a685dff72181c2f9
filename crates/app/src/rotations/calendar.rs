//! What ends by itself and what is due, as a calendar file for other programs.

use contract::{ItemRow, Nothing, Saved};
use domain::{Due, Result, Timestamp};
use journal::WizardKind;
use rotation::{calendar, due_dates};

use super::loaded;
use crate::{App, destructions, export::save_public};

const NAME: &str = "claviger.ics";

impl App {
    /// The ends of all items that were last listed and the dates of all rotations and destructions, where the person says.
    ///
    /// # Errors
    /// `Unexpected` if the file cannot be written.
    pub async fn save_calendar(&self, _: Nothing) -> Result<Saved> {
        let text = self.calendar().await?;
        let Some(path) = self.0.desktop.choose_file(NAME).await? else { return Ok(Saved { paths: Vec::new() }) };
        save_public(path, text.into_bytes()).await
    }

    /// The same as text, for the command line.
    ///
    /// # Errors
    /// `Unexpected` if Claviger's file cannot be read.
    pub async fn calendar(&self) -> Result<String> {
        let dates = self
            .journal(|journal| {
                let mut dates = Vec::new();
                for one in journal.wizards(WizardKind::Rotation)? {
                    dates.extend(loaded(&one).map(|one| due_dates(&one.rotation)).unwrap_or_default());
                }
                for one in journal.wizards(WizardKind::Destruction)? {
                    dates.extend(destructions::due_dates_of(&one));
                }
                for connection in journal.connections()? {
                    let (_, items) = journal.known(connection.id)?;
                    let rows = items.iter().filter_map(|item| serde_json::from_str::<ItemRow>(&item.row).ok());
                    dates.extend(rows.filter_map(|row| end_of(&row)));
                }
                Ok(dates)
            })
            .await?;
        Ok(calendar(&dates, Timestamp::now()))
    }
}

fn end_of(row: &ItemRow) -> Option<Due> {
    let at = row.expires.as_deref()?.parse().ok()?;
    Some(Due {
        uid: format!("{}@claviger", row.reference),
        at,
        title: format!("{} ends", row.name),
        detail: format!("{} ({})", row.reference, row.kind),
    })
}
