//! What the benchmark needs besides the product: a data set that is the same each time, tokens to act with, and a static
//! body to compare with. Compiled under the feature `bench` alone.

mod words;

use std::{
    fs,
    path::Path,
    sync::{Mutex, PoisonError},
    time::Instant,
};

use actix_web::{HttpResponse, get, web};
use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    BoardId, IdeaId, MemberId, Stamp,
    boards::{Board, BoardName, Description, Slug},
    ideas::{Body, Idea, Tags, Title, Words},
    members::{Attributes, DisplayName, Email, Locale, Role},
    page::Limit,
    statuses::Status,
    text::Fault,
};
use persistence::{
    AloneWith, AnyConnection, Database, Error, Result as Rows, boards,
    ideas::{self, NewIdea},
    members, sessions, votes,
};
use serde::Deserialize;

use self::words::{Chance, REAL, Vocabulary};
use crate::{
    Config, StartError,
    error::Failure,
    jobs, open_database,
    tokens::{self, Keys},
};

/// How many members get a session and a token.
const MOST_TOKENS: usize = 2_000;
/// How many rows are stored in one transaction.
const BATCH: usize = 2_000;

#[derive(Deserialize)]
struct Size {
    bytes: usize,
}

/// A JSON text of as many bytes as are asked for, made once.
#[get("/bench/static")]
pub(crate) async fn get_static(size: web::Query<Size>) -> HttpResponse {
    static KEPT: Mutex<web::Bytes> = Mutex::new(web::Bytes::new());
    let wanted = size.bytes.clamp(2, 1_048_576);
    let mut kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
    if kept.len() != wanted {
        *kept = format!("\"{}\"", "a".repeat(wanted - 2)).into();
    }
    HttpResponse::Ok().content_type("application/json").body(kept.clone())
}

/// Fills an empty database with `ideas`, `members` and `votes`, and writes `bench-ideas.txt` and `bench-queries.txt` into
/// the data folder. Access tokens live for minutes, so `bench-tokens.txt` is written each time, and nothing but it when
/// all three are 0.
///
/// # Errors
/// [`StartError`] when the database or the folder fails, or the database is not empty.
pub fn seed(config: &Config, ideas: usize, members: usize, votes: usize) -> Result<(), StartError> {
    let config = config.clone();
    // On a thread of its own, because the caller's already runs a runtime.
    let seeding = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build();
        let runtime = runtime.map_err(|error| StartError::Other(error.to_string()))?;
        runtime.block_on(async {
            let db = open_database(&config)?;
            if ideas + members + votes > 0 {
                let seeder = Seeder { db: db.clone(), started: Instant::now() };
                let ids = seeder.fill(ideas, members, votes).await.map_err(Failure::from)?;
                write_lines(&config.data_dir.join("bench-ideas.txt"), ids.iter().map(IdeaId::to_string))?;
                write_lines(&config.data_dir.join("bench-queries.txt"), Vocabulary::new().queries())?;
            }
            let mut tokens = open_sessions(&db, &config).await?;
            let staff = vec![tokens.remove(0)];
            write_lines(&config.data_dir.join("bench-staff.txt"), staff)?;
            write_lines(&config.data_dir.join("bench-tokens.txt"), tokens)
        })
    });
    seeding.join().unwrap_or_else(|_| Err(StartError::Other("seeding panicked".to_owned())))
}

fn write_lines(path: &Path, lines: impl IntoIterator<Item = String>) -> Result<(), StartError> {
    let lines: Vec<String> = lines.into_iter().collect();
    fs::write(path, lines.join("\n") + "\n")
        .map_err(|error| StartError::Other(format!("{}: {error}", path.display())))
}

/// An access token for the one of staff, and one for each of the newest members.
async fn open_sessions(db: &Database, config: &Config) -> Result<Vec<String>, StartError> {
    let (keys, now) = (Keys::of(config)?, config.clock.now());
    let chance: Vec<_> =
        (0..=MOST_TOKENS).map(|_| (config.clock.stamp(), tokens::refresh_token().1)).collect();
    let sessions = db.write(AloneWith::Nobody, move |tx| {
        let mut opened = Vec::new();
        let staff = std::iter::once(staff_stamp().id(0));
        for ((stamp, hash), member) in chance.iter().zip(staff.chain(newest_members(tx)?)) {
            let session = sessions::open(tx, stamp, member, hash, now + tokens::REFRESH, None)?;
            opened.push((member, session));
        }
        Ok(opened)
    });
    let sessions = sessions.await.map_err(Failure::from)?;
    let token = |(member, session)| keys.access(member, session, now);
    Ok(sessions.into_iter().map(token).collect::<Rows<Vec<_>>>().map_err(Failure::from)?)
}

