//! Sign-ins that wait for a person, in the shell: the address always, and the browser where there is a desktop.

use app::App;
use contract::{PromptList, WatchPrompts};

use crate::{page, print};

/// Tells each prompt once, for as long as the command runs.
pub(super) fn tell(app: &App) {
    let app = app.clone();
    tokio::spawn(async move {
        let newest = std::sync::Mutex::new(0);
        let sink = move |list: PromptList| {
            let Ok(mut newest) = newest.lock() else { return false };
            for prompt in list.prompts.iter().filter(|prompt| prompt.id > *newest) {
                let (place, page) = (print::safe(&prompt.place), print::safe(&prompt.page));
                match &prompt.code {
                    Some(code) => eprintln!(
                        "Sign in to {place}: open {page} on any device and enter the code {} (until {}).",
                        print::safe(code),
                        prompt.until
                    ),
                    None => {
                        eprintln!("Sign in to {place} in the browser (until {}):\n{page}", prompt.until);
                        if page::desktop()
                            && let Err(error) = page::open(&prompt.page)
                        {
                            eprintln!("The browser did not open: {}", error.message());
                        }
                    }
                }
            }
            *newest = list.prompts.iter().map(|prompt| prompt.id).max().unwrap_or(0).max(*newest);
            true
        };
        if let Err(error) = app.watch_prompts(WatchPrompts { operation: "prompts".into() }, &sink).await {
            tracing::warn!(error = ?error, "prompts are not told");
        }
    });
}
