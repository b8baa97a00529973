//! Entries as they are written in requests and answers. What their teams alone are shown is in `own`.

mod own;

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use domain::{
    Actor, EntryId, MemberId,
    attachments::{Attachment, Place},
    contests::{
        Contest,
        answers::Answers,
        entries::{Content, Entry, File, State, Version},
    },
    digest,
};
use persistence::{
    AnyConnection, Result as Rows,
    attachments::contests::of_entries,
    contests::{entries::Sent, teams},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use self::own::YoursBody;
pub use self::own::{own, owned};
use super::super::{ContestRefBody, screening::ScreeningBody};
use crate::attachments::{AttachmentBody, links::Links};

/// How far an entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum EntryStateName {
    Draft,
    Submitted,
    Withdrawn,
    Accepted,
    Rejected,
    /// It may be mended, once, until `screening.fix_until`.
    FixRequested,
    /// A sample, which every judge marks.
    Calibration,
}

impl From<State> for EntryStateName {
    fn from(state: State) -> Self {
        match state {
            State::Draft => Self::Draft,
            State::Submitted => Self::Submitted,
            State::Withdrawn => Self::Withdrawn,
            State::Accepted => Self::Accepted,
            State::Rejected => Self::Rejected,
            State::FixRequested => Self::FixRequested,
            State::Calibration => Self::Calibration,
        }
    }
}

/// How far an entry is that those who screen may read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReadStateName {
    Submitted,
    Accepted,
    Rejected,
    FixRequested,
    /// A sample, which is in no other list.
    Calibration,
}

impl From<ReadStateName> for State {
    fn from(name: ReadStateName) -> Self {
        match name {
            ReadStateName::Submitted => Self::Submitted,
            ReadStateName::Accepted => Self::Accepted,
            ReadStateName::Rejected => Self::Rejected,
            ReadStateName::FixRequested => Self::FixRequested,
            ReadStateName::Calibration => Self::Calibration,
        }
    }
}

/// What shows that an entry was sent, as it was and when.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReceiptBody {
    entry_id: Uuid,
    /// Which time it was, from 1.
    #[schema(minimum = 1, example = 1)]
    version: i32,
    /// Of the canonical JSON of `{"content", "entry_id", "rules_hash", "submitted_at", "version"}`, in base 16; the time with
    /// microseconds.
    #[schema(
        pattern = "^[0-9a-f]{64}$",
        example = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
    )]
    sha256: String,
    submitted_at: DateTime<Utc>,
    /// Of the rules it was sent under.
    #[schema(
        pattern = "^[0-9a-f]{64}$",
        example = "60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752"
    )]
    rules_hash: String,
}

impl ReceiptBody {
    fn new(version: &Version, sha256: String) -> Self {
        Self {
            entry_id: version.entry_id.uuid(),
            version: version.number,
            sha256,
            submitted_at: version.submitted_at,
            rules_hash: digest::hex(version.rules_hash),
        }
    }
}

/// A version of an entry as it was sent.
#[derive(Debug, Serialize, ToSchema)]
pub struct EntryVersionBody {
    receipt: ReceiptBody,
    /// What was hashed.
    #[schema(value_type = Object, example = json!({ "title": "한마당", "answers": { "why": "크고 함께" }, "files": [], "original": true, "ai_use": "쓰지 않았습니다." }))]
    content: Value,
}

impl EntryVersionBody {
    pub(super) fn new((version, sha256): (Version, String)) -> Self {
        let content = serde_json::to_value(&version.content).unwrap_or_default();
        Self { receipt: ReceiptBody::new(&version, sha256), content }
    }
}

/// All versions of an entry, the last first.
#[derive(Debug, Serialize, ToSchema)]
pub struct EntryVersionsBody {
    pub(super) items: Vec<EntryVersionBody>,
}

/// Somebody in the team of an entry.
#[derive(Debug, Serialize, ToSchema)]
pub struct TeammateBody {
    member_id: Uuid,
    #[schema(example = "아나")]
    display_name: String,
    /// Whether they lead the team, or entered alone.
    leads: bool,
}

