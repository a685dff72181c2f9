//! Changes of a scripted place: what each sending does is told beforehand, and every one that arrives is counted.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::{Arc, Mutex},
};

use async_trait::async_trait;
use domain::{
    Answers, Ask, Change, Changed, Changes, Error, Finding, Kind, Offer, OrderId, Outcome, Performed, Plan, Question,
    QuestionKind, Result, Sending, Step, Target, Tier, Undo, VaultId,
};
use serde_json::json;
use tokio::sync::Notify;

/// What one sending does.
#[derive(Clone)]
pub(crate) enum Perform {
    /// It is done, and said to be.
    Done,
    /// It is done, and the answer is lost.
    DoneUnheard,
    /// It is lost before it arrives.
    Lost,
    /// It is said to be done, and is not.
    OnlySaid,
    /// The provider breaks off before it sends anything.
    Panics,
    /// The place says no.
    Refused,
    /// It is done once the second is told; the first is told when it has arrived.
    Waits(Arc<Notify>, Arc<Notify>),
}

/// What one reading says, other than the truth.
pub(crate) enum Reads {
    Fails,
    /// As before, although it is done: the place shows it late.
    Late,
    Panics,
    Unclear,
}

/// A sending that arrived.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Arrived {
    pub(crate) order: OrderId,
    pub(crate) step: u64,
    pub(crate) secret: Option<String>,
}

/// The script of a place's changes. Without one, a plan has one step, and each sending is done.
pub(crate) struct Changing {
    pub(crate) steps: Mutex<u64>,
    pub(crate) tier: Mutex<Tier>,
    pub(crate) undo: Mutex<Option<bool>>,
    pub(crate) performs: Mutex<VecDeque<Perform>>,
    pub(crate) reads: Mutex<VecDeque<Reads>>,
    pub(crate) arrived: Mutex<Vec<Arrived>>,
    /// What comes of each step that is done.
    pub(crate) effect: Mutex<Option<Arc<dyn Fn() + Send + Sync>>>,
    /// What an answer says that an order made.
    pub(crate) results: Mutex<BTreeMap<String, String>>,
    /// What a reading finds that it made.
    pub(crate) found: Mutex<BTreeMap<String, String>>,
    done: Mutex<Vec<(OrderId, u64)>>,
}

impl Default for Changing {
    fn default() -> Self {
        Self {
            steps: Mutex::new(1),
            tier: Mutex::new(Tier::Undo),
            undo: Mutex::default(),
            performs: Mutex::default(),
            reads: Mutex::default(),
            arrived: Mutex::default(),
            effect: Mutex::default(),
            found: Mutex::default(),
            results: Mutex::new(BTreeMap::from([("version".to_owned(), "2".to_owned())])),
            done: Mutex::default(),
        }
    }
}

impl Changing {
    /// What the next sendings do, in order.
    pub(crate) fn performs(&self, script: impl IntoIterator<Item = Perform>) {
        self.performs.lock().unwrap().extend(script);
    }

    /// What the next readings say.
    pub(crate) fn reads(&self, script: impl IntoIterator<Item = Reads>) {
        self.reads.lock().unwrap().extend(script);
    }

    fn is_done(&self, order: &OrderId, step: u64) {
        self.done.lock().unwrap().push((order.clone(), step));
        if let Some(effect) = self.effect.lock().unwrap().clone() {
            effect();
        }
    }

    /// The steps of the sendings that arrived.
    pub(crate) fn steps_arrived(&self) -> Vec<u64> {
        self.arrived.lock().unwrap().iter().map(|one| one.step).collect()
    }
}

fn number(step: &Step) -> u64 {
    step.parameters["number"].as_u64().unwrap()
}

fn lost() -> Error {
    Error::new(Kind::Interrupted, "send", "the line went dead").with_changed(Changed::Unknown)
}

