//! A call as a line for a POSIX shell, for AWS's own command line tool: the same parameters, ready to be copied.

use serde_json::{Map, Value};

use crate::{
    operation::{MATERIAL, Operation, TOKEN, VALUE},
    parameters::{REGION, WRAPPED_SHA256},
};

/// The tool reads these from elsewhere in place of taking them as they are.
const READ_FROM: [&str; 4] = ["file://", "fileb://", "http://", "https://"];

/// What the tool must be told to reach what this connection reaches. A role to assume it takes from a profile alone.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Tool<'a> {
    pub(crate) profile: Option<&'a str>,
    pub(crate) endpoint: Option<&'a str>,
}

/// The line. A secret value is asked for on standard input, wrapped material and its token are read from files; `later` is
/// a parameter whose value an earlier line has put into a variable.
pub(crate) fn line(operation: Operation, parameters: &Value, tool: Tool<'_>, later: Option<(&str, &str)>) -> String {
    let mut words = vec!["aws".to_owned(), operation.service().word().to_owned(), kebab(operation.name())];
    let nothing = Map::new();
    let parameters = parameters.as_object().unwrap_or(&nothing);
    if let Some(region) = parameters.get(REGION).and_then(Value::as_str) {
        words.push(format!("--region {}", quoted(region)));
    }
    words.extend(tool.profile.map(|name| format!("--profile {}", quoted(name))));
    words.extend(tool.endpoint.map(|url| format!("--endpoint-url {}", quoted(url))));
    let sent: Map<String, Value> = parameters
        .iter()
        .filter(|(name, _)| ![REGION, WRAPPED_SHA256].contains(&name.as_str()))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    let misread = |value: &Value| value.as_str().is_some_and(|text| READ_FROM.iter().any(|it| text.starts_with(it)));
    if sent.values().any(misread) {
        words.push(format!("--cli-input-json {}", quoted(&Value::Object(sent).to_string())));
    } else {
        words.extend(sent.iter().map(|(name, value)| argument(&kebab(name), value)));
    }
    words.extend(later.map(|(name, variable)| format!("--{} \"${variable}\"", kebab(name))));
    words.extend(operation.secrets().iter().filter_map(|secret| read_from(secret)).map(str::to_owned));
    words.join(" ")
}

/// Where the tool reads a secret answer from.
fn read_from(secret: &str) -> Option<&'static str> {
    match secret {
        MATERIAL => Some("--encrypted-key-material fileb://wrapped.bin"),
        TOKEN => Some("--import-token fileb://token.bin"),
        VALUE => Some("--secret-string file:///dev/stdin"),
        _ => None,
    }
}

fn argument(name: &str, value: &Value) -> String {
    match value {
        Value::Bool(true) => format!("--{name}"),
        Value::Bool(false) => format!("--no-{name}"),
        // Else it would be taken for the next option.
        Value::String(text) if text.starts_with('-') => quoted(&format!("--{name}={text}")),
        Value::String(text) => format!("--{name} {}", quoted(text)),
        Value::Array(list) if list.iter().all(|one| one.as_str().is_some_and(|text| !text.starts_with(['-', '[']))) => {
            let texts: Vec<String> = list.iter().filter_map(Value::as_str).map(quoted).collect();
            format!("--{name} {}", texts.join(" "))
        }
        Value::Array(_) | Value::Null | Value::Number(_) | Value::Object(_) => {
            format!("--{name} {}", quoted(&value.to_string()))
        }
    }
}

/// `PendingWindowInDays` is `pending-window-in-days` there.
fn kebab(name: &str) -> String {
    let mut out = String::with_capacity(name.len() + 4);
    for (at, c) in name.char_indices() {
        if c.is_ascii_uppercase() && at > 0 {
            out.push('-');
        }
        out.push(c.to_ascii_lowercase());
    }
    out
}

