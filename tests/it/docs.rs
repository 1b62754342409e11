//! The documentation of a project: its lineage, its links, and that it is written with care.

mod cleaners;
mod pages;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use lockgate::check;
use lockgate::outcome::{Catalogue, Verdict};
use lockgate::report::{self, Month, SiteFile};
use regex::Regex;

use crate::cli::{RUN, lockgate, root, starter};
use crate::report::scale::{chromium, probed};
use crate::support::{Scratch, wait};

fn catalogue(scratch: &Scratch) -> Catalogue {
    let project = scratch.project();
    wait(async move { check::catalogue(&project).await.unwrap() })
}

fn page<'a>(files: &'a [SiteFile], path: &str) -> &'a str {
    &files.iter().find(|file| file.path == path).unwrap().text
}

/// Every link within the site with the file and the part it leads to.
fn unresolved(files: &[SiteFile]) -> Vec<String> {
    let href = Regex::new(r##"(?:href|src)="([^"#]*)(?:#([^"]*))?""##).unwrap();
    let id = Regex::new(r#" id="([^"]*)""#).unwrap();
    let ids: BTreeMap<&str, BTreeSet<String>> = files
        .iter()
        .map(|file| {
            let found = id.captures_iter(&file.text);
            (
                file.path.as_str(),
                found.map(|found| found[1].to_owned()).collect(),
            )
        })
        .collect();
    let mut dead = Vec::new();
    for file in files.iter().filter(|file| file.path.ends_with(".html")) {
        for found in href.captures_iter(&file.text) {
            let folder = file.path.rsplit_once('/').map_or("", |(folder, _)| folder);
            let target = match (&found[1], folder) {
                ("", _) => file.path.clone(),
                (path, _) if path.starts_with("../") => path[3..].to_owned(),
                (path, "") => path.to_owned(),
                (path, folder) => format!("{folder}/{path}"),
            };
            let target = target.replace("%20", " ");
            let part = found.get(2).map(|part| part.as_str());
            let there = ids.get(target.as_str());
            if !there.is_some_and(|ids| part.is_none_or(|part| ids.contains(part))) {
                dead.push(format!("{}: {}", file.path, &found[0]));
            }
        }
    }
    dead
}

#[test]
fn the_leads_project_has_a_page_for_everything_and_every_link_resolves() {
    let found = catalogue(&Scratch::of(&root()));
    let files = report::docs(&found, None, &[], None);
    let pages = files.iter().filter(|file| file.path.ends_with(".html"));
    let tables = found.sources.len() + found.models.len();
    assert_eq!(
        pages.count(),
        tables + 2,
        "and the first page and the cleaners"
    );
    assert_eq!(unresolved(&files), [""; 0]);
    assert_eq!(
        files,
        report::docs(&found, None, &[], None),
        "the same bytes"
    );
    let index = &files[0].text;
    assert!(index.contains("not run yet"));
    for file in &files {
        for outside in ["http:", "https:", "@import", "url("] {
            assert!(!file.text.contains(outside), "{}: {outside}", file.path);
        }
    }
}

#[test]
fn columns_of_the_leads_project_come_from_where_their_sql_takes_them() {
    let found = catalogue(&Scratch::of(&root()));
    let told = |table: &str, column: &str| {
        let model = found
            .models
            .iter()
            .find(|model| model.name == table)
            .unwrap();
        let column = model
            .columns
            .iter()
            .find(|known| known.name == column)
            .unwrap();
        let list = |all: &[lockgate::outcome::ColumnRef]| {
            let all = all.iter().map(|of| format!("{}.{}", of.table, of.column));
            all.collect::<Vec<_>>().join(", ")
        };
        let how = if column.as_is { "is" } else { "by" };
        format!("{how} {} | {}", list(&column.from), list(&column.to))
    };
    let columns = [
        ("base_leads_source_2", "monday"),
        ("base_leads_source_2", "license_number"),
        ("stg_leads_source_1", "source_id"),
        ("stg_leads_source_1", "source_name"),
        ("dim_prospective_leads", "first_received_from_source"),
        ("dim_prospective_leads", "phone_address_key"),
    ];
    let lines: Vec<String> = columns
        .iter()
        .map(|(table, column)| format!("{table}.{column}: {}", told(table, column)))
        .collect();
    insta::assert_snapshot!(lines.join("\n"));
    let dim = found
        .models
        .iter()
        .find(|model| model.name == "dim_prospective_leads")
        .unwrap();
    let by: Vec<&str> = dim.decided_by.iter().map(|of| of.column.as_str()).collect();
    assert_eq!(by, ["phone_address_key"]);
}

#[test]
fn a_models_page_tells_its_last_verdict_and_links_into_the_report() {
    let scratch = Scratch::new(crate::shop::SOUND);
    scratch.write("data/orders_2024-01-01.csv", "Id,Amount\na,1\nb,2\n");
    let run = scratch.run();
    let month = Month::of(&run, &[]);
    let found = catalogue(&scratch);
    let files = report::docs(&found, Some(&month), &[], Some("report.html"));
    let page = |path: &str| &files.iter().find(|file| file.path == path).unwrap().text;
    let model = page("model/base_orders.html");
    assert!(
        model.contains(r##"href="../report.html#m-base_orders""##),
        "{model}"
    );
    assert!(model.contains(&format!(">{}<", Verdict::Pass)) && !model.contains("not run yet"));
    let source = page("source/orders.html");
    assert!(
        source.contains("1 file, the first of 1 January 2024"),
        "{source}"
    );
    assert!(source.contains(r##"href="../report.html#m-raw-orders""##));
    let link = report::docs(
        &found,
        Some(&month),
        &[],
        Some("https://ci.example/report.html"),
    );
    assert!(link.iter().any(|file| {
        file.text
            .contains("\"https://ci.example/report.html#m-base_orders\"")
    }));
    // With the report beside them, every link of the pages resolves.
    let text = report::html(&month);
    let whole = [
        files,
        vec![SiteFile {
            path: "report.html".into(),
            text,
        }],
    ]
    .concat();
    assert_eq!(unresolved(&whole), [""; 0]);
}

const TESTS: &str = r#"
[[test]]
name = "amounts are <numbers>"
because = "they are summed"
[test.given."raw.orders"]
rows = [{ id = "a", amount = "7" }, { id = "b" }, { id = "" , amount = "1" }]
[test.expect]
rows = [{ id = "a", amount = 7 }, { id = "b" }, { id = "", amount = 1 }]

[[test]]
name = "a wrong guess"
[test.given."raw.orders"]
rows = [{ id = "a", amount = "7" }]
[test.expect]
ordered = true
rows = [{ id = "a", amount = 8 }]
"#;

#[test]
fn a_models_page_shows_its_unit_tests_and_how_they_came_out() {
    let scratch = Scratch::new(crate::shop::SOUND);
    scratch.write("tests/base/base_orders.toml", TESTS);
    scratch.write("data/orders_2024-01-01.csv", "Id,Amount\na,1\n");
    let run = scratch.run();
    let found = catalogue(&scratch);
    let page = |month: Option<&Month>| {
        let files = report::docs(&found, month, &[], None);
        let mut files = files.into_iter();
        files
            .find(|file| file.path == "model/base_orders.html")
            .unwrap()
            .text
    };
    let section = |page: String| {
        let from = page.find(r#"<section id="tests""#).unwrap();
        let to = page[from..].find("</section>").unwrap();
        page[from..from + to].replace("><", ">\n<")
    };
    assert!(page(None).contains("not run yet"));
    insta::assert_snapshot!(section(page(Some(&Month::of(&run, &[])))));
}

#[test]
fn every_link_of_a_site_on_disk_leads_somewhere_also_into_the_report() {
    let out = tempfile::tempdir().unwrap();
    let site = out.path().join("site");
    fs::create_dir(&site).unwrap();
    let at = |path: &Path| path.display().to_string();
    for args in [
        ["report", "--out", &at(&site.join("report.html"))],
        ["docs", "--out", &at(&site)],
    ] {
        assert_eq!(lockgate(RUN.path(), &args).code, 0);
    }
    let mut files = Vec::new();
    let mut folders = vec![site.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            files.push(SiteFile {
                path: path.strip_prefix(&site).unwrap().display().to_string(),
                text: fs::read_to_string(&path).unwrap(),
            });
        }
    }
    assert!(files.len() > 5);
    assert_eq!(unresolved(&files), [""; 0]);
}

#[test]
fn no_text_of_a_project_becomes_markup() {
    let mut found = catalogue(&Scratch::of(&root()));
    let evil = "</script><script>alert(1)</script>&\"'";
    found.project = evil.into();
    let model = &mut found.models[0];
    model.summary = Some(evil.into());
    model.sql = format!("select '{evil}' -- {evil}\n/* {evil}");
    model.owner = Some(evil.into());
    model.columns[0].summary = Some(evil.into());
    for file in report::docs(&found, None, &[], None) {
        if file.path.ends_with(".html") {
            assert!(!file.text.contains("<script>alert"), "{}", file.path);
        }
    }
}

#[test]
fn a_folder_of_someone_else_is_left_alone_and_a_page_whose_model_is_gone_is_taken_out() {
    let folder = starter();
    let at = folder.path();
    fs::create_dir(at.join("site")).unwrap();
    fs::write(at.join("site/notes.txt"), "mine").unwrap();
    let refused = lockgate(at, &["docs", "--out", "site"]);
    insta::assert_snapshot!(refused.whole());
    assert!(!at.join("site/index.html").exists());
    let forced = lockgate(at, &["docs", "--out", "site", "--force"]);
    assert_eq!(
        (forced.code, forced.out.as_str()),
        (0, "5 pages; open site/index.html\n")
    );
    let gone = at.join("site/model/stg_contacts.html");
    assert!(gone.is_file());
    for file in ["models", "contracts", "expectations", "tests"] {
        let end = if file == "models" { "sql" } else { "toml" };
        fs::remove_file(at.join(format!("{file}/staging/stg_contacts.{end}"))).unwrap();
    }
    assert_eq!(lockgate(at, &["docs", "--out", "site"]).code, 0);
    assert!(!gone.exists() && at.join("site/notes.txt").is_file());
}

#[test]
fn a_run_project_is_documented_in_its_own_folder_with_the_report_beside() {
    let out = tempfile::tempdir().unwrap();
    let site = out.path().join("site");
    let report = site.join("report.html");
    fs::create_dir(&site).unwrap();
    let shown = |path: &Path| path.display().to_string();
    let report = lockgate(RUN.path(), &["report", "--out", &shown(&report)]);
    assert_eq!(report.code, 0, "{}", report.err);
    let args = ["docs", "--out", &shown(&site)];
    assert_eq!(lockgate(RUN.path(), &args).code, 0);
    let read = || fs::read_to_string(site.join("model/stg_contacts.html")).unwrap();
    let first = read();
    assert!(first.contains("../report.html#m-stg_contacts"));
    assert_eq!(lockgate(RUN.path(), &args).code, 0);
    assert_eq!(first, read(), "the same bytes");
    let json = lockgate(
        RUN.path(),
        &["docs", "--out", &shown(&site), "--format", "json"],
    )
    .json();
    assert_eq!(json["models"][0]["columns"][0]["as_is"], true);
}

#[test]
fn a_project_that_is_wrong_has_no_documentation() {
    let folder = starter();
    let model = folder.path().join("models/staging/stg_contacts.sql");
    fs::write(model, "select nope from base_contacts\n").unwrap();
    let answer = lockgate(folder.path(), &["docs"]);
    assert_eq!(answer.code, 2);
    assert!(answer.err.contains("nope"), "{}", answer.err);
    assert!(!folder.path().join("docs").exists());
}

/// The first model over and over under other names, each reading the one before.
fn large() -> Catalogue {
    let mut found = catalogue(&Scratch::of(&root()));
    let model = found.models[0].clone();
    for number in 0..300 {
        let mut copy = model.clone();
        copy.name = format!("copy_{number:03}");
        copy.layer = found.layers[number / 75].clone();
        if number >= 75 {
            copy.reads = vec![format!("copy_{:03}", number - 75)];
        }
        found.models.push(copy);
    }
    found
}

#[test]
fn the_site_of_three_hundred_models_is_small_and_its_search_finds() {
    let files = report::docs(&large(), None, &[], None);
    let total: usize = files.iter().map(|file| file.text.len()).sum();
    println!("{total} bytes");
    assert!(total < 40_000_000, "{total}");
    let Some(chromium) = chromium() else { return };
    // The one page with its script within, so that it stands alone.
    let script = files.iter().find(|file| file.path == "search.js").unwrap();
    let within = format!("<script>{}</script>", script.text);
    let page = files[0]
        .text
        .replace(r#"<script src="search.js"></script>"#, &within);
    let search = "addEventListener('load',()=>{const q=document.getElementById('q');\
        q.value='copy_123 phone_address';q.dispatchEvent(new Event('input'));\
        document.documentElement.dataset.probe='it '+document.querySelector('#hits a').href})";
    let found = probed(&chromium, &page, search, &[]);
    assert!(
        found.ends_with("model/copy_123.html#c-phone_address_key"),
        "{found}"
    );
}
