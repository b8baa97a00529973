//! What a text must be before it may enter: normal form, length in characters, no control characters.

use unicode_normalization::UnicodeNormalization as _;

/// Why a value is not one of its kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    TooShort {
        least: usize,
    },
    TooLong {
        most: usize,
    },
    ControlCharacter,
    /// It has the right length but not the right form; the word says which form was wanted.
    NotA(&'static str),
    TooMany {
        most: usize,
    },
    /// Needed here, though it may be left out elsewhere.
    Required,
}

/// Whether a text may run over several lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lines {
    One,
    Many,
}

/// The text in NFC, with `\r\n` made `\n`, trimmed at both ends, if it has `least..=most` characters.
///
/// # Errors
/// [`Fault`] when it is too short or too long, or holds a control character (`\n` and `\t` pass in [`Lines::Many`]).
pub fn clean(text: &str, least: usize, most: usize, lines: Lines) -> Result<String, Fault> {
    // Characters never outnumber bytes, and NFC shrinks a text to a third at most: a far longer one is not worth normalising.
    if text.len() / 12 > most {
        return Err(Fault::TooLong { most });
    }
    let text: String = text.replace("\r\n", "\n").nfc().collect();
    let text = text.trim();
    if text.contains(|c| is_unfit(c, lines)) {
        return Err(Fault::ControlCharacter);
    }
    let characters = text.chars().count();
    if characters < least {
        return Err(Fault::TooShort { least });
    }
    if characters > most {
        return Err(Fault::TooLong { most });
    }
    Ok(text.to_owned())
}

/// The address of a page, of up to `most` characters, that begins with one of these schemes.
///
/// # Errors
/// [`Fault`] when it is too long, or could deceive whoever looks at it: spaces, markup, a name and a password before the host.
pub fn address(text: &str, most: usize, schemes: &[&str]) -> Result<String, Fault> {
    let text = clean(text, 1, most, Lines::One)?;
    let odd = |c: char| c.is_whitespace() || matches!(c, '<' | '>' | '"' | '\\' | '`');
    let rest = schemes.iter().find_map(|scheme| text.strip_prefix(scheme));
    match rest.and_then(|rest| rest.split(['/', '?', '#']).next()) {
        Some(host) if !host.is_empty() && !host.contains('@') && !text.contains(odd) => Ok(text),
        _ => Err(Fault::NotA("web address")),
    }
}

/// Whether a character has no place in a text: control characters, and those that reorder or hide the text around them.
#[must_use]
pub fn is_unfit(c: char, lines: Lines) -> bool {
    match c {
        '\n' | '\t' => lines == Lines::One,
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}' | '\u{2028}' | '\u{2029}' => true,
        c => c.is_control(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_count_characters_and_not_bytes() {
        assert_eq!(clean("가나다", 3, 3, Lines::One).unwrap(), "가나다");
        assert_eq!(clean("가나다라", 1, 3, Lines::One), Err(Fault::TooLong { most: 3 }));
        assert_eq!(clean(" ", 1, 3, Lines::One), Err(Fault::TooShort { least: 1 }));
    }

    #[test]
    fn decomposed_korean_becomes_composed() {
        assert_eq!(clean("\u{1112}\u{116a}\u{11ab}불", 1, 2, Lines::One).unwrap(), "환불");
    }

    #[test]
    fn control_characters_do_not_enter() {
        for text in ["a\0b", "a\u{7}", "a\nb", "a\u{202e}b", "a\u{85}b"] {
            assert_eq!(clean(text, 0, 9, Lines::One), Err(Fault::ControlCharacter), "{text:?}");
        }
        assert_eq!(clean("a\r\n\tb", 0, 9, Lines::Many).unwrap(), "a\n\tb");
    }
}
