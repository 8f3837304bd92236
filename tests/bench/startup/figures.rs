//! What was measured, and what is told of it.

use std::fs;
use std::time::Duration;

/// One start.
pub(crate) struct Sample {
    /// From the start of the process to its handshake.
    pub(crate) handshake: Duration,
    /// GetProviderSchema, on a connection that stands.
    pub(crate) schema: Option<Duration>,
    /// Resident memory afterwards, in bytes.
    pub(crate) memory: u64,
}

/// All starts of one program.
#[derive(Default)]
pub(crate) struct Figures {
    handshakes: Vec<f64>,
    schemas: Vec<f64>,
    memories: Vec<f64>,
}

impl Figures {
    pub(crate) fn add(&mut self, sample: Sample) {
        self.handshakes.push(milliseconds(sample.handshake));
        self.schemas.extend(sample.schema.map(milliseconds));
        #[allow(clippy::cast_precision_loss, reason = "far below 2^53")]
        self.memories.push(sample.memory as f64 / 1024.0 / 1024.0);
    }

    /// The median in milliseconds.
    pub(crate) fn handshake(&self) -> f64 {
        median(&self.handshakes)
    }

    /// The shortest in milliseconds.
    pub(crate) fn best_handshake(&self) -> f64 {
        least(&self.handshakes)
    }

    /// The median and the shortest in milliseconds.
    pub(crate) fn schema(&self) -> Option<(f64, f64)> {
        (!self.schemas.is_empty()).then(|| (median(&self.schemas), least(&self.schemas)))
    }

    /// The median of the resident memory.
    pub(crate) fn mebibytes(&self) -> f64 {
        median(&self.memories)
    }
}

fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}

fn least(values: &[f64]) -> f64 {
    values.iter().copied().fold(f64::NAN, f64::min)
}

fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or(f64::NAN)
}

/// The resident memory of a process in bytes, from `/proc`; 0 where there is none.
pub(crate) fn memory(id: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{id}/status")).unwrap_or_default();
    let kibibytes = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))
        .and_then(|rest| rest.split_whitespace().next())
        .and_then(|number| number.parse::<u64>().ok());
    kibibytes.unwrap_or(0).saturating_mul(1024)
}
