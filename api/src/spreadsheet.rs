//! What spreadsheets make of a CSV file, and what keeps them from it.

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

#[cfg(test)]
mod tests {
    use super::*;

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
