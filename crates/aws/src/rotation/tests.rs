//! Rotation of KMS keys by what they are: which methods there are, and what their steps ask for.

use aws_config::SdkConfig;
use domain::{Facet, FacetKind, Item, ItemKey, Kind, Leaves, NativeRow, QuestionKind, State};

use super::*;
use crate::{
    keys::{KMS_KEY, MOST_ON_DEMAND},
    questions::{DELETION_DAYS, PERIOD_DAYS},
};

const ID: &str = "kms/1234abcd-12ab-34cd-56ef-1234567890ab";

fn account() -> Account {
    let account = Account::new(SdkConfig::builder().build(), vec!["eu-west-1".to_owned()], Default::default(), None);
    account.number.get_or_init(|| "111122223333".to_owned());
    account
}

fn key(id: &str, rows: &[(&str, &str)], aspects: &[Aspect]) -> ItemDetail {
    let usual = [
        ("AWSAccountId", "111122223333"),
        ("KeySpec", "SYMMETRIC_DEFAULT"),
        ("KeyUsage", "ENCRYPT_DECRYPT"),
        ("Origin", "AWS_KMS"),
    ];
    let rest = usual.iter().filter(|(name, _)| !rows.iter().any(|(other, _)| other == name));
    let rows = rows.iter().chain(rest).map(|(name, value)| NativeRow::new(*name, *value)).collect();
    let mut aspects = aspects.to_vec();
    aspects.push(Aspect::Native(rows));
    let item = Item {
        key: ItemKey::new("eu-west-1", id),
        name: "a".to_owned(),
        native_kind: KMS_KEY,
        facets: vec![Facet::open(FacetKind::Key, Leaves::Nothing)],
        algorithm: None,
        state: State::Enabled,
        created: None,
        expires: None,
        current_version: None,
        trouble: None,
    };
    ItemDetail { item, versions: Vec::new(), aspects }
}

fn allowed(item: &ItemDetail) -> Vec<RotationMethod> {
    let offers = account().methods(item);
    assert!(offers.iter().map(|offer| offer.method).eq(RotationMethod::ALL));
    assert!(offers.iter().all(|offer| !offer.facts.is_empty()));
    offers.into_iter().filter(|offer| offer.refused.is_none()).map(|offer| offer.method).collect()
}

#[test]
fn what_the_key_is_decides_how_it_is_rotated() {
    use RotationMethod::{InPlace, NewKey};
    let signs = [("KeySpec", "ECC_NIST_P256"), ("KeyUsage", "SIGN_VERIFY")];
    let replica = [("MultiRegion", "true"), ("MultiRegionKeyType", "REPLICA")];
    for (rows, methods) in [
        (&[][..], &[InPlace, NewKey][..]),
        (&signs, &[NewKey]),
        (&[("KeySpec", "HMAC_256"), ("KeyUsage", "GENERATE_VERIFY_MAC")], &[NewKey]),
        (&[("Origin", "EXTERNAL")], &[NewKey]),
        (&[("Origin", "AWS_CLOUDHSM")], &[NewKey]),
        (&[("MultiRegion", "true"), ("MultiRegionKeyType", "PRIMARY")], &[InPlace, NewKey]),
        (&replica, &[]),
        (&[("AWSAccountId", "444455556666")], &[]),
        (&[("KeySpec", "SM2"), ("KeyUsage", "SIGN_VERIFY")], &[]),
    ] {
        assert_eq!(allowed(&key(ID, rows, &[])), methods, "{rows:?}");
    }
    for id in ["kms/arn:aws:kms:eu-west-1:444455556666:key/x", "acm/7", "secretsmanager/app/db"] {
        assert_eq!(allowed(&key(id, &[], &[])), [], "{id}");
    }
    let mut managed = key(ID, &[], &[]);
    managed.item.native_kind = AWS_MANAGED;
    assert_eq!(allowed(&managed), []);
}

