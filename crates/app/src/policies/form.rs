//! Statements as fields of a form: the window draws them without knowing the language.

use std::collections::BTreeMap;

use contract::{MergedPolicy, StatementFieldWire, StatementWire};
use domain::{Error, Kind, PolicyLanguage, Result};
use policy::{
    Span,
    aws::{self, ConditionForm, PrincipalForm, PrincipalsForm, StatementForm, ValuesForm},
};

use super::{MERGE, troubled};

const NOT: &str = "everything but";
const ONLY: &str = "only";

/// The statements of a text, each with its fields; none where the language has no form.
pub(super) fn statements(
    language: PolicyLanguage,
    text: &str,
    place: impl Fn(Span) -> (u32, u32),
) -> Vec<StatementWire> {
    match language {
        PolicyLanguage::AwsKey => aws::statements(text).iter().map(|form| statement(form, place(form.span))).collect(),
        PolicyLanguage::AzureAccess
        | PolicyLanguage::AzureRelease
        | PolicyLanguage::AzureRoles
        | PolicyLanguage::VaultAcl => Vec::new(),
    }
}

/// The text with one statement as the fields have it; without it if there are none.
pub(super) fn edited(
    language: PolicyLanguage,
    text: &str,
    index: u32,
    fields: Option<&BTreeMap<String, Vec<String>>>,
) -> Result<MergedPolicy> {
    if language != PolicyLanguage::AwsKey {
        return Err(Error::new(Kind::Unsupported, MERGE, "there is no form for this language of policies")
            .with_refused_by("this app")
            .with_next("Change the text itself."));
    }
    let (index, known) = (index as usize, aws::statements(text).len());
    let after = match fields {
        None => aws::remove(text, index),
        Some(fields) if index < known => aws::replace(text, index, &filled(fields)?),
        Some(fields) => aws::add(text, &filled(fields)?),
    };
    let after = after.map_err(|trouble| troubled(&trouble))?;
    let says = match (fields, index < known) {
        (None, _) => "The statement was taken out.",
        (Some(_), true) => "The statement was written.",
        (Some(_), false) => "The statement was added.",
    };
    Ok(MergedPolicy { changed: after != text, says: says.to_owned(), text: after })
}

fn statement(form: &StatementForm, (from, to): (u32, u32)) -> StatementWire {
    let mode = |negated: bool| if negated { NOT } else { ONLY };
    let modes = [ONLY, NOT];
    let conditions = form.conditions.iter().map(written).collect();
    let principals = form.principals.values.iter().map(principal_text).collect();
    let fields = vec![
        field("sid", "Sid", "Letters and digits", &[], vec![form.sid.clone()]),
        field("effect", "Effect", "", &["Allow", "Deny"], vec![form.effect.clone()]),
        field("principal-mode", "Principals", "", &modes, vec![mode(form.principals.negated).into()]),
        list("principals", "Principal", "An ARN, an account, a service or *, one a line", principals),
        field("action-mode", "Actions", "", &modes, vec![mode(form.actions.negated).into()]),
        list("actions", "Action", "kms:Decrypt, one a line", form.actions.values.clone()),
        field("resource-mode", "Resources", "", &modes, vec![mode(form.resources.negated).into()]),
        list("resources", "Resource", "* is this key, in a key policy", form.resources.values.clone()),
        list("conditions", "Condition", "StringEquals kms:ViaService = s3.eu-west-1.amazonaws.com | …", conditions),
    ];
    StatementWire { label: form.label.clone(), from, to, fields }
}

fn field(id: &str, label: &str, hint: &str, choices: &[&str], values: Vec<String>) -> StatementFieldWire {
    let choices = choices.iter().map(|word| (*word).to_owned()).collect();
    StatementFieldWire { id: id.into(), label: label.into(), hint: hint.into(), several: false, choices, values }
}

fn list(id: &str, label: &str, hint: &str, values: Vec<String>) -> StatementFieldWire {
    StatementFieldWire { several: true, ..field(id, label, hint, &[], values) }
}

/// A principal of AWS by its value alone; another kind before it.
fn principal_text(principal: &PrincipalForm) -> String {
    match principal.kind.as_str() {
        "*" => "*".to_owned(),
        "AWS" => principal.value.clone(),
        kind => format!("{kind} {}", principal.value),
    }
}

fn principal(text: &str) -> PrincipalForm {
    let of = |kind: &str, value: &str| PrincipalForm { kind: kind.to_owned(), value: value.trim().to_owned() };
    match text.split_once(' ') {
        Some((kind, value)) => of(kind, value),
        None if text == "*" => of("*", "*"),
        None if text.ends_with(".amazonaws.com") || text.ends_with(".amazonaws.com.cn") => of("Service", text),
        None => of("AWS", text),
    }
}

