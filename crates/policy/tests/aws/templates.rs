//! Templates: merged, never put over what is there.

use policy::{
    Answers, Retention, Surroundings, Trouble,
    aws::{TEMPLATES, lint, lockout, merge, parse, statements, take_back, template},
};

use crate::corpus::cases;

const KEY: &str = "arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
const CONSOLE: &str = r#"{
  "Version": "2012-10-17",
  "Id": "key-consolepolicy-3",
  "Statement": [
    {
      "Sid": "Enable IAM User Permissions",
      "Effect": "Allow",
      "Principal": {
        "AWS": "arn:aws:iam::111122223333:root"
      },
      "Action": "kms:*",
      "Resource": "*"
    }
  ]
}"#;

fn around() -> Surroundings {
    Surroundings { item: Some(KEY.to_owned()), ..Surroundings::default() }
}

fn answers(pairs: &[(&str, &str)]) -> Answers {
    pairs.iter().map(|(question, answer)| ((*question).to_owned(), (*answer).to_owned())).collect()
}

/// Sound answers to every question of a template.
fn sound(id: &str) -> Answers {
    answers(match id {
        "another-account" | "root-delegation" => &[("account", "021876802972")],
        "aws-service" => &[("service", "s3.amazonaws.com"), ("account", "111122223333")],
        "deny-without-attestation" => &[
            ("measurement", "PCR0"),
            (
                "digest",
                "000102030405060708090a0b0c0d0e0f000102030405060708090a0b0c0d0e0f000102030405060708090a0b0c0d0e0f",
            ),
        ],
        _ => &[("principals", "arn:aws:iam::111122223333:role/Signer"), ("algorithm", "ECDSA_SHA_256")],
    })
}

/// Story S6, with the two statements of the source.
#[test]
fn heroku_is_let_in_by_two_statements_behind_those_that_are_there() {
    let template = template("another-account").unwrap();
    let heroku = template.presets.iter().find(|preset| preset.label == "Heroku").unwrap();
    let merged = merge(CONSOLE, template.id, &answers(heroku.answers), &around()).unwrap();
    assert!(merged.changed);
    let wanted = CONSOLE.replace(
        "    }\n  ]\n}",
        r#"    },
    {
      "Sid": "Allow use of the key",
      "Effect": "Allow",
      "Principal": {
        "AWS": "arn:aws:iam::021876802972:root"
      },
      "Action": [
        "kms:Encrypt",
        "kms:Decrypt",
        "kms:ReEncrypt*",
        "kms:GenerateDataKey*",
        "kms:DescribeKey"
      ],
      "Resource": "*"
    },
    {
      "Sid": "Allow attachment of persistent resources",
      "Effect": "Allow",
      "Principal": {
        "AWS": "arn:aws:iam::021876802972:root"
      },
      "Action": [
        "kms:CreateGrant",
        "kms:ListGrants",
        "kms:RevokeGrant"
      ],
      "Resource": "*",
      "Condition": {
        "Bool": {
          "kms:GrantIsForAWSResource": "true"
        }
      }
    }
  ]
}"#,
    );
    assert_eq!(merged.text, wanted);
    let again = merge(&merged.text, template.id, &answers(heroku.answers), &around()).unwrap();
    assert_eq!((again.changed, again.text), (false, merged.text));
    assert!(again.says.contains("already"), "{}", again.says);
}

#[test]
fn what_is_there_by_half_is_completed() {
    let merged = merge(CONSOLE, "another-account", &sound("another-account"), &around()).unwrap().text;
    let half = policy::aws::remove(&merged, 2).unwrap();
    let completed = merge(&half, "another-account", &sound("another-account"), &around()).unwrap();
    assert_eq!(completed.text, merged);
    assert!(!completed.says.contains("Allow use of the key"), "{}", completed.says);
}

#[test]
fn a_sid_that_is_taken_is_not_used_again() {
    let first = merge(CONSOLE, "another-account", &answers(&[("account", "444455556666")]), &around()).unwrap().text;
    let second = merge(&first, "another-account", &sound("another-account"), &around()).unwrap().text;
    let sids: Vec<String> = statements(&second).into_iter().map(|form| form.sid).collect();
    assert_eq!(sids[3..], ["Allow use of the key 2", "Allow attachment of persistent resources 2"]);
}

