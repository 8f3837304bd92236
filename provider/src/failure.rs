//! What went wrong with a store, as Terraform shows it.

use coffer_backend::{Error, Subject};
use coffer_plugin::Diagnostic;

/// An error while `doing` something: "read the secret prod/db". The cause and the remedy are the store's.
pub(crate) fn cannot(doing: &str, error: &Error) -> Diagnostic {
    let mut detail = sentence(&error.to_string());
    if let Some(remedy) = error.remedy() {
        detail.push(' ');
        detail.push_str(&sentence(&remedy));
    }
    Diagnostic::error(format!("Cannot {doing}"), detail)
}

/// An error of something else than a store.
pub(crate) fn cannot_because(
    doing: &str,
    error: &dyn std::error::Error,
    remedy: &str,
) -> Diagnostic {
    Diagnostic::error(format!("Cannot {doing}"), told(error, remedy))
}

/// An error and what to do about it, as sentences.
pub(crate) fn told(error: &dyn std::error::Error, remedy: &str) -> String {
    let sentences = [sentence(&error.to_string()), sentence(remedy)];
    sentences.join(" ").trim_end().to_owned()
}

/// An error about one secret, pointing at the argument that is to be mended, where it is one.
pub(crate) fn cannot_about(doing: &str, error: &Error) -> Diagnostic {
    let diagnostic = cannot(doing, error);
    match error.subject() {
        Some(Subject::Version) => diagnostic.at("version"),
        Some(Subject::Secret) => diagnostic.at("name"),
        None => diagnostic,
    }
}

/// `text` with a capital letter, unless it begins with something else than a word, such as a path, and a full stop.
fn sentence(text: &str) -> String {
    let begins_with_a_word = text
        .split_whitespace()
        .next()
        .is_some_and(|word| word.chars().all(|c| c.is_ascii_lowercase()));
    let mut rest = text.chars();
    let mut sentence: String = match rest.next() {
        Some(first) if begins_with_a_word => first.to_uppercase().chain(rest).collect(),
        Some(_) => text.to_owned(),
        None => return String::new(),
    };
    if !sentence.ends_with(['.', '?', '!']) {
        sentence.push('.');
    }
    sentence
}

#[cfg(test)]
mod tests {
    use coffer_vault::{Error as Vault, SecretName};

    use super::*;

    #[test]
    fn an_error_says_what_happened_and_what_to_do() {
        let name = SecretName::parse("prod/db").unwrap();
        let near = vec![SecretName::parse("prod/dbs").unwrap()];
        let error = Error::from(Vault::NotFound { name, near });
        let shown = cannot_about("read the secret prod/db", &error);
        assert_eq!(shown.summary, "Cannot read the secret prod/db");
        assert_eq!(
            shown.detail,
            "There is no secret \"prod/db\" in the vault. Did you mean \"prod/dbs\"?"
        );
        assert_eq!(shown.path, Some("name".into()));
    }
}
