//! `refused-token`: a token that has expired or spent its uses is used again.

use super::{Alert, AlertRule, AlertSettings, alert, identity};
use crate::audit::{AuditRecord, Outcome};
use crate::error::TOKEN_REFUSED;

pub(super) const RULE: AlertRule = AlertRule {
    name: "refused-token",
    description: "a token or secret id that has expired, was revoked or has spent its uses is used again",
    check,
};

fn check(rows: &[AuditRecord], _: &AlertSettings) -> Vec<Alert> {
    rows.iter()
        .filter(|row| row.event.outcome == Outcome::Denied)
        .filter_map(|row| {
            let why = row.event.error.as_deref()?;
            let refused = why.starts_with(TOKEN_REFUSED)
                || why == "the token did not open the vault"
                || why == "the role's id with the secret id did not open the vault";
            refused.then(|| {
                let message = format!(
                    "{} used a token or secret id that opens nothing any more",
                    identity(row)
                );
                alert(RULE.name, row, message)
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::trail::{failed, row, trail};
    use super::*;
    use crate::audit::Operation;
    use crate::error::Error;

    #[test]
    fn a_refused_right_is_quiet() {
        let denied = row(1.0, "app", Operation::Get, "a");
        let rows = vec![failed(
            denied,
            Outcome::Denied,
            "the token may not read \"a\"",
        )];
        assert_eq!(check(&trail(rows), &AlertSettings::default()), []);
    }

    #[test]
    fn a_refused_token_is_told() {
        let why = Error::TokenRefused {
            why: "it expired".into(),
        }
        .to_string();
        let rows = vec![
            failed(row(1.0, "app", Operation::Get, "a"), Outcome::Denied, &why),
            failed(
                row(2.0, "app", Operation::OpenFailed, ""),
                Outcome::Denied,
                "the token did not open the vault",
            ),
        ];
        assert_eq!(check(&trail(rows), &AlertSettings::default()).len(), 2);
    }
}
