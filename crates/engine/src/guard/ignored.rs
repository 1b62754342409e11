//! What the parser takes and the engine leaves out: the rows would be those of another query.

use datafusion::sql::sqlparser::ast::{
    CharacterLength, DataType, DuplicateTreatment, Expr, Function, FunctionArgumentClause,
    FunctionArgumentList, FunctionArguments, GroupByExpr, GroupByWithModifier, LimitClause,
    NullTreatment, Query, Select, SelectItem, Spanned, TableFactor, TimezoneInfo,
    WildcardAdditionalOptions,
};
use datafusion::sql::sqlparser::tokenizer::Span;

use super::refusal::Refusal;

/// Window functions that honour IGNORE NULLS, as array_agg does.
const OF_A_PLACE: [&str; 5] = ["first_value", "last_value", "nth_value", "lead", "lag"];

fn ignored(clause: &str, help: &str, span: Span) -> Option<Refusal> {
    Some(Refusal {
        message: format!("the engine reads `{clause}` and leaves it out"),
        help: help.to_owned(),
        span,
    })
}

/// Clauses behind a query.
pub(super) fn of_query(query: &Query) -> Option<Refusal> {
    let span = query.body.span();
    if !query.locks.is_empty() {
        let help = "leave it out: a table that is read is never changed";
        return ignored("for update", help, span);
    }
    if query.for_clause.is_some() || query.format_clause.is_some() {
        return ignored("format", "leave it out, and ask with --format", span);
    }
    if query.settings.is_some() {
        return ignored("settings", "leave it out: there are none", span);
    }
    match &query.limit_clause {
        Some(LimitClause::LimitOffset { limit_by, .. }) if !limit_by.is_empty() => {
            let help = "number the rows: qualify row_number() over (partition by s order by k) = 1";
            ignored("limit … by", help, limit_by[0].span())
        }
        _ => None,
    }
}

/// Clauses of a SELECT.
pub(super) fn of_select(select: &Select) -> Option<Refusal> {
    if let Some(condition) = &select.prewhere {
        return ignored("prewhere", "write `where`", condition.span());
    }
    if !select.connect_by.is_empty() {
        let help = "write `with recursive`";
        return ignored("connect by", help, select.span());
    }
    if select.value_table_mode.is_some() || select.select_modifiers.is_some() {
        let help = "write `select` alone, or `select distinct`";
        return ignored("a word behind select", help, select.span());
    }
    let mut from = select.from.iter();
    if let Some(from) = from.find(|from| from.joins.iter().any(|join| join.global)) {
        return ignored("global", "write `join`", from.span());
    }
    of_stars(select).or_else(|| of_groups(select))
}

fn of_stars(select: &Select) -> Option<Refusal> {
    let options = select.projection.iter().find_map(|item| {
        let of_it = |it: &WildcardAdditionalOptions| it.opt_ilike.is_some();
        match item {
            SelectItem::Wildcard(it) | SelectItem::QualifiedWildcard(_, it) if of_it(it) => {
                Some(item.span())
            }
            _ => None,
        }
    })?;
    ignored("* ilike", "name the columns", options)
}

fn of_groups(select: &Select) -> Option<Refusal> {
    let (GroupByExpr::All(modifiers) | GroupByExpr::Expressions(_, modifiers)) = &select.group_by;
    let (clause, help) = match modifiers.first()? {
        GroupByWithModifier::Rollup => ("with rollup", "write `group by rollup (a, b)`"),
        GroupByWithModifier::Cube => ("with cube", "write `group by cube (a, b)`"),
        GroupByWithModifier::Totals => {
            ("with totals", "write `group by grouping sets ((a, b), ())`")
        }
        GroupByWithModifier::GroupingSets(_) => (
            "grouping sets behind the columns",
            "write `group by grouping sets ((a, b), ())`",
        ),
    };
    let span = match &select.group_by {
        GroupByExpr::All(_) => select.span(),
        groups => groups.span(),
    };
    ignored(clause, help, span)
}

/// Clauses behind a table.
pub(super) fn of_table(table: &TableFactor) -> Option<Refusal> {
    let sampled = |span| {
        let help =
            "take rows by a condition that is the same in every run, such as `where k % 10 = 0`";
        ignored("tablesample", help, span)
    };
    match table {
        TableFactor::Derived {
            sample: Some(_), ..
        } => sampled(table.span()),
        TableFactor::Table {
            name,
            with_hints,
            version,
            with_ordinality,
            partitions,
            sample,
            index_hints,
            ..
        } => {
            let span = name.span();
            if sample.is_some() {
                return sampled(span);
            }
            if !with_hints.is_empty() || !index_hints.is_empty() {
                return ignored("a hint", "leave it out", span);
            }
            if version.is_some() {
                let help = "leave it out: lockgate diff reads earlier versions";
                return ignored("a version of a table", help, span);
            }
            if !partitions.is_empty() {
                return ignored("partition", "write a condition in `where`", span);
            }
            if *with_ordinality {
                let help = "number the rows: row_number() over (…)";
                return ignored("with ordinality", help, span);
            }
            None
        }
        _ => None,
    }
}

