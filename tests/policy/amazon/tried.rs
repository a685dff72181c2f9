//! One call that was tried, and what the evaluator says of it.

use policy::aws::{Verdict, decide, parse};

use super::{known, scene::Scene};

/// Somebody tried something with a key policy in force.
pub(super) struct Tried {
    pub(super) text: String,
    /// Their place in the scene, and the key's.
    pub(super) person: usize,
    pub(super) key: usize,
    pub(super) action: &'static str,
    /// Whether the server let them.
    pub(super) allowed: bool,
}

/// Whether a verdict says what the server did. What is unknown says nothing, and so nothing wrong.
pub(super) fn agrees(verdict: &Verdict, allowed: bool) -> bool {
    match verdict {
        Verdict::Allowed => allowed,
        Verdict::Denied | Verdict::NotAllowed => !allowed,
        Verdict::Unknown { .. } => true,
        // Everybody's IAM policies are known.
        Verdict::DependsOnIam => false,
    }
}

impl Tried {
    /// By what AWS documents.
    pub(super) fn decided(&self, scene: &Scene) -> Verdict {
        decide(&parse(&self.text, true), &scene.request(self.person, self.key, self.action)).verdict
    }

    /// By the policy and the request as the server is known to read them.
    pub(super) fn as_server_reads(&self, scene: &Scene) -> Verdict {
        let (mut document, mut request) = (parse(&self.text, true), scene.request(self.person, self.key, self.action));
        for difference in known::DIFFERENCES {
            (difference.reads)(&mut document, &mut request);
        }
        decide(&document, &request).verdict
    }

    /// All of it, to be had again.
    pub(super) fn says(&self, scene: &Scene) -> String {
        let did = if self.allowed { "was let" } else { "was refused" };
        format!(
            "{} {did} {} with {} under {}",
            scene.people[self.person].arn, self.action, scene.keys[self.key], self.text
        )
    }
}