fn newest_members(tx: &mut AnyConnection) -> Rows<Vec<MemberId>> {
    let limit = Limit::of(Limit::MOST).unwrap_or_default();
    let (mut found, mut after) = (Vec::new(), None);
    while found.len() < MOST_TOKENS {
        let page = members::list(tx, &members::Filter::default(), after, limit)?;
        found.extend(page.items.iter().map(|member| member.id));
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    Ok(found)
}

/// Kinds of rows, so that the stamps of each have a chance of their own.
const MEMBER: u64 = 1;
const IDEA: u64 = 2;
const VOTE: u64 = 3;

/// The stamp of the `nth` row of a kind: the same each time.
fn stamp(kind: u64, nth: usize, at: DateTime<Utc>) -> Stamp {
    let mut chance = [0; 10];
    chance[2..].copy_from_slice(&Chance::of(kind, nth).next().to_be_bytes());
    Stamp::new(at, chance)
}

/// When the data set begins: 2025-06-01T00:00:00Z.
fn day(day: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_748_736_000, 0).unwrap_or_default() + TimeDelta::days(day)
}

fn nth(nth: usize) -> i64 {
    i64::try_from(nth).unwrap_or(i64::MAX)
}

fn member_stamp(member: usize) -> Stamp {
    stamp(MEMBER, member, day(0) + TimeDelta::seconds(nth(member)))
}

fn member_id(member: usize) -> MemberId {
    member_stamp(member).id(0)
}

/// Ideas come five minutes apart, for a year when there are 100,000.
fn idea_stamp(idea: usize) -> Stamp {
    stamp(IDEA, idea, day(1) + TimeDelta::minutes(5 * nth(idea)))
}

fn odd(fault: Fault) -> Error {
    Error::Broken(format!("the benchmark's own data: {fault:?}"))
}

struct Seeder {
    db: Database,
    started: Instant,
}

impl Seeder {
    /// The ids of the ideas, in the order of their making.
    async fn fill(&self, ideas: usize, members: usize, votes: usize) -> Rows<Vec<IdeaId>> {
        let board: BoardId = stamp(0, 0, day(0)).id(0);
        self.db.write(AloneWith::Nobody, move |tx| insert_board(tx, board)).await?;
        let all = (0..members).collect();
        self.in_batches("members", all, |tx, member| insert_member(tx, *member)).await?;
        self.db
            .write(AloneWith::Nobody, |tx| insert_person(tx, &staff_stamp(), "staff", Role::ProductManager))
            .await?;
        let vocabulary = std::sync::Arc::new(Vocabulary::new());
        self.in_batches("ideas", (0..ideas).collect(), move |tx, idea| {
            let author = member_id(Chance::of(IDEA, *idea).below(members.max(1)));
            insert_idea(tx, board, author, *idea, &vocabulary)
        })
        .await?;
        self.in_batches("votes", spread(ideas, members, votes), move |tx, vote| cast(tx, board, *vote))
            .await?;
        jobs::rank(&self.db, day(367)).await.map_err(|failure| Error::Broken(failure.to_string()))?;
        Ok((0..ideas).map(|idea| idea_stamp(idea).id(0)).collect())
    }

    /// Inserts the rows, as many transactions at a time as there are connections that write. The rows of such a round
    /// are sorted, so that at most two of its transactions touch the same thing, and none waits for another in a ring.
    async fn in_batches<T: Ord + Clone + Send + Sync + 'static>(
        &self,
        what: &str,
        rows: Vec<T>,
        insert: impl Fn(&mut AnyConnection, &T) -> Rows<()> + Send + Sync + Clone + 'static,
    ) -> Rows<()> {
        let (mut done, mut said) = (0, 0);
        for round in rows.chunks(BATCH * self.db.load_of_writes().threads) {
            let mut sorted = round.to_vec();
            sorted.sort_unstable();
            let mut running = Vec::new();
            for batch in sorted.chunks(BATCH) {
                let (db, insert, batch) = (self.db.clone(), insert.clone(), batch.to_vec());
                running.push(tokio::spawn(async move {
                    db.write(AloneWith::Nobody, move |tx| batch.iter().try_for_each(|row| insert(tx, row)))
                        .await
                }));
            }
            for batch in running {
                batch.await.map_err(|error| Error::Broken(error.to_string()))??;
            }
            done += round.len();
            if done * 10 / rows.len() > said {
                said = done * 10 / rows.len();
                println!("{what}: {done} of {}, {:.1} s", rows.len(), self.started.elapsed().as_secs_f64());
            }
        }
        Ok(())
    }
}

fn insert_board(tx: &mut AnyConnection, id: BoardId) -> Rows<()> {
    let name = BoardName::try_from("Bench").map_err(odd)?;
    let slug = Slug::try_from("bench").map_err(odd)?;
    let board = Board::open(id, name, slug, Description::default(), day(0));
    boards::insert(tx, &stamp(0, 0, day(0)), &board)
}

