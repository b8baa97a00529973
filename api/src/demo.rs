//! The demo: an embedded database filled with a small square, gone when it ends.

mod known;
mod plans;
mod trial;

use std::{net::SocketAddr, path::Path};

use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    Actor, BoardId, IdeaId, MemberId, Stamp,
    answers::{Notify, Response},
    boards::{Board, BoardName, Description, Slug},
    comments::Said,
    ideas::{Body, Idea, Reason, Tags, Title, Words},
    members::{Attributes, DisplayName, Email, Locale, Role},
    statuses::{Category, DeclineReason},
    text::Fault,
};
use persistence::{
    AloneWith, AnyConnection, Database, Error, Location, Result as Rows, boards,
    comments::{self, change::NewComment},
    ideas::{
        self, NewIdea,
        change::{self, Explained},
    },
    members, statuses, votes,
};

use crate::{
    clock::random,
    config::{self, Config},
    error::Failure,
    passwords,
    serve::{Server, StartError, open_database, until_stopped},
};

const PASSWORD: &str = "madang-demo-square";
const STAFF: [(&str, &str, Role); 5] = [
    ("member@madang.example", "김마당", Role::Member),
    ("moderator@madang.example", "박살핌", Role::Moderator),
    ("marketer@madang.example", "이알림", Role::Marketer),
    ("pm@madang.example", "최기획", Role::ProductManager),
    ("admin@madang.example", "한지기", Role::Admin),
];
const CUSTOMERS: usize = 40;

/// Fills a database in a temporary folder and serves it until the process is told to stop.
///
/// # Errors
/// [`StartError`].
pub async fn run(config: &Config) -> Result<(), StartError> {
    let folder = std::env::temp_dir().join(format!("madang-demo-{}", std::process::id()));
    let config = Config {
        database: Location::Sqlite(folder.join("madang.db")),
        read_database: None,
        data_dir: folder.clone(),
        admin: None,
        // Its people are made up: nobody is written to.
        mail: config::Mail { smtp: None, ..config.mail.clone() },
        ..config.clone()
    };
    let outcome = fill_and_serve(config).await;
    // Nothing in it is meant to last.
    if let Err(error) = std::fs::remove_dir_all(&folder) {
        tracing::warn!(%error, folder = %folder.display(), "the demo's folder is left behind");
    }
    outcome
}

async fn fill_and_serve(config: Config) -> Result<(), StartError> {
    let folder = config.data_dir.clone();
    let db = open_database(&config)?;
    let now = config.clock.now();
    let first = fill(&db, now).await.map_err(Failure::from)?;
    drop(db);
    let server = Server::start(config).await?;
    print(server.address(), &folder, first);
    until_stopped(server).await
}

fn print(address: SocketAddr, folder: &Path, idea: IdeaId) {
    let url = format!("http://{address}");
    println!(
        "\nMadang demo\n  API   {url}/v1\n  docs  {url}/docs\n  data  {} (gone when it ends)\n",
        folder.display()
    );
    println!("Sign in with the password `{PASSWORD}` as");
    for (email, _, role) in STAFF {
        println!("  {email:<26} {}", role.name());
    }
    let login = format!(
        "curl -s {url}/v1/auth/login -H 'Content-Type: application/json' \
         -d '{{\"email\":\"member@madang.example\",\"password\":\"{PASSWORD}\"}}'"
    );
    println!("\nTry\n  curl -s '{url}/v1/boards/mobile-app/ideas?sort=top&limit=3'");
    println!("  curl -s -G {url}/v1/ideas --data-urlencode 'q=환불'");
    println!(
        "  curl -s -X PUT {url}/v1/ideas/{idea}/vote -H \"Authorization: Bearer \
         $({login} | sed 's/.*\"access_token\":\"\\([^\"]*\\)\".*/\\1/')\"\n"
    );
}

/// Board, title, body, tags, votes, days ago, status.
type Sample = (usize, &'static str, &'static str, &'static [&'static str], usize, i64, Category);

