//! A case's expectation and arguments in our terms.

mod arguments;
mod values;

use arrow::array::RecordBatch;
use lockgate::contract::Type;
use serde_json::{Map, Value as Json};
use toml::{Table, Value};

use super::table::{family_of, point};
use values::{as_float, table, value, written};

/// The name of the case's table among ours.
pub const THIS: &str = "this";

/// One or more expectations (TOML) that must all hold; `Err`: why the meaning does not carry over.
pub type Translated = Result<Vec<String>, &'static str>;

/// A case's arguments and its table.
pub struct Translator<'a> {
    pub name: &'a str,
    pub kwargs: &'a Map<String, Json>,
    pub table: &'a RecordBatch,
}

impl Translator<'_> {
    pub fn translate(&self) -> Translated {
        let name = self.name.strip_prefix("expect_").unwrap_or(self.name);
        let mut args = match self.rows(name) {
            Some(args) => args?,
            None => match self.whole(name) {
                Some(args) => args?,
                None => return self.several(name),
            },
        };
        self.common(&mut args)?;
        Ok(vec![written(&args)])
    }

    /// Expectations of each row.
    fn rows(&self, name: &str) -> Option<Result<Table, &'static str>> {
        let kind = |kind: &str| self.on_column(kind);
        let listed = |kind_name: &str, key: &str, joined: bool| {
            let mut args = kind(kind_name);
            let all = self.text("match_on") == Some("all");
            let list = if joined && all { "all" } else { "any" };
            args.insert(list.to_owned(), self.plain(key));
            args
        };
        let pattern = |kind_name: &str, key: &str| {
            let mut args = kind(kind_name);
            args.insert("pattern".to_owned(), self.plain(key));
            args
        };
        Some(Ok(match name {
            "column_values_to_be_null" => kind("is_null"),
            "column_values_to_not_be_null" => kind("not_null"),
            "column_values_to_be_in_set" => self.set("in_set"),
            "column_values_to_not_be_in_set" => self.set("not_in_set"),
            "column_values_to_be_between" => self.bounded("between"),
            "column_value_lengths_to_be_between" => self.lengths(),
            "column_value_lengths_to_equal" => self.equals("length"),
            "column_values_to_match_regex" => pattern("matches", "regex"),
            "column_values_to_not_match_regex" => pattern("not_matches", "regex"),
            "column_values_to_match_regex_list" => listed("matches", "regex_list", true),
            "column_values_to_not_match_regex_list" => listed("not_matches", "regex_list", false),
            "column_values_to_match_like_pattern" => pattern("like", "like_pattern"),
            "column_values_to_not_match_like_pattern" => pattern("not_like", "like_pattern"),
            "column_values_to_match_like_pattern_list" => listed("like", "like_pattern_list", true),
            "column_values_to_not_match_like_pattern_list" => {
                listed("not_like", "like_pattern_list", false)
            }
            "column_values_to_be_unique" => {
                let column = Value::Array(vec![self.plain("column")]);
                table(&[("kind", "unique".into()), ("columns", column)])
            }
            "column_values_to_be_increasing" => self.ordered("increasing"),
            "column_values_to_be_decreasing" => self.ordered("decreasing"),
            "column_values_to_be_of_type" | "column_values_to_be_in_type_list" => self.types(),
            "column_values_to_match_strftime_format" => {
                let mut args = kind("parses_as");
                args.insert("as".to_owned(), "timestamp".into());
                args.insert("format".to_owned(), self.plain("strftime_format"));
                args
            }
            "column_values_to_be_json_parseable" => {
                let mut args = kind("parses_as");
                args.insert("as".to_owned(), "json".into());
                args
            }
            "column_value_z_scores_to_be_less_than" => {
                let mut args = kind("z_score");
                let both = self.kwargs.get("double_sided") == Some(&Json::Bool(true));
                args.insert("max".to_owned(), as_float(self.plain("threshold")));
                args.insert("strict_max".to_owned(), true.into());
                args.insert(
                    "side".to_owned(),
                    if both { "both" } else { "above" }.into(),
                );
                args
            }
            "column_pair_values_a_to_be_greater_than_b" => {
                let or_equal = self.kwargs.get("or_equal") == Some(&Json::Bool(true));
                self.pair(if or_equal {
                    "greater_or_equal"
                } else {
                    "greater"
                })
            }
            "column_pair_values_to_be_equal" => self.pair("equal"),
            "column_pair_values_to_be_in_set" => return Some(self.pair_in_set()),
            "compound_columns_to_be_unique" => self.on_columns("unique"),
            "select_column_values_to_be_unique_within_record" => {
                self.on_columns("unique_within_record")
            }
            "multicolumn_sum_to_equal" => {
                let mut args = self.on_columns("sum_of_columns");
                args.insert("equals".to_owned(), as_float(self.plain("sum_total")));
                args
            }
            _ => return None,
        }))
    }

    /// Expectations of the whole column or table.
    fn whole(&self, name: &str) -> Option<Result<Table, &'static str>> {
        let distinct = |argument: &str| {
            let mut args = self.on_column("distinct_values");
            args.insert(argument.to_owned(), self.values());
            args
        };
        Some(Ok(match name {
            "column_max_to_be_between" => self.bounded("max"),
            "column_min_to_be_between" => self.bounded("min"),
            "column_mean_to_be_between" => self.open("mean"),
            "column_median_to_be_between" => self.open("median"),
            "column_stdev_to_be_between" => self.open("stdev"),
            "column_sum_to_be_between" => self.open("sum"),
            "column_unique_value_count_to_be_between" => self.open("distinct_count"),
            "column_proportion_of_unique_values_to_be_between" => self.open("distinct_share"),
            "column_distinct_values_to_be_in_set" => distinct("in"),
            "column_distinct_values_to_contain_set" => distinct("contain"),
            "column_distinct_values_to_equal_set" => distinct("equal"),
            "column_most_common_value_to_be_in_set" => {
                let mut args = self.on_column("most_common");
                args.insert("values".to_owned(), self.values());
                let ties = self.kwargs.get("ties_okay") == Some(&Json::Bool(true));
                args.insert("ties".to_owned(), ties.into());
                args
            }
            "table_column_count_to_equal" => self.equals("column_count"),
            "table_row_count_to_equal" => self.equals("row_count"),
            "table_column_count_to_be_between" => self.open("column_count"),
            "table_row_count_to_be_between" => self.open("row_count"),
            "table_columns_to_match_ordered_list" => self.names("column_list", "ordered"),
            "table_columns_to_match_set" => {
                let contain = self.kwargs.get("exact_match") == Some(&Json::Bool(false));
                self.names("column_set", if contain { "contain" } else { "set" })
            }
            "column_to_exist" => self.exists(),
            "table_row_count_to_equal_other_table" => {
                let other = self.plain("other_table_name");
                let mut args = table(&[("kind", "row_count_ratio".into()), ("to", other)]);
                args.insert("min".to_owned(), 1.into());
                args.insert("max".to_owned(), 1.into());
                args
            }
            "unexpected_rows_expectation" => {
                let query = self.text("unexpected_rows_query").unwrap_or_default();
                let sql = query.replace("{batch}", THIS);
                table(&[("kind", "no_rows".into()), ("sql", sql.into())])
            }
            "column_kl_divergence_to_be_less_than" => return Some(self.divergence()),
            _ => return None,
        }))
    }

    /// What is one expectation there and several here.
    fn several(&self, name: &str) -> Translated {
        if name != "column_quantile_values_to_be_between" {
            return Err("we have no such expectation");
        }
        let ranges = &self.kwargs["quantile_ranges"];
        let list = |key: &str| ranges[key].as_array().cloned().unwrap_or_default();
        let pairs = list("quantiles").into_iter().zip(list("value_ranges"));
        let each = pairs.map(|(q, range)| {
            let mut args = self.on_column("quantile");
            args.insert("q".to_owned(), as_float(value(&q)));
            for (end, at) in [("min", 0), ("max", 1)] {
                if !range[at].is_null() {
                    args.insert(end.to_owned(), value(&range[at]));
                }
            }
            written(&args)
        });
        Ok(each.collect())
    }

    fn text(&self, key: &str) -> Option<&str> {
        self.kwargs.get(key)?.as_str()
    }

    fn given(&self, key: &str) -> Option<&Json> {
        self.kwargs.get(key).filter(|value| !value.is_null())
    }

    fn plain(&self, key: &str) -> Value {
        self.given(key).map_or_else(|| "".into(), value)
    }

    fn on_column(&self, kind: &str) -> Table {
        let mut args = table(&[("kind", kind.into())]);
        if self.given("column").is_some() {
            args.insert("column".to_owned(), self.plain("column"));
        }
        args
    }

    fn on_columns(&self, kind: &str) -> Table {
        let skip = self.skip_null("all");
        table(&[
            ("kind", kind.into()),
            ("columns", self.plain("column_list")),
            ("skip_null", skip.into()),
        ])
    }

    fn skip_null(&self, otherwise: &'static str) -> &'static str {
        match self.text("ignore_row_if") {
            Some("all_values_are_missing" | "both_values_are_missing") => "all",
            Some("any_value_is_missing" | "either_value_is_missing") => "any",
            Some("never" | "neither") => "never",
            _ => otherwise,
        }
    }

    /// A value to compare with a column: a text is a date where the column holds dates.
    fn comparable(&self, json: &Json) -> Value {
        let dated = self
            .text("column")
            .and_then(|column| family_of(self.table, column));
        match (dated, json.as_str().and_then(point)) {
            (Some(Type::Date | Type::Timestamp), Some(time)) => {
                let written = time.format("%Y-%m-%dT%H:%M:%S").to_string();
                Value::Datetime(written.parse().expect("a TOML datetime"))
            }
            _ => value(json),
        }
    }

    fn values(&self) -> Value {
        let list = self.kwargs.get("value_set").and_then(Json::as_array);
        let list = list.into_iter().flatten().filter(|value| !value.is_null());
        let column = self
            .text("column")
            .and_then(|column| family_of(self.table, column));
        let values = list.filter_map(|json| match (column, self.comparable(json)) {
            // Values of several types stand as texts in a column of texts, and a text is no number.
            (Some(Type::Text), Value::Integer(whole)) => Some(whole.to_string().into()),
            (Some(Type::Text), Value::Float(number)) => Some(number.to_string().into()),
            (Some(Type::Int | Type::Float), Value::String(_)) => None,
            (_, value) => Some(value),
        });
        Value::Array(values.collect())
    }

    /// What every expectation of theirs may have.
    fn common(&self, args: &mut Table) -> Result<(), &'static str> {
        if let Some(mostly) = self.given("mostly") {
            let share = match mostly.as_f64() {
                Some(mostly) => Value::Float(1.0 - mostly),
                None => value(mostly),
            };
            let allow = table(&[("share", share)]);
            args.insert("allow".to_owned(), Value::Table(allow));
        }
        if let Some(condition) = self.given("row_condition") {
            let condition = condition.as_str().unwrap_or_default().replace("==", "=");
            if condition.contains("col(") || condition.contains(".str.") {
                return Err("a row condition that is not SQL");
            }
            args.insert("where".to_owned(), condition.into());
        }
        Ok(())
    }
}
