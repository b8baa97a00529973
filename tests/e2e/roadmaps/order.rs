//! The order of what stands in a column.

use futures_util::future::join_all;
use kit::on_each_database;
use serde_json::json;

use super::{column, ideas, moved, paged, put, roadmap, timed, titles};

#[actix_web::test]
async fn ideas_stand_where_staff_puts_them_and_in_that_order() {
    on_each_database(async |app| {
        let pm = app.staff("product_manager").await;
        pm.board("app", json!({})).await;
        let ids = ideas(&pm, &["하나", "둘", "셋", "넷"]).await;
        let id = timed(&pm).await;
        for idea in &ids[..3] {
            put(&pm, &id, idea, json!({ "column": "2027-Q1" })).await;
        }
        assert_eq!(column(&pm, &id, "2027-Q1").await, ["하나", "둘", "셋"]);
        put(&pm, &id, &ids[3], json!({ "column": "2027-Q1", "after": ids[0] })).await;
        put(&pm, &id, &ids[2], json!({ "column": "2027-Q1", "after": null })).await;
        assert_eq!(column(&pm, &id, "2027-Q1").await, ["셋", "하나", "넷", "둘"]);
        // Where it stands already, it stays, and nothing is told of.
        let placed = async || {
            let events = app.seed_read_events();
            events.iter().filter(|(kind, _)| kind == "roadmap.idea_placed").count()
        };
        let before = placed().await;
        put(&pm, &id, &ids[3], json!({ "column": "2027-Q1", "after": ids[0] })).await;
        assert_eq!(placed().await, before);
        for limit in 1..4 {
            let path = format!("/v1/roadmaps/{id}");
            assert_eq!(paged(&app.visitor(), &path, "2027-Q1", limit).await, ["셋", "하나", "넷", "둘"]);
        }
        put(&pm, &id, &ids[0], json!({ "column": "later" })).await;
        assert_eq!(column(&pm, &id, "later").await, ["하나"]);
        assert_eq!(column(&pm, &id, "2027-Q1").await, ["셋", "넷", "둘"]);
        let problem = pm
            .put_body(
                &format!("/v1/roadmaps/{id}/ideas/{}", ids[1]),
                &json!({ "column": "later", "after": ids[3] }),
            )
            .await;
        assert_eq!(problem.expect_problem(422, "invalid_fields")["errors"][0]["pointer"], "/after");
        let problem =
            pm.put_body(&format!("/v1/roadmaps/{id}/ideas/{}", ids[1]), &json!({ "column": "2031" })).await;
        assert_eq!(problem.expect_problem(422, "invalid_fields")["errors"][0]["pointer"], "/column");
        // Deleted and merged ideas are not there, and take no place.
        pm.delete(&format!("/v1/ideas/{}", ids[3])).await.expect(204);
        assert_eq!(column(&pm, &id, "2027-Q1").await, ["셋", "둘"]);
        pm.post(&format!("/v1/ideas/{}/merge", ids[2]), &json!({ "into": ids[1] })).await.expect(200);
        let path = format!("/v1/roadmaps/{id}");
        assert_eq!(paged(&pm, &path, "2027-Q1", 1).await, ["둘"]);
        let answer = pm.get(&format!("{path}?include_total=true")).await.expect(200);
        assert_eq!((&answer["columns"][0]["total"], &answer["columns"][2]["total"]), (&json!(1), &json!(1)));
        let place = json!({ "column": "2027-H2" });
        let merged = pm.put_body(&format!("{path}/ideas/{}", ids[2]), &place).await;
        merged.expect_problem(409, "idea_merged");
        pm.put_body(&format!("{path}/ideas/{}", ids[3]), &place).await.expect(404);
        for _ in 0..2 {
            pm.delete(&format!("{path}/ideas/{}", ids[1])).await.expect(204);
        }
        assert!(column(&pm, &id, "2027-Q1").await.is_empty());
        // Brought back, it is where it was.
        pm.post(&format!("/v1/ideas/{}/restore", ids[3]), &json!({})).await.expect(200);
        assert_eq!(column(&pm, &id, "2027-Q1").await, ["넷"]);
        pm.board("other", json!({})).await;
        let other = pm.idea("other", "남의 것").await;
        pm.put_body(&format!("{path}/ideas/{other}"), &place).await.expect(404);
    })
    .await;
}

