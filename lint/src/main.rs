//! The coffer-lint command.
#![forbid(unsafe_code)]

use std::io::{self, BufWriter, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand, ValueEnum};
use coffer_lint::inspect;
use coffer_lint::report::{json, text};
use coffer_lint::rules::{self, RULES};
use coffer_lint::run::{self, Options};

/// Half of a run is the making of small trees; the system's allocator, musl's above all, is slow at that.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Finds secrets in Terraform and CloudFormation.
#[derive(Parser)]
#[command(name = "coffer-lint", version, args_conflicts_with_subcommands = true)]
#[command(after_help = "Exit status: 0 clean, 1 findings, 2 could not run.")]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    /// Form of the report.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Families or rules to check, separated by commas; all by default.
    #[arg(long, value_delimiter = ',', value_name = "FAMILY_OR_RULE")]
    select: Vec<String>,
    /// Provider schemas to go by, as `terraform providers schema -json` writes them.
    #[arg(long = "schema", value_name = "FILE")]
    schemas: Vec<PathBuf>,
    /// Files and folders to check; the working directory by default.
    paths: Vec<PathBuf>,
}

#[derive(Subcommand)]
enum Command {
    /// List all rules.
    Rules {
        /// Form of the list.
        #[arg(long, value_enum, default_value_t = Format::Text)]
        format: Format,
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
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    Text,
    Json,
}

const COULD_NOT_RUN: u8 = 2;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let mut out = BufWriter::new(anstream::stdout().lock());
    let result = match cli.command {
        Some(Command::Rules { format }) => list(format, &mut out).map(|()| ExitCode::SUCCESS),
        Some(Command::Inspect { place }) => inspect_line(&place, &mut out),
        Some(Command::Explain { rule }) => explain(&rule, &mut out),
        None => check(cli, &mut out),
    };
    match result.and_then(|code| out.flush().map(|()| code)) {
        Ok(code) => code,
        // A reader that has seen enough is no failure.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::from(COULD_NOT_RUN),
        Err(error) => fail(&error.to_string()),
    }
}

fn fail(message: &str) -> ExitCode {
    // Nothing is left to be told if standard error is gone as well.
    let _ = writeln!(anstream::stderr(), "coffer-lint: {message}");
    ExitCode::from(COULD_NOT_RUN)
}

fn check(cli: Cli, out: &mut impl Write) -> io::Result<ExitCode> {
    let options = Options {
        paths: cli.paths,
        select: cli.select,
        schemas: cli.schemas,
    };
    let outcome = match run::run(&options) {
        Ok(outcome) => outcome,
        Err(error) => return Ok(fail(&error.to_string())),
    };
    match cli.format {
        Format::Text => text::write(&outcome, out)?,
        Format::Json => json::write(&outcome, out)?,
    }
    let found = !outcome.findings.is_empty();
    // The process ends here: to take all trees apart would be lost time.
    std::mem::forget(outcome);
    Ok(ExitCode::from(u8::from(found)))
}

fn list(format: Format, out: &mut impl Write) -> io::Result<()> {
    match format {
        Format::Text => {
            for rule in RULES {
                writeln!(
                    out,
                    "{:34} {:12} {}",
                    rule.id,
                    rule.family.name(),
                    rule.summary
                )?;
            }
            Ok(())
        }
        Format::Json => {
            let list: Vec<_> = RULES
                .iter()
                .map(|rule| {
                    serde_json::json!({
                        "id": rule.id,
                        "family": rule.family,
                        "severity": rule.severity,
                        "summary": rule.summary,
                        "page": format!("docs/lint/rules/{}.md", rule.id),
                    })
                })
                .collect();
            serde_json::to_writer_pretty(&mut *out, &list)?;
            writeln!(out)
        }
    }
}

fn inspect_line(place: &str, out: &mut impl Write) -> io::Result<ExitCode> {
    let parts = place
        .rsplit_once(':')
        .and_then(|(file, line)| Some((file, line.parse().ok()?)));
    let Some((file, line)) = parts else {
        return Ok(fail(&format!(
            "`{place}` is no place; write FILE:LINE, such as main.tf:12"
        )));
    };
    match inspect::inspect(std::path::Path::new(file), line) {
        Ok(told) => {
            write!(out, "{told}")?;
            Ok(ExitCode::SUCCESS)
        }
        Err(error) => Ok(fail(&error.to_string())),
    }
}

fn explain(id: &str, out: &mut impl Write) -> io::Result<ExitCode> {
    match rules::find(id) {
        Some(rule) => {
            write!(out, "{}", rule.page)?;
            Ok(ExitCode::SUCCESS)
        }
        None => Ok(fail(&format!(
            "there is no rule `{id}`; `coffer-lint rules` lists them all"
        ))),
    }
}
