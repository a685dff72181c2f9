//! Certificates of Key Vault: one object with three faces. The key and the secret that Azure keeps under the same name are
//! shown here and nowhere else.

use async_trait::async_trait;
use base64ct::{Base64, Encoding};
use domain::{
    Access, Aspect, Certificates, Error, Facet, FacetKind, Item, ItemDetail, ItemKey, KeyAndChain, Kind, Leaves,
    NativeRow, Result, VaultId,
};
use encoding::x509;
use zeroize::Zeroizing;

use crate::{
    Tenant,
    client::{GET_CERTIFICATE, GET_KEY, GET_SECRET},
    error,
    inventory::version_of,
    keys::{self, listed_versions},
    locate,
    object::Object,
    secrets,
    wire::{self, Certificate, Jwk, Operation, Policy, instant},
};

/// The row of a policy that says whether a renewal keeps the key, and its word for that.
pub(crate) const KEY_REUSED: &str = "Key reused on renewal";
pub(crate) const YES: &str = "yes";

/// What a list tells of a certificate: it has three faces, and nothing of what they let out.
pub(crate) fn listed_facets() -> Vec<Facet> {
    [
        (FacetKind::Certificate, Leaves::PublicPart),
        (FacetKind::Key, Leaves::PublicPart),
        (FacetKind::Secret, Leaves::PrivateMaterial),
    ]
    .map(|(kind, leaves)| Facet::open(kind, leaves).with_access(Access::Untested))
    .into()
}

/// Reads a certificate afresh: each face by a permission of its own, and the secret's value not at all.
pub(crate) async fn open(tenant: &Tenant, item: &ItemKey) -> Result<ItemDetail> {
    let (_, name) = locate::parts(item)?;
    let (vault, client) = (&item.vault, &tenant.client);
    let (read, key, versions, issuance, readable) = futures::join!(
        client.certificate(vault, name, None),
        keys::of_certificate(tenant, vault, name),
        client.versions(vault, Object::Certificate, name),
        client.issuance(vault, name),
        secrets::may_read(tenant, vault, name),
    );
    let (read, deleted) = match read {
        Err(missing) if missing.kind() == Kind::NotFound => match client.deleted_certificate(vault, name).await {
            Ok(deleted) => (deleted, true),
            // One that was never issued yet has a pending operation and a policy, and no version.
            Err(_) if issuance.is_ok() => (unissued(tenant, vault, name).await?, false),
            Err(_) => return Err(missing),
        },
        // Who may use the key, but not read the certificate, still has a key to look at.
        Err(denied) if denied.kind() == Kind::Denied && key.is_ok() => {
            return Ok(closed(item, name, denied, key, readable));
        }
        read => (read?, false),
    };
    let policy = read.policy.clone().unwrap_or_default();
    let exportable = policy.key_props.exportable;
    let access = tenant.access(vault, Object::Certificate, name, exportable == Some(true)).await;
    let current = version_of(read.id.as_deref());
    let mut aspects = Vec::new();
    if deleted {
        aspects.extend(instant(read.scheduled_purge_date).map(|at| Aspect::PendingDeletion { at }));
    }
    // The operation that made the present certificate is kept, and tells nothing new.
    aspects.extend(issuance.ok().as_ref().filter(|operation| is_open(operation)).map(issuance_aspect));
    aspects.extend(read.policy.as_ref().map(policy_aspect));
    aspects.extend(crate::tags(&read.tags));
    aspects.extend(access);
    let mut rows = native_rows(&read);
    let versions = versions.unwrap_or_else(|error| {
        rows.push(NativeRow::new("versions", error.message()));
        Vec::new()
    });
    aspects.push(Aspect::Native(rows));
    Ok(ItemDetail {
        item: Item {
            key: item.clone(),
            name: name.to_owned(),
            native_kind: Object::Certificate.word(),
            facets: facets(&key, exportable, readable),
            algorithm: key.ok().map(|key| keys::algorithm(&key)),
            state: if read.cer.is_none() && !deleted {
                domain::State::Other("being issued".to_owned())
            } else {
                crate::state(&read.attributes, deleted)
            },
            created: instant(read.attributes.created),
            expires: instant(if deleted { read.scheduled_purge_date } else { read.attributes.exp }),
            current_version: current.clone(),
            trouble: None,
        },
        versions: listed_versions(versions, current.as_deref(), true),
        aspects,
    })
}

