//! A file's header against its source's contract.

use std::collections::HashMap;

use regex::Regex;
use toml::Spanned;

use super::refusal::{Reason, Refusal, count, shown};
use super::rename::{Guess, Missing, guess};
use crate::contract::{Need, SourceContract, snake_case};

mod absent;

use absent::no_header;

/// What a header differs in without being refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Change {
    /// A column the contract does not list.
    Added,
    /// The contract's columns stand in another order.
    Reordered,
    /// A column the contract calls optional is not there.
    OptionalMissing,
}

impl Change {
    /// The stable name, as reports and the history write it.
    ///
    /// ```
    /// assert_eq!(lockgate_core::intake::Change::OptionalMissing.as_str(), "optional_missing");
    /// ```
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Reordered => "reordered",
            Self::OptionalMissing => "optional_missing",
        }
    }
}

/// One thing to know about a file that is taken all the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    pub reason: Change,
    /// One sentence without a full stop.
    pub message: String,
    /// The column; of several that moved, the first.
    pub column: Option<String>,
    pub help: String,
    /// The message without a text of the file, where it holds one.
    masked: Option<String>,
}

impl Warning {
    /// Takes every text of the file out: a header that is none holds values. Names of the contract stay.
    pub fn hide_values(&mut self) {
        if let Some(masked) = self.masked.take() {
            (self.message, self.column) = (masked, None);
        }
    }
}

/// What a header says against its contract: everything at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeaderCheck {
    /// Why the file is refused; empty: it is not.
    pub refusals: Vec<Refusal>,
    pub warnings: Vec<Warning>,
    /// For each column of the contract, its 0-based place in the file; `None`: not there.
    pub places: Vec<Option<usize>>,
}

/// Compares a header with the contract, cell by cell and to the letter.
///
/// `sample` holds the cells of some records, by which the values of a missing
/// column with a `matches` pattern are looked for; with an empty one, names
/// alone are compared. A pattern that is no regular expression counts as none.
///
/// ```
/// let contract: lockgate_core::contract::SourceContract = toml::from_str(
///     r#"
///     version = "1.0.0"
///     summary = "One row per lead."
///     owner = "data@example.com"
///     file = { name = ["leads.csv"] }
///     [columns]
///     Name = {}
///     Phone = {}
///     "#,
/// )?;
/// let header = ["Name".to_owned(), "Phone Number".to_owned()];
/// let check = lockgate_core::intake::check(&contract, &header, &[]);
/// assert_eq!(check.places, [Some(0), None]);
/// assert_eq!(
///     check.refusals[0].message,
///     "column `Phone` is missing; probably it is now called `Phone Number` \
///      (81 % sure: the name is 88 % alike)",
/// );
/// # Ok::<(), toml::de::Error>(())
/// ```
pub fn check(contract: &SourceContract, header: &[String], sample: &[Vec<String>]) -> HeaderCheck {
    let found = Found::new(contract, header);
    let mut refusals = nameless_or_double(header);
    let mut warnings = Vec::new();
    let mut guesses = found.guesses(contract, header, sample);
    if let Some(refusal) = no_header(contract, header, &found, &guesses) {
        return HeaderCheck {
            refusals: vec![refusal],
            warnings,
            places: found.places,
        };
    }
    let mut told = Vec::new();
    for (index, (name, column)) in contract.columns.iter().enumerate() {
        if found.places[index].is_some() || column.need == Need::Ignored {
            continue;
        }
        let guess = guesses.remove(&index);
        told.extend(guess.as_ref().map(|guess| guess.place));
        let name = name.get_ref();
        if column.need == Need::Essential {
            let raw = column.name.as_ref().map(|name| name.get_ref().clone());
            let raw = raw.unwrap_or_else(|| snake_case(name));
            refusals.push(missing(
                name,
                &raw,
                guess.as_ref(),
                header,
                found.new.is_empty(),
            ));
        } else {
            warnings.push(optional_missing(name, guess.as_ref()));
        }
    }
    let untold = found.new.iter().filter(|place| !told.contains(place));
    warnings.extend(untold.map(|place| added(*place, &header[*place])));
    warnings.extend(reordered(contract, &found.places));
    HeaderCheck {
        refusals,
        warnings,
        places: found.places,
    }
}

