//! One case: made from its number, asked in all ways, judged.

use std::fmt::Write;
use std::path::Path;

use tempfile::TempDir;

use super::answer::{Answer, Rows, same};
use super::ast::{Body, Expr, Query, Select, is};
use super::expectations;
use super::generate::Gen;
use super::render::{Dialect, render};
use super::shapes::{self, Ask};
use super::sqlite::Sqlite;
use super::tables::{Table, TableSet, dice};
use super::ways::{self, Way};

/// Cases that share their tables.
pub const PER_SET: u64 = 40;

#[derive(Clone, Debug, PartialEq)]
pub struct Case {
    pub number: u64,
    pub shape: &'static str,
    pub ask: Ask,
    /// Whether parentheses are left out where they can be.
    pub bare: bool,
}

/// What came of a case.
#[derive(Clone, Debug)]
pub enum Verdict {
    Agreed {
        /// Whether SQLite answered too.
        oracle: bool,
        rows: Rows,
    },
    Refused(String),
    Failed(String),
    /// A value fails in some ways, and is not looked at in the others, which agree.
    Order(String),
    Differs(Difference),
}

/// Answers that are not the same.
#[derive(Clone, Debug)]
pub struct Difference {
    pub what: &'static str,
    /// Who was asked, and what they said.
    pub answers: Vec<(String, Answer)>,
}

/// Which sessions hold the tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sessions {
    /// lockgate's, a few of its ways for each case.
    Some,
    /// lockgate's, every way.
    All,
    /// DataFusion's own.
    Bare,
}

/// The tables of some cases, and everybody who holds them.
pub struct World {
    pub set: TableSet,
    pub sqlite: Sqlite,
    ways: Vec<Way>,
    sessions: Sessions,
    _folder: TempDir,
}

