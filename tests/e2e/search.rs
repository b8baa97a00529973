//! Search: Korean inside compounds, the same hits in the same order on both databases.

use kit::{TestApp, on_each_database, people::Person};
use serde_json::json;

async fn filled<'a>(app: &'a TestApp) -> Person<'a> {
    let pm = app.staff("product_manager").await;
    pm.board("app", json!({})).await;
    pm.board("shop", json!({})).await;
    for (board, title, body) in [
        ("app", "환불정책이 궁금해요", ""),
        ("app", "배송이 늦어요", "전액환불 되나요?"),
        ("shop", "교환 불가 상품", "환 불 이라고 띄어 쓴 글"),
        ("app", "Refund policy", "I want a REFUND in KRW, AS센터에 문의"),
        ("shop", "refunds", "plural only"),
        ("app", "요금제 5G", "세월호"),
    ] {
        app.advance(chrono::TimeDelta::seconds(1));
        let body = json!({ "title": title, "body": body });
        pm.post(&format!("/v1/boards/{board}/ideas"), &body).await.expect(201);
    }
    pm
}

async fn found(person: &Person<'_>, query: &str) -> Vec<String> {
    let encoded: String = query.bytes().map(|byte| format!("%{byte:02X}")).collect();
    let items = person.all(&format!("/v1/ideas?q={encoded}"), 1).await;
    items.iter().map(|item| item["title"].as_str().unwrap().to_owned()).collect()
}

#[actix_web::test]
async fn a_korean_word_is_found_in_compounds_with_particles_and_by_one_syllable() {
    on_each_database(async |app| {
        let pm = filled(app).await;
        assert_eq!(found(&pm, "환불").await, ["환불정책이 궁금해요", "배송이 늦어요"]);
        assert_eq!(found(&pm, "환").await, ["교환 불가 상품", "환불정책이 궁금해요", "배송이 늦어요"]);
        // Decomposed, as some systems type it.
        assert_eq!(found(&pm, "\u{1112}\u{116a}\u{11ab}\u{1107}\u{116e}\u{11af}").await.len(), 2);
        assert_eq!(found(&pm, "환불 정책").await, ["환불정책이 궁금해요"]);
        assert_eq!(found(&pm, "정책 환불").await, ["환불정책이 궁금해요"]);
        assert_eq!(found(&pm, "불정").await, ["환불정책이 궁금해요"]);
        assert_eq!(found(&pm, "센터").await, ["Refund policy"]);
        assert_eq!(found(&pm, "as센터").await, ["Refund policy"]);
    })
    .await;
}

#[actix_web::test]
async fn latin_words_are_found_whole_and_without_regard_to_case() {
    on_each_database(async |app| {
        let pm = filled(app).await;
        assert_eq!(found(&pm, "refund").await, ["Refund policy"]);
        assert_eq!(found(&pm, "REFUND krw").await, ["Refund policy"]);
        assert_eq!(found(&pm, "5g").await, ["요금제 5G"]);
        for nothing in ["refun", "refund missing", "!?", "\"", "*", "title:refund", "' & 'x", "환불 OR 배송"]
        {
            assert_eq!(found(&pm, nothing).await, Vec::<String>::new(), "{nothing}");
        }
        // Nothing asked for is no search at all.
        assert_eq!(found(&pm, "  ").await.len(), 6);
    })
    .await;
}

#[actix_web::test]
async fn titles_come_first_then_votes_and_any_other_order_can_be_asked_for() {
    on_each_database(async |app| {
        let pm = filled(app).await;
        let listed = pm.all("/v1/ideas", 100).await;
        let id = |title: &str| {
            listed.iter().find(|idea| idea["title"] == title).unwrap()["id"].as_str().unwrap().to_owned()
        };
        app.member("ana").await.put(&format!("/v1/ideas/{}/vote", id("배송이 늦어요"))).await.expect(200);
        assert_eq!(found(&pm, "환불").await, ["환불정책이 궁금해요", "배송이 늦어요"]);
        let top = pm.all("/v1/ideas?sort=top&q=%ED%99%98%EB%B6%88", 1).await;
        assert_eq!(top[0]["title"], "배송이 늦어요");
        let page = pm.get("/v1/boards/app/ideas?q=%ED%99%98&include_total=true").await.expect(200);
        assert_eq!((page["items"].as_array().unwrap().len(), &page["total"]), (2, &json!(2)));
        // An edit moves an idea out of one search and into another.
        let path = format!("/v1/ideas/{}", id("환불정책이 궁금해요"));
        pm.patch(&path, &json!({ "title": "반품정책" })).await.expect(200);
        assert_eq!(found(&pm, "환불").await, ["배송이 늦어요"]);
        assert_eq!(found(&pm, "반품").await, ["반품정책"]);
    })
    .await;
}

#[actix_web::test]
async fn the_most_alike_ideas_come_with_a_score() {
    on_each_database(async |app| {
        let pm = filled(app).await;
        let similar = async |board: &str, query: &str| {
            let path = format!("/v1/boards/{board}/ideas/similar?{query}");
            pm.get(&path).await.expect(200)["items"].as_array().unwrap().clone()
        };
        // 환불 정책
        let found = similar("app", "title=%ED%99%98%EB%B6%88%20%EC%A0%95%EC%B1%85").await;
        assert_eq!(found[0]["idea"]["title"], "환불정책이 궁금해요");
        let score = found[0]["score"].as_f64().unwrap();
        assert!((0.3..1.0).contains(&score), "{score}");
        let same = similar("app", "title=Refund%20policy").await;
        assert_eq!((&same[0]["idea"]["title"], &same[0]["score"]), (&json!("Refund policy"), &json!(1.0)));
        assert_eq!(similar("shop", "title=Refund%20policy").await, Vec::<serde_json::Value>::new());
        let problem = pm.get("/v1/boards/app/ideas/similar").await.expect_problem(422, "invalid_fields");
        assert_eq!(problem["errors"][0]["pointer"], "?title");
    })
    .await;
}