async fn unissued(tenant: &Tenant, vault: &VaultId, name: &str) -> Result<Certificate> {
    let policy = tenant.client.certificate_policy(vault, name).await?;
    Ok(Certificate { policy: Some(policy), ..Certificate::default() })
}

fn closed(item: &ItemKey, name: &str, denied: Error, key: Result<Jwk>, readable: Access) -> ItemDetail {
    let mut facets = facets(&key, None, readable);
    for facet in &mut facets {
        if facet.kind == FacetKind::Certificate {
            facet.access = closed_by(&denied);
        }
    }
    let mut row = Item::undescribed(item.clone(), name, Object::Certificate.word(), denied);
    row.facets = facets;
    row.algorithm = key.ok().map(|key| keys::algorithm(&key));
    ItemDetail { item: row, versions: Vec::new(), aspects: Vec::new() }
}

/// The three faces, each with what is known of the way in.
fn facets(key: &Result<Jwk>, exportable: Option<bool>, readable: Access) -> Vec<Facet> {
    let key = match key {
        Ok(key) => keys::facet(key),
        Err(error) => Facet::open(FacetKind::Key, Leaves::PublicPart).with_access(match error.kind() {
            Kind::Denied => closed_by(error),
            _ => Access::Untested,
        }),
    };
    // What is not exportable keeps its private key; its secret then holds the certificate alone.
    let leaves = if exportable == Some(false) { Leaves::PublicPart } else { Leaves::PrivateMaterial };
    vec![
        Facet::open(FacetKind::Certificate, Leaves::PublicPart),
        key,
        Facet::open(FacetKind::Secret, leaves).with_access(readable),
    ]
}

fn closed_by(denied: &Error) -> Access {
    Access::Closed {
        permission: denied.permission().unwrap_or_default().to_owned(),
        because: denied.message().to_owned(),
    }
}

/// The rules of the next certificate, and whether anybody will make it.
pub(crate) fn policy_aspect(policy: &Policy) -> Aspect {
    let issuer = policy.issuer.name.clone().filter(|name| !name.is_empty());
    let renews_itself = issuer.as_deref().is_some_and(|name| !name.eq_ignore_ascii_case("unknown"));
    let action = |kind: &str| {
        policy
            .lifetime_actions
            .iter()
            .find(|action| action.action.action_type.as_deref().is_some_and(|it| it.eq_ignore_ascii_case(kind)))
    };
    let (renewal, renews) = match (renews_itself, action("AutoRenew"), action("EmailContacts")) {
        (true, Some(renew), _) => (format!("Renewed {}.", when(renew)), true),
        (true, None, Some(mail)) => {
            (format!("Nobody will renew this: its contacts are written to {}.", when(mail)), false)
        }
        (true, None, None) => ("Nobody will renew this: its policy has no rule for its end.".to_owned(), false),
        (false, _, Some(mail)) => {
            (format!("Nobody will renew this: it has no issuer. Its contacts are written to {}.", when(mail)), false)
        }
        (false, _, None) => ("Nobody will renew this: it has no issuer.".to_owned(), false),
    };
    Aspect::CertificatePolicy { issuer, renewal, renews, rules: policy_rows(policy) }
}

fn when(action: &wire::LifetimeAction) -> String {
    match (action.trigger.days_before_expiry, action.trigger.lifetime_percentage) {
        (Some(days), _) => format!("{days} days before its end"),
        (None, Some(percentage)) => format!("after {percentage} % of its lifetime"),
        (None, None) => "before its end".to_owned(),
    }
}

