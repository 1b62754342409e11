//! The order in which models are built, and the cycles that forbid one.

use std::collections::BTreeMap;

/// An order in which every name comes after those it reads; among equals by
/// `rank` then name, so that the same project always runs in the same order.
///
/// # Errors
/// The path of a cycle, first name repeated at its end: `[a, b, a]`.
pub fn order<R: Ord + Copy>(
    reads: &BTreeMap<String, Vec<String>>,
    rank: impl Fn(&str) -> R,
) -> Result<Vec<String>, Vec<String>> {
    let mut waiting: Vec<&String> = reads.keys().collect();
    waiting.sort_by_key(|name| (rank(name), *name));
    let mut done: Vec<String> = Vec::with_capacity(waiting.len());
    while !waiting.is_empty() {
        let ready = waiting.iter().position(|name| {
            reads[*name]
                .iter()
                .all(|up| !reads.contains_key(up) || done.contains(up))
        });
        match ready {
            Some(at) => done.push(waiting.remove(at).clone()),
            None => return Err(cycle(reads, &waiting)),
        }
    }
    Ok(done)
}

/// Walks upstream from a stuck model until a name comes again.
fn cycle(reads: &BTreeMap<String, Vec<String>>, stuck: &[&String]) -> Vec<String> {
    let mut path: Vec<String> = Vec::new();
    let mut at = stuck[0].clone();
    loop {
        if let Some(start) = path.iter().position(|name| *name == at) {
            let mut cycle = path.split_off(start);
            cycle.push(at);
            return cycle;
        }
        let next = reads[&at].iter().find(|up| stuck.contains(up)).cloned();
        path.push(at);
        match next {
            Some(up) => at = up,
            None => return path,
        }
    }
}

/// The names that can be reached from `start` along `edges`, `start` not included.
pub fn reachable(edges: &BTreeMap<String, Vec<String>>, start: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut todo = vec![start.to_owned()];
    while let Some(name) = todo.pop() {
        for next in edges.get(&name).into_iter().flatten() {
            if next != start && !found.contains(next) {
                found.push(next.clone());
                todo.push(next.clone());
            }
        }
    }
    found.sort();
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn graph(edges: &[(&str, &[&str])]) -> BTreeMap<String, Vec<String>> {
        edges
            .iter()
            .map(|(name, ups)| {
                (
                    (*name).to_owned(),
                    ups.iter().map(|up| (*up).to_owned()).collect(),
                )
            })
            .collect()
    }

    #[test]
    fn models_come_after_what_they_read_and_equals_by_name() {
        let reads = graph(&[("c", &["a"]), ("b", &[]), ("a", &["b", "raw.x"])]);
        assert_eq!(order(&reads, |_| 0).unwrap(), ["b", "a", "c"]);
    }

    #[test]
    fn a_cycle_is_named_with_its_path() {
        let reads = graph(&[("a", &["c"]), ("b", &["a"]), ("c", &["b"]), ("d", &["a"])]);
        assert_eq!(order(&reads, |_| 0).unwrap_err(), ["a", "c", "b", "a"]);
    }
}
