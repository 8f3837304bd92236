//! `provider::coffer::dsn`

use std::collections::BTreeMap;
use std::fmt::Write;

use coffer_plugin::cty::Cty;
use coffer_plugin::{Arguments, Function, FunctionError};

use super::members::Members;

/// Writes a connection string with everything escaped that its form needs, which a template does not: a password with
/// `@`, `/` or `%` in it breaks `"postgres://${user}:${password}@${host}"`.
///
/// Of a sensitive or ephemeral password the result is sensitive or ephemeral, too.
#[derive(Arguments)]
pub(crate) struct Dsn {
    /// The form: a URL's scheme (`postgresql`, `postgres`, `mysql`, `mariadb`, `mongodb`, `mongodb+srv`, `redis`, `rediss`,
    /// `amqp`, `amqps`, `sqlserver`, `clickhouse`), `libpq` (`host='db' user='app'`), `ado` (`Server=db;Password="..."`),
    /// or `go-mysql` (`app:...@tcp(db:3306)/app`).
    form: String,
    /// The parts: `host`, and `port`, `username`, `password`, `database` and `options` (a map), which can be left out or
    /// null.
    parts: Cty,
}

/// Forms that are URLs.
const SCHEMES: &[&str] = &[
    "postgresql",
    "postgres",
    "mysql",
    "mariadb",
    "mongodb",
    "mongodb+srv",
    "redis",
    "rediss",
    "amqp",
    "amqps",
    "sqlserver",
    "clickhouse",
];

impl Function for Dsn {
    type Output = String;
    const NAME: &'static str = "dsn";
    const SUMMARY: &'static str = "Writes a connection string";

    fn call(self) -> Result<String, FunctionError> {
        let parts = Parts::of(self.parts)?;
        match self.form.as_str() {
            "libpq" => Ok(parts.libpq()),
            "ado" => Ok(parts.ado()),
            "go-mysql" => parts.go_mysql(),
            scheme if SCHEMES.contains(&scheme) => Ok(parts.url(scheme)),
            _ => Err(FunctionError::argument(
                "form",
                format!(
                    "there is no such form; there are {}, libpq, ado and go-mysql",
                    SCHEMES.join(", ")
                ),
            )),
        }
    }
}

/// What a connection needs.
struct Parts {
    host: String,
    port: Option<u16>,
    username: Option<String>,
    password: Option<String>,
    database: Option<String>,
    options: BTreeMap<String, String>,
}

impl Parts {
    fn of(parts: Cty) -> Result<Self, FunctionError> {
        let mut members = Members::of("parts", parts)?;
        let parts = Self {
            host: members.require("host")?,
            port: members.take("port")?,
            username: members.take("username")?,
            password: members.take("password")?,
            database: members.take("database")?,
            options: members.take("options")?.unwrap_or_default(),
        };
        let is_host = |c: char| c.is_ascii_alphanumeric() || "-._:[]%".contains(c);
        if parts.host.is_empty() || !parts.host.chars().all(is_host) {
            return Err(members.refuse("host: a host's name or an address is expected here"));
        }
        if parts.port == Some(0) {
            return Err(members.refuse("port: a port is a number from 1 to 65535"));
        }
        members.finish()?;
        Ok(parts)
    }

    /// The host as an authority has it: an IPv6 address in brackets, and the port.
    fn authority(&self) -> String {
        let host = if self.host.contains(':') && !self.host.starts_with('[') {
            format!("[{}]", self.host)
        } else {
            self.host.clone()
        };
        match self.port {
            Some(port) => format!("{host}:{port}"),
            None => host,
        }
    }

    /// RFC 3986.
    fn url(&self, scheme: &str) -> String {
        let mut url = format!("{scheme}://");
        if let Some(username) = &self.username {
            url.push_str(&percent(username));
        }
        if let Some(password) = &self.password {
            url.push(':');
            url.push_str(&percent(password));
        }
        if self.username.is_some() || self.password.is_some() {
            url.push('@');
        }
        url.push_str(&self.authority());
        let mut options = self.options.clone();
        match &self.database {
            // The drivers of SQL Server take the path for an instance.
            Some(database) if scheme == "sqlserver" => {
                options.insert("database".to_owned(), database.clone());
            }
            Some(database) => {
                url.push('/');
                url.push_str(&percent(database));
            }
            None if scheme == "mongodb" && !options.is_empty() => url.push('/'),
            None => {}
        }
        url.push_str(&query(&options));
        url
    }

