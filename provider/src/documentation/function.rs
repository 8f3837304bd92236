//! The page of a function.

use coffer_plugin::FunctionSignature;

use super::schema::inside_list;
use super::type_name::{members, notation, words};
use super::{example_section, front_matter};

pub(super) fn page(function: &FunctionSignature) -> String {
    let name = function.name;
    let mut text = front_matter(&format!("{name} function"), function.summary);
    text.push_str(&format!("# function: {name}\n\n"));
    if let Some(instead) = function.deprecated {
        text.push_str(&format!("~> **Deprecated.** {instead}\n\n"));
    }
    text.push_str(&format!("{}\n\n", function.description));
    text.push_str(&example_section(&format!("functions/{name}/main.tf")));
    text.push_str(&format!(
        "## Signature\n\n```text\n{}\n```\n\n## Arguments\n\n",
        signature(function)
    ));
    for (number, parameter) in (1..).zip(&function.parameters) {
        let mut marks = vec![words(&parameter.ty)];
        if parameter.variadic {
            marks.push("Variadic".to_owned());
        }
        if parameter.allow_null {
            marks.push("Nullable".to_owned());
        }
        text.push_str(&format!(
            "{number}. `{}` ({}) {}\n",
            parameter.name,
            marks.join(", "),
            inside_list(parameter.description)
        ));
    }
    text.push_str(&format!(
        "\n## Return Type\n\n{}\n",
        words(&function.output)
    ));
    if let Some(members) = members(&function.output) {
        text.push('\n');
        for (name, ty) in members {
            text.push_str(&format!("- `{name}` ({})\n", words(ty)));
        }
    }
    text
}

fn signature(function: &FunctionSignature) -> String {
    let parameters: Vec<String> = function
        .parameters
        .iter()
        .map(|parameter| {
            let more = if parameter.variadic { "..." } else { "" };
            format!("{} {}{more}", parameter.name, notation(&parameter.ty))
        })
        .collect();
    format!(
        "{}({}) {}",
        function.name,
        parameters.join(", "),
        notation(&function.output)
    )
}