/// Clauses of a function call; `scalar` says whether a name is that of a function of one row.
pub(super) fn of_call(function: &Function, scalar: &dyn Fn(&str) -> bool) -> Option<Refusal> {
    let name = function.name.to_string().to_lowercase();
    let span = function.name.span();
    let list = match &function.args {
        FunctionArguments::List(list) => Some(list),
        _ => None,
    };
    let distinct =
        list.is_some_and(|list| list.duplicate_treatment == Some(DuplicateTreatment::Distinct));
    if distinct && name == "count" && list.is_some_and(|list| list.args.len() > 1) {
        return Some(Refusal {
            message: "`count(distinct a, b)` of several columns is not counted".to_owned(),
            help: "count the rows of a query: select count(*) from (select distinct a, b from t)"
                .to_owned(),
            span,
        });
    }
    if scalar(&name) {
        let clause = clause_of(function, list, distinct)?;
        let help = format!("leave it out: `{name}` is asked of every row by itself");
        return ignored(&format!("{clause}` of `{name}"), &help, span);
    }
    let skips = function.null_treatment == Some(NullTreatment::IgnoreNulls)
        || list.is_some_and(|list| {
            let skip = NullTreatment::IgnoreNulls;
            let skip = FunctionArgumentClause::IgnoreOrRespectNulls(skip);
            list.clauses.contains(&skip)
        });
    let place = OF_A_PLACE.contains(&name.as_str());
    if distinct && function.over.is_some() && (place || name == "ntile") {
        let help = "leave it out, or leave equal rows out in a query before";
        return ignored(&format!("distinct` of `{name}"), help, span);
    }
    if skips && function.over.is_some() && !place && name != "array_agg" {
        let help = "leave the nulls out in a query before, or write filter (where … is not null)";
        return ignored(&format!("ignore nulls` of `{name}"), help, span);
    }
    None
}

fn clause_of(
    function: &Function,
    list: Option<&FunctionArgumentList>,
    distinct: bool,
) -> Option<&'static str> {
    if function.filter.is_some() {
        return Some("filter");
    }
    if function.over.is_some() {
        return Some("over");
    }
    if !function.within_group.is_empty() {
        return Some("within group");
    }
    if function.null_treatment.is_some() {
        return Some("ignore nulls");
    }
    if distinct {
        return Some("distinct");
    }
    list.is_some_and(|list| !list.clauses.is_empty())
        .then_some("order by")
}

/// Operators and types of which a part is left out.
pub(super) fn of_expression(expr: &Expr) -> Option<Refusal> {
    match expr {
        Expr::SimilarTo { pattern, .. } => Some(Refusal {
            message: "`similar to` finds the pattern anywhere in the text, and knows no % and _"
                .to_owned(),
            help: "write a regular expression for the whole text, s ~ '^(a|b).*$', or `like`"
                .to_owned(),
            span: pattern.span(),
        }),
        Expr::AtTimeZone {
            timestamp,
            time_zone,
        } if !has_zone(timestamp) => Some(Refusal {
            message: "`at time zone` takes a moment without a zone for local time, and the same moment in UTC once it is stored".to_owned(),
            help: format!(
                "say that it is in UTC: cast({timestamp} as timestamp with time zone) at time zone {time_zone}"
            ),
            span: timestamp.span(),
        }),
        Expr::Cast {
            expr, data_type, ..
        } => {
            let length = length(data_type)?;
            Some(Refusal {
                message: format!("the engine does not cut a text to `{data_type}`"),
                help: format!("write left({expr}, {length}), or cast to varchar"),
                span: expr.span(),
            })
        }
        _ => None,
    }
}

/// Whether an expression says itself that its moments have a zone.
fn has_zone(expr: &Expr) -> bool {
    match expr {
        Expr::Nested(inner) => has_zone(inner),
        Expr::AtTimeZone { .. } => true,
        Expr::Cast { data_type, .. } => matches!(
            data_type,
            DataType::Timestamp(_, TimezoneInfo::Tz | TimezoneInfo::WithTimeZone)
        ),
        Expr::Function(function) => {
            let name = function.name.to_string().to_lowercase();
            name.starts_with("to_timestamp")
                || ["now", "current_timestamp"].contains(&name.as_str())
        }
        _ => false,
    }
}

/// The length of a type of texts.
fn length(data_type: &DataType) -> Option<u64> {
    use DataType::{Char, CharVarying, Character, CharacterVarying, Nvarchar, Varchar};
    let (Char(length)
    | Character(length)
    | CharVarying(length)
    | CharacterVarying(length)
    | Varchar(length)
    | Nvarchar(length)) = data_type
    else {
        return None;
    };
    match length.as_ref()? {
        CharacterLength::IntegerLength { length, .. } => Some(*length),
        CharacterLength::Max => None,
    }
}
