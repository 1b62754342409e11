//! The arguments of one expectation each.

use serde_json::Value as Json;
use toml::{Table, Value};

use super::Translator;
use super::values::{as_float, floats, list, strict_to_whole, table, value};
use crate::peer::table::named;

impl Translator<'_> {
    /// An empty set: no value can be in it, any value is not in it. No set: nothing is asked.
    pub(super) fn set(&self, kind: &str) -> Table {
        if self.given("value_set").is_none() {
            return table(&[("kind", "holds".into()), ("sql", "true".into())]);
        }
        let values = self.values();
        if values.as_array().is_some_and(Vec::is_empty) {
            return match kind {
                "in_set" => self.on_column("is_null"),
                _ => table(&[("kind", "holds".into()), ("sql", "true".into())]),
            };
        }
        let mut args = self.on_column(kind);
        args.insert("values".to_owned(), values);
        args
    }

    pub(super) fn bounded(&self, kind: &str) -> Table {
        let mut args = self.on_column(kind);
        for (key, end) in [("min_value", "min"), ("max_value", "max")] {
            if let Some(bound) = self.given(key) {
                args.insert(end.to_owned(), self.comparable(bound));
            }
        }
        for key in ["strict_min", "strict_max"] {
            if let Some(strict) = self.given(key) {
                args.insert(key.to_owned(), value(strict));
            }
        }
        args
    }

    /// Bounds that may both be absent: then any value is right.
    pub(super) fn open(&self, kind: &str) -> Table {
        let mut args = self.bounded(kind);
        let counts = matches!(kind, "column_count" | "row_count");
        if !args.contains_key("min") && !args.contains_key("max") {
            let least = if counts {
                0.into()
            } else {
                f64::NEG_INFINITY.into()
            };
            args.insert("min".to_owned(), least);
        }
        if counts {
            strict_to_whole(&mut args);
        }
        args
    }

    pub(super) fn lengths(&self) -> Table {
        let mut args = self.bounded("length");
        strict_to_whole(&mut args);
        args
    }

    pub(super) fn equals(&self, kind: &str) -> Table {
        let mut args = self.on_column(kind);
        args.insert("equals".to_owned(), self.plain("value"));
        args
    }

    pub(super) fn ordered(&self, kind: &str) -> Table {
        let mut args = self.on_column(kind);
        let strict = self.kwargs.get("strictly") == Some(&Json::Bool(true));
        args.insert("strict".to_owned(), strict.into());
        args
    }

    pub(super) fn types(&self) -> Table {
        let list = self.kwargs.get("type_list").and_then(Json::as_array);
        let one = self.kwargs.get("type_");
        let names = list
            .into_iter()
            .flatten()
            .chain(one)
            .filter_map(Json::as_str);
        let mut types: Vec<Value> = names
            .filter_map(named)
            .map(|family| family.as_str().into())
            .collect();
        types.dedup();
        let mut args = self.on_column("type");
        args.insert("types".to_owned(), Value::Array(types));
        args
    }

    pub(super) fn pair(&self, is: &str) -> Table {
        table(&[
            ("kind", "compare".into()),
            ("column", self.plain("column_A")),
            ("is", is.into()),
            ("to", self.plain("column_B")),
            ("skip_null", self.skip_null("all").into()),
        ])
    }

    pub(super) fn pair_in_set(&self) -> Result<Table, &'static str> {
        let pairs = self.plain("value_pairs_set");
        let null = |pair: &Json| pair.as_array().is_some_and(|p| p.iter().any(Json::is_null));
        let written = self.kwargs.get("value_pairs_set").and_then(Json::as_array);
        if written.is_some_and(|pairs| pairs.iter().any(null)) {
            return Err("a pair with a null: TOML has none");
        }
        let columns = vec![self.plain("column_A"), self.plain("column_B")];
        Ok(table(&[
            ("kind", "pair_in_set".into()),
            ("columns", Value::Array(columns)),
            ("values", pairs),
            ("skip_null", self.skip_null("all").into()),
        ]))
    }

    /// No list of names: with an exact match no column may be there, else any may.
    pub(super) fn names(&self, key: &str, rule: &str) -> Table {
        if self.given(key).is_none() {
            let bound = if rule == "set" { "equals" } else { "min" };
            return table(&[("kind", "column_count".into()), (bound, 0.into())]);
        }
        table(&[
            ("kind", "columns".into()),
            ("names", self.plain(key)),
            ("match", rule.into()),
        ])
    }

    pub(super) fn exists(&self) -> Table {
        let column = self.text("column").unwrap_or_default();
        let Some(place) = self.given("column_index") else {
            let names = Value::Array(vec![column.into()]);
            return table(&[
                ("kind", "columns".into()),
                ("names", names),
                ("match", "contain".into()),
            ]);
        };
        // Theirs are counted from 0.
        let place = place.as_i64().unwrap_or(0) + 1;
        let names = Value::Array(vec![column.into()]);
        table(&[
            ("kind", "columns".into()),
            ("names", names),
            ("at", place.into()),
        ])
    }

    /// Hold-outs are shares of what is not expected: they are taken from the others.
    pub(super) fn divergence(&self) -> Result<Table, &'static str> {
        let Some(partition) = self.given("partition_object") else {
            return Err("it makes the expected distribution from the data it judges");
        };
        let mut args = self.on_column("divergence");
        let max = self.given("threshold").map_or(f64::INFINITY.into(), value);
        args.insert("max".to_owned(), as_float(max));
        let held = |key: &str| self.given(key).and_then(Json::as_f64).unwrap_or(0.0);
        let (tail, internal) = (held("tail_weight_holdout"), held("internal_weight_holdout"));
        let weights: Vec<f64> = floats(&partition["weights"]);
        let shares: Vec<f64> = weights
            .iter()
            .map(|w| w * (1.0 - tail - internal))
            .collect();
        let Some(bins) = partition.get("bins").filter(|bins| !bins.is_null()) else {
            args.insert("values".to_owned(), value(&partition["values"]));
            args.insert("shares".to_owned(), list(&shares));
            for (name, share) in [("other", tail), ("below", internal)] {
                if share != 0.0 {
                    args.insert(name.to_owned(), share.into());
                }
            }
            return Ok(args);
        };
        let empty = shares.iter().filter(|share| **share == 0.0).count();
        let filled = |share: &f64| match *share {
            0.0 if internal > 0.0 => internal / empty as f64,
            share => share,
        };
        let shares: Vec<f64> = shares.iter().map(filled).collect();
        let edges = floats(bins);
        let open = [edges.first(), edges.last()].map(|edge| edge.is_some_and(|e| e.is_infinite()));
        let given_tails = partition
            .get("tail_weights")
            .map(floats)
            .unwrap_or_default();
        let tails = match (given_tails.as_slice(), open) {
            ([below, above], _) => [Some(*below), Some(*above)],
            (_, [true, false]) => [None, Some(tail)],
            (_, [false, true]) => [Some(tail), None],
            (_, _) => [Some(tail / 2.0), Some(tail / 2.0)],
        };
        // Theirs are scaled after the hold-outs, which need not find an empty bin.
        let tail_sum: f64 = tails.iter().flatten().sum();
        let whole = weights.iter().sum::<f64>() + given_tails.iter().sum::<f64>();
        let scale = if (whole - 1.0).abs() < 1e-5 {
            shares.iter().sum::<f64>() + tail_sum
        } else {
            1.0
        };
        let shares: Vec<f64> = shares.iter().map(|share| share / scale).collect();
        for (name, share) in ["below", "above"].into_iter().zip(tails) {
            if let Some(share) = share.filter(|share| *share != 0.0) {
                args.insert(name.to_owned(), (share / scale).into());
            }
        }
        args.insert("bins".to_owned(), list(&edges));
        args.insert("shares".to_owned(), list(&shares));
        Ok(args)
    }
}
