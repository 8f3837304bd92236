//! The life of an ephemeral resource.

use std::time::SystemTime;

use crate::host::{Host, Value};

use super::{Members, Report};

pub(super) async fn check(host: &Host, name: &str, members: &Members, report: &mut Report) {
    let Some(ephemeral) = report.keep(name, host.ephemeral(name)) else {
        return;
    };
    let config = ephemeral.config(members.iter().cloned());
    let unknown = ephemeral.config(members.iter().map(|(name, value)| match value {
        // A block is never unknown as a whole here.
        Value::List(_) | Value::Object(_) => (*name, value.clone()),
        _ => (*name, Value::Unknown),
    }));
    report.keep(
        &format!("{name} with unknown values"),
        ephemeral.validate(&unknown).await,
    );
    let opened = ephemeral.open(&config).await;
    let Some(mut open) = report.keep(&format!("{name} is opened"), opened) else {
        return;
    };
    report.check(
        &format!("the result of {name} is known in apply"),
        open.result.is_wholly_known(),
    );
    if let Some(time) = open.renew_at {
        report.check(
            &format!("{name} is renewed in the future"),
            time > SystemTime::now(),
        );
        report.keep(
            &format!("{name} is renewed"),
            ephemeral.renew(&mut open).await,
        );
        report.check(
            &format!("{name} notes the same at a renewal"),
            open.opened_with == open.renewed_with,
        );
    }
    report.keep(
        &format!("{name} is closed"),
        ephemeral.close(open.clone()).await,
    );
    report.keep(
        &format!("{name} is closed twice"),
        ephemeral.close(open).await,
    );
}
