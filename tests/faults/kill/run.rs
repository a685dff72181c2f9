//! One killing: the process is started, ended at its instant, and what it left is taken up as a person would.

use std::{
    io::{BufRead, BufReader, Write},
    path::Path,
    process::{Child, ChildStdout},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};

use app::App;
use contract::{NameOrder, Nothing, OrderState, OrderWire, PlanChange, PlanWire, SetWriteMode};
use domain::{Environment, Kind};
use libtest_mimic::Failed;
use serde_json::Value;
use servers::{
    State,
    hostile::{Asked, Hostile, Said},
};
use tempfile::TempDir;

use super::{
    child::{Task, open},
    countdown::Countdown,
};
use crate::lost::{
    deed::{Deed, Honest, Setting},
    fault::Fault,
    person::{CONNECTION, confirmation},
    place::{Made, Place},
};

/// When the process ends.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum End {
    /// Before or after something that it does itself, counted from 0.
    Instant(usize),
    /// When its request of that number arrives; it goes no further.
    Arriving(usize),
    /// When its request of that number was answered, before the answer reaches it.
    Answered(usize),
    /// Not at all.
    Never,
}

/// One who makes the change again after the restart instead of looking what became of it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Naive;

/// One change whose process is killed.
pub(crate) struct Killing<'a> {
    pub(crate) deed: &'a Deed,
    pub(crate) honest: &'a Honest,
    pub(crate) end: End,
    /// Whether the clock is an hour further back at the next start.
    pub(crate) set_back: bool,
    pub(crate) naive: Option<Naive>,
}

/// What is known in the end.
pub(crate) struct Left {
    /// `None` if the journal knows of no order.
    pub(crate) order: Option<OrderWire>,
    /// What reached the place.
    pub(crate) sent: Vec<String>,
    pub(crate) before: State,
    pub(crate) after: State,
}

impl Killing<'_> {
    /// Kills it, takes up what is left, and judges. Gives the instants and requests of a run that ended by itself.
    pub(crate) async fn run(&self, place: &dyn Place) -> Result<(usize, usize), Failed> {
        let setting = self.deed.set(place, Fault::ResetBefore).await?.ok_or("it is not offered any more")?;
        let proxy = Proxy::before(&setting.line.through, self.end).await?;
        let through = proxy.hostile.as_ref().map_or_else(|| setting.line.through.clone(), Hostile::address);
        let change = setting.request(self.deed.ask, &self.deed.on, self.deed.way, &through).await?;
        let (home, environment, draft) = (TempDir::new()?, place.environment(), place.draft(&through));
        let end_at = if let End::Instant(at) = self.end { Some(at) } else { None };
        let task = Task {
            home: home.path(),
            draft: &draft,
            environment: &environment,
            change: &change,
            end_at,
            clock_ahead: self.set_back,
        };
        let (child, mut said) = proxy.watch(task.start()?)?;
        let (plan, said_on) = off_thread(move || Ok((line(&mut said)?, said))).await?;
        let plan: PlanWire = serde_json::from_value(plan.clone()).map_err(|_| format!("it said {plan}"))?;
        let made = Made { ask: self.deed.ask, order: plan.order.clone(), name: plan.name.clone() };
        let before = place.state(&setting.scene, &made).await?;
        if before != self.honest.before {
            return Err(format!("the scene is another: {:?}", before.differences(&self.honest.before)).into());
        }
        let already = (setting.line.sent)().len();
        let ended = self.carry_out(&proxy, &child, said_on).await?;
        let app = open(home.path(), &environment, &Countdown::to(None))?;
        let order = match self.naive {
            Some(Naive) => Some(again(&app, change).await?),
            None => take_up(&app, &plan.order).await?,
        };
        let sent = || sent(&setting, home.path(), already);
        let once = sent();
        drop(app);
        let order = later(home.path(), &environment, order, self.naive.is_some()).await?;
        if sent() != once {
            return Err(format!("something was sent again: {once:?}, then {:?}", sent()).into());
        }
        let after = place.state(&setting.scene, &made).await?;
        self.judge(&Left { order, sent: once, before, after })?;
        Ok((ended, proxy.asked.load(Ordering::SeqCst)))
    }

    /// Gives the word and waits for the end, which must be the one that was meant. Gives the instants that passed.
    async fn carry_out(&self, proxy: &Proxy, child: &Shared, said: BufReader<ChildStdout>) -> Result<usize, Failed> {
        proxy.armed.store(true, Ordering::SeqCst);
        let child = Arc::clone(child);
        let stdin = child.lock().unwrap().as_mut().and_then(|child| child.stdin.take());
        stdin.ok_or("it does not listen")?.write_all(b"go\n")?;
        let (word, status) = off_thread(move || {
            let word = line(&mut { said }).ok();
            // At the end of its output it has ended, or is about to.
            let mut child = child.lock().unwrap();
            Ok((word, child.as_mut().ok_or("it never began")?.wait()?))
        })
        .await?;
        match (self.end, word) {
            (End::Never, Some(word)) if word["state"] == "done" => {
                Ok(word["instants"].as_u64().unwrap_or_default() as usize)
            }
            (End::Never, word) => Err(format!("it ended with {status} and {word:?}").into()),
            (_, Some(word)) => Err(format!("it was never killed: {word}").into()),
            (_, None) if status.code().is_some() => Err(format!("it was not killed, but ended with {status}").into()),
            (_, None) => Ok(0),
        }
    }
}