/// `StringEquals kms:ViaService = a | b`.
fn written(condition: &ConditionForm) -> String {
    format!("{} {} = {}", condition.operator, condition.key, condition.values.join(" | "))
}

fn condition(text: &str) -> Result<ConditionForm> {
    let unfit = || {
        Error::new(Kind::Invalid, MERGE, format!("\"{text}\" is not a condition"))
            .with_refused_by("this app")
            .with_next("Write it like: StringEquals kms:ViaService = s3.eu-west-1.amazonaws.com")
    };
    let (left, values) = text.split_once(" = ").ok_or_else(unfit)?;
    let (operator, key) = left.trim().split_once(' ').ok_or_else(unfit)?;
    let values = values.split(" | ").map(|value| value.trim().to_owned()).collect();
    Ok(ConditionForm { operator: operator.to_owned(), key: key.trim().to_owned(), values })
}

fn filled(fields: &BTreeMap<String, Vec<String>>) -> Result<StatementForm> {
    let lines = |name: &str| -> Vec<String> {
        let values = fields.get(name).into_iter().flatten().map(|value| value.trim().to_owned());
        values.filter(|value| !value.is_empty()).collect()
    };
    let one = |name: &str| lines(name).into_iter().next().unwrap_or_default();
    let negated = |name: &str| one(name) == NOT;
    Ok(StatementForm {
        sid: one("sid"),
        effect: one("effect"),
        principals: PrincipalsForm {
            negated: negated("principal-mode"),
            values: lines("principals").iter().map(|text| principal(text)).collect(),
        },
        actions: ValuesForm { negated: negated("action-mode"), values: lines("actions") },
        resources: ValuesForm { negated: negated("resource-mode"), values: lines("resources") },
        conditions: lines("conditions").iter().map(|text| condition(text)).collect::<Result<_>>()?,
        ..StatementForm::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const POLICY: &str = r#"{"Version":"2012-10-17","Statement":[
  {"Sid":"Root","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:root"},"Action":"kms:*","Resource":"*"},
  {"Sid":"Use","Effect":"Allow","Principal":{"AWS":["arn:aws:iam::111122223333:role/App"],"Service":"s3.amazonaws.com"},
   "Action":["kms:Decrypt"],"Resource":"*","Condition":{"StringEquals":{"kms:ViaService":["a.amazonaws.com","b.amazonaws.com"]}}}
]}"#;

    fn fields(statement: &StatementWire) -> BTreeMap<String, Vec<String>> {
        statement.fields.iter().map(|field| (field.id.clone(), field.values.clone())).collect()
    }

    #[test]
    fn a_form_that_nobody_touched_changes_no_byte() {
        for (index, statement) in statements(PolicyLanguage::AwsKey, POLICY, |_| (0, 0)).iter().enumerate() {
            let index = u32::try_from(index).unwrap();
            let after = edited(PolicyLanguage::AwsKey, POLICY, index, Some(&fields(statement))).unwrap();
            assert_eq!((after.text.as_str(), after.changed), (POLICY, false));
        }
    }

    #[test]
    fn a_field_is_written_where_it_stands_and_the_rest_stays() {
        let all = statements(PolicyLanguage::AwsKey, POLICY, |_| (0, 0));
        let mut values = fields(&all[1]);
        values.insert("actions".into(), vec!["kms:Sign".into()]);
        let after = edited(PolicyLanguage::AwsKey, POLICY, 1, Some(&values)).unwrap().text;
        assert!(after.contains("kms:Sign") && !after.contains("kms:Decrypt"));
        assert_eq!(after.lines().next(), POLICY.lines().next());
        assert_eq!(after.lines().nth(1), POLICY.lines().nth(1));
        let gone = edited(PolicyLanguage::AwsKey, POLICY, 1, None).unwrap().text;
        assert_eq!(aws::statements(&gone).len(), 1);
        let twice = edited(PolicyLanguage::AwsKey, POLICY, 2, Some(&fields(&all[1]))).unwrap().text;
        assert_eq!(aws::statements(&twice).len(), 3);
        let bad = BTreeMap::from([("conditions".to_owned(), vec!["whenever".to_owned()])]);
        assert_eq!(edited(PolicyLanguage::AwsKey, POLICY, 1, Some(&bad)).unwrap_err().kind(), Kind::Invalid);
    }
}
