//! The counters of comments against their rows.

use diesel::connection::SimpleConnection as _;
use domain::{
    Actor, CommentId,
    boards::{Board, BoardName, Description, Slug},
    comments::{Comment, Reaction, Said, wilson},
    ideas::{Body, Tags, Title, Words},
    members::{Attributes, DisplayName, Email, Locale, Role},
};
use persistence::{
    AloneWith, AnyConnection, Result, boards,
    comments::{
        self,
        change::{self, NewComment},
        reactions,
    },
    ideas::{self, NewIdea, upkeep},
    members,
};

use crate::{on_each_database, stamp};

/// A comment, a deleted reply to it and a reply to that, which two members agree with; the ids from the root.
fn a_thread(tx: &mut AnyConnection) -> Result<Vec<CommentId>> {
    let at = stamp(0, 16);
    let (name, slug) = (BoardName::try_from("앱").unwrap(), Slug::try_from("app").unwrap());
    let board = Board::open(at.id(0), name, slug, Description::default(), at.at);
    boards::insert(tx, &at, &board)?;
    let mut people = Vec::new();
    for nth in [32, 48, 64] {
        let new = members::NewMember {
            email: Email::try_from(&*format!("m{nth}@example.com")).unwrap(),
            display_name: DisplayName::try_from("m").unwrap(),
            email_verified: false,
            role: Role::Member,
            locale: Locale::Ko,
            attributes: Attributes::new(),
            password_hash: None,
            sso_subject: None,
        };
        people.push(members::insert(tx, &stamp(0, nth), &new)?.id);
    }
    let words =
        Words {
            title: Title::try_from("다크 모드").unwrap(), body: Body::default(), tags: Tags::default()
        };
    let new =
        NewIdea { board: board.id, author: None, words, source_id: None, carried_votes: 0, held: false };
    let idea = ideas::insert(tx, &stamp(0, 80), &stamp(0, 80), &new)?;
    let (idea, _) = ideas::find(tx, &Actor::System, idea)?;
    let said = Said::try_from("좋아요").unwrap();
    let mut thread: Vec<Comment> = Vec::new();
    for nth in [96, 112, 128] {
        let new = NewComment {
            idea: &idea,
            parent: thread.last(),
            author: people[0],
            internal: false,
            said: &said,
            mentions: &[],
            held: false,
        };
        let id = change::insert(tx, &stamp(1, nth), &new)?;
        thread.push(comments::find(tx, &Actor::System, id)?.0);
    }
    for (nth, member) in [(144, people[1]), (160, people[2])] {
        reactions::add(tx, &stamp(2, nth), board.id, &thread[2], member, Reaction::Agree)?;
    }
    change::delete(tx, &stamp(3, 176), &idea, &thread[1])?;
    Ok(thread.iter().map(|comment| comment.id).collect())
}

#[tokio::test]
async fn a_recount_finds_drift_of_comments_and_mends_it() {
    on_each_database(async |_, db| {
        let thread = db.write(AloneWith::Nobody, a_thread).await.unwrap();
        let look = || {
            let thread = thread.clone();
            db.read(move |tx| {
                thread.iter().map(|id| Ok(comments::find(tx, &Actor::System, *id)?.0)).collect::<Result<Vec<_>>>()
            })
        };
        let recount = || db.write(AloneWith::Nobody, |tx| upkeep::recount(tx, None, 10));
        let found = recount().await.unwrap();
        assert_eq!((found.counters, found.scores), (0, 0), "rows and counters change together");
        let before = look().await.unwrap();
        assert_eq!((before[0].reply_count, before[1].reply_count), (1, 1));
        assert_eq!((before[2].reactions.agree, before[2].best), (2, wilson(2, 0)));

        let spoil = db.write(AloneWith::Nobody, |tx| {
            tx.batch_execute(
                "UPDATE ideas SET comment_count = 7;
                 UPDATE comments SET reply_count = 0, thanks_count = 3, disagree_count = agree_count, best = 0.9",
            )?;
            Ok(())
        });
        spoil.await.unwrap();
        let found = recount().await.unwrap();
        // The idea, each of the three, and the root once more: its deleted reply counts only when mended.
        assert_eq!((found.counters, found.scores), (5, 3));
        assert_eq!(look().await.unwrap(), before);
        let found = recount().await.unwrap();
        assert_eq!((found.counters, found.scores), (0, 0));
    })
    .await;
}
