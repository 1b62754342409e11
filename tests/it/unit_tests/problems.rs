//! What is wrong with a file of tests.

use super::{BASE, TYPED};
use crate::shop::{Change, pin, project, rendered, write};

/// What is wrong, in one step from the sound shop with one sound test.
const WRONG: &[(&str, &str)] = &[
    ("not TOML", "[[test]\n"),
    (
        "unknown keys",
        "tests = 1\n\n[[test]]\nname = \"a\"\ngive = 1\nexpect.rows = []\n",
    ),
    ("no list", "[test]\nname = \"a\"\nexpect.rows = []\n\n"),
    ("not a table", "test = [1]\n"),
    ("no name", "[[test]]\nname = \" \"\nexpect.rows = []\n"),
    ("no expectation", "[[test]]\nname = \"a\"\n"),
    (
        "two of one name",
        "[[test]]\nname = \"a\"\nexpect.rows = []\n\n[[test]]\nname = \"a\"\nexpect.rows = []\n",
    ),
    (
        "an upstream it does not read",
        "[[test]]\nname = \"a\"\ngiven.raw.order.rows = []\nexpect.rows = []\n",
    ),
    (
        "rows of no source",
        "[[test]]\nname = \"a\"\ngiven.raw = { rows = [], csv = \"id\" }\nexpect.rows = []\n",
    ),
    (
        "no rows said",
        "[[test]]\nname = \"a\"\nexpect = { ordered = true }\n",
    ),
    (
        "rows said twice",
        "[[test]]\nname = \"a\"\ngiven.raw.orders = { rows = [], csv = \"id\" }\nexpect.rows = []\n",
    ),
    (
        "a file that is not there",
        "[[test]]\nname = \"a\"\nexpect.file = \"gone.csv\"\n",
    ),
    (
        "a ragged record",
        "[[test]]\nname = \"a\"\nexpect.csv = '''\nid,amount\n1\n'''\n",
    ),
    (
        "an open quote",
        "[[test]]\nname = \"a\"\nexpect.csv = '''\nid\n\"1\n'''\n",
    ),
    ("no header", "[[test]]\nname = \"a\"\nexpect.csv = ''\n"),
    (
        "a column twice",
        "[[test]]\nname = \"a\"\nexpect.csv = '''\nid,id\n'''\n",
    ),
    (
        "a column without a name",
        "[[test]]\nname = \"a\"\nexpect.csv = '''\nid,\n'''\n",
    ),
    (
        "columns that are not there",
        "[[test]]\nname = \"a\"\ngiven.raw.orders.rows = [{ amonut = \"1\" }]\nexpect.csv = '''\nidd\n1\n'''\n",
    ),
    (
        "values of another type in rows",
        "[[test]]\nname = \"a\"\ngiven.raw.orders.rows = [{ id = 1, file_date = \"2024-02-30\" }]\n\
         expect.rows = [{ amount = \"5\" }, { file_date = 2024-01-01T00:00:00 }]\n",
    ),
    (
        "values of another type in CSV",
        "[[test]]\nname = \"a\"\nexpect.csv = '''\nid,amount,file_date\n1,1.5,2024-1-1\n2,3,2023-02-29\n'''\n",
    ),
];

#[test]
fn problems_of_a_file_of_tests_are_told_at_their_place() {
    let told = WRONG.iter().map(|(name, text)| {
        let folder = project(&[Change::Write(BASE, text)]);
        let loaded = lockgate::project::load(folder.path());
        let found = loaded.and_then(|project| {
            let runtime = tokio::runtime::Runtime::new().unwrap();
            runtime.block_on(lockgate::check::check(&project))
        });
        let told = match found {
            Ok(_) => "no problem\n".to_owned(),
            Err(error) => rendered(error.problems()),
        };
        (*name, told)
    });
    pin("unit/wrong", told);
}

#[test]
fn tests_of_no_model_and_in_no_layer_are_told() {
    let sound = "[[test]]\nname = \"a\"\nexpect.rows = []\n";
    let folder = project(&[
        Change::Write("tests/base/base_order.toml", sound),
        Change::Write("tests/bases/base_orders.toml", sound),
        // Another tool's.
        Change::Write("tests/it/settings.toml", "anything = 1\n"),
    ]);
    let error = lockgate::project::load(folder.path()).unwrap_err();
    pin("unit/wrong", [("astray", rendered(error.problems()))]);
}

#[test]
fn values_of_every_type_that_do_not_fit_are_told() {
    let folder = project(TYPED);
    write(
        folder.path(),
        "tests/base/base_typed.toml",
        "[[test]]\nname = \"a\"\nexpect.rows = [\n{ text = 1 }, { whole = 1.5 }, { third = true }, { price = true },\n\
         { large = \"true\" }, { day = 1 }, { moment = \"noon\" }, { both = \"a\" }, { both = [1] },\n]\n\
         [[test]]\nname = \"b\"\nexpect.csv = '''\nwhole,third,price,large,day,moment,both\na,b,c,d,e,f,g\n'''\n",
    );
    let project = lockgate::project::load(folder.path()).unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let error = runtime
        .block_on(lockgate::check::check(&project))
        .unwrap_err();
    pin(
        "unit/wrong",
        [("values of every type", rendered(error.problems()))],
    );
}
