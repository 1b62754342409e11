//! Aggregates in place of those that answer wrongly.
//!
//! `sum` of integers wraps around, and one of decimals with all the digits there are: here it adds
//! up in a wider type, and a sum beyond its own is an error. `min` and `max` of floats in groups
//! start from the greatest finite number, which a group of infinities never reaches: here they are
//! of integers in the order of the floats.

use std::sync::Arc;

use arrow::array::{ArrayRef, AsArray, BooleanArray};
use arrow::compute::cast_with_options;
use arrow::datatypes::{DataType, Field, FieldRef, Float32Type, Float64Type, Int32Type, Int64Type};
use datafusion::common::format::DEFAULT_CAST_OPTIONS;
use datafusion::common::{Result, ScalarValue};
use datafusion::functions_aggregate::min_max::{max_udaf, min_udaf};
use datafusion::functions_aggregate::sum::sum_udaf;
use datafusion::logical_expr::function::{AccumulatorArgs, StateFieldsArgs};
use datafusion::logical_expr::utils::AggregateOrderSensitivity;
use datafusion::logical_expr::{
    Accumulator, AggregateUDF, AggregateUDFImpl, EmitTo, GroupsAccumulator, ReversedUDAF,
    SetMonotonicity, Signature,
};
use datafusion::prelude::SessionContext;

pub(super) fn register(ctx: &SessionContext) {
    for (inner, mends) in [
        (sum_udaf(), Mends::Sum),
        (min_udaf(), Mends::Extreme),
        (max_udaf(), Mends::Extreme),
    ] {
        ctx.register_udaf(AggregateUDF::from(Mended { inner, mends }));
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Mends {
    Sum,
    Extreme,
}

/// DataFusion's aggregate but for the one fault.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Mended {
    inner: Arc<AggregateUDF>,
    mends: Mends,
}

impl Mended {
    /// The type to add up in, wide enough for more values than there can be rows, if it is not
    /// that of the sum.
    fn wide(&self, sum: &DataType) -> Option<DataType> {
        match (self.mends, sum) {
            (Mends::Sum, DataType::Decimal128(38, scale)) => Some(DataType::Decimal256(76, *scale)),
            (Mends::Sum, sum) if sum.is_integer() => Some(DataType::Decimal128(38, 0)),
            _ => None,
        }
    }

    /// The type that groups are kept in, if it is not that of the result.
    fn kept(&self, result: &DataType) -> Option<DataType> {
        match (self.mends, result) {
            (Mends::Extreme, DataType::Float64) => Some(DataType::Int64),
            (Mends::Extreme, DataType::Float32) => Some(DataType::Int32),
            _ => self.wide(result),
        }
    }
}

/// As `args`, with a result of the wide type.
fn widening<'a>(args: &AccumulatorArgs<'a>, wide: &DataType) -> AccumulatorArgs<'a> {
    let name = args.return_field.name().as_str();
    AccumulatorArgs {
        return_field: Arc::new(Field::new(name, wide.clone(), true)),
        schema: args.schema,
        ignore_nulls: args.ignore_nulls,
        order_bys: args.order_bys,
        is_reversed: args.is_reversed,
        name: args.name,
        is_distinct: args.is_distinct,
        exprs: args.exprs,
        expr_fields: args.expr_fields,
    }
}

impl AggregateUDFImpl for Mended {
    fn name(&self) -> &str {
        self.inner.name()
    }

    fn aliases(&self) -> &[String] {
        self.inner.aliases()
    }

    fn signature(&self) -> &Signature {
        self.inner.signature()
    }

    fn return_type(&self, args: &[DataType]) -> Result<DataType> {
        self.inner.return_type(args)
    }

    fn coerce_types(&self, args: &[DataType]) -> Result<Vec<DataType>> {
        self.inner.inner().coerce_types(args)
    }

    fn accumulator(&self, args: AccumulatorArgs) -> Result<Box<dyn Accumulator>> {
        let Some(wide) = self.wide(args.return_type()) else {
            return self.inner.accumulator(args);
        };
        let inner = self.inner.accumulator(widening(&args, &wide))?;
        let narrow = args.return_type().clone();
        Ok(Box::new(Wide {
            inner,
            wide,
            narrow,
        }))
    }

