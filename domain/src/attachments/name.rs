//! What a file is called, whatever somebody's machine sent for its name.

use unicode_normalization::UnicodeNormalization as _;

use super::Kind;
use crate::text::{Lines, is_unfit};

/// A name of up to 200 characters on one line, without a path, and with the extension of what the file is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileName(String);

impl FileName {
    pub const MOST: usize = 200;

    /// What is left of the name that was sent. A name says little, so a bad one is mended and not refused.
    #[must_use]
    pub fn new(sent: &str, kind: Kind) -> Self {
        // The machine that sent it may part folders by either.
        let last = sent.rsplit(['/', '\\']).next().unwrap_or("");
        // Far more than can stay; the rest is not worth normalising.
        let clean: String = last
            .chars()
            .take(4 * Self::MOST)
            .filter(|c| !is_unfit(*c, Lines::One) && !is_mark(*c))
            .nfc()
            .collect();
        let looks_so =
            |end: &str| (1..=5).contains(&end.len()) && end.bytes().all(|c| c.is_ascii_alphanumeric());
        let parts = clean.rsplit_once('.').filter(|(_, end)| looks_so(end));
        let (stem, extension) = parts.unwrap_or((&clean, ""));
        let extension = extension.to_ascii_lowercase();
        let right = kind.extensions();
        let extension = right.iter().find(|known| **known == extension).unwrap_or(&right[0]);
        let stem: String =
            stem.trim_matches([' ', '.']).chars().take(Self::MOST - 1 - extension.len()).collect();
        let stem = stem.trim_end();
        Self(format!("{}.{extension}", if stem.is_empty() { "file" } else { stem }))
    }

    /// What a file is called once nobody knows any more whose it was.
    #[must_use]
    pub fn nameless(kind: Kind) -> Self {
        Self::new("", kind)
    }

    /// The name as it was stored.
    #[must_use]
    pub fn stored(name: String) -> Self {
        Self(name)
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The same name for a file of another kind.
    #[must_use]
    pub fn of_kind(&self, kind: Kind) -> Self {
        Self::new(&self.0, kind)
    }
}

/// Marks of direction, which cannot be seen.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{61c}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_was_sent_becomes_a_name() {
        for (sent, kind, name) in [
            ("사진.png", Kind::Png, "사진.png"),
            ("../../etc/passwd", Kind::Png, "passwd.png"),
            (r"C:\Users\ana\다크 모드.PNG", Kind::Png, "다크 모드.png"),
            ("photo.JPEG", Kind::Jpeg, "photo.jpeg"),
            ("photo.png", Kind::Jpeg, "photo.jpg"),
            ("page.html", Kind::Pdf, "page.pdf"),
            ("a\0b\u{202e}gnp.exe", Kind::Gif, "abgnp.gif"),
            ("\u{200f}a", Kind::Gif, "a.gif"),
            ("", Kind::Webp, "file.webp"),
            ("...", Kind::Webp, "file.webp"),
            (".png", Kind::Png, "file.png"),
            ("v1.2 notes", Kind::Pdf, "v1.2 notes.pdf"),
            ("\u{1112}\u{116a}\u{11ab}불.pdf", Kind::Pdf, "환불.pdf"),
        ] {
            assert_eq!(FileName::new(sent, kind).as_str(), name, "{sent:?}");
        }
    }

    #[test]
    fn a_name_has_two_hundred_characters_with_its_extension() {
        let name = FileName::new(&"가".repeat(5_000), Kind::Pdf);
        assert_eq!(name.as_str().chars().count(), FileName::MOST);
        assert!(name.as_str().ends_with("가.pdf"));
    }
}
