//! Start and connection.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use crate::host::proto::tfplugin5::get_provider_schema;
use crate::host::proto::tfplugin5::provider_client::ProviderClient;
use crate::host::{ClientCertificate, Failure, Process, Program, connect};

use super::Report;

pub(super) async fn check(program: &Program, report: &mut Report) {
    let human = program.clone().without_env("TF_PLUGIN_MAGIC_COOKIE");
    let refused = Process::start(&human).await;
    let refused =
        matches!(refused, Err(Failure::Start(said)) if said.contains("exit code Some(1)"));
    report.check("without the cookie it does not start", refused);

    let Some(process) = report.keep("handshake", Process::start(program).await) else {
        return;
    };
    report.check("protocol 5", process.handshake.protocol == 5);
    report.check(
        "it has a certificate",
        process.handshake.certificate.is_some(),
    );
    let folder = process.handshake.socket.parent().map(fs::metadata);
    let private = matches!(folder, Some(Ok(folder)) if folder.permissions().mode() & 0o077 == 0);
    report.check("the socket's folder is private", private);
    let strangers = [None, Some(ClientCertificate::new())];
    for stranger in &strangers {
        let through = gets_through(&process, stranger.as_ref()).await;
        report.check("only the announced certificate gets through", !through);
    }
    let through = gets_through(&process, process.certificate.as_ref()).await;
    report.check("the announced certificate gets through", through);
}

/// Whether a host with this certificate can make a call.
async fn gets_through(process: &Process, certificate: Option<&ClientCertificate>) -> bool {
    match connect(&process.handshake, certificate).await {
        Err(_) => false,
        Ok(channel) => {
            let mut client = ProviderClient::new(channel).max_decoding_message_size(64 << 20);
            let answer = client.get_schema(get_provider_schema::Request {}).await;
            answer.is_ok()
        }
    }
}
