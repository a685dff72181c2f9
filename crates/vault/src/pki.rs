//! The PKI engine: certificates it issued (`MOUNT/cert/SERIAL`) and the issuers it signs with (`MOUNT/issuer/ID`).
//!
//! Servers hand out certificates to everybody, with or without a token, so `sys/capabilities-self` says "deny" for
//! paths that can be read all the same; what counts here is the read itself.

use domain::{
    Aspect, Error, Facet, FacetKind, Item, ItemDetail, ItemKey, Kind, Leaves, NativeRow, Result, State, Timestamp,
};
use encoding::{PublicKey, x509::Certificate};
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::{
    client::{Client, Listed, null_is_empty},
    transit::plain,
};

/// The first part of a certificate's id.
pub(crate) const CERT: &str = "cert/";
/// The first part of an issuer's id.
pub(crate) const ISSUER: &str = "issuer/";

/// What a certificate is called.
pub(crate) const CERTIFICATE_KIND: &str = "PKI certificate";
/// What an issuer is called.
pub(crate) const ISSUER_KIND: &str = "PKI issuer";

const READ: &str = "read the certificate";
/// So many issuers are looked through for a certificate's chain at most.
const MOST_ISSUERS: usize = 64;

/// One certificate or issuer as the server tells it.
#[derive(Debug)]
pub(crate) struct Entry {
    told: Told,
    rows: Map<String, Value>,
    /// What could only be read in the form that is open to everybody.
    trouble: Option<Error>,
}

#[derive(Debug, Deserialize)]
struct Told {
    certificate: String,
    #[serde(default, deserialize_with = "null_is_empty")]
    ca_chain: Chain,
    #[serde(default)]
    issuer_id: Option<String>,
    #[serde(default)]
    issuer_name: Option<String>,
    #[serde(default)]
    key_id: Option<String>,
    #[serde(default)]
    revocation_time: i64,
    #[serde(default)]
    revoked: bool,
}

/// An issuer tells its chain as a list, `cert/ca_chain` as one text.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Chain {
    List(Vec<String>),
    Text(String),
}

impl Default for Chain {
    fn default() -> Self {
        Self::List(Vec::new())
    }
}

/// Lists the serial numbers of the certificates of a mount.
pub(crate) async fn serials(client: &Client, mount: &str) -> Result<Vec<String>> {
    let listed = client.list("list certificates", &format!("{mount}/certs")).await?.keys;
    Ok(listed.iter().map(|serial| canonical_serial(serial)).collect())
}

/// A serial number in the one form that names an item: lower case and with colons. Servers list it with colons or with
/// dashes, by their version, and read either.
pub(crate) fn canonical_serial(serial: &str) -> String {
    let is_serial =
        serial.contains('-') && serial.bytes().all(|byte| byte.is_ascii_hexdigit() || b":-".contains(&byte));
    if is_serial { serial.replace('-', ":").to_ascii_lowercase() } else { serial.to_owned() }
}

