//! `coffer token`

mod create;
mod exchange;
mod grants;
mod list;
mod lookup;
mod renew;
mod revoke;
mod sweep;

use clap::Subcommand;
use coffer_vault::{NewToken, Revocation, Rule, TokenInfo, Vault};
use serde_json::json;

use crate::arguments::{Format, Global};
use crate::failure::{Failure, Result};
use crate::output;

pub(crate) use grants::Grants;

/// What to do with tokens.
#[derive(Subcommand)]
pub(crate) enum Token {
    Create(create::Create),
    Exchange(exchange::Exchange),
    #[command(visible_alias = "ls")]
    List(list::List),
    Lookup(lookup::Lookup),
    Renew(renew::Renew),
    Revoke(revoke::Revoke),
    Sweep(sweep::Sweep),
}

impl Token {
    pub(crate) fn run(&self, global: &Global) -> Result<()> {
        match self {
            Self::Create(create) => create.run(global),
            Self::Exchange(exchange) => exchange.run(global),
            Self::List(list) => list.run(global),
            Self::Lookup(lookup) => lookup.run(global),
            Self::Renew(renew) => renew.run(global),
            Self::Revoke(revoke) => revoke.run(global),
            Self::Sweep(sweep) => sweep.run(global),
        }
    }
}

/// The accessor that was named, or that of the token in use.
fn accessor(vault: &Vault, named: Option<&str>) -> Result<String> {
    Ok(vault.token(named)?.accessor)
}

/// Prints a token, this once.
pub(crate) fn print(token: &NewToken, global: &Global) -> Result<()> {
    let text = token
        .secret
        .danger_expose_str()
        .map_err(|error| Failure::Other(error.to_string()))?;
    if global.format == Format::Json {
        return output::json(&json!({ "token": text, "info": token.info }));
    }
    output::line(text)?;
    output::note(&format!(
        "Valid until {}; revoke it with `coffer token revoke {}`.",
        output::time(token.info.expires),
        token.info.accessor
    ));
    Ok(())
}

/// A scope's prefix for people.
pub(crate) fn scope(prefix: &str) -> String {
    if prefix.is_empty() {
        "(all others)".to_owned()
    } else {
        prefix.to_owned()
    }
}

fn scopes(token: &TokenInfo) -> String {
    let scopes: Vec<String> = token.scopes.iter().map(|prefix| scope(prefix)).collect();
    scopes.join(", ")
}

/// A rule as `--allow` takes it.
fn rule(rule: &Rule) -> String {
    let capabilities: Vec<&str> = rule
        .capabilities
        .iter()
        .map(|capability| capability.as_str())
        .collect();
    format!("{}:{}", capabilities.join(","), rule.path)
}

/// Tells what was revoked and what has to be rotated.
pub(crate) fn report(revocation: &Revocation, global: &Global) -> Result<()> {
    if global.format == Format::Json {
        return output::json(&json!({
            "revoked": revocation.tokens,
            "readable_until_now": revocation.readable,
        }));
    }
    for token in &revocation.tokens {
        output::line(&format!("Revoked {} ({}).", token.accessor, scopes(token)))?;
    }
    if revocation.tokens.is_empty() {
        return output::line("Nothing was revoked.");
    }
    if revocation.readable.is_empty() {
        return output::line("It could read no value.");
    }
    output::line(
        "Whoever held it could read these until now; give them new values if that matters:",
    )?;
    for name in &revocation.readable {
        output::line(&format!("  {name}"))?;
    }
    Ok(())
}
