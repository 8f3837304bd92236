//! The client.

use std::error::Error as _;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use bytes::Bytes;
use coffer_vault::{Secret, Timestamp};
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderName, HeaderValue, RETRY_AFTER};
use reqwest::{Certificate, Identity, Method, redirect};
use zeroize::Zeroizing;

use super::patience::{Patience, retry_after, wait};
use crate::error::{Error, Result};

/// The longest answer that is read. Values have at most a few hundred kilobytes everywhere, pages of names less.
const LONGEST_ANSWER: usize = 16 * 1024 * 1024;
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// A client for one system. Connections are kept; redirections are not followed, since a token would go with them.
#[derive(Clone)]
pub(crate) struct Client {
    http: reqwest::Client,
    /// The system as its users call it.
    system: &'static str,
    patience: Patience,
}

/// Whom a client trusts, and as whom it shows itself.
#[derive(Default)]
pub(crate) struct Trust {
    /// Authorities (PEM) besides those of the machine.
    pub(crate) authorities: Vec<u8>,
    /// The client's certificate and key (PEM).
    pub(crate) identity: Option<Secret>,
    /// Whether any certificate will do.
    pub(crate) trusts_everybody: bool,
    /// A name that stands for addresses which it does not resolve to.
    pub(crate) named: Option<Named>,
    /// Whether no proxy stands between, whatever the environment says.
    pub(crate) goes_direct: bool,
    /// Addresses of hosts, in place of those that DNS gives. The port is that of the URL.
    pub(crate) addresses: Vec<(String, SocketAddr)>,
}

/// A name that a certificate is for, and where its server is.
pub(crate) struct Named {
    pub(crate) name: String,
    pub(crate) addresses: Vec<SocketAddr>,
}

/// One request.
#[derive(Clone)]
pub(crate) struct Call {
    method: Method,
    url: String,
    headers: HeaderMap,
    body: Option<Secret>,
    /// Whether it may reach the system twice.
    repeatable: bool,
}

/// What came back, whatever its status.
pub(crate) struct Answer {
    pub(crate) status: u16,
    headers: HeaderMap,
    /// It may hold a value: wiped on drop.
    pub(crate) body: Zeroizing<Vec<u8>>,
}

impl Call {
    /// A request that may reach the system twice.
    pub(crate) fn new(method: Method, url: impl Into<String>) -> Self {
        Self {
            method,
            url: url.into(),
            headers: HeaderMap::new(),
            body: None,
            repeatable: true,
        }
    }

    /// A GET.
    pub(crate) fn get(url: impl Into<String>) -> Self {
        Self::new(Method::GET, url)
    }

    /// Sends `body`.
    pub(crate) fn body(mut self, content_type: &'static str, body: Secret) -> Self {
        self.headers.insert(
            reqwest::header::CONTENT_TYPE,
            HeaderValue::from_static(content_type),
        );
        self.body = Some(body);
        self
    }

    /// Adds a header that is no secret; a value that no header can have is left out.
    pub(crate) fn header(mut self, name: &'static str, value: &str) -> Self {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.headers.insert(HeaderName::from_static(name), value);
        }
        self
    }

    /// Adds a header that is a secret: it is marked so that no log shows it.
    pub(crate) fn secret_header(mut self, name: HeaderName, value: &[u8]) -> Self {
        if let Ok(mut value) = HeaderValue::from_bytes(value) {
            value.set_sensitive(true);
            self.headers.insert(name, value);
        }
        self
    }

    /// Adds a bearer token.
    pub(crate) fn bearer(self, token: &Secret) -> Self {
        let header = Zeroizing::new([b"Bearer ", token.danger_expose()].concat());
        self.secret_header(AUTHORIZATION, &header)
    }

    /// Marks a request that would do its work twice if it reached the system twice: where the answer is lost,
    /// [`Client::send`] gives [`Error::OutcomeUnknown`] instead of sending it again.
    pub(crate) fn once(mut self) -> Self {
        self.repeatable = false;
        self
    }
}

impl Call {
    /// Whether it may reach the system twice.
    pub(crate) fn is_repeatable(&self) -> bool {
        self.repeatable
    }
}

impl Answer {
    /// Whether the status is one of success.
    pub(crate) fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// A header's text.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

impl Client {
    /// A client for `system`; `authorities` (PEM) are trusted besides those of the machine.
    ///
    /// # Errors
    /// Where the certificates cannot be read, or TLS cannot be set up.
    pub(crate) fn new(
        system: &'static str,
        patience: Patience,
        authorities: Option<&[u8]>,
    ) -> Result<Self> {
        let trust = Trust {
            authorities: authorities.unwrap_or_default().to_vec(),
            ..Trust::default()
        };
        Self::with_trust(system, patience, &trust)
    }

