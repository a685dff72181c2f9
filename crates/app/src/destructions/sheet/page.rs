//! The evidence sheet as a page: self-contained, to read and to print. Every text in it is escaped; a page may load nothing.

use super::Sheet;

/// Calm, of black on white, as it will be printed.
const STYLE: &str = "body{font:15px/1.5 system-ui,sans-serif;color:#1a1a1a;background:#fff;max-width:52rem;margin:2rem \
    auto;padding:0 1rem}h1{font-size:1.5rem}h2{font-size:1.1rem;margin-top:2rem;border-bottom:1px solid #ccc}\
    table{border-collapse:collapse;width:100%}th,td{text-align:left;vertical-align:top;padding:.3rem .75rem .3rem 0;\
    overflow-wrap:anywhere}th{font-weight:600;white-space:nowrap}tr+tr td,tr+tr th{border-top:1px solid #eee}\
    .outcome{font-size:1.1rem;border:1px solid #999;padding:.75rem 1rem}code{font-family:ui-monospace,monospace;\
    font-size:.85em;overflow-wrap:anywhere}@media print{body{margin:0;max-width:none}h2{break-after:avoid}\
    tr{break-inside:avoid}}";

/// The page.
pub(super) fn page(sheet: &Sheet) -> String {
    let mut body = String::new();
    body.push_str(&format!("<h1>{}</h1>\n<p class=\"outcome\">{}</p>\n", text(&sheet.title), text(&sheet.outcome)));
    section(&mut body, "The item", &table(&item_rows(sheet)));
    section(&mut body, "What was known", &evidence(sheet));
    section(&mut body, "What a person said of it", &said(sheet));
    section(&mut body, "What was sent", &orders(sheet));
    section(&mut body, "What happened", &log(sheet));
    let journal = &sheet.journal;
    let whole = if journal.whole { "was whole" } else { "did NOT follow from what was sealed" };
    let says = format!(
        "<p>When this was written, the journal had {} records and {whole}. Its last hash:</p><p><code>{}</code></p>",
        journal.records,
        text(&journal.head)
    );
    section(&mut body, "The journal", &says);
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta http-equiv=\"Content-Security-Policy\" \
         content=\"default-src 'none'; style-src 'unsafe-inline'\">\n<meta name=\"viewport\" \
         content=\"width=device-width\">\n<title>{}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n{body}</body>\n\
         </html>\n",
        text(&sheet.title)
    )
}

fn section(body: &mut String, title: &str, inside: &str) {
    body.push_str(&format!("<h2>{title}</h2>\n{inside}\n"));
}

fn item_rows(sheet: &Sheet) -> Vec<(&'static str, String)> {
    let (item, rules) = (&sheet.item, &sheet.rules);
    let mut rows = vec![
        ("Name", item.name.clone()),
        ("Reference", item.reference.clone()),
        ("Place", item.place.clone()),
        ("Reason", if sheet.reason.is_empty() { "none was written".to_owned() } else { sheet.reason.clone() }),
        ("Number", item.destruction.clone()),
        ("Begun", time(item.begun)),
        ("Sheet written", time(sheet.written)),
        ("In the way", format!("a use in the last {} days", rules.window_days)),
        ("Not touched for", format!("{} days", rules.soak_days)),
    ];
    rows.extend((!sheet.ended_by.is_empty()).then(|| ("Ended by", sheet.ended_by.clone())));
    rows.extend(rules.soak_began.map(|at| ("Not touched from", time(at))));
    rows.extend(rules.soak_ended.map(|at| ("Not touched until", time(at))));
    rows.extend(rules.can_be_called_off_until.map(|at| ("Can be called off until", time(at))));
    rows
}

fn evidence(sheet: &Sheet) -> String {
    let Some(seen) = &sheet.evidence else { return "<p>Nobody has looked.</p>".to_owned() };
    let source = if seen.source.is_empty() { "nothing tells it".to_owned() } else { seen.source.clone() };
    let mut inside = table(&[
        ("Looked", format!("{}, {}", time(seen.at), seen.by)),
        ("As last seen", seen.standing.to_owned()),
        ("Last use", seen.last_use_says.clone()),
        ("Source", source),
    ]);
    inside.push_str("<table><tr><th>Kind</th><th>What was found</th><th>Where</th><th>In the way</th></tr>\n");
    for found in &seen.findings {
        let in_the_way = if found.in_the_way { "yes, until spoken for" } else { "no" };
        inside.push_str(&row(&[found.kind, &found.says, &found.source, in_the_way]));
    }
    inside.push_str("</table>");
    inside
}

fn said(sheet: &Sheet) -> String {
    if sheet.acknowledged.is_empty() {
        return "<p>Nothing had to be said.</p>".to_owned();
    }
    let mut inside = "<table><tr><th>Of</th><th>Why it is not in the way</th><th>Who, when</th></tr>\n".to_owned();
    for said in &sheet.acknowledged {
        inside.push_str(&row(&[&said.of, &said.because, &format!("{}, {}", said.by, time(said.at))]));
    }
    inside.push_str("</table>");
    inside
}

fn orders(sheet: &Sheet) -> String {
    if sheet.orders.is_empty() {
        return "<p>Nothing was sent.</p>".to_owned();
    }
    let mut inside = String::new();
    for order in &sheet.orders {
        let because = order.because.as_ref().map(|because| format!(": {because}")).unwrap_or_default();
        inside.push_str(&table(&[
            ("Step", order.step.to_owned()),
            ("Order", order.order.clone()),
            ("Taken up", time(order.at)),
            ("End", format!("{}{because}", order.end)),
        ]));
        inside.push_str("<table><tr><th>Record</th><th>When</th><th>SHA-256</th></tr>\n");
        for record in &order.records {
            let hash = format!("<td><code>{}</code></td>", text(&record.sha256));
            inside.push_str(&format!("<tr><td>{}</td><td>{}</td>{hash}</tr>\n", record.number, time(record.at)));
        }
        inside.push_str("</table>\n");
    }
    inside
}

fn log(sheet: &Sheet) -> String {
    let mut inside = "<table><tr><th>When</th><th>Who</th><th>What</th></tr>\n".to_owned();
    for line in &sheet.log {
        inside.push_str(&row(&[&time(line.at), &line.actor, &line.says]));
    }
    inside.push_str("</table>");
    inside
}

fn table(rows: &[(&'static str, String)]) -> String {
    let rows = rows.iter().map(|(name, says)| format!("<tr><th>{name}</th><td>{}</td></tr>\n", text(says)));
    format!("<table>\n{}</table>\n", rows.collect::<String>())
}

fn row(cells: &[&str]) -> String {
    let cells = cells.iter().map(|cell| format!("<td>{}</td>", text(cell)));
    format!("<tr>{}</tr>\n", cells.collect::<String>())
}

fn time(at: domain::Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M:%S UTC").to_string()
}

/// A text that is not trusted: no mark-up, and nothing that turns the direction of what follows.
fn text(of: &str) -> String {
    let mut out = String::with_capacity(of.len());
    for one in of.chars() {
        match one {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}' => out.push('\u{fffd}'),
            control if control.is_control() && control != '\n' => out.push('\u{fffd}'),
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::text;

    #[test]
    fn a_text_of_a_provider_stays_a_text() {
        let hostile = "<img src=x onerror='a()'>\" & \u{202e}gpj\u{7}";
        assert_eq!(text(hostile), "&lt;img src=x onerror=&#39;a()&#39;&gt;&quot; &amp; \u{fffd}gpj\u{fffd}");
    }
}
