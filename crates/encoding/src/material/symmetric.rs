//! Symmetric keys from files: the bytes as they are, or written in hex or base64.

use base64ct::{Base64, Encoding};
use domain::{Algorithm, Error, KeyMaterial, Kind, Result, Secret};
use zeroize::Zeroizing;

use super::{TAKE, length};

/// A key of that kind from a file that holds its bytes, or these in hex or base64 (RFC 4648, 4) with white space around
/// them.
///
/// # Errors
/// `Invalid` if the file holds neither; `Unsupported` for a kind that is not symmetric.
pub fn read_symmetric(algorithm: &Algorithm, file: &Secret) -> Result<KeyMaterial> {
    let length = length(algorithm, TAKE)?;
    let found = of_bytes(file.expose(), length).or_else(|| {
        let text = file.expose_text()?.trim();
        of_hex(text, length).or_else(|| of_base64(text, length))
    });
    let bytes = found.ok_or_else(|| {
        let message =
            format!("the file holds neither the {length} bytes of an {algorithm} key nor these in hex or base64");
        Error::new(Kind::Invalid, TAKE, message)
            .with_refused_by("this app")
            .with_next("Choose the file that holds the key alone. Nothing was changed.")
    })?;
    Ok(KeyMaterial { algorithm: algorithm.clone(), bytes })
}

fn of_bytes(bytes: &[u8], length: usize) -> Option<Secret> {
    (bytes.len() == length).then(|| Secret::new(bytes.to_vec()))
}

fn of_hex(text: &str, length: usize) -> Option<Secret> {
    if text.len() != 2 * length || !text.is_ascii() {
        return None;
    }
    let mut bytes = Zeroizing::new(Vec::with_capacity(length));
    for pair in text.as_bytes().chunks(2) {
        let digits = std::str::from_utf8(pair).ok().filter(|pair| pair.bytes().all(|c| c.is_ascii_hexdigit()))?;
        bytes.push(u8::from_str_radix(digits, 16).ok()?);
    }
    Some(Secret::new(std::mem::take(&mut *bytes)))
}

fn of_base64(text: &str, length: usize) -> Option<Secret> {
    let mut buffer = Zeroizing::new(vec![0; text.len()]);
    let decoded = Base64::decode(text, &mut buffer).ok()?;
    of_bytes(decoded, length)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(file: &[u8]) -> Result<KeyMaterial> {
        read_symmetric(&Algorithm::Aes(256), &Secret::new(file.to_vec()))
    }

    #[test]
    fn the_same_key_in_three_spellings() {
        let key: Vec<u8> = (100..132).collect();
        let hex: String = key.iter().map(|byte| format!("{byte:02X}")).collect();
        let base64 = format!(" {}\n", Base64::encode_string(&key));
        for file in [key.as_slice(), hex.as_bytes(), base64.as_bytes()] {
            assert_eq!(read(file).unwrap().bytes.expose(), key);
        }
    }

    #[test]
    fn what_is_no_key_of_the_kind_is_refused_without_being_told() {
        let sign = format!("+{}", "1".repeat(63));
        for file in [&[7; 31][..], b"", &[b'x'; 64], sign.as_bytes(), "é".repeat(32).as_bytes(), b"-----BEGIN"] {
            let error = read(file).unwrap_err();
            assert_eq!(error.kind(), Kind::Invalid);
            assert!(!error.message().contains("xxx") && !error.message().contains("111"), "{error}");
        }
        let pair = read_symmetric(&Algorithm::Ed25519, &Secret::new(vec![7; 32])).unwrap_err();
        assert_eq!(pair.kind(), Kind::Unsupported);
    }
}
