//! Cron expressions in AWS's spelling: `0 4 ? * SUN *`.
//!
//! <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html>

use std::fmt;

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Weekday};
use jiff::tz::{AmbiguousOffset, TimeZone};

use super::ScheduleError;
use super::field::{self, Numbers};

/// Six fields: minutes, hours, day of month, month, day of week, year. Times are UTC unless a zone is set.
///
/// Where the clocks go forward, a time that is left out is the moment at which they do; where they go back, a time that
/// comes twice counts once, the first time. So every day has what the expression says, and no time counts twice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cron {
    text: String,
    minutes: Numbers,
    hours: Numbers,
    day: Day,
    months: Numbers,
    years: Numbers,
    zone: TimeZone,
}

/// How a day is told.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Day {
    /// By its number in the month.
    OfMonth(Numbers),
    /// `L`: the last of the month.
    LastOfMonth,
    /// `LW`: the last Monday to Friday of the month.
    LastWorkday,
    /// `15W`: the Monday to Friday of the month that is nearest to this day.
    NearestWorkday(u16),
    /// By the day of the week; 1 is Sunday.
    OfWeek(Numbers),
    /// `6L`: the last such day of the week of the month.
    LastOfWeek(u16),
    /// `3#2`: the second such day of the week of the month.
    NthOfWeek(u16, u16),
}

impl Cron {
    /// Parses the six fields, which stand between the parentheses of `cron(...)`.
    ///
    /// # Errors
    /// The first field that is wrong.
    pub fn parse(text: &str) -> Result<Self, ScheduleError> {
        let fields: Vec<&str> = text.split_whitespace().collect();
        let [minutes, hours, of_month, month, of_week, year] = fields.as_slice() else {
            return Err(ScheduleError::FieldCount(fields.len()));
        };
        Ok(Self {
            text: fields.join(" "),
            minutes: Numbers::parse(minutes, field::MINUTES)?,
            hours: Numbers::parse(hours, field::HOURS)?,
            day: match (*of_month, *of_week) {
                ("?", "?") => return Err(ScheduleError::TwoDays),
                ("?", of_week) => day_of_week(of_week)?,
                (of_month, "?") => day_of_month(of_month)?,
                _ => return Err(ScheduleError::TwoDays),
            },
            months: Numbers::parse(month, field::MONTH)?,
            years: Numbers::parse(year, field::YEAR)?,
            zone: TimeZone::UTC,
        })
    }

    /// The same fields, meant in `zone`.
    #[must_use]
    pub fn in_zone(self, zone: TimeZone) -> Self {
        Self { zone, ..self }
    }

    /// The first time after `time`; `None` where there is none until the year 2199.
    #[must_use]
    pub fn next_after(&self, time: Timestamp) -> Option<Timestamp> {
        let now = self.zone.to_datetime(time);
        let mut month = now.date().first_of_month();
        while month.year() <= i16::try_from(field::YEAR.last).ok()? {
            if self.years.contains(unsigned(month.year()))
                && self.months.contains(unsigned(month.month()))
            {
                let mut day = Some(month.max(now.date()));
                while let Some(date) = day.filter(|date| date.first_of_month() == month) {
                    if self.day.is(date)
                        && let Some(found) = self.time_on(date, time)
                    {
                        return Some(found);
                    }
                    day = date.tomorrow().ok();
                }
            }
            month = month.last_of_month().tomorrow().ok()?;
        }
        None
    }

    /// The first time on `date` that is after `after`.
    fn time_on(&self, date: Date, after: Timestamp) -> Option<Timestamp> {
        let mut hour = self.hours.first_from(0, field::HOURS);
        while let Some(h) = hour {
            let mut minute = self.minutes.first_from(0, field::MINUTES);
            while let Some(m) = minute {
                let civil = date.at(i8::try_from(h).ok()?, i8::try_from(m).ok()?, 0, 0);
                let found = self.instant(civil)?;
                if found > after {
                    return Some(found);
                }
                minute = self.minutes.first_from(m.saturating_add(1), field::MINUTES);
            }
            hour = self.hours.first_from(h.saturating_add(1), field::HOURS);
        }
        None
    }

    /// The moment that the clocks of the zone call `civil`.
    fn instant(&self, civil: DateTime) -> Option<Timestamp> {
        let ambiguous = self.zone.to_ambiguous_timestamp(civil);
        match ambiguous.offset() {
            // Read by the old offset, the time lies behind the change, and the change is what came last before it.
            AmbiguousOffset::Gap { before, .. } => {
                let beyond = before.to_timestamp(civil).ok()?;
                let change = self.zone.preceding(beyond).next().map(|it| it.timestamp());
                Some(change.unwrap_or(beyond))
            }
            _ => ambiguous.earlier().ok(),
        }
    }
}

