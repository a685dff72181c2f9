//! The order of rules, who can what, and lockout. What the real server answers is compared in `tests/policy`.

use super::{named, rule, words};
use crate::{
    Caller, Holder, Known, Power, Retention, Standing, Surroundings,
    vault::{differences, lockout, who},
};

#[test]
fn the_more_exact_rule_decides_alone() {
    let text =
        [rule("a/*", "read update"), rule("a/b", "list"), rule("a/+/c", "delete"), rule("a/b/*", "create")].concat();
    for (path, due) in [
        ("a/x", "read update"),
        ("a/b", "list"),
        ("a/b/", "list"),
        ("a/x/c", "delete"),
        // The first wildcard of a/b/* comes later than that of a/+/c.
        ("a/b/c", "create"),
        ("a", "deny"),
        ("/a/x", "read update"),
    ] {
        assert_eq!(words(&[&text], path), due, "{path}");
    }
}

#[test]
fn at_the_same_place_plus_goes_before_star() {
    // Of two that end in *, the one without + decides.
    let text = [rule("a/*", "read"), rule("a/+", "list"), rule("a/+/+", "update"), rule("a/+/*", "delete")].concat();
    for (path, due) in [("a/x", "list"), ("a/x/y", "update"), ("a/x/y/z", "read")] {
        assert_eq!(words(&[&text], path), due, "{path}");
    }
}

#[test]
fn rules_of_one_path_add_up_over_policies_and_a_denial_takes_all() {
    let (read, list, deny) = (rule("a", "read"), rule("a", "list"), rule("a", "deny"));
    assert_eq!(words(&[&read, &list], "a"), "list read");
    assert_eq!(words(&[&read, &deny, &list], "a"), "deny");
    assert_eq!(words(&[&rule("*", "deny"), &read], "a"), "read", "a less exact denial does not count");
}

#[test]
fn a_refused_policy_gives_nothing() {
    let wrong = rule("a", "raed");
    assert_eq!(words(&[&wrong, &rule("a", "list")], "a"), "list");
}

#[test]
fn both_notations_say_the_same() {
    let json = r#"{"path":{"a/*":{"capabilities":["read"]},"a/b":{"policy":"write"}}}"#;
    assert_eq!(words(&[json], "a/x"), "read");
    assert_eq!(words(&[json], "a/b"), "create delete list read update");
}

fn around(name: &str, item: Option<&str>) -> Surroundings {
    Surroundings { name: Some(name.into()), item: item.map(str::to_owned), ..Surroundings::default() }
}

fn standing(holders: &[Holder], power: Power) -> Option<&Standing> {
    holders.iter().find(|holder| holder.power == power).map(|holder| &holder.standing)
}

#[test]
fn who_can_is_asked_of_one_key() {
    let denied = [rule("transit/export/+/pay", "deny"), rule("transit/export/+/pay/+", "deny")].concat();
    let text = [rule("transit/sign/pay", "update"), rule("transit/export/*", "read"), denied].concat();
    let holders = who(&text, &around("payments", Some("transit/keys/pay")));
    assert_eq!(standing(&holders, Power::Sign), Some(&Standing::Can));
    assert_eq!(standing(&holders, Power::Decrypt), None);
    assert_eq!(standing(&holders, Power::Extract), Some(&Standing::Denied), "{holders:#?}");
    assert_eq!(holders[0].who, "whoever holds the policy payments");
    let other = who(&text, &around("payments", Some("transit/keys/mail")));
    assert_eq!(standing(&other, Power::Sign), None);
    assert_eq!(standing(&other, Power::Extract), Some(&Standing::Can));
}

#[test]
fn a_denial_of_one_way_does_not_hide_another() {
    let before = [rule("transit/export/*", "deny"), rule("transit/sign/pay", "update")].concat();
    let backup = [before.as_str(), &rule("transit/backup/pay", "read")].concat();
    let around = around("payments", Some("transit/keys/pay"));
    assert_eq!(
        differences(&before, &backup, &around)[0].says,
        "Whoever holds the policy payments will be able to take it away."
    );
    // The denial of export/+/pay leaves open its versions, which have a segment more.
    let versions = [rule("transit/export/*", "read"), rule("transit/export/+/pay", "deny")].concat();
    assert_eq!(standing(&who(&versions, &around), Power::Extract), Some(&Standing::Can));
}

#[test]
fn root_can_do_everything() {
    let others = vec![named("root", "")];
    let holders = who(&rule("a", "read"), &Surroundings { others, ..around("app", Some("transit/keys/pay")) });
    assert!(Power::ALL.iter().all(|power| standing(&holders, *power) == Some(&Standing::Can)), "{holders:#?}");
}

#[test]
fn conditions_are_told() {
    let text = "path \"transit/sign/{{identity.entity.name}}\" { capabilities = [\"update\"] }
path \"transit/decrypt/pay\" { capabilities = [\"update\"] control_group = { factor \"two\" { controlled_capabilities = [\"update\"] identity { group_names = [\"x\"] approvals = 2 } } } }";
    let holders = who(text, &around("payments", Some("transit/keys/pay")));
    let Some(Standing::When { conditions }) = standing(&holders, Power::Sign) else { panic!("{holders:#?}") };
    assert!(conditions[0].contains("template"), "{conditions:?}");
    let Some(Standing::When { conditions }) = standing(&holders, Power::Decrypt) else { panic!("{holders:#?}") };
    assert_eq!(conditions, &["2 others approve it (control group)"]);
}

