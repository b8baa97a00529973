//! Duplicates: pairs are found, ordered, dismissed for good, and go and come back with what happens to their ideas.

use std::collections::HashSet;

use chrono::TimeDelta;
use kit::{TestApp, on_each_database, people::Person};
use serde_json::{Value, json};

const NOBODY: &str = "01942f4c-6b1e-7c3a-9a51-3a1f6a2f0b7d";

/// An idea a second after the last one; its id.
async fn file(app: &TestApp, by: &Person<'_>, board: &str, title: &str, body: &str) -> String {
    app.advance(TimeDelta::seconds(1));
    let body = json!({ "title": title, "body": body });
    let made = by.post(&format!("/v1/boards/{board}/ideas"), &body).await.expect(201);
    made["id"].as_str().unwrap().to_owned()
}

/// Seven ideas of a board `app`, of which 0, 1 and 2 have one title, 3 and 4 another, and 5 is nearly 6.
async fn filled(app: &TestApp) -> (Person<'_>, Vec<String>) {
    let pm = app.staff("product_manager").await;
    pm.board("app", json!({})).await;
    let mut ids = Vec::new();
    for (title, body) in [
        ("비밀번호를 다시 정할 수 없어요", "메일이 오지 않습니다."),
        ("비밀번호를 다시 정할 수 없어요", "화면이 하얗게 됩니다."),
        ("비밀번호를 다시 정할 수 없어요", "서버 오류라고만 나와요."),
        ("Dark mode 넣어 주세요", "밤에 눈이 아픕니다."),
        ("dark-mode 넣어 주세요!", "밤에 눈이 아픕니다."),
        ("환불 진행 상황을 앱에서 보고 싶어요", "어디까지 왔는지 궁금해요."),
        ("환불 진행 상황을 앱에서 보고 싶습니다", "어디까지 왔는지 궁금해요."),
    ] {
        ids.push(file(app, &pm, "app", title, body).await);
    }
    file(app, &pm, "app", "매장 위치를 지도에", "가까운 곳부터").await;
    app.seed_find_duplicates().await;
    (pm, ids)
}

/// The pairs that are proposed, by the places of their ideas.
async fn proposed(pm: &Person<'_>, ids: &[String], query: &str) -> Vec<(usize, usize)> {
    let items = pm.all(&format!("/v1/triage/duplicates?board=app{query}"), 2).await;
    let place = |idea: &Value| ids.iter().position(|id| *id == idea["id"]).unwrap();
    items.iter().map(|item| (place(&item["first"]), place(&item["second"]))).collect()
}

async fn dismiss(pm: &Person<'_>, first: &str, second: &str) {
    let body = json!({ "first": first, "second": second });
    let answer = pm.post("/v1/triage/duplicates/dismiss", &body).await;
    assert_eq!((answer.status.as_u16(), answer.text.as_str()), (204, ""));
}

