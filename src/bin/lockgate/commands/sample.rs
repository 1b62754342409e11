//! `sample`: synthetic lead files, the same bytes for the same plan.

use lockgate::error::{Error, Result};
use lockgate::{report, sample};

use crate::args::{Global, OutputFormat, SampleArgs};
use crate::output::Answer;

pub fn run(global: &Global, args: &SampleArgs) -> Result<Answer> {
    let plan = sample::Plan {
        rows: args.rows,
        months: args.months,
        seed: args.seed,
        faults: args.fault.clone(),
    };
    let files = sample::write(&plan, &args.out)
        .map_err(|error| Error::engine(format!("writing to {}", args.out.display()), error))?;
    let rows: u64 = files.iter().map(|file| file.rows).sum();
    let bytes: u64 = files.iter().map(|file| file.bytes).sum();
    if global.format == OutputFormat::Json {
        let made = serde_json::json!({ "rows": rows, "files": files.len(), "bytes": bytes });
        return Ok(Answer::of(report::json(&made)));
    }
    let text = format!(
        "{} in {}, {}\n",
        report::counted(rows, "row"),
        report::counted(files.len() as u64, "file"),
        bytesize::ByteSize(bytes)
    );
    Ok(Answer::of(text))
}
