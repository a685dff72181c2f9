//! Lints of the resource, which in a key policy is always the key that carries it.

use super::{
    Sight,
    codes::{NOT_RESOURCE, OTHER_RESOURCE, WRONG_PARTITION},
};
use crate::{
    Edit, Finding, Spanned,
    aws::{
        document::Statement,
        pattern::{Case, Pattern},
    },
    json::quoted,
};

pub(super) fn look(sight: &mut Sight<'_>, statement: &Statement) {
    let Some(resources) = &statement.resources else { return };
    if resources.negated {
        let message = "A key policy speaks of its own key. NotResource leaves that out, or says nothing.";
        sight
            .found
            .push(NOT_RESOURCE.at(resources.name_span, message).with_next("Write Resource with \"*\": this key."));
        return;
    }
    for resource in &resources.values {
        let finding = other(sight, statement, resource, resources.values.len() == 1);
        sight.found.extend(finding);
    }
}

fn other(sight: &Sight<'_>, statement: &Statement, resource: &Spanned<String>, alone: bool) -> Option<Finding> {
    let value = resource.value.as_str();
    if value == "*" {
        return None;
    }
    let parts: Vec<&str> = value.splitn(6, ':').collect();
    let this = vec![Edit { span: resource.span, text: quoted("*") }];
    let of_alias = parts.len() == 6 && parts[5].starts_with("alias/");
    let item = sight.around.item.as_deref().filter(|item| item.starts_with("arn:"));
    if item.is_some_and(|item| Pattern::read(value).matches(item, Case::Counts)) {
        return None;
    }
    let message = match (item, parts.as_slice()) {
        _ if of_alias => "A key is not matched by its alias, so this statement has no effect.".to_owned(),
        (_, ["arn", _, service, ..]) if *service != "kms" => {
            format!("This is a resource of {service}, never a key, so this statement has no effect.")
        }
        (Some(item), ["arn", partition, ..]) if !item.starts_with(&format!("arn:{partition}:")) => {
            return Some(partition_differs(resource, item, &parts));
        }
        (Some(item), ["arn", _, _, region, account, key]) => {
            let own: Vec<&str> = item.splitn(6, ':').collect();
            let what = match own.as_slice() {
                [_, _, _, own, ..] if own != region => format!("of Region {region}, this one of {own}"),
                [_, _, _, _, own, _] if own != account => format!("of account {account}, this one of {own}"),
                _ => format!("of the name {key}"),
            };
            format!("A key policy speaks of its own key. This is a key {what}, so this statement has no effect.")
        }
        (None, ["arn", _, "kms", ..]) => return None,
        _ => format!("\"{value}\" is not this key, so this statement has no effect."),
    };
    let finding = OTHER_RESOURCE.at(resource.span, message);
    // The same key elsewhere was meant to be this one; another key may have been meant.
    let same_key = item.and_then(|item| item.rsplit('/').next()).is_some_and(|id| value.ends_with(id));
    if !alone {
        Some(sight.without_value(finding, statement, resource.span))
    } else if of_alias || same_key {
        Some(finding.with_fix("Write \"*\": this key", this))
    } else {
        Some(finding.with_next("Write \"*\", which is this key, if this key is meant."))
    }
}

fn partition_differs(resource: &Spanned<String>, item: &str, parts: &[&str]) -> Finding {
    let own = item.split(':').nth(1).unwrap_or_default();
    let theirs = parts.get(1).copied().unwrap_or_default();
    let message = format!("This is of the partition {theirs}, the key is of {own}.");
    let edit = Edit { span: resource.span, text: quoted("*") };
    WRONG_PARTITION.at(resource.span, message).with_fix("Write \"*\": this key", vec![edit])
}
