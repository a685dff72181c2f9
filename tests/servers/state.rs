//! What a server says of a thing by plain HTTP, flattened, so that two readings can be compared: whether a change was
//! made, and how often.

use std::collections::BTreeMap;

use serde_json::Value;

/// Each thing said, with how often. What the server makes up (dates, identifiers, keys) counts, but is not told apart.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct State(BTreeMap<String, usize>);

/// Parts of the names of what the server makes up.
const MADE_UP: &[&str] = &["arn", "created", "date", "modified", "pending", "private", "public", "time"];
/// How the names of the rest of it end.
const MADE_UP_ENDS: &[&str] = &["id", "identifier", "name"];
/// What a reading changes by itself.
const OF_READING: &[&str] = &["LastAccessedDate"];

impl State {
    /// Adds what was said under `title`; `marks` are texts that only this thing bears, and are not told apart either.
    pub fn add(&mut self, title: &str, said: &Value, marks: &[&str]) {
        match said {
            Value::Array(all) => {
                self.count(format!("{title}: {} in all", all.len()));
                all.iter().for_each(|one| self.add(title, one, marks));
            }
            Value::Object(all) => {
                let lasting = |(name, one): &(&String, &Value)| !one.is_null() && !OF_READING.contains(&name.as_str());
                let lasting = || all.iter().filter(lasting);
                self.count(format!("{title}: {} in all", lasting().count()));
                lasting().for_each(|(name, one)| self.add(&format!("{title}.{}", told(name)), one, marks));
            }
            plain => {
                let text = plain.as_str().map_or_else(
                    || plain.to_string(),
                    |text| marks.iter().fold(text.to_owned(), |text, mark| text.replace(mark, "#")),
                );
                let empty = ["", "null"].contains(&text.as_str());
                let said = if made_up(title, plain) && !empty { "something".to_owned() } else { text };
                self.count(format!("{title} = {said}"));
            }
        }
    }

    /// Adds that the server refused to say.
    pub fn add_refusal(&mut self, title: &str) {
        self.count(format!("{title} is refused"));
    }

    /// What is said here more or less often than there, for a person.
    pub fn differences(&self, there: &Self) -> Vec<String> {
        let all = self.0.keys().chain(there.0.keys().filter(|said| !self.0.contains_key(*said)));
        let times = |state: &Self, said: &String| state.0.get(said).copied().unwrap_or_default();
        let both = all.map(|said| (said, times(self, said), times(there, said)));
        both.filter(|(_, here, there)| here != there)
            .map(|(said, here, there)| format!("{said}: {here} and {there}"))
            .collect()
    }

    fn count(&mut self, said: String) {
        *self.0.entry(said).or_default() += 1;
    }
}

/// Names of fields are told apart; identifiers in their place are not.
fn told(name: &str) -> &str {
    if name.len() >= 32 && name.contains('-') { "one" } else { name }
}

fn made_up(title: &str, said: &Value) -> bool {
    let name = title.rsplit('.').next().unwrap_or_default().to_lowercase();
    // Vault gives the versions of a symmetric key as the times they were made.
    MADE_UP.iter().any(|part| name.contains(part))
        || MADE_UP_ENDS.iter().any(|end| name.ends_with(end))
        || name == "key"
        || said.as_u64().is_some_and(|number| number > 1_000_000_000)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn state(said: Value) -> State {
        let mut state = State::default();
        state.add("key", &said, &["n7x"]);
        state
    }

    #[test]
    fn what_is_made_up_is_counted_and_not_told_apart() {
        let one =
            state(json!({"KeyId": "1", "KeyState": "Enabled", "Description": "of n7x", "Tags": [{"TagKey": "a"}]}));
        let twin =
            state(json!({"KeyId": "2", "KeyState": "Enabled", "Description": "of #", "Tags": [{"TagKey": "a"}]}));
        assert_eq!(one, twin);
        let twice = state(
            json!({"KeyId": "1", "KeyState": "Enabled", "Description": "of #", "Tags": [{"TagKey": "a"}, {"TagKey": "a"}]}),
        );
        let differences = one.differences(&twice);
        assert!(differences.contains(&"key.Tags.TagKey = a: 1 and 2".to_owned()), "{differences:?}");
        let deleted = state(json!({"deletion_time": "2026"}));
        assert_ne!(deleted, state(json!({"deletion_time": ""})));
    }
}
