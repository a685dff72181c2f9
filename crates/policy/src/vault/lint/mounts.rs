//! Paths that lead nowhere: the parts of an engine's paths, and mounts that are not there.

use std::collections::BTreeSet;

use super::{Document, Rule, allowing, repath};
use crate::{
    Finding, Mount, Surroundings,
    nearest::nearest,
    vault::{
        Capability,
        api::{Endpoint, Engine, KV_PARTS},
        pattern::Pattern,
    },
};

/// What every server has, whatever is mounted.
const ALWAYS: [&str; 4] = ["auth", "cubbyhole", "identity", "sys"];

pub(super) fn findings(document: &Document, surroundings: &Surroundings) -> Vec<Finding> {
    let mut findings = Vec::new();
    for rule in &document.rules {
        findings.extend(unknown_mount(rule, &surroundings.mounts));
    }
    let kv = kv_mounts(document, &surroundings.mounts);
    let called = called();
    for rule in allowing(document) {
        let mount = kv.iter().find(|mount| is_below(path(rule), mount).is_some());
        findings.extend(mount.into_iter().flat_map(|mount| of_kv(rule, mount)));
        findings.extend(wrong_verb(rule, &called));
    }
    findings
}

/// The path without a slash before it.
fn path(rule: &Rule) -> &str {
    rule.path.value.strip_prefix('/').unwrap_or(&rule.path.value)
}

fn is_below<'p>(path: &'p str, mount: &str) -> Option<&'p str> {
    path.strip_prefix(mount)?.strip_prefix('/')
}

fn unknown_mount(rule: &Rule, mounts: &[Mount]) -> Option<Finding> {
    let path = path(rule);
    let (first, rest) = path.split_once('/')?;
    if mounts.is_empty() || first.contains(['+', '*', '{']) || ALWAYS.contains(&first) {
        return None;
    }
    // A mount's path may have slashes in it, and a pattern may stop before their end.
    let known = mounts.iter().any(|mount| {
        let place = format!("{}/", mount.path);
        path.starts_with(&place) || Pattern::of(path).meets(&Pattern::of(&format!("{place}*")))
    });
    if known {
        return None;
    }
    let message = format!("Nothing is mounted at {first}, so the rule fits no request.");
    let finding = Finding::warning("unknown-mount", rule.path.span, message);
    let names: Vec<&str> = mounts.iter().map(|mount| mount.path.as_str()).collect();
    Some(match nearest(first, names) {
        Some(near) => finding.with_fix(format!("Write {near}"), repath(rule, &format!("{near}/{rest}"))),
        None => finding.with_next("Mount an engine there, or name a mount that is there."),
    })
}

/// The KV mounts of version 2: as the server says, or as rules of the policy show by their data/ and metadata/.
fn kv_mounts(document: &Document, mounts: &[Mount]) -> BTreeSet<String> {
    if !mounts.is_empty() {
        return mounts.iter().filter(|mount| mount.engine == "kv-2").map(|mount| mount.path.clone()).collect();
    }
    let shown = document.rules.iter().filter_map(|rule| {
        let (first, rest) = path(rule).split_once('/')?;
        let shows = rest.starts_with("data/") || rest.starts_with("metadata/");
        (shows && !first.contains(['+', '{'])).then(|| first.to_owned())
    });
    shown.collect()
}

fn of_kv(rule: &Rule, mount: &str) -> Vec<Finding> {
    let Some(rest) = is_below(path(rule), mount) else { return Vec::new() };
    let first = rest.split('/').next().unwrap_or_default().trim_end_matches('*');
    let mut findings = Vec::new();
    let open = rest.starts_with('*') || rest.starts_with('+') || rest.starts_with("{{");
    if !open
        && !first.is_empty()
        && !KV_PARTS
            .iter()
            .any(|part| part == &first || (rest.ends_with('*') && !rest.contains('/') && part.starts_with(first)))
    {
        let message = format!(
            "{mount} is KV version 2, whose paths go on with data/ for values and metadata/ for names. This one does not exist."
        );
        let fix = repath(rule, &format!("{mount}/data/{rest}"));
        findings.push(Finding::warning("kv-without-data", rule.path.span, message).with_fix("Put data/ in", fix));
    }
    let only_list = rule.granted().iter().all(|capability| capability == Capability::List);
    if first == "data" && rule.granted().has(Capability::List) {
        let message =
            format!("KV version 2 lists names at {mount}/metadata/, never at data/, so list does nothing here.");
        let finding = Finding::warning("list-on-data", rule.path.span, message);
        let moved = format!("{mount}/metadata/{}", rest.strip_prefix("data/").unwrap_or_default());
        findings.push(if only_list && rest.starts_with("data/") {
            finding.with_fix("Write metadata/", repath(rule, &moved))
        } else {
            finding.with_next(format!("Add a rule with list for {moved}."))
        });
    }
    if first == "data" && (rule.allowed.is_some() || rule.denied.is_some()) {
        let message =
            "The parameters of KV version 2 are data and options as a whole; what is in the value is not looked at.";
        findings.push(Finding::warning("parameters-in-data", rule.path.span, message));
    }
    findings
}

/// The paths of transit that are called by POST, with their patterns and the part behind the mount.
fn called() -> Vec<(&'static Endpoint, &'static Pattern, &'static str)> {
    let posted = Endpoint::anywhere().filter(|(endpoint, _)| {
        let called = endpoint.needs == Capability::Update && endpoint.engine == Engine::Transit;
        called && !endpoint.path.contains("/keys/")
    });
    posted.filter_map(|(endpoint, pattern)| Some((endpoint, pattern, endpoint.path.split('/').nth(1)?))).collect()
}

/// A path that is called, with capabilities that no call needs.
fn wrong_verb(rule: &Rule, called: &[(&'static Endpoint, &'static Pattern, &'static str)]) -> Option<Finding> {
    let granted = rule.granted();
    let verb = path(rule).split('/').nth(1)?;
    let candidates = called.iter().filter(|(_, _, part)| *part == verb);
    let pattern = rule.pattern();
    if matches!(&pattern, Pattern::Prefix(prefix) if prefix.matches('/').count() < 2) {
        return None;
    }
    let (endpoint, ..) = candidates.into_iter().find(|(_, endpoint, _)| endpoint.meets(&pattern))?;
    if granted.has(Capability::Update) || granted.is_denied() {
        return None;
    }
    let upsert = granted.has(Capability::Create) && endpoint.path.contains("/encrypt/");
    let message = if upsert {
        "With create alone one may encrypt only while the key does not exist, and makes it by that. To use it needs update."
    } else {
        "This path is called by POST, which needs update; what is given here lets nothing happen."
    };
    Some(Finding::warning("needs-update", rule.path.span, message).with_next("Give update."))
}
