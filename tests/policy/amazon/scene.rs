//! Who calls, and what: users and roles with policies of every kind, two keys, and calls that change nothing.

use policy::{
    Known, NamedPolicy,
    aws::{Context, IamPolicy, Identity, Request},
};
use serde_json::{Value, json};
use servers::{AmazonServer, Credentials, Failure, Result, Signer, fixtures::amazon::REGION};

const IAM: &str = "2010-05-08";
const STS: &str = "2011-06-15";

/// Calls of KMS of which none changes anything: some are refused for what they say, after it was decided who may.
pub(super) const ACTIONS: &[&str] = &[
    "CreateGrant",
    "Decrypt",
    "DescribeKey",
    "EnableKey",
    "Encrypt",
    "GenerateDataKey",
    "GenerateMac",
    "GetKeyPolicy",
    "GetKeyRotationStatus",
    "GetPublicKey",
    "ListGrants",
    "ListKeyPolicies",
    "ListResourceTags",
    "PutKeyPolicy",
    "ScheduleKeyDeletion",
    "Sign",
    "Verify",
];

/// A running server with everybody on it.
pub(super) struct Scene {
    pub(super) server: AmazonServer,
    pub(super) people: Vec<Person>,
    /// Their ARNs.
    pub(super) keys: Vec<String>,
}

/// Somebody who calls.
pub(super) struct Person {
    pub(super) arn: String,
    /// What `aws:PrincipalArn` is: of a session its role's ARN.
    pub(super) principal_arn: String,
    pub(super) iam: Known<Vec<IamPolicy>>,
    signer: Signer,
}

/// What somebody may by IAM, and what limits it.
struct Policies {
    own: Option<Value>,
    boundary: Option<Value>,
    session: Option<Value>,
}

fn allow(actions: Value, resource: &str) -> Value {
    json!({"Effect": "Allow", "Action": actions, "Resource": resource})
}

fn policy(statements: Value) -> Value {
    json!({"Version": "2012-10-17", "Statement": statements})
}

impl Scene {
    pub(super) async fn start() -> Result<Self> {
        let server = AmazonServer::fakecloud().await?;
        let mut keys = Vec::new();
        for _ in 0..2 {
            let tags = json!([{"TagKey": "team", "TagValue": "orders"}]);
            let made = server.call(REGION, "TrentService.CreateKey", json!({"Tags": tags})).await?;
            keys.push(made["KeyMetadata"]["Arn"].as_str().unwrap_or_default().to_owned());
        }
        let mut scene = Self { server, people: Vec::new(), keys };
        scene.fill().await?;
        Ok(scene)
    }

    async fn fill(&mut self) -> Result<()> {
        let (all, first) = (allow(json!("kms:*"), "*"), self.keys[0].clone());
        let own = |statements: Value| Policies { own: Some(policy(statements)), boundary: None, session: None };
        let limited = json!(["kms:Encrypt", "kms:Describe*", "kms:PutKeyPolicy", "kms:get*"]);
        let boundary = || Some(policy(allow(limited.clone(), "*")));
        let users = [
            ("bare", "/", Policies { own: None, boundary: None, session: None }),
            ("full", "/", own(json!([all]))),
            ("reader", "/", own(json!([allow(json!(["kms:Describe*", "kms:Get*", "kms:List*", "KMS:verify"]), "*")]))),
            (
                "denied",
                "/",
                own(json!([all, {"Effect": "Deny", "Action": ["kms:Decrypt", "kms:P*"], "Resource": "*"}])),
            ),
            ("keyed", "/", own(json!([allow(json!("kms:*"), &first)]))),
            ("all-but", "/ops/", own(json!([{"Effect": "Allow", "NotAction": "kms:*crypt", "NotResource": first}]))),
            ("bounded", "/", Policies { boundary: boundary(), ..own(json!([all])) }),
            (
                "local",
                "/ops/",
                own(json!([{"Effect": "Allow", "Action": "kms:*", "Resource": "*", "Condition": {
                "IpAddress": {"aws:SourceIp": "127.0.0.0/8"}, "StringLike": {"aws:username": "l?cal*"},
                "StringNotEquals": {"aws:SourceVpce": "vpce-1"}}}])),
            ),
        ];
        for (name, path, policies) in users {
            let person = self.user(name, path, policies).await?;
            self.people.push(person);
        }
        let roles = [
            ("worker", own(json!([allow(json!(["kms:*crypt", "kms:DescribeKey", "kms:Sign"]), "*")]))),
            ("guarded", Policies { boundary: boundary(), ..own(json!([all])) }),
            ("narrowed", Policies { session: boundary(), ..own(json!([all])) }),
        ];
        for (name, policies) in roles {
            let person = self.session(name, policies).await?;
            self.people.push(person);
        }
        Ok(())
    }

