//! Subject alternative names (RFC 5280, 4.2.1.6) as text, each with its kind in front.

use std::net::{Ipv4Addr, Ipv6Addr};

use der::asn1::{ObjectIdentifier, Utf8StringRef};
use domain::Result;
use x509_cert::{
    TbsCertificate,
    ext::pkix::{
        SubjectAltName,
        name::{GeneralName, OtherName},
    },
};

use super::{colon_hex, distinguished, extension};

/// The user principal name of Windows, an OtherName that people look for.
const USER_PRINCIPAL_NAME: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.4.1.311.20.2.3");

/// The names of a certificate, in its order.
pub(super) fn of(tbs: &TbsCertificate) -> Result<Vec<String>> {
    let names = extension::<SubjectAltName>(tbs, "subject alternative name")?;
    Ok(names.map(|names| names.0.iter().map(text).collect()).unwrap_or_default())
}

/// One name with its kind in front.
pub(super) fn text(name: &GeneralName) -> String {
    match name {
        GeneralName::DirectoryName(name) => format!("DN:{}", distinguished::text(name)),
        GeneralName::DnsName(name) => format!("DNS:{}", name.as_str()),
        GeneralName::EdiPartyName(_) => "EDI:(not shown)".into(),
        GeneralName::IpAddress(address) => format!("IP:{}", address_text(address.as_bytes())),
        GeneralName::OtherName(other) => other_name(other),
        GeneralName::RegisteredId(id) => format!("RID:{id}"),
        GeneralName::Rfc822Name(name) => format!("EMAIL:{}", name.as_str()),
        GeneralName::UniformResourceIdentifier(uri) => format!("URI:{}", uri.as_str()),
    }
}

fn address_text(bytes: &[u8]) -> String {
    if let Ok(four) = <[u8; 4]>::try_from(bytes) {
        return Ipv4Addr::from(four).to_string();
    }
    if let Ok(sixteen) = <[u8; 16]>::try_from(bytes) {
        return Ipv6Addr::from(sixteen).to_string();
    }
    colon_hex(bytes)
}

fn other_name(other: &OtherName) -> String {
    let text = other.value.decode_as::<Utf8StringRef<'_>>();
    match text {
        Ok(text) if other.type_id == USER_PRINCIPAL_NAME => format!("UPN:{}", text.as_str()),
        Ok(text) => format!("OTHER:{}={}", other.type_id, text.as_str()),
        Err(_) => format!("OTHER:{}", other.type_id),
    }
}
