//! One door to every policy language: the same questions of each.

use crate::{
    Answers, Difference, Finding, Holder, Lockout, Merged, PolicyLanguage, Proof, Sentence, Surroundings, Template,
    Trouble, aws,
    azure::{access, release, roles},
    vault,
};

/// The language that a text is most likely written in; of a file from elsewhere. `None` if it could be any.
pub fn guessed(text: &str) -> Option<PolicyLanguage> {
    let has = |word: &str| text.contains(&format!("\"{word}\""));
    if !text.trim_start().starts_with(['{', '[']) {
        return text.contains("path").then_some(PolicyLanguage::VaultAcl);
    }
    match () {
        () if has("Statement") => Some(PolicyLanguage::AwsKey),
        () if has("permissions") && has("objectId") => Some(PolicyLanguage::AzureAccess),
        () if has("principalId") => Some(PolicyLanguage::AzureRoles),
        () if has("authority") || (has("anyOf") && has("version")) => Some(PolicyLanguage::AzureRelease),
        () if has("path") => Some(PolicyLanguage::VaultAcl),
        () => None,
    }
}

/// What somebody who edits the text should know, in its order.
pub fn lint(language: PolicyLanguage, text: &str, surroundings: &Surroundings) -> Vec<Finding> {
    match language {
        PolicyLanguage::AwsKey => aws::lint(text, surroundings),
        PolicyLanguage::AzureAccess => access::lint(text, surroundings),
        PolicyLanguage::AzureRelease => release::lint(text, surroundings),
        PolicyLanguage::AzureRoles => roles::lint(text, surroundings),
        PolicyLanguage::VaultAcl => vault::lint(text, surroundings),
    }
}

/// What the text says, in sentences.
pub fn explain(language: PolicyLanguage, text: &str, surroundings: &Surroundings) -> Vec<Sentence> {
    match language {
        PolicyLanguage::AwsKey => aws::explain(text, surroundings),
        PolicyLanguage::AzureAccess => access::explain(text, surroundings),
        PolicyLanguage::AzureRelease => release::explain(text, surroundings),
        PolicyLanguage::AzureRoles => roles::explain(text, surroundings),
        PolicyLanguage::VaultAcl => vault::explain(text, surroundings),
    }
}

/// Who can do what by it.
pub fn who(language: PolicyLanguage, text: &str, surroundings: &Surroundings) -> Vec<Holder> {
    match language {
        PolicyLanguage::AwsKey => aws::who(text, surroundings),
        PolicyLanguage::AzureAccess => access::who(text, surroundings),
        PolicyLanguage::AzureRelease => release::who(text, surroundings),
        PolicyLanguage::AzureRoles => roles::who(text, surroundings),
        PolicyLanguage::VaultAcl => vault::who(text, surroundings),
    }
}

/// Who can do what by it, by the proof that it takes; the weakest first. Of a policy that names nobody, what hands it out
/// is graded: the doors of its surroundings.
pub fn proofs(language: PolicyLanguage, text: &str, surroundings: &Surroundings) -> Vec<Proof> {
    match language {
        PolicyLanguage::AwsKey => aws::proofs(text, surroundings),
        PolicyLanguage::AzureAccess => access::proofs(text, surroundings),
        PolicyLanguage::AzureRelease => release::proofs(text, surroundings),
        PolicyLanguage::AzureRoles => roles::proofs(text, surroundings),
        PolicyLanguage::VaultAcl => vault::proofs(text, surroundings),
    }
}

/// What a change of the text changes in effect.
pub fn differences(
    language: PolicyLanguage,
    before: &str,
    after: &str,
    surroundings: &Surroundings,
) -> Vec<Difference> {
    match language {
        PolicyLanguage::AwsKey => aws::differences(before, after, surroundings),
        PolicyLanguage::AzureAccess => access::differences(before, after, surroundings),
        PolicyLanguage::AzureRelease => release::differences(before, after, surroundings),
        PolicyLanguage::AzureRoles => roles::differences(before, after, surroundings),
        PolicyLanguage::VaultAcl => vault::differences(before, after, surroundings),
    }
}

