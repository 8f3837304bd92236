//! The command line.

use std::path::PathBuf;
use std::str::FromStr;

use clap::{Args, Parser, Subcommand, ValueEnum};
use coffer_lint::report::Format;
use coffer_lint::rules::finding::Severity;

/// Finds secrets in Terraform and CloudFormation.
#[derive(Parser)]
#[command(name = "coffer-lint", version, args_conflicts_with_subcommands = true)]
#[command(after_help = "Exit status: 0 clean, 1 findings, 2 could not run.\n\
    What is set on the command line counts before the environment, and that before `coffer-lint.toml`.")]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
    #[command(flatten)]
    pub(crate) check: Check,
}

#[derive(Args)]
pub(crate) struct Check {
    /// Form of the report.
    #[arg(long, value_enum, default_value_t = Format::Text, env = "COFFER_LINT_FORMAT")]
    pub(crate) format: Format,
    /// A report in this form into a file; can be given several times, beside the one on the screen.
    #[arg(long = "output", value_name = "FORMAT=FILE")]
    pub(crate) outputs: Vec<Output>,
    /// Families or rules to check, separated by commas; all by default.
    #[arg(
        long,
        value_delimiter = ',',
        value_name = "FAMILY_OR_RULE",
        env = "COFFER_LINT_SELECT"
    )]
    pub(crate) select: Vec<String>,
    /// The lowest severity that makes the exit status 1.
    #[arg(long, value_enum, value_name = "SEVERITY", env = "COFFER_LINT_FAIL_ON")]
    pub(crate) fail_on: Option<Level>,
    /// Provider schemas to go by, as `terraform providers schema -json` writes them.
    #[arg(long = "schema", value_name = "FILE")]
    pub(crate) schemas: Vec<PathBuf>,
    /// Values for the variables of the configuration at the first path, as for `terraform plan -var-file`.
    #[arg(long = "var-file", value_name = "FILE", conflicts_with = "history")]
    pub(crate) var_files: Vec<PathBuf>,
    /// The configuration; the nearest `coffer-lint.toml` upwards by default.
    #[arg(long, value_name = "FILE", env = "COFFER_LINT_CONFIG")]
    pub(crate) config: Option<PathBuf>,
    /// Read no configuration.
    #[arg(long, conflicts_with = "config")]
    pub(crate) no_config: bool,
    /// Findings that are accepted for now.
    #[arg(long, value_name = "FILE", env = "COFFER_LINT_BASELINE")]
    pub(crate) baseline: Option<PathBuf>,
    /// Accept all findings of this run for now: write them to the baseline.
    #[arg(long, value_name = "FILE", conflicts_with = "baseline")]
    pub(crate) write_baseline: Option<PathBuf>,
    /// Leave suppressions in the code out of account.
    #[arg(long)]
    pub(crate) no_suppressions: bool,
    /// Report on staged lines alone.
    #[arg(long, conflicts_with = "diff_base")]
    pub(crate) staged: bool,
    /// Report on lines alone that changed since the branch left this one.
    #[arg(long, value_name = "BRANCH")]
    pub(crate) diff_base: Option<String>,
    /// Check all that was ever committed below the paths, each content once, in place of the files.
    #[arg(long, conflicts_with_all = ["staged", "diff_base", "fix", "diff"])]
    pub(crate) history: bool,
    /// Leave files and folders out whose names start with a dot.
    #[arg(long)]
    pub(crate) no_hidden: bool,
    /// Look at hidden files and folders as well: this is the default.
    #[arg(long, overrides_with = "no_hidden")]
    pub(crate) hidden: bool,
    /// Look at what `.gitignore`, `.ignore` and `.cofferignore` name as well.
    #[arg(long)]
    pub(crate) no_ignore: bool,
    /// Look into archives (tar, tar.gz, zip) that are found in folders. One that is named is always opened.
    #[arg(long)]
    pub(crate) archives: bool,
    /// The largest file that is looked at, such as 500K, 20M or 1G; 128M by default.
    #[arg(long, value_name = "SIZE", value_parser = size, env = "COFFER_LINT_MAX_SIZE")]
    pub(crate) max_size: Option<u64>,
    /// The name of what is read from standard input (with `-` as path).
    #[arg(long, value_name = "PATH")]
    pub(crate) stdin_filename: Option<PathBuf>,
    /// Mend what can be mended safely.
    #[arg(long, conflicts_with_all = ["staged", "diff_base"])]
    pub(crate) fix: bool,
    /// With --fix or --diff: mend also what needs a look afterwards.
    #[arg(long = "unsafe")]
    pub(crate) with_unsafe: bool,
    /// Show what --fix would change, and change nothing.
    #[arg(long, conflicts_with = "fix")]
    pub(crate) diff: bool,
    /// Count findings by rule.
    #[arg(long)]
    pub(crate) statistics: bool,
    /// Say nothing; the exit status tells.
    #[arg(long, short)]
    pub(crate) quiet: bool,
    /// When to use colours.
    #[arg(long, value_enum, default_value_t = Color::Auto)]
    pub(crate) color: Color,
    /// Files and folders to check, or `-` for standard input; the working directory by default.
    pub(crate) paths: Vec<PathBuf>,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// List all rules.
    Rules {
        /// Form of the list.
        #[arg(long, value_enum, default_value_t = ListFormat::Text)]
        format: ListFormat,
    },
    /// Show what is known of the values on a line: where they come from and what they end up in.
    Inspect {
        /// The line, as `FILE:LINE`.
        place: String,
    },
    /// Show what a rule finds, why it matters and how to mend it.
    Explain {
        /// Name of the rule.
        rule: String,
    },
    /// Look after the baseline.
    Baseline {
        #[command(subcommand)]
        action: BaselineAction,
    },
    /// Look at the configuration.
    Config {
        #[command(subcommand)]
        action: Option<ConfigAction>,
        #[command(flatten)]
        place: ConfigPlace,
    },
    /// Serve an editor over standard input and output (Language Server Protocol).
    Lsp,
    /// Print a completion script for a shell.
    Completions {
        /// The shell.
        #[arg(value_enum)]
        shell: clap_complete::Shell,
    },
    /// Write the manual pages, one for each command, into a folder.
    Man {
        /// The folder, such as ~/.local/share/man/man1.
        folder: PathBuf,
    },
    /// Hash a value from standard input for the list of allowed values.
    Hash {
        /// The key of the list (`allowed.key` in `coffer-lint.toml`).
        #[arg(long)]
        key: String,
    },
}

