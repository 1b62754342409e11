//! What is changed in the sound project, by the name of its snapshot.

use crate::shop::Change::{self, Drop, Swap, Write};

const MANIFEST: &str = "lockgate.toml";
pub const SOURCE: &str = "contracts/sources/orders.toml";
pub const MODEL: &str = "models/base/base_orders.sql";
pub const CONTRACT: &str = "contracts/base/base_orders.toml";
pub const EXPECTATIONS: &str = "expectations/base/base_orders.toml";
pub const MART: &str = "models/marts/mart_days.sql";

pub type Case = (&'static str, &'static [Change]);

pub const FILES: &[Case] = &[
    ("no manifest", &[Drop(MANIFEST)]),
    (
        "a manifest that is not TOML",
        &[Swap(MANIFEST, "name = \"shop\"", "name = shop")],
    ),
    (
        "a bracket that is left open",
        &[Swap(
            CONTRACT,
            "key = [\"id\"]",
            "key = [\"id\"\nnote = \"unclosed",
        )],
    ),
    (
        "two lines of wrong TOML",
        &[Write(
            MANIFEST,
            "name = shop\nlayers = [\"base\"]\ndata = files\n",
        )],
    ),
    (
        "a list where a number belongs and a number where text belongs",
        &[Swap(
            MANIFEST,
            "layers",
            "samples = [5]\ndata = 3.5\nlayers",
        )],
    ),
    (
        "a key the manifest does not have",
        &[Swap(MANIFEST, "layers", "warehous = \"tables\"\nlayers")],
    ),
    (
        "a manifest without layers",
        &[Write(MANIFEST, "name = \"shop\"\n")],
    ),
    (
        "layers that are one text",
        &[Swap(MANIFEST, "[\"base\", \"marts\"]", "\"base\"")],
    ),
    (
        "a layer listed twice and one with a name of lockgates own",
        &[Swap(MANIFEST, "\"marts\"", "\"marts\", \"base\", \"raw\"")],
    ),
    (
        "a folder of no layer",
        &[
            Write("contracts/mart/mart_days.toml", ""),
            Write("models/stage/stage_orders.sql", "select 1 as one"),
        ],
    ),
    (
        "files that would not be read",
        &[
            Write("models/loose.sql", "select 1 as one\n"),
            Write("models/base/more/deep.sql", "select 1 as one\n"),
        ],
    ),
];

pub const CONTRACTS: &[Case] = &[
    (
        "a key a contract does not have",
        &[Swap(CONTRACT, "summary", "sumary")],
    ),
    (
        "a key a column does not have",
        &[Swap(CONTRACT, "null = true", "nullable = true")],
    ),
    (
        "a column type there is none of",
        &[Swap(CONTRACT, "\"int\"", "\"integer\"")],
    ),
    (
        "a value of the wrong type",
        &[Swap(CONTRACT, "null = true", "null = \"yes\"")],
    ),
    (
        "a contract of columns alone",
        &[Write(CONTRACT, "[columns]\nid = { type = \"text\" }\n")],
    ),
    (
        "a contract without an owner",
        &[Swap(CONTRACT, "owner = \"data@example.com\"\n", "")],
    ),
    (
        "a column without a type",
        &[Swap(CONTRACT, "type = \"int\", ", "")],
    ),
    (
        "a key that is not a column",
        &[Swap(CONTRACT, "key = [\"id\"]", "key = [\"idd\"]")],
    ),
    (
        "a version that is not one",
        &[Swap(CONTRACT, "\"1.0.0\"", "\"1.0\"")],
    ),
    (
        "a contract without a model",
        &[Write(
            "contracts/base/base_order.toml",
            "version = \"1.0.0\"\n",
        )],
    ),
    (
        "an expectations file without a model",
        &[Write(
            "expectations/marts/mart_weeks.toml",
            "[[expect]]\nkind = \"row_count\"\nmin = 1\n",
        )],
    ),
];

