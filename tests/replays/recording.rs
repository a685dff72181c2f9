//! Recordings in the two shapes that are known: of the service's SDK tests, and of `vcr`.

use serde_json::Value;

/// The calls of a recording, in order.
pub(crate) struct Recording {
    pub(crate) calls: Vec<Call>,
}

/// One call with its answer.
pub(crate) struct Call {
    pub(crate) method: String,
    pub(crate) host: String,
    /// The parts of the path.
    pub(crate) path: Vec<String>,
    /// The query as it was sent.
    pub(crate) query: String,
    pub(crate) status: u16,
    pub(crate) body: Value,
}

impl Recording {
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let all: Value = serde_json::from_str(text).map_err(|error| format!("it is no JSON: {error}"))?;
        let of_sdk = all["networkCallRecords"].as_array().map(|calls| calls.iter().map(of_sdk).collect());
        let of_vcr = all["interactions"].as_array().map(|calls| calls.iter().map(of_vcr).collect());
        let calls: Result<Vec<Call>, String> = of_sdk.or(of_vcr).ok_or("it has no calls of a known shape")?;
        let calls: Vec<Call> = calls?.into_iter().filter(|call| call.status != 401).collect();
        if calls.is_empty() { Err("it holds no call".to_owned()) } else { Ok(Self { calls }) }
    }

    /// Whether the call goes to a vault, not to Resource Manager or Graph.
    pub(crate) fn of_vaults(&self) -> impl Iterator<Item = &Call> {
        self.calls.iter().filter(|call| call.is_of_vault())
    }
}

impl Call {
    /// Whether it goes to a Key Vault or a Managed HSM.
    pub(crate) fn is_of_vault(&self) -> bool {
        [".vault.azure.net", ".managedhsm.azure.net"].iter().any(|suffix| self.host.ends_with(suffix))
    }
}

fn of_sdk(call: &Value) -> Result<Call, String> {
    let text = |value: &Value| value.as_str().map(str::to_owned).ok_or_else(|| format!("a part is missing in {call}"));
    let status = text(&call["Response"]["STATUS_CODE"])?.parse().map_err(|_| "a status is no number")?;
    let body = text(&call["Response"]["BODY"]).unwrap_or_default();
    made(&text(&call["Method"])?, &text(&call["Url"])?, status, serde_json::from_str(&body).unwrap_or(Value::Null))
}

fn of_vcr(call: &Value) -> Result<Call, String> {
    let text = |value: &Value| value.as_str().map(str::to_owned).ok_or_else(|| format!("a part is missing in {call}"));
    let status =
        call["response"]["status"]["code"].as_u64().and_then(|code| code.try_into().ok()).ok_or("no status")?;
    let body = call["response"]["body"]["data"].clone();
    made(&text(&call["request"]["method"])?, &text(&call["request"]["uri"])?, status, body)
}

fn made(method: &str, url: &str, status: u16, body: Value) -> Result<Call, String> {
    let url = reqwest::Url::parse(url).map_err(|error| format!("{url}: {error}"))?;
    let path = url.path_segments().into_iter().flatten().filter(|part| !part.is_empty()).map(str::to_owned).collect();
    let query = url.query().unwrap_or_default().to_owned();
    Ok(Call {
        query,
        method: method.to_owned(),
        host: url.host_str().unwrap_or_default().to_owned(),
        path,
        status,
        body,
    })
}
