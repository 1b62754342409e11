//! Whose fault a failed query is: by the variants of the errors in it, never by their texts.

use std::error::Error as Cause;

use arrow::error::ArrowError;
use datafusion::common::DataFusionError;

use lockgate_core::error::Error;
use lockgate_core::outcome::Verdict;

use super::complaint::plain;
use super::guard::{Refusal, refusal};

/// Whose fault it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// A value that a function, a cast or an operator does not take: the data's.
    Value,
    /// The bound on memory was met.
    Memory,
    /// A disk or a store failed, or a file on it is not what it should be.
    Storage,
    /// All else.
    Engine,
}

/// Why a query could not be planned or did not come to its end.
#[derive(Debug)]
pub struct QueryError(pub(super) DataFusionError);

impl QueryError {
    /// Whose fault it is.
    pub fn fault(&self) -> Fault {
        fault(&self.0)
    }

    /// What lies at the root of it, without what it was met in.
    pub fn root(&self) -> String {
        self.0.find_root().strip_backtrace()
    }

    /// Why lockgate refused the query; `None` for an error of the engine.
    pub fn refusal(&self) -> Option<&Refusal> {
        refusal(&self.0)
    }
}

impl From<DataFusionError> for QueryError {
    fn from(error: DataFusionError) -> Self {
        Self(error)
    }
}

impl From<QueryError> for DataFusionError {
    fn from(QueryError(error): QueryError) -> Self {
        error
    }
}

impl std::fmt::Display for QueryError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl Cause for QueryError {
    fn source(&self) -> Option<&(dyn Cause + 'static)> {
        Some(&self.0)
    }
}

/// What a query failed on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failed {
    pub fault: Fault,
    /// The engine's message; it may quote a value.
    pub why: String,
}

impl Failed {
    /// What a question comes to that fails so: values are the data's fault, all else is an error.
    pub fn verdict(&self) -> Verdict {
        match self.fault {
            Fault::Value => Verdict::Fail,
            _ => Verdict::Error,
        }
    }

    /// What to do about it; `hidden`: without quoting a value.
    pub fn told(&self, hidden: bool) -> String {
        let why = match (self.fault, hidden) {
            (Fault::Value, true) => "the engine failed on a value",
            _ => &self.why,
        };
        match advice(self.fault) {
            Some(help) => format!("{why}; {help}"),
            None => why.to_owned(),
        }
    }
}

impl From<DataFusionError> for Failed {
    fn from(error: DataFusionError) -> Self {
        let fault = fault(&error);
        Self {
            fault,
            why: match fault {
                // The engine names settings that are not lockgate's.
                Fault::Memory => "the memory it may use is not enough".to_owned(),
                _ => plain(&error.strip_backtrace()),
            },
        }
    }
}

/// What to do about a fault that is not of the data.
fn advice(fault: Fault) -> Option<&'static str> {
    match fault {
        Fault::Memory => Some("give it more memory, for example `--memory 4GiB`"),
        Fault::Storage => Some("look at the disk: space, permissions, and the file named"),
        Fault::Value | Fault::Engine => None,
    }
}

/// An error of the engine with what to do about it.
pub fn advised(error: Error) -> Error {
    let Error::Engine(mut failure) = error else {
        return error;
    };
    if let Some(help) = advice(fault(failure.cause())) {
        failure.advise(help);
    }
    Error::Engine(failure)
}

/// Whose fault an error is.
pub fn fault(error: &(dyn Cause + 'static)) -> Fault {
    if let Some(error) = error.downcast_ref::<DataFusionError>() {
        return of_datafusion(error);
    }
    if let Some(error) = error.downcast_ref::<ArrowError>() {
        return of_arrow(error);
    }
    if error.is::<std::io::Error>() {
        return Fault::Storage;
    }
    error.source().map_or(Fault::Engine, fault)
}

fn of_datafusion(error: &DataFusionError) -> Fault {
    match error {
        DataFusionError::ResourcesExhausted(_) => Fault::Memory,
        DataFusionError::Execution(_) => Fault::Value,
        DataFusionError::ArrowError(error, _) => of_arrow(error),
        DataFusionError::IoError(_)
        | DataFusionError::ObjectStore(_)
        | DataFusionError::ParquetError(_) => Fault::Storage,
        DataFusionError::External(error) => fault(error.as_ref()),
        DataFusionError::Context(_, error) | DataFusionError::Diagnostic(_, error) => {
            of_datafusion(error)
        }
        DataFusionError::Shared(error) => of_datafusion(error),
        DataFusionError::Collection(errors) => errors.first().map_or(Fault::Engine, of_datafusion),
        _ => Fault::Engine,
    }
}

fn of_arrow(error: &ArrowError) -> Fault {
    match error {
        ArrowError::CastError(_)
        | ArrowError::ParseError(_)
        | ArrowError::ComputeError(_)
        | ArrowError::DivideByZero
        | ArrowError::ArithmeticOverflow(_)
        | ArrowError::InvalidArgumentError(_) => Fault::Value,
        ArrowError::MemoryError(_) => Fault::Memory,
        ArrowError::IoError(..) | ArrowError::ParquetError(_) => Fault::Storage,
        ArrowError::ExternalError(error) => fault(error.as_ref()),
        _ => Fault::Engine,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrapped(error: DataFusionError) -> DataFusionError {
        let shared = DataFusionError::Shared(error.into());
        let arrow = ArrowError::ExternalError(Box::new(shared.context("while sorting")));
        DataFusionError::External(Box::new(arrow))
    }

    #[test]
    fn a_fault_is_told_by_the_variant_however_deep_it_lies() {
        let arrow = |error: ArrowError| DataFusionError::ArrowError(Box::new(error), None);
        let text = || "Resources exhausted: cast".to_owned();
        for (error, fault) in [
            (arrow(ArrowError::CastError(text())), Fault::Value),
            (arrow(ArrowError::ParseError(text())), Fault::Value),
            (arrow(ArrowError::DivideByZero), Fault::Value),
            (arrow(ArrowError::ArithmeticOverflow(text())), Fault::Value),
            (DataFusionError::Execution(text()), Fault::Value),
            (DataFusionError::ResourcesExhausted(text()), Fault::Memory),
            (DataFusionError::Internal(text()), Fault::Engine),
            (DataFusionError::NotImplemented(text()), Fault::Engine),
            (
                DataFusionError::IoError(std::io::Error::other("full")),
                Fault::Storage,
            ),
        ] {
            let name = error.to_string();
            assert_eq!(super::fault(&error), fault, "{name}");
            assert_eq!(super::fault(&wrapped(error)), fault, "{name}, wrapped");
        }
    }

    #[test]
    fn only_memory_that_is_used_up_is_advised_to_get_more() {
        let error = |cause: DataFusionError| advised(Error::engine("building", cause));
        let memory = error(DataFusionError::ResourcesExhausted("all".to_owned()));
        let help = memory.problems()[0].help_text();
        assert_eq!(help, advice(Fault::Memory));
        let quoted = error(DataFusionError::Internal("Resources exhausted".to_owned()));
        assert_eq!(quoted.problems()[0].help_text(), None);
    }
}
