//! What holds for every text: checked on many small random ones.

use proptest::prelude::*;

use super::super::{Reason, ScanError};
use super::CHUNK;
use super::tests::{all_cells, lines, lines_by};

/// What the csv crate reads: the header and the records, or an error of lengths.
fn by_csv(text: &str) -> Option<Vec<Vec<String>>> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(false)
        .from_reader(text.as_bytes());
    let cells = |record: csv::StringRecord| record.iter().map(str::to_owned).collect();
    reader
        .records()
        .map(|record| record.ok().map(cells))
        .collect()
}

fn small_csv() -> impl Strategy<Value = String> {
    let pieces = [
        "a", ",", "\"", "\n", "\r", "\r\n", "é", "\"\"", ",\"", "\",", "a,a\n",
    ];
    prop::collection::vec(prop::sample::select(pieces.to_vec()), 0..24)
        .prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]

    #[test]
    fn records_are_those_of_the_csv_crate_or_refused(text in small_csv()) {
        let expected = by_csv(&text);
        let counted = lines(text.as_bytes());
        match all_cells(text.as_bytes()) {
            Ok(cells) => {
                prop_assert_eq!(counted.unwrap().len() + 1, cells.len());
                prop_assert_eq!(Some(cells), expected);
            }
            Err(ScanError::Refused(refusal)) => {
                prop_assert_eq!(counted, Err(refusal.clone()));
                let is_uneven = matches!(refusal.reason, Reason::Ragged | Reason::Truncated);
                let is_stricter = matches!(
                    refusal.reason,
                    Reason::Empty | Reason::HeaderOnly | Reason::UnclosedQuote
                );
                prop_assert!(is_uneven && expected.is_none() || is_stricter);
            }
            Err(ScanError::Io(error)) => panic!("{error}"),
        }
    }

    #[test]
    fn neither_the_buffer_nor_the_batch_changes_the_outcome(
        text in small_csv(),
        size in 4_usize..20,
        n in 1_usize..4,
    ) {
        let whole = lines(text.as_bytes()).map_err(|refusal| (refusal.reason, refusal.line));
        let pieces = lines_by(text.as_bytes(), n, size)
            .map_err(|refusal| (refusal.reason, refusal.line));
        prop_assert_eq!(whole, pieces);
    }

    #[test]
    fn a_record_begins_on_the_line_its_first_byte_stands_on(
        records in prop::collection::vec(("[a\n]{0,3}", 0_usize..3), 1..8),
    ) {
        let mut text = "h,i\n".to_owned();
        let mut expected = Vec::new();
        for (cell, blank) in records {
            text.push_str(&"\n".repeat(blank));
            expected.push(1 + text.matches('\n').count() as i64);
            text.push_str(&format!("\"{cell}\",x\n"));
        }
        prop_assert_eq!(lines(text.as_bytes()), Ok(expected));
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..80)) {
        let _ = lines_by(&bytes, 2, 8);
        let _ = lines_by(&bytes, 2, CHUNK);
    }
}