    async fn iam(&self, action: &str, parameters: &[(&str, &str)]) -> Result<String> {
        let mut all = vec![("Action", action)];
        all.extend_from_slice(parameters);
        self.server.query("iam", IAM, &all).await
    }

    /// Makes a managed policy; its ARN.
    async fn managed(&self, name: &str, policy: &Value) -> Result<String> {
        let text = policy.to_string();
        let answer = self.iam("CreatePolicy", &[("PolicyName", name), ("PolicyDocument", &text)]).await?;
        element(&answer, "Arn")
    }

    async fn user(&self, name: &str, path: &str, policies: Policies) -> Result<Person> {
        let answer = self.iam("CreateUser", &[("UserName", name), ("Path", path)]).await?;
        let arn = element(&answer, "Arn")?;
        if let Some(own) = &policies.own {
            let text = own.to_string();
            let named = [("UserName", name), ("PolicyName", "own"), ("PolicyDocument", text.as_str())];
            self.iam("PutUserPolicy", &named).await?;
        }
        if let Some(boundary) = &policies.boundary {
            let limit = self.managed(&format!("{name}-limit"), boundary).await?;
            self.iam("PutUserPermissionsBoundary", &[("UserName", name), ("PermissionsBoundary", &limit)]).await?;
        }
        let answer = self.iam("CreateAccessKey", &[("UserName", name)]).await?;
        Ok(policies.person(arn.clone(), arn, signer(&answer)?))
    }

    async fn session(&self, name: &str, policies: Policies) -> Result<Person> {
        let trust = policy(json!({"Effect": "Allow", "Action": "sts:AssumeRole",
            "Principal": {"AWS": format!("arn:aws:iam::{}:root", self.server.account())}}));
        let trust = trust.to_string();
        let answer = self.iam("CreateRole", &[("RoleName", name), ("AssumeRolePolicyDocument", &trust)]).await?;
        let role = element(&answer, "Arn")?;
        if let Some(own) = &policies.own {
            let text = own.to_string();
            let named = [("RoleName", name), ("PolicyName", "own"), ("PolicyDocument", text.as_str())];
            self.iam("PutRolePolicy", &named).await?;
        }
        if let Some(boundary) = &policies.boundary {
            let limit = self.managed(&format!("{name}-limit"), boundary).await?;
            self.iam("PutRolePermissionsBoundary", &[("RoleName", name), ("PermissionsBoundary", &limit)]).await?;
        }
        let session = policies.session.as_ref().map(Value::to_string);
        let mut asked = vec![("Action", "AssumeRole"), ("RoleArn", role.as_str()), ("RoleSessionName", "ann")];
        asked.extend(session.as_deref().map(|text| ("Policy", text)));
        let answer = self.server.query("sts", STS, &asked).await?;
        Ok(policies.person(element(&answer, "Arn")?, role, signer(&answer)?))
    }

    /// Puts a key policy, as whoever may everything on this server.
    pub(super) async fn put(&self, key: usize, text: &str) -> Result<()> {
        let body = json!({"KeyId": self.keys[key], "PolicyName": "default", "Policy": text});
        self.server.call(REGION, "TrentService.PutKeyPolicy", body).await.map(drop)
    }

    /// Whether the server lets somebody do it, with that key policy in force.
    pub(super) async fn may(&self, person: usize, key: usize, action: &str, text: &str) -> Result<bool> {
        self.may_as(&self.people[person].signer, key, action, text).await
    }

