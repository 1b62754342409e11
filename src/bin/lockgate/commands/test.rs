//! `test`: the unit tests of models, given rows in and expected rows out.

use lockgate::error::Result;
use lockgate::project::select;
use lockgate::{report, unit};

use super::check::modified;
use crate::args::{Global, TestArgs};
use crate::context::{load, memory};
use crate::documents::Found;
use crate::output::{Answer, found, written};

/// What the unit tests of the models selected came to.
pub async fn run(global: &Global, args: &TestArgs) -> Result<Found> {
    let project = load(global)?;
    let modified = modified(&project, args.base.as_deref()).await?;
    let selected = select(&project, &args.select, modified.as_ref())?;
    let id = uuid::Uuid::now_v7().to_string();
    let run = unit::run(&project, &selected, memory(global), id, &chrono::Utc::now).await?;
    Answer::of(written(global, &run, report::test_summary)).print(global)?;
    Ok(Found {
        suites: report::of_test(&run),
        ..found(&run, None, false)
    })
}
