//! What is written otherwise than it works: words, paths, parameters.

use super::{Document, Rule, relist, repath};
use crate::{
    Edit, Finding, Severity, Span,
    vault::{Capability, Parameters, pattern::is_templated},
};

pub(super) fn findings(document: &Document, text: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    if document.rules.is_empty() && document.is_well_formed() {
        let message = "The policy has no rule, so whoever holds it gains nothing by it.";
        findings.push(Finding::warning("no-rules", Span::whole(text), message));
    }
    for rule in &document.rules {
        findings.extend(of_capabilities(document, rule));
        findings.extend(of_path(rule));
        findings.extend(of_parameters(rule));
        if let Some(expiration) = &rule.expiration {
            let message = format!("The rule ends by itself at {}. A denial ends too.", expiration.value);
            findings.push(Finding::note("expires", expiration.span, message));
        }
    }
    findings
}

fn of_capabilities(document: &Document, rule: &Rule) -> Vec<Finding> {
    let mut findings = Vec::new();
    let words: Vec<&str> = rule.capabilities.iter().map(|word| word.value.as_str()).collect();
    if let Some(list) = rule.list
        && words.contains(&"deny")
        && words.len() > 1
    {
        let message = "deny stands beside other capabilities, which it takes all.";
        findings.push(
            Finding::warning("deny-beside-others", list, message).with_fix("Leave deny alone", relist(list, &["deny"])),
        );
    } else if let Some(list) = rule.list {
        findings.extend(repeated(rule, list, &words));
    }
    if rule.granted().is_empty() && rule.capabilities.is_empty() && rule.policy.is_none() {
        let message = format!(
            "The rule gives nothing, and works as a denial of {}: rules with a less exact path do not count there.",
            rule.path.value
        );
        findings.push(
            Finding::warning("no-capabilities", rule.list.unwrap_or(rule.path.span), message)
                .with_next("Name capabilities, write \"deny\" if that is meant, or remove the rule."),
        );
    }
    findings.extend(old_word(document, rule));
    findings
}

fn repeated(rule: &Rule, list: Span, words: &[&str]) -> Option<Finding> {
    let twice = rule.capabilities.iter().enumerate().find(|(at, word)| words[..*at].contains(&word.value.as_str()))?.1;
    let mut once: Vec<&str> = Vec::new();
    for word in words {
        if !once.contains(word) {
            once.push(word);
        }
    }
    let message = format!("{} is named twice, which changes nothing.", twice.value);
    let finding = Finding::note("repeated-capability", twice.span, message);
    let whole = rule.capabilities.iter().all(|word| list.start <= word.span.start && word.span.end <= list.end);
    Some(if whole { finding.with_fix("Name it once", relist(list, &once)) } else { finding })
}

fn old_word(document: &Document, rule: &Rule) -> Option<Finding> {
    let word = rule.policy.as_ref()?;
    let meant = Capability::of_old_word(&word.value)?;
    let words: Vec<String> = meant.iter().map(|capability| format!("\"{}\"", capability.word())).collect();
    let message = format!("policy = \"{}\" is the old way to write [{}].", word.value, words.join(", "));
    let finding = Finding::note("old-policy-word", word.span, message);
    let (Some(span), None) = (rule.policy_span, rule.list) else { return Some(finding) };
    let (name, sign) = if document.json { ("\"capabilities\"", ":") } else { ("capabilities", " =") };
    let edit = Edit { span, text: format!("{name}{sign} [{}]", words.join(", ")) };
    Some(finding.with_fix("Write capabilities", vec![edit]))
}

fn of_path(rule: &Rule) -> Vec<Finding> {
    let (path, span) = (rule.path.value.as_str(), rule.path.span);
    let mut findings = Vec::new();
    if path.is_empty() || path == "/" {
        findings.push(Finding::warning("empty-path", span, "The path is empty: no request has such a path."));
    } else if let Some(rest) = path.strip_prefix('/') {
        let finding = if rest.starts_with('/') {
            Finding::warning(
                "leading-slash",
                span,
                "The path begins with several slashes, of which one is passed over: it never fits.",
            )
        } else {
            Finding::note("leading-slash", span, "Paths begin without a slash; the servers pass it over.")
        };
        findings.push(finding.with_fix("Remove the slash", repath(rule, path.trim_start_matches('/'))));
    }
    if path.split('/').any(|segment| segment != "+" && segment.contains('+') && !is_templated(segment)) {
        let message = "A + stands for one segment only where it is the whole segment. Here it is the sign + itself.";
        findings.push(
            Finding::warning("plus-is-literal", span, message).with_next("Write /+/ for any segment, or * at the end."),
        );
    }
    if path.trim_end_matches('*').contains('*') || path.ends_with("**") {
        let message = "A * stands for anything only as the last character of a path. The others are the sign * itself.";
        findings.push(
            Finding::warning("star-is-literal", span, message).with_next("Write + for one segment in the middle."),
        );
    }
    if let Some(unknown) = templates(path).into_iter().find(|template| !is_known(template)) {
        let message = format!("There is no template {{{{{unknown}}}}}, so the rule fits nobody's paths.");
        findings.push(
            Finding::warning("unknown-template", span, message)
                .with_next("Use identity.entity.id, .name, .metadata.KEY, .aliases.ACCESSOR.…, or identity.groups.…"),
        );
    }
    findings.extend(slash_at_end(rule));
    findings
}

