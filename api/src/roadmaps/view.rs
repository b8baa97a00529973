//! What stands on a roadmap, as a reader sees it.

use chrono::{DateTime, Utc};
use domain::{
    Actor, Refusal, RoadmapId,
    boards::Board,
    page::{Limit, Page, Place},
    roadmaps::Columns,
    text::Fault,
};
use persistence::{
    AnyConnection, Result as Rows,
    roadmaps::places::{self, Column},
    statuses,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{
    bodies::RoadmapFacts,
    columns::{RoadmapColumnBody, plain, shown},
};
use crate::{
    error::Failure,
    ideas::{BoardRefBody, IdeaSummaryBody},
    language::Language,
    page::{ListName, Listing, limit},
    tokens::Keys,
};

/// A column with the beginning of what stands in it.
#[derive(Debug, Serialize, ToSchema)]
pub struct FilledRoadmapColumnBody {
    #[serde(flatten)]
    column: RoadmapColumnBody,
    #[serde(flatten)]
    ideas: Listing<IdeaSummaryBody>,
}

/// A roadmap with what stands on it.
#[derive(Debug, Serialize, ToSchema)]
pub struct FilledRoadmapBody {
    #[serde(flatten)]
    pub(super) facts: RoadmapFacts,
    pub(super) columns: Vec<FilledRoadmapColumnBody>,
}

/// The plans of a board by its statuses.
#[derive(Debug, Serialize, ToSchema)]
pub struct BoardRoadmapBody {
    pub(super) board: BoardRefBody,
    pub(super) columns: Vec<FilledRoadmapColumnBody>,
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct RoadmapQuery {
    /// The key of a column: only this one, to go on reading it.
    column: Option<String>,
    /// How many ideas of each column.
    #[param(minimum = 1, maximum = 100, default = 20)]
    limit: Option<i64>,
    /// `next_cursor` of the column.
    cursor: Option<String>,
    /// Also count what stands in each column.
    #[serde(default)]
    include_total: bool,
}

/// A query, understood.
#[derive(Clone)]
pub(super) struct Asked {
    /// The roadmap or board that cursors belong to.
    whose: String,
    column: Option<String>,
    after: Option<Place>,
    limit: Limit,
    include_total: bool,
    pub(super) language: Language,
    pub(super) now: DateTime<Utc>,
}

impl RoadmapQuery {
    pub(super) fn asked(
        self,
        keys: &Keys,
        whose: String,
        (language, now): (Language, DateTime<Utc>),
    ) -> Result<Asked, Failure> {
        let after = match (&self.column, &self.cursor) {
            (None, Some(_)) => return Err(Failure::field("?column", Fault::Required)),
            (column, cursor) => {
                name(&whose, column.as_deref().unwrap_or("")).place(keys, cursor.as_deref())?
            }
        };
        let (limit, include_total) = (limit(self.limit)?, self.include_total);
        Ok(Asked { whose, column: self.column, after, limit, include_total, language, now })
    }
}

fn name(whose: &str, column: &str) -> ListName {
    ListName::of(&["roadmap", whose, column])
}

/// A column and the page of it that was asked for.
pub(super) struct Filled {
    column: RoadmapColumnBody,
    page: Page<IdeaSummaryBody>,
    total: Option<i64>,
}

impl Asked {
    /// The columns that were asked for, of a roadmap, or of the plain view of a board.
    pub(super) fn fill(
        &self,
        tx: &mut AnyConnection,
        actor: &Actor,
        board: &Board,
        roadmap: Option<(RoadmapId, &Columns)>,
    ) -> Rows<Vec<Filled>> {
        let steps = statuses::of_board(tx, board.id)?;
        let columns = roadmap.map_or_else(|| plain(&steps), |(_, columns)| columns.clone());
        let mut wanted = shown(&columns, &steps, self.language, self.now);
        if let Some(column) = &self.column {
            wanted.retain(|body| body.key == *column);
            if wanted.is_empty() {
                let fault = Fault::NotA("column of the roadmap");
                return Err(Refusal::Unfit { field: "?column", fault }.into());
            }
        }
        let mut filled = Vec::with_capacity(wanted.len());
        for body in wanted {
            let column = Column::of(board.id, roadmap.map(|(id, _)| id), &columns, &body.key);
            let page = places::list(tx, actor, &column, self.after, self.limit)?;
            let total = self.include_total.then(|| places::count(tx, actor, &column)).transpose()?;
            let summary =
                |listed| IdeaSummaryBody::new(listed, BoardRefBody::from(board), actor, self.language);
            filled.push(Filled { column: body, page: page.map(summary), total });
        }
        Ok(filled)
    }

    /// The columns as they are answered.
    pub(super) fn listed(&self, keys: &Keys, filled: Vec<Filled>) -> Vec<FilledRoadmapColumnBody> {
        let listed = |Filled { column, page, total }| {
            let ideas = name(&self.whose, &column.key).listing(keys, page, total, |idea| idea);
            FilledRoadmapColumnBody { column, ideas }
        };
        filled.into_iter().map(listed).collect()
    }
}
