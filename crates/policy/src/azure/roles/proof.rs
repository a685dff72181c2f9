//! What a caller has to bring by a role assignment, by what its principal is.

use super::{Assignment, parse, who};
use crate::{
    Grade, Proof, Surroundings,
    proof::{graded, unreadable},
};

/// Everybody whom the assignments let in, by the proof it takes; the weakest first.
pub fn proofs(text: &str, surroundings: &Surroundings) -> Vec<Proof> {
    let document = parse(text);
    let well_formed = document.is_well_formed();
    graded(who(text, surroundings), |holder| {
        let assignment = document.assignments.iter().find(|one| Some(one.span) == holder.span);
        if well_formed { grade(assignment) } else { unreadable() }
    })
}

fn grade(assignment: Option<&Assignment>) -> (Grade, String) {
    let kind = assignment.and_then(|one| one.principal_type.as_ref()).map(|kind| kind.value.to_lowercase());
    let (grade, because) = match kind.as_deref() {
        Some("user") => (Grade::Role, "A person signs in, by the rules of the tenant."),
        Some("group") => (
            Grade::Role,
            "Whoever is in the group signs in, by the rules of the tenant. Applications can be in groups too, which is \
             not read here.",
        ),
        Some("foreigngroup") => (Grade::Role, "Whoever is in the group signs in, by the rules of another tenant."),
        Some("managedidentity" | "msi") => {
            (Grade::Workload, "Azure gives the managed identity to the resource that it is of, and to nothing else.")
        }
        Some("serviceprincipal") => (
            Grade::Copyable,
            "A client secret of the application is enough, and that can be copied, unless it is a managed identity, which \
             the assignment does not say.",
        ),
        Some(_) | None => (
            Grade::Copyable,
            "The assignment does not say what the principal is. If it is an application, a client secret is enough, and \
             that can be copied.",
        ),
    };
    (grade, because.to_owned())
}

#[cfg(test)]
mod tests {
    use super::proofs;
    use crate::{Grade, Surroundings};

    #[test]
    fn what_the_principal_is_decides() {
        let cases = [
            ("User", Grade::Role),
            ("Group", Grade::Role),
            ("ForeignGroup", Grade::Role),
            ("ServicePrincipal", Grade::Copyable),
            ("ManagedIdentity", Grade::Workload),
            ("Device", Grade::Copyable),
        ];
        for (kind, due) in cases {
            let text = format!(
                r#"[{{"principalId": "00000000-0000-0000-0000-000000000001", "principalType": "{kind}",
                "roleDefinitionName": "Key Vault Crypto User", "roleDefinitionId": "12338af0-0e69-4776-bea7-57ae8d297424",
                "scope": "/subscriptions/00000000-0000-0000-0000-000000000002"}}]"#
            );
            let found = proofs(&text, &Surroundings::default());
            assert!(!found.is_empty(), "{kind}");
            assert!(found.iter().all(|proof| proof.grade == due), "{kind}: {found:?}");
        }
    }
}
