//! The raw client: what the network alone allows. Plain sockets, no signatures, no parsing but for the key ids.

use std::{
    net::SocketAddr,
    sync::Arc,
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use servers::{Failure, Result};
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::TcpStream,
    sync::{Mutex, mpsc},
    task::JoinSet,
};

/// So many descriptions are under way at once, as in the provider.
pub(crate) const IN_FLIGHT: usize = 128;

/// One connection that is kept.
pub(crate) struct Connection(BufReader<TcpStream>);

impl Connection {
    pub(crate) async fn open(address: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self(BufReader::new(stream)))
    }

    /// One call, and the body of its answer.
    pub(crate) async fn call(&mut self, target: &str, body: &str) -> Result<Vec<u8>> {
        let request = format!(
            "POST / HTTP/1.1\r\nHost: fake\r\nX-Amz-Target: {target}\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        self.0.write_all(request.as_bytes()).await?;
        let (mut line, mut length) = (String::new(), 0);
        while line != "\r\n" {
            line.clear();
            if self.0.read_line(&mut line).await? == 0 {
                return Err(Failure::new("the fake hung up"));
            }
            if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse().unwrap_or_default();
            }
        }
        let mut answer = vec![0; length];
        self.0.read_exact(&mut answer).await?;
        Ok(answer)
    }

    /// Follows a list from page to page and gives every page away as it comes.
    async fn pages(&mut self, target: &str, limit: usize, mut each: impl FnMut(&Value)) -> Result<()> {
        let mut marker = Value::Null;
        loop {
            let body =
                if marker.is_null() { json!({"Limit": limit}) } else { json!({"Limit": limit, "Marker": marker}) };
            let page: Value = serde_json::from_slice(&self.call(target, &body.to_string()).await?)?;
            each(&page);
            marker = page["NextMarker"].clone();
            if marker.is_null() {
                return Ok(());
            }
        }
    }
}

/// Lists keys and aliases and describes every key; gives the time to the last description.
pub(crate) async fn list(address: SocketAddr) -> Result<Duration> {
    let start = Instant::now();
    let (ids_in, ids_out) = mpsc::unbounded_channel::<String>();
    let ids_out = Arc::new(Mutex::new(ids_out));
    let mut work = JoinSet::<Result<()>>::new();
    work.spawn(async move { Connection::open(address).await?.pages("TrentService.ListAliases", 100, |_| {}).await });
    work.spawn(async move {
        let send = |page: &Value| {
            for key in page["Keys"].as_array().into_iter().flatten() {
                let _ = ids_in.send(key["KeyId"].as_str().unwrap_or_default().to_owned());
            }
        };
        Connection::open(address).await?.pages("TrentService.ListKeys", 1000, send).await
    });
    for _ in 0..IN_FLIGHT {
        let ids = Arc::clone(&ids_out);
        work.spawn(async move {
            let mut connection = Connection::open(address).await?;
            loop {
                let Some(id) = ids.lock().await.recv().await else { return Ok(()) };
                connection.call("TrentService.DescribeKey", &format!("{{\"KeyId\":\"{id}\"}}")).await?;
            }
        });
    }
    while let Some(done) = work.join_next().await {
        done.map_err(|error| Failure::new(error.to_string()))??;
    }
    Ok(start.elapsed())
}
