//! The only module that knows DataFusion's session: plans, tables, measures.

mod build;
mod complaint;
mod declared;
mod expression;
mod functions;
mod gauge;
mod given;
mod ingest;
mod key_counts;
pub mod keys;
mod measure;
mod parse;
mod past;
mod plan;
mod profile;
mod raw;
mod records;
mod rows;
mod sieve;
mod spread;
mod unique;
mod warehouse;

pub use build::{Built, stage_model, table_path};
pub use complaint::plan_text_problem;
pub use deltalake::DeltaTable as Table;
pub use expression::{Expression, LAYOUTS, Layout, Yields, cleaner_problems};
pub use functions::{FUNCTIONS, Function, functions_of};
pub use gauge::{Gauge, Passed};
pub use given::{cells_of, given_rows, made_of_them, set_aside, test_schema};
pub use ingest::{
    IngestPlan, Intake, Known, commit_file, ledger, put_file, raw_key, raw_path, stage_file,
};
pub use measure::{Measured, Question, count, measure, scan_plan};
pub use past::{PastValues, past};
pub use plan::{columns_read, lineage_of, normalised, plan_model, plan_sql, query_problem};
pub use profile::{
    Agreement, Asked, Coded, FORMS, Figures, First, Form, Origin, Point, Sample, Scanned, Spot,
    Tally, agreements, breaking, figures, forms, scattered, shape, unique_sets,
};
pub use raw::{is_withdrawn, widen, withdraw};
pub use rows::{columns_of, rows_of, sample, text_rows};
pub use sieve::{quarantine_name, quarantine_path, quarantine_schema, row_by_row};
pub use spread::{Part, spread};
pub use warehouse::{Commit, Committed, Staged, Staging, Warehouse, Write, commits, notes};

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::datatypes::Schema;
use datafusion::catalog::{MemorySchemaProvider, TableProvider};
use datafusion::common::TableReference;
use datafusion::datasource::MemTable;
use datafusion::datasource::empty::EmptyTable;
use datafusion::datasource::file_format::parquet::ParquetFormat;
use datafusion::datasource::listing::{
    ListingOptions, ListingTable, ListingTableConfig, ListingTableUrl,
};
use datafusion::execution::memory_pool::FairSpillPool;
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion::prelude::{SessionConfig, SessionContext};
use deltalake::DeltaTable;

use crate::error::{Error, Result};
use crate::project::Project;

/// A session: lockgate's functions, and the tables that were put into it.
pub struct Engine {
    ctx: SessionContext,
    /// Bytes; `None`: no bound.
    memory: Option<usize>,
}

impl Engine {
    /// A session with no table. `memory` bounds what sorts, groupings and joins
    /// hold, in bytes; beyond it they spill to disk.
    pub fn new(memory: Option<usize>) -> Result<Self> {
        let failed = |error| Error::engine("starting the engine", error);
        let mut config = SessionConfig::new();
        config.options_mut().sql_parser.collect_spans = true;
        config.options_mut().catalog.information_schema = true;
        config.options_mut().execution.time_zone = Some("UTC".to_owned());
        let mut runtime = RuntimeEnvBuilder::new();
        if let Some(bytes) = memory {
            runtime = runtime.with_memory_pool(Arc::new(FairSpillPool::new(bytes)));
        }
        let ctx = SessionContext::new_with_config_rt(config, runtime.build_arc().map_err(failed)?);
        if let Some(catalog) = ctx.catalog("datafusion") {
            for schema in ["raw", "known", "quarantine", "history"] {
                let empty = Arc::new(MemorySchemaProvider::new());
                catalog.register_schema(schema, empty).map_err(failed)?;
            }
        }
        functions::register(&ctx);
        Ok(Self { ctx, memory })
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
            places.push((format!("raw.{}", source.name), raw_path(&source.name)));
        }
        for model in &project.models {
            places.push((model.name.clone(), table_path(model)));
            places.push((quarantine_name(&model.name), quarantine_path(&model.name)));
        }
        let mut found = BTreeMap::new();
        for (name, path) in places {
            if let Some(table) = warehouse.table(&path).await? {
                self.put_table(&name, &table).await?;
                found.insert(name, table);
            }
        }
        Ok(found)
    }

    /// Puts in a published table, as it is now.
    pub async fn put_table(&self, name: &str, table: &DeltaTable) -> Result<()> {
        let provider = table
            .table_provider()
            .await
            .map_err(|error| Error::engine(format!("reading {name}"), error))?;
        table
            .update_datafusion_session(&self.ctx.state())
            .map_err(|error| Error::engine(format!("reading {name}"), error))?;
        self.put(name, provider)
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
        self.put(name, Arc::new(table))
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

/// `raw.source1` or `stg_leads`, to the letter.
fn reference(name: &str) -> TableReference {
    match name.split_once('.') {
        Some((schema, table)) => TableReference::partial(schema, table),
        None => TableReference::bare(name),
    }
}
