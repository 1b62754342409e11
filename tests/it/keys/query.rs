//! Random SQL from random bytes: every kind of step a model can hold.

use super::{TABLES, Type};

/// A query made of `choices`, which are read until they run out.
pub(super) fn random_query(tape: &[u8]) -> String {
    let mut tape = Tape {
        choices: tape.iter(),
        names: 0,
    };
    let depth = 1 + tape.pick(4);
    tape.query(depth).sql
}

/// A source of choices; it says 0 for ever once it is used up, which every choice
/// below makes the simplest.
pub(super) struct Tape<'a> {
    choices: std::slice::Iter<'a, u8>,
    names: usize,
}

/// A query and its columns, whose names no other query has.
#[derive(Clone)]
pub(super) struct Query {
    pub(super) sql: String,
    pub(super) columns: Vec<(String, Type)>,
}

impl Tape<'_> {
    pub(super) fn pick(&mut self, below: usize) -> usize {
        usize::from(self.choices.next().copied().unwrap_or(0)) % below
    }

    pub(super) fn often(&mut self) -> bool {
        self.pick(4) > 0
    }

    pub(super) fn rarely(&mut self) -> bool {
        self.pick(4) == 3
    }

    pub(super) fn name(&mut self, prefix: &str) -> String {
        self.names += 1;
        format!("{prefix}{}", self.names)
    }

    pub(super) fn one<'q>(&mut self, of: &'q Query) -> &'q (String, Type) {
        &of.columns[self.pick(of.columns.len())]
    }

    pub(super) fn some(&mut self, of: &Query) -> Vec<String> {
        let mut names: Vec<String> = of.columns.iter().map(|(name, _)| name.clone()).collect();
        names.retain(|_| self.pick(2) == 0);
        names
    }

    /// A query of at most `depth` steps over base tables.
    pub(super) fn query(&mut self, depth: usize) -> Query {
        if depth == 0 {
            return self.table();
        }
        match self.pick(16) {
            0 => self.table(),
            1 | 2 => self.select(depth, ""),
            3 | 4 => self.grouped(depth),
            5 => self.select(depth, "DISTINCT "),
            6 => self.distinct_on(depth),
            7 | 8 => self.numbered(depth),
            9..=11 => self.join(depth),
            12 => self.union(depth),
            13 => self.filtered(depth),
            14 => self.limited(depth),
            _ => self.rarer(depth),
        }
    }

    pub(super) fn table(&mut self) -> Query {
        let (name, columns) = TABLES[self.pick(3)];
        let columns = columns.map(|(name, kind)| (name, self.name("c"), kind));
        let list = columns
            .clone()
            .map(|(from, to, _)| format!("{from} AS {to}"))
            .join(", ");
        Query {
            sql: format!("SELECT {list} FROM {name}"),
            columns: columns.map(|(_, name, kind)| (name, kind)).to_vec(),
        }
    }

    /// `sql` with a name for each item of its select list.
    pub(super) fn named(&mut self, items: Vec<(String, Type)>, rest: &str) -> Query {
        let columns: Vec<(String, Type)> = items
            .iter()
            .map(|(_, kind)| (self.name("c"), *kind))
            .collect();
        let list: Vec<String> = items
            .iter()
            .zip(&columns)
            .map(|((item, _), (name, _))| format!("{item} AS {name}"))
            .collect();
        Query {
            sql: format!("SELECT {} {rest}", list.join(", ")),
            columns,
        }
    }

    pub(super) fn from(&mut self, query: &Query) -> String {
        format!("FROM ({}) AS {}", query.sql, self.name("q"))
    }

    pub(super) fn item(&mut self, of: &Query) -> (String, Type) {
        let (name, kind) = self.one(of).clone();
        match (self.pick(12), kind) {
            (0..=5, _) => (name, kind),
            (6, Type::Int | Type::Long) => (format!("CAST({name} AS BIGINT)"), Type::Long),
            (7, Type::Int | Type::Long) => (format!("CAST({name} AS VARCHAR)"), Type::Text),
            (8, Type::Int | Type::Long) => (format!("{name} + 0"), kind),
            (9, Type::Int | Type::Long) => (format!("coalesce({name}, 1)"), kind),
            (8 | 9, Type::Text) => (format!("lower({name})"), kind),
            (6, Type::Text) => (format!("TRY_CAST({name} AS INT)"), Type::Int),
            (6 | 7, Type::Float) => (format!("CAST({name} AS INT)"), Type::Int),
            (8, Type::Float) => (format!("CAST({name} AS VARCHAR)"), Type::Text),
            (10, _) => ((self.pick(2)).to_string(), Type::Long),
            (11, _) => (format!("{name} IS NULL"), Type::Other),
            _ => (name, kind),
        }
    }

    pub(super) fn items(&mut self, of: &Query) -> Vec<(String, Type)> {
        let mut items: Vec<(String, Type)> = of.columns.clone();
        items.retain(|_| self.often());
        for _ in 0..self.pick(3) {
            items.push(self.item(of));
        }
        if items.is_empty() {
            items.push(self.item(of));
        }
        items
    }

    pub(super) fn select(&mut self, depth: usize, distinct: &str) -> Query {
        let input = self.query(depth - 1);
        let from = self.from(&input);
        let items = self.items(&input);
        let filter = if self.rarely() {
            self.condition(&input)
        } else {
            "true".to_owned()
        };
        let mut query = self.named(items, &format!("{from} WHERE {filter}"));
        query.sql = query
            .sql
            .replacen("SELECT ", &format!("SELECT {distinct}"), 1);
        query
    }

    pub(super) fn grouped(&mut self, depth: usize) -> Query {
        let input = self.query(depth - 1);
        let from = self.from(&input);
        let mut by: Vec<(String, Type)> = input.columns.clone();
        by.retain(|_| self.pick(2) == 0);
        if self.rarely() {
            by.push(self.item(&input));
            by.dedup();
        }
        let list: Vec<&str> = by.iter().map(|(item, _)| item.as_str()).collect();
        let by_list = match (list.as_slice(), self.pick(8)) {
            ([], _) => String::new(),
            (_, 7) => format!("GROUP BY ROLLUP ({})", list.join(", ")),
            _ => format!("GROUP BY {}", list.join(", ")),
        };
        let mut items = by.clone();
        items.retain(|_| self.pick(5) > 0);
        let (name, kind) = self.one(&input).clone();
        items.push(match self.pick(3) {
            0 => ("count(*)".to_owned(), Type::Long),
            1 => (format!("min({name})"), kind),
            _ => (format!("count(DISTINCT {name})"), Type::Long),
        });
        // A literal in GROUP BY is the number of an item.
        items.retain(|(item, _)| item.parse::<usize>().is_err());
        self.named(items, &format!("{from} {by_list}"))
    }

    pub(super) fn distinct_on(&mut self, depth: usize) -> Query {
        let input = self.query(depth - 1);
        let from = self.from(&input);
        let mut on = self.some(&input);
        if on.is_empty() {
            on.push(self.item(&input).0);
        }
        let order = if self.pick(2) == 0 {
            format!("ORDER BY {}", on.join(", "))
        } else {
            String::new()
        };
        let items = self.items(&input);
        let mut query = self.named(items, &format!("{from} {order}"));
        query.sql = query.sql.replacen(
            "SELECT ",
            &format!("SELECT DISTINCT ON ({}) ", on.join(", ")),
            1,
        );
        query
    }

    pub(super) fn numbered(&mut self, depth: usize) -> Query {
        let input = self.query(depth - 1);
        let from = self.from(&input);
        let mut by = self.some(&input);
        if self.rarely() {
            by.push(self.item(&input).0);
        }
        let partition = if by.is_empty() {
            String::new()
        } else {
            format!("PARTITION BY {}", by.join(", "))
        };
        let function = ["row_number", "row_number", "row_number", "rank"][self.pick(4)];
        let order = self.one(&input).0.clone();
        let mut items = self.items(&input);
        items.push((
            format!("{function}() OVER ({partition} ORDER BY {order})"),
            Type::Long,
        ));
        let query = self.named(items, &from);
        let number = query.columns[query.columns.len() - 1].0.clone();
        let filter = ["= 1", "<= 1", "< 2", "IN (1)", "<= 2", "= 2", ">= 1"][self.pick(7)];
        let test = match self.pick(4) {
            0 => return query,
            1 => format!("1 = {number}"),
            2 => format!("CAST({number} AS VARCHAR) < '2'"),
            _ => format!("{number} {filter}"),
        };
        let from = self.from(&query);
        let items = self.items(&query);
        self.named(items, &format!("{from} WHERE {test}"))
    }

    pub(super) fn condition(&mut self, of: &Query) -> String {
        let (name, kind) = self.one(of).clone();
        let value = match (kind, self.pick(3)) {
            (Type::Text, 0) => "'1'".to_owned(),
            (_, 2) => self.one(of).0.clone(),
            (_, value) => value.to_string(),
        };
        match (kind, self.pick(8)) {
            (Type::Other, 0..=3) => name,
            (Type::Other, _) => format!("NOT {name}"),
            (_, 0..=2) if kind != Type::Other => self.safely(of, &name, kind, &value),
            (_, 4) => format!("{name} IS NULL"),
            (_, 3 | 5) => format!("{name} IS NOT NULL"),
            (_, 6) => format!("{name} IN ({value})"),
            _ => format!("({name} = {value} OR {name} IS NULL)"),
        }
    }

    pub(super) fn safely(&mut self, of: &Query, name: &str, kind: Type, value: &str) -> String {
        let other = of.columns.iter().find(|(column, _)| column == value);
        match other {
            Some((_, Type::Other)) => format!("{name} IS NOT NULL"),
            _ if kind == Type::Other => name.to_owned(),
            _ => format!("{name} = {value}"),
        }
    }

    pub(super) fn filtered(&mut self, depth: usize) -> Query {
        let input = self.query(depth - 1);
        let from = self.from(&input);
        let condition = match self.pick(4) {
            0 => {
                let other = self.query(depth - 1);
                let (name, kind) = self.one(&input).clone();
                match other.columns.iter().find(|(_, same)| *same == kind) {
                    Some((column, _)) => {
                        let from = self.from(&other);
                        format!("{name} IN (SELECT {column} {from})")
                    }
                    None => "true".to_owned(),
                }
            }
            _ => {
                let condition = self.condition(&input);
                if self.rarely() {
                    format!("{condition} AND {}", self.condition(&input))
                } else {
                    condition
                }
            }
        };
        self.named(input.columns.clone(), &format!("{from} WHERE {condition}"))
    }

    pub(super) fn limited(&mut self, depth: usize) -> Query {
        let input = self.query(depth - 1);
        let from = self.from(&input);
        let rest = ["LIMIT 3", "LIMIT 2", "LIMIT 1 OFFSET 1", "LIMIT 1"][self.pick(4)];
        let order = self.one(&input).0.clone();
        let order = if self.pick(2) == 0 {
            format!("ORDER BY {order}")
        } else {
            String::new()
        };
        self.named(input.columns.clone(), &format!("{from} {order} {rest}"))
    }
}
