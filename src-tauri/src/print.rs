//! What the command line prints: tables for people, one JSON object a line for programs, errors with their three answers.

pub(crate) mod changes;
pub(crate) mod destructions;
pub(crate) mod imports;
pub(crate) mod policies;
pub(crate) mod rotations;

use std::io::Write;

use base64ct::{Base64, Encoding};
use contract::{
    AccessNeedWire, AccessReport, AccessWire, AspectWire, ChangedWire, ConnectionRow, ExportFile, ItemRow, ItemWire,
    PrincipalWire, RotationRuleWire, WireError,
};
use domain::{Error, Kind, Result};
use serde_json::json;

/// Something that could not be read.
pub(crate) struct Gap<'a> {
    pub(crate) connection: &'a str,
    pub(crate) vault: Option<&'a str>,
    pub(crate) reference: Option<&'a str>,
    pub(crate) error: &'a WireError,
}

/// Text from a provider with control and direction characters made visible: a terminal would obey them.
pub(crate) fn safe(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        let turns = matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        if c.is_control() || turns {
            out.extend(c.escape_unicode());
        } else {
            out.push(c);
        }
    }
    out
}

/// An error on standard error, as text or as one JSON object.
pub(crate) fn error(error: &WireError, as_json: bool) {
    if as_json {
        eprintln!("{}", json!({ "error": error }));
    } else {
        eprintln!("claviger: {}", text(error));
    }
}

/// Something to know that is no failure, on standard error.
pub(crate) fn notice(notice: &WireError) {
    eprintln!("Note: {}", text(notice));
}

fn text(error: &WireError) -> String {
    let mut lines = vec![format!("{}: {}", error.operation, safe(&error.message))];
    lines.push(match &error.changed {
        ChangedWire::Nothing => "Nothing was changed.".to_owned(),
        ChangedWire::Exactly(what) => what.iter().map(|one| safe(one)).collect::<Vec<_>>().join(" "),
        ChangedWire::Unknown => "It is not known whether something was changed.".to_owned(),
    });
    if let Some(permission) = &error.permission {
        lines.push(format!("Missing permission: {}", safe(permission)));
    }
    lines.push(format!("Next: {}", safe(&error.next)));
    if let Some(id) = &error.request_id {
        lines.push(format!("Request id: {}", safe(id)));
    }
    lines.join("\n")
}

