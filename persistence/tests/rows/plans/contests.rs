//! What contests ask.

use domain::{
    Actor, AttachmentId, ContestId, EntryId, IdeaId, MemberId, Stamp,
    answers::News,
    attachments::Place as Standing,
    contests::{Contest, Marks, ballots::State as Ballot, entries::State},
    page::{Limit, Place},
};
use persistence::{AnyConnection, Error, attachments, contests, notifications};
use uuid::Uuid;

use super::{at, later::somebody};

pub fn contest() -> Contest {
    let day = |day: u32| format!("2027-01-0{day}T00:00:00Z");
    let terms = serde_json::json!({
        "title": "공모전", "brief": "이름", "contact": "desk@example.com", "rules": "한 작품", "ai_policy": "적어요",
        "schedule": { "opens_at": day(1), "closes_at": day(2), "judging_until": day(3), "provisional_at": day(4) },
        "rubric": [{ "key": "idea", "title": "독창성", "weight": 1, "scale": [1, 5] }], "originality_statement": "직접",
    });
    Contest {
        id: ContestId::from(Uuid::from_u128(11)),
        terms: serde_json::from_value(terms).unwrap(),
        marks: Marks::default(),
        rules_hash: None,
        secret: [9; 32],
        round: 1,
        created_at: at(),
        updated_at: at(),
        version: 1,
    }
}

pub fn ask_about_contests(
    conn: &mut AnyConnection,
    me: MemberId,
    after: Option<Place>,
) -> persistence::Result<()> {
    use contests::{entries, ideas, teams, versions};

    let (stamp, contest, limit) = (Stamp::new(at(), [0; 10]), contest(), Limit::default());
    let entry = EntryId::from(Uuid::from_u128(12));
    for state in [None, Some(State::Submitted)] {
        for waiting in [None, Some(entries::Waiting::Appeal)] {
            entries::list(conn, contest.id, (state, waiting), after, limit)?;
        }
    }
    for of in [None, Some(contest.id)] {
        entries::of_member(conn, me, of, after, limit)?;
    }
    contests::parts::of_member(conn, &[contest.id], me)?;
    entries::last_read_of(conn, &[entry])?;
    entries::counts(conn, &[contest.id])?;
    entries::each(conn, &[entry])?;
    entries::progress(conn, &contest, at())?;
    assert!(matches!(entries::last_sent(conn, entry), Err(Error::Missing)));
    ideas::of_idea(conn, &Actor::System, (IdeaId::from(Uuid::from_u128(4)), Some(me)), at())?;
    versions::of(conn, entry)?;
    versions::last(conn, entry)?;
    versions::last_of(conn, &[entry])?;
    ask_about_prizes(conn, me, after)?;
    entries::titles(conn, &[entry])?;
    teams::of(conn, entry)?;
    teams::names(conn, &[entry])?;
    teams::invitations(conn, &[entry])?;
    teams::agreed_by(conn, me, &[entry])?;
    for email_verified in [true, false] {
        let member = domain::members::Member { email_verified, ..somebody(me) };
        teams::invitations_of(conn, &member, after, limit)?;
    }
    teams::leave(conn, entry, me)?;
    // It stores what it asks about, which is there the second time.
    if after.is_none() {
        ask_about_results(conn, contest.clone())?;
    }
    attachments::contests::of_contests(conn, &[contest.id])?;
    attachments::contests::of_entries(conn, &[entry])?;
    attachments::contests::files(conn, &[AttachmentId::from(Uuid::from_u128(6))])?;
    for place in [Standing::Contest(contest.id), Standing::Entry(entry)] {
        attachments::links::put(conn, at(), place, &[], me)?;
    }
    ask_about_judging(conn, &contest, (entry, me), after)?;
    ask_about_ballots(conn, &contest, me, after)?;
    let nobody = (contest.id, entry);
    notifications::contests::tell_team(conn, &stamp, News::ContestScreened, nobody, None)?;
    notifications::contests::tell_entrants(conn, &stamp, News::ContestCancelled, contest.id)
}

