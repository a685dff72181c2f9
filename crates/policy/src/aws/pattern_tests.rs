//! What wildcards reach, and that they take no longer for being many.

use super::pattern::{Case, Pattern, action_matches, like, like_arn};

fn matches(pattern: &str, text: &str) -> bool {
    Pattern::read(pattern).matches(text, Case::Counts)
}

#[test]
fn stars_and_question_marks() {
    let cases = [
        ("*", "", true),
        ("", "", true),
        ("", "a", false),
        ("?", "", false),
        ("?", "é", true),
        ("a*c", "abbc", true),
        ("a*c", "abbcd", false),
        ("*a*b", "xaab", true),
        ("*ab*", "xaxb", false),
        ("**", "x", true),
        ("a?c*", "abc", true),
        ("s3.*.amazonaws.com", "s3.eu-west-1.amazonaws.com", true),
        ("s3.*.amazonaws.com", "s3.amazonaws.com", false),
        ("Key", "key", false),
    ];
    for (pattern, text, expected) in cases {
        assert_eq!(matches(pattern, text), expected, "{pattern} {text}");
        assert_eq!(like(pattern, text), expected, "as it is written: {pattern} {text}");
    }
}

#[test]
fn actions_in_any_case_of_letters() {
    for pattern in ["*", "kms:*", "KMS:decrypt", "kms:De*", "kms:?ecrypt", "k*:Dec*t", "kms:decrypt*"] {
        assert!(action_matches(pattern, "kms:Decrypt"), "{pattern}");
    }
    for pattern in ["kms:Encrypt", "kms:", "s3:*", "Decrypt", "kms:Decryp", "kms:Decrypts*", "kms:?Decrypt"] {
        assert!(!action_matches(pattern, "kms:Decrypt"), "{pattern}");
    }
}

#[test]
fn each_part_of_an_arn_by_itself() {
    let like = |pattern: &str, arn: &str| {
        let fits = Pattern::read(pattern).matches_arn(arn);
        assert_eq!(like_arn(pattern, arn), fits, "as it is written: {pattern} {arn}");
        fits
    };
    assert!(like("arn:aws:iam::*:role/*", "arn:aws:iam::111122223333:role/path/Admin"));
    assert!(like("arn:*:iam::111122223333:user/A?n", "arn:aws:iam::111122223333:user/Ann"));
    assert!(!like("arn:aws:iam::*", "arn:aws:iam::111122223333:role/Admin"), "a star does not reach over a colon");
    assert!(!like("*", "arn:aws:iam::111122223333:role/Admin"));
    assert!(like("arn:aws:logs:*:*:*", "arn:aws:logs:eu-west-1:111122223333:log-group:a:b"));
}

#[test]
fn what_a_variable_stands_for_has_no_wildcards() {
    let mut pattern = Pattern::default();
    pattern.push_pattern("a*");
    pattern.push_literal("*");
    assert!(pattern.matches("axx*", Case::Counts));
    assert!(!pattern.matches("axxx", Case::Counts));
    assert_eq!(pattern.literal(), "a**");
}

#[test]
fn many_stars_take_no_longer() {
    // A matcher that tries every way would not end within the lifetime of anybody.
    let pattern = "*a".repeat(2_000) + "b";
    assert!(!matches(&pattern, &"a".repeat(20_000)));
}
