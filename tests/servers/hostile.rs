//! A server that lies: it stands before a real one, hands everything through, and spoils what its script names.
//!
//! So every answer that is not spoilt is a real one, and the same run without the script is the control.

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
};

use reqwest::{Client, Method, redirect::Policy};
use serde_json::Value;
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};

use crate::{Failure, Result};

/// A lying server. It ends when it is dropped.
#[derive(Debug)]
pub struct Hostile {
    address: SocketAddr,
    seen: Arc<Mutex<Seen>>,
    accepting: JoinHandle<()>,
}

/// What came, and what of it went on.
#[derive(Debug, Default)]
struct Seen {
    asked: Vec<Asked>,
    forwarded: Vec<Asked>,
}

/// One request as it came.
#[derive(Clone, Debug)]
pub struct Asked {
    /// `GET`, `LIST`, `POST`.
    pub method: String,
    /// The path with its query.
    pub path: String,
    /// By lower-case name.
    pub headers: BTreeMap<String, String>,
    /// As it came.
    pub body: Vec<u8>,
}

/// What is said to it.
pub enum Said {
    /// The request reaches the real server, whose answer is lost; this is said in its place, if it needs no real answer.
    Afterwards(Box<Self>),
    /// Status 200 and JSON that breaks off, as if it were complete.
    BrokenJson,
    /// The real answer, parsed and changed.
    Changed(Box<dyn FnOnce(Value) -> Value + Send>),
    /// Half of the real answer's body, or of its head where it has none, then the end of the connection.
    CutShort,
    /// Nothing, for as long as the other side waits.
    Hang,
    /// This JSON with this status.
    Json(u16, Value),
    /// A sign-in page with status 200, as a captive portal sends it.
    Page,
    /// The real answer.
    Real,
    /// Go there: status 307.
    Redirect(String),
    /// Nothing: the connection is reset.
    Reset,
    /// The request reaches the real server; then this is done, and what it gives is said in place of the answer.
    Then(Box<dyn FnOnce() -> Self + Send>),
}

/// Decides what is said to each request.
pub type Script = dyn Fn(&Asked) -> Said + Send + Sync;

impl Hostile {
    /// Stands before the server at `upstream`, a plain HTTP address.
    pub async fn before(upstream: &str, script: Arc<Script>) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let seen = Arc::new(Mutex::new(Seen::default()));
        // Redirects are handed through, not followed.
        let client = Client::builder().no_proxy().redirect(Policy::none()).build()?;
        let front = Front { upstream: upstream.to_owned(), client, script, seen: Arc::clone(&seen) };
        let accepting = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let front = front.clone();
                // A connection that breaks off is the other side's affair.
                tokio::spawn(async move { front.serve(stream).await });
            }
        });
        Ok(Self { address, seen, accepting })
    }

    /// Its address: `http://127.0.0.1:PORT`.
    pub fn address(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Everything that was asked so far.
    pub fn asked(&self) -> Vec<Asked> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).asked.clone()
    }

    /// What of it reached the real server so far.
    pub fn forwarded(&self) -> Vec<Asked> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).forwarded.clone()
    }
}

impl Drop for Hostile {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

impl Asked {
    /// The operation of an AWS request, such as `TrentService.ListKeys`; empty for others.
    pub fn operation(&self) -> &str {
        self.headers.get("x-amz-target").map_or("", String::as_str)
    }

    /// The Region of an AWS request, out of its signature's scope; empty for others.
    pub fn region(&self) -> &str {
        let scope = self.headers.get("authorization").and_then(|text| text.split_once("Credential="));
        scope.and_then(|(_, scope)| scope.split('/').nth(2)).unwrap_or_default()
    }

