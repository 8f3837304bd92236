//! What Terraform is doing, and when ephemeral resources read.

use coffer_plugin::Host;

/// What Terraform is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Phase {
    /// It plans: nothing may change, and unknown values are taken.
    Plan,
    /// It applies.
    Apply,
    /// The host does not say.
    Unknown,
}

impl Phase {
    /// The values of `phase`.
    pub(crate) const NAMES: &'static [&'static str] = &["auto", "plan", "apply"];

    /// The phase that `text` sets, or that the host tells where it is `auto`.
    pub(crate) fn parse(text: &str, host: &Host) -> Option<Self> {
        match text {
            "auto" => Some(Self::of_host(host)),
            "plan" => Some(Self::Plan),
            "apply" => Some(Self::Apply),
            _ => None,
        }
    }

    /// What the host tells. Terraform 1.9 and later allow deferral in `Configure` of the apply walk only; that is
    /// stable and undocumented, which is why `phase` can override it. OpenTofu sends no capabilities.
    pub(crate) fn of_host(host: &Host) -> Self {
        match (host.deferral_allowed, host.tells_capabilities) {
            (true, _) => Self::Apply,
            (false, true) => Self::Plan,
            (false, false) => Self::Unknown,
        }
    }
}

/// When an ephemeral resource reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OpenOn {
    /// In plan and apply.
    Always,
    /// In apply only.
    Apply,
}

impl OpenOn {
    /// The values of `open_on`.
    pub(crate) const NAMES: &'static [&'static str] = &["always", "apply"];

    /// The value of this name; validation has refused all others.
    pub(crate) fn from_name(name: &str) -> Self {
        if name == "apply" {
            Self::Apply
        } else {
            Self::Always
        }
    }

    /// Whether to read now. A host that does not tell what it is doing gets a value: an unknown one where it
    /// applies would be worse than a read too many.
    pub(crate) fn reads_in(self, phase: Phase) -> bool {
        self == Self::Always || phase != Phase::Plan
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn host(deferral_allowed: bool, tells_capabilities: bool) -> Host {
        Host {
            deferral_allowed,
            tells_capabilities,
            ..Host::default()
        }
    }

    #[test]
    fn the_phase_is_what_the_host_tells_unless_it_is_set() {
        assert_eq!(Phase::parse("auto", &host(true, true)), Some(Phase::Apply));
        assert_eq!(Phase::parse("auto", &host(false, true)), Some(Phase::Plan));
        assert_eq!(
            Phase::parse("auto", &host(false, false)),
            Some(Phase::Unknown)
        );
        assert_eq!(
            Phase::parse("apply", &host(false, true)),
            Some(Phase::Apply)
        );
        assert_eq!(Phase::parse("plan", &host(true, true)), Some(Phase::Plan));
        assert_eq!(Phase::parse("Plan", &host(true, true)), None);
    }

    #[test]
    fn only_a_plan_that_is_known_to_be_one_goes_without_reading() {
        assert!(!OpenOn::Apply.reads_in(Phase::Plan));
        assert!(OpenOn::Apply.reads_in(Phase::Apply));
        assert!(OpenOn::Apply.reads_in(Phase::Unknown));
        assert!(OpenOn::Always.reads_in(Phase::Plan));
    }
}
