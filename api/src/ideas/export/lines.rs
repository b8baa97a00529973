//! Ideas as lines of a file: of a table for spreadsheets, or of JSON.

use std::collections::BTreeMap;

use actix_web::web::Bytes;
use chrono::{DateTime, SecondsFormat, Utc};
use domain::{MemberId, fields::Answer};
use persistence::ideas::export::Exported;
use serde::Serialize;
use uuid::Uuid;

use super::{First, FormatName};
use crate::{
    error::Failure,
    fields::AnswerValueBody,
    language::Language,
    spreadsheet::{BOM, text},
};

/// How the file is laid out.
pub(super) struct Form {
    format: FormatName,
    /// What stands before the id in the address of an idea.
    address: String,
    /// The keys of the fields, in the order of the board.
    fields: Vec<String>,
    with_emails: bool,
    with_carried_votes: bool,
    language: Language,
}

/// An idea on a line of JSON.
#[derive(Serialize)]
struct Line {
    id: Uuid,
    url: String,
    title: String,
    body: String,
    status: String,
    status_name: String,
    category: &'static str,
    tags: Vec<String>,
    author: Option<Author>,
    vote_count: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    carried_votes: Option<i64>,
    comment_count: i64,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    merged_into: Option<Uuid>,
    fields: BTreeMap<String, AnswerValueBody>,
}

#[derive(Serialize)]
struct Author {
    id: Uuid,
    display_name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<String>,
}

impl Form {
    pub(super) fn new(format: FormatName, first: &First, public_url: &str, language: Language) -> Self {
        Self {
            format,
            address: format!("{public_url}/v1/ideas/"),
            fields: first.fields.iter().map(|field| field.key.to_string()).collect(),
            with_emails: first.with_emails,
            with_carried_votes: first.with_carried_votes,
            language,
        }
    }

    /// What the file begins with.
    pub(super) fn head(&self) -> Result<Bytes, Failure> {
        if self.format == FormatName::Jsonl {
            return Ok(Bytes::new());
        }
        let fixed = [
            ("id", true),
            ("url", true),
            ("title", true),
            ("body", true),
            ("status", true),
            ("status_name", true),
            ("category", true),
            ("tags", true),
            ("author_id", true),
            ("author_name", true),
            ("author_email", self.with_emails),
            ("vote_count", true),
            ("carried_votes", self.with_carried_votes),
            ("comment_count", true),
            ("created_at", true),
            ("updated_at", true),
            ("merged_into", true),
        ];
        let names = fixed.into_iter().filter(|(_, shown)| *shown).map(|(name, _)| name.to_owned());
        let fields = self.fields.iter().map(|key| format!("field.{key}"));
        let written = records([names.chain(fields).collect()])?;
        Ok([BOM.as_bytes(), &written].concat().into())
    }

    pub(super) fn lines(&self, ideas: Vec<Exported>) -> Result<Bytes, Failure> {
        match self.format {
            FormatName::Csv => {
                records(ideas.into_iter().map(|idea| self.cells(self.line(idea)))).map(Bytes::from)
            }
            FormatName::Jsonl => {
                let mut written = Vec::new();
                for idea in ideas {
                    serde_json::to_writer(&mut written, &self.line(idea)).map_err(Failure::internal)?;
                    written.push(b'\n');
                }
                Ok(written.into())
            }
        }
    }

    fn line(&self, exported: Exported) -> Line {
        let Exported { listed, body, author_email: email, answers } = exported;
        let idea = listed.idea;
        let author = idea.author_id.map(MemberId::uuid).zip(listed.author_name);
        let answers = answers.into_iter().map(|answered| (answered.field.key.to_string(), answered.answer));
        Line {
            id: idea.id.uuid(),
            url: format!("{}{}", self.address, idea.id),
            title: listed.title,
            body,
            status: idea.status.key.to_string(),
            status_name: self.language.pick(&idea.status.name.ko, &idea.status.name.en).clone(),
            category: idea.status.category.key(),
            tags: listed.tags,
            author: author.map(|(id, display_name)| Author { id, display_name, email }),
            vote_count: idea.vote_count,
            carried_votes: self.with_carried_votes.then_some(idea.carried_votes),
            comment_count: idea.comment_count,
            created_at: idea.created_at,
            updated_at: idea.updated_at,
            merged_into: idea.merged_into.map(|id| id.uuid()),
            fields: answers.map(|(key, answer): (String, Answer)| (key, answer.into())).collect(),
        }
    }

    /// The cells of a row, in the order of [`Form::head`].
    fn cells(&self, line: Line) -> Vec<String> {
        let time = |at: DateTime<Utc>| at.to_rfc3339_opts(SecondsFormat::AutoSi, true);
        let (id, name, email) = match line.author {
            Some(author) => (author.id.to_string(), author.display_name, author.email.unwrap_or_default()),
            None => Default::default(),
        };
        let fixed = [
            Some(line.id.to_string()),
            Some(line.url),
            Some(text(&line.title)),
            Some(text(&line.body)),
            Some(line.status),
            Some(text(&line.status_name)),
            Some(line.category.to_owned()),
            Some(text(&line.tags.join(", "))),
            Some(id),
            Some(text(&name)),
            self.with_emails.then(|| text(&email)),
            Some(line.vote_count.to_string()),
            line.carried_votes.map(|votes| votes.to_string()),
            Some(line.comment_count.to_string()),
            Some(time(line.created_at)),
            Some(time(line.updated_at)),
            Some(line.merged_into.map_or_else(String::new, |id| id.to_string())),
        ];
        let mut fields = line.fields;
        let answer = |key: &String| fields.remove(key).map_or_else(String::new, cell);
        fixed.into_iter().flatten().chain(self.fields.iter().map(answer)).collect()
    }
}

fn cell(answer: AnswerValueBody) -> String {
    match answer {
        AnswerValueBody::Text(words) => text(&words),
        AnswerValueBody::Number(number) => number.to_string(),
        AnswerValueBody::Flag(flag) => flag.to_string(),
        AnswerValueBody::Many(keys) => keys.join(", "),
    }
}

/// Rows as CSV (RFC 4180).
fn records(rows: impl IntoIterator<Item = Vec<String>>) -> Result<Vec<u8>, Failure> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    for row in rows {
        writer.write_record(row).map_err(Failure::internal)?;
    }
    writer.into_inner().map_err(Failure::internal)
}
