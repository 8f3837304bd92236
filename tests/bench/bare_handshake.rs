//! The least that a provider can do: it prints a handshake line, and waits to be killed.
#![forbid(unsafe_code)]

use std::io::Write;

fn main() -> std::io::Result<()> {
    let mut output = std::io::stdout();
    output.write_all(b"1|5|unix|/nowhere|grpc|\n")?;
    output.flush()?;
    loop {
        std::thread::park();
    }
}
