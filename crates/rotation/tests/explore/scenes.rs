//! What is rotated in each run of the exploration, how, and who uses it.

use std::collections::BTreeMap;

use domain::{RotationMethod, Switch};
use rotation::{Consumer, ConsumerId, ConsumerKind, ErrorStrategy, Generation, Rotation, RotationId, Settings};

use crate::world::at;

/// One item with its users.
pub(crate) struct Scene {
    pub(crate) name: String,
    pub(crate) method: RotationMethod,
    pub(crate) switch: Switch,
    pub(crate) strategy: ErrorStrategy,
    pub(crate) consumers: Vec<Consumer>,
    /// Somebody who is found while the run is under way.
    pub(crate) spare: Option<Consumer>,
    pub(crate) cache_days: i64,
    pub(crate) token_days: i64,
    /// Whether somebody fails, is left out or is found late.
    pub(crate) careless: bool,
    /// How often a third party acts in a run.
    pub(crate) third: u8,
}

pub(crate) fn consumer(id: &str, kind: ConsumerKind, round_trip: bool) -> Consumer {
    let fields: &[(&str, &str)] = match kind {
        ConsumerKind::JwksEndpoint => {
            &[("url", "https://a.example/jwks"), ("cache_minutes", "1440"), ("token_minutes", "2880")]
        }
        _ => &[],
    };
    let fields: BTreeMap<_, _> =
        fields.iter().map(|(name, answer)| ((*name).to_owned(), (*answer).to_owned())).collect();
    Consumer { id: ConsumerId(id.to_owned()), fields, round_trip, ..Consumer::new(kind, id) }
}

impl Scene {
    fn of(name: &str, method: RotationMethod, switch: Switch, consumers: Vec<Consumer>) -> Self {
        let strategy = ErrorStrategy::Halt;
        let name = name.to_owned();
        Self {
            name,
            method,
            switch,
            strategy,
            consumers,
            spare: None,
            cache_days: 1,
            token_days: 2,
            careless: true,
            third: 1,
        }
    }

    /// Everybody does what he should, in any order, and anything may be stopped or lost.
    pub(crate) fn calm(self) -> Self {
        Self { careless: false, third: 0, ..self }
    }

    /// Somebody fails, is left out, or is found late.
    pub(crate) fn careless(self) -> Self {
        Self { careless: true, third: 0, ..self }
    }

    /// Somebody who knows nothing of the rotation changes something, once.
    pub(crate) fn disturbed(self) -> Self {
        Self { careless: false, third: 1, ..self }
    }

    pub(crate) fn by_alias(&self) -> bool {
        matches!(self.switch, Switch::ByAlias { .. })
    }

    pub(crate) fn settings(&self) -> Settings {
        Settings { soak_hours: 24, wait_days: 1, ..Settings::usual(self.strategy) }
    }

    pub(crate) fn begin(&self) -> Rotation {
        let old = Generation { reference: "item".to_owned(), version: Some("1".to_owned()), spki: None };
        Rotation::begin(RotationId("run".to_owned()), old, self.name.clone(), "place".to_owned(), at(0))
    }

    /// A user with two slots, and a pipeline whose owner does it by hand.
    pub(crate) fn two_slots(strategy: ErrorStrategy) -> Self {
        let user = consumer("user", ConsumerKind::SnowflakeUser, false);
        let hand = consumer("pipeline", ConsumerKind::ByHand, false);
        let name = format!("new version at once, two slots, {}", strategy.python());
        Self { strategy, ..Self::of(&name, RotationMethod::NewVersion, Switch::AtOnce, vec![user, hand]) }
    }

    /// An address with a set of keys, and a user of the alias who encrypts with the key.
    pub(crate) fn alias() -> Self {
        let set = consumer("set", ConsumerKind::JwksEndpoint, false);
        let user = consumer("alias", ConsumerKind::AwsAlias, true);
        let switch = Switch::ByAlias { alias: "alias/it".to_owned() };
        Self::of("new key by alias, JWKS, round trip", RotationMethod::NewKey, switch, vec![set, user])
    }

    /// The address alone.
    pub(crate) fn jwks() -> Self {
        let scene = Self::alias();
        let consumers = scene.consumers.into_iter().take(1).collect();
        Self { name: "new key by alias, JWKS alone".to_owned(), consumers, ..scene }
    }

    /// The same without the address but with slots, where a call switches everybody in one instant.
    pub(crate) fn alias_with_slots() -> Self {
        let user = consumer("user", ConsumerKind::SnowflakeUser, false);
        let switch = Switch::ByAlias { alias: "alias/it".to_owned() };
        let scene = Self::of("new key by alias, two slots", RotationMethod::NewKey, switch, vec![user]);
        let spare = Some(consumer("found", ConsumerKind::ByHand, false));
        Self { strategy: ErrorStrategy::Skip, spare, ..scene }
    }

    /// Encryption under one name, whose place makes new material behind it.
    pub(crate) fn in_place() -> Self {
        let user = consumer("addon", ConsumerKind::HerokuAddon, true);
        let scene = Self::of("in place, round trip", RotationMethod::InPlace, Switch::AtOnce, vec![user]);
        Self { spare: Some(consumer("found", ConsumerKind::ByHand, false)), ..scene }
    }

    /// A certificate that a server presents.
    pub(crate) fn renew() -> Self {
        let server = consumer("server", ConsumerKind::TlsEndpoint, false);
        let scene = Self::of("renewal, TLS endpoint", RotationMethod::Renew, Switch::ByHand, vec![server]);
        Self { spare: Some(consumer("found", ConsumerKind::ByHand, false)), ..scene }
    }

    /// A deploy key beside its successor, and somebody who decrypts; each is told the new name.
    pub(crate) fn by_hand() -> Self {
        let deploy = consumer("deploy", ConsumerKind::GithubKey, false);
        let reader = consumer("reader", ConsumerKind::ByHand, true);
        Self::of("new key by hand", RotationMethod::NewKey, Switch::ByHand, vec![deploy, reader])
    }
}
