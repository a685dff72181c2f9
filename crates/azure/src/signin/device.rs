//! The sign-in with a code that is typed on any device. Source: "Microsoft identity platform and the OAuth 2.0 device
//! authorization grant flow", RFC 8628.

use domain::{Error, Kind, Prompt, Result, SignInHost, Timestamp};
use oauth2::StandardDeviceAuthorizationResponse;
use url::Url;

use super::{
    SIGN_IN,
    oauth::{Entra, Granted, Trouble, over},
};

/// The pages to which Entra sends people with a code, beside those of the authority itself.
const PAGES: [&str; 3] = ["login.microsoft.com", "microsoft.com", "www.microsoft.com"];

pub(super) async fn sign_in(entra: &Entra, service: &str, host: &dyn SignInHost) -> Result<Granted> {
    let code = entra.device_code(service).await.map_err(Trouble::into_error)?;
    let page = page(&code, entra.authority)?;
    let lasts = jiff::SignedDuration::try_from(code.expires_in()).unwrap_or(jiff::SignedDuration::ZERO);
    let prompt = Prompt {
        place: entra.place.clone(),
        page,
        code: Some(crate::error::tidy(code.user_code().secret())),
        until: Timestamp::now().saturating_add(lasts).unwrap_or_else(|_| Timestamp::now()),
    };
    tokio::select! {
        () = host.ask(prompt) => Err(over("it was cancelled")),
        granted = entra.wait(&code) => granted.map_err(Trouble::into_error),
    }
}

/// The page that the answer names, if it is Microsoft's: a person types a code there that lets somebody in.
fn page(code: &StandardDeviceAuthorizationResponse, authority: &str) -> Result<String> {
    let named = code.verification_uri().as_str();
    let url = Url::parse(named).ok().filter(|url| {
        let host = url.host_str().unwrap_or_default();
        url.scheme() == "https" && (host == authority || PAGES.contains(&host))
    });
    url.map(String::from).ok_or_else(|| {
        Error::new(
            Kind::Invalid,
            SIGN_IN.operation,
            format!("the code would have to be typed at {}, which is no page of Microsoft", crate::error::tidy(named)),
        )
        .with_refused_by("this app")
        .with_next("Check whether a proxy stands between this computer and Entra.")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(page: &str) -> StandardDeviceAuthorizationResponse {
        let json = format!(
            r#"{{"user_code":"ABCD","device_code":"d","verification_uri":"{page}","expires_in":900,"interval":5}}"#
        );
        serde_json::from_str(&json).unwrap()
    }

    #[test]
    fn a_code_is_typed_at_microsoft_only() {
        let authority = "login.microsoftonline.com";
        for good in ["https://microsoft.com/devicelogin", "https://login.microsoftonline.com/common/oauth2/deviceauth"]
        {
            assert_eq!(page(&answer(good), authority).unwrap(), good);
        }
        for bad in [
            "http://microsoft.com/devicelogin",
            "https://microsoft.com.evil.test/",
            "https://login.microsoftonline.us/x",
        ] {
            assert_eq!(page(&answer(bad), authority).unwrap_err().kind(), Kind::Invalid, "{bad}");
        }
    }
}
