//! The local keystore: a file with an entry of each kind.

use domain::{Algorithm, Curve, FacetKind, Kind, Secret, State, Timestamp};
use local::{Entry, EntryState, Keystore, Lock, Material, make};
use servers::{Failure, Known, KnownItem, Result, fixtures};

use crate::{
    openssl::openssl,
    place::{Place, ProviderCrate, SignIn, Who},
};

const PASSPHRASE: &str = "brightwater practice";

pub(crate) async fn start() -> Result<Place> {
    // Searching for RSA keys and stretching the passphrase block for seconds.
    tokio::task::spawn_blocking(place).await.map_err(|error| Failure::new(error.to_string()))?
}

fn place() -> Result<Place> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("contract.keystore");
    let file = path.display().to_string();
    let (entries, items) = entries(&file)?;
    Keystore::create_with(&path, &Lock::Passphrase(Secret::from_text(PASSPHRASE.to_owned())), entries).map_err(told)?;

    let at = |file: &str| SignIn::new(&[("file", file), ("lock", "passphrase")]);
    let nobody = "a file has one kind of reader: whoever can unlock it";
    Ok(Place {
        crate_: ProviderCrate {
            form: &local::FORM,
            discover: local::discover,
            connect: |answers, secrets, environment| Box::pin(local::connect(answers, secrets, environment)),
            place: local::place,
        },
        known: Known { items },
        identity: file.clone(),
        missing: format!("{file}#nobody-made-this"),
        denied: "",
        readable: "",
        elsewhere: &[],
        lists_kinds: true,
        people: vec![
            (Who::Denied, Err(nobody)),
            (Who::Distrusting, Err("nothing goes over a network")),
            (Who::Elsewhere, Err("a keystore is one vault")),
            (Who::Nowhere, Ok(at(&format!("{file}.gone")).with_secret("passphrase", PASSPHRASE))),
            (Who::Owner, Ok(at(&file).with_secret("passphrase", PASSPHRASE))),
            (Who::Reader, Err(nobody)),
            (Who::Regional, Err("a keystore is one vault")),
            (Who::Stranger, Ok(at(&file).with_secret("passphrase", "not the passphrase"))),
        ],
        _server: Box::new(folder),
    })
}

fn entries(file: &str) -> Result<(Vec<Entry>, Vec<KnownItem>)> {
    let mut entries = Vec::new();
    let mut items = Vec::new();
    let mut add = |name: &str, material: Material, change: &dyn Fn(Entry) -> Entry, item: KnownItem| -> Result<()> {
        entries.push(change(Entry::new(name, Timestamp::now(), material).map_err(told)?));
        items.push(item);
        Ok(())
    };
    let address = |name: &str| format!("{file}#{name}");
    for (name, algorithm) in [
        ("ecdsa-p256", Algorithm::Ec(Curve::P256)),
        ("ecdsa-p384", Algorithm::Ec(Curve::P384)),
        ("ecdsa-p521", Algorithm::Ec(Curve::P521)),
        ("ed25519", Algorithm::Ed25519),
        ("rsa-2048", Algorithm::Rsa(2048)),
        ("rsa-3072", Algorithm::Rsa(3072)),
    ] {
        let material = make::key(&algorithm).map_err(told)?;
        let item = key_item(name, &address(name), &material, algorithm)?;
        add(name, material, &|entry| entry, item)?;
    }

    let p256 = Algorithm::Ec(Curve::P256);
    let odd = "odd/<b>\u{202e}name & 100%";
    let material = make::key(&p256).map_err(told)?;
    let mut item = key_item(odd, &address(odd), &material, p256.clone())?;
    item.description = Some(fixtures::long_text());
    item.tags = vec![("note".into(), fixtures::MARKUP.into()), ("file".into(), fixtures::RIGHT_TO_LEFT.into())];
    let tags = [("note", fixtures::MARKUP), ("file", fixtures::RIGHT_TO_LEFT)];
    add(odd, material, &|entry| entry.with_description(&fixtures::long_text()).with_tags(&tags), item)?;

    let material = make::key(&p256).map_err(told)?;
    let mut item = key_item("disabled", &address("disabled"), &material, p256.clone())?;
    item.state = State::Disabled;
    add("disabled", material, &|entry| entry.with_state(EntryState::Disabled), item)?;

    let in_a_week = Timestamp::now() + jiff::SignedDuration::from_hours(24 * 7);
    let material = make::key(&p256).map_err(told)?;
    let mut item = key_item("pending-deletion", &address("pending-deletion"), &material, p256.clone())?;
    item.state = State::PendingDeletion;
    add("pending-deletion", material, &|entry| entry.with_state(EntryState::PendingDeletion(in_a_week)), item)?;

    let mut item = KnownItem::new("aes-256", address("aes-256"), FacetKind::Key);
    item.algorithm = Some(Algorithm::Aes(256));
    item.versions = Some(1);
    add("aes-256", make::aes(256).map_err(told)?, &|entry| entry, item)?;

    for (name, value) in [("text", fixtures::MARKUP.as_bytes()), ("bytes", &[0, 255, 10, 128][..])] {
        let mut item = KnownItem::new(name, address(name), FacetKind::Secret);
        item.secret = Some(value.to_vec());
        item.versions = Some(1);
        add(name, Material::secret(Secret::new(value.to_vec()), ""), &|entry| entry, item)?;
    }
    let mut item = KnownItem::new("closed", address("closed"), FacetKind::Secret);
    item.state = State::Disabled;
    let closed = Material::secret(Secret::new(b"closed".to_vec()), "");
    add("closed", closed, &|entry| entry.with_state(EntryState::Disabled), item)?;

    let (rotated, item) = rotated(&address("rotated"))?;
    entries.push(rotated);
    items.push(item);
    let (certificate, item) = certificate(&address("www.brightwater.example"))?;
    entries.push(certificate);
    items.push(item);
    Ok((entries, items))
}

