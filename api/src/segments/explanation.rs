//! Why a member is in a segment, or not.

use actix_web::{HttpRequest, get, web};
use domain::{
    MemberId, SegmentId,
    access::Permission,
    members::Attribute,
    segments::{Facts, Finding, Test, Wanted},
};
use persistence::{members, segments};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{bodies::NamedBody, rules::WantedBody};
use crate::{
    actor::SignedIn,
    app::App,
    body::{PathId, uuid_in_path},
    error::Failure,
    language::Language,
    members::AttributeBody,
    reply::Reply,
};

/// Whether the rule of a segment holds for a member, and why.
#[derive(Debug, Serialize, ToSchema)]
pub struct ExplanationBody {
    segment_id: Uuid,
    member: NamedBody,
    matches: bool,
    /// Every comparison of the rule, in its order.
    because: Vec<FindingBody>,
}

/// What became of one comparison.
#[derive(Debug, Serialize, ToSchema)]
struct FindingBody {
    /// Where it stands in the segment, as a JSON pointer.
    #[schema(example = "/rule/all/0")]
    pointer: String,
    #[schema(example = "plan")]
    attribute: String,
    #[schema(example = "is")]
    op: &'static str,
    #[schema(example = "gold")]
    wanted: WantedBody,
    /// What the member has; null where there is nothing.
    #[schema(example = "iron")]
    found: Option<AttributeBody>,
    holds: bool,
    /// The same in words, in the caller's language.
    #[schema(example = "plan 값이 \"gold\" (회원의 값: \"iron\")")]
    words: String,
}

/// Say why a member is in a segment or not
///
/// By the rule and the attributes as they are now.
#[utoipa::path(tag = "Segments", security(("bearer" = [])),
    params(("id" = Uuid, Path), ("member" = Uuid, Path)), responses((status = 200, body = ExplanationBody)))]
#[get("/v1/segments/{id}/members/{member}")]
pub(super) async fn explain_segment_member(
    app: web::Data<App>,
    me: SignedIn,
    language: Language,
    request: HttpRequest,
    PathId(id): PathId,
) -> Result<Reply<ExplanationBody>, Failure> {
    let (id, member, now) =
        (SegmentId::from(id), MemberId::from(uuid_in_path(&request, "member")?), app.stamp().at);
    let act = app.act(&me, "explain_segment_member");
    app.look(&me.caller, move |tx, actor| {
        actor.ensure(Permission::ManageSegments)?;
        let (rule, member) = (segments::find(tx, id)?.rule, members::find(tx, member)?);
        act.look(tx, actor, Some(id.uuid()), [member.id.uuid()])?;
        let facts = Facts::of(&member);
        let because =
            rule.explain(&facts, now).into_iter().map(|finding| FindingBody::new(finding, language));
        Ok(Reply::ok(&ExplanationBody {
            segment_id: id.uuid(),
            member: NamedBody { id: member.id.uuid(), display_name: member.display_name.as_str().to_owned() },
            matches: rule.matches(&facts, now),
            because: because.collect(),
        }))
    })
    .await
}

impl FindingBody {
    fn new(finding: Finding<'_>, language: Language) -> Self {
        let words = words(&finding, language);
        Self {
            pointer: finding.pointer,
            attribute: finding.condition.attribute().to_owned(),
            op: finding.condition.test.op(),
            wanted: finding.condition.test.wanted().into(),
            found: finding.found.map(AttributeBody::from),
            holds: finding.holds,
            words,
        }
    }
}

fn written(value: &Attribute) -> String {
    match value {
        Attribute::Text(text) => format!("\"{text}\""),
        Attribute::Number(number) => number.to_string(),
        Attribute::Flag(flag) => flag.to_string(),
    }
}

fn words(finding: &Finding<'_>, language: Language) -> String {
    let name = finding.condition.attribute();
    let wanted = match finding.condition.test.wanted() {
        Wanted::One(value) => written(&value),
        Wanted::Many(values) => values.iter().map(written).collect::<Vec<_>>().join(", "),
    };
    let (ko, en) = match &finding.condition.test {
        Test::Is(_) => (format!("{name} 값이 {wanted}"), format!("{name} is {wanted}")),
        Test::IsNot(_) => (format!("{name} 값이 {wanted} 아님"), format!("{name} is not {wanted}")),
        Test::In(_) => (format!("{name} 값이 {wanted} 중 하나"), format!("{name} is one of {wanted}")),
        Test::Contains(_) => (format!("{name} 값에 {wanted} 포함"), format!("{name} contains {wanted}")),
        Test::AtLeast(_) => (format!("{name} 값이 {wanted} 이상"), format!("{name} is at least {wanted}")),
        Test::AtMost(_) => (format!("{name} 값이 {wanted} 이하"), format!("{name} is at most {wanted}")),
        Test::MoreThan(_) => (format!("{name} 값이 {wanted} 초과"), format!("{name} is more than {wanted}")),
        Test::LessThan(_) => (format!("{name} 값이 {wanted} 미만"), format!("{name} is less than {wanted}")),
        Test::Before(_) => (format!("{name} 값이 {wanted} 전"), format!("{name} is before {wanted}")),
        Test::After(_) => (format!("{name} 값이 {wanted} 이후"), format!("{name} is {wanted} or later")),
        Test::WithinDays(_) => {
            (format!("{name} 값이 최근 {wanted}일 안"), format!("{name} is in the last {wanted} days"))
        }
        Test::Exists(true) => (format!("{name} 값이 있음"), format!("{name} is there")),
        Test::Exists(false) => (format!("{name} 값이 없음"), format!("{name} is not there")),
    };
    let found = finding.found.as_ref().map_or(language.pick("없음", "none").to_owned(), written);
    language.pick(format!("{ko} (회원의 값: {found})"), format!("{en} (the member has: {found})"))
}
