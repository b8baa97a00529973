//! Banned words, tried and kept.

use kit::on_each_database;
use serde_json::json;

use super::id;

#[actix_web::test]
async fn banned_words_are_tried_before_they_hold_anything() {
    on_each_database(async |app| {
        let moderator = app.staff("moderator").await;
        let words = json!([{ "language": "ko", "word": "시발", "except": ["시발점"] }, { "language": "en", "word": "shit" }]);
        let text = "시1발 버그, 다시 발표한 시발점, Sh1t";
        let tried = moderator
            .post("/v1/moderation/words/try", &json!({ "text": text, "words": words }))
            .await
            .expect(200);
        let hits: Vec<_> = tried["hits"].as_array().unwrap().iter().map(|hit| (&hit["word"], &hit["written"])).collect();
        assert_eq!(hits, [(&json!("시발"), &json!("시1발")), (&json!("shit"), &json!("Sh1t"))]);
        assert_eq!((&tried["held"], &tried["hits"][0]["from"], &tried["hits"][0]["to"]), (&json!(true), &json!(0), &json!(3)));
        // Nothing was kept, so nothing is found now.
        let text = json!({ "text": text });
        assert_eq!(moderator.post("/v1/moderation/words/try", &text).await.expect(200)["held"], false);
        let made = moderator.post("/v1/moderation/words", &words[0]).await.expect(201);
        assert_eq!(moderator.post("/v1/moderation/words/try", &text).await.expect(200)["hits"].as_array().unwrap().len(), 1);
        moderator.post("/v1/moderation/words", &words[0]).await.expect_problem(409, "word_taken");
        let odd = json!({ "language": "ko", "word": "123" });
        let refused = moderator.post("/v1/moderation/words", &odd).await.expect(422);
        assert_eq!(refused["errors"][0]["pointer"], "/word");
        moderator.delete(&format!("/v1/moderation/words/{}", id(&made))).await.expect(204);
        moderator.delete(&format!("/v1/moderation/words/{}", id(&made))).await.expect(404);
        assert_eq!(moderator.get("/v1/moderation/words").await.expect(200)["items"], json!([]));
    })
    .await;
}
