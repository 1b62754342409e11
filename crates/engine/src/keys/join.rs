//! What a join keeps of its two sides.

use std::collections::BTreeMap;

use datafusion::common::{DFSchema, JoinType, NullEquality};
use datafusion::logical_expr::utils::split_conjunction;
use datafusion::logical_expr::{BinaryExpr, Expr, Join, Operator, binary_expr};

use super::attribute::{Attributor, correlated, determinants, stored};
use super::facts::{Attribute, Attributes, Facts, Unique};

/// Facts of a join of `left` and `right`.
pub(super) fn join(names: &mut Attributor, join: &Join, left: Facts, right: Facts) -> Facts {
    let honest = left.honest && right.honest;
    let mut facts = match join.join_type {
        JoinType::LeftSemi | JoinType::LeftAnti => left,
        JoinType::RightSemi | JoinType::RightAnti => right,
        JoinType::LeftMark => marked(names, left),
        JoinType::RightMark => marked(names, right),
        // A row of either side that is null in its key, unmatched, looks like any
        // other row of the other side that is null in its own.
        JoinType::Full => names.unknown(join.schema.fields().len()),
        JoinType::Inner => Matches::new(names, join, &left, &right).inner(&left, &right),
        JoinType::Left => {
            let width = left.columns.len();
            let matches = Matches::new(names, join, &left, &right);
            matches.outer(names, &left, &right, 0..width)
        }
        JoinType::Right => {
            let start = left.columns.len();
            let matches = Matches::new(names, join, &left, &right);
            let end = matches.facts.columns.len();
            matches.outer(names, &right, &left, start..end)
        }
    };
    facts.honest = honest;
    facts
}

/// A mark join adds a column that says whether the row has a match.
fn marked(names: &mut Attributor, mut side: Facts) -> Facts {
    side.columns.push(names.fresh());
    side
}

/// The pairs of rows that satisfy the join's conditions.
struct Matches<'a> {
    schema: &'a DFSchema,
    /// The right side is another relation for each row of the left.
    lateral: bool,
    conditions: Vec<Expr>,
    /// What holds of these pairs; unique sets of the sides only determine here.
    facts: Facts,
}

impl<'a> Matches<'a> {
    fn new(names: &mut Attributor, join: &'a Join, left: &Facts, right: &Facts) -> Self {
        let mut facts = together(left, right);
        let conditions = conditions(join);
        for condition in &conditions {
            names.assume(&mut facts, &join.schema, condition);
        }
        Self {
            schema: &join.schema,
            lateral: correlated(&join.right),
            conditions,
            facts,
        }
    }

    /// Whether each row of a side with `attributes` has at most one match on `other`.
    fn at_most_one(&self, attributes: &Attributes, other: &Facts) -> bool {
        let reached = self.facts.closure(attributes);
        let mut uniques = other.uniques.iter();
        uniques.any(|unique| unique.attributes.is_subset(&reached))
    }

    fn inner(mut self, left: &Facts, right: &Facts) -> Facts {
        let one_right = self.at_most_one(&left.attributes(), right);
        let one_left = self.at_most_one(&right.attributes(), left);
        let kept = [(one_right, left), (one_left, right)];
        for unique in kept
            .iter()
            .filter(|(one, _)| *one)
            .flat_map(|(_, side)| &side.uniques)
        {
            self.facts.add_unique(kept_by_join(unique));
        }
        if !one_right
            && !one_left
            && let (Some(a), Some(b)) = (left.uniques.first(), right.uniques.first())
        {
            self.facts.add_unique(pair(a, b, &b.attributes));
        }
        self.facts
    }

