//! `coffer put`

use std::path::PathBuf;

use clap::Args;
use coffer_rotation::generator::PasswordPolicy;
use coffer_vault::{Expect, MetadataChange, PutRequest, Secret, SecretName, Timestamp};
use serde_json::json;

use crate::arguments::{Format, Global};
use crate::failure::{Failure, Result};
use crate::{output, session, terminal};

/// Store a secret.
///
/// The value comes from stdin, from a prompt that does not show it, from a file, or is generated. It becomes the
/// current version; the one before stays readable as the previous version.
///
/// From stdin, one line break at the end is dropped (that which `echo` adds); --keep-newline keeps it. A file is stored
/// byte for byte.
#[derive(Args)]
#[command(after_help = "\
Examples:
  pass show db | coffer put prod/db
  coffer put prod/db --generate
  coffer put prod/tls-key --file key.pem --content-type application/x-pem-file")]
pub(crate) struct Put {
    /// The secret's name, such as prod/db
    name: String,
    /// Refused: see below
    #[arg(hide = true)]
    value: Option<String>,
    /// Take the value from a file, byte for byte
    #[arg(long, value_name = "FILE", conflicts_with = "generate")]
    file: Option<PathBuf>,
    /// Keep a line break at the end of stdin
    #[arg(long, conflicts_with_all = ["file", "generate"])]
    keep_newline: bool,
    /// Generate a random password
    #[arg(long)]
    generate: bool,
    /// How long the generated password is
    #[arg(long, requires = "generate", default_value_t = 32, value_name = "N")]
    length: usize,
    /// Use letters and digits only in the generated password
    #[arg(long, requires = "generate")]
    no_special: bool,
    /// Refuse to generate a password with less entropy; lower it for systems that take only short ones
    #[arg(
        long,
        requires = "generate",
        default_value_t = 64.0,
        value_name = "BITS"
    )]
    min_entropy_bits: f64,
    /// Store it as the pending version; `coffer promote` makes it current
    #[arg(long)]
    pending: bool,
    /// Store it only if the secret does not exist yet
    #[arg(long, conflicts_with = "if_version")]
    if_absent: bool,
    /// Store it only if this is the newest version
    #[arg(long, value_name = "N")]
    if_version: Option<u64>,
    /// Store it once however often this is repeated with the same token
    #[arg(long, value_name = "TOKEN")]
    idempotency_token: Option<String>,
    /// What the value is
    #[arg(long, value_name = "TYPE")]
    content_type: Option<String>,
    /// When the value stops being valid, such as 2030-01-31T00:00:00Z
    #[arg(long, value_name = "TIME")]
    expires: Option<Timestamp>,
    /// What the secret is for
    #[arg(long, value_name = "TEXT")]
    description: Option<String>,
    /// Set a label on the secret; may be repeated
    #[arg(long, value_name = "KEY=TEXT", value_parser = label)]
    label: Vec<(String, String)>,
    /// Destroy older versions than this many, except those that carry a stage
    #[arg(long, value_name = "N")]
    versions_to_keep: Option<u32>,
}

impl Put {
    pub(crate) fn run(&self, global: &Global) -> Result<()> {
        if self.value.is_some() {
            return Err(Failure::Usage {
                what: "a value is not taken from the command line: every user of this machine can see it there, and \
                       the shell keeps it in its history"
                    .into(),
                remedy: format!(
                    "pipe it in (… | coffer put {0}), type it at the prompt (coffer put {0}) or use --file. \
                     Replace the value that you typed",
                    self.name.escape_debug()
                ),
            });
        }
        let name = SecretName::parse(&self.name)?;
        let vault = session::open(global)?;
        let (value, entropy) = self.value(&name)?;
        let stored = vault.put(&name, self.request(value))?;
        if global.format == Format::Json {
            let mut json = output::version_json(&stored);
            if let Some(object) = json.as_object_mut() {
                object.insert("repeated".into(), json!(stored.repeated));
                object.insert("entropy_bits".into(), json!(entropy.map(f64::floor)));
            }
            return output::json(&json);
        }
        let how = match (entropy, stored.repeated) {
            (_, true) => " (it was stored before under this idempotency token)".to_owned(),
            (Some(bits), _) => format!(" (generated, {bits:.0} bits of entropy)"),
            (None, _) => String::new(),
        };
        output::line(&format!(
            "Stored version {} of {name}{how}.",
            stored.version
        ))
    }

    fn request(&self, value: Secret) -> PutRequest {
        let mut request = PutRequest::new(value).with_metadata(MetadataChange {
            description: self.description.clone(),
            labels: self
                .label
                .iter()
                .map(|(k, v)| (k.clone(), Some(v.clone())))
                .collect(),
            versions_to_keep: self.versions_to_keep,
            ..MetadataChange::default()
        });
        if self.pending {
            request = request.pending();
        }
        if self.if_absent {
            request = request.expect(Expect::Absent);
        }
        if let Some(version) = self.if_version {
            request = request.expect(Expect::Latest(version));
        }
        if let Some(token) = &self.idempotency_token {
            request = request.idempotency_token(token);
        }
        if let Some(content_type) = &self.content_type {
            request = request.content_type(content_type);
        }
        if let Some(expires) = self.expires {
            request = request.expires(expires);
        }
        request
    }

    fn value(&self, name: &SecretName) -> Result<(Secret, Option<f64>)> {
        if self.generate {
            let policy = PasswordPolicy {
                length: self.length,
                special: !self.no_special,
                min_entropy_bits: self.min_entropy_bits,
                ..PasswordPolicy::default()
            };
            let generated = policy.generate()?;
            return Ok((generated.value, Some(generated.entropy_bits)));
        }
        if let Some(path) = &self.file {
            return Ok((terminal::read_file(path)?.into(), None));
        }
        if terminal::stdin_is_terminal() {
            return Ok((terminal::ask_twice(&format!("Value of {name}"))?, None));
        }
        let mut value = terminal::read_stdin()?;
        if !self.keep_newline && value.last() == Some(&b'\n') {
            value.pop();
            if value.last() == Some(&b'\r') {
                value.pop();
            }
        }
        if value.is_empty() {
            return Err(Failure::Usage {
                what: "stdin was empty, so there is no value to store".into(),
                remedy:
                    "pipe the value in; to store an empty value on purpose, use --file /dev/null"
                        .into(),
            });
        }
        Ok((value.into(), None))
    }
}

fn label(text: &str) -> std::result::Result<(String, String), String> {
    match text.split_once('=') {
        Some((key, value)) if !key.is_empty() => Ok((key.to_owned(), value.to_owned())),
        _ => Err("a label is written KEY=TEXT".to_owned()),
    }
}
