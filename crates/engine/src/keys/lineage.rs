//! Where the values of a plan's columns come from.

use std::collections::{BTreeMap, BTreeSet};

use datafusion::common::tree_node::{TreeNode, TreeNodeRecursion};
use datafusion::common::{Column, DFSchema, JoinType};
use datafusion::logical_expr::{
    Distinct, Expr, Join, LogicalPlan, RecursiveQuery, Sort, Subquery, TableScan,
};

type Sources = BTreeSet<(String, String)>;

/// For every output column, the base columns (table as the query names it, column)
/// whose values it is computed from. Columns that only decide which rows there are
/// (filters, join conditions, grouping) are no sources; arguments, orders and
/// partitions of an aggregate or window function are. A column of literals, or of
/// `count(*)`, has none. Of an operator DataFusion does not know, every output
/// column comes from all columns of its inputs.
pub fn lineage(plan: &LogicalPlan) -> Vec<BTreeSet<(String, String)>> {
    Walk::default().columns(plan)
}

/// The base columns that decide which rows there are, and which stand together: those of
/// filters, join conditions and grouping, of the order where only the first rows are kept,
/// and every output column of a DISTINCT. Subqueries decide by theirs.
pub fn decided(plan: &LogicalPlan) -> BTreeSet<(String, String)> {
    let mut walk = Walk::default();
    walk.columns(plan);
    walk.decided
}

/// For every function that the plan calls, by name, the base columns its arguments are computed
/// from.
pub fn calls(plan: &LogicalPlan) -> BTreeMap<String, BTreeSet<(String, String)>> {
    let mut walk = Walk::default();
    walk.columns(plan);
    walk.calls
}

/// For every output column, whether its values are those of base columns as they stand,
/// passed on through every step and by every branch of a union. A cast, a function or an
/// aggregate computes; so does a literal.
pub fn passed_on(plan: &LogicalPlan) -> Vec<bool> {
    match plan {
        LogicalPlan::Projection(node) => over(&node.input, &node.expr),
        LogicalPlan::Aggregate(node) => {
            let mut passed = over(&node.input, &node.group_expr);
            passed.resize(node.schema.fields().len(), false);
            match node.group_expr.as_slice() {
                [Expr::GroupingSet(_)] => vec![false; passed.len()],
                _ => passed,
            }
        }
        LogicalPlan::Window(node) => {
            let mut passed = passed_on(&node.input);
            passed.resize(node.schema.fields().len(), false);
            passed
        }
        LogicalPlan::Distinct(Distinct::On(node)) => over(&node.input, &node.select_expr),
        LogicalPlan::Join(node) => {
            let (left, right) = (passed_on(&node.left), passed_on(&node.right));
            match node.join_type {
                JoinType::LeftSemi | JoinType::LeftAnti => left,
                JoinType::RightSemi | JoinType::RightAnti => right,
                JoinType::LeftMark => [left, vec![false]].concat(),
                JoinType::RightMark => [right, vec![false]].concat(),
                _ => [left, right].concat(),
            }
        }
        LogicalPlan::Union(node) => {
            let mut passed = vec![true; node.schema.fields().len()];
            for input in &node.inputs {
                for (all, one) in passed.iter_mut().zip(passed_on(input)) {
                    *all &= one;
                }
            }
            passed
        }
        LogicalPlan::TableScan(scan) => {
            vec![scan.source.get_logical_plan().is_none(); scan.projected_schema.fields().len()]
        }
        LogicalPlan::SubqueryAlias(_)
        | LogicalPlan::Filter(_)
        | LogicalPlan::Sort(_)
        | LogicalPlan::Limit(_)
        | LogicalPlan::Repartition(_)
        | LogicalPlan::Distinct(Distinct::All(_)) => match plan.inputs().as_slice() {
            [input] => passed_on(input),
            _ => vec![false; plan.schema().fields().len()],
        },
        _ => vec![false; plan.schema().fields().len()],
    }
}

fn over(input: &LogicalPlan, exprs: &[Expr]) -> Vec<bool> {
    let passed = passed_on(input);
    let schema = input.schema();
    let one = |expr: &Expr| match expr.clone().unalias_nested().data {
        Expr::Column(column) => schema
            .maybe_index_of_column(&column)
            .and_then(|at| passed.get(at).copied())
            .unwrap_or(false),
        _ => false,
    };
    exprs.iter().map(one).collect()
}

