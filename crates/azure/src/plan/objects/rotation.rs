//! Plans for the rotation of a key: now, and by a policy.

use domain::{Ask, Plan, Result, Tier};
use serde_json::Value;

use super::super::{Draft, Planned, Words};
use crate::{
    operation::Operation,
    parameters::Parameters,
    rotation_policy::Rules,
    shell::{self, Line},
    standing::Standing,
    state::{self, Before},
    wire::instant,
};

pub(super) async fn now(mut draft: Draft<'_>, standing: &Standing) -> Result<Plan> {
    let of = &standing.of;
    let versions = state::versions(draft.tenant, of).await?;
    let known = versions.iter().filter_map(state::version).collect();
    let command = Line::new(&["key", "rotate"], &of.vault).option("--name", &of.name).end();
    let sent = Parameters::new(draft.vault, &of.name);
    draft.step(
        Planned {
            operation: Operation::RotateKey,
            says: "Make a new version of the key".to_owned(),
            sent: &sent,
            command,
            secrets: &[],
        },
        &Before::Versions(known),
    )?;
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

pub(super) async fn policy(mut draft: Draft<'_>, standing: &Standing) -> Result<Plan> {
    let of = &standing.of;
    let written = draft.tenant.client.rotation_policy(&of.vault, &of.name).await?;
    let rules = Rules::answered(draft.change)?;
    // What this version cannot read can be replaced, but not taken back.
    let before = Rules::of(&written).ok();
    if before.as_ref() != Some(&rules) {
        let mut sent = Parameters::new(draft.vault, &of.name);
        sent.body = rules.body();
        let json = Value::Object(sent.body.clone()).to_string();
        let line = Line::new(&["key", "rotation-policy", "update"], &of.vault)
            .option("--name", &of.name)
            .option("--value", "/dev/stdin");
        let command = format!("printf %s {} | {}", shell::quoted(&json), line.end());
        let seen = Before::Policy(before.as_ref().map_or(written.clone(), |rules| Value::Object(rules.body())));
        draft.step(
            Planned {
                operation: Operation::UpdateRotationPolicy,
                says: "Set the rotation policy".to_owned(),
                sent: &sent,
                command,
                secrets: &[],
            },
            &seen,
        )?;
    }
    let effects = rules.says(instant(standing.there()?.current.attributes.created));
    let words = Words::new(&of.name, format!("Set the rotation of {}", of.name), Tier::Undo, effects)
        .warning("Each new version costs money as a key does, in an HSM each month anew.");
    let undo = before.and_then(|rules| {
        let policy = Value::Object(rules.body()).to_string();
        draft.undo(Ask::SetRotation, [("written", "json".to_owned()), ("policy", policy)], true)
    });
    draft.plan(words, undo)
}
