//! ACM certificates, as rows, as opened items, and as DER.

use std::collections::HashSet;

use async_trait::async_trait;
use aws_sdk_acm::types::{CertificateDetail, CertificateExport, CertificateStatus, CertificateSummary, KeyAlgorithm};
use domain::{
    Access, Algorithm, Aspect, Certificates, Curve, Entry, Error, Facet, FacetKind, Item, ItemDetail, ItemKey, Kind,
    Leaves, NativeRow, Result, State,
};
use encoding::{pem, x509};
use futures::{SinkExt, StreamExt, channel::mpsc::Sender, pin_mut, stream};

use crate::{
    Account,
    client::{self, Client},
    keys::or_row,
    locate::{Arn, Service},
    time,
};

const CERTIFICATE: &str = "ACM certificate";

/// So many certificates are described at once, where the list does not tell enough. ACM's quota is 10 a second (User
/// Guide, "Quotas", 2026-11).
const IN_FLIGHT: usize = 8;

/// Sends a row for every certificate.
pub(crate) async fn list(client: &Client, rows: &mut Sender<Entry>) -> Result<()> {
    let pages = client.certificates();
    pin_mut!(pages);
    let mut seen = HashSet::new();
    while let Some(page) = pages.next().await {
        let mut page = page?;
        page.retain(|summary| seen.insert(summary.certificate_arn.clone()));
        let mut items = stream::iter(page).map(|summary| listed(client, summary)).buffer_unordered(IN_FLIGHT);
        while let Some(item) = items.next().await {
            let Some(item) = item else { continue };
            // Nobody listens any more if this fails; the stream is being dropped then, and this with it.
            let _ = rows.send(Entry::Item(Box::new(item))).await;
        }
    }
    Ok(())
}

/// What a row takes; ACM's list and its description both tell it, the older lists only in part.
struct Told {
    domain_name: Option<String>,
    status: Option<CertificateStatus>,
    algorithm: Option<KeyAlgorithm>,
    export: Option<CertificateExport>,
    created: Option<aws_sdk_acm::primitives::DateTime>,
    not_after: Option<aws_sdk_acm::primitives::DateTime>,
}

async fn listed(client: &Client, summary: CertificateSummary) -> Option<Item> {
    let arn = summary.certificate_arn?;
    let key = Service::Acm.key(client.region(), Arn::parse(&arn)?.id);
    let told = Told {
        domain_name: summary.domain_name,
        status: summary.status,
        algorithm: summary.key_algorithm,
        export: summary.export_option,
        created: summary.created_at.or(summary.imported_at),
        not_after: summary.not_after,
    };
    let whole = match told.status {
        Some(CertificateStatus::Issued) => told.not_after.is_some() && told.algorithm.is_some(),
        Some(_) => true,
        None => false,
    };
    if whole {
        return Some(item(key, told));
    }
    Some(match client.describe_certificate(&arn).await {
        Ok(detail) => item(key, of_detail(&detail)),
        Err(error) => Item { trouble: Some(error), ..item(key, told) },
    })
}

fn of_detail(detail: &CertificateDetail) -> Told {
    let options = detail.options.as_ref();
    Told {
        domain_name: detail.domain_name.clone(),
        status: detail.status.clone(),
        algorithm: detail.key_algorithm.clone(),
        export: options.and_then(|options| options.export.clone()),
        created: detail.created_at.or(detail.imported_at),
        not_after: detail.not_after,
    }
}

fn item(key: ItemKey, told: Told) -> Item {
    let leaves = match told.export {
        Some(CertificateExport::Enabled) => Leaves::PrivateMaterial,
        Some(_) | None => Leaves::PublicPart,
    };
    let facet = |kind, leaves| Facet::open(kind, leaves).with_access(Access::Untested);
    Item {
        name: told.domain_name.unwrap_or_else(|| key.id.clone()),
        native_kind: CERTIFICATE,
        facets: vec![facet(FacetKind::Certificate, Leaves::PublicPart), facet(FacetKind::Key, leaves)],
        algorithm: told.algorithm.as_ref().map(algorithm),
        state: match told.status {
            Some(CertificateStatus::Issued) => State::Enabled,
            Some(CertificateStatus::Expired) => State::Expired,
            Some(CertificateStatus::Inactive) => State::Disabled,
            Some(other) => State::Other(other.as_str().to_owned()),
            None => State::Unknown,
        },
        created: told.created.as_ref().and_then(time),
        expires: told.not_after.as_ref().and_then(time),
        current_version: None,
        trouble: None,
        key,
    }
}

/// Kinds of keys as ACM names them; its descriptions write `RSA-2048`, its lists `RSA_2048`.
fn algorithm(kind: &KeyAlgorithm) -> Algorithm {
    let word = kind.as_str();
    match word.replace('-', "_").as_str() {
        "RSA_1024" => Algorithm::Rsa(1024),
        "RSA_2048" => Algorithm::Rsa(2048),
        "RSA_3072" => Algorithm::Rsa(3072),
        "RSA_4096" => Algorithm::Rsa(4096),
        "EC_prime256v1" => Algorithm::Ec(Curve::P256),
        "EC_secp384r1" => Algorithm::Ec(Curve::P384),
        "EC_secp521r1" => Algorithm::Ec(Curve::P521),
        _ => Algorithm::Other(word.to_owned()),
    }
}

