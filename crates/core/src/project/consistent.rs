//! What must hold between the files of a project.

use std::collections::BTreeMap;

use crate::document;
use crate::error::{Problem, Text, suggest};
use crate::expect::Expectation;
use crate::table_name::{TableName, raw};

use super::load::{Loader, MANIFEST, stem};
use super::sql::{self, Reference};
use super::{Manifest, Model, Project, Source, graph};

impl Loader<'_> {
    /// Contracts and expectations of no model.
    pub(super) fn stray(
        &mut self,
        manifest: &Manifest,
        folder: &str,
        models: &[(Model, Vec<Reference>)],
    ) {
        let layers: Vec<&str> = manifest
            .layers
            .iter()
            .map(|l| l.get_ref().as_str())
            .collect();
        for layer in layers {
            for path in self.files(&format!("{folder}/{layer}"), "toml") {
                let stem = stem(&path);
                let model = format!("models/{layer}/{stem}.sql");
                if self.files.is_file(&model) {
                    continue;
                }
                let known = models.iter().map(|(model, _)| model.name.as_str());
                let text = Text::new(
                    path.as_str(),
                    self.read(&path).map_or("".into(), |t| t.text),
                );
                self.problems.push(
                    Problem::new("lockgate::project::orphan", "this file belongs to no model")
                        .at(&text, 0..0, format!("there is no {model}"))
                        .help(suggest(&stem, known)),
                );
            }
        }
    }

    /// Tables of the report that are no models.
    pub(super) fn shown(&mut self, manifest: &Manifest, models: &[(Model, Vec<Reference>)]) {
        let known: Vec<&str> = models
            .iter()
            .map(|(model, _)| model.name.as_str())
            .collect();
        for name in &manifest.report.tables {
            let unknown = name.get_ref();
            if known.contains(&unknown.as_str()) || self.broken.contains(unknown) {
                continue;
            }
            let Some(text) = self.read(MANIFEST) else {
                return;
            };
            self.problems.push(
                Problem::new(
                    "lockgate::project::report",
                    format!("the report cannot show `{unknown}`: there is no such model"),
                )
                .at(&text, name.span(), "here")
                .help(suggest(unknown, known.iter().copied())),
            );
        }
    }

    /// Tables that are said to be removed, and are still there or say no reason.
    pub(super) fn gone(
        &mut self,
        manifest: &Manifest,
        sources: &[Source],
        models: &[(Model, Vec<Reference>)],
    ) {
        if manifest.removed.is_empty() {
            return;
        }
        let Some(text) = self.read(MANIFEST) else {
            return;
        };
        for removed in &manifest.removed {
            let name = removed.table.get_ref();
            let there = models.iter().any(|(model, _)| model.name == *name)
                || sources.iter().any(|source| *name == raw(&source.name));
            if there {
                let what = format!("`{name}` is said to be removed, and is still there");
                let problem = Problem::new("lockgate::project::removed", what);
                let problem = problem.at(&text, removed.table.span(), "a table of this project");
                self.problems
                    .push(problem.help("take this [[removed]] table out, or the model"));
            }
            self.problems.extend(document::unsaid(
                &text,
                &removed.because,
                "lockgate::project::removed",
                "say why it need not be there any more, in a sentence",
            ));
        }
    }

    /// Expectations of no source, and columns that a source's files do not have.
    pub(super) fn of_no_source(&mut self, sources: &[Source]) {
        for path in self.files("expectations/sources", "toml") {
            let name = stem(&path);
            if self.broken.contains(&raw(&name)) {
                continue;
            }
            if !sources.iter().any(|source| source.name == name) {
                let known = sources.iter().map(|source| source.name.as_str());
                let text = Text::new(
                    path.as_str(),
                    self.read(&path).map_or("".into(), |t| t.text),
                );
                self.problems.push(
                    Problem::new(
                        "lockgate::project::orphan",
                        "this file belongs to no source",
                    )
                    .at(
                        &text,
                        0..0,
                        format!("there is no contracts/sources/{name}.toml"),
                    )
                    .help(suggest(&name, known)),
                );
            }
        }
        for source in sources {
            let schema = source.contract.raw_schema();
            let known: Vec<&str> = schema.fields().iter().map(|f| f.name().as_str()).collect();
            let name = raw(&source.name);
            self.unknown_columns(&name, source.expectations.iter(), &known);
        }
    }

    /// Files that would never be read: in no layer's folder, or deeper than it.
    pub(super) fn unread(&mut self, manifest: &Manifest) {
        let layers: Vec<&str> = manifest
            .layers
            .iter()
            .map(|l| l.get_ref().as_str())
            .collect();
        for folder in ["models", "contracts", "expectations"] {
            for name in self.files.entries(folder) {
                let path = format!("{folder}/{name}");
                let inner = self.files.entries(&path);
                let sources = ["contracts/sources", "expectations/sources"];
                let known = layers.contains(&name.as_str()) || sources.contains(&path.as_str());
                if !self.files.is_folder(&path) {
                    if name.ends_with(".sql") || name.ends_with(".toml") {
                        self.astray(&path, &name, &layers);
                    }
                } else if known {
                    let deeper = inner.iter().map(|name| format!("{path}/{name}"));
                    for deep in deeper.filter(|deep| self.files.is_folder(deep)) {
                        self.problems.push(
                            Problem::new(
                                "lockgate::project::layer",
                                format!("{deep} is a folder within a layer, which is not read"),
                            )
                            .help(format!("put its files into {path} itself")),
                        );
                    }
                } else if !inner.is_empty() {
                    self.problems.push(
                        Problem::new(
                            "lockgate::project::layer",
                            format!("{path} is the folder of no layer"),
                        )
                        .help(suggest(&name, layers.iter().copied())),
                    );
                }
            }
        }
    }

    /// Tests of a model in the folder of no layer, which would never run. Other folders of `tests` are not
    /// lockgate's: many a tool keeps its own there.
    pub(super) fn stray_tests(&mut self, manifest: &Manifest, models: &[(Model, Vec<Reference>)]) {
        let layers: Vec<&str> = manifest
            .layers
            .iter()
            .map(|l| l.get_ref().as_str())
            .collect();
        let other = self.files.entries("tests").into_iter();
        for folder in other.filter(|name| !layers.contains(&name.as_str())) {
            let path = format!("tests/{folder}");
            let ours = self.files(&path, "toml").into_iter().any(|file| {
                let name = stem(&file);
                models.iter().any(|(model, _)| model.name == name)
            });
            if ours {
                self.problems.push(
                    Problem::new(
                        "lockgate::project::layer",
                        format!("{path} is the folder of no layer, and holds tests of a model"),
                    )
                    .help(suggest(&folder, layers.iter().copied())),
                );
            }
        }
    }

    fn astray(&mut self, path: &str, name: &str, layers: &[&str]) {
        let folder = path.trim_end_matches(name);
        self.problems.push(
            Problem::new(
                "lockgate::project::layer",
                format!("{path} lies in the folder of no layer"),
            )
            .help(format!(
                "put it into {folder}<layer>/; layers are: {}",
                layers.join(", ")
            )),
        );
    }

    /// Every name of every FROM clause is a model or raw table, of this layer or an earlier one.
    pub(super) fn references(&mut self, project: &Project, models: &[(Model, Vec<Reference>)]) {
        let place = |layer: &str| {
            let layers = &project.manifest.layers;
            layers.iter().position(|known| known.get_ref() == layer)
        };
        let known = project.relations();
        for (model, references) in models {
            for reference in references {
                let name = reference.parts.join(".");
                if self.broken.contains(&name) {
                    continue;
                }
                if !known.contains(&name) {
                    self.problems.push(
                        Problem::new(
                            "lockgate::project::reference",
                            format!("`{}` reads `{name}`, which is not there", model.name),
                        )
                        .at(
                            &model.text,
                            reference.span.clone(),
                            "no model and no raw table",
                        )
                        .help(suggest(&name, known.iter().map(String::as_str))),
                    );
                } else if let Some(read) = project.model(&name)
                    && place(&read.layer) > place(&model.layer)
                {
                    self.problems.push(
                        Problem::new(
                            "lockgate::project::later_layer",
                            format!(
                                "`{}` of layer {} reads `{name}` of the later layer {}",
                                model.name, model.layer, read.layer
                            ),
                        )
                        .at(&model.text, reference.span.clone(), "a later layer")
                        .help("a model reads its own layer or an earlier one: move one of the two"),
                    );
                }
            }
            self.arguments(model, project, &known);
        }
    }

    /// The other models that expectations name.
    fn arguments(&mut self, model: &Model, project: &Project, known: &[String]) {
        for (expectation, name) in model.asks() {
            let asked = name.get_ref();
            let problem = if self.broken.contains(asked) {
                continue;
            } else if !known.contains(asked) {
                Problem::new(
                    "lockgate::expect::unknown_model",
                    format!("there is no model or raw table `{asked}`"),
                )
                .help(suggest(asked, known.iter().map(String::as_str)))
            } else if project.descendants(&model.name).contains(asked) {
                Problem::new(
                    "lockgate::expect::later_model",
                    format!(
                        "`{asked}` is built after `{}` and cannot gate it",
                        model.name
                    ),
                )
                .help(format!(
                    "write the expectation for `{asked}`, which is built when both are there"
                ))
            } else {
                continue;
            };
            let problem = problem.at(&expectation.text, name.span(), "here");
            self.problems.push(problem);
        }
    }

    /// What is asked of a file's rows is asked before any model is built: it can read them, and the rows
    /// that came in before, as `known.<source>`.
    pub(super) fn of_other_tables(&mut self, project: &Project) {
        for source in &project.sources {
            let (own, known) = (
                raw(&source.name),
                TableName::known(&source.name).to_string(),
            );
            for expectation in &source.expectations {
                let read = super::tables_read(expectation).into_iter();
                for name in read.filter(|name| ![&own, &known].contains(&name.get_ref())) {
                    let what = format!(
                        "`{}` is asked of each file before it comes in, and cannot read `{}`",
                        expectation.id,
                        name.get_ref()
                    );
                    self.problems.push(
                        Problem::new("lockgate::expect::unknown_model", what)
                            .at(&expectation.text, name.span(), "here")
                            .help(format!(
                                "it can read `{own}` and `{known}`, the rows that came in before; ask others of a model"
                            )),
                    );
                }
            }
        }
    }

    /// Columns that a key or an expectation names are columns of the contract.
    pub(super) fn columns(&mut self, model: &Model) {
        let Some((contract, text)) = &model.contract else {
            return;
        };
        if contract.open {
            return;
        }
        let own = model.expectations.iter();
        let own = own.filter(|expectation| expectation.text.path != text.path);
        let known: Vec<&str> = contract.names().collect();
        self.unknown_columns(&model.name, own, &known);
    }

    fn unknown_columns<'a>(
        &mut self,
        table: &str,
        expectations: impl Iterator<Item = &'a Expectation>,
        known: &[&str],
    ) {
        for expectation in expectations {
            for column in expectation.args.columns() {
                if known.contains(&column.get_ref().as_str()) {
                    continue;
                }
                self.problems.push(
                    Problem::new(
                        "lockgate::expect::unknown_column",
                        format!("`{table}` has no column `{}`", column.get_ref()),
                    )
                    .at(&expectation.text, column.span(), "not in the contract")
                    .help(suggest(column.get_ref(), known.iter().copied())),
                );
            }
        }
    }

    /// The models in run order; a cycle is a problem that shows each of its reads.
    pub(super) fn ordered(
        &mut self,
        manifest: &Manifest,
        models: Vec<Model>,
    ) -> Option<Vec<Model>> {
        let readers = super::read_by(&models);
        let reads: BTreeMap<String, Vec<String>> = models
            .iter()
            .map(|model| {
                let asked = model.asks().into_iter().map(|(_, name)| name.into_inner());
                let later = graph::reachable(&readers, &model.name);
                // An expectation on a later model is told as such, not as a circle.
                let asked = asked.filter(|name| !later.contains(name));
                let before = model.reads.iter().cloned().chain(asked).collect();
                (model.name.clone(), before)
            })
            .collect();
        let rank = |name: &str| {
            let layer = models
                .iter()
                .find(|m| m.name == name)
                .map(|m| m.layer.as_str());
            let layers = manifest.layers.iter();
            layers
                .map(|l| l.get_ref().as_str())
                .position(|l| Some(l) == layer)
        };
        match graph::order(&reads, rank) {
            Ok(order) => Some(
                order
                    .iter()
                    .filter_map(|name| models.iter().find(|model| model.name == *name).cloned())
                    .collect(),
            ),
            Err(path) => {
                self.problems.push(cycle(&path, &models));
                None
            }
        }
    }
}

