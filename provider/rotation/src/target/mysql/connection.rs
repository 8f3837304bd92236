//! Connecting as whoever may change users.

use std::path::PathBuf;
use std::time::Duration;

use coffer_vault::Secret;
use mysql_async::{Conn, Opts, OptsBuilder, SslOpts};
use percent_encoding::percent_decode_str;
use serde::Deserialize;
use url::{Host, Url};

use crate::target::TargetError;

/// How long connecting may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// The server's code for a wrong password.
const ACCESS_DENIED: u16 = 1045;
/// The port unless one is named.
const PORT: u16 = 3306;

/// Where a MySQL or MariaDB server is, and as whom to log in there.
///
/// With TLS the server's certificate and its name are verified in every mode, `VERIFY_CA` included: the driver cannot leave
/// the name out. Without a mode, TLS is used unless the server is on this machine.
#[derive(Clone)]
pub struct Connection {
    options: Opts,
    is_mariadb: bool,
}

/// The JSON form, with the names that AWS uses for a database's secret.
#[derive(Deserialize)]
struct Json {
    engine: Option<String>,
    host: String,
    port: Option<u16>,
    #[serde(alias = "database")]
    dbname: Option<String>,
    #[serde(alias = "user")]
    username: String,
    password: Option<String>,
    #[serde(alias = "sslmode", rename = "ssl-mode")]
    ssl_mode: Option<String>,
    #[serde(alias = "sslrootcert", rename = "ssl-ca")]
    ssl_ca: Option<PathBuf>,
}

impl Connection {
    /// Reads a connection: a URL with `mysql:` or `mariadb:`, or a JSON object.
    ///
    /// # Errors
    /// [`TargetError::Unusable`]; the text is not repeated.
    pub fn parse(secret: &Secret) -> Result<Self, TargetError> {
        let text = secret
            .danger_expose_str()
            .map_err(|_| no_connection("it is not text"))?
            .trim();
        let parts = match text.starts_with('{') {
            true => from_json(text)?,
            false => from_url(text)?,
        };
        Self::new(parts)
    }

    fn new(parts: Json) -> Result<Self, TargetError> {
        let mode = parts.ssl_mode.as_deref().map(str::to_ascii_lowercase);
        let mode = mode.as_deref().map(|mode| mode.replace('-', "_"));
        let tls = match mode.as_deref() {
            Some("disable" | "disabled") => false,
            Some("require" | "required" | "verify_ca" | "verify_full" | "verify_identity") => true,
            None => !is_local(&parts.host),
            Some(_) => {
                return Err(no_connection(
                    "its ssl-mode is none of DISABLED, REQUIRED, VERIFY_CA, VERIFY_IDENTITY",
                ));
            }
        };
        let tls = match tls {
            false => None,
            true => Some(
                SslOpts::default()
                    .with_disable_built_in_roots(true)
                    .with_root_certs(trusted(parts.ssl_ca)?.into_iter().map(Into::into).collect()),
            ),
        };
        let engine = parts.engine.unwrap_or_default();
        let options = OptsBuilder::default()
            .ip_or_hostname(parts.host)
            .tcp_port(parts.port.unwrap_or(PORT))
            .user(Some(parts.username))
            .pass(parts.password)
            .db_name(parts.dbname)
            .ssl_opts(tls)
            // A socket would be another way in than the one that is named.
            .prefer_socket(false);
        Ok(Self {
            options: options.into(),
            is_mariadb: engine == "mariadb",
        })
    }

    /// The server with its address, for errors.
    #[must_use]
    pub fn server(&self) -> String {
        let kind = match self.is_mariadb {
            true => "MariaDB",
            false => "MySQL",
        };
        format!("{kind} at {}:{}", self.host(), self.port())
    }

    /// The host.
    #[must_use]
    pub fn host(&self) -> &str {
        self.options.ip_or_hostname()
    }

    /// The port.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.options.tcp_port()
    }

    /// The database.
    #[must_use]
    pub fn database(&self) -> Option<&str> {
        self.options.db_name()
    }

    /// The engine as AWS calls it.
    #[must_use]
    pub fn engine(&self) -> &'static str {
        match self.is_mariadb {
            true => "mariadb",
            false => "mysql",
        }
    }

    /// Whether TLS is used.
    #[must_use]
    pub fn encrypts(&self) -> bool {
        self.options.ssl_opts().is_some()
    }

    /// The same server, TLS settings included, for another user and, where given, another database.
    pub(super) fn as_login(
        &self,
        user: &str,
        password: &Secret,
        database: Option<&str>,
    ) -> Result<Self, TargetError> {
        let password = password
            .danger_expose_str()
            .map_err(|_| TargetError::Unusable {
                why: "the new password is not text".to_owned(),
                remedy: "have one generated that is".to_owned(),
            })?;
        let database = database.or(self.database()).map(str::to_owned);
        let options = OptsBuilder::from_opts(self.options.clone())
            .user(Some(user))
            .pass(Some(password))
            .db_name(database);
        Ok(Self {
            options: options.into(),
            is_mariadb: self.is_mariadb,
        })
    }

    /// The same login without a database: the right to change users is none to enter one.
    pub(super) fn outside_of_databases(&self) -> Self {
        let options = OptsBuilder::from_opts(self.options.clone()).db_name(None::<String>);
        Self {
            options: options.into(),
            is_mariadb: self.is_mariadb,
        }
    }

    /// Logs in, and gives the driver's own error, or none where it took too long.
    ///
    /// The driver cuts a challenge of `ed25519` that ends with a zero byte, one of 256, and is then refused. So a
    /// refusal counts once MariaDB has repeated it.
    pub(super) async fn log_in(&self) -> Result<Conn, Option<mysql_async::Error>> {
        match self.log_in_once().await {
            Err(Some(mysql_async::Error::Server(refusal)))
                if self.is_mariadb && refusal.code == ACCESS_DENIED =>
            {
                self.log_in_once().await
            }
            outcome => outcome,
        }
    }

    async fn log_in_once(&self) -> Result<Conn, Option<mysql_async::Error>> {
        let connecting = Conn::new(self.options.clone());
        match tokio::time::timeout(CONNECT_TIMEOUT, connecting).await {
            Ok(connected) => connected.map_err(Some),
            Err(_) => Err(None),
        }
    }
}

