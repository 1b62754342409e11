//! Reading a project's folder: every problem of every file in one go.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::contract::{Contract, SourceContract};
use crate::document;
use crate::error::{Error, Problem, Result, Text};
use crate::expect::{self, Expectation};
use crate::intake::pattern_problems;
use crate::table_name::{raw, source_of};

use super::cleaner::{self, DeclaredCleaner};
use super::sql::{self, Reference};
use super::{Files, Manifest, Model, Project, Source, test_case};

/// The file that makes a folder a project.
pub const MANIFEST: &str = "lockgate.toml";

/// The folder that holds `lockgate.toml`: `start` or the nearest one above it.
pub fn find(start: &Path) -> Result<PathBuf> {
    let mut folder = Some(start);
    while let Some(here) = folder {
        if here.join(MANIFEST).is_file() {
            return Ok(here.to_owned());
        }
        folder = here.parent();
    }
    Err(Error::project(
        Problem::new(
            "lockgate::project::none",
            "there is no lockgate.toml here or in a folder above",
        )
        .help("go to a project, name one with --project, or make one: lockgate init DIR"),
    ))
}

/// Reads the project in `root`.
///
/// # Errors
/// All problems of all its files, in file order; files are named relative to `root`.
pub fn load(root: &Path) -> Result<Project> {
    load_files(root, &Files::Folder(root.to_owned()))
}

/// Reads a project from `files`; `root` is where its data and tables lie.
///
/// # Errors
/// As those of [`load`].
pub fn load_files(root: &Path, files: &Files) -> Result<Project> {
    let (mut project, problems) = read(root, files)?;
    if !problems.is_empty() {
        return Err(Error::Project(problems));
    }
    project.define();
    Ok(project)
}

/// Reads what is sound of the project in `root`, and the problems of its other files.
///
/// Where there are problems, the models are in no order and may read what is not there: that will
/// do to look for a source or a name, not to run anything.
///
/// # Errors
/// Those of `lockgate.toml`, without which nothing of the project is known.
pub fn load_sound(root: &Path) -> Result<(Project, Vec<Problem>)> {
    read(root, &Files::Folder(root.to_owned()))
}

fn read(root: &Path, files: &Files) -> Result<(Project, Vec<Problem>)> {
    let mut loader = Loader {
        files,
        problems: Vec::new(),
        broken: BTreeSet::new(),
    };
    let Some(manifest) = loader.manifest() else {
        return Err(Error::Project(loader.problems));
    };
    let sources = loader.sources();
    let mut models = loader.models(&manifest);
    loader.unread(&manifest);
    loader.shown(&manifest, &models);
    loader.gone(&manifest, &sources, &models);
    loader.of_no_source(&sources);
    loader.stray(&manifest, "contracts", &models);
    loader.stray(&manifest, "expectations", &models);
    loader.stray(&manifest, "tests", &models);
    loader.stray_tests(&manifest, &models);
    let unordered = Project {
        root: root.to_owned(),
        manifest: manifest.clone(),
        sources,
        models: models.iter().map(|(m, _)| m.clone()).collect(),
        cleaners: Vec::new(),
    };
    loader.references(&unordered, &models);
    loader.of_other_tables(&unordered);
    loader.tests(&mut models, &unordered.relations());
    let cleaners = loader.cleaners(&unordered);
    loader.circles(&cleaners);
    loader.asked_by(unordered.expectations());
    for (model, _) in &mut models {
        loader.columns(model);
    }
    let models: Vec<Model> = models.into_iter().map(|(model, _)| model).collect();
    let project = match loader.ordered(&manifest, models) {
        Some(models) => Project {
            cleaners,
            models,
            ..unordered
        },
        None => unordered,
    };
    loader.problems.sort_by_key(Problem::place);
    Ok((project, loader.problems))
}

pub(super) struct Loader<'a> {
    pub(super) files: &'a Files,
    pub(super) problems: Vec<Problem>,
    /// Models and raw tables whose file is there and wrong: who reads them is not told that they are missing.
    pub(super) broken: BTreeSet<String>,
}

