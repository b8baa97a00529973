//! What is left of a contest when what is personal of it has had its time.

use chrono::TimeDelta;
use kit::{TestApp, databases::Kind, on_each_database, people::Person};
use serde_json::{Value, json};

use super::{
    at,
    judged::{Judged, seed_ballots, seed_disqualified, seed_members, seed_review},
    open,
    prizes::seeds::YES,
    step, text,
};
use crate::panels::seats::{id, moment};

/// A contest with a ballot that is final, of two entries of `ana`, of which the first won. `judy` marked both.
async fn ended(app: &TestApp) -> Judged {
    let honour =
        json!([{ "rank": 1, "name": "상장", "kind": "honour", "value_krw": 0, "tax_category": "none" }]);
    let terms = json!({
        "ballot": { "stars": 2, "opens_at": at(app, 49), "closes_at": at(app, 60) }, "jury_weight": 0.7, "prizes": honour, "objection_hours": 72,
    });
    let judged = Judged::new(app, terms, 2, 1).await;
    judged.seed_alike(app, 1, &[(5.0, 5.0), (2.0, 2.0)]);
    let (pm, judy) = (app.staff("product_manager").await, app.member("judy").await);
    pm.post(&judged.path("judges"), &json!({ "member_id": judy.id })).await.expect(201);
    for entry in &judged.entries {
        let marks = json!({ "idea": 3, "use": 3 });
        seed_review(app, (&judged.contest, 1), (entry, &judy.id), ("assigned", "sent"), &marks);
    }
    let (all, one) = (judged.entries.iter().collect::<Vec<_>>(), vec![&judged.entries[0]]);
    let stars = [(all.clone(), "counted"), (one, "counted"), (all, "rejected")];
    let voters = seed_members(app, "voter", 3).into_iter().zip(stars);
    let ballots: Vec<_> = voters.map(|(voter, (stars, state))| (voter, stars, state)).collect();
    seed_ballots(app, &judged.contest, &ballots);
    app.advance(TimeDelta::hours(12));
    judged.lock(app).await;
    judged.publish(app).await;
    let (pm, ana) = (app.staff("product_manager").await, app.member("ana").await);
    let raised =
        ana.post(&judged.path("objections"), &json!({ "text": "다시 봐 주세요." })).await.expect(201);
    let decide = format!("/v1/objections/{}/decide", text(&raised["id"]));
    pm.post(&decide, &json!({ "upheld": true, "note": "확인했습니다." })).await.expect(200);
    let entry = format!("/v1/entries/{}", judged.entries[0]);
    ana.post(&format!("{entry}/claim"), &YES()).await.expect(200);
    pm.post(&format!("{entry}/verify"), &json!({ "identity": true })).await.expect(200);
    app.advance(TimeDelta::hours(72));
    step(&app.staff("product_manager").await, &judged.contest, "finalize").await;
    judged
}

/// What everybody and staff read of the tally.
async fn tallies(app: &TestApp, judged: &Judged) -> [Value; 2] {
    let read = async |person: &Person<'_>| person.get(&judged.path("tally")).await.expect(200);
    [read(&app.visitor()).await, read(&app.staff("product_manager").await).await]
}

#[actix_web::test]
async fn what_everybody_knew_stays_true_when_the_rest_is_forgotten() {
    on_each_database(async |app| {
        let judged = ended(app).await;
        let before = tallies(app, &judged).await;
        let stars = |nth: usize| &before[1]["items"][nth]["stars"];
        assert_eq!(before[1]["ballots"], json!({ "counted": 2, "held": 0, "rejected": 1 }));
        assert_eq!([&stars(0)["counted"], &stars(1)["counted"]], [&json!(2), &json!(1)]);
        let objections = judged.path("objections");
        let decided = app.visitor().get(&objections).await.expect(200)["items"][0].clone();
        let reviews = format!("/v1/me/reviews?contest={}", judged.contest);
        let mine = app.member("judy").await.get(&reviews).await.expect(200);
        assert_eq!(mine["items"][0]["entry"]["ai_use"], "쓰지 않았습니다.");

        app.advance(TimeDelta::days(90));
        assert_eq!(app.seed_forget_contests().await, 1);
        assert_eq!(tallies(app, &judged).await, before, "from what the result was computed from");
        let pm = app.staff("product_manager").await;
        pm.get(&judged.path("ballots")).await.expect(404);
        let after = app.visitor().get(&objections).await.expect(200)["items"][0].clone();
        for name in ["id", "decided_at", "upheld"] {
            assert_eq!((&after[name], after[name].is_null()), (&decided[name], false), "{name}");
        }
        assert_eq!(after["note"], Value::Null);
        let mine = app.member("judy").await.get(&reviews).await.expect(200);
        let seen: Vec<_> =
            mine["items"].as_array().unwrap().iter().map(|one| [&one["state"], &one["entry"]]).collect();
        assert_eq!(seen, [[&json!("sent"), &Value::Null], [&json!("sent"), &Value::Null]]);
    })
    .await;
}

