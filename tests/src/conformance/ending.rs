//! Interrupt, Stop, Shutdown, and what is left.

use rustix::process::{Pid, Signal, kill_process};

use crate::host::Host;

use super::Report;

pub(super) async fn check(host: Host, secrets: &[&str], report: &mut Report) {
    let id = i32::try_from(host.process().id())
        .ok()
        .and_then(Pid::from_raw);
    if let Some(id) = id {
        let sent = kill_process(id, Signal::INT);
        report.check("an interrupt can be sent", sent.is_ok());
    }
    report.keep("Stop", host.stop().await);
    let healthy = host.is_healthy().await;
    report.check("it serves on after an interrupt", healthy.unwrap_or(false));

    let socket = host.process().handshake.socket.clone();
    let Some(ended) = report.keep("Shutdown", host.shutdown().await) else {
        return;
    };
    report.check("it ends well", ended.code == Some(0));
    report.check("nothing follows the handshake", ended.output.is_empty());
    let left = socket.parent().is_some_and(std::path::Path::exists);
    report.check("the socket's folder is removed", !left);
    for line in ended.log.lines() {
        report.check(
            &format!("a line of the log is hclog's: {line}"),
            is_hclog(line),
        );
    }
    for secret in secrets {
        report.check("no secret is logged", !ended.log.contains(secret));
    }
}

fn is_hclog(line: &str) -> bool {
    serde_json::from_str::<serde_json::Value>(line).is_ok_and(|entry| {
        ["@level", "@message", "@timestamp"]
            .iter()
            .all(|key| entry.get(key).is_some_and(serde_json::Value::is_string))
    })
}
