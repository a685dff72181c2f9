//! The sign-ins that the AWS command line left on this computer. Reads files, asks nobody.

use domain::{Answers, Environment, Secret, SignIn};
use jiff::Timestamp;
use serde::Deserialize;
use sha1::{Digest, Sha1};

use super::{
    FORM,
    profiles::{Profile, Profiles},
    variable,
};

/// Finds the credentials in the environment's variables, and every profile that names some.
pub fn discover(environment: &Environment) -> Vec<SignIn> {
    let profiles = Profiles::read(environment);
    let mut found: Vec<SignIn> = of_variables(environment).into_iter().collect();
    for (name, profile) in profiles.iter() {
        let Some(detail) = detail(name, profile, &profiles, environment) else { continue };
        let mut answers = Answers::from([("profile".to_owned(), name.to_owned())]);
        if profiles.uses_environment(name) {
            let own = profile.setting("credential_source").and(profile.setting("role_arn"));
            let Some(role) = own else { continue };
            answers = Answers::from([("role_arn".to_owned(), role.to_owned())]);
        }
        answers.extend(profile.setting("region").map(|region| ("regions".to_owned(), region.to_owned())));
        let name = if name == "default" { "aws" } else { name };
        found.push(SignIn { provider: FORM.provider, name: name.to_owned(), detail, answers });
    }
    found
}

fn of_variables(environment: &Environment) -> Option<SignIn> {
    variable(environment, "AWS_ACCESS_KEY_ID")?;
    variable(environment, "AWS_SECRET_ACCESS_KEY")?;
    let temporary = variable(environment, "AWS_SESSION_TOKEN").is_some();
    let detail =
        if temporary { "temporary access key in AWS_ACCESS_KEY_ID" } else { "access key in AWS_ACCESS_KEY_ID" };
    let region = variable(environment, "AWS_REGION").or_else(|| variable(environment, "AWS_DEFAULT_REGION"));
    let mut answers = Answers::new();
    answers.extend(region.map(|region| ("regions".to_owned(), region.to_owned())));
    answers.extend(variable(environment, "AWS_ENDPOINT_URL").map(|url| ("endpoint_url".to_owned(), url.to_owned())));
    Some(SignIn { provider: FORM.provider, name: "aws-environment".to_owned(), detail: detail.to_owned(), answers })
}

/// How the profile signs in; `None` if it names no credentials.
fn detail(name: &str, profile: &Profile, profiles: &Profiles, environment: &Environment) -> Option<String> {
    if let Some(role) = profile.setting("role_arn") {
        let role = role.rsplit_once(":role/").map_or(role, |(_, name)| name);
        let by = profile.setting("source_profile").or(profile.setting("credential_source"));
        return Some(by.map_or_else(|| format!("role {role}"), |by| format!("role {role}, by way of {by}")));
    }
    if let Some(role) = profile.setting("sso_role_name") {
        let account = profile.setting("sso_account_id").map(|account| format!(" in {account}")).unwrap_or_default();
        let until = profiles.sso_names(profile).find_map(|name| sso_ends(environment, name));
        let state = match until {
            Some(until) if until > Timestamp::now() => format!("signed in until {until:.0}"),
            Some(_) | None => format!("first run `aws sso login --profile {name}`"),
        };
        return Some(format!("SSO, role {role}{account}, {state}"));
    }
    let way = [
        ("aws_access_key_id", "access key"),
        ("credential_process", "external program"),
        ("web_identity_token_file", "web identity"),
    ];
    way.into_iter().find(|(setting, _)| profile.has(setting)).map(|(_, words)| words.to_owned())
}

/// The one thing that is read of a cached SSO token.
#[derive(Deserialize)]
struct CachedToken {
    #[serde(rename = "expiresAt")]
    expires_at: Timestamp,
}

