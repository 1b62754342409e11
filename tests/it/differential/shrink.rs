//! The smallest case that differs as a given one does.

use super::ast::{Body, Expr, From, On, Part, Query};
use super::run::{Case, Difference, Sessions, Verdict, World};
use super::shapes::Ask;
use super::tables::{Table, TableSet, Value};

/// Tries at most.
const TRIES: usize = 1_500;

/// Makes a case and its tables smaller as long as they still differ in the same way.
pub async fn shrink(
    world: World,
    case: Case,
    difference: Difference,
    sessions: Sessions,
) -> String {
    let mut best = (world, case, difference);
    let mut tries = 0;
    loop {
        let mut better = None;
        let sets = smaller_sets(&best.0.set);
        let cases = smaller_cases(&best.1);
        for (set, case) in cases
            .map(|case| (None, case))
            .chain(sets.into_iter().map(|set| (Some(set), best.1.clone())))
        {
            tries += 1;
            if tries > TRIES {
                break;
            }
            let world = match set {
                Some(set) => Some(World::of(set, sessions).await),
                None => None,
            };
            let verdict = world.as_ref().unwrap_or(&best.0).judge(&case).await;
            if let Verdict::Differs(difference) = verdict
                && difference.what == best.2.what
            {
                better = Some((world, case, difference));
                break;
            }
        }
        let Some((world, case, difference)) = better else {
            return best.0.shown(&best.1, &best.2);
        };
        best = (world.unwrap_or(best.0), case, difference);
    }
}

fn smaller_sets(set: &TableSet) -> Vec<TableSet> {
    let mut all = Vec::new();
    let mut with = |at: usize, table: Table| {
        let mut set = set.clone();
        set.tables[at] = table;
        all.push(set);
    };
    for (at, table) in set.tables.iter().enumerate() {
        if table.rows.len() > 1 {
            with(at, only(table, |_| false));
        }
        for row in 0..table.rows.len() {
            with(at, only(table, |other| other != row));
        }
        if table.files.len() > 1 {
            let files = vec![table.rows.len()];
            with(
                at,
                Table {
                    files,
                    ..table.clone()
                },
            );
        }
        if table.group < table.rows.len() {
            let group = table.rows.len();
            with(
                at,
                Table {
                    group,
                    ..table.clone()
                },
            );
        }
        for column in 0..table.columns.len() {
            let mut less = table.clone();
            less.columns.remove(column);
            less.rows
                .iter_mut()
                .for_each(|row| drop(row.remove(column)));
            if !less.columns.is_empty() {
                with(at, less);
            }
        }
        for row in 0..table.rows.len() {
            for column in 0..table.columns.len() {
                let simple = simple(&table.rows[row][column]);
                if let Some(simple) = simple {
                    let mut less = table.clone();
                    less.rows[row][column] = simple;
                    with(at, less);
                }
            }
        }
    }
    all
}

fn simple(value: &Value) -> Option<Value> {
    match value {
        Value::Int(value) if value.abs() > 9 => Some(Value::Int(7)),
        Value::Text(text) if text.len() > 1 => Some(Value::Text("a".to_owned())),
        _ => None,
    }
}

/// The rows for which `keep` holds, in the files they were in.
fn only(table: &Table, keep: impl Fn(usize) -> bool) -> Table {
    let mut rows = Vec::new();
    let mut files = Vec::new();
    let mut at = 0;
    for size in &table.files {
        let before = rows.len();
        rows.extend(
            (at..at + size)
                .filter(|row| keep(*row))
                .map(|row| table.rows[row].clone()),
        );
        at += size;
        if rows.len() > before {
            files.push(rows.len() - before);
        }
    }
    Table {
        rows,
        files,
        ..table.clone()
    }
}

fn smaller_cases(case: &Case) -> impl Iterator<Item = Case> {
    let mut asks = Vec::new();
    match &case.ask {
        Ask::Query(query) => asks.extend(smaller(query).into_iter().map(Ask::Query)),
        Ask::Partition(query, cond) => {
            let conds = smaller_conds(cond).into_iter();
            asks.extend(conds.map(|cond| Ask::Partition(query.clone(), cond)));
            let queries = smaller(query).into_iter();
            asks.extend(queries.map(|query| Ask::Partition(query, cond.clone())));
        }
        Ask::Projected(query, cond) => {
            let conds = smaller_conds(cond).into_iter();
            asks.extend(conds.map(|cond| Ask::Projected(query.clone(), cond)));
            let queries = smaller(query).into_iter();
            asks.extend(queries.map(|query| Ask::Projected(query, cond.clone())));
        }
        Ask::Expectation(_) => {}
    }
    // An expectation stays as it is; its tables shrink.
    let case = case.clone();
    asks.into_iter().map(move |ask| Case {
        ask,
        ..case.clone()
    })
}

