//! What policies together allow with a path: the servers' own order of rules, as OpenBao 2.7.2 applies it.
//!
//! An exact rule wins. Then, of the rules with `*` and `+` that fit, the one whose first wildcard comes latest; at the
//! same place one without `*` at its end; then the one with fewer `+`; then the longer; then the later by the alphabet.
//! Of the rules that end in `*` and have no `+`, only the longest is looked at. Rules of the same pattern, also of several
//! policies, add up, and a denial among them takes everything.
//!
//! Earlier sources of OpenBao differ in one thing: of a list at `a/` they look for rules that fit `a` before those that fit
//! `a/`. It decides only where wildcards fit both. Vault itself was not at hand to be asked.

use std::collections::BTreeMap;

use super::{
    Capabilities, Capability, Document, Rule, parse,
    pattern::{Pattern, filled_in},
};
use crate::NamedPolicy;

/// The rules of several policies put together, as a token has them.
#[derive(Clone, Debug, Default)]
pub struct Acl<'d> {
    root: bool,
    exact: BTreeMap<String, Granted<'d>>,
    prefixes: BTreeMap<String, Granted<'d>>,
    segments: Vec<(String, Granted<'d>)>,
}

/// What one pattern gives, and by which rules.
#[derive(Clone, Debug, Default)]
pub(super) struct Granted<'d> {
    pub(super) capabilities: Capabilities,
    pub(super) rules: Vec<&'d Rule>,
}

/// How a path is asked for: lists also look at the rules of the path without its last slash.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Way {
    /// A list, and the servers' answer to `sys/capabilities-self`.
    Listed,
    /// Everything else.
    Plain,
}

/// Where the server finds its first wildcard, and what else decides between rules that fit.
type Rank<'p> = (usize, bool, std::cmp::Reverse<usize>, usize, &'p str);

/// What a token with these policies may do with a path, as the servers answer to `sys/capabilities-self`.
///
/// A policy that the servers would refuse gives nothing. Templated paths give nothing either, since who asks is not known.
pub fn capabilities(policies: &[NamedPolicy], path: &str) -> Capabilities {
    let documents: Vec<Document> = policies.iter().map(|policy| parse(&policy.text)).collect();
    let rooted = policies.iter().any(|policy| policy.name == "root");
    let acl = if rooted { Acl::root() } else { Acl::of(documents.iter()) };
    acl.capabilities(path)
}

impl<'d> Acl<'d> {
    /// What the policy `root` gives: everything.
    pub fn root() -> Self {
        Self { root: true, ..Self::default() }
    }

    /// The rules of these policies, templated ones left out.
    pub fn of(documents: impl IntoIterator<Item = &'d Document>) -> Self {
        Self::filled(documents, None)
    }

    /// The same; templated rules are filled in so that they fit the path, wherever a caller could make them fit.
    pub(super) fn filled(documents: impl IntoIterator<Item = &'d Document>, path: Option<&str>) -> Self {
        let mut acl = Self::default();
        for document in documents.into_iter().filter(|document| document.is_well_formed()) {
            for rule in &document.rules {
                acl.put(rule, path);
            }
        }
        acl
    }

    fn put(&mut self, rule: &'d Rule, path: Option<&str>) {
        let pattern = match (rule.is_templated(), path) {
            (false, _) => rule.pattern(),
            (true, None) => return,
            (true, Some(path)) => match filled_in(&rule.path.value, trimmed(path)) {
                Some(filled) => Pattern::of(&filled),
                None => return,
            },
        };
        let granted = match pattern {
            Pattern::Exact(path) => self.exact.entry(path).or_default(),
            Pattern::Prefix(prefix) => self.prefixes.entry(prefix).or_default(),
            Pattern::Segments(path) => {
                let known = self.segments.iter().position(|(pattern, _)| *pattern == path);
                let at = known.unwrap_or_else(|| {
                    self.segments.push((path, Granted::default()));
                    self.segments.len() - 1
                });
                match self.segments.get_mut(at) {
                    Some((_, granted)) => granted,
                    None => return,
                }
            }
        };
        granted.add(rule);
    }

    /// What may be done with a path, as the servers answer to `sys/capabilities-self`. Root may do everything but be denied.
    pub fn capabilities(&self, path: &str) -> Capabilities {
        if self.root {
            return Capability::ALL.into_iter().filter(|capability| *capability != Capability::Deny).collect();
        }
        match self.decides(path, Way::Listed) {
            Some(granted) if !granted.capabilities.is_empty() => granted.capabilities,
            Some(_) | None => Capabilities::DENY,
        }
    }

    /// The rules that decide about a path; `None` if none speaks of it, which is a denial too.
    pub(super) fn decides(&self, path: &str, way: Way) -> Option<&Granted<'d>> {
        let path = path.trim_start_matches('/');
        let above = path.strip_suffix('/').filter(|_| way == Way::Listed);
        let exact = self.exact.get(path).or_else(|| self.exact.get(above?));
        exact.or_else(|| self.wild(path)).or_else(|| self.wild(above?))
    }

    fn wild(&self, path: &str) -> Option<&Granted<'d>> {
        let prefix = self.longest_prefix(path).map(|(prefix, granted)| {
            let rank: Rank<'_> = (prefix.len(), false, std::cmp::Reverse(0), prefix.len(), prefix);
            (rank, granted)
        });
        let fitting = self.segments.iter().filter(|(pattern, _)| Pattern::Segments(pattern.clone()).fits(path));
        let ranked = fitting.map(|(pattern, granted)| (rank(pattern), granted));
        prefix.into_iter().chain(ranked).max_by(|left, right| left.0.cmp(&right.0)).map(|(_, granted)| granted)
    }

    fn longest_prefix(&self, path: &str) -> Option<(&str, &Granted<'d>)> {
        let ends = path.char_indices().map(|(at, _)| at).chain([path.len()]).rev();
        ends.into_iter().find_map(|end| {
            let (prefix, granted) = self.prefixes.get_key_value(path.get(..end)?)?;
            Some((prefix.as_str(), granted))
        })
    }
}

fn trimmed(path: &str) -> &str {
    path.trim_start_matches('/')
}

fn rank(pattern: &str) -> Rank<'_> {
    let first = pattern.find('+').unwrap_or(pattern.len());
    let (path, open) = pattern.strip_suffix('*').map_or((pattern, false), |path| (path, true));
    let wild = path.split('/').filter(|segment| *segment == "+").count();
    (first, !open, std::cmp::Reverse(wild), path.len(), path)
}

impl<'d> Granted<'d> {
    fn add(&mut self, rule: &'d Rule) {
        if self.capabilities.has(Capability::Deny) {
            return;
        }
        if rule.denies() {
            self.rules.clear();
        }
        self.capabilities = self.capabilities.with(rule.granted());
        self.rules.push(rule);
    }

    /// What narrows a capability here: rules of one pattern add up, and so do their conditions.
    pub(super) fn narrowed(&self) -> Vec<String> {
        let mut narrowed: Vec<String> = Vec::new();
        for condition in self.rules.iter().flat_map(|rule| rule.narrowed()) {
            if !narrowed.contains(&condition) {
                narrowed.push(condition);
            }
        }
        narrowed
    }
}
