//! Values held against each other, whatever their types.

use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, AsArray, BooleanArray, Decimal128Array, Float64Array, Int8Array,
    PrimitiveArray, Scalar,
};
use arrow::compute::cast;
use arrow::compute::kernels::cmp::{eq, lt};
use arrow::datatypes::{
    ArrowPrimitiveType, DataType, Decimal128Type, Float32Type, Float64Type, Int64Type,
};
use datafusion::common::{Result, exec_err};

use lockgate_core::contract::Type;
use lockgate_core::outcome::settled;

use super::exact::ExactSum;
use super::{day, instant};

/// What two computed floats may differ by, in parts of the greater.
const NEAR: f64 = 1e-9;

/// A column with one zero and one NaN; what is not of floats stays as it is.
pub(crate) fn canonical(column: &ArrayRef) -> Result<ArrayRef> {
    fn of<T: ArrowPrimitiveType>(
        column: &ArrayRef,
        zero: T::Native,
        nan: T::Native,
        is_nan: fn(T::Native) -> bool,
    ) -> ArrayRef
    where
        T::Native: std::ops::Add<Output = T::Native>,
    {
        let values: &PrimitiveArray<T> = column.as_primitive();
        Arc::new(values.unary::<_, T>(|value| if is_nan(value) { nan } else { value + zero }))
    }
    Ok(match column.data_type() {
        DataType::Float64 => of::<Float64Type>(column, 0.0, f64::NAN, f64::is_nan),
        DataType::Float32 => of::<Float32Type>(column, 0.0, f32::NAN, f32::is_nan),
        DataType::Float16 => {
            let wide = cast(column, &DataType::Float32)?;
            let wide = of::<Float32Type>(&wide, 0.0, f32::NAN, f32::is_nan);
            cast(&wide, &DataType::Float16)?
        }
        _ => column.clone(),
    })
}

/// Two columns as arrays of one type, by what their values mean: a date beside a timestamp stands for its
/// whole day, numbers compare as numbers.
fn paired(a: &ArrayRef, b: &ArrayRef) -> Result<(ArrayRef, ArrayRef)> {
    use Type::{Bool, Date, Decimal, Float, Int, Text, Timestamp};
    let (left, right) = (a.data_type(), b.data_type());
    let to = |target: DataType| Ok((cast(a, &target)?, cast(b, &target)?));
    match (Type::of(left), Type::of(right)) {
        _ if left.is_null() => to(right.clone()),
        _ if right.is_null() => to(left.clone()),
        (Some(Timestamp), Some(Timestamp)) => Ok((instant(a)?, instant(b)?)),
        (Some(Date | Timestamp), Some(Date | Timestamp)) => Ok((day(a)?, day(b)?)),
        (Some(Float), Some(Int | Float | Decimal)) | (Some(Int | Decimal), Some(Float)) => {
            let (a, b) = to(DataType::Float64)?;
            Ok((canonical(&a)?, canonical(&b)?))
        }
        (Some(Int | Decimal), Some(Int | Decimal)) => {
            let scale = scale(left).max(scale(right));
            to(DataType::Decimal256(76, scale))
        }
        (Some(Text), Some(Text)) => to(DataType::Utf8),
        (Some(Bool), Some(Bool)) => Ok((a.clone(), b.clone())),
        _ if left == right => Ok((a.clone(), b.clone())),
        _ => exec_err!("{left} does not compare with {right}: cast one of them"),
    }
}

fn scale(kind: &DataType) -> i8 {
    match kind {
        DataType::Decimal32(_, scale)
        | DataType::Decimal64(_, scale)
        | DataType::Decimal128(_, scale)
        | DataType::Decimal256(_, scale) => (*scale).max(0),
        _ => 0,
    }
}

