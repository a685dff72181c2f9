//! What gives more than it looks like.

use super::{Document, Rule, allowing, relist};
use crate::{
    Finding, Mount, Severity, Span,
    vault::{
        Capability,
        api::{SUDO_COUNTS, SUDO_PATHS},
        pattern::Pattern,
    },
};

/// A path that should not be open, the capabilities that open it, and what follows.
#[derive(Debug)]
struct Danger {
    code: &'static str,
    severity: Severity,
    paths: &'static [&'static str],
    by: &'static [Capability],
    says: &'static str,
    next: &'static str,
}

use Capability::{Create, Delete, Patch, Read, Update};

const DANGERS: &[Danger] = &[
    Danger {
        code: "key-can-leave",
        severity: Severity::Warning,
        paths: &["+/export/+/+", "+/export/+/+/+", "+/byok-export/+/+", "+/byok-export/+/+/+", "+/backup/+"],
        by: &[Read],
        says: "Keys of transit that are exportable can be taken away by this.",
        next: "Leave out export, byok-export and backup: using a key needs none of them.",
    },
    Danger {
        code: "key-settings-writable",
        severity: Severity::Warning,
        paths: &["+/keys/+/config"],
        by: &[Update],
        says: "Whoever may write a key's config can make the key exportable and deletable for good, and end its old versions.",
        next: "Give it to those who administer keys, not to those who use them.",
    },
    Danger {
        code: "policies-writable",
        severity: Severity::Error,
        paths: &["sys/policies/acl/+", "sys/policy/+"],
        by: &[Update],
        says: "Whoever may write policies can give themselves everything.",
        next: "Name the one policy, or leave it to root.",
    },
    Danger {
        code: "tokens-without-limits",
        severity: Severity::Warning,
        paths: &["auth/token/create", "auth/token/create-orphan"],
        by: &[Update],
        says: "Tokens can be made without a limit; with sudo also with any policy, periodic ones that never end, and orphans.",
        next: "Let tokens be made by a role (auth/token/create/ROLE), or limit the parameters.",
    },
    Danger {
        code: "sign-in-writable",
        severity: Severity::Error,
        paths: &["sys/auth/+", "auth/+/role/+", "auth/+/roles/+", "auth/+/users/+", "auth/+/config", "auth/+/certs/+"],
        by: &[Update, Create],
        says: "Whoever may change how people and machines sign in can let themselves in with any policy.",
        next: "Leave it to those who administer the server.",
    },
    Danger {
        code: "identities-writable",
        severity: Severity::Error,
        paths: &["identity/entity", "identity/entity/+/+", "identity/group", "identity/group/+/+"],
        by: &[Update, Create],
        says: "Identities and groups carry policies: whoever may write them can give themselves any policy.",
        next: "Leave it to those who administer the server.",
    },
    Danger {
        code: "mounts-writable",
        severity: Severity::Warning,
        paths: &["sys/mounts/+", "sys/remount"],
        by: &[Update, Delete, Create],
        says: "Whoever may change mounts can remove one with every key and value in it, at once and for good.",
        next: "Leave delete out.",
    },
    Danger {
        code: "audit-writable",
        severity: Severity::Warning,
        paths: &["sys/audit/+"],
        by: &[Update, Delete, Create],
        says: "Whoever may change audit devices can switch off the record of what they do.",
        next: "Leave it to those who are not watched by it.",
    },
    Danger {
        code: "raw-storage",
        severity: Severity::Error,
        paths: &["sys/raw/+", "sys/storage/raft/snapshot"],
        by: &[Read, Update],
        says: "The server's storage holds every key and value, past every policy.",
        next: "Leave it out; a snapshot belongs to the one job that makes backups.",
    },
    Danger {
        code: "sealing",
        severity: Severity::Warning,
        paths: &["sys/seal", "sys/step-down"],
        by: &[Update],
        says: "Whoever may seal the server can stop it for everybody.",
        next: "Leave it out, unless this is the policy for emergencies.",
    },
    Danger {
        code: "key-material-brought",
        severity: Severity::Note,
        paths: &["+/keys/+/import", "+/keys/+/import_version", "+/restore/+", "+/restore"],
        by: &[Update, Create, Patch],
        says: "Key material from elsewhere can be brought in here, which then has a copy elsewhere.",
        next: "Give it for the days of an import only.",
    },
];

pub(super) fn findings(document: &Document, mounts: &[Mount]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for rule in allowing(document) {
        match everything(rule) {
            Some(finding) => findings.push(finding),
            None => {
                findings.extend(
                    DANGERS.iter().filter(|danger| danger.is_in(rule, mounts)).map(|danger| danger.finding(rule)),
                );
                findings.extend(every_mount(rule));
            }
        }
        findings.extend(of_sudo(rule));
    }
    findings
}

