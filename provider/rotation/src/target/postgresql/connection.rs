//! Connecting as whoever may make roles.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use coffer_vault::Secret;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use serde::Deserialize;
use tokio_postgres::config::{Host, SslMode};
use tokio_postgres::{Client, Config, NoTls};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::Error;

/// How long connecting may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// Where a PostgreSQL server is, and as whom to log in there.
///
/// With TLS the server's certificate and name are verified, whatever the mode is called: `require`, `verify-ca` and
/// `verify-full` are the same here. Without a mode, TLS is used unless the server is on this machine.
#[derive(Clone)]
pub struct Connection {
    config: Config,
    roots: Option<Arc<RootCertStore>>,
}

/// The JSON form, with the names that AWS uses for a database's secret.
#[derive(Deserialize)]
struct Json {
    host: String,
    port: Option<u16>,
    #[serde(alias = "database")]
    dbname: Option<String>,
    #[serde(alias = "user")]
    username: String,
    password: Option<String>,
    sslmode: Option<String>,
    sslrootcert: Option<String>,
}

impl Connection {
    /// Reads a connection: a URL, libpq's `key=value` text, or a JSON object.
    ///
    /// # Errors
    /// [`Error::NoConnection`]; the text is not repeated.
    pub fn parse(secret: &Secret) -> Result<Self, Error> {
        let text = secret
            .danger_expose_str()
            .map_err(|_| no_connection("it is not text"))?
            .trim();
        let (config, mode, root_file) = if text.starts_with('{') {
            from_json(text)?
        } else {
            from_text(text)?
        };
        Self::new(config, mode.as_deref(), root_file.as_deref().map(Path::new))
    }

    fn new(
        mut config: Config,
        mode: Option<&str>,
        root_file: Option<&Path>,
    ) -> Result<Self, Error> {
        if config.get_hosts().is_empty() {
            return Err(no_connection("it names no host"));
        }
        if config.get_user().is_none() {
            return Err(no_connection("it names no user"));
        }
        config
            .connect_timeout(CONNECT_TIMEOUT)
            .application_name("coffer");
        let encrypts = match mode {
            Some("disable") => false,
            Some("require" | "verify-ca" | "verify-full") => true,
            None => !is_local(&config),
            Some(_) => {
                return Err(no_connection(
                    "its sslmode is none of disable, require, verify-ca, verify-full",
                ));
            }
        };
        config.ssl_mode(if encrypts {
            SslMode::Require
        } else {
            SslMode::Disable
        });
        let roots = encrypts.then(|| trusted(root_file)).transpose()?;
        Ok(Self {
            config,
            roots: roots.map(Arc::new),
        })
    }

    /// Host and port, for errors.
    pub fn server(&self) -> String {
        let host = match self.config.get_hosts().first() {
            Some(Host::Tcp(name)) => name.clone(),
            #[cfg(unix)]
            Some(Host::Unix(path)) => path.display().to_string(),
            None => String::new(),
        };
        format!("{host}:{}", self.port())
    }

    /// The host's name; none for a socket.
    pub fn host(&self) -> Option<&str> {
        match self.config.get_hosts().first() {
            Some(Host::Tcp(name)) => Some(name),
            _ => None,
        }
    }

    /// The port.
    pub fn port(&self) -> u16 {
        self.config.get_ports().first().copied().unwrap_or(5432)
    }

    /// The database.
    pub fn database(&self) -> Option<&str> {
        self.config.get_dbname()
    }

    /// Whether TLS is used.
    pub fn encrypts(&self) -> bool {
        self.roots.is_some()
    }

    /// The same server, TLS settings included, for another user and, where given, another database.
    pub(super) fn as_login(&self, user: &str, password: &Secret, database: Option<&str>) -> Self {
        let mut config = self.config.clone();
        config.user(user).password(password.danger_expose());
        if let Some(database) = database {
            config.dbname(database);
        }
        Self {
            config,
            roots: self.roots.clone(),
        }
    }

    /// Logs in.
    pub(super) async fn connect(&self) -> Result<Client, Error> {
        self.log_in().await.map_err(|error| match error {
            LoginError::Here(error) => error,
            LoginError::Server(error) => Error::Unreachable {
                server: self.server(),
                why: reason(&error),
            },
        })
    }

    /// Logs in, and gives the server's own error.
    pub(super) async fn log_in(&self) -> Result<Client, LoginError> {
        if let Some(roots) = &self.roots {
            let client = ClientConfig::builder_with_provider(Arc::new(
                rustls::crypto::aws_lc_rs::default_provider(),
            ))
            .with_safe_default_protocol_versions()
            .map_err(|error| LoginError::Here(no_connection(&error.to_string())))?
            .with_root_certificates(Arc::clone(roots))
            .with_no_client_auth();
            let tls = MakeRustlsConnect::new(client);
            let (client, connection) = self.config.connect(tls).await?;
            // It ends with the client; what goes wrong in between, the client's calls report.
            tokio::spawn(connection);
            return Ok(client);
        }
        let (client, connection) = self.config.connect(NoTls).await?;
        tokio::spawn(connection);
        Ok(client)
    }
}

/// Why a login did not succeed.
pub(super) enum LoginError {
    /// The settings on this side.
    Here(Error),
    /// The server, or the way to it.
    Server(tokio_postgres::Error),
}

