//! The thresholds of the rules.

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// When the rules speak up. Everything has a default.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AlertSettings {
    /// Rules that are switched off, by name.
    pub disabled: Vec<String>,
    /// An hour with more than this many times the usual reads of an identity is a spike.
    pub spike_factor: f64,
    /// An hour with fewer reads than this is never a spike.
    pub spike_minimum: u32,
    /// How many hours after the first row the rules learn who and what is usual, before `first-seen` speaks up.
    pub learning_hours: u32,
    /// This many failures of one identity...
    pub burst_failures: u32,
    /// ...within this many minutes are a burst.
    pub burst_minutes: u32,
    /// Working hours; without them, `off-hours` is silent.
    pub hours: Option<Hours>,
}

impl Default for AlertSettings {
    fn default() -> Self {
        Self {
            disabled: Vec::new(),
            spike_factor: 5.0,
            spike_minimum: 20,
            learning_hours: 7 * 24,
            burst_failures: 5,
            burst_minutes: 10,
            hours: None,
        }
    }
}

/// When people work.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hours {
    /// The first hour of the day, 0 to 23.
    pub from: u8,
    /// The hour at which the day ends, 1 to 24.
    pub to: u8,
    /// The days, 1 for Monday to 7 for Sunday.
    #[serde(default = "weekdays")]
    pub days: Vec<u8>,
    /// How many minutes the clock is ahead of UTC.
    #[serde(default)]
    pub utc_offset_minutes: i32,
    /// Identities that may work at any hour, such as the one that rotates at night.
    #[serde(default)]
    pub except: Vec<String>,
}

fn weekdays() -> Vec<u8> {
    vec![1, 2, 3, 4, 5]
}

impl AlertSettings {
    /// Parses settings as JSON, and checks them.
    ///
    /// # Errors
    /// Where the text is something else, names a rule that does not exist, or sets a threshold that makes no sense.
    pub fn parse(text: &str) -> Result<Self> {
        let invalid = |problem: String| Error::Invalid {
            what: "the settings of the alerts",
            problem,
        };
        let settings: Self =
            serde_json::from_str(text).map_err(|error| invalid(format!("are none: {error}")))?;
        let rules = super::ALERT_RULES.map(|rule| rule.name);
        if let Some(unknown) = settings
            .disabled
            .iter()
            .find(|name| !rules.contains(&name.as_str()))
        {
            return Err(invalid(format!(
                "disable the rule \"{}\", which does not exist; the rules are {}",
                unknown.escape_debug(),
                rules.join(", ")
            )));
        }
        if !(settings.spike_factor > 1.0 && settings.spike_factor.is_finite()) {
            return Err(invalid("have a spike_factor that is not above 1".into()));
        }
        if settings.burst_failures == 0 || settings.burst_minutes == 0 {
            return Err(invalid("have a burst of 0".into()));
        }
        if let Some(hours) = &settings.hours
            && (hours.from >= hours.to
                || hours.to > 24
                || hours.days.iter().any(|day| !(1..=7).contains(day)))
        {
            return Err(invalid(
                "have hours that are none: from is below to, to is at most 24, days are 1 to 7"
                    .into(),
            ));
        }
        Ok(settings)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_set_has_its_default_and_nonsense_is_named() {
        assert_eq!(
            AlertSettings::parse("{}").unwrap(),
            AlertSettings::default()
        );
        let hours = AlertSettings::parse(r#"{"hours": {"from": 8, "to": 18}}"#)
            .unwrap()
            .hours
            .unwrap();
        assert_eq!(hours.days, [1, 2, 3, 4, 5]);
        for (text, told) in [
            (r#"{"disabled": ["spike"]}"#, "spike"),
            (r#"{"spike_factor": 1}"#, "spike_factor"),
            (r#"{"burst_minutes": 0}"#, "burst"),
            (r#"{"hours": {"from": 18, "to": 8}}"#, "hours"),
            (r#"{"unknown": 1}"#, "unknown"),
        ] {
            let error = AlertSettings::parse(text).unwrap_err().to_string();
            assert!(error.contains(told), "{error}");
        }
    }
}
