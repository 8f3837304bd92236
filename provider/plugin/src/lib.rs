//! tfplugin5 over go-plugin: a server SDK for Terraform providers.
#![forbid(unsafe_code)]