    fn create_sliding_accumulator(&self, args: AccumulatorArgs) -> Result<Box<dyn Accumulator>> {
        let inner = self.inner.inner();
        match self.wide(args.return_type()) {
            Some(wide) if !args.is_distinct => {
                let inner = inner.create_sliding_accumulator(widening(&args, &wide))?;
                let narrow = args.return_type().clone();
                Ok(Box::new(Wide {
                    inner,
                    wide,
                    narrow,
                }))
            }
            _ => inner.create_sliding_accumulator(args),
        }
    }

    fn state_fields(&self, args: StateFieldsArgs) -> Result<Vec<FieldRef>> {
        let Some(wide) = self.wide(args.return_type()) else {
            return self.inner.state_fields(args);
        };
        let name = args.return_field.name().as_str();
        self.inner.state_fields(StateFieldsArgs {
            return_field: Arc::new(Field::new(name, wide, true)),
            ..args
        })
    }

    fn groups_accumulator_supported(&self, args: AccumulatorArgs) -> bool {
        // There are no integers in the order of these.
        if self.mends == Mends::Extreme && *args.return_type() == DataType::Float16 {
            return false;
        }
        self.inner.groups_accumulator_supported(args)
    }

    fn create_groups_accumulator(
        &self,
        args: AccumulatorArgs,
    ) -> Result<Box<dyn GroupsAccumulator>> {
        let Some(kept) = self.kept(args.return_type()) else {
            return self.inner.create_groups_accumulator(args);
        };
        let inner = self
            .inner
            .create_groups_accumulator(widening(&args, &kept))?;
        let result = args.return_type().clone();
        Ok(Box::new(Groups {
            inner,
            kept,
            result,
        }))
    }

    fn order_sensitivity(&self) -> AggregateOrderSensitivity {
        self.inner.order_sensitivity()
    }

    fn reverse_expr(&self) -> ReversedUDAF {
        match self.inner.reverse_udf() {
            ReversedUDAF::NotSupported => ReversedUDAF::NotSupported,
            _ => ReversedUDAF::Identical,
        }
    }

    fn is_descending(&self) -> Option<bool> {
        self.inner.is_descending()
    }

    fn default_value(&self, data_type: &DataType) -> Result<ScalarValue> {
        self.inner.default_value(data_type)
    }

    fn is_nullable(&self) -> bool {
        self.inner.is_nullable()
    }

    fn set_monotonicity(&self, data_type: &DataType) -> SetMonotonicity {
        self.inner.inner().set_monotonicity(data_type)
    }
}

/// Values in the type in which they are kept.
fn there(values: &[ArrayRef], kept: &DataType) -> Result<Vec<ArrayRef>> {
    let one = |values: &ArrayRef| -> Result<ArrayRef> {
        Ok(match (values.data_type(), kept) {
            (DataType::Float64, DataType::Int64) => Arc::new(
                values
                    .as_primitive::<Float64Type>()
                    .unary::<_, Int64Type>(|value| in_order_64(value.to_bits().cast_signed())),
            ),
            (DataType::Float32, DataType::Int32) => Arc::new(
                values
                    .as_primitive::<Float32Type>()
                    .unary::<_, Int32Type>(|value| in_order_32(value.to_bits().cast_signed())),
            ),
            _ => cast_with_options(values, kept, &DEFAULT_CAST_OPTIONS)?,
        })
    };
    values.iter().map(one).collect()
}

/// What is kept in the type of the result.
fn back(kept: &ArrayRef, result: &DataType) -> Result<ArrayRef> {
    Ok(match (kept.data_type(), result) {
        (DataType::Int64, DataType::Float64) => Arc::new(
            kept.as_primitive::<Int64Type>()
                .unary::<_, Float64Type>(|bits| f64::from_bits(in_order_64(bits).cast_unsigned())),
        ),
        (DataType::Int32, DataType::Float32) => Arc::new(
            kept.as_primitive::<Int32Type>()
                .unary::<_, Float32Type>(|bits| f32::from_bits(in_order_32(bits).cast_unsigned())),
        ),
        _ => cast_with_options(kept, result, &DEFAULT_CAST_OPTIONS)?,
    })
}

