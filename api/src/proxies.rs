//! On behalf: staff post and vote for a customer who called, came by or wrote.

use actix_web::{HttpRequest, delete, put, web};
use domain::{
    Actor, IdeaId, MemberId, Refusal, Stamp,
    access::Permission,
    ideas::Idea,
    members::{Attributes, DisplayName, Email, Locale, Member, Role},
    proxies::{Channel, Link, OnBehalf, ensure_customer},
    text::Fault,
};
use persistence::{
    AloneWith, AnyConnection, Error, Result as Rows, ideas,
    members::{self, NewMember},
    proxies::{self, Proxy},
    votes,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

use crate::{
    actor::SignedIn,
    app::App,
    body::{Json, PathId, field, present, uuid_in_path},
    error::Failure,
    ideas::AuthorBody,
    reply::Reply,
    routes::Routes,
    votes::{VoteBody, ensure_takes_vote_of},
};

pub fn routes(to: &mut Routes<'_>) {
    to.service(vote_on_behalf).close("/v1/ideas/{id}/votes/on-behalf");
    to.service(withdraw_vote_on_behalf);
}

/// How the customer told it.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ChannelName {
    Call,
    Visit,
    Mail,
    Other,
}

impl From<ChannelName> for Channel {
    fn from(name: ChannelName) -> Self {
        match name {
            ChannelName::Call => Self::Call,
            ChannelName::Visit => Self::Visit,
            ChannelName::Mail => Self::Mail,
            ChannelName::Other => Self::Other,
        }
    }
}

impl From<Channel> for ChannelName {
    fn from(channel: Channel) -> Self {
        match channel {
            Channel::Call => Self::Call,
            Channel::Visit => Self::Visit,
            Channel::Mail => Self::Mail,
            Channel::Other => Self::Other,
        }
    }
}

/// Who of staff acted for a customer, and how the customer told them.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProxyBody {
    channel: ChannelName,
    /// Where it is on record.
    #[schema(example = "https://crm.example.com/tickets/1042")]
    link: Option<String>,
    by: AuthorBody,
}

impl From<Proxy> for ProxyBody {
    fn from(Proxy { on_behalf, by_name }: Proxy) -> Self {
        Self {
            channel: on_behalf.channel.into(),
            link: on_behalf.link.map(|link| link.as_str().to_owned()),
            by: AuthorBody { id: on_behalf.by.uuid(), display_name: by_name },
        }
    }
}

/// For which customer: a member by `member_id`; or by `email` and `display_name`, which make the member when nobody has
/// the address.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "email": "jisoo@example.com", "display_name": "김지수", "channel": "call",
    "link": "https://crm.example.com/tickets/1042"
}))]
pub struct OnBehalfBody {
    #[serde(default, deserialize_with = "present")]
    #[schema(required = false, nullable = false)]
    member_id: Option<Uuid>,
    #[serde(default, deserialize_with = "present")]
    #[validate(length(max = 254))]
    #[schema(required = false, nullable = false, max_length = 254)]
    email: Option<String>,
    /// What a new member is called; a known one keeps their name.
    #[serde(default, deserialize_with = "present")]
    #[validate(length(min = 1, max = 50))]
    #[schema(required = false, nullable = false, min_length = 1, max_length = 50)]
    display_name: Option<String>,
    channel: ChannelName,
    /// Where it is on record: an `https` address.
    #[serde(default)]
    #[validate(length(max = 1_000))]
    #[schema(required = false, max_length = 1_000)]
    link: Option<String>,
}

/// A customer as staff name them, and how they told it.
#[derive(Clone)]
pub(crate) struct Customer {
    who: Who,
    channel: Channel,
    link: Option<Link>,
}

#[derive(Clone)]
enum Who {
    /// With the place in the body that names them.
    Known(MemberId, &'static str),
    At(Box<NewMember>),
}

impl OnBehalfBody {
    /// The customer of the whole body of a request.
    pub(crate) fn customer(&self) -> Result<Customer, Failure> {
        self.customer_in("", "member_id")
    }

    /// The customer of the part `on_behalf_of`.
    pub(crate) fn customer_of_part(&self) -> Result<Customer, Failure> {
        self.customer_in("/on_behalf_of", "on_behalf_of/member_id")
    }

