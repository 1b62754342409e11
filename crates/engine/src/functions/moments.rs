//! Skewness and kurtosis as aggregates: one pass, by central moments that merge (Pébay 2008).

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, Float64Array};
use arrow::datatypes::{DataType, Field, FieldRef, Float64Type};
use datafusion::common::{Result, ScalarValue};
use datafusion::logical_expr::function::{AccumulatorArgs, StateFieldsArgs};
use datafusion::logical_expr::utils::format_state_name;
use datafusion::logical_expr::{
    Accumulator, AggregateUDF, AggregateUDFImpl, Signature, Volatility,
};
use datafusion::prelude::SessionContext;

/// A figure made of the first four moments.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Shape {
    Skewness,
    SkewnessPop,
    Kurtosis,
    KurtosisPop,
}

const SHAPES: [(&str, Shape); 4] = [
    ("skewness", Shape::Skewness),
    ("skewness_pop", Shape::SkewnessPop),
    ("kurtosis", Shape::Kurtosis),
    ("kurtosis_pop", Shape::KurtosisPop),
];

/// Adds the aggregates to a session, under the names that DuckDB gives them.
pub(super) fn register(ctx: &SessionContext) {
    for (name, shape) in SHAPES {
        ctx.register_udaf(AggregateUDF::from(Moments {
            name,
            shape,
            signature: Signature::exact(vec![DataType::Float64], Volatility::Immutable),
        }));
    }
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct Moments {
    name: &'static str,
    shape: Shape,
    signature: Signature,
}

impl AggregateUDFImpl for Moments {
    fn name(&self) -> &str {
        self.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(DataType::Float64)
    }

    fn state_fields(&self, args: StateFieldsArgs<'_>) -> Result<Vec<FieldRef>> {
        let parts = ["count", "mean", "m2", "m3", "m4"];
        let field =
            |part: &str| Field::new(format_state_name(args.name, part), DataType::Float64, true);
        Ok(parts.map(field).map(Arc::new).to_vec())
    }

    fn accumulator(&self, _: AccumulatorArgs<'_>) -> Result<Box<dyn Accumulator>> {
        Ok(Box::new(Gathered {
            shape: self.shape,
            sums: Sums::default(),
        }))
    }
}

/// How many values, their mean, and the sums of the powers of their distances from it.
#[derive(Clone, Copy, Debug, Default)]
struct Sums {
    count: f64,
    mean: f64,
    m2: f64,
    m3: f64,
    m4: f64,
}

impl Sums {
    /// Distances are taken from the first value first, so that equal values have exactly none.
    fn of(values: &Float64Array) -> Self {
        let present = || values.iter().flatten();
        let Some(first) = present().next() else {
            return Self::default();
        };
        let count = (values.len() - values.null_count()) as f64;
        let off = present().map(|value| value - first).sum::<f64>() / count;
        let mean = first + off;
        let mut sums = Self {
            count,
            mean,
            ..Self::default()
        };
        for value in present() {
            let distance = value - mean;
            let square = distance * distance;
            sums.m2 += square;
            sums.m3 += square * distance;
            sums.m4 += square * square;
        }
        sums
    }

    fn merge(self, other: Self) -> Self {
        if self.count == 0.0 {
            return other;
        }
        if other.count == 0.0 {
            return self;
        }
        let (a, b) = (self.count, other.count);
        let n = a + b;
        let d = other.mean - self.mean;
        let d2 = d * d;
        Self {
            count: n,
            mean: self.mean + d * b / n,
            m2: self.m2 + other.m2 + d2 * a * b / n,
            m3: self.m3
                + other.m3
                + d2 * d * a * b * (a - b) / (n * n)
                + 3.0 * d * (a * other.m2 - b * self.m2) / n,
            m4: self.m4
                + other.m4
                + d2 * d2 * a * b * (a * a - a * b + b * b) / (n * n * n)
                + 6.0 * d2 * (a * a * other.m2 + b * b * self.m2) / (n * n)
                + 4.0 * d * (a * other.m3 - b * self.m3) / n,
        }
    }

    /// `None`: too few values. NaN: all are equal, or one is not finite.
    fn shape(&self, shape: Shape) -> Option<f64> {
        let n = self.count;
        let least = match shape {
            Shape::Skewness => 3.0,
            Shape::Kurtosis => 4.0,
            Shape::SkewnessPop | Shape::KurtosisPop => 2.0,
        };
        if n < least {
            return (n > 0.0 && !self.mean.is_finite()).then_some(f64::NAN);
        }
        if self.m2 == 0.0 {
            return Some(f64::NAN);
        }
        let g1 = || n.sqrt() * self.m3 / self.m2.powf(1.5);
        let g2 = || n * self.m4 / (self.m2 * self.m2) - 3.0;
        Some(match shape {
            Shape::SkewnessPop => g1(),
            Shape::KurtosisPop => g2(),
            Shape::Skewness => g1() * (n * (n - 1.0)).sqrt() / (n - 2.0),
            Shape::Kurtosis => (n - 1.0) / ((n - 2.0) * (n - 3.0)) * ((n + 1.0) * g2() + 6.0),
        })
    }
}

#[derive(Debug)]
struct Gathered {
    shape: Shape,
    sums: Sums,
}

impl Accumulator for Gathered {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        self.sums = self
            .sums
            .merge(Sums::of(values[0].as_primitive::<Float64Type>()));
        Ok(())
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        let column = |at: usize| states[at].as_primitive::<Float64Type>();
        for row in 0..states[0].len() {
            self.sums = self.sums.merge(Sums {
                count: column(0).value(row),
                mean: column(1).value(row),
                m2: column(2).value(row),
                m3: column(3).value(row),
                m4: column(4).value(row),
            });
        }
        Ok(())
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        let Sums {
            count,
            mean,
            m2,
            m3,
            m4,
        } = self.sums;
        let parts = [count, mean, m2, m3, m4];
        Ok(parts.map(|part| ScalarValue::Float64(Some(part))).to_vec())
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        Ok(ScalarValue::Float64(self.sums.shape(self.shape)))
    }

    fn size(&self) -> usize {
        size_of_val(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// In Python, of `xs`: m = lambda k: sum((x - sum(xs)/n)**k for x in xs)/n
    /// g1 = m(3)/m(2)**1.5; G1 = g1*sqrt(n*(n-1))/(n-2); g2 = m(4)/m(2)**2 - 3;
    /// G2 = (n-1)/((n-2)*(n-3))*((n+1)*g2+6)
    const KNOWN: [(&[f64], [f64; 4]); 2] = [
        (
            &[2.0, 8.0, 0.0, 4.0, 1.0, 9.0, 9.0, 0.0],
            [
                0.330_582_180_407_974_7,
                0.265_055_412_269_857_3,
                -2.098_602_258_096_087,
                -1.666_001_075_283_850_8,
            ],
        ),
        (
            &[1e6 + 0.1, 1e6 + 0.2, 1e6 + 0.2, 1e6 + 0.9],
            [
                1.900_103_815_557_24,
                1.097_025_449_400_207_6,
                3.708_506_836_341_240_5,
                -0.705_532_421_155_167_9,
            ],
        ),
    ];

    #[test]
    fn the_figures_are_those_of_the_definition_however_the_values_are_cut_into_batches() {
        for (values, wanted) in KNOWN {
            for cut in 0..=values.len() {
                let (a, b) = values.split_at(cut);
                let sums = |part: &[f64]| Sums::of(&Float64Array::from(part.to_vec()));
                let sums = sums(a).merge(sums(b));
                let found = SHAPES.map(|(_, shape)| sums.shape(shape).unwrap());
                for (found, wanted) in found.iter().zip(wanted) {
                    assert!((found - wanted).abs() < 1e-6, "{cut}: {found} {wanted}");
                }
            }
        }
    }

    #[test]
    fn of_too_few_values_there_is_no_figure_and_of_equal_ones_it_is_not_a_number() {
        let same = Float64Array::from(vec![0.1; 10]);
        let whole = Sums::of(&same).merge(Sums::of(&same));
        for (_, shape) in SHAPES {
            assert!(whole.shape(shape).unwrap().is_nan());
            assert_eq!(Sums::default().shape(shape), None);
        }
        let three = Sums::of(&Float64Array::from(vec![1.0, 2.0, 4.0]));
        assert_eq!(three.shape(Shape::Kurtosis), None);
        assert!(three.shape(Shape::Skewness).is_some());
    }
}
