//! The invariants of the design, read off the source text.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use regex::Regex;

/// Imports within a floor that the documentation of its crate allows.
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

/// What each crate of the workspace may depend on; the compiler holds the rest.
const ARROWS: &[(&str, &[&str])] = &[
    ("clean", &[]),
    ("sample", &[]),
    ("core", &["clean"]),
    ("report", &["core"]),
    ("engine", &["clean", "core"]),
    ("", &["clean", "core", "engine", "report", "sample"]),
];

/// Lines of a source file at most.
const LINES: usize = 450;

/// A source file: its path below the root of the workspace, its crate (`lockgate`: ""), its module,
/// its text without tests.
struct Source {
    path: String,
    krate: String,
    module: String,
    code: String,
    whole: String,
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn sources() -> Vec<Source> {
    let mut all = Vec::new();
    for (krate, _) in ARROWS {
        let src = match *krate {
            "" => root().join("src"),
            name => root().join("crates").join(name).join("src"),
        };
        let mut todo = vec![src.clone()];
        while let Some(here) = todo.pop() {
            for entry in fs::read_dir(here).unwrap() {
                let file = entry.unwrap().path();
                if file.is_dir() {
                    todo.push(file);
                } else if file.extension().is_some_and(|end| end == "rs") {
                    all.push(source(krate, &src, &file));
                }
            }
        }
    }
    all.sort_by(|a, b| a.path.cmp(&b.path));
    assert!(all.len() > 50);
    all
}

fn source(krate: &str, src: &Path, file: &Path) -> Source {
    let within = file.strip_prefix(src).unwrap().display().to_string();
    let path = file.strip_prefix(root()).unwrap().display().to_string();
    let whole = fs::read_to_string(file).unwrap();
    let first = within.split('/').next().unwrap();
    Source {
        krate: krate.to_owned(),
        // The binary is one module.
        module: match first {
            "bin" => "main".to_owned(),
            first => first.trim_end_matches(".rs").to_owned(),
        },
        code: if only_tests(&path) {
            String::new()
        } else {
            shipped(&whole)
        },
        whole,
        path,
    }
}

/// Files that a `#[cfg(test)] mod …;` takes in.
fn only_tests(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap();
    name == "tests.rs" || name.ends_with("_tests.rs") || path.ends_with("intake/records/laws.rs")
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
                hits.push(format!("{}:{}: {}", source.path, at + 1, line.trim()));
            }
        }
    }
    hits
}

fn none(hits: Vec<String>) {
    assert!(hits.is_empty(), "{hits:#?}");
}

/// The floor of each module of a crate, as its documentation draws it.
fn floors(krate: &str) -> BTreeMap<String, usize> {
    let drawn = Regex::new(r"(?m)^//! (\d)  ([a-z_ |]+)$").unwrap();
    let lib = match krate {
        "" => root().join("src/lib.rs"),
        name => root().join("crates").join(name).join("src/lib.rs"),
    };
    let lib = fs::read_to_string(lib).unwrap();
    let mut floors = BTreeMap::new();
    for found in drawn.captures_iter(&lib) {
        for module in found[2].split([' ', '|']).filter(|word| !word.is_empty()) {
            floors.insert(module.to_owned(), found[1].parse().unwrap());
        }
    }
    floors
}

/// The crates whose modules stand on floors.
const FLOORED: [&str; 2] = ["", "core"];

