//! The tables that SQL reads: which names are relations of the project, and which a `WITH` gives.

use std::collections::BTreeSet;
use std::ops::{ControlFlow, Range};

use sqlparser::ast::{
    Ident, ObjectName, ObjectNamePart, Query, TableAlias, TableFactor, Visit, VisitMut, Visitor,
    VisitorMut, With,
};
use sqlparser::tokenizer::Span;

use crate::error::Text;

use super::{Fragment, Sql, fold, fragment, range};

/// A relation named in a FROM clause.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// As parts: `["raw", "source1"]` or `["stg_leads"]`.
    pub parts: Vec<String>,
    pub span: Range<usize>,
}

/// Every relation the query reads, in text order, CTEs left out.
pub fn references(text: &Text, sql: &Sql) -> Vec<Reference> {
    found(text, sql.query.as_ref())
}

/// Every relation of a free SQL text, a query or an expression, CTEs left out;
/// empty where the text does not parse, which planning reports.
pub fn relations(sql: &str) -> Vec<Reference> {
    let text = Text::new("", sql);
    match fragment(sql) {
        Ok(Fragment::Query(query)) => found(&text, query.as_ref()),
        Ok(Fragment::Expression(expr)) => found(&text, expr.as_ref()),
        Err(_) => Vec::new(),
    }
}

fn found(text: &Text, sql: &impl Visit) -> Vec<Reference> {
    let mut relations = Relations::default();
    let _ = sql.visit(&mut relations);
    let found = relations.found.into_iter();
    found
        .map(|idents| Reference {
            parts: idents.iter().map(fold).collect(),
            span: range(
                text,
                Span::union_iter(idents.iter().map(|ident| ident.span)),
            ),
        })
        .collect()
}

/// The names that the WITH clauses around a place give, innermost last.
#[derive(Default)]
struct Scopes(Vec<Scope>);

#[derive(Default)]
struct Scope {
    names: Vec<String>,
    /// Queries of CTEs, by their address: their names are known once they end.
    pending: Vec<(usize, String)>,
}

impl Scopes {
    fn enter(&mut self, with: Option<&With>) {
        let mut scope = Scope::default();
        for cte in with.map_or(&[][..], |with| with.cte_tables.as_slice()) {
            let name = fold(&cte.alias.name);
            if with.is_some_and(|with| with.recursive) {
                scope.names.push(name);
            } else {
                scope.pending.push((address(&cte.query), name));
            }
        }
        self.0.push(scope);
    }

    fn leave(&mut self, query: &Query) {
        self.0.pop();
        if let Some(scope) = self.0.last_mut() {
            let ended = scope.pending.iter().find(|(at, _)| *at == address(query));
            scope.names.extend(ended.map(|(_, name)| name.clone()));
        }
    }

    fn knows(&self, name: &str) -> bool {
        let mut names = self.0.iter().flat_map(|scope| &scope.names);
        names.any(|known| known == name)
    }
}

fn address(query: &Query) -> usize {
    std::ptr::from_ref(query).addr()
}

#[derive(Default)]
struct Relations {
    scopes: Scopes,
    /// The next name is that of a table function.
    function: bool,
    found: Vec<Vec<Ident>>,
}

impl Visitor for Relations {
    type Break = ();

    fn pre_visit_query(&mut self, query: &Query) -> ControlFlow<()> {
        self.scopes.enter(query.with.as_ref());
        ControlFlow::Continue(())
    }

    fn post_visit_query(&mut self, query: &Query) -> ControlFlow<()> {
        self.scopes.leave(query);
        ControlFlow::Continue(())
    }

    fn pre_visit_table_factor(&mut self, factor: &TableFactor) -> ControlFlow<()> {
        self.function = matches!(factor, TableFactor::Table { args: Some(_), .. });
        ControlFlow::Continue(())
    }

