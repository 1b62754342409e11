//! Which attribute an expression is, and what a true condition says of them.

use datafusion::arrow::datatypes::DataType;
use datafusion::common::DFSchema;
use datafusion::common::tree_node::{Transformed, TreeNode, TreeNodeRecursion};
use datafusion::logical_expr::type_coercion::binary::BinaryTypeCoercer;
use datafusion::logical_expr::{BinaryExpr, Expr, ExprSchemable, LogicalPlan, Operator};
use datafusion::prelude::Column;
use datafusion::scalar::ScalarValue;

use super::facts::{Attribute, Attributes, Constant, Facts};

/// Hands out attributes; the same computation over the same attributes gets the same one.
#[derive(Default)]
pub(super) struct Attributor {
    next: Attribute,
    computed: Vec<(Expr, Attribute)>,
}

impl Attributor {
    pub fn fresh(&mut self) -> Attribute {
        self.next += 1;
        self.next
    }

    /// Facts of a node nothing is known of.
    pub fn unknown(&mut self, width: usize) -> Facts {
        Facts {
            columns: (0..width).map(|_| self.fresh()).collect(),
            ..Facts::default()
        }
    }

    /// The attribute of `expr` over rows that `facts` and `schema` describe: of a
    /// column, of a cast that loses nothing, or of a computation that always gives
    /// the same for the same columns. `None` for anything that may not.
    pub fn of(&mut self, facts: &mut Facts, schema: &DFSchema, expr: &Expr) -> Option<Attribute> {
        match expr {
            Expr::Alias(alias) => self.of(facts, schema, &alias.expr),
            Expr::Column(_) => stored(facts, schema, expr),
            // One value for all rows, though not the same one where it stands again.
            Expr::ScalarSubquery(subquery) if !correlated(&subquery.subquery) => {
                let attribute = self.fresh();
                facts.fix(attribute);
                Some(attribute)
            }
            Expr::Cast(cast)
                if keeps(&cast.expr.get_type(schema).ok()?, cast.field.data_type()) =>
            {
                self.of(facts, schema, &cast.expr)
            }
            _ => self.computed(facts, schema, expr),
        }
    }

    /// As [`Self::of`], with an attribute of its own where nothing is known.
    pub fn of_or_fresh(&mut self, facts: &mut Facts, schema: &DFSchema, expr: &Expr) -> Attribute {
        self.of(facts, schema, expr).unwrap_or_else(|| self.fresh())
    }

    fn computed(&mut self, facts: &mut Facts, schema: &DFSchema, expr: &Expr) -> Option<Attribute> {
        let inputs = determinants(facts, schema, expr)?;
        let shape = over_attributes(facts, schema, expr)?;
        let known = self.computed.iter().find(|(other, _)| *other == shape);
        let attribute = match known {
            Some((_, attribute)) => *attribute,
            None => {
                let attribute = self.fresh();
                self.computed.push((shape, attribute));
                attribute
            }
        };
        facts.add_dependency(inputs, Attributes::from([attribute]));
        if let Some(constant) = constant(expr) {
            facts.set(attribute, constant);
        }
        Some(attribute)
    }

    /// Adds what holds of every row for which `condition` is true.
    pub fn assume(&mut self, facts: &mut Facts, schema: &DFSchema, condition: &Expr) {
        match condition {
            Expr::BinaryExpr(BinaryExpr { left, op, right }) => match op {
                Operator::And => {
                    self.assume(facts, schema, left);
                    self.assume(facts, schema, right);
                }
                Operator::Eq | Operator::IsNotDistinctFrom => {
                    self.equate(facts, schema, left, right);
                }
                Operator::Lt => bound(facts, schema, left, right, 2),
                Operator::LtEq => bound(facts, schema, left, right, 1),
                Operator::Gt => bound(facts, schema, right, left, 2),
                Operator::GtEq => bound(facts, schema, right, left, 1),
                _ => {}
            },
            Expr::InList(list) if !list.negated && list.list.len() == 1 => {
                self.equate(facts, schema, &list.expr, &list.list[0]);
            }
            Expr::IsNull(of) => {
                if let Some(attribute) = stored(facts, schema, of) {
                    facts.fix(attribute);
                }
            }
            Expr::Column(_) => truth(facts, schema, condition, true),
            Expr::Not(of) => truth(facts, schema, of, false),
            _ => {}
        }
    }