impl Loader<'_> {
    pub(super) fn read(&mut self, path: &str) -> Option<Text> {
        match self.files.read(path) {
            Ok(text) => Some(Text::new(path, text)),
            Err(error) => {
                self.problems.push(
                    Problem::new(
                        "lockgate::project::read",
                        format!("{path} cannot be read: {error}"),
                    )
                    .help("the file must be readable and hold UTF-8 text"),
                );
                None
            }
        }
    }

    /// The files of a folder with an extension, sorted; none where there is no folder.
    pub(super) fn files(&self, folder: &str, extension: &str) -> Vec<String> {
        let mut names = self.files.entries(folder);
        names.retain(|name| name.ends_with(&format!(".{extension}")));
        names
            .into_iter()
            .map(|name| format!("{folder}/{name}"))
            .collect()
    }

    fn keep<T>(&mut self, result: std::result::Result<T, Vec<Problem>>) -> Option<T> {
        match result {
            Ok(value) => Some(value),
            Err(problems) => {
                self.problems.extend(problems);
                None
            }
        }
    }

    fn manifest(&mut self) -> Option<Manifest> {
        if !self.files.exists(MANIFEST) {
            self.problems.push(
                Problem::new(
                    "lockgate::project::none",
                    "the folder of the project holds no lockgate.toml",
                )
                .help("name another with --project, or make a project: lockgate init DIR"),
            );
            return None;
        }
        let text = self.read(MANIFEST)?;
        let table = document::document(&text);
        let table = self.keep(table)?;
        let manifest: Manifest = self.keep(document::typed(&text, table))?;
        let reason = manifest.weakened.as_ref();
        self.problems.extend(reason.and_then(|reason| {
            let help = "say why gates may be weaker than they were, in a sentence";
            document::unsaid(&text, reason, "lockgate::project::reason", help)
        }));
        let mut seen = BTreeSet::new();
        for layer in &manifest.layers {
            let name = layer.get_ref().as_str();
            let wrong = match name {
                "sources" | "raw" | "history" | "cleaners" => "is a name of lockgate's own",
                _ if !seen.insert(name) => "is listed twice",
                _ => continue,
            };
            self.problems.push(
                Problem::new(
                    "lockgate::project::layer",
                    format!("the layer `{name}` {wrong}"),
                )
                .at(&text, layer.span(), "here")
                .help("give each layer a name of its own, in build order"),
            );
        }
        Some(manifest)
    }

    fn sources(&mut self) -> Vec<Source> {
        let mut sources = Vec::new();
        for path in self.files("contracts/sources", "toml") {
            let source = match self.named(&path, "source") {
                true => self.source(&path),
                false => None,
            };
            match source {
                Some(source) => sources.push(source),
                None => {
                    self.broken.insert(raw(&stem(&path)));
                }
            }
        }
        sources
    }

    fn source(&mut self, path: &str) -> Option<Source> {
        let text = self.read(path)?;
        let contract = document::document(&text).and_then(|table| document::typed(&text, table));
        let contract: SourceContract = self.keep(contract)?;
        self.problems.extend(contract.problems(&text));
        self.problems
            .extend(pattern_problems(&contract.file, &text));
        let name = stem(path);
        Some(Source {
            expectations: self.expectations(&format!("expectations/sources/{name}.toml")),
            name,
            contract,
            text,
        })
    }

    fn cleaners(&mut self, project: &Project) -> Vec<DeclaredCleaner> {
        let tables = project.relations();
        let columns = |table: &str| {
            if let Some(name) = source_of(table) {
                let schema = project.source(name)?.contract.raw_schema();
                return Some(schema.fields().iter().map(|f| f.name().clone()).collect());
            }
            let (contract, _) = project.model(table)?.contract.as_ref()?;
            let names = contract.columns.keys().map(|name| name.get_ref().clone());
            Some(names.collect())
        };
        let mut cleaners = Vec::new();
        for path in self.files("cleaners", "toml") {
            if let Some(text) = self.read(&path) {
                cleaners.extend(self.keep(cleaner::load(&text, &tables, &columns)));
            }
        }
        cleaners
    }

    fn models(&mut self, manifest: &Manifest) -> Vec<(Model, Vec<Reference>)> {
        let mut models: Vec<(Model, Vec<Reference>)> = Vec::new();
        let mut seen = BTreeSet::new();
        let layers = manifest.layers.iter().map(|layer| layer.get_ref());
        for layer in layers.filter(|layer| seen.insert(*layer)) {
            for path in self.files(&format!("models/{layer}"), "sql") {
                let model = match self.named(&path, "model") {
                    true => self.model(layer, &path),
                    false => None,
                };
                let Some(model) = model else {
                    self.broken.insert(stem(&path));
                    continue;
                };
                if let Some((twin, _)) = models.iter().find(|(m, _)| m.name == model.0.name) {
                    self.problems.push(
                        Problem::new(
                            "lockgate::project::twin",
                            format!("two models are called `{}`", twin.name),
                        )
                        .at(
                            &model.0.text,
                            0..0,
                            format!("the other is {}", twin.text.path),
                        )
                        .help("rename one of the files: a model's name is its file's"),
                    );
                    continue;
                }
                models.push(model);
            }
        }
        models
    }

    /// Whether a file's name can be the name of a table: a dot would divide it in SQL.
    fn named(&mut self, path: &str, what: &str) -> bool {
        let name = stem(path);
        let fits = !(name.is_empty() || name.contains(['.', '"']));
        if !fits {
            let help = "a dot divides the parts of a name in SQL: rename the file, for example with _ in its place";
            self.problems.push(
                Problem::new(
                    "lockgate::project::name",
                    format!("a {what} cannot be called `{name}`"),
                )
                .at(&Text::new(path, ""), 0..0, "its name is the file's")
                .help(help),
            );
        }
        fits
    }

    fn model(&mut self, layer: &str, path: &str) -> Option<(Model, Vec<Reference>)> {
        let name = stem(path);
        let text = self.read(path)?;
        let contract = self.contract(&format!("contracts/{layer}/{name}.toml"));
        let mut expectations = match &contract {
            Some((contract, text)) => expect::implied(contract, text),
            None => Vec::new(),
        };
        let own = self.expectations(&format!("expectations/{layer}/{name}.toml"));
        let twice = own.iter().filter_map(|own| twice(own, &expectations));
        self.problems.extend(twice);
        expectations.extend(own);
        let sql = match sql::parse(&text) {
            Ok(sql) => sql,
            Err(problem) => {
                self.problems.push(*problem);
                return None;
            }
        };
        let references = sql::references(&text, &sql);
        let mut reads: Vec<String> = Vec::new();
        for reference in &references {
            let name = reference.parts.join(".");
            if !reads.contains(&name) {
                reads.push(name);
            }
        }
        let model = Model {
            name,
            layer: layer.to_owned(),
            text,
            sql,
            reads,
            contract,
            expectations,
            tests: Vec::new(),
            removed_tests: Vec::new(),
        };
        Some((model, references))
    }

    /// The unit tests of each model.
    fn tests(&mut self, models: &mut [(Model, Vec<Reference>)], tables: &[String]) {
        for (model, _) in models {
            let path = format!("tests/{}/{}.toml", model.layer, model.name);
            if !self.files.is_file(&path) {
                continue;
            }
            let Some(text) = self.read(&path) else {
                continue;
            };
            let files = self.files;
            let open = |path: &str| files.read(path);
            // A name misspelt in the SQL is told there, and not in every test as well.
            let sound = model.reads.iter().all(|read| tables.contains(read));
            let reads = sound.then_some(model.reads.as_slice());
            let (file, problems) = test_case::load(&text, reads, &open);
            model.tests = file.tests;
            model.removed_tests = file.removed;
            self.problems.extend(problems);
        }
    }

    fn contract(&mut self, path: &str) -> Option<(Contract, Text)> {
        if !self.files.is_file(path) {
            return None;
        }
        let text = self.read(path)?;
        let contract = document::document(&text).and_then(|table| document::typed(&text, table));
        let contract: Contract = self.keep(contract)?;
        self.problems.extend(contract.problems(&text));
        Some((contract, text))
    }

    fn expectations(&mut self, path: &str) -> Vec<Expectation> {
        if !self.files.is_file(path) {
            return Vec::new();
        }
        let Some(text) = self.read(path) else {
            return Vec::new();
        };
        let (expectations, problems) = expect::load(&text);
        self.problems.extend(problems);
        expectations
    }
}

/// An expectation whose id the contract's own have too: the two would be one line of the history.
fn twice(own: &Expectation, implied: &[Expectation]) -> Option<Problem> {
    let other = implied.iter().find(|other| other.id == own.id)?;
    let line = own.span.start..own.text.line_end(own.span.start);
    let contract = Problem::new(
        "lockgate::expect::duplicate_id",
        format!("the contract asks for `{}`", other.id),
    )
    .at(&other.text, other.span.clone(), "by this");
    Some(
        Problem::new(
            "lockgate::expect::duplicate_id",
            format!("the contract has an expectation of the id `{}`", own.id),
        )
        .at(&own.text, line, "this has it too")
        .help("take it out where it asks the same, else give it an `id` of its own")
        .with(contract),
    )
}

pub(super) fn stem(path: &str) -> String {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.rsplit_once('.')
        .map_or(name, |(stem, _)| stem)
        .to_owned()
}
