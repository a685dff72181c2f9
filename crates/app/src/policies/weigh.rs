//! Every change of a policy is weighed before a person reads its plan: what it changes in effect, and whether whoever
//! sends it could change it again. One that would lock its sender out is not planned at all.

use domain::{Answers, Error, Kind, Plan, Provider, Result, Target, Tier};
use policy::{Retention, Severity, Turn};

use super::{Scene, wanted};
use crate::App;

const WEIGH: &str = "plan the change of the policy";
/// More differences than a person reads in a dialog; the room of the policy shows all.
const MOST: usize = 12;

impl App {
    /// Adds to the plan of a changed policy what it does, in sentences, and what it takes to confirm it.
    ///
    /// # Errors
    /// `Invalid` for a text that the place would not take, `Denied` for one by which the sender could not change the policy
    /// again. Nothing was sent.
    pub(crate) async fn weigh_policy(&self, provider: &dyn Provider, plan: &mut Plan, answers: &Answers) -> Result<()> {
        let (Some(policies), Target::Item(item)) = (provider.policies(), &plan.target) else { return Ok(()) };
        let (id, text) = wanted(answers)?;
        // Afresh, so that nothing is weighed against what was read an hour ago.
        let (texts, around) = futures::join!(policies.policies(item), policies.surroundings(item));
        let scene = Scene::new(texts?, around);
        let (language, around) = (scene.language(id)?, scene.around(id));
        let before = scene.policies.iter().find(|known| known.id == id);
        let before = before.and_then(|known| known.text.as_ref().ok()).cloned().unwrap_or_default();
        let findings = policy::lint(language, text, &around);
        if let Some(error) = policy::malformed(language, text).into_iter().next() {
            return Err(Error::new(Kind::Invalid, WEIGH, error.message.trim_end_matches('.').to_owned())
                .with_refused_by("this app")
                .with_next(error.next.unwrap_or_else(|| "Correct the text, then plan again.".to_owned())));
        }
        let lockout = policy::lockout(language, text, &around);
        match lockout.caller {
            Retention::Loses => {
                let says = lockout.says.trim_end_matches('.').to_owned();
                return Err(Error::new(Kind::Denied, WEIGH, says)
                    .with_refused_by("this app")
                    .with_next(locked_out(lockout.next.as_deref())));
            }
            Retention::CannotTell => {
                plan.tier = Tier::Name;
                plan.warnings
                    .insert(0, format!("It cannot be told whether you could change it again: {}", lockout.says));
            }
            Retention::Keeps => plan.tier = plan.tier.max(Tier::Consequences),
        }
        say(plan, policy::differences(language, &before, text, &around));
        let errors = findings.iter().filter(|finding| finding.severity == Severity::Error);
        plan.warnings.extend(errors.map(|finding| finding.message.clone()));
        Ok(())
    }
}

/// The way out where a text would lock its sender out.
fn locked_out(next: Option<&str>) -> String {
    let way = "Nothing was sent. Keep yourself, or a role that you can take, among those who may change the policy; or have \
               somebody send it who keeps that right.";
    match next {
        Some(next) => format!("{next} {way}"),
        None => way.to_owned(),
    }
}

fn say(plan: &mut Plan, differences: Vec<policy::Difference>) {
    let more = differences.len().saturating_sub(MOST);
    for difference in differences.into_iter().take(MOST) {
        match difference.turn {
            Turn::Gains | Turn::Changes | Turn::Nothing => plan.effects.push(difference.says),
            Turn::Loses | Turn::Unclear => plan.warnings.push(difference.says),
        }
    }
    if more > 0 {
        plan.effects.push(format!("{more} more changes of effect: the policy's own page shows all."));
    }
}
