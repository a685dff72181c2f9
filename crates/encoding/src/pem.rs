//! PEM text (RFC 7468). Written strictly: 64 columns, LF, a final newline. Read tolerantly: text around the blocks, CRLF,
//! and any line width, since people paste what they have.

use base64ct::{Base64, Encoding};
use domain::{Error, Kind, Result};
use zeroize::Zeroizing;

/// Columns of a full line of the body (RFC 7468, 2).
const COLUMNS: usize = 64;
const READ: &str = "read PEM";

/// A DER document whose type decides its label, so that no export can put one form under the other's label.
pub(crate) trait Document {
    /// The text between `BEGIN ` and the dashes.
    const LABEL: &'static str;

    /// The bytes of the document.
    fn der(&self) -> &[u8];
}

/// Writes a document under the one label that its type has.
pub(crate) fn write<D: Document>(document: &D) -> String {
    encode(D::LABEL, document.der())
}

/// Writes `der` under `label`: 64 columns, LF, a final newline. Exports of public keys and certificates go through
/// [`export`](crate::export) instead, where the label follows from the form.
pub fn encode(label: &str, der: &[u8]) -> String {
    let mut text = String::with_capacity(encoded_length(label, der));
    push(&mut text, label, der);
    text
}

/// How many bytes [`push`] writes at most.
pub(crate) fn encoded_length(label: &str, der: &[u8]) -> usize {
    let body = der.len().div_ceil(3) * 4;
    body + body.div_ceil(COLUMNS) + 2 * label.len() + 40
}

/// Writes the block behind what is there. Where `text` has the room, nothing of a private key is left in a buffer that it
/// outgrew.
pub(crate) fn push(text: &mut String, label: &str, der: &[u8]) {
    let body = Zeroizing::new(Base64::encode_string(der));
    let line = |text: &mut String, word: &str| {
        for part in ["-----", word, " ", label, "-----\n"] {
            text.push_str(part);
        }
    };
    line(text, "BEGIN");
    let mut rest = body.as_str();
    while !rest.is_empty() {
        let (full, more) = rest.split_at(rest.len().min(COLUMNS));
        text.push_str(full);
        text.push('\n');
        rest = more;
    }
    line(text, "END");
}

/// The text of a file that holds PEM; none of any other file.
#[must_use]
pub fn text_of(file: &[u8]) -> Option<&str> {
    std::str::from_utf8(file).ok().filter(|text| text.contains("-----BEGIN "))
}

/// Reads the only block of `text`: its label and its bytes.
///
/// # Errors
/// [`Kind::Invalid`] if there is no block, more than one, or one that does not parse.
pub fn decode(text: &str) -> Result<(String, Vec<u8>)> {
    let mut blocks = decode_all(text)?.into_iter();
    match (blocks.next(), blocks.next()) {
        (Some(block), None) => Ok(block),
        (Some(_), Some(_)) => Err(invalid("there is more than one PEM block")),
        (None, _) => Err(invalid("there is no PEM block").with_next("Paste the text from -----BEGIN to END-----.")),
    }
}

/// Reads every block of `text` in its order: label and bytes. Text outside the blocks is passed over; no block is an
/// empty answer.
///
/// # Errors
/// [`Kind::Invalid`] if a block has no end, another label at its end, headers (an encrypted key), or is not base64.
pub fn decode_all(text: &str) -> Result<Vec<(String, Vec<u8>)>> {
    // Any of them may be a private key, and be left behind if a later one does not parse.
    let mut blocks: Vec<(String, Zeroizing<Vec<u8>>)> = Vec::new();
    let mut lines = text.lines().map(str::trim);
    while let Some(line) = lines.next() {
        let Some(label) = boundary(line, "BEGIN") else { continue };
        // Room for all of it at once: it may be a private key.
        let mut body = Zeroizing::new(String::with_capacity(text.len()));
        loop {
            let Some(line) = lines.next() else {
                return Err(invalid(format!("the block {label:?} has no end")));
            };
            if let Some(end) = boundary(line, "END") {
                if end != label {
                    return Err(invalid(format!("a block begins as {label:?} and ends as {end:?}")));
                }
                break;
            }
            if line.contains(':') {
                return Err(invalid(format!("the block {label:?} has headers, so it may be encrypted")));
            }
            body.extend(line.split_whitespace());
        }
        let der = Base64::decode_vec(&body)
            .map_err(|error| invalid(format!("the body of {label:?} is not base64")).with_source(error))?;
        if der.is_empty() {
            return Err(invalid(format!("the block {label:?} is empty")));
        }
        blocks.push((label.to_owned(), Zeroizing::new(der)));
    }
    Ok(blocks.into_iter().map(|(label, mut der)| (label, std::mem::take(&mut *der))).collect())
}

fn boundary<'a>(line: &'a str, word: &str) -> Option<&'a str> {
    line.strip_prefix("-----")?.strip_prefix(word)?.strip_prefix(' ')?.strip_suffix("-----")
}

fn invalid(message: impl Into<String>) -> Error {
    Error::new(Kind::Invalid, READ, message)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn pasted_text_is_read_whatever_its_lines_look_like() {
        let der = vec![7_u8; 100];
        let strict = encode("PUBLIC KEY", &der);
        let one_line = strict.replace('\n', "").replace("-----M", "-----\nM");
        for text in [
            strict.clone(),
            strict.replace('\n', "\r\n"),
            format!("Here it is:\n  {}\nRegards", strict.replace('\n', "\n  ")),
            strict.replacen("BwcH", "BwcH\n\n", 1),
            one_line
                .replace("-----BEGIN PUBLIC KEY-----", "-----BEGIN PUBLIC KEY-----\n")
                .replace("-----END", "\n-----END"),
        ] {
            assert_eq!(decode(&text).unwrap(), ("PUBLIC KEY".into(), der.clone()), "{text}");
        }
    }

    #[test]
    fn broken_blocks_are_refused() {
        let good = encode("PUBLIC KEY", &[1, 2, 3]);
        for text in [
            String::new(),
            "MIIB".into(),
            good.replace("END PUBLIC", "END RSA PUBLIC"),
            good.replace("-----END PUBLIC KEY-----", ""),
            good.replace("AQID", "AQI*"),
            good.replace("AQID", ""),
            good.replace("AQID", "Proc-Type: 4,ENCRYPTED\n\nAQID"),
            good.repeat(2),
        ] {
            assert_eq!(decode(&text).unwrap_err().kind(), Kind::Invalid, "{text}");
        }
        assert_eq!(decode_all(&good.repeat(2)).unwrap().len(), 2);
    }

    proptest! {
        #[test]
        fn what_is_written_is_the_strict_form_of_another_library(der in prop::collection::vec(any::<u8>(), 1..400)) {
            let text = encode("CERTIFICATE", &der);
            let theirs = pem_rfc7468::encode_string("CERTIFICATE", pem_rfc7468::LineEnding::LF, &der).unwrap();
            prop_assert_eq!(text.trim_end(), theirs.trim_end());
            prop_assert!(text.ends_with("-----\n"));
            prop_assert_eq!(decode(&text).unwrap(), ("CERTIFICATE".to_owned(), der));
        }

        #[test]
        fn no_text_makes_it_panic(text in "(-----BEGIN [A-Z ]{0,9}-----)?\\PC{0,60}(\n[A-Za-z0-9+/=]{0,70}){0,3}(\n-----END [A-Z ]{0,9}-----)?") {
            let _ = decode_all(&text);
        }
    }
}
