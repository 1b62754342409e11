//! What changed of the laws, examples and inputs that a declared cleaner is held to.

use std::ops::Range;

use crate::outcome::{Change, Class, Part, Spot};
use crate::project::{DeclaredCleaner, OwnLaw, Project};

/// Every law, example and input of a cleaner that is gone or other than it was, cleaner by cleaner.
///
/// Whether another law asks for less cannot be told: it counts as weaker. The cleaner says why by
/// `weakened`, new or other than before; of one that is gone `[[removed]]` in the manifest does.
pub(super) fn changes(old: &Project, new: &Project) -> Vec<Change> {
    let mut changes = Vec::new();
    for before in &old.cleaners {
        let name = format!("cleaners/{}", before.name);
        let now = new.cleaners.iter().find(|now| now.name == before.name);
        let mut found = match now {
            Some(now) => compared(before, now),
            None => vec![gone(before, new, &name)],
        };
        for change in &mut found {
            change.table.clone_from(&name);
        }
        changes.extend(found);
    }
    changes
}

fn gone(before: &DeclaredCleaner, new: &Project, name: &str) -> Change {
    let mut removed = new.manifest.removed.iter();
    let reason = removed.find(|removed| removed.table.get_ref() == name);
    let place = Spot::base(&before.text, before.sql.span());
    let words = "the cleaner is gone, with its laws and examples";
    let mut change = Change::new(
        Part::Cleaner,
        class(reason.is_some()),
        "cleaner_dropped",
        place,
        words,
    );
    change.reason = reason.map(|removed| removed.because.get_ref().clone());
    change
}

fn class(is_said: bool) -> Class {
    match is_said {
        true => Class::Compatible,
        false => Class::Breaking,
    }
}

fn compared(before: &DeclaredCleaner, now: &DeclaredCleaner) -> Vec<Change> {
    let mut found: Vec<(&'static str, Spot, String)> = Vec::new();
    let top = || Spot::now(&now.text, now.sql.span());
    let of_base = |span: Range<usize>| Spot::base(&before.text, span);
    for law in before.laws.iter().filter(|law| !now.laws.contains(law)) {
        let words = format!("the law `{law}` is gone");
        found.push(("law_deleted", top(), words));
    }
    for law in &before.own_laws {
        let name = law.name.get_ref();
        let same = now.own_laws.iter().find(|it| it.name.get_ref() == name);
        match same {
            None => {
                let words = format!("the law `{name}` is gone");
                found.push(("law_deleted", of_base(law.name.span()), words));
            }
            Some(other) if asks(law) != asks(other) => {
                let place = Spot::now(&now.text, other.holds.span());
                let words = format!("the law `{name}` asks for something else");
                found.push(("law_changed", place, words));
            }
            Some(_) => {}
        }
    }
    for example in &before.examples {
        let mut same = now.examples.iter();
        if !same.any(|it| it.raw == example.raw) {
            let words = format!("the example {:?} is gone", example.raw);
            found.push(("example_deleted", top(), words));
        }
    }
    let inputs = before.inputs.iter();
    let fewer = inputs.filter(|input| !now.inputs.contains(input)).count();
    if fewer > 0 {
        let words = "it is not tried on all the texts that it was tried on".to_owned();
        found.push(("input_dropped", top(), words));
    }
    let form = |cleaner: &DeclaredCleaner| cleaner.form.as_ref().map(|it| it.get_ref().clone());
    if before.form.is_some() && form(before) != form(now) {
        let place = now
            .form
            .as_ref()
            .map(|it| Spot::now(&now.text, it.span()))
            .unwrap_or_else(top);
        let words = "a clean text may have another form".to_owned();
        found.push(("form_changed", place, words));
    }
    told(before, now, found)
}

/// The changes that are weaker, with the reason for them, and the examples that have other answers.
fn told(
    before: &DeclaredCleaner,
    now: &DeclaredCleaner,
    found: Vec<(&'static str, Spot, String)>,
) -> Vec<Change> {
    let reason = now.weakened.clone();
    let reason = reason.filter(|_| before.weakened != now.weakened);
    let weaker = found.into_iter().map(|(what, place, words)| {
        let is_said = reason.is_some();
        let mut change = Change::new(Part::Cleaner, class(is_said), what, place, words);
        change.reason.clone_from(&reason);
        change
    });
    let other = before.examples.iter().filter(|example| {
        let answers = || now.examples.iter().filter(|it| it.raw == example.raw);
        answers().next().is_some() && answers().all(|it| it.clean != example.clean)
    });
    let other = other.map(|example| {
        let place = Spot::now(&now.text, now.sql.span());
        let words = format!("the example {:?} has another answer", example.raw);
        let class = Class::Compatible;
        Change::new(Part::Cleaner, class, "example_changed", place, words)
    });
    weaker.chain(other).collect()
}

/// What a law asks, whatever its sentence.
fn asks(law: &OwnLaw) -> (Option<&str>, Option<&str>, &str) {
    let other = law.other.as_ref().map(|it| it.get_ref().as_str());
    let filter = law.filter.as_ref().map(|it| it.get_ref().as_str());
    (other, filter, law.holds.get_ref())
}
