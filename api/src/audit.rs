//! The audit log: who of staff did what, and who looked at whom.

mod act;

use actix_web::{get, web};
use chrono::{DateTime, Utc};
use domain::{
    access::Permission,
    audit::{By, Head},
    digest::hex,
};
use persistence::{
    Database,
    audit::{self, Filter, Linked},
    contests::judges,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

pub use self::act::{Act, facts};
use crate::{
    actor::SignedIn,
    app::App,
    body::Query,
    error::Failure,
    members::RoleName,
    page::{ListName, Listing, limit},
    reply::Reply,
    routes::Routes,
};

pub fn routes(to: &mut Routes<'_>) {
    to.service(list_audit);
}

/// Who did it.
#[derive(Debug, Serialize, ToSchema)]
pub struct ByBody {
    member_id: Uuid,
    /// Null for a member who is no more.
    #[schema(example = "아나")]
    display_name: Option<String>,
    /// The role they had.
    role: RoleName,
    /// The key with which a program did it for them.
    api_key_id: Option<Uuid>,
}

/// Something that staff did, or looked at.
#[derive(Debug, Serialize, ToSchema)]
pub struct AuditEntryBody {
    /// From 1, without gaps.
    number: i64,
    at: DateTime<Utc>,
    /// The request that asked for it, as in its `X-Request-Id`; null for the command line and the jobs.
    request_id: Option<String>,
    /// Null for the command line and the jobs.
    by: Option<ByBody>,
    /// The operation, as this document names it.
    #[schema(example = "update_board")]
    action: String,
    /// What it was done to.
    subject_id: Option<Uuid>,
    /// What was, as far as it differs.
    #[schema(value_type = Option<Object>, example = json!({ "name": "앱" }))]
    before: Option<Value>,
    /// What is now, as far as it differs. Of a look: whom it showed.
    #[schema(value_type = Option<Object>, example = json!({ "name": "모바일 앱" }))]
    after: Option<Value>,
    /// The SHA-256 of the entry and of the hash before it, in hexadecimal.
    #[schema(example = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")]
    hash: String,
}

impl AuditEntryBody {
    fn new((linked, name): (Linked, Option<String>)) -> Self {
        let Linked { entry, hash, .. } = linked;
        let value = |text: Option<String>| text.and_then(|text| serde_json::from_str(&text).ok());
        let by = match entry.by {
            By::Member { id, role, key } => Some(ByBody {
                member_id: id.uuid(),
                display_name: name,
                role: role.into(),
                api_key_id: key.map(domain::ApiKeyId::uuid),
            }),
            By::System => None,
        };
        Self {
            number: entry.number,
            at: entry.at,
            request_id: entry.request_id,
            by,
            action: entry.deed.action,
            subject_id: entry.deed.subject,
            before: value(entry.deed.before),
            after: value(entry.deed.after),
            hash: hex(hash),
        }
    }
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AuditQuery {
    /// Who did it.
    member: Option<Uuid>,
    #[param(max_length = 60, example = "update_member")]
    action: Option<String>,
    /// What it was done to.
    subject: Option<Uuid>,
    request_id: Option<String>,
    /// From then on.
    after: Option<DateTime<Utc>>,
    /// Earlier than that.
    before: Option<DateTime<Utc>>,
    #[param(minimum = 1, maximum = 100, default = 20)]
    limit: Option<i64>,
    cursor: Option<String>,
}

/// Read the audit log, latest first
///
/// Everything staff did and every look at personal data. Nothing personal is in it, and nothing in it is ever changed. It says whose an
/// entry of a contest is: so it is kept from whoever judges one until its result is released.
#[utoipa::path(tag = "Audit", security(("bearer" = [])), params(AuditQuery),
    responses((status = 200, body = Listing<AuditEntryBody>), (status = 403, description = "run_by_others")))]
#[get("/v1/audit")]
async fn list_audit(
    app: web::Data<App>,
    me: SignedIn,
    Query(query): Query<AuditQuery>,
) -> Result<Reply<Listing<AuditEntryBody>>, Failure> {
    let limit = limit(query.limit)?;
    let filter = Filter {
        member: query.member.map(Into::into),
        action: query.action,
        subject: query.subject,
        request_id: query.request_id,
        after: query.after,
        before: query.before,
    };
    let list = ListName::of(&["audit", &format!("{filter:?}")]);
    let after = list.place(&app.keys, query.cursor.as_deref())?;
    let page = app
        .read(&me.caller, move |tx, actor| {
            actor.ensure(Permission::SeeAudit)?;
            judges::ensure_judges_none(tx, actor)?;
            audit::list(tx, &filter, after, limit)
        })
        .await?;
    Ok(Reply::ok(&list.listing(&app.keys, page, None, AuditEntryBody::new)))
}

/// What a check of the chain found.
pub enum Verdict {
    /// Every entry is as it was written.
    Sound(Head),
    Broken(domain::audit::Broken),
    /// The entry that was noted as the end is not there, or is another.
    Rewritten(i64),
}

/// Follows the whole chain, and looks whether a noted end is on it: what was cut off at the end leaves no other trace.
///
/// # Errors
/// When the database fails.
pub async fn verify(db: &Database, noted: Option<Head>) -> Result<Verdict, Failure> {
    let (mut end, mut seen) = (Head::NONE, noted.is_none());
    loop {
        let (next, goes_on) = match db.read(move |tx| audit::follow(tx, end)).await? {
            Ok(next) => next,
            Err(broken) => return Ok(Verdict::Broken(broken)),
        };
        if let Some(noted) = noted.filter(|noted| (end.number..=next.number).contains(&noted.number)) {
            seen = db.read(move |tx| audit::holds(tx, noted)).await?;
        }
        end = next;
        if !goes_on {
            break;
        }
    }
    Ok(match noted {
        Some(noted) if !seen => Verdict::Rewritten(noted.number),
        Some(_) | None => Verdict::Sound(end),
    })
}
