//! Nothing of a key's material is in the app, in its web view, or in what they wrote, the log at trace level among it.

use crate::{
    desktop::{Desktop, application},
    memory::{Needle, files_with, log_is_at_trace, processes_with, scan},
};

/// Fails if one of the needles is in the memory of the app or of a child of it, or in a file of its home; and if `mark`,
/// which is no secret and must be there, is not seen: then it was looked in the wrong place.
pub(super) fn holds_nothing(desktop: &Desktop, needles: &[Needle], mark: &str) {
    // First, since the kernel may not let the memory be looked into.
    log_is_at_trace(&desktop.home(), &["app", "aws", "vault"]);
    let written = files_with(&desktop.home(), needles);
    assert!(written.is_empty(), "material was written:\n{}", written.join("\n"));
    let processes = processes_with(&format!("CLAVIGER_HOME={}", desktop.home().display()));
    let program = application().file_name().unwrap().to_string_lossy().into_owned();
    // The kernel keeps fifteen letters of a name.
    for wanted in [program.as_str(), "WebKitWebProcess"] {
        let found = processes.iter().any(|(_, name)| *name == wanted[..wanted.len().min(15)]);
        assert!(found, "{wanted} is none of {processes:?}");
    }
    let mark = Needle::new("the mark", mark.as_bytes().to_vec());
    let (mut found, mut marks) = (Vec::new(), 0);
    for (process, name) in &processes {
        let both: Vec<Needle> = needles.iter().chain([&mark]).cloned().collect();
        match scan(*process, &both) {
            Err(error) if error.kind() == std::io::ErrorKind::PermissionDenied => {
                eprintln!("the kernel does not let the test read the memory of {name}: it was not looked into");
                return;
            }
            Err(error) => panic!("{name}: {error}"),
            Ok(scan) => {
                eprintln!("{name}: {} MiB read", scan.read >> 20);
                for ((needle, mapping), times) in scan.hits {
                    match needle.as_str() {
                        "the mark" => marks += times,
                        _ => found.push(format!("{name}, {mapping}: {needle}, {times} times")),
                    }
                }
            }
        }
    }
    assert!(marks > 0, "what must be there is not seen either: {processes:?}");
    assert!(found.is_empty(), "material is still there:\n{}", found.join("\n"));
}
