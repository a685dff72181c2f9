//! Rotation by what an object is and by its policy, and the versions that each step names.

use domain::{Item, ItemKey, Kind, State};

use super::*;
use crate::rotation_policy::{LEAST_EXPIRY, LEAST_ROTATION};

fn item(id: &str, aspects: Vec<Aspect>) -> ItemDetail {
    let item = Item {
        key: ItemKey::new("contoso.vault.azure.net", id),
        name: "a".to_owned(),
        native_kind: "key",
        facets: Vec::new(),
        algorithm: None,
        state: State::Enabled,
        created: None,
        expires: None,
        current_version: Some("2".to_owned()),
        trouble: None,
    };
    ItemDetail { item, versions: Vec::new(), aspects }
}

fn policy(issuer: Option<&str>, reuses: &str) -> Vec<Aspect> {
    let rules = vec![NativeRow::new(KEY_REUSED, reuses)];
    vec![Aspect::CertificatePolicy { issuer: issuer.map(str::to_owned), renewal: String::new(), renews: true, rules }]
}

#[test]
fn what_it_is_and_who_issues_it_decide() {
    use RotationMethod::{NewVersion, Renew};
    for (id, aspects, allowed) in [
        ("keys/a", Vec::new(), Some(NewVersion)),
        ("certificates/a", policy(Some("Self"), "no"), Some(Renew)),
        ("certificates/a", policy(Some("digicert"), "no"), Some(Renew)),
        ("certificates/a", policy(Some("Self"), "yes"), None),
        ("certificates/a", policy(Some("Unknown"), "no"), None),
        ("certificates/a", policy(None, "no"), None),
        ("certificates/a", Vec::new(), None),
        ("secrets/a", Vec::new(), None),
        ("nothing", Vec::new(), None),
    ] {
        let item = item(id, aspects);
        let methods = RotationMethod::ALL.into_iter().filter(|method| refused(&item, *method).is_none());
        assert_eq!(methods.collect::<Vec<_>>(), allowed.into_iter().collect::<Vec<_>>(), "{id} {:?}", item.aspects);
    }
}

#[test]
fn only_the_old_version_is_disabled_and_enabled() {
    let item = item("keys/a", Vec::new());
    let mut subject = RotationSubject {
        method: RotationMethod::NewVersion,
        item: &item,
        old_version: None,
        new: None,
        new_version: Some("2"),
        alias: None,
    };
    assert_eq!(new_version(&subject, RotationStep::DisableOld).unwrap_err().kind(), Kind::Invalid);
    subject.old_version = Some("1");
    for (step, ask) in [(RotationStep::DisableOld, Ask::Disable), (RotationStep::EnableOld, Ask::Enable)] {
        let wish = Wish::new(ask, subject.target()).answer("version", "1");
        assert_eq!(new_version(&subject, step).unwrap(), wish);
    }
    for step in [
        RotationStep::Switch,
        RotationStep::DeleteOld,
        RotationStep::KeepOld,
        RotationStep::SwitchBack,
        RotationStep::DisableNew,
    ] {
        assert_eq!(new_version(&subject, step).unwrap_err().kind(), Kind::Unsupported, "{step:?}");
    }
}

#[test]
fn numbers_in_facts_are_those_that_are_kept_to() {
    assert!(facts::EXPIRY.says.contains(&format!("after {LEAST_EXPIRY} days")), "{}", facts::EXPIRY.says);
    for end in ["after the version was made", "before it expires"] {
        assert!(facts::BY_ITSELF.says.contains(&format!("{LEAST_ROTATION} days {end}")), "{}", facts::BY_ITSELF.says);
    }
}
