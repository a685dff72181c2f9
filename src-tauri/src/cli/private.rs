//! `claviger private-key` and `claviger backup`: what leaves as a file of one's own, never to a terminal or a pipe.

use std::path::PathBuf;

use app::App;
use clap::{Args, ValueEnum};
use contract::{PrivateForm, SaveBackup, SavePrivateKey, Saved};
use domain::{Error, Kind, Result};

use super::connect::from_standard_input;
use crate::{keychain::WithEnvironment, print};

/// `CLAVIGER_PFX_PASSWORD`, or standard input.
const PASSWORD: &str = "pfx_password";

/// `private-key`
#[derive(Args, Debug)]
pub(crate) struct PrivateKey {
    /// The certificate's reference, or its address (an ARN, a URL)
    #[arg(value_name = "REF")]
    reference: String,
    /// The version; the current one if absent
    #[arg(long, value_name = "V")]
    version: Option<String>,
    /// PFX under a new password, from CLAVIGER_PFX_PASSWORD or standard input; or PEM without any protection
    #[arg(long, value_enum)]
    form: Form,
    /// The file to write, for your own account alone; it must not be there yet
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
}

/// `backup`
#[derive(Args, Debug)]
pub(crate) struct Backup {
    /// The item's reference, or its address (an ARN, a URL)
    #[arg(value_name = "REF")]
    reference: String,
    /// The file to write, for your own account alone; it must not be there yet
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
}

/// The form of a file with a private key.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Form {
    Pem,
    Pfx,
}

/// Writes a certificate with its private key.
pub(super) async fn private_key(app: &App, keychain: &WithEnvironment, arguments: PrivateKey) -> Result<()> {
    let form = match arguments.form {
        Form::Pem => PrivateForm::Pem,
        Form::Pfx => {
            let secret = match keychain.variable("", PASSWORD) {
                Some(secret) => secret,
                None => from_standard_input(PASSWORD)?,
            };
            let text = secret.expose_text().ok_or_else(|| {
                Error::new(Kind::Invalid, "export the private key", "the password is not text")
                    .with_refused_by("this app")
            })?;
            PrivateForm::Pfx { password: text.to_owned().into() }
        }
    };
    let request = SavePrivateKey { reference: arguments.reference, version: arguments.version, form };
    said(&app.write_private_key(request, arguments.output).await?);
    eprintln!("Whoever has this file holds the private key.");
    Ok(())
}

/// Writes a backup.
pub(super) async fn backup(app: &App, arguments: Backup) -> Result<()> {
    let request = SaveBackup { reference: arguments.reference };
    said(&app.write_backup(request, arguments.output).await?);
    Ok(())
}

fn said(saved: &Saved) {
    for path in &saved.paths {
        eprintln!("Saved {}.", print::safe(path));
    }
}
