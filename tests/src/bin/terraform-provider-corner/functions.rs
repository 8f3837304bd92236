//! Functions: with null and variadic arguments, of any type, and of exact numbers.

use coffer_plugin::cty::{Cty, Number};
use coffer_plugin::{Arguments, Function, FunctionError};

/// Joins words.
#[derive(Arguments)]
pub(crate) struct Join {
    /// What stands between.
    between: Option<String>,
    /// The words.
    #[arg(variadic)]
    words: Vec<String>,
}

impl Function for Join {
    type Output = String;
    const NAME: &'static str = "join";
    const SUMMARY: &'static str = "Joins words";

    fn call(self) -> Result<String, FunctionError> {
        if let Some(position) = self.words.iter().position(String::is_empty) {
            return Err(FunctionError::at(
                position.saturating_add(1),
                "a word is empty",
            ));
        }
        match self.between {
            Some(between) if between == "panic" => crate::mode::panic(),
            Some(between) if between.len() > 3 => Err(FunctionError::argument(
                "between",
                "three characters at most",
            )),
            between => Ok(self.words.join(&between.unwrap_or_default())),
        }
    }
}

/// Gives back what it gets.
#[derive(Arguments)]
pub(crate) struct Same {
    /// Anything.
    #[arg(null)]
    value: Cty,
}

impl Function for Same {
    type Output = Cty;
    const NAME: &'static str = "same";
    const SUMMARY: &'static str = "Gives back what it gets";

    fn call(self) -> Result<Cty, FunctionError> {
        Ok(self.value)
    }
}

/// Gives the same numbers twice.
#[derive(Arguments)]
pub(crate) struct Twice {
    /// The numbers.
    numbers: Vec<Number>,
}

impl Function for Twice {
    type Output = Vec<Number>;
    const NAME: &'static str = "twice";
    const SUMMARY: &'static str = "Gives the same numbers twice";
    const DEPRECATED: Option<&'static str> = Some("Use concat.");

    fn call(self) -> Result<Vec<Number>, FunctionError> {
        let again = self.numbers.clone();
        Ok(self.numbers.into_iter().chain(again).collect())
    }
}
