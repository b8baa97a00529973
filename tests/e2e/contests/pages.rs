//! Pages of contests, entries and reviews are read by as many statements as one of them takes, and each says what it is to whoever asks.

use kit::{on_each_database, statements::Statements};
use serde_json::{Value, json};

use super::{
    draft, enter,
    judged::seed_review,
    judging::{appoint, judged, mine, seed_review as seed_open},
    open, sent, text,
};

#[actix_web::test]
async fn a_page_takes_as_many_statements_as_one_item_does() {
    let statements = Statements::count();
    on_each_database(async |app| {
        let (pm, ana, visitor) = (app.staff("product_manager").await, app.member("ana").await, app.visitor());
        let several = json!({ "entries_per_person": 10, "team": { "least": 1, "most": 3 } });
        let first = open(app, &pm, several.clone()).await;
        sent(&ana, &first).await;
        let requests = [
            (&pm, "/v1/contests"),
            (&ana, "/v1/contests"),
            (&visitor, "/v1/contests"),
            (&ana, "/v1/me/entries"),
        ];
        let count = async |items: usize| {
            let mut counts = Vec::new();
            for (person, path) in requests {
                assert_eq!(person.get(path).await.expect(200)["items"].as_array().unwrap().len(), items);
                counts.push(statements.of(person.get(path)).await);
            }
            counts
        };
        let of_one = count(1).await;
        for _ in 2..=6 {
            sent(&ana, &open(app, &pm, several.clone()).await).await;
        }
        assert!(of_one.iter().all(|count| (1..30).contains(count)), "{of_one:?}");
        assert_eq!(count(6).await, of_one);
        assert_eq!(ana.all(&format!("/v1/me/entries?contest={first}"), 1).await.len(), 1);
    })
    .await;
}

#[actix_web::test]
async fn a_judge_finds_all_they_judge_by_as_many_statements_as_one_review_takes() {
    let statements = Statements::count();
    on_each_database(async |app| {
        let blind = json!({ "judging": { "blind": ["author", "team", "files"] } });
        let first = judged(app, &["a1", "a2", "a3"], blind).await;
        let second = judged(app, &["a1", "a2"], json!({ "judging": { "blind": [] } })).await;
        let judge = appoint(app, &first.contest, "judge").await;
        seed_open(app, &first.contest, &first.entries[0], &judge.id);
        let count = async |items: usize| {
            let found = judge.get("/v1/me/reviews").await.expect(200);
            assert_eq!(found["items"].as_array().unwrap().len(), items);
            statements.of(judge.get("/v1/me/reviews")).await
        };
        let of_one = count(1).await;
        appoint(app, &second.contest, "judge").await;
        for (of, nth) in [(&first, 1), (&first, 2), (&second, 0), (&second, 1)] {
            seed_open(app, &of.contest, &of.entries[nth], &judge.id);
        }
        assert_eq!(count(5).await, of_one);
        // In another round once more, each time with the entry.
        seed_review(
            app,
            (&first.contest, 2),
            (&first.entries[0], &judge.id),
            ("assigned", "open"),
            &json!({}),
        );
        let all = judge.all("/v1/me/reviews", 2).await;
        assert_eq!(all.len(), 6);
        for review in &all {
            let team = review["entry"]["team"].as_array().unwrap();
            let is_blind = review["contest"]["id"] == json!(first.contest);
            assert_eq!(team.is_empty(), is_blind, "each as far as its contest lets judges see it: {review}");
        }
        assert_eq!(mine(&judge, &second.contest).await.len(), 2);
        let pm = app.staff("product_manager").await;
        let out = json!({ "reason": "그만둡니다." });
        pm.post(&first.path(&format!("judges/{}/leave", judge.id)), &out).await.expect(200);
        let left = judge.all("/v1/me/reviews", 100).await;
        let of: Vec<&Value> = left.iter().map(|review| &review["contest"]["id"]).collect();
        assert_eq!(of, [&json!(second.contest); 2], "nothing of one they left");
    })
    .await;
}

#[actix_web::test]
async fn a_contest_says_what_the_caller_is_in_it_and_nothing_of_others() {
    on_each_database(async |app| {
        let (pm, ana, bo) =
            (app.staff("product_manager").await, app.member("ana").await, app.member("bo").await);
        let contest = open(app, &pm, json!({ "entries_per_person": 2 })).await;
        let path = format!("/v1/contests/{contest}");
        let (one, two) = (sent(&ana, &contest).await, enter(&ana, &contest).await);
        let juror = appoint(app, &contest, "juror").await;
        let ids = [&one, &two].map(|entry| entry.rsplit('/').next().unwrap());
        let nothing = json!({ "entry_ids": [], "judges": false });
        for (person, yours) in [
            (&ana, json!({ "entry_ids": ids, "judges": false })),
            (&juror, json!({ "entry_ids": [], "judges": true })),
            (&bo, nothing.clone()),
            (&pm, nothing),
        ] {
            assert_eq!(person.get(&path).await.expect(200)["yours"], yours);
            assert_eq!(person.get("/v1/contests").await.expect(200)["items"][0]["yours"], yours);
        }
        assert_eq!(app.visitor().get(&path).await.expect(200).get("yours"), None);
        let other = open(app, &pm, json!({})).await;
        ana.post(&format!("/v1/contests/{other}/entries"), &draft()).await.expect(201);
        let of_first = ana.all(&format!("/v1/me/entries?contest={contest}"), 1).await;
        let found: Vec<&str> = of_first.iter().map(|entry| text(&entry["id"])).collect();
        assert_eq!(found, [ids[1], ids[0]]);
    })
    .await;
}
