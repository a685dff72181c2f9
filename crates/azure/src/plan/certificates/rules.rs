//! A certificate's policy from the answers of its form, and the change of one.

use domain::{Plan, Result, Tier};
use serde_json::{Map, Value, json};

use super::super::{Draft, Planned, Words, unfit};
use crate::{
    certificates::policy_aspect,
    object::Named,
    operation::Operation,
    parameters::Parameters,
    questions::certificates::{NOTHING, PERCENTAGE},
    shell::Line,
    state::Before,
    wire::Policy,
};

/// The policy that was answered, as the API writes it.
///
/// # Errors
/// `Invalid` for combinations that Key Vault refuses.
pub(super) fn answered(draft: &Draft<'_>) -> Result<Map<String, Value>> {
    let subject = draft.answer("subject")?;
    if !subject.contains('=') {
        return Err(unfit("the subject is an X.500 name, such as CN=www.contoso.com"));
    }
    let (key, issuer) = (draft.answer("key")?, draft.answer("issuer")?);
    let hsm = key.ends_with("-HSM");
    let exportable = draft.change.flag("exportable") && !hsm;
    let mut key_props = json!({
        "kty": key,
        "exportable": exportable,
        "reuse_key": draft.change.flag("reuse_key"),
    });
    match key.starts_with("RSA") {
        true => {
            let bits: u32 = draft.answer("size")?.parse().map_err(|_| unfit("the size is a number of bits"))?;
            key_props["key_size"] = bits.into();
        }
        false => key_props["crv"] = draft.answer("curve")?.into(),
    }
    let number = |name: &str| -> Result<u32> {
        draft.answer(name)?.parse().map_err(|_| unfit(format!("\"{name}\" is a whole number")))
    };
    let months = number("months")?;
    let renewal = draft.answer("renewal")?;
    let trigger = if renewal == NOTHING {
        None
    } else if draft.answer("trigger")? == PERCENTAGE {
        Some(json!({"lifetime_percentage": number(PERCENTAGE)?}))
    } else {
        let days = number("days")?;
        if u64::from(days) >= u64::from(months) * 28 {
            let message = format!("{days} days before its end is before its begin: it is good for {months} months");
            return Err(unfit(message));
        }
        Some(json!({"days_before_expiry": days}))
    };
    let actions: Vec<Value> =
        trigger.map(|trigger| json!({"trigger": trigger, "action": {"action_type": renewal}})).into_iter().collect();
    if issuer == "Unknown" && renewal == "AutoRenew" {
        return Err(unfit(
            "Key Vault cannot renew what an authority outside of Azure signs: write to the contacts instead",
        ));
    }
    let names = json!({
        "dns_names": draft.change.list("dns_names"),
        "emails": draft.change.list("emails"),
        "upns": draft.change.list("upns"),
    });
    let policy = json!({
        "issuer": {"name": issuer},
        "key_props": key_props,
        "secret_props": {"contentType": draft.answer("content_type")?},
        "x509_props": {"subject": subject, "sans": names, "validity_months": months},
        "lifetime_actions": actions,
    });
    Ok(policy.as_object().cloned().unwrap_or_default())
}

/// What the policy means, in words.
pub(super) fn said(policy: &Map<String, Value>) -> Vec<String> {
    let Ok(policy) = serde_json::from_value::<Policy>(Value::Object(policy.clone())) else { return Vec::new() };
    let domain::Aspect::CertificatePolicy { renewal, .. } = policy_aspect(&policy) else { return Vec::new() };
    let leaves = match policy.key_props.exportable {
        Some(true) => "Its private key may leave: whoever may read the secret of this name holds the key.",
        Some(false) | None => "Its private key never leaves: the secret of this name holds the certificate alone.",
    };
    vec![renewal, leaves.to_owned()]
}

