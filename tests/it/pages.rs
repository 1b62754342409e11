//! The README and the pages of `docs/`: what they show is run, what they name is there.
//!
//! - `console`: `$ lockgate …` and what it prints. `…` alone stands for any lines, at the end of a line for its rest.
//!   A comment above says where: `<!-- project: leads -->` or `starter`, and with `;` between them `exit N`,
//!   `first run` (the output of the run that made the project) and `replace PATH: OLD => NEW`.
//! - `toml`: one that begins with `# PATH` is put into the page's own starter project, with `# in PATH` into the
//!   file that is there; `check` takes what comes of all of them.
//! - `sh` and commands in sentences: the command line takes them.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use regex::Regex;
use tempfile::TempDir;

use super::cli::{Answer, lockgate, root, starter};
use super::shop::write;

/// The leads project after its first run, and what the run said.
static LEADS: LazyLock<(TempDir, Answer)> = LazyLock::new(|| {
    let folder = tempfile::tempdir().unwrap();
    let made = lockgate(folder.path(), &["init", ".", "--example", "leads"]);
    assert_eq!(made.code, 0, "{}", made.err);
    let from = root().join("examples/renamed-column");
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        let text = fs::read_to_string(&path).unwrap();
        write(
            folder.path(),
            &format!("examples/renamed-column/{name}"),
            &text,
        );
    }
    let run = lockgate(folder.path(), &["run"]);
    (folder, run)
});

struct Page {
    name: String,
    text: String,
}

/// What stands between fences, and the comment above it.
struct Block {
    language: String,
    comment: String,
    text: String,
    line: usize,
}

fn pages() -> Vec<Page> {
    let mut paths = vec![PathBuf::from("README.md"), "CONTRIBUTING.md".into()];
    for entry in fs::read_dir(root().join("docs")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|end| end == "md") {
            paths.push(Path::new("docs").join(path.file_name().unwrap()));
        }
    }
    paths.sort();
    let read = |path: PathBuf| Page {
        text: fs::read_to_string(root().join(&path)).unwrap(),
        name: path.display().to_string(),
    };
    paths.into_iter().map(read).collect()
}

fn blocks(page: &Page) -> Vec<Block> {
    let mut found = Vec::new();
    let mut lines = page.text.lines().enumerate();
    let mut before = "";
    while let Some((at, line)) = lines.next() {
        if let Some(language) = line.strip_prefix("```") {
            let inner = lines.by_ref().map(|(_, line)| line);
            let inner: Vec<&str> = inner.take_while(|line| *line != "```").collect();
            let comment = before
                .strip_prefix("<!-- ")
                .and_then(|c| c.strip_suffix(" -->"));
            found.push(Block {
                language: language.to_owned(),
                comment: comment.unwrap_or_default().to_owned(),
                text: inner.join("\n") + "\n",
                line: at + 1,
            });
        }
        before = line;
    }
    found
}