    /// Two sides are equal, or both null. A side is determined by the other where
    /// the cast that the comparison applies to it loses nothing.
    fn equate(&mut self, facts: &mut Facts, schema: &DFSchema, left: &Expr, right: &Expr) {
        let types = (left.get_type(schema), right.get_type(schema));
        let (Ok(left_type), Ok(right_type)) = types else {
            return;
        };
        let coercer = BinaryTypeCoercer::new(&left_type, &Operator::Eq, &right_type);
        let Ok((common, _)) = coercer.get_input_types() else {
            return;
        };
        if !exact(&common) || !exact(&left_type) || !exact(&right_type) {
            return;
        }
        let sides = (self.of(facts, schema, left), self.of(facts, schema, right));
        let (Some(a), Some(b)) = sides else {
            return;
        };
        let keeps_both = keeps(&left_type, &common) && keeps(&right_type, &common);
        for (from, to, to_type, from_expr) in [(a, b, &right_type, left), (b, a, &left_type, right)]
        {
            if keeps(to_type, &common) {
                facts.add_dependency(Attributes::from([from]), Attributes::from([to]));
            }
            if let (true, Some(constant)) = (keeps_both, constant(from_expr)) {
                facts.set(to, constant);
            }
        }
    }
}

/// Whether `plan` may read the row of a query around it.
pub(super) fn correlated(plan: &LogicalPlan) -> bool {
    let mut found = false;
    let walk = plan.apply_with_subqueries(|node| {
        node.apply_expressions(|expr| {
            found |= expr.exists(|part| Ok(matches!(part, Expr::OuterReferenceColumn(..))))?;
            Ok(TreeNodeRecursion::Continue)
        })
    });
    found || walk.is_err()
}

/// The attribute of a column, looked at through casts that lose nothing.
pub(super) fn stored(facts: &Facts, schema: &DFSchema, expr: &Expr) -> Option<Attribute> {
    match expr {
        Expr::Alias(alias) => stored(facts, schema, &alias.expr),
        Expr::Column(column) => facts
            .columns
            .get(schema.maybe_index_of_column(column)?)
            .copied(),
        Expr::Cast(cast) if keeps(&cast.expr.get_type(schema).ok()?, cast.field.data_type()) => {
            stored(facts, schema, &cast.expr)
        }
        _ => None,
    }
}

/// The attributes that decide the value of `expr`; `None` if they do not, because
/// it is volatile, looks at other rows, or reads a type in which equal values can
/// differ (`-0.0 = 0.0`).
pub(super) fn determinants(facts: &Facts, schema: &DFSchema, expr: &Expr) -> Option<Attributes> {
    let mut inputs = Attributes::new();
    let mut sure = !expr.is_volatile();
    let walk = expr.apply(|part| {
        sure &= match part {
            Expr::Column(column) => match schema.maybe_index_of_column(column) {
                Some(at) => {
                    inputs.extend(facts.columns.get(at));
                    exact(schema.field(at).data_type())
                }
                None => false,
            },
            Expr::Alias(_)
            | Expr::Literal(..)
            | Expr::BinaryExpr(_)
            | Expr::Like(_)
            | Expr::SimilarTo(_)
            | Expr::Not(_)
            | Expr::IsNotNull(_)
            | Expr::IsNull(_)
            | Expr::IsTrue(_)
            | Expr::IsFalse(_)
            | Expr::IsUnknown(_)
            | Expr::IsNotTrue(_)
            | Expr::IsNotFalse(_)
            | Expr::IsNotUnknown(_)
            | Expr::Negative(_)
            | Expr::Between(_)
            | Expr::Case(_)
            | Expr::Cast(_)
            | Expr::TryCast(_)
            | Expr::ScalarFunction(_)
            | Expr::InList(_) => true,
            _ => false,
        };
        Ok(if sure {
            TreeNodeRecursion::Continue
        } else {
            TreeNodeRecursion::Stop
        })
    });
    (walk.is_ok() && sure).then_some(inputs)
}

