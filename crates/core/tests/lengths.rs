//! No file of the repository is longer than a reader takes in, and no function.
//!
//! Read off the text as rustfmt leaves it: a function ends at the brace in its own column.

use std::fs;
use std::path::Path;

use regex::Regex;

/// Lines of a file at most.
const FILE: usize = 450;

/// Lines of a function at most, from its `fn` to its brace.
const FUNCTION: usize = 60;

/// What is longer, with its lines. Cut it and take it out here; nothing is added.
const LONGER: &[(&str, usize)] = &[];

/// A file or a function: `path:line`, the path with the name of the function, and how many lines it has.
struct Stretch {
    place: String,
    name: String,
    lines: usize,
}

/// The functions of a text: the 1-based line, the name, the lines.
fn functions(text: &str) -> Vec<(usize, String, usize)> {
    let head = Regex::new(
        r#"^(\s*)(?:pub(?:\([^)]*\))? )?(?:default )?(?:const )?(?:async )?(?:unsafe )?(?:extern "C" )?fn (\w+)"#,
    )
    .unwrap();
    let text = without_raw_strings(text);
    let lines: Vec<&str> = text.lines().collect();
    let mut found = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let Some(parts) = line.contains("fn ").then(|| head.captures(line)).flatten() else {
            continue;
        };
        let (indent, name) = (&parts[1], &parts[2]);
        // On one line, or without a body.
        if line.ends_with('}') || line.ends_with(';') {
            continue;
        }
        let closes = |line: &str| line.strip_prefix(indent) == Some("}");
        let declares = |line: &str| {
            let rest = line.strip_prefix(indent).unwrap_or_default();
            rest.starts_with(')') && rest.ends_with(';')
        };
        let mut rest = lines[at..].iter();
        match rest.position(|line| closes(line) || declares(line)) {
            Some(end) if declares(lines[at + end]) => {}
            Some(end) => found.push((at + 1, name.to_owned(), end + 1)),
            None => panic!("line {}: {name} never ends: run rustfmt", at + 1),
        }
    }
    found
}

/// The text with what stands in raw strings taken out, line breaks kept.
fn without_raw_strings(text: &str) -> String {
    let open = Regex::new(r##"\br(#+)""##).unwrap();
    let (mut kept, mut rest) = (String::new(), text);
    while let Some(found) = open.captures(rest) {
        let start = found.get(0).unwrap().end();
        let close = format!("\"{}", &found[1]);
        let end = start + rest[start..].find(&close).expect("a raw string ends");
        kept.push_str(&rest[..start]);
        kept.extend(rest[start..end].chars().filter(|sign| *sign == '\n'));
        rest = &rest[end..];
        // What closes it does not open the next one.
        let (closing, after) = rest.split_at(close.len());
        kept.push_str(closing);
        rest = after;
    }
    kept + rest
}

/// Every file and function below a folder, hidden folders and those of builds left out.
fn stretches(root: &Path, folder: &Path, all: &mut Vec<Stretch>) {
    let entries = fs::read_dir(folder).unwrap();
    let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    for path in paths {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() {
            if !name.starts_with('.') && !name.starts_with("target") {
                stretches(root, &path, all);
            }
        } else if name.ends_with(".rs") {
            let text = fs::read_to_string(&path).unwrap();
            let path = path.strip_prefix(root).unwrap().display().to_string();
            all.extend(functions(&text).into_iter().map(|(line, name, lines)| {
                let (place, name) = (format!("{path}:{line}"), format!("{path} {name}"));
                Stretch { place, name, lines }
            }));
            let (place, lines) = (format!("{path}:1"), text.lines().count());
            let name = path;
            all.push(Stretch { place, name, lines });
        }
    }
}

#[test]
fn no_file_and_no_function_is_longer_than_a_reader_takes_in() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut all = Vec::new();
    stretches(&root, &root, &mut all);
    assert!(all.len() > 3000, "only {} were found", all.len());
    let most = |it: &Stretch| match it.name.contains(' ') {
        true => FUNCTION,
        false => FILE,
    };
    let mut wrong = Vec::new();
    let mut left = LONGER.to_vec();
    for long in all.iter().filter(|it| it.lines > most(it)) {
        let listed = |(name, lines): &(&str, usize)| *name == long.name && *lines == long.lines;
        match left.iter().position(listed) {
            Some(at) => drop(left.remove(at)),
            None => wrong.push(format!(
                "{} has {} lines, {} at most: {}",
                long.place,
                long.lines,
                most(long),
                long.name
            )),
        }
    }
    for (name, lines) in left {
        wrong.push(format!("{name} no longer has {lines} lines: mend LONGER"));
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn a_function_is_measured_to_its_own_brace() {
    let text = r##"
trait Said {
    fn declared(
        &self,
    ) -> String;
    fn short(&self) {}
}

pub(crate) async fn outer(
    one: &str,
) -> String {
    fn inner() {
        one();
    }
    let json = r#"{
}
"#;
    json
}
"##;
    let found = functions(text);
    let found = found
        .iter()
        .map(|(at, name, lines)| (*at, name.as_str(), *lines));
    let found: Vec<_> = found.collect();
    assert_eq!(found, [(9, "outer", 11), (12, "inner", 3)]);
}
