//! A file whose first line is no header of its contract: cut by another sign, below other lines, or not there.

use std::collections::HashMap;

use super::super::refusal::{Reason, Refusal, count};
use super::super::rename::Guess;
use super::super::scan::Dialect;
use super::{Found, HeaderCheck};
use crate::contract::{Need, SourceContract};

impl HeaderCheck {
    /// Where the header is missing and one stands further down, tells of that in its place.
    ///
    /// `head`: how the file begins.
    pub fn look_below(&mut self, contract: &SourceContract, head: &[u8], dialect: Dialect) {
        let [refusal] = self.refusals.as_mut_slice() else {
            return;
        };
        if refusal.reason != Reason::NoHeader {
            return;
        }
        let essential = contract.columns.values();
        let essential = essential.filter(|column| column.need == Need::Essential);
        let wanted = (essential.count() / 2).max(2).min(contract.columns.len());
        let text = String::from_utf8_lossy(head);
        let quote = dialect.quote.map(char::from);
        let named = |line: &str| {
            let cells = line
                .trim_end_matches('\r')
                .split(char::from(dialect.delimiter));
            let cells = cells.map(|cell| match quote {
                Some(quote) => cell.trim_matches(quote),
                None => cell,
            });
            let known = |cell: &&str| contract.columns.keys().any(|name| name.get_ref() == cell);
            cells.filter(known).count()
        };
        let below = text
            .split('\n')
            .skip(1)
            .position(|line| named(line) >= wanted);
        if let Some(above) = below.map(|at| at + 1) {
            let lines = count(above, "line");
            let stand = if above == 1 { "stands" } else { "stand" };
            *refusal = Refusal::new(
                Reason::NoHeader,
                format!("the header is in line {}: {lines} {stand} above it", above + 1),
                "a file begins with its header: take the lines above it out, or have the export leave them out",
            )
            .line(above as u64 + 1);
        }
    }
}

/// A first line that knows none of the columns, not even by other names: it is
/// in another dialect, or no header at all. Its cells may be values then, and
/// are not shown as the names of columns.
pub(super) fn no_header(
    contract: &SourceContract,
    header: &[String],
    found: &Found,
    guesses: &HashMap<usize, Guess>,
) -> Option<Refusal> {
    let probable = guesses.values().filter(|guess| guess.sure >= 0.7).count();
    if found.places.iter().any(Option::is_some) || probable * 2 >= contract.columns.len() {
        return None;
    }
    let (message, help) = match other_delimiter(contract, header) {
        Some((name, key)) => (
            format!("the cells of the header are separated by {name}, and not by the delimiter of the contract"),
            format!("if that is to stay, write `delimiter = \"{key}\"` under [file] in the contract"),
        ),
        None => (
            format!("none of the {} of the contract stands in the header: it is missing, or every column has another name", count(contract.columns.len(), "column")),
            "ask the sender for the file with its header; the contract lists the header cells, to the letter".to_owned(),
        ),
    };
    Some(Refusal::new(Reason::NoHeader, message, help).line(1))
}

/// The sign that separates the contract's columns in a header that was cut by another: its name,
/// and how a contract writes it. In a header of one cell that any sign cuts, the most frequent.
fn other_delimiter(
    contract: &SourceContract,
    header: &[String],
) -> Option<(&'static str, &'static str)> {
    const SIGNS: [(char, &str, &str); 4] = [
        (',', "commas", ","),
        (';', "semicolons", ";"),
        ('\t', "tabs", "\\t"),
        ('|', "vertical bars", "|"),
    ];
    if contract.columns.len() < 2 {
        return None;
    }
    let known = |cell: &str| contract.columns.keys().any(|name| name.get_ref() == cell);
    let named = |sign: char| {
        let cells = header.iter().flat_map(|cell| cell.split(sign));
        cells.filter(|cell| known(cell.trim_matches('"'))).count()
    };
    let cuts = |sign: char| match header {
        [line] => line.matches(sign).count(),
        _ => 0,
    };
    let by = |measure: &dyn Fn(char) -> usize| {
        let own = contract.file.delimiter.get_ref().as_str();
        let signs = SIGNS
            .iter()
            .filter(|(.., key)| key.replace("\\t", "\t") != own);
        let best = signs.max_by_key(|(sign, ..)| measure(*sign))?;
        (measure(best.0) > 0).then_some((best.1, best.2))
    };
    by(&named).or_else(|| by(&cuts).filter(|_| header.len() == 1))
}