fn day_of_month(text: &str) -> Result<Day, ScheduleError> {
    const KIND: field::Kind = field::DAY_OF_MONTH;
    const MORE: &str = ", or `L` (the last), `LW` (the last Monday to Friday), `15W` (the nearest Monday to Friday)";
    match text {
        "L" => return Ok(Day::LastOfMonth),
        "LW" => return Ok(Day::LastWorkday),
        _ => {}
    }
    match text.strip_suffix('W') {
        Some(day) => KIND
            .number(day)
            .map(Day::NearestWorkday)
            .ok_or_else(|| KIND.refuse(text, MORE)),
        None => Numbers::parse(text, KIND)
            .map(Day::OfMonth)
            .map_err(|_| KIND.refuse(text, MORE)),
    }
}

fn day_of_week(text: &str) -> Result<Day, ScheduleError> {
    const KIND: field::Kind = field::DAY_OF_WEEK;
    const MORE: &str = ", or `6L` (the last Friday), `3#2` (the second Tuesday)";
    let refuse = || KIND.refuse(text, MORE);
    if text == "L" {
        return Ok(Day::OfWeek(Numbers::parse("7", KIND)?));
    }
    if let Some(day) = text.strip_suffix('L') {
        return KIND.number(day).map(Day::LastOfWeek).ok_or_else(refuse);
    }
    if let Some((day, nth)) = text.split_once('#') {
        let day = KIND.number(day).ok_or_else(refuse)?;
        let nth = nth.parse::<u16>().ok().filter(|nth| (1..=5).contains(nth));
        return Ok(Day::NthOfWeek(day, nth.ok_or_else(refuse)?));
    }
    Numbers::parse(text, KIND)
        .map(Day::OfWeek)
        .map_err(|_| refuse())
}

impl Day {
    fn is(&self, date: Date) -> bool {
        let last = date.last_of_month();
        match self {
            Self::OfMonth(numbers) => numbers.contains(unsigned(date.day())),
            Self::LastOfMonth => date == last,
            Self::LastWorkday => nearest_workday(last) == date,
            Self::NearestWorkday(day) => i8::try_from(*day)
                .ok()
                .and_then(|day| Date::new(date.year(), date.month(), day).ok())
                .is_some_and(|target| nearest_workday(target) == date),
            Self::OfWeek(numbers) => numbers.contains(of_week(date)),
            Self::LastOfWeek(day) => {
                of_week(date) == *day && unsigned(last.day().saturating_sub(date.day())) < 7
            }
            Self::NthOfWeek(day, nth) => {
                let before = unsigned(date.day()).saturating_sub(1);
                of_week(date) == *day && before.checked_div(7) == nth.checked_sub(1)
            }
        }
    }
}

/// The Monday to Friday of the same month that is nearest to `date`.
fn nearest_workday(date: Date) -> Date {
    let step = match date.weekday() {
        Weekday::Saturday if date.day() == 1 => 2,
        Weekday::Saturday => -1,
        Weekday::Sunday if date == date.last_of_month() => -2,
        Weekday::Sunday => 1,
        _ => 0,
    };
    date.saturating_add(jiff::SignedDuration::from_hours(step * 24))
}

/// 1 for Sunday to 7 for Saturday.
fn of_week(date: Date) -> u16 {
    unsigned(date.weekday().to_sunday_one_offset())
}

/// A part of a date, which is above zero from 1970 on.
fn unsigned(part: impl Into<i16>) -> u16 {
    u16::try_from(part.into()).unwrap_or(0)
}

impl fmt::Display for Cron {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The next three times after the start of 2030, which is a Tuesday.
    fn times(text: &str) -> Vec<String> {
        let cron = Cron::parse(text).unwrap();
        let mut time: Timestamp = "2030-01-01T00:00:00Z".parse().unwrap();
        let mut times = Vec::new();
        while times.len() < 3 {
            let Some(next) = cron.next_after(time) else {
                break;
            };
            times.push(next.strftime("%m-%dT%H:%M").to_string());
            time = next;
        }
        times
    }

    #[test]
    fn the_day_of_the_month() {
        assert_eq!(
            times("0 10 1 * ? *"),
            ["01-01T10:00", "02-01T10:00", "03-01T10:00"]
        );
        assert_eq!(
            times("0 0 L * ? *"),
            ["01-31T00:00", "02-28T00:00", "03-31T00:00"]
        );
        // The 31st of March 2030 is a Sunday.
        assert_eq!(
            times("0 0 LW * ? *"),
            ["01-31T00:00", "02-28T00:00", "03-29T00:00"]
        );
        // The 5th of January 2030 is a Saturday; the 5th of May is a Sunday.
        assert_eq!(
            times("0 0 5W 1,5,6 ? *"),
            ["01-04T00:00", "05-06T00:00", "06-05T00:00"]
        );
        // The 1st of June 2030 is a Saturday: the nearest workday of its own month is the 3rd.
        assert_eq!(times("0 0 1W 6 ? 2030"), ["06-03T00:00"]);
        assert_eq!(
            times("0 0 31 * ? *"),
            ["01-31T00:00", "03-31T00:00", "05-31T00:00"]
        );
    }

