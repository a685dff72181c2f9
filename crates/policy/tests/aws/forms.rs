//! The statement form: what it shows, and that it leaves every other byte as it is.

use policy::aws::{ConditionForm, StatementForm, add, parse, remove, replace, statements};

use crate::corpus::cases;

const TEXT: &str = "{\n    \"Version\" : \"2012-10-17\",\n    \"Statement\" : [ {\n        \"Sid\" : \"Root\",\n        \
\"Effect\" : \"Allow\",\n        \"Principal\" : { \"AWS\" : \"arn:aws:iam::111122223333:root\" },\n        \
\"Action\" : \"kms:*\",\n        \"Resource\" : \"*\"\n    }, {\n        \"Sid\" : \"Use\",\n        \"Effect\" : \
\"Allow\",\n        \"Principal\" : { \"AWS\" : \"arn:aws:iam::111122223333:role/App\" },\n        \"Action\" : [ \
\"kms:Encrypt\", \"kms:Decrypt\" ],\n        \"Resource\" : \"*\"\n    } ]\n}\n";

fn meaning(text: &str) -> Vec<StatementForm> {
    let forms = statements(text).into_iter();
    forms.map(|form| StatementForm { span: policy::Span::default(), ..form }).collect()
}

#[test]
fn a_statement_is_shown_as_it_is() {
    let forms = statements(TEXT);
    assert_eq!(forms.len(), 2);
    assert_eq!(forms[1].label, "\"Use\"");
    assert_eq!(forms[1].principals.values[0].value, "arn:aws:iam::111122223333:role/App");
    assert_eq!(forms[1].actions.values, ["kms:Encrypt", "kms:Decrypt"]);
    assert!(forms[1].span.of(TEXT).contains("\"Use\""));
}

#[test]
fn a_form_that_changes_nothing_changes_no_byte() {
    for case in cases() {
        let text = case.text();
        if !parse(&text, true).is_well_formed() {
            continue;
        }
        for (index, form) in statements(&text).iter().enumerate() {
            let complete = !form.conditions.iter().any(|condition| condition.values.is_empty());
            assert!(!complete || replace(&text, index, form).unwrap() == text, "{}", case.name);
        }
    }
}

#[test]
fn one_element_is_written_and_the_rest_stays() {
    let mut form = statements(TEXT)[1].clone();
    form.actions.values = vec!["kms:Decrypt".to_owned()];
    let changed = replace(TEXT, 1, &form).unwrap();
    assert_eq!(changed, TEXT.replace("[ \"kms:Encrypt\", \"kms:Decrypt\" ]", "\"kms:Decrypt\""));
    form.actions.negated = true;
    let changed = replace(TEXT, 1, &form).unwrap();
    assert!(changed.contains("\"NotAction\" : \"kms:Decrypt\""), "{changed}");
}

#[test]
fn what_was_not_there_is_put_in_as_its_neighbours_are_written() {
    let mut form = statements(TEXT)[1].clone();
    form.conditions.push(ConditionForm {
        operator: "StringEquals".to_owned(),
        key: "kms:ViaService".to_owned(),
        values: vec!["s3.eu-central-1.amazonaws.com".to_owned()],
    });
    let changed = replace(TEXT, 1, &form).unwrap();
    let wanted = "\"Resource\" : \"*\",\n        \"Condition\" : {\n            \"StringEquals\" : {\n                \
\"kms:ViaService\" : \"s3.eu-central-1.amazonaws.com\"\n            }\n        }\n    } ]";
    assert!(changed.contains(wanted), "{changed}");
    assert_eq!(meaning(&changed)[1].conditions, form.conditions);
    form.conditions.clear();
    assert_eq!(replace(&changed, 1, &form).unwrap(), TEXT, "and taken out again");
    form.sid.clear();
    let without = replace(TEXT, 1, &form).unwrap();
    assert_eq!(without, TEXT.replace("\"Sid\" : \"Use\",\n        ", ""));
    form.sid = "Use".to_owned();
    assert_eq!(replace(&without, 1, &form).unwrap(), TEXT);
}

#[test]
fn a_statement_is_taken_out_with_one_comma() {
    let first = remove(TEXT, 0).unwrap();
    assert_eq!(meaning(&first), vec![StatementForm { span: policy::Span::default(), ..statements(TEXT)[1].clone() }]);
    let second = remove(TEXT, 1).unwrap();
    assert!(second.ends_with("\"Resource\" : \"*\"\n    } ]\n}\n"), "{second}");
    assert!(remove(&second, 0).unwrap_err().says().contains("only statement"));
    assert!(remove(TEXT, 2).unwrap_err().says().contains("no statement 3"));
}

#[test]
fn an_incomplete_form_changes_nothing() {
    let mut form = statements(TEXT)[1].clone();
    form.principals.values.clear();
    assert!(replace(TEXT, 1, &form).unwrap_err().says().contains("lacks a principal"));
    assert!(add("{", &statements(TEXT)[0]).unwrap_err().says().contains("cannot be read"));
}

/// Every statement of the corpus, put into another text and read again, is the same.
#[test]
fn print_and_parse_are_each_others_opposite() {
    for case in cases() {
        for form in statements(&case.text()) {
            let Ok(text) = add(TEXT, &form) else { continue };
            assert!(text.starts_with(TEXT.trim_end_matches("]\n}\n").trim_end()), "{}: {text}", case.name);
            let mut read = meaning(&text).pop().unwrap();
            let mut wanted = StatementForm { span: policy::Span::default(), ..form };
            (read.label, wanted.label) = (String::new(), String::new());
            // Conditions are written by operator, and everyone by one sign.
            read.conditions.sort();
            wanted.conditions.sort();
            if wanted.principals.values.iter().any(|principal| principal.kind == "*") {
                wanted.principals.values.retain(|principal| principal.kind == "*");
            }
            read.principals.values.sort();
            wanted.principals.values.sort();
            assert_eq!(read, wanted, "{}", case.name);
        }
    }
}
