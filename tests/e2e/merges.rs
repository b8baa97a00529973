//! Duplicates: merged, each person counted once, and unmerged as if nothing had been.

use kit::{TestApp, on_each_database, people::Person};
use serde_json::{Value, json};

async fn voters(person: &Person<'_>, idea: &str) -> Vec<String> {
    let listed = person.all(&format!("/v1/ideas/{idea}/votes"), 100).await;
    let mut names: Vec<_> =
        listed.iter().map(|vote| vote["member"]["display_name"].as_str().unwrap().to_owned()).collect();
    names.sort();
    names
}

async fn read(person: &Person<'_>, idea: &str) -> Value {
    person.get(&format!("/v1/ideas/{idea}")).await.expect(200)
}

/// Who votes, by first letter, for a new idea of the first of them.
async fn idea(app: &TestApp, title: &str, people: &str) -> String {
    let mut id = String::new();
    for (nth, letter) in people.chars().enumerate() {
        let person = app.member(&letter.to_string()).await;
        match nth {
            0 => id = person.idea("app", title).await,
            _ => drop(person.put(&format!("/v1/ideas/{id}/vote")).await.expect(200)),
        }
    }
    id
}

async fn merge(person: &Person<'_>, from: &str, into: &str) -> Value {
    person.post(&format!("/v1/ideas/{from}/merge"), &json!({ "into": into })).await.expect(200)
}

async fn unmerge(person: &Person<'_>, idea: &str) -> Value {
    person.post(&format!("/v1/ideas/{idea}/unmerge"), &json!({})).await.expect(200)
}

