//! Every lint by its code: how bad it is, and what it is about in one sentence.

use crate::{Finding, Severity, Span};

/// One lint.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Lint {
    /// Names it for good.
    pub code: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// What it is about.
    pub about: &'static str,
}

impl Lint {
    pub(super) fn at(self, span: Span, message: impl Into<String>) -> Finding {
        Finding::new(self.code, self.severity, span, message)
    }
}

macro_rules! lints {
    ($($name:ident $severity:ident $code:literal $about:literal;)*) => {
        $(pub(super) const $name: Lint = Lint { code: $code, severity: Severity::$severity, about: $about };)*
        /// All of them, beside what the parser refuses.
        pub const LINTS: &[Lint] = &[$($name),*];
    };
}

lints! {
    TOO_LARGE Error "too-large" "The policy is over 32,768 bytes.";
    VERSION_MISSING Warning "version-missing" "The policy names no version of the language.";
    VERSION_OLD Warning "version-old" "The policy is in the language of 2008.";
    VERSION_UNKNOWN Error "version-unknown" "There is no such version of the language.";
    DUPLICATE_SID Warning "duplicate-sid" "Two statements have the same Sid.";
    SID_CHARACTERS Error "sid-characters" "A Sid has characters that KMS refuses.";
    REFUSED_CHARACTERS Error "refused-characters" "A value has characters that KMS refuses.";
    PUBLIC_PRINCIPAL Error "public-principal" "Anybody with an account of AWS is let in.";
    WEAKLY_NARROWED Error "weakly-narrowed-principal" "Anybody is let in, and what narrows it is no identity.";
    DELETED_PRINCIPAL Error "deleted-principal" "A principal was deleted; its id is left.";
    NOT_PRINCIPAL_ALLOW Error "not-principal-allow" "Everybody but a few is let in.";
    NOT_PRINCIPAL_DENY Warning "not-principal-deny" "Everybody but a few is kept out.";
    ACCOUNT_ID Error "account-id" "An account is not twelve digits.";
    REFUSED_PRINCIPAL Error "refused-principal" "A principal is none that KMS takes.";
    WRONG_PARTITION Error "wrong-partition" "An ARN is of another partition than the key.";
    CONFUSED_DEPUTY Warning "service-without-source" "A service is let in for whoever makes it act.";
    UNKNOWN_ACTION Warning "unknown-action" "KMS has no such action.";
    FOREIGN_ACTION Warning "foreign-action" "The action is of another service.";
    WITHOUT_EFFECT Note "action-without-effect" "No key policy decides the action.";
    REPEATED_ACTION Note "repeated-action" "Another value of the list says it already.";
    NOT_ACTION_ALLOW Warning "not-action-allow" "Everything but a few actions is allowed.";
    BARE_WILDCARD Note "bare-wildcard-action" "All actions of all services are named.";
    WILDCARD_ACTION Warning "wildcard-action" "Somebody other than the account may do everything.";
    EVERYTHING_TO_ANOTHER Error "everything-to-another-account" "Another account may do everything.";
    ADMINISTRATION_TO_ANOTHER Error "administration-to-another-account" "Another account is to administer the key.";
    GRANTS_UNCONSTRAINED Warning "grants-without-constraint" "Grants may be made for anybody.";
    NOT_RESOURCE Warning "not-resource" "A key policy speaks of one key, which NotResource may leave out.";
    OTHER_RESOURCE Warning "resource-never-matches" "The resource is not this key.";
    UNKNOWN_OPERATOR Error "unknown-operator" "There is no such condition operator.";
    UNKNOWN_KEY Warning "unknown-condition-key" "There is no such condition key.";
    KEY_DOES_NOT_FIT Warning "condition-key-does-not-fit" "Requests of these actions never have the condition key.";
    ALWAYS_DENIED Error "denied-without-the-key" "A condition on a key that requests lack denies them all.";
    NEVER_TRUE Error "condition-never-true" "The condition cannot hold.";
    VALUE_FORM Error "condition-value" "The value is not of the form that is compared.";
    LITERAL_WILDCARD Warning "wildcard-taken-literally" "The operator compares wildcards as they are written.";
    SOURCE_AND_SERVICES Note "address-and-services" "Requests of services on behalf of somebody come from elsewhere.";
    MISSING_ADMINISTRATOR Error "missing-administrator" "Nobody may change the policy.";
    NO_ROOT_DELEGATION Warning "no-root-delegation" "The account's IAM policies cannot let anybody in.";
    DENIES_EVERYBODY Error "denies-everybody" "Everybody is kept from changing the policy.";
    COVERED Note "covered-statement" "Another statement says it already.";
    OVERRULED Warning "overruled-statement" "Another statement denies all that this one allows.";
    ATTESTATION_BYPASSED Warning "attestation-bypassed" "The same is allowed without attestation.";
}
