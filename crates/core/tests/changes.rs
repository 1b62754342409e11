//! What `check --base` says of two versions of an expectations file.

use std::collections::BTreeMap;

use lockgate_core::error::Text;
use lockgate_core::expect::{Renamed, changes, load};
use lockgate_core::outcome::Class;

/// What changed: the class and the stable name of each change.
fn told(before: &str, after: &str) -> Vec<(Class, &'static str)> {
    let text = |expectation: &str| {
        let text = Text::new("this.toml", format!("[[expect]]\n{expectation}\n"));
        let (_, problems) = load(&text);
        assert!(problems.is_empty(), "{expectation}: {problems:?}");
        text
    };
    let names = |pairs: &[(&str, &str)]| -> Vec<(String, String)> {
        let pairs = pairs.iter();
        pairs
            .map(|(from, to)| ((*from).to_owned(), (*to).to_owned()))
            .collect()
    };
    let columns = BTreeMap::from([
        ("orders".to_owned(), names(&[("paid", "amount")])),
        ("towns".to_owned(), names(&[("town", "name")])),
    ]);
    let renamed = Renamed {
        table: "orders",
        columns: &columns,
    };
    let none = BTreeMap::new();
    let (old, new) = (text(before), text(after));
    let found = changes(Some(&old), Some(&new), renamed, (&none, &none));
    found
        .into_iter()
        .map(|change| (change.class, change.what))
        .collect()
}

#[test]
fn a_renamed_column_in_any_argument_is_no_weakening() {
    for (before, after) in [
        (
            "id = 'a'\nkind = 'not_null'\ncolumn = 'paid'",
            "id = 'a'\nkind = 'not_null'\ncolumn = 'amount'",
        ),
        (
            "id = 'a'\nkind = 'compare'\ncolumn = 'due'\nis = 'less_or_equal'\nto = 'paid'",
            "id = 'a'\nkind = 'compare'\ncolumn = 'due'\nis = 'less_or_equal'\nto = 'amount'",
        ),
        (
            "id = 'a'\nkind = 'increasing'\ncolumn = 'due'\norder_by = ['day', 'paid']",
            "id = 'a'\nkind = 'increasing'\ncolumn = 'due'\norder_by = ['day', 'amount']",
        ),
        (
            "id = 'a'\nkind = 'refers_to'\ncolumn = 'place'\nto = 'towns.town'",
            "id = 'a'\nkind = 'refers_to'\ncolumn = 'place'\nto = 'towns.name'",
        ),
        (
            "id = 'a'\nkind = 'refers_to'\ncolumns = ['paid', 'b']\nmodel = 'towns'\nmodel_columns = ['town', 'c']",
            "id = 'a'\nkind = 'refers_to'\ncolumns = ['amount', 'b']\nmodel = 'towns'\nmodel_columns = ['name', 'c']",
        ),
        (
            "id = 'a'\nkind = 'same_rows_as'\nmodel = 'towns'\ncolumns = ['id', 'paid']\nkey = ['id']\ntolerance = { paid = 0.01 }",
            "id = 'a'\nkind = 'same_rows_as'\nmodel = 'towns'\ncolumns = ['id', 'amount']\nkey = ['id']\ntolerance = { amount = 0.01 }",
        ),
        (
            "id = 'a'\nkind = 'columns'\nnames = ['id', 'paid']",
            "id = 'a'\nkind = 'columns'\nnames = ['id', 'amount']",
        ),
        (
            "id = 'a'\nkind = 'disjoint_ranges'\nstart = 'paid'\nend = 'until'",
            "id = 'a'\nkind = 'disjoint_ranges'\nstart = 'amount'\nend = 'until'",
        ),
    ] {
        assert_eq!(told(before, after), [], "{before}");
    }
}

#[test]
fn a_column_that_was_not_renamed_or_is_another_models_counts_as_weaker() {
    for (before, after) in [
        (
            "id = 'a'\nkind = 'compare'\ncolumn = 'due'\nis = 'less_or_equal'\nto = 'paid'",
            "id = 'a'\nkind = 'compare'\ncolumn = 'due'\nis = 'less_or_equal'\nto = 'other'",
        ),
        // `town` of `towns` was renamed, that of `orders` was not.
        (
            "id = 'a'\nkind = 'compare'\ncolumn = 'due'\nis = 'less_or_equal'\nto = 'town'",
            "id = 'a'\nkind = 'compare'\ncolumn = 'due'\nis = 'less_or_equal'\nto = 'name'",
        ),
        (
            "id = 'a'\nkind = 'refers_to'\ncolumn = 'place'\nto = 'cities.town'",
            "id = 'a'\nkind = 'refers_to'\ncolumn = 'place'\nto = 'cities.name'",
        ),
    ] {
        let weaker = (Class::Breaking, "argument_changed");
        assert_eq!(told(before, after), [weaker], "{before}");
    }
}

