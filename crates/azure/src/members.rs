//! The members of an object that a call can set: in the form of the API, as they are now, and as a person writes them.

use std::collections::BTreeMap;

use domain::{Result, Timestamp};
use jiff::{civil::Date, tz::TimeZone};
use serde_json::{Map, Value, json};

use crate::{plan::unfit, standing::There};

/// The same members as in `body`, as the object has them now, in the very form in which they are sent.
pub(crate) fn now(body: &Map<String, Value>, object: &There) -> Map<String, Value> {
    let attributes = &object.current.attributes;
    let attribute = |name: &str| match name {
        "enabled" => json!(attributes.enabled != Some(false)),
        "exp" => json!(attributes.exp),
        "nbf" => json!(attributes.nbf),
        _ => Value::Null,
    };
    body.iter()
        .map(|(name, wanted)| {
            let now = match (name.as_str(), wanted) {
                ("attributes", Value::Object(wanted)) => {
                    wanted.keys().map(|name| (name.clone(), attribute(name))).collect::<Map<_, _>>().into()
                }
                ("contentType", _) => json!(object.current.content_type.clone().unwrap_or_default()),
                ("key_ops", _) => json!(object.operations),
                ("tags", _) => json!(object.current.tags),
                _ => Value::Null,
            };
            (name.clone(), now)
        })
        .collect()
}

/// Tags as the answer to a question of the kind `Pairs`.
pub(crate) fn pairs(tags: &BTreeMap<String, String>) -> String {
    Value::Array(tags.iter().map(|(key, value)| json!([key, value])).collect()).to_string()
}

/// Tags that Azure takes. Source: "About keys, secrets, and certificates": 15 tags, 256 characters each.
///
/// # Errors
/// `Invalid`, naming the tag.
pub(crate) fn fitting(tags: BTreeMap<String, String>) -> Result<BTreeMap<String, String>> {
    const MOST: usize = 15;
    const LONGEST: usize = 256;
    if let Some((key, _)) =
        tags.iter().find(|(key, value)| key.is_empty() || key.chars().count().max(value.chars().count()) > LONGEST)
    {
        return Err(unfit(format!(
            "the tag {key:?} does not fit: names have 1 to {LONGEST} characters, values at most"
        )));
    }
    if tags.len() > MOST {
        return Err(unfit(format!("Azure keeps at most {MOST} tags, and these are {}", tags.len())));
    }
    Ok(tags)
}

/// A time as it was written: RFC 3339, or a day, which begins at midnight UTC. In seconds, as Azure counts.
///
/// # Errors
/// `Invalid` for another form.
pub(crate) fn second(name: &str, text: &str) -> Result<i64> {
    let text = text.trim();
    let day = |text: &str| text.parse::<Date>().ok()?.to_zoned(TimeZone::UTC).ok().map(|day| day.timestamp());
    let at = match text.contains(['T', 't', ' ']) {
        true => text.parse::<Timestamp>().ok(),
        false => day(text),
    };
    at.map(Timestamp::as_second).ok_or_else(|| {
        unfit(format!("{name} is a day such as 2027-01-31, or a time such as 2027-01-31T12:00:00Z, not {text:?}"))
    })
}

/// A time as a person reads it, and `az` takes it.
pub(crate) fn written(second: i64) -> String {
    Timestamp::from_second(second).map_or_else(|_| second.to_string(), |at| at.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_and_a_time_are_read_in_utc_and_written_back() {
        assert_eq!(second("expires", "2027-01-31").unwrap(), 1_801_353_600);
        assert_eq!(second("expires", "2027-01-31T01:00:00+01:00").unwrap(), 1_801_353_600);
        assert_eq!(second("expires", &written(1_801_353_600)).unwrap(), 1_801_353_600);
        for no in ["", "soon", "31.01.2027", "2027-02-30", "2027-01-31T12:00:00"] {
            assert!(second("expires", no).is_err(), "{no}");
        }
    }

    #[test]
    fn what_is_now_has_the_form_of_what_is_sent() {
        let attributes = json!({"enabled": true, "exp": 7, "created": 1});
        let listed = json!({"attributes": attributes, "tags": {"a": "b"}});
        let object = There {
            current: serde_json::from_value(listed).unwrap(),
            version: None,
            operations: vec!["sign".to_owned(), "verify".to_owned()],
            kind: "EC".to_owned(),
        };
        let body = json!({
            "attributes": {"enabled": false, "nbf": 3}, "key_ops": ["sign"], "tags": {}, "contentType": "x",
        });
        let expected = json!({
            "attributes": {"enabled": true, "nbf": null}, "key_ops": ["sign", "verify"], "tags": {"a": "b"},
            "contentType": "",
        });
        assert_eq!(Value::Object(now(body.as_object().unwrap(), &object)), expected);
    }

    #[test]
    fn tags_that_azure_would_refuse_are_refused_before() {
        let tags = |count: usize| (0..count).map(|n| (n.to_string(), String::new())).collect();
        assert!(fitting(tags(15)).is_ok());
        assert!(fitting(tags(16)).is_err());
        assert!(fitting([("k".to_owned(), "é".repeat(256))].into()).is_ok());
        assert!(fitting([("k".to_owned(), "é".repeat(257))].into()).is_err());
        assert!(fitting([(String::new(), "v".to_owned())].into()).is_err());
    }
}