#[derive(Subcommand)]
pub(crate) enum BaselineAction {
    /// Remove what is no longer found.
    Prune {
        /// The baseline.
        file: PathBuf,
        /// Files and folders; the working directory by default.
        paths: Vec<PathBuf>,
    },
}

#[derive(Clone, Copy, Subcommand)]
pub(crate) enum ConfigAction {
    /// Show what holds here.
    Show,
    /// Print the JSON schema of `coffer-lint.toml`, for editors.
    Schema,
}

#[derive(Args)]
pub(crate) struct ConfigPlace {
    /// The configuration; the nearest `coffer-lint.toml` upwards by default.
    #[arg(long, value_name = "FILE", global = true)]
    pub(crate) config: Option<PathBuf>,
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum ListFormat {
    Text,
    Json,
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum Level {
    Low,
    Medium,
    High,
    Critical,
}

impl From<Level> for Severity {
    fn from(level: Level) -> Self {
        match level {
            Level::Low => Self::Low,
            Level::Medium => Self::Medium,
            Level::High => Self::High,
            Level::Critical => Self::Critical,
        }
    }
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum Color {
    Auto,
    Always,
    Never,
}

impl Color {
    /// Sets the choice for everything that is written. `auto` heeds `NO_COLOR` and what is not a terminal.
    pub(crate) fn apply(self) {
        match self {
            Self::Auto => anstream::ColorChoice::Auto,
            Self::Always => anstream::ColorChoice::Always,
            Self::Never => anstream::ColorChoice::Never,
        }
        .write_global();
    }
}

/// A report into a file: `sarif=out.sarif`.
#[derive(Clone)]
pub(crate) struct Output {
    pub(crate) format: Format,
    pub(crate) path: PathBuf,
}

impl FromStr for Output {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (format, path) = text
            .split_once('=')
            .filter(|(_, path)| !path.is_empty())
            .ok_or("write FORMAT=FILE, such as sarif=out.sarif")?;
        Ok(Self {
            format: Format::from_str(format, false)?,
            path: PathBuf::from(path),
        })
    }
}

/// `500K`, `20M`, `1G`, or bytes.
fn size(text: &str) -> Result<u64, String> {
    let wrong = || "write a number of bytes, or one with K, M or G: 500K, 20M, 1G".to_owned();
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let number: u64 = digits.parse().map_err(|_| wrong())?;
    let unit = text.get(digits.len()..).unwrap_or_default();
    let factor = match unit.to_ascii_uppercase().as_str() {
        "" | "B" => 1,
        "K" | "KB" | "KIB" => 1 << 10,
        "M" | "MB" | "MIB" => 1 << 20,
        "G" | "GB" | "GIB" => 1 << 30,
        _ => return Err(wrong()),
    };
    number.checked_mul(factor).ok_or_else(wrong)
}
