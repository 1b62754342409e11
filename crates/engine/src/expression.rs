//! SQL expressions over text columns, planned once and evaluated over thousands of texts at a time.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use arrow::array::{ArrayRef, AsArray, RecordBatch, RecordBatchOptions, StringArray};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use datafusion::common::tree_node::{TreeNode, TreeNodeRecursion};
use datafusion::common::{DFSchema, DataFusionError};
use datafusion::logical_expr::{Expr, Volatility};
use datafusion::physical_plan::PhysicalExpr;
use toml::Spanned;

use lockgate_core::error::{Problem, Text};
use lockgate_core::project::DeclaredCleaner;

use super::Engine;
use super::complaint::{explain_error, plain};

/// How a column of texts lies in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    Utf8,
    LargeUtf8,
    Utf8View,
    Dictionary,
    /// [`Layout::Utf8`], cut out of the middle of a longer array.
    Slice,
}

/// Every layout.
pub const LAYOUTS: &[Layout] = &[
    Layout::Utf8,
    Layout::LargeUtf8,
    Layout::Utf8View,
    Layout::Dictionary,
    Layout::Slice,
];

impl Layout {
    fn data_type(self) -> DataType {
        match self {
            Self::Utf8 | Self::Slice => DataType::Utf8,
            Self::LargeUtf8 => DataType::LargeUtf8,
            Self::Utf8View => DataType::Utf8View,
            Self::Dictionary => {
                DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8))
            }
        }
    }

    fn array(self, texts: &[Option<String>]) -> Result<ArrayRef, DataFusionError> {
        if self == Self::Slice {
            let beside = Some("beside the slice");
            let inner = texts.iter().map(Option::as_deref);
            let longer: StringArray = [beside, None]
                .into_iter()
                .chain(inner)
                .chain([beside])
                .collect();
            return Ok(Arc::new(longer.slice(2, texts.len())));
        }
        let plain: ArrayRef = Arc::new(texts.iter().map(Option::as_deref).collect::<StringArray>());
        Ok(cast(&plain, &self.data_type())?)
    }
}

/// What an expression has to yield.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Yields {
    Text,
    Truth,
}

/// A SQL expression over text columns.
#[derive(Debug)]
pub struct Expression {
    physical: Arc<dyn PhysicalExpr>,
    schema: SchemaRef,
    layout: Layout,
}

impl PartialEq for Expression {
    fn eq(&self, other: &Self) -> bool {
        self.layout == other.layout && self.physical.as_ref() == other.physical.as_ref()
    }
}

impl Eq for Expression {}

/// Takes a result apart, row by row.
type Read<T> = dyn Fn(&ArrayRef) -> Result<Vec<Option<T>>, DataFusionError>;

impl Expression {
    /// Plans an expression over columns of those names.
    ///
    /// # Errors
    /// The engine's, where the SQL is no expression over those columns or yields another type.
    pub fn plan(
        engine: &Engine,
        sql: &str,
        columns: &[&str],
        layout: Layout,
        yields: Yields,
    ) -> Result<Self, DataFusionError> {
        let field = |name: &&str| Field::new(*name, layout.data_type(), true);
        let schema = Schema::new(columns.iter().map(field).collect::<Vec<_>>());
        let named = DFSchema::try_from(schema.clone())?;
        let expr = engine.expression(sql, &named)?;
        if let Some(function) = unsteady(&expr)? {
            let message = format!("{function}() may answer otherwise another time");
            return Err(DataFusionError::Plan(message));
        }
        let physical = engine.physical(expr, &named)?;
        let found = physical.data_type(&schema)?;
        let fits = match yields {
            Yields::Text => is_text(&found),
            Yields::Truth => found == DataType::Boolean,
        };
        if !fits {
            let wanted = match yields {
                Yields::Text => "text",
                Yields::Truth => "a boolean",
            };
            let message = format!("the expression yields {found}, and should yield {wanted}");
            return Err(DataFusionError::Plan(message));
        }
        Ok(Self {
            physical,
            schema: Arc::new(schema),
            layout,
        })
    }

    /// The text of every row; `Err` with the engine's words for a row it cannot answer.
    pub fn texts(&self, columns: &[&[Option<String>]]) -> Vec<Result<Option<String>, String>> {
        self.rows(columns, &|array| {
            let plain = cast(array, &DataType::Utf8)?;
            let texts = plain.as_string::<i32>().iter();
            Ok(texts.map(|text| text.map(str::to_owned)).collect())
        })
    }

