//! A large history: 300 models, 3,000 expectations, 36 months in one file.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use lockgate::outcome::{Gate, Number, Run, Verdict};
use lockgate::report::{self, Month};

use super::synthetic::{file, model, outcome, run, sample};
use crate::support::Dice;

/// 36 months of 300 models in six layers, each with ten expectations, some of which fall.
fn history() -> Vec<Run> {
    let mut dice = Dice(7);
    let months = (0..36).map(|month| {
        let day = format!("{}-{:02}-01", 2022 + month / 12, month % 12 + 1);
        let mut run = run(&format!("run-{month}"), &day);
        for source in 0..20 {
            let name = format!("source_{source}_{day}.csv");
            let rows = 1000 + dice.roll(50);
            run.files
                .push(file(&format!("source_{source}"), &name, &day, Some(rows)));
        }
        for number in 0..300_u64 {
            let outcomes = (0..10).map(|i| {
                let mut asked = outcome(&format!("in_set(column_{i})"), Verdict::Pass, 0, 1000);
                if i % 2 == 0 {
                    (asked.rows, asked.of) = (None, None);
                    asked.value = Some(Number::Float(dice.roll(1000) as f64 / 7.0));
                    asked.limits.least = Some(0.0);
                    asked.limits.most = Some(150.0);
                }
                if dice.roll(150) == 0 {
                    asked.verdict = Verdict::Warn;
                    asked.rows = asked.rows.map(|_| 3);
                    asked.samples = vec![sample("phone", "775-555-0100"); 5];
                }
                asked.because = Some("someone downstream counts on it".to_owned());
                asked
            });
            let name = format!("model_{number:03}");
            let mut built = model(&format!("layer_{}", number / 50), &name, outcomes.collect());
            built.reads = match number {
                0..50 => vec![format!("raw.source_{}", number % 20)],
                number => vec![format!("model_{:03}", number - 50)],
            };
            run.models.push(built);
        }
        run
    });
    months.collect()
}

/// Chromium, where there is one.
pub fn chromium() -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let names = ["chromium", "chromium-browser", "google-chrome"];
    std::env::split_paths(&path)
        .flat_map(|folder| names.map(|name| folder.join(name)))
        .find(|file| file.is_file())
}

#[test]
fn three_years_of_three_thousand_expectations_open_in_under_two_seconds() {
    let runs = history();
    let (now, past) = runs.split_last().unwrap();
    let month = Month::of(now, past);
    let page = report::html(&month);
    assert_eq!(page, report::html(&Month::of(now, past)), "the same bytes");
    assert!(page.len() < 12_000_000, "{} bytes", page.len());
    assert!(page.contains("model_299") && page.contains("in_set(column_9)"));
    println!("{} bytes", page.len());
    let Some(chromium) = chromium() else { return };
    // The page tells on itself, once it is laid out.
    let laid_out = "addEventListener('load',()=>{document.body.getBoundingClientRect();\
        document.documentElement.dataset.probe=`it took ${Math.round(performance.now())}`})";
    let took = probed(&chromium, &page, laid_out, &[]);
    println!("opened: {took} ms");
    let took: u64 = took.trim_start_matches("it took ").parse().unwrap();
    assert!(took < 2000, "{took} ms");
    let search = "addEventListener('load',()=>{const q=document.getElementById('q');\
        q.value='model_123 column_4';q.dispatchEvent(new Event('input'));\
        setTimeout(()=>{document.documentElement.dataset.probe=\
        'it '+document.getElementById('found').textContent},900)})";
    let found = probed(&chromium, &page, search, &["--virtual-time-budget=5000"]);
    assert_eq!(found, "it 1 found");
}

/// The last month with three gates closed, and all that is behind them waiting.
fn with_closed_gates(now: &Run) -> Run {
    let mut bad = now.clone();
    for (at, verdict) in [
        (40, Verdict::Fail),
        (170, Verdict::Fail),
        (260, Verdict::Error),
    ] {
        bad.models[at].outcomes[3].verdict = verdict;
        bad.models[at].outcomes[3].rows = Some(700);
        bad.models[at].gate = Gate::Closed;
        for behind in (at + 50..300).step_by(50) {
            bad.models[behind].gate = Gate::Skipped;
            bad.models[behind].outcomes.clear();
        }
    }
    bad
}

