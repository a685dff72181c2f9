//! Where the server is: its address, the URL of each API path below it, and what a pasted address names.

use domain::{Error, Kind, Result};
use url::Url;

/// The base address of a server, without `v1/`. Scheme `http` or `https`, no credentials, no query.
#[derive(Clone, Debug)]
pub(crate) struct Address(Url);

const OPERATION: &str = "read the address";

impl Address {
    /// Reads what a person typed. A missing scheme means https; a trailing `/v1` or `/ui` is cut off.
    pub(crate) fn parse(text: &str) -> Result<Self> {
        let refuse = |why: &str| {
            Error::new(Kind::Invalid, OPERATION, why.to_owned())
                .with_next("Give it like https://vault.example.com:8200.")
        };
        let text = text.trim();
        let whole = if text.contains("://") { text.to_owned() } else { format!("https://{text}") };
        let mut url = Url::parse(&whole).map_err(|_| refuse("the address is not a URL"))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(refuse("the address is neither http nor https"));
        }
        if url.host_str().is_none_or(str::is_empty) {
            return Err(refuse("the address names no host"));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(refuse("the address holds a user name or a password"));
        }
        url.set_query(None);
        url.set_fragment(None);
        let path = url.path().trim_end_matches('/');
        let path = path.strip_suffix("/v1").or_else(|| path.strip_suffix("/ui")).unwrap_or(path).to_owned();
        url.set_path(&path);
        Ok(Self(url))
    }

    /// The URL of an API path such as `transit/keys/a b`, in which slashes separate segments and everything else is
    /// taken literally and percent-encoded.
    pub(crate) fn api(&self, operation: &'static str, path: &str, query: &[(&str, &str)]) -> Result<Url> {
        let refuse = |why: &str| Error::new(Kind::Invalid, operation, format!("the path {path:?} {why}"));
        // A dot segment would silently leave the path that the permission is checked on.
        if path.split('/').any(|segment| matches!(segment, "." | "..")) {
            return Err(refuse("holds a dot segment, which a URL cannot carry"));
        }
        let mut url = self.0.clone();
        url.path_segments_mut()
            .map_err(|()| refuse("has no place under this address"))?
            .pop_if_empty()
            .push("v1")
            .extend(path.split('/'));
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        Ok(url)
    }

    /// Where a redirect leads, if it stays on this scheme, host and port.
    pub(crate) fn redirected(&self, location: &str) -> Option<Url> {
        let url = self.0.join(location).ok()?;
        (url.origin() == self.0.origin()).then_some(url)
    }

    /// The decoded path below this address, if `text` is a URL of it: `v1/transit/keys/x`, `ui/vault/secrets/…`; with
    /// the namespace that its query names.
    pub(crate) fn below(&self, text: &str) -> Option<(String, Option<String>)> {
        let url = Url::parse(text.trim()).ok()?;
        if url.origin() != self.0.origin() {
            return None;
        }
        let rest = url.path().strip_prefix(self.0.path().trim_end_matches('/'))?;
        let namespace = url.query_pairs().find(|(name, _)| name == "namespace").map(|(_, value)| value.into_owned());
        Some((decode(rest.strip_prefix('/')?)?, namespace))
    }

    /// Whether what is sent can be read on the way: plain http to another computer.
    pub(crate) fn is_plain(&self) -> bool {
        self.0.scheme() == "http" && !self.is_this_computer()
    }

    /// Whether the server runs on this computer, as far as its address tells.
    pub(crate) fn is_this_computer(&self) -> bool {
        match self.0.host() {
            Some(url::Host::Domain(name)) => name == "localhost",
            Some(url::Host::Ipv4(ip)) => ip.is_loopback(),
            Some(url::Host::Ipv6(ip)) => ip.is_loopback(),
            None => false,
        }
    }

    /// The host with its port, for a name.
    pub(crate) fn host(&self) -> String {
        let host = self.0.host_str().unwrap_or_default();
        self.0.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
    }
}

impl std::fmt::Display for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0.as_str().trim_end_matches('/'))
    }
}

/// Percent-decodes a path. An encoded slash becomes a slash, as Vault's own window writes KV paths.
fn decode(path: &str) -> Option<String> {
    // `+` is a plus in a path, but a space in the form encoding that this parser reads.
    let form = format!("={}", path.replace('+', "%2B").replace('&', "%26"));
    let decoded = url::form_urlencoded::parse(form.as_bytes()).next()?.1.into_owned();
    (!decoded.contains('\u{fffd}')).then_some(decoded)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_taken_literally_and_percent_encoded() {
        let address = Address::parse("https://vault.corp:8200/sub/").unwrap();
        let url = address.api("read", "kv/data/sp ace%25/ü?x#y/a+b", &[("version", "3")]).unwrap();
        assert_eq!(url.as_str(), "https://vault.corp:8200/sub/v1/kv/data/sp%20ace%2525/%C3%BC%3Fx%23y/a+b?version=3");
        let (path, namespace) = address.below(url.as_str()).unwrap();
        assert_eq!((path.as_str(), namespace), ("v1/kv/data/sp ace%25/ü?x#y/a+b", None));
    }

    #[test]
    fn a_dot_segment_is_refused_rather_than_resolved() {
        let address = Address::parse("http://127.0.0.1:8200").unwrap();
        for path in ["kv/data/../../sys/mounts", "kv/data/.", ".."] {
            assert_eq!(address.api("read", path, &[]).unwrap_err().kind(), Kind::Invalid, "{path}");
        }
        assert_eq!(address.api("read", "kv/..a", &[]).unwrap().as_str(), "http://127.0.0.1:8200/v1/kv/..a");
    }

    #[test]
    fn typed_addresses_are_brought_to_one_form() {
        for (typed, form) in [
            ("vault.corp:8200", "https://vault.corp:8200"),
            (" https://vault.corp/ui/ ", "https://vault.corp"),
            ("http://[::1]:8200/v1", "http://[::1]:8200"),
            ("https://gateway/vault?x=1#y", "https://gateway/vault"),
        ] {
            assert_eq!(Address::parse(typed).unwrap().to_string(), form);
        }
        for typed in ["", "ftp://x", "https://user:pw@host", "https://", "file:///etc/passwd"] {
            assert_eq!(Address::parse(typed).unwrap_err().kind(), Kind::Invalid, "{typed}");
        }
    }

    #[test]
    fn only_redirects_to_the_same_place_are_taken() {
        let address = Address::parse("https://vault.corp:8200").unwrap();
        assert!(address.redirected("/v1/x").is_some());
        assert!(address.redirected("https://vault.corp:8200/v1/x").is_some());
        for elsewhere in ["http://vault.corp:8200/v1/x", "https://vault.corp/v1/x", "//evil/v1/x", "https://evil:8200/"]
        {
            assert!(address.redirected(elsewhere).is_none(), "{elsewhere}");
        }
    }
}
