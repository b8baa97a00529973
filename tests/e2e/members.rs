//! Members: found, given roles and blocked by admins.

use kit::on_each_database;
use serde_json::json;

#[actix_web::test]
async fn a_blocked_members_tokens_stop_working_at_once() {
    on_each_database(async |app| {
        let (admin, ana) = (app.admin().await, app.member("ana").await);
        let path = format!("/v1/members/{}", ana.id);
        admin.patch(&path, &json!({ "blocked": true })).await.expect(200);
        ana.get("/v1/me").await.expect_problem(403, "member_blocked");
        ana.get("/v1/boards").await.expect_problem(403, "member_blocked");
        let refresh = json!({ "refresh_token": ana.refresh_token });
        app.visitor().post("/v1/auth/refresh", &refresh).await.expect_problem(403, "member_blocked");
        let token =
            kit::people::sso_token(app, &json!({ "sub": "ana", "email": "ana@example.com", "name": "ana" }));
        app.visitor()
            .post("/v1/auth/sso", &json!({ "token": token }))
            .await
            .expect_problem(403, "member_blocked");
        admin.patch(&path, &json!({ "blocked": false })).await.expect(200);
        ana.get("/v1/me").await.expect(200);
    })
    .await;
}

#[actix_web::test]
async fn a_role_counts_from_the_next_request_on() {
    on_each_database(async |app| {
        let (admin, ana) = (app.admin().await, app.member("ana").await);
        ana.get("/v1/members").await.expect_problem(403, "forbidden");
        let path = format!("/v1/members/{}", ana.id);
        let changed = admin.patch(&path, &json!({ "role": "admin" })).await.expect(200);
        assert!(changed["permissions"].as_array().unwrap().contains(&json!("manage_members")));
        ana.get("/v1/members").await.expect(200);
        ana.patch(&path, &json!({ "role": "member" })).await.expect_problem(409, "own_account");
        ana.patch(&path, &json!({ "blocked": true })).await.expect_problem(409, "own_account");
        let kinds: Vec<String> = app.seed_read_events().into_iter().map(|(kind, _)| kind).collect();
        assert!(kinds.contains(&"member.role_changed".to_owned()));
    })
    .await;
}

#[actix_web::test]
async fn members_are_found_by_address_name_role_and_block() {
    on_each_database(async |app| {
        let admin = app.admin().await;
        for name in ["ana", "anton", "ben"] {
            app.member(name).await;
        }
        let found = async |query: &str| -> Vec<String> {
            let items = admin.all(&format!("/v1/members?{query}"), 2).await;
            items.iter().map(|item| item["display_name"].as_str().unwrap().to_owned()).collect()
        };
        assert_eq!(found("q=an").await, ["anton", "ana"]);
        assert_eq!(found("q=AN").await, ["anton", "ana"]);
        assert_eq!(found("q=en").await, ["ben"]);
        assert_eq!(found("role=admin").await, ["Admin"]);
        assert_eq!(found("blocked=true").await, Vec::<String>::new());
        assert_eq!(found("q=%25").await, Vec::<String>::new());
        let page = admin.get("/v1/members?include_total=true&limit=1").await.expect(200);
        assert_eq!(page["total"], 4);
    })
    .await;
}

#[actix_web::test]
async fn a_member_that_is_not_there_is_not_found() {
    on_each_database(async |app| {
        let admin = app.admin().await;
        let nobody = "/v1/members/01942f4c-6b1e-7c3a-9a51-3a1f6a2f0b7d";
        admin.get(nobody).await.expect_problem(404, "not_found");
        admin.patch(nobody, &json!({ "blocked": true })).await.expect_problem(404, "not_found");
        let problem = admin.get("/v1/members/42").await.expect_problem(422, "invalid_fields");
        assert_eq!(problem["errors"][0]["pointer"], "{id}");
    })
    .await;
}
