//! A change as a line for the shell, with `vault` or `bao`: what a person can copy does exactly what would be sent.
//! Secrets are never in the line; they are read from standard input.

use std::borrow::Cow;

use serde_json::{Map, Value};

use crate::error::Product;

/// Which program, in which namespace.
#[derive(Clone, Debug)]
pub(crate) struct Tool {
    program: &'static str,
    namespace: Option<String>,
}

impl Tool {
    /// The program of `product`, for a namespace of the server.
    pub(crate) fn new(product: Product, namespace: Option<&str>) -> Self {
        let program = match product {
            Product::OpenBao => "bao",
            Product::Vault => "vault",
        };
        Self { program, namespace: namespace.map(str::to_owned) }
    }

    /// `vault write PATH NAME=VALUE …`; `-f` where there is nothing to write. What is no plain value goes in as JSON.
    pub(crate) fn write(&self, path: &str, body: &Map<String, Value>) -> String {
        if body.is_empty() {
            return self.line(&["write"], &["-f"], &[path]);
        }
        if body.values().all(|value| value.is_boolean() || value.is_number() || value.is_string()) {
            let pairs = body.iter().map(|(name, value)| match value {
                Value::String(text) => format!("{name}={text}"),
                value => format!("{name}={value}"),
            });
            let pairs: Vec<String> = pairs.collect();
            let arguments: Vec<&str> = [path].into_iter().chain(pairs.iter().map(String::as_str)).collect();
            return self.line(&["write"], &[], &arguments);
        }
        let json = Value::Object(body.clone()).to_string();
        format!("printf %s {} | {}", quoted(&json), self.line(&["write"], &[], &[path, "-"]))
    }

    /// The same, with the bytes of a file from standard input as `ciphertext`, in Base64.
    pub(crate) fn write_ciphertext(&self, path: &str, body: &Map<String, Value>) -> String {
        let mut body = body.clone();
        body.insert("ciphertext".to_owned(), "-".into());
        format!("openssl base64 -A | {}", self.write(path, &body))
    }

    /// `vault delete PATH`.
    pub(crate) fn delete(&self, path: &str) -> String {
        self.line(&["delete"], &[], &[path])
    }

    /// `vault kv VERB -mount=MOUNT FLAGS PATH REST`.
    pub(crate) fn kv(&self, verb: &[&str], mount: &str, flags: &[&str], path: &str, rest: &[&str]) -> String {
        let words: Vec<&str> = ["kv"].into_iter().chain(verb.iter().copied()).collect();
        let mount = format!("-mount={mount}");
        let flags: Vec<&str> = [mount.as_str()].into_iter().chain(flags.iter().copied()).collect();
        let arguments: Vec<&str> = [path].into_iter().chain(rest.iter().copied()).collect();
        self.line(&words, &flags, &arguments)
    }

    fn line(&self, words: &[&str], flags: &[&str], arguments: &[&str]) -> String {
        let namespace = self.namespace.as_ref().map(|namespace| format!("-namespace={namespace}"));
        // Otherwise a path that begins with a dash would be taken for a flag.
        let end = arguments.first().is_some_and(|first| first.starts_with('-')).then_some("--");
        let parts = [self.program].into_iter().chain(words.iter().copied());
        let parts = parts.chain(namespace.as_deref()).chain(flags.iter().copied()).chain(end);
        let parts: Vec<Cow<'_, str>> = parts.chain(arguments.iter().copied()).map(quoted).collect();
        parts.join(" ")
    }
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn body(value: Value) -> Map<String, Value> {
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn a_line_names_the_program_the_namespace_and_the_values() {
        let bao = Tool::new(Product::OpenBao, Some("team/a"));
        assert_eq!(
            bao.write("transit/keys/x/config", &body(json!({"min_decryption_version": 2, "deletion_allowed": true}))),
            "bao write -namespace=team/a transit/keys/x/config min_decryption_version=2 deletion_allowed=true"
        );
        let vault = Tool::new(Product::Vault, None);
        assert_eq!(vault.write("transit/keys/x/rotate", &Map::new()), "vault write -f transit/keys/x/rotate");
        assert_eq!(vault.delete("transit/keys/x"), "vault delete transit/keys/x");
        assert_eq!(
            vault.kv(&["metadata", "delete"], "team/kv", &[], "app/db", &[]),
            "vault kv metadata delete -mount=team/kv app/db"
        );
    }

    #[test]
    fn what_the_shell_would_read_otherwise_is_quoted() {
        let vault = Tool::new(Product::Vault, None);
        for (path, written) in [
            ("it's $HOME", r"'it'\''s $HOME'"),
            ("a b;rm -rf /", "'a b;rm -rf /'"),
            ("line\nbreak", "'line\nbreak'"),
            ("~root", "'~root'"),
            ("-x", "-- -x"),
            ("", "''"),
        ] {
            let line = vault.kv(&["put"], "kv", &["-cas=0"], path, &["value=-"]);
            assert_eq!(line, format!("vault kv put -mount=kv -cas=0 {written} value=-"));
        }
    }

    #[test]
    fn what_is_no_plain_value_goes_in_as_json() {
        let line = Tool::new(Product::Vault, None)
            .write("kv/metadata/x", &body(json!({"custom_metadata": {"owner": "it's me"}})));
        let due = r#"printf %s '{"custom_metadata":{"owner":"it'\''s me"}}' | vault write kv/metadata/x -"#;
        assert_eq!(line, due);
    }
}
