//! What stands behind an idea, by segment.

use futures_util::future::join_all;
use kit::{on_each_database, people::Person};
use serde_json::{Value, json};

use super::{gold, held, segment, sign_on};

fn close(found: &Value, expected: f64) {
    assert!((found.as_f64().unwrap() - expected).abs() < 1e-9, "{found} instead of {expected}");
}

#[actix_web::test]
async fn the_demand_for_an_idea_is_what_was_worked_out_by_hand() {
    on_each_database(async |app| {
        let pm = app.staff("product_manager").await;
        pm.board("app", json!({})).await;
        // Of ten members two are gold, three iron and five (the admin and the manager among them) in no segment.
        let mut people = Vec::new();
        for (n, plan) in ["gold", "gold", "iron", "iron", "iron", "none", "none", "none"].iter().enumerate() {
            people.push(sign_on(app, &format!("m{n}"), json!({ "plan": plan, "purchases": n * 10 })).await);
        }
        let idea = people[0].idea("app", "다크 모드").await;
        let vote = format!("/v1/ideas/{idea}/vote");
        for n in [1, 2, 5] {
            people[n].put(&vote).await.expect(200);
        }
        let path = format!("/v1/ideas/{idea}/demand");
        let found = pm.get(&path).await.expect(200);
        assert_eq!((&found["votes"], &found["weighted_total"], &found["need"]), (&json!(4), &json!(4.0), &json!(4.0)));
        assert_eq!(found["segments"], json!([{ "segment": null, "votes": 4, "share": 1.0, "weighted_votes": 4.0 }]));

        let golden = segment(&pm, "골드", gold()).await;
        pm.patch(&golden, &json!({ "weight": 2 })).await.expect(200);
        segment(&pm, "무쇠", json!({ "attribute": "plan", "is": "iron" })).await;
        // Overlaps, and comes last, so it is nobody's stratum.
        segment(&pm, "큰손", json!({ "all": [{ "attribute": "purchases", "at_least": 10 }, { "attribute": "plan", "in": ["gold", "iron"] }] })).await;
        let found = pm.get(&format!("{path}?attribute=purchases")).await.expect(200);
        // Voters: 2 gold, 1 iron, 1 of none. 0.2/0.5 = 0.4, 0.3/0.25 = 1.2, 0.5/0.25 = 2.
        let rows = found["segments"].as_array().unwrap();
        for (row, (name, votes, share, weighted)) in rows.iter().zip([
            (json!("골드"), 2, 0.5, 0.8),
            (json!("무쇠"), 1, 0.25, 1.2),
            (json!("큰손"), 2, 0.5, 1.6),
            (Value::Null, 1, 0.25, 2.0),
        ]) {
            assert_eq!((&row["segment"]["name"], &row["votes"]), (&name, &json!(votes)));
            close(&row["share"], share);
            close(&row["weighted_votes"], weighted);
        }
        assert_eq!(rows.len(), 4);
        close(&found["weighted_total"], 4.0);
        close(&found["need"], 0.8 * 2.0 + 1.2 + 2.0);
        // The inbox orders by the same, from when the idea is ranked next.
        let marked = pm.patch(&format!("/v1/triage/ideas/{idea}"), &json!({ "effort": 3 })).await.expect(200);
        close(&marked["need"], 4.8);
        // Purchases of the voters: 0, 10, 20, 50.
        let amount = json!({ "name": "purchases", "voters_with_it": 4, "sum": 80.0, "mean": 20.0, "max": 50.0 });
        assert_eq!((&found["attribute"], &found["carried_votes"]), (&amount, &json!(0)));
        // When the first segment goes, its members fall to the next that holds them.
        pm.delete(&golden).await.expect(204);
        let found = pm.get(&path).await.expect(200);
        // Strata now: iron 3 of 10 and 1 of 4; big 1 of 10 and 1 of 4; none 6 of 10 and 2 of 4.
        close(&found["need"], 1.2 + 0.4 + 1.2 * 2.0);
        for wrong in ["plan", "purchase", "member.role"] {
            let problem = pm.get(&format!("{path}?attribute={wrong}")).await.expect_problem(422, "invalid_fields");
            assert_eq!(problem["errors"][0]["pointer"], "?attribute");
        }
        // A number that only others have is none of the voters'.
        sign_on(app, "m9", json!({ "visits": 3 })).await;
        let found = pm.get(&format!("{path}?attribute=visits")).await.expect(200);
        assert_eq!(found["attribute"], json!({ "name": "visits", "voters_with_it": 0, "sum": 0.0, "mean": null, "max": null }));
        let nowhere = "/v1/ideas/01942f4c-6b1e-7c3a-9a51-3a1f6a2f0b7d/demand";
        pm.get(nowhere).await.expect_problem(404, "not_found");
    })
    .await;
}

