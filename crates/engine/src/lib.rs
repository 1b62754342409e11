//! The only module that knows DataFusion's session: plans, tables, measures.

mod build;
mod coercion;
mod commit;
mod complaint;
mod declared;
mod dialect;
mod examine;
mod expression;
mod failure;
mod functions;
mod gauge;
mod given;
mod guard;
pub mod history;
mod ingest;
mod key_counts;
#[doc(hidden)]
pub mod keys;
mod ledger;
mod measure;
mod offender;
mod parse;
mod past;
mod plan;
mod profile;
mod records;
mod refused;
mod rows;
mod running;
mod session;
mod sieve;
mod sound;
mod spread;
mod stage;
mod staging;
mod unique;
mod values;
mod warehouse;

pub use build::{Built, stage_model, table_path};
pub use commit::{Commit, Write, marked};
pub use complaint::plan_text_problem;
pub use examine::{Role, examine, miscounted};
pub use expression::{Expression, LAYOUTS, Layout, Yields, cleaner_problems};
pub use failure::{Failed, Fault, QueryError, advised, fault};
pub use functions::{FUNCTIONS, Function, functions_of};
pub use gauge::{Gauge, Passed};
pub use given::{cells_of, given_rows, made_of_them, set_aside, test_schema};
pub use guard::Refusal;
pub use ingest::{IngestPlan, Intake, put_file};
pub use keys::Proof;
pub use ledger::{Known, Ledger, Taken, files_of, raw_key, raw_path};
pub use measure::{Measured, Question, count, measure, one_scan, scan_plan};
pub use offender::{Attempt, Offenders, offenders};
pub use past::{PastValues, past};
pub use plan::{Computation, Plan, lineage_of, plan_model, plan_sql, plan_to_run, query_problem};
pub use profile::{
    Agreement, Asked, Coded, FORMS, Figures, First, Form, Origin, Point, Sample, Scanned, Spot,
    Tally, agreements, breaking, figures, forms, scattered, shape, unique_sets,
};
pub use refused::{REFUSALS, Refusals};
pub use rows::{columns_of, in_order, json_rows, rows_of, sample, text_rows};
pub use running::Running;
pub use session::without_guards;
pub use sieve::{quarantine_name, quarantine_path, quarantine_schema, row_by_row};
pub use spread::{Part, spread};
pub use stage::stage_file;
pub use staging::Staging;
pub use warehouse::{
    Committed, Staged, Table, Warehouse, commits, content_of, notes, rows_published,
};

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock};

use arrow::datatypes::Schema;
use datafusion::catalog::{MemorySchemaProvider, TableProvider};
use datafusion::common::TableReference;
use datafusion::datasource::MemTable;
use datafusion::datasource::empty::EmptyTable;
use datafusion::datasource::file_format::parquet::ParquetFormat;
use datafusion::datasource::listing::{
    ListingOptions, ListingTable, ListingTableConfig, ListingTableUrl,
};
use datafusion::prelude::SessionContext;
use serde_json::Value;

use lockgate_core::error::{Error, Result};
use lockgate_core::project::Project;
use lockgate_core::table_name::raw;

/// The version of the code that builds tables and measures them.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

use self::sound::Sound;

/// A session: lockgate's functions, and the tables that were put into it.
pub struct Engine {
    ctx: SessionContext,
    /// Bytes; `None`: no bound.
    memory: Option<usize>,
    /// The SQL that was planned, where somebody asked for it.
    log: OnceLock<Mutex<Vec<String>>>,
}

impl Engine {
    /// A session with no table. `memory` bounds what sorts, groupings and joins
    /// hold, in bytes; beyond it they spill to disk.
    pub fn new(memory: Option<usize>) -> Result<Self> {
        let failed = |error| Error::engine("starting the engine", error);
        let ctx = session::context(memory).map_err(failed)?;
        if let Some(catalog) = ctx.catalog("datafusion") {
            for schema in ["raw", "known", "quarantine", "history"] {
                let empty = Arc::new(MemorySchemaProvider::new());
                catalog.register_schema(schema, empty).map_err(failed)?;
            }
        }
        functions::register(&ctx);
        values::register(&ctx);
        Ok(Self {
            ctx,
            memory,
            log: OnceLock::new(),
        })
    }

    /// Puts in a table with a schema and no rows.
    pub fn put_empty(&self, name: &str, schema: Schema) -> Result<()> {
        self.put(name, Arc::new(EmptyTable::new(Arc::new(schema))))
    }

    /// Puts in rows that are in memory.
    pub fn put_rows(&self, name: &str, batches: Vec<arrow::array::RecordBatch>) -> Result<()> {
        let Some(first) = batches.first() else {
            return Ok(());
        };
        let table = MemTable::try_new(first.schema(), vec![batches])
            .map_err(|error| Error::engine(format!("reading {name}"), error))?;
        self.put(name, Arc::new(table))
    }

