//! The rotation policy of a key: read from a form or from JSON, checked by the rules of Azure, written, and compared.
//!
//! Source: REST API, KeyRotationPolicy; "Configure cryptographic key auto-rotation in Azure Key Vault".

use domain::{Change, Result, Timestamp};
use serde_json::{Map, Value, json};

use crate::{
    period,
    plan::unfit,
    wire::{RotationPolicy, RotationTrigger},
};

/// The least expiry, in days.
pub(crate) const LEAST_EXPIRY: i64 = 28;
/// The least time from a version to the next, and from that to its expiry, in days.
pub(crate) const LEAST_ROTATION: i64 = 7;

/// A policy, in the form of this app: at most one rule for each of the two actions.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) struct Rules {
    pub(crate) rotate: Option<When>,
    pub(crate) notify: Option<When>,
    pub(crate) expiry: Option<String>,
}

/// When something happens to a version, as ISO 8601.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum When {
    AfterCreation(String),
    BeforeExpiry(String),
}

impl Rules {
    /// Those of a policy as Azure tells it. It may have none.
    ///
    /// # Errors
    /// `Invalid` for actions or triggers that this version does not know, which it would lose.
    pub(crate) fn of(policy: &Value) -> Result<Self> {
        let read: RotationPolicy =
            serde_json::from_value(policy.clone()).map_err(|_| unfit("it is not the JSON of a rotation policy"))?;
        let mut rules = Self { expiry: read.attributes.expiry_time.filter(|text| !text.is_empty()), ..Self::default() };
        for action in read.lifetime_actions {
            let kind = action.action.kind.unwrap_or_default();
            let when = When::of(action.trigger)?;
            let place = match kind.to_ascii_lowercase().as_str() {
                "rotate" => &mut rules.rotate,
                "notify" => &mut rules.notify,
                _ => return Err(unfit(format!("a rotation policy has no action {kind:?}, only Rotate and Notify"))),
            };
            if place.replace(when).is_some() {
                return Err(unfit(format!("the action {kind} is there twice")));
            }
        }
        Ok(rules)
    }

    /// Those that were answered, in the form or as JSON.
    ///
    /// # Errors
    /// `Invalid` for what Azure would not take.
    pub(crate) fn answered(change: &Change) -> Result<Self> {
        let rules = if change.answer("written") == Some("json") {
            let text = change.answer("policy").ok_or_else(|| unfit("the policy is missing"))?;
            Self::of(&serde_json::from_str(text).map_err(|_| unfit("the policy is no JSON"))?)?
        } else {
            let text = |name: &str| change.answer(name).map(|text| text.trim().to_ascii_uppercase());
            let missing = |name: &str| text(name).ok_or_else(|| unfit(format!("\"{name}\" is missing")));
            let rotate = match (change.flag("automatic"), change.answer("trigger")) {
                (false, _) => None,
                (true, Some("before-expiry")) => Some(When::BeforeExpiry(missing("rotate_before")?)),
                (true, _) => Some(When::AfterCreation(missing("rotate_after")?)),
            };
            Self { rotate, notify: text("notify_before").map(When::BeforeExpiry), expiry: text("expiry") }
        };
        rules.fit()?;
        Ok(rules)
    }

