//! Unit tests that say which rows are set aside.

use super::BASE;
use crate::cli::{Answer, lockgate, steady};
use crate::shop::{Change, pin, project, rendered};

const RULES: Change = Change::Write(
    "expectations/base/base_orders.toml",
    "[[expect]]\nkind = \"between\"\ncolumn = \"amount\"\nmin = 0\non_fail = \"quarantine\"\n\n\
     [[expect]]\nkind = \"holds\"\nid = \"small\"\nsql = \"amount < 10 and amount <> 5 / (amount - 7)\"\non_fail = \"quarantine\"\n",
);

const GIVEN: &str = "given.raw.orders.csv = '''\nid,amount\n1,3\n2,-4\n3,40\n4,\n'''\n";

fn tested(rest: &str) -> Answer {
    let folder = project(&[RULES]);
    let text = format!("[[test]]\nname = \"rows are set aside\"\n{GIVEN}{rest}");
    crate::shop::write(folder.path(), BASE, &text);
    lockgate(folder.path(), &["test"])
}

#[test]
fn the_rows_kept_and_those_set_aside_are_both_expected() {
    let kept = "expect.rows = [{ id = \"1\", amount = 3 }]\n";
    let aside = "quarantined.csv = '''\nid,quarantine_reasons\n2,\"[\"\"between(amount)\"\"]\"\n\
                 3,\"[\"\"small\"\"]\"\n4,\"[\"\"small\"\"]\"\n'''\n";
    let answer = tested(&format!("{kept}{aside}"));
    pin(
        "unit/quarantine",
        [("as expected", steady(&answer.whole()))],
    );
    // Without it the expected rows are all that the SELECT makes.
    let all = "expect.rows = [{ id = \"1\" }, { id = \"2\" }, { id = \"3\" }, { id = \"4\" }]\n";
    assert_eq!(tested(all).code, 0);
    let answer = tested(&format!("{kept}quarantined.rows = []\n"));
    pin(
        "unit/quarantine",
        [("too many set aside", steady(&answer.whole()))],
    );
    let reason = aside.replace("3,\"[\"\"small", "3,\"[\"\"large");
    let answer = tested(&format!("{kept}{reason}"));
    pin(
        "unit/quarantine",
        [("another reason", steady(&answer.whole()))],
    );
}

#[test]
fn a_word_that_counts_as_null_sets_its_row_aside_as_a_null_does() {
    let rule = "[[expect]]\nkind = \"not_null\"\nid = \"said\"\ncolumn = \"id\"\nmissing = [\"N/A\", \"-\"]\non_fail = \"quarantine\"\n";
    let rule = Change::Write("expectations/base/base_orders.toml", rule);
    let text = "[[test]]\nname = \"a\"\ngiven.raw.orders.rows = [{ id = \"1\" }, { id = \"N/A\" }, { id = \"-\" }]\n\
        expect.rows = [{ id = \"1\" }]\nquarantined.rows = [{ id = \"N/A\" }, { id = \"-\" }]\n";
    let answer = lockgate(
        project(&[rule, Change::Write(BASE, text)]).path(),
        &["test"],
    );
    assert_eq!(answer.code, 0, "{}", answer.whole());
}

#[test]
fn a_rule_that_fails_on_the_rows_fails_the_test() {
    let text = "[[test]]\nname = \"a\"\ngiven.raw.orders.rows = [{ id = \"1\", amount = \"7\" }]\nexpect.rows = []\nquarantined.rows = []\n";
    let folder = project(&[RULES, Change::Write(BASE, text)]);
    let answer = lockgate(folder.path(), &["test"]);
    assert_eq!(answer.code, 1, "{}", answer.err);
    pin(
        "unit/quarantine",
        [("divided by zero", steady(&answer.whole()))],
    );
}

#[test]
fn what_is_wrong_with_quarantined_rows_is_told_at_its_place() {
    let told = |changes: &[Change]| {
        let project = lockgate::project::load(project(changes).path()).unwrap();
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let error = runtime
            .block_on(lockgate::check::check(&project))
            .unwrap_err();
        rendered(error.problems())
    };
    let none = "[[test]]\nname = \"a\"\nexpect.rows = []\nquarantined.rows = [{ id = \"1\" }]\n";
    let wrong = "[[test]]\nname = \"a\"\nexpect.rows = []\nquarantined.rows = [{ id = 1, reasons = [\"small\"] }]\n";
    pin(
        "unit/quarantine",
        [
            ("no rule", told(&[Change::Write(BASE, none)])),
            ("wrong columns", told(&[RULES, Change::Write(BASE, wrong)])),
        ],
    );
}
