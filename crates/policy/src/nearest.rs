//! The name that somebody meant who wrote another.

use std::cmp::Reverse;

/// The nearest of the names, if it is near enough to be meant: a third of the letters may differ, three at most.
pub(crate) fn nearest<'n>(written: &str, names: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    let most = (written.chars().count() / 3).clamp(1, 3);
    let written = written.to_lowercase();
    let length = written.chars().count();
    // As many steps as the lengths differ by are needed at least.
    let near = names.into_iter().filter(|name| name.chars().count().abs_diff(length) <= most);
    let measured = near.map(|name| (steps(&written, &name.to_lowercase()), name));
    // Of two that are as near, the one that begins as it is written.
    let begins =
        |name: &str| written.chars().zip(name.to_lowercase().chars()).take_while(|(one, other)| one == other).count();
    let near = measured.min_by_key(|(steps, name)| (*steps, Reverse(begins(name))));
    near.filter(|(steps, _)| *steps <= most).map(|(_, name)| name)
}

/// How many letters have to be put in, taken out or changed (Levenshtein's distance).
fn steps(from: &str, to: &str) -> usize {
    let to: Vec<char> = to.chars().collect();
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (at, letter) in from.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = at + 1;
        for (column, other) in to.iter().enumerate() {
            let changed = diagonal + usize::from(letter != *other);
            diagonal = row[column + 1];
            row[column + 1] = changed.min(diagonal + 1).min(row[column] + 1);
        }
    }
    row[to.len()]
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn a_slip_is_recognised_and_another_word_is_not() {
        let names = ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt"];
        assert_eq!(nearest("kms:Decrypts", names), Some("kms:Decrypt"));
        assert_eq!(nearest("kms:Encrpt", names), Some("kms:Encrypt"));
        assert_eq!(nearest("PutKeyPolicies", ["ListKeyPolicies", "PutKeyPolicy"]), Some("PutKeyPolicy"));
        assert_eq!(nearest("kms:Rotate", names), None);
    }
}
