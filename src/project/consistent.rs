//! What must hold between the files of a project.

use std::collections::BTreeMap;

use crate::error::{Problem, Text, suggest};

use super::load::{Loader, entries, stem};
use super::sql::{self, Reference};
use super::{Manifest, Model, Project, graph};

impl Loader<'_> {
    /// Contracts and expectations of no model, and folders of no layer.
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
        for name in entries(&self.root.join(folder)) {
            let known = layers.contains(&name.as_str())
                || (folder, name.as_str()) == ("contracts", "sources");
            if !known && self.root.join(folder).join(&name).is_dir() {
                self.problems.push(
                    Problem::new(
                        "lockgate::project::layer",
                        format!("{folder}/{name} is the folder of no layer"),
                    )
                    .help(suggest(&name, layers.iter().copied())),
                );
            }
        }
        for layer in layers {
            for path in self.files(&format!("{folder}/{layer}"), "toml") {
                let stem = stem(&path);
                let model = format!("models/{layer}/{stem}.sql");
                if self.root.join(&model).is_file() {
                    continue;
                }
                let what = folder.trim_end_matches('s');
                let known = models.iter().map(|(model, _)| model.name.as_str());
                let text = Text::new(
                    path.as_str(),
                    self.read(&path).map_or("".into(), |t| t.text),
                );
                self.problems.push(
                    Problem::new(
                        "lockgate::project::orphan",
                        format!("this {what} file belongs to no model: there is no {model}"),
                    )
                    .at(&text, 0..0, "of no model")
                    .help(suggest(&stem, known)),
                );
            }
        }
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
            let Some(wrong) = refers_wrongly(model, name.get_ref(), project, known) else {
                continue;
            };
            self.problems.push(
                Problem::new("lockgate::expect::unknown_model", wrong)
                    .at(&expectation.text, name.span(), "here")
                    .help(suggest(name.get_ref(), known.iter().map(String::as_str))),
            );
        }
    }

    /// Columns that a key or an expectation names are columns of the contract.
    pub(super) fn columns(&mut self, model: &Model) {
        let Some((contract, _)) = &model.contract else {
            return;
        };
        if contract.open {
            return;
        }
        for expectation in &model.expectations {
            for column in expectation.args.columns() {
                if contract.names().any(|name| name == column.get_ref()) {
                    continue;
                }
                self.problems.push(
                    Problem::new(
                        "lockgate::expect::unknown_column",
                        format!("`{}` has no column `{}`", model.name, column.get_ref()),
                    )
                    .at(&expectation.text, column.span(), "not in the contract")
                    .help(suggest(column.get_ref(), contract.names())),
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
        let reads: BTreeMap<String, Vec<String>> = models
            .iter()
            .map(|model| {
                let asked = model.asks().into_iter().map(|(_, name)| name.into_inner());
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

fn refers_wrongly(
    model: &Model,
    name: &str,
    project: &Project,
    known: &[String],
) -> Option<String> {
    if !known.iter().any(|k| k == name) {
        return Some(format!("there is no model or raw table `{name}`"));
    }
    let readers = project.descendants(&model.name);
    (name == model.name || readers.iter().any(|reader| reader == name)).then(|| {
        format!(
            "`{name}` is built after `{}` and cannot gate it",
            model.name
        )
    })
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
        let found = sql::references(&model.text, &model.sql);
        if let Some(read) = found.iter().find(|read| read.parts.join(".") == pair[1]) {
            problem = problem.with(
                Problem::new(
                    "lockgate::project::cycle",
                    format!("{} reads {}", pair[0], pair[1]),
                )
                .at(&model.text, read.span.clone(), "here"),
            );
        }
    }
    problem
}
