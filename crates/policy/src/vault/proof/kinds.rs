//! The kinds of doors, and what each asks for.

use crate::{Door, Grade};

/// What may pass for short: so many seconds after which something that was copied is worth nothing.
const SHORT: u64 = 3600;

/// What it takes to come through a door, and why, as a sentence. What could not be read is graded as the weakest.
pub fn grade_door(door: &Door) -> (Grade, String) {
    if let Some(trouble) = &door.trouble {
        return (Grade::Anonymous, format!("It could not be read, so the weakest is assumed: {trouble}."));
    }
    let (grade, because) = match door.kind.as_str() {
        "approle" => app_role(door),
        "userpass" | "ldap" | "radius" => (Grade::Copyable, "A password is enough, and it can be copied."),
        "token" => token(door),
        "kubernetes" => kubernetes(door),
        "jwt" | "oidc" => signed(door),
        "cert" => (Grade::Workload, "A client certificate is shown, and its private key is proven with every sign-in."),
        _ => (
            Grade::Copyable,
            "What this method asks for is not known here, so something that can be copied is assumed.",
        ),
    };
    if grade == Grade::Copyable && is_bound(door, "token_bound_cidrs") {
        let because = "What can be copied is enough, but it works only from the addresses that the role names.";
        return (Grade::Network, because.to_owned());
    }
    (grade, because.to_owned())
}

fn app_role(door: &Door) -> (Grade, &'static str) {
    let bound = is_bound(door, "secret_id_bound_cidrs");
    if door.fact("bind_secret_id") == "false" {
        let because =
            "No secret id is asked for: whoever knows the role id comes in from the addresses that the role names.";
        return (if bound || is_bound(door, "token_bound_cidrs") { Grade::Network } else { Grade::Copyable }, because);
    }
    let (ttl, uses) = (number(door, "secret_id_ttl"), number(door, "secret_id_num_uses"));
    match (bound, ttl, uses) {
        (true, ..) => {
            (Grade::Network, "A secret id can be copied, but it works only from the addresses that the role names.")
        }
        (false, _, 1) => (Grade::Role, "A secret id works once: whoever comes second with a copy is kept out."),
        (false, 1..=SHORT, _) => {
            (Grade::Role, "A secret id works for an hour at most, so that a copy is soon worth nothing.")
        }
        (false, 0, 0) => (
            Grade::Copyable,
            "A secret id is enough. It can be copied, never ends, may be used as often as one likes, and works from anywhere.",
        ),
        (false, 0, _) => {
            (Grade::Copyable, "A secret id is enough. It can be copied, never ends, and works from anywhere.")
        }
        (false, ..) => (Grade::Copyable, "A secret id is enough. It can be copied, works for long, and from anywhere."),
    }
}

fn token(door: &Door) -> (Grade, &'static str) {
    let period = number(door, "token_period").max(number(door, "period"));
    let most = number(door, "token_explicit_max_ttl").max(number(door, "explicit_max_ttl"));
    match (period, most, door.fact("orphan") == "true") {
        (1.., ..) => (Grade::Copyable, "Its tokens can be copied, and renewed for ever: they are periodic."),
        (0, 1..=SHORT, _) => {
            (Grade::Role, "Its tokens work for an hour at most, so that a copy is soon worth nothing.")
        }
        (0, _, true) => (Grade::Copyable, "Its tokens can be copied, and outlive whoever made them: they are orphans."),
        (0, 0, false) => {
            (Grade::Copyable, "Its tokens can be copied, and no end is set beyond which they are not renewed.")
        }
        (0, _, false) => (Grade::Copyable, "Its tokens can be copied, and work for long."),
    }
}

fn kubernetes(door: &Door) -> (Grade, &'static str) {
    let open = |name: &str| {
        let mut values = door.fact(name).split(',').map(str::trim).filter(|value| !value.is_empty());
        values.any(|value| value == "*")
    };
    match (open("bound_service_account_names"), open("bound_service_account_namespaces")) {
        (true, true) => (Grade::Network, "Every service account of the cluster is let in."),
        (true, false) => (Grade::Network, "Every service account of the namespaces that the role names is let in."),
        (false, true) => (
            Grade::Network,
            "A service account of that name in any namespace is let in: whoever may make a namespace may make one.",
        ),
        (false, false) => (Grade::Workload, "The cluster says which service account calls, and the role names it."),
    }
}

fn signed(door: &Door) -> (Grade, &'static str) {
    let claims = door.fact("bound_claims");
    let glob = door.fact("bound_claims_type") == "glob";
    let bound = !door.fact("bound_subject").is_empty() || !(is_none(claims) || glob && fits_all(claims));
    match (bound, is_none(door.fact("bound_audiences"))) {
        (true, _) => (Grade::Workload, "The issuer says who calls, and the role binds it to a subject or to claims."),
        (false, false) => (
            Grade::Network,
            "Whoever has a token of the issuer for this audience is let in: an audience says for whom a token is meant, not \
             who has it.",
        ),
        (false, true) => {
            (Grade::Network, "Whoever has a token of the issuer is let in: no subject, claim or audience is bound.")
        }
    }
}

/// Whether a list of bound claims is one that any value fits: `{"sub":"*"}`.
fn fits_all(claims: &str) -> bool {
    let Ok(serde_json::Value::Object(claims)) = serde_json::from_str(claims) else { return false };
    claims.values().all(|value| match value {
        serde_json::Value::String(one) => one == "*",
        serde_json::Value::Array(several) => several.iter().any(|one| one == "*"),
        serde_json::Value::Null
        | serde_json::Value::Bool(_)
        | serde_json::Value::Number(_)
        | serde_json::Value::Object(_) => false,
    })
}

/// Whether addresses are named, and not all of them.
fn is_bound(door: &Door, name: &str) -> bool {
    let mut addresses = door.fact(name).split(',').map(str::trim).filter(|one| !one.is_empty()).peekable();
    addresses.peek().is_some() && addresses.all(|one| !one.ends_with("/0"))
}

fn is_none(fact: &str) -> bool {
    matches!(fact, "" | "{}" | "null")
}

/// A number; 0 where there is none.
fn number(door: &Door, name: &str) -> u64 {
    door.fact(name).parse().unwrap_or_default()
}
