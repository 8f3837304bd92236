//! Secret stores behind one trait.
#![forbid(unsafe_code)]