    /// The same for whoever signs.
    pub(super) async fn may_as(&self, signer: &Signer, key: usize, action: &str, text: &str) -> Result<bool> {
        let body = body(action, &self.keys[key], text);
        let answered = self.server.ask(signer, REGION, action, &body).await?;
        match (answered.status, answered.error()) {
            (200, _) => Ok(true),
            (_, "AccessDeniedException") => Ok(false),
            // Decided after who may: what is asked for cannot be done with such a key.
            (_, "ValidationException" | "InvalidCiphertextException" | "InvalidKeyUsageException")
            | (_, "UnsupportedOperationException" | "KMSInvalidSignatureException") => Ok(true),
            (status, _) => Err(Failure::new(format!("{action}: {status} {}", answered.body))),
        }
    }

    /// The same question for the evaluator, with all that this server knows of the request.
    pub(super) fn request(&self, person: usize, key: usize, action: &str) -> Request {
        let (person, key) = (&self.people[person], &self.keys[key]);
        let identity = Identity::of_caller(&person.arn).unwrap();
        let context = Context::of_call(&identity, key)
            .with("aws:PrincipalArn", &person.principal_arn)
            .with("aws:SourceIp", "127.0.0.1")
            .with("aws:SecureTransport", "false")
            .with("aws:MultiFactorAuthPresent", "false")
            .with("aws:ResourceTag/team", "orders")
            .with("aws:CurrentTime", jiff::Timestamp::now().to_string())
            .complete();
        Request { context, ..Request::of(identity, &format!("kms:{action}"), key, person.iam.clone()) }
    }
}

fn body(action: &str, key: &str, text: &str) -> Value {
    let (mut body, bytes) = (json!({"KeyId": key}), json!("AAAA"));
    let more = match action {
        "CreateGrant" => json!({"GranteePrincipal": "arn:aws:iam::123456789012:user/nobody", "Operations": ["Verify"]}),
        "Decrypt" => json!({"CiphertextBlob": bytes}),
        "Encrypt" => json!({"Plaintext": bytes}),
        "GenerateDataKey" => json!({"KeySpec": "AES_256"}),
        "GenerateMac" => json!({"Message": bytes, "MacAlgorithm": "HMAC_SHA_256"}),
        "GetKeyPolicy" => json!({"PolicyName": "default"}),
        // The policy that holds already.
        "PutKeyPolicy" => json!({"PolicyName": "default", "Policy": text}),
        // Too soon.
        "ScheduleKeyDeletion" => json!({"PendingWindowInDays": 1}),
        "Sign" => json!({"Message": bytes, "SigningAlgorithm": "ECDSA_SHA_256"}),
        "Verify" => json!({"Message": bytes, "Signature": bytes, "SigningAlgorithm": "ECDSA_SHA_256"}),
        _ => json!({}),
    };
    let more = more.as_object().cloned().unwrap_or_default();
    body.as_object_mut().unwrap().extend(more);
    body
}

impl Policies {
    fn person(&self, arn: String, principal_arn: String, signer: Signer) -> Person {
        let parts = [("own", &self.own, false), ("boundary", &self.boundary, true), ("session", &self.session, true)];
        let named = parts.into_iter().filter_map(|(name, text, limits)| {
            let text = text.as_ref()?.to_string();
            Some(NamedPolicy { name: name.to_owned(), text, limits })
        });
        let iam = IamPolicy::read(&Known::Read(named.collect()));
        Person { arn, principal_arn, iam, signer }
    }
}

fn signer(answer: &str) -> Result<Signer> {
    let credentials = Credentials {
        access_key_id: element(answer, "AccessKeyId")?,
        secret_access_key: element(answer, "SecretAccessKey")?,
    };
    Ok(Signer { credentials, session_token: element(answer, "SessionToken").ok() })
}

fn element(answer: &str, tag: &str) -> Result<String> {
    let found = answer.split_once(&format!("<{tag}>")).and_then(|(_, rest)| rest.split_once("</"));
    found.map(|(text, _)| text.to_owned()).ok_or_else(|| Failure::new(format!("no {tag} in {answer}")))
}
