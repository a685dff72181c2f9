//! The word that somebody who misspelt one most likely meant.

/// The one of the words that is nearest to a misspelt one, if any is near.
pub(crate) fn nearest<'w>(word: &str, words: &[&'w str]) -> Option<&'w str> {
    let lower = word.to_lowercase();
    let far = 1 + lower.chars().count() / 4;
    let near = words.iter().map(|known| (distance(&lower, &known.to_lowercase()), *known));
    near.filter(|(distance, _)| *distance <= far).min_by_key(|(distance, _)| *distance).map(|(_, known)| known)
}

/// How many characters have to be put in, taken out, or changed.
fn distance(left: &str, right: &str) -> usize {
    let right: Vec<char> = right.chars().collect();
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (at, l) in left.chars().enumerate() {
        let mut corner = at;
        let mut beside = at + 1;
        for (index, r) in right.iter().enumerate() {
            let above = row.get(index + 1).copied().unwrap_or_default();
            let cost = (corner + usize::from(l != *r)).min(above + 1).min(beside + 1);
            corner = above;
            if let Some(cell) = row.get_mut(index) {
                *cell = beside;
            }
            beside = cost;
        }
        if let Some(cell) = row.last_mut() {
            *cell = beside;
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn the_nearest_word_is_offered_only_if_it_is_near() {
        let words = ["create", "read", "update", "delete"];
        assert_eq!(nearest("Read", &words), Some("read"));
        assert_eq!(nearest("udpate", &words), Some("update"));
        assert_eq!(nearest("write", &words), None);
        assert_eq!(nearest("manage", &words), None);
    }
}
