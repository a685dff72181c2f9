//! Keys, consumers and rotations for the unit tests.

use std::sync::LazyLock;

use aws_lc_rs::{
    encoding::AsDer,
    rsa::KeySize,
    signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair, RsaKeyPair},
};
use domain::{OrderEnd, OrderId, RotationMethod, RotationStep, Switch, Timestamp};
use encoding::PublicKey;

use crate::{
    Act, Consumer, ConsumerId, ConsumerKind, ErrorStrategy, Generation, Material, Rotation, RotationId, Settings,
};

pub(crate) static OLD: LazyLock<PublicKey> = LazyLock::new(rsa);
pub(crate) static NEW: LazyLock<PublicKey> = LazyLock::new(rsa);
pub(crate) static P256: LazyLock<PublicKey> = LazyLock::new(|| {
    let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).unwrap();
    PublicKey::from_spki_der(pair.public_key().as_der().unwrap().as_ref()).unwrap()
});

fn rsa() -> PublicKey {
    let pair = RsaKeyPair::generate(KeySize::Rsa2048).unwrap();
    PublicKey::from_spki_der(pair.public_key().as_der().unwrap().as_ref()).unwrap()
}

pub(crate) fn consumer(kind: ConsumerKind, fields: &[(&str, &str)]) -> Consumer {
    Consumer {
        id: ConsumerId(kind.word().to_owned()),
        fields: fields.iter().map(|(name, answer)| ((*name).to_owned(), (*answer).to_owned())).collect(),
        ..Consumer::new(kind, kind.title())
    }
}

pub(crate) fn by_hand(id: &str) -> Consumer {
    Consumer { id: ConsumerId(id.to_owned()), name: id.to_owned(), ..consumer(ConsumerKind::ByHand, &[]) }
}

pub(crate) fn material() -> Material<'static> {
    Material {
        item: "payments",
        new_reference: "arn:new",
        old_version: Some("1"),
        new_version: Some("2"),
        old: Some(&OLD),
        new: Some(&NEW),
        slots: None,
        alias: None,
        due: None,
    }
}

pub(crate) fn at(hours: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + hours * 3600).unwrap()
}

/// Something that must be let through.
pub(crate) fn after(rotation: &Rotation, acts: impl IntoIterator<Item = Act>, hours: i64) -> Rotation {
    acts.into_iter().fold(rotation.clone(), |rotation, act| rotation.apply(act, "maria", at(hours)).unwrap())
}

/// A step that was ordered and is done.
pub(crate) fn done(step: RotationStep, number: &str) -> [Act; 2] {
    let order = OrderId(number.to_owned());
    let new = Generation { reference: "arn:new".to_owned(), version: Some("2".to_owned()), spki: None };
    let made = (step == RotationStep::Create).then_some(new);
    [Act::TakeOrder { step, order: order.clone() }, Act::EndOrder { order, end: OrderEnd::Done, made }]
}

/// Where the new material is there and everybody is to be told.
pub(crate) fn distributing(switch: Switch, strategy: ErrorStrategy, consumers: Vec<Consumer>) -> Rotation {
    let old = Generation { reference: "arn:old".to_owned(), ..Generation::default() };
    let begun = Rotation::begin(RotationId("1".to_owned()), old, "payments".to_owned(), String::new(), at(0));
    let plan = [
        Act::SetScope(Settings::usual(strategy)),
        Act::GoOn,
        Act::Choose { method: RotationMethod::NewKey, switch, lacks: Vec::new() },
        Act::GoOn,
        Act::SetConsumers(consumers),
        Act::GoOn,
        Act::Pin("seen".to_owned()),
    ];
    let made = after(&begun, plan.into_iter().chain(done(RotationStep::Create, "create")), 0);
    after(&made, [Act::GoOn], 0)
}