/// An entry: to its team as they have it now, to those who screen it as it was sent last.
#[derive(Debug, Serialize, ToSchema)]
pub struct EntryBody {
    id: Uuid,
    contest: ContestRefBody,
    state: EntryStateName,
    #[schema(example = "한마당")]
    title: String,
    /// Answers by the key of their question.
    #[schema(value_type = Object, example = json!({ "why": "크고 함께라는 뜻입니다." }))]
    answers: Answers,
    attachments: Vec<AttachmentBody>,
    /// Whether the team states that it is their own.
    original: bool,
    /// Where AI had a part in it.
    #[schema(example = "쓰지 않았습니다.")]
    ai_use: String,
    /// Who is in it; nobody once they are forgotten.
    team: Vec<TeammateBody>,
    /// Of the last version that was sent; null before.
    receipt: Option<ReceiptBody>,
    screening: ScreeningBody,
    /// The idea it grew out of.
    from_idea_id: Option<Uuid>,
    /// The idea that was made of it.
    idea_id: Option<Uuid>,
    /// For the team.
    #[serde(skip_serializing_if = "Option::is_none")]
    yours: Option<YoursBody>,
    /// For those who run the contest: what the entry is called in results, ties and bundles.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "9f86d081884c7d65")]
    pseudonym: Option<String>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

/// What entries are shown with.
pub struct Showing {
    names: HashMap<EntryId, Vec<(MemberId, String)>>,
    files: HashMap<Place, Vec<Attachment>>,
}

impl Showing {
    pub fn of(tx: &mut AnyConnection, entries: &[EntryId]) -> Rows<Self> {
        Ok(Self { names: teams::names(tx, entries)?, files: of_entries(tx, entries)? })
    }

    /// Whom this shows.
    pub fn members(&self) -> Vec<Uuid> {
        self.names.values().flatten().map(|(member, _)| member.uuid()).collect()
    }

    fn entry(
        &self,
        entry: &Entry,
        contest: &Contest,
        content: &Content,
        with: (&Links, &Actor),
    ) -> EntryBody {
        let Entry { id, state, leader_id, .. } = entry;
        let named = self.names.get(id).into_iter().flatten();
        let team = named.map(|(member, name)| TeammateBody {
            member_id: member.uuid(),
            display_name: name.clone(),
            leads: Some(*member) == *leader_id,
        });
        let standing = self.files.get(&Place::Entry(*id)).map_or(&[][..], Vec::as_slice);
        let file = |file: &File| standing.iter().find(|one| one.id.uuid() == file.id).cloned();
        EntryBody {
            id: id.uuid(),
            contest: contest.into(),
            state: (*state).into(),
            title: content.title.clone(),
            answers: content.answers.clone(),
            attachments: AttachmentBody::list(
                content.files.iter().filter_map(file).collect(),
                with.0,
                with.1,
            ),
            original: content.original,
            ai_use: content.ai_use.clone(),
            team: team.collect(),
            receipt: None,
            screening: ScreeningBody::new(entry, contest),
            from_idea_id: entry.from_idea_id.map(|id| id.uuid()),
            idea_id: entry.idea_id.map(|id| id.uuid()),
            yours: None,
            pseudonym: None,
            created_at: entry.created_at,
            updated_at: entry.updated_at,
        }
    }

    /// As it was sent, for those who run the contest.
    pub fn sent(&self, sent: &Sent, contest: &Contest, with: (&Links, &Actor)) -> EntryBody {
        let receipt = contest.rules_hash.map(|rules_hash| ReceiptBody {
            entry_id: sent.entry.id.uuid(),
            version: sent.entry.versions,
            sha256: sent.sha256.clone(),
            submitted_at: sent.submitted_at,
            rules_hash: digest::hex(rules_hash),
        });
        let pseudonym = Some(contest.pseudonym_of_entry(sent.entry.id));
        EntryBody { receipt, pseudonym, ..self.entry(&sent.entry, contest, &sent.content, with) }
    }
}