/// A header cell as a message shows it.
pub(super) fn cell(name: &str) -> String {
    shown(name.as_bytes())
}

/// A header cell as a message names it that may show no text of the file.
pub(super) fn by_place(place: usize) -> String {
    format!("what stands in cell {} of the header", place + 1)
}

/// Where the contract's columns are, and what else there is.
struct Found {
    places: Vec<Option<usize>>,
    /// The first place of each name the contract does not list, in file order.
    new: Vec<usize>,
}

impl Found {
    fn new(contract: &SourceContract, header: &[String]) -> Self {
        let mut first: HashMap<&str, usize> = HashMap::new();
        for (place, name) in header.iter().enumerate() {
            first.entry(name).or_insert(place);
        }
        let places: Vec<Option<usize>> = contract
            .columns
            .iter()
            .map(|(name, column)| {
                let mut names =
                    std::iter::once(name.get_ref()).chain(column.was.iter().map(Spanned::get_ref));
                names.find_map(|name| first.get(name.as_str()).copied())
            })
            .collect();
        let listed: Vec<usize> = places.iter().flatten().copied().collect();
        let is_new = |(place, name): (usize, &String)| {
            let known = listed.contains(&first[name.as_str()]);
            (first[name.as_str()] == place && !known && !name.trim().is_empty()).then_some(place)
        };
        let new = header.iter().enumerate().filter_map(is_new).collect();
        Self { places, new }
    }

    /// The probable new names of the missing columns, by their index in the contract.
    fn guesses(
        &self,
        contract: &SourceContract,
        header: &[String],
        sample: &[Vec<String>],
    ) -> HashMap<usize, Guess> {
        let columns = contract.columns.iter().zip(&self.places).enumerate();
        let (indices, missing): (Vec<usize>, Vec<Missing>) = columns
            .filter(|(_, (_, place))| place.is_none())
            .map(|(index, ((name, column), _))| {
                let pattern = column.matches.as_ref();
                let pattern = pattern.and_then(|text| Regex::new(text.get_ref()).ok());
                let name = name.get_ref();
                (index, Missing { name, pattern })
            })
            .unzip();
        let guesses = guess(&missing, header, &self.new, sample);
        let named = indices.into_iter().zip(guesses);
        named
            .filter_map(|(index, guess)| Some((index, guess?)))
            .collect()
    }
}

/// Header cells that name nothing, or what another names too.
fn nameless_or_double(header: &[String]) -> Vec<Refusal> {
    let mut refusals = Vec::new();
    for (place, name) in header.iter().enumerate() {
        if name.trim().is_empty() {
            let message = format!("cell {} of the header is blank", place + 1);
            let help = "name the column, or take it out of the file";
            refusals.push(Refusal::new(Reason::BlankHeader, message, help).line(1));
            continue;
        }
        let same: Vec<usize> = (0..header.len())
            .filter(|other| header[*other] == *name)
            .collect();
        if same.len() > 1 && same[0] == place {
            let cells: Vec<String> = same.iter().map(|place| (place + 1).to_string()).collect();
            let message = format!(
                "column `{}` stands {} in the header: cells {}",
                cell(name),
                count(same.len(), "time"),
                listed(&cells)
            );
            let help = "rename or take out all but one: which is meant cannot be known";
            let masked = format!(
                "one text stands {} in the header: cells {}",
                count(same.len(), "time"),
                listed(&cells)
            );
            let refusal = Refusal::new(Reason::DuplicateHeader, message, help);
            let refusal = refusal.line(1).column(Some(name.clone()));
            refusals.push(refusal.masked(masked, help.to_owned()));
        }
    }
    refusals
}