    /// Every row of `kept`, whose columns stand at `place`, with its matches on
    /// `padded`, or once with nulls there.
    fn outer(
        self,
        names: &mut Attributor,
        kept: &Facts,
        padded: &Facts,
        place: std::ops::Range<usize>,
    ) -> Facts {
        let renamed: BTreeMap<Attribute, Attribute> = padded
            .attributes()
            .into_iter()
            .map(|old| (old, names.fresh()))
            .collect();
        let rename = |set: &Attributes| {
            set.iter()
                .filter_map(|old| renamed.get(old))
                .copied()
                .collect()
        };
        let mut facts = kept.clone();
        facts.uniques.clear();
        determine_all(&mut facts, kept);
        facts.columns = self
            .facts
            .columns
            .iter()
            .enumerate()
            .map(|(at, old)| {
                if place.contains(&at) {
                    *old
                } else {
                    renamed[old]
                }
            })
            .collect();
        facts
            .ordinals
            .extend(padded.ordinals.iter().filter_map(|old| renamed.get(old)));

        // Padding adds a row that is null in all of `from`: it breaks a dependency
        // unless matched rows are never null in all of it.
        let never_null = self.never_null();
        let mut determined = padded.clone();
        determine_all(&mut determined, padded);
        for dependency in &determined.dependencies {
            if !dependency.from.is_disjoint(&never_null) {
                facts.add_dependency(rename(&dependency.from), rename(&dependency.to));
            }
        }
        // Whether a row has a match is decided by `deciding`, and so is what all its
        // matches share; without one it is null.
        if let Some(deciding) = self.deciding(&place) {
            let shared = rename(&self.facts.closure(&deciding));
            facts.add_dependency(deciding, shared);
        }
        if self.at_most_one(&kept.attributes(), padded) {
            kept.uniques
                .iter()
                .for_each(|unique| facts.add_unique(kept_by_join(unique)));
        } else if let (Some(a), Some(b)) = (kept.uniques.first(), padded.uniques.first()) {
            facts.add_unique(pair(a, b, &rename(&b.attributes)));
        }
        facts
    }

    /// The attributes of the columns at `place` that decide which rows match; `None`
    /// if anything else has a part in it.
    fn deciding(&self, place: &std::ops::Range<usize>) -> Option<Attributes> {
        let side: Attributes = self.facts.columns[place.clone()].iter().copied().collect();
        if self.lateral {
            return None;
        }
        let mut deciding = Attributes::new();
        for condition in &self.conditions {
            let all = determinants(&self.facts, self.schema, condition)?;
            deciding.extend(all.intersection(&side));
        }
        Some(deciding)
    }

    /// Columns that are not null in any matched pair.
    fn never_null(&self) -> Attributes {
        let mut columns = Attributes::new();
        for condition in &self.conditions {
            if let Expr::BinaryExpr(BinaryExpr {
                left,
                op: Operator::Eq,
                right,
            }) = condition
            {
                columns.extend(stored(&self.facts, self.schema, left));
                columns.extend(stored(&self.facts, self.schema, right));
            }
        }
        columns
    }
}

/// All that must hold of a matched pair of rows.
fn conditions(join: &Join) -> Vec<Expr> {
    let equal = match join.null_equality {
        NullEquality::NullEqualsNothing => Operator::Eq,
        NullEquality::NullEqualsNull => Operator::IsNotDistinctFrom,
    };
    let pairs = join
        .on
        .iter()
        .map(|(left, right)| binary_expr(left.clone(), equal, right.clone()));
    let filters = join
        .filter
        .iter()
        .flat_map(|filter| split_conjunction(filter));
    pairs.chain(filters.cloned()).collect()
}

/// Both sides in one row, unique sets turned into dependencies.
fn together(left: &Facts, right: &Facts) -> Facts {
    let mut facts = left.clone();
    facts.uniques.clear();
    facts.columns.extend(&right.columns);
    for dependency in &right.dependencies {
        facts.add_dependency(dependency.from.clone(), dependency.to.clone());
    }
    determine_all(&mut facts, left);
    determine_all(&mut facts, right);
    facts.ordinals.extend(&right.ordinals);
    facts.literals.extend(right.literals.clone());
    facts
}

/// A row of `side` may now come several times: its unique sets determine the rest of it.
fn determine_all(facts: &mut Facts, side: &Facts) {
    let all = side.attributes();
    for unique in &side.uniques {
        facts.add_dependency(unique.attributes.clone(), all.clone());
    }
}

fn kept_by_join(unique: &Unique) -> Unique {
    let note = ", joined to at most one row";
    let mut kept = unique.clone();
    if !kept.why.ends_with(note) {
        kept.why.push_str(note);
    }
    kept
}

fn pair(a: &Unique, b: &Unique, b_attributes: &Attributes) -> Unique {
    Unique {
        attributes: a.attributes.union(b_attributes).copied().collect(),
        why: format!("{} joined with {}", a.why, b.why),
        numbered: None,
    }
}
