//! Ballots that look bought: held, decided about by people, and appealed.

use chrono::TimeDelta;
use kit::{TestApp, on_each_database, on_each_database_with, people::Person};
use serde_json::{Value, json};

use super::{no_step, seed_marks, stars, step, text, vote, voting};
use crate::contests::told;

const AUTHORS: [&str; 6] = ["ana", "bo", "cy", "dee", "eli", "fay"];
pub const RING: usize = 12;

/// A contest in which thirty customers voted as they like, over hours, and a ring all at once for the same three.
pub async fn with_a_ring(app: &TestApp) -> (String, Vec<String>) {
    let (contest, entries) = voting(app, &AUTHORS).await;
    for nth in 0..30 {
        app.advance(TimeDelta::minutes(25));
        let person = app.member(&format!("customer{nth}")).await;
        vote(
            &person,
            &contest,
            &[&entries[nth % 6], &entries[(nth * nth + 1) % 6 / 2 + 3 * (nth % 2)]][..1 + nth % 2],
        )
        .await;
    }
    for nth in 0..RING {
        let person = app.member(&format!("ring{nth}")).await;
        let body = json!({ "stars": [entries[0], entries[1], entries[2]], "seconds_on_page": 40 });
        person.put_body(&format!("/v1/contests/{contest}/ballot"), &body).await.expect(200);
    }
    (contest, entries)
}

pub async fn held(pm: &Person<'_>, contest: &str) -> Vec<Value> {
    pm.all(&format!("/v1/contests/{contest}/ballots?state=held"), 5).await
}

/// What is decided about ballots as they were seen.
pub fn decision<'a>(seen: impl IntoIterator<Item = &'a Value>, state: &str) -> Value {
    let seen = seen.into_iter().map(|row| json!({ "voter": row["voter"], "version": row["version"] }));
    json!({ "ballots": seen.collect::<Vec<_>>(), "state": state, "note": "같은 표가 모였습니다." })
}

