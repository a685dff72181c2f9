//! Known items for each server, put in and read back through plain HTTP.

pub mod amazon;
pub mod azure;
pub mod openbao;

mod issued;

pub use issued::{Issued, issue};

use crate::{Failure, Result};

/// Names, descriptions and tags that must come through as text: markup, a right-to-left mark, a zero-width space.
pub const MARKUP: &str = "<img src=x onerror=\"alert('1')\">&amp;{{7*7}}";
/// A text that reads otherwise than it is stored (CVE-2021-42574).
pub const RIGHT_TO_LEFT: &str = "invoice\u{202e}fdp.exe\u{200b}";

/// 8,192 characters, the longest description of a KMS key, markup among them and its end recognisable.
pub fn long_text() -> String {
    let mut text = String::from("<script>begin</script> ");
    while text.len() < 8_192 - 5 {
        text.push('x');
    }
    text.push_str("<end>");
    text
}

/// The DER in a PEM text of one block, read by no crate of the app.
pub fn pem_to_der(pem: &str) -> Result<Vec<u8>> {
    let body: String = pem.lines().filter(|line| !line.starts_with("-----")).map(str::trim).collect();
    base64(&body)
}

/// The DER of each block of a PEM text.
pub fn pems_to_ders(pem: &str) -> Result<Vec<Vec<u8>>> {
    pem.split_inclusive("-----END CERTIFICATE-----").filter(|part| part.contains("BEGIN")).map(pem_to_der).collect()
}

/// Standard base64 with padding (RFC 4648, 4).
pub fn base64(text: &str) -> Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    let mut bits = 0_u32;
    let mut held = 0_u32;
    for c in text.trim_end_matches('=').bytes() {
        let six = ALPHABET.iter().position(|letter| *letter == c);
        let six = six.ok_or_else(|| Failure::new(format!("{:?} is not base64", char::from(c))))?;
        bits = bits << 6 | u32::try_from(six).unwrap_or_default();
        held += 6;
        if held >= 8 {
            held -= 8;
            bytes.push((bits >> held & 0xff) as u8);
        }
    }
    Ok(bytes)
}

/// The same written.
pub fn to_base64(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for three in bytes.chunks(3) {
        let bits = three.iter().fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - three.len()));
        for at in 0..4 {
            let letter = ALPHABET[(bits >> (18 - 6 * at) & 63) as usize];
            text.push(if at <= three.len() { char::from(letter) } else { '=' });
        }
    }
    text
}

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// A text of an answer, or where it is missing.
pub(crate) fn text(answer: &serde_json::Value, pointer: &str) -> Result<String> {
    let found = answer.pointer(pointer).and_then(serde_json::Value::as_str);
    found.map(str::to_owned).ok_or_else(|| Failure::new(format!("no {pointer} in {answer}")))
}

/// The texts of a list in an answer; none if the list is missing.
pub(crate) fn texts(answer: &serde_json::Value, pointer: &str) -> Vec<String> {
    let list = answer.pointer(pointer).and_then(serde_json::Value::as_array);
    list.into_iter().flatten().filter_map(|it| it.as_str().map(str::to_owned)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_has_the_vectors_of_rfc_4648() {
        for (plain, coded) in [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")] {
            assert_eq!(to_base64(plain.as_bytes()), coded);
            assert_eq!(base64(coded).unwrap(), plain.as_bytes());
        }
        assert!(base64("Zm9_").is_err());
    }

    #[test]
    fn the_long_text_is_as_long_as_a_description_may_be() {
        assert_eq!(long_text().chars().count(), 8_192);
    }
}
