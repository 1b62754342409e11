//! The invariants of the design, read off the source text.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use regex::Regex;

/// Imports within a floor that the crate documentation allows.
const WITHIN: &[(&str, &str)] = &[
    ("outcome", "error"),
    ("contract", "document"),
    ("expect", "contract"),
    ("intake", "contract"),
    ("run", "check"),
    ("run", "unit"),
    ("unit", "check"),
    ("expect", "document"),
];

/// Lines of a source file at most.
const LINES: usize = 450;

/// Every source file: its path below `src`, its module, its text without tests.
struct Source {
    path: String,
    module: String,
    code: String,
    whole: String,
}

fn sources() -> Vec<Source> {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut all = Vec::new();
    let mut todo = vec![src.clone()];
    while let Some(here) = todo.pop() {
        let entries = fs::read_dir(here).unwrap();
        let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
        paths.sort();
        for file in paths {
            if file.is_dir() {
                todo.push(file);
            } else if file.extension().is_some_and(|end| end == "rs") {
                let path = file.strip_prefix(&src).unwrap().display().to_string();
                let whole = fs::read_to_string(&file).unwrap();
                let first = path.split('/').next().unwrap();
                all.push(Source {
                    module: first.trim_end_matches(".rs").to_owned(),
                    code: if only_tests(&path) {
                        String::new()
                    } else {
                        shipped(&whole)
                    },
                    whole,
                    path,
                });
            }
        }
    }
    all.sort_by(|a, b| a.path.cmp(&b.path));
    assert!(all.len() > 50);
    all
}

/// Files that a `#[cfg(test)] mod …;` takes in.
fn only_tests(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap();
    name == "tests.rs" || name.ends_with("_tests.rs") || path == "intake/records/laws.rs"
}

