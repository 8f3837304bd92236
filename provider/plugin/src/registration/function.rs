//! Functions without their types.

use std::marker::PhantomData;

use crate::attribute_type::AttributeType;
use crate::cty::{Cty, CtyType};
use crate::function::{Argument, Function, FunctionError, Parameter};

/// A function. Made by [`function`].
pub struct FunctionRegistration<F: Function>(PhantomData<fn() -> F>);

/// Registers the function `F`.
#[must_use]
pub fn function<F: Function>() -> FunctionRegistration<F> {
    FunctionRegistration(PhantomData)
}

impl<F: Function> std::fmt::Debug for FunctionRegistration<F> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "FunctionRegistration({})", F::NAME)
    }
}

/// A function whose Rust type is forgotten.
pub(crate) trait AnyFunction: Send + Sync {
    fn name(&self) -> &'static str;
    fn summary(&self) -> &'static str;
    fn description(&self) -> &'static str;
    fn deprecated(&self) -> Option<&'static str>;
    fn parameters(&self) -> Vec<Parameter>;
    fn output(&self) -> CtyType;
    /// One value for each parameter; a list for a variadic one.
    fn call(&self, arguments: Vec<Cty>) -> Result<Cty, FunctionError>;
}

impl<F: Function> AnyFunction for FunctionRegistration<F> {
    fn name(&self) -> &'static str {
        F::NAME
    }

    fn summary(&self) -> &'static str {
        F::SUMMARY
    }

    fn description(&self) -> &'static str {
        F::DESCRIPTION
    }

    fn deprecated(&self) -> Option<&'static str> {
        F::DEPRECATED
    }

    fn parameters(&self) -> Vec<Parameter> {
        F::parameters()
    }

    fn output(&self) -> CtyType {
        F::Output::cty_type()
    }

    fn call(&self, arguments: Vec<Cty>) -> Result<Cty, FunctionError> {
        let call = || F::from_cty(arguments)?.call();
        call().map(|output| output.to_cty()).map_err(|mut error| {
            if let Some(Argument::Name(name)) = &error.argument {
                let named = F::parameters()
                    .iter()
                    .position(|parameter| parameter.name == *name);
                error.argument = named.map(Argument::Position);
            }
            error
        })
    }
}
