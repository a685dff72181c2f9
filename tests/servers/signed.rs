//! Calls that somebody signs, for servers that check signatures: Signature Version 4 over plain HTTP.
//!
//! Source: IAM User Guide, "Create a signed AWS API request".

use aws_lc_rs::{
    digest::{SHA256, digest},
    hmac::{HMAC_SHA256, Key, Tag, sign},
};
use serde_json::Value;

use crate::{AmazonServer, Credentials, Result};

/// Somebody who signs.
#[derive(Clone, Debug)]
pub struct Signer {
    /// Their access key.
    pub credentials: Credentials,
    /// The token of their session, if it is one.
    pub session_token: Option<String>,
}

/// What a server answered, whether it did what was asked or not.
#[derive(Clone, Debug)]
pub struct Answered {
    /// The status of HTTP.
    pub status: u16,
    /// The body; null if it has none.
    pub body: Value,
}

impl Answered {
    /// The error's name, such as `AccessDeniedException`; empty if there is none.
    pub fn error(&self) -> &str {
        let name = self.body["__type"].as_str().or_else(|| self.body["code"].as_str()).unwrap_or_default();
        name.rsplit('#').next().unwrap_or_default()
    }
}

impl AmazonServer {
    /// One call of KMS as somebody: `operation` such as `DescribeKey`.
    pub async fn ask(&self, signer: &Signer, region: &str, operation: &str, body: &Value) -> Result<Answered> {
        let host = self.endpoint().trim_start_matches("http://");
        let text = body.to_string();
        let call = Call {
            signer,
            region,
            host,
            operation,
            body: &text,
            at: jiff::Timestamp::now().strftime("%Y%m%dT%H%M%SZ").to_string(),
        };
        let mut request = self.client().post(self.endpoint()).header("Authorization", call.authorization());
        for (name, value) in call.headers() {
            request = request.header(name, value);
        }
        let answer = request.body(text.clone()).send().await?;
        let status = answer.status().as_u16();
        let text = answer.text().await?;
        Ok(Answered { status, body: serde_json::from_str(&text).unwrap_or(Value::Null) })
    }
}

struct Call<'a> {
    signer: &'a Signer,
    region: &'a str,
    host: &'a str,
    operation: &'a str,
    body: &'a str,
    /// `20261127T051200Z`.
    at: String,
}

impl Call<'_> {
    /// The headers that are signed, by name.
    fn headers(&self) -> Vec<(&'static str, String)> {
        let mut headers = vec![
            ("content-type", "application/x-amz-json-1.1".to_owned()),
            ("host", self.host.to_owned()),
            ("x-amz-date", self.at.clone()),
        ];
        if let Some(token) = &self.signer.session_token {
            headers.push(("x-amz-security-token", token.clone()));
        }
        headers.push(("x-amz-target", format!("TrentService.{}", self.operation)));
        headers
    }

    fn authorization(&self) -> String {
        let headers = self.headers();
        let names: Vec<&str> = headers.iter().map(|(name, _)| *name).collect();
        let names = names.join(";");
        let lines: String = headers.iter().map(|(name, value)| format!("{name}:{value}\n")).collect();
        let request = format!("POST\n/\n\n{lines}\n{names}\n{}", hex(digest(&SHA256, self.body.as_bytes()).as_ref()));
        let day = &self.at[..8];
        let scope = format!("{day}/{}/kms/aws4_request", self.region);
        let hash = hex(digest(&SHA256, request.as_bytes()).as_ref());
        let to_sign = format!("AWS4-HMAC-SHA256\n{}\n{scope}\n{hash}", self.at);
        let secret = format!("AWS4{}", self.signer.credentials.secret_access_key);
        let mut key = mac(secret.as_bytes(), day);
        for part in [self.region, "kms", "aws4_request", &to_sign] {
            key = mac(key.as_ref(), part);
        }
        let id = &self.signer.credentials.access_key_id;
        let signature = hex(key.as_ref());
        format!("AWS4-HMAC-SHA256 Credential={id}/{scope}, SignedHeaders={names}, Signature={signature}")
    }
}

fn mac(key: &[u8], text: &str) -> Tag {
    sign(&Key::new(HMAC_SHA256, key), text.as_bytes())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