    #[test]
    fn the_day_of_the_week() {
        assert_eq!(
            times("0 18 ? * MON-FRI *"),
            ["01-01T18:00", "01-02T18:00", "01-03T18:00"]
        );
        assert_eq!(
            times("0 4 ? * 1 *"),
            ["01-06T04:00", "01-13T04:00", "01-20T04:00"]
        );
        assert_eq!(
            times("0 0 ? * 6L *"),
            ["01-25T00:00", "02-22T00:00", "03-29T00:00"]
        );
        assert_eq!(
            times("0 0 ? * TUE#2 *"),
            ["01-08T00:00", "02-12T00:00", "03-12T00:00"]
        );
        assert_eq!(
            times("0 0 ? * SAT#5 *"),
            ["03-30T00:00", "06-29T00:00", "08-31T00:00"]
        );
    }

    #[test]
    fn minutes_hours_and_years() {
        assert_eq!(
            times("*/20 0 ? * * *"),
            ["01-01T00:20", "01-01T00:40", "01-02T00:00"]
        );
        assert_eq!(
            times("30 6,18 * * ? *"),
            ["01-01T06:30", "01-01T18:30", "01-02T06:30"]
        );
        assert_eq!(times("0 0 29 2 ? 2032"), ["02-29T00:00"]);
        assert_eq!(times("0 0 30 2 ? *"), Vec::<String>::new());
    }

    #[test]
    fn a_zone_keeps_the_clock_on_the_wall_through_the_year() {
        let berlin = TimeZone::get("Europe/Berlin").unwrap();
        let next = |text: &str, after: &str| {
            let cron = Cron::parse(text).unwrap().in_zone(berlin.clone());
            cron.next_after(after.parse().unwrap()).unwrap().to_string()
        };
        // Four o'clock in Berlin is three in winter and two in summer, by UTC.
        assert_eq!(
            next("0 4 * * ? *", "2030-03-30T04:00:00Z"),
            "2030-03-31T02:00:00Z"
        );
        assert_eq!(
            next("0 4 * * ? *", "2030-01-30T04:00:00Z"),
            "2030-01-31T03:00:00Z"
        );
        // Half past two is left out on the 31st of March: the clocks go from two to three, at one o'clock UTC.
        assert_eq!(
            next("30 2 * * ? *", "2030-03-30T12:00:00Z"),
            "2030-03-31T01:00:00Z"
        );
        assert_eq!(
            next("30 2 * * ? *", "2030-03-31T01:00:00Z"),
            "2030-04-01T00:30:00Z"
        );
        // It comes twice on the 27th of October, and counts the first time.
        assert_eq!(
            next("30 2 * * ? *", "2030-10-26T12:00:00Z"),
            "2030-10-27T00:30:00Z"
        );
        assert_eq!(
            next("30 2 * * ? *", "2030-10-27T00:30:00Z"),
            "2030-10-28T01:30:00Z"
        );
        // Between the two it is still over.
        assert_eq!(
            next("30 2 * * ? *", "2030-10-27T01:10:00Z"),
            "2030-10-28T01:30:00Z"
        );
    }

    #[test]
    fn times_in_a_zone_never_go_back() {
        for zone in [
            "Europe/Berlin",
            "America/New_York",
            "Australia/Lord_Howe",
            "Asia/Kathmandu",
        ] {
            let cron = Cron::parse("*/30 * * * ? *").unwrap();
            let cron = cron.in_zone(TimeZone::get(zone).unwrap());
            let mut time: Timestamp = "2030-01-01T00:00:00Z".parse().unwrap();
            let end: Timestamp = "2031-01-01T00:00:00Z".parse().unwrap();
            while time < end {
                let next = cron.next_after(time).unwrap();
                let gap = next.duration_since(time).as_mins();
                assert!((1..=90).contains(&gap), "{zone}: {time} to {next}");
                time = next;
            }
        }
    }

    #[test]
    fn says_which_field_is_wrong() {
        let error = |text| Cron::parse(text).unwrap_err().to_string();
        assert!(error("0 4 * * *").ends_with("this one has 5"));
        assert_eq!(Cron::parse("0 0 1 * MON *"), Err(ScheduleError::TwoDays));
        assert_eq!(Cron::parse("0 0 ? * ? *"), Err(ScheduleError::TwoDays));
        assert!(
            error("0 24 1 * ? *").starts_with("the field hours of the cron expression is \"24\"")
        );
        assert!(error("0 0 32W * ? *").contains("`15W`"));
        assert!(error("0 0 ? * 3#6 *").contains("`3#2`"));
        assert!(error("0 0 1 * ? 1969").contains("1970 to 2199"));
    }
}
