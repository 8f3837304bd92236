//! Which target a policy names.

use serde::{Deserialize, Serialize};

use super::{aws_rotation, command, mysql, openbao, postgresql, ssh_key, tls_certificate, webhook};
use crate::schedule::Period;

/// A target with its settings. It holds no secret.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[non_exhaustive]
pub enum TargetSpec {
    /// The password of a PostgreSQL role.
    Postgresql(postgresql::RotatedRole),
    /// The password of a MySQL or MariaDB user.
    Mysql(mysql::MysqlUser),
    /// The password of a static role of OpenBao's or Vault's database engine.
    OpenbaoStaticRole(openbao::StaticRole),
    /// A secret that AWS Secrets Manager rotates by itself.
    AwsRotation(aws_rotation::AwsRotation),
    /// A password that programs set.
    Command(command::CommandTarget),
    /// An SSH key pair whose public key programs install.
    SshKey(ssh_key::SshKeyTarget),
    /// A TLS certificate of a private authority.
    TlsCertificate(tls_certificate::CertificateSettings),
    /// A password that a receiver over HTTPS sets.
    Webhook(webhook::WebhookSettings),
}

/// What a target knows of users.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Users {
    /// Whether a policy has to say whose credential is rotated.
    pub are_needed: bool,
    /// Whether the credential can be that of two users in turn.
    pub take_turns: bool,
    /// Whether a user's new credential ends the old one.
    pub replaces: bool,
}

impl TargetSpec {
    /// The target's kind, as the policy calls it.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Postgresql(_) => "postgresql",
            Self::Mysql(_) => "mysql",
            Self::OpenbaoStaticRole(_) => "openbao_static_role",
            Self::AwsRotation(_) => "aws_rotation",
            Self::Command(_) => "command",
            Self::SshKey(_) => "ssh_key",
            Self::TlsCertificate(_) => "tls_certificate",
            Self::Webhook(_) => "webhook",
        }
    }

    /// How long before the end of a value it is replaced, where values end by themselves.
    #[must_use]
    pub fn renew_before(&self) -> Option<&Period> {
        match self {
            Self::TlsCertificate(certificate) => Some(&certificate.renew_before),
            _ => None,
        }
    }

    /// What the target knows of users.
    #[must_use]
    pub fn users(&self) -> Users {
        let (are_needed, take_turns, replaces) = match self {
            Self::Postgresql(_) => (true, true, true),
            Self::Mysql(user) => (true, true, !user.dual_password),
            // What they do with a user's old password is theirs to know.
            Self::Command(_) | Self::Webhook(_) => (false, true, false),
            // The server replaces the password of the role's one user.
            Self::OpenbaoStaticRole(_) => (false, false, true),
            // What becomes of the previous one is the function's to know.
            Self::AwsRotation(_) => (false, false, true),
            Self::SshKey(_) | Self::TlsCertificate(_) => (false, false, false),
        };
        Users {
            are_needed,
            take_turns,
            replaces,
        }
    }

    /// Refuses settings that cannot be meant.
    ///
    /// # Errors
    /// What is wrong with them.
    pub fn check(&self) -> Result<(), String> {
        match self {
            Self::Postgresql(role) => role.check(),
            Self::Mysql(user) => user.check(),
            Self::OpenbaoStaticRole(role) => role.check(),
            Self::AwsRotation(rotation) => rotation.check(),
            Self::Command(command) => command.check(),
            Self::SshKey(key) => key.check(),
            Self::TlsCertificate(certificate) => certificate.check(),
            Self::Webhook(webhook) => webhook.check(),
        }
    }
}
