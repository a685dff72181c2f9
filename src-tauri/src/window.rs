//! The window: one web view on the embedded pages, with no way out of them.

use std::{path::PathBuf, process::ExitCode, sync::Arc};

use app::App;
use domain::Result;
use tauri::{AppHandle, Emitter, Manager, RunEvent, WebviewUrl, WebviewWindowBuilder};
use tauri_plugin_dialog::{DialogExt, MessageDialogKind};

use crate::{bind, clipboard, desktop::WindowDesktop, home, keychain::OsKeychain};

/// The variable by which a WebDriver may drive the window.
const AUTOMATION: &str = "TAURI_WEBVIEW_AUTOMATION";

/// Release builds cannot be driven from outside: a program that starts Claviger must not read what it shows.
#[cfg(not(debug_assertions))]
pub(crate) fn refuse_automation() {
    // SAFETY: called first in `main`, before any other thread exists that could read the environment.
    #[allow(unsafe_code, reason = "removing a variable is only sound while there is one thread, which is so here")]
    unsafe {
        std::env::remove_var(AUTOMATION);
    }
}

/// Debug builds may be driven: that is how the end-to-end tests work.
#[cfg(debug_assertions)]
pub(crate) fn refuse_automation() {}

/// Opens the window, at the item `reference` names if there is one, and runs until it is closed.
pub(crate) fn open(home: PathBuf, reference: Option<String>) -> ExitCode {
    let mut builder = tauri::Builder::default();
    // A state folder of one's own is an instance of its own, and a driven window must not hand over to another.
    if home::chosen().is_none() && std::env::var_os(AUTOMATION).is_none() {
        builder =
            builder.plugin(tauri_plugin_single_instance::init(|handle, arguments, _| show_again(handle, &arguments)));
    }
    let built = builder
        .plugin(tauri_plugin_dialog::init())
        .plugin(tauri_plugin_clipboard_manager::init())
        .manage(clipboard::Pending::default())
        .invoke_handler(bind::handler())
        .setup(move |tauri| {
            match core(&home, reference, tauri.handle()) {
                Ok(core) => {
                    tauri.manage(core);
                    page(tauri.handle(), &home)?;
                }
                Err(error) => refuse_to_start(tauri.handle(), &error),
            }
            Ok(())
        })
        .build(tauri::generate_context!());
    match built {
        Ok(app) => {
            app.run(|handle, event| {
                if matches!(event, RunEvent::Exit) {
                    clipboard::clear_at_exit(handle);
                }
            });
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!(
                "claviger: open the window: {error}\nNext: check that a display is reachable (DISPLAY or WAYLAND_DISPLAY)."
            );
            ExitCode::FAILURE
        }
    }
}

fn core(home: &std::path::Path, reference: Option<String>, handle: &AppHandle) -> Result<App> {
    let keychain = Arc::new(OsKeychain::new(home));
    let core = App::open(home, home::environment(), keychain, Arc::new(WindowDesktop(handle.clone())))?;
    if let Some(reference) = reference {
        core.set_open_at(reference);
    }
    let recovering = core.clone();
    tauri::async_runtime::spawn(async move {
        if let Err(error) = recovering.recover().await {
            tracing::warn!(error = ?error, "what an earlier start left open could not be settled");
        }
    });
    Ok(core)
}

fn page(handle: &AppHandle, home: &std::path::Path) -> tauri::Result<()> {
    WebviewWindowBuilder::new(handle, "main", WebviewUrl::default())
        .title("Claviger")
        .inner_size(1360.0, 820.0)
        .min_inner_size(720.0, 480.0)
        .data_directory(home.join("webview"))
        .on_navigation(|url| {
            let ours = match url.scheme() {
                "tauri" => url.host_str() == Some("localhost"),
                "http" | "https" => url.host_str() == Some("tauri.localhost") || is_development_server(url),
                _ => false,
            };
            ours || url.as_str() == "about:blank"
        })
        .on_new_window(|_, _| tauri::webview::NewWindowResponse::Deny)
        .build()?;
    Ok(())
}

fn is_development_server(url: &tauri::Url) -> bool {
    tauri::is_dev() && url.host_str() == Some("localhost") && url.port() == Some(5173)
}

fn show_again(handle: &AppHandle, arguments: &[String]) {
    let Some(window) = handle.get_webview_window("main") else { return };
    // A window that cannot be raised still gets the link.
    let _ = window.unminimize();
    let _ = window.set_focus();
    if let [_, command, reference] = arguments
        && command == "open"
    {
        let _ = handle.emit_to("main", "navigate", reference);
    }
}

fn refuse_to_start(handle: &AppHandle, error: &domain::Error) {
    let text = format!("{}\n\nNothing was changed.\n\n{}", error.message(), error.next());
    eprintln!("claviger: {error}\nNext: {}", error.next());
    let exit = handle.clone();
    handle
        .dialog()
        .message(text)
        .title("Claviger did not start")
        .kind(MessageDialogKind::Error)
        .show(move |_| exit.exit(1));
}
