//! What the demo knows of its customers, and what one of its boards asks.

use domain::{
    BoardId, Stamp,
    boards::Description,
    fields::{Choice, Field, Kind, Visible},
    members::{Attribute, Attributes},
    names::{Bilingual, Key},
    segments::{Condition, Rule, Segment, SegmentName, Test, Weight},
};
use persistence::{AnyConnection, Result as Rows, fields, segments};

use super::odd;

/// What the brand's own shop knows of its `nth` customer.
pub(super) fn attributes(nth: usize) -> Attributes {
    let plan = if nth.is_multiple_of(5) { "gold" } else { "basic" };
    let purchases = f64::from(u32::try_from(nth * 7 % 40).unwrap_or(0));
    Attributes::from([
        ("plan".to_owned(), Attribute::Text(plan.to_owned())),
        ("purchases".to_owned(), Attribute::Number(purchases)),
    ])
}

pub(super) fn segments(tx: &mut AnyConnection, stamp: &mut impl FnMut() -> Stamp) -> Rows<()> {
    let gold = Test::Is(Attribute::Text("gold".to_owned()));
    let rules = [
        ("골드 회원", "멤버십이 골드인 고객", ("plan", gold), 2.0),
        ("단골", "한 해에 스물네 번 넘게 산 고객", ("purchases", Test::AtLeast(24.0)), 1.5),
    ];
    for (name, text, (attribute, test), weight) in rules {
        let stamp = stamp();
        let segment = Segment {
            id: stamp.id(0),
            name: SegmentName::try_from(name).map_err(odd)?,
            description: Description::try_from(text).map_err(odd)?,
            rule: Rule::Where(Condition::new(attribute, test).map_err(odd)?),
            weight: Weight::try_from(weight).map_err(odd)?,
            member_count: 0,
            created_at: stamp.at,
            updated_at: stamp.at,
            version: 1,
        };
        segments::insert(tx, &stamp, &segment)?;
    }
    Ok(())
}

/// Asks how often whoever posts an idea needs it.
pub(super) fn field(tx: &mut AnyConnection, stamp: &Stamp, board: BoardId) -> Rows<()> {
    let named = |ko: &str, en: &str| Bilingual { ko: ko.to_owned(), en: en.to_owned() };
    let choices = [
        ("daily", named("매일", "Every day")),
        ("weekly", named("매주", "Every week")),
        ("rarely", named("가끔", "Now and then")),
    ];
    let choice = |(key, name)| Ok(Choice { key: Key::try_from(key).map_err(odd)?, name });
    let field = Field {
        id: stamp.id(0),
        board_id: board,
        key: Key::try_from("how_often").map_err(odd)?,
        label: named("얼마나 자주 필요한가요?", "How often do you need it?"),
        help: None,
        kind: Kind::Choice,
        required: false,
        choices: choices.into_iter().map(choice).collect::<Rows<_>>()?,
        position: 0,
        visible: Visible::Public,
        archived_at: None,
        version: 1,
    };
    fields::insert(tx, stamp, &field)
}
