//! Sum, mean and deviation of a column: exact, and so the same in every order of the rows.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray};
use arrow::compute::cast;
use arrow::datatypes::{
    DataType, Decimal128Type, Decimal256Type, Field, FieldRef, Float64Type, Int64Type, i256,
};
use datafusion::common::{Result, ScalarValue, exec_err, plan_err};
use datafusion::logical_expr::function::{AccumulatorArgs, StateFieldsArgs};
use datafusion::logical_expr::{Accumulator, AggregateUDFImpl, Signature, Volatility};

use lockgate_core::outcome::settled;

use super::compare::wholes;
use super::exact::{ExactSum, variance};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Of {
    Sum,
    Mean,
    Stdev,
    Variance,
}

impl Of {
    /// Whether it needs the squares of the values, which are taken as floats.
    fn squares(self) -> bool {
        matches!(self, Self::Stdev | Self::Variance)
    }
}

/// An aggregate over whole numbers, decimals, floats, and of a mean true and false.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct Exact {
    name: &'static str,
    of: Of,
    signature: Signature,
}

impl Exact {
    pub fn all() -> [Self; 4] {
        let named = |name, of| Self {
            name,
            of,
            signature: Signature::any(1, Volatility::Immutable),
        };
        [
            named("exact_sum", Of::Sum),
            named("exact_mean", Of::Mean),
            named("exact_stdev", Of::Stdev),
            named("exact_variance", Of::Variance),
        ]
    }
}

/// How the values of a column are added up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Adds {
    Floats,
    /// In units of the last of so many decimal places.
    Wholes(i8),
}

fn adds(kind: &DataType, of: Of) -> Adds {
    match kind {
        _ if of.squares() || kind.is_floating() => Adds::Floats,
        DataType::Decimal32(_, scale)
        | DataType::Decimal64(_, scale)
        | DataType::Decimal128(_, scale)
        | DataType::Decimal256(_, scale) => Adds::Wholes(*scale),
        _ => Adds::Wholes(0),
    }
}

impl AggregateUDFImpl for Exact {
    fn name(&self) -> &str {
        self.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, arguments: &[DataType]) -> Result<DataType> {
        let kind = &arguments[0];
        if !(kind.is_numeric() || kind.is_null() || *kind == DataType::Boolean) {
            return plan_err!("a {} is of numbers, and this is {kind}", self.name);
        }
        Ok(match (self.of, adds(kind, self.of)) {
            (Of::Sum, Adds::Wholes(scale)) => DataType::Decimal128(38, scale),
            _ => DataType::Float64,
        })
    }

    fn accumulator(&self, args: AccumulatorArgs) -> Result<Box<dyn Accumulator>> {
        let kind = args.expr_fields[0].data_type();
        Ok(Box::new(Tally {
            of: self.of,
            adds: adds(kind, self.of),
            count: 0,
            whole: i256::ZERO,
            sum: ExactSum::default(),
            squares: ExactSum::default(),
        }))
    }

    fn state_fields(&self, args: StateFieldsArgs) -> Result<Vec<FieldRef>> {
        let field = |part: &str, kind| {
            Arc::new(Field::new(format!("{}[{part}]", args.name), kind, true)) as FieldRef
        };
        let list = || DataType::new_list(DataType::Float64, true);
        Ok(vec![
            field("count", DataType::Int64),
            field("whole", DataType::Decimal256(76, 0)),
            field("sum", list()),
            field("sum_special", DataType::Float64),
            field("squares", list()),
            field("squares_special", DataType::Float64),
        ])
    }
}

#[derive(Debug)]
struct Tally {
    of: Of,
    adds: Adds,
    count: u64,
    /// The sum of whole numbers and decimals.
    whole: i256,
    /// The sum of floats.
    sum: ExactSum,
    squares: ExactSum,
}

impl Tally {
    fn floats(&mut self, column: &ArrayRef) -> Result<()> {
        let floats = cast(column, &DataType::Float64)?;
        for value in floats.as_primitive::<Float64Type>().iter().flatten() {
            self.sum.add(value);
            if self.of.squares() {
                self.squares.add_product(value, value);
            }
        }
        Ok(())
    }

