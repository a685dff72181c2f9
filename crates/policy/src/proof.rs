//! What a caller has to bring: every holder of a policy by the proof that lets them in, from the weakest to the strongest.
//!
//! What can be copied can be used by whoever copied it. Where it cannot be told what is asked of somebody, the weakest that
//! is possible is assumed, and said.

use serde::{Deserialize, Serialize};

use crate::{Holder, Power, Span, Standing};

/// What a caller has to bring, the weakest first.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Grade {
    /// Nothing that says who they are.
    Anonymous,
    /// Something that works for whoever has a copy of it: an access key, a password, a token, a client secret.
    Copyable,
    /// A place in a network, beside what can be copied or instead of it.
    Network,
    /// A sign-in of its own for a while: the session of a role, a person with a second factor.
    Role,
    /// A workload whose platform says which one it is: federated identity, a service account, a client certificate.
    Workload,
    /// Attested hardware that says what runs there.
    Attested,
}

/// Somebody, what they can do, and the proof that it takes.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Proof {
    /// As a person reads it: "user ci of account 111122223333".
    pub who: String,
    /// As the policy or the place writes it: an ARN, an object id, the path of a role.
    pub id: String,
    /// What they can do, maybe under conditions; each once, in the order of [`Power`].
    pub powers: Vec<Power>,
    /// What it takes.
    pub grade: Grade,
    /// Why, as a sentence.
    pub because: String,
    /// The statement that lets them in.
    pub by: String,
    /// Where that statement stands; `None` if it is not in this text (a grant, a role of an auth method).
    pub span: Option<Span>,
}

impl Grade {
    /// Every grade, the weakest first.
    pub const ALL: [Self; 6] =
        [Self::Anonymous, Self::Copyable, Self::Network, Self::Role, Self::Workload, Self::Attested];

    /// The word for it on the wire and in the shell.
    pub fn word(self) -> &'static str {
        match self {
            Self::Anonymous => "anonymous",
            Self::Copyable => "copyable",
            Self::Network => "network",
            Self::Role => "role",
            Self::Workload => "workload",
            Self::Attested => "attested",
        }
    }

    /// The grade of a word.
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|grade| grade.word() == word)
    }
}

/// Grades every holder who is not kept out, and gathers the powers that one statement gives somebody for one proof. The
/// weakest comes first.
pub(crate) fn graded(holders: Vec<Holder>, mut grade: impl FnMut(&Holder) -> (Grade, String)) -> Vec<Proof> {
    let mut proofs: Vec<Proof> = Vec::new();
    for holder in holders.into_iter().filter(|holder| holder.standing != Standing::Denied) {
        let (grade, because) = grade(&holder);
        let Holder { who, id, power, by, span, .. } = holder;
        let same = |proof: &&mut Proof| {
            (&proof.id, proof.grade, &proof.by, proof.span, &proof.because) == (&id, grade, &by, span, &because)
        };
        match proofs.iter_mut().find(same) {
            Some(proof) if proof.powers.contains(&power) => {}
            Some(proof) => proof.powers.push(power),
            None => proofs.push(Proof { who, id, powers: vec![power], grade, because, by, span }),
        }
    }
    proofs.iter_mut().for_each(|proof| proof.powers.sort_unstable());
    proofs.sort_by_key(|proof| proof.grade);
    proofs
}

/// What is assumed of a text that cannot be read.
pub(crate) fn unreadable() -> (Grade, String) {
    let because = "The text cannot be read as it stands, so what a caller has to bring is not known and the weakest is \
                   assumed.";
    (Grade::Anonymous, because.to_owned())
}

#[cfg(test)]
mod tests {
    use super::Grade;
    use crate::{PolicyLanguage, Surroundings, proofs};

    #[test]
    fn grades_are_found_by_their_words_and_ordered_by_their_strength() {
        for (at, grade) in Grade::ALL.into_iter().enumerate() {
            assert_eq!(Grade::of(grade.word()), Some(grade));
            assert_eq!(serde_json::to_string(&grade).unwrap(), format!("\"{}\"", grade.word()));
            assert!(Grade::ALL[..at].iter().all(|weaker| *weaker < grade));
        }
    }

    #[test]
    fn a_text_that_cannot_be_read_is_never_graded_well() {
        for language in PolicyLanguage::ALL {
            for text in ["}", "{", "[7]", "{\"Statement\": 7}"] {
                for proof in proofs(language, text, &Surroundings::default()) {
                    assert_eq!(proof.grade, Grade::Anonymous, "{language:?} {text}");
                }
            }
        }
    }
}
