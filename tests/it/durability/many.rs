//! Many small files: a good many to a commit, each an entry of its own.

use std::time::Instant;

use lockgate::outcome::FileState;

use crate::support::Scratch;

const CONTRACT: &str = "version = '1.0.0'\nsummary = 'What was sold.'\nowner = 'data@example.com'\n\n\
    [file]\nname = ['orders_{date}_*.csv']\ndate = '%Y-%m-%d'\n\n[columns]\nId = {}\nTown = {}\n";

fn shop(files: u32) -> Scratch {
    let shop = Scratch::new(&[
        ("lockgate.toml", "name = 'shop'\nlayers = ['base']\n"),
        ("contracts/sources/orders.toml", CONTRACT),
        (
            "models/base/base_orders.sql",
            "select id, file_name from raw.orders",
        ),
    ]);
    for n in 0..files {
        let name = format!("data/orders_2024-01-{:02}_{n:05}.csv", n % 28 + 1);
        shop.write(&name, format!("Id,Town\n{n}-1,Elko\n{n}-2,Reno\n"));
    }
    shop
}

#[test]
fn many_small_files_share_commits_and_each_is_known_by_itself() {
    let shop = shop(450);
    let run = shop.run();
    assert!(run.files.iter().all(|file| file.state == FileState::New));
    assert_eq!(shop.stored("raw/orders/_delta_log", ".json"), 3);
    let counts = "select count(*), count(distinct file_name) from raw.orders";
    assert_eq!(shop.query(counts), ["900|450"]);
    let run = shop.run();
    assert!(run.files.iter().all(|file| file.state == FileState::Known));
}

#[test]
#[ignore = "a figure for docs/durability.md: run it with --release"]
fn five_thousand_small_files() {
    let shop = shop(5000);
    for what in ["first", "second"] {
        let started = Instant::now();
        let run = shop.run();
        let took = started.elapsed().as_secs_f64();
        println!(
            "{what} run: {took:.1} s, {:.0} files a second",
            run.files.len() as f64 / took
        );
    }
}
