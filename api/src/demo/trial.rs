//! The trial panel of the demo: it recruits, and some customers have applied.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    ApplicationId, MemberId, PanelId, Stamp, digest,
    draws::priority,
    events::PanelEvent,
    panels::{
        Marks, Panel, Step,
        applications::{Application, Outcome},
        screening::{Answer, Answers},
        terms::Terms,
    },
};
use persistence::{AnyConnection, Error, Result as Rows, panels};
use serde_json::json;

use crate::clock::random;

/// What they try the product with; half of them answer each.
const DEVICES: [&str; 2] = ["phone", "tablet"];

pub(super) fn panel(
    tx: &mut AnyConnection,
    stamp: &mut impl FnMut() -> Stamp,
    customers: &[MemberId],
) -> Rows<()> {
    let (made, published, secret) = (stamp(), stamp(), digest::hex(random::<16>()));
    let draft = Panel {
        id: made.id(0),
        terms: terms(made.at)?,
        marks: Marks::default(),
        rules_hash: None,
        created_at: made.at,
        updated_at: made.at,
        version: 1,
    };
    panels::insert(tx, &made, &draft, &secret)?;
    let open = Panel { version: 2, ..draft.after(Step::Publish, published.at, &secret)? };
    panels::update(tx, &published, &open, PanelEvent::Stepped(Step::Publish))?;
    for (customer, device) in customers.iter().zip(DEVICES.iter().cycle()).take(14) {
        apply(tx, &stamp(), &open, (*customer, device))?;
    }
    Ok(())
}

fn terms(now: DateTime<Utc>) -> Rows<Terms> {
    let day = |days: i64| now + TimeDelta::days(days);
    let choices =
        DEVICES.map(|key| json!({ "key": key, "label": if key == "phone" { "휴대폰" } else { "태블릿" } }));
    let terms: Terms = serde_json::from_value(json!({
        "title": "새 이어폰 체험단", "product": "마당 이어폰", "contact": "panel@madang.example",
        "description": "2주 동안 **매일** 써 보고 솔직하게 들려주세요. 나쁜 점도 좋습니다.",
        "seats": 6, "waitlist": 3, "method": "lottery",
        "schedule": { "opens_at": day(-1), "closes_at": day(6), "announce_at": day(9), "confirm_by": day(12),
            "trial_days": 14, "report_days": 7 },
        "questions": [{ "key": "device", "label": "어떤 기기로 들으세요?", "kind": "single", "required": true, "choices": choices }],
        "quotas": { "device": { "phone": [2, 4], "tablet": [2, 4] } },
        "consents": [{ "key": "privacy", "purpose": "체험단 운영", "text": "이름과 주소를 발송에 씁니다.", "required": true }],
        "rules": "기한까지 후기를 씁니다. 평가의 좋고 나쁨은 불이익이 되지 않습니다.",
        "disclosure": "[협찬] 마당에서 제품을 무상으로 제공받아 작성했습니다.",
        "reward": "체험한 제품을 드립니다.",
    }))
    .map_err(|error| Error::Broken(format!("the demo's own panel: {error}")))?;
    terms.checked().map_err(|(at, fault)| Error::Broken(format!("the demo's own panel: {at}: {fault:?}")))
}

fn apply(tx: &mut AnyConnection, stamp: &Stamp, panel: &Panel, (who, device): (MemberId, &str)) -> Rows<()> {
    let (id, salt): (ApplicationId, [u8; 16]) = (stamp.id(0), random());
    let panel_id: PanelId = panel.id;
    let application = Application {
        id,
        panel_id,
        member_id: Some(who),
        ticket: priority::ticket(&panel_id.to_string(), &id.to_string(), &salt),
        salt: Some(salt),
        answers: Answers::from([("device".to_owned(), Answer::One(device.to_owned()))]),
        agreed: BTreeSet::from(["privacy".to_owned()]),
        reasons: Vec::new(),
        score: None,
        outcome: Outcome::Open,
        created_at: stamp.at,
        updated_at: stamp.at,
    };
    panels::applications::insert(tx, stamp, panel, application).map(drop)
}
