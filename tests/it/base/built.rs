//! A run of what changed since the base.

use std::collections::BTreeSet;

use lockgate::check;

use super::{commit, git};
use crate::shop;
use crate::support::{Scratch, wait};

fn shop_run() -> Scratch {
    let scratch = Scratch::new(shop::SOUND);
    scratch.write("data/orders_2024-01-01.csv", "Id,Amount\na,1\nb,2\n");
    scratch.write(".gitignore", "warehouse\ndata\n");
    let root = scratch.project().root;
    git(&root, &["init", "-q", "-b", "main"]);
    commit(&root);
    scratch
}

fn built(scratch: &Scratch) -> Vec<String> {
    let project = scratch.project();
    let (compared, _) = wait({
        let project = project.clone();
        async move { check::against(&project, "main").await }
    })
    .expect("a comparison");
    let modified: BTreeSet<String> = check::modified(&compared, &project);
    let run = scratch.run_as(|options| {
        options.select = vec!["state:modified+".to_owned()];
        options.modified = Some(modified);
    });
    run.models.into_iter().map(|model| model.name).collect()
}

#[test]
fn a_run_of_what_changed_builds_that_and_what_reads_it() {
    let scratch = shop_run();
    scratch.run();
    assert_eq!(built(&scratch), [""; 0]);

    let model = "select\n    id, -- theirs\n    cast(amount as bigint) as amount,\n    file_date\nfrom raw.orders\n";
    scratch.write("models/base/base_orders.sql", model);
    assert_eq!(built(&scratch), [""; 0]);

    let mart = "select file_date, count(*) + 0 * max(amount) as orders\nfrom base_orders\ngroup by file_date\n";
    scratch.write("models/marts/mart_days.sql", mart);
    assert_eq!(built(&scratch), ["mart_days"]);
    assert_eq!(scratch.query("select orders from mart_days"), ["2"]);

    scratch.write(
        "expectations/base/base_orders.toml",
        "[[expect]]\nkind = \"between\"\ncolumn = \"amount\"\nmin = 1\n",
    );
    assert_eq!(built(&scratch), ["base_orders", "mart_days"]);
}

#[test]
fn state_modified_without_a_base_is_a_problem() {
    let scratch = shop_run();
    let error = scratch
        .try_run(|options| options.select = vec!["state:modified+".to_owned()])
        .unwrap_err();
    assert!(error.to_string().contains("compare with"), "{error}");
}

#[test]
fn a_model_whose_unit_tests_changed_is_built() {
    let scratch = shop_run();
    scratch.run();
    let path = "tests/marts/mart_days.toml";
    let test = "[[test]]\nname = \"no order, no day\"\nexpect.rows = []\n";
    scratch.write(path, test);
    assert_eq!(built(&scratch), ["mart_days"]);
    commit(&scratch.project().root);
    scratch.write(path, test.replace("\nexpect", "\nbecause = \"so\"\nexpect"));
    assert_eq!(built(&scratch), [""; 0]);
    scratch.write(
        path,
        "[[removed]]\nname = \"no order, no day\"\nbecause = \"clear\"\n",
    );
    assert_eq!(built(&scratch), ["mart_days"]);
}