/// The code that is not tests, comments or documentation, line for line.
fn shipped(text: &str) -> String {
    let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap();
    let lines = code.lines().map(|line| match line.trim_start() {
        comment if comment.starts_with("//") => "",
        _ => line,
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// `path:line: text` of every line of shipped code that matches, in the files asked about.
fn hits(pattern: &str, within: impl Fn(&Source) -> bool) -> Vec<String> {
    let pattern = Regex::new(pattern).unwrap();
    let mut hits = Vec::new();
    for source in sources().iter().filter(|source| within(source)) {
        for (at, line) in source.code.lines().enumerate() {
            if pattern.is_match(line) {
                hits.push(format!("src/{}:{}: {}", source.path, at + 1, line.trim()));
            }
        }
    }
    hits
}

fn none(hits: Vec<String>) {
    assert!(hits.is_empty(), "{hits:#?}");
}

/// The floor of each module, as the crate documentation draws it.
fn floors() -> BTreeMap<String, usize> {
    let drawn = Regex::new(r"(?m)^//! (\d)  ([a-z |]+)$").unwrap();
    let lib = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/lib.rs")).unwrap();
    let mut floors = BTreeMap::new();
    for found in drawn.captures_iter(&lib) {
        for module in found[2].split([' ', '|']).filter(|word| !word.is_empty()) {
            floors.insert(module.to_owned(), found[1].parse().unwrap());
        }
    }
    floors
}

/// The parts of the binary stand where `main` does; `lib` is no module.
fn stands(module: &str) -> &str {
    match module {
        "cli" | "deliver" | "explore" | "merge" | "monthly" | "progress" | "published" | "site" => {
            "main"
        }
        module => module,
    }
}

#[test]
fn every_module_stands_on_one_floor_and_imports_go_down() {
    let direct = Regex::new(r#"[^"\w](?:crate|lockgate)::([a-z_]+)"#).unwrap();
    let braced = Regex::new(r"(?s)use (?:crate|lockgate)::\{(.*?)\};").unwrap();
    let first = Regex::new(r"(?:^|,)\s*([a-z_]+)").unwrap();
    let nested = Regex::new(r"(?s)\{[^{}]*\}").unwrap();
    let floors = floors();
    let mut wrong = Vec::new();
    for source in sources().iter().filter(|source| source.module != "lib") {
        let names = direct
            .captures_iter(&source.code)
            .map(|found| found[1].to_owned());
        let mut names: Vec<String> = names.collect();
        for list in braced.captures_iter(&source.code) {
            let flat = nested.replace_all(&list[1], "");
            names.extend(first.captures_iter(&flat).map(|found| found[1].to_owned()));
        }
        names.sort();
        names.dedup();
        let own = stands(&source.module);
        for name in names
            .iter()
            .map(|name| stands(name))
            .filter(|name| *name != own)
        {
            let meant = WITHIN.contains(&(own, name));
            match (floors.get(own), floors.get(name)) {
                (Some(own), Some(other)) if other < own || meant => {}
                _ => wrong.push(format!("src/{} imports {name}", source.path)),
            }
        }
    }
    none(wrong);
}

#[test]
fn the_crate_documentation_draws_every_module_and_no_other() {
    let mut modules: Vec<String> = sources()
        .into_iter()
        .map(|source| stands(&source.module).to_owned())
        .filter(|module| module != "lib")
        .collect();
    modules.sort();
    modules.dedup();
    let drawn: Vec<String> = floors().into_keys().collect();
    assert_eq!(drawn, modules);
}

#[test]
fn only_the_engine_knows_the_session() {
    none(hits(r"\bSessionContext\b", |source| {
        source.module != "engine"
    }));
}

#[test]
fn only_main_prints() {
    none(hits(r"\be?print(ln)?!|\bdbg!", |source| {
        stands(&source.module) != "main"
    }));
}

#[test]
fn only_main_reads_the_clock() {
    let clock = r"(Utc|Local|SystemTime|Instant)::now";
    none(hits(clock, |source| stands(&source.module) != "main"));
}

#[test]
fn nothing_unwraps() {
    none(hits(
        r"\.unwrap\(\)|\.expect\(|\bpanic!|\btodo!|\bunimplemented!",
        |_| true,
    ));
}

#[test]
fn no_result_depends_on_hash_order() {
    none(hits(r"\bstd::collections::\{?.*Hash(Map|Set)", |source| {
        [
            "report",
            "history",
            "outcome",
            "check",
            "reference",
            "project",
        ]
        .contains(&source.module.as_str())
    }));
}

#[test]
fn no_source_file_is_longer_than_a_reader_takes_in() {
    let long = sources().into_iter().filter_map(|source| {
        let lines = source.whole.lines().count();
        (lines > LINES).then(|| format!("src/{}: {lines} lines", source.path))
    });
    none(long.collect());
}

#[test]
fn every_module_says_what_it_is() {
    let silent = sources()
        .into_iter()
        .filter(|source| !source.whole.starts_with("//!") && !only_tests(&source.path));
    none(
        silent
            .map(|source| format!("src/{}", source.path))
            .collect(),
    );
}

#[test]
fn the_lock_file_holds_one_datafusion_and_one_arrow() {
    let lock = Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.lock");
    let lock = fs::read_to_string(lock).unwrap();
    let package = Regex::new(r#"name = "([^"]+)"\nversion = "([^"]+)""#).unwrap();
    let mut versions: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for found in package.captures_iter(&lock) {
        let (_, [name, version]) = found.extract();
        versions.entry(name).or_default().push(version);
    }
    for name in [
        "datafusion",
        "datafusion-common",
        "arrow",
        "arrow-schema",
        "deltalake",
        "parquet",
    ] {
        assert_eq!(versions[name].len(), 1, "{name}: {:?}", versions[name]);
    }
}

#[test]
fn every_kind_and_every_cleaner_has_its_pages() {
    for kind in lockgate::expect::KINDS {
        let name = kind.name;
        assert!(
            !kind.summary.is_empty() && !kind.summary.contains('\n'),
            "{name}"
        );
        assert!(kind.about.ends_with('.'), "{name}: {}", kind.about);
        assert!(!kind.examples.is_empty(), "{name}");
        for example in kind.examples {
            let said = format!("kind = '{name}'");
            assert!(example.toml.starts_with(&said), "{name}: {}", example.toml);
        }
        let twins = lockgate::expect::KINDS
            .iter()
            .filter(|other| other.name == name);
        assert_eq!(twins.count(), 1, "{name}");
    }
    for cleaner in lockgate::clean::CLEANERS {
        assert!(
            !cleaner.summary.is_empty() && !cleaner.about.is_empty(),
            "{}",
            cleaner.name
        );
        assert!(!cleaner.examples.is_empty(), "{}", cleaner.name);
        let sql = format!("clean_{}", cleaner.name);
        let functions = lockgate::engine::FUNCTIONS;
        assert!(
            functions.iter().any(|function| function.name == sql),
            "{sql}"
        );
    }
}

#[test]
fn every_code_of_a_problem_is_of_one_shape() {
    let code = Regex::new(r#""(lockgate::[^"]*)""#).unwrap();
    let shape = Regex::new(r"^lockgate(::[a-z]+(_[a-z]+)*){1,2}$").unwrap();
    for source in sources() {
        for found in code.captures_iter(&source.code) {
            assert!(
                shape.is_match(&found[1]),
                "src/{}: {}",
                source.path,
                &found[1]
            );
        }
    }
}
