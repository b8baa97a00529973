//! A storm: two thousand members vote and change their minds at once, and every ballot counts exactly as it was answered.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Instant,
};

use chrono::TimeDelta;
use futures_util::{
    StreamExt as _,
    future::{join, join_all},
};
use kit::{on_each_database, people::Person};
use serde_json::{Value, json};

use super::{stars, text, voting};

const MEMBERS: usize = 2_000;
/// How often a judge saves what they mark while they vote.
const SAVED: usize = 40;

/// The review of an entry that a judge is given by hand; its address.
async fn given(pm: &Person<'_>, judge: &Person<'_>, contest: &str, entry: &str) -> String {
    let path = |what: &str| format!("/v1/contests/{contest}/{what}");
    pm.post(&path("judges"), &json!({ "member_id": judge.id })).await.expect(201);
    judge.put_body(&path("conflicts"), &json!({ "member_ids": [] })).await.expect(200);
    let give = json!({ "entry_id": entry, "judge_id": judge.id, "reason": "한 사람이면 됩니다." });
    let given = pm.post(&path("reviews"), &give).await.expect(201);
    format!("/v1/reviews/{}", text(&given["id"]))
}

#[actix_web::test]
async fn two_thousand_at_once_are_two_thousand_ballots_each_as_it_was_cast_last() {
    on_each_database(async |app| {
        let (contest, entries) = voting(app, &["ana", "bo", "cy", "dee", "eli"]).await;
        let sign_on =
            futures_util::stream::iter(0..MEMBERS).map(async |nth| app.member(&format!("m{nth}")).await);
        let people: Vec<_> = sign_on.buffer_unordered(64).collect().await;
        let path = format!("/v1/contests/{contest}/ballot");
        let of = |nth: usize| {
            let chosen: Vec<&String> = (0..5)
                .filter(|place| (((nth * 7 + 3) % 31) >> place) & 1 == 1)
                .map(|place| &entries[place])
                .collect();
            chosen.into_iter().take(3).collect::<Vec<_>>()
        };
        let (pm, judge) = (app.staff("product_manager").await, app.member("judge").await);
        let review = given(&pm, &judge, &contest, &entries[0]).await;
        let started = Instant::now();
        let bodies: Vec<_> = (0..MEMBERS).map(|nth| stars(&of(nth))).collect();
        let sent = futures_util::stream::iter(people.iter().zip(&bodies).enumerate())
            .map(async |(nth, (person, body))| (nth, person.put_body(&path, body).await.expect(200)));
        // A judge saves what they mark meanwhile, as a frontend does for them.
        let marks = async {
            for nth in 0..SAVED {
                let marks = json!({ "marks": { "idea": nth % 5 + 1 } });
                judge.patch(&review, &marks).await.expect(200);
            }
        };
        let (answers, ()): (Vec<_>, _) = join(sent.buffer_unordered(128).collect(), marks).await;
        eprintln!("{MEMBERS} ballots in {:.1} s", started.elapsed().as_secs_f64());
        assert_eq!(answers.len(), MEMBERS);
        for (answer, body) in answers.iter().map(|(nth, answer)| (answer, &bodies[*nth])) {
            let sorted = |stars: &Value| {
                stars.as_array().unwrap().iter().map(|star| text(star).to_owned()).collect::<BTreeSet<_>>()
            };
            assert_eq!(sorted(&answer["stars"]), sorted(&body["stars"]));
        }
        let marked = judge.get(&review).await.expect(200);
        assert_eq!(marked["marks"], json!({ "idea": ((SAVED - 1) % 5 + 1) as f64 }));
        let mut expected: BTreeMap<String, u64> = entries.iter().map(|entry| (entry.clone(), 0)).collect();
        for nth in 0..MEMBERS {
            of(nth).into_iter().for_each(|entry| *expected.get_mut(entry).unwrap() += 1);
        }

        app.advance(TimeDelta::hours(48));
        let pm = app.staff("product_manager").await;
        let tally = pm.get(&format!("/v1/contests/{contest}/tally")).await.expect(200);
        assert_eq!(tally["ballots"], json!({ "counted": MEMBERS, "held": 0, "rejected": 0 }));
        let counted = tally["items"].as_array().unwrap().iter();
        let counted: BTreeMap<String, u64> = counted
            .map(|item| (text(&item["entry_id"]).to_owned(), item["stars"]["counted"].as_u64().unwrap()))
            .collect();
        assert_eq!(counted, expected);
        let rows = pm.all(&format!("/v1/contests/{contest}/ballots"), 100).await;
        let mut voters: Vec<&str> = rows.iter().map(|row| text(&row["voter"])).collect();
        voters.dedup();
        assert_eq!(voters.len(), MEMBERS, "no page repeats one or leaves one out");
    })
    .await;
}

#[actix_web::test]
async fn one_member_many_times_at_once_has_one_ballot() {
    on_each_database(async |app| {
        let (contest, entries) = voting(app, &["ana", "bo"]).await;
        let (zoe, path) = (app.member("zoe").await, format!("/v1/contests/{contest}/ballot"));
        let bodies: Vec<_> = (0..64).map(|nth| stars(&[&entries[nth % 2]])).collect();
        for answer in join_all(bodies.iter().map(|body| zoe.put_body(&path, body))).await {
            answer.expect(200);
        }
        let last = zoe.get(&path).await.expect(200);
        app.advance(TimeDelta::hours(48));
        let pm = app.staff("product_manager").await;
        let tally = pm.get(&format!("/v1/contests/{contest}/tally")).await.expect(200);
        assert_eq!(tally["ballots"]["counted"], 1);
        assert_eq!(tally["items"][0]["entry_id"], last["stars"][0]);
    })
    .await;
}
