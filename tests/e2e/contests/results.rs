//! Results: frozen at the lock, computed so that anybody can compute them again, and told when their phase comes.

mod extra;
mod rounds;
mod settled;

use std::{fs, path::Path, process::Command};

use chrono::TimeDelta;
use kit::{TestApp, on_each_database, people::Person};
use serde_json::{Value, json};

use super::{
    at,
    judged::{Judged, results, seed_ballots, seed_members, seed_name, seed_review},
    no_step, step, text,
};

fn prize(rank: u32, places: u32) -> Value {
    json!({ "rank": rank, "name": format!("{rank}등"), "kind": "cash", "value_krw": 1_000_000, "tax_category": "contest", "places": places })
}

/// The entries of a result, the best first.
fn order(result: &Value) -> Vec<String> {
    result["entries"].as_array().unwrap().iter().map(|row| text(&row["entry"]).to_owned()).collect()
}

/// That a bundle gives its result, to the server and to the script in Python.
async fn recomputes(anybody: &Person<'_>, bundle: &Value) {
    let verdict = anybody.post("/v1/contests/recompute", bundle).await.expect(200);
    assert_eq!(
        (&verdict["valid"], &verdict["result"]),
        (&json!(true), &bundle["result"]),
        "{}",
        verdict["checks"]
    );
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("bundle.json");
    fs::write(&file, bundle.to_string()).unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/verify/contest.py");
    let said = Command::new("python3").arg(script).arg(&file).output().unwrap();
    let shown = String::from_utf8_lossy(&said.stdout).into_owned();
    assert!(said.status.success(), "{shown}{}", String::from_utf8_lossy(&said.stderr));
    let canonical = domain::draws::canonical(&bundle["result"]);
    assert_eq!(shown.lines().last(), Some(canonical.as_str()));
    let own = madang::judging::recompute_file(&file, madang::draws::Form::Json).unwrap();
    assert_eq!(format!("{own:?}"), format!("{:?}", std::process::ExitCode::SUCCESS));
}

#[actix_web::test]
async fn scores_are_locked_once_every_entry_is_judged() {
    on_each_database(async |app| {
        let judged = Judged::new(app, json!({ "prizes": [prize(1, 1)] }), 3, 2).await;
        let pm = app.staff("product_manager").await;
        no_step(&pm, &judged.contest, "lock_scores", "reviews_missing").await;
        let round = (&*judged.contest, 1);
        judged.seed_alike(app, 1, &[(5.0, 5.0), (3.0, 4.0)]);
        let third = (&*judged.entries[2], &*judged.judges[0]);
        seed_review(app, round, third, ("assigned", "open"), &json!({ "idea": 2 }));
        let problem =
            pm.post(&judged.path("lock_scores"), &json!({})).await.expect_problem(409, "reviews_open");
        assert!(text(&problem["detail"]).contains('1'), "{problem}");
        let contest = pm.get(&format!("/v1/contests/{}", judged.contest)).await.expect(200);
        assert_eq!((&contest["phase"], &contest["lock_hash"]), (&json!("judging"), &Value::Null));
        pm.get(&judged.path("results")).await.expect_problem(409, "contest_phase");
        app.seed_execute("DELETE FROM entry_reviews WHERE state = 'open'").unwrap();
        no_step(&pm, &judged.contest, "lock_scores", "reviews_missing").await;
        seed_review(app, round, third, ("assigned", "sent"), &json!({ "idea": 2, "use": 2 }));
        no_step(&pm, &judged.contest, "next_round", "last_round").await;

        let locked = judged.lock(app).await;
        let lock_hash = text(&locked["lock_hash"]).to_owned();
        let seen = app.visitor().get(&format!("/v1/contests/{}", judged.contest)).await.expect(200);
        assert_eq!((&seen["phase"], &seen["lock_hash"]), (&json!("scores_locked"), &json!(lock_hash)));
        no_step(&pm, &judged.contest, "lock_scores", "contest_phase").await;
        // What is sent later does not count.
        let before = results(&pm, &judged).await;
        let late = (&*judged.entries[2], &*judged.judges[1]);
        seed_review(app, round, late, ("assigned", "sent"), &json!({ "idea": 5, "use": 5 }));
        let after = pm.post(&judged.path("compute"), &json!({})).await.expect(200);
        assert_eq!(after, before);
        assert_eq!(after["lock_hash"], json!(lock_hash));
        assert_eq!(order(&after), judged.pseudonyms(app).await);
        assert_eq!(after["warnings"][0]["kind"], "few_reviews");
        let log = app.admin().await.all("/v1/audit?action=lock_scores", 100).await;
        assert_eq!((log.len(), &log[0]["after"]["lock_hash"]), (1, &json!(lock_hash)));
    })
    .await;
}

