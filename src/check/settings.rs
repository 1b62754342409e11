//! What changed of the settings that gates are judged by: keys of `lockgate.toml`.

use crate::document;
use crate::error::Text;
use crate::expect::{Expectation, Measure, Moment, Subject};
use crate::outcome::{Change, Class, Part, Spot};
use crate::project::{AsOf, MANIFEST, Manifest, Project};
use crate::table_name::raw;

use super::edition::Edition;

/// Every gate that is judged by another setting than it was, table by table.
///
/// Which way it goes cannot be told without the data, so that the gate counts as
/// weaker, unless the manifest says why by `weakened`.
pub(super) fn changes(old: &Edition<'_>, new: &Edition<'_>) -> Vec<Change> {
    let (before, now) = (&old.project.manifest, &new.project.manifest);
    let Some(text) = new.text(MANIFEST) else {
        return Vec::new();
    };
    let mut changes = Vec::new();
    if before.as_of != now.as_of {
        let words = format!(
            "as_of was {} and is {}",
            word(before.as_of),
            word(now.as_of)
        );
        let felt = gates(new.project, |asked| asked_of_a_day(asked) || past(asked));
        changes.extend(weaker((&text, "as_of"), "as_of_changed", &words, felt));
    }
    if before.warehouse != now.warehouse {
        let words = "another warehouse has another past".to_owned();
        let felt = gates(new.project, past);
        changes.extend(weaker(
            (&text, "warehouse"),
            "warehouse_changed",
            &words,
            felt,
        ));
    }
    if now.outside_links && !before.outside_links {
        let words = "files from outside of the data folder are taken in".to_owned();
        let sources = new.project.sources.iter();
        let felt = sources.map(|source| (raw(&source.name), Vec::new()));
        let felt = felt.collect();
        changes.extend(weaker(
            (&text, "outside_links"),
            "links_allowed",
            &words,
            felt,
        ));
    }
    if let Some(reason) = reason(before, now) {
        for change in &mut changes {
            change.class = Class::Compatible;
            change.reason = Some(reason.clone());
        }
    }
    changes
}

/// Why gates may be weaker; a reason that the base had already is about another change.
fn reason(before: &Manifest, now: &Manifest) -> Option<String> {
    let said = |manifest: &Manifest| {
        manifest
            .weakened
            .as_ref()
            .map(|said| said.get_ref().clone())
    };
    said(now).filter(|reason| said(before).as_ref() != Some(reason))
}

fn word(as_of: AsOf) -> &'static str {
    match as_of {
        AsOf::Now => "\"now\"",
        AsOf::NewestFile => "\"newest_file\"",
    }
}

/// Whether what is measured depends on the day that the run takes for today.
fn asked_of_a_day(asked: &Expectation) -> bool {
    let on = |day: i32| {
        asked.lower(&Subject {
            table: "t".to_owned(),
            filter: None,
            quarantine: None,
            moment: Moment::from(day),
        })
    };
    on(0) != on(1)
}

/// Whether the figure is held against earlier ones.
fn past(asked: &Expectation) -> bool {
    let subject = Subject {
        table: "t".to_owned(),
        filter: None,
        quarantine: None,
        moment: Moment::from(0),
    };
    matches!(asked.lower(&subject), Measure::Value { bound, .. } if bound.against.is_some())
}

/// The models with an expectation of that sort, each with their ids.
fn gates(project: &Project, sort: impl Fn(&Expectation) -> bool) -> Vec<(String, Vec<String>)> {
    let models = project.models.iter().map(|model| {
        let asked = model.expectations.iter().filter(|asked| sort(asked));
        let ids = asked.map(|asked| format!("`{}`", asked.id)).collect();
        (model.name.clone(), ids)
    });
    models
        .filter(|(_, ids): &(_, Vec<String>)| !ids.is_empty())
        .collect()
}

fn weaker(
    (text, key): (&Text, &str),
    what: &'static str,
    words: &str,
    felt: Vec<(String, Vec<String>)>,
) -> Vec<Change> {
    let place = Spot::now(text, document::key_span(text, key));
    let changes = felt.into_iter().map(|(table, ids)| {
        let message = match ids.is_empty() {
            true => words.to_owned(),
            false => format!("{words}, by which {} is judged", ids.join(", ")),
        };
        let class = Class::Breaking;
        let mut change = Change::new(Part::Manifest, class, what, place.clone(), message);
        change.table = table;
        change
    });
    changes.collect()
}
