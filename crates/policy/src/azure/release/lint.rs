//! What somebody who edits a release policy should know.

use super::{Authority, Claim, ClaimKind, Condition, Document, KnownClaim, Operator, Value, parse};
use crate::{Edit, Finding, Span, Surroundings, azure::object::removal, nearest::nearest};

/// Every finding, in the order of the text.
pub fn lint(text: &str, _surroundings: &Surroundings) -> Vec<Finding> {
    let document = parse(text);
    let mut findings = document.malformed.clone();
    findings.extend(of_version(&document, text));
    for authority in &document.authorities {
        findings.extend(of_url(authority));
        let Some(condition) = &authority.condition else { continue };
        findings.extend(condition.claims().into_iter().flat_map(of_claim));
        findings.extend(of_group(condition, text));
        findings.extend(of_strength(authority, condition));
        let same = |other: &&Authority| {
            url_of(other) == url_of(authority) && other.condition.as_ref().map(said) == Some(said(condition))
        };
        if let Some(first) = document.authorities[..authority.index.min(document.authorities.len())].iter().find(same) {
            let message = format!("This says the same as authority {}.", first.index + 1);
            findings.push(
                Finding::note("repeated-authority", authority.span, message)
                    .with_fix("Remove the second", vec![removal(text, authority.span)]),
            );
        }
    }
    Finding::in_order(findings)
}

fn of_version(document: &Document, text: &str) -> Option<Finding> {
    match &document.version {
        Some(version) if version.value == "1.0.0" => None,
        Some(version) => {
            let message = format!("There is no version \"{}\": it is 1.0.0.", version.value);
            let edit = Edit { span: version.span, text: "\"1.0.0\"".to_owned() };
            Some(Finding::error("unknown-version", version.span, message).with_fix("Write 1.0.0", vec![edit]))
        }
        None if document.list.is_some() && document.span.of(text).starts_with('{') => {
            let at = document.span.start + 1;
            let edit = Edit { span: Span::new(at, at), text: "\"version\": \"1.0.0\", ".to_owned() };
            let message = "The policy does not say its version.";
            Some(Finding::note("no-version", document.span, message).with_fix("Add version 1.0.0", vec![edit]))
        }
        None => None,
    }
}

fn url_of(authority: &Authority) -> Option<String> {
    authority.url.as_ref().map(|url| url.value.trim_end_matches('/').to_lowercase())
}

fn of_url(authority: &Authority) -> Option<Finding> {
    let url = authority.url.as_ref()?;
    let Some(rest) = url.value.strip_prefix("https://") else {
        let message = "An authority is named by its address with https://, as its attestations name their issuer.";
        return Some(Finding::error("authority-not-https", url.span, message));
    };
    let host = rest.split('/').next().unwrap_or_default();
    if host.is_empty() || !host.contains('.') || host.contains(['<', '>', ' ', '*', '@']) {
        return Some(Finding::error("authority-without-host", url.span, "This names no attestation service."));
    }
    if !(host.ends_with(".attest.azure.net")
        || host.ends_with(".attest.azure.us")
        || host.ends_with(".attest.azure.cn"))
    {
        let message = "This is not Azure's attestation service: whoever runs it decides who gets the key.";
        return Some(Finding::warning("foreign-authority", url.span, message));
    }
    None
}

fn of_claim(claim: &Claim) -> Vec<Finding> {
    let mut findings = Vec::new();
    if claim.operator != Operator::Equals {
        let message = format!(
            "{} is in the grammar, but the documentation says that only equals is allowed so far.",
            claim.operator.word()
        );
        findings.push(Finding::warning("operator-not-yet", claim.span, message).with_next("Use equals."));
    }
    let Some(known) = KnownClaim::of(&claim.name.value) else {
        let names: Vec<&str> = super::CLAIMS.iter().map(|known| known.name).collect();
        let message = format!(
            "The claim {} is not known here. If it is never made, the key is never released.",
            claim.name.value
        );
        let finding = Finding::note("unknown-claim", claim.name.span, message);
        let (before, last) =
            claim.name.value.rsplit_once('.').map_or(("", claim.name.value.as_str()), |(before, last)| (before, last));
        findings.push(match nearest(last, names) {
            Some(near) => {
                let name = if before.is_empty() { near.to_owned() } else { format!("{before}.{near}") };
                finding.with_fix(
                    format!("Write {near}"),
                    vec![Edit { span: claim.name.span, text: format!("\"{name}\"") }],
                )
            }
            None => finding,
        });
        return findings;
    };
    if claim.operator != Operator::Exists {
        findings.extend(of_value(claim, known));
    }
    let debug = known.name.ends_with("-is-debuggable");
    let yes = claim.value.value == Value::Bool(true) || claim.value.value == Value::Text("true".to_owned());
    if debug && yes {
        let message = "An environment that can be debugged shows its memory, and the key in it.";
        findings.push(Finding::warning("debuggable", claim.span, message).with_next("Compare with false."));
    }
    findings
}