fn rotated(address: &str) -> Result<(Entry, KnownItem)> {
    let ages = [30, 20, 10].map(|days| Timestamp::now() - jiff::SignedDuration::from_hours(24 * days));
    let first = make::key(&Algorithm::Ed25519).map_err(told)?;
    let mut entry = Entry::new("rotated", ages[0], first).map_err(told)?;
    let mut item = KnownItem::new("rotated", address, FacetKind::Key);
    for age in &ages[1..] {
        let material = make::key(&Algorithm::Ed25519).map_err(told)?;
        item = key_item("rotated", address, &material, Algorithm::Ed25519)?;
        entry = entry.with_version(*age, material).map_err(told)?;
    }
    item.versions = Some(3);
    Ok((entry, item))
}

fn certificate(address: &str) -> Result<(Entry, KnownItem)> {
    let name = "www.brightwater.example";
    let now = Timestamp::now();
    let wanted = |common_name, purpose| make::Wanted {
        common_name,
        organization: "Brightwater Goods",
        names: &["www.brightwater.example", "192.0.2.7"],
        not_before: now - jiff::SignedDuration::from_hours(24),
        not_after: now + jiff::SignedDuration::from_hours(24 * 90),
        purpose,
    };
    let p256 = Algorithm::Ec(Curve::P256);
    let authority =
        make::Authority::new(&p256, &wanted("Brightwater Authority", make::Purpose::Authority)).map_err(told)?;
    let material = authority.issue(&p256, &wanted(name, make::Purpose::Server)).map_err(told)?;
    let told_json = serde_json::to_value(&material)?;
    let der =
        |pointer: &str| fixtures::base64(told_json.pointer(pointer).and_then(|it| it.as_str()).unwrap_or_default());
    let mut item = KnownItem::new(name, address, FacetKind::Certificate);
    item.facets = vec![FacetKind::Certificate, FacetKind::Key, FacetKind::Secret];
    item.chain = Some(vec![der("/certificate/leaf")?, der("/certificate/issuers/0")?]);
    item.public_key = Some(public_half(&der("/certificate/key/private")?)?);
    item.algorithm = Some(p256);
    item.versions = Some(1);
    Ok((Entry::new(name, now, material).map_err(told)?, item))
}

fn key_item(name: &str, address: &str, material: &Material, algorithm: Algorithm) -> Result<KnownItem> {
    let mut item = KnownItem::new(name, address, FacetKind::Key);
    // As it would stand in the file.
    let json = serde_json::to_value(material)?;
    let private = fixtures::base64(json.pointer("/key/private").and_then(|it| it.as_str()).unwrap_or_default())?;
    item.public_key = Some(public_half(&private)?);
    item.algorithm = Some(algorithm);
    item.versions = Some(1);
    Ok(item)
}

/// The public half of a PKCS#8 key, by OpenSSL.
fn public_half(private: &[u8]) -> Result<Vec<u8>> {
    let failed = |failed: libtest_mimic::Failed| Failure::new(failed.message().unwrap_or_default());
    openssl("pkey -inform DER -pubout -outform DER", private).map_err(failed)
}

fn told(error: domain::Error) -> Failure {
    Failure::new(format!("{} ({:?})", error, Kind::word(error.kind())))
}