fn slash_at_end(rule: &Rule) -> Option<Finding> {
    let path = &rule.path.value;
    if !path.ends_with('/') || path.len() < 2 || rule.granted().is_denied() {
        return None;
    }
    let listing = [Capability::List, Capability::Scan];
    let lost: Vec<&str> =
        rule.granted().iter().filter(|capability| !listing.contains(capability)).map(Capability::word).collect();
    if lost.is_empty() {
        return None;
    }
    let message = format!(
        "The path ends in a slash, which only lists are asked with: {} will not be found here.",
        crate::listed(&lost)
    );
    let finding = Finding::warning("slash-at-end", rule.path.span, message);
    // Without the slash the rule still gives the list: a list looks there too.
    Some(finding.with_fix("Remove the slash", repath(rule, path.trim_end_matches('/'))))
}

/// What stands between the braces of each template.
fn templates(path: &str) -> Vec<&str> {
    path.split("{{").skip(1).filter_map(|rest| rest.split_once("}}")).map(|(inside, _)| inside.trim()).collect()
}

/// Source: OpenBao documentation, "ACL policy path templating", 2026-11.
fn is_known(template: &str) -> bool {
    let parts: Vec<&str> = template.split('.').collect();
    matches!(
        parts.as_slice(),
        ["identity", "entity", "id" | "name"]
            | ["identity", "entity", "metadata", ..]
            | ["identity", "entity", "aliases", _, "id" | "name"]
            | ["identity", "entity", "aliases", _, "metadata" | "custom_metadata", ..]
            | ["identity", "groups", "ids", _, "name"]
            | ["identity", "groups", "names", _, "id"]
            | ["identity", "groups", "ids" | "names", _, "metadata", ..]
    )
}

fn of_parameters(rule: &Rule) -> Vec<Finding> {
    let mut findings = Vec::new();
    let empty = |parameters: &Option<Parameters>| parameters.as_ref().is_some_and(|named| named.entries.is_empty());
    if let Some(allowed) = rule.allowed.as_ref().filter(|_| empty(&rule.allowed)) {
        let message = "An empty allowed_parameters allows every parameter, as if it were not there.";
        findings.push(
            Finding::warning("empty-parameters", allowed.span, message).with_next("Name the parameters, or remove it."),
        );
    }
    if let Some(denied) = rule.denied.as_ref().filter(|_| empty(&rule.denied)) {
        let message = "An empty denied_parameters denies no parameter, as if it were not there.";
        findings.push(
            Finding::warning("empty-parameters", denied.span, message).with_next("Name the parameters, or remove it."),
        );
    }
    let allowed = rule.allowed.as_ref().filter(|allowed| !allowed.entries.is_empty());
    if let Some(denied) = &rule.denied
        && let Some((star, _)) = denied.entries.iter().find(|(name, _)| name.value == "*")
    {
        let message = "\"*\" among the denied parameters refuses every request that sends any parameter.";
        findings.push(Finding::note("all-parameters-denied", star.span, message));
    }
    let names = |name: &str| {
        allowed.is_none_or(|allowed| {
            allowed.entries.iter().any(|(known, _)| known.value == "*" || known.value.eq_ignore_ascii_case(name))
        })
    };
    for required in rule.required.iter().filter(|required| !names(&required.value)) {
        let message = format!("{} is required but not allowed, so every request is refused.", required.value);
        findings.push(Finding::new("required-not-allowed", Severity::Warning, required.span, message));
    }
    let writes = [Capability::Create, Capability::Update, Capability::Patch, Capability::Read];
    if rule.limits_parameters() && !rule.denies() && !writes.iter().any(|one| rule.granted().has(*one)) {
        let message = "Parameters are looked at when something is read or written, never for list, delete or sudo.";
        findings.push(Finding::note("parameters-unused", rule.path.span, message));
    }
    findings
}
