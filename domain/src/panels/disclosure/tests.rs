//! Beginnings as people write them.

use super::*;

fn found(title: &str, text: &str) -> Vec<(&'static str, Option<Place>)> {
    let findings = Rules::default().check(title, text);
    findings.into_iter().map(|finding| (finding.kind.name(), finding.place)).collect()
}

fn kinds(title: &str, text: &str) -> Vec<&'static str> {
    found(title, text).into_iter().map(|(kind, _)| kind).collect()
}

const REST: &str = "포장을 열자마자 생각보다 가벼워서 놀랐어요.\n귀에 잘 맞고 소리도 또렷합니다.\n다만 케이스가 커요.\n그래도 추천합니다.";

#[test]
fn what_is_said_clearly_at_the_beginning_is_enough() {
    for (title, beginning) in [
        ("[협찬] 마당 이어폰 2주 사용기", ""),
        ("마당 이어폰 사용기 (광고)", ""),
        ("마당 이어폰 사용기 #협찬", ""),
        ("【광고】 마당 이어폰", ""),
        ("이어폰 후기", "[협찬] 제품을 무상으로 제공받아 작성했습니다."),
        ("이어폰 후기", "이 글은 마당에서 제품을 제공받아 솔직하게 작성한 후기입니다."),
        ("이어폰 후기", "안녕하세요, 아나예요!\n오늘은 마당에서 제품을 제공받았어요 :)"),
        ("이어폰 후기", "마당으로부터 원고료를 받고 쓴 글이에요."),
        ("이어폰 후기", "본 포스팅은 유료 광고를 포함하고 있습니다."),
        ("체험단으로 써 본 이어폰", "체험단에 선정되어 제품을 지원받아 썼어요."),
        ("이어폰 후기", "#광고 #이어폰 #데일리"),
        ("My two weeks with the Madang", "I received this product for free from Madang."),
        ("Madang earphones #ad", ""),
        ("이어폰 후기", "[협찬]\n가격 할인은 누구나 받을 수 있어요."),
    ] {
        assert_eq!(kinds(title, &format!("{beginning}\n{REST}")), [""; 0], "{title} / {beginning}");
    }
}

#[test]
fn what_is_not_said_is_missing() {
    for (title, beginning) in [
        ("마당 이어폰 2주 사용기", ""),
        ("이어폰 후기", "광고에서 보던 색이랑 똑같아요."),
        ("이어폰 후기", "협찬사 로고가 예쁘네요"),
        ("이어폰 후기", "#광고주 #adorable #sponsoredness"),
        ("이어폰 후기", "제품을 제공받을 예정이에요"),
        ("", ""),
    ] {
        assert_eq!(
            found(title, &format!("{beginning}\n{REST}")),
            [("missing", None)],
            "{title} / {beginning}"
        );
    }
}

#[test]
fn what_is_said_at_the_end_comes_too_late() {
    let said = "\n이 글은 마당에서 제품을 제공받아 작성했습니다.";
    assert_eq!(found("이어폰 후기", &format!("{REST}{said}")), [("too_late", Some(Place::Text { line: 5 }))]);
    assert_eq!(
        found("이어폰 후기", &format!("첫인상{}{said}", "\n".repeat(20))),
        [("too_late", Some(Place::Text { line: 22 }))],
        "empty lines push it down for a reader too",
    );
    let long = format!("{} 제품을 제공받아 썼습니다.", "정말 좋았어요 ".repeat(30));
    assert_eq!(found("이어폰 후기", &long), [("too_late", Some(Place::Text { line: 1 }))]);
}

#[test]
fn perhaps_is_not_clear() {
    for beginning in [
        "이 포스팅은 제휴 활동의 일환으로, 일정액의 수수료를 제공받을 수 있습니다.",
        "업체로부터 제품을 무상으로 제공받았을 수 있습니다",
        "링크로 구매하시면 소정의 수수료를 받을 수도 있어요",
        "I may receive a commission for purchases.",
        "수수료를 받을 수\u{200b} 있\u{2060}습니다",
        "[협찬] 구매 시 수수료를 받을 수 있습니다",
    ] {
        let found = found("이어폰 후기", &format!("{beginning}\n{REST}"));
        assert_eq!(found, [("conditional", Some(Place::Text { line: 1 }))], "{beginning}");
    }
    assert_eq!(kinds("수수료를 받을 수 있는 글", "[협찬] 이어폰"), ["conditional"]);
}

