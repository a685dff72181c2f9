//! A credential whose tokens are kept until shortly before their end: the two command lines start a program for each token.

use std::{collections::HashMap, fmt, sync::Arc};

use async_trait::async_trait;
use azure_core::{
    credentials::{AccessToken, TokenCredential, TokenRequestOptions},
    error::ErrorKind,
    time::OffsetDateTime,
};
use tokio::sync::Mutex;

use super::{person::MARGIN, programs::Program};
use crate::error;

/// Asks for a token once, however many wait for it.
pub(super) struct Cached {
    inner: Arc<dyn TokenCredential>,
    program: Program,
    tokens: Mutex<HashMap<String, AccessToken>>,
}

impl Cached {
    pub(super) fn new(inner: Arc<dyn TokenCredential>, program: Program) -> Self {
        Self { inner, program, tokens: Mutex::default() }
    }
}

#[async_trait]
impl TokenCredential for Cached {
    async fn get_token(
        &self,
        scopes: &[&str],
        options: Option<TokenRequestOptions<'_>>,
    ) -> azure_core::Result<AccessToken> {
        let service = scopes.join(" ");
        let mut tokens = self.tokens.lock().await;
        if let Some(token) = tokens.get(&service)
            && token.expires_on > OffsetDateTime::now_utc() + MARGIN
        {
            return Ok(token.clone());
        }
        let token = self.inner.get_token(scopes, options).await.map_err(|failure| {
            let error = self.program.refused(&error::everything(&failure));
            azure_core::Error::with_error(ErrorKind::Credential, error, "the program gave no token")
        })?;
        tokens.insert(service, token.clone());
        Ok(token)
    }
}

// Not derived: tokens must not be printed.
impl fmt::Debug for Cached {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cached").field("inner", &self.inner).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::{
        sync::atomic::{AtomicUsize, Ordering},
        time::Duration,
    };

    use super::*;

    #[derive(Debug)]
    struct Counting {
        asked: AtomicUsize,
        lasts: Duration,
    }

    #[async_trait]
    impl TokenCredential for Counting {
        async fn get_token(&self, _: &[&str], _: Option<TokenRequestOptions<'_>>) -> azure_core::Result<AccessToken> {
            let number = self.asked.fetch_add(1, Ordering::SeqCst);
            tokio::task::yield_now().await;
            Ok(AccessToken::new(format!("token {number}"), OffsetDateTime::now_utc() + self.lasts))
        }
    }

    async fn asked(lasts: u64) -> usize {
        let counting = Arc::new(Counting { asked: AtomicUsize::new(0), lasts: Duration::from_secs(lasts) });
        let cached = Cached::new(counting.clone(), Program::az(None));
        let (one, two) = futures::join!(cached.get_token(&["a"], None), cached.get_token(&["a"], None));
        assert!(one.is_ok() && two.is_ok());
        cached.get_token(&["b"], None).await.unwrap();
        counting.asked.load(Ordering::SeqCst)
    }

    #[tokio::test]
    async fn a_token_is_asked_for_once_for_each_service() {
        assert_eq!(asked(3600).await, 2);
    }

    #[tokio::test]
    async fn a_token_in_its_last_minutes_is_not_used() {
        assert_eq!(asked(299).await, 3);
    }
}