#[test]
fn of_hundreds_of_models_what_failed_comes_first_in_every_part() {
    let runs = history();
    let (now, past) = runs.split_last().unwrap();
    let bad = with_closed_gates(now);
    let page = report::html(&Month::of(&bad, past)).replace("<wbr>", "");
    let part = |id: &str| {
        let part = page.split(&format!("<section id=\"{id}\"")).nth(1).unwrap();
        part.split("</section>").next().unwrap().to_owned()
    };
    let names = |text: &str| -> Vec<String> {
        let name = regex::Regex::new("model_[0-9]{3}").unwrap();
        let mut names: Vec<String> = name.find_iter(text).map(|it| it.as_str().into()).collect();
        names.dedup();
        names
    };
    let news = part("news");
    let titles: String = news
        .split("<h3>")
        .skip(1)
        .map(|it| &it[..it.find("</h3>").unwrap()])
        .collect();
    assert_eq!(names(&titles)[..3], ["model_040", "model_170", "model_260"]);
    assert_eq!(
        news.matches("<article class=\"card").count(),
        8,
        "cards that stand open"
    );
    assert!(
        news.matches("<details class=\"card odd\"><summary><h3>")
            .count()
            > 5
    );
    let gates = part("gates");
    let layer = gates.split("<h3>layer_3</h3>").nth(1).unwrap();
    assert_eq!(
        names(layer)[..2],
        ["model_170", "model_190"],
        "closed, then waiting"
    );
    assert!(gates.contains("<a href=\"#files\">and 6 more</a>"));
    assert_eq!(
        names(&part("all"))[..3],
        ["model_260", "model_040", "model_170"]
    );
    let Some(chromium) = chromium() else { return };
    assert_eq!(too_wide(&chromium, &page), "it ");
}

/// What is wider than a page of 390 pixels, and each head of a row that is squeezed.
pub fn too_wide(chromium: &Path, page: &str) -> String {
    let script = "addEventListener('load',()=>{const page=document.querySelector('iframe').contentDocument;\
        const bad=[];const root=page.documentElement;\
        if(root.scrollWidth>390)bad.push('page '+root.scrollWidth);\
        for(const part of page.querySelectorAll('.scroll'))\
        if(!part.closest('details')&&!part.querySelector('pre.sql')&&part.scrollWidth>part.clientWidth+1)bad.push(part.ariaLabel+' '+part.scrollWidth);\
        for(const head of page.querySelectorAll('main tbody th'))\
        if(!head.closest('.samples')&&head.clientWidth&&head.clientWidth<90)bad.push(head.textContent+' '+head.clientWidth);\
        document.documentElement.dataset.probe='it '+bad.join('; ')})";
    let text = page.replace('&', "&amp;").replace('"', "&quot;");
    let phone = format!(
        "<body><iframe style=\"width:390px;height:844px;border:0\" srcdoc=\"{text}\"></iframe></body>"
    );
    probed(chromium, &phone, script, &[])
}

/// What a script within the page writes on its root.
pub fn probed(chromium: &Path, page: &str, script: &str, more: &[&str]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("report.html");
    let probe = format!("<script>{script}</script></body>");
    let (before, after) = page.rsplit_once("</body>").unwrap();
    fs::write(&file, format!("{before}{probe}{after}")).unwrap();
    let shown = Command::new(chromium)
        .args([
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--no-first-run",
        ])
        .args(["--disable-background-networking", "--dump-dom"])
        .arg(format!(
            "--user-data-dir={}",
            folder.path().join("profile").display()
        ))
        .args(more)
        .arg(format!("file://{}", file.display()))
        .output()
        .unwrap();
    let dom = String::from_utf8_lossy(&shown.stdout).into_owned();
    let root = dom
        .split_once("data-probe=\"")
        .expect("the page was opened")
        .1;
    root.split_once('"').unwrap().0.to_owned()
}
