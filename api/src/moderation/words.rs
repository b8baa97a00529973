//! Banned words, and trying what they would hold.

use actix_web::{delete, get, post, web};
use chrono::{DateTime, Utc};
use domain::{
    access::Permission,
    moderation::words::{Banned, List, Word, composed},
};
use persistence::{
    AloneWith,
    moderation::words::{self, Kept},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

use super::bodies::WordLanguageName;
use crate::{
    actor::SignedIn,
    app::App,
    audit::facts,
    body::{PathId, field, present},
    error::Failure,
    once::Post,
    page::Listing,
    reply::{Nothing, Reply},
};

/// A banned word.
#[derive(Debug, Serialize, ToSchema)]
pub struct BannedWordBody {
    id: Uuid,
    language: WordLanguageName,
    #[schema(example = "시발")]
    word: String,
    /// Words that it is a harmless part of.
    #[schema(example = json!(["시발점"]))]
    except: Vec<String>,
    created_at: DateTime<Utc>,
}

impl From<&Kept> for BannedWordBody {
    fn from(kept: &Kept) -> Self {
        Self {
            id: kept.id,
            language: kept.language.into(),
            word: kept.banned.word.as_str().to_owned(),
            except: kept.banned.except.iter().map(|word| word.as_str().to_owned()).collect(),
            created_at: kept.created_at,
        }
    }
}

/// How a word is described: 1-40 characters.
#[derive(ToSchema)]
#[schema(min_length = 1, max_length = 40, example = "시발점")]
#[expect(dead_code, reason = "names the form of a word in the document")]
pub struct WordText(String);

#[derive(Debug, Clone, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewBannedWordBody {
    language: WordLanguageName,
    /// At least one letter. Spaces, digits and signs in between, letters drawn out or apart do not hide it.
    #[validate(length(min = 1, max = 40))]
    #[schema(min_length = 1, max_length = 40, example = "시발")]
    word: String,
    /// Words that it is a harmless part of.
    #[serde(default)]
    #[validate(length(max = 20))]
    #[schema(value_type = Vec<WordText>, max_items = 20, example = json!(["시발점"]))]
    except: Vec<String>,
}

impl NewBannedWordBody {
    fn banned(&self) -> Result<Banned, Failure> {
        let except = self.except.iter().enumerate();
        let except = except.map(|(place, text)| {
            Word::try_from(&**text).map_err(|fault| Failure::field(format!("/except/{place}"), fault))
        });
        Ok(Banned {
            word: field("/word", Word::try_from(&*self.word))?,
            except: except.collect::<Result<_, _>>()?,
        })
    }
}

/// List the banned words, by language and word
#[utoipa::path(tag = "Moderation", security(("bearer" = [])),
    responses((status = 200, body = Listing<BannedWordBody>)))]
#[get("/v1/moderation/words")]
pub(super) async fn list_banned_words(
    app: web::Data<App>,
    me: SignedIn,
) -> Result<Reply<Listing<BannedWordBody>>, Failure> {
    app.read(&me.caller, move |tx, actor| {
        actor.ensure(Permission::Moderate)?;
        let items = words::all(tx)?.iter().map(BannedWordBody::from).collect();
        Ok(Reply::ok(&Listing { items, next_cursor: None, total: None }))
    })
    .await
}

/// Ban a word
///
/// What is posted with it from now on is held, of whoever is not staff.
#[utoipa::path(tag = "Moderation", security(("bearer" = [])), request_body = NewBannedWordBody,
    responses((status = 201, body = BannedWordBody), (status = 409, description = "word_taken, too_many_words")))]
#[post("/v1/moderation/words")]
pub(super) async fn create_banned_word(
    app: web::Data<App>,
    me: SignedIn,
    post: Post<NewBannedWordBody>,
) -> Result<Reply<BannedWordBody>, Failure> {
    let (stamp, act) = (app.stamp(), app.act(&me, "create_banned_word"));
    let kept = Kept {
        id: stamp.id::<Word>(0).uuid(),
        language: post.body.language.into(),
        banned: post.body.banned()?,
        created_at: stamp.at,
    };
    app.write_once(&me.caller, post.once, AloneWith::Nobody, move |tx, actor| {
        actor.ensure(Permission::Moderate)?;
        words::insert(tx, &stamp, &kept)?;
        let location = format!("/v1/moderation/words/{}", kept.id);
        act.keep(tx, actor, kept.id, None, Reply::created(&BannedWordBody::from(&kept), location))
    })
    .await
}

