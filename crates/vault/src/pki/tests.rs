//! Certificates as OpenBao 2.7.2 told them (recorded). Nothing here may depend on today: they end.

use super::*;

const ROOT: &str = r#""-----BEGIN CERTIFICATE-----\nMIIDGTCCAgGgAwIBAgIUVi7ITrhlJgjSxKliT/1RsWfsl1AwDQYJKoZIhvcNAQEL\nBQAwFDESMBAGA1UEAxMJVGVzdCBSb290MB4XDTI2MTEyMzEyNTk0NFoXDTI2MTIy\nNTEzMDAxNFowFDESMBAGA1UEAxMJVGVzdCBSb290MIIBIjANBgkqhkiG9w0BAQEF\nAAOCAQ8AMIIBCgKCAQEAzVyux18Gsb9UjO7KuRzvRAcqatCnIAENq1rN+AwBFNwn\nD1uGbtFJNmX2PFav7MoWgwxFzDAUKDFlsnjHPU+xVMTT/T0YgEoB7T6GEDV/VC7z\nPPG5OsoaSmw7/SUx3/WfNY1Y/frXAnkA3z0ejXGCDWzoIk1zRKDM6fXOS9BtQsc+\nYmwZH3kI/E/wSKmquQmx5dfdOQpHZT1xN+rvVGrRnls4B0KOnz7S4CRJYWgmFtrH\n1QtEWo9Kb4gfH/gVedXQ5VtVhour702R+46ZT0dMHT8H1ROln/THT7E4AOEZ8miq\naHUicsz+g+IkdEl4WmOlUve0pozJCIZYxDkJcvsDgQIDAQABo2MwYTAOBgNVHQ8B\nAf8EBAMCAQYwDwYDVR0TAQH/BAUwAwEB/zAdBgNVHQ4EFgQU64TpJPnWwpb642oe\nof3gd9qrUNkwHwYDVR0jBBgwFoAU64TpJPnWwpb642oeof3gd9qrUNkwDQYJKoZI\nhvcNAQELBQADggEBAI2x0aLAOTxnh22RTrBwI+QMMujx4A3ck1p29sD8O0Wb0awb\nFUqtCh1IeOuWyvOlmkfvVC4kbvUUtUjrHH0NX/ZZ482lwvvN1PnRqgKc/ZHYtB6h\nNyMPetvSWq6ZPTyXobuwrW6Iglkx0kd+Oz/SzgtXoJoMMTQw0bQpUo4btKpOMxe5\nRyIuRpJjMMPIqUXkKsBQlkATad4IXJ0Qk03fy8XlQ2sqetTz83FvOPQt25HT5B9k\nDOCzMSFRsNdcYdVHqM4wixq8Tf3Aoaoki/Yi4+00JbsXp0kDNmtz4DIEUJ/pj70H\nH2nQvdMYXEOcdLR/ujvo7ln7ncDTGuo3kZkD6MQ=\n-----END CERTIFICATE-----""#;

fn entry(more: &str) -> Entry {
    Entry::parse(serde_json::from_str(&format!("{{\"certificate\":{ROOT}{more}}}")).unwrap(), None).unwrap()
}

fn key(id: &str) -> ItemKey {
    ItemKey::new("pki", id)
}

fn row<'a>(detail: &'a ItemDetail, name: &str) -> Option<&'a str> {
    let Aspect::Native(rows) = &detail.aspects[0] else { panic!("no native rows") };
    rows.iter().find(|row| row.name == name).map(|row| row.value.as_str())
}

#[test]
fn a_certificate_is_called_by_its_common_name_and_has_two_facets() {
    let item = entry(r#","revocation_time":0"#).item(key("cert/56:2e"));
    assert_eq!(item.name, "Test Root");
    assert_eq!(item.algorithm, Some(domain::Algorithm::Rsa(2048)));
    assert_eq!(item.expires.unwrap().to_string(), "2026-12-25T13:00:14Z");
    assert_eq!(
        item.facets.iter().map(|facet| facet.kind).collect::<Vec<_>>(),
        [FacetKind::Certificate, FacetKind::Key]
    );
    assert!(item.facets.iter().all(|facet| facet.leaves == Leaves::PublicPart));
}

#[test]
fn a_revoked_certificate_is_not_enabled() {
    let item = entry(r#","revocation_time":1795438812"#).item(key("cert/56:2e"));
    assert_eq!(item.state, State::Other("revoked".into()));
}

#[test]
fn an_issuer_tells_its_name_and_whether_it_can_sign() {
    let with_key = entry(r#","issuer_name":"root","key_id":"984b","usage":"read-only""#);
    let detail = with_key.detail(key("issuer/bb80"));
    assert_eq!(detail.item.name, "root");
    assert!(!detail.item.facets[1].operations.is_empty());
    assert!(row(&detail, "private key").unwrap().starts_with("kept"));
    let without = entry(r#","key_id":"","ca_chain":null"#).detail(key("issuer/bb80"));
    assert!(without.item.facets[1].operations.is_empty());
    assert!(row(&without, "private key").unwrap().starts_with("not kept"));
}

#[test]
fn a_certificate_that_does_not_parse_is_a_row_with_its_trouble() {
    for text in ["no PEM at all", "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n"] {
        let rows = serde_json::from_str(&serde_json::json!({ "certificate": text }).to_string()).unwrap();
        let item = Entry::parse(rows, None).unwrap().item(key("cert/56:2e"));
        assert_eq!(item.name, "56:2e");
        assert_eq!(item.trouble.unwrap().kind(), Kind::Invalid);
        assert_eq!(item.state, State::Unknown);
    }
}

#[test]
fn a_chain_is_read_from_a_list_and_from_one_text() {
    for chain in [format!("[{ROOT},{ROOT}]"), ROOT.to_owned()] {
        let entry = entry(&format!(",\"ca_chain\":{chain}"));
        let chain = entry.told.ca_chain.certificates().unwrap();
        assert!(!chain.is_empty() && chain.iter().all(|der| *der == entry.der().unwrap()));
    }
    assert!(entry("").told.ca_chain.certificates().unwrap().is_empty());
}

#[test]
fn escapes_in_a_common_name_are_undone() {
    assert_eq!(common_name(r"CN=Doe\, Jane,O=Example").as_deref(), Some("Doe, Jane"));
    assert_eq!(common_name("OU=x+CN=api,O=y").as_deref(), Some("api"));
    assert_eq!(common_name("O=CN=trick").as_deref(), None);
}

#[test]
fn serials_have_one_form_and_other_names_stay() {
    assert_eq!(canonical_serial("5F-0a-01"), "5f:0a:01");
    assert_eq!(canonical_serial("5f:0a"), "5f:0a");
    assert_eq!(canonical_serial("ca_chain"), "ca_chain");
}
