//! What `check` says of models that do not keep their contracts, with no row read.

use crate::shop::Change::{Drop, Swap, Write};
use crate::shop::{Change, pin, project, rendered};

const MODEL: &str = "models/base/base_orders.sql";
const CONTRACT: &str = "contracts/base/base_orders.toml";
const EXPECTATIONS: &str = "expectations/base/base_orders.toml";
const MART: &str = "models/marts/mart_days.sql";
const MART_CONTRACT: &str = "contracts/marts/mart_days.toml";

type Case = (&'static str, &'static [Change]);

const BREACHES: &[Case] = &[
    (
        "a column under another name",
        &[Swap(MODEL, "as amount", "as amnt")],
    ),
    (
        "a column that is gone",
        &[Swap(MODEL, ",\n    file_date", "")],
    ),
    (
        "a column too many",
        &[Swap(
            MODEL,
            "file_date\n",
            "file_date,\n    file_name || '!' as origin\n",
        )],
    ),
    (
        "a column too many through a star",
        &[Write(
            MART,
            "select *\nfrom (\n    select file_date, count(*) as orders, min(id) as first\n    from base_orders\n    group by file_date\n)\n",
        )],
    ),
    (
        "a column of another type",
        &[Swap(MODEL, "cast(amount as bigint) as amount", "amount")],
    ),
    (
        "a column of another type through a CTE",
        &[Write(
            MODEL,
            "with typed as (\n    select id, cast(amount as double) as amount, file_date\n    from raw.orders\n)\n\nselect * from typed\n",
        )],
    ),
    (
        "a column of a type no contract names",
        &[Swap(
            MODEL,
            "cast(amount as bigint) as amount",
            "interval '1 day' as amount",
        )],
    ),
    (
        "columns in another order",
        &[
            Swap(MODEL, "    id,\n", ""),
            Swap(MODEL, "file_date\n", "file_date,\n    id\n"),
        ],
    ),
    (
        "breaches of two models in one go",
        &[
            Swap(MODEL, "cast(amount as bigint) as amount", "amount"),
            Swap(MART, "as orders", "as order_count"),
        ],
    ),
];

const QUERIES: &[Case] = &[
    (
        "an unknown column",
        &[Swap(MODEL, "    id,", "    idd as id,")],
    ),
    (
        "an unknown column of a table with an alias",
        &[Write(
            MART,
            "select o.file_day as file_date, count(*) as orders\nfrom base_orders as o\ngroup by o.file_day\n",
        )],
    ),
    (
        "an unknown function",
        &[Swap(MODEL, "    id,", "    clean_fone(id) as id,")],
    ),
    (
        "a function of too few arguments",
        &[Swap(MODEL, "    id,", "    replace(id) as id,")],
    ),
    (
        "a sum of text",
        &[Write(
            MART,
            "select file_date, sum(id) as orders\nfrom base_orders\ngroup by file_date\n",
        )],
    ),
    (
        "a comparison of text and date",
        &[Swap(
            MODEL,
            "raw.orders",
            "raw.orders\nwhere file_date + id > 3",
        )],
    ),
    (
        "an ambiguous column",
        &[Write(
            MART,
            "select file_date, count(*) as orders\nfrom base_orders as a\njoin base_orders as b on a.id = b.id\ngroup by file_date\n",
        )],
    ),
    (
        "a column that is not grouped",
        &[Write(
            MART,
            "select file_date, amount as orders\nfrom base_orders\ngroup by file_date\n",
        )],
    ),
    (
        "set operands of different width",
        &[Swap(
            MODEL,
            "raw.orders",
            "raw.orders\nunion all\nselect id, 1 as amount from raw.orders",
        )],
    ),
    (
        "a column whose table lost it",
        &[
            Swap(CONTRACT, "file_date = { type = \"date\" }\n", ""),
            Swap(MODEL, ",\n    file_date", ""),
        ],
    ),
    (
        "a query with the names of two columns alike",
        &[Swap(MODEL, "    id,", "    id,\n    id,")],
    ),
    (
        "a comparison that takes in an or",
        &[Swap(
            MODEL,
            "raw.orders\n",
            "raw.orders\nwhere id is distinct from '1' or amount is null\n",
        )],
    ),
];