    /// The truth of every row, null as null.
    pub fn truths(&self, columns: &[&[Option<String>]]) -> Vec<Result<Option<bool>, String>> {
        self.rows(columns, &|array| Ok(array.as_boolean().iter().collect()))
    }

    /// Evaluates all rows at once; where that fails, halves of them, until the rows at fault are found.
    fn rows<T>(
        &self,
        columns: &[&[Option<String>]],
        read: &Read<T>,
    ) -> Vec<Result<Option<T>, String>> {
        let rows = columns.first().map_or(0, |column| column.len());
        let answer = catch_unwind(AssertUnwindSafe(|| {
            self.evaluate(columns, rows).and_then(|array| read(&array))
        }));
        let why = match answer {
            Ok(Ok(values)) => return values.into_iter().map(Ok).collect(),
            Ok(Err(error)) => plain(&error.strip_backtrace()),
            Err(_) => "a panic".to_owned(),
        };
        if rows < 2 {
            return (0..rows).map(|_| Err(why.clone())).collect();
        }
        let half = |from: usize, to: usize| {
            let part: Vec<&[Option<String>]> =
                columns.iter().map(|column| &column[from..to]).collect();
            self.rows(&part, read)
        };
        let mut found = half(0, rows / 2);
        found.extend(half(rows / 2, rows));
        found
    }

    /// What the expression yields.
    pub(super) fn data_type(&self) -> Result<DataType, DataFusionError> {
        self.physical.data_type(&self.schema)
    }

    /// The expression of one column, over an array of any layout.
    pub(super) fn over(&self, array: ArrayRef) -> Result<ArrayRef, DataFusionError> {
        let rows = array.len();
        let array = cast(&array, &self.layout.data_type())?;
        let batch = RecordBatch::try_new(self.schema.clone(), vec![array])?;
        self.physical.evaluate(&batch)?.into_array(rows)
    }

    fn evaluate(
        &self,
        columns: &[&[Option<String>]],
        rows: usize,
    ) -> Result<ArrayRef, DataFusionError> {
        let arrays = columns.iter().map(|column| self.layout.array(column));
        let arrays = arrays.collect::<Result<Vec<_>, _>>()?;
        let options = RecordBatchOptions::new().with_row_count(Some(rows));
        let batch = RecordBatch::try_new_with_options(self.schema.clone(), arrays, &options)?;
        self.physical.evaluate(&batch)?.into_array(rows)
    }
}

/// A function whose answer depends on more than its arguments: the clock, or chance.
fn unsteady(expr: &Expr) -> Result<Option<String>, DataFusionError> {
    let mut found = None;
    expr.apply(|expr| {
        if let Expr::ScalarFunction(call) = expr
            && call.func.signature().volatility != Volatility::Immutable
        {
            found = Some(call.name().to_owned());
            return Ok(TreeNodeRecursion::Stop);
        }
        Ok(TreeNodeRecursion::Continue)
    })?;
    Ok(found)
}

fn is_text(data_type: &DataType) -> bool {
    match data_type {
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => true,
        DataType::Dictionary(_, values) => is_text(values),
        _ => false,
    }
}

/// What the engine says of a declared cleaner's SQL, each problem at its key.
pub fn cleaner_problems(engine: &Engine, cleaner: &DeclaredCleaner) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut plan = |sql: &Spanned<String>, columns: &[&str], yields: Yields| {
        let text = sql.get_ref();
        let Err(error) = Expression::plan(engine, text, columns, Layout::Utf8View, yields) else {
            return;
        };
        let told = explain_error(&error, &Text::new("", text.as_str()))
            .into_iter()
            .next();
        let Some(told) = told else { return };
        let message = format!(
            "this SQL is no expression over {}: {}",
            columns.join(", "),
            told.message()
        );
        problems.push(
            Problem::new("lockgate::cleaner::sql", message)
                .at(&cleaner.text, sql.span(), "here")
                .help(match told.help_text() {
                    Some(help) if !help.contains("lockgate query") => help.to_owned(),
                    _ => "write one SQL expression over these columns, without SELECT".to_owned(),
                }),
        );
    };
    plan(&cleaner.sql, &["value"], Yields::Text);
    for law in &cleaner.own_laws {
        let mut columns = vec!["before", "after"];
        if let Some(other) = &law.other {
            plan(other, &columns, Yields::Text);
            columns.push("other");
        }
        if let Some(filter) = &law.filter {
            plan(filter, &columns, Yields::Truth);
        }
        plan(&law.holds, &columns, Yields::Truth);
    }
    problems
}
