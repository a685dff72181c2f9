//! The AWS command line's own files, as far as they say which sign-ins there are: sections and settings, never a secret.

use std::{collections::BTreeMap, path::PathBuf};

use domain::{Environment, Secret};

/// The profiles of `~/.aws/config` and `~/.aws/credentials`, or of the files that the variables name instead.
#[derive(Debug, Default)]
pub(super) struct Profiles {
    profiles: BTreeMap<String, Profile>,
    /// The start address of each `sso-session`.
    sessions: BTreeMap<String, String>,
}

/// What one profile says, both files together.
#[derive(Debug, Default)]
pub(super) struct Profile {
    settings: BTreeMap<&'static str, String>,
    /// Settings that are there and whose values are nobody's business.
    has: Vec<&'static str>,
}

/// The settings that are kept. Everything else, the secrets above all, is passed over while reading.
const SETTINGS: [&str; 9] = [
    "credential_source",
    "region",
    "role_arn",
    "source_profile",
    "sso_account_id",
    "sso_region",
    "sso_role_name",
    "sso_session",
    "sso_start_url",
];

/// The settings of which only the presence counts.
const PRESENT: [&str; 3] = ["aws_access_key_id", "credential_process", "web_identity_token_file"];

/// The two files differ in how they write a section.
#[derive(Clone, Copy)]
enum File {
    Config,
    Credentials,
}

/// What a section is about.
enum Section {
    Profile(String),
    Session(String),
    Other,
}

impl Profiles {
    /// Reads both files. One that is missing or unreadable holds no profiles.
    pub(super) fn read(environment: &Environment) -> Self {
        let mut profiles = Self::default();
        for (variable, name, file) in [
            ("AWS_CONFIG_FILE", "config", File::Config),
            ("AWS_SHARED_CREDENTIALS_FILE", "credentials", File::Credentials),
        ] {
            let named = environment.variables.get(variable).filter(|path| !path.is_empty()).map(PathBuf::from);
            let path = named.unwrap_or_else(|| environment.home.join(".aws").join(name));
            // Wiped after reading: the credentials file holds secret access keys.
            let Ok(text) = std::fs::read(path).map(Secret::new) else { continue };
            profiles.add(&String::from_utf8_lossy(text.expose()), file);
        }
        profiles
    }

    fn add(&mut self, text: &str, file: File) {
        let mut section = Section::Other;
        for line in text.trim_start_matches('\u{feff}').lines() {
            // An indented line goes on with the setting above it.
            if line.trim().is_empty() || line.starts_with(['#', ';', ' ', '\t']) {
                continue;
            }
            if let Some(rest) = line.strip_prefix('[') {
                section = file.section(rest.split(']').next().unwrap_or_default());
                if let Section::Profile(name) = &section {
                    self.profiles.entry(name.clone()).or_default();
                }
                continue;
            }
            let Some((name, value)) = line.split_once('=') else { continue };
            let name = name.trim().to_ascii_lowercase();
            match &section {
                Section::Profile(profile) => self.profiles.entry(profile.clone()).or_default().set(&name, value),
                Section::Session(session) if name == "sso_start_url" => {
                    self.sessions.insert(session.clone(), without_comment(value));
                }
                Section::Session(_) | Section::Other => {}
            }
        }
    }

    /// The profiles by name.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &Profile)> {
        self.profiles.iter().map(|(name, profile)| (name.as_str(), profile))
    }

    /// The profile of that name.
    pub(super) fn profile(&self, name: &str) -> Option<&Profile> {
        self.profiles.get(name)
    }

    /// Whether the profile, or one that it builds on, takes its credentials from the environment's variables.
    pub(super) fn uses_environment(&self, name: &str) -> bool {
        let mut seen = Vec::new();
        let mut next = Some(name);
        while let Some(name) = next.filter(|name| !seen.contains(name)) {
            seen.push(name);
            let Some(profile) = self.profile(name) else { return false };
            if profile.setting("credential_source").is_some_and(|source| source.eq_ignore_ascii_case("Environment")) {
                return true;
            }
            next = profile.setting("source_profile");
        }
        false
    }

    /// By what the command line names the file in which it keeps the profile's SSO token, newest way first.
    pub(super) fn sso_names<'a>(&'a self, profile: &'a Profile) -> impl Iterator<Item = &'a str> {
        let session = profile.setting("sso_session");
        let start = session.and_then(|session| self.sessions.get(session).map(String::as_str));
        [session, start, profile.setting("sso_start_url")].into_iter().flatten()
    }
}