#[actix_web::test]
async fn a_ring_is_held_decided_about_by_a_person_and_may_appeal() {
    on_each_database(async |app| {
        let (contest, entries) = with_a_ring(app).await;
        let pm = app.staff("product_manager").await;
        let path = format!("/v1/contests/{contest}/ballots");
        let examine = format!("{path}/examine");
        let examined = pm.post(&examine, &json!({})).await.expect(200);
        assert_eq!(examined, json!({ "newly_held": RING, "held": RING }));
        let again = pm.post(&examine, &json!({})).await.expect(200);
        assert_eq!(again, json!({ "newly_held": 0, "held": RING }));
        assert_eq!(told(&pm).await, [json!("contest_ballots_held")]);
        let ring = held(&pm, &contest).await;
        assert_eq!(ring.len(), RING);
        assert!(!ring[0].to_string().contains("ring"), "nobody sees whose it is: {}", ring[0]);

        // Who is held is not told, and changing the ballot frees nobody.
        let one = app.member("ring0").await;
        let own = vote(&one, &contest, &[&entries[5]]).await;
        assert_eq!(own["rejected"], Value::Null);
        assert_eq!(held(&pm, &contest).await.len(), RING);
        let mine = text(&own["voter"]).to_owned();
        let decide_at = format!("{path}/decide");
        // What they star now is not what staff saw.
        let unseen =
            pm.post(&decide_at, &decision(&ring, "counted")).await.expect_problem(409, "ballot_changed");
        assert!(text(&unseen["detail"]).contains(&mine), "{unseen}");
        assert_eq!(held(&pm, &contest).await.len(), RING, "all or none");
        let ring = held(&pm, &contest).await;
        assert!(ring.iter().any(|row| row["voter"] == mine && row["stars"] == json!([entries[5]])));
        let stranger = json!({ "voter": "0000000000000000", "version": 1 });
        let nobody = pm.post(&decide_at, &decision([&ring[0], &stranger], "rejected")).await;
        assert_eq!(nobody.expect_problem(422, "invalid_fields")["errors"][0]["pointer"], "/ballots/1/voter");
        let untouched =
            app.member("customer1").await.get(&format!("/v1/contests/{contest}/ballot")).await.expect(200);
        let untouched = json!({ "voter": untouched["voter"], "version": 1 });
        pm.post(&decide_at, &decision([&untouched], "rejected")).await.expect_problem(409, "ballot_not_held");
        one.post(&decide_at, &decision(&ring, "counted")).await.expect_problem(403, "forbidden");
        assert_eq!(held(&pm, &contest).await.len(), RING, "all or none");
        let appeal = format!("/v1/contests/{contest}/ballot/appeal");
        one.post(&appeal, &json!({ "text": "아직" })).await.expect_problem(409, "not_rejected");

        app.advance(TimeDelta::hours(40));
        let (pm, one) = (app.staff("product_manager").await, app.member("ring0").await);
        no_step(&pm, &contest, "lock_scores", "ballots_held").await;
        let rejected = pm.post(&decide_at, &decision(&ring, "rejected")).await.expect(200);
        let rejected = rejected["items"].as_array().unwrap();
        assert!(rejected.iter().all(|row| row["state"] == "rejected"));
        assert_eq!(told(&one).await, [json!("contest_ballot_rejected")]);
        no_step(&pm, &contest, "lock_scores", "ballots_held").await;
        let appealed = one.post(&appeal, &json!({ "text": "저희는 가족입니다." })).await.expect(200);
        let said = &appealed["appeal"];
        assert_eq!((&said["text"], &said["granted"]), (&json!("저희는 가족입니다."), &Value::Null));
        one.post(&appeal, &json!({ "text": "다시" })).await.expect_problem(409, "already_appealed");
        let waiting = pm.all(&format!("{path}?waiting=appeal"), 5).await;
        let [appealed] = &waiting[..] else { panic!("{waiting:?}") };
        assert_eq!(appealed["voter"], mine);
        let again = pm.post(&decide_at, &decision([appealed], "counted")).await;
        again.expect_problem(409, "already_appealed");
        app.advance(TimeDelta::hours(1));
        let (pm, two) = (app.staff("product_manager").await, app.member("ring1").await);
        two.post(&appeal, &json!({ "text": "늦게" })).await.expect_problem(409, "appeal_over");
        no_step(&pm, &contest, "lock_scores", "ballots_held").await;
        let verdict =
            |version: &Value| json!({ "granted": true, "note": "확인했습니다.", "version": version });
        let of = |voter: &str| format!("{path}/{voter}/appeal/decide");
        let other = rejected.iter().find(|row| row["voter"] != mine).unwrap();
        let nothing = pm.post(&of(text(&other["voter"])), &verdict(&other["version"])).await;
        nothing.expect_problem(409, "nothing_to_decide");
        pm.post(&of("0000000000000000"), &verdict(&json!(1))).await.expect(404);
        let unseen = rejected.iter().find(|row| row["voter"] == mine).unwrap();
        pm.post(&of(&mine), &verdict(&unseen["version"])).await.expect_problem(409, "ballot_changed");
        let granted = pm.post(&of(&mine), &verdict(&appealed["version"])).await.expect(200);
        assert_eq!(granted["state"], "counted");
        assert!(pm.all(&format!("{path}?waiting=appeal"), 5).await.is_empty());
        pm.post(&of(&mine), &verdict(&granted["version"])).await.expect_problem(409, "already_decided");
        assert_eq!(told(&app.member("ring0").await).await[0], "contest_ballot_appeal_decided");
        let tally = pm.get(&format!("/v1/contests/{contest}/tally")).await.expect(200);
        assert_eq!(tally["ballots"], json!({ "counted": 31, "held": 0, "rejected": RING - 1 }));
        seed_marks(app, &contest, &entries);
        step(&pm, &contest, "lock_scores").await;
        let log = app.admin().await.all("/v1/audit?action=decide_ballots", 100).await;
        assert_eq!((log.len(), log[0]["after"]["states"].as_object().unwrap().len()), (1, RING));
        let appeals = app.admin().await.all("/v1/audit?action=decide_ballot_appeal", 9).await;
        assert_eq!(appeals.len(), 1);
        let kept = json!([log, appeals]).to_string();
        assert!(
            !kept.contains(&entries[0]) && !kept.contains("가족입니다"),
            "the log outlives ballots: {kept}"
        );
    })
    .await;
}

