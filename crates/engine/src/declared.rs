//! Cleaners that a project declares, as SQL functions: each evaluates its expression over the argument.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use arrow::datatypes::DataType;
use datafusion::common::{Result, ScalarValue, exec_err};
use datafusion::logical_expr::{
    ColumnarValue, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility,
};

use lockgate_core::error::Result as ProjectResult;
use lockgate_core::project::{DeclaredCleaner, Project};

use super::Engine;
use super::expression::{Expression, Layout, Yields};

/// Two are equal where their expressions are, so that a plan tells whether the cleaners it calls changed.
#[derive(Debug, PartialEq, Eq)]
struct Declared {
    function: String,
    signature: Signature,
    /// `None`: its SQL does not plan, which `check` tells, once and not of all who call it.
    expression: Option<Arc<Expression>>,
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
        match &self.expression {
            Some(expression) => expression.data_type(),
            None => Ok(DataType::Utf8),
        }
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let (Some(expression), [value]) = (&self.expression, args.args.as_slice()) else {
            return exec_err!(
                "the SQL of {} is not right; see: lockgate check",
                self.function
            );
        };
        let scalar = matches!(value, ColumnarValue::Scalar(_));
        let rows = if scalar { 1 } else { args.number_rows };
        let clean = expression.over(value.to_array(rows)?)?;
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
    /// As [`Engine::new`]. The function of a cleaner whose SQL does not plan fails where it is called:
    /// `check` tells why.
    pub fn of(project: &Project, memory: Option<usize>) -> ProjectResult<Self> {
        let engine = Self::new(memory)?;
        engine.put_cleaners(&project.cleaners);
        Ok(engine)
    }

    /// A cleaner may call others, which are put in before it.
    fn put_cleaners(&self, cleaners: &[DeclaredCleaner]) {
        let mut left: Vec<&DeclaredCleaner> = cleaners.iter().collect();
        let mut before = left.len() + 1;
        while left.len() < before {
            before = left.len();
            left.retain(|cleaner| {
                let sql = cleaner.sql.get_ref();
                let planned =
                    Expression::plan(self, sql, &["value"], Layout::Utf8View, Yields::Text);
                let Ok(expression) = planned else {
                    return true;
                };
                self.put_cleaner(cleaner, Some(Arc::new(expression)));
                false
            });
        }
        for cleaner in left {
            self.put_cleaner(cleaner, None);
        }
    }

    fn put_cleaner(&self, cleaner: &DeclaredCleaner, expression: Option<Arc<Expression>>) {
        self.ctx.register_udf(ScalarUDF::from(Declared {
            function: cleaner.function(),
            signature: Signature::string(1, Volatility::Immutable),
            expression,
        }));
    }
}
