//! LocalStack, ministack and fakecloud under the matrix of lost answers.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use async_trait::async_trait;
use contract::ConnectionDraft;
use domain::{Ask, Environment};
use serde_json::{Value, json};
use servers::{
    AmazonServer, Credentials, Result, State,
    fixtures::amazon::{REGION, fill, twin},
    hostile::Asked,
};

use super::{
    fault::Strike,
    person::CONNECTION,
    place::{Line, Made, Place, Scene},
};

/// What is read of a key, and of a secret. Of a certificate nothing can be changed but its tags.
const OF_KEY: &[&str] =
    &["DescribeKey", "GetKeyRotationStatus", "ListAliases", "ListGrants", "ListKeyRotations", "ListResourceTags"];
const OF_SECRET: &[&str] = &["DescribeSecret", "GetSecretValue", "ListSecretVersionIds"];

pub(crate) struct AmazonPlace {
    server: AmazonServer,
    /// What each key said when it was first asked: its description and tags. Which order made a key never changes.
    keys: Mutex<HashMap<String, String>>,
}

/// Starts it, with the address of the server that holds everything.
pub(crate) async fn start(server: AmazonServer) -> Result<(Arc<dyn Place>, String)> {
    fill(&server).await?;
    let address = server.endpoint().to_owned();
    Ok((Arc::new(AmazonPlace { server, keys: Mutex::default() }), address))
}

#[async_trait]
impl Place for AmazonPlace {
    fn draft(&self, through: &str) -> ConnectionDraft {
        let answers = [("endpoint_url", through), ("regions", REGION)];
        ConnectionDraft {
            name: CONNECTION.to_owned(),
            provider: "aws".to_owned(),
            environment: None,
            answers: answers.map(|(name, value)| (name.to_owned(), value.to_owned())).into(),
            secrets: [].into(),
            keep: false,
        }
    }

    fn environment(&self) -> Environment {
        let Credentials { access_key_id, secret_access_key } = Credentials::root();
        let mut environment = Environment::default();
        environment.variables.insert("AWS_ACCESS_KEY_ID".into(), access_key_id);
        environment.variables.insert("AWS_SECRET_ACCESS_KEY".into(), secret_access_key);
        environment
    }

    async fn scene(&self, like: Option<&str>, mark: &str) -> Result<Scene> {
        let item = match like {
            Some(like) => Some(twin(&self.server, like, mark).await?),
            None => None,
        };
        Ok(Scene { place: self.server.endpoint().to_owned(), item, mark: mark.to_owned() })
    }

    async fn line(&self, scene: &Scene, strike: Arc<Strike>) -> Result<Line> {
        Line::http(&scene.place, changes, strike).await
    }

    async fn state(&self, scene: &Scene, made: &Made) -> Result<State> {
        let mut state = State::default();
        let marks = &[scene.mark.as_str(), &made.order];
        match (&scene.item, made.ask) {
            (Some(arn), _) if arn.contains(":certificate/") => {
                let target = "CertificateManager.ListTagsForCertificate";
                self.add(&mut state, target, json!({"CertificateArn": arn}), marks).await;
            }
            (Some(arn), _) if arn.contains(":secret:") => self.secret(&mut state, arn, marks).await,
            (Some(arn), _) => self.key(&mut state, arn, marks).await,
            (None, Ask::CreateSecret) => self.secret(&mut state, &made.name, marks).await,
            (None, _) => {
                for id in self.made_by(marks).await? {
                    self.key(&mut state, &id, marks).await;
                }
            }
        }
        Ok(state)
    }
}

impl AmazonPlace {
    async fn key(&self, state: &mut State, id: &str, marks: &[&str]) {
        for operation in OF_KEY {
            self.add(state, &format!("TrentService.{operation}"), json!({"KeyId": id}), marks).await;
        }
        self.add(state, "TrentService.GetKeyPolicy", json!({"KeyId": id, "PolicyName": "default"}), marks).await;
    }

    async fn secret(&self, state: &mut State, id: &str, marks: &[&str]) {
        for operation in OF_SECRET {
            let deprecated = *operation == "ListSecretVersionIds";
            let body =
                if deprecated { json!({"SecretId": id, "IncludeDeprecated": true}) } else { json!({"SecretId": id}) };
            self.add(state, &format!("secretsmanager.{operation}"), body, marks).await;
        }
    }

    async fn add(&self, state: &mut State, target: &str, body: Value, marks: &[&str]) {
        match self.server.call(REGION, target, body).await {
            Ok(said) => state.add(target, &said, marks),
            Err(_) => state.add_refusal(target),
        }
    }

    /// The keys whose description or tags hold one of the marks.
    async fn made_by(&self, marks: &[&str]) -> Result<Vec<String>> {
        let listed = self.server.call(REGION, "TrentService.ListKeys", json!({"Limit": 1000})).await?;
        let mut made = Vec::new();
        for key in listed["Keys"].as_array().into_iter().flatten() {
            let id = key["KeyId"].as_str().unwrap_or_default();
            let known = self.keys.lock().unwrap().get(id).cloned();
            let said = match known {
                Some(said) => said,
                None => {
                    let body = json!({"KeyId": id});
                    let described = self.server.call(REGION, "TrentService.DescribeKey", body.clone()).await?;
                    let tags =
                        self.server.call(REGION, "TrentService.ListResourceTags", body).await.unwrap_or_default();
                    let said = format!("{} {tags}", described["KeyMetadata"]["Description"]);
                    self.keys.lock().unwrap().insert(id.to_owned(), said.clone());
                    said
                }
            };
            if marks.iter().any(|mark| said.contains(mark)) {
                made.push(id.to_owned());
            }
        }
        Ok(made)
    }
}

/// Whether a request would change something: every other operation begins with what it reads.
fn changes(asked: &Asked) -> bool {
    let operation = asked.operation().rsplit('.').next().unwrap_or_default();
    !operation.is_empty() && !["Describe", "Get", "List"].iter().any(|read| operation.starts_with(read))
}