#[derive(Default)]
struct Walk<'a> {
    /// What decides which rows there are, found on the way.
    decided: Sources,
    /// What the functions called are computed from, found on the way.
    calls: BTreeMap<String, Sources>,
    /// What correlated subqueries see of the queries around them, innermost last.
    outer: Vec<(&'a DFSchema, Vec<Sources>)>,
    /// Recursive queries being walked, and what is known of their columns so far.
    recursive: Vec<(&'a str, Vec<Sources>)>,
}

impl<'a> Walk<'a> {
    fn columns(&mut self, plan: &'a LogicalPlan) -> Vec<Sources> {
        match plan {
            LogicalPlan::Projection(node) => self.over(&node.input, &node.expr),
            LogicalPlan::Aggregate(node) => {
                let input = self.columns(&node.input);
                let width = node.schema.fields().len();
                let mut columns = self.grouped(&node.group_expr, node.input.schema(), &input);
                self.decided.extend(columns.iter().flatten().cloned());
                // A grouping id stands between group columns and aggregates.
                columns.resize(width.saturating_sub(node.aggr_expr.len()), Sources::new());
                columns.extend(self.each(&node.aggr_expr, node.input.schema(), &input));
                columns
            }
            LogicalPlan::Window(node) => {
                let mut columns = self.columns(&node.input);
                let computed = self.each(&node.window_expr, node.input.schema(), &columns);
                columns.extend(computed);
                columns
            }
            LogicalPlan::Distinct(Distinct::On(node)) => {
                let input = self.columns(&node.input);
                let schema = node.input.schema();
                self.decide(&node.on_expr, schema, &input);
                let order = node.sort_expr.iter().flatten();
                self.decide(order.map(|sort| &sort.expr), schema, &input);
                self.each(&node.select_expr, schema, &input)
            }
            LogicalPlan::Distinct(Distinct::All(node)) => {
                let columns = self.columns(node);
                self.decided.extend(columns.iter().flatten().cloned());
                columns
            }
            LogicalPlan::Filter(node) => {
                let columns = self.columns(&node.input);
                self.decide([&node.predicate], node.input.schema(), &columns);
                columns
            }
            LogicalPlan::Limit(node) => {
                let columns = self.columns(&node.input);
                if let Some(sort) = ordered(&node.input) {
                    let input = self.columns(&sort.input);
                    let order = sort.expr.iter().map(|sort| &sort.expr);
                    self.decide(order, sort.input.schema(), &input);
                }
                columns
            }
            LogicalPlan::Join(node) => {
                let left = self.columns(&node.left);
                let right = self.columns(&node.right);
                let on = node.on.iter();
                self.decide(on.clone().map(|(key, _)| key), node.left.schema(), &left);
                self.decide(on.map(|(_, key)| key), node.right.schema(), &right);
                self.filtered(node, &left, &right);
                match node.join_type {
                    JoinType::LeftSemi | JoinType::LeftAnti => left,
                    JoinType::RightSemi | JoinType::RightAnti => right,
                    JoinType::LeftMark => [left, vec![Sources::new()]].concat(),
                    JoinType::RightMark => [right, vec![Sources::new()]].concat(),
                    JoinType::Inner | JoinType::Left | JoinType::Right | JoinType::Full => {
                        [left, right].concat()
                    }
                }
            }
            LogicalPlan::Union(node) => {
                let mut columns = vec![Sources::new(); node.schema.fields().len()];
                for input in &node.inputs {
                    merge(&mut columns, self.columns(input));
                }
                columns
            }
            LogicalPlan::TableScan(scan) => self.scan(scan),
            LogicalPlan::Unnest(node) => {
                let input = self.columns(&node.input);
                let from = node.dependency_indices.iter();
                from.map(|at| input.get(*at).cloned().unwrap_or_default())
                    .collect()
            }
            LogicalPlan::RecursiveQuery(node) => self.recursive(node),
            LogicalPlan::Subquery(node) => self.columns(&node.subquery),
            LogicalPlan::SubqueryAlias(_) | LogicalPlan::Sort(_) | LogicalPlan::Repartition(_) => {
                self.through(plan)
            }
            LogicalPlan::Extension(_) => self.mixed(plan),
            _ => vec![Sources::new(); plan.schema().fields().len()],
        }
    }

    fn over(&mut self, input: &'a LogicalPlan, exprs: &'a [Expr]) -> Vec<Sources> {
        let columns = self.columns(input);
        self.each(exprs, input.schema(), &columns)
    }

    fn decide(
        &mut self,
        exprs: impl IntoIterator<Item = &'a Expr>,
        schema: &'a DFSchema,
        input: &[Sources],
    ) {
        for expr in exprs {
            let by = self.sources(expr, schema, input);
            self.decided.extend(by);
        }
    }

    /// A join's condition beyond equal keys, over the columns of both sides.
    fn filtered(&mut self, node: &'a Join, left: &[Sources], right: &[Sources]) {
        for column in node.filter.iter().flat_map(Expr::column_refs) {
            self.decided.extend(at(node.left.schema(), left, column));
            self.decided.extend(at(node.right.schema(), right, column));
        }
        // The closure never fails, so neither does the walk.
        let _ = node.filter.iter().try_for_each(|filter| {
            let found = filter.apply(|part| {
                if let Expr::ScalarFunction(call) = part {
                    let of = self.calls.entry(call.name().to_owned()).or_default();
                    for column in call.args.iter().flat_map(Expr::column_refs) {
                        of.extend(at(node.left.schema(), left, column));
                        of.extend(at(node.right.schema(), right, column));
                    }
                }
                Ok(TreeNodeRecursion::Continue)
            });
            found.map(|_| ())
        });
    }

    /// A node whose output has the columns of its only input.
    fn through(&mut self, plan: &'a LogicalPlan) -> Vec<Sources> {
        match plan.inputs().as_slice() {
            [input] => self.columns(input),
            _ => self.mixed(plan),
        }
    }

    fn mixed(&mut self, plan: &'a LogicalPlan) -> Vec<Sources> {
        let inputs = plan.inputs();
        let all: Sources = inputs
            .into_iter()
            .flat_map(|input| self.columns(input))
            .flatten()
            .collect();
        vec![all; plan.schema().fields().len()]
    }

    fn scan(&mut self, scan: &'a TableScan) -> Vec<Sources> {
        let name = scan.table_name.to_string();
        let working = self
            .recursive
            .iter()
            .rev()
            .find(|(query, _)| *query == name);
        if let Some((_, columns)) = working {
            let all = 0..columns.len();
            let shown = scan.projection.clone().unwrap_or_else(|| all.collect());
            return pick(columns, &shown);
        }
        if let Some(view) = scan.source.get_logical_plan() {
            let columns = Walk::default().columns(&view);
            let all = 0..columns.len();
            let shown = scan.projection.clone().unwrap_or_else(|| all.collect());
            return pick(&columns, &shown);
        }
        let fields = scan.projected_schema.fields().iter();
        fields
            .map(|field| Sources::from([(name.clone(), field.name().clone())]))
            .collect()
    }

    /// Feeds the columns found back until the recursive term adds none.
    fn recursive(&mut self, query: &'a RecursiveQuery) -> Vec<Sources> {
        let mut columns = self.columns(&query.static_term);
        loop {
            let before = columns.clone();
            self.recursive.push((&query.name, before.clone()));
            let step = self.columns(&query.recursive_term);
            self.recursive.pop();
            merge(&mut columns, step);
            if columns == before {
                return columns;
            }
        }
    }

    fn grouped(
        &mut self,
        exprs: &'a [Expr],
        schema: &'a DFSchema,
        input: &[Sources],
    ) -> Vec<Sources> {
        match exprs {
            [Expr::GroupingSet(sets)] => {
                let exprs = sets.distinct_expr();
                exprs
                    .into_iter()
                    .map(|expr| self.sources(expr, schema, input))
                    .collect()
            }
            exprs => self.each(exprs, schema, input),
        }
    }

    fn each(&mut self, exprs: &'a [Expr], schema: &'a DFSchema, input: &[Sources]) -> Vec<Sources> {
        exprs
            .iter()
            .map(|expr| self.sources(expr, schema, input))
            .collect()
    }

    fn sources(&mut self, expr: &'a Expr, schema: &'a DFSchema, input: &[Sources]) -> Sources {
        let mut found = Sources::new();
        // The closure never fails, so neither does the walk.
        let _ = expr.apply(|part| {
            match part {
                Expr::Column(column) => found.extend(at(schema, input, column)),
                Expr::ScalarFunction(call) => {
                    let args = self.each(&call.args, schema, input);
                    let of = self.calls.entry(call.name().to_owned()).or_default();
                    of.extend(args.into_iter().flatten());
                }
                Expr::OuterReferenceColumn(_, column) => found.extend(self.enclosing(column)),
                Expr::ScalarSubquery(subquery) => {
                    found.extend(self.subquery(subquery, schema, input))
                }
                Expr::InSubquery(part) => {
                    found.extend(self.subquery(&part.subquery, schema, input))
                }
                Expr::SetComparison(part) => {
                    found.extend(self.subquery(&part.subquery, schema, input))
                }
                _ => {}
            }
            Ok(TreeNodeRecursion::Continue)
        });
        found
    }

    fn subquery(
        &mut self,
        subquery: &'a Subquery,
        schema: &'a DFSchema,
        input: &[Sources],
    ) -> Sources {
        self.outer.push((schema, input.to_vec()));
        let columns = self.columns(&subquery.subquery);
        self.outer.pop();
        columns.into_iter().flatten().collect()
    }

    fn enclosing(&self, column: &Column) -> Sources {
        let mut scopes = self.outer.iter().rev();
        scopes
            .find(|(schema, _)| schema.maybe_index_of_column(column).is_some())
            .map(|(schema, input)| at(schema, input, column))
            .unwrap_or_default()
    }
}

/// The order in which rows leave a plan, where it gives one.
fn ordered(plan: &LogicalPlan) -> Option<&Sort> {
    match plan {
        LogicalPlan::Sort(sort) => Some(sort),
        LogicalPlan::Projection(node) => ordered(&node.input),
        LogicalPlan::SubqueryAlias(node) => ordered(&node.input),
        _ => None,
    }
}

fn at(schema: &DFSchema, input: &[Sources], column: &Column) -> Sources {
    let place = schema.maybe_index_of_column(column);
    place
        .and_then(|at| input.get(at))
        .cloned()
        .unwrap_or_default()
}

fn pick(columns: &[Sources], places: &[usize]) -> Vec<Sources> {
    let picked = places.iter().map(|at| columns.get(*at));
    picked
        .map(|sources| sources.cloned().unwrap_or_default())
        .collect()
}

fn merge(columns: &mut [Sources], more: Vec<Sources>) {
    for (column, more) in columns.iter_mut().zip(more) {
        column.extend(more);
    }
}