#[test]
fn another_key_is_made_like_the_old_one_without_its_alias() {
    let rows = [("KeySpec", "RSA_2048"), ("KeyUsage", "SIGN_VERIFY"), ("MultiRegion", "true")];
    let tags = [("team", "payments"), ("aws:cloudformation:stack-name", "x"), (tags::ORDER, "01")];
    let tags = tags.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
    let aliases = ["alias/aws/x", "alias/sign", "alias/other"].map(str::to_owned).to_vec();
    let aspects = [Aspect::Aliases(aliases), Aspect::Description("Signs.".to_owned()), Aspect::Tags(tags)];
    let (item, made) = (key(ID, &rows, &aspects), ItemKey::new("eu-west-1", "kms/new"));
    let mut subject = RotationSubject {
        method: RotationMethod::NewKey,
        item: &item,
        old_version: None,
        new: None,
        new_version: None,
        alias: None,
    };
    let create = account().wish(&subject, RotationStep::Create).unwrap();
    let answers = [
        ("description", "Signs."),
        ("multi_region", "true"),
        ("signature_spec", "RSA_2048"),
        ("tags", r#"[["team","payments"]]"#),
        ("usage", "SIGN_VERIFY"),
    ];
    assert_eq!(create.ask, Ask::CreateKey);
    assert!(create.answers.iter().map(|(name, value)| (name.as_str(), value.as_str())).eq(answers));
    assert_eq!(account().wish(&subject, RotationStep::Switch).unwrap_err().kind(), Kind::Invalid);
    subject.new = Some(&made);
    let old = Target::Item(item.item.key.clone());
    let to_new = Wish::new(Ask::MoveAlias, Target::Item(made.clone())).answer("alias", "alias/sign");
    assert_eq!(account().wish(&subject, RotationStep::Switch).unwrap(), to_new);
    subject.alias = Some("alias/other");
    let back = Wish::new(Ask::MoveAlias, old.clone()).answer("alias", "alias/other");
    assert_eq!(account().wish(&subject, RotationStep::SwitchBack).unwrap(), back);
    subject.alias = Some("alias/moved");
    for step in [RotationStep::DisableOld, RotationStep::DeleteOld] {
        let refused = account().wish(&subject, step).unwrap_err();
        assert!(refused.kind() == Kind::Conflict && refused.message().contains("alias/sign"), "{refused}");
    }
    let bare = key(ID, &rows, &[]);
    let delete = Wish::new(Ask::ScheduleDeletion, old).answer("days", "30");
    let moved = RotationSubject { item: &bare, ..subject.clone() };
    assert_eq!(account().wish(&moved, RotationStep::DeleteOld).unwrap(), delete);
    let subject = RotationSubject { item: &bare, alias: None, ..subject };
    assert_eq!(switch(&bare, RotationMethod::NewKey), Switch::ByHand);
    assert_eq!(account().wish(&subject, RotationStep::Switch).unwrap_err().kind(), Kind::Unsupported);
}

#[test]
fn an_alias_that_somebody_else_moved_is_noticed() {
    use RotationStep::{Create, DeleteOld, DisableOld, EnableOld, Switch, SwitchBack};
    let rows = [("KeySpec", "RSA_2048"), ("KeyUsage", "SIGN_VERIFY")];
    let here = key(ID, &rows, &[Aspect::Aliases(vec!["alias/sign".to_owned()])]);
    let gone = key(ID, &rows, &[Aspect::Aliases(vec!["alias/other".to_owned()])]);
    let bare = key(ID, &rows, &[]);
    let hidden = key(ID, &[&rows[..], &[("Aliases", "not permitted (kms:ListAliases)")]].concat(), &[]);
    let made = ItemKey::new("eu-west-1", "kms/87654321-12ab-34cd-56ef-1234567890ab");
    let conflicts = |item: &ItemDetail, step| {
        let subject = RotationSubject {
            method: RotationMethod::NewKey,
            item,
            old_version: None,
            new: Some(&made),
            new_version: None,
            alias: Some("alias/sign"),
        };
        account().wish(&subject, step).is_err_and(|error| error.kind() == Kind::Conflict)
    };
    for step in [Create, Switch] {
        assert!(!conflicts(&here, step) && conflicts(&gone, step) && conflicts(&bare, step), "{step:?}");
    }
    for step in [DeleteOld, DisableOld] {
        // Whoever names another alias of the old key would be refused as well.
        assert!(conflicts(&here, step) && conflicts(&gone, step) && !conflicts(&bare, step), "{step:?}");
    }
    for step in RotationStep::ALL {
        assert!(!conflicts(&hidden, step), "{step:?}: what cannot be read shows nothing");
        if matches!(step, EnableOld | SwitchBack) {
            assert!(!conflicts(&here, step) && !conflicts(&gone, step), "{step:?}");
        }
    }
}

#[test]
fn numbers_in_facts_are_those_that_are_kept_to() {
    let has = |fact: domain::RotationFact, kind: &QuestionKind| {
        let QuestionKind::Number { least, most } = kind else { panic!("{kind:?}") };
        assert!(fact.says.contains(&format!("{least} to {most} days")), "{}", fact.says);
    };
    has(facts::PERIOD, &PERIOD_DAYS);
    has(facts::WAITS, &DELETION_DAYS);
    assert!(facts::TIMES.says.contains(&format!("{MOST_ON_DEMAND} times")), "{}", facts::TIMES.says);
    assert!(facts::PERIOD.says.contains(crate::questions::USUAL_PERIOD), "{}", facts::PERIOD.says);
}
