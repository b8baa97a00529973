//! What the demo plans and has made: a roadmap by time, and two entries of the changelog.

use chrono::{DateTime, Datelike as _, Months, Utc};
use domain::{
    Actor, Audience, BoardId, IdeaId, MemberId, Stamp,
    calendar::seoul,
    changelog::{Entry, Label, News, Scope},
    ideas::Title,
    names::{Bilingual, Key},
    roadmaps::{Columns, Period, Roadmap, RoadmapName, Time},
};
use persistence::{
    AnyConnection, Result as Rows, changelog, ideas,
    roadmaps::{
        self,
        places::{self, Where},
    },
};

use super::odd;

/// This quarter, the next one and later, with an idea in each.
pub(super) fn roadmap(
    tx: &mut AnyConnection,
    stamp: &mut impl FnMut() -> Stamp,
    board: BoardId,
    planned: [IdeaId; 3],
) -> Rows<()> {
    let made = stamp();
    let label = Bilingual { ko: "나중".to_owned(), en: "Later".to_owned() };
    let columns = vec![
        Time::Period(quarter(made.at, 0)?),
        Time::Period(quarter(made.at, 3)?),
        Time::Label { key: Key::try_from("later").map_err(odd)?, names: label },
    ];
    let keys: Vec<String> = columns.iter().map(Time::key).collect();
    let roadmap = Roadmap {
        id: made.id(0),
        board_id: board,
        name: RoadmapName::try_from("분기별 계획").map_err(odd)?,
        audience: Audience::Everyone,
        columns: Columns::Times(columns),
        created_at: made.at,
        updated_at: made.at,
        version: 1,
    };
    roadmaps::insert(tx, &made, &roadmap)?;
    for (idea, column) in planned.into_iter().zip(&keys) {
        let (idea, _) = ideas::find(tx, &Actor::System, idea)?;
        places::put(tx, &stamp(), (&roadmap, column), &idea, Where::Last)?;
    }
    Ok(())
}

/// The quarter that holds the day so many months after a moment.
fn quarter(at: DateTime<Utc>, months: u32) -> Rows<Period> {
    let day = seoul(at).date() + Months::new(months);
    Period::try_from(&*format!("{}-Q{}", day.year(), day.month0() / 3 + 1)).map_err(odd)
}

/// One that names an idea, whose supporters are told, and one for everybody.
pub(super) fn entries(
    tx: &mut AnyConnection,
    stamp: &mut impl FnMut() -> Stamp,
    (board, shipped): (BoardId, IdeaId),
    author: Option<MemberId>,
) -> Rows<()> {
    let everybody = Scope::Audience(Audience::Everyone);
    #[rustfmt::skip]
    let entries = [
        ("마당이 문을 열었어요", "이제 여기에서 함께 이야기해요. 바라는 점을 적고, 다른 사람의 생각에 **투표**해 주세요.", everybody, Label::Notice, None),
        ("글자 크기를 고를 수 있어요", "설정 > 화면에서 다섯 가지 크기 가운데 하나를 고르세요.\n\n- 목록과 본문이 함께 바뀝니다\n- 기기의 설정을 따르게 할 수도 있습니다", Scope::Board(board), Label::New, Some(shipped)),
    ];
    for (title, body, scope, label, idea) in entries {
        let made = stamp();
        let entry = Entry {
            id: made.id(0),
            scope,
            author_id: author,
            title: Title::try_from(title).map_err(odd)?,
            body: News::try_from(body).map_err(odd)?,
            labels: vec![label],
            publish_at: Some(made.at),
            created_at: made.at,
            updated_at: made.at,
            version: 1,
        };
        changelog::insert(tx, &made, &entry, idea.as_slice())?;
        changelog::links::announce(tx, &[stamp(), stamp()], entry.id)?;
    }
    Ok(())
}