impl From<tokio_postgres::Error> for LoginError {
    fn from(error: tokio_postgres::Error) -> Self {
        Self::Server(error)
    }
}

/// A parsed connection with libpq's settings that `tokio-postgres` does not know: sslmode and sslrootcert.
type Parsed = (Config, Option<String>, Option<String>);

fn from_json(text: &str) -> Result<Parsed, Error> {
    // The parser's message would quote what it read.
    let json: Json = serde_json::from_str(text).map_err(|error| {
        no_connection(&format!(
            "the JSON object does not fit, at column {}",
            error.column()
        ))
    })?;
    let mut config = Config::new();
    config.host(&json.host).user(&json.username);
    if let Some(port) = json.port {
        config.port(port);
    }
    if let Some(dbname) = &json.dbname {
        config.dbname(dbname);
    }
    if let Some(password) = &json.password {
        config.password(password);
    }
    Ok((config, json.sslmode, json.sslrootcert))
}

fn from_text(text: &str) -> Result<Parsed, Error> {
    let is_url = text.starts_with("postgres://") || text.starts_with("postgresql://");
    let (mut mode, mut root_file) = (None, None);
    let mut take = |key: &str, value: &str| match key {
        "sslmode" => {
            mode = Some(value.to_owned());
            true
        }
        "sslrootcert" => {
            root_file = Some(value.to_owned());
            true
        }
        _ => false,
    };
    let rest = if is_url {
        let (base, query) = text.split_once('?').unwrap_or((text, ""));
        let kept: Vec<&str> = query
            .split('&')
            .filter(|pair| !pair.is_empty())
            .filter(|pair| {
                !pair
                    .split_once('=')
                    .is_some_and(|(key, value)| take(key, value))
            })
            .collect();
        if kept.is_empty() {
            base.to_owned()
        } else {
            format!("{base}?{}", kept.join("&"))
        }
    } else {
        text.split_whitespace()
            .filter(|pair| {
                !pair
                    .split_once('=')
                    .is_some_and(|(key, value)| take(key, value))
            })
            .collect::<Vec<_>>()
            .join(" ")
    };
    let config: Config = rest.parse().map_err(|_| {
        no_connection("it is neither a URL nor key=value text that PostgreSQL takes")
    })?;
    Ok((config, mode, root_file))
}

fn is_local(config: &Config) -> bool {
    config.get_hosts().iter().all(|host| match host {
        Host::Tcp(name) => {
            name == "localhost"
                || name
                    .parse::<std::net::IpAddr>()
                    .is_ok_and(|ip| ip.is_loopback())
        }
        #[cfg(unix)]
        Host::Unix(_) => true,
    })
}

/// The certificates that are trusted: those of the file, or of the operating system.
fn trusted(file: Option<&Path>) -> Result<RootCertStore, Error> {
    let mut roots = RootCertStore::empty();
    if let Some(file) = file {
        let unusable =
            |why: String| no_connection(&format!("sslrootcert {}: {why}", file.display()));
        for certificate in
            CertificateDer::pem_file_iter(file).map_err(|error| unusable(error.to_string()))?
        {
            let certificate = certificate.map_err(|error| unusable(error.to_string()))?;
            roots
                .add(certificate)
                .map_err(|error| unusable(error.to_string()))?;
        }
    } else {
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    }
    if roots.is_empty() {
        return Err(no_connection(
            "there is no certificate to trust the server by; name one with sslrootcert",
        ));
    }
    Ok(roots)
}

fn no_connection(why: &str) -> Error {
    Error::NoConnection {
        why: why.to_owned(),
    }
}

/// The server's word with its code, or what went wrong before it had one.
pub(super) fn reason(error: &tokio_postgres::Error) -> String {
    use std::error::Error as _;
    match error.as_db_error() {
        Some(server) => format!("{} (SQLSTATE {})", server.message(), server.code().code()),
        None => match error.source() {
            Some(source) => format!("{error}: {source}"),
            None => error.to_string(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Connection, String> {
        Connection::parse(&Secret::copy_from(text.as_bytes())).map_err(|error| error.to_string())
    }

    #[test]
    fn takes_urls_and_libpq_text_and_json() {
        for text in [
            "postgresql://admin:fake-pw@127.0.0.1:6432/app?sslmode=disable&target_session_attrs=any",
            "host=127.0.0.1 port=6432 dbname=app user=admin password=fake-pw sslmode=disable",
            r#"{"host": "127.0.0.1", "port": 6432, "dbname": "app", "username": "admin", "password": "fake-pw"}"#,
        ] {
            let connection = parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
            assert_eq!(connection.server(), "127.0.0.1:6432");
            assert_eq!(connection.database(), Some("app"));
            assert!(!connection.encrypts());
        }
    }

    #[test]
    fn what_is_no_connection_is_told_without_repeating_it() {
        for text in [
            "hunter2-fake",
            "postgresql://db.example.com/app",
            r#"{"host": "h", "username": 7, "password": "hunter2-fake"}"#,
            "postgresql://u:hunter2-fake@h/app?sslmode=allow",
        ] {
            let error = parse(text).err().unwrap();
            assert!(!error.contains("hunter2"), "{error}");
        }
    }
}
