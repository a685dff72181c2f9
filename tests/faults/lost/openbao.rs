//! OpenBao under the matrix of lost answers.

use std::sync::Arc;

use async_trait::async_trait;
use contract::ConnectionDraft;
use domain::Ask;
use serde_json::Value;
use servers::{
    OpenBao, Result, State,
    fixtures::openbao::{fill, twin},
    hostile::Asked,
};

use super::{
    fault::Strike,
    person::CONNECTION,
    place::{Line, Made, Place, Scene},
};

pub(crate) struct OpenBaoPlace {
    server: OpenBao,
}

/// Starts it, with the address of the server that holds everything.
pub(crate) async fn start() -> Result<(Arc<dyn Place>, String)> {
    let server = OpenBao::start().await?;
    fill(&server).await?;
    let address = server.address().to_owned();
    Ok((Arc::new(OpenBaoPlace { server }), address))
}

#[async_trait]
impl Place for OpenBaoPlace {
    fn draft(&self, through: &str) -> ConnectionDraft {
        ConnectionDraft {
            name: CONNECTION.to_owned(),
            provider: "vault".to_owned(),
            environment: None,
            answers: [("address", through), ("auth", "token")]
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .into(),
            secrets: [("token".to_owned(), OpenBao::ROOT_TOKEN.to_owned())].into(),
            keep: true,
        }
    }

    async fn scene(&self, like: Option<&str>, mark: &str) -> Result<Scene> {
        let item = match like {
            Some(like) => Some(twin(&self.server, like, mark).await?),
            None => None,
        };
        Ok(Scene { place: self.server.address().to_owned(), item, mark: mark.to_owned() })
    }

    async fn line(&self, scene: &Scene, strike: Arc<Strike>) -> Result<Line> {
        Line::http(&scene.place, changes, strike).await
    }

    async fn state(&self, scene: &Scene, made: &Made) -> Result<State> {
        let path = match (&scene.item, made.ask) {
            (Some(address), _) => address.split_once("/v1/").map(|(_, path)| path.to_owned()).unwrap_or_default(),
            (None, Ask::CreateSecret) => format!("secret/data/{}", made.name),
            (None, _) => format!("transit/keys/{}", made.name),
        };
        let mut state = State::default();
        self.add(&mut state, &path, &[&scene.mark]).await?;
        if path.starts_with("secret/") {
            self.add(&mut state, &path.replacen("/data/", "/metadata/", 1), &[&scene.mark]).await?;
        }
        if made.ask == Ask::ChangePolicy {
            self.add(&mut state, &format!("sys/policies/acl/{}", made.name), &[&scene.mark]).await?;
        }
        Ok(state)
    }
}

impl OpenBaoPlace {
    async fn add(&self, state: &mut State, path: &str, marks: &[&str]) -> Result<()> {
        let (status, said) = self.server.call_as(OpenBao::ROOT_TOKEN, "", "GET", path, Value::Null).await?;
        // A deleted value is a 404 that tells of its version.
        let kind = path.split('/').take(2).collect::<Vec<_>>().join("/");
        match said.get("data").filter(|data| !data.is_null()) {
            Some(data) => state.add(&kind, data, marks),
            None => state.add_refusal(&format!("{kind} {status}")),
        }
        Ok(())
    }
}

/// Whether a request would change something.
fn changes(asked: &Asked) -> bool {
    let reads = ["sys/capabilities-self", "auth/token/lookup-self"].iter().any(|path| asked.path.contains(path));
    !reads && !["GET", "LIST", "HEAD"].contains(&asked.method.as_str())
}
