//! Every list, filter and order finds its rows by an index, however many there are.
//!
//! SQLite is asked for the plan of each statement that was run. PostgreSQL is told to avoid reading tables from end to end,
//! and then asked whether it had to.

pub mod contests;
mod later;

use std::sync::{Arc, Mutex};

use chrono::{DateTime, Utc};
use diesel::{
    Connection as _, QueryableByName, RunQueryDsl as _,
    connection::{InstrumentationEvent, SimpleConnection as _},
    sql_query,
    sql_types::{BigInt, Text},
};
use domain::{
    Actor, AttachmentId, BoardId, IdeaId, MemberId,
    attachments::Place as Standing,
    insights::Period,
    members::Role,
    page::{Limit, Place, Sort},
    search::Query,
    statuses::{Category, StatusKey},
};
use kit::databases::{Lease, kinds};
use persistence::{
    AnyConnection, activities, attachments, comments,
    ideas::list::{self, Boards, Deleted, Filter},
    insights, migrations, notifications, responses,
    triage::{
        facets,
        inbox::{self, Inbox, Order, Owner},
    },
    votes,
};
use uuid::Uuid;

use self::{
    contests::ask_about_contests,
    later::{ask_about_mail, ask_about_panels, ask_audit, ask_moderation, ask_plans},
};

/// Tables that grow with the number of members and what they do. The others hold a few rows for each board.
const LARGE: [&str; 47] = [
    "attachments",
    "ideas",
    "idea_texts",
    "idea_tags",
    "votes",
    "members",
    "sessions",
    "comments",
    "comment_reactions",
    "comment_mentions",
    "triage",
    "private_tags",
    "idea_values",
    "member_numbers",
    "activities",
    "notifications",
    "follows",
    "responses",
    "response_ratings",
    "moderation_cases",
    "reports",
    "audit",
    "mails",
    "mail_links",
    "reset_requests",
    "roadmap_ideas",
    "changelog_ideas",
    "applications",
    "shipments",
    "trial_reports",
    "mission_works",
    "report_ideas",
    "excuses",
    "strikes",
    "contest_entries",
    "entry_versions",
    "entry_members",
    "team_invitations",
    "contest_judges",
    "judge_conflicts",
    "contest_assignments",
    "entry_reviews",
    "contest_objections",
    "entry_disqualifications",
    "prize_claims",
    "contest_ballots",
    "contest_results",
];

fn place() -> Place {
    Place { lap: 0, key: 5, id: Uuid::from_u128(9) }
}

fn at() -> DateTime<Utc> {
    DateTime::from_timestamp(1_760_000_000, 0).unwrap()
}

/// Each filter of the public list by itself, within a board and across boards.
fn filters() -> Vec<Filter> {
    let one = vec![BoardId::from(Uuid::from_u128(1))];
    let two = vec![BoardId::from(Uuid::from_u128(1)), BoardId::from(Uuid::from_u128(2))];
    let mut filters = Vec::new();
    for boards in [Boards::Every, Boards::Only(one), Boards::Only(two)] {
        let plain = Filter::of_boards(boards);
        let me = Some(MemberId::from(Uuid::from_u128(3)));
        filters.extend([
            plain.clone(),
            Filter { status: Some(StatusKey::try_from("planned").unwrap()), ..plain.clone() },
            Filter { category: Some(Category::Merged), ..plain.clone() },
            Filter { tag: Some("화면".to_owned()), ..plain.clone() },
            Filter { author: me, ..plain.clone() },
            Filter { deleted: Deleted::Only, ..plain.clone() },
            Filter { voted_by: me, ..plain.clone() },
            Filter { created_after: Some(at()), ..plain.clone() },
            Filter { query: Some(Query::new("환불정책 app")), ..plain },
        ]);
    }
    filters
}

fn inboxes() -> Vec<Inbox> {
    let one = Boards::Only(vec![BoardId::from(Uuid::from_u128(1))]);
    let mut inboxes = Vec::new();
    for boards in [Boards::Every, one] {
        let plain = Inbox {
            filter: Filter::of_boards(boards),
            owner: None,
            private_tag: None,
            unanswered_before: None,
            has_response: None,
            carried_over: None,
            gained: None,
            attribute: Some("purchases".to_owned()),
        };
        inboxes.extend([
            plain.clone(),
            Inbox { owner: Some(Owner::Nobody), ..plain.clone() },
            Inbox { owner: Some(Owner::Member(MemberId::from(Uuid::from_u128(3)))), ..plain.clone() },
            Inbox { private_tag: Some("비밀".to_owned()), ..plain.clone() },
            Inbox {
                unanswered_before: Some(at()),
                has_response: Some(false),
                carried_over: Some(false),
                gained: Some((at(), 3)),
                ..plain
            },
        ]);
    }
    inboxes
}

