//! Fixes: applied, the text can be read and the finding is gone. And what holds of every finding.

use policy::{
    Finding, Surroundings,
    aws::{lint, parse},
};

use crate::corpus::cases;

fn around() -> Surroundings {
    Surroundings {
        item: Some("arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab".to_owned()),
        ..Surroundings::default()
    }
}

fn how_many(findings: &[Finding], code: &str) -> usize {
    findings.iter().filter(|finding| finding.code == code).count()
}

/// Applies every fix of a text by itself.
pub(crate) fn check_fixes(name: &str, text: &str, around: &Surroundings) -> usize {
    let findings = lint(text, around);
    let mut applied = 0;
    for finding in &findings {
        assert!(finding.span.fits(text), "{name}: {finding:?}");
        assert!(!finding.message.is_empty() && finding.message.ends_with('.'), "{name}: {}", finding.message);
        let Some(fix) = &finding.fix else { continue };
        let fixed = fix.applied(text).unwrap_or_else(|| panic!("{name}: the edits of {finding:?} do not fit"));
        let (before, after) = (parse(text, true), parse(&fixed, true));
        assert!(
            !before.is_well_formed() || after.is_well_formed(),
            "{name}: after {} of {}:\n{fixed}\n{:?}",
            fix.says,
            finding.code,
            after.malformed
        );
        let left = lint(&fixed, around);
        assert!(
            how_many(&left, &finding.code) < how_many(&findings, &finding.code),
            "{name}: {} is still there after \"{}\":\n{fixed}",
            finding.code,
            fix.says
        );
        applied += 1;
    }
    applied
}

#[test]
fn every_fix_of_the_corpus_settles_its_finding() {
    let mut applied = 0;
    for case in cases() {
        applied += check_fixes(&case.name, &case.text(), &case.around());
        // The same on one line, and with tabs and the line ends of Windows.
        if let Ok(value) = serde_json::from_str::<serde_json::Value>(&case.text()) {
            check_fixes(&case.name, &value.to_string(), &case.around());
            check_fixes(&case.name, &case.text().replace("  ", "\t").replace('\n', "\r\n"), &case.around());
        }
    }
    assert!(applied >= 100, "only {applied} fixes were tried");
}

#[test]
fn findings_are_sorted_by_their_place() {
    for case in cases() {
        let findings = lint(&case.text(), &case.around());
        assert!(findings.is_sorted_by_key(|finding| finding.span), "{}", case.name);
    }
}

#[test]
fn a_large_policy_is_refused_and_may_fit_without_white_space() {
    let statement = |number: usize| {
        format!(
            "    {{\n      \"Sid\": \"S{number}\",\n      \"Effect\": \"Allow\",\n      \"Principal\": {{\n        \"AWS\": \
             \"arn:aws:iam::111122223333:role/R{number}\"\n      }},\n      \"Action\": \"kms:Decrypt\",\n      \
             \"Resource\": \"*\"\n    }}"
        )
    };
    let policy = |count: usize| {
        let root = statement(0).replace(":role/R0", ":root").replace("kms:Decrypt", "kms:*");
        let statements: Vec<String> = std::iter::once(root).chain((1..count).map(statement)).collect();
        format!("{{\n  \"Version\": \"2012-10-17\",\n  \"Statement\": [\n{}\n  ]\n}}", statements.join(",\n"))
    };
    let fits = policy(150);
    assert!(fits.len() <= 32_768 && lint(&fits, &around()).is_empty());
    let spacious = policy(200);
    assert!(spacious.len() > 32_768);
    assert_eq!(check_fixes("spacious", &spacious, &around()), 1);
    let dense = policy(300);
    let finding = lint(&dense, &around()).into_iter().find(|finding| finding.code == "too-large").unwrap();
    assert_eq!(finding.fix, None, "it does not fit without white space either");
}

#[test]
fn a_fix_stands_where_the_finding_is() {
    let text = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:root"},"Action":["kms:*"],"Resource":"*"},{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:role/App"},"Action":["kms:Encrypt","kms:Decrypts"],"Resource":"*"}]}"#;
    let findings = lint(text, &around());
    let [finding] = findings.as_slice() else { panic!("{findings:?}") };
    assert_eq!(finding.span.of(text), "\"kms:Decrypts\"");
    assert_eq!(finding.fix.as_ref().unwrap().says, "Write kms:Decrypt");
    assert_eq!(finding.fix.as_ref().unwrap().applied(text).unwrap(), text.replace("kms:Decrypts", "kms:Decrypt"));
}

#[test]
fn without_the_key_less_is_known_and_nothing_is_made_up() {
    for case in cases() {
        for finding in lint(&case.text(), &Surroundings::default()) {
            let of_key = ["wrong-partition", "everything-to-another-account", "administration-to-another-account"];
            assert!(!of_key.contains(&finding.code.as_str()), "{}: {}", case.name, finding.message);
        }
    }
}
