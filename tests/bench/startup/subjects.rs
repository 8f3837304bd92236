//! What is measured.

use std::env;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A program.
pub(crate) struct Subject {
    pub(crate) name: &'static str,
    pub(crate) path: PathBuf,
    /// How often it is started.
    pub(crate) runs: usize,
    /// Whether it is a provider.
    pub(crate) speaks: bool,
    /// Whether the others are compared with it.
    pub(crate) is_peer: bool,
}

impl Subject {
    fn of(name: &'static str, path: impl Into<PathBuf>) -> Self {
        Self {
            name,
            path: path.into(),
            runs: 30,
            speaks: true,
            is_peer: false,
        }
    }

    /// The size of its file.
    pub(crate) fn megabytes(&self) -> f64 {
        let bytes = fs::metadata(&self.path).map_or(0, |file| file.len());
        #[allow(clippy::cast_precision_loss, reason = "far below 2^53")]
        let bytes = bytes as f64;
        bytes / 1e6
    }
}

/// The bare program first, then the providers of this repository, then the AWS provider where it can be had.
pub(crate) fn all() -> Result<Vec<Subject>, Box<dyn Error>> {
    let corner = Path::new(env!("CARGO_BIN_EXE_terraform-provider-corner"));
    let mut subjects = vec![
        Subject {
            speaks: false,
            ..Subject::of("bare handshake", env!("CARGO_BIN_EXE_bare-handshake"))
        },
        Subject::of("corner", corner),
        Subject::of("coffer", coffer(corner)?),
    ];
    if let Ok(folder) = xtask::terraform::aws_provider() {
        let program = fs::read_dir(folder)?
            .flatten()
            .map(|entry| entry.path())
            .find(|path| {
                path.file_name()
                    .is_some_and(|name| name.to_string_lossy().contains("aws"))
            });
        subjects.extend(program.map(|path| Subject {
            runs: 5,
            is_peer: true,
            ..Subject::of("AWS 5.100.0", path)
        }));
    }
    Ok(subjects)
}

/// The coffer provider, built as it is shipped, beside the corner provider.
fn coffer(corner: &Path) -> Result<PathBuf, Box<dyn Error>> {
    let status = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .current_dir(xtask::programs::root())
        .args([
            "build",
            "--locked",
            "--release",
            "--package",
            "terraform-provider-coffer",
        ])
        .status()?;
    if !status.success() {
        return Err("the provider cannot be built".into());
    }
    Ok(corner.with_file_name("terraform-provider-coffer"))
}
