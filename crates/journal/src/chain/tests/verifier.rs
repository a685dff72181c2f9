//! The stand-alone verifier of an export says what the app says, on sound journals and on edited ones.

use std::{path::Path, process::Command};

use super::{
    tamper::{ALL, Row, edited, replace, rows, sample},
    *,
};

/// Whether it says that the journal is as it was written. Its words must fit its exit code.
fn says_sound(folder: &Path, head: Option<&str>) -> bool {
    let mut python = Command::new("python3");
    python.args(["verify.py", "journal.jsonl"]).args(head).current_dir(folder);
    let output = python.output().expect("python3 is needed");
    let said = String::from_utf8(output.stdout).unwrap();
    let sound = output.status.success();
    assert_eq!(output.status.code(), Some(i32::from(!sound)));
    assert!(said.starts_with(if sound { "As it was written: " } else { "NOT as it was written: " }), "{said}");
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    sound
}

fn save(chain: &Chain, folder: &Path) {
    for file in chain.export().unwrap() {
        std::fs::write(folder.join(file.name), file.bytes).unwrap();
    }
}

#[test]
fn it_agrees_with_and_without_the_head() {
    let (_home, _, chain) = fresh();
    sample(&chain);
    let (sound, head) = (rows(&chain), chain.verify().unwrap().head);
    let folder = tempfile::tempdir().unwrap();
    save(&chain, folder.path());
    assert!(says_sound(folder.path(), None));
    assert!(says_sound(folder.path(), Some(&head)));
    assert!(!says_sound(folder.path(), Some(&"0".repeat(64))));
    let mut random = Random(7);
    for edit in ALL {
        if !edit.is_exported() {
            continue;
        }
        // What is no text at all cannot be exported; that case is the walk's.
        loop {
            replace(&chain, &edited(edit, &sound, &mut random));
            if chain.export().is_ok() {
                break;
            }
        }
        save(&chain, folder.path());
        let verdict = chain.verify().unwrap();
        // Without the head it sees what the chain alone shows.
        let seen_in_the_rows = verdict.problem.is_some_and(|problem| problem.at.is_some());
        let only_filed_wrongly = rows(&chain).len() == sound.len() && same_export(&chain, &sound);
        assert_eq!(!says_sound(folder.path(), None), seen_in_the_rows && !only_filed_wrongly, "{edit:?}");
        assert_eq!(!says_sound(folder.path(), Some(&head)), !only_filed_wrongly, "{edit:?}");
    }
}

/// A bit of what a row is filed under does not leave the house.
fn same_export(chain: &Chain, sound: &[Row]) -> bool {
    let edited = chain.export().unwrap().remove(0).bytes;
    let before = rows(chain);
    replace(chain, sound);
    let same = chain.export().unwrap().remove(0).bytes == edited;
    replace(chain, &before);
    same
}

#[test]
fn bytes_that_are_no_text_are_seen_and_not_a_crash() {
    let (_home, _, chain) = fresh();
    sample(&chain);
    let folder = tempfile::tempdir().unwrap();
    for spoil in [&b"\xff\xfe"[..], b"\\ud800", b"\n\n", b"\"\"", b"[1"] {
        save(&chain, folder.path());
        let path = folder.path().join("journal.jsonl");
        let mut bytes = std::fs::read(&path).unwrap();
        let middle = bytes.len() / 2;
        bytes.splice(middle..middle, spoil.iter().copied());
        std::fs::write(&path, bytes).unwrap();
        assert!(!says_sound(folder.path(), None), "{spoil:?}");
    }
}

#[test]
fn an_export_names_its_files_and_holds_every_body_word_for_word() {
    let (_home, _, chain) = fresh();
    write(&chain, whole_order(1));
    let files = chain.export().unwrap();
    assert_eq!(files.iter().map(|file| file.name).collect::<Vec<_>>(), ["journal.jsonl", "verify.py", "README.txt"]);
    let lines = String::from_utf8(files[0].bytes.clone()).unwrap();
    assert_eq!(lines.lines().count(), 4);
    let line: serde_json::Value = serde_json::from_str(lines.lines().next().unwrap()).unwrap();
    let body: serde_json::Value = serde_json::from_str(line["body"].as_str().unwrap()).unwrap();
    assert_eq!(body["event"]["plan"]["name"], "payments — sign");
    assert_eq!(line["hash"], chain.order(&id(1)).unwrap()[0].hash);
}