fn ask_about_judging(
    conn: &mut AnyConnection,
    contest: &Contest,
    (entry, me): (EntryId, MemberId),
    after: Option<Place>,
) -> persistence::Result<()> {
    use contests::{assigning, conflicts, entries, judges, reviews};

    let limit = Limit::default();
    judges::list(conn, contest.id)?;
    judges::names(conn, contest.id)?;
    judges::is_judging(conn, contest.id, me)?;
    judges::ensure_runs(conn, contest, &Actor::System)?;
    for judge in [None, Some(me)] {
        conflicts::said(conn, contest.id, judge)?;
    }
    conflicts::take_back(conn, contest.id, me)?;
    assert!(matches!(conflicts::ground_of(conn, contest, (entry, me)), Err(Error::Missing)));
    assigning::facts(conn, contest)?;
    assigning::list(conn, contest.id, after, limit)?;
    entries::samples(conn, contest.id)?;
    reviews::list(conn, contest.id, 1, after, limit)?;
    for of in [None, Some(contest.id)] {
        reviews::of_judge(conn, of, me, after, limit)?;
    }
    reviews::held_by(conn, contest, me)?;
    reviews::judges_of(conn, entry, 1)?;
    reviews::sent_marks(conn, contest.id, 1)?;
    reviews::sent_by(conn, me, &[(contest.id, contest)].into())?;
    reviews::open_count(conn, contest.id, 1)?;
    reviews::standing(conn, contest.id, 1)?;
    reviews::clear(conn, contest)?;
    attachments::contests::ensure_nameless(conn, contest, &[AttachmentId::from(Uuid::from_u128(6))])
}

fn ask_about_ballots(
    conn: &mut AnyConnection,
    contest: &Contest,
    me: MemberId,
    after: Option<Place>,
) -> persistence::Result<()> {
    use contests::ballots::{self, voting};

    let (stamp, entry) = (Stamp::new(at(), [0; 10]), EntryId::from(Uuid::from_u128(12)));
    for state in [None, Some(Ballot::Held)] {
        for waiting in [None, Some(ballots::Waiting::Appeal)] {
            ballots::list(conn, contest.id, (state, waiting), after, Limit::default())?;
        }
    }
    let all = ballots::all(conn, contest.id)?;
    let standing = ballots::Standing::of(&all);
    ballots::ensure_examined(conn, contest.id, Some(standing))?;
    let other = ballots::Standing { versions: standing.versions + 1, ..standing };
    for unseen in [None, Some(other)] {
        let refused = ballots::ensure_examined(conn, contest.id, unseen);
        assert!(matches!(refused, Err(Error::Refused(_))), "{refused:?}");
    }
    ballots::stars(conn, contest.id)?;
    ballots::of_member(conn, contest.id, me)?;
    assert!(matches!(ballots::find(conn, contest.id, "9f86d081884c7d65"), Err(Error::Missing)));
    ballots::ensure_none_waits(conn, contest, at())?;
    ballots::hold(conn, &stamp, contest.id, &[])?;
    voting::candidates(conn, contest.id)?;
    voting::standing(conn, contest.id, me, &[entry])?;
    voting::own(conn, contest.id, me)?;
    voting::enters(conn, contest.id, me)?;
    voting::has_acted(conn, me).map(drop)
}

fn ask_about_prizes(conn: &mut AnyConnection, me: MemberId, after: Option<Place>) -> persistence::Result<()> {
    use contests::{
        objections::{self, Waiting, Whose},
        prizes::{self, claims, disqualifications, names},
    };

    let (contest, limit) = (contest(), Limit::default());
    let entry = EntryId::from(Uuid::from_u128(12));
    for whose in [Whose::Everybodys, Whose::Of(me)] {
        for waiting in [None, Some(Waiting::Decision)] {
            objections::list(conn, contest.id, (whose, waiting), after, limit)?;
        }
    }
    objections::count_of(conn, contest.id, me)?;
    objections::waiting(conn, contest.id)?;
    objections::took_part(conn, contest.id, me)?;
    prizes::accepted(conn, &contest)?;
    claims::find(conn, entry)?;
    claims::of_contest(conn, contest.id)?;
    prizes::unoffered(conn, at())?;
    claims::won(conn, contest.id)?;
    disqualifications::find(conn, entry)?;
    disqualifications::of_contest(conn, contest.id)?;
    names::of(conn, &[entry])?;
    prizes::given(conn, &contest)?;
    assert_eq!(
        contests::results::present(conn, &contest)?.is_some(),
        after.is_some(),
        "which is stored between"
    );
    let stamp = Stamp::new(at(), [0; 10]);
    notifications::contests::tell_who_took_part(conn, &stamp, News::ContestFinal, contest.id)
}

fn ask_about_results(conn: &mut AnyConnection, contest: Contest) -> persistence::Result<()> {
    use contests::results;

    let stamp = Stamp::new(at(), [1; 10]);
    let marks = Marks { judging_at: Some(at()), ..Marks::default() };
    let contest = Contest { marks, ..contest };
    contests::insert(conn, &stamp, &contest)?;
    // Of nothing, but everything is asked for.
    results::freeze(conn, &contest, at())?;
    results::settle(conn, &stamp.branch(1), &contest)?;
    results::find(conn, contest.id, 1)?;
    results::before(conn, contest.id, 2)?;
    results::inputs(conn, contest.id, 1)?;
    let locked = Contest { marks: Marks { locked_at: Some(at()), ..marks }, ..contest };
    results::lock_hashes(conn, std::slice::from_ref(&locked))?;
    results::stars(conn, &locked)?;
    Ok(())
}
