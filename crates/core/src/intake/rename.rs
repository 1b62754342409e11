//! Which new column of a file is probably which missing one.

use rapidfuzz::distance::jaro_winkler;
use regex::Regex;

/// From where on a new name is worth telling.
const WORTH_TELLING: f64 = 0.5;

/// How alike two names are of which one holds all words of the other.
const BY_WORDS: f64 = 0.6;

/// A missing column and the pattern its values fit, if one is known.
pub(super) struct Missing<'a> {
    pub name: &'a str,
    pub pattern: Option<Regex>,
}

/// What a missing column is probably called now.
pub(super) struct Guess {
    /// The new column's place in the file.
    pub place: usize,
    /// How sure that is: 0 to 1.
    pub sure: f64,
    /// How sure that is, and why, in words.
    pub words: String,
    /// The same by the column's place in the header, not by its name.
    pub masked: String,
}

/// How alike a missing column and a new one are.
struct Likeness {
    sure: f64,
    /// How alike the names are, letter case and blanks at the ends aside.
    name: f64,
    slip: Option<&'static str>,
    /// Whether it is the words of the names that make them alike, not the letters.
    by_words: bool,
    /// The values that fit the pattern, and all that are not blank.
    fits: Option<(usize, usize)>,
}

/// For each missing column its most probable place among `new`, no place twice;
/// `None` where no new column is more likely than not.
///
/// The assignment is the one that is surest as a whole.
pub(super) fn guess(
    missing: &[Missing],
    header: &[String],
    new: &[usize],
    sample: &[Vec<String>],
) -> Vec<Option<Guess>> {
    let alike: Vec<Vec<Likeness>> = missing
        .iter()
        .map(|column| likenesses(column, header, new, sample))
        .collect();
    let worth = |likeness: &Likeness| match likeness.sure {
        sure if sure < WORTH_TELLING => 0.0,
        sure => sure,
    };
    let scores: Vec<Vec<f64>> = alike
        .iter()
        .map(|row| row.iter().map(worth).collect())
        .collect();
    let to_guess = |(row, choice): (usize, Option<usize>)| {
        let column = choice?;
        let likeness = &alike[row][column];
        (likeness.sure >= WORTH_TELLING).then(|| Guess {
            place: new[column],
            sure: likeness.sure,
            words: words(
                &format!("`{}`", super::header::cell(&header[new[column]])),
                likeness,
            ),
            masked: words(&super::header::by_place(new[column]), likeness),
        })
    };
    assign(&scores)
        .into_iter()
        .enumerate()
        .map(to_guess)
        .collect()
}

fn likenesses(
    missing: &Missing,
    header: &[String],
    new: &[usize],
    sample: &[Vec<String>],
) -> Vec<Likeness> {
    let fits: Vec<(usize, usize)> = match &missing.pattern {
        Some(pattern) => (0..header.len())
            .map(|place| fits(pattern, place, sample))
            .collect(),
        None => vec![(0, 0); header.len()],
    };
    new.iter()
        .map(|place| {
            let others = others(&fits, new, *place);
            likeness(missing.name, &header[*place], fits[*place], others)
        })
        .collect()
}

/// How many values of a column fit, of how many that are not blank.
fn fits(pattern: &Regex, place: usize, sample: &[Vec<String>]) -> (usize, usize) {
    let values = sample
        .iter()
        .filter_map(|record| record.get(place))
        .filter(|value| !value.trim().is_empty());
    values.fold((0, 0), |(fit, of), value| {
        (fit + usize::from(pattern.is_match(value)), of + 1)
    })
}

/// How well columns other than the one at `place` fit: all of them on average,
/// or the best of the new ones, whichever is more. A pattern that all fit tells none.
fn others(fits: &[(usize, usize)], new: &[usize], place: usize) -> f64 {
    let share = |other: usize| match fits[other] {
        (_, 0) => None,
        (fit, of) => Some(fit as f64 / of as f64),
    };
    let shares: Vec<f64> = (0..fits.len())
        .filter(|other| *other != place)
        .filter_map(share)
        .collect();
    let mean = shares.iter().sum::<f64>() / shares.len().max(1) as f64;
    new.iter()
        .filter(|other| **other != place)
        .filter_map(|other| share(*other))
        .fold(mean, f64::max)
}

