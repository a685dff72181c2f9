//! One door to every policy language: which there are, and the same questions of each.

use serde::{Deserialize, Serialize};

use crate::{
    Answers, Difference, Finding, Holder, Lockout, Merged, Sentence, Surroundings, Template, Trouble, aws,
    azure::{access, release, roles},
    vault,
};

/// A policy language.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Dialect {
    /// The key policy of a KMS key.
    AwsKey,
    /// The access policies of an Azure vault.
    AzureAccess,
    /// The secure key release policy of an Azure key.
    AzureRelease,
    /// The role assignments that reach an Azure vault.
    AzureRoles,
    /// An ACL policy of Vault or OpenBao.
    VaultAcl,
}

impl Dialect {
    /// Every language.
    pub const ALL: [Self; 5] = [Self::AwsKey, Self::AzureAccess, Self::AzureRelease, Self::AzureRoles, Self::VaultAcl];

    /// Its word on the wire and on the command line.
    pub fn word(self) -> &'static str {
        match self {
            Self::AwsKey => "aws-key",
            Self::AzureAccess => "azure-access",
            Self::AzureRelease => "azure-release",
            Self::AzureRoles => "azure-roles",
            Self::VaultAcl => "vault-acl",
        }
    }

    /// The language of a word.
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|dialect| dialect.word() == word)
    }

    /// The ending of a file that holds such a text, without its dot.
    pub fn extension(self) -> &'static str {
        match self {
            Self::AwsKey | Self::AzureAccess | Self::AzureRelease | Self::AzureRoles => "json",
            Self::VaultAcl => "hcl",
        }
    }

    /// As people name it.
    pub fn title(self) -> &'static str {
        match self {
            Self::AwsKey => "Key policy",
            Self::AzureAccess => "Access policies",
            Self::AzureRelease => "Key release policy",
            Self::AzureRoles => "Role assignments",
            Self::VaultAcl => "ACL policy",
        }
    }

    /// The language that a text is most likely written in; of a file from elsewhere. `None` if it could be any.
    pub fn guessed(text: &str) -> Option<Self> {
        let has = |word: &str| text.contains(&format!("\"{word}\""));
        if !text.trim_start().starts_with(['{', '[']) {
            return text.contains("path").then_some(Self::VaultAcl);
        }
        match () {
            () if has("Statement") => Some(Self::AwsKey),
            () if has("permissions") && has("objectId") => Some(Self::AzureAccess),
            () if has("principalId") => Some(Self::AzureRoles),
            () if has("authority") || (has("anyOf") && has("version")) => Some(Self::AzureRelease),
            () if has("path") => Some(Self::VaultAcl),
            () => None,
        }
    }

    /// What somebody who edits the text should know, in its order.
    pub fn lint(self, text: &str, surroundings: &Surroundings) -> Vec<Finding> {
        match self {
            Self::AwsKey => aws::lint(text, surroundings),
            Self::AzureAccess => access::lint(text, surroundings),
            Self::AzureRelease => release::lint(text, surroundings),
            Self::AzureRoles => roles::lint(text, surroundings),
            Self::VaultAcl => vault::lint(text, surroundings),
        }
    }

    /// What the text says, in sentences.
    pub fn explain(self, text: &str, surroundings: &Surroundings) -> Vec<Sentence> {
        match self {
            Self::AwsKey => aws::explain(text, surroundings),
            Self::AzureAccess => access::explain(text, surroundings),
            Self::AzureRelease => release::explain(text, surroundings),
            Self::AzureRoles => roles::explain(text, surroundings),
            Self::VaultAcl => vault::explain(text, surroundings),
        }
    }

    /// Who can do what by it.
    pub fn who(self, text: &str, surroundings: &Surroundings) -> Vec<Holder> {
        match self {
            Self::AwsKey => aws::who(text, surroundings),
            Self::AzureAccess => access::who(text, surroundings),
            Self::AzureRelease => release::who(text, surroundings),
            Self::AzureRoles => roles::who(text, surroundings),
            Self::VaultAcl => vault::who(text, surroundings),
        }
    }

    /// What a change of the text changes in effect.
    pub fn differences(self, before: &str, after: &str, surroundings: &Surroundings) -> Vec<Difference> {
        match self {
            Self::AwsKey => aws::differences(before, after, surroundings),
            Self::AzureAccess => access::differences(before, after, surroundings),
            Self::AzureRelease => release::differences(before, after, surroundings),
            Self::AzureRoles => roles::differences(before, after, surroundings),
            Self::VaultAcl => vault::differences(before, after, surroundings),
        }
    }

    /// Whether the caller could still change it once it holds.
    pub fn lockout(self, text: &str, surroundings: &Surroundings) -> Lockout {
        match self {
            Self::AwsKey => aws::lockout(text, surroundings),
            Self::AzureAccess => access::lockout(text, surroundings),
            Self::AzureRelease => release::lockout(text, surroundings),
            Self::AzureRoles => roles::lockout(text, surroundings),
            Self::VaultAcl => vault::lockout(text, surroundings),
        }
    }

    /// What can be put in by a form. Role assignments are resources of their own and have none.
    pub fn templates(self) -> &'static [Template] {
        match self {
            Self::AwsKey => aws::TEMPLATES,
            Self::AzureAccess => access::TEMPLATES,
            Self::AzureRelease => release::TEMPLATES,
            Self::AzureRoles => &[],
            Self::VaultAcl => vault::TEMPLATES,
        }
    }

    /// Puts a template's part into a text.
    ///
    /// # Errors
    /// The text cannot be read, an answer is missing or wrong, or there is no such template.
    pub fn merge(
        self,
        text: &str,
        id: &str,
        answers: &Answers,
        surroundings: &Surroundings,
    ) -> Result<Merged, Trouble> {
        match self {
            Self::AwsKey => aws::merge(text, id, answers, surroundings),
            Self::AzureAccess => access::merge(text, id, answers, surroundings),
            Self::AzureRelease => release::merge(text, id, answers, surroundings),
            Self::AzureRoles => Err(no_template(id)),
            Self::VaultAcl => vault::merge(text, id, answers, surroundings),
        }
    }

    /// Takes a template's part out of a text again.
    ///
    /// # Errors
    /// As [`Self::merge`], and where the text could not do without it.
    pub fn take_back(
        self,
        text: &str,
        id: &str,
        answers: &Answers,
        surroundings: &Surroundings,
    ) -> Result<Merged, Trouble> {
        match self {
            Self::AwsKey => aws::take_back(text, id, answers, surroundings),
            Self::AzureAccess => access::take_back(text, id, answers, surroundings),
            Self::AzureRelease => release::take_back(text, id, answers, surroundings),
            Self::AzureRoles => Err(no_template(id)),
            Self::VaultAcl => vault::take_back(text, id, answers, surroundings),
        }
    }
}

