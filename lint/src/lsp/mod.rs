//! `coffer-lint lsp`: the language server, over standard input and output.
//!
//! One thread reads messages, one does the work. Before each step the worker takes in all that has arrived, so a
//! burst of keystrokes is checked once and a request that was taken back is never begun.

mod actions;
mod address;
mod diagnostics;
mod document;
mod folder;
mod groups;
mod hover;
mod position;
mod server;
mod wire;

use std::collections::VecDeque;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;
use std::sync::mpsc::{Receiver, channel};

use serde_json::Value;
use server::Server;
use wire::Message;

/// The status of a server that was told to end without being told to shut down first.
const NO_SHUTDOWN: u8 = 1;

/// Serves until the client says `exit` or closes the stream.
///
/// # Errors
/// When a stream fails, or what arrives cannot be told apart into messages.
pub(crate) fn run() -> Result<ExitCode, Box<dyn std::error::Error>> {
    // What a panic says may quote what it stumbled over.
    std::panic::set_hook(Box::new(|_| {}));
    let (sender, receiver) = channel();
    std::thread::spawn(move || {
        let mut stdin = io::stdin().lock();
        loop {
            let message = wire::read(&mut stdin);
            let is_last = !matches!(message, Ok(Some(_)));
            if sender.send(message).is_err() || is_last {
                return;
            }
        }
    });
    serve(&receiver)
}

fn serve(
    receiver: &Receiver<io::Result<Option<Message>>>,
) -> Result<ExitCode, Box<dyn std::error::Error>> {
    let mut server = Server::new(io::stdout().lock());
    let mut queue = VecDeque::new();
    let mut cancelled: Vec<Value> = Vec::new();
    let mut is_over = false;
    loop {
        if queue.is_empty() {
            // Nothing waits, so there is time to tell what was found.
            guarded(|| server.settle())??;
            match receiver.recv() {
                Ok(message) => queue.push_back(message?),
                Err(_) => return Ok(ExitCode::from(u8::from(!is_over))),
            }
        }
        for message in receiver.try_iter() {
            queue.push_back(message?);
        }
        for message in queue.iter().flatten() {
            if let Message::Notification { method, params } = message
                && method == "$/cancelRequest"
            {
                cancelled.extend(params.get("id").cloned());
            }
        }
        match queue.pop_front().flatten() {
            None => return Ok(ExitCode::from(if is_over { 0 } else { NO_SHUTDOWN })),
            Some(Message::Unreadable(answer)) => server.send(&answer)?,
            Some(Message::Response) => {}
            Some(Message::Notification { method, .. }) if method == "exit" => {
                return Ok(ExitCode::from(if is_over { 0 } else { NO_SHUTDOWN }));
            }
            Some(Message::Notification { method, params }) if method == "$/cancelRequest" => {
                cancelled.retain(|id| Some(id) != params.get("id"));
            }
            Some(Message::Notification { method, params }) => {
                guarded(|| server.notified(&method, params))?;
            }
            Some(Message::Request { id, .. }) if cancelled.contains(&id) => {
                server.send(&wire::failure(&id, wire::CANCELLED, "taken back"))?;
            }
            Some(Message::Request { id, method, params }) => {
                is_over |= method == "shutdown";
                let answer =
                    guarded(|| server.asked(&id, &method, params)).unwrap_or_else(|error| {
                        wire::failure(&id, wire::INTERNAL_ERROR, &error.to_string())
                    });
                server.send(&answer)?;
            }
        }
    }
}

/// A defect in one step ends that step and not the server.
#[derive(Debug, thiserror::Error)]
#[error("a defect of coffer-lint: this step was given up")]
struct Defect;

fn guarded<T>(step: impl FnOnce() -> T) -> Result<T, Defect> {
    catch_unwind(AssertUnwindSafe(step)).map_err(|_| Defect)
}