fn policy_rows(policy: &Policy) -> Vec<NativeRow> {
    let mut rows = Vec::new();
    let mut row = |name: &str, value: Option<String>| {
        rows.extend(value.filter(|value| !value.is_empty()).map(|value| NativeRow::new(name, value)));
    };
    let (key, x509) = (&policy.key_props, &policy.x509_props);
    row("Subject", x509.subject.clone());
    row("DNS names", Some(x509.sans.dns_names.join(", ")));
    row("E-mail addresses", Some(x509.sans.emails.join(", ")));
    row("User principal names", Some(x509.sans.upns.join(", ")));
    row("Validity in months", x509.validity_months.map(|months| months.to_string()));
    let size = key.key_size.map(|bits| bits.to_string()).or_else(|| key.crv.clone());
    row("Key", key.kty.clone().map(|kind| size.map_or(kind.clone(), |size| format!("{kind} {size}"))));
    row("Private key exportable", key.exportable.map(yes));
    row(KEY_REUSED, key.reuse_key.map(yes));
    row("Kept as", policy.secret_props.content_type.clone());
    row("Certificate type", policy.issuer.cty.clone());
    row("Key usage", Some(x509.key_usage.join(", ")));
    row("Extended key usage", Some(x509.ekus.join(", ")));
    rows
}

fn yes(flag: bool) -> String {
    (if flag { YES } else { "no" }).to_owned()
}

/// Whether an operation still says something: it runs, or it failed.
pub(crate) fn is_open(operation: &Operation) -> bool {
    !operation.status.as_deref().is_some_and(|status| status.eq_ignore_ascii_case("completed"))
}

/// Whether a signing request waits for an answer that a person brings.
pub(crate) fn waits_for_answer(operation: &Operation) -> bool {
    let unknown = operation.issuer.name.as_deref().is_some_and(|name| name.eq_ignore_ascii_case("unknown"));
    let running = operation.status.as_deref().is_some_and(|status| status.eq_ignore_ascii_case("inProgress"));
    unknown && running && operation.csr.is_some()
}

fn issuance_aspect(operation: &Operation) -> Aspect {
    let failure = operation.error.as_ref().map(|refusal| {
        let parts = [refusal.code.as_deref(), refusal.message.as_deref()];
        error::tidy(&parts.into_iter().flatten().collect::<Vec<_>>().join(": "))
    });
    Aspect::Issuance {
        status: operation.status.clone().unwrap_or_else(|| "not told".to_owned()),
        detail: operation.status_details.clone().filter(|detail| !detail.is_empty()),
        waits_for_answer: waits_for_answer(operation),
        failure,
    }
}

fn native_rows(read: &Certificate) -> Vec<NativeRow> {
    let mut rows = Vec::new();
    let mut row = |name: &str, value: Option<String>| rows.extend(value.map(|value| NativeRow::new(name, value)));
    row("id", read.id.clone());
    row("kid", read.kid.clone());
    row("sid", read.sid.clone());
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02X}")).collect::<String>();
    row("x5t (SHA-1)", read.x5t.as_ref().map(|thumbprint| hex(&thumbprint.0)));
    row("contentType", read.content_type.clone());
    rows.extend(crate::attribute_rows(&read.attributes));
    rows
}

/// The DER of a read certificate.
fn der(read: &Certificate) -> Result<Vec<u8>> {
    let cer = read.cer.as_deref().ok_or_else(|| {
        Error::new(Kind::Conflict, GET_CERTIFICATE.operation, "the certificate was not issued yet")
            .with_refused_by(error::AZURE)
            .with_next("Wait until it is issued, or merge the answer to its signing request.")
    })?;
    Base64::decode_vec(cer).map_err(|_| error::incomplete(GET_CERTIFICATE, "readable certificate"))
}

