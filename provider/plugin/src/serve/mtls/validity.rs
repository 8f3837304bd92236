//! From when to when a certificate is valid: the only part of it that needs reading (RFC 5280, 4.1.2.5).

use rustls::CertificateError;
use rustls::pki_types::UnixTime;

const SEQUENCE: u8 = 0x30;
const VERSION: u8 = 0xa0;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;

/// Seconds since 1970, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Validity {
    not_before: u64,
    not_after: u64,
}

impl Validity {
    /// `None` if the DER is malformed.
    pub(super) fn of(certificate: &[u8]) -> Option<Self> {
        let (_, certificate, _) = element(certificate, SEQUENCE)?;
        let (_, to_be_signed, _) = element(certificate, SEQUENCE)?;
        let mut rest = to_be_signed;
        if rest.first() == Some(&VERSION) {
            rest = skip(rest)?;
        }
        // Serial number, signature algorithm, issuer.
        for _ in 0..3 {
            rest = skip(rest)?;
        }
        let (_, validity, _) = element(rest, SEQUENCE)?;
        let (tag, not_before, rest) = any(validity)?;
        let not_before = time(tag, not_before)?;
        let (tag, not_after, _) = any(rest)?;
        Some(Self {
            not_before,
            not_after: time(tag, not_after)?,
        })
    }

    pub(super) fn contains(self, now: UnixTime) -> Result<(), CertificateError> {
        if now.as_secs() < self.not_before {
            return Err(CertificateError::NotValidYet);
        }
        if now.as_secs() > self.not_after {
            return Err(CertificateError::Expired);
        }
        Ok(())
    }
}

/// Tag, content, and what follows.
fn any(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (tag, rest) = bytes.split_first()?;
    let (first, rest) = rest.split_first()?;
    let (length, rest) = match first {
        short @ 0..=0x7f => (usize::from(*short), rest),
        0x81 => {
            let (length, rest) = rest.split_first()?;
            (usize::from(*length), rest)
        }
        0x82 => {
            let (length, rest) = rest.split_first_chunk::<2>()?;
            (usize::from(u16::from_be_bytes(*length)), rest)
        }
        // No certificate needs more than 64 KiB.
        _ => return None,
    };
    let (content, rest) = rest.split_at_checked(length)?;
    Some((*tag, content, rest))
}

fn element(bytes: &[u8], expected: u8) -> Option<(u8, &[u8], &[u8])> {
    any(bytes).filter(|(tag, _, _)| *tag == expected)
}

fn skip(bytes: &[u8]) -> Option<&[u8]> {
    any(bytes).map(|(_, _, rest)| rest)
}

/// `YYMMDDHHMMSSZ` or `YYYYMMDDHHMMSSZ`.
fn time(tag: u8, content: &[u8]) -> Option<u64> {
    let text = std::str::from_utf8(content).ok()?.strip_suffix('Z')?;
    let (year, rest) = match tag {
        UTC_TIME if text.len() == 12 => {
            let (year, rest) = text.split_at_checked(2)?;
            let year: u64 = year.parse().ok()?;
            (if year >= 50 { 1900 + year } else { 2000 + year }, rest)
        }
        GENERALIZED_TIME if text.len() == 14 => {
            let (year, rest) = text.split_at_checked(4)?;
            (year.parse().ok()?, rest)
        }
        _ => return None,
    };
    let part = |at: usize| rest.get(at..at.checked_add(2)?)?.parse::<u64>().ok();
    let days = days_since_1970(year, part(0)?, part(2)?)?;
    let of_day = part(4)? * 3600 + part(6)? * 60 + part(8)?;
    days.checked_mul(86_400)?.checked_add(of_day)
}

/// Howard Hinnant's `days_from_civil`, for days after 1970; earlier ones count as its first.
fn days_since_1970(year: u64, month: u64, day: u64) -> Option<u64> {
    let shifted = if month <= 2 {
        year.checked_sub(1)?
    } else {
        year
    };
    let (era, of_era) = (shifted / 400, shifted % 400);
    let shifted_month = if month > 2 {
        month.checked_sub(3)?
    } else {
        month.checked_add(9)?
    };
    let of_year = (153 * shifted_month + 2) / 5 + day.checked_sub(1)?;
    let days = era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year;
    Some(days.saturating_sub(719_468))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_notations_of_time_are_read() {
        assert_eq!(time(UTC_TIME, b"700101000000Z"), Some(0));
        assert_eq!(time(UTC_TIME, b"240229123456Z"), Some(1_709_210_096));
        assert_eq!(
            time(GENERALIZED_TIME, b"20500101000000Z"),
            Some(2_524_608_000)
        );
        assert_eq!(time(GENERALIZED_TIME, b"20500101000000"), None);
        assert_eq!(time(UTC_TIME, b"24022912345Z"), None);
    }

    #[test]
    fn a_certificate_is_refused_before_and_after_its_time() {
        use std::time::Duration;
        let mut params = rcgen::CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
        params.not_before = rcgen::date_time_ymd(2020, 1, 1);
        params.not_after = rcgen::date_time_ymd(2055, 1, 1);
        let key = rcgen::KeyPair::generate().unwrap();
        let certificate = params.self_signed(&key).unwrap();
        let validity = Validity::of(certificate.der()).unwrap();
        let at =
            |seconds| validity.contains(UnixTime::since_unix_epoch(Duration::from_secs(seconds)));
        assert_eq!(at(1_577_836_799), Err(CertificateError::NotValidYet));
        assert_eq!(at(1_577_836_800), Ok(()));
        assert_eq!(at(2_682_374_400), Ok(()));
        assert_eq!(at(2_682_374_401), Err(CertificateError::Expired));
    }

    #[test]
    fn broken_der_is_no_certificate() {
        for bytes in [
            &b""[..],
            b"\x30",
            b"\x30\x05\x30",
            b"\x30\x83\x01\x00\x00",
            b"\x30\x02\x30\x00",
        ] {
            assert_eq!(Validity::of(bytes), None);
        }
    }
}