    /// A text of its JSON body.
    pub fn text(&self, name: &str) -> String {
        let body: Value = serde_json::from_slice(&self.body).unwrap_or_default();
        body[name].as_str().unwrap_or_default().to_owned()
    }
}

#[derive(Clone)]
struct Front {
    upstream: String,
    client: Client,
    script: Arc<Script>,
    seen: Arc<Mutex<Seen>>,
}

/// How a request ends.
enum End {
    Answered(Answer),
    Reset,
    Silence,
}

/// An answer on its way, and whether it is cut short.
struct Answer {
    status: u16,
    content_type: String,
    location: Option<String>,
    body: Vec<u8>,
    cut: bool,
}

impl Front {
    async fn serve(&self, stream: TcpStream) -> Result<()> {
        let mut stream = BufReader::new(stream);
        while let Some(asked) = read(&mut stream).await? {
            self.note(|seen| seen.asked.push(asked.clone()));
            let said = (self.script)(&asked);
            match self.end(asked, said).await? {
                End::Answered(answer) => {
                    stream.write_all(&answer.bytes()).await?;
                    stream.flush().await?;
                    if answer.cut {
                        break;
                    }
                }
                End::Reset => {
                    // Dropped with nothing to linger for, a connection is reset, not ended.
                    stream.get_ref().set_zero_linger()?;
                    break;
                }
                End::Silence => {
                    // Until the other side gives up.
                    while stream.read_u8().await.is_ok() {}
                    break;
                }
            }
        }
        Ok(())
    }

