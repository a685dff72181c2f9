//! Files among the answers of a change: read here, so that what is in them reaches neither the window nor the journal.

use std::{
    fs::File,
    io::Read,
    path::{Path, PathBuf},
};

use contract::{ChosenPath, Nothing};
use domain::{Answers, Error, Kind, Question, QuestionKind, Result, Secret, SecretAnswers};

use super::PLAN;
use crate::{App, off_thread};

/// More than any certificate, key or backup has, in bytes.
const MOST: u64 = 1 << 20;

impl App {
    /// A file on this computer, as the person chooses it.
    ///
    /// # Errors
    /// `Unsupported` where there is no desktop.
    pub async fn choose_path(&self, _: Nothing) -> Result<ChosenPath> {
        let path = self.0.desktop.choose_existing().await?;
        Ok(ChosenPath { path: path.map(|path| path.to_string_lossy().into_owned()) })
    }

    /// What is in the files that were named, by the question's name.
    ///
    /// # Errors
    /// `Invalid`, naming the file and why it cannot be read.
    pub(super) async fn read_files(&self, questions: &[Question], answers: &Answers) -> Result<SecretAnswers> {
        let asked = questions.iter().filter(|question| question.kind == QuestionKind::File);
        let named: Vec<(String, PathBuf)> = asked
            .filter_map(|question| {
                let path = answers.get(question.name).filter(|path| !path.is_empty())?;
                Some((question.name.to_owned(), self.expanded(path)))
            })
            .collect();
        off_thread(move || named.into_iter().map(|(name, path)| Ok((name, read(&path)?))).collect()).await
    }

    /// What is in a file that a person named.
    ///
    /// # Errors
    /// `Invalid`, naming the file and why it cannot be read.
    pub(crate) async fn read_file(&self, path: &str) -> Result<Secret> {
        let path = self.expanded(path);
        off_thread(move || read(&path)).await
    }

    /// A path as it was typed: `~` is the home folder.
    fn expanded(&self, path: &str) -> PathBuf {
        match path.strip_prefix("~/") {
            Some(rest) => self.0.environment.home.join(rest),
            None => PathBuf::from(path),
        }
    }
}

fn read(path: &Path) -> Result<Secret> {
    let unreadable = |why: String| {
        Error::new(Kind::Invalid, PLAN, format!("{} cannot be read: {why}", path.display()))
            .with_refused_by("this computer")
            .with_next("Choose another file. Nothing was sent.")
    };
    let file = File::open(path).map_err(|cause| unreadable(cause.to_string()))?;
    let kind = file.metadata().map_err(|cause| unreadable(cause.to_string()))?;
    if !kind.is_file() {
        return Err(unreadable("it is no file".to_owned()));
    }
    // Room for all of it at once: a buffer that it outgrew would be left behind with a key in it.
    let mut bytes = Vec::with_capacity(usize::try_from(kind.len().min(MOST) + 2).unwrap_or_default());
    if let Err(cause) = file.take(MOST + 1).read_to_end(&mut bytes) {
        return Err(unreadable(cause.to_string()));
    }
    let secret = Secret::new(bytes);
    match secret.expose().len() {
        0 => Err(unreadable("it is empty".to_owned())),
        length if length as u64 > MOST => {
            Err(unreadable("it has more than 1 MiB, as no key or certificate has".to_owned()))
        }
        _ => Ok(secret),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_file_of_a_fitting_size_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str, length: usize| {
            let path = folder.path().join(name);
            std::fs::write(&path, vec![7; length]).unwrap();
            path
        };
        assert_eq!(read(&file("largest", 1 << 20)).unwrap().expose().len(), 1 << 20);
        for (path, word) in [
            (file("larger", (1 << 20) + 1), "1 MiB"),
            (file("empty", 0), "empty"),
            (folder.path().to_owned(), "no file"),
            (folder.path().join("absent"), "absent"),
        ] {
            let error = read(&path).unwrap_err();
            assert_eq!(error.kind(), Kind::Invalid);
            assert!(error.message().contains(word), "{error}");
        }
    }
}
