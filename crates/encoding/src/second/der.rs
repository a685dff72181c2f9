//! DER (X.690), as far as keys and certificates need it: definite, minimal lengths and low tag numbers.

pub(crate) const INTEGER: u8 = 0x02;
pub(crate) const BIT_STRING: u8 = 0x03;
pub(crate) const OBJECT_IDENTIFIER: u8 = 0x06;
pub(crate) const SEQUENCE: u8 = 0x30;
pub(crate) const SET: u8 = 0x31;

/// One element.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Element<'a> {
    /// The identifier octet.
    pub(crate) tag: u8,
    /// What is inside.
    pub(crate) value: &'a [u8],
    /// All of it, header included.
    pub(crate) whole: &'a [u8],
}

/// A SubjectPublicKeyInfo taken apart.
#[derive(Debug)]
pub(crate) struct PublicKeyParts<'a> {
    /// The contents of the object identifier.
    pub(crate) kind: &'a [u8],
    /// The bytes of the key.
    pub(crate) key: &'a [u8],
}

/// Takes the first element off `bytes`.
pub(crate) fn next<'a>(bytes: &mut &'a [u8]) -> Option<Element<'a>> {
    let all = *bytes;
    let (&tag, rest) = all.split_first()?;
    let (&first, mut rest) = rest.split_first()?;
    let mut length = usize::from(first);
    if first >= 0x80 {
        let count = usize::from(first & 0x7f);
        if !(1..=4).contains(&count) {
            return None;
        }
        let digits;
        (digits, rest) = rest.split_at_checked(count)?;
        length = digits.iter().fold(0, |sum, digit| (sum << 8) | usize::from(*digit));
        if digits[0] == 0 || length < 0x80 {
            return None;
        }
    }
    let (value, rest) = rest.split_at_checked(length)?;
    *bytes = rest;
    (tag & 0x1f != 0x1f).then_some(Element { tag, value, whole: &all[..all.len() - rest.len()] })
}

/// Takes the first element off `bytes` if it has this tag.
pub(crate) fn expect<'a>(bytes: &mut &'a [u8], tag: u8) -> Option<Element<'a>> {
    let mut ahead = *bytes;
    let element = next(&mut ahead).filter(|element| element.tag == tag)?;
    *bytes = ahead;
    Some(element)
}

/// The only element of `bytes`: nothing may come after it.
pub(crate) fn only(mut bytes: &[u8], tag: u8) -> Option<Element<'_>> {
    expect(&mut bytes, tag).filter(|_| bytes.is_empty())
}

/// Takes a SubjectPublicKeyInfo (RFC 5280, 4.1.2.7) apart.
pub(crate) fn public_key(bytes: &[u8]) -> Option<PublicKeyParts<'_>> {
    let mut inside = only(bytes, SEQUENCE)?.value;
    let mut algorithm = expect(&mut inside, SEQUENCE)?.value;
    let kind = expect(&mut algorithm, OBJECT_IDENTIFIER)?.value;
    if !algorithm.is_empty() {
        next(&mut algorithm)?;
    }
    let (unused_bits, key) = only(inside, BIT_STRING)?.value.split_first()?;
    (*unused_bits == 0 && algorithm.is_empty()).then_some(PublicKeyParts { kind, key })
}

/// The dotted number of an object identifier's contents (X.690, 8.19).
pub(crate) fn dotted(contents: &[u8]) -> Option<String> {
    let mut arcs: Vec<u64> = Vec::new();
    let mut arc = 0_u64;
    for byte in contents {
        arc = arc.checked_mul(128)? + u64::from(byte & 0x7f);
        if byte & 0x80 == 0 {
            arcs.push(arc);
            arc = 0;
        }
    }
    let (first, rest) = arcs.split_first()?;
    let root = (*first / 40).min(2);
    let numbers: Vec<String> = [root, first - 40 * root].iter().chain(rest).map(ToString::to_string).collect();
    contents.last().is_some_and(|last| last & 0x80 == 0).then(|| numbers.join("."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_minimal_and_inside_the_bytes() {
        assert_eq!(only(&[0x30, 0], SEQUENCE).map(|it| it.value.len()), Some(0));
        let long = [&[0x30, 0x81, 0x80][..], &[0; 0x80]].concat();
        assert_eq!(only(&long, SEQUENCE).map(|it| it.value.len()), Some(0x80));
        for bytes in [
            &[][..],
            &[0x30],
            &[0x30, 1],
            &[0x30, 0x80, 0, 0],
            &[0x30, 0x81, 1, 0],
            &[0x30, 0x82, 0, 1, 0],
            &[0x30, 0x85, 0, 0, 0, 0, 1, 0],
            &[0x30, 0, 0],
            &[0x1f, 0],
        ] {
            assert_eq!(only(bytes, bytes.first().copied().unwrap_or(SEQUENCE)), None, "{bytes:?}");
        }
    }

    #[test]
    fn object_identifiers_are_read_to_their_dotted_number() {
        for (contents, dotted_number) in [
            (&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1][..], "1.2.840.113549.1.1.1"),
            (&[0x2b, 0x65, 0x70], "1.3.101.112"),
            (&[0x60, 0x86, 0x48, 1, 0x65, 3, 4, 3, 18], "2.16.840.1.101.3.4.3.18"),
            (&[0x88, 0x37], "2.999"),
        ] {
            assert_eq!(dotted(contents).as_deref(), Some(dotted_number));
        }
        assert_eq!(dotted(&[0x2a, 0x86]), None);
        assert_eq!(dotted(&[]), None);
    }
}
