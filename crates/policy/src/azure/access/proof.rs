//! What a caller has to bring by an access policy, which names objects and does not say what they are.

use super::{Entry, Kind, parse, who};
use crate::{
    Grade, Power, Proof, Surroundings,
    proof::{graded, unreadable},
};

/// Everybody whom the policies let in, by the proof it takes; the weakest first.
pub fn proofs(text: &str, surroundings: &Surroundings) -> Vec<Proof> {
    let document = parse(text);
    let well_formed = document.is_well_formed();
    graded(who(text, surroundings), |holder| {
        let entry = document.entries.iter().find(|entry| Some(entry.span) == holder.span);
        if well_formed { grade(entry, holder.power) } else { unreadable() }
    })
}

fn grade(entry: Option<&Entry>, power: Power) -> (Grade, String) {
    let only_released = |entry: &Entry| entry.has(Kind::Keys, "release") && !takes_away_otherwise(entry);
    if power == Power::Extract && entry.is_some_and(only_released) {
        let because = "A key is released only to an environment whose attestation its release policy takes.";
        return (Grade::Attested, because.to_owned());
    }
    let because = "The policy does not say what the object is. If it is an application, a client secret is enough, and \
                   that can be copied.";
    (Grade::Copyable, because.to_owned())
}

fn takes_away_otherwise(entry: &Entry) -> bool {
    super::KINDS.into_iter().any(|kind| {
        let takes = |word: &&super::Word| word.power == Some(Power::Extract) && word.word != "release";
        kind.words().iter().filter(takes).any(|word| entry.has(kind, word.word))
    })
}

#[cfg(test)]
mod tests {
    use super::proofs;
    use crate::{Grade, Power, Surroundings};

    #[test]
    fn an_object_of_which_nothing_is_told_may_be_an_application() {
        let text = |words: &str| {
            let id = "00000000-0000-0000-0000-000000000001";
            format!(r#"[{{"tenantId": "{id}", "objectId": "{id}", "permissions": {words}}}]"#)
        };
        let graded = |words: &str| proofs(&text(words), &Surroundings::default());
        let decrypts = graded(r#"{"keys": ["decrypt"]}"#);
        assert_eq!((decrypts.len(), decrypts[0].grade), (1, Grade::Copyable));
        let of_extract = |words: &str| {
            graded(words).into_iter().find(|proof| proof.powers.contains(&Power::Extract)).map(|proof| proof.grade)
        };
        assert_eq!(of_extract(r#"{"keys": ["release", "decrypt"]}"#), Some(Grade::Attested));
        assert_eq!(of_extract(r#"{"keys": ["release"], "secrets": ["get"]}"#), Some(Grade::Copyable));
    }
}
