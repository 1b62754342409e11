//! Where the values of a plan's columns come from.

use std::collections::BTreeSet;

use datafusion::common::tree_node::{TreeNode, TreeNodeRecursion};
use datafusion::common::{Column, DFSchema, JoinType};
use datafusion::logical_expr::{Distinct, Expr, LogicalPlan, RecursiveQuery, Subquery, TableScan};

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

#[derive(Default)]
struct Walk<'a> {
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
            LogicalPlan::Distinct(Distinct::On(node)) => self.over(&node.input, &node.select_expr),
            LogicalPlan::Join(node) => {
                let left = self.columns(&node.left);
                let right = self.columns(&node.right);
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
            LogicalPlan::SubqueryAlias(_)
            | LogicalPlan::Filter(_)
            | LogicalPlan::Sort(_)
            | LogicalPlan::Limit(_)
            | LogicalPlan::Repartition(_)
            | LogicalPlan::Distinct(Distinct::All(_)) => self.through(plan),
            LogicalPlan::Extension(_) => self.mixed(plan),
            _ => vec![Sources::new(); plan.schema().fields().len()],
        }
    }

    fn over(&mut self, input: &'a LogicalPlan, exprs: &'a [Expr]) -> Vec<Sources> {
        let columns = self.columns(input);
        self.each(exprs, input.schema(), &columns)
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
