//! Base64 (RFC 4648, sections 4 and 5), read strictly: whole, canonical, no white space.

/// Reads the standard alphabet with its padding.
pub(crate) fn padded(text: &str) -> Option<Vec<u8>> {
    if !text.len().is_multiple_of(4) {
        return None;
    }
    let body = text.strip_suffix("==").or_else(|| text.strip_suffix('=')).unwrap_or(text);
    decode(body, [b'+', b'/']).filter(|bytes| bytes.len().div_ceil(3) * 4 == text.len())
}

/// Reads the standard alphabet without padding, as OpenSSH writes fingerprints.
pub(crate) fn unpadded(text: &str) -> Option<Vec<u8>> {
    decode(text, [b'+', b'/'])
}

/// Reads the URL alphabet without padding, as JOSE writes numbers.
pub(crate) fn url(text: &str) -> Option<Vec<u8>> {
    decode(text, [b'-', b'_'])
}

fn decode(text: &str, last_two: [u8; 2]) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len() * 3 / 4);
    let (mut window, mut bits) = (0_u32, 0_u32);
    for symbol in text.bytes() {
        let value = match symbol {
            b'A'..=b'Z' => symbol - b'A',
            b'a'..=b'z' => symbol - b'a' + 26,
            b'0'..=b'9' => symbol - b'0' + 52,
            _ if symbol == last_two[0] => 62,
            _ if symbol == last_two[1] => 63,
            _ => return None,
        };
        window = (window << 6) | u32::from(value);
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            out.push(u8::try_from(window >> bits).ok()?);
            window &= (1 << bits) - 1;
        }
    }
    // Six left-over bits would be a symbol too many; others must be zero.
    (bits < 6 && window == 0).then_some(out)
}

#[cfg(test)]
mod tests {
    use base64ct::{Base64, Base64Unpadded, Base64UrlUnpadded, Encoding};
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn text_that_is_not_canonical_is_refused() {
        for text in ["A", "AB", "AB=", "AB===", "AA=A", "AB==", "AAB=", "AAAA\n", " AAAA", "AA-_", "AAAA=", "===="] {
            assert_eq!(padded(text), None, "{text}");
        }
        assert_eq!(padded("AA=="), Some(vec![0]));
        assert_eq!(url("AB"), None);
        assert_eq!(url("_w"), Some(vec![255]));
        assert_eq!(padded(""), Some(Vec::new()));
    }

    proptest! {
        #[test]
        fn it_reads_what_another_library_writes(bytes in prop::collection::vec(any::<u8>(), 0..100)) {
            prop_assert_eq!(padded(&Base64::encode_string(&bytes)), Some(bytes.clone()));
            prop_assert_eq!(unpadded(&Base64Unpadded::encode_string(&bytes)), Some(bytes.clone()));
            prop_assert_eq!(url(&Base64UrlUnpadded::encode_string(&bytes)), Some(bytes));
        }

        #[test]
        fn it_refuses_what_another_library_refuses(text in "[A-Za-z0-9+/=]{0,12}") {
            prop_assert_eq!(padded(&text), Base64::decode_vec(&text).ok());
            prop_assert_eq!(unpadded(&text), Base64Unpadded::decode_vec(&text).ok());
        }
    }
}