fn no_template(id: &str) -> Trouble {
    Trouble::NotThere { says: format!("There is no template \"{id}\".") }
}

#[cfg(test)]
mod tests {
    use super::Dialect;
    use crate::Surroundings;

    #[test]
    fn words_are_those_of_the_wire() {
        for dialect in Dialect::ALL {
            assert_eq!(serde_json::to_string(&dialect).unwrap(), format!("\"{}\"", dialect.word()));
            assert_eq!(Dialect::of(dialect.word()), Some(dialect));
        }
    }

    #[test]
    fn the_language_of_a_file_is_recognised() {
        let cases = [
            ("# x\npath \"a\" {}", Some(Dialect::VaultAcl)),
            ("{\"path\": {}}", Some(Dialect::VaultAcl)),
            ("{\"Version\": \"2012-10-17\", \"Statement\": []}", Some(Dialect::AwsKey)),
            ("[{\"tenantId\": \"\", \"objectId\": \"\", \"permissions\": {}}]", Some(Dialect::AzureAccess)),
            ("{\"value\": [{\"properties\": {\"principalId\": \"\"}}]}", Some(Dialect::AzureRoles)),
            ("{\"version\": \"1.0.0\", \"anyOf\": []}", Some(Dialect::AzureRelease)),
            ("{}", None),
        ];
        for (text, due) in cases {
            assert_eq!(Dialect::guessed(text), due, "{text}");
        }
    }

    #[test]
    fn no_language_stays_silent_about_what_it_cannot_read_or_calls_it_safe() {
        let around = Surroundings::default();
        for dialect in Dialect::ALL {
            for text in ["", "}", "{", "7", "\"x\""] {
                let findings = dialect.lint(text, &around);
                assert!(!findings.is_empty(), "{dialect:?} {text}");
                assert_ne!(dialect.lockout(text, &around).caller, crate::Retention::Keeps, "{dialect:?} {text}");
                assert!(!dialect.differences(text, text, &around).is_empty());
            }
        }
    }
}