    fn fit(&self) -> Result<()> {
        let periods = [&self.rotate, &self.notify].into_iter().flatten().map(When::period);
        if let Some(text) = periods.chain(self.expiry.as_deref()).find(|text| period::read(text).is_none()) {
            return Err(unfit(format!(
                "{text:?} is no period in years, months, weeks and days: P90D is 90 days, P18M is 18 months, P1Y10D is \
                 1 year and 10 days"
            )));
        }
        if let Some(expiry) = self.expiry.as_deref().filter(|text| !period::is_at_least(text, LEAST_EXPIRY)) {
            return Err(unfit(format!("a version lasts {LEAST_EXPIRY} days at least, and {expiry} is less")));
        }
        if matches!(self.notify, Some(When::AfterCreation(_))) {
            return Err(unfit("Azure notifies before the expiry only"));
        }
        let Some(rotate) = &self.rotate else { return Ok(()) };
        if !period::is_at_least(rotate.period(), LEAST_ROTATION) {
            return Err(unfit(format!(
                "there are {LEAST_ROTATION} days at least between two rotations, and before an expiry; {} is less",
                rotate.period()
            )));
        }
        match (rotate, self.expiry.as_deref()) {
            (When::BeforeExpiry(_), None) => Err(unfit("a version that does not expire cannot be rotated before that")),
            (rotate, Some(expiry)) => {
                // Any beginning will do, since the rule is about an order.
                let begin = Timestamp::UNIX_EPOCH;
                let rotated = rotate.at(begin, Some(expiry));
                let least = period::before(begin, "P7D").and(period::after(begin, expiry));
                let least = least.and_then(|end| period::before(end, &format!("P{LEAST_ROTATION}D")));
                if rotated.is_some_and(|at| at <= begin || least.is_some_and(|least| at > least)) {
                    return Err(unfit(format!(
                        "a version is rotated after it was made, and {LEAST_ROTATION} days at least before it expires"
                    )));
                }
                Ok(())
            }
            (When::AfterCreation(_), None) => Ok(()),
        }
    }

    /// What is sent.
    pub(crate) fn body(&self) -> Map<String, Value> {
        let action = |when: &When, kind: &str| json!({"trigger": when.trigger(), "action": {"type": kind}});
        let actions: Vec<Value> = [(&self.rotate, "Rotate"), (&self.notify, "Notify")]
            .into_iter()
            .filter_map(|(when, kind)| Some(action(when.as_ref()?, kind)))
            .collect();
        let attributes = match &self.expiry {
            Some(expiry) => json!({"expiryTime": expiry}),
            None => json!({}),
        };
        Map::from_iter([("lifetimeActions".to_owned(), actions.into()), ("attributes".to_owned(), attributes)])
    }

    /// What will be, one sentence each, with the dates for a version that was made then.
    pub(crate) fn says(&self, created: Option<Timestamp>) -> Vec<String> {
        let expiry = self.expiry.as_deref();
        let next = |when: &When| {
            let due = created.and_then(|made| when.at(made, expiry));
            due.map(|at| format!(": for the current version at {at}")).unwrap_or_default()
        };
        let mut says = Vec::new();
        says.push(match &self.rotate {
            Some(when) => format!("A new version is made {}{}.", when.says(), next(when)),
            None => "Azure makes no new version by itself.".to_owned(),
        });
        says.extend(self.notify.as_ref().map(|when| format!("Event Grid is told {}{}.", when.says(), next(when))));
        says.push(match expiry {
            Some(expiry) => format!(
                "Each new version expires {} ({expiry}) after it was made. The current one keeps its own expiry.",
                period::words(expiry)
            ),
            None => "New versions do not expire.".to_owned(),
        });
        says
    }
}

impl When {
    fn of(trigger: RotationTrigger) -> Result<Self> {
        match (trigger.time_after_create, trigger.time_before_expiry) {
            (Some(after), None) => Ok(Self::AfterCreation(after)),
            (None, Some(before)) => Ok(Self::BeforeExpiry(before)),
            (Some(_), Some(_)) | (None, None) => {
                Err(unfit("each action has one trigger: timeAfterCreate or timeBeforeExpiry"))
            }
        }
    }

    /// The period.
    pub(crate) fn period(&self) -> &str {
        match self {
            Self::AfterCreation(text) | Self::BeforeExpiry(text) => text,
        }
    }

    fn trigger(&self) -> Value {
        match self {
            Self::AfterCreation(text) => json!({"timeAfterCreate": text}),
            Self::BeforeExpiry(text) => json!({"timeBeforeExpiry": text}),
        }
    }

    fn says(&self) -> String {
        match self {
            Self::AfterCreation(text) => format!("{} ({text}) after the one before", period::words(text)),
            Self::BeforeExpiry(text) => format!("{} ({text}) before a version expires", period::words(text)),
        }
    }

    fn at(&self, made: Timestamp, expiry: Option<&str>) -> Option<Timestamp> {
        match self {
            Self::AfterCreation(text) => period::after(made, text),
            Self::BeforeExpiry(text) => period::before(period::after(made, expiry?)?, text),
        }
    }
}

#[cfg(test)]
mod tests {
    use domain::{Answers, Ask, ItemKey, OrderId, SecretAnswers, Target};