pub(super) async fn change(mut draft: Draft<'_>, of: &Named) -> Result<Plan> {
    let standing = crate::standing::Standing::read(draft.tenant, of).await?;
    standing.allow(draft.change.ask)?;
    let before: Value = draft.tenant.client.certificate_policy(&of.vault, &of.name).await?;
    let now = before.as_object().cloned().unwrap_or_default();
    let wanted = beside_what_is_there(answered(&draft)?, &now);
    let changed: Map<String, Value> = wanted
        .iter()
        .filter(|(name, value)| !now.get(*name).is_some_and(|now| within(value, now)))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    let mut effects: Vec<String> = changed.iter().map(|(name, value)| format!("{}: {value}", part(name))).collect();
    effects.extend(said(&wanted));
    effects.push("It holds for the next certificate of this name; the present one stays as it is.".to_owned());
    if !changed.is_empty() {
        let mut sent = Parameters::new(draft.vault, &of.name);
        // What nobody touched is not sent: a second rule before the end, or a usage that the form does not know, stays.
        sent.body = changed;
        let command = Line::new(&["certificate", "set-attributes"], &of.vault)
            .option("--name", &of.name)
            .option("--policy", "@/dev/stdin")
            .end();
        let says = "Write the policy".to_owned();
        let call = Planned { operation: Operation::UpdateCertificatePolicy, says, sent: &sent, command, secrets: &[] };
        draft.step(call, &Before::Policy(before))?;
    }
    let title = format!("Change the policy of {}", of.name);
    draft.plan(Words::new(&of.name, title, Tier::Consequences, effects), None)
}

/// What was answered, with what the form does not ask for as it is now: usages, and rules behind the first.
fn beside_what_is_there(mut wanted: Map<String, Value>, now: &Map<String, Value>) -> Map<String, Value> {
    if let (Some(Value::Object(wanted)), Some(Value::Object(now))) =
        (wanted.get_mut("x509_props"), now.get("x509_props"))
    {
        for (name, value) in now {
            wanted.entry(name.clone()).or_insert_with(|| value.clone());
        }
    }
    if let (Some(Value::Array(wanted)), Some(Value::Array(now))) =
        (wanted.get_mut("lifetime_actions"), now.get("lifetime_actions"))
        && !wanted.is_empty()
    {
        wanted.extend(now.iter().skip(1).cloned());
    }
    wanted
}

fn part(name: &str) -> &str {
    match name {
        "issuer" => "Issuer",
        "key_props" => "Key",
        "secret_props" => "Kept as",
        "x509_props" => "Names and lifetime",
        _ => "Before its end",
    }
}

/// Whether everything in `wanted` is in `now`: the service adds members of its own.
pub(crate) fn within(wanted: &Value, now: &Value) -> bool {
    match (wanted, now) {
        (Value::Object(wanted), Value::Object(now)) => wanted.iter().all(|(name, value)| match now.get(name) {
            Some(now) => within(value, now),
            None => value.is_null() || value.as_array().is_some_and(Vec::is_empty) || value == &json!({}),
        }),
        (Value::Array(wanted), Value::Array(now)) => {
            wanted.len() == now.len() && wanted.iter().zip(now).all(|(wanted, now)| within(wanted, now))
        }
        (wanted, now) => wanted == now,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_form_does_not_ask_for_stays() {
        let now = json!({
            "x509_props": {"subject": "CN=a", "ekus": ["1.2.3"], "key_usage": ["cRLSign"]},
            "lifetime_actions": [{"trigger": {"lifetime_percentage": 80}}, {"trigger": {"days_before_expiry": 7}}],
        });
        let wanted =
            json!({"x509_props": {"subject": "CN=b"}, "lifetime_actions": [{"trigger": {"lifetime_percentage": 90}}]});
        let (Value::Object(now), Value::Object(wanted)) = (now, wanted) else { panic!("no objects") };
        let both = Value::Object(beside_what_is_there(wanted, &now));
        assert_eq!(both["x509_props"], json!({"subject": "CN=b", "ekus": ["1.2.3"], "key_usage": ["cRLSign"]}));
        let rules = json!([{"trigger": {"lifetime_percentage": 90}}, {"trigger": {"days_before_expiry": 7}}]);
        assert_eq!(both["lifetime_actions"], rules);
        let none = json!({"lifetime_actions": []}).as_object().cloned().unwrap();
        assert_eq!(beside_what_is_there(none, &now)["lifetime_actions"], json!([]), "nothing is nothing");
    }

    #[test]
    fn what_the_service_adds_is_no_difference_and_what_it_lacks_is() {
        let wanted = json!({"a": {"b": 1, "c": []}, "d": [{"e": 2}]});
        assert!(within(&wanted, &json!({"a": {"b": 1, "x": 9}, "d": [{"e": 2, "f": 3}], "y": 0})));
        assert!(!within(&wanted, &json!({"a": {"b": 2}, "d": [{"e": 2}]})));
        assert!(!within(&wanted, &json!({"a": {"b": 1}, "d": []})));
    }
}