/// A word that the shell hands on as it is.
pub(crate) fn quoted(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-./:=@%+,".contains(c);
    match !text.is_empty() && text.chars().all(plain) {
        true => text.to_owned(),
        false => format!("'{}'", text.replace('\'', r"'\''")),
    }
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use serde_json::json;

    use super::*;

    /// What a shell hands to the tool.
    fn words(line: &str) -> Vec<String> {
        let script = format!("aws() {{ printf '%s\\0' \"$@\"; }}; {line}");
        let out = Command::new("sh").args(["-c", &script]).output().unwrap();
        assert!(out.status.success(), "{line}: {}", String::from_utf8_lossy(&out.stderr));
        let text = String::from_utf8(out.stdout).unwrap();
        text.split_terminator('\0').map(str::to_owned).collect()
    }

    #[test]
    fn the_shell_hands_on_exactly_what_is_sent_whatever_it_holds() {
        for text in ["it's; rm -rf ~ $HOME `id`", "\"two\"\nlines", "", "*", "~", "\u{202e}gpj.exe", "a=b"] {
            let parameters = json!({"Region": "eu-west-1", "KeyId": "1234", "Description": text});
            let line = line(Operation::UpdateKeyDescription, &parameters, Tool::default(), None);
            let expected =
                ["kms", "update-key-description", "--region", "eu-west-1", "--key-id", "1234", "--description", text];
            assert_eq!(words(&line), expected, "{line}");
        }
    }

    #[test]
    fn what_the_tool_would_read_otherwise_is_given_so_that_it_does_not() {
        let described = |text: &str| json!({"Region": "eu-west-1", "KeyId": "1", "Description": text});
        let options = line(Operation::UpdateKeyDescription, &described("--no-sign-request"), Tool::default(), None);
        assert_eq!(words(&options).last().unwrap(), "--description=--no-sign-request");
        let file = line(Operation::UpdateKeyDescription, &described("file:///etc/passwd"), Tool::default(), None);
        let given: Value = serde_json::from_str(words(&file).last().unwrap()).unwrap();
        assert_eq!(given, json!({"KeyId": "1", "Description": "file:///etc/passwd"}));
    }

    #[test]
    fn lists_structures_and_flags_have_the_tools_form() {
        let tags = json!([{"TagKey": "it's", "TagValue": "a,b"}]);
        let parameters = json!({"Region": "eu-west-1", "KeySpec": "RSA_2048", "MultiRegion": false, "Tags": tags});
        let reached = Tool { profile: Some("my team"), endpoint: Some("http://127.0.0.1:4566") };
        let line_ = line(Operation::CreateKey, &parameters, reached, None);
        let words_ = words(&line_);
        assert_eq!(words_[4..8], ["--profile", "my team", "--endpoint-url", "http://127.0.0.1:4566"]);
        assert!(words_.contains(&"--no-multi-region".to_owned()), "{line_}");
        assert_eq!(serde_json::from_str::<Value>(words_.last().unwrap()).unwrap(), tags);
        let keys = json!({"Region": "eu-west-1", "KeyId": "1", "TagKeys": ["a b", "c"]});
        assert_eq!(words(&line(Operation::UntagKey, &keys, Tool::default(), None))[6..], ["--tag-keys", "a b", "c"]);
    }

    #[test]
    fn wrapped_material_is_read_from_files_and_its_digest_is_for_the_record_alone() {
        let parameters = json!({
            "ExpirationModel": "KEY_MATERIAL_EXPIRES", "KeyId": "1", "Region": "eu-west-1",
            "ValidTo": "2027-11-25T10:00:00Z", "WrappedKeyMaterialSha256": "00ff",
        });
        let line = line(Operation::ImportKeyMaterial, &parameters, Tool::default(), None);
        let expected = "aws kms import-key-material --region eu-west-1 --expiration-model KEY_MATERIAL_EXPIRES --key-id 1 \
                        --valid-to 2027-11-25T10:00:00Z --encrypted-key-material fileb://wrapped.bin --import-token \
                        fileb://token.bin";
        assert_eq!(line, expected);
    }

    #[test]
    fn a_secret_is_read_from_standard_input() {
        let parameters = json!({"Region": "eu-west-1", "SecretId": "app/db", "ClientRequestToken": "t"});
        let line = line(Operation::PutSecretValue, &parameters, Tool::default(), None);
        assert!(line.ends_with("--client-request-token t --secret-string file:///dev/stdin"), "{line}");
    }
}
