//! Values of KV paths: the one place where a secret is read.

use async_trait::async_trait;
use domain::{Error, ItemKey, Kind, Result, Secret, Secrets};
use serde::Deserialize;
use serde_json::value::RawValue;
use zeroize::Zeroizing;

use crate::{Cluster, error, kv, wire::Answer};

const OPERATION: &str = "read the value";

/// Borrowed from the answer, whose memory is wiped; a parsed value would be a second copy, and would round numbers.
#[derive(Deserialize)]
struct Read<'a> {
    #[serde(borrow)]
    data: Generation<'a>,
}

#[derive(Deserialize)]
struct Generation<'a> {
    #[serde(borrow)]
    data: Option<&'a RawValue>,
    #[serde(default)]
    metadata: Metadata,
}

#[derive(Default, Deserialize)]
struct Metadata {
    #[serde(default)]
    version: u64,
    #[serde(default)]
    deletion_time: String,
    #[serde(default)]
    destroyed: bool,
}

#[async_trait]
impl Secrets for Cluster {
    /// The value is the path's JSON object as text, indented, otherwise as it was written.
    async fn value(&self, item: &ItemKey, version: Option<&str>) -> Result<Secret> {
        if !item.id.starts_with(kv::DATA) {
            let message = format!("{} holds no secret value; only KV paths do", item.id);
            return Err(Error::new(Kind::Unsupported, OPERATION, message));
        }
        let path = format!("{}/{}", item.vault, item.id);
        let no_such = |version: &str| {
            Error::new(Kind::NotFound, OPERATION, format!("the path has no version {version}"))
                .with_next("Choose one of its versions.")
        };
        // The server takes version 0 for the latest, which would be another one than was asked for.
        let version = version
            .map(|text| text.parse().ok().filter(|number: &u64| *number > 0).ok_or_else(|| no_such(text)))
            .transpose()?
            .map(|number| number.to_string());
        let query = version.as_deref().map(|version| ("version", version));
        let answer = self.client.read_secret(OPERATION, &path, query.as_slice()).await;
        let answer = answer.map_err(|error| match &version {
            Some(version) if error.kind() == Kind::NotFound => no_such(version),
            Some(_) | None => error,
        })?;
        value_of(&answer)
    }
}

fn value_of(answer: &Answer) -> Result<Secret> {
    Ok(Secret::new(indent(data_of(answer)?.get())))
}

/// The value in an answer, as it was written, or why there is none.
pub(crate) fn data_of(answer: &Answer) -> Result<&RawValue> {
    let read: Read<'_> =
        serde_json::from_slice(&answer.body).map_err(|cause| error::of_json(OPERATION, &cause, answer))?;
    let metadata = read.data.metadata;
    match read.data.data.filter(|data| data.get() != "null") {
        Some(data) => Ok(data),
        None if metadata.destroyed => {
            let message = format!("version {} was destroyed: its value is gone for good", metadata.version);
            Err(Error::new(Kind::NotFound, OPERATION, message).with_next("Choose another version."))
        }
        None => {
            let message = format!("version {} was deleted at {}", metadata.version, metadata.deletion_time);
            Err(Error::new(Kind::NotFound, OPERATION, message)
                .with_next("Choose another version; somebody with the permission can undelete this one."))
        }
    }
}

/// Indents JSON by two spaces without touching its numbers, strings and order. Writes into memory that is large enough
/// from the start, since a growing `Vec` would leave copies behind.
fn indent(json: &str) -> Vec<u8> {
    let mut measure = 0;
    walk(json, &mut |text| measure += text.len());
    let mut out = Zeroizing::new(Vec::with_capacity(measure));
    walk(json, &mut |text| out.extend_from_slice(text.as_bytes()));
    std::mem::take(&mut *out)
}

/// Hands out the indented form of a valid JSON text piece by piece.
fn walk(json: &str, write: &mut dyn FnMut(&str)) {
    let mut depth = 0_usize;
    let mut in_string = false;
    let mut escaped = false;
    let mut rest = json.char_indices().peekable();
    let line = |depth: usize, write: &mut dyn FnMut(&str)| {
        write("\n");
        (0..depth).for_each(|_| write("  "));
    };
    while let Some((at, c)) = rest.next() {
        let piece = &json[at..at + c.len_utf8()];
        if in_string {
            write(piece);
            in_string = escaped || c != '"';
            escaped = !escaped && c == '\\';
            continue;
        }
        match c {
            ' ' | '\t' | '\n' | '\r' => {}
            '{' | '[' => {
                write(piece);
                while rest.next_if(|(_, next)| next.is_ascii_whitespace()).is_some() {}
                if let Some((_, close)) = rest.next_if(|(_, next)| matches!(next, '}' | ']')) {
                    write(if close == '}' { "}" } else { "]" });
                } else {
                    depth += 1;
                    line(depth, write);
                }
            }
            '}' | ']' => {
                depth = depth.saturating_sub(1);
                line(depth, write);
                write(piece);
            }
            ',' => {
                write(piece);
                line(depth, write);
            }
            ':' => write(": "),
            _ => {
                write(piece);
                in_string = c == '"';
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(status: u16, body: &str) -> Result<String> {
        let secret = value_of(&Answer::recorded(status, "application/json", body))?;
        Ok(secret.expose_text().unwrap().to_owned())
    }

    #[test]
    fn the_indented_form_is_that_of_serde_json() {
        for json in [
            r#"{"user":"u","pass\"word{":"h,:}]\\","n":[1,-2.5,{"a":[]},{}],"t":true,"ü":" \\\\\" "}"#,
            r#"{ "a" : { } , "b" : [ ] , "c":[ [ ] ] }"#,
            "{}",
        ] {
            let due = serde_json::to_string_pretty(&serde_json::from_str::<serde_json::Value>(json).unwrap()).unwrap();
            assert_eq!(String::from_utf8(indent(json)).unwrap(), due);
        }
    }

    #[test]
    fn numbers_come_out_as_they_were_written() {
        let body = r#"{"data":{"data":{"pin":123456789012345678901234567890,"x":1.10},"metadata":{"version":1}}}"#;
        assert_eq!(value(200, body).unwrap(), "{\n  \"pin\": 123456789012345678901234567890,\n  \"x\": 1.10\n}");
    }

    #[test]
    fn a_version_without_a_value_says_why() {
        let recorded = |destroyed, at| {
            format!(
                r#"{{"data":{{"data":null,"metadata":{{"created_time":"2026-11-23T13:00:14Z","custom_metadata":null,
                "deletion_time":"{at}","destroyed":{destroyed},"version":2}}}}}}"#
            )
        };
        let destroyed = value(404, &recorded(true, "")).unwrap_err();
        assert_eq!(destroyed.kind(), Kind::NotFound);
        assert!(destroyed.message().contains("destroyed"));
        let deleted = value(404, &recorded(false, "2026-11-23T13:00:14Z")).unwrap_err();
        assert_eq!(deleted.message(), "version 2 was deleted at 2026-11-23T13:00:14Z");
    }
}
