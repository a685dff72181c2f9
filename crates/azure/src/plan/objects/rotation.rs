//! Plans for the rotation of a key: now, and by a policy.

use domain::{Plan, Result, Tier};

use super::super::{Draft, Words};
use crate::{
    operation::Operation,
    parameters::Parameters,
    shell::Line,
    standing::Standing,
    state::{self, Before},
};

pub(super) async fn now(mut draft: Draft<'_>, standing: &Standing) -> Result<Plan> {
    let of = &standing.of;
    let versions = state::versions(draft.tenant, of).await?;
    let known = versions.iter().filter_map(state::version).collect();
    let command = Line::new(&["key", "rotate"], &of.vault).option("--name", &of.name).end();
    let sent = Parameters::new(draft.vault, &of.name);
    draft.step(Operation::RotateKey, "Make a new version of the key", &sent, command, &Before::Versions(known), &[])?;
    let effects = [
        "Whoever uses the key without naming a version uses new material from now on.".to_owned(),
        "Older versions stay, in the state that they have: what is encrypted under one is still decrypted with it."
            .to_owned(),
        "Whoever names a version in its address goes on with the old one, until the address is changed there."
            .to_owned(),
    ];
    let words = Words::new(&of.name, format!("Rotate {}", of.name), Tier::Consequences, effects)
        .warning("A version cannot be taken away again. Azure always takes the newest as the current one.");
    draft.plan(words, None)
}

pub(super) async fn policy(_draft: Draft<'_>, standing: &Standing) -> Result<Plan> {
    Err(crate::plan::not_offered(format!("{} cannot be given a policy yet.", standing.of)))
}
