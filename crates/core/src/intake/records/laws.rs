//! What holds for every text: checked on many small random ones.

use proptest::prelude::*;

use super::super::{Dialect, Reason, Records, ScanError};
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
                    Reason::Empty
                        | Reason::HeaderOnly
                        | Reason::UnclosedQuote
                        | Reason::Quotes
                        | Reason::LineEnds
                );
                prop_assert!(is_uneven && expected.is_none() || is_stricter);
            }
            Err(ScanError::Io(error)) => panic!("{error}"),
        }
    }

    #[test]
    fn what_is_written_by_rfc_4180_is_never_refused_for_its_quotes(
        rows in prop::collection::vec(prop::collection::vec("[a\"\\\\,\n\r é]{0,6}", 2), 1..6),
        ends in prop::sample::select(vec![csv::Terminator::CRLF, csv::Terminator::Any(b'\n')]),
    ) {
        let mut writer = csv::WriterBuilder::new().terminator(ends).from_writer(Vec::new());
        writer.write_record(["h", "i"]).unwrap();
        for row in &rows {
            writer.write_record(row).unwrap();
        }
        let text = writer.into_inner().unwrap();
        let cells = all_cells(&text).map_err(|error| TestCaseError::fail(error.to_string()))?;
        prop_assert_eq!(&cells[1..], &rows[..]);
    }

    #[test]
    fn a_file_with_an_escape_is_read_as_the_csv_crate_reads_it(
        cells in prop::collection::vec("[a\"\\\\,\n]{0,5}", 4),
    ) {
        let quoted = |cell: &String| {
            let text = cell.replace('\\', r"\\").replace('"', r#"\""#);
            format!("\"{text}\"")
        };
        let records: Vec<String> = cells.chunks(2).map(|two| two.iter().map(quoted).collect::<Vec<_>>().join(",")).collect();
        let text = format!("h,i\n{}\n", records.join("\n"));
        let dialect = Dialect { escape: Some(b'\\'), ..Dialect::default() };
        let mut found = Records::new(text.as_bytes(), dialect);
        let mut reader = csv::ReaderBuilder::new()
            .escape(Some(b'\\'))
            .double_quote(false)
            .from_reader(text.as_bytes());
        for (expected, own) in reader.records().zip(cells.chunks(2)) {
            let expected: Vec<String> = expected.unwrap().iter().map(str::to_owned).collect();
            let found = found.cells().map_err(|error| TestCaseError::fail(error.to_string()))?;
            prop_assert_eq!(found.as_deref(), Some(own));
            prop_assert_eq!(found, Some(expected));
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
