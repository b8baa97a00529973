//! A search gives the same whichever way it is gone about: by how common its words are, each plan has its turn here.

use domain::{
    Actor, BoardId, IdeaId,
    boards::{Board, BoardName, Description, Slug},
    ideas::{Body, Tags, Title, Words},
    page::{Limit, Sort},
    search::{Folded, Query},
};
use persistence::{
    AloneWith, AnyConnection, Database, boards,
    ideas::{
        self, NewIdea,
        list::{Boards, Filter},
    },
};

use crate::{on_each_database, stamp};

const IDEAS: i64 = 4_200;

struct Stored {
    id: IdeaId,
    board: BoardId,
    title: Folded,
    whole: Folded,
}

/// Every idea holds `공통`, every seventh `가끔` and `apart`, every hundredth `드문`; one in three has them in its body. The
/// second board has few ideas, and one of them holds what nearly all of the first hold.
fn fill(tx: &mut AnyConnection) -> persistence::Result<Vec<Stored>> {
    let mut made = Vec::new();
    for (slug, from, to) in [("large", 0, IDEAS), ("small", IDEAS, IDEAS + 20)] {
        let opened = stamp(from, 1);
        let (name, slug) = (BoardName::try_from(slug).unwrap(), Slug::try_from(slug).unwrap());
        let board = Board::open(opened.id(0), name, slug, Description::default(), opened.at);
        boards::insert(tx, &opened, &board)?;
        for n in from..to {
            let mut words =
                if from == 0 || n == to - 1 { format!("공통의 말 {n}") } else { format!("말 {n}") };
            if n % 7 == 0 {
                words.push_str(" 가끔씩 apart");
            }
            if n % 100 == 0 {
                words.push_str(" 드문 공 통의");
            }
            let (title, body) =
                if n % 3 == 0 { (format!("제목 {n}"), words) } else { (words, String::new()) };
            let at = stamp(n, 2);
            let words = Words {
                title: Title::try_from(&*title).unwrap(),
                body: Body::try_from(&*body).unwrap(),
                tags: Tags::default(),
            };
            // Many have as many votes as others.
            let new = NewIdea {
                board: board.id,
                author: None,
                words,
                source_id: None,
                carried_votes: n % 5,
                held: false,
            };
            let id = ideas::insert(tx, &at, &at, &new)?;
            let whole = Folded::new(&format!("{title} {body}"));
            made.push(Stored { id, board: board.id, title: Folded::new(&title), whole });
        }
    }
    Ok(made)
}

/// What a search must give: by the definition of a hit, idea by idea.
fn expected(stored: &[Stored], board: Option<BoardId>, query: &Query) -> Vec<IdeaId> {
    let votes = |idea: &Stored| {
        let place = stored.iter().position(|other| other.id == idea.id).unwrap();
        place % 5
    };
    let mut hits: Vec<&Stored> = stored
        .iter()
        .filter(|idea| board.is_none_or(|board| board == idea.board) && query.hits(&idea.whole))
        .collect();
    hits.sort_by_key(|idea| std::cmp::Reverse((query.hits(&idea.title), votes(idea), idea.id)));
    hits.into_iter().map(|idea| idea.id).collect()
}

async fn found(db: &Database, board: Option<BoardId>, query: &Query) -> Vec<IdeaId> {
    let (mut ids, mut after) = (Vec::new(), None);
    let limit = Limit::of(Limit::MOST).unwrap();
    loop {
        let mut filter = Filter::of_boards(board.map_or(Boards::Every, |board| Boards::Only(vec![board])));
        filter.query = Some(query.clone());
        let page = db
            .read(move |tx| ideas::list::list(tx, &Actor::Visitor, &filter, &Sort::Relevance, after, limit));
        let page = page.await.unwrap();
        ids.extend(page.items.iter().map(|listed| listed.idea.id));
        after = page.next;
        if after.is_none() {
            return ids;
        }
    }
}

#[tokio::test]
async fn common_and_rare_words_give_the_hits_in_the_same_order() {
    on_each_database(async |_, db| {
        let stored = db.write(AloneWith::Nobody, fill).await.unwrap();
        let (large, small) = (stored[0].board, stored.last().unwrap().board);
        for text in
            ["공통", "공통의", "공", "가끔", "가끔씩", "apart", "드문", "드문 가끔", "공통의 apart", "없는말"]
        {
            let query = Query::new(text);
            for board in [None, Some(large), Some(small)] {
                let expected = expected(&stored, board, &query);
                assert_eq!(found(db, board, &query).await, expected, "{text} on {board:?}");
            }
        }
        assert_eq!(expected(&stored, Some(small), &Query::new("공통")).len(), 1);
    })
    .await;
}