pub const SOURCES: &[Case] = &[
    (
        "a key a source contract does not have",
        &[Swap(
            SOURCE,
            "[columns]",
            "compression = \"gzip\"\n\n[columns]",
        )],
    ),
    (
        "a date format without a date in the name",
        &[Swap(SOURCE, "orders_{date}.csv", "orders.csv")],
    ),
    (
        "a date in the name without a format",
        &[Swap(SOURCE, "date = \"%Y-%m-%d\"\n", "")],
    ),
    (
        "two headers of one raw name",
        &[Swap(SOURCE, "Id = {}", "Id = {}\n\"ID \" = {}")],
    ),
    (
        "a header that has a raw column of lockgates own",
        &[Swap(SOURCE, "Id = {}", "\"File Row\" = {}")],
    ),
    (
        "a delimiter of two characters",
        &[Swap(
            SOURCE,
            "date = \"%Y",
            "delimiter = \"||\"\ndate = \"%Y",
        )],
    ),
    (
        "quotes that are neither a character nor off",
        &[Swap(SOURCE, "date = \"%Y", "quote = true\ndate = \"%Y")],
    ),
    (
        "an escape that is the quote",
        &[Swap(SOURCE, "date = \"%Y", "escape = '\"'\ndate = \"%Y")],
    ),
    (
        "an escape without quotes",
        &[Swap(
            SOURCE,
            "date = \"%Y",
            "quote = false\nescape = '\\'\ndate = \"%Y",
        )],
    ),
    (
        "limits that are none",
        &[Swap(
            SOURCE,
            "date = \"%Y",
            "max_cell_bytes = 0\nmax_record_bytes = 2_000_000_000\nmax_cells = 1_000_001\ndate = \"%Y",
        )],
    ),
    (
        "a values pattern that is no regular expression",
        &[Swap(SOURCE, "'^\\d+$'", "'(\\d+'")],
    ),
    (
        "an encoding there is none of",
        &[Swap(
            SOURCE,
            "date = \"%Y",
            "encoding = \"latin-1\"\ndate = \"%Y",
        )],
    ),
    (
        "expectations of no source",
        &[Write(
            "expectations/sources/order.toml",
            "[[expect]]\nkind = \"row_count\"\nmin = 1\n",
        )],
    ),
    (
        "an expectation on a header cell instead of its raw column",
        &[Write(
            "expectations/sources/orders.toml",
            "[[expect]]\nkind = \"not_null\"\ncolumn = \"Amount\"\n",
        )],
    ),
    (
        "a source contract that is wrong and its expectations",
        &[
            Swap(SOURCE, "version = \"1.0.0\"", "version = 1"),
            Write(
                "expectations/sources/orders.toml",
                "[[expect]]\nkind = \"row_count\"\nmin = 1\n",
            ),
        ],
    ),
    (
        "a use of a column there is none of",
        &[Swap(SOURCE, "Id = {}", "Id = { use = \"required\" }")],
    ),
];

pub const MODELS: &[Case] = &[
    (
        "a reference that is missing",
        &[Swap(MART, "base_orders", "base_order")],
    ),
    (
        "a raw table that is missing",
        &[Swap(MODEL, "raw.orders", "raw.order")],
    ),
    (
        "a source read without raw",
        &[Swap(MODEL, "raw.orders", "orders")],
    ),
    (
        "a model that reads a later layer",
        &[
            Swap(MART, "base_orders", "raw.orders"),
            Swap(MODEL, "raw.orders", "mart_days"),
        ],
    ),
    (
        "two models of one name",
        &[Write("models/marts/base_orders.sql", "select 1 as one\n")],
    ),
    (
        "a cycle of three models",
        &[
            Write("models/marts/a.sql", "select c.id from c\n"),
            Write("models/marts/b.sql", "select a.id\nfrom a\n"),
            Write(
                "models/marts/c.sql",
                "select id\nfrom base_orders\njoin b using (id)\n",
            ),
        ],
    ),
    (
        "a cycle through an expectation",
        &[
            Write(
                "models/marts/weeks.sql",
                "select 1 as week from mart_days\n",
            ),
            Write("models/marts/months.sql", "select 1 as month\n"),
            Write(
                "expectations/marts/mart_days.toml",
                "[[expect]]\nkind = \"reconciles\"\nwith = [\"months\"]\n",
            ),
            Write(
                "expectations/marts/months.toml",
                "[[expect]]\nkind = \"reconciles\"\nwith = [\"weeks\"]\n",
            ),
        ],
    ),
    (
        "a model that reads itself",
        &[Swap(MART, "base_orders", "mart_days")],
    ),
    (
        "SQL that does not parse",
        &[Swap(MODEL, "amount,\n", "amount,,\n")],
    ),
    (
        "SQL that ends too early",
        &[Swap(MODEL, "from raw.orders", "from")],
    ),
    (
        "a quote that is not closed",
        &[Swap(MODEL, "file_date\n", "'file_date\n")],
    ),
    (
        "two statements",
        &[Swap(
            MODEL,
            "raw.orders\n",
            "raw.orders;\n\nselect 1 as one\n",
        )],
    ),
    (
        "a statement that is not a query",
        &[Write(
            MODEL,
            "-- made by hand\ncreate table base_orders as select 1 as id\n",
        )],
    ),
    (
        "SQL of nothing but a comment",
        &[Write(MODEL, "-- later\n")],
    ),
    ("an empty model", &[Write(MODEL, "")]),
];

pub const TOGETHER: &[Case] = &[(
    "problems of several files in one go",
    &[
        Swap(SOURCE, "\"1.0.0\"", "\"one\""),
        Swap(CONTRACT, "key = [\"id\"]", "key = [\"idd\"]"),
        Swap(EXPECTATIONS, "\"between\"", "\"betwen\""),
        Swap(MART, "base_orders", "base_order"),
        Write("contracts/marts/gone.toml", ""),
    ],
)];
