//! How long the editor takes over a large policy, and what one question of every key's policy costs beside reading the
//! same bytes with serde_json.

use std::{
    hint::black_box,
    time::{Duration, Instant},
};

use domain::{PolicyLanguage, PolicyMount, Surroundings};
use policy::aws::{self, IamPolicy, Identity, Request};
use servers::{Failure, Result};

use crate::{
    figures::Figures,
    policy_texts::{KINDS, SHAPES, acl, key_arn, kind_of, role},
};

/// What KMS takes at most.
const BYTES: usize = 32 * 1024;
/// The targets: lint and words within one frame in 95 of 100 cases; the question as a ratio to reading alone.
const FRAME: Duration = Duration::from_millis(16);
const MOST_RATIO: f64 = 5.0;
/// So often a text is looked at in each turn.
const LOOKS: usize = 20;

/// Measures and prints both tables. Whether every target was met.
pub(crate) fn measure(policies: usize, pairs: usize) -> Result<bool> {
    let pairs = pairs.max(1);
    let edited = edited(pairs);
    println!();
    let asked = asked(policies, pairs)?;
    Ok(edited && asked)
}

fn edited(turns: usize) -> bool {
    println!("{} times lint and explain of at most {BYTES} bytes, milliseconds.\n", turns * LOOKS);
    println!("| text | bytes | findings | 50 % | 95 % | target |");
    println!("|---|---:|---:|---:|---:|---|");
    let keys = Surroundings { item: Some(key_arn(1)), ..Surroundings::default() };
    let mounts = [("secret", "kv-2"), ("transit", "transit"), ("pki", "pki")]
        .map(|(path, engine)| PolicyMount { path: path.to_owned(), engine: engine.to_owned() });
    let vault = Surroundings { mounts: mounts.into(), ..Surroundings::default() };
    let mut met = true;
    for (name, text) in SHAPES {
        met &= look(name, PolicyLanguage::AwsKey, &text(BYTES), &keys, turns * LOOKS);
    }
    met & look("ACL policy of Vault", PolicyLanguage::VaultAcl, &acl(BYTES), &vault, turns * LOOKS)
}

fn look(name: &str, language: PolicyLanguage, text: &str, around: &Surroundings, times: usize) -> bool {
    let findings = policy::lint(language, text, around).len();
    let took = (0..times).map(|_| {
        let start = Instant::now();
        black_box(policy::lint(language, black_box(text), around));
        black_box(policy::explain(language, black_box(text), around));
        start.elapsed().as_secs_f64() * 1000.0
    });
    let took: Vec<f64> = took.collect();
    let (half, most) = (Figures::mark(&took, 0.5), Figures::mark(&took, 0.95));
    let met = most <= FRAME.as_secs_f64() * 1000.0;
    let target = if met { "met" } else { "missed: more than a frame" };
    println!("| {name} | {} | {findings} | {half:.2} | {most:.2} | {target} |", text.len());
    met
}

/// Whether a role may decrypt, asked of every key: by text, as it comes from the place.
fn asked(policies: usize, pairs: usize) -> Result<bool> {
    println!("One question of {policies} policies, {pairs} pairs A-B-A-B; median (10 % – 90 %), seconds.\n");
    println!("| policies | MiB | serde_json | read and decided | ratio | target |");
    println!("|---|---:|---:|---:|---:|---|");
    let caller = Identity::of_arn(&role(7)).ok_or_else(|| Failure::new("the role has no ARN of a role"))?;
    let all = |number: usize| KINDS[kind_of(number)].1(number);
    let met = ask("all, as an account has them", &texts(policies, all), &caller, pairs)? <= MOST_RATIO;
    println!(" {} |", if met { "met" } else { "missed: more than 5" });
    for (name, of) in KINDS {
        ask(name, &texts(policies / 4, of), &caller, pairs)?;
        println!(" none of its own |");
    }
    Ok(met)
}

fn texts(policies: usize, of: impl Fn(usize) -> String) -> Vec<(String, String)> {
    (0..policies).map(|number| (key_arn(number), of(number))).collect()
}

/// Prints a row without its last column. The ratio.
fn ask(name: &str, texts: &[(String, String)], caller: &Identity, pairs: usize) -> Result<f64> {
    let (mut plain, mut ours) = (Vec::new(), Vec::new());
    for pair in 0..=pairs {
        let (one, two) = (read(texts)?, decide(texts, caller));
        // The first pair touches everything for the first time and is not counted.
        if pair > 0 {
            plain.push(one);
            ours.push(two);
        }
    }
    let ratio = Figures::of(plain.iter().zip(&ours).map(|(plain, ours)| ours.as_secs_f64() / plain.as_secs_f64()));
    let bytes: usize = texts.iter().map(|(_, text)| text.len()).sum();
    print!(
        "| {name} | {:.1} | {} | {} | {} |",
        bytes as f64 / f64::from(1 << 20),
        Figures::of_times(plain).show(),
        Figures::of_times(ours).show(),
        ratio.show()
    );
    Ok(ratio.median)
}

fn read(texts: &[(String, String)]) -> Result<Duration> {
    let start = Instant::now();
    for (_, text) in texts {
        black_box(serde_json::from_str::<serde_json::Value>(black_box(text))?);
    }
    Ok(start.elapsed())
}

fn decide(texts: &[(String, String)], caller: &Identity) -> Duration {
    let start = Instant::now();
    // All keys are of one Region, so that nothing else of the request differs.
    let iam = domain::Known::Read(Vec::<IamPolicy>::new());
    let mut request = Request::of(caller.clone(), "kms:Decrypt", &key_arn(0), iam);
    for (key, text) in texts {
        request.resource.clone_from(key);
        black_box(aws::decide(&aws::parse(black_box(text), true), &request));
    }
    start.elapsed()
}
