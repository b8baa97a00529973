//! Objections: by who took part, in their time, decided by others, and all of them before the end.

use chrono::TimeDelta;
use kit::on_each_database;
use serde_json::{Value, json};

use super::{
    no_step,
    prizes::seeds::{claim_and_verify, make_public, moment, seed_locked, seed_public, written_id},
    step, text, told,
};

const THREE: [(&str, u32); 3] = [("ana", 90), ("bo", 80), ("cy", 60)];

fn says(words: &str) -> Value {
    json!({ "text": words })
}

#[actix_web::test]
async fn who_entered_or_voted_objects_a_few_times_while_there_is_time() {
    on_each_database(async |app| {
        let locked = seed_locked(app, json!({}), &THREE).await;
        let path = locked.path("objections");
        let bo = app.member("bo").await;
        bo.post(&path, &says("아직")).await.expect_problem(409, "contest_phase");
        make_public(app, &locked).await;
        let (bo, eve, voter) =
            (app.member("bo").await, app.member("eve").await, app.member("voter").await);
        eve.post(&path, &says("나도")).await.expect_problem(403, "not_taking_part");
        let (contest, member, at) = (written_id(app, &locked.id), written_id(app, &voter.id), moment(app));
        app.seed_execute(&format!(
            "INSERT INTO contest_ballots (contest_id, member_id, voter, stars, state, signals, first_act, cast_at, changed_at, version)
             VALUES ({contest}, {member}, '9f86d081884c7d65', '[]', 'counted', '[]', FALSE, {at}, {at}, 1)"
        ))
        .unwrap();
        // A ballot that says nothing, or does not count, gives no say.
        let starred = locked.entries[0].rsplit('/').next().unwrap();
        for (stars, state) in [("[]".to_owned(), "counted"), (format!("[\"{starred}\"]"), "rejected"), (format!("[\"{starred}\"]"), "counted")] {
            voter.post(&path, &says("표가 이상합니다.")).await.expect_problem(403, "not_taking_part");
            app.seed_execute(&format!("UPDATE contest_ballots SET stars = '{stars}', state = '{state}'")).unwrap();
        }
        voter.post(&path, &says("표가 이상합니다.")).await.expect(201);
        for (body, pointer) in [
            (json!({ "text": " " }), "/text"),
            (json!({}), "/text"),
            (json!({ "text": "네", "entry": "0000000000000000" }), "/entry"),
            (json!({ "text": "네", "loud": true }), "/loud"),
        ] {
            let problem = bo.post(&path, &body).await.expect_problem(422, "invalid_fields");
            assert_eq!(problem["errors"][0]["pointer"], pointer, "{problem}");
        }
        let winner = app.visitor().get(&locked.path("awards")).await.expect(200)["prizes"][0]["awards"][0].clone();
        let about = json!({ "text": "작년 수상작입니다.", "entry": winner["entry"] });
        let made = bo.post(&path, &about).await;
        let location = made.header("location").unwrap().to_owned();
        let made = made.expect(201);
        assert_eq!((&made["entry"], &made["text"], made.get("member_id")), (&winner["entry"], &about["text"], None));
        assert_eq!(bo.get(&location).await.expect(200), made);
        voter.get(&location).await.expect(404);
        for _ in 0..2 {
            bo.post(&path, &says("하나 더")).await.expect(201);
        }
        bo.post(&path, &says("또")).await.expect_problem(409, "objections_used");
        assert_eq!(bo.all(&path, 2).await.len(), 3, "one's own");
        assert_eq!(eve.get(&path).await.expect(200)["items"], json!([]));
        assert_eq!(app.visitor().get(&path).await.expect(200)["items"], json!([]));
        let pm = app.staff("product_manager").await;
        let seen = pm.all(&path, 2).await;
        assert_eq!((seen.len(), &seen[1]["member_id"], &seen[1]["entry_id"]), (4, &json!(bo.id), &winner["entry_id"]));
        assert_eq!(app.admin().await.all("/v1/audit?action=list_objections", 9).await.len(), 2);
        assert_eq!(told(&pm).await, vec![json!("contest_objection_waiting"); 4]);
        app.advance(TimeDelta::hours(72));
        let late = app.member("voter").await.post(&path, &says("늦었나요")).await;
        late.expect_problem(409, "objections_over");
    })
    .await;
}

