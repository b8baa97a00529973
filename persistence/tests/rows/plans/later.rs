//! What the features that came later ask.

use chrono::DateTime;
use domain::{
    Actor, ApplicationId, BoardId, ChangelogEntryId, IdeaId, MemberId, PanelId, ReportId, RoadmapId, Stamp,
    WorkId,
    answers::News,
    attachments::Place as Standing,
    changelog::{Label, State},
    draws::Ticket,
    mail::{Kind, Purpose},
    members::{Attributes, DisplayName, Email, Locale, Member, Origins, Role},
    page::{Limit, Place},
    panels::{Marks, Panel},
    statuses::StatusKey,
};
use persistence::{
    AnyConnection, attachments, audit,
    changelog::{self, Wanted},
    invitations, mail_links, mails,
    moderation::{self, queue},
    notifications, panels, resets,
    roadmaps::places,
};
use uuid::Uuid;

use super::{at, place};

pub fn ask_moderation(
    conn: &mut AnyConnection,
    me: MemberId,
    after: Option<Place>,
) -> persistence::Result<()> {
    let plain = queue::Filter::default();
    for filter in [
        plain.clone(),
        queue::Filter { board: Some(Uuid::from_u128(1).into()), ..plain.clone() },
        queue::Filter { kind: Some(queue::Kind::Comment), because: Some(queue::Because::Reported), ..plain },
    ] {
        queue::open(conn, &filter, after, Limit::default())?;
    }
    queue::own(conn, me, after, Limit::default())?;
    match moderation::poster(conn, me) {
        Ok(_) | Err(persistence::Error::Missing) => Ok(()),
        Err(error) => Err(error),
    }
}

pub fn ask_audit(conn: &mut AnyConnection, me: MemberId, after: Option<Place>) -> persistence::Result<()> {
    let plain = audit::Filter::default();
    for filter in [
        plain.clone(),
        audit::Filter { member: Some(me), ..plain.clone() },
        audit::Filter { action: Some("a".to_owned()), ..plain.clone() },
        audit::Filter { subject: Some(Uuid::nil()), ..plain.clone() },
        audit::Filter { request_id: Some("r".to_owned()), ..plain.clone() },
        audit::Filter { after: Some(at()), before: Some(at()), ..plain },
    ] {
        audit::list(conn, &filter, after, Limit::default())?;
    }
    audit::head(conn)?;
    Ok(())
}

pub fn somebody(id: MemberId) -> Member {
    Member {
        id,
        email: Email::try_from("ana@example.com").unwrap(),
        email_verified: false,
        display_name: DisplayName::try_from("아나").unwrap(),
        role: Role::Member,
        locale: Locale::Ko,
        attributes: Attributes::new(),
        origins: Origins::new(),
        blocked_at: None,
        trusted: false,
        erased_at: None,
        created_at: at(),
        updated_at: at(),
        version: 1,
    }
}

pub fn ask_about_mail(conn: &mut AnyConnection, me: MemberId) -> persistence::Result<()> {
    let (stamp, email) = (Stamp::new(at(), [0; 10]), Email::try_from("ana@example.com").unwrap());
    mails::due(conn, at(), 20)?;
    mails::recent(conn, me, Kind::Change, at())?;
    mails::expire(conn, at())?;
    mails::forget(conn, &somebody(me))?;
    for purpose in [None, Some(Purpose::Change)] {
        mail_links::void(conn, me, purpose)?;
    }
    assert!(mail_links::find(conn, &[0; 32]).is_err() && invitations::find_by_hash(conn, &[0; 32]).is_err());
    for after in [None, Some(place())] {
        invitations::list(conn, at(), after, Limit::default())?;
    }
    resets::ask(conn, &stamp, &email)?;
    for request in resets::waiting(conn, 20)? {
        resets::take(conn, &request, at())?;
    }
    Ok(())
}

/// Roadmaps and the changelog.
pub fn ask_plans(conn: &mut AnyConnection, actor: &Actor) -> persistence::Result<()> {
    let (limit, board) = (Limit::default(), BoardId::from(Uuid::from_u128(1)));
    let planned = StatusKey::try_from("planned").unwrap();
    let roadmap = RoadmapId::from(Uuid::from_u128(6));
    let columns = [(None, Some(planned.clone())), (Some(roadmap), Some(planned)), (Some(roadmap), None)];
    for (roadmap, status) in columns {
        let column = places::Column { board, roadmap, key: "planned".to_owned(), status };
        for after in [None, Some(place()), Some(Place { lap: 1, ..place() })] {
            places::list(conn, actor, &column, after, limit)?;
        }
        places::count(conn, actor, &column)?;
    }
    for state in [State::Draft, State::Scheduled, State::Published] {
        let plain = Wanted { state, board: None, label: None, idea: None, now: at() };
        for wanted in [
            plain,
            Wanted { board: Some(board), ..plain },
            Wanted { label: Some(Label::New), ..plain },
            Wanted { idea: Some(IdeaId::from(Uuid::from_u128(4))), ..plain },
        ] {
            for after in [None, Some(place())] {
                changelog::list(conn, actor, &wanted, after, limit)?;
            }
        }
    }
    changelog::links::due(conn, at(), 10)?;
    changelog::links::seen(conn, actor, &[ChangelogEntryId::from(Uuid::from_u128(7))])?;
    Ok(())
}

