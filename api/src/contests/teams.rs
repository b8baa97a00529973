//! Teams: asking somebody in, answering, and leaving.

mod bodies;

use std::collections::BTreeSet;

use actix_web::{delete, get, post, web};
use chrono::{DateTime, Utc};
use domain::{
    Actor, ContestId, EntryId, MemberId, Refusal, Stamp, TeamInvitationId,
    answers::News,
    contests::{
        Barred,
        entries::Entry,
        teams::{Addressee, Invitation, Needed, Team, agreed},
    },
    events::EntryEvent,
    members::Member,
    text::Fault,
};
use persistence::{
    AloneWith, AnyConnection, Error, Result as Rows,
    contests::{
        self,
        entries::{self, Whole},
        judges, teams,
    },
    members, notifications,
};

pub use self::bodies::TeamInvitationBody;
use self::bodies::{AcceptTeamInvitationBody, AskedBody, NewTeamInvitationBody};
use super::entries::{EntryBody, shown};
use crate::{
    actor::SignedIn,
    app::App,
    attachments::links::Links,
    boards::PageQuery,
    body::{PathId, Query},
    error::Failure,
    once::{Empty, Post},
    page::{ListName, Listing, limit},
    reply::{Nothing, Reply},
    routes::Routes,
};

pub fn routes(to: &mut Routes<'_>) {
    to.service(create_team_invitation).service(delete_team_invitation).service(list_my_team_invitations);
    to.service(accept_team_invitation).service(decline_team_invitation).service(leave_team);
}

/// Who can be asked by name: a customer who is not blocked.
fn ensure_customer(tx: &mut AnyConnection, member: MemberId) -> Rows<()> {
    let nobody = || Refusal::Unfit { field: "member_id", fault: Fault::NotA("member who may enter") };
    match members::find(tx, member) {
        Ok(found) if found.blocked_at.is_none() && !found.role.is_staff() => Ok(()),
        Ok(_) | Err(Error::Missing) => Err(nobody().into()),
        Err(error) => Err(error),
    }
}

/// Who hears of it that they are asked: nobody of an address that nobody here has shown to be theirs.
fn reached(tx: &mut AnyConnection, to: &Addressee, team: &Team) -> Rows<Option<MemberId>> {
    match to {
        Addressee::Member(asked) if team.holds(*asked) => Err(Error::Refused(Barred::AlreadyInTeam.into())),
        Addressee::Member(asked) => ensure_customer(tx, *asked).map(|()| Some(*asked)),
        Addressee::Email(email) => {
            let found = members::find_by_email(tx, email)?.map(|(found, _)| found);
            Ok(found.filter(|found| found.email_verified).map(|found| found.id))
        }
    }
}

/// Tells who was asked, but nobody who judges the contest: they would learn whose it is. Whoever asked does not learn who judges.
fn tell_asked(tx: &mut AnyConnection, stamp: &Stamp, contest: ContestId, asked: MemberId) -> Rows<()> {
    match judges::is_judging(tx, contest, asked)? {
        true => Ok(()),
        false => notifications::contests::tell_member(tx, stamp, News::ContestTeamAsked, contest, asked),
    }
}

/// Ask somebody into the team of an entry
///
/// Whoever leads it may. Nothing is sent before everybody has answered, or the invitation is taken back. Of an address the answer does
/// not tell whether it is somebody's here; whoever shows that it is theirs finds the invitation.
#[utoipa::path(tag = "Contests", security(("bearer" = [])), params(("id" = Uuid, Path)), request_body = NewTeamInvitationBody,
    responses((status = 201, body = TeamInvitationBody), (status = 403, description = "not_leader"),
        (status = 409, description = "contest_phase, entries_closed, entry_state, no_teams, teams_closed, team_size, already_in_team, already_asked")))]
#[post("/v1/entries/{id}/invitations")]
async fn create_team_invitation(
    app: web::Data<App>,
    me: SignedIn,
    PathId(id): PathId,
    post: Post<NewTeamInvitationBody>,
) -> Result<Reply<TeamInvitationBody>, Failure> {
    let (stamp, to) = (app.stamp(), post.body.to()?);
    app.write_once(&me.caller, post.once, AloneWith::Nobody, move |tx, actor| {
        let (Whole { entry, contest, team }, member) = entries::own(tx, actor, id.into())?;
        entry.ensure_led_by(member)?;
        entry.ensure_team_open(&contest, stamp.at)?;
        let told = reached(tx, &to, &team)?;
        team.ensure_room(&contest.terms)?;
        let (id, entry_id) = (stamp.id(0), entry.id);
        let asked = Invitation { id, entry_id, to: to.clone(), created_at: stamp.at, answer: None };
        entries::update(tx, &stamp, &entry.regrouped(stamp.at), EntryEvent::TeamChanged)?;
        teams::ask(tx, &asked)?;
        if let Some(told) = told {
            tell_asked(tx, &stamp, contest.id, told)?;
        }
        // Where the team finds it; alone it cannot be read.
        let location = format!("/v1/entries/{entry_id}");
        Ok(Reply::created(&TeamInvitationBody::from(&asked), location))
    })
    .await
}

