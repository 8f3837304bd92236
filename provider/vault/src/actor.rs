//! Who does something to the vault, for the audit trail.

use serde::{Deserialize, Serialize};

/// The identity and the occasion that an audit row records.
///
/// Every field is recorded as given, so none may hold a secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    /// Who: the operating system's user, such as `deploy` or `uid 1000`.
    pub user: String,
    /// The machine's host name.
    pub host: String,
    /// The process id.
    pub process: u32,
    /// Through which program: `cli`, `provider`, ...
    pub via: String,
    /// Why, in the words of whoever runs it; the provider's `run_reason`, the command line's `--reason`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The accessor of the token in use, where one is. The vault fills it in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accessor: Option<String>,
}

impl Actor {
    /// The user, host and process of this program, which calls itself `via`.
    pub fn this_process(via: &str) -> Self {
        Self {
            user: current_user(),
            host: rustix::system::uname()
                .nodename()
                .to_string_lossy()
                .into_owned(),
            process: std::process::id(),
            via: via.to_owned(),
            reason: None,
            accessor: None,
        }
    }

    /// The same actor with a reason.
    #[must_use]
    pub fn with_reason(mut self, reason: impl Into<String>) -> Self {
        self.reason = Some(reason.into());
        self
    }
}

/// The user's name by the kernel's word and the user database, never by `$USER`, which anyone can set.
fn current_user() -> String {
    let uid = rustix::process::getuid().as_raw();
    std::fs::read_to_string("/etc/passwd")
        .ok()
        .and_then(|table| user_in_table(&table, uid))
        .unwrap_or_else(|| format!("uid {uid}"))
}

/// Looks up `uid` in the text of a passwd(5) table.
fn user_in_table(table: &str, uid: u32) -> Option<String> {
    table.lines().find_map(|line| {
        let mut fields = line.split(':');
        let user = fields.next()?;
        let number = fields.nth(1)?;
        (number.parse::<u32>().ok()? == uid).then(|| user.to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_a_user_by_number_and_passes_over_broken_lines() {
        let table = "broken\nroot:x:0:0:root:/root:/bin/sh\n\nci:x:1001:1001::/home/ci:/bin/sh\n";
        assert_eq!(user_in_table(table, 1001).as_deref(), Some("ci"));
        assert_eq!(user_in_table(table, 7), None);
    }
}
