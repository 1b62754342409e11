//! Cleaners that a project declares, as SQL functions: each evaluates its expression over the argument.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use arrow::datatypes::DataType;
use datafusion::common::{Result, ScalarValue};
use datafusion::logical_expr::{
    ColumnarValue, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility,
};

use crate::error::Result as ProjectResult;
use crate::project::{DeclaredCleaner, Project};

use super::Engine;
use super::expression::{Expression, Layout, Yields};

/// Two are equal where their expressions are, so that a plan tells whether the cleaners it calls changed.
#[derive(Debug, PartialEq, Eq)]
struct Declared {
    function: String,
    signature: Signature,
    expression: Arc<Expression>,
}

impl Hash for Declared {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.function.hash(state);
    }
}

impl ScalarUDFImpl for Declared {
    fn name(&self) -> &str {
        &self.function
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        self.expression.data_type()
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let [value] = args.args.as_slice() else {
            return datafusion::common::internal_err!("{} takes one text", self.function);
        };
        let scalar = matches!(value, ColumnarValue::Scalar(_));
        let rows = if scalar { 1 } else { args.number_rows };
        let clean = self.expression.over(value.to_array(rows)?)?;
        Ok(match scalar {
            true => ColumnarValue::Scalar(ScalarValue::try_from_array(&clean, 0)?),
            false => ColumnarValue::Array(clean),
        })
    }
}

impl Engine {
    /// A session with the functions of the project's cleaners.
    ///
    /// # Errors
    /// As [`Engine::new`]. A cleaner whose SQL does not plan has no function: `check` tells why.
    pub fn of(project: &Project, memory: Option<usize>) -> ProjectResult<Self> {
        let engine = Self::new(memory)?;
        engine.put_cleaners(&project.cleaners);
        Ok(engine)
    }

    /// A cleaner may call others, which are put in before it; those that call each other in a circle are left out.
    fn put_cleaners(&self, cleaners: &[DeclaredCleaner]) {
        let mut left: Vec<&DeclaredCleaner> = cleaners.iter().collect();
        loop {
            let before = left.len();
            left.retain(|cleaner| !self.put_cleaner(cleaner));
            if left.is_empty() || left.len() == before {
                return;
            }
        }
    }

    /// Whether its SQL plans.
    fn put_cleaner(&self, cleaner: &DeclaredCleaner) -> bool {
        let sql = cleaner.sql.get_ref();
        let planned = Expression::plan(self, sql, &["value"], Layout::Utf8View, Yields::Text);
        let Ok(expression) = planned else {
            return false;
        };
        self.ctx.register_udf(ScalarUDF::from(Declared {
            function: cleaner.function(),
            signature: Signature::string(1, Volatility::Immutable),
            expression: Arc::new(expression),
        }));
        true
    }
}