#[actix_web::test]
async fn staff_list_ideas_by_the_segment_of_their_voters() {
    on_each_database(async |app| {
        let pm = app.staff("product_manager").await;
        pm.board("app", json!({})).await;
        pm.board("shop", json!({})).await;
        let ana = sign_on(app, "ana", json!({ "plan": "gold" })).await;
        let ben = sign_on(app, "ben", json!({ "plan": "iron" })).await;
        let dark = ana.idea("app", "다크 모드").await;
        ben.idea("app", "글자 크기").await;
        let both = ben.idea("shop", "리필").await;
        ana.put(&format!("/v1/ideas/{both}/vote")).await.expect(200);
        let golden = segment(&pm, "골드", gold()).await;
        let id = golden.rsplit('/').next().unwrap();
        let list = async |path: &str| -> Vec<Value> {
            let items = pm.all(&format!("{path}voter_segment={id}"), 1).await;
            items.into_iter().map(|idea| idea["id"].clone()).collect()
        };
        // Most votes first.
        assert_eq!(list("/v1/ideas?").await, [json!(both), json!(dark)]);
        assert_eq!(list("/v1/ideas?q=%EB%8B%A4%ED%81%AC&").await, [json!(dark)]);
        assert_eq!(list("/v1/boards/app/ideas?").await, [json!(dark)]);
        let page = pm.get(&format!("/v1/ideas?voter_segment={id}&include_total=true")).await.expect(200);
        assert_eq!(page["total"], 2);
        ana.delete(&format!("/v1/ideas/{both}/vote")).await.expect(200);
        assert_eq!(list("/v1/ideas?").await, [json!(dark)]);
        let path = format!("/v1/ideas?voter_segment={id}");
        app.visitor().get(&path).await.expect_problem(401, "sign_in_required");
        ana.get(&path).await.expect_problem(403, "forbidden");
        for unknown in ["01942f4c-6b1e-7c3a-9a51-3a1f6a2f0b7d", "gold"] {
            let problem = pm.get(&format!("/v1/ideas?voter_segment={unknown}")).await;
            let problem = problem.expect_problem(422, "invalid_fields");
            assert_eq!(problem["errors"][0]["pointer"], "?voter_segment");
        }
    })
    .await;
}

#[actix_web::test]
async fn thirty_two_sign_ons_while_rules_change_leave_every_count_exact() {
    on_each_database(async |app| {
        let pm = app.staff("product_manager").await;
        sign_on(app, "first", json!({ "plan": "gold", "nth": -1 })).await;
        let golden = segment(&pm, "골드", gold()).await;
        let few = segment(&pm, "소수", json!({ "attribute": "nth", "less_than": 0 })).await;
        let names: Vec<String> = (0..32).map(|n| format!("m{n}")).collect();
        let arrive = names.iter().enumerate().map(async |(n, name)| {
            sign_on(app, name, json!({ "plan": if n % 2 == 0 { "gold" } else { "iron" }, "nth": n })).await;
        });
        let rule = json!({ "rule": { "attribute": "nth", "less_than": 16 } });
        let widen = async { pm.patch(&few, &rule).await.expect(200) };
        futures_util::join!(join_all(arrive), widen);
        assert_eq!(held(&pm, &golden).await.len(), 17);
        assert_eq!(held(&pm, &few).await.len(), 17);
        // All at once to the other plan, each of them twice.
        let change = names.iter().chain(&names).map(async |name| {
            let attributes = json!({ "plan": "gold", "nth": 100 });
            sign_on(app, name, attributes).await;
        });
        join_all(change).await;
        assert_eq!(held(&pm, &golden).await.len(), 33);
        assert_eq!(held(&pm, &few).await, ["first"]);
    })
    .await;
}

