//! Access tokens that are kept until shortly before they end.

use std::future::Future;

use coffer_vault::{Secret, SignedDuration, Timestamp};
use tokio::sync::Mutex;

use crate::error::Result;

/// How long before its end a token is no longer used: clocks differ, and a request takes time.
const MARGIN: SignedDuration = SignedDuration::from_secs(120);

/// An access token.
#[derive(Clone)]
pub(crate) struct Token {
    /// What goes with the requests.
    pub(crate) value: Secret,
    /// When it ends, where that is known.
    pub(crate) expires: Option<Timestamp>,
}

impl Token {
    /// A token that ends `seconds` from now.
    pub(crate) fn lasting(value: Secret, seconds: i64) -> Self {
        let expires = Timestamp::now()
            .checked_add(SignedDuration::from_secs(seconds))
            .ok();
        Self { value, expires }
    }

    fn is_fresh(&self) -> bool {
        self.expires
            .is_none_or(|end| end.duration_since(Timestamp::now()) > MARGIN)
    }
}

/// A token, fetched by whoever needs it first while the others wait.
#[derive(Default)]
pub(crate) struct TokenCache(Mutex<Option<Token>>);

impl TokenCache {
    /// The token, fetched anew where it is about to end.
    pub(crate) async fn get<F>(&self, fetch: F) -> Result<Secret>
    where
        F: Future<Output = Result<Token>> + Send,
    {
        let mut held = self.0.lock().await;
        if let Some(token) = held.as_ref().filter(|token| token.is_fresh()) {
            return Ok(token.value.clone());
        }
        let token = fetch.await?;
        let value = token.value.clone();
        *held = Some(token);
        Ok(value)
    }

    /// Forgets `refused`, unless another one has taken its place.
    pub(crate) async fn forget(&self, refused: &Secret) {
        let mut held = self.0.lock().await;
        if held
            .as_ref()
            .is_some_and(|token| token.value.ct_eq(refused))
        {
            *held = None;
        }
    }
}