    fn wholes(&mut self, column: &ArrayRef) -> Result<()> {
        let mut add = |value: i256| {
            self.whole = match self.whole.checked_add(value) {
                Some(sum) => sum,
                None => return exec_err!("the sum has more than 76 digits"),
            };
            Ok(())
        };
        let column = match column.data_type() {
            DataType::Decimal256(..) => {
                let values = column.as_primitive::<Decimal256Type>();
                return values.iter().flatten().try_for_each(add);
            }
            DataType::Decimal128(..) => column.clone(),
            DataType::Decimal32(precision, scale) | DataType::Decimal64(precision, scale) => {
                cast(column, &DataType::Decimal128(*precision, *scale))?
            }
            _ => wholes(column)?,
        };
        let mut batch = 0_i128;
        for value in column.as_primitive::<Decimal128Type>().iter().flatten() {
            match batch.checked_add(value) {
                Some(sum) => batch = sum,
                None => {
                    add(i256::from_i128(batch))?;
                    batch = value;
                }
            }
        }
        add(i256::from_i128(batch))
    }

    fn value(&self) -> Result<ScalarValue> {
        Ok(match (self.of, self.adds) {
            (Of::Sum, Adds::Wholes(scale)) => {
                let known = self.count > 0;
                let Some(sum) = self.whole.to_i128() else {
                    return exec_err!("the sum has more than 38 digits");
                };
                ScalarValue::Decimal128(known.then_some(sum), 38, scale)
            }
            (Of::Sum, Adds::Floats) => {
                let sum = (self.count > 0).then(|| settled(self.sum.rounded()));
                ScalarValue::Float64(sum)
            }
            (Of::Mean, adds) => {
                let sum = match adds {
                    Adds::Floats => self.sum.rounded(),
                    Adds::Wholes(scale) => decimal(self.whole, scale),
                };
                let mean = (self.count > 0).then(|| settled(sum / self.count as f64));
                ScalarValue::Float64(mean)
            }
            (of, _) => {
                let variance = || variance(self.count, &self.sum, &self.squares);
                let spread = || match of {
                    Of::Stdev => settled(variance().sqrt()),
                    _ => settled(variance()),
                };
                // One value has no spread, and one that is not finite is none of the numbers.
                let told = self.count > 1 || !self.sum.rounded().is_finite();
                ScalarValue::Float64(told.then(spread))
            }
        })
    }
}

/// The float nearest to a decimal.
fn decimal(whole: i256, scale: i8) -> f64 {
    format!("{whole}e{}", -i32::from(scale))
        .parse()
        .unwrap_or(f64::NAN)
}

impl Accumulator for Tally {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        let column = &values[0];
        self.count += (column.len() - column.logical_null_count()) as u64;
        match self.adds {
            Adds::Floats => self.floats(column),
            Adds::Wholes(_) => self.wholes(column),
        }
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        self.value()
    }

    fn size(&self) -> usize {
        size_of_val(self) + size_of_val(self.sum.state().0) + size_of_val(self.squares.state().0)
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        let floats = |sum: &ExactSum| {
            let (parts, special) = sum.state();
            let parts: Vec<_> = parts.iter().map(|it| ScalarValue::from(*it)).collect();
            let list = ScalarValue::new_list_nullable(&parts, &DataType::Float64);
            [ScalarValue::List(list), ScalarValue::from(special)]
        };
        let mut state = vec![
            ScalarValue::from(self.count as i64),
            ScalarValue::Decimal256(Some(self.whole), 76, 0),
        ];
        state.extend(floats(&self.sum));
        state.extend(floats(&self.squares));
        Ok(state)
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        let counts = states[0].as_primitive::<Int64Type>();
        let wholes = states[1].as_primitive::<Decimal256Type>();
        for row in 0..counts.len() {
            self.count += counts.value(row) as u64;
            self.whole = match self.whole.checked_add(wholes.value(row)) {
                Some(sum) => sum,
                None => return exec_err!("the sum has more than 76 digits"),
            };
        }
        merge(&mut self.sum, &states[2..4]);
        merge(&mut self.squares, &states[4..6]);
        Ok(())
    }
}

fn merge(sum: &mut ExactSum, states: &[ArrayRef]) {
    let (parts, special) = (
        states[0].as_list::<i32>(),
        states[1].as_primitive::<Float64Type>(),
    );
    for row in 0..parts.len() {
        let parts = parts.value(row);
        let parts = parts.as_primitive::<Float64Type>().values();
        sum.merge(&ExactSum::from_state(parts, special.value(row)));
    }
}
