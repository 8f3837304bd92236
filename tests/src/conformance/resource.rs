//! The life of a managed resource.

use crate::host::{Change, Host, Instance, Managed, Value};

use super::{Life, Report};

/// Makes it and changes it; what there is then.
pub(super) async fn make(
    host: &Host,
    life: &Life,
    secrets: &[&str],
    report: &mut Report,
) -> Option<(&'static str, Instance)> {
    let name = life.name;
    let resource = report.keep(name, host.resource(name))?;
    let config = resource.config(life.config.iter().cloned());
    judge(&resource, name, &config, report).await;
    let mut made = report.keep(
        &format!("{name} is made"),
        resource.settle(None, &config).await,
    )?;
    discreet(name, &made, secrets, report);
    if !life.change.is_empty() {
        let mut changed = config.clone();
        for (attribute, value) in &life.change {
            changed = changed.with(attribute, value.clone());
        }
        let settled = resource.settle(Some(&made), &changed).await;
        if let Some(settled) = report.keep(&format!("{name} is changed"), settled) {
            made = settled;
        }
        discreet(name, &made, secrets, report);
    }
    let upgraded = resource
        .upgrade(resource.schema().version, &made.state.to_json())
        .await;
    if let Some(upgraded) = report.keep(&format!("{name} is upgraded"), upgraded) {
        let same = upgraded == made.state;
        report.check(&format!("state of the same version of {name} stays"), same);
    }
    if let Some(id) = &life.import {
        let imported = resource.import(id).await;
        if let Some(imported) = report.keep(&format!("{name} is imported"), imported) {
            discreet(name, &imported, secrets, report);
            let planned = resource.plan(Some(&imported), Some(&config)).await;
            let planned = report.keep(&format!("{name} is planned after an import"), planned);
            let stays = planned
                .is_none_or(|planned| matches!(planned.change, Change::None | Change::Update));
            report.check(&format!("{name} survives its import"), stays);
        }
    }
    Some((name, made))
}

/// Validation takes unknown values, and a host that would store write-only ones is refused.
async fn judge(resource: &Managed<'_>, name: &str, config: &Value, report: &mut Report) {
    report.keep(
        &format!("{name} is validated"),
        resource.validate(config).await,
    );
    let mut unknown = config.clone();
    let mut hands_over = None;
    for (attribute, of) in &resource.schema().block.attributes {
        if !config.get(attribute).is_null() {
            unknown = unknown.with(attribute, Value::Unknown);
            if of.flags.write_only {
                hands_over = Some(attribute);
            }
        }
    }
    report.keep(
        &format!("{name} with unknown values"),
        resource.validate(&unknown).await,
    );
    if let Some(attribute) = hands_over {
        let refused = match resource.validate_for(config, false).await {
            Ok(_) => false,
            Err(failure) => failure
                .diagnostics()
                .iter()
                .any(|one| &one.path == attribute),
        };
        report.check(
            &format!("{name}.{attribute} is refused where it would be stored"),
            refused,
        );
    }
}

fn discreet(name: &str, instance: &Instance, secrets: &[&str], report: &mut Report) {
    let private = String::from_utf8_lossy(&instance.private);
    for secret in secrets {
        let stored = instance.state.holds(secret) || private.contains(secret);
        report.check(&format!("{name} stores no secret"), !stored);
    }
}

pub(super) async fn destroy(host: &Host, name: &str, instance: &Instance, report: &mut Report) {
    let Some(resource) = report.keep(name, host.resource(name)) else {
        return;
    };
    report.keep(
        &format!("{name} is destroyed"),
        resource.destroy(instance).await,
    );
    let read = resource.read(instance).await;
    if let Some(read) = report.keep(&format!("{name} is read when it is gone"), read) {
        report.check(&format!("{name} is gone"), read.is_none());
    }
}
