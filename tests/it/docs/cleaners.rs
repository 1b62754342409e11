//! The page of cleaners: laws with their last verdicts, counterexamples, the corpus.

use std::fs;

use lockgate::report;

use super::{catalogue, page, unresolved};
use crate::cli::{lockgate, root};
use crate::shop;
use crate::support::Scratch;

const ZIP: &str = r#"
summary = "The five digits of a ZIP code."
sql = "regexp_match(value, '([0-9]{5})')[1]"
form = '\d{5}'

[[input]]
list = ["89101", " 89101-0001"]

[[example]]
raw = "89101-0001"
clean = "89101"
[[example]]
raw = "<8910>"

[[law]]
name = "long"
statement = "Four more digits say nothing."
other = "after || '-0001'"
where = "after IS NOT NULL"
holds = "other = after"
"#;

#[test]
fn the_cleaners_of_a_project_have_a_page_with_their_laws_and_examples() {
    let scratch = Scratch::new(shop::SOUND);
    scratch.write("cleaners/zip.toml", ZIP);
    let found = catalogue(&scratch);
    let files = report::docs(&found, None, &[], None);
    assert_eq!(unresolved(&files), [""; 0]);
    let linked = files.iter().filter(|file| file.path.ends_with(".html"));
    for page in linked {
        assert!(page.text.contains("cleaners.html\""), "{}", page.path);
    }
    let page = files.iter().find(|file| file.path == "cleaners.html");
    let page = &page.unwrap().text;
    let main = &page[page.find("<main").unwrap()..page.find("</main>").unwrap()];
    shop::pin("docs", [("cleaners", main.replace("><", ">\n<"))]);
}

#[test]
fn a_cleaners_page_tells_the_last_verdicts_of_its_laws_and_the_texts_its_corpus_keeps() {
    let scratch = Scratch::new(shop::SOUND);
    scratch.write("cleaners/zip.toml", ZIP.replace("[0-9]{5}", "[0-9]{4}."));
    scratch.write("corpus/zip.txt", "\"<8910 >\"\n");
    let folder = scratch.path("");
    let page = || {
        let docs = lockgate(&folder, &["docs", "--out", "site"]);
        assert_eq!(docs.code, 0, "{}", docs.err);
        fs::read_to_string(scratch.path("site/cleaners.html")).unwrap()
    };
    let law = |page: &str, name: &str| {
        let rows = page.split("<tr>");
        let row = rows.filter(|row| row.contains(&format!(">{name}"))).last();
        row.unwrap().split("</tr>").next().unwrap().to_owned()
    };
    assert!(law(&page(), "total").contains("not run yet"));
    let hunt = lockgate(&folder, &["fuzz", "zip", "--cases", "200", "--seed", "1"]);
    assert_eq!(hunt.code, 1, "{}", hunt.whole());
    let told = page();
    let total = law(&told, "total");
    assert!(
        total.contains(">pass<") && total.contains("no counterexample among 201 texts"),
        "{total}"
    );
    let form = law(&told, "in_");
    let input = "<small>input</small> <code>&quot;0000a&quot;</code>";
    assert!(form.contains(">fail<") && form.contains(input), "{form}");
    assert!(
        told.contains("<li><code>&quot;&lt;8910 &gt;&quot;</code></li>"),
        "{told}"
    );
    scratch.write(
        "lockgate.toml",
        "name = \"shop\"\nlayers = [\"base\", \"marts\"]\nsamples = 0\n",
    );
    let hidden = page();
    assert!(
        hidden.contains("kept, and not shown") && !hidden.contains("0000a"),
        "{hidden}"
    );
}

#[test]
fn the_cleaners_of_lockgate_that_a_project_uses_have_their_place_too() {
    let found = catalogue(&Scratch::of(&root()));
    let uses = found.cleaners.iter();
    let uses: Vec<String> = uses
        .map(|it| format!("{} by {}", it.name, it.used_by.join(", ")))
        .collect();
    shop::pin("docs", [("uses of cleaners", uses.join("\n"))]);
    let files = report::docs(&found, None, &[], None);
    let model = page(&files, "model/base_leads_source_1.html");
    assert!(model.contains(r##"<a href="../cleaners.html#m-phone">clean_phone</a>"##));
    let none = catalogue(&Scratch::new(shop::SOUND));
    assert!(none.cleaners.is_empty());
}
