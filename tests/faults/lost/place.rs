//! A place as the matrix of lost answers sees it: scenes for its changes, lines that lose answers, and its own word on
//! what is there.

use std::{
    hash::{DefaultHasher, Hash, Hasher},
    sync::Arc,
};

use app::Connector;
use async_trait::async_trait;
use contract::ConnectionDraft;
use domain::{Ask, Environment};
use servers::{
    Result, State,
    hostile::{Asked, Hostile, Said},
};

use super::fault::{Fault, Strike};

/// One running place.
#[async_trait]
pub(crate) trait Place: Send + Sync {
    /// What a person would connect with, if the place were at the address `through`.
    fn draft(&self, through: &str) -> ConnectionDraft;

    /// The variables that signing in takes.
    fn environment(&self) -> Environment {
        Environment::default()
    }

    /// Whether the whole process is lost with the answer.
    fn dies_of(&self, _: Fault) -> bool {
        false
    }

    /// A thing like the fixture's item of that name, for one change alone, with the mark in its own name; or only the
    /// vault, for something to be made in.
    async fn scene(&self, like: Option<&str>, mark: &str) -> Result<Scene>;

    /// A line to it on which `strike` loses one answer.
    async fn line(&self, scene: &Scene, strike: Arc<Strike>) -> Result<Line>;

    /// What the server says of the scene's item; without one, of what was made there by the order of that number under
    /// that name.
    async fn state(&self, scene: &Scene, made: &Made) -> Result<State>;
}

/// Where one change is tried.
pub(crate) struct Scene {
    /// The address of the server, or the file.
    pub(crate) place: String,
    /// The address of the item; `None` if something is to be made.
    pub(crate) item: Option<String>,
    /// Stands in every name and text that is made up for it, and nowhere else.
    pub(crate) mark: String,
}

/// By what a thing is known that a change makes.
pub(crate) struct Made {
    pub(crate) ask: Ask,
    pub(crate) order: String,
    /// Its name, where it has one.
    pub(crate) name: String,
}

/// A way to the place.
pub(crate) struct Line {
    /// The address that stands for the place's.
    pub(crate) through: String,
    /// What connects over it.
    pub(crate) connector: Arc<dyn Connector>,
    /// Every request so far that would change something, as it reached the place.
    pub(crate) sent: Box<dyn Fn() -> Vec<String> + Send + Sync>,
}

impl Line {
    /// A line over HTTP. `changes` tells which requests change something.
    pub(crate) async fn http(place: &str, changes: fn(&Asked) -> bool, strike: Arc<Strike>) -> Result<Self> {
        let script = move |asked: &Asked| match changes(asked).then(|| strike.next()).flatten() {
            Some(fault) => {
                strike.done();
                fault.said()
            }
            None => Said::Real,
        };
        let hostile = Hostile::before(place, Arc::new(script)).await?;
        Ok(Self {
            through: hostile.address(),
            connector: Arc::new(app::Providers),
            sent: Box::new(move || hostile.forwarded().iter().filter(|asked| changes(asked)).map(told).collect()),
        })
    }
}

/// Two requests that read the same are the same.
fn told(asked: &Asked) -> String {
    let mut hasher = DefaultHasher::new();
    asked.body.hash(&mut hasher);
    format!("{} {} {} {:x}", asked.method, asked.path, asked.operation(), hasher.finish())
}
