//! Calling a function.

use super::codec;
use super::failure::Failure;
use super::proto::tfplugin5 as wire;
use super::session::Host;
use super::ty::Type;
use super::value::Value;

impl Host {
    /// Calls the function `name`. As Terraform does, it needs no configured provider.
    ///
    /// # Errors
    /// What the function reports; or that its result is unknown though its arguments are known.
    pub async fn call(&self, name: &str, arguments: &[Value]) -> Result<Value, Failure> {
        let function = self.schema().functions.get(name);
        let function = function.ok_or_else(|| Failure::NotOffered(format!("function {name}")))?;
        let named = |bytes: &[u8]| {
            serde_json::from_slice(bytes)
                .ok()
                .and_then(|json| Type::from_json(&json))
                .ok_or_else(|| Failure::Rule(format!("{name} has a parameter without type")))
        };
        let mut encoded = Vec::new();
        for (index, argument) in arguments.iter().enumerate() {
            let parameter = function
                .parameters
                .get(index)
                .or(function.variadic_parameter.as_ref())
                .ok_or_else(|| Failure::Rule(format!("{name} has fewer parameters")))?;
            if (argument.is_null() && !parameter.allow_null_value)
                || (!argument.is_wholly_known() && !parameter.allow_unknown_values)
            {
                return Err(Failure::Rule(format!(
                    "Terraform passes no such value as {}",
                    parameter.name
                )));
            }
            encoded.push(codec::encode(argument, &named(&parameter.r#type)?)?);
        }
        let request = wire::call_function::Request {
            name: name.to_owned(),
            arguments: encoded,
        };
        let answer = self.client().call_function(request).await?.into_inner();
        if let Some(error) = answer.error {
            return Err(Failure::Function {
                text: error.text,
                argument: error.function_argument,
            });
        }
        let output = function
            .r#return
            .as_ref()
            .ok_or_else(|| Failure::Rule(format!("{name} returns nothing")))?;
        let result = codec::decode(answer.result.as_ref(), &named(&output.r#type)?)?;
        if arguments.iter().all(Value::is_wholly_known) && !result.is_wholly_known() {
            return Err(Failure::Rule(format!("{name} has an unknown result")));
        }
        Ok(result)
    }
}
