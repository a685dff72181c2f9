//! Authorities of release policies that people add again and again; every other byte of the text stays.

use super::{Authority, Condition, Document, parse};
use crate::{
    Answers, Edit, Fix, Merged, Preset, Question, Severity, Span, Surroundings, Template, Trouble,
    azure::object::removal, template::AnswerKind,
};

const AUTHORITY: Question = Question {
    id: "authority",
    label: "Attestation service",
    hint: "Its address, as https://sharedweu.weu.attest.azure.net.",
    kind: AnswerKind::Text,
    optional: false,
};

const KIND: Question = Question {
    id: "kind",
    label: "Kind of machine",
    hint: "",
    kind: AnswerKind::Choice { of: &[("sevsnpvm", "AMD SEV-SNP"), ("tdxvm", "Intel TDX")] },
    optional: false,
};

const HOST_DATA: Question = Question {
    id: "hostdata",
    label: "Digest of the container policy",
    hint: "SHA-256 of the confidential computing enforcement policy: 64 hexadecimal digits.",
    kind: AnswerKind::Text,
    optional: false,
};

const SIGNER: Question = Question {
    id: "mrsigner",
    label: "Signer of the enclave",
    hint: "MRSIGNER: 64 hexadecimal digits.",
    kind: AnswerKind::Text,
    optional: false,
};

const PRESETS: &[Preset] = &[
    Preset {
        label: "Shared service, West Europe",
        answers: &[("authority", "https://sharedweu.weu.attest.azure.net")],
        source: "Azure Attestation documentation, \"Regional shared providers\", 2026-11",
    },
    Preset {
        label: "Shared service, East US",
        answers: &[("authority", "https://sharedeus.eus.attest.azure.net")],
        source: "Azure Attestation documentation, \"Regional shared providers\", 2026-11",
    },
];

/// Every template.
pub const TEMPLATES: &[Template] = &[
    Template {
        id: "attested-vm",
        title: "A confidential virtual machine",
        explains: "Any confidential virtual machine of Azure that keeps to its rules and may call release. Which image it runs is not looked at.",
        questions: &[AUTHORITY, KIND],
        presets: PRESETS,
        source: "Azure documentation, \"Secure key release policy examples\" (confidential virtual machine), 2026-11",
    },
    Template {
        id: "attested-container",
        title: "One container group, by its digest",
        explains: "Confidential containers that run exactly what the digest says.",
        questions: &[AUTHORITY, HOST_DATA],
        presets: PRESETS,
        source: "Azure documentation, \"Secure key release with confidential containers\", 2026-11",
    },
    Template {
        id: "attested-enclave",
        title: "Enclaves of one signer",
        explains: "Intel SGX enclaves that this signer signed and that cannot be debugged.",
        questions: &[AUTHORITY, SIGNER],
        presets: PRESETS,
        source: "Azure documentation, \"Secure key release policy examples\" (Intel SGX), 2026-11",
    },
];

/// Takes a template's authority out of a text again. The last one stays: without any, the policy would be refused.
///
/// # Errors
/// The text cannot be read, an answer is missing or wrong, it is the only authority, or there is no such template.
pub fn take_back(
    text: &str,
    template: &str,
    answers: &Answers,
    _surroundings: &Surroundings,
) -> Result<Merged, Trouble> {
    let (document, entry) = prepared(text, template, answers)?;
    let Some(authority) = found(&document, &entry) else {
        let says = "The policy has no such authority.".to_owned();
        return Ok(Merged { text: text.to_owned(), changed: false, says });
    };
    if document.authorities.len() == 1 {
        let says =
            "It is the only authority; without it the key could not be released at all, and the policy is refused.";
        return Err(Trouble::NotThere { says: says.to_owned() });
    }
    let changed = Fix { says: String::new(), edits: vec![removal(text, authority.span)] }.applied(text);
    let text =
        changed.ok_or_else(|| Trouble::Unreadable { says: "The text could not be changed there.".to_owned() })?;
    Ok(Merged {
        text,
        changed: true,
        says: "Environments of this kind no longer get the key. What was released before stays with them.".to_owned(),
    })
}

/// The policy as it is read, and the authority that a template stands for.
fn prepared(text: &str, template: &str, answers: &Answers) -> Result<(Document, String), Trouble> {
    let known = TEMPLATES.iter().find(|known| known.id == template);
    let known = known.ok_or_else(|| Trouble::NotThere { says: format!("There is no template \"{template}\".") })?;
    known.check(answers)?;
    let entry = entry(template, answers)?;
    let document = parse(text);
    let refused = document.malformed.iter().find(|finding| finding.severity == Severity::Error);
    if let Some(finding) = refused.filter(|_| !text.trim().is_empty()) {
        return Err(Trouble::Unreadable { says: finding.message.clone() });
    }
    Ok((document, entry))
}