    /// A client for `system` that trusts, and shows itself, as `trust` says.
    ///
    /// # Errors
    /// Where the certificates cannot be read, or TLS cannot be set up.
    pub(crate) fn with_trust(
        system: &'static str,
        patience: Patience,
        trust: &Trust,
    ) -> Result<Self> {
        let unavailable = |error: reqwest::Error| Error::Unavailable {
            system,
            said: chain(error),
        };
        let authorities = Certificate::from_pem_bundle(&trust.authorities).map_err(unavailable)?;
        let mut builder = reqwest::Client::builder()
            .redirect(redirect::Policy::none())
            .retry(reqwest::retry::never())
            .connect_timeout(CONNECT_TIMEOUT)
            .tls_version_min(reqwest::tls::Version::TLS_1_2)
            .tls_certs_merge(authorities)
            .tls_danger_accept_invalid_certs(trust.trusts_everybody)
            .user_agent(concat!("coffer/", env!("CARGO_PKG_VERSION")));
        if let Some(named) = &trust.named {
            builder = builder.resolve_to_addrs(&named.name, &named.addresses);
        }
        if trust.goes_direct {
            builder = builder.no_proxy();
        }
        for (host, address) in &trust.addresses {
            builder = builder.resolve(host, *address);
        }
        if let Some(identity) = &trust.identity {
            let identity = Identity::from_pem(identity.danger_expose()).map_err(unavailable)?;
            builder = builder.identity(identity);
        }
        let http = builder.build().map_err(unavailable)?;
        Ok(Self {
            http,
            system,
            patience,
        })
    }

    /// Sends a request until there is an answer that is not worth another attempt. 408, 429 and 5xx are tried again,
    /// and so is what did not reach the system; the last answer is given back as it is.
    ///
    /// # Errors
    /// [`Error::Unavailable`] without an answer, [`Error::OutcomeUnknown`] where the request may have done its work.
    pub(crate) async fn send(&self, call: &Call) -> Result<Answer> {
        let start = Instant::now();
        let mut attempt = 0;
        loop {
            let left = self.patience.total.saturating_sub(start.elapsed());
            let result = self.attempt(call, left.min(self.patience.attempt)).await;
            let asked = match &result {
                Ok(answer) if self.is_worth_another(call, answer.status) => answer
                    .header(RETRY_AFTER.as_str())
                    .and_then(|header| retry_after(header, Timestamp::now())),
                Ok(_) => return result,
                // What may have been done is not done again.
                Err(Error::OutcomeUnknown { .. }) if !call.repeatable => return result,
                Err(_) => None,
            };
            let pause = wait(attempt, asked);
            let left = self.patience.total.saturating_sub(start.elapsed());
            if attempt >= self.patience.retries || pause >= left {
                return result.map_err(|error| self.settled(call, error));
            }
            tokio::time::sleep(pause).await;
            attempt = attempt.saturating_add(1);
        }
    }

    /// A request that was refused for its rate has done nothing; one that the system failed at may have.
    fn is_worth_another(&self, call: &Call, status: u16) -> bool {
        match status {
            429 => true,
            408 | 500 | 502 | 503 | 504 => call.repeatable,
            _ => false,
        }
    }

    /// A repeatable request that never had an answer leaves nothing unknown that a repetition would not mend.
    fn settled(&self, call: &Call, error: Error) -> Error {
        match error {
            Error::OutcomeUnknown { system, said } if call.method == Method::GET => {
                Error::Unavailable { system, said }
            }
            error => error,
        }
    }

    async fn attempt(&self, call: &Call, timeout: Duration) -> Result<Answer> {
        let mut request = self
            .http
            .request(call.method.clone(), &call.url)
            .headers(call.headers.clone())
            .timeout(timeout);
        if let Some(body) = &call.body {
            request = request.body(Bytes::from_owner(Zeroizing::new(
                body.danger_expose().to_vec(),
            )));
        }
        let mut response = request.send().await.map_err(|error| self.failure(error))?;
        let mut body = Zeroizing::new(Vec::new());
        while let Some(chunk) = response
            .chunk()
            .await
            .map_err(|error| self.failure(error))?
        {
            if body.len().saturating_add(chunk.len()) > LONGEST_ANSWER {
                return Err(Error::Unexpected {
                    system: self.system,
                    said: format!("it is longer than {LONGEST_ANSWER} bytes"),
                });
            }
            append(&mut body, &chunk);
        }
        Ok(Answer {
            status: response.status().as_u16(),
            headers: std::mem::take(response.headers_mut()),
            body,
        })
    }

    fn failure(&self, error: reqwest::Error) -> Error {
        let system = self.system;
        if error.is_connect() || error.is_builder() {
            return Error::Unavailable {
                system,
                said: chain(error),
            };
        }
        let said = chain(error);
        Error::OutcomeUnknown { system, said }
    }
}

/// Appends without leaving a copy behind when the buffer grows.
fn append(buffer: &mut Zeroizing<Vec<u8>>, chunk: &[u8]) {
    let needed = buffer.len().saturating_add(chunk.len());
    if needed > buffer.capacity() {
        let mut larger = Zeroizing::new(Vec::with_capacity(needed.saturating_mul(2)));
        larger.extend_from_slice(buffer);
        *buffer = larger;
    }
    buffer.extend_from_slice(chunk);
}

/// An error with its causes and the host, without the rest of the address.
fn chain(error: reqwest::Error) -> String {
    let host = error
        .url()
        .and_then(|url| url.host_str())
        .map(str::to_owned);
    let error = error.without_url();
    let mut text = match host {
        Some(host) => format!("{host}: {error}"),
        None => error.to_string(),
    };
    let mut cause = error.source();
    while let Some(error) = cause {
        let said = error.to_string();
        if !text.contains(&said) {
            text.push_str(": ");
            text.push_str(&said);
        }
        cause = error.source();
    }
    text
}