/// The rows of `ls`, each with whether it is from an earlier time, then the gaps.
pub(crate) fn listing<'a>(
    rows: impl Iterator<Item = (&'a ItemRow, bool)>,
    gaps: &[Gap<'_>],
    as_json: bool,
) -> Result<()> {
    let mut out = std::io::stdout().lock();
    if as_json {
        for (row, stale) in rows {
            let mut line = json!({
                "ref": row.reference, "provider": row.provider, "connection": row.connection, "vault": row.vault,
                "name": row.name, "facets": row.facets, "algorithm": row.algorithm, "state": row.state,
                "created": row.created, "expires": row.expires,
            });
            if stale {
                line["stale"] = true.into();
            }
            writeln!(out, "{line}").map_err(unwritten)?;
        }
        return self::gaps(&mut out, gaps);
    }
    let head = ["NAME", "FACETS", "ALGORITHM", "STATE", "EXPIRES", "REF"].map(str::to_owned);
    let cells = rows.map(|(row, stale)| {
        [
            if stale { format!("{} (last known)", safe(&row.name)) } else { safe(&row.name) },
            row.facets.join("+"),
            row.algorithm.as_deref().map(safe).unwrap_or_default(),
            safe(&row.state),
            row.expires.as_deref().map(|at| at.chars().take(10).collect()).unwrap_or_default(),
            safe(&row.reference),
        ]
    });
    table(&mut out, std::iter::once(head).chain(cells).collect())?;
    gaps.iter().for_each(missing);
    Ok(())
}

/// What could not be read, one JSON object a line.
fn gaps(out: &mut impl Write, gaps: &[Gap<'_>]) -> Result<()> {
    gaps.iter().try_for_each(|gap| {
        let line = json!({
            "gap": gap.error.kind, "ref": gap.reference, "connection": gap.connection, "vault": gap.vault,
            "reason": gap.error.message, "permission": gap.error.permission, "refusedBy": gap.error.refused_by,
            "next": gap.error.next,
        });
        writeln!(out, "{line}").map_err(unwritten)
    })
}

/// The same for a person, on standard error.
fn missing(gap: &Gap<'_>) {
    let place = gap.reference.or(gap.vault).unwrap_or(gap.connection);
    let permission = gap.error.permission.as_deref().map(|name| format!(" ({})", safe(name))).unwrap_or_default();
    eprintln!("Missing from {}: {}{permission}", safe(place), safe(&gap.error.message));
}

/// Columns as wide as their widest cell; the last one is left as it is.
fn table<const N: usize>(out: &mut impl Write, rows: Vec<[String; N]>) -> Result<()> {
    let widths: Vec<usize> =
        (0..N).map(|column| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0).min(60)).collect();
    for row in rows {
        let mut line = String::new();
        for (cell, width) in row.iter().zip(&widths) {
            line.push_str(&format!("{cell:width$}  "));
        }
        writeln!(out, "{}", line.trim_end()).map_err(unwritten)?;
    }
    Ok(())
}

/// The saved connections.
pub(crate) fn connections(rows: &[ConnectionRow], as_json: bool) -> Result<()> {
    let mut out = std::io::stdout().lock();
    if as_json {
        for row in rows {
            writeln!(out, "{}", json!(row)).map_err(unwritten)?;
        }
        return Ok(());
    }
    let head = ["NAME", "PROVIDER", "SECRETS", "IDENTITY", "PLACE"].map(str::to_owned);
    let cells = rows.iter().map(|row| {
        let identity = row.identity.as_deref().map(safe).unwrap_or_default();
        [safe(&row.name), row.provider.clone(), row.secrets.clone(), identity, safe(&row.place)]
    });
    table(&mut out, std::iter::once(head).chain(cells).collect())
}

/// What "check access" found, on standard error.
pub(crate) fn access(report: &AccessReport) {
    if let Some(identity) = &report.identity {
        let until = report.until.as_deref().map(|at| format!(", until {at}")).unwrap_or_default();
        eprintln!("Signed in as {}{until}", safe(identity));
    }
    for check in &report.checks {
        let (mark, why) = match (check.allowed, &check.error, &check.untested) {
            (Some(true), _, _) => ("yes", String::new()),
            (Some(false), error, _) => {
                ("no ", error.as_ref().map(|error| format!(": {}", safe(&error.message))).unwrap_or_default())
            }
            (None, _, untested) => {
                ("?  ", untested.as_deref().map(|why| format!(": {}", safe(why))).unwrap_or_default())
            }
        };
        eprintln!("  {mark} {} ({}){why}", safe(&check.what), safe(&check.permission));
    }
}

/// One opened item.
pub(crate) fn item(item: &ItemWire, as_json: bool) -> Result<()> {
    let mut out = std::io::stdout().lock();
    if as_json {
        return writeln!(out, "{}", json!(item)).map_err(unwritten);
    }
    let mut lines = vec![
        ("Name".to_owned(), safe(&item.row.name)),
        ("Ref".to_owned(), safe(&item.row.reference)),
        ("Kind".to_owned(), item.row.kind.clone()),
        ("State".to_owned(), safe(&item.row.state)),
    ];
    let optional = [
        ("Algorithm", &item.row.algorithm),
        ("Created", &item.row.created),
        ("Expires", &item.row.expires),
        ("Version", &item.current_version),
    ];
    lines.extend(optional.into_iter().filter_map(|(name, value)| Some((name.to_owned(), safe(value.as_deref()?)))));
    for facet in &item.facets {
        let access = match &facet.access {
            AccessWire::Absent { because } => format!("none: {because}"),
            AccessWire::Closed { permission, because } => format!("closed: {because} ({permission})"),
            AccessWire::Open => "open".to_owned(),
            AccessWire::Untested => "not tried".to_owned(),
        };
        lines.push((format!("Facet {}", facet.kind), safe(&access)));
    }
    if let Some(prints) = &item.fingerprints {
        lines.push(("SPKI SHA-256".to_owned(), prints.spki_sha256.clone()));
        lines.extend(prints.openssh_sha256.clone().map(|print| ("OpenSSH SHA-256".to_owned(), print)));
        lines.extend(prints.jwk_thumbprint.clone().map(|print| ("JWK thumbprint".to_owned(), print)));
    }
    for certificate in &item.certificates {
        lines.push(("Certificate".to_owned(), safe(&certificate.subject)));
        lines.push(("  issued by".to_owned(), safe(&certificate.issuer)));
        lines.push(("  valid".to_owned(), format!("{} to {}", certificate.not_before, certificate.not_after)));
        lines.push(("  SHA-256".to_owned(), certificate.sha256.clone()));
    }
    for version in &item.versions {
        let current = if version.current { ", current" } else { "" };
        lines.push((format!("Version {}", safe(&version.id)), format!("{}{current}", safe(&version.state))));
    }
    lines.extend(item.aspects.iter().flat_map(aspect));
    let troubles = [&item.row.trouble, &item.public_key_trouble, &item.certificate_trouble];
    lines.extend(troubles.into_iter().flatten().map(|error| ("Trouble".to_owned(), safe(&error.message))));
    for (name, value) in lines {
        writeln!(out, "{name:18} {value}").map_err(unwritten)?;
    }
    Ok(())
}

fn aspect(aspect: &AspectWire) -> Vec<(String, String)> {
    let one = |name: &str, value: &str| (name.to_owned(), safe(value));
    match aspect {
        AspectWire::Access { model, needs, principals, incomplete } => {
            let need = |need: &AccessNeedWire| {
                let role = need.role.as_ref().map(|role| format!(" ({role})")).unwrap_or_default();
                one("Needs", &format!("{} to {}{role}", need.permission, need.purpose))
            };
            let principal =
                |who: &PrincipalWire| one("Let in", &format!("{} {}: {}, at {}", who.kind, who.id, who.by, who.scope));
            let lines = [one("Access", model)].into_iter().chain(needs.iter().map(need));
            let incomplete = incomplete.as_ref().map(|why| one("Let in", &format!("not all known: {why}")));
            lines.chain(principals.iter().map(principal)).chain(incomplete).collect()
        }
        AspectWire::Aliases { names } => names.iter().map(|name| one("Alias", name)).collect(),
        AspectWire::CertificatePolicy { issuer, renewal, renews: _, rules } => {
            let issuer = issuer.as_ref().map(|issuer| one("Issuer", issuer));
            let rules = rules.iter().map(|(name, value)| (safe(name), safe(value)));
            issuer.into_iter().chain([one("Renewal", renewal)]).chain(rules).collect()
        }
        AspectWire::Description { text } => vec![one("Description", text)],
        AspectWire::Grants { grants } => grants
            .iter()
            .map(|grant| one("Grant", &format!("{} may {} ({})", grant.grantee, grant.operations.join(", "), grant.id)))
            .collect(),
        AspectWire::Issuance { status, detail, waits_for_answer, failure } => {
            let waits = waits_for_answer.then(|| one("Issuance", "waits for the signed answer to its signing request"));
            let more = [detail, failure].into_iter().flatten().map(|words| one("Issuance", words));
            [one("Issuance", status)].into_iter().chain(waits).chain(more).collect()
        }
        AspectWire::Native { rows } => rows.iter().map(|(name, value)| (safe(name), safe(value))).collect(),
        AspectWire::PendingDeletion { at } => vec![one("Will be destroyed", at)],
        AspectWire::ReleasePolicy { text, immutable } => {
            vec![one("Release policy", text), one("Release policy fixed", if *immutable { "yes" } else { "no" })]
        }
        AspectWire::Rotation { automatic, period_seconds, next, left_on_demand, rules } => {
            let on = automatic.map(|on| one("Automatic rotation", if on { "on" } else { "off" }));
            let days = period_seconds.map(|seconds| one("Rotation period", &period(seconds)));
            let next = next.as_ref().map(|at| one("Next rotation", at));
            let left = left_on_demand.map(|left| one("Rotations left on demand", &left.to_string()));
            let rule = |rule: &RotationRuleWire| {
                let next = rule.next.as_ref().map(|at| format!(", next {at}")).unwrap_or_default();
                one("Rule", &format!("{} ({}){next}", rule.says, rule.written))
            };
            on.into_iter().chain(days).chain(next).chain(left).chain(rules.iter().map(rule)).collect()
        }
        AspectWire::Tags { tags } => tags.iter().map(|(key, value)| one("Tag", &format!("{key} = {value}"))).collect(),
    }
}

/// In days where it is whole days, else in hours.
fn period(seconds: u32) -> String {
    match seconds {
        days if days % 86_400 == 0 => format!("{} days", days / 86_400),
        hours => format!("{} hours", hours.div_ceil(3_600)),
    }
}

/// The bytes of an exported file.
pub(crate) fn file_bytes(file: &ExportFile) -> Result<Vec<u8>> {
    if !file.binary {
        return Ok(file.text.clone().into_bytes());
    }
    Base64::decode_vec(&file.text)
        .map_err(|_| Error::new(Kind::Unexpected, "write the export", "the bytes were damaged on their way"))
}

/// The operation of an error that says that standard output was closed.
pub(crate) const OPERATION: &str = "print";

fn unwritten(error: std::io::Error) -> Error {
    Error::new(Kind::Interrupted, OPERATION, "standard output was closed").with_source(error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_terminal_would_obey_is_printed_as_text() {
        let name = "a\u{1b}[2Jb\u{202e}c\nd";
        let shown = safe(name);
        assert_eq!(shown, "a\\u{1b}[2Jb\\u{202e}c\\u{a}d");
        assert_eq!(safe("zażółć 名 – ok"), "zażółć 名 – ok");
    }

    #[test]
    fn columns_are_as_wide_as_their_widest_cell() {
        let mut out = Vec::new();
        table(&mut out, vec![["a".into(), "b".into()], ["long".into(), "c".into()]]).unwrap();
        assert_eq!(String::from_utf8(out).unwrap(), "a     b\nlong  c\n");
    }
}