/// Words as a shell parts them; quotes alone are known.
fn words(command: &str) -> Vec<String> {
    let word = Regex::new(r#""([^"]*)"|'([^']*)'|(\S+)"#).unwrap();
    let words = word.captures_iter(command).map(|found| {
        let part = (1..4).find_map(|at| found.get(at));
        part.unwrap().as_str().to_owned()
    });
    words.collect()
}

/// Every line of `expected` stands in `found`, in order, as the dots allow.
fn shows(expected: &str, found: &str) -> Result<(), String> {
    let mut rest = found.lines().map(str::trim_end);
    let mut skipping = false;
    for line in expected.lines().map(str::trim_end) {
        if line == "…" {
            skipping = true;
            continue;
        }
        let is = |found: &str| match line.strip_suffix('…') {
            Some(beginning) => found.starts_with(beginning),
            None => found == line,
        };
        let hit = match skipping {
            true => rest.any(is),
            false => rest.next().is_some_and(is),
        };
        if !hit {
            return Err(format!("not shown: {line}"));
        }
        skipping = false;
    }
    match skipping || rest.next().is_none() {
        true => Ok(()),
        false => Err("more is printed than shown".to_owned()),
    }
}

/// Puts a block of TOML where its first line says; `false`: it says nothing.
fn placed(block: &Block, project: &Path) -> bool {
    let path = Regex::new(r"^# (in )?(\S+\.toml)").unwrap();
    let Some(found) = path.captures(&block.text) else {
        return false;
    };
    let path = &found[2];
    let text = match found.get(1) {
        None => block.text.clone(),
        Some(_) => {
            let there = fs::read_to_string(project.join(path)).unwrap_or_default();
            merged(&there, &block.text)
        }
    };
    write(project, path, &text);
    true
}

/// One table of two: keys of the second win, lists grow.
fn merged(there: &str, more: &str) -> String {
    fn into(table: &mut toml::Table, more: toml::Table) {
        for (key, value) in more {
            match (table.get_mut(&key), value) {
                (Some(toml::Value::Table(old)), toml::Value::Table(new)) => into(old, new),
                (Some(toml::Value::Array(old)), toml::Value::Array(new)) => old.extend(new),
                (_, value) => {
                    table.insert(key, value);
                }
            }
        }
    }
    let mut table: toml::Table = there.parse().unwrap();
    into(&mut table, more.parse().unwrap());
    toml::to_string(&table).unwrap()
}

/// Runs a block as its comment says, in the page's own project or in the leads project.
fn run(block: &Block, own: &Path) -> Result<(), String> {
    let (command, expected) = block.text.split_once('\n').unwrap();
    let Some(arguments) = command.strip_prefix("$ lockgate ") else {
        return Err("does not begin with $ lockgate".to_owned());
    };
    let (mut folder, mut code, mut first) = (own, 0, false);
    for part in block.comment.split(';').map(str::trim) {
        if part == "project: leads" {
            folder = LEADS.0.path();
        } else if part == "first run" {
            first = true;
        } else if let Some(number) = part.strip_prefix("exit ") {
            code = number.parse().map_err(|_| format!("what is {part}?"))?;
        } else if let Some(change) = part.strip_prefix("replace ") {
            let (path, change) = change.split_once(": ").ok_or("replace what?")?;
            let (old, new) = change.split_once(" => ").ok_or("replace with what?")?;
            let text = fs::read_to_string(own.join(path)).unwrap();
            assert_eq!(text.matches(old).count(), 1, "{old} in {path}");
            write(own, path, &text.replace(old, new));
        } else if part != "project: starter" {
            return Err(format!("no comment above says where: {part:?}"));
        }
    }
    let arguments = words(arguments);
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let asked = match first {
        true => None,
        false => Some(lockgate(folder, &arguments)),
    };
    let answer = asked.as_ref().unwrap_or(&LEADS.1);
    let printed = format!("{}{}", answer.out, answer.err);
    if answer.code != code {
        return Err(format!("exit {} and not {code}\n{printed}", answer.code));
    }
    shows(expected, &printed).map_err(|why| format!("{why}\n--- printed\n{printed}"))
}

#[test]
fn every_command_that_a_page_shows_prints_what_the_page_shows() {
    let mut wrong = Vec::new();
    for page in pages() {
        let own = starter();
        for block in blocks(&page) {
            let told = match block.language.as_str() {
                "console" => run(&block, own.path()),
                "toml" => block.text.parse::<toml::Table>().map_or_else(
                    |error| Err(error.to_string()),
                    |_| {
                        placed(&block, own.path());
                        Ok(())
                    },
                ),
                _ => Ok(()),
            };
            if let Err(why) = told {
                wrong.push(format!("{}:{}: {why}", page.name, block.line));
            }
        }
        let check = lockgate(own.path(), &["check", "-q"]);
        if check.code != 0 {
            wrong.push(format!("{}: {}{}", page.name, check.out, check.err));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn what_a_page_shows_is_in_a_language_that_is_tried() {
    let known = ["sh", "console", "toml", "yaml", "sql"];
    for page in pages() {
        for block in blocks(&page) {
            let case = format!("{}:{}: {}", page.name, block.line, block.language);
            // What lies where is drawn as text.
            let tree = block.language == "text" && block.comment == "a tree of files";
            assert!(tree || known.contains(&block.language.as_str()), "{case}");
        }
    }
}

/// Commands of lockgate in blocks of `sh` and in sentences.
fn commands(page: &Page) -> Vec<String> {
    let mut found = Vec::new();
    for block in blocks(page).iter().filter(|block| block.language == "sh") {
        let joined = block.text.replace("\\\n", " ");
        let lines = joined
            .lines()
            .map(|line| line.split(" #").next().unwrap_or(line));
        let lines = lines.map(|line| line.trim().replace("cargo run -- ", "lockgate "));
        found.extend(lines.filter(|line| line.starts_with("lockgate ")));
    }
    let fences = Regex::new(r"(?s)```.*?```").unwrap();
    let prose = fences.replace_all(&page.text, "");
    let inline = Regex::new(r"`(lockgate [^`]+)`").unwrap();
    let inline = inline.captures_iter(&prose);
    found.extend(inline.map(|found| found[1].replace('\n', " ")));
    found
}

/// `[RUN]` and `KIND=PATH` stand for what one writes.
fn filled(word: &str) -> String {
    let word = word.trim_matches(['[', ']']).replace('…', "");
    match word.as_str() {
        "KIND=PATH" => "junit=out.xml".to_owned(),
        "SIZE" => "1GiB".to_owned(),
        "N" | "S" => "1".to_owned(),
        "COLUMN=VALUE" => "a=b".to_owned(),
        _ => word,
    }
}

#[test]
fn the_command_line_takes_every_command_that_a_page_names() {
    let elsewhere = tempfile::tempdir().unwrap();
    let mut wrong = BTreeMap::new();
    let mut seen = 0;
    for page in pages() {
        for command in commands(&page) {
            let words: Vec<String> = words(&command)
                .iter()
                .skip(1)
                .map(|word| filled(word))
                .collect();
            let mut arguments: Vec<&str> = words.iter().map(String::as_str).collect();
            arguments.push("--help");
            let answer = lockgate(elsewhere.path(), &arguments);
            seen += 1;
            if answer.code != 0 {
                wrong.insert(format!("{}: {command}", page.name), answer.err);
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(seen > 30, "{seen}");
}

#[test]
fn every_link_of_a_page_leads_to_a_file() {
    let link = Regex::new(r"\]\(([^)#]+)(#[^)]*)?\)").unwrap();
    for page in pages() {
        let folder = root().join(&page.name);
        let folder = folder.parent().unwrap();
        for found in link.captures_iter(&page.text) {
            let to = &found[1];
            let there = to.starts_with("https://") || folder.join(to).exists();
            assert!(there, "{}: {to}", page.name);
        }
    }
}

#[test]
fn every_path_of_the_repository_that_a_page_names_is_there() {
    let path = Regex::new(r"`((?:src|crates|tests/it|benches|scripts|fuzz)/[^`\s*<]*)`").unwrap();
    for page in pages() {
        for found in path.captures_iter(&page.text) {
            assert!(
                root().join(&found[1]).exists(),
                "{}: {}",
                page.name,
                &found[1]
            );
        }
    }
}

#[test]
fn every_figure_has_a_command_that_is_there() {
    let page = fs::read_to_string(root().join("docs/figures.md")).unwrap();
    let rows = page.lines().filter(|line| line.starts_with("| "));
    let mut before = String::new();
    for row in rows.filter(|row| !row.starts_with("| what ")) {
        let command = row.trim_end_matches('|').rsplit(" | ").next().unwrap();
        let command = command.trim().trim_matches('`');
        let command = match command.starts_with("the same") {
            true => before.clone(),
            false => command.to_owned(),
        };
        let is_there = |path: String| root().join(path).exists();
        let named = match words(&command)
            .iter()
            .map(String::as_str)
            .collect::<Vec<_>>()[..]
        {
            ["python3", script, ..] => is_there(script.to_owned()),
            ["cargo", "bench", "--bench", bench, ..] => is_there(format!("benches/{bench}.rs")),
            ["cargo", "test", "--test", "it", module, ..] => {
                is_there(format!("tests/it/{module}.rs"))
            }
            ["measured", "once,", ..] => true,
            [module] => is_there(format!("tests/it/{}.rs", module.replace("::", "/"))),
            _ => false,
        };
        assert!(named, "{row}");
        before = command;
    }
}