/// Titles and values of the ideas, dearest first, two to a page.
async fn by_value(pm: &Person<'_>, query: &str) -> Vec<(String, f64)> {
    let items = pm.all(&format!("/v1/triage/ideas?sort=value&attribute=purchases{query}"), 2).await;
    items
        .iter()
        .map(|item| (item["title"].as_str().unwrap().to_owned(), item["value"].as_f64().unwrap()))
        .collect()
}

#[actix_web::test]
async fn ideas_are_listed_by_what_their_voters_have() {
    on_each_database(async |app| {
        let pm = app.staff("product_manager").await;
        pm.board("app", json!({})).await;
        pm.board("shop", json!({})).await;
        let mut ids = Vec::new();
        for (board, title) in [("app", "하나"), ("app", "둘"), ("app", "셋"), ("shop", "넷"), ("app", "없음")]
        {
            ids.push(pm.idea(board, title).await);
        }
        // Idea by idea: 하나 has many votes and little behind them, 셋 one that buys much, 없음 only one without a number.
        let voters = [
            ("ana", json!({ "purchases": 10 }), [0, 1].as_slice()),
            ("ben", json!({ "purchases": 5.5, "plan": "gold" }), &[0, 3]),
            ("cho", json!({ "purchases": 1e300 }), &[2]),
            ("dan", json!({ "purchases": "much" }), &[0, 4]),
            ("eve", json!({ "purchases": 1e300 }), &[2]),
        ];
        for (name, attributes, votes) in voters {
            let voter = sign_on(app, name, attributes).await;
            for idea in votes {
                voter.put(&format!("/v1/ideas/{}/vote", ids[*idea])).await.expect(200);
            }
        }
        assert_eq!(by_value(&pm, "").await, []);
        app.seed_rank().await;
        let listed = |items: &[(&str, f64)]| -> Vec<(String, f64)> {
            items.iter().map(|(title, value)| ((*title).to_owned(), *value)).collect()
        };
        let all = listed(&[("셋", 2e15), ("하나", 15.5), ("둘", 10.0), ("넷", 5.5)]);
        assert_eq!(by_value(&pm, "").await, all);
        assert_eq!(by_value(&pm, "&board=shop").await, listed(&[("넷", 5.5)]));
        assert_eq!(by_value(&pm, "&board=app").await, listed(&[("셋", 2e15), ("하나", 15.5), ("둘", 10.0)]));
        let counted =
            pm.get("/v1/triage/ideas?sort=value&attribute=purchases&facets=true&include_total=true").await;
        let counted = counted.expect(200);
        assert_eq!((&counted["facets"]["counted"], &counted["total"]), (&json!(4), &json!(4)));

        // What is known changes, and a vote goes.
        sign_on(app, "cho", json!({ "purchases": 1 })).await;
        sign_on(app, "eve", json!({ "purchases": "none" })).await;
        let ana = sign_on(app, "ana", json!({ "purchases": 10 })).await;
        ana.delete(&format!("/v1/ideas/{}/vote", ids[1])).await.expect(200);
        app.seed_rank().await;
        assert_eq!(by_value(&pm, "").await, listed(&[("하나", 15.5), ("넷", 5.5), ("셋", 1.0)]));

        for (query, pointer) in [
            ("sort=value", "?attribute"),
            ("sort=votes&attribute=purchases", "?attribute"),
            ("sort=value&attribute=shoe_size", "?attribute"),
            ("sort=value&attribute=plan", "?attribute"),
        ] {
            let refused = pm.get(&format!("/v1/triage/ideas?{query}")).await.expect(422);
            assert_eq!(refused["errors"][0]["pointer"], pointer, "{query}");
        }
    })
    .await;
}