/// Lists the issuers of a mount; a server from before there were several has none.
pub(crate) async fn issuers(client: &Client, mount: &str) -> Result<Vec<String>> {
    match client.list("list issuers", &format!("{mount}/issuers")).await {
        Ok(Listed { keys, .. }) => Ok(keys),
        Err(error) if matches!(error.kind(), Kind::NotFound | Kind::Unsupported) => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

/// Reads one certificate or issuer.
pub(crate) async fn read(client: &Client, key: &ItemKey) -> Result<Entry> {
    let path = format!("{}/{}", key.vault, key.id);
    match client.read(READ, &path).await {
        Ok(rows) => Entry::parse(rows, None),
        // The issuer's settings need a permission; its certificate is open to everybody, one path below.
        Err(error) if error.kind() == Kind::Denied && key.id.starts_with(ISSUER) => {
            Entry::parse(client.read(READ, &format!("{path}/json")).await.map_err(|_| error.clone())?, Some(error))
        }
        Err(error) => Err(error),
    }
}

impl Entry {
    fn parse(rows: Map<String, Value>, trouble: Option<Error>) -> Result<Self> {
        let told = Told::deserialize(Value::Object(rows.clone())).map_err(|cause| {
            Error::new(
                Kind::Invalid,
                READ,
                "what the server tells of this certificate does not have the form that was due",
            )
            .with_source(cause)
        })?;
        Ok(Self { told, rows, trouble })
    }

    /// The certificate alone, as DER.
    pub(crate) fn der(&self) -> Result<Vec<u8>> {
        let (label, der) = encoding::pem::decode(&self.told.certificate)?;
        if label != "CERTIFICATE" {
            return Err(Error::new(Kind::Invalid, READ, format!("the server sent a {label:?} as a certificate")));
        }
        Ok(der)
    }

    /// The public key in the certificate.
    pub(crate) fn public_key(&self) -> Result<PublicKey> {
        Certificate::parse(&self.der()?)?.public_key()
    }

    /// The entry as a row. A certificate that does not parse is a row with its trouble.
    pub(crate) fn item(&self, key: ItemKey) -> Item {
        let is_issuer = key.id.starts_with(ISSUER);
        let native_kind = if is_issuer { ISSUER_KIND } else { CERTIFICATE_KIND };
        let certificate = match self.der().and_then(|der| Certificate::parse(&der)) {
            Ok(certificate) => certificate,
            Err(error) => {
                let facets = vec![Facet::open(FacetKind::Certificate, Leaves::PublicPart)];
                let name = self.issuer_name().unwrap_or_else(|| last(&key.id)).to_owned();
                return Item { facets, ..Item::undescribed(key, name, native_kind, error) };
            }
        };
        let revoked = self.told.revoked || self.told.revocation_time > 0;
        let state = if revoked {
            State::Other("revoked".to_owned())
        } else if certificate.not_after < Timestamp::now() {
            State::Expired
        } else {
            State::Enabled
        };
        let signs = is_issuer && self.keeps_private_key();
        let operations: &[&str] = if signs { &["sign certificates", "sign CRLs"] } else { &[] };
        Item {
            name: self.issuer_name().map_or_else(|| name_of(&certificate, &key), str::to_owned),
            native_kind,
            facets: vec![
                Facet::open(FacetKind::Certificate, Leaves::PublicPart),
                Facet::open(FacetKind::Key, Leaves::PublicPart).with_operations(operations.iter().copied()),
            ],
            algorithm: Some(certificate.algorithm.clone()),
            state,
            created: Some(certificate.not_before),
            expires: Some(certificate.not_after),
            current_version: None,
            trouble: self.trouble.clone(),
            key,
        }
    }

    /// The entry with its settings. Neither kind has versions.
    pub(crate) fn detail(&self, key: ItemKey) -> ItemDetail {
        let is_issuer = key.id.starts_with(ISSUER);
        let mut rows: Vec<NativeRow> = self
            .rows
            .iter()
            .filter(|(name, _)| !matches!(name.as_str(), "certificate" | "ca_chain"))
            .filter_map(|(name, told)| Some(NativeRow::new(name.clone(), plain(told)?)))
            .filter(|row| !row.value.is_empty())
            .collect();
        let private_key = match (is_issuer, self.trouble.is_some(), self.keeps_private_key()) {
            (true, true, _) => None,
            (true, false, true) => Some("kept by the mount, which signs with it"),
            (true, false, false) => Some("not kept by the mount: it only knows this issuer's certificate"),
            (false, ..) => Some("not kept with the certificate: it was handed out once when it was issued"),
        };
        rows.extend(private_key.map(|words| NativeRow::new("private key", words)));
        ItemDetail { item: self.item(key), versions: Vec::new(), aspects: vec![Aspect::Native(rows)] }
    }

    fn issuer_name(&self) -> Option<&str> {
        self.told.issuer_name.as_deref().filter(|name| !name.is_empty())
    }

    fn keeps_private_key(&self) -> bool {
        self.told.key_id.as_deref().is_some_and(|id| !id.is_empty())
    }
}

/// The certificate of the item, then its issuers as far as the mount keeps them, each as DER.
pub(crate) async fn chain(client: &Client, key: &ItemKey) -> Result<Vec<Vec<u8>>> {
    let entry = read(client, key).await?;
    let leaf = entry.der()?;
    let above = if key.id.starts_with(ISSUER) {
        entry.told.ca_chain.certificates()?
    } else {
        let issuer = match &entry.told.issuer_id {
            Some(id) if !id.is_empty() => {
                Some(read(client, &ItemKey::new(key.vault.0.as_str(), format!("{ISSUER}{id}"))).await?)
            }
            Some(_) | None => match Certificate::parse(&leaf) {
                Ok(certificate) if !certificate.self_signed => issuer_of(client, key, &certificate).await?,
                Ok(_) | Err(_) => None,
            },
        };
        issuer.map(|issuer| issuer.told.ca_chain.certificates()).transpose()?.unwrap_or_default()
    };
    let mut chain = vec![leaf];
    chain.extend(above.into_iter().filter(|der| der != &chain[0]).collect::<Vec<_>>());
    Ok(chain)
}

/// The issuer of the same mount that signed `certificate`, if it is still there.
async fn issuer_of(client: &Client, key: &ItemKey, certificate: &Certificate) -> Result<Option<Entry>> {
    for id in issuers(client, &key.vault.0).await?.into_iter().take(MOST_ISSUERS) {
        let Ok(entry) = read(client, &ItemKey::new(key.vault.0.as_str(), format!("{ISSUER}{id}"))).await else {
            continue;
        };
        if entry.der().is_ok_and(|issuer| issued(issuer, certificate.der())) {
            return Ok(Some(entry));
        }
    }
    Ok(None)
}

/// Whether the names, and the key identifiers where both tell them, say that `issuer` signed `certificate`: then a chain
/// of the two begins with the certificate, in whatever order they are given.
fn issued(issuer: Vec<u8>, certificate: &[u8]) -> bool {
    encoding::x509::order_chain(vec![issuer, certificate.to_vec()]).first().is_some_and(|leaf| leaf == certificate)
}

impl Chain {
    fn certificates(&self) -> Result<Vec<Vec<u8>>> {
        let text = match self {
            Self::List(list) => list.join("\n"),
            Self::Text(text) => text.clone(),
        };
        if text.trim().is_empty() {
            return Ok(Vec::new());
        }
        Ok(encoding::pem::decode_all(&text)?.into_iter().map(|(_, der)| der).collect())
    }
}

/// What a person calls a certificate: its common name, else its first other name, else its serial number.
fn name_of(certificate: &Certificate, key: &ItemKey) -> String {
    common_name(&certificate.subject)
        .or_else(|| certificate.names.first().and_then(|name| name.split_once(':')).map(|(_, name)| name.to_owned()))
        .unwrap_or_else(|| last(&key.id).to_owned())
}

/// The value of `CN=` in RFC 4514 text, with its escapes undone.
fn common_name(subject: &str) -> Option<String> {
    let mut value = None;
    let mut part = String::new();
    let mut escaped = false;
    for c in subject.chars().chain([',']) {
        match c {
            '\\' if !escaped => escaped = true,
            ',' | '+' if !escaped => {
                value = value.or_else(|| part.trim_start().strip_prefix("CN=").map(str::to_owned));
                part.clear();
            }
            c => {
                part.push(c);
                escaped = false;
            }
        }
    }
    value.filter(|name| !name.is_empty())
}

fn last(id: &str) -> &str {
    id.rsplit('/').next().unwrap_or(id)
}

#[cfg(test)]
mod tests;