impl World {
    pub async fn of(set: TableSet, sessions: Sessions) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path: &Path = folder.path();
        let ways = match sessions {
            Sessions::Bare => ways::bare(&set, path).await,
            _ => ways::ways(&set, path, sessions == Sessions::All).await,
        };
        Self {
            sqlite: Sqlite::open(&set),
            ways,
            set,
            sessions,
            _folder: folder,
        }
    }

    /// The case of a number, of one shape `only` if one is named. The set must be that of `number / PER_SET`.
    pub fn case(&self, number: u64, only: Option<&str>) -> Case {
        let mut generator = Gen::new(&self.set, dice(number ^ 0x5eed_0000_0000));
        let any = generator.shape();
        let shape = shapes::SHAPES
            .iter()
            .find(|(shape, _)| Some(*shape) == only);
        let shape = shape.map_or(any, |(shape, _)| *shape);
        let bare = generator.one_in(2);
        let mut ask = generator.ask(shape);
        for _ in 0..4 {
            if !self.empty(&ask) {
                break;
            }
            ask = generator.ask(shape);
        }
        Case {
            number,
            shape,
            ask,
            bare,
        }
    }

    /// Whether SQLite knows that the answer holds no row.
    fn empty(&self, ask: &Ask) -> bool {
        let (Ask::Query(query) | Ask::Partition(query, _) | Ask::Projected(query, _)) = ask else {
            return false;
        };
        let rows = render(query, Dialect::Sqlite, false).map(|sql| self.sqlite.rows(&sql));
        matches!(rows, Some(Ok(rows)) if rows.is_empty())
    }

    /// The ways a case is asked in: all, or two of them in turn.
    fn asked(&self, number: u64) -> Vec<&Way> {
        match self.sessions {
            Sessions::Some => {
                let turn = number as usize % (self.ways.len() - 1) + 1;
                vec![&self.ways[0], &self.ways[turn]]
            }
            _ => self.ways.iter().collect(),
        }
    }

    pub async fn judge(&self, case: &Case) -> Verdict {
        match &case.ask {
            Ask::Query(query) => self.judge_query(case, query).await,
            Ask::Partition(query, cond) => self.judge_partition(case, query, cond).await,
            Ask::Projected(query, cond) => self.judge_projected(case, query, cond).await,
            Ask::Expectation(toml) => self.judge_expectation(case, toml).await,
        }
    }

    async fn judge_expectation(&self, case: &Case, toml: &str) -> Verdict {
        let table = &self.set.tables[0].name;
        let mut answers = Vec::new();
        for way in self.asked(case.number) {
            answers.push((way.name.to_owned(), way.measure(table, toml).await));
        }
        let passing = expectations::measured_in_passing(&self.set, toml).await;
        answers.push(("in passing".to_owned(), passing));
        let oracle = || expectations::oracle(self, toml);
        judged(answers, false, oracle)
    }

    async fn answers(&self, case: &Case, query: &Query) -> Vec<(String, Answer)> {
        let sql = render(query, Dialect::DataFusion, case.bare).unwrap_or_default();
        let mut answers = Vec::new();
        for (at, way) in self.asked(case.number).into_iter().enumerate() {
            answers.push((way.name.to_owned(), way.ask(&sql, at == 0).await));
        }
        answers
    }

    async fn judge_query(&self, case: &Case, query: &Query) -> Verdict {
        let answers = self.answers(case, query).await;
        judged(answers, !query.order.is_empty(), || self.oracle(query))
    }

    /// What SQLite says, where it can tell.
    fn oracle(&self, query: &Query) -> Option<Rows> {
        if !self.sqlite.can_tell(query) {
            return None;
        }
        let sql = render(query, Dialect::Sqlite, false)?;
        self.sqlite.rows(&sql).ok()
    }

    /// The rows of each of some queries, way by way; a verdict where one has none.
    async fn each(
        &self,
        case: &Case,
        queries: &[Query],
    ) -> Result<Vec<(String, Vec<Rows>)>, Verdict> {
        let mut by_way: Vec<(String, Vec<Rows>)> = Vec::new();
        for query in queries {
            for (at, (way, answer)) in self.answers(case, query).await.into_iter().enumerate() {
                let rows = match answer {
                    Answer::Refused(why) => return Err(Verdict::Refused(why)),
                    Answer::Failed(why) | Answer::Misfit(why) => {
                        return Err(Verdict::Failed(why));
                    }
                    Answer::Rows(rows) => rows,
                };
                match by_way.get_mut(at) {
                    Some((_, all)) => all.push(rows),
                    None => by_way.push((way, vec![rows])),
                }
            }
        }
        Ok(by_way)
    }

    async fn judge_partition(&self, case: &Case, query: &Query, cond: &Expr) -> Verdict {
        let by_way = match self.each(case, &parts(query, cond)).await {
            Ok(by_way) => by_way,
            Err(verdict) => return verdict,
        };
        let mut agreed = Rows::new();
        for (way, mut all) in by_way {
            let whole = all.remove(0);
            let parts = all.concat();
            if !same(&whole, &parts, false) {
                let mut answers = vec![
                    (format!("{way}: the whole"), Answer::Rows(whole)),
                    (format!("{way}: its parts"), Answer::Rows(parts)),
                ];
                for (part, rows) in ["p", "NOT p", "p IS NULL"].iter().zip(all) {
                    answers.push((format!("  {part}"), Answer::Rows(rows)));
                }
                let what = "the parts are not the whole";
                return Verdict::Differs(Difference { what, answers });
            }
            agreed = whole;
        }
        Verdict::Agreed {
            oracle: false,
            rows: agreed,
        }
    }

    async fn judge_projected(&self, case: &Case, query: &Query, cond: &Expr) -> Verdict {
        let by_way = match self.each(case, &projected(query, cond)).await {
            Ok(by_way) => by_way,
            Err(verdict) => return verdict,
        };
        let mut agreed = Rows::new();
        for (way, mut all) in by_way {
            let passed = all.remove(0);
            let flags = all.concat();
            let many = flags
                .iter()
                .filter(|row| row[0].as_deref() == Some("1"))
                .count();
            if passed.len() != many {
                let answers = vec![
                    (format!("{way}: WHERE p"), Answer::Rows(passed)),
                    (format!("{way}: SELECT p"), Answer::Rows(flags)),
                ];
                let what = "a filter is not its projection";
                return Verdict::Differs(Difference { what, answers });
            }
            agreed = passed;
        }
        Verdict::Agreed {
            oracle: false,
            rows: agreed,
        }
    }

    /// The case for a person: tables, SQL, answers.
    pub fn shown(&self, case: &Case, difference: &Difference) -> String {
        let mut text = format!(
            "case {} ({}): {}\n",
            case.number, case.shape, difference.what
        );
        if let Ask::Expectation(toml) = &case.ask {
            let tables: Vec<String> = self.set.tables.iter().map(Table::shown).collect();
            writeln!(text, "{}{toml}", tables.concat()).unwrap();
        }
        let sql: Vec<String> = queries(&case.ask)
            .iter()
            .filter_map(|query| render(query, Dialect::DataFusion, case.bare))
            .collect();
        for table in &self.set.tables {
            if sql
                .iter()
                .any(|sql| sql.contains(&format!(" {}", table.name)))
            {
                text.push_str(&table.shown());
            }
        }
        for sql in sql {
            writeln!(text, "{sql}").unwrap();
        }
        for (who, answer) in &difference.answers {
            writeln!(text, "  {who}: {}", answer.shown()).unwrap();
        }
        text
    }
}