/// Two pieces of evidence as odds: the names, and the values against how well
/// other columns fit. Each has a limit, so that neither alone is certain.
fn likeness(old: &str, new: &str, (fit, of): (usize, usize), others: f64) -> Likeness {
    let (old_name, new_name) = (old.trim().to_lowercase(), new.trim().to_lowercase());
    let name = jaro_winkler::similarity(old_name.chars(), new_name.chars());
    let slip = slip(old, new);
    // Unrelated names reach 0.4 by chance.
    let by_letters = (name - 0.4) / 0.6;
    let by_words = by_letters < BY_WORDS && holds(old, new);
    let by_name = match slip {
        Some(_) => 0.99,
        None if by_words => BY_WORDS,
        None => by_letters.clamp(0.05, 0.99),
    };
    // One is added to each side so that few values tell little.
    let against = (others * of as f64).max((of - fit) as f64);
    let odds = by_name / (1.0 - by_name) * (fit as f64 + 1.0) / (against + 1.0);
    Likeness {
        sure: odds / (1.0 + odds),
        name,
        slip,
        by_words,
        fits: (of > 0).then_some((fit, of)),
    }
}

/// Whether all words of one name stand in the other: a word put in front makes
/// names unlike letter by letter, which a reader does not find them.
fn holds(old: &str, new: &str) -> bool {
    let words = |name: &str| -> Vec<String> {
        let words = name.split(|c: char| !c.is_alphanumeric());
        let words = words.filter(|word| !word.is_empty());
        words.map(str::to_lowercase).collect()
    };
    let (old, new) = (words(old), words(new));
    let within = |few: &[String], many: &[String]| few.iter().all(|word| many.contains(word));
    !old.is_empty() && !new.is_empty() && (within(&old, &new) || within(&new, &old))
}

/// What two names differ in, if it is only what a reader overlooks.
fn slip(old: &str, new: &str) -> Option<&'static str> {
    let lower = |name: &str| name.to_lowercase();
    let dense = |name: &str| -> String {
        let is_blank = |c: char| c.is_whitespace() || matches!(c, '\u{200b}' | '\u{feff}');
        name.chars().filter(|c| !is_blank(*c)).collect()
    };
    if lower(old) == lower(new) {
        Some("only the letter case differs")
    } else if dense(old) == dense(new) {
        Some("only blanks differ")
    } else if lower(&dense(old)) == lower(&dense(new)) {
        Some("only letter case and blanks differ")
    } else {
        None
    }
}

/// `probably it is now called …`, with the evidence.
fn words(name: &str, likeness: &Likeness) -> String {
    let percent = |share: f64| (share * 100.0).round().min(99.0);
    let sure = percent(likeness.sure);
    let how = match sure {
        97.0.. => "almost certainly",
        70.0.. => "probably",
        _ => "perhaps",
    };
    let why = match likeness.slip {
        Some(slip) => slip.to_owned(),
        // Letter by letter such names are not alike, and a percentage would puzzle.
        None if likeness.by_words => "the words of one name are in the other".to_owned(),
        None => format!("the name is {} % alike", percent(likeness.name)),
    };
    let fits = likeness
        .fits
        .map(|(fit, of)| format!(", {fit} of {of} values fit the pattern"))
        .unwrap_or_default();
    format!("{how} it is now called {name} ({sure} % sure: {why}{fits})")
}

/// The assignment of rows to columns with the greatest sum, no column twice
/// (the Hungarian method, in cubic time). A row stays without a column only
/// where rows are more than columns.
fn assign(scores: &[Vec<f64>]) -> Vec<Option<usize>> {
    let rows = scores.len();
    let columns = scores.first().map_or(0, Vec::len);
    if columns < rows {
        let turned: Vec<Vec<f64>> = (0..columns)
            .map(|column| scores.iter().map(|row| row[column]).collect())
            .collect();
        let mut choice = vec![None; rows];
        for (column, row) in assign(&turned).into_iter().enumerate() {
            if let Some(row) = row {
                choice[row] = Some(column);
            }
        }
        return choice;
    }
    // Index 0 of rows and columns stands for "none"; `of[j]` is column j's row.
    let mut by_row = vec![0.0; rows + 1];
    let mut by_column = vec![0.0; columns + 1];
    let mut of = vec![0; columns + 1];
    for row in 1..=rows {
        of[0] = row;
        let (path, mut at) = cheapest_path(scores, &mut by_row, &mut by_column, &of);
        while at != 0 {
            of[at] = of[path[at]];
            at = path[at];
        }
    }
    let mut choice = vec![None; rows];
    for column in 1..=columns {
        if of[column] > 0 {
            choice[of[column] - 1] = Some(column - 1);
        }
    }
    choice
}