fn from_json(text: &str) -> Result<Json, TargetError> {
    // The parser's message would quote what it read.
    serde_json::from_str(text).map_err(|error| {
        no_connection(&format!(
            "the JSON object does not fit, at column {}",
            error.column()
        ))
    })
}

fn from_url(text: &str) -> Result<Json, TargetError> {
    let no_url = || no_connection("it is no URL with mysql: or mariadb:");
    let url = Url::parse(text).map_err(|_| no_url())?;
    if !["mysql", "mariadb"].contains(&url.scheme()) {
        return Err(no_url());
    }
    let decode = |text: &str| {
        percent_decode_str(text)
            .decode_utf8()
            .map(std::borrow::Cow::into_owned)
            .map_err(|_| no_connection("a part of it is not UTF-8"))
    };
    let host = match url.host() {
        Some(Host::Domain(name)) => decode(name)?,
        Some(Host::Ipv4(address)) => address.to_string(),
        Some(Host::Ipv6(address)) => address.to_string(),
        None => return Err(no_connection("it names no host")),
    };
    if url.username().is_empty() {
        return Err(no_connection("it names no user"));
    }
    let database = url.path().trim_start_matches('/');
    let setting = |names: [&str; 2]| {
        url.query_pairs()
            .find(|(name, _)| names.contains(&name.as_ref()))
            .map(|(_, value)| value.into_owned())
    };
    Ok(Json {
        engine: Some(url.scheme().to_owned()),
        host,
        port: url.port(),
        dbname: match database {
            "" => None,
            name => Some(decode(name)?),
        },
        username: decode(url.username())?,
        password: url.password().map(decode).transpose()?,
        ssl_mode: setting(["ssl-mode", "sslmode"]),
        ssl_ca: setting(["ssl-ca", "sslrootcert"]).map(PathBuf::from),
    })
}

fn is_local(host: &str) -> bool {
    host == "localhost"
        || host
            .parse::<std::net::IpAddr>()
            .is_ok_and(|ip| ip.is_loopback())
}

/// The certificates that are trusted: those of the file, or of the operating system.
fn trusted(file: Option<PathBuf>) -> Result<Vec<Vec<u8>>, TargetError> {
    let certificates = match file {
        Some(file) => {
            let pem = std::fs::read(&file)
                .map_err(|error| no_connection(&format!("ssl-ca {}: {error}", file.display())))?;
            vec![pem]
        }
        None => rustls_native_certs::load_native_certs()
            .certs
            .into_iter()
            .map(|certificate| certificate.to_vec())
            .collect(),
    };
    if certificates.is_empty() {
        return Err(no_connection(
            "there is no certificate to trust the server by; name one with ssl-ca",
        ));
    }
    Ok(certificates)
}

fn no_connection(why: &str) -> TargetError {
    TargetError::Unusable {
        why: format!("the connection is not one: {why}"),
        remedy: "store a URL such as mysql://admin:…@db.example.com:3306/app, or a JSON object with host, port, dbname, username and password"
            .to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Connection, String> {
        Connection::parse(&Secret::copy_from(text.as_bytes())).map_err(|error| error.to_string())
    }

    #[test]
    fn takes_urls_and_json() {
        for text in [
            "mariadb://admin:fake%2Fpw@127.0.0.1:3307/app?ssl-mode=DISABLED",
            "mariadb://admin:fake%2Fpw@127.0.0.1:3307/app",
            r#"{"engine": "mariadb", "host": "127.0.0.1", "port": 3307, "dbname": "app", "username": "admin", "password": "fake/pw"}"#,
        ] {
            let connection = parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
            assert_eq!(connection.server(), "MariaDB at 127.0.0.1:3307");
            assert_eq!(connection.database(), Some("app"));
            assert_eq!(connection.options.pass(), Some("fake/pw"));
            assert!(!connection.encrypts());
        }
    }

    #[test]
    fn what_is_no_connection_is_told_without_repeating_it() {
        for text in [
            "hunter2-fake",
            "postgresql://u:hunter2-fake@h/app",
            "mysql://db.example.com/app",
            "mysql://u:hunter2-fake@h/app?ssl-mode=PREFERRED",
            "mysql://u:hunter2-fake@h/app?ssl-ca=/nowhere/ca.pem",
            r#"{"host": "h", "username": 7, "password": "hunter2-fake"}"#,
        ] {
            let error = parse(text).err().unwrap();
            assert!(!error.contains("hunter2"), "{error}");
        }
    }
}