/// Reads one certificate afresh.
pub(crate) async fn open(client: &Client, key: &ItemKey, arn: &str) -> Result<ItemDetail> {
    let (detail, tags, chain) =
        futures::join!(client.describe_certificate(arn), client.certificate_tags(arn), chain(client, arn));
    let detail = detail?;
    let mut rows = native_rows(&detail);
    let tags = or_row(tags, "Tags", &mut rows);
    let mut item = item(key.clone(), of_detail(&detail));
    let access = match chain {
        Ok(_) => Access::Open,
        Err(error) if error.kind() == Kind::Denied => Access::Closed {
            permission: client::GET_CERTIFICATE.permission.to_owned(),
            because: error.message().to_owned(),
        },
        Err(error) => {
            rows.push(NativeRow::new("Certificate", format!("not told: {}", error.message())));
            Access::Untested
        }
    };
    for facet in &mut item.facets {
        facet.access = access.clone();
    }
    let mut aspects = Vec::new();
    aspects.extend((!tags.is_empty()).then_some(Aspect::Tags(tags)));
    aspects.push(Aspect::Native(rows));
    Ok(ItemDetail { item, versions: Vec::new(), aspects })
}

/// The certificate and its issuers as ACM keeps them, leaf first.
async fn chain(client: &Client, arn: &str) -> Result<Vec<Vec<u8>>> {
    let (leaf, issuers) = client.certificate(arn).await?;
    let mut ders = decoded(&leaf)?;
    if let Some(issuers) = issuers.filter(|text| !text.trim().is_empty()) {
        ders.extend(decoded(&issuers)?);
    }
    Ok(ders)
}

fn decoded(text: &str) -> Result<Vec<Vec<u8>>> {
    let blocks = pem::decode_all(text).map_err(|error| {
        let message = format!("AWS sent a certificate that is not PEM: {}", error.message());
        Error::new(Kind::Invalid, client::GET_CERTIFICATE.operation, message)
    })?;
    Ok(blocks.into_iter().map(|(_, der)| der).collect())
}

/// The public key in the certificate, as DER.
pub(crate) async fn public_key(client: &Client, arn: &str, version: Option<&str>) -> Result<Vec<u8>> {
    refuse_version(version)?;
    let ders = chain(client, arn).await?;
    let leaf = ders.first().ok_or_else(|| crate::error::incomplete(client::GET_CERTIFICATE, "certificate"))?;
    Ok(x509::Certificate::parse(leaf)?.public_key()?.spki_der().to_vec())
}

fn refuse_version(version: Option<&str>) -> Result<()> {
    version.map_or(Ok(()), |version| {
        let message = format!("an ACM certificate has no versions, so none called {version:?}");
        Err(Error::new(Kind::NotFound, client::GET_CERTIFICATE.operation, message))
    })
}

fn native_rows(detail: &CertificateDetail) -> Vec<NativeRow> {
    let instant = |at: Option<&aws_sdk_acm::primitives::DateTime>| at.and_then(time).map(|at| at.to_string());
    let joined = |words: &[String]| (!words.is_empty()).then(|| words.join(", "));
    [
        ("CertificateArn", detail.certificate_arn.clone()),
        ("Type", detail.r#type.as_ref().map(ToString::to_string)),
        ("Status", detail.status.as_ref().map(ToString::to_string)),
        ("FailureReason", detail.failure_reason.as_ref().map(ToString::to_string)),
        ("SubjectAlternativeNames", joined(detail.subject_alternative_names())),
        ("Subject", detail.subject.clone()),
        ("Issuer", detail.issuer.clone()),
        ("Serial", detail.serial.clone()),
        ("KeyAlgorithm", detail.key_algorithm.as_ref().map(ToString::to_string)),
        ("SignatureAlgorithm", detail.signature_algorithm.clone()),
        ("InUseBy", joined(detail.in_use_by())),
        ("CertificateAuthorityArn", detail.certificate_authority_arn.clone()),
        ("RenewalEligibility", detail.renewal_eligibility.as_ref().map(ToString::to_string)),
        ("ManagedBy", detail.managed_by.as_ref().map(ToString::to_string)),
        ("IssuedAt", instant(detail.issued_at.as_ref())),
        ("ImportedAt", instant(detail.imported_at.as_ref())),
        ("NotBefore", instant(detail.not_before.as_ref())),
        ("RevokedAt", instant(detail.revoked_at.as_ref())),
        ("RevocationReason", detail.revocation_reason.as_ref().map(ToString::to_string)),
    ]
    .into_iter()
    .filter_map(|(name, value)| Some(NativeRow::new(name, value?)))
    .collect()
}

#[async_trait]
impl Certificates for Account {
    async fn chain(&self, item: &ItemKey, version: Option<&str>) -> Result<Vec<Vec<u8>>> {
        let (client, service, arn) = self.address(item).await?;
        match service {
            Service::Acm => {
                refuse_version(version)?;
                chain(&client, &arn).await
            }
            Service::Kms | Service::SecretsManager => {
                let message = "only ACM certificates are certificates";
                Err(Error::new(Kind::Unsupported, client::GET_CERTIFICATE.operation, message))
            }
        }
    }
}