/// From the row waiting at column 0 to a free column: each column's predecessor
/// on the cheapest path, and the free column. The prices are adjusted on the way.
fn cheapest_path(
    scores: &[Vec<f64>],
    by_row: &mut [f64],
    by_column: &mut [f64],
    of: &[usize],
) -> (Vec<usize>, usize) {
    let columns = of.len();
    let mut path = vec![0; columns];
    let mut least = vec![f64::INFINITY; columns];
    let mut used = vec![false; columns];
    let mut at = 0;
    while of[at] != 0 {
        used[at] = true;
        let row = of[at];
        let (mut step, mut next) = (f64::INFINITY, 0);
        for column in (1..columns).filter(|column| !used[*column]) {
            let cost = -scores[row - 1][column - 1] - by_row[row] - by_column[column];
            if cost < least[column] {
                (least[column], path[column]) = (cost, at);
            }
            if least[column] < step {
                (step, next) = (least[column], column);
            }
        }
        for column in 0..columns {
            if used[column] {
                by_row[of[column]] += step;
                by_column[column] -= step;
            } else {
                least[column] -= step;
            }
        }
        at = next;
    }
    (path, at)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn best_by_trial(scores: &[Vec<f64>], row: usize, used: &mut Vec<bool>) -> f64 {
        if row == scores.len() {
            return 0.0;
        }
        let mut best = best_by_trial(scores, row + 1, used);
        for column in 0..used.len() {
            if !used[column] {
                used[column] = true;
                let rest = best_by_trial(scores, row + 1, used);
                best = best.max(scores[row][column] + rest);
                used[column] = false;
            }
        }
        best
    }

    proptest::proptest! {
        #[test]
        fn the_assignment_is_as_good_as_the_best_by_trial(
            rows in 0_usize..5,
            columns in 0_usize..5,
            cells in proptest::collection::vec(0_u8..20, 25),
        ) {
            let score = |row: usize, column: usize| f64::from(cells[row * 5 + column]);
            let scores: Vec<Vec<f64>> = (0..rows)
                .map(|row| (0..columns).map(|column| score(row, column)).collect())
                .collect();
            let choice = assign(&scores);
            let mut taken: Vec<usize> = choice.iter().flatten().copied().collect();
            proptest::prop_assert_eq!(taken.len(), rows.min(columns));
            taken.sort_unstable();
            taken.dedup();
            proptest::prop_assert_eq!(taken.len(), rows.min(columns));
            let sum: f64 = choice
                .iter()
                .enumerate()
                .filter_map(|(row, column)| Some(scores[row][(*column)?]))
                .sum();
            let columns = if rows == 0 { 0 } else { columns };
            let best = best_by_trial(&scores, 0, &mut vec![false; columns]);
            proptest::prop_assert!((sum - best).abs() < 1e-9, "{sum} is not {best}");
        }
    }

    #[test]
    fn few_values_tell_little_and_a_pattern_all_columns_fit_tells_nothing() {
        let sure = |fits, others| likeness("Phone", "Tel", fits, others).sure;
        assert!(sure((1, 1), 0.0) < sure((40, 40), 0.0));
        assert_eq!(sure((40, 40), 1.0), sure((0, 0), 0.0));
        assert!(sure((0, 40), 0.0) < sure((0, 0), 0.0));
    }

    #[test]
    fn a_name_with_a_word_more_is_told_from_another_name() {
        assert!(holds("Mon", "New mon"));
        assert!(holds("Last Name", "Name"));
        assert!(!holds("Mon", "Monday"));
        assert!(!holds("Name", "%"));
    }

    #[test]
    fn a_slip_is_told_apart_from_another_name() {
        assert_eq!(slip("Phone", "PHONE"), Some("only the letter case differs"));
        assert_eq!(slip("Phone", "Phone\u{a0}"), Some("only blanks differ"));
        let both = Some("only letter case and blanks differ");
        assert_eq!(slip("Last Name", "LastNAME"), both);
        assert_eq!(slip("Phone", "Phones"), None);
    }
}