#[async_trait]
impl Changes for Changing {
    async fn vault_offers(&self, _: &VaultId) -> Vec<Offer> {
        vec![Offer::allow(Ask::CreateKey), Offer::refuse(Ask::CreateSecret, "There are no secrets.")]
    }

    async fn questions(&self, ask: Ask, _: &Target) -> Result<Vec<Question>> {
        Ok(match ask {
            Ask::WriteValue => vec![Question::new("value", "Value", QuestionKind::Secret).required()],
            Ask::ScheduleDeletion => {
                vec![Question::new("days", "Days", QuestionKind::Number { least: 7, most: 30 }).required()]
            }
            _ => Vec::new(),
        })
    }

    async fn plan(&self, change: &Change) -> Result<Plan> {
        let secrets = change.secrets.keys().cloned().collect::<Vec<_>>();
        let step = |number: u64| Step {
            says: format!("Step {number}"),
            operation: format!("scripted:Step{number}"),
            parameters: json!({"number": number}),
            command: format!("scripted step {number}"),
            before: json!(null),
            secrets: secrets.clone(),
        };
        let undo = *self.undo.lock().unwrap();
        Ok(Plan {
            ask: change.ask,
            target: change.target.clone(),
            name: "payments".to_owned(),
            title: format!("{} payments", change.ask.word()),
            tier: *self.tier.lock().unwrap(),
            effects: vec!["It is different.".to_owned()],
            warnings: Vec::new(),
            steps: (0..*self.steps.lock().unwrap()).map(step).collect(),
            undo: undo.map(|whole| Undo {
                ask: Ask::Enable,
                target: change.target.clone(),
                answers: Answers::new(),
                whole,
            }),
        })
    }

    async fn perform(&self, sending: Sending) -> Outcome {
        let script = self.performs.lock().unwrap().pop_front().unwrap_or(Perform::Done);
        let (order, step) = (sending.order().clone(), number(sending.step()));
        let arrives = || {
            let secret = sending.secret("value").map(|secret| secret.expose_text().unwrap().to_owned());
            self.arrived.lock().unwrap().push(Arrived { order: order.clone(), step, secret });
        };
        let does = || {
            arrives();
            self.is_done(&order, step);
        };
        let said = || {
            let results = self.results.lock().unwrap().clone();
            Outcome::Done { request_id: Some("request-1".to_owned()), results }
        };
        match script {
            Perform::Done => does(),
            Perform::DoneUnheard => {
                does();
                return Outcome::Unknown(lost());
            }
            Perform::Lost => return Outcome::Unknown(lost()),
            Perform::OnlySaid => arrives(),
            Perform::Panics => panic!("as scripted"),
            Perform::Refused => {
                arrives();
                let refused = Error::new(Kind::Denied, "send", "you may not").with_permission("scripted:Change");
                return Outcome::Refused(refused.with_refused_by("the place"));
            }
            Perform::Waits(here, go) => {
                arrives();
                here.notify_one();
                go.notified().await;
                self.is_done(&order, step);
            }
        }
        said()
    }

    async fn check(&self, performed: &Performed) -> Result<Finding> {
        let script = self.reads.lock().unwrap().pop_front();
        match script {
            Some(Reads::Fails) => return Err(Error::new(Kind::Interrupted, "read", "the line went dead")),
            Some(Reads::Late) => return Ok(Finding::NotDone { evidence: "nothing is seen yet".to_owned() }),
            Some(Reads::Panics) => panic!("as scripted"),
            Some(Reads::Unclear) => return Ok(Finding::Unclear { evidence: "there are two of them".to_owned() }),
            None => {}
        }
        let done = self.done.lock().unwrap().contains(&(performed.order.clone(), number(&performed.step)));
        let results = self.found.lock().unwrap().clone();
        Ok(match done {
            true => Finding::Done { evidence: "it is seen".to_owned(), results },
            false => Finding::NotDone { evidence: "nothing is seen".to_owned() },
        })
    }
}