#[actix_web::test]
async fn an_order_is_kept_when_there_is_no_room_left_and_by_many_at_once() {
    on_each_database(async |app| {
        let pm = app.staff("product_manager").await;
        pm.board("app", json!({})).await;
        let names: Vec<String> = (0..6).map(|nth| format!("생각 {nth}")).collect();
        let ids = ideas(&pm, &names.iter().map(String::as_str).collect::<Vec<_>>()).await;
        let id = timed(&pm).await;
        for idea in &ids {
            put(&pm, &id, idea, json!({ "column": "2027-Q1" })).await;
        }
        // Two of them change places right after the first, each time in half the room of the time before.
        let mut order = names.clone();
        for nth in 0..50 {
            let (idea, name) = (&ids[1 + nth % 2], &names[1 + nth % 2]);
            put(&pm, &id, idea, json!({ "column": "2027-Q1", "after": ids[0] })).await;
            order.retain(|other| other != name);
            order.insert(1, name.clone());
        }
        assert_eq!(column(&pm, &id, "2027-Q1").await, order);
        // All at once: whatever the order becomes, each is there once, and where it was put last.
        let moves = (0..30).map(|nth| {
            let (pm, idea, id) = (pm.clone(), ids[1 + nth % 5].clone(), id.clone());
            let first = ids[0].clone();
            async move {
                let body = json!({ "column": "2027-Q1", "after": first });
                pm.put_body(&format!("/v1/roadmaps/{id}/ideas/{idea}"), &body).await.status.as_u16()
            }
        });
        let answers = join_all(moves).await;
        assert!(answers.iter().all(|status| *status == 200), "{answers:?}");
        let found = column(&pm, &id, "2027-Q1").await;
        assert_eq!(found[0], names[0]);
        assert_eq!(paged(&pm, &format!("/v1/roadmaps/{id}"), "2027-Q1", 2).await, found);
        let mut sorted = found.clone();
        sorted.sort();
        assert_eq!(sorted, names);
    })
    .await;
}

#[actix_web::test]
async fn on_a_roadmap_by_status_ideas_follow_it_and_what_is_placed_comes_first() {
    on_each_database(async |app| {
        let pm = app.staff("product_manager").await;
        pm.board("app", json!({})).await;
        let ids = ideas(&pm, &["하나", "둘", "셋", "넷"]).await;
        for id in &ids {
            moved(&pm, id, "planned").await;
        }
        app.member("ana").await.put(&format!("/v1/ideas/{}/vote", ids[3])).await.expect(200);
        let id = roadmap(&pm, json!({ "name": "지금", "kind": "status", "columns": [{ "status": "planned" }, { "status": "shipped" }] })).await;
        assert_eq!(column(&pm, &id, "planned").await, ["넷", "셋", "둘", "하나"]);
        put(&pm, &id, &ids[0], json!({ "column": "planned" })).await;
        put(&pm, &id, &ids[1], json!({ "column": "planned", "after": ids[0] })).await;
        let kept = ["하나", "둘", "넷", "셋"];
        for limit in 1..5 {
            assert_eq!(paged(&app.visitor(), &format!("/v1/roadmaps/{id}"), "planned", limit).await, kept);
        }
        let elsewhere = pm
            .put_body(&format!("/v1/roadmaps/{id}/ideas/{}", ids[2]), &json!({ "column": "shipped" }))
            .await;
        elsewhere.expect_problem(409, "follows_status");
        moved(&pm, &ids[0], "shipped").await;
        assert_eq!(column(&pm, &id, "planned").await, ["둘", "넷", "셋"]);
        assert_eq!(column(&pm, &id, "shipped").await, ["하나"]);
        let answer = pm.get(&format!("/v1/roadmaps/{id}?include_total=true")).await.expect(200);
        assert_eq!((&answer["columns"][0]["total"], &answer["columns"][1]["total"]), (&json!(3), &json!(1)));
        pm.delete(&format!("/v1/roadmaps/{id}/ideas/{}", ids[1])).await.expect(204);
        assert_eq!(column(&pm, &id, "planned").await, ["넷", "셋", "둘"]);
        // The plain view of the board keeps no order.
        let plain = app.visitor().get("/v1/boards/app/roadmap").await.expect(200);
        assert_eq!(titles(&plain, "shipped"), ["하나"]);
    })
    .await;
}
