//! Addresses of documents (`file:` URIs) and paths.

use std::path::{Path, PathBuf};
use std::str::FromStr as _;

use lsp_types::Uri;

/// The path of a `file:` address; `None` for any other one.
pub(super) fn path(uri: &Uri) -> Option<PathBuf> {
    let rest = uri.as_str().strip_prefix("file://")?;
    let path = rest.get(rest.find('/')?..)?;
    let path = decoded(path)?;
    // `/c:/folder` of Windows.
    let is_drive = path.get(1..3).is_some_and(|drive| {
        drive.ends_with(':') && drive.starts_with(|c: char| c.is_ascii_alphabetic())
    });
    Some(PathBuf::from(match is_drive && cfg!(windows) {
        true => path.get(1..).unwrap_or_default(),
        false => &path,
    }))
}

/// The address of a path.
pub(super) fn of(path: &Path) -> Option<Uri> {
    let absolute = std::path::absolute(path).ok()?;
    let text = absolute.to_str()?.replace('\\', "/");
    let mut uri = "file://".to_owned();
    if !text.starts_with('/') {
        uri.push('/');
    }
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                uri.push(char::from(byte));
            }
            _ => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    Uri::from_str(&uri).ok()
}

fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let mut digit = || char::from(rest.next()?).to_digit(16);
        let byte = digit()? * 16 + digit()?;
        bytes.push(u8::try_from(byte).ok()?);
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_comes_back_from_its_address() {
        for name in ["/a/b.tf", "/a b/ü#?%.tf", "/"] {
            let uri = of(Path::new(name)).unwrap();
            assert_eq!(
                path(&uri).as_deref(),
                Some(Path::new(name)),
                "{}",
                uri.as_str()
            );
        }
    }

    #[test]
    fn what_is_no_file_has_no_path() {
        for uri in [
            "untitled:Untitled-1",
            "http://host/a.tf",
            "file:a",
            "file://host",
        ] {
            assert_eq!(path(&Uri::from_str(uri).unwrap()), None, "{uri}");
        }
    }
}
