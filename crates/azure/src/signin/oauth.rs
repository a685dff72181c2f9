//! The requests that a sign-in by a person makes of Entra, and what it refuses, over the connection's one way out.

use std::{fmt::Display, time::Duration};

use azure_core::{
    credentials::{AccessToken, Secret as AzureSecret},
    time::OffsetDateTime,
};
use domain::{Error, Kind, Result, Secret};
use oauth2::{
    AuthUrl, AuthorizationCode, ClientId, DeviceAuthorizationUrl, EndpointNotSet, EndpointSet, ErrorResponseType,
    HttpRequest, HttpResponse, PkceCodeVerifier, RedirectUrl, RefreshToken, RequestTokenError, Scope,
    StandardDeviceAuthorizationResponse, StandardErrorResponse, TokenResponse, TokenUrl,
    basic::{BasicClient, BasicTokenResponse},
};

use super::{SIGN_IN, refused, unfit};
use crate::{cloud::Cloud, error};

/// What is asked for beside the service itself: who one is, and a token that spares the next prompt.
const BESIDE: [&str; 3] = ["openid", "profile", "offline_access"];
/// How long a token is taken to last where the answer does not say.
const SHORTEST: Duration = Duration::from_secs(300);

type Endpoints = BasicClient<EndpointSet, EndpointSet, EndpointNotSet, EndpointNotSet, EndpointSet>;

/// One app in one tenant, as Entra's endpoints know it.
#[derive(Debug)]
pub(super) struct Entra {
    pub(super) endpoints: Endpoints,
    pub(super) authority: &'static str,
    /// The tenant and the cloud, for a person.
    pub(super) place: String,
    http: reqwest::Client,
}

/// What came of a sign-in.
pub(super) struct Granted {
    pub(super) token: AccessToken,
    /// The newest token for the next time, where one was given.
    pub(super) next: Option<Secret>,
}

/// Why there is no token.
#[derive(Debug)]
pub(super) enum Trouble {
    /// Entra says so: OAuth's code, and the words with Entra's own code.
    Said { code: String, words: String },
    /// It could not be asked, or was not understood.
    Failed(Error),
}

impl Trouble {
    /// For a person.
    pub(super) fn into_error(self) -> Error {
        match self {
            Self::Failed(error) => error,
            Self::Said { code, words } => match code.as_str() {
                "access_denied" | "authorization_declined" => {
                    over(&format!("it was declined on the page of Microsoft Entra ({code})"))
                }
                "code_expired" | "expired_token" => over(&format!("nobody entered the code in time ({code})")),
                _ => refused(SIGN_IN.operation, if words.is_empty() { &code } else { &words }),
            },
        }
    }

    /// Whether what was kept for the next time is of no use any more.
    pub(super) fn is_spent(&self) -> bool {
        match self {
            Self::Failed(_) => false,
            Self::Said { code, .. } => code == "invalid_grant" || code == "interaction_required",
        }
    }
}

/// A sign-in that ended without a token, by a person or by the time.
pub(super) fn over(why: &str) -> Error {
    Error::new(Kind::SignedOut, SIGN_IN.operation, format!("there is no token: {why}"))
        .with_next("Refresh to be asked again.")
}

impl Entra {
    /// # Errors
    /// `Invalid` for a tenant that is neither an id nor a domain.
    pub(super) fn new(cloud: Cloud, tenant: &str, client_id: &str, http: reqwest::Client) -> Result<Self> {
        if !tenant.chars().all(|c| c.is_ascii_alphanumeric() || c == '.' || c == '-') {
            return Err(unfit(format!("{tenant:?} is neither the id nor the domain of a tenant")));
        }
        let authority = cloud.authority_host();
        let at = |name: &str| format!("https://{authority}/{tenant}/oauth2/v2.0/{name}");
        let bad = |_| unfit(format!("{tenant:?} gives no address to sign in at"));
        let endpoints = BasicClient::new(ClientId::new(client_id.to_owned()))
            .set_auth_uri(AuthUrl::new(at("authorize")).map_err(bad)?)
            .set_device_authorization_url(DeviceAuthorizationUrl::new(at("devicecode")).map_err(bad)?)
            .set_token_uri(TokenUrl::new(at("token")).map_err(bad)?);
        let place = match cloud {
            Cloud::China => format!("tenant {tenant}, cloud China"),
            Cloud::Government => format!("tenant {tenant}, cloud US Government"),
            Cloud::Public => format!("tenant {tenant}"),
        };
        Ok(Self { endpoints, authority, place, http })
    }

