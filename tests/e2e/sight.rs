//! What is out of sight shows nowhere: held, rejected, hidden and deleted posts and what stands on a board one may not view,
//! against every way to come across them, for every kind of caller.

use kit::{TestApp, files, on_each_database, people::Person};
use serde_json::{Value, json};

/// Why a post is not everybody's to know of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Why {
    Held,
    Rejected,
    Hidden,
    Deleted,
    /// It is there, on a board for staff.
    Elsewhere,
}

const WHYS: [Why; 5] = [Why::Held, Why::Rejected, Why::Hidden, Why::Deleted, Why::Elsewhere];

/// A post with a word that stands nowhere else.
struct Secret {
    why: Why,
    word: String,
    id: String,
    /// Of an idea the file that is linked to it, with the address that was signed for the voter while they could see it.
    file: Option<(String, Option<String>)>,
    /// Of a comment the idea it stands under.
    under: Option<String>,
}

struct Scene<'a> {
    secrets: Vec<Secret>,
    author: Person<'a>,
    voter: Person<'a>,
    /// An idea that everybody sees.
    open: String,
    roadmap: String,
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

/// A word of syllables that no other text here has.
fn word(why: Why, kind: &str) -> String {
    let nth = WHYS.iter().position(|other| *other == why).unwrap();
    format!("{}{}비밀", ["뷁", "쀍", "꿹", "뛟", "쭯"][nth], if kind == "idea" { "제안" } else { "댓글" })
}

async fn posted(author: &Person<'_>, board: &str, word: &str) -> (String, Value) {
    let file = author.upload(&format!("{word}.png"), files::png(8, 8)).await.expect(201);
    let body = json!({ "title": format!("{word} 다크 모드"), "body": word, "tags": [word], "attachment_ids": [file["id"]] });
    let made = author.post(&format!("/v1/boards/{board}/ideas"), &body).await.expect(201);
    (text(&made["id"]), made["attachments"][0].clone())
}

/// Brings a post where it is to be.
async fn withhold(moderator: &Person<'_>, path: &str, why: Why) {
    let decision = match why {
        Why::Held | Why::Elsewhere => return,
        Why::Deleted => return drop(moderator.delete(path).await.expect(204)),
        Why::Rejected => "reject",
        Why::Hidden => "hide",
    };
    let body = json!({ "decision": decision, "reason": "이유" });
    moderator.post(&format!("{path}/moderation"), &body).await.expect(200);
}

async fn scene(app: &TestApp) -> Scene<'_> {
    let (pm, moderator) = (app.staff("product_manager").await, app.staff("moderator").await);
    let (author, voter) = (app.member("author").await, app.member("voter").await);
    pm.board("open", json!({ "voters_visible": true })).await;
    pm.board("first", json!({ "moderation": "approve_first" })).await;
    pm.board("inside", json!({ "view": "staff" })).await;
    let open = author.idea("open", "누구나 보는 다크 모드").await;
    for person in [&author, &voter] {
        for board in ["open", "first"] {
            person.put(&format!("/v1/boards/{board}/follow")).await.expect(200);
        }
    }
    // A comment on a board that approves everything first stands under an idea that everybody sees.
    let first = pm.idea("first", "운영진의 다크 모드").await;
    let mut secrets = Vec::new();
    for why in WHYS {
        let (board, under) = match why {
            Why::Held | Why::Rejected => ("first", &first),
            Why::Hidden | Why::Deleted => ("open", &open),
            Why::Elsewhere => ("inside", &open),
        };
        let poster = if why == Why::Elsewhere { &pm } else { &author };
        let (idea, file) = posted(poster, board, &word(why, "idea")).await;
        let mut signed = None;
        if matches!(why, Why::Hidden | Why::Deleted) {
            let seen = voter.get(&format!("/v1/ideas/{idea}")).await.expect(200);
            signed = Some(text(&seen["attachments"][0]["url"]));
            voter.put(&format!("/v1/ideas/{idea}/vote")).await.expect(200);
            let answer = json!({ "status": "planned", "reason": "합니다." });
            pm.post(&format!("/v1/ideas/{idea}/status"), &answer).await.expect(200);
        }
        let under = if why == Why::Elsewhere { &idea } else { under };
        let said = json!({ "body": word(why, "comment"), "mentions": if why == Why::Elsewhere { json!([]) } else { json!([voter.id]) } });
        let comment =
            text(&poster.post(&format!("/v1/ideas/{under}/comments"), &said).await.expect(201)["id"]);
        let file = Some((text(&file["id"]), signed));
        secrets.push(Secret {
            why,
            word: word(why, "comment"),
            id: comment,
            file: None,
            under: Some(under.clone()),
        });
        secrets.push(Secret { why, word: word(why, "idea"), id: idea, file, under: None });
    }
    // What cannot be seen cannot be named; what is named can go out of sight later.
    let linked = secrets
        .iter()
        .filter(|secret| secret.file.is_some() && !matches!(secret.why, Why::Held | Why::Rejected));
    let linked: Vec<&str> = linked.map(|secret| &*secret.id).collect();
    let entry = json!({ "title": "새 소식", "body": "나왔어요", "idea_ids": linked });
    let entry = pm.post("/v1/changelog", &entry).await.expect(201);
    pm.post(&format!("/v1/changelog/{}/publish", text(&entry["id"])), &json!({})).await.expect(200);
    for secret in &secrets {
        let kind = if secret.under.is_some() { "comments" } else { "ideas" };
        withhold(&moderator, &format!("/v1/{kind}/{}", secret.id), secret.why).await;
    }
    let roadmap = json!({ "name": "길", "kind": "status" });
    let roadmap = text(&pm.post("/v1/boards/open/roadmaps", &roadmap).await.expect(201)["id"]);
    Scene { secrets, author, voter, open, roadmap }
}

fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

/// Where posts are come across without being named.
fn lists(scene: &Scene<'_>) -> Vec<String> {
    let mut addresses = vec![
        "/v1/me/notifications".to_owned(),
        "/v1/changelog".to_owned(),
        "/v1/changelog.atom".to_owned(),
        "/v1/boards/open/roadmap".to_owned(),
        format!("/v1/roadmaps/{}", scene.roadmap),
        "/v1/boards/open/ideas/similar?title=%EB%8B%A4%ED%81%AC%20%EB%AA%A8%EB%93%9C".to_owned(),
        "/v1/boards/first/ideas/similar?title=%EB%8B%A4%ED%81%AC%20%EB%AA%A8%EB%93%9C".to_owned(),
        "/v1/boards/inside/ideas/similar?title=%EB%8B%A4%ED%81%AC%20%EB%AA%A8%EB%93%9C".to_owned(),
        "/v1/triage/ideas?facets=true&include_total=true".to_owned(),
        "/v1/triage/duplicates?board=open".to_owned(),
        format!("/v1/ideas/{}/activity", scene.open),
        "/v1/ideas?include_total=true&q=%EB%B9%84%EB%B0%80".to_owned(),
        "/v1/ideas?include_total=true&category=planned".to_owned(),
        format!("/v1/ideas?include_total=true&author={}", scene.author.id),
    ];
    for sort in ["top", "trending", "new", "discussed", "random"] {
        addresses.push(format!("/v1/ideas?include_total=true&sort={sort}"));
    }
    for board in ["open", "first", "inside"] {
        addresses.push(format!("/v1/boards/{board}/ideas?include_total=true"));
        addresses.push(format!("/v1/boards/{board}/export"));
        addresses.push(format!("/v1/boards/{board}/export?format=jsonl"));
    }
    for secret in &scene.secrets {
        addresses.push(format!("/v1/ideas?include_total=true&q={}", encoded(&secret.word)));
        addresses.push(format!("/v1/ideas?include_total=true&tag={}", encoded(&secret.word)));
    }
    addresses
}