const EXPECTED: &[Case] = &[
    (
        "a condition whose comparison takes in an and",
        &[Write(
            EXPECTATIONS,
            "[[expect]]\nkind = \"holds\"\nsql = \"amount is not distinct from 1 and id <> ''\"\n",
        )],
    ),
    (
        "a query whose comparison takes in an or",
        &[Write(
            EXPECTATIONS,
            "[[expect]]\nkind = \"no_rows\"\nsql = \"select id from base_orders where id is distinct from '1' or id = ''\"\n",
        )],
    ),
    (
        "a condition with an unknown column",
        &[Write(
            EXPECTATIONS,
            "[[expect]]\nkind = \"holds\"\nsql = \"amount >= 0 and idd is not null\"\n",
        )],
    ),
    (
        "a condition over several lines with an unknown column",
        &[Write(
            EXPECTATIONS,
            "[[expect]]\nkind = \"holds\"\nid = \"sane\"\nsql = '''\namount >= 0\nand idd is not null\n'''\n",
        )],
    ),
    (
        "a condition with escapes and an unknown column",
        &[Write(
            EXPECTATIONS,
            "[[expect]]\nkind = \"holds\"\nsql = \"\\\"amount\\\" > 0 and idd > 0\"\n",
        )],
    ),
    (
        "a condition that does not parse",
        &[Write(
            EXPECTATIONS,
            "[[expect]]\nkind = \"holds\"\nsql = \"amount >= and id > 0\"\n",
        )],
    ),
    (
        "a condition that is no condition",
        &[Write(
            EXPECTATIONS,
            "[[expect]]\nkind = \"holds\"\nsql = \"amount + 1\"\n",
        )],
    ),
    (
        "a narrowing with an unknown column",
        &[Swap(
            EXPECTATIONS,
            "min = 0",
            "min = 0\nwhere = \"amont is not null\"",
        )],
    ),
    (
        "a narrowing that does not parse",
        &[Swap(
            EXPECTATIONS,
            "min = 0",
            "min = 0\nwhere = \"amount is nul\"",
        )],
    ),
    (
        "a query with an unknown column",
        &[Write(
            EXPECTATIONS,
            "[[expect]]\nkind = \"no_rows\"\nsql = \"\"\"\nselect id\nfrom base_orders\nwhere amuont < 0\n\"\"\"\n",
        )],
    ),
    (
        "a query that does not parse",
        &[Write(
            EXPECTATIONS,
            "[[expect]]\nkind = \"no_rows\"\nsql = \"select id form base_orders\"\n",
        )],
    ),
    (
        "a query that would write",
        &[Write(
            EXPECTATIONS,
            "[[expect]]\nkind = \"no_rows\"\nsql = \"drop table base_orders\"\n",
        )],
    ),
    (
        "a pattern asked of a number",
        &[Write(
            EXPECTATIONS,
            "[[expect]]\nkind = \"matches\"\ncolumn = \"amount\"\npattern = '^\\d+$'\n",
        )],
    ),
    (
        "a freshness asked of a number",
        &[Write(
            EXPECTATIONS,
            "[[expect]]\nkind = \"fresh\"\ncolumn = \"amount\"\nwithin = \"3 days\"\n",
        )],
    ),
    (
        "a condition over other rows that sets rows aside",
        &[Write(
            EXPECTATIONS,
            "[[expect]]\nkind = \"holds\"\nsql = \"amount < (select max(amount) from base_orders)\"\non_fail = \"quarantine\"\n",
        )],
    ),
    (
        "a condition of a source with an unknown column",
        &[Write(
            "expectations/sources/orders.toml",
            "[[expect]]\nkind = \"holds\"\nsql = \"amuont <> ''\"\n",
        )],
    ),
    (
        "a reference to a column there is none of",
        &[Write(
            EXPECTATIONS,
            "[[expect]]\nkind = \"refers_to\"\ncolumn = \"id\"\nto = \"raw.orders.ident\"\n",
        )],
    ),
    (
        "an account of a column there is none of",
        &[Write(
            EXPECTATIONS,
            "[[expect]]\nkind = \"reconciles\"\nwith = [\"raw.orders\"]\nvalue = \"sum(amonut)\"\n",
        )],
    ),
    (
        "an unknown column of a model with an open contract",
        &[
            Swap(CONTRACT, "key =", "open = true\nkey ="),
            Swap(EXPECTATIONS, "\"amount\"", "\"amonut\""),
        ],
    ),
];

const SOUND: &[Case] = &[
    ("a sound project", &[]),
    (
        "comparisons in parentheses",
        &[Swap(
            MODEL,
            "raw.orders\n",
            "raw.orders\nwhere (id is distinct from '1') or amount is null\n",
        )],
    ),
    (
        "a model without a contract",
        &[
            Drop(CONTRACT),
            Swap(MART_CONTRACT, "key = [\"file_date\"]\n", ""),
        ],
    ),
    (
        "an open contract with columns beyond it",
        &[
            Swap(CONTRACT, "key =", "open = true\nkey ="),
            Swap(MODEL, "    id,", "    id,\n    file_name,"),
            Swap(MART, "base_orders", "base_orders\nwhere file_name <> ''"),
        ],
    ),
];

/// The problems, or the summary with the warnings before it.
fn told(changes: &[Change]) -> String {
    let folder = project(changes);
    let project = lockgate::project::load(folder.path()).unwrap();
    let text = on_a_large_stack(async move {
        match lockgate::check::check(&project).await {
            Ok(checked) => {
                let summary = lockgate::report::check_summary(&checked);
                rendered(&checked.warnings) + &anstream::adapter::strip_str(&summary).to_string()
            }
            Err(error) => rendered(error.problems()),
        }
    });
    let left: Vec<_> = std::fs::read_dir(folder.path())
        .unwrap()
        .flatten()
        .collect();
    assert_eq!(
        left.len(),
        4,
        "neither data nor warehouse was made: {left:?}"
    );
    text
}

/// Unoptimised planning needs more stack than a test's thread has.
fn on_a_large_stack(work: impl Future<Output = String> + Send + 'static) -> String {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let thread = std::thread::Builder::new().stack_size(32 * 1024 * 1024);
    let handle = thread.spawn(move || runtime.block_on(work)).unwrap();
    handle.join().unwrap()
}

fn pinned(cases: &'static [Case]) {
    pin(
        "check",
        cases.iter().map(|(name, changes)| (*name, told(changes))),
    );
}

#[test]
fn a_breach_points_at_the_contract_and_at_the_token_that_yields_the_column() {
    pinned(BREACHES);
}

#[test]
fn a_query_that_does_not_plan_points_at_its_token() {
    pinned(QUERIES);
}

#[test]
fn an_expectation_that_does_not_plan_points_at_its_token() {
    pinned(EXPECTED);
}

#[test]
fn a_sound_project_is_checked_without_data_and_without_a_warehouse() {
    pinned(SOUND);
}
