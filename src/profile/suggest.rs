//! A contract and expectations that hold for what was measured, the figures as reasons.

use std::collections::BTreeSet;

use crate::contract::{Type, snake_case};
use crate::engine::{Form, Origin};
use crate::outcome::{Profile, Suggestion};

use super::keys::is_identifier;
use super::naming::{Naming, quoted, raw_names};
use super::target::Target;
use super::view::{View, counted, fitting};

/// Different values that are listed in an expectation, at most.
const LISTED: usize = 12;

pub(super) fn suggest(target: &Target, view: &View, told: &Profile) -> Vec<Suggestion> {
    if let Some(model) = target.model {
        let place = format!("{}/{}.toml", model.layer, model.name);
        let texts: Vec<bool> = match &target.origin {
            Origin::Table { columns, .. } => columns.iter().map(|(_, t)| t.is_string()).collect(),
            Origin::File { header, .. } => vec![true; header.len()],
        };
        return vec![
            suggestion(format!("contracts/{place}"), contract(target, view, told)),
            suggestion(
                format!("expectations/{place}"),
                expectations(view, told, &view.names, Some(&texts)),
            ),
        ];
    }
    // A raw table is the files of a source that has its contract.
    let Origin::File { header, .. } = &target.origin else {
        return Vec::new();
    };
    let distinct: BTreeSet<&String> = header.iter().collect();
    if distinct.len() != header.len() {
        return Vec::new();
    }
    let naming = Naming::of(target);
    let name = &naming.source;
    let raw = raw_names(header);
    vec![
        suggestion(
            format!("contracts/sources/{name}.toml"),
            source(target, view, told, &naming, &raw),
        ),
        suggestion(
            format!("expectations/sources/{name}.toml"),
            expectations(view, told, &raw, None),
        ),
    ]
}

fn suggestion(path: String, text: String) -> Suggestion {
    Suggestion { path, text }
}

fn owner(target: &Target) -> String {
    let first = target.project.and_then(|project| project.sources.first());
    first.map_or_else(
        || "data@example.com".to_owned(),
        |source| source.contract.owner.clone(),
    )
}

fn source(target: &Target, view: &View, told: &Profile, naming: &Naming, raw: &[String]) -> String {
    let Naming { source, rule, .. } = naming;
    let mut text = format!(
        "# Suggested by `lockgate profile` from {}.\nversion = \"1.0.0\"\nsummary = {}\nowner = {}\n\n[file]\n{rule}\n[columns]\n",
        counted(told.rows, "row"),
        quoted(&format!("The rows of {source}, a file a month.")),
        quoted(&owner(target)),
    );
    for (at, header) in view.names.iter().enumerate() {
        let mut parts = Vec::new();
        if view.tallies[at].present() == 0 {
            parts.push("use = \"optional\"".to_owned());
            parts.push(format!(
                "summary = {}",
                quoted(&format!("Empty in {}.", counted(told.rows, "row")))
            ));
        }
        if raw[at] != snake_case(header) {
            parts.push(format!("as = {}", quoted(&raw[at])));
        }
        if let Some(pattern) = pattern(view, at) {
            parts.push(format!("matches = {}", quoted(&pattern)));
        }
        let inner = if parts.is_empty() {
            String::new()
        } else {
            format!(" {} ", parts.join(", "))
        };
        text.push_str(&format!("{} = {{{inner}}}\n", quoted(header)));
    }
    text
}

/// A pattern of a column's values, where their form has one.
fn pattern(view: &View, at: usize) -> Option<String> {
    let pattern = match view.forms[at]? {
        Form::State => "^[A-Z]{2}$",
        Form::Zip => r"^\d{5}(-\d{4})?$",
        Form::Email => r"^[^@\s]+@[^@\s]+\.[^@\s]+$",
        Form::Phone => r"^\D*(\d\D*){10,11}$",
        Form::Integer => r"^[-+]?\d+$",
        Form::Boolean => "^(?i:y|n|yes|no|true|false|t|f)$",
        _ => return None,
    };
    Some(pattern.to_owned())
}

