//! A cleaner that the project declares, as a subject: its SQL evaluated over arrays of texts.

use regex::Regex;

use crate::clean::Broken;
use crate::engine::{Engine, Expression, LAYOUTS, Layout, Yields, cleaner_problems};
use crate::error::{Error, Result};
use crate::project::{DECLARED_LAWS, DeclaredCleaner, OwnLaw};

use super::subject::{Stated, Subject, answer, disagreeing};

type Answer = Result<Option<String>, String>;

pub(super) struct Declared<'a> {
    cleaner: &'a DeclaredCleaner,
    sql: Expression,
    layouts: Vec<(Layout, Expression)>,
    form: Option<Regex>,
    own: Vec<Planned<'a>>,
}

/// A law in SQL, planned.
struct Planned<'a> {
    law: &'a OwnLaw,
    other: Option<Expression>,
    filter: Option<Expression>,
    holds: Expression,
}

impl<'a> Declared<'a> {
    /// # Errors
    /// Every key whose SQL the engine does not take.
    pub(super) fn new(cleaner: &'a DeclaredCleaner, engine: &Engine) -> Result<Self> {
        let problems = cleaner_problems(engine, cleaner);
        if !problems.is_empty() {
            return Err(Error::Project(problems));
        }
        let failed = |error| Error::engine(format!("planning the cleaner {}", cleaner.name), error);
        let plan = |sql: &str, columns: &[&str], yields, layout| {
            Expression::plan(engine, sql, columns, layout, yields).map_err(failed)
        };
        // The function that models call, and not its SQL: it takes every layout, and what the SQL within
        // it is given is always the same one.
        let sql = format!("{}(value)", cleaner.function());
        let sql = sql.as_str();
        let layouts = LAYOUTS
            .iter()
            .map(|layout| Ok((*layout, plan(sql, &["value"], Yields::Text, *layout)?)));
        let own = cleaner.own_laws.iter().map(|law| {
            let plan =
                |sql: &str, columns: &[&str], yields| plan(sql, columns, yields, Layout::Utf8View);
            let mut columns = vec!["before", "after"];
            let other = match &law.other {
                Some(other) => Some(plan(other.get_ref(), &columns, Yields::Text)?),
                None => None,
            };
            if other.is_some() {
                columns.push("other");
            }
            let filter = match &law.filter {
                Some(filter) => Some(plan(filter.get_ref(), &columns, Yields::Truth)?),
                None => None,
            };
            let holds = plan(law.holds.get_ref(), &columns, Yields::Truth)?;
            Ok(Planned {
                law,
                other,
                filter,
                holds,
            })
        });
        let form = cleaner.form.as_ref().map(|form| {
            Regex::new(&format!(r"\A(?:{})\z", form.get_ref()))
                .map_err(|error| Error::engine("the form of a clean text", error))
        });
        Ok(Self {
            cleaner,
            sql: plan(sql, &["value"], Yields::Text, Layout::Utf8)?,
            layouts: layouts.collect::<Result<_>>()?,
            form: form.transpose()?,
            own: own.collect::<Result<_>>()?,
        })
    }

    fn answers(&self, texts: &[String]) -> Vec<Answer> {
        let column: Vec<Option<String>> = texts.iter().cloned().map(Some).collect();
        self.sql.texts(&[&column])
    }

    /// Clean forms of texts that may be null; an error stays one.
    fn again(&self, texts: &[Answer]) -> Vec<Answer> {
        let column: Vec<Option<String>> = texts
            .iter()
            .map(|text| text.clone().unwrap_or_default())
            .collect();
        let found = self.sql.texts(&[&column]).into_iter();
        let pairs = found.zip(texts);
        pairs.map(|(found, text)| text.clone().and(found)).collect()
    }

