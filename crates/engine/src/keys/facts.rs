//! What is known of the rows a node of a plan puts out.

use std::collections::{BTreeMap, BTreeSet};

use super::Key;

/// A value that every row of a node has, whether or not a column shows it.
///
/// Each scan has attributes of its own, so that two scans of one table never
/// share any. Casts that lose nothing keep the attribute.
pub(super) type Attribute = usize;
pub(super) type Attributes = BTreeSet<Attribute>;

/// More keys than a person reads; bounds the work on wide plans.
const MOST_KEYS: usize = 32;

/// Rows that agree on `from` agree on `to`. An empty `from` says that all rows do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Dependency {
    pub from: Attributes,
    pub to: Attributes,
}

/// No two rows agree on `attributes`.
#[derive(Clone, Debug)]
pub(super) struct Unique {
    pub attributes: Attributes,
    pub why: String,
    /// Set where uniqueness comes from `row_number()`.
    pub numbered: Option<Numbered>,
}

/// `number` counts the rows of each partition `per` from one.
#[derive(Clone, Debug)]
pub(super) struct Numbered {
    pub number: Attribute,
    pub per: String,
}

/// A literal, told apart by value and not by width: `1` is `1` in every integer type.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Constant {
    Truth(bool),
    Integer(i128),
    Text(String),
}

impl Constant {
    /// Whether all are of one kind, so that a cast to any type keeps them apart.
    pub fn alike<'a>(mut constants: impl Iterator<Item = &'a Constant>) -> bool {
        let kind = constants.next().map(std::mem::discriminant);
        constants.all(|constant| Some(std::mem::discriminant(constant)) == kind)
    }
}

/// Every statement holds for all rows of the node. A row extends to the hidden
/// attributes by the input row it came from, so dropping rows, and keeping one
/// row of each group, keep all statements.
#[derive(Clone, Debug, Default)]
pub(super) struct Facts {
    /// The attribute of each output column.
    pub columns: Vec<Attribute>,
    pub uniques: Vec<Unique>,
    pub dependencies: Vec<Dependency>,
    /// Attributes that are integers of one or more, or null.
    pub ordinals: Attributes,
    /// Attributes that are, in every row, one of these literals and not null.
    pub literals: BTreeMap<Attribute, BTreeSet<Constant>>,
    /// DataFusion claims no key in or under this node that is not proved here.
    pub honest: bool,
}

impl Facts {
    pub fn add_unique(&mut self, unique: Unique) {
        let known = |other: &Unique| other.attributes.is_subset(&unique.attributes);
        if self.uniques.len() < MOST_KEYS && !self.uniques.iter().any(known) {
            self.uniques.push(unique);
        }
    }

    pub fn add_dependency(&mut self, from: Attributes, to: Attributes) {
        let dependency = Dependency { from, to };
        if !dependency.to.is_subset(&dependency.from) && !self.dependencies.contains(&dependency) {
            self.dependencies.push(dependency);
        }
    }

    /// Records that every row has the same value of `attribute`.
    pub fn fix(&mut self, attribute: Attribute) {
        self.add_dependency(Attributes::new(), Attributes::from([attribute]));
    }

    /// Records that `attribute` is `constant` in every row.
    pub fn set(&mut self, attribute: Attribute, constant: Constant) {
        self.fix(attribute);
        self.literals.insert(attribute, BTreeSet::from([constant]));
    }

    /// Every attribute that a statement or a column speaks of.
    pub fn attributes(&self) -> Attributes {
        let mut all: Attributes = self.columns.iter().copied().collect();
        for unique in &self.uniques {
            all.extend(&unique.attributes);
        }
        for dependency in &self.dependencies {
            all.extend(&dependency.from);
            all.extend(&dependency.to);
        }
        all
    }

    /// All attributes on which two rows agree that agree on `start`.
    pub fn closure(&self, start: &Attributes) -> Attributes {
        let mut reached = start.clone();
        loop {
            let before = reached.len();
            for dependency in &self.dependencies {
                if dependency.from.is_subset(&reached) {
                    reached.extend(&dependency.to);
                }
            }
            if reached.len() == before {
                return reached;
            }
        }
    }

    /// The unique set that the columns at `places` determine, if any; one that
    /// stands in these columns themselves is preferred.
    pub fn identified_by(&self, places: &Key) -> Option<&Unique> {
        let given: Attributes = places.iter().map(|at| self.columns[*at]).collect();
        let within = |of: &Attributes| {
            let mut uniques = self.uniques.iter();
            uniques.find(|unique| unique.attributes.is_subset(of))
        };
        within(&given).or_else(|| within(&self.closure(&given)))
    }

    /// The minimal keys among the output columns.
    pub fn keys(&self) -> Vec<Key> {
        let all = self.relevant();
        if self.identified_by(&all).is_none() {
            return Vec::new();
        }
        let smallest = self.shrink(&all, None);
        if smallest == all {
            return vec![all];
        }
        let mut found: BTreeSet<Key> = all.iter().map(|at| self.shrink(&all, Some(*at))).collect();
        found.insert(smallest);
        let mut todo: Vec<Key> = found.iter().cloned().collect();
        while let Some(key) = todo.pop() {
            for at in &key {
                let mut without = all.clone();
                without.remove(at);
                if found.len() < MOST_KEYS && self.identified_by(&without).is_some() {
                    let other = self.shrink(&without, None);
                    if found.insert(other.clone()) {
                        todo.push(other);
                    }
                }
            }
        }
        let mut keys: Vec<Key> = found.into_iter().collect();
        keys.sort_by(|a, b| a.len().cmp(&b.len()).then_with(|| a.cmp(b)));
        keys.truncate(MOST_KEYS);
        keys
    }

    /// Drops every column that `key` can spare, `favourite` last of all.
    fn shrink(&self, key: &Key, favourite: Option<usize>) -> Key {
        let mut kept = key.clone();
        let others = key.iter().rev().filter(|at| Some(**at) != favourite);
        for at in others.copied().chain(favourite) {
            kept.remove(&at);
            if self.identified_by(&kept).is_none() {
                kept.insert(at);
            }
        }
        kept
    }

    /// The columns that can help to determine a unique set.
    fn relevant(&self) -> Key {
        let mut useful: Attributes = Attributes::new();
        for unique in &self.uniques {
            useful.extend(&unique.attributes);
        }
        loop {
            let before = useful.len();
            for dependency in &self.dependencies {
                if !dependency.to.is_disjoint(&useful) {
                    useful.extend(&dependency.from);
                }
            }
            if useful.len() == before {
                break;
            }
        }
        let places = self.columns.iter().enumerate();
        places
            .filter(|(_, attribute)| useful.contains(attribute))
            .map(|(at, _)| at)
            .collect()
    }
}