/// Smaller forms of a query: each differs in one place.
fn smaller(query: &Query) -> Vec<Query> {
    let mut all = Vec::new();
    let mut at = 0;
    loop {
        let mut edit = 0;
        let parts = loop {
            let mut query = query.clone();
            let mut done = false;
            let mut parts = 0;
            Part::Query(&mut query).walk(&mut |part| {
                if parts == at && !done {
                    done = reduce(part, edit);
                }
                parts += 1;
            });
            if !done {
                break parts;
            }
            all.push(query);
            edit += 1;
        };
        at += 1;
        if at >= parts {
            return all;
        }
    }
}

fn smaller_conds(cond: &Expr) -> Vec<Expr> {
    let held = Query::from(super::ast::Select {
        filter: Some(cond.clone()),
        ..Default::default()
    });
    let smaller = smaller(&held).into_iter();
    let conds = smaller.filter_map(|query| match query.body {
        Body::Select(select) => select.filter,
        Body::Set { .. } => None,
    });
    conds.collect()
}

/// Makes the edit of that number in one place; false where there are fewer edits.
fn reduce(part: &mut Part<'_>, edit: usize) -> bool {
    match part {
        Part::Query(query) => reduce_query(query, edit),
        Part::Select(select) => {
            let (filter, having) = (select.filter.is_some(), select.having.is_some());
            let items = select.items.len();
            let edits = [filter, having, select.distinct, select.sets.is_some()];
            let flags = edits.iter().filter(|flag| **flag).count();
            if edit < flags {
                let which = (0..edits.len()).filter(|at| edits[*at]).nth(edit);
                match which {
                    Some(0) => select.filter = None,
                    Some(1) => select.having = None,
                    Some(2) => select.distinct = false,
                    _ => select.sets = None,
                }
                return true;
            }
            let edit = edit - flags;
            if edit < items && items > 1 {
                select.items.remove(edit);
                return true;
            }
            let edit = edit - if items > 1 { items } else { 0 };
            if edit < select.group.len() {
                select.group.remove(edit);
                return true;
            }
            false
        }
        Part::From(from) => reduce_from(from, edit),
        Part::Expr(expr) => {
            let kids: Vec<Expr> = expr.kids().into_iter().map(|kid| kid.clone()).collect();
            if let Some(kid) = kids.get(edit) {
                **expr = kid.clone();
                return true;
            }
            let edit = edit - kids.len();
            match expr {
                Expr::InList(_, list, _) if list.len() > 1 && edit < list.len() => {
                    list.remove(edit);
                    true
                }
                Expr::Aggregate { only, .. } if edit == 0 && only.is_some() => {
                    *only = None;
                    true
                }
                _ => false,
            }
        }
    }
}

fn reduce_query(query: &mut Query, edit: usize) -> bool {
    if edit < query.ctes.len() {
        query.ctes.remove(edit);
        return true;
    }
    let edit = edit - query.ctes.len();
    let edits = [
        !query.order.is_empty(),
        query.limit.is_some(),
        query.offset.is_some(),
    ];
    let which: Vec<usize> = (0..3).filter(|at| edits[*at]).collect();
    match which.get(edit) {
        Some(0) => {
            query.order.clear();
            query.limit = None;
            query.offset = None;
            return true;
        }
        Some(1) => {
            query.limit = None;
            return true;
        }
        Some(_) => {
            query.offset = None;
            return true;
        }
        None => {}
    }
    let edit = edit - which.len();
    if let Body::Set { left, right, .. } = &query.body {
        let side = match edit {
            0 => left.body.clone(),
            1 => right.body.clone(),
            _ => return false,
        };
        query.body = side;
        query.order.clear();
        query.limit = None;
        return true;
    }
    false
}

fn reduce_from(from: &mut From, edit: usize) -> bool {
    match (&*from, edit) {
        (From::Join { left, .. }, 0) => *from = left.as_ref().clone(),
        (From::Join { right, .. }, 1) => *from = right.as_ref().clone(),
        (
            From::Join {
                on: On::Expr(Expr::And(l, r)),
                ..
            },
            2 | 3,
        ) => {
            let kept = if edit == 2 { l } else { r };
            let kept = On::Expr(kept.as_ref().clone());
            if let From::Join { on, .. } = from {
                *on = kept;
            }
        }
        (From::Sub { query, .. }, 0) => match &query.body {
            Body::Select(select) if select.from != From::Nothing => {
                let inner = select.from.clone();
                *from = inner;
            }
            _ => return false,
        },
        _ => return false,
    }
    true
}
