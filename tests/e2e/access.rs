//! Who may do what: one table, every operation, every kind of caller.

use std::collections::BTreeSet;

use kit::{TestApp, contract::DOCUMENT, on_each_database, people::Person};
use reqwest::Method;
use serde_json::{Value, json};

/// The kinds of caller, in the order of the columns of [`TABLE`].
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

/// What each kind of caller is answered by each operation on a board that everybody may view.
#[rustfmt::skip]
const TABLE: [(&str, [u16; 9]); 31] = [
    // operation             visitor member author blocked moder. market. pm   admin expired
    ("register",             [201,   201,   201,   201,    201,   201,    201, 201,  201]),
    ("login",                [200,   200,   200,   200,    200,   200,    200, 200,  200]),
    ("refresh",              [200,   200,   200,   200,    200,   200,    200, 200,  200]),
    ("logout",               [204,   204,   204,   204,    204,   204,    204, 204,  204]),
    ("sign_on",              [200,   200,   200,   200,    200,   200,    200, 200,  200]),
    ("get_me",               [401,   200,   200,   403,    200,   200,    200, 200,  401]),
    ("update_me",            [401,   200,   200,   403,    200,   200,    200, 200,  401]),
    ("list_members",         [401,   403,   403,   403,    403,   403,    403, 200,  401]),
    ("get_member",           [401,   403,   403,   403,    403,   403,    403, 200,  401]),
    ("update_member",        [401,   403,   403,   403,    403,   403,    403, 200,  401]),
    ("list_boards",          [200,   200,   200,   403,    200,   200,    200, 200,  401]),
    ("create_board",         [401,   403,   403,   403,    403,   403,    201, 201,  401]),
    ("get_board",            [200,   200,   200,   403,    200,   200,    200, 200,  401]),
    ("update_board",         [401,   403,   403,   403,    403,   403,    200, 200,  401]),
    ("delete_board",         [401,   403,   403,   403,    403,   403,    204, 204,  401]),
    ("list_invited",         [401,   403,   403,   403,    403,   403,    200, 200,  401]),
    ("invite_member",        [401,   403,   403,   403,    403,   403,    200, 200,  401]),
    ("uninvite_member",      [401,   403,   403,   403,    403,   403,    200, 200,  401]),
    ("list_statuses",        [200,   200,   200,   403,    200,   200,    200, 200,  401]),
    ("create_status",        [401,   403,   403,   403,    403,   403,    201, 201,  401]),
    ("update_status",        [401,   403,   403,   403,    403,   403,    200, 200,  401]),
    ("delete_status",        [401,   403,   403,   403,    403,   403,    204, 204,  401]),
    ("list_ideas",           [200,   200,   200,   403,    200,   200,    200, 200,  401]),
    ("list_board_ideas",     [200,   200,   200,   403,    200,   200,    200, 200,  401]),
    ("list_similar_ideas",   [200,   200,   200,   403,    200,   200,    200, 200,  401]),
    ("create_idea",          [401,   201,   201,   403,    201,   201,    201, 201,  401]),
    ("get_idea",             [200,   200,   200,   403,    200,   200,    200, 200,  401]),
    ("update_idea",          [401,   403,   200,   403,    200,   200,    200, 200,  401]),
    ("delete_idea",          [401,   403,   204,   403,    204,   204,    204, 204,  401]),
    ("restore_idea",         [401,   403,   403,   403,    200,   200,    200, 200,  401]),
    ("set_idea_status",      [401,   403,   403,   403,    403,   403,    200, 200,  401]),
];

/// The table of segments.
#[rustfmt::skip]
const SEGMENTS: [(&str, [u16; 9]); 9] = [
    ("list_segments",          [401, 403, 403, 403, 403, 200, 200, 200, 401]),
    ("create_segment",         [401, 403, 403, 403, 403, 201, 201, 201, 401]),
    ("preview_segment",        [401, 403, 403, 403, 403, 200, 200, 200, 401]),
    ("get_segment",            [401, 403, 403, 403, 403, 200, 200, 200, 401]),
    ("update_segment",         [401, 403, 403, 403, 403, 200, 200, 200, 401]),
    ("delete_segment",         [401, 403, 403, 403, 403, 204, 204, 204, 401]),
    ("list_segment_members",   [401, 403, 403, 403, 403, 200, 200, 200, 401]),
    ("explain_segment_member", [401, 403, 403, 403, 403, 200, 200, 200, 401]),
    ("get_idea_demand",        [401, 403, 403, 403, 200, 200, 200, 200, 401]),
];

