//! What can never work is refused before a row is read.

use super::{ORDERS, asking, told, town};
use crate::support::Scratch;

/// A file of the project, its text, and what is told of it.
type Case<'a> = (&'a str, &'a str, &'a str);

const CONTRACT: &str = "version = '1.0.0'\nsummary = 's'\nowner = 'o@example.com'\n";

#[test]
fn forms_of_dates_that_nothing_can_be_read_by() {
    let town = town();
    for form in [
        "YYYY-MM-DD",
        "%Y",
        "%d",
        "%H:%M",
        "%Q",
        "%Y-%m-%d %H",
        "%G-W%V",
        "%Y %B of",
        "",
    ] {
        let contract = ORDERS.replace("%Y-%m-%d", form);
        town.write("contracts/sources/orders.toml", contract);
        let fits = form == "%Y %B of";
        let expected: &[&str] = if fits {
            &[]
        } else {
            &["no date can be read by this form"]
        };
        assert_eq!(told(&town), expected, "{form}");
    }
    for form in [
        "%Y-%m-%d", "%Y%m%d", "%d.%m.%y", "%B_%Y", "%b %Y", "%Y-%m", "%Y-%j", "%y%m",
    ] {
        town.write(
            "contracts/sources/orders.toml",
            ORDERS.replace("%Y-%m-%d", form),
        );
        assert_eq!(told(&town), Vec::<String>::new(), "{form}");
    }
}

fn one(town: &Scratch, (path, text, expected): Case<'_>) {
    town.write(path, text);
    assert_eq!(told(town), [expected], "{path}\n{text}");
    town.remove(path);
}

#[test]
fn names_and_columns_that_a_table_cannot_have() {
    let town = town();
    let contract = |columns: &str| format!("{CONTRACT}{columns}");
    let twins = "`id` and `Id` cannot both be columns of one table: their names differ by capital letters alone";
    one(
        &town,
        (
            "models/marts/a.b.sql",
            "select id from a_orders",
            "a model cannot be called `a.b`",
        ),
    );
    let source = ORDERS.replace("orders_", "others_");
    one(
        &town,
        (
            "contracts/sources/a.b.toml",
            &source,
            "a source cannot be called `a.b`",
        ),
    );
    one(
        &town,
        (
            "models/marts/late.sql",
            "select id, id as \"Id\" from a_orders",
            twins,
        ),
    );
    let columns =
        contract("open = true\n[columns]\nid = { type = 'text' }\nId = { type = 'text' }\n");
    one(&town, ("contracts/base/a_orders.toml", &columns, twins));
    let columns = contract("key = ['id', 'id']\nopen = true\n[columns]\nid = { type = 'text' }\n");
    one(
        &town,
        (
            "contracts/base/a_orders.toml",
            &columns,
            "the key names `id` twice",
        ),
    );
    one(
        &town,
        (
            "contracts/base/a_orders.toml",
            &contract("[columns]\n"),
            "no column is promised",
        ),
    );
    let columns = contract("open = true\n[columns]\n'' = { type = 'text' }\n");
    one(
        &town,
        (
            "contracts/base/a_orders.toml",
            &columns,
            "a column has no name",
        ),
    );
}

#[test]
fn columns_of_a_file_that_differ_by_capitals_and_names_no_file_has() {
    let town = town();
    let path = "contracts/sources/others.toml";
    let source = ORDERS.replace("orders_", "others_");
    let columns = source.replace("Id = {}", "Id = {}\nNo = { as = 'ID' }");
    one(
        &town,
        (
            path,
            &columns,
            "`No` would be the raw column `ID`, a name that is taken",
        ),
    );
    let two = source.replace("{date}.csv", "{date}_{date}.csv");
    one(
        &town,
        (
            path,
            &two,
            "the name has two {date}, and a file has one date",
        ),
    );
    let folder = source.replace("\"others_", "\"in/others_");
    one(&town, (path, &folder, "no file can be called so"));
    let none = source
        .replace("[\"others_{date}.csv\"]", "[]")
        .replace("date = \"%Y-%m-%d\"\n", "");
    one(
        &town,
        (path, &none, "no name is listed: the source has no file"),
    );
}

#[test]
fn tables_of_the_engine_are_no_tables_of_the_project() {
    let town = town();
    let path = "expectations/base/a_orders.toml";
    for (toml, table) in [
        (
            "kind = 'no_rows'\nsql = 'select * from information_schema.tables'",
            "information_schema.tables",
        ),
        (
            "kind = 'holds'\nsql = \"id in (select table_name from information_schema.tables)\"",
            "information_schema.tables",
        ),
        (
            "kind = 'row_count'\nmin = 1\nwhere = \"exists (select 1 from history.runs)\"",
            "history.runs",
        ),
        (
            "kind = 'no_rows'\nsql = 'select * from quarantine.b_towns'",
            "quarantine.b_towns",
        ),
    ] {
        let expected = format!("there is no model or raw table `{table}`");
        one(&town, (path, &format!("[[expect]]\n{toml}\n"), &expected));
    }
    let expected = "`late` reads `information_schema.tables`, which is not there";
    one(
        &town,
        (
            "models/marts/late.sql",
            "select * from information_schema.tables",
            expected,
        ),
    );
}