#[rustfmt::skip]
const IDEAS: [Sample; 12] = [
    (0, "다크 모드를 넣어 주세요", "밤에 앱을 켜면 **눈이 부셔요**. 시스템 설정을 따라가면 좋겠습니다.", &["화면", "접근성"], 34, 40, Category::Planned),
    (0, "환불 진행 상황을 앱에서 보고 싶어요", "환불을 신청하면 어디까지 왔는지 알 수 없어 고객센터에 전화하게 됩니다.\n\n- 접수\n- 확인\n- 입금", &["환불"], 28, 21, Category::UnderReview),
    (0, "장바구니를 가족과 함께 쓰기", "같이 사는 사람이 담은 것을 보고 겹치지 않게 사고 싶어요.", &["장바구니"], 17, 12, Category::Open),
    (0, "글자 크기 조절", "부모님이 쓰시기에는 글자가 작습니다.", &["접근성"], 31, 60, Category::Shipped),
    (0, "Sign in with a passkey", "I keep losing my password; a passkey would settle it.", &["login"], 9, 5, Category::Open),
    (0, "배송 전 주소 변경", "출고 전이라면 앱에서 주소를 고칠 수 있게 해 주세요.", &["배송"], 22, 9, Category::InProgress),
    (0, "전액환불 조건을 알기 쉽게", "약관이 길어서 조건을 찾기 어렵습니다.", &["환불", "약관"], 6, 3, Category::Open),
    (1, "리필 용기로 살 수 있으면 해요", "플라스틱을 줄이고 싶습니다. 조금 싸면 더 좋고요.", &["환경", "포장"], 37, 30, Category::UnderReview),
    (1, "무향 제품", "향에 민감한 사람도 쓸 수 있게 무향을 만들어 주세요.", &["성분"], 19, 16, Category::Open),
    (1, "여행용 작은 크기", "비행기에 가지고 탈 수 있는 100 mL 이하면 좋겠어요.", &["포장"], 12, 8, Category::Open),
    (1, "성분표를 크게", "뒷면 글씨를 읽을 수 없어요.", &["성분", "접근성"], 14, 25, Category::Declined),
    (1, "정기 배송 건너뛰기", "한 달 쉬어 가는 단추가 있으면 해요.", &["배송"], 8, 2, Category::Open),
];

/// Fills a database; the first idea that is open to votes comes back.
///
/// # Errors
/// When the database fails, or was filled before.
pub async fn fill(db: &Database, now: DateTime<Utc>) -> Rows<IdeaId> {
    let hash = passwords::hash_now(PASSWORD).map_err(|failure| Error::Broken(failure.to_string()))?;
    let mut stamps = Vec::new();
    for _ in 0..1_200 {
        stamps.push(Stamp::new(now, random()));
    }
    db.write(AloneWith::Nobody, move |tx| {
        let mut stamps = stamps.iter().copied();
        let mut stamp = move || stamps.next().unwrap_or(Stamp::new(now, [0; 10]));
        let people = people(tx, &mut stamp, &hash)?;
        let boards = [
            board(tx, &stamp(), "모바일 앱", "mobile-app", "앱에 바라는 점을 나눠요.")?,
            board(tx, &stamp(), "생활용품", "saenghwal-yongpum", "다음에 만들 물건을 함께 정해요.")?,
        ];
        known::segments(tx, &mut stamp)?;
        known::field(tx, &stamp(), boards[0])?;
        let mut made = Vec::new();
        for (nth, sample) in IDEAS.iter().enumerate() {
            made.push((sample.6, idea(tx, &mut stamp, sample, boards[sample.0], &people, nth)?));
        }
        let first = |wanted| {
            let found = made.iter().find(|(category, _)| *category == wanted);
            found.map(|(_, idea)| *idea).ok_or(Error::Missing)
        };
        let ahead = [first(Category::InProgress)?, first(Category::Planned)?, first(Category::UnderReview)?];
        plans::roadmap(tx, &mut stamp, boards[0], ahead)?;
        plans::entries(tx, &mut stamp, (boards[0], first(Category::Shipped)?), people.get(2).copied())?;
        trial::panel(tx, &mut stamp, people.get(STAFF.len()..).unwrap_or_default())?;
        first(Category::Open)
    })
    .await
}

fn odd(fault: Fault) -> Error {
    Error::Broken(format!("the demo's own data: {fault:?}"))
}

fn people(tx: &mut AnyConnection, stamp: &mut impl FnMut() -> Stamp, hash: &str) -> Rows<Vec<MemberId>> {
    let staff = STAFF.map(|(email, name, role)| (email.to_owned(), name.to_owned(), role));
    let customers =
        (1..=CUSTOMERS).map(|n| (format!("customer{n}@madang.example"), format!("고객 {n}"), Role::Member));
    let mut ids = Vec::new();
    for (nth, (email, name, role)) in staff.into_iter().chain(customers).enumerate() {
        let new = members::NewMember {
            email: Email::try_from(email.as_str()).map_err(odd)?,
            display_name: DisplayName::try_from(name.as_str()).map_err(odd)?,
            email_verified: false,
            role,
            locale: Locale::Ko,
            attributes: if nth < STAFF.len() { Attributes::new() } else { known::attributes(nth) },
            password_hash: Some(hash.to_owned()),
            sso_subject: None,
        };
        ids.push(members::insert(tx, &stamp(), &new)?.id);
    }
    Ok(ids)
}

