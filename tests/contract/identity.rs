//! Who one is, and what one may do there.

use domain::Verdict;

use crate::{
    place::{Subject, Who},
    promise::{Gap, Needs, Outcome, Promise, ensure, promise},
};

pub(crate) const PROMISES: &[Promise] = &[
    promise!("identity", it_says_who_one_is, Needs::Nothing),
    promise!("identity", the_owner_may_do_everything_that_is_checked, Needs::Nothing),
    promise!("identity", a_stranger_is_told_what_he_may_not, Needs::SignIn(Who::Stranger)),
];

pub(crate) const GAPS: &[Gap] = &[];

async fn it_says_who_one_is(subject: &Subject) -> Outcome {
    let identity = subject.provider.identity().await?;
    ensure!(!identity.name.is_empty() && !identity.detail.is_empty(), "{identity:?}");
    let word = &subject.place.identity;
    ensure!(identity.name.contains(word) || identity.detail.contains(word), "{identity:?} has no {word:?} in it");
    Ok(())
}

async fn the_owner_may_do_everything_that_is_checked(subject: &Subject) -> Outcome {
    let checks = subject.provider.check_access().await;
    ensure!(!checks.is_empty(), "nothing was checked");
    let mut allowed = 0;
    for check in &checks {
        ensure!(!check.what.is_empty() && !check.permission.is_empty(), "{check:?}");
        match &check.verdict {
            Verdict::Allowed => allowed += 1,
            Verdict::Refused(error) => return Err(format!("{}: {error}", check.what).into()),
            Verdict::Untested(reason) => ensure!(!reason.is_empty(), "{check:?}"),
        }
    }
    ensure!(allowed > 0, "nothing is allowed: {checks:?}");
    Ok(())
}

async fn a_stranger_is_told_what_he_may_not(subject: &Subject) -> Outcome {
    let Ok(provider) = subject.place.connect(Who::Stranger).await else { return Ok(()) };
    let checks = provider.check_access().await;
    ensure!(checks.iter().any(|check| matches!(check.verdict, Verdict::Refused(_))), "{checks:?}");
    let identity = provider.identity().await;
    ensure!(identity.is_err(), "a stranger is {identity:?}");
    Ok(())
}
