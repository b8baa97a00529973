//! The rules that are built in, for Korea, as they were read in November 2026.

use chrono::NaiveDate;

use super::Rules;

fn all(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            phrases: all(&PHRASES),
            conditional: all(&CONDITIONAL),
            interests: all(&INTERESTS),
            denials: all(&DENIALS),
            negations: all(&["아님", "아니", "아닌", "아닙", "not"]),
            vague: all(&VAGUE),
            first_characters: 200,
            first_lines: 3,
            review_by: NaiveDate::from_ymd_opt(2027, 6, 30).unwrap_or(NaiveDate::MIN),
        }
    }
}

#[rustfmt::skip]
const PHRASES: [&str; 41] = [
    "[협찬]", "[광고]", "[유료광고]", "#협찬", "#광고", "#유료광고",
    "광고입니다", "협찬입니다", "유료 광고 포함", "유료 광고를 포함", "광고를 포함",
    "협찬받", "협찬을 받", "협찬으로 작성", "협찬 제품",
    "제공받아", "제공받았", "제공받은", "제공받고", "제공을 받아", "제공을 받았", "제공을 받고",
    "지원받아", "지원받았", "지원받은", "지원받고",
    "대여받아", "대여받았",
    "원고료를 받", "수수료를 받", "대가를 받", "활동비를 받",
    "#ad", "[ad]", "#sponsored", "[sponsored]", "sponsored by", "paid partnership",
    "received this product for free", "provided free of charge", "free product from",
];

#[rustfmt::skip]
const CONDITIONAL: [&str; 16] = [
    "받을 수 있", "받을 수도", "받을 수 있음", "받았을 수", "받게 될 수", "받을지도", "제공될 수", "제공할 수", "지급될 수", "발생할 수",
    "may receive", "might receive", "could receive", "may have received", "may earn", "may be paid",
];

#[rustfmt::skip]
const INTERESTS: [&str; 15] = [
    "제공", "수수료", "대가", "원고료", "협찬", "광고", "무상", "무료", "포인트", "활동비",
    "product", "fee", "commission", "compensation", "payment",
];

#[rustfmt::skip]
const DENIALS: [&str; 10] = [
    "내돈내산", "받지 않", "받지 아니", "협찬 없", "광고 아님", "광고가 아", "협찬 아님", "협찬이 아",
    "not sponsored", "not an ad",
];

#[rustfmt::skip]
const VAGUE: [&str; 14] = [
    "체험단", "서포터즈", "앰배서더", "앰버서더", "체험 후기", "리뷰단", "기자단", "선물받", "도움을 받", "이벤트 참여", "당첨",
    "trial panel", "ambassador", "thanks to",
];