    fn built_in(&self, name: &str, texts: &[String]) -> Vec<Option<Broken>> {
        let blanks = |text: &String| text.chars().filter(|c| c.is_whitespace()).collect();
        match name {
            "total" => each(self.answers(texts), |_, found| match found {
                Err(_) => Some(Broken::new("an answer", answer(found))),
                Ok(_) => None,
            }),
            "null" => {
                let found = self.sql.texts(&[&[None]]).pop().unwrap_or(Ok(None));
                let broken = (found != Ok(None))
                    .then(|| Broken::new("null for null", format!("{} for null", answer(&found))));
                vec![broken; texts.len()]
            }
            "idempotent" => {
                let once = self.answers(texts);
                let twice = self.again(&once);
                each(once, |at, once| match once {
                    Ok(Some(_)) => unequal(once, &twice[at]),
                    _ => None,
                })
            }
            "in_form" => each(self.answers(texts), |_, found| match (found, &self.form) {
                (Ok(Some(clean)), Some(form)) if !form.is_match(clean) => {
                    let form = self.cleaner.form.as_ref().map_or("", |form| form.get_ref());
                    Some(Broken::new(format!("the form {form}"), answer(found)))
                }
                _ => None,
            }),
            "examples" => each(self.answers(texts), |at, found| {
                let mut known = self.cleaner.examples.iter();
                let example = known.find(|example| example.raw == texts[at])?;
                unequal(&Ok(example.clean.clone()), found)
            }),
            "blank" => {
                let blank: Vec<String> = texts.iter().map(blanks).collect();
                each(self.answers(&blank), |_, found| unequal(&Ok(None), found))
            }
            _ => {
                let expected = self.answers(texts);
                let plain: Vec<Option<String>> = expected
                    .iter()
                    .map(|found| found.clone().unwrap_or_default())
                    .collect();
                let broken = disagreeing(&self.layouts, texts, &plain).into_iter();
                broken
                    .zip(expected)
                    .map(|(broken, found)| found.ok().and(broken))
                    .collect()
            }
        }
    }

    fn own(&self, planned: &Planned<'_>, texts: &[String]) -> Vec<Option<Broken>> {
        let before: Vec<Option<String>> = texts.iter().cloned().map(Some).collect();
        let answers = self.answers(texts);
        let after: Vec<Option<String>> = answers
            .iter()
            .map(|found| found.clone().unwrap_or_default())
            .collect();
        let changed = planned
            .other
            .as_ref()
            .map(|other| other.texts(&[&before, &after]));
        let others = changed.as_ref().map(|changed| self.again(changed));
        let other: Option<Vec<Option<String>>> = others.as_ref().map(|others| {
            others
                .iter()
                .map(|other| other.clone().unwrap_or_default())
                .collect()
        });
        let mut columns: Vec<&[Option<String>]> = vec![&before, &after];
        columns.extend(other.as_deref());
        let asked = planned
            .filter
            .as_ref()
            .map(|filter| filter.truths(&columns));
        let holds = planned.holds.truths(&columns);
        each(answers, |at, found| {
            // Whether there is an answer at all is another law.
            found.as_ref().ok()?;
            if let Some(others) = &others {
                others[at].as_ref().ok()?;
            }
            if asked
                .as_ref()
                .is_some_and(|asked| asked[at] != Ok(Some(true)))
                || holds[at] == Ok(Some(true))
            {
                return None;
            }
            let mut told = format!("after = {}", answer(found));
            if let (Some(changed), Some(others)) = (&changed, &others) {
                told.push_str(&format!(
                    ", other = {} from {}",
                    answer(&others[at]),
                    answer(&changed[at])
                ));
            }
            if let Err(why) = &holds[at] {
                told.push_str(&format!(", and an error: {why}"));
            }
            Some(Broken::new(planned.law.holds.get_ref().as_str(), told))
        })
    }
}

fn each(
    answers: Vec<Answer>,
    of: impl Fn(usize, &Answer) -> Option<Broken>,
) -> Vec<Option<Broken>> {
    answers
        .iter()
        .enumerate()
        .map(|(at, found)| of(at, found))
        .collect()
}

fn unequal(expected: &Answer, found: &Answer) -> Option<Broken> {
    (expected != found).then(|| Broken::new(answer(expected), answer(found)))
}

impl Subject for Declared<'_> {
    fn laws(&self) -> Vec<Stated> {
        let sql = self.cleaner.text.line(self.cleaner.sql.span().start);
        let known = DECLARED_LAWS
            .iter()
            .filter(|(name, _)| self.cleaner.laws.contains(name));
        let known = known.map(|(name, statement)| Stated {
            name: (*name).to_owned(),
            statement: (*statement).to_owned(),
            line: Some(sql),
        });
        let own = self.own.iter().map(|planned| Stated {
            name: planned.law.name.get_ref().clone(),
            statement: match &planned.law.statement {
                Some(statement) => statement.clone(),
                None => planned.law.holds.get_ref().clone(),
            },
            line: Some(self.cleaner.text.line(planned.law.name.span().start)),
        });
        known.chain(own).collect()
    }

    fn broken(&self, law: usize, texts: &[String]) -> Vec<Option<Broken>> {
        match self.cleaner.laws.get(law) {
            Some(name) => self.built_in(name, texts),
            None => match self.own.get(law - self.cleaner.laws.len()) {
                Some(planned) => self.own(planned, texts),
                None => vec![None; texts.len()],
            },
        }
    }

    fn clean(&self, text: &str) -> Answer {
        self.answers(&[text.to_owned()]).pop().unwrap_or(Ok(None))
    }
}
