//! What spreadsheets make of a CSV file, and what keeps them from it.

use actix_web::http::header::{
    Charset, ContentDisposition, DispositionParam, DispositionType, ExtendedValue,
};
use encoding_rs::EUC_KR;

use crate::error::Failure;

/// Without it Excel takes Korean for something else.
pub const BOM: &str = "\u{feff}";

/// A table under its head (RFC 4180).
///
/// # Errors
/// 500 when it cannot be written.
pub fn table<const N: usize>(
    head: [&str; N],
    rows: impl Iterator<Item = [String; N]>,
) -> Result<Vec<u8>, Failure> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    writer.write_record(head).map_err(Failure::internal)?;
    for row in rows {
        writer.write_record(row).map_err(Failure::internal)?;
    }
    writer.into_inner().map_err(Failure::internal)
}

/// Tables in one file, with an empty line between them.
pub fn joined(tables: &[Vec<u8>]) -> Vec<u8> {
    [BOM.as_bytes(), &tables.join(b"\r\n".as_slice())].concat()
}

/// What people wrote, as a cell. A spreadsheet would compute what looks like a formula; an apostrophe before it keeps it a
/// text. Numbers are no texts and stay as they are.
pub fn text(text: &str) -> String {
    let is_formula = text.starts_with(['\t', '\r', '\n'])
        || text.trim_start().starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠']);
    if is_formula { format!("'{text}") } else { text.to_owned() }
}

/// The text of a file as spreadsheets save it: UTF-8, with a byte order mark or without one, or what Korean ones call ANSI (CP949, which
/// the web calls EUC-KR). None when it is neither.
pub fn decoded(bytes: &[u8]) -> Option<String> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Some(text.strip_prefix(BOM).unwrap_or(text).to_owned()),
        Err(_) => EUC_KR
            .decode_without_bom_handling_and_without_replacement(bytes)
            .map(std::borrow::Cow::into_owned),
    }
}

/// That a file is to be stored, and under which name; `fallback` is for what knows no other letters than those of a slug.
pub fn disposition(name: &str, fallback: &str, end: &str) -> ContentDisposition {
    // No name makes a path.
    let name = format!("{}.{end}", name.replace(['/', '\\', ':', '*', '?', '"', '<', '>', '|'], "_"));
    let utf8 =
        ExtendedValue { charset: Charset::Ext("UTF-8".to_owned()), language_tag: None, value: name.into() };
    let parameters =
        vec![DispositionParam::Filename(format!("{fallback}.{end}")), DispositionParam::FilenameExt(utf8)];
    ContentDisposition { disposition: DispositionType::Attachment, parameters }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_korean_spreadsheets_save_is_read() {
        let text = "운송장,똠방각하";
        assert_eq!(decoded(text.as_bytes()).as_deref(), Some(text));
        assert_eq!(decoded(format!("{BOM}{text}").as_bytes()).as_deref(), Some(text));
        // CP949 has the syllable 똠, which EUC-KR proper has not.
        let (bytes, ..) = EUC_KR.encode(text);
        assert_eq!(decoded(&bytes).as_deref(), Some(text));
        assert_eq!(decoded(b"\xff\xff"), None);
    }

    #[test]
    fn nothing_that_people_write_is_computed() {
        for odd in [
            "=1+1",
            "+1",
            "-1",
            "@SUM(A1)",
            "＝1",
            "＋1",
            "－1",
            "＠A1",
            " =1",
            "\u{3000}=1",
            "\t1",
            "\r=1",
            "\n",
        ] {
            assert_eq!(text(odd), format!("'{odd}"));
        }
        for plain in ["", " ", "다크 모드 = 어두운 화면", "a-b", "'=1", "1+1"] {
            assert_eq!(text(plain), plain);
        }
    }
}
