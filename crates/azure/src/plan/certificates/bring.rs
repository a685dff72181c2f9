//! Plans for certificates that come from outside: a file with its private key, and the signed answer to a request.

use base64ct::{Base64, Encoding};
use domain::{Error, Kind, Plan, Result, Tier};
use encoding::{pem, private_key, x509};
use serde_json::json;
use x509_cert::{
    der::{Decode, Encode},
    request::CertReq,
};

use super::super::{Draft, PLAN, Planned, Words, members_marked, named_certificate, not_offered, unfit};
use crate::{
    certificates::waits_for_answer,
    object::Named,
    operation::Operation,
    parameters::Parameters,
    perform::certificates::{FILE, PASSWORD},
    shell::Line,
    state::{self, Before},
};

pub(super) async fn import(mut draft: Draft<'_>) -> Result<Plan> {
    let of = named_certificate(&draft)?;
    let file = draft.change.secrets.get(FILE).ok_or_else(|| unfit("the file with the certificate is missing"))?;
    let is_pem = pem::text_of(file.expose()).is_some();
    let held = private_key::of_file(file, draft.change.secrets.get(PASSWORD))?;
    let leaf = x509::Certificate::parse(held.chain.first().map(Vec::as_slice).unwrap_or_default())?;
    let versions = state::versions(draft.tenant, &of).await?;
    let exportable = draft.change.flag("exportable");
    let content_type = if is_pem { "application/x-pem-file" } else { "application/x-pkcs12" };
    let sent = Parameters::new(draft.vault, &of.name)
        .with("policy", json!({"key_props": {"exportable": exportable}, "secret_props": {"contentType": content_type}}))
        .with("tags", json!(members_marked(&draft)?));
    let command = Line::new(&["certificate", "import"], &of.vault)
        .option("--name", &of.name)
        .option("--file", "/dev/stdin")
        .end();
    let has_password = draft.change.secrets.get(PASSWORD).is_some_and(|password| !password.expose().is_empty());
    let secrets: &[&str] = if has_password { &[FILE, PASSWORD] } else { &[FILE] };
    let says = "Import the certificate with its private key".to_owned();
    let call = Planned { operation: Operation::ImportCertificate, says, sent: &sent, command, secrets };
    draft.step(call, &Before::Versions(versions.iter().filter_map(state::version).collect()))?;
    let mut effects = vec![
        format!(
            "The certificate {} ({}), good until {}, is in {} as {}.",
            leaf.subject, leaf.algorithm, leaf.not_after, draft.vault, of.name
        ),
        format!("Its SHA-256 is {}.", leaf.sha256),
        format!("{} certificates of its issuers come with it.", held.chain.len().saturating_sub(1)),
        "Nobody will renew this: an imported certificate has no issuer.".to_owned(),
    ];
    effects.push(match exportable {
        true => "Whoever may read the secret of this name holds the private key.".to_owned(),
        false => "Its private key does not leave Key Vault again.".to_owned(),
    });
    if !versions.is_empty() {
        effects.push(
            "There is a certificate of this name already: this becomes its current version, and the older ones stay."
                .to_owned(),
        );
    }
    let words = Words::new(&of.name, format!("Import the certificate {}", of.name), Tier::Consequences, effects)
        .warning("The file still holds the private key.");
    draft.plan(words, None)
}

pub(super) async fn merge(mut draft: Draft<'_>, of: &Named) -> Result<Plan> {
    let running = draft.tenant.client.issuance(&of.vault, &of.name).await;
    let Some(running) = state::if_there(running)?.filter(waits_for_answer) else {
        return Err(not_offered("No signing request waits for an answer."));
    };
    let file = draft.change.secrets.get(FILE).ok_or_else(|| unfit("the file with the answer is missing"))?;
    let chain = x509::of_file(file.expose())?;
    let leaf = x509::Certificate::parse(chain.first().map(Vec::as_slice).unwrap_or_default())?;
    let request = Base64::decode_vec(running.csr.as_deref().unwrap_or_default()).ok();
    let wanted = request.and_then(|der| CertReq::from_der(&der).ok()?.info.public_key.to_der().ok());
    if wanted.as_deref() != Some(leaf.public_key()?.spki_der()) {
        let message =
            format!("the certificate {} is for another key than the one that waits in Key Vault", leaf.subject);
        return Err(Error::new(Kind::Invalid, PLAN, message)
            .with_refused_by("this app")
            .with_next("Choose the answer to this very request. Nothing was sent."));
    }
    let versions = state::versions(draft.tenant, of).await?;
    let written: Vec<String> = chain.iter().map(|der| Base64::encode_string(der)).collect();
    let sent = Parameters::new(draft.vault, &of.name)
        .with("x5c", json!(written))
        .with("tags", json!({super::super::MARK: draft.change.order.0}));
    let command = Line::new(&["certificate", "pending", "merge"], &of.vault)
        .option("--name", &of.name)
        .option("--file", "/dev/stdin")
        .end();
    let says = "Merge the signed answer".to_owned();
    let call = Planned { operation: Operation::MergeCertificate, says, sent: &sent, command, secrets: &[] };
    draft.step(call, &Before::Versions(versions.iter().filter_map(state::version).collect()))?;
    let effects = [
        format!("{} has a certificate that {} issued, good until {}.", of.name, leaf.issuer, leaf.not_after),
        format!("Its SHA-256 is {}.", leaf.sha256),
        format!("{} certificates of its issuers come with it.", chain.len() - 1),
    ];
    let title = format!("Merge the certificate {}", of.name);
    draft.plan(Words::new(&of.name, title, Tier::Consequences, effects), None)
}