    /// The parts of `named` that are there, and then the options.
    fn pairs<'a>(
        &'a self,
        named: &'a [(&'a str, Option<&'a String>)],
    ) -> impl Iterator<Item = (&'a str, &'a String)> {
        let named = named
            .iter()
            .filter_map(|(name, value)| Some((*name, (*value)?)));
        let options = self
            .options
            .iter()
            .map(|(name, value)| (name.as_str(), value));
        named.chain(options)
    }

    /// <https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING-KEYWORD-VALUE>
    fn libpq(&self) -> String {
        let port = self.port.map(|port| port.to_string());
        let mut text = String::new();
        let named = [
            ("host", Some(&self.host)),
            ("port", port.as_ref()),
            ("user", self.username.as_ref()),
            ("password", self.password.as_ref()),
            ("dbname", self.database.as_ref()),
        ];
        for (name, value) in self.pairs(&named) {
            let value = value.replace('\\', "\\\\").replace('\'', "\\'");
            let gap = if text.is_empty() { "" } else { " " };
            let _ = write!(text, "{gap}{name}='{value}'");
        }
        text
    }

    /// The key and value pairs of ADO.NET, in which a quotation mark is doubled.
    fn ado(&self) -> String {
        let server = match self.port {
            Some(port) => format!("{},{port}", self.host),
            None => self.host.clone(),
        };
        let named = [
            ("Server", Some(&server)),
            ("Database", self.database.as_ref()),
            ("User ID", self.username.as_ref()),
            ("Password", self.password.as_ref()),
        ];
        let pairs = self.pairs(&named).map(|(name, value)| {
            let plain = |c: char| c.is_ascii_alphanumeric() || "-._,:".contains(c);
            if !value.is_empty() && value.chars().all(plain) {
                format!("{name}={value}")
            } else {
                format!("{name}=\"{}\"", value.replace('"', "\"\""))
            }
        });
        pairs.collect::<Vec<_>>().join(";")
    }

    /// <https://github.com/go-sql-driver/mysql#dsn-data-source-name>: nothing is escaped before the last `@`, and the user
    /// name ends at the first colon.
    fn go_mysql(&self) -> Result<String, FunctionError> {
        let username = self.username.as_deref().unwrap_or_default();
        if username.contains(':') {
            return Err(FunctionError::argument(
                "parts",
                "username: go-mysql has no way to write a colon in it",
            ));
        }
        let password = self.password.as_ref().map(|it| format!(":{it}"));
        let login = format!("{username}{}", password.unwrap_or_default());
        let at = if login.is_empty() { "" } else { "@" };
        let database = percent(self.database.as_deref().unwrap_or_default());
        Ok(format!(
            "{login}{at}tcp({})/{database}{}",
            self.authority(),
            query(&self.options)
        ))
    }
}

fn query(options: &BTreeMap<String, String>) -> String {
    let mut text = String::new();
    for (name, value) in options {
        text.push(if text.is_empty() { '?' } else { '&' });
        text.push_str(&percent(name));
        text.push('=');
        text.push_str(&percent(value));
    }
    text
}

/// Escapes everything but RFC 3986's unreserved characters.
fn percent(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            escaped.push(char::from(byte));
        } else {
            let _ = write!(escaped, "%{byte:02X}");
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dsn(form: &str, parts: &[(&str, &str)]) -> Result<String, String> {
        let mut members: BTreeMap<String, Cty> = parts
            .iter()
            .filter(|(name, _)| !["port", "sslmode"].contains(name))
            .map(|(name, value)| ((*name).to_owned(), Cty::from(*value)))
            .collect();
        for (name, value) in parts {
            match *name {
                "port" => members.insert("port".into(), Cty::from(value.parse::<i64>().unwrap())),
                "sslmode" => members.insert(
                    "options".into(),
                    Cty::object([("sslmode", Cty::from(*value))]),
                ),
                _ => None,
            };
        }
        let (form, parts) = (form.to_owned(), Cty::Object(members));
        Dsn { form, parts }
            .call()
            .map_err(|error| error.to_string())
    }

    const ALL: &[(&str, &str)] = &[
        ("host", "db.internal"),
        ("port", "5432"),
        ("username", "app"),
        ("password", r#"p@ss/w:rd%'"\;é"#),
        ("database", "my app"),
        ("sslmode", "require"),
    ];

    #[test]
    fn each_form_escapes_what_it_must() {
        assert_eq!(
            dsn("postgresql", ALL).unwrap(),
            "postgresql://app:p%40ss%2Fw%3Ard%25%27%22%5C%3B%C3%A9@db.internal:5432/my%20app?sslmode=require"
        );
        assert_eq!(
            dsn("libpq", ALL).unwrap(),
            r#"host='db.internal' port='5432' user='app' password='p@ss/w:rd%\'"\\;é' dbname='my app' sslmode='require'"#
        );
        assert_eq!(
            dsn("ado", ALL).unwrap(),
            r#"Server=db.internal,5432;Database="my app";User ID=app;Password="p@ss/w:rd%'""\;é";sslmode=require"#
        );
        assert_eq!(
            dsn("go-mysql", ALL).unwrap(),
            r#"app:p@ss/w:rd%'"\;é@tcp(db.internal:5432)/my%20app?sslmode=require"#
        );
        assert!(
            dsn("sqlserver", ALL)
                .unwrap()
                .ends_with("@db.internal:5432?database=my%20app&sslmode=require")
        );
    }

    #[test]
    fn parts_can_be_left_out() {
        assert_eq!(
            dsn("redis", &[("host", "::1"), ("port", "6379")]).unwrap(),
            "redis://[::1]:6379"
        );
        assert_eq!(
            dsn("redis", &[("host", "h"), ("password", "x")]).unwrap(),
            "redis://:x@h"
        );
        assert_eq!(
            dsn("mongodb", &[("host", "h"), ("sslmode", "x")]).unwrap(),
            "mongodb://h/?sslmode=x"
        );
        assert_eq!(dsn("go-mysql", &[("host", "h")]).unwrap(), "tcp(h)/");
    }

    #[test]
    fn an_error_repeats_no_part() {
        for (form, parts) in [
            ("oracle", ALL),
            ("postgresql", &[("password", "hunter2")]),
            ("postgresql", &[("host", "hunter2 hunter2")]),
            ("postgresql", &[("host", "hunter2"), ("port", "0")]),
            ("postgresql", &[("host", "hunter2"), ("user", "hunter2")]),
            (
                "go-mysql",
                &[("host", "hunter2"), ("username", "hunter2:x")],
            ),
        ] {
            let error = dsn(form, parts).unwrap_err();
            assert!(
                !error.contains("hunter2") && !error.contains("p@ss"),
                "{error}"
            );
        }
    }
}