/// Ban a word no more
#[utoipa::path(tag = "Moderation", security(("bearer" = [])), params(("id" = Uuid, Path)),
    responses((status = 204)))]
#[delete("/v1/moderation/words/{id}")]
pub(super) async fn delete_banned_word(
    app: web::Data<App>,
    me: SignedIn,
    PathId(id): PathId,
) -> Result<Reply<Nothing>, Failure> {
    let act = app.act(&me, "delete_banned_word");
    app.write(&me.caller, AloneWith::Nobody, move |tx, actor| {
        actor.ensure(Permission::Moderate)?;
        let before = words::all(tx)?.into_iter().find(|kept| kept.id == id);
        words::delete(tx, id)?;
        act.keep(tx, actor, id, before.map(|kept| facts(&BannedWordBody::from(&kept))), Reply::nothing())
    })
    .await
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TryBody {
    #[validate(length(max = 50_000))]
    #[schema(max_length = 50_000, example = "이 시1발 버그 좀 고쳐 주세요")]
    text: String,
    /// The words to try; those that are banned now unless given.
    #[serde(default, deserialize_with = "present")]
    #[validate(length(max = 100), nested)]
    #[schema(required = false, nullable = false, value_type = Vec<NewBannedWordBody>, max_items = 100)]
    words: Option<Vec<NewBannedWordBody>>,
}

/// A banned word in a text.
#[derive(Debug, Serialize, ToSchema)]
pub struct HitBody {
    #[schema(example = "시발")]
    word: String,
    /// As it stands in the text.
    #[schema(example = "시1발")]
    written: String,
    /// Where it begins, in characters.
    #[schema(minimum = 0, example = 2)]
    from: usize,
    /// The character after it.
    #[schema(minimum = 1, example = 5)]
    to: usize,
}

/// What banned words would hold.
#[derive(Debug, Serialize, ToSchema)]
pub struct TriedBody {
    /// Whether a post with this text would be held for its words.
    held: bool,
    hits: Vec<HitBody>,
    /// The text as it was looked through, in the composed form that `from` and `to` count.
    #[schema(example = "이 시1발 버그 좀 고쳐 주세요")]
    text: String,
}

/// Try what banned words find in a text, and store nothing
#[utoipa::path(tag = "Moderation", security(("bearer" = [])), request_body = TryBody,
    responses((status = 200, body = TriedBody)))]
#[post("/v1/moderation/words/try")]
pub(super) async fn try_banned_words(
    app: web::Data<App>,
    me: SignedIn,
    post: Post<TryBody>,
) -> Result<Reply<TriedBody>, Failure> {
    let tried = post.body.words.as_ref().map(|words| {
        let named = words.iter().enumerate();
        named
            .map(|(place, word)| word.banned().map_err(|failure| failure.under(&format!("/words/{place}"))))
            .collect()
    });
    let tried: Option<Vec<Banned>> = tried.transpose()?;
    let text = composed(&post.body.text);
    app.read(&me.caller, move |tx, actor| {
        actor.ensure(Permission::Moderate)?;
        let banned = match &tried {
            Some(tried) => tried.clone(),
            None => words::all(tx)?.into_iter().map(|kept| kept.banned).collect(),
        };
        let letters: Vec<char> = text.chars().collect();
        let hits = List::new(&banned).hits(&text);
        let hits: Vec<HitBody> = hits
            .into_iter()
            .map(|hit| HitBody {
                word: banned[hit.nth].word.as_str().to_owned(),
                written: letters[hit.from..hit.to].iter().collect(),
                from: hit.from,
                to: hit.to,
            })
            .collect();
        Ok(Reply::ok(&TriedBody { held: !hits.is_empty(), hits, text: text.clone() }))
    })
    .await
}