#[test]
fn an_expectation_called_after_its_renamed_column_is_the_same_one() {
    let found = told(
        "kind = 'compare'\ncolumn = 'due'\nis = 'less_or_equal'\nto = 'paid'",
        "id = 'due is covered'\nkind = 'compare'\ncolumn = 'due'\nis = 'less_or_equal'\nto = 'amount'",
    );
    assert_eq!(found, [(Class::Cosmetic, "expectation_renamed")]);
}

#[test]
fn a_number_written_otherwise_is_no_change() {
    for (before, after) in [
        (
            "kind = 'mean'\ncolumn = 'n'\nagainst = { previous = 3 }\nbetween = [0.5, 2]",
            "kind = 'mean'\ncolumn = 'n'\nagainst = { previous = 3 }\nbetween = [0.5, 2.0]",
        ),
        (
            "kind = 'mean'\ncolumn = 'n'\nmin = 1",
            "kind = 'mean'\ncolumn = 'n'\nmin = 1.0",
        ),
        (
            "kind = 'sum'\ncolumn = 'n'\nagainst = { previous = 1, change = [-10, 10] }",
            "kind = 'sum'\ncolumn = 'n'\nagainst = { previous = 1, change = [-10.0, 1e1] }",
        ),
        (
            "kind = 'in_set'\ncolumn = 'n'\nvalues = [1, 2]",
            "kind = 'in_set'\ncolumn = 'n'\nvalues = [1.0, 2]",
        ),
    ] {
        assert_eq!(told(before, after), [], "{before}");
    }
    let found = told(
        "kind = 'mean'\ncolumn = 'n'\nmin = 9007199254740993",
        "kind = 'mean'\ncolumn = 'n'\nmin = 9007199254740992.0",
    );
    assert_eq!(found.len(), 1, "no two numbers are taken for one");
}

#[test]
fn sql_in_another_case_is_spelt_otherwise_and_no_weaker() {
    let cosmetic = [(Class::Cosmetic, "words")];
    let holds = |sql: &str| format!("id = 'a'\nkind = 'holds'\nsql = \"{sql}\"");
    let only = |sql: &str| format!("id = 'a'\nkind = 'not_null'\ncolumn = 'n'\nwhere = \"{sql}\"");
    for ask in [&holds as &dyn Fn(&str) -> String, &only] {
        for (before, after) in [
            ("x IS NOT NULL", "x is not null"),
            ("Length(x) > 1 AND y", "length(X)>1 and y -- so"),
        ] {
            assert_eq!(told(&ask(before), &ask(after)), cosmetic, "{before}");
        }
        for (before, after) in [
            ("x = 'NV'", "x = 'nv'"),
            (r#"\"X\" > 1"#, r#"\"x\" > 1"#),
            ("x > 1", "x > 2"),
        ] {
            let found = told(&ask(before), &ask(after));
            assert_eq!(found[0].0, Class::Breaking, "{before}");
        }
    }
    let renamed = told(
        "id = 'a'\nkind = 'holds'\nsql = 'x IS NOT NULL'",
        "id = 'b'\nkind = 'holds'\nsql = 'x is not null'",
    );
    assert!(renamed.contains(&(Class::Cosmetic, "expectation_renamed")));
}

#[test]
fn each_kind_says_itself_which_way_a_list_goes() {
    let weaker = |what| (Class::Breaking, what);
    let stronger = |what| (Class::Compatible, what);
    for (kind, key, more) in [
        ("in_set", "values", weaker("values_widened")),
        ("not_in_set", "values", stronger("values_narrowed")),
        ("distinct_values", "in", weaker("values_widened")),
        ("distinct_values", "contain", stronger("values_narrowed")),
        ("like", "any", weaker("values_widened")),
        ("like", "all", stronger("values_narrowed")),
        ("not_like", "any", stronger("values_narrowed")),
        ("not_like", "all", weaker("values_widened")),
        ("matches", "any", weaker("values_widened")),
        ("not_matches", "any", stronger("values_narrowed")),
    ] {
        let ask = |list: &str| format!("id = 'a'\nkind = '{kind}'\ncolumn = 'n'\n{key} = [{list}]");
        let found = told(&ask("'a', 'b'"), &ask("'a', 'b', 'c'"));
        assert_eq!(found, [more], "{kind} {key}");
    }
}