#[actix_web::test]
async fn a_merge_counts_each_person_once_and_an_unmerge_restores_what_was() {
    on_each_database(async |app| {
        let pm = app.staff("product_manager").await;
        pm.board("app", json!({})).await;
        let (one, two) = (idea(app, "다크 모드", "abc").await, idea(app, "어두운 화면", "cde").await);
        let planned = json!({ "status": "planned", "reason": "합니다.", "notify": "none" });
        pm.post(&format!("/v1/ideas/{two}/status"), &planned).await.expect(200);
        let before = (read(&pm, &one).await, read(&pm, &two).await);
        let merged = merge(&pm, &two, &one).await;
        assert_eq!((&merged["id"], &merged["vote_count"]), (&json!(one), &json!(5)));
        assert_eq!(voters(&pm, &one).await, ["a", "b", "c", "d", "e"]);
        let pointer = read(&app.visitor(), &two).await;
        assert_eq!(
            (&pointer["merged_into"], &pointer["status"]["category"]),
            (&json!(one), &json!("merged"))
        );
        let listed = app.visitor().all("/v1/ideas", 10).await;
        assert_eq!(listed.iter().map(|idea| &idea["id"]).collect::<Vec<_>>(), [&json!(one)]);
        let asked_for = app.visitor().all("/v1/ideas?category=merged", 10).await;
        assert_eq!(asked_for.iter().map(|idea| &idea["id"]).collect::<Vec<_>>(), [&json!(two)]);
        app.member("f").await.put(&format!("/v1/ideas/{two}/vote")).await.expect_problem(409, "idea_merged");
        // The supporters of the merged one hear of what becomes of the other.
        pm.post(&format!("/v1/ideas/{one}/status"), &json!({ "status": "shipped", "reason": "나왔어요." }))
            .await
            .expect(200);
        let d = app.member("d").await;
        let kinds: Vec<Value> =
            d.all("/v1/me/notifications", 10).await.iter().map(|told| told["kind"].clone()).collect();
        assert_eq!(kinds, ["status_changed", "merged"]);
        pm.post(
            &format!("/v1/ideas/{one}/status"),
            &json!({ "status": "open", "reason": "다시", "notify": "none" }),
        )
        .await
        .expect(200);

        unmerge(&pm, &two).await;
        let after = (read(&pm, &one).await, read(&pm, &two).await);
        for (before, after) in [(&before.0, &after.0), (&before.1, &after.1)] {
            for same in ["vote_count", "status", "merged_into", "title", "comment_count"] {
                assert_eq!(before[same], after[same], "{same}");
            }
        }
        assert_eq!(
            (voters(&pm, &one).await, voters(&pm, &two).await),
            (
                vec!["a".to_owned(), "b".to_owned(), "c".to_owned()],
                vec!["c".to_owned(), "d".to_owned(), "e".to_owned()],
            )
        );
        pm.post(&format!("/v1/ideas/{two}/unmerge"), &json!({})).await.expect_problem(409, "not_merged");
        let kinds = async |idea: &str| {
            let entries = pm.all(&format!("/v1/ideas/{idea}/activity"), 10).await;
            entries.iter().map(|entry| entry["kind"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(kinds(&two).await, ["unmerged", "merged", "status_changed"]);
        assert_eq!(kinds(&one).await, ["released", "status_changed", "status_changed", "absorbed"]);
    })
    .await;
}

#[actix_web::test]
async fn who_is_in_two_duplicates_stays_until_both_are_out() {
    on_each_database(async |app| {
        let pm = app.staff("product_manager").await;
        pm.board("app", json!({})).await;
        let one = idea(app, "하나", "a").await;
        let (two, three) = (idea(app, "둘", "bc").await, idea(app, "셋", "cd").await);
        merge(&pm, &two, &one).await;
        assert_eq!(merge(&pm, &three, &one).await["vote_count"], 4);
        unmerge(&pm, &two).await;
        assert_eq!(voters(&pm, &one).await, ["a", "c", "d"]);
        unmerge(&pm, &three).await;
        assert_eq!(voters(&pm, &one).await, ["a"]);
        // A chain comes apart from its end.
        merge(&pm, &three, &two).await;
        merge(&pm, &two, &one).await;
        assert_eq!(voters(&pm, &one).await, ["a", "b", "c", "d"]);
        pm.post(&format!("/v1/ideas/{three}/unmerge"), &json!({})).await.expect_problem(409, "idea_merged");
        unmerge(&pm, &two).await;
        unmerge(&pm, &three).await;
        assert_eq!(
            (voters(&pm, &one).await, voters(&pm, &two).await.len(), voters(&pm, &three).await.len()),
            (vec!["a".to_owned()], 2, 2)
        );
    })
    .await;
}

#[actix_web::test]
async fn comments_go_along_and_come_back_with_what_was_replied() {
    on_each_database(async |app| {
        let pm = app.staff("product_manager").await;
        pm.board("app", json!({})).await;
        let (one, two) = (idea(app, "하나", "a").await, idea(app, "둘", "b").await);
        let (a, b) = (app.member("a").await, app.member("b").await);
        let said = async |person: &Person<'_>, idea: &str, text: &str, parent: Option<&str>| {
            let body = json!({ "body": text, "parent_id": parent });
            let made = person.post(&format!("/v1/ideas/{idea}/comments"), &body).await.expect(201);
            made["id"].as_str().unwrap().to_owned()
        };
        let here = async |idea: &str| {
            let listed = pm.all(&format!("/v1/ideas/{idea}/comments?sort=oldest"), 10).await;
            let texts: Vec<_> =
                listed.iter().map(|comment| comment["body"].as_str().unwrap().to_owned()).collect();
            (texts, read(&pm, idea).await["comment_count"].as_i64().unwrap())
        };
        said(&a, &one, "하나에", None).await;
        let root = said(&b, &two, "둘에", None).await;
        pm.put_body(&format!("/v1/ideas/{two}/pin"), &json!({ "comment_id": root })).await.expect(200);
        merge(&pm, &two, &one).await;
        assert_eq!(here(&one).await, (vec!["하나에".to_owned(), "둘에".to_owned()], 2));
        assert_eq!(here(&two).await, (Vec::new(), 0));
        b.post(&format!("/v1/ideas/{two}/comments"), &json!({ "body": "늦게" }))
            .await
            .expect_problem(409, "idea_merged");
        said(&a, &one, "답글", Some(&root)).await;
        said(&a, &one, "새 이야기", None).await;
        assert_eq!(read(&pm, &one).await["comment_count"], 4);
        unmerge(&pm, &two).await;
        assert_eq!(here(&one).await, (vec!["하나에".to_owned(), "새 이야기".to_owned()], 2));
        assert_eq!(here(&two).await, (vec!["둘에".to_owned()], 2));
    })
    .await;
}

#[actix_web::test]
async fn merges_that_make_no_sense_are_refused() {
    on_each_database(async |app| {
        let (pm, marketer) = (app.staff("product_manager").await, app.staff("marketer").await);
        pm.board("app", json!({})).await;
        pm.board("hidden", json!({ "view": "staff" })).await;
        let (one, two, three) =
            (idea(app, "하나", "a").await, idea(app, "둘", "b").await, idea(app, "셋", "c").await);
        let merging = |into: &str| json!({ "into": into });
        let path = |idea: &str| format!("/v1/ideas/{idea}/merge");
        pm.post(&path(&one), &merging(&one)).await.expect_problem(409, "merge_into_itself");
        merge(&marketer, &two, &one).await;
        pm.post(&path(&three), &merging(&two)).await.expect_problem(409, "merge_into_merged");
        pm.post(&path(&one), &merging(&two)).await.expect_problem(409, "merge_into_merged");
        pm.post(&path(&two), &merging(&three)).await.expect_problem(409, "idea_merged");
        let nowhere = "01942f4c-6b1e-7c3a-9a51-3a1f6a2f0b7d";
        let problem = pm.post(&path(&three), &merging(nowhere)).await.expect_problem(422, "invalid_fields");
        assert_eq!(problem["errors"][0]["pointer"], "/into");
        pm.delete(&format!("/v1/ideas/{three}")).await.expect(204);
        pm.post(&path(&one), &merging(&three)).await.expect_problem(422, "invalid_fields");
        app.member("a").await.post(&path(&one), &merging(&three)).await.expect_problem(403, "forbidden");
        assert_eq!(read(&pm, &one).await["vote_count"], 2);
    })
    .await;
}

#[actix_web::test]
async fn whoever_votes_where_their_vote_was_carried_votes_there_for_good() {
    on_each_database(async |app| {
        let pm = app.staff("product_manager").await;
        pm.board("app", json!({})).await;
        let (one, two) = (idea(app, "하나", "a").await, idea(app, "둘", "b").await);
        merge(&pm, &two, &one).await;
        let voted = app.member("b").await.put(&format!("/v1/ideas/{one}/vote")).await.expect(200);
        assert_eq!(voted["vote_count"], 2);
        unmerge(&pm, &two).await;
        assert_eq!((voters(&pm, &one).await.len(), voters(&pm, &two).await.len()), (2, 1));
        assert_eq!(read(&pm, &one).await["vote_count"], 2);
    })
    .await;
}

#[actix_web::test]
async fn votes_cast_while_ideas_are_merged_are_neither_lost_nor_doubled() {
    on_each_database(async |app| {
        let pm = app.staff("product_manager").await;
        pm.board("app", json!({})).await;
        let (one, two) = (idea(app, "하나", "a").await, idea(app, "둘", "b").await);
        let mut people = Vec::new();
        for nth in 0..24 {
            people.push(app.member(&format!("voter-{nth}")).await);
        }
        let voting = people.iter().flat_map(|person| {
            [&one, &two].map(|idea| async move {
                person.put(&format!("/v1/ideas/{idea}/vote")).await.status.as_u16()
            })
        });
        let merging = async {
            merge(&pm, &two, &one).await;
        };
        let (answers, ()) = futures_util::future::join(futures_util::future::join_all(voting), merging).await;
        assert!(answers.iter().all(|status| [200, 409].contains(status)), "{answers:?}");
        // Everybody's vote for the one was taken; those for the other that came in time are copies of the same people.
        assert_eq!(read(&pm, &one).await["vote_count"], 26);
        assert_eq!(voters(&pm, &one).await.len(), 26);
        unmerge(&pm, &two).await;
        let stayed = voters(&pm, &two).await.len();
        assert_eq!(read(&pm, &two).await["vote_count"], stayed);
        assert_eq!(voters(&pm, &one).await.len(), 25);
    })
    .await;
}