#[actix_web::test]
async fn the_title_filed_most_often_comes_first_then_the_most_alike() {
    on_each_database(async |app| {
        let (pm, ids) = filled(app).await;
        let expected = [(0, 1), (0, 2), (1, 2), (3, 4), (5, 6)];
        let mut found = proposed(&pm, &ids, "").await;
        // Which of the three is most alike, their bodies say.
        found[..3].sort_unstable();
        assert_eq!(found, expected);
        let items = pm.all("/v1/triage/duplicates?board=app", 100).await;
        let titles: Vec<bool> = items.iter().map(|item| item["same_title"] == true).collect();
        assert_eq!(titles, [true, true, true, true, false]);
        let scores: Vec<f64> = items.iter().map(|item| item["score"].as_f64().unwrap()).collect();
        assert!(scores[..3].iter().all(|score| (0.7..1.0).contains(score)), "{scores:?}");
        assert!(scores[..3].is_sorted_by(|a, b| a >= b), "{scores:?}");
        assert_eq!(scores[3], 1.0);
        assert!((0.5..1.0).contains(&scores[4]), "{scores:?}");
        // As while typing.
        let typed = "/v1/boards/app/ideas/similar?title=%ED%99%98%EB%B6%88%20%EC%A7%84%ED%96%89%20%EC%83%81%ED%99%A9%EC%9D%84%20%EC%95%B1%EC%97%90%EC%84%9C%20%EB%B3%B4%EA%B3%A0%20%EC%8B%B6%EC%96%B4%EC%9A%94&body=%EC%96%B4%EB%94%94%EA%B9%8C%EC%A7%80%20%EC%99%94%EB%8A%94%EC%A7%80%20%EA%B6%81%EA%B8%88%ED%95%B4%EC%9A%94.";
        let similar = pm.get(typed).await.expect(200);
        let same = similar["items"].as_array().unwrap().iter().find(|item| item["idea"]["id"] == ids[6].as_str());
        assert_eq!(same.unwrap()["score"], scores[4]);
        // Of two, the one with more votes is the one to merge into.
        app.member("ana").await.put(&format!("/v1/ideas/{}/vote", ids[6])).await.expect(200);
        assert_eq!(proposed(&pm, &ids, "").await[4], (6, 5));
        // Looking again finds nothing else.
        app.seed_find_duplicates().await;
        assert_eq!(pm.all("/v1/triage/duplicates?board=app", 1).await.len(), 5);
    })
    .await;
}

#[actix_web::test]
async fn only_pairs_that_are_alike_enough_are_listed() {
    on_each_database(async |app| {
        let (pm, ids) = filled(app).await;
        assert_eq!(proposed(&pm, &ids, "&min_score=1").await, [(3, 4)]);
        let last = pm.all("/v1/triage/duplicates?board=app", 10).await.pop().unwrap()["score"].clone();
        assert_eq!(proposed(&pm, &ids, &format!("&min_score={last}")).await.last(), Some(&(5, 6)));
        assert_eq!(proposed(&pm, &ids, "&min_score=0").await.len(), 5);
        for (query, pointer) in [
            ("", "?board"),
            ("?board=A!", "?board"),
            ("?board=nowhere", "?board"),
            ("?board=app&min_score=1.1", "?min_score"),
            ("?board=app&min_score=-1", "?min_score"),
            ("?board=app&min_score=NaN", "?min_score"),
            ("?board=app&min_score=much", "?min_score"),
            ("?board=app&limit=0", "?limit"),
            ("?board=app&sort=top", "?sort"),
        ] {
            let problem = pm.get(&format!("/v1/triage/duplicates{query}")).await;
            let problem = problem.expect_problem(422, "invalid_fields");
            assert_eq!(problem["errors"][0]["pointer"], pointer, "{query}");
        }
        let cursor =
            pm.get("/v1/triage/duplicates?board=app&limit=1").await.expect(200)["next_cursor"].clone();
        let other =
            format!("/v1/triage/duplicates?board=app&min_score=0.9&cursor={}", cursor.as_str().unwrap());
        pm.get(&other).await.expect_problem(400, "invalid_cursor");
    })
    .await;
}