fn board(tx: &mut AnyConnection, stamp: &Stamp, name: &str, slug: &str, text: &str) -> Rows<BoardId> {
    let name = BoardName::try_from(name).map_err(odd)?;
    let slug = Slug::try_from(slug).map_err(odd)?;
    let board = Board::open(stamp.id(0), name, slug, Description::try_from(text).map_err(odd)?, stamp.at);
    boards::insert(tx, stamp, &board)?;
    Ok(board.id)
}

fn idea(
    tx: &mut AnyConnection,
    stamp: &mut impl FnMut() -> Stamp,
    &(_, title, body, tags, voters, days, category): &Sample,
    board: BoardId,
    people: &[MemberId],
    nth: usize,
) -> Rows<IdeaId> {
    let past = |stamp: Stamp, days: i64| Stamp::new(stamp.at - TimeDelta::days(days), random());
    let customers = people.get(STAFF.len()..).unwrap_or_default();
    let new = NewIdea {
        board,
        author: customers.get(nth).copied(),
        words: Words {
            title: Title::try_from(title).map_err(odd)?,
            body: Body::try_from(body).map_err(odd)?,
            tags: Tags::try_from(tags).map_err(|(_, fault)| odd(fault))?,
        },
        source_id: None,
        carried_votes: 0,
        held: false,
    };
    let id = ideas::insert(tx, &past(stamp(), days), &stamp(), &new)?;
    let (idea, on) = ideas::find(tx, &Actor::System, id)?;
    for (n, member) in customers.iter().cycle().skip(nth).take(voters).enumerate() {
        let ago = days * (voters - n) as i64 / voters as i64;
        votes::cast(tx, &past(stamp(), ago), &idea, *member)?;
    }
    talk(tx, stamp, &idea, customers, nth)?;
    if category != Category::Open {
        let reason = Reason::try_from("회의에서 함께 정했습니다.").map_err(odd)?;
        let decline = (category == Category::Declined).then_some(DeclineReason::TooCostly);
        let to = statuses::first(tx, board, category)?;
        let answer = category.is_decided().then(|| Response::try_from(ANSWERS[nth % ANSWERS.len()]));
        let response = answer.transpose().map_err(odd)?;
        let why = Explained { reason, decline, response, notify: Notify::All };
        change::set_status(tx, &stamp(), (&idea, &on.board), &to, &why, people.get(3).copied())?;
    }
    Ok(id)
}

const ANSWERS: [&str; 2] = [
    "제안 고맙습니다. 왜 그렇게 정했는지 **여기**에 계속 적겠습니다.",
    "함께 이야기해 주셔서 고맙습니다. 바뀌는 것이 있으면 바로 알려 드릴게요.",
];
const SAYINGS: [(&str, &str); 2] = [
    ("저도 꼭 필요해요. 매일 쓰는 기능이라서요.", "저는 조금 다르게 써요."),
    ("언제쯤 될까요?", "기다리고 있어요!"),
];

/// A comment and a reply under every other idea.
fn talk(
    tx: &mut AnyConnection,
    stamp: &mut impl FnMut() -> Stamp,
    idea: &Idea,
    customers: &[MemberId],
    nth: usize,
) -> Rows<()> {
    let (said, replied) = SAYINGS[nth / 2 % SAYINGS.len()];
    let (Some(one), Some(other)) = (customers.get(nth + 1), customers.get(nth + 2)) else { return Ok(()) };
    if !nth.is_multiple_of(2) {
        return Ok(());
    }
    let mut new = NewComment {
        idea,
        parent: None,
        author: *one,
        internal: false,
        said: &Said::try_from(said).map_err(odd)?,
        mentions: &[],
        held: false,
    };
    let root = comments::change::insert(tx, &stamp(), &new)?;
    let (root, ..) = comments::find(tx, &Actor::System, root)?;
    let replied = Said::try_from(replied).map_err(odd)?;
    (new.parent, new.author, new.said) = (Some(&root), *other, &replied);
    comments::change::insert(tx, &stamp(), &new).map(drop)
}
