//! Entries that grow out of ideas, and ideas that are made of entries.

use chrono::TimeDelta;
use kit::{TestApp, on_each_database};
use serde_json::json;

use super::{
    draft, open,
    prizes::seeds::{Locked, claim_and_verify, make_public, prizes, seed_result},
    step, text,
};

#[actix_web::test]
async fn an_entry_grows_out_of_an_idea_and_becomes_another_once_the_result_is_final() {
    on_each_database(async |app| {
        let (pm, ana, bo) =
            (app.staff("product_manager").await, app.member("ana").await, app.member("bo").await);
        let board = pm.get(&format!("/v1/boards/{}", pm.board("ideas", json!({})).await)).await.expect(200);
        let idea = ana.idea("ideas", "이름을 바꿔요").await;
        let contest = open(app, &pm, json!({ "objection_hours": 0, "appeal_hours": 0 })).await;
        let mut body = draft();
        body["from_idea_id"] = json!(idea);
        let path = format!("/v1/contests/{contest}/entries");
        let others = bo.post(&path, &body).await.expect_problem(422, "invalid_fields");
        assert_eq!(others["errors"][0]["pointer"], "/from_idea_id");
        let made = ana.post(&path, &body).await.expect(201);
        let entry = format!("/v1/entries/{}", text(&made["id"]));
        assert_eq!(made["from_idea_id"], json!(idea));
        let links = format!("/v1/ideas/{idea}/entries");
        let grew = json!([{ "id": made["id"], "contest_id": contest, "relation": "grew_out" }]);
        assert_eq!(ana.get(&links).await.expect(200)["items"], grew);
        assert_eq!(pm.get(&links).await.expect(200)["items"], json!([]), "it is sealed");
        ana.post(&format!("{entry}/submit"), &json!({})).await.expect(200);
        let rejected = super::sent(&bo, &contest).await;

        app.advance(TimeDelta::hours(48));
        let pm = app.staff("product_manager").await;
        let accept = json!({ "decision": "accept" });
        pm.post(&format!("{entry}/screen"), &accept).await.expect(200);
        let reject = json!({ "decision": "reject", "reasons": ["off_brief"] });
        pm.post(&format!("{rejected}/screen"), &reject).await.expect(200);
        step(&pm, &contest, "begin_judging").await;
        super::judged::seed_judged(app, &contest, &entry);
        for each in ["lock_scores", "publish_provisional"] {
            step(&pm, &contest, each).await;
        }
        let ana = app.member("ana").await;
        let body = json!({ "board_id": board["id"], "title": "새 이름 한마당" });
        let make = format!("{entry}/idea");
        ana.post(&make, &body).await.expect_problem(409, "contest_phase");
        app.advance(TimeDelta::hours(300));
        let (pm, ana, bo) =
            (app.staff("product_manager").await, app.member("ana").await, app.member("bo").await);
        step(&pm, &contest, "finalize").await;
        bo.post(&make, &body).await.expect(404);
        bo.post(&format!("{rejected}/idea"), &body).await.expect_problem(409, "entry_state");
        let nowhere = json!({ "board_id": made["id"], "title": "a" });
        let odd = ana.post(&make, &nowhere).await.expect_problem(422, "invalid_fields");
        assert_eq!(odd["errors"][0]["pointer"], "/board_id");
        let new = ana.post(&make, &body).await.expect(201);
        assert_eq!((&new["title"], &new["author"]["id"]), (&json!("새 이름 한마당"), &json!(ana.id)));
        assert_eq!(ana.get(&entry).await.expect(200)["idea_id"], new["id"]);
        pm.post(&make, &body).await.expect_problem(409, "idea_made");
        let became = app.visitor().get(&format!("/v1/ideas/{}/entries", text(&new["id"]))).await.expect(200);
        assert_eq!(became["items"][0]["relation"], "became", "the result is public");
        assert_eq!(ana.get(&links).await.expect(200)["items"], grew);
        // The idea names its author, who won nothing with it.
        assert_eq!(app.visitor().get(&links).await.expect(200)["items"], json!([]));
    })
    .await;
}

