//! `claviger rotations` and `claviger rotation`: how far each is, and going on with one. Nothing is sent to a place here.

use app::App;
use contract::{NameRotation, NameRun, Nothing, RotationList, RotationWire, WireError};
use domain::Result;

use super::arguments::RotationVerb;
use crate::print;

/// Lists rotations, or the dates of what is due.
pub(super) async fn rotations(app: &App, all: bool, json: bool, ics: bool) -> Result<()> {
    if ics {
        return print::rotations::calendar(&app.calendar().await?);
    }
    let RotationList { rotations } = app.list_rotations(Nothing {}).await?;
    let shown: Vec<_> = rotations.into_iter().filter(|row| all || !row.over).collect();
    print::rotations::list(&shown, json)
}

/// Shows a rotation, or goes on with it as far as that sends nothing.
pub(super) async fn rotation(app: &App, verb: RotationVerb) -> Result<(), WireError> {
    match verb {
        RotationVerb::Show { rotation, json } => {
            let rotation = app.open_rotation(NameRotation { rotation }).await?;
            Ok(print::rotations::rotation(&rotation, json)?)
        }
        RotationVerb::Resume { rotation, json } => resume(app, rotation, json).await,
    }
}

async fn resume(app: &App, id: String, json: bool) -> Result<(), WireError> {
    let mut rotation = app.check_rotation(NameRotation { rotation: id.clone() }).await?;
    let mut failed = None;
    for consumer in addresses(&rotation) {
        match app.look_at_consumer(NameRun { rotation: id.clone(), consumer }).await {
            Ok(looked) => rotation = looked,
            // The others are looked at all the same.
            Err(error) => failed = Some(error),
        }
    }
    print::rotations::rotation(&rotation, json)?;
    match failed {
        Some(error) => Err(error.into()),
        None => Ok(()),
    }
}

/// The consumers whose addresses can be looked at now.
fn addresses(rotation: &RotationWire) -> Vec<String> {
    let runs = rotation.runs.iter().filter(|run| run.check == "published" && run.left.is_none());
    let ids = runs.map(|run| run.consumer.id.clone());
    ids.filter(|id| !rotation.locks.contains_key(&format!("look:{id}"))).collect()
}