impl Danger {
    fn is_in(&self, rule: &Rule, mounts: &[Mount]) -> bool {
        let granted = rule.granted();
        let open = self.by.iter().any(|capability| granted.has(*capability));
        if !open {
            return false;
        }
        let pattern = rule.pattern();
        let limited = self.code == "tokens-without-limits" && rule.limits_parameters();
        let reached = |path: &&str| {
            let closed = !granted.has(Capability::Sudo) && SUDO_PATHS.iter().any(|(sudo, _)| sudo == path);
            !closed && meant(rule, path) && pattern.meets(&Pattern::of(path))
        };
        !limited && likely(rule, self.paths, mounts) && self.paths.iter().any(reached)
    }

    fn finding(&self, rule: &Rule) -> Finding {
        // One named policy or role is narrower than all of them, but still a way to more.
        let severity = match (self.severity, rule.pattern()) {
            (Severity::Error, Pattern::Exact(_)) if self.code == "policies-writable" => Severity::Warning,
            (severity, _) => severity,
        };
        Finding::new(self.code, severity, rule.path.span, self.says).with_next(self.next)
    }
}

/// Dangers of transit are not looked for in mounts that are another engine's, by what is mounted or by their name.
fn likely(rule: &Rule, paths: &[&str], mounts: &[Mount]) -> bool {
    if !paths.iter().all(|path| path.starts_with('+')) {
        return true;
    }
    if !mounts.is_empty() {
        let below = |mount: &Mount| rule.pattern().meets(&Pattern::of(&format!("{}/*", mount.path)));
        return mounts.iter().any(|mount| mount.engine == "transit" && below(mount));
    }
    let first = rule.path.value.trim_start_matches('/').split('/').next().unwrap_or_default().to_lowercase();
    let elsewhere = ["secret", "kv", "pki", "ssh", "database", "cubbyhole", "identity", "auth", "sys"];
    !elsewhere.iter().any(|word| first == *word || first.starts_with(&format!("{word}-")))
}

/// A rule for every mount, as `+/sign/*`, is meant for `sys` and `auth` only if it names their parts, or none at all.
fn meant(rule: &Rule, path: &str) -> bool {
    let mut written = rule.path.value.trim_start_matches('/').split('/');
    if path.starts_with('+') || written.next() != Some("+") {
        return true;
    }
    written.next().is_none_or(|second| second.starts_with(['+', '*']) || path.split('/').nth(1) == Some(second))
}

fn everything(rule: &Rule) -> Option<Finding> {
    let all = matches!(rule.pattern(), Pattern::Prefix(prefix) if prefix.is_empty());
    if !all {
        return None;
    }
    let writes = [Create, Update, Delete, Patch, Capability::Sudo].iter().any(|one| rule.granted().has(*one));
    let message = "The path is every path of the server: keys, values, policies, tokens.";
    Some(if writes {
        Finding::error("every-path", rule.path.span, format!("{message} This is root by another name."))
    } else {
        Finding::warning("every-path", rule.path.span, message)
    })
    .map(|finding| finding.with_next("Name the mounts that are meant."))
}

fn every_mount(rule: &Rule) -> Option<Finding> {
    let Pattern::Segments(path) = rule.pattern() else { return None };
    if !path.starts_with('+') {
        return None;
    }
    let message = "The first segment is +: this is meant for every mount, also those that are added later.";
    Some(Finding::warning("every-mount", rule.path.span, message).with_next("Name the mount."))
}

fn of_sudo(rule: &Rule) -> Vec<Finding> {
    let mut findings = Vec::new();
    let pattern = rule.pattern();
    let sudo = rule.granted().has(Capability::Sudo);
    let needed = SUDO_PATHS.iter().filter(|(path, _)| pattern.meets(&Pattern::of(path)));
    let counts = SUDO_COUNTS.iter().any(|path| pattern.meets(&Pattern::of(path)));
    let open = !matches!(pattern, Pattern::Exact(_));
    let span = rule.capabilities.iter().find(|word| word.value == "sudo").map_or(rule.path.span, |word| word.span);
    if sudo && open {
        let message = "sudo on many paths at once gives root's rights wherever a path of these needs them.";
        findings.push(
            Finding::warning("sudo-on-many", span, message).with_next("Name the paths that need sudo, one by one."),
        );
    } else if sudo && needed.clone().next().is_none() && !counts && !rule.is_templated() {
        findings.push(useless_sudo(rule, span));
    }
    if !sudo && !open {
        let without = needed.filter(|(_, capability)| rule.granted().has(*capability));
        for (path, _) in without.take(1) {
            let message = format!("{path} is one of the paths that need sudo beside the capability.");
            findings.push(
                Finding::warning("sudo-missing", rule.path.span, message).with_next("Add \"sudo\", if that is meant."),
            );
        }
    }
    findings
}

fn useless_sudo(rule: &Rule, span: Span) -> Finding {
    let finding = Finding::note("sudo-not-needed", span, "This path does not need sudo.");
    let rest: Vec<&str> =
        rule.capabilities.iter().map(|word| word.value.as_str()).filter(|word| *word != "sudo").collect();
    match rule.list {
        Some(list) if !rest.is_empty() && rule.policy.is_none() => finding.with_fix("Remove sudo", relist(list, &rest)),
        Some(_) | None => finding,
    }
}
