//! One opened item: every part by itself, and found by reference or by address.

use std::sync::{Arc, atomic::Ordering};

use contract::{AccessWire, CopySecret, OpenItem, RevealSecret};
use domain::{Access, Algorithm, Facet, FacetKind, Item, Kind, Leaves, Secret};

use crate::{
    scripted::{denied, detail, key_item},
    world::World,
};

/// The public key of RFC 8032, section 7.1, test 1, as SubjectPublicKeyInfo (RFC 8410).
const ED25519_SPKI: &[u8] = &[
    0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00, 0xd7, 0x5a, 0x98, 0x01, 0x82, 0xb1, 0x0a,
    0xb7, 0xd5, 0x4b, 0xfe, 0xd3, 0xc9, 0x64, 0x07, 0x3a, 0x0e, 0xe1, 0x72, 0xf3, 0xda, 0xa6, 0x23, 0x25, 0xaf, 0x02,
    0x1a, 0x68, 0xf7, 0x07, 0x51, 0x1a,
];

async fn with(item: impl Fn() -> Item + Send + Sync + 'static) -> World {
    let world = World::scripted();
    world.connect("a").await;
    let place = world.scripts.place("a");
    *place.detail.lock().unwrap() = Some(Arc::new(move || Ok(detail(item()))));
    *place.public_key.lock().unwrap() = Some(Arc::new(|| Ok(ED25519_SPKI.to_vec())));
    world
}

fn open(reference: &str) -> OpenItem {
    OpenItem { reference: reference.into() }
}

#[tokio::test]
async fn all_three_facets_are_told_in_order_and_an_absent_one_says_why() {
    let world = with(|| key_item("v", "1")).await;
    let opened = world.app.open_item(open("a/v/1")).await.unwrap();
    let kinds: Vec<_> = opened.facets.iter().map(|facet| facet.kind.as_str()).collect();
    assert_eq!(kinds, ["certificate", "key", "secret"]);
    assert_eq!(opened.facets[1].access, AccessWire::Open);
    for absent in [&opened.facets[0], &opened.facets[2]] {
        assert!(matches!(&absent.access, AccessWire::Absent { because } if because.contains("scripted key")));
    }
    assert_eq!(opened.current_version.as_deref(), Some("2"));
    assert_eq!(opened.versions.len(), 2);
    assert_eq!(opened.offers.len(), domain::Ask::OF_ITEM.len());
    assert!(opened.certificate_trouble.is_none());
    assert_eq!(opened.vault_name, "v");
    // By Python: base64.b64encode(hashlib.sha256(spki).digest())
    assert_eq!(opened.fingerprints.unwrap().spki_sha256, "SHA256:BuP9j9opu2CrWVV95h7bCuzbIxE0vjDnW0Vfjht5L6k=");
}

#[tokio::test]
async fn a_part_that_fails_takes_no_other_with_it() {
    let world = with(|| {
        let mut item = key_item("v", "1");
        item.facets.insert(0, Facet::open(FacetKind::Certificate, Leaves::PublicPart));
        item
    })
    .await;
    let place = world.scripts.place("a");
    *place.public_key.lock().unwrap() = Some(Arc::new(|| Err(denied("read:key"))));
    *place.chain.lock().unwrap() = Some(Arc::new(|| Ok(vec![b"<html>not a certificate</html>".to_vec()])));
    let opened = world.app.open_item(open("a/v/1")).await.unwrap();
    assert_eq!(opened.public_key_trouble.unwrap().permission.as_deref(), Some("read:key"));
    assert_eq!(opened.certificate_trouble.unwrap().kind, "invalid");
    assert!(opened.certificates.is_empty() && opened.fingerprints.is_none());
    assert_eq!(opened.versions.len(), 2);

    *place.detail.lock().unwrap() = Some(Arc::new(|| Err(denied("open:item"))));
    let error = world.app.open_item(open("a/v/1")).await.unwrap_err();
    assert_eq!(error.permission(), Some("open:item"));
}

#[tokio::test]
async fn what_is_known_to_be_closed_or_symmetric_is_not_asked_for() {
    let closed = || {
        let mut item = key_item("v", "1");
        let access = Access::Closed { permission: "read:key".into(), because: "you may not".into() };
        item.facets = vec![Facet::open(FacetKind::Key, Leaves::PublicPart).with_access(access)];
        item
    };
    let symmetric = || Item { algorithm: Some(Algorithm::Aes(256)), ..key_item("v", "1") };
    for (item, trouble) in [(closed as fn() -> Item, Some("read:key")), (symmetric, None)] {
        let world = with(item).await;
        let opened = world.app.open_item(open("a/v/1")).await.unwrap();
        let told = opened.public_key_trouble.and_then(|error| error.permission);
        assert_eq!(told.as_deref(), trouble);
        assert_eq!(world.scripts.place("a").public_keys_asked.load(Ordering::SeqCst), 0);
    }
}

#[tokio::test]
async fn an_address_finds_its_item_in_the_first_connection_that_knows_it() {
    let world = with(|| key_item("v", "x/y/z")).await;
    world.connect("b").await;
    *world.scripts.place("b").connect_error.lock().unwrap() = Some(denied("sign:in"));
    let opened = world.app.open_item(open("urn:scripted:x/y/z")).await.unwrap();
    assert_eq!(opened.row.reference, "a/v/x/y/z");

    let error = world.app.open_item(open("arn:of/somebody/else")).await.unwrap_err();
    assert_eq!(error.kind(), Kind::NotFound);
    assert!(error.message().contains("could not be asked: b"), "{error}");
}

#[tokio::test]
async fn secrets_are_shown_as_text_or_base64_and_copied_as_text_only() {
    let world = with(|| key_item("v", "1")).await;
    let place = world.scripts.place("a");
    let reveal = || RevealSecret { reference: "a/v/1".into(), version: None };
    let copy = || CopySecret { reference: "a/v/1".into(), version: None };
    *place.value.lock().unwrap() = Some(Arc::new(|| Ok(Secret::from_text("pässword".into()))));
    let shown = world.app.reveal_secret(reveal()).await.unwrap();
    assert_eq!((shown.value.as_str(), shown.binary, shown.seconds), ("pässword", false, 20));
    assert_eq!(world.app.copy_secret(copy()).await.unwrap().clears_after, Some(30));
    let copied = world.desktop.copied_secrets.lock().unwrap().clone();
    assert_eq!(copied, [("pässword".to_owned(), std::time::Duration::from_secs(30))]);

    *place.value.lock().unwrap() = Some(Arc::new(|| Ok(Secret::new(vec![0xff, 0x00, 0xfe]))));
    let shown = world.app.reveal_secret(reveal()).await.unwrap();
    assert_eq!((shown.value.as_str(), shown.binary), ("/wD+", true));
    assert_eq!(world.app.copy_secret(copy()).await.unwrap_err().kind(), Kind::Unsupported);
    assert_eq!(world.desktop.copied_secrets.lock().unwrap().len(), 1);
}