#[test]
fn to_have_a_part_in_something_says_nothing_of_what_was_given() {
    for (title, beginning) in [
        ("[체험단] 마당 이어폰", ""),
        ("이어폰 후기", "이 글은 마당 체험단으로 작성되었습니다."),
        ("마당 서포터즈 3기 첫 미션", ""),
        ("이어폰 후기", "선물받은 이어폰이에요"),
        ("이어폰 후기", "이벤트에 당첨되어 써 봤어요"),
    ] {
        assert_eq!(kinds(title, &format!("{beginning}\n{REST}")), ["vague"], "{title} / {beginning}");
    }
}

#[test]
fn a_denial_is_no_disclosure() {
    for (title, beginning) in [
        ("내돈내산 이어폰", ""),
        ("이어폰 후기", "협찬받은 글 아님!"),
        ("이어폰 후기", "#광고 아닙니다"),
        ("이어폰 후기", "대가를 받지 않고 썼어요"),
        ("이어폰 후기", "제품을 제공받은 것이 아니라 제가 샀어요"),
        ("[광고] 아님", ""),
        ("Not sponsored, I promise", ""),
    ] {
        assert_eq!(kinds(title, &format!("{beginning}\n{REST}")), ["denied"], "{title} / {beginning}");
    }
    assert_eq!(kinds("[협찬] 이어폰", "내돈내산처럼 썼어요"), ["denied"], "it takes back what it said");
}

#[test]
fn what_cannot_be_seen_neither_helps_nor_hides() {
    for said in [
        "［협찬］ 이어폰",
        "[협 찬] 이어폰",
        "[협\u{200b}찬] 이어폰",
        "[\u{1112}\u{1167}\u{11b8}\u{110e}\u{1161}\u{11ab}] 이어폰",
        "[협\u{3164}찬\u{ad}] 이어폰",
        "＃ＡＤ 이어폰",
        "제품을\u{a0}제공\u{feff}받아 썼어요",
    ] {
        assert_eq!(kinds(said, REST), [""; 0], "{said:?}");
    }
    let padded = format!("{}[협찬] 이어폰", "\u{200b}".repeat(500));
    assert_eq!(kinds("이어폰", &padded), [""; 0], "nobody sees what stands before it");
    let pushed = format!("{}[협찬] 이어폰", ". ".repeat(200));
    assert_eq!(kinds("이어폰", &pushed), ["too_late"]);
}

#[test]
fn rules_are_words_and_measures_that_can_be_kept() {
    assert_eq!(Rules::default().checked(), Ok(Rules::default()));
    let with = |change: fn(&mut Rules)| {
        let mut rules = Rules::default();
        change(&mut rules);
        rules.checked().unwrap_err().0
    };
    assert_eq!(with(|rules| rules.phrases.clear()), "/phrases");
    assert_eq!(with(|rules| rules.vague[1] = " ".to_owned()), "/vague/1");
    assert_eq!(with(|rules| rules.phrases[0] = "…\u{200b}!".to_owned()), "/phrases/0");
    assert_eq!(with(|rules| rules.denials = vec!["a".to_owned(); 101]), "/denials");
    assert_eq!(with(|rules| rules.first_lines = 0), "/first_lines");
    assert_eq!(with(|rules| rules.first_characters = 2_001), "/first_characters");
    let rules = Rules::default();
    assert!(!rules.is_overdue(rules.review_by) && rules.is_overdue(rules.review_by.succ_opt().unwrap()));
}

#[test]
fn other_rules_find_other_things() {
    let rules = Rules {
        phrases: vec!["Anzeige".to_owned()],
        vague: Vec::new(),
        conditional: Vec::new(),
        ..Rules::default()
    };
    assert_eq!(rules.check("ANZEIGE: Kopfhörer", ""), []);
    assert_eq!(rules.check("[협찬] 이어폰", "")[0].kind, FindingKind::Missing);
}