/// Forty entries, eight judges and three hundred voters, forty of whom do not count.
async fn whole(app: &TestApp) -> Judged {
    let terms = json!({
        "ballot": { "stars": 3, "opens_at": at(app, 49), "closes_at": at(app, 200) }, "jury_weight": 0.7,
        "prizes": [prize(1, 1), prize(2, 3)], "tie_order": ["heaviest_criterion", "first_ranks", "joint_prize"],
    });
    let judged = Judged::new(app, terms, 40, 8).await;
    judged.seed_marks(app, 1);
    let voters = seed_members(app, "voter", 300);
    let ballots: Vec<_> = voters
        .into_iter()
        .enumerate()
        .map(|(nth, voter)| {
            let stars = [nth % 40, (nth * nth) % 37, (nth * 3 + 1) % 40].map(|star| &judged.entries[star]);
            let stars: std::collections::BTreeSet<_> = stars.into();
            let state = if nth < 40 { "rejected" } else { "counted" };
            (voter, stars.into_iter().collect(), state)
        })
        .collect();
    seed_ballots(app, &judged.contest, &ballots);
    app.advance(TimeDelta::hours(152));
    judged
}

#[actix_web::test]
async fn anybody_computes_a_published_result_again() {
    on_each_database(async |app| {
        let judged = whole(app).await;
        judged.lock(app).await;
        judged.publish(app).await;
        let visitor = app.visitor();
        let answer = visitor.get(&judged.path("bundle")).await;
        let etag = answer.etag();
        let bundle = answer.expect(200);
        recomputes(&visitor, &bundle).await;
        let again = visitor.with("If-None-Match", &etag).get(&judged.path("bundle")).await;
        assert_eq!(again.status.as_u16(), 304);

        let contest = visitor.get(&format!("/v1/contests/{}", judged.contest)).await.expect(200);
        assert_eq!(bundle["rules_hash"], contest["rules_hash"], "what stands on receipts");
        assert_eq!(bundle["hashes"]["lock_hash"], contest["lock_hash"]);
        assert_eq!(
            (bundle["scores"].as_array().unwrap().len(), bundle["ballots"].as_array().unwrap().len()),
            (320, 300)
        );
        // Nobody is told by it.
        let said = bundle.to_string();
        for id in judged.entries.iter().chain(&judged.judges) {
            assert!(!said.contains(id), "{id}");
        }
        for word in ["@example.com", "ana", "judge 1", "voter 1", "작품 1"] {
            assert!(!said.contains(word), "{word}");
        }

        let result = results(&visitor, &judged).await;
        assert_eq!(order(&result), order(&bundle["result"]));
        assert_eq!(result["ballots"], json!({ "counted": 260, "held": 0, "rejected": 40 }));
        assert_eq!(
            (&result["judges"], &result["scores"], &result["icc"]),
            (&json!(8), &json!(320), &bundle["result"]["icc"])
        );
        assert_eq!(result.get("severity"), None, "for those who run it");
        for (nth, line) in bundle["result"]["lines"].as_array().unwrap().iter().enumerate() {
            let prize = json!({ "rank": nth + 1, "name": format!("{}등", nth + 1) });
            let rows = result["entries"].as_array().unwrap().iter();
            let won: Vec<&Value> =
                rows.filter(|row| row["prize"] == prize).map(|row| &row["entry"]).collect();
            assert_eq!((json!(won), &result["lines"][nth]["prize"]), (line["awarded"].clone(), &prize));
        }
        let ranks: Vec<u64> = result["entries"]
            .as_array()
            .unwrap()
            .iter()
            .map(|row| row["public_rank"].as_u64().unwrap())
            .collect();
        assert!(ranks.contains(&1) && !ranks.is_sorted(), "customers see it in another way: {ranks:?}");
    })
    .await;
}

