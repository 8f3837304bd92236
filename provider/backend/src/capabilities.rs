//! What a store can do, and what it cannot.

/// How well a store keeps a thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Support {
    /// The system has it.
    Native,
    /// coffer keeps it in the system's tags or metadata; other programs do not see it as such.
    Emulated,
    /// It does not work there, and asking for it is an error that says so.
    Missing,
}

impl Support {
    /// Whether it works at all.
    pub fn works(self) -> bool {
        self != Self::Missing
    }

    /// As the table in the docs says it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Native => "yes",
            Self::Emulated => "kept by coffer",
            Self::Missing => "no",
        }
    }
}

/// What a store can do. The contract test of all stores asks for exactly this, and the docs' table is made of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Capabilities {
    /// Storing, changing and removing secrets.
    pub write: Support,
    /// Values that are not UTF-8.
    pub binary: Support,
    /// Older versions that can be read by their number.
    pub versions: Support,
    /// The stages `pending` and `previous`.
    pub stages: Support,
    /// A write that happens only if nobody else has written since ([`coffer_vault::Expect`]).
    pub compare_and_set: Support,
    /// A write that can be repeated and happens once.
    pub idempotency: Support,
    /// Disabling a version so that it can be enabled again.
    pub disable: Support,
    /// Destroying one version for good.
    pub destroy: Support,
    /// Deleting a secret so that it can be restored.
    pub recoverable_delete: Support,
    /// A time at which a version stops being valid.
    pub expiry: Support,
    /// Descriptions.
    pub description: Support,
    /// Labels.
    pub labels: Support,
    /// Texts that programs keep with a secret, such as the state of a rotation.
    pub annotations: Support,
    /// Destroying older versions by their count.
    pub versions_to_keep: Support,
    /// Many values in one round trip.
    pub batch_read: Support,
    /// Names by prefix.
    pub list: Support,
    /// The largest value in bytes, where the system has a limit.
    pub max_value_bytes: Option<u64>,
}

impl Capabilities {
    /// A store that has everything by itself, and no limit on values.
    pub const ALL: Self = Self {
        write: Support::Native,
        binary: Support::Native,
        versions: Support::Native,
        stages: Support::Native,
        compare_and_set: Support::Native,
        idempotency: Support::Native,
        disable: Support::Native,
        destroy: Support::Native,
        recoverable_delete: Support::Native,
        expiry: Support::Native,
        description: Support::Native,
        labels: Support::Native,
        annotations: Support::Native,
        versions_to_keep: Support::Native,
        batch_read: Support::Native,
        list: Support::Native,
        max_value_bytes: None,
    };

    /// A store of which values can be read and nothing else.
    pub const NONE: Self = Self {
        write: Support::Missing,
        binary: Support::Missing,
        versions: Support::Missing,
        stages: Support::Missing,
        compare_and_set: Support::Missing,
        idempotency: Support::Missing,
        disable: Support::Missing,
        destroy: Support::Missing,
        recoverable_delete: Support::Missing,
        expiry: Support::Missing,
        description: Support::Missing,
        labels: Support::Missing,
        annotations: Support::Missing,
        versions_to_keep: Support::Missing,
        batch_read: Support::Missing,
        list: Support::Missing,
        max_value_bytes: None,
    };
}
