//! Who may do what: one table, every operation, every kind of caller.

mod stale;
mod table;

use std::collections::BTreeSet;

use kit::{TestApp, contract::DOCUMENT, on_each_database, people::Person};
use reqwest::Method;
use serde_json::{Value, json};

use self::table::table;
use crate::{
    contests,
    panels::{
        self,
        seats::{self, Seat},
    },
};

/// The kinds of caller, in the order of the answers of [`table()`].
const CALLERS: [&str; 9] = [
    "visitor",
    "member",
    "author",
    "blocked",
    "moderator",
    "marketer",
    "product_manager",
    "admin",
    "expired",
];

#[test]
fn the_table_holds_every_operation_of_the_document() {
    let paths = DOCUMENT["paths"].as_object().unwrap().values();
    let operations = paths.flat_map(|item| item.as_object().unwrap().values());
    let documented: BTreeSet<&str> =
        operations.map(|operation| operation["operationId"].as_str().unwrap()).collect();
    let tabled: BTreeSet<&str> = table().map(|(operation, ..)| *operation).collect();
    assert_eq!(documented, tabled);
}

#[actix_web::test]
async fn everybody_is_answered_as_the_table_says() {
    on_each_database(async |app| {
        let expired = app.member("expired").await;
        app.advance(chrono::TimeDelta::minutes(20));
        let pm = app.staff("product_manager").await;
        let blocked = app.member("blocked").await;
        let admin = app.admin().await;
        admin.patch(&format!("/v1/members/{}", blocked.id), &json!({ "blocked": true })).await.expect(200);
        let author = app.member("author").await;
        let callers = [
            app.visitor(),
            app.member("member").await,
            author.clone(),
            blocked,
            app.staff("moderator").await,
            app.staff("marketer").await,
            pm.clone(),
            admin,
            expired,
        ];
        let mut wrong = Vec::new();
        // What must be in the audit log: operation and request.
        let mut kept: BTreeSet<(String, String)> = BTreeSet::new();
        let mut nth = 0;
        for (operation, request, body, expected) in table() {
            for ((name, caller), expected) in CALLERS.iter().zip(&callers).zip(expected) {
                nth += 1;
                let scene = Scene { app, pm: &pm, author: &author, operation, nth };
                let filled = scene.fill(&format!("{request}\n{body}")).await;
                let (line, body) = filled.split_once('\n').unwrap();
                let (method, path) = line.split_once(' ').unwrap();
                let mut request = caller.request(method.parse::<Method>().unwrap(), path);
                if body == "(a file)" {
                    request = request.multipart(kit::people::form("a.png", kit::files::png(2, 2)));
                } else if let Some(csv) = body.strip_prefix("csv:") {
                    request = request.header("content-type", "text/csv").body(csv.to_owned());
                } else if !body.is_empty() {
                    request = request.json(&serde_json::from_str::<Value>(body).unwrap());
                }
                let answer = caller.send(request).await;
                if answer.status.is_success() && is_staff(name) && is_kept(operation, method) {
                    kept.insert(((*operation).to_owned(), answer.header("x-request-id").unwrap().to_owned()));
                }
                if answer.status.as_u16() != *expected {
                    let (found, said) = (answer.status, answer.text);
                    wrong.push(format!("{operation} by {name}: {found} instead of {expected}: {said}"));
                }
            }
        }
        assert!(wrong.is_empty(), "{wrong:#?}");
        let log = app.admin().await.all("/v1/audit", 100).await;
        let named = |entry: &Value| {
            Some((text_of(&entry["action"]).to_owned(), entry["request_id"].as_str()?.to_owned()))
        };
        let found: BTreeSet<_> = log.iter().filter_map(named).collect();
        let missing: Vec<_> = kept.difference(&found).collect();
        assert!(missing.is_empty(), "not in the audit log: {missing:#?}");
    })
    .await;
}

fn is_staff(caller: &str) -> bool {
    ["moderator", "marketer", "product_manager", "admin"].contains(&caller)
}

/// What not every member may do, and what staff see of people: the audit log has every such request
/// of theirs.
fn is_kept(operation: &str, method: &str) -> bool {
    const LOOKS: [&str; 20] = [
        "list_members",
        "get_member",
        "export_ideas",
        "list_invited",
        "list_invitations",
        "list_segment_members",
        "explain_segment_member",
        "preview_segment",
        "list_voters",
        "list_panel_applications",
        "list_shipments",
        "export_shipments",
        "list_missions",
        "list_contest_entries",
        "get_entry",
        "list_judges",
        "get_judge",
        "list_contest_reviews",
        "list_winners",
        "get_entry_prize",
    ];
    let for_staff = |(name, _, _, answers): &table::Row| *name == operation && answers[1] == 403;
    // Trying changes nothing, and neither does taking away pictures that are not there.
    !["try_banned_words", "simulate_draw", "set_panel_pictures", "set_contest_pictures"].contains(&operation)
        && (LOOKS.contains(&operation) || method != "GET" && table().any(for_staff))
}

