//! Certificates made by rcgen: reading, chains, tampering. Other hands read ours in the oracle tests.

use proptest::prelude::*;
use rcgen::{
    BasicConstraints, CertificateParams, CustomExtension, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, PKCS_ECDSA_P384_SHA384, SanType,
};

use super::*;
use crate::{
    export::{certificate_chain_pem, certificate_der, certificate_pem, certificates_p7b, signing_request_pem},
    pem,
};

/// Root, intermediate, leaf.
fn chain() -> [Vec<u8>; 3] {
    let authority = |name: &str| {
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.use_authority_key_identifier_extension = true;
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        params
    };
    let root_key = KeyPair::generate_for(&PKCS_ECDSA_P384_SHA384).unwrap();
    let root = authority("Root").self_signed(&root_key).unwrap();
    let root_issuer = Issuer::new(authority("Root"), root_key);
    let middle_key = KeyPair::generate().unwrap();
    let middle = authority("Middle").signed_by(&middle_key, &root_issuer).unwrap();
    let middle_issuer = Issuer::new(authority("Middle"), middle_key);
    let leaf = leaf_params().signed_by(&KeyPair::generate().unwrap(), &middle_issuer).unwrap();
    [root, middle, leaf].map(|certificate| certificate.der().to_vec())
}

fn leaf_params() -> CertificateParams {
    let mut params = CertificateParams::new(["api.example.com".into(), "2001:db8::1".into()]).unwrap();
    params.subject_alt_names.push(SanType::URI("spiffe://example/api".try_into().unwrap()));
    params.subject_alt_names.push(SanType::Rfc822Name("key@example.com".try_into().unwrap()));
    params.distinguished_name.push(DnType::OrganizationName, "Müller, Söhne \"KG\"");
    params.distinguished_name.push(DnType::CommonName, "api");
    params.not_before = rcgen::date_time_ymd(2024, 2, 29);
    params.not_after = rcgen::date_time_ymd(2051, 1, 1);
    params.serial_number = Some(vec![0xab, 0x01].into());
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages =
        vec![ExtendedKeyUsagePurpose::ServerAuth, ExtendedKeyUsagePurpose::Other(vec![1, 2, 3])];
    params.use_authority_key_identifier_extension = true;
    params
}

