//! Names in URLs.

/// `text` with everything escaped that has a meaning in a URL, except slashes.
pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' | b'/' => {
                escaped.push(char::from(byte));
            }
            byte => escaped.push_str(&format!("%{byte:02X}")),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    #[test]
    fn what_means_something_in_a_url_is_escaped() {
        assert_eq!(
            super::escape("a/b+c=d@e:f?g#%"),
            "a/b%2Bc%3Dd%40e%3Af%3Fg%23%25"
        );
    }
}
