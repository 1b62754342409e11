//! How alike two texts are.

use std::collections::HashSet;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, Float64Array, Int64Array, StringViewArray};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Int64Type};
use datafusion::common::{Result, exec_err};
use datafusion::logical_expr::{Signature, TypeSignature, Volatility};
use rapidfuzz::distance;

/// Two texts, or two texts and a whole number.
pub(super) fn signature() -> Signature {
    let texts = [DataType::Utf8View, DataType::Utf8View];
    let counted = [DataType::Utf8View, DataType::Utf8View, DataType::Int64];
    let ways = vec![
        TypeSignature::Exact(texts.to_vec()),
        TypeSignature::Exact(counted.to_vec()),
    ];
    Signature::one_of(ways, Volatility::Immutable)
}

pub(super) fn jaro_winkler(a: &str, b: &str) -> f64 {
    match (a.is_empty(), b.is_empty()) {
        (true, true) => 1.0,
        (false, false) => distance::jaro_winkler::similarity(a.chars(), b.chars()),
        _ => 0.0,
    }
}

pub(super) fn damerau_levenshtein(a: &str, b: &str) -> usize {
    distance::damerau_levenshtein::distance(a.chars(), b.chars())
}

fn texts(column: &ArrayRef) -> Result<StringViewArray> {
    let texts = cast(column, &DataType::Utf8View)?;
    Ok(texts.as_string_view().clone())
}

pub(super) fn alike(columns: &[ArrayRef], of: fn(&str, &str) -> f64) -> Result<ArrayRef> {
    let (a, b) = (texts(&columns[0])?, texts(&columns[1])?);
    let pairs = a.iter().zip(b.iter());
    let alike: Float64Array = pairs.map(|(a, b)| Some(of(a?, b?))).collect();
    Ok(Arc::new(alike))
}

pub(super) fn apart(columns: &[ArrayRef], of: fn(&str, &str) -> usize) -> Result<ArrayRef> {
    let (a, b) = (texts(&columns[0])?, texts(&columns[1])?);
    let pairs = a.iter().zip(b.iter());
    // No text has more characters than a bigint counts.
    let steps = pairs.map(|(a, b)| i64::try_from(of(a?, b?)).ok());
    Ok(Arc::new(steps.collect::<Int64Array>()))
}

/// `jaccard(a, b)` over words, `jaccard(a, b, n)` over stretches of n characters.
///
/// # Errors
/// n is below 1.
pub(super) fn shared(columns: &[ArrayRef]) -> Result<ArrayRef> {
    let (a, b) = (texts(&columns[0])?, texts(&columns[1])?);
    let lengths = match columns.get(2) {
        Some(lengths) => Some(cast(lengths, &DataType::Int64)?),
        None => None,
    };
    let lengths = lengths
        .as_ref()
        .map(|lengths| lengths.as_primitive::<Int64Type>());
    let mut shares = Float64Array::builder(a.len());
    for (row, (a, b)) in a.iter().zip(b.iter()).enumerate() {
        let length = match lengths {
            None => Some(None),
            Some(lengths) => lengths.is_valid(row).then(|| Some(lengths.value(row))),
        };
        let (Some(a), Some(b), Some(length)) = (a, b, length) else {
            shares.append_null();
            continue;
        };
        shares.append_value(match length {
            None => share(&words(a), &words(b)),
            Some(length) => match usize::try_from(length) {
                Ok(length) if length > 0 => share(&stretches(a, length), &stretches(b, length)),
                _ => return exec_err!("jaccard: n is {length}, and must be 1 or more"),
            },
        });
    }
    Ok(Arc::new(shares.finish()))
}

fn words(text: &str) -> HashSet<&str> {
    let words = text.split(|c: char| !c.is_alphanumeric());
    words.filter(|word| !word.is_empty()).collect()
}

/// Every stretch of `length` characters; of a shorter text itself, of an empty one none.
fn stretches(text: &str, length: usize) -> HashSet<&str> {
    let starts = text.char_indices().map(|(at, _)| at);
    let mut ends = text.char_indices().map(|(at, c)| at + c.len_utf8());
    let Some(first) = ends.nth(length - 1) else {
        return Some(text)
            .filter(|text| !text.is_empty())
            .into_iter()
            .collect();
    };
    let ends = std::iter::once(first).chain(ends);
    starts.zip(ends).map(|(from, to)| &text[from..to]).collect()
}

#[expect(clippy::cast_precision_loss, reason = "a text has fewer parts")]
fn share(a: &HashSet<&str>, b: &HashSet<&str>) -> f64 {
    let both = a.intersection(b).count();
    match a.len() + b.len() - both {
        0 => 1.0,
        any => both as f64 / any as f64,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_figures_are_those_of_the_literature() {
        for (a, b, wanted) in [
            ("MARTHA", "MARHTA", 0.9611),
            ("DIXON", "DICKSONX", 0.8133),
            ("", "", 1.0),
            ("", "a", 0.0),
        ] {
            assert!((jaro_winkler(a, b) - wanted).abs() < 1e-4, "{a} {b}");
            assert_eq!(jaro_winkler(a, b), jaro_winkler(b, a), "{a} {b}");
        }
        for (a, b, wanted) in [
            ("ca", "abc", 2),
            ("kitten", "sitting", 3),
            ("", "é1", 2),
            ("", "", 0),
        ] {
            assert_eq!(damerau_levenshtein(a, b), wanted, "{a} {b}");
        }
    }

    #[test]
    fn words_and_stretches_are_counted_once_and_by_characters() {
        assert_eq!(share(&words("red red-fox"), &words("fox, blue")), 1.0 / 3.0);
        assert_eq!(share(&words(" -"), &words("")), 1.0);
        assert_eq!(share(&words("a"), &words("")), 0.0);
        let night = stretches("night", 2);
        assert_eq!(share(&night, &stretches("nacht", 2)), 1.0 / 7.0);
        assert_eq!(stretches("éé", 1).len(), 1);
        assert_eq!(stretches("ab", 3), HashSet::from(["ab"]));
        assert!(stretches("", 3).is_empty());
    }
}
