//! The client of changes: sends one request, once. It retries nothing, follows no redirect, and opens a connection of
//! its own each time, so that a connection that died while it was idle cannot leave a doubt about what was sent.

use domain::{Error, Kind, Result, Secret};
use reqwest::{Method, header::CONTENT_TYPE};
use zeroize::Zeroizing;

use crate::{
    address::Address,
    error,
    logged::Logged,
    wire::{self, Answer},
};

/// The client. Apart from the one of reads, whose rules would send again.
#[derive(Debug)]
pub(crate) struct Writer(reqwest::Client);

/// One request that changes something.
#[derive(Debug)]
pub(crate) struct Write<'a> {
    /// An infinitive for a person.
    pub(crate) operation: &'static str,
    /// `POST` or `DELETE`.
    pub(crate) method: Method,
    /// The API path without `v1/`, taken literally.
    pub(crate) path: &'a str,
    /// JSON, which may hold a secret value and is wiped.
    pub(crate) body: Option<Zeroizing<Vec<u8>>>,
}

/// Why there is no answer.
#[derive(Debug)]
pub(crate) enum Unanswered {
    /// Not a byte of the request left this computer.
    NotSent(Error),
    /// The request may have arrived.
    Lost(Error),
}

impl Writer {
    /// The rules of this client, for its builder.
    pub(crate) fn rules(builder: reqwest::ClientBuilder) -> reqwest::ClientBuilder {
        builder.retry(reqwest::retry::never()).redirect(reqwest::redirect::Policy::none()).pool_max_idle_per_host(0)
    }

    /// Takes a client that was built by [`Writer::rules`].
    pub(crate) fn new(client: reqwest::Client) -> Self {
        Self(client)
    }

    /// Sends the request and reads the answer to its end, whatever its status.
    pub(crate) async fn send(&self, address: &Address, write: Write<'_>, token: &Secret) -> Result<Answer, Unanswered> {
        let logged = Logged::begin(write.operation);
        let sent = self.send_once(address, write, token).await;
        logged.end(sent.as_ref().ok());
        sent
    }

    async fn send_once(&self, address: &Address, write: Write<'_>, token: &Secret) -> Result<Answer, Unanswered> {
        let url = address.api(write.operation, write.path, &[]).map_err(Unanswered::NotSent)?;
        let token = wire::header_of(write.operation, token).map_err(Unanswered::NotSent)?;
        let mut request = self.0.request(write.method, url).header(wire::TOKEN, token);
        if let Some(body) = &write.body {
            request = request.header(CONTENT_TYPE, "application/json").body(body.to_vec());
        }
        let response = request.send().await.map_err(|cause| {
            // A failure to connect, TLS included, comes before the first byte of the request.
            let unsent = cause.is_connect() || cause.is_builder();
            let error = error::of_transport(write.operation, cause, address);
            if unsent { Unanswered::NotSent(error) } else { Unanswered::Lost(error) }
        })?;
        let redirect = wire::redirect_of(&response);
        let read = wire::read(write.operation, response, address).await;
        let (answer, _) = read.map_err(Unanswered::Lost)?;
        match (answer.status, redirect) {
            // A standby node sends on what it did not do itself.
            (301 | 307 | 308, Some(location)) => {
                let shown: String = location.chars().take(200).collect();
                let message = format!("the server did nothing and sends on to {shown:?}");
                Err(Unanswered::NotSent(
                    Error::new(Kind::Invalid, write.operation, message)
                        .with_refused_by("this app")
                        .with_next("Connect to the address of the cluster's active node, then make the change again."),
                ))
            }
            _ => Ok(answer),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::TcpListener,
    };

    use super::*;

    fn rotate() -> Write<'static> {
        Write { operation: "rotate", method: Method::POST, path: "transit/keys/x/rotate", body: None }
    }

    async fn listening() -> (TcpListener, Address) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = Address::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
        (listener, address)
    }

    #[tokio::test]
    async fn a_server_that_took_the_request_and_is_silent_may_have_done_it() {
        let (listener, address) = listening().await;
        let builder = reqwest::Client::builder().no_proxy().timeout(Duration::from_millis(200));
        let writer = Writer::new(Writer::rules(builder).build().unwrap());
        let token = Secret::from_text("s.x".into());
        let (sent, taken) = futures::join!(writer.send(&address, rotate(), &token), async {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut buffer = [0; 4096];
            let count = stream.read(&mut buffer).await.unwrap();
            (stream, String::from_utf8_lossy(&buffer[..count]).into_owned())
        });
        assert!(taken.1.starts_with("POST /v1/transit/keys/x/rotate "), "{}", taken.1);
        assert!(matches!(sent, Err(Unanswered::Lost(_))), "{sent:?}");
    }

    #[tokio::test]
    async fn each_request_has_a_connection_of_its_own() {
        let (listener, address) = listening().await;
        let writer = Writer::new(Writer::rules(reqwest::Client::builder().no_proxy()).build().unwrap());
        let token = Secret::from_text("s.x".into());
        let server = tokio::spawn(async move {
            let mut open = Vec::new();
            for _ in 0..2 {
                let (mut stream, _) = listener.accept().await.unwrap();
                let _ = stream.read(&mut [0; 4096]).await.unwrap();
                // It would keep the connection for the next request.
                stream.write_all(b"HTTP/1.1 204 No Content\r\nConnection: keep-alive\r\n\r\n").await.unwrap();
                open.push(stream);
            }
        });
        for _ in 0..2 {
            assert_eq!(writer.send(&address, rotate(), &token).await.unwrap().status, 204);
        }
        server.await.unwrap();
    }
}
