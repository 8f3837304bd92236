//! What it costs to start a provider, which each command of Terraform does several times: from the start of the process
//! to its handshake, GetProviderSchema, and memory, beside the AWS provider and a program that only prints the line.
//!
//! ```sh
//! cargo bench -p coffer-tests --bench startup
//! ```
#![forbid(unsafe_code)]
#![allow(clippy::print_stdout)]

mod figures;
mod subjects;

use coffer_tests::host::{Failure, Host, Process, Program};

use figures::{Figures, Sample, memory};
use subjects::Subject;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let subjects = subjects::all()?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let mut figures: Vec<Figures> = subjects.iter().map(|_| Figures::default()).collect();
    // In turns, so that whatever else the machine does falls on all of them. The first round warms the caches.
    for round in 0..=most_runs(&subjects) {
        for (subject, figures) in subjects.iter().zip(&mut figures) {
            if round > subject.runs {
                continue;
            }
            let sample = runtime.block_on(measure(subject))?;
            if round > 0 {
                figures.add(sample);
            }
        }
    }
    report(&subjects, &figures);
    Ok(())
}

fn most_runs(subjects: &[Subject]) -> usize {
    subjects
        .iter()
        .map(|subject| subject.runs)
        .max()
        .unwrap_or(0)
}

async fn measure(subject: &Subject) -> Result<Sample, Failure> {
    let program = Program::new(&subject.path);
    if !subject.speaks {
        let process = Process::start(&program).await?;
        return Ok(Sample {
            handshake: process.took,
            schema: None,
            memory: memory(process.id()),
        });
    }
    let host = Host::start(&program).await?;
    let sample = Sample {
        handshake: host.process().took,
        schema: Some(host.schema_took),
        memory: memory(host.process().id()),
    };
    host.shutdown().await?;
    Ok(sample)
}

fn report(subjects: &[Subject], figures: &[Figures]) {
    println!(
        "| program | runs | size | handshake, median (best) | above the bare program | schema, median (best) | memory |"
    );
    println!("| --- | ---: | ---: | ---: | ---: | ---: | ---: |");
    let bare = figures.first().map_or(0.0, Figures::handshake);
    for (subject, figures) in subjects.iter().zip(figures) {
        let schema = figures.schema().map_or_else(
            || "-".to_owned(),
            |(median, best)| format!("{median:.2} ms ({best:.2})"),
        );
        println!(
            "| {} | {} | {:.1} MB | {:.2} ms ({:.2}) | {:.2} ms | {schema} | {:.1} MiB |",
            subject.name,
            subject.runs,
            subject.megabytes(),
            figures.handshake(),
            figures.best_handshake(),
            figures.handshake() - bare,
            figures.mebibytes(),
        );
    }
    let Some(peer) = subjects.iter().position(|subject| subject.is_peer) else {
        println!("\nThe AWS provider was not found, so there is nothing to compare with.");
        return;
    };
    let Some(peer) = figures.get(peer) else {
        return;
    };
    println!();
    for (subject, figures) in subjects.iter().zip(figures) {
        if !subject.speaks || subject.is_peer {
            continue;
        }
        let ratio = |peer: f64, own: f64| if own > 0.0 { peer / own } else { f64::NAN };
        let schema = |figures: &Figures| figures.schema().map_or(f64::NAN, |(median, _)| median);
        println!(
            "{}: the AWS provider takes {:.0} times as long to its handshake, {:.0} times as long for its schema, and \
             {:.0} times the memory.",
            subject.name,
            ratio(peer.handshake(), figures.handshake()),
            ratio(schema(peer), schema(figures)),
            ratio(peer.mebibytes(), figures.mebibytes()),
        );
    }
}