/// Compares each value of a column with the other's of its row, or with the one value of a `single` other.
pub(super) fn order(a: &ArrayRef, b: &ArrayRef, single: bool) -> Result<Int8Array> {
    let (a, b) = paired(a, b)?;
    let (less, equal) = match single {
        true => (lt(&a, &Scalar::new(&b))?, eq(&a, &Scalar::new(&b))?),
        false => (lt(&a, &b)?, eq(&a, &b)?),
    };
    let nan = |column: &ArrayRef, row: usize| {
        let floats = column.as_primitive_opt::<Float64Type>();
        floats.is_some_and(|floats| floats.value(row).is_nan())
    };
    let rows = (0..a.len()).map(|row| {
        if less.is_null(row) || nan(&a, row) || nan(&b, if single { 0 } else { row }) {
            return None;
        }
        Some(match (less.value(row), equal.value(row)) {
            (true, _) => -1,
            (_, true) => 0,
            _ => 1,
        })
    });
    Ok(rows.collect())
}

/// As [`order`]: whether they are the same.
pub(super) fn same(a: &ArrayRef, b: &ArrayRef, single: bool) -> Result<BooleanArray> {
    let (a, b) = paired(a, b)?;
    Ok(match single {
        true => eq(&a, &Scalar::new(&b))?,
        false => eq(&a, &b)?,
    })
}

pub(super) fn near(a: &ArrayRef, b: &ArrayRef) -> Result<BooleanArray> {
    let (a, b) = paired(a, b)?;
    let equal = eq(&a, &b)?;
    let floats = a
        .as_primitive_opt::<Float64Type>()
        .zip(b.as_primitive_opt::<Float64Type>());
    let rows = (0..a.len()).map(|row| {
        let near = match (a.is_null(row), b.is_null(row), floats) {
            (true, true, _) => true,
            (false, false, Some((a, b))) => {
                let (a, b) = (a.value(row), b.value(row));
                let finite = a.is_finite() && b.is_finite();
                let near = finite && (a - b).abs() <= NEAR * a.abs().max(b.abs());
                near || (a == b)
            }
            (false, false, None) => equal.value(row),
            _ => false,
        };
        Some(near)
    });
    Ok(rows.collect())
}

/// The type of a sum of columns: decimal, unless one of them is of floats.
pub(super) fn summed_type(arguments: &[DataType]) -> Result<DataType> {
    if arguments.iter().any(DataType::is_floating) {
        return Ok(DataType::Float64);
    }
    let scale = arguments.iter().map(scale).max().unwrap_or(0);
    Ok(DataType::Decimal128(38, scale))
}

/// Row by row the sum, a null as 0: exact of whole numbers and decimals, rounded once of floats.
pub(super) fn row_sum(columns: &[ArrayRef], rows: usize) -> Result<ArrayRef> {
    let types: Vec<DataType> = columns.iter().map(|it| it.data_type().clone()).collect();
    let target = summed_type(&types)?;
    let columns = columns.iter().map(|column| cast(column, &target));
    let columns = columns.collect::<std::result::Result<Vec<_>, _>>()?;
    if target.is_floating() {
        let columns: Vec<_> = columns
            .iter()
            .map(|it| it.as_primitive::<Float64Type>())
            .collect();
        let sums: Float64Array = (0..rows)
            .map(|row| {
                let mut sum = ExactSum::default();
                let there = columns.iter().filter(|column| column.is_valid(row));
                there.for_each(|column| sum.add(column.value(row)));
                Some(settled(sum.rounded()))
            })
            .collect();
        return Ok(Arc::new(sums));
    }
    let mut sums = vec![0_i128; rows];
    for column in &columns {
        let column = column.as_primitive::<Decimal128Type>();
        for (row, sum) in sums.iter_mut().enumerate() {
            if column.is_valid(row) {
                match sum.checked_add(column.value(row)) {
                    Some(more) => *sum = more,
                    None => return exec_err!("a sum of columns has more than 38 digits"),
                }
            }
        }
    }
    let sums = Decimal128Array::from_iter_values(sums);
    Ok(Arc::new(sums.with_data_type(target)))
}

/// The whole numbers of a column of integers or of true and false.
pub(super) fn wholes(column: &ArrayRef) -> Result<ArrayRef> {
    Ok(match column.data_type() {
        DataType::UInt64 => cast(column, &DataType::Decimal128(20, 0))?,
        _ => {
            let whole = cast(column, &DataType::Int64)?;
            let whole = whole.as_primitive::<Int64Type>();
            let wide: Decimal128Array = whole.unary::<_, Decimal128Type>(i128::from);
            Arc::new(wide.with_precision_and_scale(38, 0)?)
        }
    })
}
