//! Where secrets may be sent.

use reqwest::Url;

/// Whether secrets may be sent to `url`: over TLS, or to this machine.
pub(crate) fn is_guarded(url: &str) -> bool {
    Url::parse(url).is_ok_and(|url| {
        let local = matches!(url.host_str(), Some("127.0.0.1" | "localhost" | "[::1]"));
        url.scheme() == "https" || (url.scheme() == "http" && local)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_open_line_is_no_way_but_to_this_machine() {
        assert!(is_guarded("https://vault.example"));
        assert!(is_guarded("http://127.0.0.1:8080/token"));
        assert!(is_guarded("http://[::1]/token"));
        assert!(!is_guarded("http://vault.example"));
        assert!(!is_guarded("http://localhost.example"));
        assert!(!is_guarded("vault.example"));
    }
}
