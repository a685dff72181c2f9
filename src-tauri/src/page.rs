//! Pages in the person's own browser: only those of a sign-in, and only over TLS.

use domain::{Error, Kind, Result};

/// Whether there is a desktop that could show one.
pub(crate) fn desktop() -> bool {
    cfg!(any(windows, target_os = "macos"))
        || ["DISPLAY", "WAYLAND_DISPLAY"]
            .iter()
            .any(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty()))
}

/// Opens a page.
///
/// # Errors
/// `Invalid` for an address that is not `https`, `Unsupported` if no browser opens.
pub(crate) fn open(page: &str) -> Result<()> {
    if !page.starts_with("https://") {
        return Err(Error::new(Kind::Invalid, "open the page", "its address is not one of https"));
    }
    open::that_detached(page).map_err(|cause| {
        Error::new(Kind::Unsupported, "open the page", "no browser opened")
            .with_next("Copy the address, and open it yourself.")
            .with_source(cause)
    })
}