impl Profile {
    fn set(&mut self, name: &str, value: &str) {
        if let Some(name) = SETTINGS.iter().find(|known| **known == name) {
            self.settings.insert(name, without_comment(value));
        } else if let Some(name) = PRESENT.iter().find(|known| **known == name) {
            self.has.push(name);
        }
    }

    /// The value of a setting that is not secret.
    pub(super) fn setting(&self, name: &str) -> Option<&str> {
        self.settings.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// Whether a setting is there whose value is not kept.
    pub(super) fn has(&self, name: &str) -> bool {
        self.has.contains(&name)
    }
}

impl File {
    fn section(self, header: &str) -> Section {
        let mut words = header.trim().splitn(2, char::is_whitespace);
        let (first, rest) = (words.next().unwrap_or_default(), words.next().map(str::trim));
        let unquoted = |name: &str| name.trim_matches(['"', '\'']).to_owned();
        match (self, first, rest) {
            (Self::Config, "profile", Some(name)) => Section::Profile(unquoted(name)),
            (Self::Config, "sso-session", Some(name)) => Section::Session(unquoted(name)),
            (Self::Config, "default", None) => Section::Profile("default".to_owned()),
            (Self::Credentials, _, _) if !header.trim().is_empty() => Section::Profile(unquoted(header.trim())),
            (Self::Config | Self::Credentials, _, _) => Section::Other,
        }
    }
}

/// The value without what stands behind a blank and a comment sign.
fn without_comment(value: &str) -> String {
    let end = [" #", " ;", "\t#", "\t;"].iter().filter_map(|sign| value.find(sign)).min();
    value[..end.unwrap_or(value.len())].trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONFIG: &str = "\u{feff}; comment
[default]
region = eu-west-1
[profile \"key admin\"]
sso_session = corp ; the company
sso_role_name=KeyAdmin
s3 =
  role_arn = not this one
[sso-session corp]
sso_start_url = https://corp.awsapps.com/start
[services x]
region = nowhere
[profile chained]
role_arn = arn:aws:iam::111122223333:role/Audit
source_profile = base
[profile base]
credential_source = Environment
[profile loop]
source_profile = loop
[broken
key without value
";

    fn profiles() -> Profiles {
        let mut profiles = Profiles::default();
        profiles.add(CONFIG, File::Config);
        profiles.add("[default]\naws_access_key_id = AKIA\naws_secret_access_key = hunter2\n[ci]\n", File::Credentials);
        profiles
    }

    #[test]
    fn both_files_make_one_profile_and_no_secret_is_kept() {
        let profiles = profiles();
        let names: Vec<&str> = profiles.iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["base", "chained", "ci", "default", "key admin", "loop"]);
        let default = profiles.profile("default").unwrap();
        assert_eq!(default.setting("region"), Some("eu-west-1"));
        assert!(default.has("aws_access_key_id"));
        let shown = format!("{profiles:?}");
        assert!(!shown.contains("hunter2") && !shown.contains("AKIA"), "{shown}");
    }

    #[test]
    fn comments_indented_lines_and_other_sections_are_no_settings() {
        let profiles = profiles();
        let admin = profiles.profile("key admin").unwrap();
        assert_eq!(admin.setting("sso_session"), Some("corp"));
        assert_eq!(admin.setting("role_arn"), None);
        let names: Vec<&str> = profiles.sso_names(admin).collect();
        assert_eq!(names, ["corp", "https://corp.awsapps.com/start"]);
    }

    #[test]
    fn a_chain_of_profiles_is_followed_and_a_loop_ends() {
        let profiles = profiles();
        assert!(profiles.uses_environment("chained"));
        assert!(!profiles.uses_environment("loop"));
        assert!(!profiles.uses_environment("absent"));
    }
}
