//! The line for the shell. A keystore has no other tool than Claviger, so it is a line of Claviger's own.

use domain::{Change, Target};

use crate::{
    edits::{Edit, What},
    questions::{ALGORITHM, DAYS, DESCRIPTION, MATERIAL, NAME, TAGS, VERSION, VERSIONS, tags_text},
};

/// `claviger change … --write`. Secrets are asked for on standard input. Entries are named by their address, and the
/// keystore itself by its connection, whose name a provider does not know.
pub(super) fn of(file: &str, change: &Change, edit: &Edit) -> String {
    let target = match &change.target {
        Target::Item(item) => quoted(&format!("{file}#{}", item.id)),
        Target::Vault(vault) => format!("CONNECTION/{}", quoted(&vault.0)),
    };
    let mut line = format!("claviger change {target} {}", change.ask.word());
    for (name, value) in answers(change, edit) {
        line.push_str(&format!(" --set {}", quoted(&format!("{name}={value}"))));
    }
    line.push_str(" --write");
    line
}

/// The answers by which the edit is asked for again.
fn answers(change: &Change, edit: &Edit) -> Vec<(&'static str, String)> {
    let about = |description: &String, tags: &[(String, String)]| {
        let description = Some((DESCRIPTION, description.clone())).filter(|(_, text)| !text.is_empty());
        description.into_iter().chain(Some((TAGS, tags_text(tags))).filter(|_| !tags.is_empty()))
    };
    match &edit.what {
        What::ChangeDescription(description) => vec![(DESCRIPTION, description.clone())],
        What::ChangeTags(tags) => vec![(TAGS, tags_text(tags))],
        What::CreateKey { algorithm, description, tags } => {
            let made = [(NAME, edit.entry.clone()), (ALGORITHM, algorithm.to_string())];
            made.into_iter().chain(about(description, tags)).collect()
        }
        What::ImportKey { algorithm, description, tags, .. } => {
            let file = change.answer(MATERIAL).unwrap_or("FILE").to_owned();
            let made = [(NAME, edit.entry.clone()), (ALGORITHM, algorithm.to_string()), (MATERIAL, file)];
            made.into_iter().chain(about(description, tags)).collect()
        }
        What::CreateSecret { description, tags } => {
            std::iter::once((NAME, edit.entry.clone())).chain(about(description, tags)).collect()
        }
        What::DeleteVersions(ids) | What::UndeleteVersions(ids) => vec![(VERSIONS, ids.join(","))],
        What::RollBack(id) => vec![(VERSION, id.clone())],
        What::ScheduleDeletion(_) => vec![(DAYS, change.answer(DAYS).unwrap_or_default().to_owned())],
        What::CancelDeletion | What::Delete | What::Disable | What::Enable | What::Rotate(_) | What::WriteValue => {
            Vec::new()
        }
    }
}

/// For a POSIX shell: as it is if nothing in it means anything there, else in single quotes.
fn quoted(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=,@#%+".contains(c);
    if !text.is_empty() && !text.starts_with('#') && text.chars().all(plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shell_reads_back_whatever_stands_in_a_word() {
        for text in
            ["plain", "/a/b.keystore#x", "#x", "", "it's", "a b", "$(rm -rf /)", "`x`", "\"\n\\", "żółć", "~/x", "*"]
        {
            let shell = std::process::Command::new("sh").args(["-c", &format!("printf %s {}", quoted(text))]).output();
            assert_eq!(String::from_utf8(shell.unwrap().stdout).unwrap(), text, "{}", quoted(text));
        }
    }
}