#[test]
fn a_templated_denial_makes_it_uncertain() {
    let text = [rule("transit/sign/*", "update"), rule("transit/sign/{{identity.entity.name}}", "deny")].concat();
    let holders = who(&text, &around("payments", Some("transit/keys/pay")));
    assert!(matches!(standing(&holders, Power::Sign), Some(Standing::When { .. })), "{holders:#?}");
}

#[test]
fn differences_are_those_of_effect() {
    let before = rule("transit/sign/pay", "update");
    let same = format!("# why\n{before}");
    let around = around("payments", Some("transit/keys/pay"));
    assert!(differences(&before, &same, &around)[0].says.starts_with("Nothing changes"));
    let more = [before.as_str(), &rule("transit/decrypt/pay", "update")].concat();
    assert_eq!(
        differences(&before, &more, &around)[0].says,
        "Whoever holds the policy payments will be able to decrypt."
    );
    assert!(differences(&before, "path", &around)[0].says.contains("refuse"));
}

#[test]
fn what_no_power_speaks_of_is_told_by_its_path() {
    let before = rule("transit/sign/pay", "update");
    let around = around("payments", Some("transit/keys/pay"));
    let says = |before: &str, after: &str| -> Vec<String> {
        differences(before, after, &around).into_iter().map(|difference| difference.says).collect()
    };
    let verify = [before.as_str(), &rule("transit/verify/pay", "update")].concat();
    let gained = "Whoever holds the policy payments will be able to update on the path transit/verify/pay.";
    assert_eq!(says(&before, &verify), [gained]);
    let lost = "Whoever holds the policy payments will no longer be able to update on the path transit/verify/pay.";
    assert_eq!(says(&verify, &before), [lost]);
    // Elsewhere too: what the policy gives beside this item is not kept quiet.
    let elsewhere = [before.as_str(), &rule("secret/data/db", "read")].concat();
    assert_eq!(says(&before, &elsewhere).len(), 1);
    assert!(says(&before, &elsewhere)[0].contains("secret/data/db"));
    let denied = [before.as_str(), &rule("secret/data/db", "deny")].concat();
    assert!(says(&before, &denied)[0].contains("will deny the path secret/data/db"));
    assert!(says(&elsewhere, &denied)[0].contains("will deny the path secret/data/db"));
    assert!(says(&denied, &elsewhere)[0].contains("which was denied"));
    // One rule moved below another says the same.
    let turned = [rule("secret/data/db", "read"), before].concat();
    assert!(says(&elsewhere, &turned)[0].starts_with("Nothing changes"));
}

fn editor(name: &str, held: &[(&str, &str)]) -> Surroundings {
    let policies = held.iter().map(|(name, text)| named(name, text)).collect();
    let caller = Caller { id: "token".into(), policies: Known::Read(policies) };
    Surroundings { caller: Some(caller), ..around(name, None) }
}

#[test]
fn whoever_loses_the_right_to_write_the_policy_is_told() {
    let admin = rule("sys/policies/acl/*", "create update delete");
    let keeps = |text: &str, surroundings: &Surroundings| lockout(text, surroundings).caller;
    let own = editor("admin", &[("admin", &admin)]);
    assert_eq!(keeps(&admin, &own), Retention::Keeps);
    assert_eq!(keeps(&rule("sys/policies/acl/*", "create read"), &own), Retention::Loses);
    assert_eq!(keeps(&rule("sys/policy/admin", "update"), &own), Retention::Keeps);
    let narrowed = [admin.as_str(), &rule("sys/policies/acl/admin", "deny")].concat();
    assert_eq!(keeps(&narrowed, &own), Retention::Loses, "a more exact denial");
    assert_eq!(keeps("path \"a", &own), Retention::CannotTell);
    assert_eq!(keeps(&rule("a", "read"), &editor("app", &[("admin", &admin)])), Retention::Keeps);
    assert_eq!(keeps(&rule("a", "read"), &editor("app", &[("root", "")])), Retention::Keeps);
    assert_eq!(keeps(&admin, &Surroundings { caller: None, ..own.clone() }), Retention::CannotTell);
    assert_eq!(keeps(&admin, &Surroundings { name: None, ..own }), Retention::CannotTell);
}

#[test]
fn what_depends_on_the_caller_is_never_safe() {
    let own = |text: &str| lockout(text, &editor("me", &[("me", text)])).caller;
    assert_eq!(own(&rule("sys/policies/acl/{{identity.entity.name}}", "update")), Retention::CannotTell);
    let expires = "path \"sys/policies/acl/me\" { capabilities = [\"update\"] expiration = \"2030-01-01T00:00:00Z\" }";
    assert_eq!(own(expires), Retention::CannotTell);
    let limited = "path \"sys/policies/acl/me\" { capabilities = [\"update\"] allowed_parameters = { ttl = [] } }";
    assert_eq!(own(limited), Retention::CannotTell);
}

#[test]
fn others_who_could_are_named() {
    let surroundings = Surroundings {
        others: vec![named("operators", &rule("sys/policies/acl/*", "update")), named("app", &rule("a", "read"))],
        ..editor("app2", &[])
    };
    let others = lockout(&rule("a", "read"), &surroundings).others;
    let ids: Vec<&str> = others.iter().map(|holder| holder.id.as_str()).collect();
    assert_eq!(ids, ["root", "operators"]);
}
