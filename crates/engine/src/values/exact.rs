//! Sums of floats that do not depend on the order of the rows.

/// A sum of floats, exact until it is rounded once: the same for every order and every split of the rows.
///
/// Kept as floats that do not overlap, smallest first (Shewchuk, 1997). Infinities and NaN add up apart.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ExactSum {
    parts: Vec<f64>,
    /// The sum of what is not finite; 0 where nothing is.
    special: f64,
}

impl ExactSum {
    /// From what [`Self::state`] gave.
    pub fn from_state(parts: &[f64], special: f64) -> Self {
        let mut sum = Self::default();
        parts.iter().for_each(|part| sum.add(*part));
        sum.special += special;
        sum
    }

    pub fn state(&self) -> (&[f64], f64) {
        (&self.parts, self.special)
    }

    pub fn add(&mut self, value: f64) {
        if !value.is_finite() {
            self.special += value;
            return;
        }
        let mut carry = value;
        let mut kept = 0;
        for at in 0..self.parts.len() {
            let (high, low) = two_sum(carry, self.parts[at]);
            if low != 0.0 {
                self.parts[kept] = low;
                kept += 1;
            }
            carry = high;
        }
        self.parts.truncate(kept);
        if carry.is_finite() {
            self.parts.push(carry);
        } else {
            // Beyond the greatest float, whatever comes after.
            self.parts.clear();
            self.special += carry.signum() * f64::INFINITY;
        }
    }

    /// Adds a product without rounding it.
    pub fn add_product(&mut self, a: f64, b: f64) {
        let product = a * b;
        self.add(product);
        if product.is_finite() {
            self.add(a.mul_add(b, -product));
        }
    }

    pub fn merge(&mut self, other: &Self) {
        other.parts.iter().for_each(|part| self.add(*part));
        self.special += other.special;
    }

    /// The nearest float; NaN and infinities where such were added.
    pub fn rounded(&self) -> f64 {
        if self.special != 0.0 {
            return self.special;
        }
        let Some((last, rest)) = self.parts.split_last() else {
            return 0.0;
        };
        let mut high = *last;
        let mut left = rest.len();
        let mut low = 0.0;
        while left > 0 {
            left -= 1;
            (high, low) = two_sum(high, rest[left]);
            if low != 0.0 {
                break;
            }
        }
        // Half way between two floats, what is left over decides.
        if left > 0 && low * rest[left - 1] > 0.0 {
            let twice = low * 2.0;
            let up = high + twice;
            if up - high == twice {
                return up;
            }
        }
        high
    }

    /// The nearest float, and the nearest float of what that leaves over.
    pub fn pair(&self) -> (f64, f64) {
        let high = self.rounded();
        if self.special != 0.0 {
            return (high, 0.0);
        }
        let mut rest = self.clone();
        rest.add(-high);
        (high, rest.rounded())
    }
}

/// The rounded sum and what rounding took from it.
pub(super) fn two_sum(a: f64, b: f64) -> (f64, f64) {
    let (large, small) = if a.abs() < b.abs() { (b, a) } else { (a, b) };
    let high = large + small;
    (high, small - (high - large))
}

/// The variance of a sample of `count` values by their sum and the sum of their squares, in twice the
/// digits of a float, since the two nearly cancel.
pub(super) fn variance(count: u64, sum: &ExactSum, squares: &ExactSum) -> f64 {
    let n = count as f64;
    let ((s, s_rest), (q, q_rest)) = (sum.pair(), squares.pair());
    if !s.is_finite() || !q.is_finite() {
        return f64::NAN;
    }
    let square = s * s;
    let square_rest = s.mul_add(s, -square) + 2.0 * s * s_rest;
    let mean = square / n;
    let mean_rest = ((-mean).mul_add(n, square) + square_rest) / n;
    let (apart, lost) = two_sum(q, -mean);
    (apart + (lost + q_rest - mean_rest)).max(0.0) / (n - 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sum(values: &[f64]) -> f64 {
        let mut sum = ExactSum::default();
        values.iter().for_each(|value| sum.add(*value));
        sum.rounded()
    }

    #[test]
    fn a_sum_is_the_same_in_every_order_and_every_split() {
        let values = [1e16, 0.1, -1e16, 0.2, 3e-20, 7.0, -0.3];
        let mut backwards = values;
        backwards.reverse();
        assert_eq!(sum(&values), sum(&backwards));
        for at in 0..values.len() {
            let (mut one, mut other) = (ExactSum::default(), ExactSum::default());
            values[at..].iter().for_each(|value| one.add(*value));
            values[..at].iter().for_each(|value| other.add(*value));
            let (parts, special) = other.state();
            one.merge(&ExactSum::from_state(parts, special));
            assert_eq!(one.rounded(), sum(&values), "split at {at}");
        }
        assert_eq!(sum(&[1e16, 1.0, -1e16]), 1.0);
        assert_eq!(sum(&[1.0, 1e-16, 1e-32]), 1.0);
    }

    #[test]
    fn nan_and_infinities_add_up_as_floats_do() {
        assert!(sum(&[1.0, f64::NAN]).is_nan());
        assert_eq!(sum(&[f64::INFINITY, -5.0]), f64::INFINITY);
        assert!(sum(&[f64::INFINITY, f64::NEG_INFINITY]).is_nan());
        assert_eq!(sum(&[f64::MAX, f64::MAX]), f64::INFINITY);
    }

    #[test]
    fn a_spread_beside_a_large_mean_keeps_its_digits() {
        let (mut sum, mut squares) = (ExactSum::default(), ExactSum::default());
        for value in [1e9 + 1.0, 1e9 + 2.0, 1e9 + 3.0] {
            sum.add(value);
            squares.add_product(value, value);
        }
        assert_eq!(variance(3, &sum, &squares), 1.0);
    }
}
