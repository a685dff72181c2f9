//! Questions before a change of a KV path.

use domain::{Ask, ItemKey, Question, QuestionKind, Result};
use serde_json::json;

use super::{choices, flag, number};
use crate::{
    client::Client,
    kv::{self, Life, Metadata},
    offers::path::{PathChange, change_of, older, why_not_now},
    period,
    plan::{MOST_VERSIONS, VALUE, refused},
};

pub(super) async fn of_path(client: &Client, ask: Ask, item: &ItemKey) -> Result<Vec<Question>> {
    let wanted = change_of(ask).map_err(refused)?;
    let read = kv::read(client, item).await?;
    if let Some(because) = why_not_now(wanted, &read) {
        return Err(refused(because));
    }
    Ok(match wanted {
        PathChange::ChangeTags => vec![tags(&read)],
        PathChange::Configure => configure(&read),
        PathChange::Delete => Vec::new(),
        PathChange::DeleteVersions => vec![versions(&read, Life::Live, "Versions to delete")],
        PathChange::RollBack => vec![older_version(&read)],
        PathChange::UndeleteVersions => vec![versions(&read, Life::Deleted, "Versions to bring back")],
        PathChange::WriteValue => value().into(),
    })
}

pub(super) fn create() -> Vec<Question> {
    let name = Question::new("name", "Path", QuestionKind::Text)
        .required()
        .help("Below the mount, with slashes for folders, such as app/database.");
    [name].into_iter().chain(value()).collect()
}

/// A value is a JSON object, in one of three forms.
fn value() -> [Question; 3] {
    let forms =
        [("field", "One field"), ("lines", "Several fields, NAME=VALUE on each line"), ("json", "A JSON object")];
    [
        Question::new("form", "Form of the value", QuestionKind::Choice(choices(forms))).required().preset("field"),
        Question::new("field", "Field", QuestionKind::Text).required().preset("value").shown_when("form", ["field"]),
        Question::new(VALUE, "Value", QuestionKind::Secret)
            .required()
            .help("It is sent to the server and kept nowhere else. Fields of the version before are not carried over."),
    ]
}

fn tags(read: &Metadata) -> Question {
    let pairs: Vec<(String, String)> = read.tags().into_iter().collect();
    Question::new("tags", "Custom metadata", QuestionKind::Pairs)
        .help("Not secret: whoever may read the metadata sees them. Pairs that are left out are removed.")
        .preset(json!(pairs).to_string())
}

fn configure(read: &Metadata) -> Vec<Question> {
    vec![
        number("max_versions", "Versions to keep", 0, MOST_VERSIONS, read.most_versions())
            .help("max_versions. 0 for as many as the mount says; older ones are destroyed with the next write."),
        flag("cas_required", "Refuse writes without check-and-set", read.needs_cas())
            .help("cas_required. Each write must then name the version it follows."),
        Question::new("delete_version_after", "Delete versions after", QuestionKind::Text)
            .help("delete_version_after, such as 90d. 0 for as the mount says; holds for versions written later.")
            .preset(period::write(read.deleted_after())),
    ]
}

fn versions(read: &Metadata, life: Life, label: &str) -> Question {
    let there = read.those(life);
    let question = Question::new("versions", label, QuestionKind::Several(labelled(read, &there))).required();
    match there.first() {
        Some(newest) => question.preset(newest.to_string()),
        None => question,
    }
}

fn older_version(read: &Metadata) -> Question {
    let there = older(read);
    let question = Question::new("version", "Version", QuestionKind::Choice(labelled(read, &there)))
        .required()
        .help("Its value is written again as a new version.");
    match there.first() {
        Some(newest) => question.preset(newest.to_string()),
        None => question,
    }
}

fn labelled(read: &Metadata, versions: &[u64]) -> Vec<(String, String)> {
    let label = |version: &u64| match read.written(*version) {
        Some(at) => format!("Version {version}, written {at:.0}"),
        None => format!("Version {version}"),
    };
    choices(versions.iter().map(|version| (version, label(version))))
}
