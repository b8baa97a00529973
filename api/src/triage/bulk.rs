//! Bulk actions: one decision about many ideas, all or nothing.

use actix_web::{post, web};
use domain::{Actor, IdeaId, Refusal, Stamp, access::Permission, statuses::StatusKey, text::Fault};
use persistence::{
    AloneWith, AnyConnection, Error, Result as Rows, ideas,
    ideas::change::Explained,
    triage::{self, inbox, views as stored},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

use super::{NewMarks, UpdateTriageBody, shown, views::question};
use crate::{
    actor::SignedIn,
    app::App,
    error::Failure,
    language::Language,
    once::Post,
    reply::Reply,
    routes::Routes,
    statuses::{SetStatusBody, move_idea, unknown},
};

/// The most ideas one action is about.
const MOST: i64 = 500;

pub fn routes(to: &mut Routes<'_>) {
    to.service(bulk_triage);
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BulkBody {
    /// The ideas; or else a `view`.
    #[serde(default)]
    #[validate(length(min = 1, max = 500))]
    #[schema(required = false, nullable = false, value_type = Vec<Uuid>, min_items = 1, max_items = 500)]
    ids: Option<Vec<Uuid>>,
    /// A saved view, whose ideas they are.
    #[serde(default)]
    #[schema(required = false)]
    view: Option<Uuid>,
    /// How many ideas the view is expected to hold: 409 when it holds others by now.
    #[serde(default)]
    #[schema(required = false, minimum = 1, maximum = 500)]
    expected_count: Option<i64>,
    /// Move them.
    #[serde(default)]
    #[validate(nested)]
    #[schema(required = false)]
    set_status: Option<SetStatusBody>,
    /// Mark them.
    #[serde(default)]
    #[validate(nested)]
    #[schema(required = false)]
    mark: Option<UpdateTriageBody>,
}

/// What was changed.
#[derive(Debug, Serialize, ToSchema)]
pub struct BulkDoneBody {
    changed: Vec<Uuid>,
    /// Those that were so already.
    unchanged: Vec<Uuid>,
}

/// Which ideas, understood.
#[derive(Clone)]
enum Which {
    Ids(Vec<IdeaId>),
    View(Uuid, i64),
}

/// What is to be done, understood.
#[derive(Clone)]
struct Action {
    status: Option<(StatusKey, Explained)>,
    mark: Option<NewMarks>,
}

impl BulkBody {
    fn which(&self) -> Result<Which, Failure> {
        match (&self.ids, self.view, self.expected_count) {
            (Some(ids), None, None) => {
                let mut ids: Vec<IdeaId> = ids.iter().copied().map(IdeaId::from).collect();
                ids.sort();
                ids.dedup();
                Ok(Which::Ids(ids))
            }
            (None, Some(view), Some(count)) if (1..=MOST).contains(&count) => Ok(Which::View(view, count)),
            (None, Some(_), Some(_)) => {
                Err(Failure::field("/expected_count", Fault::NotA("number from 1 to 500")))
            }
            (None, Some(_), None) => Err(Failure::field("/expected_count", Fault::Required)),
            (None, None, _) => Err(Failure::field("/ids", Fault::Required)),
            (Some(_), ..) => Err(Failure::field("/view", Fault::NotA("view beside ids"))),
        }
    }

    fn action(&self) -> Result<Action, Failure> {
        let status = self.set_status.as_ref().map(|body| {
            body.key().and_then(|key| Ok((key, body.why()?))).map_err(|failure| failure.under("/set_status"))
        });
        let action = Action {
            status: status.transpose()?,
            mark: self.mark.as_ref().map(|body| body.marks("/mark")).transpose()?,
        };
        if action.status.is_none() && action.mark.is_none() {
            return Err(Failure::field("/set_status", Fault::Required));
        }
        Ok(action)
    }
}

/// Decide about many ideas at once
///
/// Up to 500 ids, or those of a saved view as long as it holds as many as expected. All or nothing.
#[utoipa::path(tag = "Triage", security(("bearer" = [])), request_body = BulkBody,
    responses((status = 200, body = BulkDoneBody),
        (status = 409, description = "count_changed, transition_not_allowed, only_by_merging")))]
