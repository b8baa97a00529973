//! Conflicts of interest: nobody judges whom they are close to, however it comes to light.

use chrono::TimeDelta;
use kit::{
    TestApp, on_each_database,
    people::{Person, sso_token},
};
use serde_json::{Value, json};

use super::{Judged, all, appoint, assign, begin, draft, judged, mine, open, text};
use crate::contests::{sent, step};

/// Somebody with an address of their own.
async fn somebody<'a>(app: &'a TestApp, name: &str, email: &str) -> Person<'a> {
    let claims = json!({ "sub": name, "email": email, "email_verified": true, "name": name });
    let token = sso_token(app, &claims);
    let tokens = app.visitor().post("/v1/auth/sso", &json!({ "token": token })).await.expect(200);
    Person::signed_in(app, &tokens)
}

#[actix_web::test]
async fn whoever_is_close_to_an_author_is_given_other_entries() {
    on_each_database(async |app| {
        let pm = app.staff("product_manager").await;
        let terms = json!({ "judging": { "reviews_per_entry": 1, "household": "home" } });
        let contest = open(app, &pm, terms).await;
        let ana = somebody(app, "ana", "ana@lab.hanbit.co.kr").await;
        let idea_board = pm.board("ideas", json!({})).await;
        let bo = app.member("bo").await;
        let mut entries = Vec::new();
        for person in [&ana, &bo] {
            let mut body = draft();
            if person.id == bo.id {
                body["from_idea_id"] = json!(bo.idea(&idea_board, "함께 쓴 이름").await);
            }
            let made = person.post(&format!("/v1/contests/{contest}/entries"), &body).await.expect(201);
            let entry = text(&made["id"]).to_owned();
            person.post(&format!("/v1/entries/{entry}/submit"), &json!({})).await.expect(200);
            entries.push((entry, body["from_idea_id"].as_str().map(str::to_owned)));
        }
        // Somebody else had the idea as well.
        let cowriter = app.member("cowriter").await;
        let same = cowriter.idea(&idea_board, "같은 이름").await;
        let into = json!({ "into": entries[1].1.clone().unwrap() });
        pm.post(&format!("/v1/ideas/{same}/merge"), &into).await.expect(200);
        let home = json!({ "attributes": { "home": "마포 1" } });
        let housemate = app.member("housemate").await;
        for person in [&bo, &housemate] {
            app.admin().await.patch(&format!("/v1/members/{}", person.id), &home).await.expect(200);
        }
        let entries: Vec<String> = entries.into_iter().map(|(entry, _)| entry).collect();
        begin(app, &contest, &entries).await;
        let judged = Judged { contest, entries, ..Judged::default() };
        let colleague = somebody(app, "colleague", "kim@hanbit.co.kr").await;
        for (judge, entry, ground) in [
            (&colleague, 0, Some("works in the same house")),
            (&colleague, 1, None),
            (&app.member("cowriter").await, 1, Some("grew out of an idea of theirs")),
            (&app.member("housemate").await, 1, Some("they live with somebody of the team")),
        ] {
            let pm = app.staff("product_manager").await;
            let known = pm.get(&judged.path(&format!("judges/{}", judge.id))).await.status.as_u16();
            if known == 404 {
                pm.post(&judged.path("judges"), &json!({ "member_id": judge.id })).await.expect(201);
                judge.put_body(&judged.path("conflicts"), &json!({ "member_ids": [] })).await.expect(200);
            }
            let give = json!({ "entry_id": judged.entries[entry], "judge_id": judge.id, "reason": "손으로" });
            let given = pm.with("Accept-Language", "en").post(&judged.path("reviews"), &give).await;
            match ground {
                Some(ground) => {
                    let problem = given.expect_problem(409, "conflict_of_interest");
                    assert!(text(&problem["detail"]).contains(ground), "{problem}");
                }
                None => drop(given.expect(201)),
            }
        }
        assert_eq!(all(app, &judged).await.len(), 1, "what was refused left nothing");
        let made = assign(app, &judged).await;
        assert_eq!(made["assignment"]["kind"], "filled", "by hand one was given before");
        assert!(mine(&colleague, &judged.contest).await.iter().all(|review| review["state"] == "open"));
        let of_colleague: Vec<Value> = all(app, &judged)
            .await
            .into_iter()
            .filter(|review| review["judge_id"] == json!(colleague.id))
            .collect();
        assert_eq!(of_colleague.len(), 1);
        assert_eq!(of_colleague[0]["entry_id"], json!(judged.entries[1]));
    })
    .await;
}

