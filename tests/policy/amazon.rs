//! Key policies, IAM policies and conditions against fakecloud in strict mode.
//!
//! Chance makes up key policies; each is put on a key, and everybody of the scene tries several calls. What the server
//! does is compared with `decide`. Where it is known not to do what AWS documents, [`known`] says how it reads policies,
//! and `decide` has to agree with it on what it reads.

mod control;
mod known;
mod make;
mod scene;
mod tried;

use futures::{StreamExt as _, TryStreamExt as _, stream};
use policy::aws::Verdict;
use servers::Result;

use crate::dice::Dice;
use scene::{ACTIONS, Scene};
use tried::{Tried, agrees};

/// How many key policies are made up. Each is tried by everybody of the scene, with four calls.
const POLICIES: usize = 120;

#[tokio::test]
async fn the_server_and_the_evaluator_decide_alike() -> Result<()> {
    let scene = Scene::start().await?;
    let tried = try_all(&scene, &mut Dice::new()).await?;
    let (mut wrong, mut known, mut open) = (Vec::new(), 0, 0);
    for one in &tried {
        let (by_aws, by_server) = (one.decided(&scene), one.as_server_reads(&scene));
        open += usize::from(matches!(by_server, Verdict::Unknown { .. }));
        known += usize::from(!agrees(&by_aws, one.allowed));
        if !agrees(&by_server, one.allowed) {
            wrong.push(format!("{}: {by_aws:?}, as the server reads it {by_server:?}", one.says(&scene)));
        }
    }
    let allowed = tried.iter().filter(|one| one.allowed).count();
    println!("{} tried, {allowed} allowed, {known} known to differ, {open} unknown", tried.len());
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), tried.len(), wrong[..wrong.len().min(5)].join("\n\n"));
    assert!(tried.len() > 4_000 && allowed > tried.len() / 10 && allowed < tried.len() * 9 / 10);
    assert!(open < tried.len() / 20, "{open} of {} decide nothing", tried.len());
    control::caught(&scene, &tried);
    Ok(())
}

/// Puts every policy on a key, and lets everybody try.
async fn try_all(scene: &Scene, dice: &mut Dice) -> Result<Vec<Tried>> {
    let mut all = Vec::new();
    for number in 0..POLICIES {
        let key = number % scene.keys.len();
        let text = make::key_policy(scene, dice);
        scene.put(key, &text).await?;
        let mut calls = Vec::new();
        for person in 0..scene.people.len() {
            for _ in 0..4 {
                calls.push((person, *dice.one_of(ACTIONS)));
            }
        }
        let text = &text;
        let tried: Vec<Tried> = stream::iter(calls)
            .map(|(person, action)| async move {
                let allowed = scene.may(person, key, action, text).await?;
                Ok::<_, servers::Failure>(Tried { text: text.clone(), person, key, action, allowed })
            })
            .buffer_unordered(16)
            .try_collect()
            .await?;
        all.extend(tried);
    }
    Ok(all)
}

#[tokio::test]
async fn what_is_known_to_differ_still_differs() -> Result<()> {
    let scene = Scene::start().await?;
    known::still_differ(&scene).await
}