    async fn end(&self, asked: Asked, said: Said) -> Result<End> {
        let answer = match said {
            Said::Afterwards(said) => {
                self.real(&asked).await?;
                return Box::pin(self.end(asked, *said)).await;
            }
            Said::BrokenJson => Answer::new(200, "application/json", r#"{"KeyMetadata":{"KeyId":"1"#.to_owned()),
            Said::Changed(change) => {
                let mut answer = self.real(&asked).await?;
                answer.body = change(serde_json::from_slice(&answer.body)?).to_string().into_bytes();
                answer
            }
            Said::CutShort => Answer { cut: true, ..self.real(&asked).await? },
            Said::Hang => return Ok(End::Silence),
            Said::Json(status, body) => Answer::new(status, "application/json", body.to_string()),
            Said::Page => {
                let page =
                    "<!doctype html><html><title>Sign in</title><body>Welcome to the guest network</body></html>";
                Answer::new(200, "text/html; charset=utf-8", page.to_owned())
            }
            Said::Real => self.real(&asked).await?,
            Said::Redirect(location) => {
                Answer { location: Some(location), ..Answer::new(307, "text/plain", String::new()) }
            }
            Said::Reset => return Ok(End::Reset),
            Said::Then(done) => {
                self.real(&asked).await?;
                let said = done();
                return Box::pin(self.end(asked, said)).await;
            }
        };
        Ok(End::Answered(answer))
    }

    /// Hands the request on.
    async fn real(&self, asked: &Asked) -> Result<Answer> {
        self.note(|seen| seen.forwarded.push(asked.clone()));
        let method = Method::from_bytes(asked.method.as_bytes()).map_err(|error| Failure::new(error.to_string()))?;
        let mut request = self.client.request(method, format!("{}{}", self.upstream, asked.path));
        for (name, value) in &asked.headers {
            // These are of the connection, or are counted anew; a packed answer could not be changed.
            if !["host", "connection", "content-length", "accept-encoding", "transfer-encoding"]
                .contains(&name.as_str())
            {
                request = request.header(name, value);
            }
        }
        let answer = request.body(asked.body.clone()).send().await?;
        let header = |name: &str| Some(answer.headers().get(name)?.to_str().ok()?.to_owned());
        let (content_type, location) = (header("content-type").unwrap_or_default(), header("location"));
        let status = answer.status().as_u16();
        let body = answer.bytes().await?.to_vec();
        Ok(Answer { status, content_type, location, body, cut: false })
    }

    fn note(&self, note: impl FnOnce(&mut Seen)) {
        note(&mut self.seen.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

impl Answer {
    fn new(status: u16, content_type: &str, body: String) -> Self {
        Self { status, content_type: content_type.to_owned(), location: None, body: body.into_bytes(), cut: false }
    }

    fn bytes(&self) -> Vec<u8> {
        let mut head = format!("HTTP/1.1 {} Said\r\nContent-Length: {}\r\n", self.status, self.body.len());
        if !self.content_type.is_empty() {
            head.push_str(&format!("Content-Type: {}\r\n", self.content_type));
        }
        if let Some(location) = &self.location {
            head.push_str(&format!("Location: {location}\r\n"));
        }
        head.push_str("\r\n");
        let mut bytes = head.into_bytes();
        let head = bytes.len();
        bytes.extend_from_slice(&self.body);
        if self.cut {
            bytes.truncate(if self.body.is_empty() { head / 2 } else { head + self.body.len() / 2 });
        }
        bytes
    }
}

/// One request, or `None` at the end of the connection.
async fn read(stream: &mut BufReader<TcpStream>) -> Result<Option<Asked>> {
    let mut line = String::new();
    if stream.read_line(&mut line).await? == 0 {
        return Ok(None);
    }
    let mut words = line.split_whitespace();
    let (Some(method), Some(path)) = (words.next(), words.next()) else {
        return Err(Failure::new(format!("{line:?} is no request")));
    };
    let (method, path) = (method.to_owned(), path.to_owned());
    let mut headers = BTreeMap::new();
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).await?;
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
    }
    let length = headers.get("content-length").and_then(|text| text.parse().ok()).unwrap_or(0);
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await?;
    Ok(Some(Asked { method, path, headers, body }))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A server that answers everything with `{"said":"the truth"}`.
    async fn honest() -> Hostile {
        let truth = |_: &Asked| Said::Json(200, serde_json::json!({"said": "the truth"}));
        Hostile::before("http://127.0.0.1:9", Arc::new(truth)).await.unwrap()
    }

    #[tokio::test]
    async fn what_the_script_does_not_name_is_handed_through() {
        let real = honest().await;
        let script = |asked: &Asked| match asked.path.as_str() {
            "/cut" => Said::CutShort,
            "/changed" => Said::Changed(Box::new(|mut value| {
                value["said"] = "a lie".into();
                value
            })),
            "/page" => Said::Page,
            _ => Said::Real,
        };
        let hostile = Hostile::before(&real.address(), Arc::new(script)).await.unwrap();
        let get = async |path: &str| reqwest::get(format!("{}{path}", hostile.address())).await.unwrap().text().await;
        assert_eq!(get("/real").await.unwrap(), r#"{"said":"the truth"}"#);
        assert_eq!(get("/changed").await.unwrap(), r#"{"said":"a lie"}"#);
        assert!(get("/page").await.unwrap().contains("<html>"));
        assert!(get("/cut").await.is_err());
        let paths: Vec<String> = hostile.asked().into_iter().map(|asked| asked.path).collect();
        assert_eq!(paths, ["/real", "/changed", "/page", "/cut"]);
        assert_eq!(real.asked().len(), 3);
    }

    #[tokio::test]
    async fn what_is_lost_afterwards_was_handed_on_once_and_what_is_lost_before_was_not() {
        let real = honest().await;
        let script = |asked: &Asked| match asked.path.as_str() {
            "/before" => Said::Reset,
            "/after" => Said::Afterwards(Box::new(Said::Reset)),
            "/never" => Said::Afterwards(Box::new(Said::Hang)),
            "/broken" => Said::Afterwards(Box::new(Said::BrokenJson)),
            _ => Said::Afterwards(Box::new(Said::Json(500, Value::Null))),
        };
        let hostile = Hostile::before(&real.address(), Arc::new(script)).await.unwrap();
        let ask = async |path: &str| {
            let asked = reqwest::get(format!("{}{path}", hostile.address()));
            tokio::time::timeout(std::time::Duration::from_millis(500), asked).await
        };
        assert!(ask("/before").await.unwrap().is_err());
        assert_eq!(real.asked().len(), 0);
        assert!(ask("/after").await.unwrap().is_err());
        assert!(ask("/never").await.is_err());
        assert!(ask("/broken").await.unwrap().unwrap().json::<Value>().await.is_err());
        assert_eq!(ask("/500").await.unwrap().unwrap().status(), 500);
        let paths = |asked: Vec<Asked>| asked.into_iter().map(|asked| asked.path).collect::<Vec<_>>();
        assert_eq!(paths(real.asked()), ["/after", "/never", "/broken", "/500"]);
        assert_eq!(paths(hostile.forwarded()), paths(real.asked()));
    }
}