fn contract(target: &Target, view: &View, told: &Profile) -> String {
    let key = told.keys.iter().find(|key| key.identifier);
    let key = key.map_or(String::new(), |key| {
        let names: Vec<String> = key.columns.iter().map(|name| quoted(name)).collect();
        format!("key = [{}]\n", names.join(", "))
    });
    let mut text = format!(
        "# Suggested by `lockgate profile` from {}.\nversion = \"1.0.0\"\nsummary = {}\nowner = {}\n{key}\n[columns]\n",
        counted(told.rows, "row"),
        quoted(&format!("One row of {}.", told.subject)),
        quoted(&owner(target)),
    );
    let Origin::Table { columns, .. } = &target.origin else {
        return text;
    };
    for (at, (name, data_type)) in columns.iter().enumerate() {
        let kind = Type::of(data_type).map_or("text", Type::as_str);
        let null = if view.tallies[at].nulls > 0 {
            ", null = true"
        } else {
            ""
        };
        text.push_str(&format!(
            "{} = {{ type = \"{kind}\"{null} }}\n",
            quoted(name)
        ));
    }
    text
}

/// Expectations of the columns by `names`; `texts` says which columns of a table are text: of a
/// new file all are.
fn expectations(view: &View, told: &Profile, names: &[String], texts: Option<&[bool]>) -> String {
    let rows = counted(told.rows, "row");
    let mut text = format!(
        "# Suggested by `lockgate profile` from {rows}; the reasons are what it measured.\n"
    );
    expect(
        &mut text,
        "row_count",
        &[
            format!("min = {}", (told.rows / 2).max(1)),
            format!("max = {}", told.rows.saturating_mul(2)),
        ],
        true,
        &format!("{rows} were measured"),
    );
    if texts.is_none() {
        for key in told.keys.iter().filter(|key| key.identifier).take(2) {
            let columns = key
                .columns
                .iter()
                .filter_map(|name| view.names.iter().position(|n| n == name));
            let columns: Vec<String> = columns.map(|at| quoted(&names[at])).collect();
            let line = format!("columns = [{}]", columns.join(", "));
            expect(
                &mut text,
                "unique",
                &[line],
                false,
                &format!("no value repeats in {rows}"),
            );
        }
    }
    for at in (0..view.width()).filter(|at| !view.own[*at]) {
        let is_text = texts.as_ref().is_none_or(|texts| texts[at]);
        column(&mut text, view, at, &names[at], texts.is_none(), is_text);
    }
    text
}

fn column(text: &mut String, view: &View, at: usize, name: &str, raw: bool, is_text: bool) {
    let tally = &view.tallies[at];
    let (of, rows) = (tally.present(), counted(tally.rows, "row"));
    let line = format!("column = {}", quoted(name));
    if tally.nulls == tally.rows {
        let why = format!("it is empty in {rows}: what fills it is news");
        return expect(text, "is_null", &[line], true, &why);
    }
    if raw && tally.nulls == 0 {
        expect(
            text,
            "not_null",
            std::slice::from_ref(&line),
            true,
            &format!("it is filled in {rows}"),
        );
    }
    let clean = tally.blanks == 0 && tally.padded == 0;
    if !clean || view.hides(at) {
        return;
    }
    if !is_text {
        return range(text, view, at, &line);
    }
    let form = view.forms[at];
    let misses = form.map_or(0, |form| of - fitting(tally, form));
    let mut allow = Vec::new();
    let mut why = format!("all {} read so", counted(of, "value"));
    if misses > 0 {
        allow.push(format!("allow = {{ rows = {misses} }}"));
        let verb = if misses == 1 { "does" } else { "do" };
        why = format!("{misses} of {} {verb} not read so", counted(of, "value"));
    }
    let with = |lines: &[String]| [std::slice::from_ref(&line), lines, &allow].concat();
    match form {
        Some(Form::Date(format)) => {
            let lines = with(&[
                "as = \"date\"".to_owned(),
                format!("format = {}", quoted(format)),
            ]);
            expect(text, "parses_as", &lines, true, &why);
        }
        Some(Form::Timestamp(format)) => {
            let lines = with(&[
                "as = \"timestamp\"".to_owned(),
                format!("format = {}", quoted(format)),
            ]);
            expect(text, "parses_as", &lines, true, &why);
        }
        Some(Form::Integer) => {
            expect(
                text,
                "parses_as",
                &with(&["as = \"int\"".to_owned()]),
                true,
                &why,
            );
        }
        Some(Form::Zip | Form::Email | Form::Phone) => {
            let pattern = pattern(view, at).unwrap_or_default();
            expect(
                text,
                "matches",
                &with(&[format!("pattern = {}", quoted(&pattern))]),
                true,
                &why,
            );
        }
        None | Some(Form::Boolean | Form::State) => words(text, view, at, &line),
        _ => {}
    }
}

