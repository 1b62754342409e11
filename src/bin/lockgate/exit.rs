//! What a command's exit code says. The one place where a verdict becomes a number.

use lockgate::outcome::Verdict;

/// Nothing failed.
pub const FINE: u8 = 0;
/// The data's fault: an expectation failed, a value could not be cast, a row is not there.
pub const DATA: u8 = 1;
/// The engine's or the storage's fault, memory and disk included.
pub const ENGINE: u8 = 3;
/// Stopped by SIGINT, as 128 and the signal's number.
pub const INTERRUPTED: u8 = 130;
/// Stopped by SIGTERM.
pub const TERMINATED: u8 = 143;

/// The exit code of a verdict; `strict`: warnings fail too. What is wrong with the project, or
/// with the command line, is no verdict: it is 2, by [`lockgate::error::Error::exit_code`].
pub fn of(verdict: Verdict, strict: bool) -> u8 {
    match verdict {
        Verdict::Pass | Verdict::Skip => FINE,
        Verdict::Warn if strict => DATA,
        Verdict::Warn => FINE,
        Verdict::Fail => DATA,
        Verdict::Error => ENGINE,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lockgate::error::{Error, Problem};

    #[test]
    fn every_verdict_and_every_error_has_its_exit_code() {
        for (verdict, plain, strict) in [
            (Verdict::Skip, 0, 0),
            (Verdict::Pass, 0, 0),
            (Verdict::Warn, 0, 1),
            (Verdict::Fail, 1, 1),
            (Verdict::Error, 3, 3),
        ] {
            assert_eq!((of(verdict, false), of(verdict, true)), (plain, strict));
        }
        let problem = || Problem::new("lockgate::test", "wrong");
        assert_eq!(Error::Data(Box::new(problem())).exit_code(), DATA);
        assert_eq!(Error::project(problem()).exit_code(), 2);
        assert_eq!(Error::engine("building", "no disk").exit_code(), ENGINE);
    }
}