/// The public key of a certificate: from its key where one may read it, else from the certificate itself.
pub(crate) async fn public_key(tenant: &Tenant, vault: &VaultId, name: &str, version: Option<&str>) -> Result<Vec<u8>> {
    match tenant.client.key(vault, name, version).await {
        Ok(key) => keys::public_key(&key.key),
        Err(error) if matches!(error.kind(), Kind::Denied | Kind::NotFound) => {
            let leaf = leaf(tenant, vault, name, version).await?;
            Ok(x509::Certificate::parse(&leaf)?.public_key()?.spki_der().to_vec())
        }
        Err(error) => Err(error),
    }
}

/// The certificate itself; of a deleted one, the newest version.
async fn leaf(tenant: &Tenant, vault: &VaultId, name: &str, version: Option<&str>) -> Result<Vec<u8>> {
    let client = &tenant.client;
    let read = match client.certificate(vault, name, version).await {
        Err(missing) if missing.kind() == Kind::NotFound && version.is_none() => {
            match client.deleted_certificate(vault, name).await {
                Ok(deleted) => deleted,
                Err(_) if client.issuance(vault, name).await.is_ok() => Certificate::default(),
                Err(_) => return Err(missing),
            }
        }
        read => read?,
    };
    der(&read)
}

#[async_trait]
impl Certificates for Tenant {
    /// The leaf alone: Key Vault hands out the issuers only with the private key, in the secret.
    async fn chain(&self, item: &ItemKey, version: Option<&str>) -> Result<Vec<Vec<u8>>> {
        let (object, name) = locate::parts(item)?;
        if object != Object::Certificate {
            let message = format!("a {} is no certificate", object.word());
            return Err(Error::new(Kind::Unsupported, GET_CERTIFICATE.operation, message));
        }
        Ok(vec![leaf(self, &item.vault, name, version).await?])
    }

    async fn with_key(&self, item: &ItemKey, version: Option<&str>) -> Result<KeyAndChain> {
        let (_, name) = locate::parts(item)?;
        let secret = self.client.secret(&item.vault, name, version).await?;
        let value = secret.value.ok_or_else(|| error::incomplete(GET_SECRET, "value"))?;
        held(&value, secret.content_type.as_deref())
    }

    async fn signing_request(&self, item: &ItemKey) -> Result<Vec<u8>> {
        const READ: &str = "read the signing request";
        let (_, name) = locate::parts(item)?;
        let operation = self.client.issuance(&item.vault, name).await?;
        let request = operation
            .csr
            .filter(|_| operation.status.as_deref().is_some_and(|it| it.eq_ignore_ascii_case("inProgress")));
        let request = request.ok_or_else(|| {
            Error::new(Kind::NotFound, READ, "no signing request waits for an answer")
                .with_refused_by(error::AZURE)
                .with_next("Create a version that an issuer outside of Azure signs.")
        })?;
        Base64::decode_vec(&request).map_err(|_| Error::new(Kind::Invalid, READ, "the request is not readable"))
    }
}

/// What the secret of a certificate holds. Key Vault keeps a PFX in base64 without a password, or PEM; of a certificate
/// whose key is not exportable, the certificate alone.
fn held(value: &str, content_type: Option<&str>) -> Result<KeyAndChain> {
    let none = || {
        Error::new(
            Kind::Unsupported,
            GET_SECRET.operation,
            "the private key is not exportable: the secret of this certificate holds the certificate alone",
        )
        .with_refused_by(error::AZURE)
        .with_next("Use the key where it is; a new version can be made exportable by its policy.")
    };
    let read = if content_type == Some("application/x-pem-file") || value.starts_with("-----BEGIN ") {
        encoding::key_pem::read(value)
    } else {
        let pfx = Base64::decode_vec(value.trim()).map_err(|_| error::incomplete(GET_SECRET, "readable PFX"))?;
        encoding::pfx::read(&Zeroizing::new(pfx), None)
    };
    read.map_err(|error| if error.message().contains("no private key") { none() } else { error })
}

/// The calls whose permissions open the three faces.
pub(crate) const FACES: [(FacetKind, error::Call); 3] =
    [(FacetKind::Certificate, GET_CERTIFICATE), (FacetKind::Key, GET_KEY), (FacetKind::Secret, GET_SECRET)];
