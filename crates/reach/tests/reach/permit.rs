//! Programs that may not be run, and what must not happen then: anything at all.

use std::{
    os::unix::fs::symlink,
    path::{Path, PathBuf},
};

use domain::{Changed, Error, Kind};
use reach::{Limits, Report, command};
use serde_json::Value;
use tokio_util::sync::CancellationToken;

use crate::script::Script;

/// Runs `program` with the path of a file that it would make, and tells whether it did.
async fn run(program: &Path, allowed: &[PathBuf], script: &Script) -> (Result<Report, Error>, bool) {
    let mark = script.folder().join("ran");
    let command = command::Command { program: program.to_owned(), arguments: vec![mark.to_str().unwrap().to_owned()] };
    let cancel = CancellationToken::new();
    let report = command::run(&command, allowed, &Value::Null, &[], &Limits::COMMAND, &cancel).await;
    (report, mark.exists())
}

fn marks() -> Script {
    Script::new("touch \"$1\"")
}

async fn refused(program: &Path, allowed: &[PathBuf], script: &Script) -> Error {
    let (report, ran) = run(program, allowed, script).await;
    assert!(!ran, "it was run");
    let error = report.unwrap_err();
    assert_eq!(error.changed(), &Changed::Nothing);
    error
}

#[tokio::test]
async fn a_program_on_the_list_is_run() {
    let script = marks();
    let (report, ran) = run(&script.path, std::slice::from_ref(&script.path), &script).await;
    assert!(report.is_ok() && ran, "{report:?}");
}

#[tokio::test]
async fn a_program_that_is_not_on_the_list_is_not_run() {
    let (script, other) = (marks(), marks());
    for list in [vec![], vec![other.path.clone()], vec![PathBuf::from("/no/such/file"), script.folder().to_owned()]] {
        let error = refused(&script.path, &list, &script).await;
        assert_eq!((error.kind(), error.refused_by()), (Kind::Denied, Some("this app")), "{list:?}");
        let path = script.path.display().to_string();
        assert!(error.next().contains(&format!("add {path} to the list")), "{}", error.next());
    }
}

#[tokio::test]
async fn a_link_is_what_it_leads_to() {
    let (script, other) = (marks(), marks());
    let link = script.folder().join("link");
    symlink(&script.path, &link).unwrap();
    let (report, ran) = run(&link, std::slice::from_ref(&script.path), &script).await;
    assert!(report.is_ok() && ran, "{report:?}");
    // A link that is itself on the list allows what it leads to, by either name.
    std::fs::remove_file(script.folder().join("ran")).unwrap();
    let (report, ran) = run(&script.path, std::slice::from_ref(&link), &script).await;
    assert!(report.is_ok() && ran, "{report:?}");
    std::fs::remove_file(script.folder().join("ran")).unwrap();

    let elsewhere = other.folder().join("script-of-old");
    symlink(&script.path, &elsewhere).unwrap();
    let error = refused(&elsewhere, std::slice::from_ref(&other.path), &script).await;
    assert_eq!(error.kind(), Kind::Denied);
    assert!(error.message().contains(&format!("is {}, which is not on the list", script.path.display())), "{error}");
}

#[tokio::test]
async fn what_others_may_write_is_not_run() {
    for mode in [0o720, 0o702, 0o777] {
        let script = marks();
        script.mode(mode);
        let error = refused(&script.path, std::slice::from_ref(&script.path), &script).await;
        assert_eq!((error.kind(), error.refused_by()), (Kind::Denied, Some("this app")), "{mode:o}");
        assert!(error.next().contains("chmod go-w"), "{}", error.next());
    }
    let script = marks();
    script.mode(0o755);
    assert!(run(&script.path, std::slice::from_ref(&script.path), &script).await.0.is_ok());
}

#[tokio::test]
async fn what_is_no_program_is_not_run() {
    let script = marks();
    let kind = async |path: &Path| refused(path, &[path.to_owned()], &script).await.kind();
    assert_eq!(kind(script.folder()).await, Kind::Invalid);
    assert_eq!(kind(Path::new("script")).await, Kind::Invalid);
    assert_eq!(kind(&script.folder().join("missing")).await, Kind::NotFound);
    script.mode(0o600);
    assert_eq!(kind(&script.path).await, Kind::Invalid);
}

#[tokio::test]
async fn a_script_whose_interpreter_is_missing_was_not_run() {
    let script = marks();
    let text = "printf '#!/no/such/shell\\n' > \"$0\"";
    assert!(std::process::Command::new("/bin/sh").args(["-c", text]).arg(&script.path).status().unwrap().success());
    let error = refused(&script.path, std::slice::from_ref(&script.path), &script).await;
    assert_eq!(error.kind(), Kind::Invalid);
    assert!(error.message().contains("could not be started"), "{error}");
}
