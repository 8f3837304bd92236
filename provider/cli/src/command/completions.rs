//! `coffer completions`

use clap::{Args, CommandFactory};
use clap_complete::Shell;

use crate::arguments::Arguments;
use crate::failure::Result;
use crate::output;

/// Print a completion script for a shell.
#[derive(Args)]
#[command(after_help = "\
Examples:
  coffer completions bash > ~/.local/share/bash-completion/completions/coffer
  coffer completions zsh > ~/.zfunc/_coffer
  coffer completions fish > ~/.config/fish/completions/coffer.fish")]
pub(crate) struct Completions {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

impl Completions {
    pub(crate) fn run(&self) -> Result<()> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut Arguments::command(), "coffer", &mut script);
        output::bytes(&script)
    }
}
