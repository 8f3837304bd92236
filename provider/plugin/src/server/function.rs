//! CallFunction.

use std::sync::Arc;

use crate::cty::{Cty, CtyType};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::function::{Argument, FunctionError};
use crate::proto::tfplugin5 as wire;
use crate::provider::Provider;

use super::Server;
use super::answer::Answer;
use super::values::{decode, encode};

type Response = wire::call_function::Response;

pub(super) async fn call<P: Provider>(
    server: Arc<Server<P>>,
    request: wire::call_function::Request,
) -> Result<Answer<Response>, Diagnostics> {
    let function = server.offered("function", &server.offers().functions, &request.name)?;
    let arguments = match collect(&function.parameters(), request.arguments) {
        Ok(arguments) => arguments,
        Err(error) => return Ok(Answer::new(error, Diagnostics::new())),
    };
    let output = function.output();
    let name = function.name();
    let shared = Arc::clone(&server);
    // Some functions, such as key derivations, take long enough to hold up others.
    let computing = tokio::task::spawn_blocking(move || {
        shared
            .offers()
            .functions
            .get(name)
            .map(|function| function.call(arguments))
    });
    let response = match computing.await {
        Ok(Some(Ok(result))) => Response {
            result: encode(&result, &output)?,
            error: None,
        },
        Ok(Some(Err(error))) => refused(error),
        Ok(None) => Response::default(),
        Err(error) => {
            return Err(super::answering::not_finished(
                "CallFunction",
                error.is_panic(),
            ));
        }
    };
    Ok(Answer::new(response, Diagnostics::new()))
}

/// One value for each parameter; the rest as a list for a variadic one.
fn collect(
    parameters: &[crate::function::Parameter],
    arguments: Vec<wire::DynamicValue>,
) -> Result<Vec<Cty>, Response> {
    let mut arguments = arguments.into_iter().enumerate();
    let mut values = Vec::with_capacity(parameters.len());
    for parameter in parameters {
        if parameter.variadic {
            let rest = arguments
                .by_ref()
                .map(|argument| read(argument, &parameter.ty));
            values.push(Cty::List(rest.collect::<Result<_, _>>()?));
        } else {
            let argument = arguments.next().ok_or_else(|| {
                refused(FunctionError::new(format!(
                    "the argument {} is missing",
                    parameter.name
                )))
            })?;
            values.push(read(argument, &parameter.ty)?);
        }
    }
    match arguments.next() {
        None => Ok(values),
        Some((position, _)) => Err(refused(FunctionError::at(
            position,
            "there are too many arguments",
        ))),
    }
}

fn read((position, argument): (usize, wire::DynamicValue), ty: &CtyType) -> Result<Cty, Response> {
    decode(Some(argument), ty, "argument").map_err(|diagnostics| {
        let detail = diagnostics
            .iter()
            .next()
            .map_or("malformed", |it: &Diagnostic| &it.detail);
        refused(FunctionError::at(position, detail))
    })
}

fn refused(error: FunctionError) -> Response {
    let function_argument = match error.argument {
        Some(Argument::Position(position)) => i64::try_from(position).ok(),
        Some(Argument::Name(_)) | None => None,
    };
    let error = wire::FunctionError {
        text: error.text,
        function_argument,
    };
    Response {
        result: None,
        error: Some(error),
    }
}
