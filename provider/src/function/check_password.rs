//! `provider::coffer::check_password`

use coffer_plugin::cty::Cty;
use coffer_plugin::{Arguments, Function, FunctionError, ObjectType};
use coffer_rotation::strength::Demands;

use super::members::Members;

/// Judges a password that comes from elsewhere, for a `validation` or a `precondition`. The reasons name the demands and
/// nothing of the password.
///
/// Of a sensitive password the result is sensitive, too: `nonsensitive(provider::coffer::check_password(...).ok)` is
/// what a condition needs.
#[derive(Arguments)]
pub(crate) struct CheckPassword {
    /// The password.
    password: String,
    /// What it must have, an object of which all can be left out: `min_length`, `max_length`, `min_lower`, `min_upper`,
    /// `min_numeric`, `min_special`, `exclude_characters` and `min_entropy_bits`, which is 64 unless set.
    policy: Cty,
}

/// What is wrong with a password.
#[derive(Debug, PartialEq, ObjectType)]
pub(crate) struct Verdict {
    ok: bool,
    reasons: Vec<String>,
}

/// What a password must reach where the policy does not say it: what `coffer_password` generates at least.
const MIN_ENTROPY_BITS: u16 = 64;

impl Function for CheckPassword {
    type Output = Verdict;
    const NAME: &'static str = "check_password";
    const SUMMARY: &'static str = "Judges whether a password is good enough";

    fn call(self) -> Result<Verdict, FunctionError> {
        let demands = demands(self.policy)?;
        let shortfalls = demands.shortfalls(&self.password);
        Ok(Verdict {
            ok: shortfalls.is_empty(),
            reasons: shortfalls.iter().map(ToString::to_string).collect(),
        })
    }
}

fn demands(policy: Cty) -> Result<Demands, FunctionError> {
    let mut policy = Members::of("policy", policy)?;
    let mut count = |name| -> Result<Option<usize>, FunctionError> {
        Ok(policy.take::<u16>(name)?.map(usize::from))
    };
    let demands = Demands {
        min_length: count("min_length")?.unwrap_or(0),
        max_length: count("max_length")?,
        min_lower: count("min_lower")?.unwrap_or(0),
        min_upper: count("min_upper")?.unwrap_or(0),
        min_numeric: count("min_numeric")?.unwrap_or(0),
        min_special: count("min_special")?.unwrap_or(0),
        exclude_characters: policy.take("exclude_characters")?.unwrap_or_default(),
        min_entropy_bits: policy
            .take::<u16>("min_entropy_bits")?
            .unwrap_or(MIN_ENTROPY_BITS)
            .into(),
    };
    policy.finish()?;
    Ok(demands)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(password: &str, policy: &[(&str, i64)]) -> Result<Verdict, FunctionError> {
        let policy = policy
            .iter()
            .map(|(name, value)| (*name, Cty::from(*value)));
        CheckPassword {
            password: password.to_owned(),
            policy: Cty::object(policy),
        }
        .call()
    }

    #[test]
    fn an_empty_policy_demands_what_cannot_be_searched() {
        assert!(check("vQ9#mR2$xL7!kP4&", &[]).unwrap().ok);
        assert_eq!(
            check("hunter2", &[]).unwrap().reasons,
            ["it has fewer than 64 bits of entropy"]
        );
    }

    #[test]
    fn every_demand_that_is_not_met_is_a_reason() {
        let policy = [
            ("min_length", 12),
            ("min_upper", 1),
            ("min_entropy_bits", 0),
        ];
        let verdict = check("hunter2", &policy).unwrap();
        assert!(!verdict.ok);
        assert_eq!(verdict.reasons.len(), 2);
        assert!(check("hunter2", &[("length", 12)]).is_err());
        assert!(check("hunter2", &[("min_length", -1)]).is_err());
    }
}
