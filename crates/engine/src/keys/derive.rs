//! Facts of a plan, node by node.

use std::collections::BTreeSet;

use datafusion::common::{DFSchema, Dependency};
use datafusion::logical_expr::utils::split_conjunction;
use datafusion::logical_expr::{
    Aggregate, Distinct, DistinctOn, Expr, FetchType, LogicalPlan, Projection, TableScan, Unnest,
    Values, Window, WindowFunctionDefinition,
};

use super::attribute::{Attributor, constant, correlated, determinants};
use super::facts::{Attribute, Attributes, Constant, Facts, Numbered, Unique};
use super::join::join;
use super::union::union;
use super::{Key, KnownKeys};

/// One walk over one plan.
pub(super) struct Derivation<'a> {
    known: &'a KnownKeys<'a>,
    names: Attributor,
}

impl<'a> Derivation<'a> {
    pub fn new(known: &'a KnownKeys<'a>) -> Self {
        Self {
            known,
            names: Attributor::default(),
        }
    }

    /// What `plan` shows of its output.
    pub fn facts(&mut self, plan: &LogicalPlan) -> Facts {
        let width = plan.schema().fields().len();
        let mut facts = self.node(plan);
        if facts.columns.len() != width {
            facts = self.names.unknown(width);
        }
        facts.honest &= confirmed(plan.schema(), &facts);
        facts
    }

    fn node(&mut self, plan: &LogicalPlan) -> Facts {
        match plan {
            LogicalPlan::SubqueryAlias(alias) => self.facts(&alias.input),
            LogicalPlan::Repartition(repartition) => self.facts(&repartition.input),
            LogicalPlan::Sort(sort) => self.facts(&sort.input),
            LogicalPlan::Limit(limit) => {
                let fetch = match limit.get_fetch_type() {
                    Ok(FetchType::Literal(fetch)) => fetch,
                    _ => None,
                };
                at_most(self.facts(&limit.input), fetch)
            }
            // A correlated subquery is another relation for each outer row.
            LogicalPlan::Subquery(subquery) if !correlated(&subquery.subquery) => {
                self.facts(&subquery.subquery)
            }
            LogicalPlan::Projection(projection) => self.projection(projection),
            LogicalPlan::Filter(filter) => {
                let facts = self.facts(&filter.input);
                self.filter(facts, filter.input.schema(), &filter.predicate)
            }
            LogicalPlan::Aggregate(aggregate) => self.aggregate(aggregate),
            LogicalPlan::Window(window) => self.window(window),
            LogicalPlan::Distinct(Distinct::All(input)) => self.distinct(input),
            LogicalPlan::Distinct(Distinct::On(distinct)) => self.distinct_on(distinct),
            LogicalPlan::Join(node) => {
                let (left, right) = (self.facts(&node.left), self.facts(&node.right));
                join(&mut self.names, node, left, right)
            }
            LogicalPlan::Union(node) => {
                let parts: Vec<Facts> = node.inputs.iter().map(|input| self.facts(input)).collect();
                let columns: Vec<String> = node
                    .schema
                    .fields()
                    .iter()
                    .map(|field| field.name().clone())
                    .collect();
                union(&mut self.names, &parts, &columns)
            }
            LogicalPlan::TableScan(scan) => self.scan(scan),
            LogicalPlan::EmptyRelation(empty) => {
                let mut facts = self.names.unknown(empty.schema.fields().len());
                facts.honest = true;
                at_most(facts, Some(1))
            }
            LogicalPlan::Values(values) => self.values(values),
            LogicalPlan::Unnest(unnest) => self.unnest(unnest),
            _ => self.unknown(plan),
        }
    }

    /// Nothing, save whether DataFusion's claims underneath are confirmed.
    fn unknown(&mut self, plan: &LogicalPlan) -> Facts {
        let honest = plan
            .inputs()
            .into_iter()
            .all(|input| self.facts(input).honest);
        let mut facts = self.names.unknown(plan.schema().fields().len());
        facts.honest = honest;
        facts
    }