#[test]
fn a_files_rows_are_asked_before_any_model_is_built() {
    let town = town();
    let path = "expectations/sources/orders.toml";
    let told = |table: &str| {
        format!("`no_rows` is asked of each file before it comes in, and cannot read `{table}`")
    };
    for table in ["b_towns", "raw.towns", "known.towns"] {
        let toml = format!("[[expect]]\nkind = 'no_rows'\nsql = 'select * from {table}'\n");
        one(&town, (path, &toml, &told(table)));
    }
    town.write(
        path,
        "[[expect]]\nkind = 'holds'\nid = 'new'\nsql = 'id not in (select id from known.orders)'\n",
    );
    assert_eq!(super::told(&town), Vec::<String>::new());
    let run = town.run();
    assert_eq!(run.files[0].outcomes[0].verdict.to_string(), "pass");
    town.write("data/orders_2024-02-01.csv", "Id,Town,Amount\n2,Elko,10\n");
    let run = town.run();
    let file = crate::support::file(&run, "orders_2024-02-01.csv");
    assert_eq!(file.outcomes[0].verdict.to_string(), "fail");
}

#[test]
fn an_expectation_of_the_contracts_id_is_told() {
    let contract =
        format!("{CONTRACT}key = ['id']\nopen = true\n[columns]\nid = {{ type = 'text' }}\n");
    for (toml, id) in [
        ("kind = 'not_null'\ncolumn = 'id'", "not_null(id)"),
        ("kind = 'row_count'\nmin = 1\nid = 'key'", "key"),
    ] {
        let town = asking(&format!("[[expect]]\n{toml}\n"));
        town.write("contracts/base/a_orders.toml", &contract);
        assert_eq!(
            told(&town),
            [format!("the contract has an expectation of the id `{id}`")]
        );
    }
}

#[test]
fn a_condition_that_is_no_condition_is_told() {
    for toml in [
        "kind = 'holds'\nsql = 'amount'",
        "kind = 'holds'\nsql = 'amount + 1'",
        "kind = 'holds'\nsql = 'max(amount) > 3'",
        "kind = 'row_count'\nmin = 1\nwhere = 'amount'",
        "kind = 'row_count'\nmin = 1\nwhere = 'max(amount) > 3'",
        "kind = 'row_count'\nmin = 1\nwhere = 'row_number() over () = 1'",
        "kind = 'holds'\nsql = '-- nothing'",
    ] {
        let town = asking(&format!("[[expect]]\n{toml}\n"));
        assert!(!told(&town).is_empty(), "{toml}");
    }
}

#[test]
fn a_column_with_a_dot_can_be_named_by_every_kind() {
    let town = town();
    town.write(
        "models/base/a_orders.sql",
        "select id as \"o.id\", town as \"o.town\", cast(amount as bigint) as \"o.amount\", file_name, file_date from raw.orders",
    );
    town.write(
        "models/base/b_towns.sql",
        "select town as \"t.name\", file_date from raw.towns",
    );
    let kinds = [
        "kind = 'refers_to'\ncolumn = 'o.town'\nto = 'b_towns.\"t.name\"'",
        "kind = 'overlap'\ncolumn = 'o.town'\nwith = 'b_towns.\"t.name\"'\nmin = 1",
        "kind = 'unique'\ncolumns = ['o.id']",
        "kind = 'unique'\ncolumns = ['o.id', 'o.town']\nwhere = '\"o.amount\" > 0'",
        "kind = 'not_null'\ncolumn = 'o.id'",
        "kind = 'between'\ncolumn = 'o.amount'\nmin = 1",
        "kind = 'max'\ncolumn = 'o.amount'\nmax = 20",
        "kind = 'distinct_count'\ncolumn = 'o.town'\nmin = 2",
        "kind = 'distinct_share'\ncolumn = 'o.town'\nmin = 1",
        "kind = 'in_set'\ncolumn = 'o.town'\nvalues = ['Elko', 'Reno']",
        "kind = 'matches'\ncolumn = 'o.town'\npattern = '^[A-Z]'",
        "kind = 'length'\ncolumn = 'o.town'\nequals = 4",
        "kind = 'type'\ncolumn = 'o.town'\ntypes = ['text']",
        "kind = 'row_count'\nper = 'o.town'\nmax = 1",
        "kind = 'compare'\ncolumn = 'o.amount'\nis = 'equal'\nto = 'o.amount'",
        "kind = 'increasing'\ncolumn = 'o.amount'\norder_by = ['o.id']",
        "kind = 'reconciles'\nwith = ['b_towns']",
    ];
    for toml in kinds {
        let toml = format!("[[expect]]\nid = 'dotted'\n{toml}\n");
        town.write("expectations/base/a_orders.toml", &toml);
        let told = told(&town);
        assert_eq!(told, Vec::<String>::new(), "{toml}");
        let run = town.run();
        let outcome = crate::support::outcome(&run, "a_orders", "dotted");
        assert_eq!(outcome.verdict.to_string(), "pass", "{toml}\n{outcome:?}");
    }
}
