//! What GitHub cuts off or drops, kept within and counted.

use lockgate::report::{self, AT_A_STEP, COMMENT, Document, annotations, markdown, of_run};

use super::{failing, frame, large, render, rules};

#[test]
fn markdown_of_three_thousand_expectations_fits_a_comment_and_counts_the_rest() {
    let text = render(Document::Markdown, &large(3000));
    assert!(
        text.len() <= COMMENT && text.len() > COMMENT / 2,
        "{}",
        text.len()
    );
    assert_eq!(
        text.matches("<details>").count(),
        text.matches("</details>").count()
    );
    assert_eq!(
        text.matches("<pre>").count(),
        text.matches("</pre>").count()
    );
    let shown = text.matches("\n**ERROR** ").count();
    let left = r"Left out here\*\*: ([\d,]+) could not be asked, 900 failed, 900 warned\.";
    let left = regex::Regex::new(left).unwrap();
    let left = left.captures(&text).unwrap()[1].replace(',', "");
    // Of the ten of each model, the first, fourth, seventh and last could not be asked.
    let errors = 300 * 4;
    assert!(shown > 20);
    assert_eq!(shown + left.parse::<usize>().unwrap(), errors);
    assert!(!text.contains("**FAIL**"), "the worst stand first");
}

#[test]
fn markdown_keeps_any_limit() {
    let rules = rules();
    let (small, big) = (of_run(&failing()), of_run(&large(3000)));
    for limit in [0, 10, 100, 1000, 2500, 4096, 10_000, 30_000, 1 << 20] {
        for suites in [&small, &big] {
            let text = markdown(suites, &frame(&rules), limit);
            assert!(text.len() <= limit, "{} over {limit}", text.len());
            assert_eq!(
                text.matches("<details>").count(),
                text.matches("</details>").count()
            );
        }
    }
}

#[test]
fn github_shows_ten_of_a_level_and_is_told_of_the_rest() {
    let rules = rules();
    let text = annotations(&of_run(&large(3000)), &frame(&rules), AT_A_STEP);
    for (level, left) in [("error", 2_100 + 1 - 9), ("warning", 900 - 9)] {
        let start = format!("::{level} ");
        let lines: Vec<&str> = text
            .lines()
            .filter(|line| line.starts_with(&start))
            .collect();
        assert_eq!(lines.len(), AT_A_STEP);
        let last = lines.last().unwrap();
        let more = format!("and {} more: ", report::counted(left, level));
        assert!(last.contains(&more), "{last}");
    }
    assert_eq!(text.lines().count(), 2 * AT_A_STEP);
}
