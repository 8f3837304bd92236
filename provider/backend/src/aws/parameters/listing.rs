//! Names by prefix.

use std::collections::BTreeSet;

use aws_sdk_ssm::types::{ParameterStringFilter, ParameterType};
use coffer_vault::{SecretMetadata, SecretName};
use futures_util::{StreamExt, TryStreamExt, stream};

use super::name::{beginnings, secret};
use super::{ParameterStore, failure, invalid};
use crate::error::{Error, Result};

/// How many parameters a page has at most.
const PAGE: i32 = 50;
/// How many parameters are looked at one by one at a time; the service allows few such requests in a second.
const LOOKS_AT_A_TIME: usize = 4;

impl ParameterStore {
    /// The encrypted parameters whose secret's name begins with `prefix`.
    pub(super) async fn list_parameters(&self, prefix: &str) -> Result<Vec<SecretMetadata>> {
        let filter = |key: &str, option: &str, values: Vec<String>| {
            ParameterStringFilter::builder()
                .key(key)
                .option(option)
                .set_values(Some(values))
                .build()
                .map_err(|error| invalid(error.to_string()))
        };
        let encrypted = ParameterType::SecureString.as_str().to_owned();
        let mut filters = vec![filter("Type", "Equals", vec![encrypted])?];
        let beginnings = beginnings(prefix);
        if !beginnings.is_empty() {
            filters.push(filter("Name", "BeginsWith", beginnings)?);
        }
        let request = self.connection().await?.client.describe_parameters();
        let mut pages = request
            .set_parameter_filters(Some(filters))
            .max_results(PAGE)
            .into_paginator()
            .send();
        let mut names: BTreeSet<SecretName> = BTreeSet::new();
        while let Some(page) = pages.next().await {
            let page = page.map_err(|error| failure(&error).about_no_secret())?;
            let found = page.parameters.unwrap_or_default();
            let found = found.iter().filter_map(|it| secret(it.name()?));
            // What the service's filter means by a beginning is told in words alone: it is checked here.
            names.extend(found.filter(|name| name.as_str().starts_with(prefix)));
        }
        let looks: Vec<_> = names
            .iter()
            .map(|name| self.metadata_if_there(name))
            .collect();
        let looks: Vec<Option<SecretMetadata>> = stream::iter(looks)
            .buffered(LOOKS_AT_A_TIME)
            .try_collect()
            .await?;
        Ok(looks.into_iter().flatten().collect())
    }

    /// The metadata of a parameter in the list, unless it was removed meanwhile.
    async fn metadata_if_there(&self, name: &SecretName) -> Result<Option<SecretMetadata>> {
        match self.look(name).await {
            Ok(seen) => Ok(Some(seen.metadata(name))),
            Err(Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }
}