    use super::*;

    fn answered(pairs: &[(&str, &str)]) -> Result<Rules> {
        Rules::answered(&Change {
            order: OrderId("01ARZ3NDEKTSV4RRFFQ69G5FAV".to_owned()),
            ask: Ask::SetRotation,
            target: Target::Item(ItemKey::new("v.vault.azure.net", "keys/a")),
            answers: pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect::<Answers>(),
            secrets: SecretAnswers::new(),
        })
    }

    #[test]
    fn the_form_and_the_json_say_the_same() {
        let form = answered(&[
            ("automatic", "true"),
            ("trigger", "after-creation"),
            ("rotate_after", "p18m"),
            ("notify_before", "P30D"),
            ("expiry", "P48M"),
        ])
        .unwrap();
        // As a real vault tells it.
        let text = r#"{"id":"https://x.vault.azure.net/keys/a/rotationpolicy","lifetimeActions":[{"trigger":{
            "timeAfterCreate":"P18M"},"action":{"type":"Rotate"}},{"trigger":{"timeBeforeExpiry":"P30D"},"action":{
            "type":"Notify"}}],"attributes":{"expiryTime":"P48M","created":1649797765,"updated":1649797765}}"#;
        let json = answered(&[("written", "json"), ("policy", text)]).unwrap();
        assert_eq!(form, json);
        assert_eq!(Rules::of(&Value::Object(form.body())).unwrap(), form);
        let says = form.says(Some("2026-01-31T10:00:00Z".parse().unwrap())).join(" ");
        assert!(
            says.contains("18 months (P18M) after the one before: for the current version at 2027-07-31T10:00:00Z")
        );
    }

    #[test]
    fn a_policy_without_rules_loads_and_is_written() {
        for text in ["{}", r#"{"attributes":{}}"#, r#"{"lifetimeActions":null,"attributes":{"expiryTime":null}}"#] {
            let rules = Rules::of(&serde_json::from_str(text).unwrap()).unwrap();
            assert_eq!(rules, Rules::default(), "{text}");
            assert_eq!(Value::Object(rules.body()), json!({"lifetimeActions": [], "attributes": {}}));
        }
    }

    #[test]
    fn a_month_and_thirty_days_are_told_apart() {
        let says = |period: &str| {
            let rules = Rules { rotate: Some(When::AfterCreation(period.to_owned())), ..Rules::default() };
            rules.says(Some("2026-01-31T10:00:00Z".parse().unwrap())).remove(0)
        };
        assert!(says("P1M").contains("1 month (P1M)") && says("P1M").contains("2026-02-28"), "{}", says("P1M"));
        assert!(says("P30D").contains("30 days (P30D)") && says("P30D").contains("2026-03-02"), "{}", says("P30D"));
    }

    #[test]
    fn what_azure_would_not_take_is_refused_with_the_reason() {
        for (answers, word) in [
            (&[("automatic", "true"), ("rotate_after", "P6D")][..], "7 days"),
            (&[("automatic", "true"), ("rotate_after", "PT48H")], "no period"),
            (&[("automatic", "true")], "rotate_after"),
            (&[("expiry", "P27D")], "28 days"),
            (&[("automatic", "true"), ("trigger", "before-expiry"), ("rotate_before", "P30D")], "does not expire"),
            (&[("automatic", "true"), ("rotate_after", "P90D"), ("expiry", "P90D")], "before it expires"),
            (
                &[("automatic", "true"), ("trigger", "before-expiry"), ("rotate_before", "P60D"), ("expiry", "P30D")],
                "after it was made",
            ),
            (&[("written", "json"), ("policy", "{")], "no JSON"),
            (
                &[("written", "json"), ("policy", r#"{"lifetimeActions":[{"action":{"type":"Rotate"}}]}"#)],
                "one trigger",
            ),
            (
                &[
                    ("written", "json"),
                    (
                        "policy",
                        r#"{"lifetimeActions":[{"trigger":{"timeAfterCreate":"P90D"},"action":{"type":"Notify"}}]}"#,
                    ),
                ],
                "before the expiry only",
            ),
        ] {
            let error = answered(answers).unwrap_err();
            assert!(error.message().contains(word), "{answers:?}: {error}");
        }
    }
}