#[actix_web::test]
async fn nobody_locks_scores_over_ballots_that_nothing_looked_at() {
    on_each_database(async |app| {
        let (contest, entries) = with_a_ring(app).await;
        app.advance(TimeDelta::hours(48));
        let pm = app.staff("product_manager").await;
        app.member("ana")
            .await
            .post(&format!("/v1/contests/{contest}/lock_scores"), &json!({}))
            .await
            .expect(403);
        assert!(held(&pm, &contest).await.is_empty());
        no_step(&pm, &contest, "lock_scores", "ballots_held").await;
        let ring = held(&pm, &contest).await;
        assert_eq!(ring.len(), RING);
        let counted = decision(&ring, "counted");
        pm.post(&format!("/v1/contests/{contest}/ballots/decide"), &counted).await.expect(200);
        seed_marks(app, &contest, &entries);
        step(&pm, &contest, "lock_scores").await;
        let late = pm.post(&format!("/v1/contests/{contest}/ballots/decide"), &counted).await;
        late.expect_problem(409, "contest_phase");
        pm.post(&format!("/v1/contests/{contest}/ballots/examine"), &json!({}))
            .await
            .expect_problem(409, "contest_phase");
    })
    .await;
}

#[actix_web::test]
async fn the_job_holds_a_ring_while_voting_goes_on() {
    on_each_database(async |app| {
        let (contest, _) = with_a_ring(app).await;
        assert_eq!((app.seed_examine_ballots().await, app.seed_examine_ballots().await), (RING, 0));
        let pm = app.staff("product_manager").await;
        assert_eq!(held(&pm, &contest).await.len(), RING);
        let log = app.admin().await.all("/v1/audit?action=examine_ballots", 100).await;
        assert_eq!(
            (log.len(), &log[0]["after"], &log[0]["by"]),
            (1, &json!({ "newly_held": RING }), &Value::Null)
        );
    })
    .await;
}

#[actix_web::test]
async fn nobody_decides_in_a_contest_they_have_a_part_in() {
    on_each_database(async |app| {
        let (contest, _) = with_a_ring(app).await;
        let pm = app.staff("product_manager").await;
        pm.post(&format!("/v1/contests/{contest}/ballots/examine"), &json!({})).await.expect(200);
        let (ana, one) = (app.member("ana").await, app.member("ring0").await);
        let voter = one.get(&format!("/v1/contests/{contest}/ballot")).await.expect(200)["voter"].clone();
        for person in [&ana, &one] {
            let role = json!({ "role": "marketer" });
            app.admin().await.patch(&format!("/v1/members/{}", person.id), &role).await.expect(200);
        }
        let decide = decision([&json!({ "voter": voter, "version": 2 })], "counted");
        let path = format!("/v1/contests/{contest}/ballots/decide");
        ana.post(&path, &decide).await.expect_problem(409, "own_entry");
        one.post(&path, &decide).await.expect_problem(409, "own_ballot");
        assert_eq!(
            held(&pm, &contest).await.len(),
            RING - 1,
            "nothing was decided; whoever runs it has no vote"
        );
    })
    .await;
}

#[actix_web::test]
async fn ballots_from_one_place_for_one_entry_are_held_and_no_address_is_kept() {
    let behind_a_proxy =
        |config| madang::Config { trusted_proxies: vec!["127.0.0.0/8".parse().unwrap()], ..config };
    on_each_database_with(behind_a_proxy, async |app| {
        let (contest, entries) = voting(app, &AUTHORS).await;
        for nth in 0..60_usize {
            app.advance(TimeDelta::minutes(11));
            let is_ring = nth % 3 == 0;
            let name = if is_ring { format!("office{nth}") } else { format!("customer{nth}") };
            let address = if is_ring { format!("203.0.113.{nth}") } else { format!("198.51.{nth}.7") };
            let person = app.member(&name).await.with("X-Forwarded-For", &address);
            let entry = if is_ring { &entries[0] } else { &entries[1 + nth % 5] };
            person.put_body(&format!("/v1/contests/{contest}/ballot"), &stars(&[entry])).await.expect(200);
        }
        let pm = app.staff("product_manager").await;
        pm.post(&format!("/v1/contests/{contest}/ballots/examine"), &json!({})).await.expect(200);
        let held = held(&pm, &contest).await;
        assert_eq!(held.len(), 20);
        // Which entry it is about, and no figure while voting goes on.
        let signal = json!({ "kind": "prefix", "entry": entries[0] });
        assert!(held.iter().all(|row| row["signals"].as_array().unwrap().contains(&signal)), "{}", held[0]);
        assert!(held.iter().all(|row| row["stars"] == json!([entries[0]])));
        let rows = app.seed_read_rows();
        assert!(!rows.contains("203.0.113") && !rows.contains("198.51."));
    })
    .await;
}
