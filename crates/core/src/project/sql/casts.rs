//! Functions of several casts of one column. The engine names what it computes by its text and leaves
//! casts out of it, so that `max(cast(a as int))` and `max(cast(a as bigint))` have one name.

use std::ops::ControlFlow;

use sqlparser::ast::{
    Expr, Function, FunctionArg, FunctionArgExpr, FunctionArguments, Ident, Query, Select,
    SelectItem, VisitMut, VisitorMut, visit_expressions,
};
use sqlparser::dialect::GenericDialect;
use sqlparser::parser::Parser;

/// The same query with each cast argument of a function written so that its name tells the cast; `None`
/// where there is none.
///
/// An argument becomes `CASE WHEN n = n THEN … END`, which the optimiser takes away again.
pub fn with_named_casts(mut query: Box<Query>) -> Option<Box<Query>> {
    let mut namer = Namer::default();
    let _ = VisitMut::visit(query.as_mut(), &mut namer);
    (!namer.seen.is_empty()).then_some(query)
}

#[derive(Default)]
struct Namer {
    /// The arguments met, each by its number.
    seen: Vec<String>,
}

impl Namer {
    fn named(&mut self, argument: &Expr) -> Option<Expr> {
        let text = argument.to_string();
        let known = self.seen.iter().position(|known| *known == text);
        let number = known.unwrap_or(self.seen.len());
        let case = format!("CASE WHEN {number} = {number} THEN {text} END");
        let parsed = Parser::new(&GenericDialect {}).try_with_sql(&case);
        let case = parsed.and_then(|mut parser| parser.parse_expr()).ok()?;
        if known.is_none() {
            self.seen.push(text);
        }
        Some(case)
    }
}

impl VisitorMut for Namer {
    type Break = ();

    fn pre_visit_select(&mut self, select: &mut Select) -> ControlFlow<()> {
        for item in &mut select.projection {
            if let SelectItem::UnnamedExpr(expr @ Expr::Function(_)) = item
                && casts(expr)
            {
                *item = SelectItem::ExprWithAlias {
                    alias: Ident::with_quote('"', expr.to_string()),
                    expr: expr.clone(),
                };
            }
        }
        ControlFlow::Continue(())
    }

    fn post_visit_expr(&mut self, expr: &mut Expr) -> ControlFlow<()> {
        let Expr::Function(Function {
            args: FunctionArguments::List(list),
            ..
        }) = expr
        else {
            return ControlFlow::Continue(());
        };
        for argument in &mut list.args {
            if let FunctionArg::Unnamed(FunctionArgExpr::Expr(argument)) = argument
                && casts(argument)
                && let Some(named) = self.named(argument)
            {
                *argument = named;
            }
        }
        ControlFlow::Continue(())
    }
}

fn casts(expr: &Expr) -> bool {
    let found = visit_expressions(expr, |part| match part {
        Expr::Cast { .. } => ControlFlow::Break(()),
        _ => ControlFlow::Continue(()),
    });
    found.is_break()
}
