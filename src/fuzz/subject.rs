//! What is fuzzed: a cleaner with its laws, asked about many texts at a time.

use crate::clean::{Broken, Cleaner, LAWS, Law, SQL_LAWS};
use crate::engine::{Engine, Expression, LAYOUTS, Layout, Yields};
use crate::error::{Error, Result};

/// A law as a record tells it.
#[derive(Clone, Debug)]
pub(super) struct Stated {
    pub(super) name: String,
    pub(super) statement: String,
    /// The 1-based line it is declared at, where a file declares it.
    pub(super) line: Option<u64>,
}

/// A cleaner and its laws.
pub(super) trait Subject {
    fn laws(&self) -> Vec<Stated>;

    /// How each text breaks the law of that number; `None`: it does not.
    fn broken(&self, law: usize, texts: &[String]) -> Vec<Option<Broken>>;

    /// What the cleaner makes of a text: its clean form, null, or why there is no answer.
    fn clean(&self, text: &str) -> Result<Option<String>, String>;
}

/// A cleaner of lockgate's own: the Rust function, and the SQL function held against it.
pub(super) struct BuiltIn<'a> {
    cleaner: &'a Cleaner,
    laws: Vec<&'a Law>,
    /// The SQL function over each layout; empty where there is none to compare.
    layouts: Vec<(Layout, Expression)>,
}

impl<'a> BuiltIn<'a> {
    /// `engine`: where the cleaner's SQL function is; without it, the law that the two agree is left out.
    pub(super) fn new(cleaner: &'a Cleaner, engine: Option<&Engine>) -> Result<Self> {
        let mut layouts = Vec::new();
        if let Some(engine) = engine {
            let sql = format!("{}(value)", cleaner.function);
            for layout in LAYOUTS {
                let planned = Expression::plan(engine, &sql, &["value"], *layout, Yields::Text);
                let planned =
                    planned.map_err(|error| Error::engine(format!("planning {sql}"), error))?;
                layouts.push((*layout, planned));
            }
        }
        Ok(Self {
            cleaner,
            laws: LAWS.iter().chain(cleaner.laws).collect(),
            layouts,
        })
    }
}

impl BuiltIn<'_> {
    /// What the SQL function makes of a null, where that is no null.
    fn of_null(&self) -> Option<Broken> {
        self.layouts.iter().find_map(|(layout, expression)| {
            let found = expression.texts(&[&[None]]).pop().unwrap_or(Ok(None));
            let told = format!("{} over {layout:?}", answer(&found));
            (found != Ok(None)).then(|| Broken::new("null", told))
        })
    }
}

impl Subject for BuiltIn<'_> {
    fn laws(&self) -> Vec<Stated> {
        let stated = |name: &str, statement: &str| Stated {
            name: name.to_owned(),
            statement: statement.to_owned(),
            line: None,
        };
        let mut laws: Vec<Stated> = self
            .laws
            .iter()
            .map(|law| stated(law.name, law.statement))
            .collect();
        if !self.layouts.is_empty() {
            laws.extend(SQL_LAWS.map(|(name, statement)| stated(name, statement)));
        }
        laws
    }

    fn broken(&self, law: usize, texts: &[String]) -> Vec<Option<Broken>> {
        match self.laws.get(law) {
            Some(law) => texts
                .iter()
                .map(|text| law.check(self.cleaner, text).err())
                .collect(),
            None if law == self.laws.len() => vec![self.of_null(); texts.len()],
            None => {
                let expected: Vec<Option<String>> =
                    texts.iter().map(|text| self.cleaner.apply(text)).collect();
                disagreeing(&self.layouts, texts, &expected)
            }
        }
    }

    fn clean(&self, text: &str) -> Result<Option<String>, String> {
        Ok(self.cleaner.apply(text))
    }
}

/// Where the expression over any layout answers otherwise than expected, or gives a null an answer.
pub(super) fn disagreeing(
    layouts: &[(Layout, Expression)],
    texts: &[String],
    expected: &[Option<String>],
) -> Vec<Option<Broken>> {
    // A null between the texts: it must stay null, and the texts beside it must not move.
    let middle = texts.len() / 2;
    let mut column: Vec<Option<String>> = texts.iter().cloned().map(Some).collect();
    column.insert(middle, None);
    let mut broken: Vec<Option<Broken>> = vec![None; texts.len()];
    for (layout, expression) in layouts {
        let mut found = expression.texts(&[&column]);
        let null = found.remove(middle);
        for (at, found) in found.into_iter().enumerate() {
            if broken[at].is_none() && found.as_ref() != Ok(&expected[at]) {
                let found = format!("{} over {layout:?}", answer(&found));
                broken[at] = Some(Broken::new(answer(&Ok(expected[at].clone())), found));
            }
        }
        if null != Ok(None)
            && let Some(first) = broken.first_mut()
        {
            let found = format!("{} for null over {layout:?}", answer(&null));
            first.get_or_insert(Broken::new("null for null", found));
        }
    }
    broken
}

/// An answer as a person reads it.
pub(super) fn answer(answer: &Result<Option<String>, String>) -> String {
    match answer {
        Ok(Some(text)) => format!("{text:?}"),
        Ok(None) => "null".to_owned(),
        Err(why) => format!("an error: {why}"),
    }
}
