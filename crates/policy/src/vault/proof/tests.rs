//! Doors of every kind, and which policies they open.

use std::sync::Arc;

use domain::NativeRow;

use super::{grade_door, hands_out, proofs};
use crate::{Door, Grade, Power, Surroundings};

fn door(kind: &str, facts: &[(&str, &str)]) -> Door {
    let facts = facts.iter().map(|(name, value)| NativeRow::new(*name, *value)).collect();
    Door {
        path: format!("auth/{kind}/role/ci"),
        kind: kind.to_owned(),
        policies: vec!["signs".to_owned()],
        facts,
        trouble: None,
    }
}

/// A kind, its facts, and the grade due.
type Case = (&'static str, &'static [(&'static str, &'static str)], Grade);

#[test]
fn a_door_is_graded_by_what_it_asks_for() {
    let cases: &[Case] = &[
        ("approle", &[("secret_id_ttl", "0"), ("secret_id_num_uses", "0")], Grade::Copyable),
        ("approle", &[("secret_id_ttl", "2592000"), ("secret_id_num_uses", "10")], Grade::Copyable),
        ("approle", &[("secret_id_num_uses", "1")], Grade::Role),
        ("approle", &[("secret_id_ttl", "600")], Grade::Role),
        ("approle", &[("secret_id_bound_cidrs", "192.0.2.0/24")], Grade::Network),
        ("approle", &[("secret_id_bound_cidrs", "0.0.0.0/0")], Grade::Copyable),
        ("approle", &[("token_bound_cidrs", "192.0.2.0/24")], Grade::Network),
        ("approle", &[("bind_secret_id", "false"), ("secret_id_bound_cidrs", "192.0.2.0/24")], Grade::Network),
        ("userpass", &[], Grade::Copyable),
        ("userpass", &[("token_bound_cidrs", "192.0.2.1")], Grade::Network),
        ("ldap", &[], Grade::Copyable),
        ("token", &[("token_period", "86400"), ("token_explicit_max_ttl", "60")], Grade::Copyable),
        ("token", &[("orphan", "true")], Grade::Copyable),
        ("token", &[("token_explicit_max_ttl", "900")], Grade::Role),
        ("token", &[("token_explicit_max_ttl", "2592000")], Grade::Copyable),
        (
            "kubernetes",
            &[("bound_service_account_names", "app"), ("bound_service_account_namespaces", "prod")],
            Grade::Workload,
        ),
        (
            "kubernetes",
            &[("bound_service_account_names", "*"), ("bound_service_account_namespaces", "prod")],
            Grade::Network,
        ),
        (
            "kubernetes",
            &[("bound_service_account_names", "app"), ("bound_service_account_namespaces", "*")],
            Grade::Network,
        ),
        ("jwt", &[("bound_subject", "repo:o/r")], Grade::Workload),
        ("jwt", &[("bound_claims", "{\"repository\":\"o/r\"}")], Grade::Workload),
        ("jwt", &[("bound_claims", "{\"sub\":\"*\"}"), ("bound_claims_type", "glob")], Grade::Network),
        ("jwt", &[("bound_audiences", "vault")], Grade::Network),
        ("oidc", &[("bound_claims", "{}")], Grade::Network),
        ("cert", &[], Grade::Workload),
        ("something-new", &[], Grade::Copyable),
    ];
    for (kind, facts, due) in cases {
        let (grade, because) = grade_door(&door(kind, facts));
        assert_eq!(grade, *due, "{kind} {facts:?}: {because}");
        assert!(because.ends_with('.'), "{because}");
    }
    let unread = Door { trouble: Some("permission denied".to_owned()), ..door("cert", &[]) };
    assert_eq!(grade_door(&unread).0, Grade::Anonymous);
}

#[test]
fn a_door_counts_for_the_policies_it_hands_out_and_what_they_give() {
    let around = |name: &str| Surroundings {
        item: Some("transit/keys/payments".to_owned()),
        name: Some(name.to_owned()),
        doors: Arc::new(vec![door("cert", &[]), door("userpass", &[])]),
        ..Surroundings::default()
    };
    let text = "path \"transit/sign/payments\" { capabilities = [\"update\"] }";
    let found = proofs(text, &around("signs"));
    let grades: Vec<Grade> = found.iter().map(|proof| proof.grade).collect();
    assert_eq!(grades, [Grade::Copyable, Grade::Workload], "the weakest first");
    assert_eq!(found[0].powers, [Power::Sign]);
    assert!(proofs(text, &around("other")).is_empty(), "no door hands it out");
    let denied = "path \"transit/sign/payments\" { capabilities = [\"deny\"] }";
    assert!(proofs(denied, &around("signs")).is_empty(), "it gives nothing");
}

#[test]
fn a_pattern_of_policies_hands_out_what_fits_it() {
    for (given, name, due) in [
        ("signs", "signs", true),
        ("signs", "signs-more", false),
        ("*", "signs", true),
        ("team-*", "team-a", true),
        ("team-*", "a-team-", false),
        ("*-a-*", "x-a-y", true),
        ("ab*ba", "aba", false),
    ] {
        assert_eq!(hands_out(given, name), due, "{given} {name}");
    }
}
