//! Commands that end well, badly, late, or not at all.

use std::time::{Duration, Instant};

use domain::{Changed, Kind, Secret};
use reach::{Limits, command};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use crate::script::{Lifeline, PATIENCE, Script};

const SOON: Duration = Duration::from_millis(400);

#[tokio::test]
async fn what_it_is_given_comes_on_stdin_as_one_document() {
    let script = Script::new("cat; echo \" $1 $0\"; pwd >&2");
    let input = json!({ "key": "new-one", "text": "two\nlines \"quoted\" ü" });
    let report = script.run(&["an argument; with $HOME"], &input, PATIENCE).await.unwrap();
    let mut parts = serde_json::Deserializer::from_str(&report.output).into_iter::<Value>();
    assert_eq!(parts.next().unwrap().unwrap(), input);
    let rest = &report.output[parts.byte_offset()..];
    let folder = script.path.parent().unwrap().display();
    assert_eq!(rest, format!(" an argument; with $HOME {}\n{folder}\n", script.path.display()));
    assert!(report.evidence.starts_with("exit code 0 after "), "{}", report.evidence);
    assert_eq!(report.bytes, report.output.len() as u64);
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_value_is_on_stdin_and_nowhere_else() {
    let script =
        Script::new("cat > /dev/null; tr '\\0' '\\n' < /proc/$$/cmdline; echo ===; tr '\\0' '\\n' < /proc/$$/environ");
    let report = script.run(&["plain"], &json!({ "password": "s3cret-value" }), PATIENCE).await.unwrap();
    assert!(!report.output.contains("s3cret"), "{}", report.output);
    let (arguments, environment) = report.output.split_once("===\n").unwrap();
    assert!(arguments.ends_with("plain\n"), "{arguments}");
    let names: Vec<&str> = environment.lines().map(|line| line.split('=').next().unwrap()).collect();
    assert!(names.contains(&"PATH"), "{names:?}");
    // The tests themselves run with CARGO_MANIFEST_DIR and many more.
    assert!(std::env::var_os("CARGO_MANIFEST_DIR").is_some());
    let alien = names.iter().find(|name| !matches!(**name, "PATH" | "HOME" | "LANG") && !name.starts_with("LC_"));
    assert_eq!(alien, None);
}

#[tokio::test]
async fn a_value_that_it_prints_is_not_told() {
    let script = Script::new("cat; printf '\\nit is hunter2hunter2\\n'; echo 'bad hunter2hunter2' >&2; exit $1");
    let (value, list) = (Secret::from_text("hunter2hunter2".to_owned()), [script.path.clone()]);
    let (input, cancel) = (json!({ "v": "hunter2hunter2" }), CancellationToken::new());
    let run =
        async |code| command::run(&script.command(&[code]), &list, &input, &[&value], &Limits::COMMAND, &cancel).await;
    let report = run("0").await.unwrap();
    assert_eq!(report.output, "{\"v\":\"(hidden)\"}\nit is (hidden)\nbad (hidden)\n");
    let error = run("1").await.unwrap_err();
    assert!(error.message().ends_with("it last complained: bad (hidden)"), "{error}");
}

#[tokio::test]
async fn an_exit_code_is_told_with_its_last_complaint_and_leaves_a_doubt() {
    let script = Script::new("echo first >&2; printf '\\033[31mno such\\007 host\\n\\n' >&2; exit 3");
    let error = script.fails(&[], PATIENCE).await;
    assert_eq!((error.kind(), error.changed()), (Kind::Unexpected, &Changed::Unknown));
    assert!(error.message().contains(" ended with exit code 3 after "), "{error}");
    assert!(error.message().ends_with("it last complained: [31mno such host"), "{error}");
}

#[tokio::test]
async fn a_long_complaint_is_cut() {
    let error = Script::new("head -c 5000 /dev/zero | tr '\\0' x >&2; exit 1").fails(&[], PATIENCE).await;
    assert!(error.message().ends_with(&format!(": {}…", "x".repeat(200))), "{error}");
}

#[tokio::test]
async fn an_end_by_a_signal_is_told_as_one() {
    let error = Script::new("kill -SEGV $$").fails(&[], PATIENCE).await;
    assert!(error.message().contains(" ended by signal 11 after "), "{error}");
    assert_eq!((error.kind(), error.changed()), (Kind::Unexpected, &Changed::Unknown));
}

/// Starts a child that holds the lifeline, and waits for it for ten minutes.
const HANGS: &str = "exec 3> \"$1\"; sleep 600 & echo $! >&3; echo waiting >&2; wait";

#[tokio::test]
async fn at_the_deadline_it_is_killed_with_its_children() {
    let script = Script::new(HANGS);
    let lifeline = Lifeline::new(script.folder());
    // Not so short that the script has not begun.
    let error = script.fails(&[lifeline.path()], Duration::from_secs(2)).await;
    assert_eq!((error.kind(), error.changed()), (Kind::Interrupted, &Changed::Unknown));
    assert!(error.message().contains("had not ended after 2.0 s and was stopped"), "{error}");
    assert!(error.message().ends_with("it last complained: waiting"), "{error}");
    assert!(lifeline.first_line().parse::<u32>().is_ok());
    assert!(lifeline.ends_within(PATIENCE), "its child lives on");
}

#[tokio::test]
async fn when_cancelled_it_is_killed_with_its_children() {
    let script = Script::new(HANGS);
    let lifeline = Lifeline::new(script.folder());
    let (cancel, list) = (CancellationToken::new(), [script.path.clone()]);
    let (command, stop) = (script.command(&[lifeline.path()]), cancel.clone());
    let run =
        tokio::spawn(async move { command::run(&command, &list, &Value::Null, &[], &Limits::COMMAND, &cancel).await });
    let lifeline = tokio::task::spawn_blocking(move || {
        lifeline.first_line();
        lifeline
    });
    let lifeline = lifeline.await.unwrap();
    stop.cancel();
    let error = tokio::time::timeout(PATIENCE, run).await.unwrap().unwrap().unwrap_err();
    assert_eq!((error.kind(), error.changed()), (Kind::Interrupted, &Changed::Unknown));
    assert!(error.message().contains("as was asked"), "{error}");
    assert!(lifeline.ends_within(PATIENCE), "its child lives on");
}

#[tokio::test]
async fn whoever_gives_up_waiting_leaves_nothing_running() {
    let script = Script::new(HANGS);
    let lifeline = Lifeline::new(script.folder());
    let (command, list) = (script.command(&[lifeline.path()]), [script.path.clone()]);
    let run = tokio::spawn(async move {
        command::run(&command, &list, &Value::Null, &[], &Limits::COMMAND, &CancellationToken::new()).await
    });
    let lifeline = tokio::task::spawn_blocking(move || {
        lifeline.first_line();
        lifeline
    });
    let lifeline = lifeline.await.unwrap();
    run.abort();
    assert!(run.await.unwrap_err().is_cancelled());
    assert!(lifeline.ends_within(PATIENCE), "it lives on");
}

#[tokio::test]
async fn cancelled_before_it_began_nothing_is_run() {
    let script = Script::new("touch \"$1\"");
    let mark = script.folder().join("ran");
    let (cancel, list) = (CancellationToken::new(), [script.path.clone()]);
    cancel.cancel();
    let command = script.command(&[mark.to_str().unwrap()]);
    let run = command::run(&command, &list, &Value::Null, &[], &Limits::COMMAND, &cancel);
    let error = run.await.unwrap_err();
    assert_eq!((error.kind(), error.changed()), (Kind::Interrupted, &Changed::Nothing));
    assert!(!mark.exists());
}

#[tokio::test]
async fn ten_megabytes_are_counted_and_not_kept() {
    let text = "echo begin; yes 0123456789abcde | head -c 10000000; echo end; yes e | head -c 10000000 >&2";
    let report = Script::new(text).run(&[], &Value::Null, PATIENCE).await.unwrap();
    assert_eq!(report.bytes, 20_000_010);
    assert!(report.output.starts_with("begin\n0123456789abcde\n"));
    assert!(report.output.contains("end\ne\ne\n"), "the last part of the output is not there");
    assert!(report.output.contains(&format!("[{} bytes left out]", 10_000_010 - 8192)));
    assert!(report.output.len() < 17_000, "{}", report.output.len());
}

#[tokio::test]
async fn it_need_not_read_what_it_is_given() {
    let large = json!({ "text": "x".repeat(1_000_000) });
    let report = Script::new("exec 0<&-; echo done").run(&[], &large, PATIENCE).await.unwrap();
    assert_eq!(report.output, "done\n");
    let report = Script::new("echo begun; sleep 0; echo done").run(&[], &large, PATIENCE).await.unwrap();
    assert_eq!(report.output, "begun\ndone\n");
}

#[tokio::test]
async fn large_input_and_large_output_do_not_wait_for_each_other() {
    let large = json!({ "text": "x".repeat(1_000_000) });
    let report = Script::new("cat; cat").run(&[], &large, PATIENCE).await.unwrap();
    assert_eq!(report.bytes, large.to_string().len() as u64);
}

#[tokio::test]
async fn what_it_leaves_behind_does_not_hold_us_and_goes_on() {
    // The child inherits stdout and stderr, and so keeps the pipes open.
    let script = Script::new("exec 3> \"$1\"; sleep 600 & echo $! >&3; echo done");
    let lifeline = Lifeline::new(script.folder());
    let started = Instant::now();
    let report = script.run(&[lifeline.path()], &Value::Null, PATIENCE * 2).await.unwrap();
    assert!(started.elapsed() < PATIENCE, "it waited for the child");
    assert_eq!(report.output, "done\n");
    let child = lifeline.first_line();
    assert!(!lifeline.ends_within(Duration::ZERO), "what the command started to stay was killed");
    assert!(std::process::Command::new("kill").arg(&child).status().unwrap().success());
    assert!(lifeline.ends_within(PATIENCE));
}

// Not every Unix has `setsid`.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_child_that_left_the_group_does_not_hold_us_past_the_deadline() {
    // `setsid` takes it out of reach of a signal to the group; the pipes stay with it.
    let script = Script::new("exec 3> \"$1\"; setsid sh -c 'echo $$ >&3; exec sleep 600' & wait");
    let lifeline = Lifeline::new(script.folder());
    let started = Instant::now();
    let error = script.fails(&[lifeline.path()], SOON * 5).await;
    assert_eq!(error.kind(), Kind::Interrupted);
    assert!(started.elapsed() < PATIENCE);
    let child = lifeline.first_line();
    assert!(std::process::Command::new("kill").arg(&child).status().unwrap().success());
}