/// Whether the caller could still change it once it holds.
pub fn lockout(language: PolicyLanguage, text: &str, surroundings: &Surroundings) -> Lockout {
    match language {
        PolicyLanguage::AwsKey => aws::lockout(text, surroundings),
        PolicyLanguage::AzureAccess => access::lockout(text, surroundings),
        PolicyLanguage::AzureRelease => release::lockout(text, surroundings),
        PolicyLanguage::AzureRoles => roles::lockout(text, surroundings),
        PolicyLanguage::VaultAcl => vault::lockout(text, surroundings),
    }
}

/// What can be put in by a form. Role assignments are resources of their own and have none.
pub fn templates(language: PolicyLanguage) -> &'static [Template] {
    match language {
        PolicyLanguage::AwsKey => aws::TEMPLATES,
        PolicyLanguage::AzureAccess => access::TEMPLATES,
        PolicyLanguage::AzureRelease => release::TEMPLATES,
        PolicyLanguage::AzureRoles => &[],
        PolicyLanguage::VaultAcl => vault::TEMPLATES,
    }
}

/// Puts a template's part into a text.
///
/// # Errors
/// The text cannot be read, an answer is missing or wrong, or there is no such template.
pub fn merge(
    language: PolicyLanguage,
    text: &str,
    id: &str,
    answers: &Answers,
    surroundings: &Surroundings,
) -> Result<Merged, Trouble> {
    match language {
        PolicyLanguage::AwsKey => aws::merge(text, id, answers, surroundings),
        PolicyLanguage::AzureAccess => access::merge(text, id, answers, surroundings),
        PolicyLanguage::AzureRelease => release::merge(text, id, answers, surroundings),
        PolicyLanguage::AzureRoles => Err(no_template(id)),
        PolicyLanguage::VaultAcl => vault::merge(text, id, answers, surroundings),
    }
}

/// Takes a template's part out of a text again.
///
/// # Errors
/// As [`merge`], and where the text could not do without it.
pub fn take_back(
    language: PolicyLanguage,
    text: &str,
    id: &str,
    answers: &Answers,
    surroundings: &Surroundings,
) -> Result<Merged, Trouble> {
    match language {
        PolicyLanguage::AwsKey => aws::take_back(text, id, answers, surroundings),
        PolicyLanguage::AzureAccess => access::take_back(text, id, answers, surroundings),
        PolicyLanguage::AzureRelease => release::take_back(text, id, answers, surroundings),
        PolicyLanguage::AzureRoles => Err(no_template(id)),
        PolicyLanguage::VaultAcl => vault::take_back(text, id, answers, surroundings),
    }
}

fn no_template(id: &str) -> Trouble {
    Trouble::NotThere { says: format!("There is no template \"{id}\".") }
}

#[cfg(test)]
mod tests {
    use super::{differences, guessed, lint, lockout};
    use crate::{PolicyLanguage, Surroundings};

    #[test]
    fn the_language_of_a_file_is_recognised() {
        let cases = [
            ("# x\npath \"a\" {}", Some(PolicyLanguage::VaultAcl)),
            ("{\"path\": {}}", Some(PolicyLanguage::VaultAcl)),
            ("{\"Version\": \"2012-10-17\", \"Statement\": []}", Some(PolicyLanguage::AwsKey)),
            ("[{\"tenantId\": \"\", \"objectId\": \"\", \"permissions\": {}}]", Some(PolicyLanguage::AzureAccess)),
            ("{\"value\": [{\"properties\": {\"principalId\": \"\"}}]}", Some(PolicyLanguage::AzureRoles)),
            ("{\"version\": \"1.0.0\", \"anyOf\": []}", Some(PolicyLanguage::AzureRelease)),
            ("{}", None),
        ];
        for (text, due) in cases {
            assert_eq!(guessed(text), due, "{text}");
        }
    }

    #[test]
    fn no_language_stays_silent_about_what_it_cannot_read_or_calls_it_safe() {
        let around = Surroundings::default();
        for language in PolicyLanguage::ALL {
            for text in ["", "}", "{", "7", "\"x\""] {
                let findings = lint(language, text, &around);
                assert!(!findings.is_empty(), "{language:?} {text}");
                assert_ne!(lockout(language, text, &around).caller, crate::Retention::Keeps, "{language:?} {text}");
                assert!(!differences(language, text, text, &around).is_empty());
            }
        }
    }
}
