//! What the value of a version looks like.

use coffer_backend::wipe_json;
use coffer_vault::Secret;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use thiserror::Error;

/// What the value of a version looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// The password and nothing else.
    Plain,
    /// A JSON object with the members that AWS gives the secret of a database: `username`, `password`, `engine`, `host`,
    /// `port`, `dbname`. Members of other names are kept from version to version.
    Json,
}

/// A value is not what its format says. Nothing of it is repeated.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum ValueError {
    /// It is no JSON object.
    #[error("its value is no JSON object")]
    NoObject,
    /// It has no password.
    #[error("its value has no member \"password\" that is text")]
    NoPassword,
}

/// What a target knows of where it is, for the JSON form.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Whereabouts {
    /// The kind of database as AWS calls it: `postgres`, `mysql`, `mariadb`.
    pub engine: Option<&'static str>,
    /// Its host.
    pub host: Option<String>,
    /// Its port.
    pub port: Option<u16>,
    /// Its database.
    pub dbname: Option<String>,
}

/// The members of a JSON object, wiped when it is dropped.
struct Members(Map<String, Value>);

impl Members {
    fn parse(value: &Secret) -> Result<Self, ValueError> {
        serde_json::from_slice(value.danger_expose())
            .map(Self)
            .map_err(|_| ValueError::NoObject)
    }

    fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name)?.as_str()
    }

    fn set(&mut self, name: &str, value: Value) {
        if let Some(mut old) = self.0.insert(name.to_owned(), value) {
            wipe_json(&mut old);
        }
    }
}

impl Drop for Members {
    fn drop(&mut self) {
        self.0.values_mut().for_each(wipe_json);
    }
}

impl Format {
    /// The password in a value, and the user where it says so.
    ///
    /// # Errors
    /// Where the value is not of this format.
    pub fn read(self, value: &Secret) -> Result<(Option<String>, Secret), ValueError> {
        match self {
            Self::Plain => Ok((None, value.clone())),
            Self::Json => {
                let members = Members::parse(value)?;
                let password = members.text("password").ok_or(ValueError::NoPassword)?;
                let password = Secret::copy_from(password.as_bytes());
                Ok((members.text("username").map(str::to_owned), password))
            }
        }
    }

    /// The value of a new version: `password` of `username`, with what else stands in the `current` value.
    #[must_use]
    pub fn write(
        self,
        password: &Secret,
        username: Option<&str>,
        current: Option<&Secret>,
        whereabouts: &Whereabouts,
    ) -> Secret {
        if self == Self::Plain {
            return password.clone();
        }
        let known = current.and_then(|value| Members::parse(value).ok());
        let mut members = known.unwrap_or_else(|| Members(Map::new()));
        let mut offer = |name: &str, value: Option<Value>| {
            if let (Some(value), false) = (value, members.0.contains_key(name)) {
                members.set(name, value);
            }
        };
        offer("engine", whereabouts.engine.map(Value::from));
        offer("host", whereabouts.host.clone().map(Value::from));
        offer("port", whereabouts.port.map(Value::from));
        offer("dbname", whereabouts.dbname.clone().map(Value::from));
        if let Some(username) = username {
            members.set("username", username.into());
        }
        // Generated passwords are text.
        let text = String::from_utf8_lossy(password.danger_expose()).into_owned();
        members.set("password", text.into());
        Secret::new(serde_json::to_vec(&members.0).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret(text: &str) -> Secret {
        Secret::copy_from(text.as_bytes())
    }

    #[test]
    fn json_keeps_what_it_does_not_change() {
        let current = secret(r#"{"username":"a","password":"fake-old","host":"db","extra":[1]}"#);
        let whereabouts = Whereabouts {
            engine: Some("postgres"),
            host: Some("elsewhere".into()),
            port: Some(5432),
            dbname: None,
        };
        let new = Format::Json.write(&secret("fake-new"), Some("b"), Some(&current), &whereabouts);
        let read: Value = serde_json::from_slice(new.danger_expose()).unwrap();
        let expected = serde_json::json!({
            "engine": "postgres", "extra": [1], "host": "db", "password": "fake-new", "port": 5432, "username": "b"
        });
        assert_eq!(read, expected);
        let (username, password) = Format::Json.read(&new).unwrap();
        assert_eq!(username.as_deref(), Some("b"));
        assert_eq!(password.danger_expose(), b"fake-new");
    }

    #[test]
    fn a_value_of_another_shape_is_told_without_repeating_it() {
        for text in ["hunter2-fake", "[]", r#"{"password": 7}"#] {
            let error = Format::Json.read(&secret(text)).err().unwrap();
            assert!(!error.to_string().contains("hunter2"));
        }
    }
}
