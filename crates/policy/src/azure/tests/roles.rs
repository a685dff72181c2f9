//! Role assignments.

use super::{codes, settled};
use crate::{
    Caller, Known, Power, Retention, Standing, Surroundings,
    azure::roles::{differences, explain, lint, lockout, who},
};

const VAULT: &str = "/subscriptions/5/resourceGroups/g/providers/Microsoft.KeyVault/vaults/pay";
const ANNA: &str = "aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa";

fn assignment(role: &str, scope: &str) -> String {
    format!(
        "{{\"properties\": {{\"principalId\": \"{ANNA}\", \"principalType\": \"User\", \"roleDefinitionName\": \"{role}\", \"scope\": \"{scope}\"}}}}"
    )
}

fn found(text: &str) -> Vec<crate::Finding> {
    lint(text, &Surroundings::default())
}

#[test]
fn every_lint_is_shown() {
    let user = assignment("Key Vault Crypto User", VAULT);
    let cases = [
        (assignment("Key Vault Administrator", "/subscriptions/5"), "everything-everywhere"),
        (assignment("Key Vault Crypto User", "/subscriptions/5"), "wide-scope"),
        (assignment("Owner", VAULT), "can-give-roles"),
        (assignment("Contributor", VAULT), "contributor-lets-itself-in"),
        (assignment("Our own role", VAULT), "unknown-role"),
        (user.replace("\"User\"", "\"Unknown\""), "deleted-principal"),
        (user.replace("\"User\"", "\"Robot\""), "unknown-principal-type"),
        (user.replace("\"User\"", "\"ForeignGroup\""), "foreign-group"),
        (user.replace(VAULT, "vaults/pay"), "not-a-scope"),
        (user.replace("\"scope\"", "\"other\""), "no-scope"),
        (assignment("Key Vault Crypto User", &format!("{VAULT}/keys/pay")), "item-scope"),
        (user.replace("\"principalType\"", "\"condition\": \"x\", \"principalType\""), "condition-not-read"),
        (user.replace(ANNA, "anna"), "not-an-id"),
        (format!("[{user}, {user}]"), "repeated-assignment"),
        (user.replace("\"User\"", "\"User\", \"principalName\": \"\""), "nameless-principal"),
    ];
    for (text, code) in cases {
        assert!(codes(&found(&text)).contains(&code), "{code}: {text}\n{:?}", codes(&found(&text)));
        settled(&text, found);
    }
    assert_eq!(codes(&found(&user)), Vec::<&str>::new());
}

fn around(caller: Option<&str>) -> Surroundings {
    let caller = caller.map(|id| Caller { id: id.into(), policies: Known::Unread("not asked".into()) });
    Surroundings { item: Some(format!("{VAULT}/keys/pay")), caller, ..Surroundings::default() }
}

#[test]
fn only_assignments_that_reach_the_item_count() {
    let text = format!(
        "{{\"value\": [{}, {}]}}",
        assignment("Key Vault Crypto Service Encryption User", &VAULT.to_uppercase().replace("/PAY", "/pay")),
        assignment("Key Vault Secrets User", &VAULT.replace("vaults/pay", "vaults/pay2"))
    );
    let powers: Vec<Power> = who(&text, &around(None)).into_iter().map(|holder| holder.power).collect();
    assert_eq!(powers, [Power::Decrypt, Power::Encrypt]);
}

#[test]
fn a_role_of_ones_own_is_never_taken_for_nothing() {
    let holders = who(&assignment("Our own role", VAULT), &around(None));
    assert_eq!(holders.len(), Power::ALL.len());
    assert!(holders.iter().all(|holder| matches!(holder.standing, Standing::DependsOn { .. })));
}

#[test]
fn lockout_is_safe_only_by_an_own_assignment_without_a_condition() {
    let keeps = |text: &str, caller| lockout(text, &around(caller)).caller;
    let owner = assignment("Owner", VAULT);
    assert_eq!(keeps(&owner, Some(ANNA)), Retention::Keeps);
    assert_eq!(keeps(&owner, Some("someone")), Retention::CannotTell);
    assert_eq!(keeps(&owner, None), Retention::CannotTell);
    let conditional = owner.replace("\"scope\"", "\"condition\": \"x\", \"scope\"");
    assert_eq!(keeps(&conditional, Some(ANNA)), Retention::CannotTell);
    assert_eq!(keeps(&assignment("Key Vault Data Access Administrator", VAULT), Some(ANNA)), Retention::CannotTell);
    assert_eq!(keeps(&assignment("Key Vault Administrator", VAULT), Some(ANNA)), Retention::CannotTell);
    assert_eq!(lockout(&owner, &around(Some("someone"))).others.len(), 1);
}

#[test]
fn sentences_name_the_role_the_place_and_what_it_means() {
    let text = explain(&assignment("Key Vault Secrets User", VAULT), &around(None));
    assert_eq!(text[0].text, format!("User {ANNA} is Key Vault Secrets User of pay: they can take it away."));
    let gone = differences(&assignment("Key Vault Secrets User", VAULT), "[]", &around(None));
    assert_eq!(gone[0].says, format!("User {ANNA} will no longer be able to take it away."));
}
