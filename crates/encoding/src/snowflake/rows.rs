//! What a person pastes of `DESC USER`, taken apart: a table, tabs, commas, colons, or columns with blanks between.
//!
//! Snowflake's own columns are `property`, `value`, `default` and `description`; where a header names others, it is
//! followed.

/// How the cells of a paste are told apart: by what stands behind the name of a wanted property.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Form {
    /// `| NAME | ETL_USER |`, with or without the outer bars.
    Bars,
    /// Two blanks or more.
    Blanks,
    /// `NAME: ETL_USER`
    Colons,
    /// CSV (RFC 4180).
    Commas,
    Tabs,
}

/// The wanted properties that stand first in a row, each with its value, in the order of the paste. A property that is
/// there twice is answered twice. Where a narrow table folds a value, its parts have a line break between them.
pub(super) fn values<'a>(text: &str, wanted: &[&'a str]) -> Vec<(&'a str, String)> {
    let text = text.trim_start_matches('\u{feff}');
    let Some(form) = text.lines().find_map(|line| form(line, wanted)) else { return Vec::new() };
    let mut found: Vec<(&'a str, String)> = Vec::new();
    // Whether the row before this one was wanted, and may go on.
    let mut goes_on = false;
    // Which cell has the value, and how many cells a row of a table has, if a header says so.
    let (mut value_at, mut width) = (1, None);
    for row in rows(text, form) {
        let Some(first) = row.first().map(|cell| cell.trim()) else { continue };
        let value = value(&row, value_at, width.unwrap_or(row.len()));
        if first.is_empty() && form == Form::Bars {
            if let Some((_, folded)) = found.last_mut().filter(|_| goes_on && !value.is_empty()) {
                *folded = format!("{folded}\n{value}");
            }
            continue;
        }
        let property = wanted.iter().find(|property| **property == first);
        goes_on = property.is_some();
        if first.eq_ignore_ascii_case("property") {
            let names =
                |cell: &String| ["value", "property_value"].contains(&cell.trim().to_ascii_lowercase().as_str());
            if let Some(at) = row.iter().position(names) {
                (value_at, width) = (at, (form == Form::Bars).then_some(row.len()));
            }
        } else if let Some(property) = property {
            found.push((*property, value));
        }
    }
    found
}

/// The value's cell. A table does not escape a bar in a value, so a row with too many cells has them in it.
fn value(row: &[String], at: usize, width: usize) -> String {
    let surplus = row.len().saturating_sub(width);
    let cells = row.get(at..=at + surplus).or_else(|| row.get(at..)).unwrap_or_default();
    cells.join("|").trim().to_owned()
}

/// The form of a line that begins with a wanted property.
fn form(line: &str, wanted: &[&str]) -> Option<Form> {
    let start = line.trim_start();
    let start = start.strip_prefix('|').unwrap_or(start).trim_start();
    let start = start.strip_prefix('"').unwrap_or(start);
    let end = start.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(start.len());
    let (property, behind) = start.split_at(end);
    if !wanted.contains(&property) {
        return None;
    }
    let behind = behind.strip_prefix('"').unwrap_or(behind);
    let rest = behind.trim_start();
    let blanks = &behind[..behind.len() - rest.len()];
    match rest.chars().next() {
        Some('|') => Some(Form::Bars),
        Some(',') => Some(Form::Commas),
        Some(':') => Some(Form::Colons),
        _ if blanks.contains('\t') => Some(Form::Tabs),
        Some(_) if blanks.chars().count() > 1 => Some(Form::Blanks),
        Some(_) | None => None,
    }
}

fn rows(text: &str, form: Form) -> Vec<Vec<String>> {
    let owned = |cells: Vec<&str>| -> Vec<String> { cells.into_iter().map(str::to_owned).collect() };
    let lines = text.lines();
    match form {
        Form::Bars => lines
            .map(|line| {
                let line = line.trim();
                let line = line.strip_prefix('|').unwrap_or(line);
                owned(line.strip_suffix('|').unwrap_or(line).split('|').collect())
            })
            .collect(),
        Form::Blanks => lines.map(|line| owned(columns(line))).collect(),
        Form::Colons => lines
            .map(|line| owned(line.split_once(':').map_or(vec![line], |(name, value)| vec![name, value])))
            .collect(),
        Form::Commas => records(text),
        Form::Tabs => lines.map(|line| unquoted(owned(line.split('\t').collect()))).collect(),
    }
}

/// The cells between runs of two blanks or more.
fn columns(line: &str) -> Vec<&str> {
    let mut cells = Vec::new();
    let mut rest = line.trim();
    while let Some(end) = rest.find("  ") {
        cells.push(&rest[..end]);
        rest = rest[end..].trim_start();
    }
    cells.push(rest);
    cells
}

/// Without their quotes, if the first cell has some: then whatever wrote the row quotes every cell.
fn unquoted(cells: Vec<String>) -> Vec<String> {
    let bare = |cell: &String| {
        let inside = cell.trim().strip_prefix('"')?.strip_suffix('"')?;
        Some(inside.replace("\"\"", "\""))
    };
    if cells.first().and_then(bare).is_none() {
        return cells;
    }
    cells.into_iter().map(|cell| bare(&cell).unwrap_or(cell)).collect()
}

/// CSV (RFC 4180). A quoted cell may hold commas and line breaks: a comment does.
fn records(text: &str) -> Vec<Vec<String>> {
    let (mut rows, mut row, mut cell, mut quoted) = (Vec::new(), Vec::new(), String::new(), false);
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '"' if quoted && characters.next_if_eq(&'"').is_some() => cell.push('"'),
            '"' if quoted => quoted = false,
            '"' if cell.trim().is_empty() => {
                cell.clear();
                quoted = true;
            }
            ',' if !quoted => row.push(std::mem::take(&mut cell)),
            '\n' if !quoted => {
                row.push(std::mem::take(&mut cell));
                rows.push(std::mem::take(&mut row));
            }
            other => cell.push(other),
        }
    }
    row.push(cell);
    rows.push(row);
    rows
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const WANTED: [&str; 2] = ["NAME", "FP"];

    fn read(text: &str) -> Vec<(&'static str, String)> {
        values(text, &WANTED)
    }

    fn found(name: &str, fingerprint: &str) -> Vec<(&'static str, String)> {
        vec![("NAME", name.to_owned()), ("FP", fingerprint.to_owned())]
    }

    #[test]
    fn every_form_gives_the_same_values() {
        for text in [
            "+------+-------+---------+------+\n| property | value | default | description |\n|------+---|\n\
             | NAME | A | null | Name |\n...\n| FP   | x:y= | null | It's one. |\n+------+",
            "| property | value |\n| --- | --- |\n| NAME | A |\n| FP | x:y= |",
            " property | value | default\n----------+-------+--------\n NAME | A | null\n FP | x:y= | \n(2 rows)\n",
            "property\tvalue\tdefault\tdescription\nNAME\tA\tnull\tName\r\nFP\tx:y=\tnull\tFingerprint\n",
            "NAME\tA\tnull\tName\nFP\tx:y=",
            "\"NAME\"\t\"A\"\n\"FP\"\t\"x:y=\"\n",
            "\u{feff}property,value,default,description\r\nNAME,A,null,Name\r\nFP,x:y=,null,\"One, of two\"\r\n",
            "\"property\",\"value\"\n\"NAME\",\"A\"\n\"COMMENT\",\"one\nFP,false\"\n\"FP\",\"x:y=\"",
            "NAME: A\nFP: x:y=\n",
            "NAME : A\nsomething else\nFP :x:y=",
            "property   value   default\nNAME     A    null\nFP       x:y=   null   Fingerprint of it.\n",
        ] {
            assert_eq!(read(text), found("A", "x:y="), "{text}");
        }
    }

    #[test]
    fn a_header_says_where_the_value_is() {
        let text = "property\tproperty_type\tproperty_value\tproperty_default\nNAME\tString\tA\tnull\nFP\tString\t\t\n";
        assert_eq!(read(text), found("A", ""));
    }

    #[test]
    fn a_bar_or_a_quote_in_a_name_stays_in_it() {
        let head = "| property | value | default |\n";
        assert_eq!(read(&format!("{head}| NAME | A | B | null |\n| FP | x | null |")), found("A | B", "x"));
        assert_eq!(read("\"NAME\",\"A\"\"B, C\"\n\"FP\",x"), found("A\"B, C", "x"));
        assert_eq!(read("\"NAME\"\t\"A\"\"B\"\n\"FP\"\t\"x\""), found("A\"B", "x"));
        assert_eq!(read("NAME\t\"A\"\nFP\tx"), found("\"A\"", "x"));
    }

    #[test]
    fn a_folded_value_keeps_its_parts_and_takes_no_others() {
        let head = "| property | value | default | description |\n";
        let text = format!(
            "{head}| NAME | A | null | Name |\n|  |  |  | of it |\n| COMMENT | one | null | |\n|  | two |  |  |\n\
             | FP | x: | null | Finger |\n|    | y= | | print |\n+---+\n"
        );
        assert_eq!(read(&text), found("A", "x:\ny="));
    }

    #[test]
    fn a_property_in_another_column_is_no_row() {
        assert_eq!(read("LOGIN_NAME\tNAME\tnull\nNAME\tA\n"), vec![("NAME", "A".to_owned())]);
        assert_eq!(read("| LOGIN | FP | x |\n|  | FP | y |\n| NAME | A | |"), vec![("NAME", "A".to_owned())]);
    }

    #[test]
    fn other_text_has_no_rows() {
        for text in ["", "NAME", "NAME A", "the NAME: A", "name: A", "NAMES: A", "property,value", "SHA256:abc"] {
            assert_eq!(read(text), Vec::new(), "{text}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1000))]

        #[test]
        fn no_text_makes_it_panic(text in r#"((NAME|FP|property|value|[|",:	\n ]|\PC){0,9}){0,9}"#) {
            for (_, value) in read(&text) {
                prop_assert_eq!(value.trim(), &value);
            }
        }

        #[test]
        fn what_csv_quotes_is_read_as_it_was(name in "[^\r]{0,20}", value in r#"[",\n|a-z]{0,12}"#) {
            let quoted = |cell: &str| format!("\"{}\"", cell.replace('"', "\"\""));
            let text = format!("\"NAME\",{}\n\"FP\",{}\n", quoted(&name), quoted(&value));
            prop_assert_eq!(read(&text), found(name.trim(), value.trim()));
        }
    }
}