fn of_value(claim: &Claim, known: &KnownClaim) -> Option<Finding> {
    let span = claim.value.span;
    match (known.kind, &claim.value.value) {
        (ClaimKind::Bool, Value::Text(text)) if text == "true" || text == "false" => {
            let message =
                format!("{} is true or false, not a text. As a text it may never be equal.", claim.name.value);
            let edit = Edit { span, text: text.clone() };
            Some(Finding::warning("wrong-value-type", span, message).with_fix(format!("Write {text}"), vec![edit]))
        }
        (ClaimKind::Bool, Value::Text(_) | Value::Number(_)) => {
            Some(Finding::error("wrong-value-type", span, format!("{} is true or false.", claim.name.value)))
        }
        (ClaimKind::Number, Value::Text(_) | Value::Bool(_)) => {
            Some(Finding::warning("wrong-value-type", span, format!("{} is a number.", claim.name.value)))
        }
        (ClaimKind::Digest(bytes), Value::Text(text)) => {
            let right = text.len() == bytes * 2 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
            let message = format!("{} is a digest of {} hexadecimal digits; this is not.", claim.name.value, bytes * 2);
            (!right).then(|| Finding::warning("not-a-digest", span, message))
        }
        (ClaimKind::Digest(_) | ClaimKind::Text, Value::Bool(_) | Value::Number(_)) => {
            Some(Finding::error("wrong-value-type", span, format!("{} is a text.", claim.name.value)))
        }
        (ClaimKind::Text, Value::Text(_))
        | (ClaimKind::Bool, Value::Bool(_))
        | (ClaimKind::Number, Value::Number(_)) => None,
    }
}

/// A condition without its places, to compare it with another.
fn said(condition: &Condition) -> String {
    match condition {
        Condition::All(inner, _) => format!("all({})", inner.iter().map(said).collect::<Vec<_>>().join(",")),
        Condition::Any(inner, _) => format!("any({})", inner.iter().map(said).collect::<Vec<_>>().join(",")),
        Condition::Claim(claim) => {
            format!("{} {} {}", claim.name.value, claim.operator.word(), claim.value.value.said())
        }
    }
}

fn of_group(condition: &Condition, text: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    let (inner, all) = match condition {
        Condition::All(inner, _) => (inner, true),
        Condition::Any(inner, _) => (inner, false),
        Condition::Claim(_) => return findings,
    };
    for (at, one) in inner.iter().enumerate() {
        findings.extend(of_group(one, text));
        if inner[..at].iter().any(|other| said(other) == said(one)) {
            findings.push(
                Finding::note("repeated-condition", one.span(), "This condition stands there twice.")
                    .with_fix("Remove the second", vec![removal(text, one.span())]),
            );
            continue;
        }
        let Condition::Claim(claim) = one else { continue };
        let against = |other: &Condition| match other {
            Condition::Claim(other) => {
                other.name.value == claim.name.value
                    && other.operator == Operator::Equals
                    && other.value.value != claim.value.value
            }
            Condition::All(..) | Condition::Any(..) => false,
        };
        if all && claim.operator == Operator::Equals && inner[..at].iter().any(against) {
            let message =
                format!("{} cannot equal two values at once, so the key is never released by this.", claim.name.value);
            findings.push(Finding::error("never-true", one.span(), message).with_next("Put the two into anyOf."));
        }
    }
    findings
}

/// What the conditions together leave open.
fn of_strength(authority: &Authority, condition: &Condition) -> Vec<Finding> {
    let mut findings = Vec::new();
    let claims = condition.claims();
    if claims.is_empty() {
        return findings;
    }
    let known = || claims.iter().filter_map(|claim| KnownClaim::of(&claim.name.value));
    let span = authority.url.as_ref().map_or(authority.span, |url| url.span);
    if !known().any(|claim| claim.measures) {
        let message = "No condition tells what runs there: every environment of this kind gets the key, whoever started it, if it may call release.";
        findings.push(
            Finding::note("no-measurement", span, message)
                .with_next("Add the digest of the image, the enclave's signer or the one machine."),
        );
    }
    let sgx = known().any(|claim| claim.name.starts_with("x-ms-sgx-"));
    if sgx && !known().any(|claim| claim.name == "x-ms-sgx-is-debuggable") {
        let message = "Nothing keeps out enclaves that can be debugged.";
        findings.push(
            Finding::warning("debug-not-excluded", span, message).with_next("Add x-ms-sgx-is-debuggable equals false."),
        );
    }
    findings
}