#[actix_web::test]
async fn who_sees_a_contest_after_that_is_not_kept() {
    on_each_database(async |app| {
        let judged = ended(app).await;
        let (eve, path) = (app.member("eve").await, judged.path("seen"));
        let rows = |who: &Person<'_>| app.seed_read_rows().matches(&who.id).count();
        let unseen = rows(&eve);
        eve.put(&path).await.expect(204);
        eve.put(&path).await.expect(204);
        assert_eq!(rows(&eve), unseen + 1);
        app.advance(TimeDelta::days(90));
        assert_eq!(app.seed_forget_contests().await, 1);
        let eve = app.member("eve").await;
        let unseen = rows(&eve);
        eve.put(&path).await.expect(204);
        assert_eq!(rows(&eve), unseen);
    })
    .await;
}

#[actix_web::test]
async fn words_about_a_team_and_shares_of_what_was_not_paid_go_and_what_was_read_before_is_another_version() {
    on_each_database(async |app| {
        let judged = ended(app).await;
        seed_disqualified(app, &judged.contest, &judged.entries[1]);
        let (at, stranger) = (moment(app.clock().stamp().at), app.clock().stamp().id::<()>(0).to_string());
        let [contest, lost] = [&judged.contest, &judged.entries[1]].map(|one| id(app, one));
        app.seed_execute(&format!(
            "INSERT INTO prize_claims (entry_id, contest_id, offered_at, shares, declined_at, version)
             VALUES ({lost}, {contest}, {at}, '{{\"{stranger}\":10000}}', {at}, 1)"
        ))
        .unwrap();
        let held = || [&*stranger, "베낀 작품입니다."].map(|words| app.seed_read_rows().contains(words));
        assert_eq!(held(), [true, true]);
        let won = format!("/v1/entries/{}", judged.entries[0]);
        let before = app.member("ana").await.get(&won).await.etag();
        app.advance(TimeDelta::days(90));
        assert_eq!(app.seed_forget_contests().await, 1);
        assert_eq!(held(), [false, false]);
        let ana = app.member("ana").await;
        assert_ne!(ana.get(&won).await.etag(), before);
        let winners = app.staff("product_manager").await.get(&judged.path("winners")).await.expect(200);
        assert_eq!(winners["items"][0]["payments"][0]["member_id"], json!(ana.id));
    })
    .await;
}

#[actix_web::test]
async fn more_entries_than_a_statement_takes_values_are_forgotten_and_a_contest_that_cannot_be_keeps_no_other()
 {
    on_each_database(async |app| {
        let judged = ended(app).await;
        let (ids, new) = (id(app, &judged.contest), match app.kind {
            Kind::Sqlite => "randomblob(16)",
            Kind::Postgres => "gen_random_uuid()",
        });
        // Two, doubled fourteen times, are more than 32,766, which is the most that SQLite takes.
        let twice = format!(
            "INSERT INTO contest_entries (id, contest_id, state, content, versions, reasons, created_at, updated_at, version)
             SELECT {new}, contest_id, state, content, versions, reasons, created_at, updated_at, 1 FROM contest_entries WHERE contest_id = {ids};"
        );
        app.seed_execute(&twice.repeat(14)).unwrap();
        let pm = app.staff("product_manager").await;
        let mut odd = Vec::new();
        for _ in 0..2 {
            let contest = open(app, &pm, json!({})).await;
            step(&pm, &contest, "cancel").await;
            odd.push(contest);
        }
        let [first, second] = [&odd[0], &odd[1]].map(|one| id(app, one));
        app.advance(TimeDelta::days(90));
        let spoil = |contest: &str, terms: &str| {
            app.seed_execute(&format!("UPDATE contests SET terms = {terms} WHERE id = {contest}")).unwrap();
        };
        let sound = format!("(SELECT terms FROM contests WHERE id = {second})");
        spoil(&first, "'{}'");
        assert_eq!(app.seed_forget_contests().await, 2);
        assert!(!app.seed_read_rows().contains("작품 1"), "of those that lost");
        // What is repaired is forgotten at the next turn.
        spoil(&first, &sound);
        assert_eq!(app.seed_forget_contests().await, 1);
    })
    .await;
}