#[actix_web::test]
async fn a_result_is_told_when_its_phase_comes() {
    on_each_database(async |app| {
        let judged = Judged::new(app, json!({ "prizes": [prize(1, 1)] }), 3, 3).await;
        judged.seed_alike(app, 1, &[(5.0, 5.0), (3.0, 3.0), (1.0, 2.0)]);
        seed_name(app, &judged.entries[0], "masked");
        seed_name(app, &judged.entries[1], "full");
        judged.lock(app).await;
        let (pm, ana) = (app.staff("product_manager").await, app.member("ana").await);
        let hidden = async || {
            for path in ["results", "bundle", "results?round=1"] {
                for person in [&app.visitor(), &app.member("ana").await] {
                    person.get(&judged.path(path)).await.expect_problem(409, "contest_phase");
                }
            }
        };
        hidden().await;
        ana.post(&judged.path("compute"), &json!({})).await.expect_problem(403, "forbidden");
        let early = results(&pm, &judged).await;
        assert_eq!(early["severity"].as_object().unwrap().len(), 3);
        assert_eq!(
            (&early["entries"][0]["title"], &early["entries"][0]["names"]),
            (&json!("작품 0"), &json!([]))
        );
        step(&pm, &judged.contest, "publish_provisional").await;
        hidden().await;
        app.advance(chrono::TimeDelta::hours(300));

        let own = judged.pseudonyms(app).await;
        let result = results(&app.visitor(), &judged).await;
        let rows = result["entries"].as_array().unwrap();
        let shown: Vec<_> = rows.iter().map(|row| [&row["entry"], &row["title"], &row["names"]]).collect();
        let expected = [
            // Whoever did not win is named to nobody, whatever they chose.
            [json!(own[0]), json!("작품 0"), json!(["a*a"])],
            [json!(own[1]), Value::Null, json!([])],
            [json!(own[2]), Value::Null, json!([])],
        ];
        assert_eq!(shown, expected.iter().map(|row| [&row[0], &row[1], &row[2]]).collect::<Vec<_>>());
        assert_eq!(
            (&result["ballots"], &rows[0]["public"], &rows[0]["public_rank"]),
            (&Value::Null, &Value::Null, &Value::Null)
        );
        // Staff are shown the pseudonym of no team in its entry, and others nothing of it.
        let pm = app.staff("product_manager").await;
        let entry = pm.get(&format!("/v1/entries/{}", judged.entries[0])).await.expect(200);
        assert_eq!(entry.get("yours"), None);
        app.visitor().get(&judged.path("results?round=2")).await.expect(404);
    })
    .await;
}

#[actix_web::test]
async fn a_result_is_a_table_and_a_picture_too() {
    on_each_database(async |app| {
        let odd = json!({ "title": "=1+1 <이름> & 공모전", "prizes": [prize(1, 1)] });
        let judged = Judged::new(app, odd, 2, 3).await;
        judged.seed_alike(app, 1, &[(5.0, 5.0), (2.0, 2.0)]);
        judged.lock(app).await;
        judged.publish(app).await;
        let (visitor, own) = (app.visitor(), judged.pseudonyms(app).await);
        let json = results(&visitor, &judged).await;
        let csv = visitor.with("Accept", "text/csv").get(&judged.path("results")).await;
        assert_eq!(csv.header("content-type"), Some("text/csv; charset=utf-8; header=present"));
        let row = &json["entries"][0];
        let [total, jury, theta, se] =
            ["final", "jury", "theta", "se"].map(|name| row[name].as_f64().unwrap());
        let line = format!("1,{},작품 0,,1등,,{total},{jury},,1,,{theta},{se},\r\n", own[0]);
        assert!(
            csv.text.starts_with('\u{feff}') && csv.text.contains(&line),
            "{line} is not in {}",
            csv.text
        );
        assert!(csv.text.contains("contest,'=1+1 <이름> & 공모전\r\n"), "{}", csv.text);
        let svg = visitor
            .with("Accept", "image/svg+xml")
            .with("Accept-Language", "ko")
            .get(&judged.path("results"))
            .await;
        assert_eq!(svg.header("content-language"), Some("ko"));
        let said = format!(
            "<title>=1+1 &lt;이름&gt; &amp; 공모전: 결과</title>\n<desc>1위 작품 0: {} ± {}; 2위 {}",
            row["theta"], row["se"], own[1]
        );
        assert!(
            svg.text.contains(&said) && svg.text.contains("role=\"img\""),
            "{said} is not in {}",
            svg.text
        );
        assert_eq!(svg.text.matches("<circle").count(), 2, "a point for each entry");
        visitor
            .with("Accept", "application/pdf")
            .get(&judged.path("results"))
            .await
            .expect_problem(406, "not_acceptable");
    })
    .await;
}
