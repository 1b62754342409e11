//! What each kind lowers into.

use lockgate_core::error::Text;
use lockgate_core::expect::{KINDS, Measure, is_query, load};

#[test]
fn a_value_from_a_query_of_its_own_is_known_by_its_sql_and_not_by_its_first_letters() {
    let mut queries = 0;
    for example in KINDS.iter().flat_map(|kind| kind.examples) {
        for missing in ["", "\nmissing = ['-']"] {
            let text = format!("[[expect]]\n{}{missing}", example.toml);
            let (asked, _) = load(&Text::new("t", text));
            for expectation in asked {
                let Measure::Value { aggregate, .. } = expectation.lower_anywhere() else {
                    continue;
                };
                let is = is_query(&aggregate);
                assert_eq!(is, aggregate.starts_with("(SELECT "), "{aggregate}");
                queries += usize::from(is);
            }
        }
    }
    assert!(queries > 10, "{queries}");
}
