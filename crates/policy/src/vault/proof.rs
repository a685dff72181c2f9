//! What it takes to hold a policy: the doors that hand it out, graded.
//!
//! A policy of Vault names nobody, so the proof is asked for by the roles of the auth methods. Sources: Vault and OpenBao
//! API documentation, "AppRole", "Userpass", "Token", "JWT/OIDC", "Kubernetes", "TLS certificates".

mod kinds;

#[cfg(test)]
mod tests;

pub use kinds::grade_door;

use super::{parse, who::of_policy};
use crate::{Door, Power, Proof, Standing, Surroundings};

/// Every door of the surroundings that hands this policy out, by the proof it takes; the weakest first. None if the
/// policy gives nothing of the item.
pub fn proofs(text: &str, surroundings: &Surroundings) -> Vec<Proof> {
    let Some(name) = surroundings.name.as_deref() else { return Vec::new() };
    let holders = of_policy(&parse(text), Some(name), true, surroundings)
        .into_iter()
        .filter(|holder| holder.standing != Standing::Denied);
    let mut powers: Vec<Power> = holders.map(|holder| holder.power).collect();
    powers.sort_unstable();
    powers.dedup();
    if powers.is_empty() {
        return Vec::new();
    }
    let opens = |door: &&Door| door.policies.iter().any(|policy| hands_out(policy, name));
    let mut proofs: Vec<Proof> =
        surroundings.doors.iter().filter(opens).map(|door| proof(door, name, &powers)).collect();
    proofs.sort_by_key(|proof| proof.grade);
    proofs
}

fn proof(door: &Door, policy: &str, powers: &[Power]) -> Proof {
    let (grade, because) = grade_door(door);
    Proof {
        who: format!("whoever signs in by {}", door.path),
        id: door.path.clone(),
        powers: powers.to_vec(),
        grade,
        because,
        by: format!("policy {policy}"),
        span: None,
    }
}

/// Whether a door that hands out `given`, which may be a pattern with `*`, hands out the policy of that name.
fn hands_out(given: &str, name: &str) -> bool {
    let parts: Vec<&str> = given.split('*').collect();
    let [first, middle @ .., last] = parts.as_slice() else { return given == name };
    let Some(mut rest) = name.strip_prefix(first) else { return false };
    for part in middle {
        let Some((_, after)) = rest.split_once(part) else { return false };
        rest = after;
    }
    rest.ends_with(last)
}
