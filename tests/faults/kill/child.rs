//! The process that is killed: this program with a task. It connects, plans, waits for a word, and carries the change
//! out.

use std::{
    io::{BufRead, Write},
    path::{Path, PathBuf},
    process::{Child, Command, ExitCode, Stdio},
    sync::Arc,
};

use app::{App, NoDesktop};
use contract::{AddConnection, ConnectionDraft, PlanChange, PlanWire, SetWriteMode};
use domain::Environment;
use serde_json::{Value, json};

use super::{
    clock,
    countdown::{Countdown, FileKeychain},
    mortal::Mortal,
};
use crate::{
    between::Connecting,
    lost::person::{CONNECTION, PATIENCE, confirmation},
};

/// The file with the task.
const TASK: &str = "CLAVIGER_FAULTS_CHILD";

/// The file with the task of this process, if it has one.
pub(crate) fn task() -> Option<PathBuf> {
    std::env::var_os(TASK).map(PathBuf::from)
}

/// What the process has to do.
pub(crate) struct Task<'a> {
    pub(crate) home: &'a Path,
    pub(crate) draft: &'a ConnectionDraft,
    pub(crate) environment: &'a Environment,
    pub(crate) change: &'a PlanChange,
    pub(crate) end_at: Option<usize>,
    pub(crate) clock_ahead: bool,
}

impl Task<'_> {
    /// Starts the process.
    pub(crate) fn start(&self) -> std::io::Result<Child> {
        let file = self.home.join("task.json");
        let task = json!({
            "home": self.home, "draft": self.draft, "variables": self.environment.variables,
            "change": self.change, "end_at": self.end_at,
        });
        std::fs::write(&file, task.to_string())?;
        let mut command = Command::new(std::env::current_exe()?);
        command.env(TASK, file).stdin(Stdio::piped()).stdout(Stdio::piped());
        if let Some(library) = self.clock_ahead.then(clock::ahead).flatten() {
            command.env("LD_PRELOAD", library);
        }
        command.spawn()
    }
}

/// The app over a home, whose instants are counted.
pub(crate) fn open(home: &Path, environment: &Environment, countdown: &Arc<Countdown>) -> domain::Result<App> {
    let keychain = FileKeychain::within(home, Arc::clone(countdown));
    let connector = Connecting(Arc::new(Mortal { countdown: Arc::clone(countdown), sent: home.join("sent") }));
    let app = App::open_with(home, environment.clone(), keychain, Arc::new(NoDesktop), Arc::new(connector))?;
    app.set_patience(PATIENCE);
    Ok(app)
}

/// Does what the task says. Tells the plan in one line, waits for one, and tells how it ended in another.
pub(crate) fn carry_out(task: &Path) -> std::io::Result<ExitCode> {
    let task: Value = serde_json::from_slice(&std::fs::read(task)?)?;
    let home = PathBuf::from(task["home"].as_str().unwrap_or_default());
    let environment =
        Environment { variables: serde_json::from_value(task["variables"].clone())?, ..Environment::default() };
    let countdown = Countdown::to(serde_json::from_value(task["end_at"].clone())?);
    let (draft, change) =
        (serde_json::from_value(task["draft"].clone())?, serde_json::from_value(task["change"].clone())?);
    let ended = tokio::runtime::Runtime::new()?.block_on(async {
        let app = open(&home, &environment, &countdown)?;
        let plan = planned(&app, draft, change).await?;
        tell(&serde_json::to_value(&plan).unwrap_or_default());
        let _ = std::io::stdin().lock().read_line(&mut String::new());
        countdown.arm();
        app.confirm_change(confirmation(&plan)).await
    });
    let word = match &ended {
        Ok(order) => json!({"state": order.state, "instants": countdown.passed()}),
        Err(error) => json!({"error": error.to_string()}),
    };
    tell(&word);
    Ok(if ended.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn planned(app: &App, draft: ConnectionDraft, change: PlanChange) -> domain::Result<PlanWire> {
    app.add_connection(AddConnection { draft }).await?;
    app.set_write_mode(SetWriteMode { connection: CONNECTION.to_owned(), on: true }).await?;
    app.plan_change(change).await
}

fn tell(word: &Value) {
    println!("{word}");
    let _ = std::io::stdout().flush();
}