#[actix_web::test]
async fn what_is_dismissed_is_never_proposed_again() {
    on_each_database(async |app| {
        let (pm, ids) = filled(app).await;
        let once = pm.with("Idempotency-Key", "the-first");
        for _ in 0..2 {
            dismiss(&once, &ids[4], &ids[3]).await;
        }
        dismiss(&pm, &ids[3], &ids[4]).await;
        assert!(!proposed(&pm, &ids, "").await.contains(&(3, 4)));
        // Not even when it is looked at anew.
        pm.patch(&format!("/v1/ideas/{}", ids[3]), &json!({ "title": "Dark mode 넣어 주세요!!" }))
            .await
            .expect(200);
        app.seed_find_duplicates().await;
        assert_eq!(proposed(&pm, &ids, "").await.len(), 4);
        // A third of that title makes pairs with both.
        let mut ids = ids;
        ids.push(file(app, &pm, "app", "dark mode 넣어 주세요", "밤에 눈이 아픕니다.").await);
        app.seed_find_duplicates().await;
        let found = proposed(&pm, &ids, "&min_score=1").await;
        assert_eq!(found, [(3, 7), (4, 7)]);
        pm.board("shop", json!({})).await;
        let elsewhere = file(app, &pm, "shop", "Dark mode 넣어 주세요", "").await;
        app.seed_find_duplicates().await;
        assert_eq!(proposed(&pm, &ids, "").await.len(), 6);
        for (body, pointer) in [
            (json!({ "first": ids[0], "second": ids[0] }), "/second"),
            (json!({ "first": ids[3], "second": elsewhere }), "/second"),
            (json!({ "first": NOBODY, "second": ids[0] }), "/first"),
            (json!({ "first": ids[0], "second": NOBODY }), "/second"),
            (json!({ "first": ids[0] }), "/second"),
            (json!({ "first": "하나", "second": ids[0] }), "/first"),
            (json!({ "first": ids[0], "second": ids[1], "third": ids[2] }), "/third"),
        ] {
            let problem = pm.post("/v1/triage/duplicates/dismiss", &body).await;
            let problem = problem.expect_problem(422, "invalid_fields");
            assert_eq!(problem["errors"][0]["pointer"], pointer, "{body}");
        }
        assert_eq!(proposed(&pm, &ids, "").await.len(), 6);
    })
    .await;
}

#[actix_web::test]
async fn an_edit_takes_old_pairs_away_and_makes_new_ones() {
    on_each_database(async |app| {
        let (pm, ids) = filled(app).await;
        let retitle = async |nth: usize, title: &str| {
            pm.patch(&format!("/v1/ideas/{}", ids[nth]), &json!({ "title": title })).await.expect(200);
            app.seed_find_duplicates().await;
        };
        retitle(2, "매장에 주차할 곳이 없습니다").await;
        // Two of a title each now, and the bodies of the first two differ.
        assert_eq!(proposed(&pm, &ids, "").await, [(3, 4), (0, 1), (5, 6)]);
        retitle(2, "DARK MODE 넣어 주세요").await;
        let found = proposed(&pm, &ids, "").await;
        assert_eq!(found[0], (3, 4));
        assert_eq!(found[1..3].iter().collect::<HashSet<_>>(), HashSet::from([&(2, 3), &(2, 4)]));
        assert_eq!(found[3..], [(0, 1), (5, 6)]);
    })
    .await;
}

#[actix_web::test]
async fn merged_and_deleted_ideas_make_no_pairs_until_they_are_back() {
    on_each_database(async |app| {
        let (pm, ids) = filled(app).await;
        let (one, two) = (format!("/v1/ideas/{}", ids[3]), format!("/v1/ideas/{}", ids[4]));
        let has = async |pair| proposed(&pm, &ids, "").await.contains(&pair);
        for look_between in [false, true] {
            pm.post(&format!("{two}/merge"), &json!({ "into": ids[3] })).await.expect(200);
            assert!(!has((3, 4)).await);
            if look_between {
                app.seed_find_duplicates().await;
                assert!(!has((3, 4)).await);
            }
            pm.post(&format!("{two}/unmerge"), &json!({})).await.expect(200);
            if look_between {
                app.seed_find_duplicates().await;
            }
            assert!(has((3, 4)).await);
            pm.delete(&one).await.expect(204);
            assert!(!has((3, 4)).await);
            if look_between {
                app.seed_find_duplicates().await;
                assert!(!has((3, 4)).await);
            }
            pm.post(&format!("{one}/restore"), &json!({})).await.expect(200);
            if look_between {
                app.seed_find_duplicates().await;
            }
            assert!(has((3, 4)).await);
        }
        // One of three goes, and two of a title that are more alike go before the two that are left.
        pm.delete(&format!("/v1/ideas/{}", ids[0])).await.expect(204);
        app.seed_find_duplicates().await;
        assert_eq!(proposed(&pm, &ids, "").await, [(3, 4), (1, 2), (5, 6)]);
    })
    .await;
}