/// The bits of a float as an integer in the total order of floats, and the other way round.
fn in_order_64(bits: i64) -> i64 {
    bits ^ ((bits >> 63).cast_unsigned() >> 1).cast_signed()
}

fn in_order_32(bits: i32) -> i32 {
    bits ^ ((bits >> 31).cast_unsigned() >> 1).cast_signed()
}

/// A sum in a wider type.
#[derive(Debug)]
struct Wide {
    inner: Box<dyn Accumulator>,
    wide: DataType,
    narrow: DataType,
}

impl Accumulator for Wide {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        self.inner.update_batch(&there(values, &self.wide)?)
    }

    fn retract_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        self.inner.retract_batch(&there(values, &self.wide)?)
    }

    fn supports_retract_batch(&self) -> bool {
        self.inner.supports_retract_batch()
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        let sum = self.inner.evaluate()?;
        sum.cast_to_with_options(&self.narrow, &DEFAULT_CAST_OPTIONS)
    }

    fn size(&self) -> usize {
        self.inner.size()
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        self.inner.state()
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        self.inner.merge_batch(states)
    }
}

/// Groups that are kept in another type. The states of a sum are handed on in it, those of `min` and
/// `max` in their own.
struct Groups {
    inner: Box<dyn GroupsAccumulator>,
    kept: DataType,
    result: DataType,
}

impl Groups {
    fn given_on(&self, states: Vec<ArrayRef>) -> Result<Vec<ArrayRef>> {
        match self.result.is_floating() {
            true => states.iter().map(|it| back(it, &self.result)).collect(),
            false => Ok(states),
        }
    }
}

impl GroupsAccumulator for Groups {
    fn update_batch(
        &mut self,
        values: &[ArrayRef],
        groups: &[usize],
        filter: Option<&BooleanArray>,
        total: usize,
    ) -> Result<()> {
        let values = there(values, &self.kept)?;
        self.inner.update_batch(&values, groups, filter, total)
    }

    fn evaluate(&mut self, emit_to: EmitTo) -> Result<ArrayRef> {
        let kept = self.inner.evaluate(emit_to)?;
        back(&kept, &self.result)
    }

    fn state(&mut self, emit_to: EmitTo) -> Result<Vec<ArrayRef>> {
        let states = self.inner.state(emit_to)?;
        self.given_on(states)
    }

    fn merge_batch(&mut self, states: &[ArrayRef], groups: &[usize], total: usize) -> Result<()> {
        let states = there(states, &self.kept)?;
        self.inner.merge_batch(&states, groups, total)
    }

    fn convert_to_state(
        &self,
        values: &[ArrayRef],
        filter: Option<&BooleanArray>,
    ) -> Result<Vec<ArrayRef>> {
        let values = there(values, &self.kept)?;
        let states = self.inner.convert_to_state(&values, filter)?;
        self.given_on(states)
    }

    fn size(&self) -> usize {
        self.inner.size()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_integers_of_floats_are_in_their_total_order_and_come_back() {
        let floats = [
            -f64::NAN,
            f64::NEG_INFINITY,
            f64::MIN,
            -1.5,
            -f64::MIN_POSITIVE,
            -0.0,
            0.0,
            f64::MIN_POSITIVE,
            1.5,
            f64::MAX,
            f64::INFINITY,
            f64::NAN,
        ];
        let keys = floats.map(|float| in_order_64(float.to_bits().cast_signed()));
        assert!(keys.is_sorted());
        let again = keys.map(|key| in_order_64(key).cast_unsigned());
        assert_eq!(again, floats.map(f64::to_bits));
        let short = floats.map(|float| in_order_32((float as f32).to_bits().cast_signed()));
        assert!(short.is_sorted());
    }
}
