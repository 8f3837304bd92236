//! The standard streams as a sink: for containers, whose platform collects what a program prints.

use std::io::{self, Write};

use coffer_vault::{AuditRecord, AuditSink, checkpoint_line, json_lines};

/// One of the streams that a program is started with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum StandardSink {
    Output,
    Error,
}

impl StandardSink {
    /// One write for whole lines, so that lines of several threads do not mix.
    fn print(self, lines: &[u8]) -> Result<(), String> {
        let written = match self {
            Self::Output => {
                let mut stream = io::stdout().lock();
                stream.write_all(lines).and_then(|()| stream.flush())
            }
            Self::Error => io::stderr().lock().write_all(lines),
        };
        written.map_err(|error| error.to_string())
    }
}

impl AuditSink for StandardSink {
    fn describe(&self) -> String {
        match self {
            Self::Output => "the standard output".to_owned(),
            Self::Error => "the standard error".to_owned(),
        }
    }

    fn deliver(&self, records: &[AuditRecord]) -> Result<(), String> {
        self.print(&json_lines(records)?)
    }

    fn deliver_checkpoint(&self, note: &str) -> Result<(), String> {
        self.print(&checkpoint_line(note)?)
    }
}
