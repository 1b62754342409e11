//! What was probably meant by keys, kinds and tolerances that cannot be read.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::error::{Problem, Text, did_you_mean, nearest};

use super::{COMMON, KINDS, Kind};

/// Keys that neither the kind nor every kind has.
pub(super) fn unknown_keys(text: &Text, own: &Spanned<DeTable<'_>>, kind: &Kind) -> Vec<Problem> {
    let of_kind = || kind.args.iter().map(|arg| arg.name);
    let of_all = || COMMON.iter().map(|arg| arg.name);
    let keys = own.get_ref().keys();
    let unknown = keys.filter(|key| !of_kind().any(|known| known == &**key.get_ref()));
    let problem = |key: &Spanned<std::borrow::Cow<'_, str>>| {
        let name: &str = key.get_ref();
        let near = did_you_mean(name, of_kind().chain(of_all()));
        let near = near.map_or(String::new(), |near| format!("did you mean `{near}`? "));
        let own: Vec<&str> = of_kind().collect();
        let common: Vec<&str> = of_all().collect();
        let own = match own.is_empty() {
            true => format!("`{}` has no keys of its own", kind.name),
            false => format!("`{}` takes {}", kind.name, own.join(", ")),
        };
        Problem::new(
            "lockgate::toml::unknown_key",
            format!("unknown key `{name}`"),
        )
        .at(text, key.span(), "not a key of this table")
        .help(format!(
            "{near}{own}; every kind takes {}",
            common.join(", ")
        ))
    };
    unknown.map(problem).collect()
}

/// Kinds as other tools call them.
const ELSEWHERE: &[(&str, &str)] = &[
    ("accepted_values", "in_set"),
    ("relationships", "refers_to"),
    ("expression_is_true", "holds"),
    ("recency", "fresh"),
    ("freshness", "fresh"),
    ("regex", "matches"),
    ("unique_combination_of_columns", "unique"),
    ("equal_rowcount", "reconciles"),
    ("expect_column_values_to_be_in_set", "in_set"),
    ("expect_column_values_to_be_between", "between"),
    ("expect_column_values_to_not_be_null", "not_null"),
    ("expect_column_values_to_be_unique", "unique"),
    ("expect_column_values_to_match_regex", "matches"),
    ("expect_table_row_count_to_be_between", "row_count"),
];

/// The kinds that may have been meant, and where all are listed.
pub(super) fn nearest_kinds(name: &str) -> String {
    let all = format!("`lockgate explain` lists all {} kinds", KINDS.len());
    let lower = name.to_lowercase();
    if let Some((_, here)) = ELSEWHERE.iter().find(|(there, _)| *there == lower) {
        return format!("here it is called `{here}`; {all}");
    }
    let near = nearest(name, KINDS.iter().map(|kind| kind.name).collect(), 3);
    match did_you_mean(name, near.iter().copied()) {
        Some(one) => format!("did you mean `{one}`? {all}"),
        None => format!("the nearest are {}; {all}", near.join(", ")),
    }
}

/// A tolerance that is no table: what was probably meant.
pub(super) fn no_tolerance(text: &Text, allow: &Spanned<DeValue<'_>>) -> Problem {
    let written = text.text.get(allow.span()).unwrap_or_default();
    let number = written.trim_matches(['"', '\'', ' ']);
    let share = match number.strip_suffix('%') {
        Some(percent) => percent.trim().parse().ok().map(|it: f64| it / 100.0),
        None => number.parse().ok().filter(|_| number.contains('.')),
    };
    let meant = match (share, number.parse::<u64>()) {
        (Some(share), _) if (0.0..=1.0).contains(&share) => format!("{{ share = {share} }}"),
        (_, Ok(rows)) => format!("{{ rows = {rows} }}"),
        _ => "{ share = 0.03 }` or `allow = { rows = 5 }".to_owned(),
    };
    Problem::new("lockgate::expect::argument", "`allow` does not say of what")
        .at(text, allow.span(), "a share or a count of rows")
        .help(format!("write `allow = {meant}`"))
}
