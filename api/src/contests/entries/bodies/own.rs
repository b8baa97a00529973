//! Entries as their teams see them.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, Utc};
use domain::{
    Actor, ContestId, EntryId, MemberId,
    contests::{
        Contest,
        entries::{Entry, State},
        screening::Screening,
        teams::Invitation,
    },
};
use persistence::{
    AnyConnection, Error, Result as Rows,
    contests::{entries::Whole, teams, versions},
};
use serde::Serialize;
use utoipa::ToSchema;

use super::{super::super::teams::TeamInvitationBody, EntryBody, ReceiptBody, Showing};
use crate::attachments::links::Links;

/// What only the team of an entry is shown.
#[derive(Debug, Serialize, ToSchema)]
pub struct YoursBody {
    /// What the entry is called in results, bundles and ballots, where nobody else knows that it is yours.
    #[schema(example = "9f86d081884c7d65")]
    pseudonym: String,
    /// Whether something changed since it was sent, which counts only once it is sent again.
    unsent_changes: bool,
    /// Until when it may be changed and sent.
    open_until: Option<DateTime<Utc>>,
    /// Who was asked into the team.
    invitations: Vec<TeamInvitationBody>,
    /// The keys of the consents you gave.
    #[schema(example = json!(["privacy"]))]
    consents: BTreeSet<String>,
}

/// An entry as one in its team sees it.
pub fn own(tx: &mut AnyConnection, actor: &Actor, whole: &Whole, links: &Links) -> Rows<EntryBody> {
    let Whole { entry, contest, .. } = whole;
    let (member, contests) = (actor.ensure_member()?, HashMap::from([(contest.id, contest)]));
    let mut shown = owned(tx, member, std::slice::from_ref(entry), &contests, (links, actor))?;
    shown.pop().ok_or(Error::Missing)
}

/// Entries in these contests as a member who is in all of them sees them, by as many statements as one of them takes.
pub fn owned(
    tx: &mut AnyConnection,
    member: MemberId,
    entries: &[Entry],
    contests: &HashMap<ContestId, &Contest>,
    with: (&Links, &Actor),
) -> Rows<Vec<EntryBody>> {
    let ids: Vec<EntryId> = entries.iter().map(|entry| entry.id).collect();
    let mut last = versions::last_of(tx, &ids)?;
    let mut agreed = teams::agreed_by(tx, member, &ids)?;
    let mut asked: HashMap<EntryId, Vec<Invitation>> = HashMap::new();
    for invitation in teams::invitations(tx, &ids)? {
        asked.entry(invitation.entry_id).or_default().push(invitation);
    }
    let showing = Showing::of(tx, &ids)?;
    let shown = |entry: &Entry| {
        let contest = contests.get(&entry.contest_id).ok_or(Error::Missing)?;
        let last = last.remove(&entry.id);
        let yours = YoursBody {
            pseudonym: contest.pseudonym_of_entry(entry.id),
            unsent_changes: last.as_ref().is_some_and(|(version, _)| version.content != entry.content),
            open_until: open_until(entry, contest),
            invitations: asked.get(&entry.id).into_iter().flatten().map(Into::into).collect(),
            consents: agreed.remove(&entry.id).unwrap_or_default(),
        };
        let receipt = last.map(|(version, sha256)| ReceiptBody::new(&version, sha256));
        let shown = showing.entry(entry, contest, &entry.content, with);
        Ok(EntryBody { receipt, yours: Some(yours), ..shown })
    };
    entries.iter().map(shown).collect()
}

fn open_until(entry: &Entry, contest: &Contest) -> Option<DateTime<Utc>> {
    let Screening { fix_until, .. } = entry.screening;
    match entry.state {
        State::Draft | State::Submitted => Some(contest.terms.schedule.closes_at),
        State::FixRequested => fix_until,
        State::Withdrawn | State::Accepted | State::Rejected | State::Calibration => None,
    }
}
