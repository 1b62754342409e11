//! What is changed in the expectations of the sound project, by the name of its snapshot.

use super::cases::{Case, EXPECTATIONS};
use crate::shop::Change::{Swap, Write};

pub const EXPECTED: &[Case] = &[
    (
        "a kind there is none of",
        &[Swap(EXPECTATIONS, "\"between\"", "\"betwen\"")],
    ),
    (
        "an expectation without a kind",
        &[Swap(EXPECTATIONS, "kind = \"between\"\n", "")],
    ),
    (
        "a key the kind does not have",
        &[Swap(EXPECTATIONS, "min = 0", "mn = 0\nmax = 9")],
    ),
    (
        "a key an expectations file does not have",
        &[Swap(EXPECTATIONS, "[[expect]]", "[[expects]]")],
    ),
    (
        "expect as one table",
        &[Swap(EXPECTATIONS, "[[expect]]", "[expect]")],
    ),
    (
        "a column that is not in the contract",
        &[Swap(EXPECTATIONS, "\"amount\"", "\"amonut\"")],
    ),
    (
        "two expectations of one id",
        &[Swap(
            EXPECTATIONS,
            "min = 0\n",
            "min = 0\n\n[[expect]]\nkind = \"between\"\ncolumn = \"amount\"\nmax = 900\n",
        )],
    ),
    (
        "a share above one",
        &[Swap(
            EXPECTATIONS,
            "min = 0",
            "min = 0\nallow = { share = 3 }",
        )],
    ),
    (
        "a share and rows at once",
        &[Swap(
            EXPECTATIONS,
            "min = 0",
            "min = 0\nallow = { share = 0.1, rows = 3 }",
        )],
    ),
    (
        "a severity there is none of",
        &[Swap(
            EXPECTATIONS,
            "min = 0",
            "min = 0\nseverity = \"warning\"",
        )],
    ),
    ("no bound", &[Swap(EXPECTATIONS, "min = 0\n", "")]),
    (
        "a row count without a bound",
        &[Write(EXPECTATIONS, "[[expect]]\nkind = \"row_count\"\n")],
    ),
    (
        "a row count against the previous without a bound",
        &[Write(
            EXPECTATIONS,
            "[[expect]]\nkind = \"row_count\"\nper = \"file_date\"\nagainst = { previous = 3 }\n",
        )],
    ),
    (
        "a pattern that is no regular expression",
        &[Write(
            EXPECTATIONS,
            "[[expect]]\nkind = \"matches\"\ncolumn = \"id\"\npattern = '^(\\d+$'\n",
        )],
    ),
    (
        "a kind that cannot set rows aside",
        &[Write(
            EXPECTATIONS,
            "[[expect]]\nkind = \"row_count\"\nmin = 1\non_fail = \"quarantine\"\n",
        )],
    ),
    (
        "something else on failure",
        &[Swap(EXPECTATIONS, "min = 0", "min = 0\non_fail = \"drop\"")],
    ),
    (
        "a set of no values",
        &[Write(
            EXPECTATIONS,
            "[[expect]]\nkind = \"in_set\"\ncolumn = \"id\"\nvalues = []\n",
        )],
    ),
    (
        "a cleaner there is none of",
        &[Write(
            EXPECTATIONS,
            "[[expect]]\nkind = \"is_clean\"\ncolumn = \"id\"\nby = \"fone\"\n",
        )],
    ),
    (
        "a length of time that is none",
        &[Write(
            EXPECTATIONS,
            "[[expect]]\nkind = \"fresh\"\ncolumn = \"file_date\"\nwithin = \"a month\"\n",
        )],
    ),
    (
        "a reference to a model and no column of it",
        &[Write(
            EXPECTATIONS,
            "[[expect]]\nkind = \"refers_to\"\ncolumn = \"id\"\nto = \"orders\"\n",
        )],
    ),
    (
        "a reference to a model there is none of",
        &[Write(
            EXPECTATIONS,
            "[[expect]]\nkind = \"refers_to\"\ncolumn = \"id\"\nto = \"raw.order.id\"\n",
        )],
    ),
    (
        "an expectation on a later model",
        &[Write(
            EXPECTATIONS,
            "[[expect]]\nkind = \"reconciles\"\nwith = [\"mart_days\"]\nvalue = \"count(*)\"\neach = \"sum(orders)\"\n",
        )],
    ),
    (
        "a query over a model there is none of",
        &[Write(
            EXPECTATIONS,
            "[[expect]]\nkind = \"no_rows\"\nsql = \"\"\"\nselect id\nfrom base_order\n\"\"\"\n",
        )],
    ),
    (
        "a wrong column and a wrong kind and a wrong key in one file",
        &[Write(
            EXPECTATIONS,
            "[[expect]]\nkind = \"not_null\"\ncolumn = \"idd\"\n\n[[expect]]\nkind = \"uniq\"\ncolumns = [\"id\"]\n\n[[expect]]\nkind = \"length\"\ncolumn = \"id\"\nequal = 3\nmax = \"9\"\n",
        )],
    ),
];
