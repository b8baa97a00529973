//! Posting an idea: for oneself, or on behalf of a customer.

use domain::{
    Action, Actor, AttachmentId, IdeaId, MemberId, Stamp,
    access::Permission,
    attachments::Place,
    fields::{Asked, Sent, answers},
    ideas::Words,
    proxies::OnBehalf,
};
use persistence::{
    AnyConnection, Error, Result as Rows,
    boards::Seen,
    fields::{self, Which},
    ideas::{self, NewIdea},
    moderation::{self, Post as Posted},
    proxies, votes,
};

use crate::{
    attachments::attach,
    moderation::held_for,
    proxies::Customer,
    votes::{ensure_may_vote, ensure_takes_vote_of},
};

/// An idea before it is posted.
pub(crate) struct Draft {
    pub words: Words,
    pub sent: Sent,
    pub attachments: Vec<AttachmentId>,
    pub customer: Option<Customer>,
}

impl Draft {
    /// Posts the idea, with its answers and its author's vote. The stamps are those of the idea, of the vote and of a new
    /// customer.
    pub(crate) fn post(
        &self,
        tx: &mut AnyConnection,
        actor: &Actor,
        on: &Seen,
        stamps: &[Stamp; 3],
    ) -> Rows<IdeaId> {
        let (author, on_behalf) = self.author(tx, actor, on, &stamps[2])?;
        let asked = fields::of_board(tx, on.board.id, Which::Asked)?;
        let answers = answers(&asked, &self.sent, Asked::All)?;
        // Staff vouch for what they post for others.
        let causes = match on_behalf {
            Some(_) => Vec::new(),
            None => held_for(tx, author, &on.board, &texts(&self.words), stamps[0].at)?,
        };
        let new = NewIdea {
            board: on.board.id,
            author: Some(author),
            words: self.words.clone(),
            source_id: None,
            carried_votes: 0,
            held: !causes.is_empty(),
        };
        let id = ideas::insert(tx, &stamps[0], &stamps[0], &new)?;
        fields::answers::insert(tx, id, &answers)?;
        attach(tx, &stamps[0], Place::Idea(id), Some(&self.attachments), actor)?;
        if let Some(on_behalf) = &on_behalf {
            proxies::record_post(tx, stamps[0].at, id, on_behalf)?;
        }
        let (idea, _) = ideas::find(tx, actor, id)?;
        if new.held {
            moderation::hold(tx, &stamps[0], Posted::Idea(&idea), &causes)?;
            return Ok(id);
        }
        // Not refused where voting is closed to the author or their budget is spent: then the idea goes without.
        let may_vote = match on_behalf {
            Some(_) => ensure_takes_vote_of(tx, author, &idea, on),
            None => ensure_may_vote(tx, actor, &idea, on),
        };
        match may_vote {
            Ok(()) => drop(votes::cast(tx, &stamps[1], &idea, author)?),
            Err(Error::Refused(_)) => return Ok(id),
            Err(error) => return Err(error),
        }
        if let Some(on_behalf) = &on_behalf {
            proxies::record_vote(tx, stamps[1].at, id, author, on_behalf)?;
        }
        Ok(id)
    }

    fn author(
        &self,
        tx: &mut AnyConnection,
        actor: &Actor,
        on: &Seen,
        stamp: &Stamp,
    ) -> Rows<(MemberId, Option<OnBehalf>)> {
        let Some(customer) = &self.customer else {
            on.ensure_may(actor, Action::Submit)?;
            return Ok((actor.ensure_member()?, None));
        };
        actor.ensure(Permission::ActOnBehalf)?;
        let (member, on_behalf) = customer.find(tx, stamp, actor.ensure_member()?)?;
        Ok((member.id, Some(on_behalf)))
    }
}

/// What of an idea is looked through.
pub(super) fn texts(words: &Words) -> Vec<&str> {
    let tags = words.tags.as_slice().iter().map(String::as_str);
    [words.title.as_str(), words.body.as_str()].into_iter().chain(tags).collect()
}