#[test]
fn a_leaf_is_read_as_it_was_made() {
    let [root, _, leaf] = chain();
    let leaf = Certificate::parse(&leaf).unwrap();
    assert!(leaf.subject.contains("CN=api") && leaf.subject.contains(r#"O=Müller\, Söhne \"KG\""#), "{}", leaf.subject);
    assert!(leaf.issuer.contains("CN=Middle"));
    assert_eq!(leaf.serial, "AB:01");
    assert_eq!(leaf.not_before.to_string(), "2024-02-29T00:00:00Z");
    assert_eq!(leaf.not_after.to_string(), "2051-01-01T00:00:00Z");
    assert_eq!(
        leaf.names,
        ["DNS:api.example.com", "IP:2001:db8::1", "URI:spiffe://example/api", "EMAIL:key@example.com"]
    );
    assert_eq!(leaf.usages, ["digital signature", "TLS server", "1.2.3"]);
    assert!(!leaf.is_authority && !leaf.self_signed);
    assert_eq!(leaf.algorithm.to_string(), "EC P-256");
    assert_eq!(leaf.signature_algorithm, "ECDSA with SHA-256");
    assert_eq!(leaf.spki_pin, crate::snowflake::expected(&leaf.public_key().unwrap()).replace("SHA256:", ""));
    assert_eq!((leaf.sha1.len(), leaf.sha256.len(), leaf.x5t.len(), leaf.x5t_s256.len()), (59, 95, 27, 43));
    let root = Certificate::parse(&root).unwrap();
    assert!(root.is_authority && root.self_signed);
    assert_eq!(root.signature_algorithm, "ECDSA with SHA-384");
}

#[test]
fn a_changed_signature_is_not_called_self_signed() {
    let [root, ..] = chain();
    let mut forged = root.clone();
    // The last byte belongs to the number `s` of the signature.
    *forged.last_mut().unwrap() ^= 1;
    assert!(!Certificate::parse(&forged).unwrap().self_signed);
}

#[test]
fn no_end_is_the_last_instant() {
    let mut params = leaf_params();
    params.not_after = rcgen::date_time_ymd(9999, 12, 31);
    let certificate = params.self_signed(&KeyPair::generate().unwrap()).unwrap();
    assert_eq!(Certificate::parse(certificate.der()).unwrap().not_after, Timestamp::MAX);
}

#[test]
fn an_extension_that_is_shown_must_parse() {
    let mut params = leaf_params();
    params.subject_alt_names.clear();
    params.custom_extensions.push(CustomExtension::from_oid_content(&[2, 5, 29, 17], vec![0x30, 9, 1]));
    let certificate = params.self_signed(&KeyPair::generate().unwrap()).unwrap();
    let error = Certificate::parse(certificate.der()).unwrap_err();
    assert_eq!(error.kind(), Kind::Invalid);
    assert!(error.message().contains("subject alternative name"));
}

#[test]
fn a_chain_is_put_leaf_first_from_any_order() {
    let [root, middle, leaf] = chain();
    let ordered = vec![leaf.clone(), middle.clone(), root.clone()];
    for given in [
        vec![root.clone(), middle.clone(), leaf.clone()],
        vec![middle.clone(), leaf.clone(), root.clone()],
        vec![leaf.clone(), root.clone(), middle.clone()],
        ordered.clone(),
    ] {
        assert_eq!(order_chain(given), ordered);
    }
    let stranger = leaf_params().self_signed(&KeyPair::generate().unwrap()).unwrap().der().to_vec();
    let junk = vec![0x30, 0];
    assert_eq!(
        order_chain(vec![junk.clone(), middle.clone(), leaf.clone(), stranger.clone()]),
        [leaf, middle, junk.clone(), stranger]
    );
    assert_eq!(order_chain(vec![root.clone(), root.clone()]), [root.clone(), root]);
    assert_eq!(order_chain(vec![junk.clone()]), [junk]);
    assert!(order_chain(Vec::new()).is_empty());
}

#[test]
fn certificates_leave_proven() {
    let [root, middle, leaf] = chain();
    let one = certificate_pem(&leaf).unwrap();
    assert_eq!(one.text().unwrap(), pem::encode("CERTIFICATE", &leaf));
    assert!(one.proof().contains("AWS-LC reads the same EC P-256 key"), "{}", one.proof());
    assert_eq!(certificate_der(&leaf).unwrap().bytes(), leaf);
    let chain = certificate_chain_pem(&[root.clone(), leaf.clone(), middle.clone()]).unwrap();
    let blocks = pem::decode_all(chain.text().unwrap()).unwrap();
    assert_eq!(blocks, [leaf.clone(), middle.clone(), root.clone()].map(|der| ("CERTIFICATE".to_owned(), der)));
    assert_eq!(certificate_chain_pem(&[]).unwrap_err().kind(), Kind::Invalid);
    let bag = certificates_p7b(&[root.clone(), leaf.clone(), middle.clone(), root.clone()]).unwrap();
    assert!(bag.text().unwrap().starts_with("-----BEGIN PKCS7-----\n"));
    assert_eq!(bag.proof(), "Read back byte for byte: the same 3 certificates");
    assert_eq!(certificates_p7b(&[]).unwrap_err().kind(), Kind::Invalid);
    assert_eq!(certificate_pem(&[&root[..], &[0]].concat()).unwrap_err().kind(), Kind::Invalid);
}

#[test]
fn the_certificates_of_a_file_are_read_in_every_form_that_authorities_send() {
    let [root, middle, leaf] = chain();
    let due = vec![leaf.clone(), middle.clone(), root.clone()];
    let any_order = [middle.clone(), root.clone(), leaf.clone()];
    let text: String = any_order.iter().map(|der| pem::encode("CERTIFICATE", der)).collect();
    let bundle = certificates_p7b(&any_order).unwrap();
    let (_, bundled) = pem::decode(bundle.text().unwrap()).unwrap();
    for file in [text.as_bytes(), bundle.bytes(), &bundled] {
        assert_eq!(of_file(file).unwrap(), due);
    }
    assert_eq!(of_file(&leaf).unwrap(), [leaf]);
    let key = pem::encode("PUBLIC KEY", &[1, 2, 3]);
    for none in [&b""[..], b"no certificate", key.as_bytes(), &bundled[..bundled.len() - 1]] {
        assert_eq!(of_file(none).unwrap_err().kind(), Kind::Invalid);
    }
}

#[test]
fn a_signing_request_leaves_proven_and_never_under_a_signature_of_another_key() {
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new(["api.example.com".to_owned()]).unwrap();
    params.distinguished_name.push(DnType::CommonName, "api");
    let request = params.serialize_request(&key).unwrap();
    let read = SigningRequest::parse(request.der()).unwrap();
    assert!(read.subject.contains("CN=api"), "{}", read.subject);
    assert_eq!(read.names, ["DNS:api.example.com"]);
    assert_eq!(read.key.spki_der(), PublicKey::from_spki_pem(&key.public_key_pem()).unwrap().spki_der());
    let proven = signing_request_pem(request.der()).unwrap();
    assert_eq!(pem::decode(proven.text().unwrap()).unwrap(), ("CERTIFICATE REQUEST".into(), request.der().to_vec()));
    let der = request.der().to_vec();
    for at in 0..der.len() {
        let mut changed = der.clone();
        changed[at] ^= 1;
        assert!(signing_request_pem(&changed).is_err(), "byte {at}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn a_changed_byte_never_panics_and_never_gives_the_same_thumbprint(
        at in any::<prop::sample::Index>(), flip in 1_u8..=255,
    ) {
        static LEAF: std::sync::LazyLock<Vec<u8>> = std::sync::LazyLock::new(|| { let [_, _, leaf] = chain(); leaf });
        let mut der = LEAF.clone();
        let at = at.index(der.len());
        der[at] ^= flip;
        if let Ok(read) = Certificate::parse(&der) {
            prop_assert_ne!(read.sha256, Certificate::parse(&LEAF).unwrap().sha256);
            if let Ok(proven) = certificate_der(&der) {
                prop_assert_eq!(proven.bytes(), der.as_slice());
            }
        }
        let _ = order_chain(vec![der, LEAF.clone()]);
    }
}