#[actix_web::test]
async fn what_a_judge_says_takes_their_entries_to_others_and_tells_nobody_whose_they_are() {
    on_each_database(async |app| {
        let judged = judged(app, &["ana", "bo"], json!({ "judging": { "reviews_per_entry": 1 } })).await;
        let (one, two) =
            (appoint(app, &judged.contest, "one").await, appoint(app, &judged.contest, "two").await);
        assign(app, &judged).await;
        let (ana, bo, pm) =
            (app.member("ana").await, app.member("bo").await, app.staff("product_manager").await);
        let path = judged.path("conflicts");
        let nobody = one.put_body(&path, &json!({ "member_ids": [judged.contest] })).await;
        assert_eq!(nobody.expect_problem(422, "invalid_fields")["errors"][0]["pointer"], "/member_ids/0");
        let declared =
            one.put_body(&path, &json!({ "member_ids": [ana.id, bo.id, ana.id] })).await.expect(200);
        let mut both = [&ana.id, &bo.id];
        both.sort();
        assert_eq!(declared["member_ids"], json!(both), "each once");
        assert_eq!(one.get(&path).await.expect(200), declared);
        assert!(declared.get("entries").is_none());
        let before = mine(&one, &judged.contest).await;
        assert_eq!(
            (before.len(), &before[0]["state"], &before[0]["entry"]),
            (1, &json!("taken"), &Value::Null)
        );
        assert_eq!(mine(&two, &judged.contest).await.len(), 2, "others got it at once");
        for person in [&ana, &pm] {
            person.put_body(&path, &json!({ "member_ids": [] })).await.expect(404);
        }
        let key =
            two.post("/v1/api-keys", &json!({ "name": "봇", "scopes": ["read", "write"] })).await.expect(201);
        let program = two.with_token(text(&key["key"]));
        program.put_body(&path, &json!({ "member_ids": [] })).await.expect_problem(403, "not_by_key");

        // What staff know takes away also what was sent; now nobody can have it.
        let review = mine(&two, &judged.contest).await.remove(0);
        super::send(&two, text(&review["id"]), 3.0, 4.0).await;
        let entry =
            all(app, &judged).await.into_iter().find(|one| one["id"] == review["id"]).unwrap()["entry_id"]
                .clone();
        let add = judged.path(&format!("judges/{}/conflicts", two.id));
        for (body, pointer) in [
            (json!({ "note": "a" }), "/member_id"),
            (json!({ "note": "a", "member_id": ana.id, "entry_id": entry }), "/entry_id"),
            (json!({ "note": "a", "entry_id": judged.contest }), "/entry_id"),
            (json!({ "note": " ", "entry_id": entry }), "/note"),
        ] {
            let problem = pm.post(&add, &body).await.expect_problem(422, "invalid_fields");
            assert_eq!(problem["errors"][0]["pointer"], pointer, "{problem}");
        }
        let known = json!({ "note": "같은 연구실에 있었습니다.", "entry_id": entry });
        let made = pm.post(&add, &known).await.expect(201);
        assert_eq!(
            (&made["conflicts"][0]["source"], &made["reviews"]["taken"]),
            (&json!("staff"), &json!(1))
        );
        assert_eq!(
            two.get(&format!("/v1/reviews/{}", text(&review["id"]))).await.expect(200)["state"],
            "taken"
        );
        assert!(super::told(&pm).await.contains(&json!("contest_reviewer_missing")));
    })
    .await;
}

#[actix_web::test]
async fn who_judges_does_not_enter() {
    on_each_database(async |app| {
        let (pm, bo) = (app.staff("product_manager").await, app.member("bo").await);
        let contest = open(app, &pm, json!({})).await;
        let path = format!("/v1/contests/{contest}");
        pm.post(&format!("{path}/judges"), &json!({ "member_id": bo.id })).await.expect(201);
        bo.post(&format!("{path}/entries"), &draft()).await.expect_problem(409, "is_judge");
        pm.post(&format!("{path}/judges/{}/leave", bo.id), &json!({ "reason": "참가합니다." }))
            .await
            .expect(200);
        bo.post(&format!("{path}/entries"), &draft()).await.expect(201);
        // What is never sent is nobody's business, and hinders nobody.
        let ana = app.member("ana").await;
        sent(&ana, &contest).await;
        app.advance(TimeDelta::hours(48));
        let pm = app.staff("product_manager").await;
        let judge = |id: &str| json!({ "member_id": id });
        pm.post(&format!("{path}/judges"), &judge(&ana.id)).await.expect_problem(422, "invalid_fields");
        pm.post(&format!("{path}/judges"), &judge(&bo.id)).await.expect(201);
        for entry in pm.all(&format!("{path}/entries"), 9).await {
            let accept = json!({ "decision": "accept" });
            pm.post(&format!("/v1/entries/{}/screen", text(&entry["id"])), &accept).await.expect(200);
        }
        step(&pm, &contest, "begin_judging").await;
    })
    .await;
}