#[actix_web::test]
async fn a_title_that_is_filed_many_times_keeps_few_pairs_for_each() {
    on_each_database(async |app| {
        let pm = app.staff("product_manager").await;
        pm.board("app", json!({})).await;
        let mut ids = HashSet::new();
        for nth in 0..26 {
            ids.insert(file(app, &pm, "app", "로그인이 안 돼요", "빨리 고쳐 주세요.").await);
            file(app, &pm, "app", "!!!", &format!("{nth}")).await;
        }
        // The newest is looked at last, when all the others have found it.
        app.seed_find_duplicates().await;
        let items = pm.all("/v1/triage/duplicates?board=app", 100).await;
        assert!(items.iter().all(|item| item["score"] == 1.0 && item["same_title"] == true));
        let named: HashSet<String> = items
            .iter()
            .flat_map(|item| [&item["first"], &item["second"]])
            .map(|idea| idea["id"].as_str().unwrap().to_owned())
            .collect();
        assert_eq!(named, ids);
        assert!(items.len() <= 26 * 10, "{}", items.len());
        let pairs: HashSet<String> =
            items.iter().map(|item| format!("{}{}", item["first"]["id"], item["second"]["id"])).collect();
        assert_eq!(pairs.len(), items.len());
    })
    .await;
}

#[actix_web::test]
async fn any_of_staff_sees_and_dismisses_pairs_and_nobody_else() {
    on_each_database(async |app| {
        let (pm, ids) = filled(app).await;
        let board = "/v1/triage/duplicates?board=app";
        let (ana, moderator) = (app.member("ana").await, app.staff("moderator").await);
        app.visitor().get(board).await.expect_problem(401, "sign_in_required");
        ana.get(board).await.expect_problem(403, "forbidden");
        let body = json!({ "first": ids[0], "second": ids[1] });
        ana.post("/v1/triage/duplicates/dismiss", &body).await.expect_problem(403, "forbidden");
        assert_eq!(moderator.all(board, 10).await.len(), 5);
        dismiss(&moderator, &ids[0], &ids[1]).await;
        assert_eq!(pm.all(board, 10).await.len(), 4);
    })
    .await;
}

/// The file itself may not be copied into the project; a machine that has it names it.
#[actix_web::test]
async fn petitions_that_were_filed_six_and_five_times_come_first() {
    let Ok(petitions) = std::env::var("MADANG_PETITIONS") else { return };
    let text = std::fs::read_to_string(petitions).unwrap();
    let petitions: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    on_each_database(async |app| {
        let pm = app.staff("product_manager").await;
        pm.board("app", json!({})).await;
        for petition in &petitions {
            let body = json!({ "title": petition["title"], "body": petition["body"] });
            pm.post("/v1/boards/app/ideas", &body).await.expect(201);
        }
        app.seed_find_duplicates().await;
        let items = pm.get("/v1/triage/duplicates?board=app&limit=100").await.expect(200);
        let items = items["items"].as_array().unwrap();
        let titles: Vec<(&str, &str)> = items
            .iter()
            .map(|item| (item["first"]["title"].as_str().unwrap(), item["second"]["title"].as_str().unwrap()))
            .collect();
        let (six, five) = ("세월호에 국민에 맘을 모아 진상 규명", "교원 임용 정상화와 교육의 질 제고 청원");
        assert_eq!(titles[..15], [(six, six); 15]);
        assert_eq!(titles[15..25], [(five, five); 10]);
        assert!(titles[25..].iter().all(|(first, _)| *first != six && *first != five));
        let last_same = items.iter().rposition(|item| item["same_title"] == true).unwrap();
        assert!(items[..=last_same].iter().all(|item| item["same_title"] == true));
        let scores: Vec<f64> =
            items[last_same + 1..].iter().map(|item| item["score"].as_f64().unwrap()).collect();
        assert!(scores.is_sorted_by(|a, b| a >= b));
    })
    .await;
}
