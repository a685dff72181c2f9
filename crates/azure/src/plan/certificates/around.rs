//! Plans for what stands around certificates: the contacts and the issuers of a vault.

use domain::{Plan, Result, Tier};
use serde_json::{Value, json};

use super::super::{Draft, Planned, Words, not_offered, unfit};
use crate::{
    object::is_name, operation::Operation, parameters::Parameters, perform::certificates::CREDENTIAL, shell::Line,
    state::Before,
};

pub(super) async fn contacts(mut draft: Draft<'_>) -> Result<Plan> {
    let before = draft.tenant.client.contacts(draft.vault).await?;
    let lines = draft.change.answer("contacts").unwrap_or_default().lines().map(str::trim);
    let wanted: Vec<Value> = lines.filter(|line| !line.is_empty()).map(contact).collect::<Result<_>>()?;
    if wanted.is_empty() {
        return Err(unfit("there is no contact: a vault keeps at least one once it has any"));
    }
    let effects: Vec<String> = wanted
        .iter()
        .map(|one| {
            format!("{} is written to before certificates of the vault end.", one["email"].as_str().unwrap_or_default())
        })
        .chain(["Who was a contact and is not here any more is written to no longer.".to_owned()])
        .collect();
    if before["contacts"] != json!(wanted) {
        let sent = Parameters::new(draft.vault, "").with("contacts", json!(wanted));
        let command = Line::new(&["certificate", "contact", "add"], draft.vault).option("--email", "@/dev/stdin").end();
        let says = "Set the contacts".to_owned();
        let call = Planned { operation: Operation::SetContacts, says, sent: &sent, command, secrets: &[] };
        draft.step(call, &Before::Policy(before))?;
    }
    let words = Words::new("the contacts", "Set the certificate contacts".to_owned(), Tier::Consequences, effects);
    draft.plan(words, None)
}

/// `maria@contoso.com, Maria, +1 555 0100`.
fn contact(line: &str) -> Result<Value> {
    let mut parts = line.split(',').map(str::trim);
    let email = parts
        .next()
        .filter(|email| email.contains('@'))
        .ok_or_else(|| unfit(format!("{line:?} is no contact: it begins with an e-mail address")))?;
    let mut contact = json!({"email": email});
    for (name, part) in ["name", "phone"].into_iter().zip(parts) {
        if !part.is_empty() {
            contact[name] = part.into();
        }
    }
    Ok(contact)
}

pub(super) async fn issuer(mut draft: Draft<'_>) -> Result<Plan> {
    let (name, provider) = (draft.answer("name")?, draft.answer("provider")?);
    if !is_name(name) {
        return Err(unfit(format!("{name:?} is not a name: it has 1 to 127 letters, digits and dashes")));
    }
    let before = draft.tenant.client.issuer(draft.vault, name).await?;
    let account = draft.change.answer("account_id").unwrap_or_default();
    let admins: Vec<Value> =
        draft.change.answer("admin_email").map(|email| json!({"email": email})).into_iter().collect();
    let mut sent =
        Parameters::new(draft.vault, name).with("provider", provider).with("attributes", json!({"enabled": true}));
    if !account.is_empty() {
        sent = sent.with("credentials", json!({"account_id": account}));
    }
    if let Some(id) = draft.change.answer("organization_id") {
        sent = sent.with("org_details", json!({"id": id, "admin_details": admins}));
    }
    let has_password = draft.change.secrets.get(CREDENTIAL).is_some_and(|password| !password.expose().is_empty());
    let secrets: &[&str] = if has_password { &[CREDENTIAL] } else { &[] };
    let command = Line::new(&["certificate", "issuer", "create"], draft.vault)
        .option("--issuer-name", name)
        .option("--provider-name", provider)
        .maybe("--account-id", Some(account).filter(|account| !account.is_empty()))
        .maybe("--password", has_password.then_some("@/dev/stdin"))
        .end();
    let effects = [
        format!("Policies can name {name}: then {provider} issues and renews their certificates."),
        match before.is_null() {
            true => "It is new in this vault.".to_owned(),
            false => "It replaces the one of that name.".to_owned(),
        },
    ];
    let says = "Set up the issuer".to_owned();
    let call = Planned { operation: Operation::SetIssuer, says, sent: &sent, command, secrets };
    draft.step(call, &Before::Policy(before))?;
    draft.plan(Words::new(name, format!("Set up the issuer {name}"), Tier::Consequences, effects), None)
}

pub(super) async fn delete_issuer(mut draft: Draft<'_>) -> Result<Plan> {
    let name = draft.answer("issuer")?;
    let before = draft.tenant.client.issuer(draft.vault, name).await?;
    if before.is_null() {
        return Err(not_offered(format!("There is no issuer {name} in this vault.")));
    }
    let sent = Parameters::new(draft.vault, name);
    let command = Line::new(&["certificate", "issuer", "delete"], draft.vault).option("--issuer-name", name).end();
    let says = "Remove the issuer".to_owned();
    let call = Planned { operation: Operation::DeleteIssuer, says, sent: &sent, command, secrets: &[] };
    draft.step(call, &Before::Policy(before))?;
    let effects = [
        format!("Certificates whose policy names {name} are not renewed any more."),
        "Its account and password are forgotten by Key Vault.".to_owned(),
    ];
    draft.plan(Words::new(name, format!("Remove the issuer {name}"), Tier::Name, effects), None)
}
