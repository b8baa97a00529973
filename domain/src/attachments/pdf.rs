//! PDF cannot be written anew as a picture is, so it is only taken where it is nothing else besides.

use crate::Refusal;

/// How far from the end readers of ZIP look for its directory: a comment of 65,535 bytes and 22 of its own.
const ZIP_TAIL: usize = 65_535 + 22;
/// How far into a file browsers look for what it is.
const SNIFFED: usize = 1_445;

/// Whether a file is a PDF from its first byte to its last, and not an archive or a page besides.
///
/// # Errors
/// [`Refusal::FileNotAccepted`].
pub fn ensure_pdf(file: &[u8]) -> Result<(), Refusal> {
    let refused = |why| Err(Refusal::FileNotAccepted { why });
    let [b'%', b'P', b'D', b'F', b'-', b'1' | b'2', b'.', b'0'..=b'9', ..] = file else {
        return refused("it does not begin as a PDF does");
    };
    if !file.trim_ascii_end().ends_with(b"%%EOF") {
        return refused("the PDF does not end with %%EOF, or something follows it");
    }
    let tail = &file[file.len().saturating_sub(ZIP_TAIL)..];
    if !holds(tail, b"startxref") {
        return refused("the PDF has no table of its parts");
    }
    if holds(tail, b"PK\x05\x06") {
        return refused("the PDF is an archive besides");
    }
    let beginning = file[..file.len().min(SNIFFED)].to_ascii_lowercase();
    let page = [b"<html".as_slice(), b"<script", b"<svg", b"<!doctype", b"<iframe", b"<body"];
    if page.iter().any(|word| holds(&beginning, word)) {
        return refused("the PDF is a page besides");
    }
    Ok(())
}

fn holds(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pdf_is_nothing_else_besides() {
        let plain = "%PDF-1.4\n%\u{e2}\u{e3}\n1 0 obj\n<< >>\nendobj\nstartxref\n9\n%%EOF\n";
        let fits = |file: String| ensure_pdf(file.as_bytes()).is_ok();
        assert!(fits(plain.to_owned()) && fits(plain.replace('\n', "\r\n")));
        assert!(!fits(format!("\n{plain}")), "something before it");
        assert!(!fits(format!("{plain}<script>alert(1)</script>")), "something after it");
        assert!(!fits(plain.replace("1.4\n", "1.4\n<HTML><Script>")), "a page");
        assert!(!fits(plain.replace("endobj", "PK\u{5}\u{6}")), "an archive");
        assert!(!fits(plain.replace("%%EOF", "")), "cut off");
        assert!(!fits(plain.replace("startxref", "")), "without its table");
        assert!(!fits("%PDF-".to_owned()) && !fits(String::new()));
    }
}
