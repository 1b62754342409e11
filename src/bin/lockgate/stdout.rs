//! Standard output and standard error. Text for a person has styles and nothing else that moves
//! a terminal; a document for a program goes out to the byte.

use std::io::{self, ErrorKind, IsTerminal, Write};

use lockgate::error::{Error, Result};

/// Prints text for a person; its styles only where they belong.
pub fn text(text: &str) -> Result<()> {
    told(write(&mut anstream::stdout(), &tame(text)))
}

/// Prints JSON or CSV: the bytes as they are into a file or a pipe; in a terminal, control
/// characters as pictures.
pub fn document(text: &str) -> Result<()> {
    let mut out = io::stdout();
    told(match out.is_terminal() {
        true => write(&mut out, &pictured(text)),
        false => write(&mut out, text),
    })
}

/// Tells something beside the answer. Where standard error is closed, there is nobody to tell.
pub fn aside(text: &str) {
    let _ = write(&mut anstream::stderr(), &tame(text));
}

fn write(to: &mut impl Write, text: &str) -> io::Result<()> {
    to.write_all(text.as_bytes())?;
    to.flush()
}

/// Who closed the pipe has read enough; all else is a failure.
fn told(written: io::Result<()>) -> Result<()> {
    match written {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(Error::engine("writing to standard output", error))
        }
        _ => Ok(()),
    }
}

/// The text without control characters but line breaks, tabs and the styles of a terminal.
fn tame(text: &str) -> String {
    let mut tamed = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(letter) = rest.chars().next() {
        let style = style(rest);
        if style > 0 {
            tamed.push_str(&rest[..style]);
            rest = &rest[style..];
            continue;
        }
        tamed.push(match letter {
            '\n' | '\t' => letter,
            letter if letter.is_control() => '\u{fffd}',
            letter => letter,
        });
        rest = &rest[letter.len_utf8()..];
    }
    tamed
}

/// The length of the style that the text begins with: `ESC [ 1;31 m`, or a link of a message to
/// its page; 0 where there is none.
fn style(text: &str) -> usize {
    let Some(rest) = text.strip_prefix("\u{1b}[") else {
        return 0;
    };
    let numbers = rest.find(|c: char| !(c.is_ascii_digit() || c == ';'));
    match numbers {
        Some(end) if rest[end..].starts_with('m') => 2 + end + 1,
        _ => 0,
    }
}

/// Control characters as the pictures that Unicode has of them.
fn pictured(text: &str) -> String {
    let picture = |letter: char| match letter {
        '\n' | '\t' => letter,
        '\u{7f}' => '\u{2421}',
        '\0'..='\u{1f}' => char::from_u32(0x2400 + letter as u32).unwrap_or('\u{fffd}'),
        letter if letter.is_control() => '\u{fffd}',
        letter => letter,
    };
    text.chars().map(picture).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_terminal_gets_styles_and_no_other_escape() {
        for (text, tamed) in [
            ("\u{1b}[1;31mred\u{1b}[0m\n", "\u{1b}[1;31mred\u{1b}[0m\n"),
            ("\u{1b}[2Jgone", "\u{fffd}[2Jgone"),
            ("\u{1b}]0;title\u{7}", "\u{fffd}]0;title\u{fffd}"),
            ("a\u{9b}31mb\rc\td", "a\u{fffd}31mb\u{fffd}c\td"),
            ("\u{1b}[", "\u{fffd}["),
        ] {
            assert_eq!(tame(text), tamed, "{text:?}");
        }
        assert_eq!(pictured("a\u{1b}[31m\u{7}\u{9b}\n"), "a␛[31m␇\u{fffd}\n");
    }

    #[test]
    fn a_closed_pipe_is_the_readers_wish_and_a_full_disk_is_told() {
        let failed = |kind: ErrorKind| told(Err(kind.into()));
        assert!(failed(ErrorKind::BrokenPipe).is_ok());
        let full = failed(ErrorKind::StorageFull).unwrap_err();
        assert_eq!(full.exit_code(), 3);
        assert_eq!(
            full.to_string(),
            "writing to standard output: no storage space"
        );
    }
}