#[post("/v1/triage/bulk")]
async fn bulk_triage(
    app: web::Data<App>,
    me: SignedIn,
    language: Language,
    post: Post<BulkBody>,
) -> Result<Reply<BulkDoneBody>, Failure> {
    let (which, action) = (post.body.which()?, post.body.action()?);
    let audit = app.act(&me, "bulk_triage");
    // Each idea has a stamp of its own, because each has a timeline and supporters of its own.
    let stamps: Vec<Stamp> = (0..MOST).map(|_| app.stamp()).collect();
    app.write_once(&me.caller, post.once, AloneWith::Nobody, move |tx, actor| {
        actor.ensure(Permission::Triage)?;
        let ids = found(tx, actor, &which, &stamps[0])?;
        let mut done = BulkDoneBody { changed: Vec::new(), unchanged: Vec::new() };
        for (id, stamp) in ids.into_iter().zip(&stamps) {
            let before = shown(tx, actor, id, language).map_err(unseen)?.facts();
            match act(tx, actor, stamp, id, &action).map_err(unseen)? {
                true => {
                    let after = shown(tx, actor, id, language)?;
                    audit.keep(tx, actor, id.uuid(), before, after)?;
                    done.changed.push(id.uuid());
                }
                false => done.unchanged.push(id.uuid()),
            }
        }
        Ok(Reply::ok(&done))
    })
    .await
}

fn found(tx: &mut AnyConnection, actor: &Actor, which: &Which, stamp: &Stamp) -> Rows<Vec<IdeaId>> {
    match which {
        Which::Ids(ids) => Ok(ids.clone()),
        Which::View(view, expected) => {
            let unfit =
                |_| Error::from(Refusal::Unfit { field: "view", fault: Fault::NotA("view of yours") });
            let view = stored::find(tx, actor.ensure_member()?, (*view).into()).map_err(unfit)?;
            // What was kept made sense when it was kept.
            let wanted = question(&view)?.wanted().map_err(|failure| Error::Broken(failure.to_string()))?;
            let (inbox, _) = wanted.inbox(tx, actor, stamp.at)?;
            let ids = inbox::ids(tx, &inbox, wanted.order, MOST + 1)?;
            let count = i64::try_from(ids.len()).unwrap_or(i64::MAX);
            if count == *expected { Ok(ids) } else { Err(Refusal::CountChanged { count }.into()) }
        }
    }
}

fn unseen(error: Error) -> Error {
    match error {
        Error::Missing => {
            Refusal::Unfit { field: "ids", fault: Fault::NotA("list of ideas that can be seen") }.into()
        }
        error => error,
    }
}

/// Does it to one idea; says whether that changed anything.
fn act(tx: &mut AnyConnection, actor: &Actor, stamp: &Stamp, id: IdeaId, action: &Action) -> Rows<bool> {
    let (idea, on) = ideas::find(tx, actor, id)?;
    let mut changed = false;
    if let Some((wanted, why)) = &action.status {
        actor.ensure(Permission::SetStatus)?;
        if idea.status.key != *wanted {
            move_idea(tx, actor, stamp, (&idea, &on.board), wanted, why)
                .map_err(unknown("set_status/status"))?;
            changed = true;
        }
    }
    if let Some(new) = &action.mark {
        let before = triage::marks_of(tx, id)?;
        let after = new.over(tx, &before)?;
        if after != before {
            // After the two entries that a move may write.
            triage::mark(tx, (stamp, 2), &idea, (&before, &after), actor.member_id())?;
            changed = true;
        }
    }
    Ok(changed)
}
