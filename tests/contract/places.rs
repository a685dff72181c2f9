//! Every place that the promises are tried at. A new provider adds a file and its line here.

mod amazon;
mod azure;
mod local;
mod openbao;

use crate::place::Lazy;

/// In the order they are tried.
pub(crate) fn all() -> Vec<Lazy> {
    vec![
        Lazy::new("local", || Box::pin(local::start())),
        Lazy::new("openbao", || Box::pin(openbao::start())),
        Lazy::new("openbao-tls", || Box::pin(openbao::start_tls())),
        Lazy::new("localstack", || Box::pin(amazon::localstack())),
        Lazy::new("ministack", || Box::pin(amazon::ministack())),
        Lazy::new("fakecloud", || Box::pin(amazon::fakecloud())),
        Lazy::new("azure", || Box::pin(azure::start())),
    ]
}