/// The ends of a column of numbers; of dates the first only, for later ones are to come.
fn range(text: &mut String, view: &View, at: usize, line: &str) {
    let tally = &view.tallies[at];
    let Some((form, [least, most])) = view.forms[at].zip(view.ends(at)) else {
        return;
    };
    let few = tally.present() < 20;
    if few || fitting(tally, form) < tally.present() || is_identifier(view, at) {
        return;
    }
    let (least, most) = (least.text(form), most.text(form));
    let mut lines = vec![line.to_owned(), format!("min = {least}")];
    match form {
        Form::Integer | Form::Decimal => lines.push(format!("max = {most}")),
        Form::Date("%Y-%m-%d") => {}
        _ => return,
    }
    let why = format!(
        "{} from {least} to {most}",
        counted(tally.present(), "value")
    );
    expect(text, "between", &lines, true, &why);
}

/// The lengths of codes: as good as one, and short.
fn length(text: &mut String, view: &View, at: usize, line: &str) {
    let tally = &view.tallies[at];
    let Some([least, _, most]) = tally.lengths() else {
        return;
    };
    if tally.present() < 20 || most > 20 || most - least > 2 {
        return;
    }
    let (bounds, why) = match least == most {
        true => (
            vec![format!("equals = {most}")],
            format!("{most} characters"),
        ),
        false => (
            vec![format!("min = {least}"), format!("max = {most}")],
            format!("{least} to {most} characters"),
        ),
    };
    let lines = [vec![line.to_owned()], bounds].concat();
    let why = format!("{} of {why}", counted(tally.present(), "value"));
    expect(text, "length", &lines, true, &why);
}

/// What is asked of texts without a form: to be of a list, or else as long as the others.
fn words(text: &mut String, view: &View, at: usize, line: &str) {
    if !listed(text, view, at, line) {
        length(text, view, at, line);
    }
}

/// A short list of values that each occur again and again is all there should be;
/// whether it is one.
fn listed(text: &mut String, view: &View, at: usize, line: &str) -> bool {
    let tally = &view.tallies[at];
    let Some(values) = tally.counted() else {
        return false;
    };
    let often = tally.present() >= 20 && values.len() as u64 * 3 <= tally.present();
    if values.len() > LISTED || !often || values.iter().any(|(text, _)| text.len() > 80) {
        return false;
    }
    let mut words: Vec<String> = values.iter().map(|(text, _)| quoted(text)).collect();
    words.sort();
    let lines = [line.to_owned(), format!("values = [{}]", words.join(", "))];
    let why = format!(
        "{} in {}",
        counted(values.len() as u64, "different value"),
        counted(tally.rows, "row")
    );
    expect(text, "in_set", &lines, true, &why);
    true
}

fn expect(text: &mut String, kind: &str, lines: &[String], warns: bool, because: &str) {
    text.push_str(&format!("\n[[expect]]\nkind = \"{kind}\"\n"));
    for line in lines {
        text.push_str(&format!("{line}\n"));
    }
    if warns {
        text.push_str("severity = \"warn\"\n");
    }
    text.push_str(&format!("because = {}\n", quoted(because)));
}
