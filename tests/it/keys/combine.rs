//! Random steps that bring two queries together, and the rarer ones.

use super::Type;
use super::query::{Query, Tape};

impl Tape<'_> {
    pub(super) fn comparable(&mut self, left: &Query, right: &Query) -> String {
        let (l, l_kind) = self.one(left).clone();
        let (r, r_kind) = self.one(right).clone();
        match (l_kind == Type::Other || r_kind == Type::Other, self.pick(8)) {
            (true, _) => "true".to_owned(),
            (_, 0..=4) => format!("{l} = {r}"),
            (_, 5) if l_kind == r_kind => format!("{l} IS NOT DISTINCT FROM {r}"),
            (_, 6) => format!("coalesce({l}, {l}) = {r}"),
            _ => format!("{l} <= {r}"),
        }
    }

    pub(super) fn join(&mut self, depth: usize) -> Query {
        let left = self.query(depth - 1);
        let right = if self.rarely() {
            self.again(&left)
        } else {
            self.query(depth - 1)
        };
        let kind = [
            "JOIN",
            "LEFT JOIN",
            "RIGHT JOIN",
            "FULL JOIN",
            "LEFT SEMI JOIN",
            "LEFT ANTI JOIN",
            "RIGHT SEMI JOIN",
        ][self.pick(7)];
        let mut conditions = vec![self.comparable(&left, &right)];
        for _ in 0..self.pick(4) / 2 {
            conditions.push(match self.pick(3) {
                0 => self.comparable(&left, &right),
                1 => self.condition(&left),
                _ => self.condition(&right),
            });
        }
        let (l, r) = (self.name("q"), self.name("q"));
        let columns: Vec<(String, Type)> = match kind {
            "LEFT SEMI JOIN" | "LEFT ANTI JOIN" => left.columns,
            "RIGHT SEMI JOIN" => right.columns,
            _ => [left.columns, right.columns].concat(),
        };
        let all = Query {
            sql: String::new(),
            columns,
        };
        let items = if self.often() {
            all.columns.clone()
        } else {
            self.items(&all)
        };
        let on = conditions.join(" AND ");
        self.named(
            items,
            &format!(
                "FROM ({}) AS {l} {kind} ({}) AS {r} ON {on}",
                left.sql, right.sql
            ),
        )
    }

    /// The same query under other names.
    fn again(&mut self, query: &Query) -> Query {
        let from = self.from(query);
        self.named(query.columns.clone(), &from)
    }

    pub(super) fn union(&mut self, depth: usize) -> Query {
        let first = self.query(depth - 1);
        let all = ["UNION ALL", "UNION ALL", "UNION", "INTERSECT", "EXCEPT"][self.pick(5)];
        let tagged = self.often();
        let same = self.rarely();
        let mut parts = Vec::new();
        let mut columns = Vec::new();
        for part in 0..2 + self.pick(2) {
            let input = if part == 0 || same {
                first.clone()
            } else {
                self.query(depth - 1)
            };
            let from = self.from(&input);
            let tag = if self.often() { part } else { 0 };
            let mut items = vec![(
                if tagged {
                    format!("'p{tag}'")
                } else {
                    "'p'".to_owned()
                },
                Type::Text,
            )];
            for kind in first.columns.iter().map(|(_, kind)| *kind) {
                let alike: Vec<String> = input
                    .columns
                    .iter()
                    .filter(|(_, other)| *other == kind)
                    .map(|(name, _)| name.clone())
                    .collect();
                let item = match alike.as_slice() {
                    [] => "NULL".to_owned(),
                    alike => alike[self.pick(alike.len())].clone(),
                };
                items.push((item, kind));
            }
            let query = self.named(items, &from);
            parts.push(query.sql);
            if part == 0 {
                columns = query.columns;
            }
        }
        Query {
            sql: parts.join(&format!(" {all} ")),
            columns,
        }
    }

    pub(super) fn rarer(&mut self, depth: usize) -> Query {
        match self.pick(4) {
            0 => self.values(),
            1 => self.unnested(depth),
            2 => self.by_chance(depth),
            _ => self.lateral(depth),
        }
    }

    fn values(&mut self) -> Query {
        let columns = [Type::Int, Type::Text].map(|kind| (self.name("c"), kind));
        let rows = [
            "(1, 'a'), (2, 'b')",
            "(1, 'a'), (1, 'b')",
            "(0, 'a'), (NULL, 'a')",
        ][self.pick(3)];
        let names = format!("{}, {}", columns[0].0, columns[1].0);
        Query {
            sql: format!(
                "SELECT {names} FROM (VALUES {rows}) AS {}({names})",
                self.name("q")
            ),
            columns: columns.to_vec(),
        }
    }

    fn unnested(&mut self, depth: usize) -> Query {
        let input = self.query(depth - 1);
        let from = self.from(&input);
        let mut items = input.columns.clone();
        items.push(("unnest([0, 1])".to_owned(), Type::Long));
        self.named(items, &from)
    }

    /// Two dice are not one, though they are written the same.
    fn by_chance(&mut self, depth: usize) -> Query {
        let input = self.query(depth - 1);
        let from = self.from(&input);
        let mut items = input.columns.clone();
        items.truncate(1);
        for _ in 0..2 {
            items.push(("CAST(floor(random() * 3) AS INT)".to_owned(), Type::Int));
        }
        let mut query = self.named(items, &from);
        query.sql = query.sql.replacen("SELECT ", "SELECT DISTINCT ", 1);
        query
    }

    /// The right side is another relation for each row of the left.
    fn lateral(&mut self, depth: usize) -> Query {
        let left = self.query(depth - 1);
        let right = self.query(depth - 1);
        let from = self.from(&left);
        let on = self.comparable(&left, &right);
        let items = [left.columns.clone(), right.columns.clone()].concat();
        let (inner, outer) = (self.name("q"), self.name("q"));
        let limit = ["LIMIT 1", ""][self.pick(2)];
        let sql = format!(
            "SELECT * FROM ({}) AS {inner} WHERE {on} {limit}",
            right.sql
        );
        let join = if self.pick(2) == 0 {
            format!("CROSS JOIN LATERAL ({sql}) AS {outer}")
        } else {
            let on = self.comparable(&left, &right);
            format!("LEFT JOIN LATERAL ({sql}) AS {outer} ON {on}")
        };
        self.named(items, &format!("{from} {join}"))
    }
}
