//! What the pages show, and that a phone shows all of it.

use lockgate::outcome::{Run, Verdict};
use lockgate::report::{self, Month};
use regex::Regex;

use super::{catalogue, large, page};
use crate::cli::root;
use crate::report::scale::{chromium, too_wide};
use crate::support::Scratch;

#[test]
fn a_graph_says_every_name_whole_and_has_a_narrow_form_too() {
    let found = catalogue(&Scratch::of(&root()));
    let files = report::docs(&found, None, &[], None);
    let index = page(&files, "index.html");
    let models = found.models.iter().map(|model| model.name.clone());
    let sources = found.sources.iter().map(|it| format!("raw.{}", it.name));
    for name in sources.chain(models) {
        let boxes = index.matches(&format!(">{name}</text>")).count();
        assert_eq!(boxes, 2, "{name} in the wide and in the narrow graph");
    }
    let many = report::docs(&large(), None, &[], None);
    let narrow = page(&many, "index.html").matches("class=\"narrow\"");
    assert_eq!(
        narrow.count(),
        0,
        "hundreds of boxes are no help on a phone"
    );
}

#[test]
fn a_column_tells_the_models_of_which_it_decides_the_rows() {
    let files = report::docs(&catalogue(&Scratch::of(&root())), None, &[], None);
    let dim = page(&files, "model/dim_prospective_leads.html");
    let row = dim.split("<tr id=\"c-phone_address_key\"").nth(1).unwrap();
    let row = row.split("</tr>").next().unwrap();
    let (_, decided) = row.split_once("decides the rows of").unwrap();
    assert!(decided.contains("net_new_leads_by_file.html"), "{row}");
}

#[test]
fn what_a_person_wrote_comes_before_what_the_contract_implies_which_is_folded_away() {
    let scratch = Scratch::new(crate::shop::SOUND);
    scratch.write("data/orders_2024-01-01.csv", "Id,Amount\na,1\n");
    let (sound, found) = (scratch.run(), catalogue(&scratch));
    let section = |run: Option<&Run>| {
        let month = run.map(|run| Month::of(run, &[]));
        let files = report::docs(&found, month.as_ref(), &[], None);
        let page = page(&files, "model/base_orders.html").to_owned();
        let from = page.find(r#"<section id="expectations""#).unwrap();
        let to = page[from..].find("</section>").unwrap();
        page[from..from + to].to_owned()
    };
    let calm = section(Some(&sound));
    let written = calm.find("between(amount)").unwrap();
    let fold = calm
        .find(r#"<details class="standing"><summary>3 more that the contract implies: 3 passed"#);
    assert!(fold.is_some_and(|fold| written < fold), "{calm}");
    assert!(section(None).contains("3 more that the contract implies</summary>"));
    let mut fell = sound.clone();
    for outcome in &mut fell.models[0].outcomes {
        outcome.verdict = Verdict::Fail;
    }
    let open =
        r#"<details class="standing" open><summary>3 more that the contract implies: 3 failed"#;
    assert!(section(Some(&fell)).contains(open));
}

#[test]
fn a_model_behind_a_closed_gate_is_not_said_to_pass() {
    let scratch = Scratch::new(crate::shop::SOUND);
    scratch.write("data/orders_2024-01-01.csv", "Id,Amount\na,1\n");
    let sound = scratch.run();
    scratch.write("data/orders_2024-02-01.csv", "Id,Amount\nb,2\nc,3\nd,-1\n");
    let shut = scratch.run();
    let found = catalogue(&scratch);
    let past = [sound];
    let files = report::docs(&found, Some(&Month::of(&shut, &past)), &[], None);
    let mart = page(&files, "model/mart_days.html");
    assert!(
        mart.contains("not built: a gate before it is closed"),
        "{mart}"
    );
    let head = mart.split_once("</h1>").unwrap().0;
    assert!(
        head.ends_with(r#"<span class="tag mute">skip</span>"#),
        "{head}"
    );
    let index = page(&files, "index.html");
    assert!(
        index.contains("Of the tables, 1 failed, 1 skipped."),
        "{index}"
    );
}

#[test]
fn no_page_of_the_site_is_wider_than_a_phone() {
    let Some(chromium) = chromium() else { return };
    let files = report::docs(
        &catalogue(&Scratch::of(&root())),
        None,
        &[],
        Some("report.html"),
    );
    let style = format!("<style>{}</style>", page(&files, "style.css"));
    let link = Regex::new(r#"<link rel="stylesheet" href="[^"]*">"#).unwrap();
    for path in [
        "index.html",
        "cleaners.html",
        "source/source1.html",
        "model/dim_prospective_leads_source_level.html",
        "model/net_new_leads_by_file.html",
    ] {
        let text = link.replace(page(&files, path), regex::NoExpand(&style));
        assert_eq!(too_wide(&chromium, &text), "it ", "{path}");
    }
}