    fn customer_in(&self, part: &str, member_id: &'static str) -> Result<Customer, Failure> {
        let at = |name: &str| format!("{part}/{name}");
        let who = match (self.member_id, &self.email, &self.display_name) {
            (Some(id), None, None) => Who::Known(id.into(), member_id),
            (Some(_), ..) => {
                return Err(Failure::field(at("member_id"), Fault::NotA("field beside the others")));
            }
            (None, None, _) => return Err(Failure::field(at("member_id"), Fault::Required)),
            (None, Some(_), None) => return Err(Failure::field(at("display_name"), Fault::Required)),
            (None, Some(email), Some(name)) => Who::At(Box::new(NewMember {
                email: field(&at("email"), Email::try_from(&**email))?,
                display_name: field(&at("display_name"), DisplayName::try_from(&**name))?,
                email_verified: false,
                role: Role::Member,
                locale: Locale::default(),
                attributes: Attributes::new(),
                password_hash: None,
                sso_subject: None,
            })),
        };
        let link = self.link.as_deref().map(|text| field(&at("link"), Link::try_from(text))).transpose()?;
        Ok(Customer { who, channel: self.channel.into(), link })
    }
}

impl Customer {
    /// The member, made if nobody has the address, and what is kept of who acts for them.
    pub(crate) fn find(
        &self,
        tx: &mut AnyConnection,
        stamp: &Stamp,
        by: MemberId,
    ) -> Rows<(Member, OnBehalf)> {
        let member = match &self.who {
            Who::At(new) => members::find_or_insert(tx, stamp, new)?,
            Who::Known(id, place) => members::find(tx, *id).map_err(|error| match error {
                Error::Missing => Refusal::Unfit { field: place, fault: Fault::NotA("member") }.into(),
                error => error,
            })?,
        };
        ensure_customer(&member)?;
        Ok((member, OnBehalf { by, channel: self.channel, link: self.link.clone() }))
    }
}

/// Where an idea's votes stand, and that of a customer.
#[derive(Debug, Serialize, ToSchema)]
pub struct CustomerVoteBody {
    #[serde(flatten)]
    vote: VoteBody,
    member: AuthorBody,
    /// Whether the customer votes for it.
    member_votes: bool,
    /// Who of staff cast the vote for them; null when they cast it themselves, or do not vote.
    on_behalf: Option<ProxyBody>,
}

/// Vote for an idea on behalf of a customer
///
/// One vote a person: where the customer votes already, nothing changes. Staff vouch for them, so the board is not asked
/// whom it lets vote; their vote budget is.
#[utoipa::path(tag = "Votes", security(("bearer" = [])), params(("id" = Uuid, Path)), request_body = OnBehalfBody,
    responses((status = 200, body = CustomerVoteBody), (status = 409,
        description = "not_a_customer, customer_blocked, idea_closed, idea_merged, vote_budget_spent")))]
#[put("/v1/ideas/{id}/votes/on-behalf")]
async fn vote_on_behalf(
    app: web::Data<App>,
    me: SignedIn,
    PathId(id): PathId,
    Json(body): Json<OnBehalfBody>,
) -> Result<Reply<CustomerVoteBody>, Failure> {
    let (id, stamps, customer) = (IdeaId::from(id), [app.stamp(), app.stamp()], body.customer()?);
    let act = app.act(&me, "vote_on_behalf");
    app.write(&me.caller, AloneWith::Nobody, move |tx, actor| {
        actor.ensure(Permission::ActOnBehalf)?;
        let (idea, on) = ideas::find(tx, actor, id)?;
        let (member, on_behalf) = customer.find(tx, &stamps[0], actor.ensure_member()?)?;
        let before = standing(tx, actor, &idea, &member)?.facts();
        if on.board.vote_budget.is_some() {
            votes::be_alone_with(tx, member.id)?;
        }
        if !votes::exists(tx, id, member.id)? {
            ensure_takes_vote_of(tx, member.id, &idea, &on)?;
            if votes::cast_anew(tx, &stamps[1], &idea, member.id)?.is_some() {
                proxies::record_vote(tx, stamps[1].at, id, member.id, &on_behalf)?;
            }
        }
        let after = standing(tx, actor, &idea, &member)?;
        act.keep(tx, actor, id.uuid(), before, after)
    })
    .await
}

/// Take back a vote that was cast on behalf
///
/// Taking back what was not cast changes nothing and is answered alike; a vote the customer cast is theirs.
#[utoipa::path(tag = "Votes", security(("bearer" = [])),
    params(("id" = Uuid, Path), ("member" = Uuid, Path, description = "The customer")),
    responses((status = 200, body = CustomerVoteBody),
        (status = 409, description = "own_vote, idea_closed, idea_merged")))]
#[delete("/v1/ideas/{id}/votes/{member}")]
async fn withdraw_vote_on_behalf(
    app: web::Data<App>,
    me: SignedIn,
    PathId(id): PathId,
    request: HttpRequest,
) -> Result<Reply<CustomerVoteBody>, Failure> {
    let (id, stamp, act) = (IdeaId::from(id), app.stamp(), app.act(&me, "withdraw_vote_on_behalf"));
    let member = MemberId::from(uuid_in_path(&request, "member")?);
    app.write(&me.caller, AloneWith::Nobody, move |tx, actor| {
        actor.ensure(Permission::ActOnBehalf)?;
        let (idea, _) = ideas::find(tx, actor, id)?;
        let member = members::find(tx, member)?;
        let before = standing(tx, actor, &idea, &member)?.facts();
        if votes::hold(tx, id, member.id)? {
            proxies::of_vote(tx, id, member.id)?.ok_or(Refusal::OwnVote)?;
            idea.ensure_takes_votes()?;
            if idea.hidden.is_some() {
                return Err(Error::Missing);
            }
            votes::withdraw(tx, &stamp, &idea, member.id)?;
        }
        let after = standing(tx, actor, &idea, &member)?;
        act.keep(tx, actor, id.uuid(), before, after)
    })
    .await
}

fn standing(
    tx: &mut AnyConnection,
    actor: &Actor,
    idea: &Idea,
    member: &Member,
) -> Rows<Reply<CustomerVoteBody>> {
    let my_vote = votes::exists(tx, idea.id, actor.ensure_member()?)?;
    let vote = VoteBody { idea_id: idea.id.uuid(), vote_count: votes::count(tx, idea.id)?, my_vote };
    Ok(Reply::ok(&CustomerVoteBody {
        vote,
        member_votes: votes::exists(tx, idea.id, member.id)?,
        on_behalf: proxies::of_vote(tx, idea.id, member.id)?.map(ProxyBody::from),
        member: AuthorBody { id: member.id.uuid(), display_name: member.display_name.as_str().to_owned() },
    }))
}
