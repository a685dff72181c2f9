//! Which programs may be run: those a person has put on the list, as files that nobody else can alter.

use std::{
    io,
    path::{Path, PathBuf},
};

use domain::{Error, Kind, Result};

use super::OPERATION;

/// The file behind `program`, if it may be run. Blocks on the file system.
///
/// # Errors
/// `Invalid` for a path that is not absolute or is no program, `NotFound`, and `Denied` for one that is not on the list
/// or that others than its owner may write.
pub(super) fn permitted(program: &Path, allowed: &[PathBuf]) -> Result<PathBuf> {
    let shown = program.display();
    if !program.is_absolute() {
        return Err(Error::new(Kind::Invalid, OPERATION, format!("{shown} is not an absolute path; nothing was run"))
            .with_refused_by("this app")
            .with_next("Give the program's whole path, from the root of the file system on."));
    }
    let file = program.canonicalize().map_err(|cause| unreadable(program, cause))?;
    // An entry whose file is gone allows nothing.
    if !allowed.iter().filter_map(|one| one.canonicalize().ok()).any(|one| one == file) {
        let (message, shown) = match file == program {
            true => (format!("{shown} is not on the list of allowed commands; nothing was run"), shown),
            false => {
                let file = file.display();
                (format!("{shown} is {file}, which is not on the list of allowed commands; nothing was run"), file)
            }
        };
        return Err(Error::new(Kind::Denied, OPERATION, message)
            .with_refused_by("this app")
            .with_next(format!("If it is to be run, add {shown} to the list of allowed commands.")));
    }
    let about = file.metadata().map_err(|cause| unreadable(&file, cause))?;
    if !about.is_file() {
        return Err(Error::new(Kind::Invalid, OPERATION, format!("{shown} is not a file; nothing was run"))
            .with_refused_by("this app")
            .with_next("Name the program itself."));
    }
    #[cfg(unix)]
    rights(&file, std::os::unix::fs::PermissionsExt::mode(&about.permissions()))?;
    Ok(file)
}

#[cfg(unix)]
fn rights(file: &Path, mode: u32) -> Result<()> {
    let shown = file.display();
    if mode & 0o111 == 0 {
        return Err(Error::new(Kind::Invalid, OPERATION, format!("{shown} is not executable; nothing was run"))
            .with_refused_by("this app")
            .with_next(format!("If it is a program, make it executable: chmod u+x {shown}")));
    }
    if mode & 0o022 != 0 {
        let message = format!("others than its owner may write to {shown}; nothing was run");
        return Err(Error::new(Kind::Denied, OPERATION, message).with_refused_by("this app").with_next(format!(
            "Make sure that it is still what you allowed, then take that right away: chmod go-w {shown}"
        )));
    }
    Ok(())
}

fn unreadable(program: &Path, cause: io::Error) -> Error {
    let shown = program.display();
    let error = match cause.kind() {
        io::ErrorKind::NotFound => Error::new(Kind::NotFound, OPERATION, format!("there is no program {shown}"))
            .with_next("Check the path; the program may have been moved or removed. Nothing was run."),
        _ => Error::new(Kind::Denied, OPERATION, format!("{shown} cannot be looked at: {cause}"))
            .with_refused_by("the operating system")
            .with_next("Check the permissions of the program and of the folders above it. Nothing was run."),
    };
    error.with_source(cause)
}