    fn scan(&mut self, scan: &TableScan) -> Facts {
        let schema = scan.source.schema();
        let mut facts = match scan.source.get_logical_plan() {
            Some(view) => self.facts(&view),
            None => Facts {
                honest: true,
                ..self.names.unknown(schema.fields().len())
            },
        };
        for key in (self.known)(&scan.table_name) {
            let places: Option<Attributes> = key
                .iter()
                .map(|name| only(schema.fields().iter().map(|field| field.name() == name)))
                .map(|at| facts.columns.get(at?).copied())
                .collect();
            if let Some(attributes) = places {
                facts.add_unique(Unique {
                    attributes,
                    why: format!("({}) is a key of {}", key.join(", "), scan.table_name),
                    numbered: None,
                });
            }
        }
        if let Some(projection) = &scan.projection {
            let shown = projection.iter().filter_map(|at| facts.columns.get(*at));
            facts.columns = shown.copied().collect();
        }
        facts
    }

    fn projection(&mut self, projection: &Projection) -> Facts {
        let mut facts = self.facts(&projection.input);
        let schema = projection.input.schema();
        let columns = self.each(&mut facts, schema, &projection.expr);
        facts.columns = columns;
        facts
    }

    fn each(&mut self, facts: &mut Facts, schema: &DFSchema, exprs: &[Expr]) -> Vec<Attribute> {
        exprs
            .iter()
            .map(|expr| self.names.of_or_fresh(facts, schema, expr))
            .collect()
    }

    fn filter(&mut self, mut facts: Facts, schema: &DFSchema, predicate: &Expr) -> Facts {
        for condition in split_conjunction(predicate) {
            self.names.assume(&mut facts, schema, condition);
        }
        let fixed = facts.closure(&Attributes::new());
        for unique in &mut facts.uniques {
            if let Some(Numbered { number, per }) = &unique.numbered
                && fixed.contains(number)
            {
                let value = match facts.literals.get(number).and_then(|values| values.first()) {
                    Some(Constant::Integer(value)) => value.to_string(),
                    _ => "a constant".to_owned(),
                };
                unique.why = format!("row_number() = {value}{per}");
                unique.numbered = None;
            }
        }
        facts
    }

    fn aggregate(&mut self, aggregate: &Aggregate) -> Facts {
        if aggregate
            .group_expr
            .iter()
            .any(|expr| matches!(expr, Expr::GroupingSet(_)))
        {
            let honest = self.facts(&aggregate.input).honest;
            let mut facts = self.names.unknown(aggregate.schema.fields().len());
            facts.honest = honest;
            return facts;
        }
        let mut facts = self.facts(&aggregate.input);
        let mut columns = self.each(&mut facts, aggregate.input.schema(), &aggregate.group_expr);
        facts.add_unique(Unique {
            attributes: columns.iter().copied().collect(),
            why: match aggregate.group_expr.as_slice() {
                [] => "at most one row".to_owned(),
                group => format!("GROUP BY {}", labels(group)),
            },
            numbered: None,
        });
        columns.extend(aggregate.aggr_expr.iter().map(|_| self.names.fresh()));
        facts.columns = columns;
        facts
    }

    fn window(&mut self, window: &Window) -> Facts {
        let mut facts = self.facts(&window.input);
        let mut columns = facts.columns.clone();
        for expr in &window.window_expr {
            let number = self.names.fresh();
            columns.push(number);
            if let Some(partition) = row_number(expr) {
                facts.ordinals.insert(number);
                self.number(&mut facts, window.input.schema(), number, partition);
            }
        }
        facts.columns = columns;
        facts
    }

    /// Rows of one partition differ in their number. A partition by something
    /// that grouping could tell apart differently proves nothing.
    fn number(
        &mut self,
        facts: &mut Facts,
        schema: &DFSchema,
        number: Attribute,
        partition: &[Expr],
    ) {
        let mut attributes = Attributes::from([number]);
        for expr in partition {
            if determinants(facts, schema, expr).is_none() {
                return;
            }
            match self.names.of(facts, schema, expr) {
                Some(attribute) => attributes.insert(attribute),
                None => return,
            };
        }
        let per = match partition {
            [] => String::new(),
            partition => format!(" per {}", labels(partition)),
        };
        facts.add_unique(Unique {
            attributes,
            why: format!("row_number(){per}"),
            numbered: Some(Numbered { number, per }),
        });
    }

    /// The optimizer drops a DISTINCT over what it believes to be unique already,
    /// so it counts only where everything DataFusion claims below is true.
    fn distinct(&mut self, input: &LogicalPlan) -> Facts {
        let mut facts = self.facts(input);
        if facts.honest {
            facts.add_unique(Unique {
                attributes: facts.columns.iter().copied().collect(),
                why: "DISTINCT".to_owned(),
                numbered: None,
            });
        }
        facts
    }

