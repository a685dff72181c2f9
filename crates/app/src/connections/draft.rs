//! A draft held against its form: which questions are shown, which must be answered, and what may stand in an answer.

use std::collections::BTreeMap;

use contract::ConnectionDraft;
use domain::{Answers, Error, Field, FieldKind, Form, Kind, Result, Secret, SecretAnswers};

const OPERATION: &str = "connect";
const LONGEST_NAME: usize = 64;

/// What a draft comes to: the answers to the questions that are shown, secrets apart.
#[derive(Debug)]
pub(super) struct Checked {
    pub(super) answers: Answers,
    pub(super) secrets: SecretAnswers,
}

/// Holds a draft against `form`. The answers to questions that are not shown are left out: they belong to another
/// choice than the one made.
///
/// # Errors
/// `Invalid`, naming the question.
pub(super) fn check(form: &Form, draft: &ConnectionDraft) -> Result<Checked> {
    let unknown = draft.answers.keys().chain(draft.secrets.keys()).find(|name| field(form, name).is_none());
    if let Some(name) = unknown {
        return Err(invalid(format!("{} has no question called \"{name}\"", form.title)));
    }
    let answers = normal(form, &draft.answers);
    let mut secrets = SecretAnswers::new();
    for asked in form.fields.iter().filter(|asked| is_shown(form, asked, &answers)) {
        if matches!(asked.kind, FieldKind::Secret) {
            match draft.secrets.get(asked.name).filter(|value| !value.is_empty()) {
                Some(value) => drop(secrets.insert(asked.name.to_owned(), Secret::from_text(value.clone()))),
                None if asked.required => return Err(missing(asked)),
                None => {}
            }
        } else {
            check_answer(asked, answers.get(asked.name))?;
        }
    }
    Ok(Checked { answers, secrets })
}

/// Answers as they are kept: trimmed, without empty ones and those to questions that are not shown, presets filled in.
/// Two drafts that mean the same come to the same.
pub(super) fn normal(form: &Form, given: &BTreeMap<String, String>) -> Answers {
    let mut answers: Answers = form
        .fields
        .iter()
        .filter_map(|asked| {
            let given = given.get(asked.name).map(|answer| answer.trim()).filter(|answer| !answer.is_empty());
            let preset = match &asked.kind {
                FieldKind::Choice(choices) => choices.first().map(|choice| choice.value),
                FieldKind::List | FieldKind::Path | FieldKind::Secret | FieldKind::Text => None,
            };
            Some((asked.name.to_owned(), given.or(preset)?.to_owned()))
        })
        .collect();
    let hidden: Vec<&str> = form
        .fields
        .iter()
        .filter(|asked| matches!(asked.kind, FieldKind::Secret) || !is_shown(form, asked, &answers))
        .map(|asked| asked.name)
        .collect();
    for name in hidden {
        answers.remove(name);
    }
    answers
}

/// # Errors
/// `Invalid` if it cannot be the first part of a reference that people read and type.
pub(super) fn check_name(name: &str) -> Result<()> {
    let refused = if name.is_empty() {
        "it has no name"
    } else if name.chars().count() > LONGEST_NAME {
        "its name is longer than 64 characters"
    } else if name.trim() != name {
        "its name begins or ends with a blank"
    } else if name.chars().any(char::is_control) {
        "its name holds a control character"
    } else {
        return Ok(());
    };
    Err(Error::new(Kind::Invalid, "save the connection", refused)
        .with_next("Give it a name of 1 to 64 letters, digits or signs."))
}

fn field<'a>(form: &'a Form, name: &str) -> Option<&'a Field> {
    form.fields.iter().find(|field| field.name == name)
}

fn is_shown(form: &Form, asked: &Field, answers: &Answers) -> bool {
    asked.shown_when.is_none_or(|(name, values)| {
        answers.get(name).is_some_and(|answer| values.contains(&answer.as_str()))
            // A question that hangs on a hidden one is hidden with it. Forms hang at most a few questions deep, and
            // none hangs on itself.
            && field(form, name).is_none_or(|other| other.name != asked.name && is_shown(form, other, answers))
    })
}