fn insert_member(tx: &mut AnyConnection, nth: usize) -> Rows<()> {
    insert_person(tx, &member_stamp(nth), &format!("bench{nth}"), Role::Member)
}

/// Whoever reads the inbox.
fn staff_stamp() -> Stamp {
    stamp(MEMBER, usize::MAX, day(0))
}

fn insert_person(tx: &mut AnyConnection, stamp: &Stamp, name: &str, role: Role) -> Rows<()> {
    let new = members::NewMember {
        email: Email::try_from(format!("{name}@madang.example").as_str()).map_err(odd)?,
        display_name: DisplayName::try_from(name).map_err(odd)?,
        email_verified: false,
        role,
        locale: Locale::Ko,
        attributes: Attributes::new(),
        password_hash: None,
        sso_subject: None,
    };
    members::insert(tx, stamp, &new).map(drop)
}

fn insert_idea(
    tx: &mut AnyConnection,
    board: BoardId,
    author: MemberId,
    nth: usize,
    vocabulary: &Vocabulary,
) -> Rows<()> {
    let mut chance = Chance::of(IDEA, nth);
    let title_words = 4 + chance.below(6);
    let title = vocabulary.text(&mut chance, title_words);
    let body_words = 60 + chance.below(91);
    let body = vocabulary.text(&mut chance, body_words);
    let tag = REAL.split_whitespace().nth(chance.below(20)).unwrap_or("기타");
    let words = Words {
        title: Title::try_from(&*title).map_err(odd)?,
        body: Body::try_from(&*body).map_err(odd)?,
        tags: Tags::try_from([tag].as_slice()).map_err(|(_, fault)| odd(fault))?,
    };
    let new = NewIdea { board, author: Some(author), words, source_id: None, carried_votes: 0, held: false };
    let stamp = idea_stamp(nth);
    ideas::insert(tx, &stamp, &stamp, &new).map(drop)
}

/// A vote: the numbers of its idea and member, and its own.
type Vote = (usize, usize, usize);

fn cast(tx: &mut AnyConnection, board_id: BoardId, (idea, member, nth_vote): Vote) -> Rows<()> {
    let created_at = idea_stamp(idea).at;
    let status = Status::first_of(board_id, &idea_stamp(idea)).swap_remove(0);
    let idea = Idea {
        id: idea_stamp(idea).id(0),
        board_id,
        author_id: None,
        status,
        vote_count: 0,
        carried_votes: 0,
        comment_count: 0,
        attachment_count: 0,
        trending: 0.0,
        merged_into: None,
        comments_locked: false,
        pinned_comment_id: None,
        created_at,
        updated_at: created_at,
        hidden: None,
        version: 1,
    };
    let stamp = stamp(VOTE, nth_vote, day(366) + TimeDelta::seconds(10 * nth(nth_vote)));
    votes::cast(tx, &stamp, &idea, member_id(member)).map(drop)
}

/// The votes in a shuffled order: how many an idea gets falls with its rank (Zipf), ranks are dealt by chance, and each
/// of its voters is another member.
fn spread(ideas: usize, members: usize, votes: usize) -> Vec<Vote> {
    let mut chance = Chance::of(VOTE, usize::MAX);
    let mut ranked: Vec<usize> = (0..ideas).collect();
    chance.shuffle(&mut ranked);
    let weight = |rank: usize| 1.0 / (rank + 10) as f64;
    let whole: f64 = (0..ideas).map(weight).sum();
    let mut counts: Vec<usize> =
        (0..ideas).map(|rank| ((votes as f64 * weight(rank) / whole) as usize).min(members)).collect();
    // What rounding and the number of members kept back goes to the next ranks that have room.
    let mut missing = votes.min(ideas * members) - counts.iter().sum::<usize>();
    while missing > 0 {
        for count in counts.iter_mut().filter(|count| **count < members).take(missing) {
            *count += 1;
            missing -= 1;
        }
    }
    let mut pairs = Vec::with_capacity(votes);
    for (idea, count) in ranked.into_iter().zip(counts) {
        // A stride without a common divisor meets each member once before it comes round.
        let first = chance.below(members.max(1));
        let stride = std::iter::repeat_with(|| 1 + chance.below(members.max(1)))
            .find(|stride| coprime(*stride, members));
        let stride = stride.unwrap_or(1);
        pairs.extend((0..count).map(|nth| (idea, (first + nth * stride) % members)));
    }
    chance.shuffle(&mut pairs);
    (0..).zip(pairs).map(|(nth, (idea, member))| (idea, member, nth)).collect()
}

fn coprime(a: usize, b: usize) -> bool {
    if b == 0 { a == 1 } else { coprime(b, a % b) }
}
