//! Distinguished names as text (RFC 4514), last part first.
//!
//! Own code beside x509-cert's `Display`, which shows a BMPString, and a PrintableString with an underscore or an
//! asterisk in it, as hex: both are common in certificates that people have.

use der::{Encode, Tag, Tagged, asn1::Any};
use x509_cert::{attr::AttributeTypeAndValue, name::Name};

/// The short names of RFC 4514, 3, then others that people know (RFC 4519, RFC 2985, CA/Browser Forum).
const TYPES: [(&str, &str); 22] = [
    ("2.5.4.3", "CN"),
    ("2.5.4.7", "L"),
    ("2.5.4.8", "ST"),
    ("2.5.4.10", "O"),
    ("2.5.4.11", "OU"),
    ("2.5.4.6", "C"),
    ("2.5.4.9", "STREET"),
    ("0.9.2342.19200300.100.1.25", "DC"),
    ("0.9.2342.19200300.100.1.1", "UID"),
    ("1.2.840.113549.1.9.1", "emailAddress"),
    ("2.5.4.4", "SN"),
    ("2.5.4.5", "serialNumber"),
    ("2.5.4.12", "title"),
    ("2.5.4.13", "description"),
    ("2.5.4.15", "businessCategory"),
    ("2.5.4.17", "postalCode"),
    ("2.5.4.42", "givenName"),
    ("2.5.4.46", "dnQualifier"),
    ("2.5.4.65", "pseudonym"),
    ("2.5.4.97", "organizationIdentifier"),
    ("1.3.6.1.4.1.311.60.2.1.2", "jurisdictionST"),
    ("1.3.6.1.4.1.311.60.2.1.3", "jurisdictionC"),
];

/// The text of a name; empty for an empty one.
pub(super) fn text(name: &Name) -> String {
    let mut parts: Vec<String> =
        name.iter_rdn().map(|part| part.iter().map(attribute).collect::<Vec<String>>().join("+")).collect();
    parts.reverse();
    parts.join(",")
}

fn attribute(attribute: &AttributeTypeAndValue) -> String {
    let dotted = attribute.oid.to_string();
    let kind = TYPES.iter().find(|(number, _)| *number == dotted).map_or(dotted.as_str(), |(_, short)| short);
    match characters(&attribute.value) {
        Some(value) => format!("{kind}={}", escaped(&value)),
        None => format!("{kind}=#{}", hexadecimal(&attribute.value)),
    }
}

/// The characters of a string type, as it is found and not as it should be.
fn characters(value: &Any) -> Option<String> {
    let bytes = value.value();
    match value.tag() {
        Tag::Utf8String => String::from_utf8(bytes.to_vec()).ok(),
        Tag::BmpString => {
            let units: Vec<u16> = whole_chunks(bytes)?.map(u16::from_be_bytes).collect();
            String::from_utf16(&units).ok()
        }
        // Teletex is in practice Latin-1, and so is whatever strays into the types that should be ASCII.
        Tag::Ia5String | Tag::NumericString | Tag::PrintableString | Tag::TeletexString | Tag::VisibleString => {
            Some(bytes.iter().map(|byte| char::from(*byte)).collect())
        }
        _ => None,
    }
}

fn whole_chunks<const N: usize>(bytes: &[u8]) -> Option<impl Iterator<Item = [u8; N]>> {
    let (chunks, rest) = bytes.as_chunks::<N>();
    rest.is_empty().then(|| chunks.iter().copied())
}

/// RFC 4514, 2.4.
fn escaped(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    let last = value.char_indices().next_back().map(|(at, _)| at);
    for (at, character) in value.char_indices() {
        match character {
            '"' | '+' | ',' | ';' | '<' | '>' | '\\' => out.extend(['\\', character]),
            '#' if at == 0 => out.push_str("\\#"),
            ' ' if at == 0 || Some(at) == last => out.push_str("\\ "),
            control if control.is_control() => {
                let mut bytes = [0; 4];
                for byte in control.encode_utf8(&mut bytes).bytes() {
                    out.push_str(&format!("\\{byte:02X}"));
                }
            }
            other => out.push(other),
        }
    }
    out
}

fn hexadecimal(value: &Any) -> String {
    value.to_der().unwrap_or_default().iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use std::str::FromStr;

    use der::asn1::ObjectIdentifier;
    use x509_cert::name::{RdnSequence, RelativeDistinguishedName};

    use super::*;

    fn one(oid: &str, tag: Tag, bytes: &[u8]) -> String {
        let value = Any::new(tag, bytes).unwrap();
        let attribute = AttributeTypeAndValue { oid: ObjectIdentifier::new_unwrap(oid), value };
        let part = RelativeDistinguishedName::try_from(vec![attribute]).unwrap();
        let mut sequence = RdnSequence::default();
        sequence.push(part);
        text(&der::Decode::from_der(&sequence.to_der().unwrap()).unwrap())
    }

    #[test]
    fn examples_of_rfc_4514_section_4() {
        for example in [
            "UID=jsmith,DC=example,DC=net",
            "OU=Sales+CN=J.  Smith,DC=example,DC=net",
            r#"CN=James \"Jim\" Smith\, III,DC=example,DC=net"#,
            "CN=Lučić",
        ] {
            assert_eq!(text(&Name::from_str(example).unwrap()), example);
        }
        assert_eq!(one("2.5.4.3", Tag::Utf8String, b"Before\rAfter"), r"CN=Before\0DAfter");
        assert_eq!(one("1.3.6.1.4.1.1466.0", Tag::OctetString, b"Hi"), "1.3.6.1.4.1.1466.0=#04024869");
    }

    #[test]
    fn every_string_type_is_shown_as_text() {
        assert_eq!(one("2.5.4.3", Tag::BmpString, &[1, 0x7b, 0, 0xf3]), "CN=Żó");
        assert_eq!(one("2.5.4.3", Tag::BmpString, &[1]), "CN=#1e0101");
        assert_eq!(one("2.5.4.10", Tag::PrintableString, b"*_a@b"), "O=*_a@b");
        assert_eq!(one("2.5.4.7", Tag::TeletexString, b"M\xfcnchen"), "L=München");
        assert_eq!(one("1.2.840.113549.1.9.1", Tag::Ia5String, b"a@b.c"), "emailAddress=a@b.c");
        assert_eq!(one("1.2.3", Tag::Utf8String, b" #x "), r"1.2.3=\ #x\ ");
        assert_eq!(one("2.5.4.3", Tag::Utf8String, b"#x"), r"CN=\#x");
        assert_eq!(one("2.5.4.3", Tag::Utf8String, "\u{85}".as_bytes()), r"CN=\C2\85");
    }
}
