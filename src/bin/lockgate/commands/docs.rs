//! `docs`: the project's documentation, written into a folder.

use std::fs;
use std::path::{Path, PathBuf};

use lockgate::check;
use lockgate::engine::Engine;
use lockgate::error::{Error, Problem, Result};
use lockgate::history;
use lockgate::outcome::Run;
use lockgate::report::{self, Format, Month, SiteFile};

use crate::args::{DocsArgs, Global};
use crate::context::{format, load, memory, warehouse};
use crate::documents;
use crate::output::Answer;

/// Lists the files that were written, so that the folder is known again and a page whose model
/// is gone is taken out.
const MARK: &str = ".lockgate-docs";
const REPORT: &str = "report.html";

/// Writes the pages, and says so.
pub async fn run(global: &Global, args: &DocsArgs) -> Result<Answer> {
    let project = load(global)?;
    let name = &project.manifest.name;
    let folder = match &args.out {
        Some(out) => out.clone(),
        None => PathBuf::from(format!("{name}-docs")),
    };
    let before = ours(&folder, args.force)?;
    let catalogue = check::catalogue(&project).await?;
    let engine = Engine::new(memory(global))?;
    let (runs, fuzz_runs) = match history::open(&engine, &warehouse(global, &project)?).await? {
        true => (
            history::months(&engine, name).await?,
            history::fuzz_runs(&engine, name).await?,
        ),
        false => (Vec::new(), Vec::new()),
    };
    let shown = |runs: Vec<Run>| -> Vec<Run> {
        let runs = runs.into_iter();
        runs.map(|run| run.shown_with(project.manifest.samples))
            .collect()
    };
    let (runs, fuzz_runs) = (shown(runs), shown(fuzz_runs));
    let month = runs.last().map(|run| Month::of(run, &runs));
    let beside = folder.join(REPORT).is_file().then(|| REPORT.to_owned());
    let report = args.report_url.clone().or(beside);
    let files = report::docs(&catalogue, month.as_ref(), &fuzz_runs, report.as_deref());
    write(&folder, &before, &files)?;
    let pages = files.iter().filter(|file| file.path.ends_with(".html"));
    let pages = report::counted(pages.count() as u64, "page");
    let index = folder.join("index.html");
    let text = match format(global) {
        Format::Json => report::json(&catalogue),
        _ => format!("{pages}; open {}\n", index.display()),
    };
    Ok(Answer::of(text))
}

/// The files that an earlier run wrote into the folder.
///
/// # Errors
/// A folder with files of someone else, unless forced.
fn ours(folder: &Path, force: bool) -> Result<Vec<String>> {
    if let Ok(mark) = fs::read_to_string(folder.join(MARK)) {
        return Ok(mark.lines().map(str::to_owned).collect());
    }
    let failed = |error| Error::engine(format!("reading {}", folder.display()), error);
    if !folder.exists() || force {
        return Ok(Vec::new());
    }
    for entry in folder.read_dir().map_err(failed)? {
        if entry.map_err(failed)?.file_name() != REPORT {
            let message = format!(
                "{} holds files that lockgate did not write",
                folder.display()
            );
            let help = "name a new folder with --out, or write among them with --force: they stay, \
                        but for those of a page's name";
            let problem = Problem::new("lockgate::docs::not_empty", message);
            return Err(Error::project(problem.help(help)));
        }
    }
    Ok(Vec::new())
}

fn write(folder: &Path, before: &[String], files: &[SiteFile]) -> Result<()> {
    let put = |path: &str, text: &str| documents::write(&folder.join(path), text);
    // First of all the mark: a folder half written is ours too.
    let names: Vec<&str> = files.iter().map(|file| file.path.as_str()).collect();
    let mut known: Vec<&str> = before
        .iter()
        .map(String::as_str)
        .chain(names.clone())
        .collect();
    known.sort_unstable();
    known.dedup();
    put(MARK, &(known.join("\n") + "\n"))?;
    for file in files {
        put(&file.path, &file.text)?;
    }
    for old in known.iter().filter(|old| !names.contains(old)) {
        remove(folder, old)?;
    }
    let mut names = names;
    names.sort_unstable();
    put(MARK, &(names.join("\n") + "\n"))
}

/// Takes out a page that an earlier run wrote; nothing outside of the folder.
fn remove(folder: &Path, old: &str) -> Result<()> {
    let inside = Path::new(old).components();
    let mut inside = inside.map(|part| matches!(part, std::path::Component::Normal(_)));
    let path = folder.join(old);
    if !inside.all(|plain| plain) || !path.is_file() {
        return Ok(());
    }
    fs::remove_file(&path)
        .map_err(|error| Error::engine(format!("removing {}", path.display()), error))
}