#[test]
fn every_module_stands_on_one_floor_and_imports_go_down() {
    let direct = Regex::new(r#"[^"\w](?:crate|lockgate)::([a-z_]+)"#).unwrap();
    let braced = Regex::new(r"(?s)use (?:crate|lockgate)::\{(.*?)\};").unwrap();
    let first = Regex::new(r"(?:^|,)\s*([a-z_]+)").unwrap();
    let nested = Regex::new(r"(?s)\{[^{}]*\}").unwrap();
    let mut wrong = Vec::new();
    for krate in FLOORED {
        let floors = floors(krate);
        let all = sources().into_iter();
        for source in all.filter(|source| source.krate == krate && source.module != "lib") {
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
            let own = source.module.as_str();
            // What the binary calls its own modules by, and what other crates hold, stands on no floor here.
            let drawn = names.iter().filter(|name| floors.contains_key(*name));
            for name in drawn.filter(|name| *name != own) {
                let meant = WITHIN.contains(&(own, name));
                match (floors.get(own), floors.get(name)) {
                    (Some(own), Some(other)) if other < own || meant => {}
                    _ => wrong.push(format!("{} imports {name}", source.path)),
                }
            }
        }
    }
    none(wrong);
}

#[test]
fn the_documentation_of_a_crate_draws_every_module_and_no_other() {
    for krate in FLOORED {
        let all = sources().into_iter().filter(|source| source.krate == krate);
        let mut modules: Vec<String> = all
            .map(|source| source.module)
            .filter(|module| module != "lib")
            .collect();
        modules.sort();
        modules.dedup();
        let drawn: Vec<String> = floors(krate).into_keys().collect();
        assert_eq!(drawn, modules, "{krate}");
    }
}

#[test]
fn crates_depend_on_one_another_along_the_arrows_alone() {
    let named = Regex::new(r"(?m)^lockgate-([a-z]+)\.workspace").unwrap();
    for (krate, arrows) in ARROWS {
        let manifest = match *krate {
            "" => root().join("Cargo.toml"),
            name => root().join("crates").join(name).join("Cargo.toml"),
        };
        let text = fs::read_to_string(manifest).unwrap();
        let found = named.captures_iter(&text).map(|found| found[1].to_owned());
        let found: Vec<String> = found.collect();
        assert_eq!(found, *arrows, "{krate}");
    }
}

#[test]
fn only_the_engine_depends_on_datafusion_and_delta_lake() {
    let named = r"\b(datafusion|deltalake)::";
    none(hits(named, |source| source.krate != "engine"));
}

#[test]
fn only_the_engine_knows_the_session() {
    none(hits(r"\bSessionContext\b", |source| {
        source.krate != "engine"
    }));
}

#[test]
fn all_sql_goes_through_the_gateway_and_one_place_builds_sessions() {
    let plans = r"ctx\.sql\(|sql_with_options|create_logical_plan|statement_to_plan|DataFrame::new|parse_sql_expr|create_logical_expr|ctx\.create_physical_expr";
    // `dialect` plans for the gateway, and for nobody else.
    let gateway = ["crates/engine/src/guard.rs", "crates/engine/src/dialect.rs"];
    none(hits(plans, |source| {
        !gateway.contains(&source.path.as_str())
    }));
    none(hits(r"dialect::plan", |source| {
        source.path != "crates/engine/src/guard.rs"
    }));
    let builds = r"SessionContext::new|SessionStateBuilder::new|SessionConfig::new";
    none(hits(builds, |source| {
        source.path != "crates/engine/src/session.rs"
    }));
}

#[test]
fn only_main_prints() {
    none(hits(r"\be?print(ln)?!|\bdbg!", |source| {
        source.module != "main"
    }));
}

#[test]
fn only_main_reads_the_clock() {
    let clock = r"(Utc|Local|SystemTime|Instant)::now";
    none(hits(clock, |source| source.module != "main"));
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
        ["history", "outcome", "check", "reference", "project"].contains(&source.module.as_str())
            || source.krate == "report"
    }));
}

#[test]
fn no_source_file_is_longer_than_a_reader_takes_in() {
    let long = sources().into_iter().filter_map(|source| {
        let lines = source.whole.lines().count();
        (lines > LINES).then(|| format!("{}: {lines} lines", source.path))
    });
    none(long.collect());
}

#[test]
fn every_module_says_what_it_is() {
    let silent = sources()
        .into_iter()
        .filter(|source| !source.whole.starts_with("//!") && !only_tests(&source.path));
    none(silent.map(|source| source.path.clone()).collect());
}

#[test]
fn the_lock_file_holds_one_datafusion_and_one_arrow() {
    let lock = root().join("Cargo.lock");
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
        "sqlparser",
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
            assert!(shape.is_match(&found[1]), "{}: {}", source.path, &found[1]);
        }
    }
}

/// All files below a folder whose names end so.
fn files(folder: &Path, end: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    let found = paths.flat_map(|path| match path.is_dir() {
        true => files(&path, end),
        false if path.to_str().unwrap().ends_with(end) => vec![path],
        false => Vec::new(),
    });
    found.collect()
}

#[test]
fn every_snapshot_is_one_that_a_test_compares() {
    let mut folders = vec![root().join("tests")];
    folders.push(root().join("crates"));
    let code: String = folders
        .iter()
        .flat_map(|folder| files(folder, ".rs"))
        .map(|path| fs::read_to_string(path).unwrap())
        .collect();
    // A long name is written over two lines.
    let gap = Regex::new(r"\\?\s+").unwrap();
    let code = gap.replace_all(&code, " ");
    let kinds = lockgate::expect::KINDS.iter().map(|kind| kind.name);
    let kinds: Vec<&str> = kinds.collect();
    let mut unused = Vec::new();
    for path in folders.iter().flat_map(|folder| files(folder, ".snap")) {
        let name = path.file_stem().unwrap().to_str().unwrap();
        let name = name.rsplit("__").next().unwrap();
        let quoted = [
            format!("\"{}\"", name.replace('_', " ")),
            format!("\"{name}\""),
        ];
        let named = quoted.iter().any(|name| code.contains(name.as_str()))
            || code.contains(&format!("fn {name}("))
            || kinds.contains(&name);
        if !named {
            unused.push(path);
        }
    }
    assert!(unused.is_empty(), "{unused:#?}");
}
