//! A complete provider, `pantry`, with one object of each kind that Terraform 1.11 knows. It keeps its jars in a
//! directory: real enough to be planned, applied, imported, replaced and destroyed.
//!
//! ```sh
//! cargo build -p coffer-plugin --example minimal
//! ```

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, SystemTime};

use coffer_plugin::registration::{data_source, ephemeral, function, resource};
use coffer_plugin::{
    Arguments, Call, Close, Context, Create, DataSource, Diagnostic, Diagnostics,
    EphemeralResource, Function, FunctionError, Import, Model, Offers, Opened, Provider, Renew,
    Resource, Result, Update, ValidateConfig, Value, validators,
};

/// Jars on a shelf.
#[derive(Model)]
struct PantryConfig {
    /// The directory that is the shelf.
    #[attr(optional)]
    shelf: Value<String>,
}

struct Pantry;

/// What every handler works with.
struct Shelf {
    directory: PathBuf,
}

impl Provider for Pantry {
    type Config = PantryConfig;
    type Data = Shelf;

    const NAME: &'static str = "pantry";
    const ADDRESS: &'static str = "registry.terraform.io/example/pantry";
    const VERSION: &'static str = "0.1.0";

    fn offers() -> Offers<Self> {
        Offers::new()
            .resource(resource::<Jar>().imports().validates())
            .ephemeral(ephemeral::<Taste>().renews().closes())
            .data_source(data_source::<Inventory>())
            .function(function::<Label>())
    }

    async fn configure(_: &Call, config: PantryConfig) -> Result<Shelf> {
        let directory = config
            .shelf
            .known_or_else(|| std::env::temp_dir().display().to_string());
        Ok(Shelf {
            directory: directory.into(),
        })
    }
}

impl Shelf {
    fn jar(&self, name: &str) -> PathBuf {
        self.directory.join(format!("{name}.jar"))
    }

    fn failed(what: &str, error: &std::io::Error) -> Diagnostics {
        Diagnostic::error(
            format!("Cannot {what}"),
            format!("The shelf says: {error}."),
        )
        .into()
    }
}

/// A jar, whose content is handed over and not remembered.
#[derive(Model)]
struct Jar {
    /// What stands on its label.
    #[attr(required, requires_replace, validate = plain_name)]
    name: Value<String>,
    /// The content.
    #[attr(optional, write_only, sensitive)]
    value_wo: Value<String>,
    /// Raise it to fill the jar anew.
    #[attr(optional)]
    value_wo_version: Value<i64>,
    /// Where the jar stands.
    #[attr(default = "middle", validate = validators::one_of(&["top", "middle", "bottom"]))]
    row: Value<String>,
    /// How much is in it, in bytes.
    #[attr(computed)]
    size: Value<u64>,
    /// Its place, for good.
    #[attr(computed, use_state_for_unknown)]
    place: Value<String>,
    /// What hangs on it.
    #[block(max = 3)]
    tag: Vec<Tag>,
}

/// A tag on a jar.
#[derive(Clone, Model)]
struct Tag {
    /// What is written on it.
    #[attr(required)]
    text: Value<String>,
}

fn plain_name(name: &str) -> Result<(), &'static str> {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-';
    if !name.is_empty() && name.chars().all(plain) {
        Ok(())
    } else {
        Err("A name consists of letters, digits and dashes.")
    }
}

impl ValidateConfig for Jar {
    fn validate_config(config: &Self, diagnostics: &mut Diagnostics) {
        if config.value_wo.is_null() && config.value_wo_version.is_known() {
            diagnostics.warning_at(
                "value_wo_version",
                "Version without a value",
                "Set value_wo too, or the jar stays as it is.",
            );
        }
    }
}

impl Jar {
    fn fill(self, shelf: &Shelf, content: &Value<String>) -> Result<Self> {
        let name = self.name.clone().require("name")?;
        let content = content.as_known().map_or("", String::as_str);
        std::fs::write(shelf.jar(&name), content)
            .map_err(|error| Shelf::failed("fill the jar", &error))?;
        Ok(Self {
            size: Value::Known(content.len() as u64),
            place: Value::Known(shelf.jar(&name).display().to_string()),
            ..self
        })
    }
}

impl Resource for Jar {
    type Provider = Pantry;
    const TYPE_NAME: &'static str = "pantry_jar";

    async fn create(ctx: &Context<Pantry>, change: Create<Self>) -> Result<Self> {
        let shelf = ctx.data().clone();
        ctx.blocking(move || change.plan.fill(&shelf, &change.config.value_wo))
            .await
    }

    async fn read(ctx: &Context<Pantry>, state: Self) -> Result<Option<Self>> {
        let name = state.name.clone().require("name")?;
        let path = ctx.data().jar(&name);
        let place = path.display().to_string();
        match ctx.blocking(move || std::fs::metadata(path)).await {
            Ok(found) => Ok(Some(Self {
                size: Value::Known(found.len()),
                place: Value::Known(place),
                ..state
            })),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(Shelf::failed("look at the jar", &error)),
        }
    }