/// Take an invitation into a team back
///
/// Whoever leads the team may, answered or not.
#[utoipa::path(tag = "Contests", security(("bearer" = [])), params(("id" = Uuid, Path)),
    responses((status = 204), (status = 403, description = "not_leader"),
        (status = 409, description = "contest_phase, entries_closed, entry_state")))]
#[delete("/v1/team_invitations/{id}")]
async fn delete_team_invitation(
    app: web::Data<App>,
    me: SignedIn,
    PathId(id): PathId,
) -> Result<Reply<Nothing>, Failure> {
    let stamp = app.stamp();
    app.write(&me.caller, AloneWith::Nobody, move |tx, actor| {
        let invitation = teams::invitation(tx, id.into())?;
        let (Whole { entry, contest, .. }, member) = entries::own(tx, actor, invitation.entry_id)?;
        entry.ensure_led_by(member)?;
        entry.ensure_open(&contest, stamp.at)?;
        entries::update(tx, &stamp, &entry.regrouped(stamp.at), EntryEvent::TeamChanged)?;
        teams::delete(tx, invitation.id)?;
        Ok(Reply::nothing())
    })
    .await
}

/// List the teams you are asked into
///
/// As long as you may say yes, and none of a contest that you judge.
#[utoipa::path(tag = "Contests", security(("bearer" = [])), params(PageQuery),
    responses((status = 200, body = Listing<AskedBody>)))]
#[get("/v1/me/team_invitations")]
async fn list_my_team_invitations(
    app: web::Data<App>,
    me: SignedIn,
    Query(query): Query<PageQuery>,
) -> Result<Reply<Listing<AskedBody>>, Failure> {
    let (limit, member, now) = (limit(query.limit)?, me.member, app.config.clock.now());
    let list = ListName::of(&["team invitations", &member.to_string()]);
    let after = list.place(&app.keys, query.cursor.as_deref())?;
    let page = app.read(&me.caller, move |tx, _| {
        let found = members::find(tx, member)?;
        let page = teams::invitations_of(tx, &found, after, limit)?;
        Ok(domain::page::Page { items: asked(tx, &page.items, now)?, next: page.next })
    });
    Ok(Reply::ok(&list.listing(&app.keys, page.await?, None, |asked| asked)))
}

/// What somebody is asked, as far as they may still say yes.
fn asked(tx: &mut AnyConnection, invitations: &[Invitation], now: DateTime<Utc>) -> Rows<Vec<AskedBody>> {
    let ids: Vec<EntryId> = invitations.iter().map(|invitation| invitation.entry_id).collect();
    let entries = entries::each(tx, &ids)?;
    let of: Vec<ContestId> = entries.values().map(|entry| entry.contest_id).collect();
    let (contests, names) = (contests::each(tx, &of)?, teams::names(tx, &ids)?);
    let open = |invitation: &Invitation| {
        let entry = entries.get(&invitation.entry_id)?;
        let contest = contests.get(&entry.contest_id)?;
        entry.ensure_team_open(contest, now).ok()?;
        let mut team = names.get(&entry.id).into_iter().flatten();
        let leader = team.find(|(member, _)| Some(*member) == entry.leader_id).map(|(_, name)| name.clone());
        Some(AskedBody::new(invitation, entry, contest, leader))
    };
    Ok(invitations.iter().filter_map(open).collect())
}

/// The invitation, for whom it is, and its contest kept as far as it is: to all others it is not there.
fn mine(tx: &mut AnyConnection, actor: &Actor, id: TeamInvitationId) -> Rows<(Invitation, Whole, Member)> {
    let member = members::find(tx, actor.ensure_member()?)?;
    let invitation = teams::invitation(tx, id)?;
    if !teams::is_for(&invitation, &member) {
        return Err(Error::Missing);
    }
    entries::keep_contest(tx, invitation.entry_id)?;
    let whole = entries::whole(tx, invitation.entry_id)?;
    Ok((invitation, whole, member))
}