    pub(super) fn scopes(service: &str) -> Vec<Scope> {
        service.split(' ').chain(BESIDE).map(|scope| Scope::new(scope.to_owned())).collect()
    }

    /// By what an earlier sign-in left.
    pub(super) async fn renew(&self, kept: &Secret, service: &str) -> Result<Granted, Trouble> {
        let kept = RefreshToken::new(kept.expose_text().unwrap_or_default().to_owned());
        let http = |request| send(self.http.clone(), request);
        let answer =
            self.endpoints.exchange_refresh_token(&kept).add_scopes(Self::scopes(service)).request_async(&http).await;
        answer.map(granted).map_err(trouble)
    }

    /// By the code that the browser brought back.
    pub(super) async fn exchange(
        &self,
        code: String,
        verifier: PkceCodeVerifier,
        back: RedirectUrl,
    ) -> Result<Granted, Trouble> {
        let http = |request| send(self.http.clone(), request);
        let endpoints = self.endpoints.clone().set_redirect_uri(back);
        let asked = endpoints.exchange_code(AuthorizationCode::new(code)).set_pkce_verifier(verifier);
        asked.request_async(&http).await.map(granted).map_err(trouble)
    }

    /// A code to type elsewhere.
    pub(super) async fn device_code(&self, service: &str) -> Result<StandardDeviceAuthorizationResponse, Trouble> {
        let http = |request| send(self.http.clone(), request);
        let asked = self.endpoints.exchange_device_code().add_scopes(Self::scopes(service));
        asked.request_async(&http).await.map_err(trouble)
    }

    /// Asks, as often as Entra allows, until somebody has typed the code or it is too late.
    pub(super) async fn wait(&self, code: &StandardDeviceAuthorizationResponse) -> Result<Granted, Trouble> {
        let http = |request| send(self.http.clone(), request);
        let asked = self.endpoints.exchange_device_access_token(code);
        asked.request_async(&http, tokio::time::sleep, None).await.map(granted).map_err(trouble)
    }
}

async fn send(http: reqwest::Client, request: HttpRequest) -> Result<HttpResponse, reqwest::Error> {
    let answer = http.execute(request.try_into()?).await?;
    let (status, headers) = (answer.status(), answer.headers().clone());
    let mut response = HttpResponse::new(answer.bytes().await?.to_vec());
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    Ok(response)
}

fn granted(answer: BasicTokenResponse) -> Granted {
    let lasts = answer.expires_in().unwrap_or(SHORTEST);
    Granted {
        token: AccessToken::new(
            AzureSecret::new(answer.access_token().secret().clone()),
            OffsetDateTime::now_utc() + lasts,
        ),
        next: answer.refresh_token().map(|token| Secret::from_text(token.secret().clone())),
    }
}

fn trouble<T>(failure: RequestTokenError<reqwest::Error, StandardErrorResponse<T>>) -> Trouble
where
    T: ErrorResponseType + Display + 'static,
{
    match failure {
        RequestTokenError::Request(cause) => Trouble::Failed(error::of_request(SIGN_IN, &cause)),
        RequestTokenError::ServerResponse(said) => Trouble::Said {
            code: error::tidy(&said.error().to_string()),
            words: said.error_description().cloned().unwrap_or_default(),
        },
        // What came is not told: it may hold a token.
        RequestTokenError::Parse(..) | RequestTokenError::Other(_) => Trouble::Failed(
            Error::new(Kind::Invalid, SIGN_IN.operation, "what answered did not do it as Microsoft Entra does")
                .with_next("Check whether a proxy or a sign-in page stands between this computer and Entra."),
        ),
    }
}