    /// Puts in every published table of a project: raw tables, models, quarantines.
    /// Those that were published, by their names in SQL.
    pub async fn put_published(
        &self,
        warehouse: &Warehouse,
        project: &Project,
    ) -> Result<BTreeMap<String, Table>> {
        let mut places = Vec::new();
        for source in &project.sources {
            places.push((raw(&source.name), raw_path(&source.name)));
        }
        for model in &project.models {
            places.push((model.name.clone(), table_path(model)));
        }
        let mut found = BTreeMap::new();
        for (name, path) in places {
            if let Some(table) = warehouse.table(&path).await? {
                self.put_table(&name, &table).await?;
                found.insert(name, table);
            }
        }
        for model in &project.models {
            let aside = quarantine_of(warehouse, &model.name, found.get(&model.name)).await?;
            if let Some(table) = aside {
                let name = quarantine_name(&model.name);
                self.put_table(&name, &table).await?;
                found.insert(name, table);
            }
        }
        Ok(found)
    }

    /// Puts in a published table, as it is now.
    pub async fn put_table(&self, name: &str, table: &Table) -> Result<()> {
        let provider = table
            .0
            .table_provider()
            .await
            .map_err(|error| Error::engine(format!("reading {name}"), error))?;
        table
            .0
            .update_datafusion_session(&self.ctx.state())
            .map_err(|error| Error::engine(format!("reading {name}"), error))?;
        self.put_files(name, provider, None)
    }

    /// Puts in staged files that nobody else sees yet.
    pub fn put_staged(&self, name: &str, folder: &url::Url, staged: &Staged) -> Result<()> {
        if staged.adds.is_empty() {
            return self.put_empty(name, staged.schema.as_ref().clone());
        }
        let failed = |error| Error::engine(format!("reading the staged rows of {name}"), error);
        let urls = staged.adds.iter().map(|add| {
            let file = folder.join(&add.path);
            let file = file.map_err(|error| Error::engine("the name of a staged file", error))?;
            ListingTableUrl::parse(file.as_str()).map_err(failed)
        });
        let urls = urls.collect::<Result<Vec<_>>>()?;
        let options = ListingOptions::new(Arc::new(ParquetFormat::default()));
        let config = ListingTableConfig::new_with_multi_paths(urls)
            .with_listing_options(options)
            .with_schema(staged.schema.clone());
        let table = ListingTable::try_new(config).map_err(failed)?;
        self.put_files(name, Arc::new(table), Some(staged.rows))
    }

    /// Puts in a table of files, whose statistics are not trusted.
    fn put_files(
        &self,
        name: &str,
        files: Arc<dyn TableProvider>,
        rows: Option<u64>,
    ) -> Result<()> {
        if session::is_bare() {
            return self.put(name, files);
        }
        self.put(name, Arc::new(Sound::new(files, rows)))
    }

    fn put(&self, name: &str, table: Arc<dyn TableProvider>) -> Result<()> {
        let failed = |error| Error::engine(format!("registering {name}"), error);
        let reference = reference(name);
        self.ctx
            .deregister_table(reference.clone())
            .map_err(failed)?;
        self.ctx.register_table(reference, table).map_err(failed)?;
        Ok(())
    }

    /// Nothing is split over threads from now on: for tables of a few rows that costs more than it saves.
    pub fn unsplit(&self) {
        let state = self.ctx.state_ref();
        let mut state = state.write();
        state.config_mut().options_mut().execution.target_partitions = 1;
    }

    /// Whether a table of that name was put in.
    pub fn has_table(&self, name: &str) -> Result<bool> {
        self.ctx
            .table_exist(reference(name))
            .map_err(|error| Error::engine(format!("looking for {name}"), error))
    }

    /// The text columns of a table that was put in, in their order.
    pub async fn text_columns(&self, name: &str) -> Result<Vec<String>> {
        let provider = self.ctx.table_provider(reference(name)).await;
        let provider =
            provider.map_err(|error| Error::engine(format!("looking for {name}"), error))?;
        let schema = provider.schema();
        let texts = schema
            .fields()
            .iter()
            .filter(|field| field.data_type().is_string());
        Ok(texts.map(|field| field.name().clone()).collect())
    }

    /// Takes a table out.
    pub fn drop_table(&self, name: &str) -> Result<()> {
        self.ctx
            .deregister_table(reference(name))
            .map_err(|error| Error::engine(format!("removing {name}"), error))?;
        Ok(())
    }
}

/// The note of a model's commit that names the version of its quarantine.
pub const QUARANTINE: &str = "quarantine_version";

/// The quarantine as the published version of its model goes with it. None where that version is
/// lost: the next run sees it, and builds both again.
async fn quarantine_of(
    warehouse: &Warehouse,
    model: &str,
    published: Option<&Table>,
) -> Result<Option<Table>> {
    let path = quarantine_path(model);
    let Some(published) = published else {
        return Ok(None);
    };
    let Some(newest) = warehouse.table(&path).await? else {
        return Ok(None);
    };
    match notes(published).await?.get(QUARANTINE).map(Value::as_u64) {
        // Published by a version that kept no note of it.
        None => Ok(Some(newest)),
        Some(version) if version == newest.version() => Ok(Some(newest)),
        Some(version) => Ok(match version {
            Some(version) => warehouse.table_at(&path, version).await.unwrap_or(None),
            None => None,
        }),
    }
}

/// `raw.source1` or `stg_leads`, to the letter.
fn reference(name: &str) -> TableReference {
    match name.split_once('.') {
        Some((schema, table)) => TableReference::partial(schema, table),
        None => TableReference::bare(name),
    }
}