#[test]
fn every_byte_of_what_was_there_stays() {
    for case in cases() {
        let text = case.text();
        for layout in [text.clone(), text.replace("  ", "\t"), text.replace('\n', "\r\n")] {
            for template in TEMPLATES {
                let Ok(merged) = merge(&layout, template.id, &sound(template.id), &case.around()) else {
                    assert!(!parse(&layout, true).is_well_formed(), "{}: {}", case.name, template.id);
                    continue;
                };
                stays(&case.name, &layout, &merged.text);
                let again = merge(&merged.text, template.id, &sound(template.id), &case.around()).unwrap();
                assert!(!again.changed, "{}: {} twice:\n{}", case.name, template.id, merged.text);
            }
        }
    }
}

/// The old statements are in the new text, byte for byte and in their order; so is what stands before and behind them.
fn stays(name: &str, before: &str, after: &str) {
    let mut rest = after;
    for form in statements(before) {
        let old = form.span.of(before);
        let at = rest.find(old).unwrap_or_else(|| panic!("{name}: {old} is gone from {after}"));
        rest = &rest[at + old.len()..];
    }
    assert!(parse(after, true).is_well_formed(), "{name}: {after}");
    assert!(!before.contains("\r\n") || !after.replace("\r\n", "").contains('\n'), "{name}: line ends are mixed");
}

#[test]
fn granting_and_revoking_leaves_no_trace() {
    for case in cases() {
        let text = case.text();
        let id = "may-sign";
        let Ok(granted) = merge(&text, id, &sound(id), &case.around()) else { continue };
        let revoked = take_back(&granted.text, id, &sound(id), &case.around());
        if statements(&text).is_empty() {
            assert!(revoked.is_err(), "{}: the last statement would go", case.name);
            continue;
        }
        let list = serde_json::from_str::<serde_json::Value>(&text).unwrap()["Statement"].is_array();
        assert!(!list || revoked.unwrap().text == text, "{}: {}", case.name, granted.text);
    }
    let nothing = take_back(CONSOLE, "may-sign", &sound("may-sign"), &around()).unwrap();
    assert!(!nothing.changed && nothing.text == CONSOLE);
}

#[test]
fn no_template_brings_a_finding_or_takes_the_policy_away() {
    let mut around = around();
    around.caller = Some(policy::Caller {
        id: "arn:aws:iam::111122223333:root".to_owned(),
        policies: policy::Known::Read(Vec::new()),
    });
    for template in TEMPLATES.iter().filter(|template| template.id != "root-delegation") {
        let merged = merge(CONSOLE, template.id, &sound(template.id), &around).unwrap();
        assert_eq!(lint(&merged.text, &around), [], "{}", template.id);
        assert_eq!(lockout(&merged.text, &around).caller, Retention::Keeps, "{}", template.id);
    }
}

#[test]
fn answers_are_checked() {
    let refused = |id: &str, pairs: &[(&str, &str)]| match merge(CONSOLE, id, &answers(pairs), &around()) {
        Err(Trouble::Answer { question, .. }) => question,
        other => panic!("{id} {pairs:?}: {other:?}"),
    };
    assert_eq!(refused("another-account", &[]), "account");
    assert_eq!(refused("another-account", &[("account", "21876802972")]), "account");
    assert_eq!(refused("another-account", &[("account", "02187680297x")]), "account");
    for principal in
        ["alice", "arn:aws:iam::1:role/A", "arn:aws:iam::111122223333:role/", "arn:aws:iam::111122223333:role/A*"]
    {
        assert_eq!(refused("key-users", &[("principals", principal)]), "principals", "{principal}");
    }
    assert_eq!(refused("aws-service", &[("service", "s3"), ("account", "111122223333")]), "service");
    assert_eq!(refused("deny-without-attestation", &[("measurement", "PCR0"), ("digest", "abc")]), "digest");
    assert_eq!(
        refused("deny-without-attestation", &[("measurement", "PCR99"), ("digest", &"a".repeat(96))]),
        "measurement"
    );
    assert!(matches!(merge(CONSOLE, "no-such", &Answers::new(), &around()), Err(Trouble::NotThere { .. })));
}

#[test]
fn the_partition_is_the_keys() {
    let around = Surroundings { item: Some(KEY.replace("arn:aws:", "arn:aws-cn:")), ..Surroundings::default() };
    let merged = merge(CONSOLE, "another-account", &sound("another-account"), &around).unwrap();
    assert!(merged.text.contains("arn:aws-cn:iam::021876802972:root"));
}
