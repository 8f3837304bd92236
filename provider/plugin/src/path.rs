//! Where in a configuration or state something stands, so that Terraform can show the line.

use std::fmt;

use crate::proto::tfplugin5 as wire;

/// One step of a [`Path`].
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    /// An attribute or nested block of an object.
    Attribute(String),
    /// An element of a map.
    Key(String),
    /// An element of a list or tuple, from 0.
    Index(usize),
    /// Some element of a set. The protocol cannot address one, so a path ends before it.
    Element,
}

/// The place of a value, counted from the root of a configuration or state.
///
/// ```
/// use coffer_plugin::Path;
/// let path = Path::from("rule").index(2).attribute("name");
/// assert_eq!(path.to_string(), "rule[2].name");
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Path {
    steps: Vec<Step>,
}

impl Path {
    pub(crate) const ROOT: Self = Self { steps: Vec::new() };

    /// The root: the whole configuration or state.
    #[must_use]
    pub fn root() -> Self {
        Self::default()
    }

    /// Steps into the attribute or block `name`.
    #[must_use]
    pub fn attribute(self, name: impl Into<String>) -> Self {
        self.step(Step::Attribute(name.into()))
    }

    /// Steps into the element `key` of a map.
    #[must_use]
    pub fn key(self, key: impl Into<String>) -> Self {
        self.step(Step::Key(key.into()))
    }

    /// Steps into element `index` of a list or tuple.
    #[must_use]
    pub fn index(self, index: usize) -> Self {
        self.step(Step::Index(index))
    }

    /// Steps once further.
    #[must_use]
    pub fn step(mut self, step: Step) -> Self {
        self.steps.push(step);
        self
    }

    /// This path followed by `rest`.
    #[must_use]
    pub fn join(mut self, rest: Path) -> Self {
        self.steps.extend(rest.steps);
        self
    }

    /// The steps, from the root.
    #[must_use]
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// True for the root.
    #[must_use]
    pub fn is_root(&self) -> bool {
        self.steps.is_empty()
    }

    pub(crate) fn inside(mut self, step: Step) -> Self {
        self.steps.insert(0, step);
        self
    }

    pub(crate) fn to_wire(&self) -> wire::AttributePath {
        use wire::attribute_path::{Step as WireStep, step::Selector};
        let steps = self
            .steps
            .iter()
            .map_while(|step| {
                let selector = match step {
                    Step::Attribute(name) => Selector::AttributeName(name.clone()),
                    Step::Key(key) => Selector::ElementKeyString(key.clone()),
                    Step::Index(index) => {
                        Selector::ElementKeyInt(i64::try_from(*index).unwrap_or(i64::MAX))
                    }
                    Step::Element => return None,
                };
                Some(WireStep {
                    selector: Some(selector),
                })
            })
            .collect();
        wire::AttributePath { steps }
    }
}

impl From<&str> for Path {
    fn from(name: &str) -> Self {
        Self::root().attribute(name)
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, step) in self.steps.iter().enumerate() {
            match step {
                Step::Attribute(name) if position == 0 => f.write_str(name)?,
                Step::Attribute(name) => write!(f, ".{name}")?,
                Step::Key(key) => write!(f, "[{key:?}]")?,
                Step::Index(index) => write!(f, "[{index}]")?,
                Step::Element => f.write_str("[*]")?,
            }
        }
        Ok(())
    }
}
