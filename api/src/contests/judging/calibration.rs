//! Samples, which every judge marks so that they can be compared.

use actix_web::{post, web};
use domain::{
    AttachmentId, Stamp,
    attachments::{MOST_AT_A_PLACE, Place},
    contests::{
        Barred, Contest, Phase,
        entries::{Content, Entry, State, Version},
        screening::Screening,
    },
    judging::SAMPLES_MOST,
};
use persistence::{
    AloneWith, AnyConnection, Error, Result as Rows,
    attachments::contests::{ensure_nameless, files},
    contests::{entries, versions},
};
use serde::Deserialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

use super::{
    super::{
        entries::{EntryBody, Showing, answers_of},
        run_alone,
    },
    give_samples,
};
use crate::{
    actor::SignedIn,
    app::App,
    attachments::{attach, each_in_order, links::Links},
    body::PathId,
    error::Failure,
    once::Post,
    reply::Reply,
    routes::Routes,
};

pub fn routes(to: &mut Routes<'_>) {
    to.service(create_calibration_entry);
}

/// A sample of an entry.
#[derive(Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct NewCalibrationBody {
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200, example = "지난해의 작품")]
    title: String,
    /// As those of an entry.
    #[serde(default)]
    #[schema(required = false, value_type = Object, example = json!({ "why": "모두의 뜰이라는 뜻입니다." }))]
    answers: Map<String, Value>,
    /// As that of an entry.
    #[validate(length(min = 1, max = 5_000))]
    #[schema(min_length = 1, max_length = 5_000, example = "쓰지 않았습니다.")]
    ai_use: String,
    /// Files of your own that were sent before.
    #[serde(default)]
    #[validate(length(max = MOST_AT_A_PLACE))]
    #[schema(required = false, max_items = 10)]
    attachment_ids: Vec<Uuid>,
}

/// The sample, as what was sent once.
fn sample(contest: &Contest, content: Content, stamp: &Stamp) -> Rows<(Entry, Version)> {
    let (id, at) = (stamp.id(0), stamp.at);
    let rules_hash = contest.rules_hash.ok_or_else(|| Error::Broken("a contest without rules".to_owned()))?;
    let version = Version { entry_id: id, number: 1, content: content.clone(), rules_hash, submitted_at: at };
    let entry = Entry {
        id,
        contest_id: contest.id,
        leader_id: None,
        state: State::Calibration,
        content,
        versions: 1,
        from_idea_id: None,
        idea_id: None,
        screening: Screening::default(),
        cut_in: None,
        created_at: at,
        updated_at: at,
        version: 1,
    };
    Ok((entry, version))
}

/// Whether a contest may have one more sample.
fn ensure_room(tx: &mut AnyConnection, contest: &Contest) -> Rows<()> {
    match entries::samples(tx, contest.id)?.len() >= SAMPLES_MOST {
        true => Err(Error::Refused(Barred::TooManySamples { most: SAMPLES_MOST }.into())),
        false => Ok(()),
    }
}

/// Make a sample that every judge marks
///
/// Nobody entered it: it is in no list but that of samples, counts nowhere and wins nothing. It comes before judges like any other, and
/// their marks tell how severe they are: so it needs all that an entry needs, and judges who do not see whose the others are. Up to
/// three, until the scores are locked.
#[utoipa::path(tag = "Contests", security(("bearer" = [])), params(("id" = Uuid, Path)), request_body = NewCalibrationBody,
    responses((status = 201, body = EntryBody), (status = 403, description = "run_by_others"),
        (status = 409, description = "contest_phase, judges_see_authors, too_many_samples")))]
#[post("/v1/contests/{id}/calibration")]
async fn create_calibration_entry(
    app: web::Data<App>,
    me: SignedIn,
    links: Links,
    PathId(id): PathId,
    post: Post<NewCalibrationBody>,
) -> Result<Reply<EntryBody>, Failure> {
    let (stamps, act) = ([app.stamp(), app.stamp()], app.act(&me, "create_calibration_entry"));
    let NewCalibrationBody { title, answers, ai_use, attachment_ids } = post.body;
    let bare = Content { title, answers: answers_of(answers)?, files: Vec::new(), original: true, ai_use };
    let wanted: Vec<AttachmentId> = each_in_order(&attachment_ids);
    app.write_once(&me.caller, post.once, AloneWith::Nobody, move |tx, actor| {
        let contest = run_alone(tx, actor, id.into())?;
        contest.ensure_in(&[Phase::Screening, Phase::Judging], stamps[0].at)?;
        contest.ensure_hides_samples()?;
        ensure_room(tx, &contest)?;
        ensure_nameless(tx, &contest, &wanted)?;
        let content = Content { files: files(tx, &wanted)?, ..bare.clone() }.whole(&contest.terms)?;
        let (entry, version) = sample(&contest, content, &stamps[0])?;
        entries::insert(tx, &stamps[0], &entry)?;
        versions::insert(tx, &version)?;
        attach(tx, &stamps[0], Place::Entry(entry.id), Some(&wanted), actor)?;
        give_samples(tx, &stamps[1], &contest)?;
        let sent = entries::last_sent(tx, entry.id)?;
        let shown = Showing::of(tx, &[entry.id])?.sent(&sent, &contest, (&links, actor));
        act.keep(tx, actor, id, None, Reply::created(&shown, format!("/v1/entries/{}", entry.id)).tagged(1))
    })
    .await
}