pub fn ask_about_panels(
    conn: &mut AnyConnection,
    me: MemberId,
    after: Option<Place>,
) -> persistence::Result<()> {
    let panel = PanelId::from(Uuid::from_u128(7));
    use panels::applications::list::{self, Waiting};
    for waiting in [None, Some(Waiting::Excuse), Some(Waiting::Appeal)] {
        list::list(conn, panel, waiting, after, Limit::default())?;
    }
    list::of_member(conn, me, after, Limit::default())?;
    for few in [&[panel][..], &[panel, Uuid::from_u128(8).into()]] {
        list::count(conn, few)?;
        list::ids_of_member(conn, few, me)?;
        panels::reports::list::summaries(conn, few)?;
        attachments::trials::of_panels(conn, few)?;
    }
    panels::applications::of_member(conn, panel, me)?;
    panels::applications::open_of_member(conn, me)?;
    panels::seats::first_waiting(conn, panel)?;
    panels::seats::unconfirmed(conn, at(), 10)?;
    let nobody = panels::applications::of_ticket(conn, panel, Ticket([0; 16]));
    assert!(matches!(nobody, Err(persistence::Error::Missing)));
    panels::trials::of(conn, &[Uuid::from_u128(8).into()])?;
    panels::shipments::list(conn, panel, after, Limit::default())?;
    panels::shipments::all(conn, panel)?;
    panels::trials::of_panel(conn, panel)?;
    panels::retention::ended(conn)?;
    panels::retention::forget(conn, panel, at())?;
    panels::retention::forget_words(conn, &self::panel(), None, 10)?;
    panels::shipments::addresses(conn, None, 10)?;
    ask_about_people(conn, me)?;
    ask_about_reports(conn, panel, after)?;
    panels::draws::last_seat(conn, me).map(drop)
}

/// What is asked of those in panels, by jobs and when they apply.
fn ask_about_people(conn: &mut AnyConnection, me: MemberId) -> persistence::Result<()> {
    let (stamp, application) = (Stamp::new(at(), [0; 10]), ApplicationId::from(Uuid::from_u128(8)));
    panels::reminders::under_way(conn)?;
    let panel = panel();
    // Noon in Seoul.
    let noon = DateTime::from_timestamp(1_760_000_400, 0).unwrap();
    assert!(panels::reminders::due(conn, &panel, noon)?.is_empty());
    panels::reminders::missed(conn, &panel, noon, 10)?;
    panels::reminders::tell_result(conn, &stamp, panel.id)?;
    panels::announcement::of(conn, &panel)?;
    panels::strikes::of_member(conn, me)?;
    panels::excuses::of(conn, &[application])?;
    panels::results::of_panel(conn, panel.id)?;
    let reminder = panels::reminders::Reminder { id: Uuid::from_u128(9), member: me, panel: panel.id };
    notifications::panels::remind(conn, &reminder, at())?;
    notifications::panels::tell_applicants(conn, &stamp, News::PanelCancelled, panel.id)?;
    let mailings = notifications::panels::to_mail(conn, at(), 10)?;
    mailings.into_iter().try_for_each(|due| notifications::panels::take(conn, due).map(drop))
}

fn panel() -> Panel {
    let day = |day: u32| format!("2027-01-0{day}T00:00:00Z");
    let terms = serde_json::json!({
        "title": "체험단", "product": "이어폰", "contact": "desk@example.com", "seats": 1, "method": "manual",
        "schedule": { "opens_at": day(1), "closes_at": day(2), "announce_at": day(3), "confirm_by": day(4),
            "trial_days": 14, "report_days": 7 },
        "rules": "기한을 지킵니다.", "disclosure": "[협찬]",
    });
    Panel {
        id: PanelId::from(Uuid::from_u128(7)),
        terms: serde_json::from_value(terms).unwrap(),
        marks: Marks::default(),
        rules_hash: None,
        created_at: at(),
        updated_at: at(),
        version: 1,
    }
}

fn ask_about_reports(
    conn: &mut AnyConnection,
    panel: PanelId,
    after: Option<Place>,
) -> persistence::Result<()> {
    use domain::panels::reports::State as How;
    use panels::reports::{self, list::Which};

    let (report, work) = (ReportId::from(Uuid::from_u128(9)), WorkId::from(Uuid::from_u128(10)));
    for which in [How::Sent, How::RevisionRequested, How::Accepted].map(Which::In) {
        reports::list::list(conn, panel, which, after, Limit::default())?;
    }
    for which in [Which::All, Which::Published] {
        reports::list::list(conn, panel, which, after, Limit::default())?;
    }
    reports::list::perhaps_left_alone(conn, at(), 10)?;
    reports::of_application(conn, Uuid::from_u128(8).into())?;
    let nobody = reports::find(conn, &Actor::System, report);
    assert!(matches!(nobody, Err(persistence::Error::Missing)));
    reports::ideas::of_report(conn, &Actor::System, report)?;
    reports::ideas::of_idea(conn, &Actor::System, IdeaId::from(Uuid::from_u128(4)))?;
    panels::missions::of(conn, Uuid::from_u128(8).into())?;
    attachments::trials::of_reports(conn, &[report])?;
    attachments::trials::of_works(conn, &[work])?;
    attachments::links::ensure_pictures(conn, &[Uuid::from_u128(6).into()])?;
    for place in [Standing::Panel(panel), Standing::Report(report), Standing::Work(work)] {
        attachments::links::put(conn, at(), place, &[], MemberId::from(Uuid::from_u128(3)))?;
    }
    Ok(())
}
