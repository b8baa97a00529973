//! Where a product goes: the address of somebody who confirmed a seat.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::text::{Fault, Lines, clean};

/// An address in Korea, as a courier needs it. Its JSON is what is sealed, so its fields are only added to.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Address {
    pub recipient: String,
    /// With hyphens, which also keep a spreadsheet from taking it for a number.
    pub phone: String,
    /// Five digits.
    pub postal_code: String,
    pub line1: String,
    #[serde(default)]
    pub line2: Option<String>,
    /// What the courier is asked for.
    #[serde(default)]
    pub request: Option<String>,
}

impl fmt::Debug for Address {
    /// Nobody is to read it in a log.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Address(***)")
    }
}

impl Address {
    /// The address in the form it is kept in.
    ///
    /// # Errors
    /// Which field is no part of an address, and why.
    pub fn checked(self) -> Result<Self, (&'static str, Fault)> {
        let within =
            |field, text: &str, most| clean(text, 1, most, Lines::One).map_err(|fault| (field, fault));
        let or_none = |field, text: Option<&String>, most| match text.map(|text| text.trim()) {
            None | Some("") => Ok(None),
            Some(text) => within(field, text, most).map(Some),
        };
        Ok(Self {
            recipient: within("recipient", &self.recipient, 50)?,
            phone: phone(&self.phone).map_err(|fault| ("phone", fault))?,
            postal_code: postal_code(&self.postal_code).map_err(|fault| ("postal_code", fault))?,
            line1: within("line1", &self.line1, 200)?,
            line2: or_none("line2", self.line2.as_ref(), 200)?,
            request: or_none("request", self.request.as_ref(), 100)?,
        })
    }
}

fn postal_code(text: &str) -> Result<String, Fault> {
    let code = text.trim();
    match code.len() == 5 && code.bytes().all(|byte| byte.is_ascii_digit()) {
        true => Ok(code.to_owned()),
        false => Err(Fault::NotA("postal code of five digits")),
    }
}

/// A Korean number with hyphens, whichever way it was written.
fn phone(text: &str) -> Result<String, Fault> {
    let fault = Fault::NotA("phone number like 010-1234-5678");
    let text = text.trim();
    if text.len() > 30 || text.chars().any(|c| !c.is_ascii_digit() && !"+-(). ".contains(c)) {
        return Err(fault);
    }
    let all: String = text.chars().filter(char::is_ascii_digit).collect();
    let digits = match text.strip_prefix("+82") {
        Some(_) => format!("0{}", all.trim_start_matches("82").trim_start_matches('0')),
        None => all,
    };
    let first = match digits.len() {
        // A number for all the country.
        8 if digits.starts_with('1') => 4,
        9 | 10 if digits.starts_with("02") => 2,
        10 | 11 if digits.starts_with('0') && !digits.starts_with("02") => 3,
        // One that stands for another.
        12 if digits.starts_with("050") => 4,
        _ => return Err(fault),
    };
    let (area, rest) = digits.split_at(first);
    Ok(match rest.split_at(rest.len() - 4) {
        ("", last) => format!("{area}-{last}"),
        (middle, last) => format!("{area}-{middle}-{last}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address() -> Address {
        Address {
            recipient: " 홍길동 ".to_owned(),
            phone: "01012345678".to_owned(),
            postal_code: "03187".to_owned(),
            line1: "서울특별시 종로구 종로 6".to_owned(),
            line2: Some("  ".to_owned()),
            request: Some("문 앞에 놓아 주세요".to_owned()),
        }
    }

    #[test]
    fn an_address_is_kept_in_one_form_and_shows_in_no_log() {
        let kept = address().checked().unwrap();
        assert_eq!((&*kept.recipient, &*kept.phone, &kept.line2), ("홍길동", "010-1234-5678", &None));
        assert_eq!(kept.clone().checked().unwrap(), kept);
        assert_eq!(format!("{kept:?}"), "Address(***)");
    }

    #[test]
    fn each_part_says_what_is_wrong_with_it() {
        let long = "가".repeat(201);
        for (field, change) in [
            ("recipient", (|address, _| address.recipient = " ".to_owned()) as fn(&mut Address, &str)),
            ("phone", |address, _| address.phone = "112".to_owned()),
            ("postal_code", |address, _| address.postal_code = "110-110".to_owned()),
            ("postal_code", |address, _| address.postal_code = "０３１８７".to_owned()),
            ("line1", |address, long| address.line1 = long.to_owned()),
            ("line1", |address, _| address.line1 = "종로\n6".to_owned()),
            ("line2", |address, long| address.line2 = Some(long.to_owned())),
            ("request", |address, long| address.request = Some(long.to_owned())),
        ] {
            let mut odd = address();
            change(&mut odd, &long);
            assert_eq!(odd.checked().unwrap_err().0, field);
        }
    }

    #[test]
    fn a_number_is_written_one_way() {
        for (written, kept) in [
            ("010-1234-5678", "010-1234-5678"),
            ("+82 10 1234 5678", "010-1234-5678"),
            ("+82 (0)10-1234-5678", "010-1234-5678"),
            ("02)123.4567", "02-123-4567"),
            ("0212345678", "02-1234-5678"),
            ("0311234567", "031-123-4567"),
            ("050512345678", "0505-1234-5678"),
            ("1588-1234", "1588-1234"),
        ] {
            assert_eq!(phone(written).unwrap(), kept, "{written}");
        }
        for odd in ["", "12345678a", "=1+1", "0101234567890", "2012345678", "+1 212 555 0100", "010-1234"] {
            assert!(phone(odd).is_err(), "{odd}");
        }
    }
}