fn ask_everything(conn: &mut AnyConnection) -> persistence::Result<()> {
    let (limit, me) = (Limit::default(), MemberId::from(Uuid::from_u128(3)));
    let actor = Actor::Member { id: me, role: Role::ProductManager };
    let idea = IdeaId::from(Uuid::from_u128(4));
    let seed = || Sort::Random { seed: "a".to_owned() };
    for after in [None, Some(place())] {
        for filter in filters() {
            for sort in [Sort::Top, Sort::Trending, Sort::New, Sort::Discussed, seed()] {
                list::list(conn, &actor, &filter, &sort, after, limit)?;
            }
        }
        for inbox in inboxes() {
            for order in [
                Order::Priority,
                Order::Need,
                Order::Votes,
                Order::Momentum,
                Order::Value,
                Order::OldestUnanswered,
            ] {
                inbox::list(conn, &actor, &inbox, order, after, limit)?;
                facets::count(conn, &inbox, order, 300)?;
            }
        }
        votes::voters(conn, idea, after, limit)?;
        responses::versions(conn, idea, after, limit)?;
        for depth in [activities::Depth::Public, activities::Depth::Internal] {
            activities::list(conn, &actor, idea, depth, after, limit)?;
        }
        ask_moderation(conn, me, after)?;
        ask_audit(conn, me, after)?;
        ask_about_panels(conn, me, after)?;
        ask_about_contests(conn, me, after)?;
        for which in [notifications::Which::Every, notifications::Which::Unread] {
            notifications::list(conn, &actor, &[BoardId::from(Uuid::from_u128(1))], which, after, limit)?;
        }
        for order in
            [domain::comments::Order::Oldest, domain::comments::Order::Newest, domain::comments::Order::Best]
        {
            for under in [
                comments::list::Under::Idea(idea),
                comments::list::Under::Comment(domain::CommentId::from(Uuid::from_u128(5))),
            ] {
                comments::list::list(conn, &actor, under, order, after, limit)?;
            }
        }
    }
    ask_about_mail(conn, me)?;
    ask_plans(conn, &actor)?;
    ask_about_attachments(conn, idea, me)?;
    let period = Period::of(None, None, at()).unwrap();
    for boards in [1, 3] {
        let boards: Vec<BoardId> = (0..boards).map(|nth| Uuid::from_u128(nth).into()).collect();
        insights::each(conn, &boards, &period, |_| ())?;
        insights::reach(conn, &boards, &period)?;
        insights::ratings(conn, &boards, &period)?;
        insights::names(conn, &[idea])?;
    }
    Ok(())
}

fn ask_about_attachments(conn: &mut AnyConnection, idea: IdeaId, me: MemberId) -> persistence::Result<()> {
    let comment = domain::CommentId::from(Uuid::from_u128(5));
    for place in [Standing::Idea(idea), Standing::Comment(comment)] {
        attachments::links::put(conn, at(), place, &[], me)?;
    }
    attachments::ensure_room(conn, me)?;
    attachments::sweep::expire(conn, at(), at(), 10)?;
    attachments::sweep::known(conn, &[AttachmentId::from(Uuid::from_u128(6))])?;
    attachments::sweep::page(conn, None, 10).map(drop)
}

#[derive(QueryableByName)]
struct Step {
    #[diesel(sql_type = Text)]
    detail: String,
}

#[derive(QueryableByName)]
struct Scanned {
    #[diesel(sql_type = Text)]
    relname: String,
    #[diesel(sql_type = BigInt)]
    seq_scan: i64,
}

#[test]
fn no_list_reads_a_large_table_from_end_to_end() {
    for kind in kinds() {
        eprintln!("on {kind:?}");
        let folder = tempfile::tempdir().unwrap();
        let lease = Lease::new(kind, folder.path());
        let mut conn = lease.location.connect().unwrap();
        migrations::migrate(&mut conn).unwrap();
        let found = match conn {
            AnyConnection::Sqlite(_) => scans_of_sqlite(&mut conn),
            AnyConnection::Postgres(_) => scans_of_postgres(&mut conn),
        };
        assert_eq!(found, Vec::<String>::new());
    }
}

fn scans_of_sqlite(conn: &mut AnyConnection) -> Vec<String> {
    let statements = Arc::new(Mutex::new(Vec::new()));
    let seen = statements.clone();
    conn.set_instrumentation(move |event: InstrumentationEvent<'_>| {
        if let InstrumentationEvent::StartQuery { query, .. } = event {
            seen.lock().unwrap().push(query.to_string());
        }
    });
    ask_everything(conn).unwrap();
    conn.set_instrumentation(|_: InstrumentationEvent<'_>| {});
    let AnyConnection::Sqlite(sqlite) = conn else { unreachable!() };
    let mut statements = statements.lock().unwrap().clone();
    statements.sort();
    statements.dedup();
    // Where nothing is asked for nothing is read.
    statements.retain(|statement| !statement.contains("WHERE (1=0)"));
    assert!(statements.len() > 100, "only {} statements were seen", statements.len());
    let mut scans = Vec::new();
    for statement in statements {
        let sql = statement.split(" -- binds").next().unwrap();
        let plan: Vec<Step> = sql_query(format!("EXPLAIN QUERY PLAN {sql}")).load(sqlite).unwrap();
        for step in plan {
            let whole = step.detail.strip_prefix("SCAN ").is_some_and(|table| LARGE.contains(&table));
            if whole {
                scans.push(format!("{}: {sql}", step.detail));
            }
        }
    }
    scans
}

fn scans_of_postgres(conn: &mut AnyConnection) -> Vec<String> {
    conn.batch_execute("BEGIN; SET LOCAL enable_seqscan = off").unwrap();
    ask_everything(conn).unwrap();
    let AnyConnection::Postgres(postgres) = conn else { unreachable!() };
    let scanned: Vec<Scanned> =
        sql_query("SELECT relname::text, seq_scan FROM pg_stat_xact_user_tables WHERE seq_scan > 0")
            .load(postgres)
            .unwrap();
    let large = scanned.into_iter().filter(|table| LARGE.contains(&table.relname.as_str()));
    large.map(|table| format!("{}: {} times", table.relname, table.seq_scan)).collect()
}
