//! Fodor's and Zagat's restaurants: the same place found by phone, address and name, as SQL on the cleaners.

use lockgate::engine::{Engine, text_rows};

use super::data;

const LIMIT: usize = 10_000;

struct Pairs {
    found: usize,
    right: usize,
    true_pairs: usize,
}

impl Pairs {
    fn f1(&self) -> f64 {
        2.0 * self.right as f64 / (self.found + self.true_pairs) as f64
    }
}

async fn pairs(engine: &Engine, rule: &str, true_pairs: usize) -> Pairs {
    let sql = format!(
        "WITH keys AS (
            SELECT record_id, clean_phone(phone) AS phone,
                address_key(address || ', ' || city) AS address, clean_company(name) AS name
            FROM records),
        candidates AS (
            SELECT a.record_id AS a, b.record_id AS b, a.name AS name_a, b.name AS name_b FROM keys a JOIN keys b
                ON a.phone = b.phone WHERE CAST(a.record_id AS INT) < CAST(b.record_id AS INT)
            UNION
            SELECT a.record_id, b.record_id, a.name, b.name FROM keys a JOIN keys b
                ON split_part(a.address, '|', 1) = split_part(b.address, '|', 1)
                AND split_part(a.address, '|', 3) = split_part(b.address, '|', 3)
                WHERE CAST(a.record_id AS INT) < CAST(b.record_id AS INT) AND {by_address}),
        found AS (SELECT a, b FROM candidates WHERE {name})
        SELECT count(*), count(t.id_1) FROM found LEFT JOIN truth t ON
            (t.id_1 = a AND t.id_2 = b) OR (t.id_1 = b AND t.id_2 = a)",
        by_address = if rule == "phone" { "false" } else { "true" },
        name = if rule == "phone" { "true" } else { SAME_NAME },
    );
    let page = text_rows(engine, &sql, LIMIT)
        .await
        .unwrap_or_else(|error| panic!("{error}"));
    let count = |at: usize| {
        page.rows[0][at]
            .as_deref()
            .and_then(|text| text.parse().ok())
            .unwrap_or(0)
    };
    Pairs {
        found: count(0),
        right: count(1),
        true_pairs,
    }
}

/// Names that share most of their letters, or of which one holds the other.
const SAME_NAME: &str = "(name_a = name_b OR strpos(name_a, name_b) > 0 OR strpos(name_b, name_a) > 0
    OR CAST(levenshtein(name_a, name_b) AS DOUBLE) / greatest(length(name_a), length(name_b)) <= 0.45
    OR split_part(name_a, ' ', 1) = split_part(name_b, ' ', 1))";

#[tokio::test]
async fn restaurants_of_two_guides_are_matched_by_sql_on_the_cleaners() {
    let (Some(records), Some(truth)) = (
        data("er/fodors_zagats/records.csv"),
        data("er/fodors_zagats/truth_pairs.csv"),
    ) else {
        return;
    };
    let engine = Engine::new(None).expect("an engine");
    super::put(&engine, "records", &records);
    super::put(&engine, "truth", &truth);
    let true_pairs = super::rows(&truth).len();
    let phone = pairs(&engine, "phone", true_pairs).await;
    let rule = pairs(&engine, "rule", true_pairs).await;
    for (name, pairs) in [
        ("phone key alone", &phone),
        ("(phone or address) and name", &rule),
    ] {
        println!(
            "restaurants: {name}: F1 {:.3} ({} found, {} right, {} true)",
            pairs.f1(),
            pairs.found,
            pairs.right,
            pairs.true_pairs
        );
    }
    assert!(phone.f1() >= 0.92, "{}", phone.f1());
    assert!(rule.f1() >= 0.96, "{}", rule.f1());
}