/// Join a team
///
/// Which takes one of your entries in the contest.
#[utoipa::path(tag = "Contests", security(("bearer" = [])), params(("id" = Uuid, Path)), request_body = AcceptTeamInvitationBody,
    responses((status = 200, body = EntryBody), (status = 403, description = "not_eligible"),
        (status = 409, description = "contest_phase, entries_closed, entry_state, no_teams, teams_closed, already_in_team, invitation_answered, entries_used, is_judge")))]
#[post("/v1/team_invitations/{id}/accept")]
async fn accept_team_invitation(
    app: web::Data<App>,
    me: SignedIn,
    links: Links,
    PathId(id): PathId,
    post: Post<AcceptTeamInvitationBody>,
) -> Result<Reply<EntryBody>, Failure> {
    let stamp = app.stamp();
    let given: BTreeSet<String> = post.body.consents.into_iter().collect();
    app.write_once(&me.caller, post.once, AloneWith::Nobody, move |tx, actor| {
        let (invitation, Whole { entry, contest, team }, member) = mine(tx, actor, id.into())?;
        invitation.ensure_unanswered()?;
        contests::ensure_eligible(tx, &contest, member.id)?;
        entry.ensure_team_open(&contest, stamp.at)?;
        agreed(&contest.terms, &given, Needed::Now)?;
        if team.holds(member.id) {
            return Err(Error::Refused(Barred::AlreadyInTeam.into()));
        }
        let (at, entry) = ((contest.id, entry.id), entry.regrouped(stamp.at));
        entries::update(tx, &stamp, &entry, EntryEvent::TeamChanged)?;
        teams::answer(tx, &invitation, true, stamp.at)?;
        teams::join(tx, &contest, entry.id, (member.id, &given), stamp.at)?;
        notifications::contests::tell_team(tx, &stamp, News::ContestTeamChanged, at, Some(member.id))?;
        Ok(Reply::ok(&shown(tx, actor, entry.id, &links)?).tagged(entry.version))
    })
    .await
}

/// Decline to join a team
#[utoipa::path(tag = "Contests", security(("bearer" = [])), params(("id" = Uuid, Path)),
    responses((status = 204), (status = 409, description = "invitation_answered")))]
#[post("/v1/team_invitations/{id}/decline")]
async fn decline_team_invitation(
    app: web::Data<App>,
    me: SignedIn,
    PathId(id): PathId,
    post: Post<Empty>,
) -> Result<Reply<Nothing>, Failure> {
    let stamp = app.stamp();
    app.write_once(&me.caller, post.once, AloneWith::Nobody, move |tx, actor| {
        let (invitation, Whole { entry, contest, .. }, member) = mine(tx, actor, id.into())?;
        invitation.ensure_unanswered()?;
        let (at, entry) = ((contest.id, entry.id), entry.regrouped(stamp.at));
        entries::update(tx, &stamp, &entry, EntryEvent::TeamChanged)?;
        teams::answer(tx, &invitation, false, stamp.at)?;
        notifications::contests::tell_team(tx, &stamp, News::ContestTeamChanged, at, Some(member.id))?;
        Ok(Reply::nothing())
    })
    .await
}

/// Leave a team
///
/// Until the deadline. Where whoever led it leaves, who joined first of the others leads. A team that became too small has to send
/// again once it is whole.
#[utoipa::path(tag = "Contests", security(("bearer" = [])), params(("id" = Uuid, Path)),
    responses((status = 204), (status = 409, description = "contest_phase, entries_closed, last_of_team")))]
#[post("/v1/entries/{id}/leave")]
async fn leave_team(
    app: web::Data<App>,
    me: SignedIn,
    PathId(id): PathId,
    post: Post<Empty>,
) -> Result<Reply<Nothing>, Failure> {
    let stamp = app.stamp();
    app.write_once(&me.caller, post.once, AloneWith::Nobody, move |tx, actor| {
        let (Whole { entry, contest, team }, member) = entries::own(tx, actor, id.into())?;
        contest.ensure_takes_entries(stamp.at)?;
        let others = team.members.len() - 1;
        if others == 0 {
            return Err(Error::Refused(Barred::LastOfTeam.into()));
        }
        let leader_id = team.leader_without(member, entry.leader_id);
        let state = entry.state_without(others, &contest, stamp.at);
        let at = (contest.id, entry.id);
        let left = Entry { leader_id, state, ..entry }.regrouped(stamp.at);
        entries::update(tx, &stamp, &left, EntryEvent::TeamChanged)?;
        teams::leave(tx, left.id, member)?;
        notifications::contests::tell_team(tx, &stamp, News::ContestTeamChanged, at, Some(member))?;
        Ok(Reply::nothing())
    })
    .await
}