/// Where fresh things are made for one request to act on.
struct Scene<'a> {
    app: &'a TestApp,
    pm: &'a Person<'a>,
    author: &'a Person<'a>,
    operation: &'a str,
    nth: usize,
}

impl Scene<'_> {
    /// The text with what it names in braces.
    async fn fill(&self, text: &str) -> String {
        let named = |name: &str| text.contains(&format!("{{{name}}}"));
        let mut filled = text
            .replace("{nth}", &self.nth.to_string())
            .replace("{admin_email}", kit::ADMIN_EMAIL)
            .replace("{admin_password}", kit::ADMIN_PASSWORD);
        let board = self.pm.board(&format!("board-{}", self.nth), json!({})).await;
        filled = filled.replace("{board}", &board);
        if named("sso") {
            let claims = json!({ "sub": "someone", "email": "someone@example.com" });
            filled = filled.replace("{sso}", &kit::people::sso_token_until(9_999_999_999, &claims));
        }
        if named("target") || named("refresh_token") {
            let target = self.app.member(&format!("target-{}", self.nth)).await;
            filled = filled.replace("{target}", &target.id);
            filled = filled.replace("{refresh_token}", &target.refresh_token.unwrap());
        }
        if named("status") {
            let listed = self.pm.get(&format!("/v1/boards/{board}/statuses")).await.expect(200);
            filled = filled.replace("{status}", text_of(&listed["items"][2]["id"]));
        }
        for (name, path, body) in self.made_by_staff(&board) {
            if named(name) {
                let made = self.pm.post(&path, &body).await.expect(201);
                filled = filled.replace(&format!("{{{name}}}"), text_of(&made["id"]));
            }
        }
        filled = self.fill_programmes(filled).await;
        if named("api_key") {
            filled = filled.replace("{api_key}", &self.api_key().await);
        }
        if named("invitation") {
            filled = filled.replace("{invitation}", &self.invitation().await);
        }
        if named("attachment") {
            let file = self.author.file("a.png", kit::files::png(2, 2)).await;
            let body = json!({ "title": "그림", "attachment_ids": [file] });
            self.author.post(&format!("/v1/boards/{board}/ideas"), &body).await.expect(201);
            filled = filled.replace("{attachment}", &file);
        }
        if named("idea") || named("comment") {
            let idea = self.author.idea(&board, "다크 모드").await;
            if named("comment") || self.operation == "unpin_comment" {
                let comment = crate::comments::say(self.author, &idea, "좋아요", None).await;
                filled = filled.replace("{comment}", &comment);
            }
            let other = if named("other") || self.operation == "unmerge_idea" {
                self.pm.idea(&board, "둘").await
            } else {
                String::new()
            };
            self.prepare(&idea, &other).await;
            filled = filled.replace("{idea}", &idea).replace("{other}", &other);
        }
        filled
    }

    /// The text with what it names of panels and contests.
    async fn fill_programmes(&self, mut text: String) -> String {
        for name in ["panel_terms", "draft_panel", "panel", "application", "excused", "strike", "appealed"] {
            let place = format!("{{{name}}}");
            if text.contains(&place) {
                text = text.replace(&place, &self.of_panel(name).await);
            }
        }
        for name in ["contest_terms", "draft_contest", "contest", "work", "team_invitation"] {
            let place = format!("{{{name}}}");
            if text.contains(&place) {
                text = text.replace(&place, &self.of_contest(name).await);
            }
        }
        for name in ["juror", "juried", "review"] {
            let place = format!("{{{name}}}");
            if text.contains(&place) {
                text = text.replace(&place, &self.of_jury(name).await);
            }
        }
        text
    }

    /// What takes one request to make: its name, where, and of what.
    fn made_by_staff(&self, board: &str) -> [(&'static str, String, Value); 6] {
        let on_board = |what: &str| format!("/v1/boards/{board}/{what}");
        let field = json!({ "labels": { "ko": "제품", "en": "Product" }, "kind": "text" });
        let roadmap = json!({ "name": "계획", "kind": "time", "columns": [{ "period": "2027-Q1" }] });
        let word = json!({ "language": "ko", "word": format!("금지{}", self.nth) });
        [
            ("field", on_board("fields"), field),
            ("segment", "/v1/segments".to_owned(), json!({ "name": "모두", "rule": { "all": [] } })),
            ("word", "/v1/moderation/words".to_owned(), word),
            ("roadmap", on_board("roadmaps"), roadmap),
            ("entry", "/v1/changelog".to_owned(), json!({ "title": "초안", "body": "곧" })),
            ("view", "/v1/triage/views".to_owned(), json!({ "name": "보기", "query": {} })),
        ]
    }

    /// What stands in a text for a panel, or for the application of the author.
    async fn of_panel(&self, name: &str) -> String {
        let terms = panels::terms(self.app);
        match name {
            "panel_terms" => terms.to_string(),
            "draft_panel" => text_of(&self.pm.post("/v1/panels", &terms).await.expect(201)["id"]).to_owned(),
            "panel" => panels::recruiting(self.app, self.pm, json!({})).await,
            _ => {
                let panel = panels::recruiting(self.app, self.pm, json!({})).await;
                let applied = self.author.post(&format!("/v1/panels/{panel}/applications"), &json!({})).await;
                let application = text_of(&applied.expect(201)["id"]).to_owned();
                let seat = Seat { panel, application };
                match name {
                    "excused" => seats::seed_excuse(self.app, &seat.application),
                    "strike" => return seats::seed_strike(self.app, &seat, &self.author.id, None),
                    "appealed" => {
                        return seats::seed_strike(self.app, &seat, &self.author.id, Some("아니요"));
                    }
                    _ => {}
                }
                seat.application
            }
        }
    }

    /// What stands in a text for a contest that takes entries of teams, for the entry of the author in one, or for an invitation into
    /// its team, which is for the member.
    async fn of_contest(&self, name: &str) -> String {
        let terms = contests::terms(self.app);
        let open = contests::open(self.app, self.pm, json!({ "team": { "least": 1, "most": 3 } }));
        match name {
            "contest_terms" => terms.to_string(),
            "draft_contest" => {
                text_of(&self.pm.post("/v1/contests", &terms).await.expect(201)["id"]).to_owned()
            }
            "contest" => open.await,
            _ => {
                let entry = contests::enter(self.author, &open.await).await;
                if name == "work" {
                    return entry.rsplit('/').next().unwrap().to_owned();
                }
                let asked = json!({ "member_id": self.app.member("member").await.id });
                let made = self.author.post(&format!("{entry}/invitations"), &asked).await.expect(201);
                text_of(&made["id"]).to_owned()
            }
        }
    }

    /// What stands in a text for a contest that the author judges, for the author as its judge, or for a review of theirs.
    async fn of_jury(&self, name: &str) -> String {
        let contest = contests::open(self.app, self.pm, json!({})).await;
        let judge = json!({ "member_id": self.author.id });
        self.pm.post(&format!("/v1/contests/{contest}/judges"), &judge).await.expect(201);
        match name {
            "juried" => contest,
            "juror" => format!("{contest}/judges/{}", self.author.id),
            _ => {
                let entry = contests::enter(&self.app.member("member").await, &contest).await;
                let entry = entry.rsplit('/').next().unwrap();
                contests::judging::seed_review(self.app, &contest, entry, &self.author.id)
            }
        }
    }

    async fn api_key(&self) -> String {
        let body = json!({ "name": "봇", "scopes": ["read"] });
        let key = self.pm.post("/v1/api-keys", &body).await.expect(201);
        // There is room for twenty.
        if let Some(last) = self.pm.all("/v1/api-keys", 100).await.get(10) {
            self.pm.delete(&format!("/v1/api-keys/{}", text_of(&last["id"]))).await.expect(204);
        }
        text_of(&key["id"]).to_owned()
    }

    async fn invitation(&self) -> String {
        let body = json!({ "email": format!("asked{}@example.com", self.nth), "role": "member" });
        let made = self.app.admin().await.post("/v1/invitations", &body).await.expect(201);
        text_of(&made["id"]).to_owned()
    }

    /// Brings an idea into the state that the operation is about.
    async fn prepare(&self, idea: &str, other: &str) {
        let path = format!("/v1/ideas/{idea}");
        match self.operation {
            "restore_idea" => drop(self.pm.delete(&path).await.expect(204)),
            "unmerge_idea" => {
                self.pm.post(&format!("{path}/merge"), &json!({ "into": other })).await.expect(200);
            }
            "get_response" | "rate_response" | "unrate_response" | "list_response_versions" => {
                let said = json!({ "body": "검토합니다.", "notify": "none" });
                self.pm.put_body(&format!("{path}/response"), &said).await.expect(200);
            }
            _ => {}
        }
    }
}

fn text_of(value: &Value) -> &str {
    value.as_str().unwrap()
}