/// All answers and the oracle's, where there is one, held against one another.
fn judged(
    mut answers: Vec<(String, Answer)>,
    ordered: bool,
    oracle: impl FnOnce() -> Option<Rows>,
) -> Verdict {
    let misfit = answers.iter().find_map(|(_, answer)| match answer {
        Answer::Misfit(why) => Some(why.clone()),
        _ => None,
    });
    let answered = answers.iter().any(|(_, it)| matches!(it, Answer::Rows(_)));
    if let Some(why) = misfit.filter(|_| answered) {
        answers.retain(|(_, answer)| !matches!(answer, Answer::Misfit(_)));
        return match judged(answers, ordered, oracle) {
            Verdict::Agreed { .. } => Verdict::Order(why),
            other => other,
        };
    }
    let first = answers[0].1.clone();
    let agree = answers
        .iter()
        .all(|(_, answer)| answer.agrees(&first, ordered));
    let right = match first {
        Answer::Rows(_) => oracle(),
        _ if agree => None,
        _ => oracle(),
    };
    let told = right.is_some();
    if let Some(right) = right {
        answers.push(("SQLite".to_owned(), Answer::Rows(right)));
    }
    let rows = match first {
        _ if !agree => {
            let what = "the ways differ";
            return Verdict::Differs(Difference { what, answers });
        }
        Answer::Refused(why) => return Verdict::Refused(why),
        Answer::Failed(why) | Answer::Misfit(why) => return Verdict::Failed(why),
        Answer::Rows(rows) => rows,
    };
    match answers.last() {
        Some((_, Answer::Rows(right))) if !same(&rows, right, ordered) => {
            let what = "SQLite differs";
            Verdict::Differs(Difference { what, answers })
        }
        _ => Verdict::Agreed { oracle: told, rows },
    }
}

/// The queries that a case asks.
pub fn queries(ask: &Ask) -> Vec<Query> {
    match ask {
        Ask::Query(query) => vec![query.clone()],
        Ask::Partition(query, cond) => parts(query, cond),
        Ask::Projected(query, cond) => projected(query, cond),
        Ask::Expectation(_) => Vec::new(),
    }
}

fn select(query: &Query) -> Select {
    match &query.body {
        Body::Select(select) => select.as_ref().clone(),
        Body::Set { .. } => Select::default(),
    }
}

/// The whole, and its three parts by a condition.
fn parts(query: &Query, cond: &Expr) -> Vec<Query> {
    let conds = [
        None,
        Some(cond.clone()),
        Some(Expr::Not(Box::new(cond.clone()))),
        Some(is(cond.clone(), "NULL")),
    ];
    let parts = conds.into_iter().map(|filter| {
        let select = Select {
            filter,
            ..select(query)
        };
        Query::from(select)
    });
    parts.collect()
}

/// The rows that pass a condition, and the condition of every row.
fn projected(query: &Query, cond: &Expr) -> Vec<Query> {
    let passed = Select {
        filter: Some(cond.clone()),
        ..select(query)
    };
    let flags = Select {
        items: vec![(cond.clone(), "flag".to_owned())],
        ..select(query)
    };
    vec![passed.into(), flags.into()]
}

#[test]
fn a_value_that_fails_in_one_way_only_is_no_difference_unless_the_others_differ() {
    let way = |answer: &Answer| ("a way".to_owned(), answer.clone());
    let misfit = Answer::Misfit("cannot cast 'x'".to_owned());
    let one = Answer::Rows(vec![vec![Some("1".to_owned())]]);
    let two = Answer::Rows(vec![vec![Some("2".to_owned())]]);
    let verdict = |answers: &[&Answer], oracle: Option<Rows>| {
        let answers = answers.iter().map(|answer| way(answer)).collect();
        judged(answers, false, || oracle)
    };
    let order = verdict(&[&misfit, &one, &one], None);
    assert!(matches!(order, Verdict::Order(_)), "{order:?}");
    let differs = verdict(&[&misfit, &one, &two], None);
    assert!(matches!(differs, Verdict::Differs(_)), "{differs:?}");
    let differs = verdict(&[&one, &misfit], Some(vec![vec![Some("2".to_owned())]]));
    assert!(matches!(differs, Verdict::Differs(_)), "{differs:?}");
    let failed = verdict(&[&misfit, &misfit], None);
    assert!(matches!(failed, Verdict::Failed(_)), "{failed:?}");
    let failed = Answer::Failed("no such function".to_owned());
    let differs = verdict(&[&failed, &one], None);
    assert!(matches!(differs, Verdict::Differs(_)), "{differs:?}");
}
