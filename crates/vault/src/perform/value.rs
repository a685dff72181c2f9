//! The value of a KV path as the JSON that is sent, made of the secret answer in memory that is wiped.

use base64ct::{Base64, Encoding};
use domain::Secret;
use serde::de::IgnoredAny;
use zeroize::Zeroizing;

use crate::plan::Source;

/// The JSON object of a value.
///
/// # Errors
/// What is wrong with its form, without a word of it.
pub(crate) fn data(source: &Source, given: &Secret) -> Result<Zeroizing<Vec<u8>>, &'static str> {
    match source {
        Source::Field(name) => {
            object([(name.as_str(), text_of(given)?)].into_iter(), name.len() + given.expose().len())
        }
        Source::Lines => {
            let lines = text_of(given)?.lines().filter(|line| !line.trim().is_empty());
            let pairs: Option<Vec<(&str, &str)>> = lines.map(|line| line.split_once('=')).collect();
            let pairs =
                pairs.filter(|pairs| !pairs.is_empty() && pairs.iter().all(|(name, _)| !name.trim().is_empty()));
            let pairs = pairs.ok_or("each line of the value is NAME=VALUE, and there is at least one")?;
            object(pairs.into_iter().map(|(name, value)| (name.trim(), value)), given.expose().len())
        }
        Source::Json => {
            let json = given.expose().trim_ascii();
            let is_object = json.starts_with(b"{") && serde_json::from_slice::<IgnoredAny>(json).is_ok();
            if is_object { Ok(Zeroizing::new(json.to_vec())) } else { Err("the value is not a JSON object") }
        }
        Source::Ciphertext(_) => Err("wrapped material is no value of a path"),
        Source::Version(_) => Err("the value of an older version is read, not given"),
    }
}

/// Wrapped material as a JSON text, in Base64.
///
/// # Errors
/// If it is other material than was planned for, whose SHA-256 in lower-case hex is `sha256`.
pub(super) fn ciphertext(given: &Secret, sha256: &str) -> Result<Zeroizing<Vec<u8>>, &'static str> {
    if encoding::wrap::sha256(given.expose()) != sha256 {
        return Err("the wrapped material is another than the one that was planned for");
    }
    let text = Zeroizing::new(Base64::encode_string(given.expose()));
    let mut json = Zeroizing::new(Vec::with_capacity(text.len() + 2));
    for part in [b"\"", text.as_bytes(), b"\""] {
        json.extend_from_slice(part);
    }
    Ok(json)
}

/// A request's body with the value in it: `{"options":…,"data":…}`.
pub(super) fn body(rest: &str, name: &str, data: &[u8]) -> Zeroizing<Vec<u8>> {
    // `rest` is a JSON object that is not empty, so its last byte closes it.
    let rest = rest.strip_suffix('}').unwrap_or(rest);
    let mut body = Zeroizing::new(Vec::with_capacity(rest.len() + name.len() + data.len() + 16));
    for part in [rest.as_bytes(), b",\"", name.as_bytes(), b"\":", data, b"}"] {
        body.extend_from_slice(part);
    }
    body
}

fn text_of(given: &Secret) -> Result<&str, &'static str> {
    given.expose_text().ok_or("the value is not text")
}

/// Writes pairs as a JSON object into memory that never has to grow: that would leave copies behind.
fn object<'a>(
    pairs: impl Iterator<Item = (&'a str, &'a str)>,
    length: usize,
) -> Result<Zeroizing<Vec<u8>>, &'static str> {
    // Escaping makes one byte six at most, and each pair, of at least one byte, adds six more.
    let mut out = Zeroizing::new(Vec::with_capacity(12 * length + 16));
    for (at, (name, value)) in pairs.enumerate() {
        out.push(if at == 0 { b'{' } else { b',' });
        serde_json::to_writer(&mut *out, name).map_err(|_| "the name could not be written")?;
        out.push(b':');
        serde_json::to_writer(&mut *out, value).map_err(|_| "the value could not be written")?;
    }
    out.push(b'}');
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(source: &Source, text: &str) -> Result<String, &'static str> {
        Ok(String::from_utf8(data(source, &Secret::from_text(text.to_owned()))?.to_vec()).unwrap())
    }

    #[test]
    fn each_form_becomes_the_object_that_was_meant() {
        let field = Source::Field("pass\"word".into());
        assert_eq!(json(&field, "a\n\"b\"").unwrap(), r#"{"pass\"word":"a\n\"b\""}"#);
        assert_eq!(json(&Source::Lines, "user=etl\n\npassword=a=b\r\n").unwrap(), r#"{"user":"etl","password":"a=b"}"#);
        let exact = r#"{"n":123456789012345678901234567890,"x":1.10}"#;
        assert_eq!(json(&Source::Json, &format!(" {exact}\n")).unwrap(), exact);
        assert_eq!(&*body(r#"{"options":{"cas":3}}"#, "data", b"{}"), br#"{"options":{"cas":3},"data":{}}"#);
    }

    #[test]
    fn what_is_no_value_is_told_without_a_word_of_it() {
        for (source, text) in [
            (Source::Json, "[1]"),
            (Source::Json, r#"{"hunter2""#),
            (Source::Json, "hunter2"),
            (Source::Lines, "hunter2"),
            (Source::Lines, "=hunter2"),
            (Source::Lines, "\n"),
        ] {
            let refused = json(&source, text).unwrap_err();
            assert!(!refused.contains("hunter"), "{refused}");
        }
    }
}
