//! Fetched keys and certificates into files, each proven by `encoding::export`. No I/O.

use base64ct::{Base64, Encoding};
use contract::{ExportFile, ExportRequest, Format, SnowflakeSlot, SnowflakeUser};
use domain::{Error, Kind, Result};
use encoding::{
    PublicKey, export,
    fingerprint::Fingerprints,
    proof::Proven,
    snowflake::{self, Slot},
};

use super::{
    OPERATION,
    file_name::{distinct, file_name},
    formats,
};
use crate::wire;

/// Everything that was exported, before it is put on the wire.
pub(super) struct Outcome {
    pub(super) files: Vec<File>,
    pub(super) failed: Vec<(String, Error)>,
}

pub(super) struct File {
    pub(super) reference: String,
    pub(super) version: Option<String>,
    pub(super) name: String,
    pub(super) proven: Proven,
    /// The one key in it.
    pub(super) key: Option<PublicKey>,
    pub(super) checks: Vec<String>,
}

/// One version of one item, fetched.
pub(super) struct Source {
    pub(super) reference: String,
    pub(super) name: String,
    pub(super) version: Option<String>,
    pub(super) material: Material,
}

pub(super) enum Material {
    Chain(Vec<Vec<u8>>),
    Key(PublicKey),
    /// A signing request as DER.
    Request(Vec<u8>),
}

impl File {
    pub(super) fn on_the_wire(self) -> ExportFile {
        let (text, binary) = match self.proven.text() {
            Some(text) => (text.to_owned(), false),
            None => (Base64::encode_string(self.proven.bytes()), true),
        };
        ExportFile {
            reference: self.reference,
            version: self.version,
            file_name: self.name,
            text,
            binary,
            proof: self.proven.proof().to_owned(),
            fingerprints: self.key.as_ref().map(|key| wire::fingerprints(Fingerprints::of(key))),
            checks: self.checks,
        }
    }
}

/// Writes what was fetched. What cannot be written joins what could not be fetched.
pub(super) fn write_all(request: &ExportRequest, sources: Vec<Source>, mut failed: Vec<(String, Error)>) -> Outcome {
    let mut files = Vec::new();
    if request.format == Format::Jwks {
        let (keys, misfits) = keys_for_set(sources);
        failed.extend(misfits);
        match joined(&keys) {
            Ok(file) => files.extend(file),
            Err(error) => failed.extend(keys.into_iter().map(|(source, _)| (source.reference, error.clone()))),
        }
    } else {
        for source in sources {
            let reference = source.reference.clone();
            match write(request, source) {
                Ok(file) => files.push(file),
                Err(error) => failed.push((reference, error)),
            }
        }
    }
    let names = distinct(files.iter().map(|file| file.name.clone()));
    for (file, name) in files.iter_mut().zip(names) {
        file.name = name;
    }
    Outcome { files, failed }
}

fn write(request: &ExportRequest, source: Source) -> Result<File> {
    let mut checks = Vec::new();
    let (proven, key) = match source.material {
        Material::Chain(chain) => (write_certificate(request.format, &chain)?, None),
        Material::Request(der) => (write_request(request.format, &der)?, None),
        Material::Key(key) => {
            if let (Format::Snowflake, Some(user)) = (request.format, &request.snowflake) {
                checks = snowflake_checks(&key, user);
            }
            (write_key(request, &source.name, &key)?, Some(key))
        }
    };
    let name = file_name(&source.name, source.version.as_deref(), formats::extension(request.format));
    Ok(File { reference: source.reference, version: source.version, name, proven, key, checks })
}

fn write_certificate(format: Format, chain: &[Vec<u8>]) -> Result<Proven> {
    let leaf = chain.first().ok_or_else(|| misfit(format))?;
    match format {
        Format::CertChain => export::certificate_chain_pem(chain),
        Format::CertDer => export::certificate_der(leaf),
        Format::CertP7b => export::certificates_p7b(chain),
        Format::CertPem => export::certificate_pem(leaf),
        Format::CsrPem
        | Format::Fingerprints
        | Format::Jwk
        | Format::Jwks
        | Format::Openssh
        | Format::Pkcs1Pem
        | Format::Snowflake
        | Format::SpkiDer
        | Format::SpkiPem => Err(misfit(format)),
    }
}

fn write_request(format: Format, der: &[u8]) -> Result<Proven> {
    if format == Format::CsrPem { export::signing_request_pem(der) } else { Err(misfit(format)) }
}

fn write_key(request: &ExportRequest, name: &str, key: &PublicKey) -> Result<Proven> {
    match request.format {
        Format::Fingerprints => export::fingerprints(key),
        Format::Jwk => export::jwk(key),
        Format::Openssh => {
            // A line is one line: what the person typed is refused if it is not, what an item is called is made one.
            let one_line = || name.split(|c: char| c.is_control()).collect::<Vec<_>>().join(" ");
            export::openssh(key, &request.comment.clone().unwrap_or_else(one_line))
        }
        Format::Pkcs1Pem => export::pkcs1_pem(key),
        Format::Snowflake => {
            let user = request.snowflake.as_ref().ok_or_else(|| misfit(request.format))?;
            export::snowflake(key, &user.user, slot(user.slot))
        }
        Format::SpkiDer => export::spki_der(key),
        Format::SpkiPem => export::spki_pem(key),
        Format::CertChain | Format::CertDer | Format::CertP7b | Format::CertPem | Format::CsrPem | Format::Jwks => {
            Err(misfit(request.format))
        }
    }
}

type Keyed = (Source, PublicKey);

/// The keys that a set can hold, and the reason for each that it cannot.
fn keys_for_set(sources: Vec<Source>) -> (Vec<Keyed>, Vec<(String, Error)>) {
    let mut keys = Vec::new();
    let mut misfits = Vec::new();
    for source in sources {
        let key = match &source.material {
            Material::Key(key) => export::jwk(key).map(|_| key.clone()),
            Material::Chain(_) | Material::Request(_) => Err(misfit(Format::Jwks)),
        };
        match key {
            Ok(key) => keys.push((source, key)),
            Err(error) => misfits.push((source.reference, error)),
        }
    }
    (keys, misfits)
}

/// One set of all keys. `None` if there are none.
fn joined(keyed: &[Keyed]) -> Result<Option<File>> {
    let Some((first, key)) = keyed.first() else { return Ok(None) };
    let keys: Vec<PublicKey> = keyed.iter().map(|(_, key)| key.clone()).collect();
    let proven = export::jwks(&keys)?;
    let only = keys.len() == 1;
    let version = first.version.clone().filter(|_| only);
    let name = file_name(&first.name, version.as_deref(), formats::extension(Format::Jwks));
    let key = only.then(|| key.clone());
    Ok(Some(File { reference: first.reference.clone(), version, name, proven, key, checks: Vec::new() }))
}

fn snowflake_checks(key: &PublicKey, user: &SnowflakeUser) -> Vec<String> {
    let slot = slot(user.slot);
    let expected = format!(
        "{}; expect {} = {}",
        snowflake::describe_user(&user.user).trim_end_matches(';'),
        slot.fingerprint_property(),
        snowflake::expected(key),
    );
    std::iter::once(expected).chain(snowflake::folding_note(&user.user)).collect()
}

fn slot(slot: SnowflakeSlot) -> Slot {
    match slot {
        SnowflakeSlot::First => Slot::First,
        SnowflakeSlot::Second => Slot::Second,
    }
}

fn misfit(format: Format) -> Error {
    Error::new(Kind::Unexpected, OPERATION, format!("{} does not come from this face of an item", format.name()))
}