/// When the SSO token ends that the command line keeps in a file named after the SHA-1 of `name`.
fn sso_ends(environment: &Environment, name: &str) -> Option<Timestamp> {
    let digest: String = Sha1::digest(name.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
    let path = environment.home.join(".aws/sso/cache").join(format!("{digest}.json"));
    let text = Secret::new(std::fs::read(path).ok()?);
    Some(serde_json::from_slice::<CachedToken>(text.expose()).ok()?.expires_at)
}

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    use super::*;

    fn environment(home: &Path, variables: &[(&str, &str)]) -> Environment {
        let variables = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Environment { home: home.to_owned(), variables, host: None }
    }

    #[test]
    fn every_way_to_sign_in_is_found_and_said() {
        let home = tempfile::tempdir().unwrap();
        fs::create_dir_all(home.path().join(".aws/sso/cache")).unwrap();
        let config = "[default]\nregion=eu-west-1\n[profile sso]\nsso_session=corp\nsso_role_name=KeyAdmin\n\
                      sso_account_id=111122223333\n[sso-session corp]\nsso_start_url=https://c\n\
                      [profile audit]\nrole_arn=arn:aws:iam::1:role/a/Audit\nsource_profile=sso\n\
                      [profile box]\nrole_arn=arn:aws:iam::1:role/Box\ncredential_source=Environment\n\
                      [profile program]\ncredential_process=/bin/x\n[profile only-region]\nregion=eu-west-3\n";
        fs::write(home.path().join(".aws/config"), config).unwrap();
        fs::write(home.path().join(".aws/credentials"), "[default]\naws_access_key_id=A\naws_secret_access_key=s\n")
            .unwrap();
        let found = discover(&environment(home.path(), &[]));
        let said: Vec<(&str, &str)> = found.iter().map(|one| (one.name.as_str(), one.detail.as_str())).collect();
        assert_eq!(
            said,
            [
                ("audit", "role a/Audit, by way of sso"),
                ("box", "role Box, by way of Environment"),
                ("aws", "access key"),
                ("program", "external program"),
                ("sso", "SSO, role KeyAdmin in 111122223333, first run `aws sso login --profile sso`"),
            ]
        );
        assert_eq!(found[1].answers, Answers::from([("role_arn".to_owned(), "arn:aws:iam::1:role/Box".to_owned())]));
        assert_eq!(
            (found[2].answers["profile"].as_str(), found[2].answers["regions"].as_str()),
            ("default", "eu-west-1")
        );
    }

    #[test]
    fn a_cached_token_says_until_when_one_is_signed_in() {
        let home = tempfile::tempdir().unwrap();
        fs::create_dir_all(home.path().join(".aws/sso/cache")).unwrap();
        let config = "[profile sso]\nsso_session=corp\nsso_role_name=KeyAdmin\n";
        fs::write(home.path().join(".aws/config"), config).unwrap();
        // The name of the file is what `printf corp | sha1sum` says.
        let cached = home.path().join(".aws/sso/cache/ee0bfd2552fbd840c02cc48b6e823320543c450f.json");
        let token = r#"{"accessToken": "secret", "expiresAt": "2999-01-02T03:04:05Z", "region": "eu-west-1"}"#;
        fs::write(&cached, token).unwrap();
        let found = discover(&environment(home.path(), &[]));
        assert_eq!(found[0].detail, "SSO, role KeyAdmin, signed in until 2999-01-02T03:04:05Z");
        fs::write(&cached, token.replace("2999", "1999")).unwrap();
        let found = discover(&environment(home.path(), &[]));
        assert_eq!(found[0].detail, "SSO, role KeyAdmin, first run `aws sso login --profile sso`");
    }

    #[test]
    fn variables_are_a_sign_in_and_no_value_of_theirs_is_shown() {
        let home = tempfile::tempdir().unwrap();
        let keys =
            [("AWS_ACCESS_KEY_ID", "AKIASHOWN"), ("AWS_SECRET_ACCESS_KEY", "hunter2"), ("AWS_REGION", "eu-west-1")];
        let found = discover(&environment(home.path(), &keys));
        assert_eq!(found[0].answers, Answers::from([("regions".to_owned(), "eu-west-1".to_owned())]));
        let shown = format!("{found:?}");
        assert!(!shown.contains("hunter2") && !shown.contains("AKIASHOWN"), "{shown}");
        assert_eq!(discover(&environment(home.path(), &keys[..1])), []);
    }
}
