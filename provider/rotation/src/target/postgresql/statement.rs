//! Statements with `{{name}}`, `{{password}}` and `{{expiration}}` in them.

use super::Error;

/// What stands for the placeholders.
pub(super) struct Values<'a> {
    pub(super) name: &'a str,
    /// A verifier, never a password.
    pub(super) verifier: Option<&'a str>,
    pub(super) expiration: &'a str,
}

/// Refuses statements with a placeholder that means nothing.
pub(super) fn check(kind: &'static str, statements: &[String]) -> Result<(), Error> {
    for statement in statements {
        let mut rest = statement.as_str();
        while let Some((_, after)) = rest.split_once("{{") {
            let Some((name, behind)) = after.split_once("}}") else {
                let why = "\"{{\" is not closed with \"}}\"".to_owned();
                return Err(Error::Statement { kind, why });
            };
            if !["name", "username", "password", "expiration"].contains(&name.trim()) {
                let why = format!(
                    "{{{{{}}}}} means nothing; there are name, password and expiration",
                    name.trim().escape_debug()
                );
                return Err(Error::Statement { kind, why });
            }
            rest = behind;
        }
    }
    Ok(())
}

/// The statement with its values. None of them holds a quotation mark: names are made here or judged with the policy, verifiers are base64.
pub(super) fn fill(statement: &str, values: &Values<'_>) -> String {
    let mut filled = String::with_capacity(statement.len());
    let mut rest = statement;
    while let Some((before, after)) = rest.split_once("{{") {
        filled.push_str(before);
        let (name, behind) = after.split_once("}}").unwrap_or((after, ""));
        filled.push_str(match name.trim() {
            "name" | "username" => values.name,
            "password" => values.verifier.unwrap_or_default(),
            "expiration" => values.expiration,
            _ => "",
        });
        rest = behind;
    }
    filled.push_str(rest);
    filled
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_filled_and_unknown_ones_refused() {
        let values = Values {
            name: "app_1",
            verifier: Some("SCRAM-SHA-256$4096:x"),
            expiration: "2030-01-01T00:00:00Z",
        };
        let statement =
            "CREATE ROLE \"{{name}}\" PASSWORD '{{ password }}' VALID UNTIL '{{expiration}}'";
        assert_eq!(
            fill(statement, &values),
            "CREATE ROLE \"app_1\" PASSWORD 'SCRAM-SHA-256$4096:x' VALID UNTIL '2030-01-01T00:00:00Z'"
        );
        assert!(check("creation", &[statement.to_owned()]).is_ok());
        for wrong in ["{{nane}}", "{{name"] {
            assert!(check("creation", &[wrong.to_owned()]).is_err());
        }
    }
}
