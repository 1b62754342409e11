//! A check of a project that is right.

use lockgate_core::outcome::Checked;

use super::super::counted;
use super::super::style::{DIM, GOOD, ODD};

/// What a check of a right project tells: what was planned, which keys need the data.
pub fn check_summary(checked: &Checked) -> String {
    let names = checked
        .models
        .iter()
        .map(|m| m.name.len())
        .max()
        .unwrap_or(0);
    let layers = checked
        .models
        .iter()
        .map(|m| m.layer.len())
        .max()
        .unwrap_or(0);
    let mut text = String::new();
    for model in &checked.models {
        let columns = match model.columns {
            Some(columns) => counted(columns as u64, "column"),
            None => "no contract".to_owned(),
        };
        let key = match &model.key {
            None => format!("{DIM}no key{DIM:#}"),
            Some(key) => match &key.proof {
                Some(why) => format!(
                    "{GOOD}key proved{GOOD:#} ({}): {why}",
                    key.columns.join(", ")
                ),
                None => format!(
                    "{ODD}key counted{ODD:#} ({}) in each run",
                    key.columns.join(", ")
                ),
            },
        };
        text.push_str(&format!(
            "{DIM}{:layers$}{DIM:#}  {:names$}  {columns:>11}  {:>15}  {key}\n",
            model.layer,
            model.name,
            counted(model.expectations as u64, "expectation")
        ));
    }
    let bare = checked
        .models
        .iter()
        .filter(|model| model.columns.is_none());
    let bare = bare.count();
    let kept = counted((checked.models.len() - bare) as u64, "model");
    let bare = match bare {
        0 => String::new(),
        bare => format!(", {} without one", counted(bare as u64, "model")),
    };
    text.push_str(&format!(
        "\n{GOOD}OK{GOOD:#}  contracts kept by {kept}{bare}; no data was read\n"
    ));
    text
}