fn cycle(path: &[String], models: &[Model]) -> Problem {
    let shown = path.join(" -> ");
    let mut problem = Problem::new(
        "lockgate::project::cycle",
        format!("the models read each other in a circle: {shown}"),
    )
    .help("take one of these reads out, or split a model in two");
    for pair in path.windows(2) {
        let Some(model) = models.iter().find(|model| model.name == pair[0]) else {
            continue;
        };
        problem = problem.with(step(model, &pair[1]));
    }
    problem
}

/// How a model of a circle depends on the next: its SQL reads it, or one of its expectations does.
fn step(model: &Model, next: &str) -> Problem {
    let name = &model.name;
    let found = sql::references(&model.text, &model.sql);
    if let Some(read) = found.iter().find(|read| read.parts.join(".") == next) {
        let problem = Problem::new("lockgate::project::cycle", format!("{name} reads {next}"));
        return problem.at(&model.text, read.span.clone(), "here");
    }
    let what = format!("an expectation of {name} reads {next}");
    let problem = Problem::new("lockgate::project::cycle", what);
    let asks = model.asks();
    match asks.iter().find(|(_, asked)| asked.get_ref() == next) {
        Some((expectation, asked)) => problem.at(&expectation.text, asked.span(), "here"),
        None => problem,
    }
}
