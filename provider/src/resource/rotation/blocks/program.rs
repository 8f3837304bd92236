//! Blocks of targets that programs of one's own set.

use coffer_plugin::{Model, Value, validators};
use coffer_rotation::target::TargetSpec;
use coffer_rotation::target::command::CommandTarget;
use coffer_rotation::target::ssh_key::SshKeyTarget;
use coffer_rotation::target::webhook::WebhookSettings;

use super::{TargetBlock, reference, text, words};

/// A receiver over HTTPS that sets the credential. Each step is a POST of JSON with `step` (`set`, `test`, `revoke`),
/// `name`, `version`, `username` and `password`, signed in the header `Coffer-Signature` with HMAC-SHA-256.
#[derive(Clone, Debug, PartialEq, Model)]
pub(crate) struct WebhookTargetBlock {
    /// The address: `https:`, or `http:` on this machine. An answer of 2xx means that the step is done, of 4xx that it is
    /// refused; others are tried again.
    #[attr(required, validate = validators::not_empty())]
    url: Value<String>,
    /// The secret with the key of the signatures, of at least 16 bytes. A name in the same store, or `STORE:NAME`.
    #[attr(required, validate = reference)]
    key_secret: Value<String>,
}

/// Programs that set the credential. Each gets the password on its standard input, and `COFFER_ROTATION_STEP`,
/// `COFFER_ROTATION_NAME`, `COFFER_ROTATION_VERSION` and `COFFER_ROTATION_USERNAME` in its environment. It ends with 0
/// where it is done, with 1 where the system refuses it and nothing was changed, with anything else where it cannot tell.
#[derive(Clone, Debug, PartialEq, Model)]
pub(crate) struct CommandTargetBlock {
    /// The program that has the system accept the password, with its arguments.
    #[attr(required, validate = validators::items(1..=100))]
    set: Value<Vec<String>>,
    /// The program that tries the password. It counts as accepted unless set.
    #[attr(optional, validate = validators::items(1..=100))]
    test: Value<Vec<String>>,
    /// The program that has the system accept the previous password no more, when its grace period is over.
    #[attr(optional, validate = validators::items(1..=100))]
    revoke: Value<Vec<String>>,
}

/// Programs that install the public half of an SSH key pair, whose private half is the value. The environment and the exit
/// codes are those of `target_command`.
#[derive(Clone, Debug, PartialEq, Model)]
pub(crate) struct SshKeyTargetBlock {
    /// The program that gets the public key, as a line for `authorized_keys`, on its standard input and installs it.
    #[attr(required, validate = validators::items(1..=100))]
    install: Value<Vec<String>>,
    /// The program that gets the private key on its standard input and tries it. It counts as accepted unless set.
    #[attr(optional, validate = validators::items(1..=100))]
    test: Value<Vec<String>>,
    /// The program that gets the previous public key on its standard input and removes it, when its grace period is over.
    #[attr(optional, validate = validators::items(1..=100))]
    remove: Value<Vec<String>>,
}

impl TargetBlock for WebhookTargetBlock {
    fn spec(&self) -> Option<TargetSpec> {
        Some(TargetSpec::Webhook(WebhookSettings {
            url: text(&self.url),
            key_secret: text(&self.key_secret),
        }))
    }

    fn has_unknown(&self) -> bool {
        self.url.is_unknown() || self.key_secret.is_unknown()
    }
}

impl TargetBlock for CommandTargetBlock {
    fn spec(&self) -> Option<TargetSpec> {
        Some(TargetSpec::Command(CommandTarget {
            set: words(&self.set),
            test: words(&self.test),
            revoke: words(&self.revoke),
        }))
    }

    fn has_unknown(&self) -> bool {
        self.set.is_unknown() || self.test.is_unknown() || self.revoke.is_unknown()
    }
}

impl TargetBlock for SshKeyTargetBlock {
    fn spec(&self) -> Option<TargetSpec> {
        Some(TargetSpec::SshKey(SshKeyTarget {
            install: words(&self.install),
            test: words(&self.test),
            remove: words(&self.remove),
        }))
    }

    fn has_unknown(&self) -> bool {
        self.install.is_unknown() || self.test.is_unknown() || self.remove.is_unknown()
    }
}
