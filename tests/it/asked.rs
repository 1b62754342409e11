//! What was asked is asked: of this run's rows, by the SQL that was checked, and of nothing that is gone.

mod conditions;
mod emptied;
mod facts;
mod planned;
mod queries;
mod refused;

use lockgate::outcome::Run;

use crate::support::Scratch;

const MANIFEST: &str = "name = \"town\"\nlayers = [\"base\", \"marts\"]\nas_of = \"newest_file\"\n";

const ORDERS: &str = r#"
version = "1.0.0"
summary = "The orders of a month."
owner = "data@example.com"

[file]
name = ["orders_{date}.csv"]
date = "%Y-%m-%d"

[columns]
Id = {}
Town = {}
Amount = {}
"#;

const TOWNS: &str = r#"
version = "1.0.0"
summary = "The towns."
owner = "data@example.com"

[file]
name = ["towns_{date}.csv"]
date = "%Y-%m-%d"

[columns]
Town = {}
State = {}
"#;

/// Orders that name towns, and the towns: `a_orders` is built before `b_towns` unless something asks.
fn town() -> Scratch {
    Scratch::new(&[
        ("lockgate.toml", MANIFEST),
        ("contracts/sources/orders.toml", ORDERS),
        ("contracts/sources/towns.toml", TOWNS),
        (
            "models/base/a_orders.sql",
            "select id, town, cast(amount as bigint) as amount, file_date from raw.orders \
             where file_date = (select max(file_date) from raw.orders)",
        ),
        (
            "models/base/b_towns.sql",
            "select town, state, file_date from raw.towns \
             where file_date = (select max(file_date) from raw.towns)",
        ),
        (
            "data/orders_2024-01-01.csv",
            "Id,Town,Amount\n1,Elko,10\n2,Reno,20\n",
        ),
        (
            "data/towns_2024-01-01.csv",
            "Town,State\nElko,NV\nReno,NV\n",
        ),
    ])
}

/// The project with these expectations of the orders.
fn asking(expectations: &str) -> Scratch {
    let town = town();
    town.write("expectations/base/a_orders.toml", expectations);
    town
}

/// The messages of a project that is refused, by `load` or by `check`.
fn told(town: &Scratch) -> Vec<String> {
    let problems = match lockgate::project::load(&town.path("")) {
        Err(error) => error,
        Ok(project) => {
            let checked =
                crate::support::wait(async move { lockgate::check::check(&project).await });
            match checked {
                Err(error) => error,
                Ok(_) => return Vec::new(),
            }
        }
    };
    let problems = problems.problems().iter();
    problems
        .map(|problem| problem.message().to_owned())
        .collect()
}

fn verdicts(run: &Run, of: &str) -> Vec<(String, String)> {
    let outcomes = run.model(of).expect("the model").outcomes.iter();
    outcomes
        .map(|outcome| (outcome.id.clone(), outcome.verdict.to_string()))
        .collect()
}