    async fn update(ctx: &Context<Pantry>, change: Update<Self>) -> Result<Self> {
        let refill = change.prior.value_wo_version != change.plan.value_wo_version;
        if !refill {
            return Ok(Self {
                size: change.prior.size,
                ..change.plan
            });
        }
        let shelf = ctx.data().clone();
        ctx.blocking(move || change.plan.fill(&shelf, &change.config.value_wo))
            .await
    }

    async fn delete(ctx: &Context<Pantry>, state: Self) -> Result<()> {
        let path = ctx.data().jar(&state.name.require("name")?);
        match ctx.blocking(move || std::fs::remove_file(path)).await {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                Err(Shelf::failed("throw the jar away", &error))
            }
            _ => Ok(()),
        }
    }
}

impl Import for Jar {
    async fn import(_: &Context<Pantry>, id: &str) -> Result<Self> {
        Ok(Self {
            name: Value::Known(id.to_owned()),
            ..Self::null()
        })
    }
}

/// What a jar holds, tasted and not stored.
#[derive(Model)]
struct Taste {
    /// The jar.
    #[attr(required)]
    name: Value<String>,
    /// Renewed after so many milliseconds.
    #[attr(optional)]
    renew_ms: Value<u32>,
    /// What it holds.
    #[attr(computed, sensitive)]
    value: Value<String>,
}

impl Taste {
    fn next_renewal(milliseconds: u32) -> SystemTime {
        SystemTime::now() + Duration::from_millis(milliseconds.into())
    }
}

impl EphemeralResource for Taste {
    type Provider = Pantry;
    type Lease = Option<u32>;
    const TYPE_NAME: &'static str = "pantry_taste";

    async fn open(ctx: &Context<Pantry>, config: Self) -> Result<Opened<Self>> {
        let path = ctx.data().jar(&config.name.clone().require("name")?);
        let content = ctx.blocking(move || std::fs::read_to_string(path)).await;
        let value = match content {
            Ok(content) => Value::Known(content),
            // While Terraform plans, the jar may be yet to be filled.
            Err(error) if error.kind() == ErrorKind::NotFound && !ctx.host().deferral_allowed => {
                Value::Unknown
            }
            Err(error) => {
                let detail = format!("The shelf says: {error}. Fill the jar first.");
                return Err(Diagnostic::error("There is nothing to taste", detail)
                    .at("name")
                    .into());
            }
        };
        let renew_ms = config.renew_ms.as_known().copied();
        Ok(Opened::leased(Self { value, ..config }, renew_ms)
            .renew_at(renew_ms.map(Self::next_renewal)))
    }
}

impl Renew for Taste {
    async fn renew(_: &Context<Pantry>, lease: &Option<u32>) -> Result<Option<SystemTime>> {
        Ok(lease.map(Self::next_renewal))
    }
}

impl Close for Taste {
    async fn close(_: &Context<Pantry>, _: Option<u32>) -> Result<()> {
        Ok(())
    }
}

/// The jars that stand on the shelf.
#[derive(Model)]
struct Inventory {
    /// Their sizes in bytes, by name.
    #[attr(computed)]
    jars: Value<BTreeMap<String, u64>>,
}

impl DataSource for Inventory {
    type Provider = Pantry;
    const TYPE_NAME: &'static str = "pantry_inventory";

    async fn read(ctx: &Context<Pantry>, _: Self) -> Result<Self> {
        let mut jars = BTreeMap::new();
        let entries = std::fs::read_dir(&ctx.data().directory)
            .map_err(|error| Shelf::failed("look at the shelf", &error))?;
        for entry in entries.flatten() {
            let path = entry.path();
            if let (Some("jar"), Some(name), Ok(found)) = (
                path.extension().and_then(|extension| extension.to_str()),
                path.file_stem().and_then(|name| name.to_str()),
                entry.metadata(),
            ) {
                jars.insert(name.to_owned(), found.len());
            }
        }
        Ok(Self {
            jars: Value::Known(jars),
        })
    }
}

/// Writes a label.
#[derive(Arguments)]
struct Label {
    /// What is in the jar.
    content: String,
    /// When it was filled.
    year: u16,
}

impl Function for Label {
    type Output = String;
    const NAME: &'static str = "label";
    const SUMMARY: &'static str = "Writes a label";

    fn call(self) -> Result<String, FunctionError> {
        if self.content.is_empty() {
            return Err(FunctionError::argument("content", "a jar holds something"));
        }
        Ok(format!("{} ({})", self.content, self.year))
    }
}

fn main() -> ExitCode {
    coffer_plugin::serve::<Pantry>()
}
