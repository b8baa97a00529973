//! One idea from the first vote to the day it ships: everybody who stands behind it hears of each step, once.

use std::collections::BTreeMap;

use kit::{
    TestApp, on_each_database,
    people::{Person, sso_token},
};
use serde_json::{Value, json};

const VOTERS: usize = 30;

/// A customer of the brand, of whom it says how much they bought.
async fn customer<'a>(app: &'a TestApp, nth: usize) -> Person<'a> {
    let claims = json!({
        "sub": format!("customer-{nth}"), "email": format!("customer{nth}@example.com"), "name": format!("고객 {nth}"),
        "attributes": { "purchases": nth },
    });
    let answer = app.visitor().post("/v1/auth/sso", &json!({ "token": sso_token(app, &claims) })).await;
    Person::signed_in(app, &answer.expect(200))
}

/// How often each kind of news has reached a person.
async fn heard(person: &Person<'_>) -> BTreeMap<String, usize> {
    let mut kinds = BTreeMap::new();
    for told in person.all("/v1/me/notifications", 100).await {
        *kinds.entry(told["kind"].as_str().unwrap().to_owned()).or_default() += 1;
    }
    kinds
}

async fn move_to(pm: &Person<'_>, idea: &str, body: Value) -> Value {
    pm.post(&format!("/v1/ideas/{idea}/status"), &body).await.expect(200)
}

#[actix_web::test]
async fn an_idea_is_voted_merged_found_declined_reopened_planned_and_shipped() {
    on_each_database(async |app| {
        let pm = app.staff("product_manager").await;
        pm.board("app", json!({})).await;
        let mut customers = Vec::new();
        for nth in 0..VOTERS {
            customers.push(customer(app, nth).await);
        }
        // The first twenty vote for one, the last twelve for what turns out to be the same: two for both.
        let (first, last) = (&customers[..20], &customers[18..]);
        let idea = first[0].idea("app", "다크 모드를 넣어 주세요").await;
        let same = last[0].idea("app", "다크 모드 넣어 주세요").await;
        for (id, voters) in [(&idea, first), (&same, last)] {
            for voter in voters {
                voter.put(&format!("/v1/ideas/{id}/vote")).await.expect(200);
            }
        }
        let count = async |id: &str| {
            let read = pm.get(&format!("/v1/ideas/{id}")).await.expect(200);
            let rows = pm.all(&format!("/v1/ideas/{id}/votes"), 100).await.len();
            assert_eq!(read["vote_count"], rows, "the counter of {id} is its rows");
            rows
        };
        assert_eq!((count(&idea).await, count(&same).await), (20, 12));

        let merging = json!({ "into": idea });
        pm.post(&format!("/v1/ideas/{same}/merge"), &merging).await.expect(200);
        assert_eq!(count(&idea).await, VOTERS);
        pm.post(&format!("/v1/ideas/{same}/unmerge"), &json!({})).await.expect(200);
        assert_eq!((count(&idea).await, count(&same).await), (20, 12));
        pm.post(&format!("/v1/ideas/{same}/merge"), &merging).await.expect(200);
        assert_eq!(count(&idea).await, VOTERS);

        // Staff looks for what those who buy most ask for.
        let rule = json!({ "attribute": "purchases", "at_least": 25 });
        let segment = pm.post("/v1/segments", &json!({ "name": "단골", "rule": rule })).await.expect(201);
        assert_eq!(segment["member_count"], 5);
        let other = pm.idea("app", "단골과 상관없는 제안").await;
        let found = pm
            .all(&format!("/v1/triage/ideas?board=app&voter_segment={}", segment["id"].as_str().unwrap()), 10)
            .await;
        assert_eq!(
            found.iter().map(|item| item["id"].as_str().unwrap()).collect::<Vec<_>>(),
            [idea.as_str()]
        );
        assert_ne!(idea, other);

        let declining =
            json!({ "status": "declined", "reason": "지금은 어렵습니다.", "decline_reason": "too_costly" });
        move_to(&pm, &idea, declining).await;
        move_to(&pm, &idea, json!({ "status": "open", "reason": "다시 살펴봅니다." })).await;
        move_to(
            &pm,
            &idea,
            json!({ "status": "planned", "reason": "다음 분기에 합니다.", "response": "함께 만들어요." }),
        )
        .await;
        let shipped = move_to(&pm, &idea, json!({ "status": "shipped", "reason": "나왔습니다." })).await;
        assert_eq!(
            (&shipped["status"]["category"], &shipped["vote_count"]),
            (&json!("shipped"), &json!(VOTERS))
        );
        for (nth, customer) in customers.iter().enumerate() {
            // Those of the duplicate heard of each of the two merges besides.
            let mut expected = BTreeMap::from([("status_changed".to_owned(), 4)]);
            if nth >= 18 {
                expected.insert("merged".to_owned(), 2);
            }
            assert_eq!(heard(customer).await, expected, "customer {nth}");
        }
        assert_eq!(heard(&pm).await, BTreeMap::new());
        let steps = app.visitor().all(&format!("/v1/ideas/{idea}/activity"), 100).await;
        let steps: Vec<_> = steps
            .iter()
            .rev()
            .map(|step| step["to_status"].as_str().unwrap_or(step["kind"].as_str().unwrap()).to_owned())
            .collect();
        assert_eq!(
            steps,
            ["absorbed", "released", "absorbed", "declined", "open", "planned", "responded", "shipped"]
        );
    })
    .await;
}