/// A final contest of `ana`, `bo`, `cy` and `dee`, each of whose entries grew out of an idea of theirs; the last won nothing. The ideas.
async fn grown(app: &TestApp) -> (Locked, Vec<String>) {
    let pm = app.staff("product_manager").await;
    pm.board("ideas", json!({})).await;
    let id = open(app, &pm, json!({ "prizes": prizes(), "objection_hours": 0 })).await;
    let (mut entries, mut ideas) = (Vec::new(), Vec::new());
    for name in NAMES {
        let person = app.member(name).await;
        let idea = person.idea("ideas", &format!("{name}의 이름")).await;
        let mut body = draft();
        body["from_idea_id"] = json!(idea);
        let made = person.post(&format!("/v1/contests/{id}/entries"), &body).await.expect(201);
        let entry = format!("/v1/entries/{}", text(&made["id"]));
        person.post(&format!("{entry}/submit"), &json!({})).await.expect(200);
        entries.push(entry);
        ideas.push(idea);
    }
    app.advance(TimeDelta::hours(48));
    let pm = app.staff("product_manager").await;
    for entry in &entries {
        pm.post(&format!("{entry}/screen"), &json!({ "decision": "accept" })).await.expect(200);
    }
    let locked = Locked { id, entries };
    seed_result(app, &locked, &[90, 80, 60, 40]);
    make_public(app, &locked).await;
    let pm = app.staff("product_manager").await;
    for (nth, (name, name_as)) in NAMES.iter().zip(["hidden", "masked", "full", "full"]).enumerate() {
        let person = app.member(name).await;
        person.put_body(&locked.of(nth, "name"), &json!({ "as": name_as })).await.expect(200);
        if nth < 3 {
            // The third prize, 100,000, is below what is taxed.
            claim_and_verify(&person, &pm, &locked, nth, nth < 2).await;
        }
    }
    step(&pm, &locked.id, "finalize").await;
    (locked, ideas)
}

const NAMES: [&str; 4] = ["ana", "bo", "cy", "dee"];

#[actix_web::test]
async fn an_idea_names_no_winner_who_is_hidden_and_nobody_who_lost() {
    on_each_database(async |app| {
        let (locked, ideas) = grown(app).await;
        let (visitor, ana) = (app.visitor(), app.member("ana").await);
        let mut shown = Vec::new();
        for idea in &ideas {
            let path = format!("/v1/ideas/{idea}/entries");
            let items = visitor.get(&path).await.expect(200)["items"].clone();
            assert_eq!(app.staff("moderator").await.get(&path).await.expect(200)["items"], items);
            shown.push(items);
        }
        let id = locked.entries[2].rsplit('/').next().unwrap();
        let named = json!([{ "id": id, "contest_id": locked.id, "relation": "grew_out" }]);
        assert_eq!(shown, [json!([]), json!([]), named, json!([])]);
        let own = ana.get(&format!("/v1/ideas/{}/entries", ideas[0])).await.expect(200);
        assert_eq!(own["items"].as_array().unwrap().len(), 1);
        let hidden = json!({ "as": "hidden" });
        app.member("cy").await.put_body(&locked.of(2, "name"), &hidden).await.expect(200);
        let after = visitor.get(&format!("/v1/ideas/{}/entries", ideas[2])).await.expect(200);
        assert_eq!(after["items"], json!([]));
    })
    .await;
}

#[actix_web::test]
async fn staff_make_ideas_of_what_won_and_teams_of_what_is_theirs() {
    on_each_database(async |app| {
        let (locked, _) = grown(app).await;
        let (pm, dee) = (app.staff("product_manager").await, app.member("dee").await);
        let board = pm.get("/v1/boards/ideas").await.expect(200)["id"].clone();
        let body = json!({ "board_id": board, "title": "새 이름" });
        pm.post(&locked.of(3, "idea"), &body).await.expect_problem(409, "not_awarded");
        assert_eq!(dee.get(&locked.entries[3]).await.expect(200)["idea_id"], json!(null));
        let own = dee.post(&locked.of(3, "idea"), &body).await.expect(201);
        assert_eq!(own["author"]["id"], json!(dee.id));
        pm.post(&locked.of(0, "idea"), &body).await.expect(201);
    })
    .await;
}