fn check_answer(asked: &Field, answer: Option<&String>) -> Result<()> {
    let Some(answer) = answer else {
        return if asked.required { Err(missing(asked)) } else { Ok(()) };
    };
    if answer.chars().any(char::is_control) {
        return Err(invalid(format!("the answer to \"{}\" holds a control character", asked.label)));
    }
    match &asked.kind {
        FieldKind::Choice(choices) if !choices.iter().any(|choice| choice.value == answer) => {
            let values: Vec<&str> = choices.iter().map(|choice| choice.value).collect();
            Err(invalid(format!("\"{}\" is one of {}, not \"{answer}\"", asked.label, values.join(", "))))
        }
        FieldKind::Choice(_) | FieldKind::List | FieldKind::Path | FieldKind::Secret | FieldKind::Text => Ok(()),
    }
}

fn missing(asked: &Field) -> Error {
    invalid(format!("\"{}\" is not answered", asked.label)).with_next("Answer it, then try again.")
}

fn invalid(message: String) -> Error {
    Error::new(Kind::Invalid, OPERATION, message)
}

#[cfg(test)]
mod tests {
    use domain::Choice;

    use super::*;

    const fn question(
        name: &'static str,
        kind: FieldKind,
        shown_when: Option<(&'static str, &'static [&'static str])>,
    ) -> Field {
        Field { name, label: name, help: "", kind, required: true, shown_when }
    }

    static FORM: Form = Form {
        provider: "safe",
        title: "Safe",
        about: "",
        prompts_when: None,
        fields: &[
            question("address", FieldKind::Text, None),
            question(
                "auth",
                FieldKind::Choice(&[
                    Choice { value: "token", label: "Token" },
                    Choice { value: "user", label: "User" },
                ]),
                None,
            ),
            question("token", FieldKind::Secret, Some(("auth", &["token"]))),
            question("user", FieldKind::Text, Some(("auth", &["user"]))),
            question("password", FieldKind::Secret, Some(("auth", &["user"]))),
            question("realm", FieldKind::Text, Some(("user", &["admin"]))),
        ],
    };

    fn draft(answers: &[(&str, &str)], secrets: &[(&str, &str)]) -> ConnectionDraft {
        let map = |pairs: &[(&str, &str)]| {
            pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
        };
        ConnectionDraft {
            name: "a".into(),
            provider: "safe".into(),
            environment: None,
            answers: map(answers),
            secrets: map(secrets),
            keep: false,
        }
    }

    #[test]
    fn only_the_questions_that_are_shown_are_asked_and_kept() {
        // Answers left over from a choice that was undone must not reach the provider, least of all the secret ones.
        let left_over = [("address", " x "), ("user", "admin"), ("realm", "r")];
        let checked = check(&FORM, &draft(&left_over, &[("token", "t"), ("password", "p")])).unwrap();
        assert_eq!(checked.answers, Answers::from([("address".into(), "x".into()), ("auth".into(), "token".into())]));
        assert_eq!(checked.secrets.keys().collect::<Vec<_>>(), ["token"]);

        let chosen = [("address", "x"), ("auth", "user"), ("user", "admin"), ("realm", "r")];
        let checked = check(&FORM, &draft(&chosen, &[("password", "p")])).unwrap();
        assert_eq!(checked.answers.len(), 4);
    }

    #[test]
    fn what_does_not_fit_is_named() {
        for (answers, secrets, word) in [
            (vec![], vec![("token", "t")], "\"address\" is not answered"),
            (vec![("address", "  ")], vec![("token", "t")], "\"address\" is not answered"),
            (vec![("address", "x")], vec![], "\"token\" is not answered"),
            (vec![("address", "x")], vec![("token", "")], "\"token\" is not answered"),
            (vec![("address", "x"), ("auth", "user"), ("user", "admin")], vec![("password", "p")], "\"realm\""),
            (vec![("address", "x"), ("auth", "magic")], vec![], "one of token, user"),
            (vec![("address", "x\ny")], vec![("token", "t")], "control character"),
            (vec![("adress", "x")], vec![("token", "t")], "no question called \"adress\""),
        ] {
            let error = check(&FORM, &draft(&answers, &secrets)).unwrap_err();
            assert_eq!(error.kind(), Kind::Invalid);
            assert!(error.message().contains(word), "{error} lacks {word}");
        }
    }

    #[test]
    fn names_can_be_read_and_typed() {
        for good in ["a", "50%/a", "zażółć", &"x".repeat(64)] {
            check_name(good).unwrap();
        }
        for bad in ["", " a", "a ", "a\u{7}b", "a\nb", &"x".repeat(65)] {
            assert_eq!(check_name(bad).unwrap_err().kind(), Kind::Invalid, "{bad:?}");
        }
    }
}
