//! What it costs to read a thousand secrets through Terraform: the AWS provider's own ephemeral resource and coffer's, on
//! the same secrets of the same moto, in turns; and coffer's on OpenBao and on a server of Google's REST interface.
//!
//! ```sh
//! COFFER_PROVIDER=/path/of/terraform-provider-coffer cargo bench -p coffer-tests --bench scale
//! ```
#![forbid(unsafe_code)]
#![allow(clippy::print_stdout)]

mod memory;
mod servers;

use std::error::Error;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use xtask::moto::Moto;
use xtask::openbao::{OpenBao, ROOT_TOKEN};
use xtask::terraform::Project;

use memory::Watch;
use servers::GoogleServer;

/// How many secrets there are.
const SECRETS: usize = 1000;
/// How often each is read.
const ROUNDS: usize = 3;

type Outcome<T> = Result<T, Box<dyn Error>>;

/// A configuration that reads all secrets.
struct Subject {
    name: &'static str,
    project: Project,
    /// What the file of the provider's program has in its name.
    program: &'static str,
}

/// What a run took.
#[derive(Clone, Copy)]
struct Figure {
    time: Duration,
    /// The most resident memory of the provider, in bytes.
    memory: u64,
}

fn main() -> Outcome<()> {
    let provider: PathBuf = std::env::var_os("COFFER_PROVIDER")
        .ok_or("COFFER_PROVIDER names the built terraform-provider-coffer")?
        .into();
    let (moto, bao, google) = (Moto::start()?, OpenBao::start()?, GoogleServer::start()?);
    servers::fill_moto(&moto, SECRETS)?;
    servers::fill_openbao(&bao, SECRETS)?;
    google.fill(SECRETS)?;

    let project = || Project::with_provider("coffer/coffer", env!("CARGO_PKG_VERSION"), &provider);
    let with_moto = |project: Project| {
        project
            .env("AWS_ENDPOINT_URL", moto.url())
            .env("AWS_REGION", "us-east-1")
            .env("AWS_ACCESS_KEY_ID", "test")
            .env("AWS_SECRET_ACCESS_KEY", "test")
    };
    let with_bao = |project: Project| {
        project
            .env("BAO_ADDR", bao.url())
            .env("BAO_TOKEN", ROOT_TOKEN)
    };
    let subjects = [
        Subject::new(
            "AWS 5.100.0: `aws_secretsmanager_secret_version`, moto",
            "provider-aws",
            with_moto(project()?.with_aws()?),
            AWS,
            &each("aws_secretsmanager_secret_version", "secret_id"),
        )?,
        Subject::new(
            "coffer: `coffer_secret`, moto",
            "provider-coffer",
            with_moto(project()?),
            "provider \"coffer\" {\n  aws {}\n}\n",
            &each("coffer_secret", "name"),
        )?,
        Subject::new(
            "coffer: `coffer_secret`, OpenBao",
            "provider-coffer",
            with_bao(project()?),
            "provider \"coffer\" {\n  vault {}\n}\n",
            &each("coffer_secret", "name"),
        )?,
        Subject::new(
            "coffer: `coffer_secret`, Google's REST interface",
            "provider-coffer",
            project()?,
            &google.block(),
            &each("coffer_secret", "name"),
        )?,
    ];
    let mut figures = vec![Vec::new(); subjects.len()];
    // In turns, so that whatever else the machine does falls on all of them. The first round warms the caches.
    for round in 0..=ROUNDS {
        for (subject, figures) in subjects.iter().zip(&mut figures) {
            let figure = subject.plan()?;
            if round > 0 {
                figures.push(figure);
            }
        }
    }
    report(&subjects, &figures);
    Ok(())
}

const AWS: &str = r#"
provider "aws" {
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}
"#;

/// An ephemeral resource for each secret.
fn each(kind: &str, argument: &str) -> String {
    format!(
        "ephemeral \"{kind}\" \"all\" {{\n  count = {SECRETS}\n  {argument} = \"bench-${{count.index}}\"\n}}\n"
    )
}

impl Subject {
    fn new(
        name: &'static str,
        program: &'static str,
        project: Project,
        block: &str,
        resources: &str,
    ) -> Outcome<Self> {
        let source = match program {
            "provider-aws" => "aws = { source = \"hashicorp/aws\" }",
            _ => "coffer = { source = \"coffer/coffer\" }",
        };
        let head = format!("terraform {{\n  required_providers {{\n    {source}\n  }}\n}}\n");
        project.write("main.tf", &format!("{head}{block}{resources}"))?;
        project.succeed(&["init"])?;
        Ok(Self {
            name,
            project,
            program,
        })
    }

    /// Terraform opens ephemeral resources while it plans.
    fn plan(&self) -> Outcome<Figure> {
        let watch = Watch::start(self.program);
        let start = Instant::now();
        self.project.succeed(&["plan", "-refresh=false"])?;
        let time = start.elapsed();
        Ok(Figure {
            time,
            memory: watch.most(),
        })
    }
}

fn median<T: Ord + Copy + Default>(values: impl Iterator<Item = T>) -> T {
    let mut values: Vec<T> = values.collect();
    values.sort_unstable();
    values.get(values.len() / 2).copied().unwrap_or_default()
}

#[allow(clippy::cast_precision_loss, reason = "far below 2^53")]
fn report(subjects: &[Subject], figures: &[Vec<Figure>]) {
    println!(
        "| what reads {SECRETS} secrets | `terraform plan`, median of {ROUNDS} | most memory of the provider |"
    );
    println!("| --- | ---: | ---: |");
    let medians: Vec<(f64, f64)> = figures
        .iter()
        .map(|figures| {
            let time = median(figures.iter().map(|figure| figure.time));
            let memory = median(figures.iter().map(|figure| figure.memory));
            (time.as_secs_f64(), memory as f64 / 1024.0 / 1024.0)
        })
        .collect();
    for (subject, (time, memory)) in subjects.iter().zip(&medians) {
        println!("| {} | {time:.2} s | {memory:.1} MiB |", subject.name);
    }
    if let [(peer_time, peer_memory), (time, memory), ..] = medians.as_slice() {
        println!(
            "\nOn the same secrets of the same moto the AWS provider takes {:.1} times as long, and {:.1} times the memory.",
            peer_time / time,
            peer_memory / memory
        );
    }
}
