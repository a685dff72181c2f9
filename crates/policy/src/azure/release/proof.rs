//! What an environment has to bring so that a key is released to it.

use super::{Condition, KnownClaim, Operator, parse, who};
use crate::{
    Grade, Proof, Surroundings,
    proof::{graded, unreadable},
};

/// Every environment that gets the key, by the proof it takes; the weakest first.
pub fn proofs(text: &str, surroundings: &Surroundings) -> Vec<Proof> {
    let document = parse(text);
    let well_formed = document.is_well_formed();
    graded(who(text, surroundings), |holder| {
        let authority = document.authorities.iter().find(|authority| Some(authority.span) == holder.span);
        let condition = authority.and_then(|authority| authority.condition.as_ref());
        match condition {
            Some(condition) if well_formed => grade(condition),
            Some(_) | None => unreadable(),
        }
    })
}

fn grade(condition: &Condition) -> (Grade, String) {
    if measures(condition) {
        return (Grade::Attested, "The authority attests what runs in the environment.".to_owned());
    }
    let because = "The authority attests what kind of machine it is, and not what runs there: whoever may call release can \
                   start such a machine.";
    (Grade::Network, because.to_owned())
}

/// Whether it cannot hold unless a claim that tells what runs there has one certain value.
fn measures(condition: &Condition) -> bool {
    match condition {
        Condition::All(inner, _) => inner.iter().any(measures),
        Condition::Any(inner, _) => !inner.is_empty() && inner.iter().all(measures),
        Condition::Claim(claim) => {
            claim.operator == Operator::Equals && KnownClaim::of(&claim.name.value).is_some_and(|known| known.measures)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::proofs;
    use crate::{Grade, Surroundings};

    #[test]
    fn only_what_runs_there_makes_it_attested() {
        let measured = r#"{"claim": "x-ms-isolation-tee.x-ms-sevsnpvm-hostdata", "equals": "00"}"#;
        let kind = r#"{"claim": "x-ms-isolation-tee.x-ms-attestation-type", "equals": "sevsnpvm"}"#;
        let cases = [
            ("allOf", [measured, kind], Grade::Attested),
            ("anyOf", [measured, kind], Grade::Network),
            ("allOf", [kind, kind], Grade::Network),
        ];
        for (group, [one, two], due) in cases {
            let text = format!(
                r#"{{"version": "1.0.0", "anyOf": [{{"authority": "https://a.attest.azure.net", "{group}": [{one}, {two}]}}]}}"#
            );
            let found = proofs(&text, &Surroundings::default());
            assert_eq!((found.len(), found[0].grade), (1, due), "{group}: {found:?}");
        }
    }
}
