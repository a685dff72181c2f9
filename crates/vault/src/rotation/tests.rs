//! Rotation by what an item is, and the answers that each step gives.

use domain::{Answers, Aspect, Item, ItemKey, Kind, NativeRow, State};

use super::*;

fn item(id: &str, rows: &[(&str, &str)]) -> ItemDetail {
    let rows = rows.iter().map(|(name, value)| NativeRow::new(*name, *value)).collect();
    let item = Item {
        key: ItemKey::new("transit", id),
        name: "a".to_owned(),
        native_kind: "transit key",
        facets: Vec::new(),
        algorithm: None,
        state: State::Enabled,
        created: None,
        expires: None,
        current_version: Some("2".to_owned()),
        trouble: None,
    };
    ItemDetail { item, versions: Vec::new(), aspects: vec![Aspect::Native(rows)] }
}

#[test]
fn only_a_transit_key_has_new_versions_unless_its_material_came_from_outside() {
    let own = ("imported_key_allow_rotation", "true");
    for (id, rows, allowed) in [
        ("keys/a", &[("type", "ed25519"), ("imported_key", "false")][..], true),
        ("keys/a", &[("imported_key", "true"), own], true),
        ("keys/a", &[("imported_key", "true"), ("imported_key_allow_rotation", "false")], false),
        ("keys/a", &[("imported_key", "true")], false),
        ("keys/a", &[("type", "managed_key")], false),
        ("cert/7a", &[], false),
        ("issuer/x", &[], false),
        ("data/app", &[], false),
        ("nothing", &[], false),
    ] {
        let item = item(id, rows);
        let methods = RotationMethod::ALL.into_iter().filter(|method| refused(&item, *method).is_none());
        let expected = allowed.then_some(RotationMethod::NewVersion);
        assert_eq!(methods.collect::<Vec<_>>(), expected.into_iter().collect::<Vec<_>>(), "{id} {rows:?}");
    }
}

#[test]
fn both_minimums_move_together_so_that_what_is_below_can_be_trimmed() {
    let item = item("keys/a", &[]);
    let mut subject = RotationSubject {
        method: RotationMethod::NewVersion,
        item: &item,
        old_version: Some("2"),
        new: None,
        new_version: None,
        alias: None,
    };
    let step = |subject: &RotationSubject<'_>, step| new_version(subject, step);
    assert_eq!(step(&subject, RotationStep::DisableOld).unwrap_err().kind(), Kind::Invalid);
    subject.new_version = Some("3");
    let both = |version: &str| -> Answers {
        [LEAST_DECRYPTING, LEAST_ENCRYPTING].map(|name| (name.to_owned(), version.to_owned())).into()
    };
    let disable = step(&subject, RotationStep::DisableOld).unwrap();
    assert_eq!((disable.ask, disable.answers), (Ask::Configure, both("3")));
    let enable = step(&subject, RotationStep::EnableOld).unwrap();
    assert_eq!((enable.ask, enable.answers), (Ask::Configure, both("2")));
    let delete = step(&subject, RotationStep::DeleteOld).unwrap();
    assert_eq!((delete.ask, delete.answers), (Ask::Trim, [(LEAST_AVAILABLE.to_owned(), "3".to_owned())].into()));
    for none in [RotationStep::Switch, RotationStep::KeepOld, RotationStep::SwitchBack, RotationStep::DisableNew] {
        assert_eq!(step(&subject, none).unwrap_err().kind(), Kind::Unsupported, "{none:?}");
    }
}

#[test]
fn the_least_period_is_the_one_that_is_kept_to() {
    let hours = crate::period::LEAST / 3_600;
    assert!(facts::PERIOD.says.contains(&format!("{hours} hour at least")), "{}", facts::PERIOD.says);
}
