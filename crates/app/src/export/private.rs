//! What whoever holds the file can use: a certificate with its private key, and a backup. Only as a file of one's own,
//! only on request, never to the window or the clipboard.

use std::path::{Path, PathBuf};

use contract::{PrivateForm, SaveBackup, SavePrivateKey, Saved};
use domain::{Error, Kind, Result, Secret};
use encoding::{key_pem, pfx};

use super::{file_name::file_name, save};
use crate::{App, items::Found, off_thread};

const EXPORT: &str = "export the private key";
const BACK_UP: &str = "save a backup";

/// Writes a whole file: over one that is there, which the dialog asked about, or never over one.
type Write = fn(&Path, &[u8], save::Readers) -> Result<()>;

impl App {
    /// A certificate with its private key in a file where the person says, that nobody else may read. The place is asked
    /// for the key only after that.
    ///
    /// # Errors
    /// `Invalid` for an empty password, before anybody is asked; `Unsupported` if no private key leaves; else as the
    /// provider, the desktop or the disk says. Then there is no file.
    pub async fn save_private_key(&self, request: SavePrivateKey) -> Result<Saved> {
        check(&request.form)?;
        let found = self.find(&request.reference).await?;
        let (name, current) = self.describe(&found).await;
        let version = request.version.clone().or(current);
        let suggested = file_name(&name, version.as_deref(), extension(&request.form));
        match self.0.desktop.choose_file(&suggested).await? {
            Some(path) => self.write_found_key(&found, &name, request, path, save::over).await,
            None => Ok(Saved { paths: Vec::new() }),
        }
    }

    /// The same into a new file of that path.
    ///
    /// # Errors
    /// As [`App::save_private_key`], and `Conflict` if a file is there.
    pub async fn write_private_key(&self, request: SavePrivateKey, path: PathBuf) -> Result<Saved> {
        check(&request.form)?;
        refuse_taken(&path)?;
        let found = self.find(&request.reference).await?;
        let (name, _) = self.describe(&found).await;
        self.write_found_key(&found, &name, request, path, save::new).await
    }

    /// A copy of an item that only the same kind of place can take back, in a file where the person says.
    ///
    /// # Errors
    /// `Unsupported` where there are no backups; else as the provider, the desktop or the disk says. Then there is no file.
    pub async fn save_backup(&self, request: SaveBackup) -> Result<Saved> {
        let found = self.find(&request.reference).await?;
        let (name, _) = self.describe(&found).await;
        match self.0.desktop.choose_file(&file_name(&name, None, "backup")).await? {
            Some(path) => self.write_found_backup(&found, path, save::over).await,
            None => Ok(Saved { paths: Vec::new() }),
        }
    }

    /// The same into a new file of that path.
    ///
    /// # Errors
    /// As [`App::save_backup`], and `Conflict` if a file is there.
    pub async fn write_backup(&self, request: SaveBackup, path: PathBuf) -> Result<Saved> {
        refuse_taken(&path)?;
        let found = self.find(&request.reference).await?;
        self.write_found_backup(&found, path, save::new).await
    }

    async fn write_found_key(
        &self,
        found: &Found,
        name: &str,
        request: SavePrivateKey,
        path: PathBuf,
        write: Write,
    ) -> Result<Saved> {
        let Some(certificates) = found.provider.certificates() else {
            return Err(Error::new(Kind::Unsupported, EXPORT, "this kind of place keeps no certificates"));
        };
        let read = certificates.with_key(&found.key, request.version.as_deref()).await;
        let held = self.heard(found.connection.id, read)?;
        let name = name.to_owned();
        off_thread(move || {
            let written = match &request.form {
                PrivateForm::Pem => key_pem::write(&held)?,
                PrivateForm::Pfx { password } => pfx::write(&held, &name, &secret(password))?,
            };
            save_own(&path, written.expose(), write)
        })
        .await
    }

    async fn write_found_backup(&self, found: &Found, path: PathBuf, write: Write) -> Result<Saved> {
        let Some(backups) = found.provider.backups() else {
            return Err(Error::new(Kind::Unsupported, BACK_UP, "this kind of place hands out no backups"));
        };
        let backup = self.heard(found.connection.id, backups.back_up(&found.key).await)?;
        off_thread(move || save_own(&path, &backup, write)).await
    }
}

/// # Errors
/// `Invalid` for a password that a file cannot have.
fn check(form: &PrivateForm) -> Result<()> {
    match form {
        PrivateForm::Pem => Ok(()),
        PrivateForm::Pfx { password } => pfx::check_password(&secret(password)).map(|_| ()),
    }
}

fn secret(text: &str) -> Secret {
    Secret::new(text.as_bytes().to_vec())
}

fn extension(form: &PrivateForm) -> &'static str {
    match form {
        PrivateForm::Pem => "key.pem",
        PrivateForm::Pfx { .. } => "pfx",
    }
}

/// Asked before a key is fetched for nothing; [`save_own`] does not rely on it.
fn refuse_taken(path: &Path) -> Result<()> {
    if path.symlink_metadata().is_ok() { Err(save::taken(path)) } else { Ok(()) }
}

fn save_own(path: &Path, bytes: &[u8], write: Write) -> Result<Saved> {
    write(path, bytes, save::Readers::Owner)?;
    Ok(Saved { paths: vec![path.to_string_lossy().into_owned()] })
}
