//! Laws, examples and inputs of a declared cleaner that are taken out or changed.

use super::{Repository, commit, told};
use crate::shop::write;

const FILE: &str = "cleaners/trimmed.toml";
const WHOLE: &str = "sql = \"nullif(trim(value), '')\"
form = '\\S(.*\\S)?'

[[input]]
list = [' a ', 'b']

[[input]]
regex = '[a-c ]{1,4}'

[[example]]
raw = ' a '
clean = 'a'

[[example]]
raw = ' '

[[law]]
name = 'no_longer'
holds = 'length(after) <= length(before)'
";

fn repository() -> Repository {
    let repository = Repository::shop();
    std::fs::create_dir_all(repository.root.join("cleaners")).unwrap();
    write(&repository.root, FILE, WHOLE);
    commit(repository.folder.path());
    repository
}

#[test]
fn whatever_a_cleaner_is_held_to_no_longer_is_a_weaker_gate_until_it_says_why() {
    let laws = "laws = ['total', 'null', 'idempotent', 'in_form', 'layouts']\n";
    let cases = [
        (
            WHOLE.replace("[[example]]\nraw = ' '\n", ""),
            "example_deleted",
        ),
        (
            WHOLE.split("[[law]]").next().unwrap().to_owned(),
            "law_deleted",
        ),
        (format!("{laws}{WHOLE}"), "law_deleted"),
        (WHOLE.replace("<=", "<= 1 +"), "law_changed"),
        (format!("{WHOLE}where = 'before = after'\n"), "law_changed"),
        (
            WHOLE.replace("[[input]]\nlist = [' a ', 'b']\n", ""),
            "input_dropped",
        ),
        (WHOLE.replace("form = '\\S(.*\\S)?'\n", ""), "form_changed"),
    ];
    for (text, what) in cases {
        let repository = repository();
        write(&repository.root, FILE, &text);
        let (changes, problems) = repository.changes();
        let weaker = format!("breaking {what}");
        assert!(told(&changes).contains(&weaker), "{what}: {changes:?}");
        let codes: Vec<_> = problems.iter().map(|problem| problem.code()).collect();
        assert!(!codes.is_empty(), "{what}");
        assert!(
            codes.iter().all(|it| *it == "lockgate::base::weakened"),
            "{codes:?}"
        );

        let said = format!("weakened = \"the register is tidy now\"\n{text}");
        write(&repository.root, FILE, &said);
        let (changes, problems) = repository.changes();
        assert!(
            told(&changes).contains(&format!("compatible {what}")),
            "{changes:?}"
        );
        assert!(problems.is_empty(), "{what}: {problems:?}");
    }
}

#[test]
fn a_cleaner_that_is_gone_is_a_weaker_gate_until_the_manifest_says_why() {
    let repository = repository();
    std::fs::remove_file(repository.root.join(FILE)).unwrap();
    let (changes, problems) = repository.changes();
    assert_eq!(told(&changes), ["breaking cleaner_dropped"]);
    assert_eq!(problems.len(), 1, "{problems:?}");
    let manifest = "name = \"shop\"\nlayers = [\"base\", \"marts\"]\n\n[[removed]]\ntable = \"cleaners/trimmed\"\n\
        because = \"nobody calls it\"\n";
    write(&repository.root, "lockgate.toml", manifest);
    let (changes, problems) = repository.changes();
    assert_eq!(told(&changes), ["compatible cleaner_dropped"]);
    assert!(problems.is_empty(), "{problems:?}");
}

#[test]
fn another_answer_is_told_and_words_and_more_laws_are_no_weaker_gate() {
    let repository = repository();
    let other = WHOLE.replace("clean = 'a'", "clean = 'A'");
    write(&repository.root, FILE, &other);
    let (changes, problems) = repository.changes();
    assert_eq!(told(&changes), ["compatible example_changed"]);
    assert!(problems.is_empty(), "{problems:?}");
    let more =
        format!("{WHOLE}statement = 'Nothing is added.'\n\n[[example]]\nraw = 'c'\nclean = 'c'\n");
    write(&repository.root, FILE, &more);
    let (changes, problems) = repository.changes();
    assert!(
        changes.is_empty() && problems.is_empty(),
        "{changes:?} {problems:?}"
    );
}