/// The rest of the table: votes, and what is open to all.
#[rustfmt::skip]
const VOTES_AND_HEALTH: [(&str, [u16; 9]); 6] = [
    ("vote_for_idea",        [401,   200,   200,   403,    200,   200,    200, 200,  401]),
    ("withdraw_vote",        [401,   200,   200,   403,    200,   200,    200, 200,  401]),
    ("list_voters",          [401,   403,   403,   403,    200,   200,    200, 200,  401]),
    ("get_liveness",         [200,   200,   200,   200,    200,   200,    200, 200,  200]),
    ("get_readiness",        [200,   200,   200,   200,    200,   200,    200, 200,  200]),
    ("get_metrics",          [200,   200,   200,   200,    200,   200,    200, 200,  200]),
];

fn table() -> impl Iterator<Item = &'static (&'static str, [u16; 9])> {
    TABLE.iter().chain(&SEGMENTS).chain(&VOTES_AND_HEALTH)
}

#[test]
fn the_table_holds_every_operation_of_the_document() {
    let paths = DOCUMENT["paths"].as_object().unwrap().values();
    let operations = paths.flat_map(|item| item.as_object().unwrap().values());
    let documented: BTreeSet<&str> =
        operations.map(|operation| operation["operationId"].as_str().unwrap()).collect();
    let tabled: BTreeSet<&str> = table().map(|(operation, _)| *operation).collect();
    assert_eq!(documented, tabled);
}

/// Fresh things for one request to act on.
struct World {
    board: String,
    idea: String,
    target: String,
    status: String,
    segment: String,
    refresh_token: String,
    nth: usize,
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
        let mut nth = 0;
        for (operation, expected) in table() {
            for ((name, caller), expected) in CALLERS.iter().zip(&callers).zip(expected) {
                nth += 1;
                let world = world(app, &pm, &author, operation, nth).await;
                let (method, path, body) = request(operation, &world);
                let mut request = caller.request(method, &path);
                if let Some(body) = body {
                    request = request.json(&body);
                }
                let answer = caller.send(request).await;
                if answer.status.as_u16() != *expected {
                    wrong.push(format!(
                        "{operation} by {name}: {} instead of {expected}: {}",
                        answer.status, answer.text
                    ));
                }
            }
        }
        assert!(wrong.is_empty(), "{wrong:#?}");
    })
    .await;
}

async fn world<'a>(
    app: &TestApp,
    pm: &Person<'a>,
    author: &Person<'a>,
    operation: &str,
    nth: usize,
) -> World {
    let board = pm.board(&format!("board-{nth}"), json!({})).await;
    let needs_idea = operation.contains("idea") || operation.contains("vote");
    let idea = if needs_idea { author.idea(&board, "다크 모드").await } else { String::new() };
    if operation == "restore_idea" {
        pm.delete(&format!("/v1/ideas/{idea}")).await.expect(204);
    }
    let needs_target = [
        "get_member",
        "update_member",
        "invite_member",
        "uninvite_member",
        "explain_segment_member",
        "refresh",
        "logout",
    ];
    let target = if needs_target.contains(&operation) {
        Some(app.member(&format!("target-{nth}")).await)
    } else {
        None
    };
    let (target, refresh_token) =
        target.map_or_else(Default::default, |target| (target.id, target.refresh_token));
    let status = match operation {
        "update_status" | "delete_status" => {
            let listed = pm.get(&format!("/v1/boards/{board}/statuses")).await.expect(200);
            listed["items"][2]["id"].as_str().unwrap().to_owned()
        }
        _ => String::new(),
    };
    let needs_segment = operation.contains("segment") && operation != "create_segment";
    let segment = match needs_segment {
        true => {
            let all = json!({ "name": "모두", "rule": { "all": [] } });
            pm.post("/v1/segments", &all).await.expect(201)["id"].as_str().unwrap().to_owned()
        }
        false => String::new(),
    };
    World { board, idea, target, status, segment, refresh_token: refresh_token.unwrap_or_default(), nth }
}

