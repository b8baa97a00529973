//! What couriers say of times: none that cannot be, and none that makes anybody late before they could know.

use chrono::{DateTime, TimeDelta, Utc};
use kit::{TestApp, on_each_database};
use serde_json::{Value, json};

use super::{import, listed, seated, text};

const HEAD: &str = "application_id,courier,tracking,state,at";

fn ago(app: &TestApp, days: i64) -> DateTime<Utc> {
    app.clock().now() - TimeDelta::days(days)
}

fn file(lines: &[(&String, &str, DateTime<Utc>)]) -> String {
    let line = |(id, state, at): &(&String, &str, DateTime<Utc>)| {
        format!("{id},CJ대한통운,612345678901,{state},{}\n", at.format("%Y-%m-%dT%H:%M:%SZ"))
    };
    format!("{HEAD}\n{}", lines.iter().map(line).collect::<String>())
}

#[actix_web::test]
async fn a_wrong_year_is_no_time_of_the_panel() {
    on_each_database(async |app| {
        let (panel, ids) = seated(app, &["ana", "ben"]).await;
        let marketer = app.staff("marketer").await;
        let path = format!("/v1/applications/{}/shipment", ids[0]);
        let (last_year, now) = (ago(app, 365), ago(app, 0));
        let shipped = file(&[(&ids[0], "shipped", now), (&ids[1], "shipped", now)]);
        import(&marketer, &panel, shipped).await.expect(200);
        let before = listed(&marketer, &panel).await;
        for (lines, pointer) in [
            (file(&[(&ids[1], "delivered", now), (&ids[0], "delivered", last_year)]), "/3/at"),
            (file(&[(&ids[1], "delivered", now), (&ids[0], "shipped", last_year)]), "/3/at"),
        ] {
            let problem = import(&marketer, &panel, lines).await.expect_problem(422, "invalid_fields");
            assert_eq!(problem["errors"][0]["pointer"], pointer, "{problem}");
        }
        for (body, pointer) in [
            (json!({ "shipped_at": last_year }), "/shipped_at"),
            (json!({ "shipped_at": last_year, "delivered_at": last_year }), "/shipped_at"),
        ] {
            let problem = marketer.patch(&path, &body).await.expect_problem(422, "invalid_fields");
            assert_eq!(problem["errors"][0]["pointer"], pointer, "{problem}");
        }
        assert_eq!(listed(&marketer, &panel).await, before);
        assert_eq!(app.seed_tell_people().await[2], 0);
    })
    .await;
}

#[actix_web::test]
async fn nobody_has_a_strike_before_the_delivery_was_known_for_a_week() {
    on_each_database(async |app| {
        let (panel, ids) = seated(app, &["ana", "ben"]).await;
        let marketer = app.staff("marketer").await;
        let left = file(&[(&ids[0], "shipped", ago(app, 0)), (&ids[1], "shipped", ago(app, 0))]);
        import(&marketer, &panel, left).await.expect(200);
        // The courier brought both on the next day, and says so forty days later: a report was due after 21, a strike after 28.
        app.advance(TimeDelta::days(41));
        let marketer = app.staff("marketer").await;
        let brought = file(&[(&ids[0], "delivered", ago(app, 40)), (&ids[1], "delivered", ago(app, 40))]);
        import(&marketer, &panel, brought.clone()).await.expect(200);
        assert_eq!(app.seed_tell_people().await[2], 0);
        let excuse = format!("/v1/applications/{}/excuse", ids[1]);
        app.member("ben").await.put_body(&excuse, &json!({ "reason": "몰랐어요" })).await.expect(200);
        // To be told again is not to be told later.
        app.advance(TimeDelta::days(6));
        let marketer = app.staff("marketer").await;
        assert_eq!(import(&marketer, &panel, brought).await.expect(200)["unchanged"], 2);
        assert_eq!(app.seed_tell_people().await[2], 0);
        app.advance(TimeDelta::days(1));
        assert_eq!(app.seed_tell_people().await[2], 1);
        let strikes = async |name: &str| -> Vec<Value> {
            let mine = app.member(name).await.get("/v1/me/strikes").await.expect(200);
            mine["strikes"].as_array().unwrap().clone()
        };
        let [strike] = &strikes("ana").await[..] else { panic!("one") };
        assert_eq!(text(&strike["application_id"]), ids[0]);
        assert!(strikes("ben").await.is_empty());
    })
    .await;
}