fn missing(
    name: &str,
    raw: &str,
    guess: Option<&Guess>,
    header: &[String],
    nothing_new: bool,
) -> Refusal {
    let shown = cell(name);
    let renamed = |to: &str| {
        format!(
            "if it is the same column, write {to} in the contract in place of `{shown}`, \
             with `was = [\"{shown}\"]` and `as = \"{raw}\"`"
        )
    };
    let refusal = match guess {
        Some(guess) => Refusal::new(
            Reason::MissingColumn,
            format!("column `{shown}` is missing; {}", guess.words),
            renamed(&format!("`{}`", cell(&header[guess.place]))),
        )
        .masked(
            format!("column `{shown}` is missing; {}", guess.masked),
            renamed(&by_place(guess.place)),
        ),
        None => Refusal::new(
            Reason::MissingColumn,
            match nothing_new {
                true => format!("column `{shown}` is missing, and no column is new"),
                false => format!("column `{shown}` is missing, and no new column is like it"),
            },
            "ask the sender for the column, or mark it `use = \"optional\"` in the contract",
        ),
    };
    refusal.line(1).column(Some(name.to_owned()))
}

fn optional_missing(name: &str, guess: Option<&Guess>) -> Warning {
    let shown = cell(name);
    let message = |guess: Option<&String>| {
        let guess = guess.map(|words| format!("; {words}"));
        format!(
            "column `{shown}` is missing and loaded as null{}",
            guess.unwrap_or_default()
        )
    };
    Warning {
        reason: Change::OptionalMissing,
        message: message(guess.map(|guess| &guess.words)),
        masked: guess.map(|guess| message(Some(&guess.masked))),
        column: Some(name.to_owned()),
        help: "if it was renamed, write the new name in the contract".to_owned(),
    }
}

fn added(place: usize, name: &str) -> Warning {
    Warning {
        masked: Some(format!(
            "a column is new, in cell {} of the header: it is not loaded until the contract lists it",
            place + 1
        )),
        reason: Change::Added,
        message: format!(
            "column `{}` is new: it is not loaded until the contract lists it",
            cell(name)
        ),
        column: Some(name.to_owned()),
        help: "list it in the contract, in its place, with the date of this file as `since`, \
               or with `use = \"ignored\"` if nobody needs it"
            .to_owned(),
    }
}

/// The fewest columns that must have moved to give the file's order.
fn reordered(contract: &SourceContract, places: &[Option<usize>]) -> Option<Warning> {
    let found: Vec<(&str, usize)> = contract
        .columns
        .keys()
        .zip(places)
        .filter_map(|(name, place)| Some((name.get_ref().as_str(), (*place)?)))
        .collect();
    let order: Vec<usize> = found.iter().map(|(_, place)| *place).collect();
    let stayed = longest_rise(&order);
    let moved: Vec<&str> = (0..found.len())
        .filter(|index| !stayed.contains(index))
        .map(|index| found[index].0)
        .collect();
    let first = *moved.first()?;
    let names: Vec<String> = moved
        .iter()
        .map(|name| format!("`{}`", cell(name)))
        .collect();
    let has = if moved.len() == 1 { "has" } else { "have" };
    Some(Warning {
        reason: Change::Reordered,
        message: format!(
            "the columns stand in another order than in the contract: {} {has} moved",
            listed(&names)
        ),
        masked: None,
        column: Some(first.to_owned()),
        help: "columns are found by name, so nothing is lost; \
               put the contract in the file's order if it is to stay"
            .to_owned(),
    })
}

/// The indices of a longest strictly rising subsequence.
fn longest_rise(values: &[usize]) -> Vec<usize> {
    // For each index: how long the rise that ends there is, and its index before.
    let mut rises: Vec<(usize, Option<usize>)> = Vec::new();
    for (index, value) in values.iter().enumerate() {
        let before = (0..index)
            .filter(|before| values[*before] < *value)
            .max_by_key(|before| (rises[*before].0, usize::MAX - before));
        rises.push((before.map_or(1, |before| rises[before].0 + 1), before));
    }
    let mut at = (0..rises.len()).max_by_key(|index| (rises[*index].0, usize::MAX - index));
    let mut rise = Vec::new();
    while let Some(index) = at {
        rise.push(index);
        at = rises[index].1;
    }
    rise
}

/// `1, 2 and 3`; of many, the first five and how many more.
fn listed(items: &[String]) -> String {
    const MOST: usize = 5;
    match items {
        [] => String::new(),
        [only] => only.clone(),
        [rest @ .., last] if items.len() <= MOST + 1 => format!("{} and {last}", rest.join(", ")),
        _ => format!(
            "{} and {} more",
            items[..MOST].join(", "),
            items.len() - MOST
        ),
    }
}

#[cfg(test)]
mod tests;