/// The process, once it runs.
type Shared = Arc<Mutex<Option<Child>>>;

/// What stands between the process and a place over a network, and kills it at one of its requests.
struct Proxy {
    hostile: Option<Hostile>,
    armed: Arc<AtomicBool>,
    asked: Arc<AtomicUsize>,
    child: Shared,
}

impl Proxy {
    async fn before(upstream: &str, end: End) -> Result<Self, Failed> {
        let (armed, asked, child) =
            (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)), Shared::default());
        let (is_armed, counted, victim) = (Arc::clone(&armed), Arc::clone(&asked), Arc::clone(&child));
        let script = move |_: &Asked| {
            if !is_armed.load(Ordering::SeqCst) {
                return Said::Real;
            }
            let number = counted.fetch_add(1, Ordering::SeqCst);
            let victim = Arc::clone(&victim);
            if end == End::Arriving(number) {
                kill(&victim);
                Said::Hang
            } else if end == End::Answered(number) {
                Said::Then(Box::new(move || {
                    kill(&victim);
                    Said::Hang
                }))
            } else {
                Said::Real
            }
        };
        let hostile = match upstream.starts_with("http") {
            true => Some(Hostile::before(upstream, Arc::new(script)).await?),
            false => None,
        };
        Ok(Self { hostile, armed, asked, child })
    }

    fn watch(&self, mut child: Child) -> Result<(Shared, BufReader<ChildStdout>), Failed> {
        let said = BufReader::new(child.stdout.take().ok_or("it has no output")?);
        *self.child.lock().unwrap() = Some(child);
        Ok((Arc::clone(&self.child), said))
    }
}

/// What was left behind by one who was ended must not go on by itself.
impl Drop for Proxy {
    fn drop(&mut self) {
        kill(&self.child);
        if let Some(mut child) = self.child.lock().unwrap().take() {
            let _ = child.wait();
        }
        // From here on, what is asked is handed through.
        self.armed.store(false, Ordering::SeqCst);
    }
}

fn kill(child: &Shared) {
    if let Some(child) = child.lock().unwrap().as_mut() {
        let _ = child.kill();
    }
}

/// One word of the process.
fn line(said: &mut BufReader<ChildStdout>) -> Result<Value, Failed> {
    let mut line = String::new();
    said.read_line(&mut line)?;
    serde_json::from_str(&line).map_err(|_| format!("it said {line:?}").into())
}

/// As at every start; then as a person who wants to know, and goes on with what may go on.
async fn take_up(app: &App, order: &str) -> Result<Option<OrderWire>, Failed> {
    app.recover().await?;
    let named = || NameOrder { order: order.to_owned() };
    let mut found = match app.check_order(named()).await {
        Err(error) if error.kind() == Kind::NotFound => return Ok(None),
        found => found?,
    };
    if found.state == OrderState::Paused {
        if app.continue_order(named()).await.is_ok() {
            return Err("it went on without being allowed to change anything".into());
        }
        app.set_write_mode(SetWriteMode { connection: CONNECTION.to_owned(), on: true }).await?;
        found = match app.continue_order(named()).await {
            Ok(found) => found,
            // What it would send is not known any more.
            Err(error) if error.kind() == Kind::Conflict => app.abandon_order(named()).await?,
            Err(error) => return Err(error.into()),
        };
    }
    Ok(Some(found))
}

/// The start after that finds everything settled.
async fn later(
    home: &Path,
    environment: &Environment,
    order: Option<OrderWire>,
    naive: bool,
) -> Result<Option<OrderWire>, Failed> {
    let Some(order) = order else { return Ok(None) };
    let app = open(home, environment, &Countdown::to(None))?;
    if !naive {
        app.recover().await?;
    }
    app.set_write_mode(SetWriteMode { connection: CONNECTION.to_owned(), on: true }).await?;
    let found = app.check_order(NameOrder { order: order.order.clone() }).await?;
    if found.state != order.state {
        return Err(format!("it was {:?}, and is {:?} after another start", order.state, found.state).into());
    }
    let verdict = app.verify_journal(Nothing {}).await?;
    if verdict.sound { Ok(Some(found)) } else { Err(format!("the journal is not sound: {verdict:?}").into()) }
}

/// Makes the same change anew.
async fn again(app: &App, change: PlanChange) -> Result<OrderWire, Failed> {
    app.set_write_mode(SetWriteMode { connection: CONNECTION.to_owned(), on: true }).await?;
    let plan = app.plan_change(change).await?;
    Ok(app.confirm_change(confirmation(&plan)).await?)
}

/// What was sent: by the place's own line, or where there is none, by the process's own word.
fn sent(setting: &Setting, home: &Path, already: usize) -> Vec<String> {
    match setting.line.through.starts_with("http") {
        true => (setting.line.sent)().split_off(already),
        false => {
            let told = std::fs::read_to_string(home.join("sent")).unwrap_or_default();
            told.lines().map(str::to_owned).collect()
        }
    }
}

async fn off_thread<T: Send + 'static>(work: impl FnOnce() -> Result<T, Failed> + Send + 'static) -> Result<T, Failed> {
    tokio::task::spawn_blocking(work).await.map_err(|error| Failed::from(error.to_string()))?
}