    fn pre_visit_relation(&mut self, name: &ObjectName) -> ControlFlow<()> {
        let parts = name.0.iter().filter_map(|part| part.as_ident().cloned());
        let parts: Vec<Ident> = parts.collect();
        let given = matches!(parts.as_slice(), [only] if self.scopes.knows(&fold(only)));
        if !given && !std::mem::take(&mut self.function) {
            self.found.push(parts);
        }
        ControlFlow::Continue(())
    }
}

/// Gives each CTE a name of its own whose name another CTE around it has, or a table that the
/// query reads: SQL lets the inner name hide the outer one, the engine refuses it.
pub fn without_shadows(mut query: Box<Query>) -> Box<Query> {
    let tables = found(&Text::new("", ""), query.as_ref()).into_iter();
    let tables = tables.filter_map(|read| match read.parts.as_slice() {
        [only] => Some(only.clone()),
        _ => None,
    });
    let mut renamer = Renamer {
        tables: tables.collect(),
        ..Renamer::default()
    };
    let _ = VisitMut::visit(query.as_mut(), &mut renamer);
    query
}

#[derive(Default)]
struct Renamer {
    tables: BTreeSet<String>,
    /// For each query around, the names its CTEs have and those they get.
    names: Vec<Vec<(String, String)>>,
    pending: Vec<Vec<(usize, String, String)>>,
    given: usize,
}

impl Renamer {
    fn clashes(&self, name: &str) -> bool {
        self.tables.contains(name) || self.now(name).is_some()
    }

    fn now(&self, name: &str) -> Option<&str> {
        let known = self.names.iter().rev().flat_map(|names| names.iter().rev());
        let mut known = known.filter(|(old, _)| old == name);
        known.next().map(|(_, new)| new.as_str())
    }
}

impl VisitorMut for Renamer {
    type Break = ();

    fn pre_visit_query(&mut self, query: &mut Query) -> ControlFlow<()> {
        let (mut names, mut pending) = (Vec::new(), Vec::new());
        if let Some(with) = &mut query.with {
            for cte in &mut with.cte_tables {
                let old = fold(&cte.alias.name);
                let mut new = old.clone();
                if self.clashes(&old) {
                    self.given += 1;
                    new = format!("{old} ({})", self.given);
                    let span = cte.alias.name.span;
                    cte.alias.name = Ident::with_quote_and_span('"', span, new.as_str());
                }
                match with.recursive {
                    true => names.push((old, new)),
                    false => pending.push((address(&cte.query), old, new)),
                }
            }
        }
        self.names.push(names);
        self.pending.push(pending);
        ControlFlow::Continue(())
    }

    fn post_visit_query(&mut self, query: &mut Query) -> ControlFlow<()> {
        self.names.pop();
        self.pending.pop();
        if let (Some(names), Some(pending)) = (self.names.last_mut(), self.pending.last()) {
            let ended = pending.iter().find(|(at, ..)| *at == address(query));
            names.extend(ended.map(|(_, old, new)| (old.clone(), new.clone())));
        }
        ControlFlow::Continue(())
    }

    fn pre_visit_table_factor(&mut self, factor: &mut TableFactor) -> ControlFlow<()> {
        let TableFactor::Table {
            name,
            alias,
            args: None,
            ..
        } = factor
        else {
            return ControlFlow::Continue(());
        };
        let [ObjectNamePart::Identifier(ident)] = name.0.as_slice() else {
            return ControlFlow::Continue(());
        };
        let ident = ident.clone();
        if let Some(new) = self.now(&fold(&ident)).filter(|new| *new != fold(&ident)) {
            let quoted = Ident::with_quote_and_span('"', ident.span, new);
            alias.get_or_insert_with(|| TableAlias {
                explicit: true,
                name: ident,
                columns: Vec::new(),
                at: None,
            });
            *name = ObjectName::from(vec![quoted]);
        }
        ControlFlow::Continue(())
    }
}
