//! A change as a line for a POSIX shell, with `az`: what a person can copy does what would be sent. Secrets are never in
//! the line; they are read from standard input.

use std::borrow::Cow;

use domain::VaultId;

/// A line in the making: `az keyvault key create --vault-name contoso …`.
#[derive(Clone, Debug)]
pub(crate) struct Line(Vec<String>);

impl Line {
    /// The words of the command behind `az keyvault`, and the vault that it goes to.
    pub(crate) fn new(words: &[&str], vault: &VaultId) -> Self {
        let flag = if is_hsm(vault) { "--hsm-name" } else { "--vault-name" };
        let name = vault.0.split('.').next().unwrap_or_default();
        let parts = ["az", "keyvault"].iter().chain(words).map(|word| (*word).to_owned());
        Self(parts.collect()).option(flag, name)
    }

    /// The same with an option, and its value as it is.
    #[must_use]
    pub(crate) fn option(mut self, flag: &str, value: &str) -> Self {
        // A value that begins with a dash would be taken for the next option.
        if value.starts_with('-') {
            self.0.push(quoted(&format!("{flag}={value}")).into_owned());
        } else {
            self.0.extend([flag.to_owned(), quoted(value).into_owned()]);
        }
        self
    }

    /// The same with an option, if there is a value for it.
    #[must_use]
    pub(crate) fn maybe(self, flag: &str, value: Option<&str>) -> Self {
        match value {
            Some(value) => self.option(flag, value),
            None => self,
        }
    }

    /// The same with an option that takes several values.
    #[must_use]
    pub(crate) fn several<'a>(mut self, flag: &str, values: impl IntoIterator<Item = Cow<'a, str>>) -> Self {
        self.0.push(flag.to_owned());
        self.0.extend(values.into_iter().map(|value| quoted(&value).into_owned()));
        self
    }

    /// The same with tags.
    #[must_use]
    pub(crate) fn tags<'a>(self, tags: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let pairs: Vec<Cow<'_, str>> =
            tags.into_iter().map(|(key, value)| Cow::Owned(format!("{key}={value}"))).collect();
        // An empty text takes all of them away.
        if pairs.is_empty() { self.option("--tags", "") } else { self.several("--tags", pairs) }
    }

    /// The line.
    pub(crate) fn end(self) -> String {
        self.0.join(" ")
    }
}

/// Whether the host is a Managed HSM, in whichever cloud.
pub(crate) fn is_hsm(vault: &VaultId) -> bool {
    vault.0.split('.').nth(1) == Some("managedhsm")
}

/// A word that a POSIX shell reads back as `text`.
pub(crate) fn quoted(text: &str) -> Cow<'_, str> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_./:=,@%+-".contains(&byte);
    if !text.is_empty() && text.bytes().all(plain) {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(format!("'{}'", text.replace('\'', r"'\''")))
    }
}