fn request(operation: &str, world: &World) -> (Method, String, Option<Value>) {
    let World { board, idea, target, status, refresh_token, nth, .. } = world;
    let sso = kit::people::sso_token_until(
        9_999_999_999,
        &json!({ "sub": "someone", "email": "someone@example.com" }),
    );
    let (method, path, body) = match operation {
        "register" => (
            "POST",
            "/v1/auth/register".to_owned(),
            Some(
                json!({ "email": format!("r{nth}@example.com"), "password": "a long enough password", "display_name": "r" }),
            ),
        ),
        "login" => (
            "POST",
            "/v1/auth/login".to_owned(),
            Some(json!({ "email": kit::ADMIN_EMAIL, "password": kit::ADMIN_PASSWORD })),
        ),
        "refresh" => ("POST", "/v1/auth/refresh".to_owned(), Some(json!({ "refresh_token": refresh_token }))),
        "logout" => ("POST", "/v1/auth/logout".to_owned(), Some(json!({ "refresh_token": refresh_token }))),
        "sign_on" => ("POST", "/v1/auth/sso".to_owned(), Some(json!({ "token": sso }))),
        "get_me" => ("GET", "/v1/me".to_owned(), None),
        "update_me" => ("PATCH", "/v1/me".to_owned(), Some(json!({ "locale": "en" }))),
        "list_members" => ("GET", "/v1/members".to_owned(), None),
        "get_member" => ("GET", format!("/v1/members/{target}"), None),
        "update_member" => ("PATCH", format!("/v1/members/{target}"), Some(json!({ "role": "marketer" }))),
        "list_boards" => ("GET", "/v1/boards".to_owned(), None),
        "create_board" => {
            ("POST", "/v1/boards".to_owned(), Some(json!({ "name": "New", "slug": format!("new-{nth}") })))
        }
        "get_board" => ("GET", format!("/v1/boards/{board}"), None),
        "update_board" => ("PATCH", format!("/v1/boards/{board}"), Some(json!({ "name": "Other" }))),
        "delete_board" => ("DELETE", format!("/v1/boards/{board}"), None),
        "list_invited" => ("GET", format!("/v1/boards/{board}/invitations"), None),
        "invite_member" => ("PUT", format!("/v1/boards/{board}/invitations/{target}"), None),
        "uninvite_member" => ("DELETE", format!("/v1/boards/{board}/invitations/{target}"), None),
        "list_statuses" => ("GET", format!("/v1/boards/{board}/statuses"), None),
        "create_status" => (
            "POST",
            format!("/v1/boards/{board}/statuses"),
            Some(json!({ "names": { "ko": "베타", "en": "Beta" }, "category": "in_progress" })),
        ),
        "update_status" => ("PATCH", format!("/v1/statuses/{status}"), Some(json!({ "colour": "#112233" }))),
        "delete_status" => ("DELETE", format!("/v1/statuses/{status}"), None),
        "list_ideas" => ("GET", "/v1/ideas".to_owned(), None),
        "list_board_ideas" => ("GET", format!("/v1/boards/{board}/ideas"), None),
        "list_similar_ideas" => ("GET", format!("/v1/boards/{board}/ideas/similar?title=a"), None),
        "create_idea" => ("POST", format!("/v1/boards/{board}/ideas"), Some(json!({ "title": "하나" }))),
        "get_idea" => ("GET", format!("/v1/ideas/{idea}"), None),
        "update_idea" => ("PATCH", format!("/v1/ideas/{idea}"), Some(json!({ "title": "둘" }))),
        "delete_idea" => ("DELETE", format!("/v1/ideas/{idea}"), None),
        "restore_idea" => ("POST", format!("/v1/ideas/{idea}/restore"), None),
        "set_idea_status" => (
            "POST",
            format!("/v1/ideas/{idea}/status"),
            Some(json!({ "status": "planned", "reason": "합니다." })),
        ),
        "vote_for_idea" => ("PUT", format!("/v1/ideas/{idea}/vote"), None),
        "withdraw_vote" => ("DELETE", format!("/v1/ideas/{idea}/vote"), None),
        "list_voters" => ("GET", format!("/v1/ideas/{idea}/votes"), None),
        "get_liveness" => ("GET", "/health/live".to_owned(), None),
        "get_readiness" => ("GET", "/health/ready".to_owned(), None),
        "get_metrics" => ("GET", "/metrics".to_owned(), None),
        _ => request_of_segments(operation, world),
    };
    (method.parse().unwrap(), path, body)
}

fn request_of_segments(operation: &str, world: &World) -> (&'static str, String, Option<Value>) {
    let World { idea, target, segment, .. } = world;
    match operation {
        "list_segments" => ("GET", "/v1/segments".to_owned(), None),
        "create_segment" => {
            ("POST", "/v1/segments".to_owned(), Some(json!({ "name": "모두", "rule": { "all": [] } })))
        }
        "preview_segment" => {
            ("POST", "/v1/segments/preview".to_owned(), Some(json!({ "rule": { "any": [] } })))
        }
        "get_segment" => ("GET", format!("/v1/segments/{segment}"), None),
        "update_segment" => ("PATCH", format!("/v1/segments/{segment}"), Some(json!({ "weight": 2 }))),
        "delete_segment" => ("DELETE", format!("/v1/segments/{segment}"), None),
        "list_segment_members" => ("GET", format!("/v1/segments/{segment}/members"), None),
        "explain_segment_member" => ("GET", format!("/v1/segments/{segment}/members/{target}"), None),
        "get_idea_demand" => ("GET", format!("/v1/ideas/{idea}/demand"), None),
        other => panic!("no request for {other}"),
    }
}