/// Where one post is asked for by its name.
fn details(secret: &Secret) -> Vec<String> {
    let id = &secret.id;
    match &secret.under {
        Some(idea) => vec![
            format!("/v1/comments/{id}"),
            format!("/v1/ideas/{idea}/comments?limit=100"),
            format!("/v1/ideas/{idea}/comments?limit=100&sort=best"),
            format!("/v1/ideas/{idea}/comments?limit=100&parent={id}"),
        ],
        None => {
            let mut addresses: Vec<String> = ["", "/comments", "/votes", "/activity", "/response"]
                .map(|part| format!("/v1/ideas/{id}{part}"))
                .into();
            addresses.extend(secret.file.iter().map(|(file, _)| format!("/v1/attachments/{file}")));
            addresses
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Caller {
    Outsider,
    Author,
    Staff,
    /// Let in nowhere.
    Refused,
}

impl Caller {
    /// Whether a post is in lists for them: there is nothing in lists but what is there for everybody who sees the board.
    fn lists(self, why: Why) -> bool {
        self == Self::Staff && why == Why::Elsewhere
    }

    fn opens(self, why: Why) -> bool {
        match self {
            Self::Staff => true,
            Self::Author => !matches!(why, Why::Deleted | Why::Elsewhere),
            Self::Outsider | Self::Refused => false,
        }
    }
}

async fn callers<'a>(app: &'a TestApp, scene: &Scene<'a>) -> Vec<(&'static str, Caller, Person<'a>)> {
    let expired = app.member("expired").await;
    let blocked = app.member("blocked").await;
    let admin = app.admin().await;
    admin.patch(&format!("/v1/members/{}", blocked.id), &json!({ "blocked": true })).await.expect(200);
    vec![
        ("visitor", Caller::Outsider, app.visitor()),
        ("member", Caller::Outsider, app.member("member").await),
        ("voter", Caller::Outsider, scene.voter.clone()),
        ("author", Caller::Author, scene.author.clone()),
        ("blocked", Caller::Refused, blocked),
        ("expired", Caller::Refused, expired.with_token("mdk_expired")),
        ("moderator", Caller::Staff, app.staff("moderator").await),
        ("marketer", Caller::Staff, app.staff("marketer").await),
        ("product_manager", Caller::Staff, app.staff("product_manager").await),
        ("admin", Caller::Staff, admin),
    ]
}

#[actix_web::test]
async fn what_is_out_of_sight_shows_nowhere() {
    on_each_database(async |app| {
        let scene = scene(app).await;
        for (name, caller, person) in callers(app, &scene).await {
            for address in lists(&scene) {
                let answer = person.get(&address).await;
                for secret in &scene.secrets {
                    let found = answer.text.contains(&secret.word) || answer.text.contains(&secret.id);
                    // Authors are told what was decided about their own.
                    let told = address == "/v1/me/notifications" && caller == Caller::Author;
                    let may = caller.lists(secret.why) || told && caller.opens(secret.why);
                    assert!(
                        !found || may,
                        "{name} comes across {:?} {} at {address}: {}",
                        secret.why,
                        secret.word,
                        answer.text
                    );
                }
                // Nor is it counted: a search for a word of its own finds nothing.
                let asked = scene.secrets.iter().find(|secret| address.ends_with(&encoded(&secret.word)));
                if let Some(secret) =
                    asked.filter(|secret| caller != Caller::Refused && secret.under.is_none())
                {
                    let total = answer.expect(200)["total"].clone();
                    assert_eq!(
                        total,
                        i64::from(caller.lists(secret.why)),
                        "{name} counts {:?} at {address}",
                        secret.why
                    );
                }
            }
            for secret in &scene.secrets {
                let may = caller.opens(secret.why);
                for address in details(secret) {
                    let answer = person.get(&address).await;
                    let found = answer.text.contains(&secret.word);
                    assert!(
                        !found || may,
                        "{name} finds {:?} {} at {address}: {}",
                        secret.why,
                        secret.word,
                        answer.text
                    );
                    if !may && secret.under.is_none() {
                        let status = answer.status.as_u16();
                        assert!(
                            [401, 403, 404].contains(&status),
                            "{name} is answered {status} at {address}"
                        );
                    }
                }
                // Whoever may know of it does find it, or there would be nothing to hide.
                let first = person.get(&details(secret)[0]).await;
                let there = may && !(secret.why == Why::Deleted && secret.under.is_some());
                assert_eq!(
                    first.text.contains(&secret.word),
                    there,
                    "{name}, {:?}: {}",
                    secret.why,
                    first.text
                );
                if let Some((file, _)) = &secret.file {
                    let (status, ..) = person.fetch(&format!("/v1/attachments/{file}/content"), &[]).await;
                    assert_eq!(
                        status == 200,
                        may,
                        "{name} is answered {status} for the file of {:?}",
                        secret.why
                    );
                }
            }
        }
        // An address that was signed while the post was to be seen is good no more once it is not.
        for secret in &scene.secrets {
            if let Some((_, Some(signed))) = &secret.file {
                let (status, ..) = app.visitor().fetch(signed, &[]).await;
                assert_eq!(status, 404, "the signed address of {:?} still opens", secret.why);
            }
        }
        // Of what was never shown nothing was told.
        for (kind, data) in app.seed_read_events() {
            let data = data.to_string();
            for secret in &scene.secrets {
                assert!(!data.contains(&secret.word), "{kind} carries words: {data}");
                let never = matches!(secret.why, Why::Held | Why::Rejected);
                // The entry of the changelog names what it links, for whoever may look it up.
                assert!(
                    !never || !data.contains(&secret.id),
                    "{kind} tells of what is {:?}: {data}",
                    secret.why
                );
            }
        }
        let told = scene.voter.get("/v1/me/notifications").await.expect(200);
        for secret in &scene.secrets {
            assert!(!told.to_string().contains(&secret.id), "the voter hears of {:?}", secret.why);
        }
    })
    .await;
}