#[actix_web::test]
async fn every_objection_is_decided_by_somebody_else_before_the_result_is_final() {
    on_each_database(async |app| {
        let locked = seed_public(app, json!({ "prizes": [] }), &THREE).await;
        let (pm, ana, bo) =
            (app.staff("product_manager").await, app.member("ana").await, app.member("bo").await);
        let winner = ana.get(&locked.of(0, "prize")).await.expect(200)["entry"].clone();
        let raise = async |words: &str| {
            let body = json!({ "text": words, "entry": winner });
            let made = bo.post(&locked.path("objections"), &body).await.expect(201);
            format!("/v1/objections/{}", text(&made["id"]))
        };
        let (first, second) = (raise("하나").await, raise("둘").await);
        app.advance(TimeDelta::hours(72));
        let pm_again = app.staff("product_manager").await;
        let refused = pm_again.post(&locked.path("finalize"), &json!({})).await;
        let refused = refused.expect_problem(409, "objections_undecided");
        assert!(text(&refused["detail"]).contains('2'), "{refused}");
        let role = json!({ "role": "marketer" });
        for person in [&ana, &bo] {
            app.admin().await.patch(&format!("/v1/members/{}", person.id), &role).await.expect(200);
        }
        let (ana, bo) = (app.member("ana").await, app.member("bo").await);
        let yes = json!({ "upheld": true, "note": "수상 이력을 확인했습니다." });
        ana.post(&format!("{first}/decide"), &yes).await.expect_problem(409, "own_entry");
        bo.post(&format!("{first}/decide"), &yes).await.expect_problem(409, "own_objection");
        let cy = app.member("cy").await;
        cy.post(&format!("{first}/decide"), &yes).await.expect_problem(403, "forbidden");
        pm.post(&format!("{first}/decide"), &yes).await.expect_problem(401, "token_expired");
        let decided = pm_again.post(&format!("{first}/decide"), &yes).await.expect(200);
        assert_eq!((&decided["upheld"], &decided["note"]), (&json!(true), &yes["note"]));
        pm_again.post(&format!("{first}/decide"), &yes).await.expect_problem(409, "already_decided");
        let waiting = pm_again.all(&locked.path("objections?waiting=decision"), 9).await;
        let waiting: Vec<String> =
            waiting.iter().map(|one| format!("/v1/objections/{}", text(&one["id"]))).collect();
        assert_eq!(waiting, std::slice::from_ref(&second));
        assert!(cy.all(&locked.path("objections?waiting=decision"), 9).await.is_empty(), "not theirs");
        assert!(told(&bo).await.contains(&json!("contest_objection_decided")));
        no_step(&pm_again, &locked.id, "finalize", "objections_undecided").await;
        let no = json!({ "upheld": false, "note": "규칙대로입니다." });
        pm_again.post(&format!("{second}/decide"), &no).await.expect(200);
        cy.get(&first).await.expect(404);
        step(&pm_again, &locked.id, "finalize").await;

        // What was decided is everybody's to read; who raised it, and in which words, is not.
        let public = app.visitor().get(&locked.path("objections")).await.expect(200);
        let one = &public["items"][0];
        assert_eq!((&one["upheld"], &one["entry"], &one["note"]), (&json!(true), &winner, &yes["note"]));
        assert_eq!([one.get("text"), one.get("member_id"), one.get("entry_id")], [None; 3]);
        for person in [&cy, &app.visitor()] {
            assert_eq!(person.get(&first).await.expect(200), *one);
        }
        let looks = async || app.admin().await.all("/v1/audit?action=get_objection", 9).await.len();
        assert_eq!(looks().await, 0, "what everybody may read is no look at anybody");
        assert_eq!(pm_again.get(&first).await.expect(200)["member_id"], json!(bo.id));
        assert_eq!(looks().await, 1);
    })
    .await;
}

#[actix_web::test]
async fn an_upheld_objection_gives_a_disqualified_entry_its_rank_back() {
    on_each_database(async |app| {
        let locked = seed_public(app, json!({}), &THREE).await;
        let (pm, ana) = (app.staff("product_manager").await, app.member("ana").await);
        let because = json!({ "reason": "not_original", "note": "원본을 보내 주세요." });
        pm.post(&locked.of(0, "disqualify"), &because).await.expect(200);
        let own = ana.get(&locked.of(0, "prize")).await.expect(200)["entry"].clone();
        let body = json!({ "text": "원본 파일을 보냅니다.", "entry": own });
        let made = ana.post(&locked.path("objections"), &body).await.expect(201);
        let decide = format!("/v1/objections/{}/decide", text(&made["id"]));
        pm.post(&decide, &json!({ "upheld": true, "note": "원본을 확인했습니다." })).await.expect(200);
        pm.post(&locked.of(0, "reinstate"), &json!({})).await.expect(200);
        app.advance(TimeDelta::hours(72));
        let pm = app.staff("product_manager").await;
        for (nth, (name, _)) in THREE.iter().enumerate() {
            // The third prize, 100,000, is below what is taxed.
            claim_and_verify(&app.member(name).await, &pm, &locked, nth, nth < 2).await;
        }
        assert_eq!(step(&pm, &locked.id, "finalize").await["phase"], "final");
    })
    .await;
}