/// `expr` with each column replaced by its attribute and type, so that equal
/// results mean equal values wherever the two are computed.
fn over_attributes(facts: &Facts, schema: &DFSchema, expr: &Expr) -> Option<Expr> {
    let plain = expr.clone().unalias_nested().data;
    let replaced = plain.transform(|part| {
        let Expr::Column(column) = &part else {
            return Ok(Transformed::no(part));
        };
        let at = schema.index_of_column(column)?;
        let name = format!("#{}:{}", facts.columns[at], schema.field(at).data_type());
        Ok(Transformed::yes(Expr::Column(Column::new_unqualified(
            name,
        ))))
    });
    replaced.ok().map(|replaced| replaced.data)
}

/// A boolean column that is used as a condition has one value.
fn truth(facts: &mut Facts, schema: &DFSchema, column: &Expr, value: bool) {
    let boolean = matches!(column.get_type(schema), Ok(DataType::Boolean));
    if let (true, Some(attribute)) = (boolean, stored(facts, schema, column)) {
        facts.set(attribute, Constant::Truth(value));
    }
}

/// `number < end` (or `<= end`, with the matching `end`) leaves an ordinal only its first value.
fn bound(facts: &mut Facts, schema: &DFSchema, number: &Expr, end: &Expr, first: i128) {
    // An ordinal turned into text is compared letter by letter: '10' < '2'.
    let numeric = matches!(number.get_type(schema), Ok(kind) if kind.is_numeric());
    let ordinal = stored(facts, schema, number).filter(|at| numeric && facts.ordinals.contains(at));
    if let (Some(ordinal), Some(Constant::Integer(end))) = (ordinal, constant(end))
        && end == first
    {
        facts.set(ordinal, Constant::Integer(1));
    }
}

/// The value of a literal that is not null, looked at through casts that lose nothing.
pub(super) fn constant(expr: &Expr) -> Option<Constant> {
    match expr {
        Expr::Alias(alias) => constant(&alias.expr),
        Expr::Literal(value, _) => literal(value),
        Expr::Cast(cast) => match cast.expr.as_ref() {
            Expr::Literal(value, _) if keeps(&value.data_type(), cast.field.data_type()) => {
                literal(value)
            }
            _ => None,
        },
        _ => None,
    }
}

fn literal(value: &ScalarValue) -> Option<Constant> {
    if let Some(text) = value.try_as_str() {
        return text.map(|text| Constant::Text(text.to_owned()));
    }
    let integer = match value {
        ScalarValue::Boolean(truth) => return truth.map(Constant::Truth),
        ScalarValue::Int8(value) => value.map(i128::from),
        ScalarValue::Int16(value) => value.map(i128::from),
        ScalarValue::Int32(value) => value.map(i128::from),
        ScalarValue::Int64(value) => value.map(i128::from),
        ScalarValue::UInt8(value) => value.map(i128::from),
        ScalarValue::UInt16(value) => value.map(i128::from),
        ScalarValue::UInt32(value) => value.map(i128::from),
        ScalarValue::UInt64(value) => value.map(i128::from),
        _ => None,
    };
    integer.map(Constant::Integer)
}

/// Whether a cast gives different values different results, null only for null.
/// One that fails instead of losing a value keeps all values it returns.
fn keeps(from: &DataType, to: &DataType) -> bool {
    let decimal = match to {
        DataType::Decimal128(_, scale) | DataType::Decimal256(_, scale) => *scale >= 0,
        _ => false,
    };
    from == to
        || from.is_integer() && (to.is_integer() || decimal || text(to))
        || text(from) && text(to)
        || bytes(from) && bytes(to)
}

/// Whether equal values of the type are the same value. They are not for floats
/// (`-0.0 = 0.0`), nor surely for intervals and nested types.
pub(super) fn exact(data_type: &DataType) -> bool {
    match data_type {
        DataType::Dictionary(_, values) => exact(values),
        DataType::Null
        | DataType::Boolean
        | DataType::Date32
        | DataType::Date64
        | DataType::Time32(_)
        | DataType::Time64(_)
        | DataType::Timestamp(..)
        | DataType::Duration(_)
        | DataType::Decimal32(..)
        | DataType::Decimal64(..)
        | DataType::Decimal128(..)
        | DataType::Decimal256(..) => true,
        other => other.is_integer() || text(other) || bytes(other),
    }
}

fn text(data_type: &DataType) -> bool {
    matches!(
        data_type,
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View
    )
}

fn bytes(data_type: &DataType) -> bool {
    matches!(
        data_type,
        DataType::Binary | DataType::LargeBinary | DataType::BinaryView
    )
}