/// Puts a template's authority into a text; an empty text becomes a policy of its own. An environment that any authority
/// attests gets the key, so this can only let more in.
///
/// # Errors
/// The text cannot be read, an answer is missing or wrong, or there is no such template.
pub fn merge(text: &str, template: &str, answers: &Answers, _surroundings: &Surroundings) -> Result<Merged, Trouble> {
    let (document, entry) = prepared(text, template, answers)?;
    if text.trim().is_empty() {
        let text = format!("{{\n  \"version\": \"1.0.0\",\n  \"anyOf\": [\n    {entry}\n  ]\n}}\n");
        return Ok(Merged { text, changed: true, says: "A policy was made with this authority.".to_owned() });
    }
    if found(&document, &entry).is_some() {
        return Ok(Merged { text: text.to_owned(), changed: false, says: "The policy says that already.".to_owned() });
    }
    let last = document.authorities.last();
    let last = last.ok_or_else(|| Trouble::NotThere { says: "The policy has no list of authorities.".to_owned() })?;
    let at = last.span.end;
    let edits = vec![Edit { span: Span::new(at, at), text: format!(",\n    {entry}") }];
    let changed = Fix { says: String::new(), edits }.applied(text);
    let text =
        changed.ok_or_else(|| Trouble::Unreadable { says: "The text could not be changed there.".to_owned() })?;
    Ok(Merged { text, changed: true, says: "Added one more way to get the key.".to_owned() })
}

fn entry(template: &str, answers: &Answers) -> Result<String, Trouble> {
    let answer = |name: &str| answers.get(name).map_or("", |answer| answer.trim());
    let wrong = |question: &str, says: &str| Trouble::Answer { question: question.to_owned(), says: says.to_owned() };
    let url = answer("authority").trim_end_matches('/');
    let host = url.strip_prefix("https://").unwrap_or_default();
    let usual = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '/' | ':');
    if !host.contains('.') || !host.chars().all(usual) {
        return Err(wrong("authority", "This is an address that begins with https://."));
    }
    let digest = |name: &str| {
        let digits = answer(name).to_lowercase();
        let right = digits.len() == 64 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        if right { Ok(digits) } else { Err(wrong(name, "This is 64 hexadecimal digits.")) }
    };
    let text = |claim: &str, value: &str| format!("{{\"claim\": \"{claim}\", \"equals\": \"{value}\"}}");
    let claims = match template {
        "attested-vm" => vec![
            text("x-ms-isolation-tee.x-ms-attestation-type", answer("kind")),
            text("x-ms-isolation-tee.x-ms-compliance-status", "azure-compliant-cvm"),
        ],
        "attested-container" => vec![
            text("x-ms-attestation-type", "sevsnpvm"),
            text("x-ms-sevsnpvm-hostdata", &digest("hostdata")?),
            "{\"claim\": \"x-ms-sevsnpvm-is-debuggable\", \"equals\": false}".to_owned(),
        ],
        _ => vec![
            text("x-ms-attestation-type", "sgx"),
            text("x-ms-sgx-mrsigner", &digest("mrsigner")?),
            "{\"claim\": \"x-ms-sgx-is-debuggable\", \"equals\": false}".to_owned(),
        ],
    };
    Ok(format!("{{\"authority\": \"{url}\", \"allOf\": [{}]}}", claims.join(", ")))
}

/// The authority of the policy that asks for the same.
fn found<'d>(document: &'d Document, entry: &str) -> Option<&'d Authority> {
    let made = parse(&format!("{{\"version\": \"1.0.0\", \"anyOf\": [{entry}]}}"));
    let made = made.authorities.first()?;
    let wanted = |authority: &Authority| {
        let url = authority.url.as_ref().map(|url| url.value.trim_end_matches('/').to_owned());
        let claims = authority.condition.as_ref().map(|condition| {
            let claims = condition.claims();
            claims.iter().map(|claim| (claim.name.value.clone(), claim.value.value.clone())).collect::<Vec<_>>()
        });
        (url, claims)
    };
    let plain = |authority: &Authority| matches!(authority.condition, Some(Condition::All(..)));
    document.authorities.iter().find(|authority| plain(authority) && wanted(authority) == wanted(made))
}