    /// One row for each value of the ON expressions. The other columns may come
    /// from different rows of the group, so nothing is known of them.
    fn distinct_on(&mut self, distinct: &DistinctOn) -> Facts {
        let mut facts = self.facts(&distinct.input);
        let schema = distinct.input.schema();
        let on = self.each(&mut facts, schema, &distinct.on_expr);
        let shown = self.each(&mut facts, schema, &distinct.select_expr);
        facts.columns = shown
            .into_iter()
            .map(|attribute| {
                if on.contains(&attribute) {
                    attribute
                } else {
                    self.names.fresh()
                }
            })
            .collect();
        facts.add_unique(Unique {
            attributes: on.into_iter().collect(),
            why: format!("DISTINCT ON {}", labels(&distinct.on_expr)),
            numbered: None,
        });
        facts
    }

    fn values(&mut self, values: &Values) -> Facts {
        let mut facts = self.names.unknown(values.schema.fields().len());
        facts.honest = true;
        for at in 0..facts.columns.len() {
            let column: Option<Vec<Constant>> = values
                .values
                .iter()
                .map(|row| constant(row.get(at)?))
                .collect();
            let Some(column) = column else {
                continue;
            };
            let different: BTreeSet<Constant> = column.iter().cloned().collect();
            if !Constant::alike(different.iter()) {
                continue;
            }
            if different.len() == column.len() {
                facts.add_unique(Unique {
                    attributes: Attributes::from([facts.columns[at]]),
                    why: "VALUES that all differ".to_owned(),
                    numbered: None,
                });
            }
            facts.literals.insert(facts.columns[at], different);
        }
        at_most(facts, Some(values.values.len()))
    }

    /// A row comes once for each element of its lists; structs make no more rows.
    fn unnest(&mut self, unnest: &Unnest) -> Facts {
        let mut facts = self.facts(&unnest.input);
        let opened = |at: &usize| {
            unnest.struct_type_columns.contains(at)
                || unnest.list_type_columns.iter().any(|(list, _)| list == at)
        };
        let columns = unnest
            .dependency_indices
            .iter()
            .map(|at| match facts.columns.get(*at) {
                Some(attribute) if !opened(at) => *attribute,
                _ => self.names.fresh(),
            });
        let columns = columns.collect();
        if !unnest.list_type_columns.is_empty() {
            let all = facts.attributes();
            for unique in std::mem::take(&mut facts.uniques) {
                facts.add_dependency(unique.attributes, all.clone());
            }
        }
        facts.columns = columns;
        facts
    }
}

/// Whether every key that DataFusion claims of a node is proved by its facts.
fn confirmed(schema: &DFSchema, facts: &Facts) -> bool {
    let claims = schema.functional_dependencies().iter();
    let mut keys = claims.filter(|claim| claim.mode == Dependency::Single);
    keys.all(|claim| {
        let key: Key = claim.source_indices.iter().copied().collect();
        facts.identified_by(&key).is_some()
    })
}

fn at_most(mut facts: Facts, rows: Option<usize>) -> Facts {
    if rows.is_some_and(|rows| rows <= 1) {
        facts.uniques.clear();
        facts.add_unique(Unique {
            attributes: Attributes::new(),
            why: "at most one row".to_owned(),
            numbered: None,
        });
    }
    facts
}

/// The PARTITION BY of a `row_number()`.
fn row_number(expr: &Expr) -> Option<&[Expr]> {
    match expr {
        Expr::Alias(alias) => row_number(&alias.expr),
        Expr::WindowFunction(window) => match &window.fun {
            WindowFunctionDefinition::WindowUDF(function) if function.name() == "row_number" => {
                Some(&window.params.partition_by)
            }
            _ => None,
        },
        _ => None,
    }
}

/// The place of the only true.
fn only(mut matches: impl Iterator<Item = bool>) -> Option<usize> {
    let at = matches.position(|found| found)?;
    matches.all(|found| !found).then_some(at)
}

/// Expressions as a person names them: columns without their table.
fn labels(exprs: &[Expr]) -> String {
    let names: Vec<String> = exprs
        .iter()
        .map(|expr| match expr {
            Expr::Column(column) => column.name.clone(),
            Expr::Alias(alias) => alias.name.clone(),
            other => other.to_string(),
        })
        .collect();
    names.join(", ")
}
