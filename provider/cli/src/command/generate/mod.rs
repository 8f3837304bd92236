//! `coffer generate`

mod authority;
mod bytes;
mod key;
mod passphrase;
mod password;
mod uuid;

use clap::{Args, Subcommand};
use coffer_rotation::generator::Generated;
use coffer_vault::{PutRequest, SecretName};
use serde_json::json;

use crate::arguments::{Format, Global};
use crate::failure::{Failure, Result};
use crate::{output, session};

/// What to generate. Everything comes from the operating system's random generator.
#[derive(Subcommand)]
pub(crate) enum Generate {
    Password(password::Password),
    Passphrase(passphrase::Passphrase),
    Bytes(bytes::Bytes),
    Uuid(uuid::Uuid),
    Key(key::Key),
    Authority(authority::Authorities),
}

impl Generate {
    pub(crate) fn run(&self, global: &Global) -> Result<()> {
        match self {
            Self::Password(password) => password.run(global),
            Self::Passphrase(passphrase) => passphrase.run(global),
            Self::Bytes(bytes) => bytes.run(global),
            Self::Uuid(uuid) => uuid.run(global),
            Self::Key(key) => key.run(global),
            Self::Authority(authority) => authority.run(global),
        }
    }
}

/// Where the result goes.
#[derive(Args)]
struct Target {
    /// Store it in the vault under this name instead of printing it
    #[arg(long, value_name = "NAME")]
    put: Option<String>,
}

impl Target {
    /// Stores or prints what was generated.
    fn deliver(&self, generated: &Generated, global: &Global) -> Result<()> {
        let bits = generated.entropy_bits.floor();
        if let Some(name) = &self.put {
            let name = SecretName::parse(name)?;
            let request = PutRequest::new(generated.value.clone());
            let stored = session::open(global)?.put(&name, request)?;
            if global.format == Format::Json {
                let version = stored.version;
                return output::json(
                    &json!({ "name": name.as_str(), "version": version, "entropy_bits": bits }),
                );
            }
            let version = stored.version;
            return output::line(&format!(
                "Stored version {version} of {name} (generated, {bits:.0} bits of entropy)."
            ));
        }
        if global.format == Format::Json {
            let text = generated
                .value
                .danger_expose_str()
                .map_err(|_| Failure::Usage {
                    what: "the value is no text, so JSON cannot hold it".into(),
                    remedy: "leave --format json out, or choose another --encoding".into(),
                })?;
            return output::json(&json!({ "value": text, "entropy_bits": bits }));
        }
        output::bytes(generated.value.danger_expose())?;
        if std::io::IsTerminal::is_terminal(&std::io::stdout()) {
            output::line("")?;
        }
        Ok(())
    }
}
