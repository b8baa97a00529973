//! What nobody is told of ballots, and whose do not count.

use chrono::TimeDelta;
use futures_util::FutureExt as _;
use kit::{databases::Kind, on_each_database};
use serde_json::{Value, json};

use super::{
    held::{RING, decision, held, with_a_ring},
    seed_marks, step, vote, voting,
};

/// What a row of the list says of its signals, by its fields.
fn fields(row: &Value) -> Vec<&str> {
    let signals = row["signals"].as_array().unwrap().iter();
    signals.flat_map(|one| one.as_object().unwrap().keys().map(String::as_str)).collect()
}

#[actix_web::test]
async fn what_a_ballot_was_held_for_tells_no_tally_before_the_close() {
    on_each_database(async |app| {
        let (contest, _) = with_a_ring(app).await;
        let (pm, metrics) = (app.staff("product_manager").await, format!("/v1/contests/{contest}/metrics"));
        pm.post(&format!("/v1/contests/{contest}/ballots/examine"), &json!({})).await.expect(200);
        let ring = held(&pm, &contest).await;
        assert!(ring.iter().all(|row| fields(row) == ["kind"]), "{}", ring[0]);
        let path = format!("/v1/contests/{contest}/ballots/decide");
        let decided = pm.post(&path, &decision(&ring[..1], "counted")).await.expect(200);
        assert_eq!(fields(&decided["items"][0]), ["kind"], "{decided}");
        let counts = json!({ "counted": null, "held": RING - 1, "rejected": 0 });
        assert_eq!(pm.get(&metrics).await.expect(200)["ballots"], counts);
        let table = pm.with("Accept", "text/csv").fetch(&metrics, &[]).await;
        assert!(String::from_utf8(table.2).unwrap().contains("ballots_counted,\r\n"));

        app.advance(TimeDelta::hours(40));
        let pm = app.staff("product_manager").await;
        let ring = held(&pm, &contest).await;
        let signals = ring[0]["signals"].as_array().unwrap();
        let lockstep = signals.iter().find(|one| one["kind"] == "lockstep").unwrap();
        assert_eq!(lockstep["ballots"], RING);
        let counts = json!({ "counted": 31, "held": RING - 1, "rejected": 0 });
        assert_eq!(pm.get(&metrics).await.expect(200)["ballots"], counts);
    })
    .await;
}

#[actix_web::test]
async fn nothing_tells_a_voter_that_they_were_held() {
    on_each_database(async |app| {
        let (contest, _) = with_a_ring(app).await;
        let pm = app.staff("product_manager").await;
        pm.post(&format!("/v1/contests/{contest}/ballots/examine"), &json!({})).await.expect(200);
        let (ring, path) = (held(&pm, &contest).await, format!("/v1/contests/{contest}/ballots/decide"));
        let decided = || {
            let events = app.seed_read_events();
            events.iter().filter(|(kind, _)| kind == "ballot.decided").count()
        };
        pm.post(&path, &decision(&ring[..5], "counted")).await.expect(200);
        assert_eq!(decided(), 0);
        let rejected = pm.post(&path, &decision(&ring[5..8], "rejected")).await.expect(200);
        assert_eq!(decided(), 3);
        let rejected = rejected["items"].as_array().unwrap();
        pm.post(&path, &decision(&rejected[..1], "counted")).await.expect(200);
        assert_eq!(decided(), 4, "whoever knew of the rejection knows of its end");
    })
    .await;
}

#[actix_web::test]
async fn whoever_judges_or_runs_the_contest_by_now_has_no_vote_that_counts() {
    on_each_database(async |app| {
        let (contest, entries) = voting(app, &["ana", "bo", "cy"]).await;
        for (name, entry) in [("dee", 0), ("eli", 1), ("fay", 2), ("gus", 2)] {
            vote(&app.member(name).await, &contest, &[&entries[entry]]).await;
        }
        let (pm, dee, eli) =
            (app.staff("product_manager").await, app.member("dee").await, app.member("eli").await);
        let judges = format!("/v1/contests/{contest}/judges");
        pm.post(&judges, &json!({ "member_id": dee.id })).await.expect(201);
        pm.post(&format!("{judges}/{}/leave", dee.id), &json!({ "reason": "바빠서" })).await.expect(200);
        let role = json!({ "role": "moderator" });
        app.admin().await.patch(&format!("/v1/members/{}", eli.id), &role).await.expect(200);

        app.advance(TimeDelta::hours(48));
        let pm = app.staff("product_manager").await;
        let tally = pm.get(&format!("/v1/contests/{contest}/tally")).await.expect(200);
        assert_eq!(tally["ballots"], json!({ "counted": 2, "held": 0, "rejected": 0 }));
        assert_eq!(
            (&tally["items"][0]["entry_id"], &tally["items"][0]["stars"]["counted"]),
            (&json!(entries[2]), &json!(2))
        );
        assert_eq!(pm.all(&format!("/v1/contests/{contest}/ballots"), 5).await.len(), 2);
        let metrics = pm.get(&format!("/v1/contests/{contest}/metrics")).await.expect(200);
        assert_eq!(metrics["ballots"]["counted"], 2);
        seed_marks(app, &contest, &entries);
        step(&pm, &contest, "lock_scores").await;
        let bundle = pm.get(&format!("/v1/contests/{contest}/bundle")).await.expect(200);
        assert_eq!(bundle["ballots"].as_array().unwrap().len(), 2);

        // What was frozen stays: nobody finds a ballot as the difference between two tallies.
        let fay = app.member("fay").await;
        app.admin().await.patch(&format!("/v1/members/{}", fay.id), &role).await.expect(200);
        assert_eq!(pm.get(&format!("/v1/contests/{contest}/tally")).await.expect(200), tally);
        // And who is missing among the candidates tells nobody of what the result will.
        let candidates = format!("/v1/contests/{contest}/candidates");
        let shown = app.visitor().get(&candidates).await.expect(200);
        let because = json!({ "reason": "rights", "note": "남의 그림입니다." });
        pm.post(&format!("/v1/entries/{}/disqualify", entries[2]), &because).await.expect(200);
        assert_eq!(app.visitor().get(&candidates).await.expect(200), shown);
        assert_eq!(shown["items"].as_array().unwrap().len(), 3);
    })
    .await;
}

#[actix_web::test]
async fn an_examination_brings_nothing_back_of_whoever_is_forgotten_meanwhile() {
    on_each_database(async |app| {
        let (contest, _) = with_a_ring(app).await;
        app.advance(TimeDelta::hours(40));
        let (pm, one) = (app.staff("product_manager").await, app.member("ring0").await);
        let voter = one.get(&format!("/v1/contests/{contest}/ballot")).await.expect(200)["voter"].clone();
        let examine = format!("/v1/contests/{contest}/ballots/examine");
        let nothing = json!({});
        let race =
            vec![one.post("/v1/me/erase", &nothing).boxed_local(), pm.post(&examine, &nothing).boxed_local()];
        let answers = app.seed_race(&contest, race).await;
        assert_eq!(answers[0].status, 204);
        let newly_held = answers[1].json["newly_held"].clone();
        if app.kind == Kind::Postgres {
            assert_eq!(newly_held, RING - 1, "the ballot is another one by then");
        }
        assert!([RING - 1, RING].map(Value::from).contains(&newly_held), "{newly_held}");
        let all = pm.all(&format!("/v1/contests/{contest}/ballots"), 100).await;
        let left = all.iter().find(|row| row["voter"] == voter).unwrap();
        assert_eq!(left["seconds_on_page"], Value::Null, "{left}");
    })
    .await;
}
