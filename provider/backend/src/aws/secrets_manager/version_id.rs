//! Version ids that carry what Secrets Manager keeps nowhere: a number, and a time of expiry.

use coffer_vault::Timestamp;

use crate::aws::write_token::TOKEN_DIGITS;

/// What begins the id of a version that coffer wrote.
const PREFIX: &str = "coffer-";
/// How many digits a number has: enough for seconds since 1970, which other programs' versions count in.
const NUMBER_DIGITS: usize = 10;

/// The id of a version that coffer wrote: `coffer-NUMBER-TOKEN`, and `-EXPIRY` where the version expires.
///
/// The service takes 32 to 64 characters; this has 50 to 61.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct VersionId {
    pub(super) number: u64,
    /// Stands for the idempotency token, or is random.
    pub(super) token: String,
    /// When the value stops being valid, in whole seconds.
    pub(super) expires: Option<Timestamp>,
}

impl VersionId {
    /// Reads an id. One of another program's making is none.
    pub(super) fn parse(id: &str) -> Option<Self> {
        let mut parts = id.strip_prefix(PREFIX)?.split('-');
        let (number, token, expiry) = (parts.next()?, parts.next()?, parts.next());
        if parts.next().is_some() || number.len() != NUMBER_DIGITS || token.len() != TOKEN_DIGITS {
            return None;
        }
        let hexadecimal = |text: &str| {
            text.bytes()
                .all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
        };
        if !number.bytes().all(|byte| byte.is_ascii_digit()) || !hexadecimal(token) {
            return None;
        }
        let expires = match expiry {
            None => None,
            Some(text) if hexadecimal(text) => {
                let seconds = i64::from_str_radix(text, 16).ok()?;
                Some(Timestamp::from_second(seconds).ok()?)
            }
            Some(_) => return None,
        };
        Some(Self {
            number: number.parse().ok()?,
            token: token.to_owned(),
            expires,
        })
    }

    /// As the service is given it.
    pub(super) fn write(&self) -> String {
        let mut id = format!("{PREFIX}{:010}-{}", self.number, self.token);
        if let Some(expires) = self.expires {
            id.push_str(&format!("-{:x}", expires.as_second().max(0)));
        }
        id
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws::write_token::token_digits;

    #[test]
    fn an_id_is_read_as_it_was_written_and_fits_the_service() {
        for expires in [None, Some("2031-05-06T07:08:09Z".parse().unwrap())] {
            let id = VersionId {
                number: 7,
                token: token_digits("rotation of 2026-01-01"),
                expires,
            };
            let text = id.write();
            assert!((32..=64).contains(&text.len()), "{text}");
            assert_eq!(VersionId::parse(&text), Some(id));
        }
    }

    #[test]
    fn an_id_of_another_program_is_none() {
        for text in [
            "01234567-89ab-cdef-0123-456789abcdef",
            "coffer-7-0123456789abcdef0123456789abcdef",
            "coffer-0000000007-0123456789ABCDEF0123456789ABCDEF",
            "coffer-+000000007-0123456789abcdef0123456789abcdef",
            "coffer-0000000007-0123456789abcdef0123456789abcdef-x",
            "coffer-0000000007-0123456789abcdef0123456789abcdef-1-2",
            "",
        ] {
            assert_eq!(VersionId::parse(text), None, "{text}");
        }
    }
}
