//! Products on their way: addresses that are sealed, files to couriers and from them, and the day a report is due.

mod files;
mod keys;
mod retention;
mod times;

use chrono::{DateTime, TimeDelta, Utc};
use kit::{TestApp, answer::Answer, on_each_database, people::Person};
use reqwest::Method;
use serde_json::{Value, json};

use super::{apply, recruiting, step, text};

/// What nobody may find in the rows.
const PLAIN: [&str; 4] = ["홍길동", "010-1234-5678", "종로 6", "경비실"];

fn address() -> Value {
    json!({
        "recipient": " 홍길동 ", "phone": "01012345678", "postal_code": "03187", "line1": "서울 종로구 종로 6", "line2": "",
        "request": "경비실에 맡겨 주세요",
    })
}

/// A panel whose result is out, and the applications of its members, who have not confirmed.
async fn announced(app: &TestApp, names: &[&str]) -> (String, Vec<String>) {
    let pm = app.staff("product_manager").await;
    let other = json!({ "method": "first_come", "seats": names.len(), "product": "=이어폰" });
    let panel = recruiting(app, &pm, other).await;
    let mut ids = Vec::new();
    for name in names {
        ids.push(text(&apply(&app.member(name).await, &panel, json!({})).await["id"]).to_owned());
    }
    app.advance(TimeDelta::hours(121));
    step(&app.staff("product_manager").await, &panel, "announce").await;
    (panel, ids)
}

/// The same, and they have, a day ago: couriers were here since.
async fn seated(app: &TestApp, names: &[&str]) -> (String, Vec<String>) {
    let (panel, ids) = announced(app, names).await;
    for (name, id) in names.iter().zip(&ids) {
        say(&app.member(name).await, id, "confirm").await.expect(200);
    }
    app.advance(TimeDelta::days(1));
    (panel, ids)
}

async fn say(person: &Person<'_>, id: &str, what: &str) -> Answer {
    person.post(&format!("/v1/applications/{id}/{what}"), &json!({})).await
}

fn of(id: &str) -> String {
    format!("/v1/applications/{id}/address")
}

/// What staff see of those who are sent something.
async fn listed(staff: &Person<'_>, panel: &str) -> Vec<Value> {
    staff.all(&format!("/v1/panels/{panel}/shipments"), 2).await
}

async fn import(staff: &Person<'_>, panel: &str, file: impl Into<reqwest::Body>) -> Answer {
    let request = staff.request(Method::POST, &format!("/v1/panels/{panel}/shipments/import"));
    staff.send(request.header("content-type", "text/csv").body(file)).await
}

/// The clock of the app in `minutes`, as a courier in Seoul writes it, and what the API says of that.
fn time(app: &TestApp, minutes: i64) -> (String, String) {
    let at = app.clock().now() + TimeDelta::minutes(minutes);
    let seoul = at + TimeDelta::hours(9);
    (seoul.format("%Y-%m-%d %H:%M").to_string(), at.format("%Y-%m-%dT%H:%M:00Z").to_string())
}

#[actix_web::test]
async fn an_address_is_asked_of_the_confirmed_alone() {
    on_each_database(async |app| {
        let pm = app.staff("product_manager").await;
        let early = recruiting(app, &pm, json!({ "method": "first_come" })).await;
        let ana = app.member("ana").await;
        let sent = apply(&ana, &early, json!({})).await;
        ana.put_body(&of(text(&sent["id"])), &address()).await.expect_problem(409, "panel_phase");
        let (_, ids) = announced(app, &["ana", "ben"]).await;
        let (ana, ben, path) = (app.member("ana").await, app.member("ben").await, of(&ids[0]));
        ana.put_body(&path, &address()).await.expect_problem(409, "seat_not_confirmed");
        ana.get(&format!("/v1/applications/{}/shipment", ids[0])).await.expect_problem(404, "not_found");
        say(&ana, &ids[0], "received").await.expect_problem(409, "seat_not_confirmed");
        say(&ana, &ids[0], "confirm").await.expect(200);
        ana.get(&path).await.expect_problem(404, "not_found");
        for (field, value, pointer) in [
            ("recipient", json!(" "), "/recipient"),
            ("phone", json!("112"), "/phone"),
            ("postal_code", json!("110-110"), "/postal_code"),
            ("line1", json!("가".repeat(201)), "/line1"),
            ("request", json!("문\u{202e}앞"), "/request"),
            ("city", json!("서울"), "/city"),
            ("line1", Value::Null, "/line1"),
        ] {
            let mut odd = address();
            odd[field] = value;
            let problem = ana.put_body(&path, &odd).await.expect_problem(422, "invalid_fields");
            assert_eq!(problem["errors"][0]["pointer"], pointer);
        }
        ana.get(&path).await.expect_problem(404, "not_found");

        let kept = ana.put_body(&path, &address()).await.expect(200);
        let expected = json!({
            "recipient": "홍길동", "phone": "010-1234-5678", "postal_code": "03187", "line1": "서울 종로구 종로 6", "line2": null,
            "request": "경비실에 맡겨 주세요",
        });
        assert_eq!(kept, expected);
        assert_eq!(ana.get(&path).await.expect(200), expected);
        // Saying the same again is no event.
        ana.put_body(&path, &address()).await.expect(200);
        let kinds = || app.seed_read_events().into_iter().map(|(kind, _)| kind).filter(|kind| kind.starts_with("shipment."));
        assert_eq!(kinds().collect::<Vec<_>>(), ["shipment.address_given"]);
        for other in [&ben, &app.staff("marketer").await, &app.admin().await] {
            other.get(&path).await.expect_problem(404, "not_found");
            other.put_body(&path, &address()).await.expect_problem(404, "not_found");
            other.delete(&path).await.expect_problem(404, "not_found");
        }
        let key = ana.post("/v1/api-keys", &json!({ "name": "봇", "scopes": ["read", "write"] })).await.expect(201);
        let robot = ana.with_token(text(&key["key"]));
        robot.get(&path).await.expect_problem(403, "not_by_key");
        robot.put_body(&path, &address()).await.expect_problem(403, "not_by_key");
        robot.delete(&path).await.expect_problem(403, "not_by_key");
        ana.delete(&path).await.expect(204);
        ana.delete(&path).await.expect(204);
        ana.get(&path).await.expect_problem(404, "not_found");
        assert_eq!(kinds().next_back().unwrap(), "shipment.address_deleted");
    })
    .await;
}

#[actix_web::test]
async fn who_ships_sees_addresses_and_each_look_is_kept() {
    on_each_database(async |app| {
        let (panel, ids) = seated(app, &["ana", "ben", "cho"]).await;
        let ana = app.member("ana").await;
        ana.put_body(&of(&ids[0]), &address()).await.expect(200);
        let (pm, marketer) = (app.staff("product_manager").await, app.staff("marketer").await);
        let path = format!("/v1/panels/{panel}/shipments");
        let seen = listed(&pm, &panel).await;
        let states: Vec<_> = seen.iter().map(|one| text(&one["address_state"])).collect();
        assert_eq!(states, ["kept", "none", "none"]);
        assert_eq!(
            (&seen[0]["stage"], &seen[0]["member"]["display_name"]),
            (&json!("confirmed"), &json!("ana"))
        );
        assert!(seen.iter().all(|one| one.get("address").is_none()));
        let asked = format!("{path}?with_addresses=true");
        let refused = pm.get(&asked).await.expect_problem(403, "forbidden");
        assert!(text(&refused["detail"]).contains("ship"));
        pm.get(&format!("{path}/export")).await.expect_problem(403, "forbidden");
        let shown = marketer.get(&asked).await;
        let request = shown.header("x-request-id").unwrap().to_owned();
        assert_eq!(shown.expect(200)["items"][0]["address"]["line1"], "서울 종로구 종로 6");
        let exported = marketer.get(&format!("{path}/export")).await;
        assert_eq!(exported.header("cache-control"), Some("no-store"));
        let admin = app.admin().await;
        let log = admin.get(&format!("/v1/audit?request_id={request}")).await.expect(200);
        let entry = &log["items"][0];
        assert_eq!((&entry["action"], &entry["subject_id"]), (&json!("list_shipments"), &json!(panel)));
        assert_eq!(entry["after"]["addresses_of"], json!([ana.id]));
        assert_eq!(entry["after"]["members"].as_array().unwrap().len(), 3);
        let log = admin.get("/v1/audit?action=export_shipments").await.expect(200);
        assert_eq!(log["items"][0]["after"], json!({ "addresses_of": [ana.id] }));

        // A program of a marketer's may ship and do nothing else.
        let body = json!({ "name": "택배", "scopes": ["read", "write", "ship"] });
        let key = marketer.post("/v1/api-keys", &body).await.expect(201);
        let robot = marketer.with_token(text(&key["key"]));
        assert_eq!(robot.get(&asked).await.expect(200)["items"].as_array().unwrap().len(), 3);
        robot.get(&format!("/v1/panels/{panel}/applications")).await.expect_problem(403, "key_lacks_scope");

        // Where anybody lives is in no row: neither plain, nor in what is logged or told.
        let rows = app.seed_read_rows();
        assert!(rows.contains(&ids[0].replace('-', "")) || rows.contains(&ids[0]));
        assert!(PLAIN.iter().all(|plain| !rows.contains(plain)), "an address is in the rows");
    })
    .await;
}

#[actix_web::test]
async fn a_report_is_due_from_the_delivery_and_the_earlier_word_stands() {
    on_each_database(async |app| {
        let (panel, ids) = seated(app, &["ana", "ben"]).await;
        let (ana, marketer) = (app.member("ana").await, app.staff("marketer").await);
        ana.put_body(&of(&ids[0]), &address()).await.expect(200);
        say(&ana, &ids[0], "received").await.expect_problem(409, "not_shipped");
        let head = "application_id,courier,tracking,state,at";
        let ((left, left_at), (came, came_at)) = (time(app, -600), time(app, -60));
        let shipped = format!("{head}\n{},CJ대한통운,612345678901,shipped,{left}\n", ids[0]);
        let done = import(&marketer, &panel, shipped.clone()).await.expect(200);
        assert_eq!(done, json!({ "lines": 1, "shipped": 1, "delivered": 0, "corrected": 0, "unchanged": 0 }));
        let own = format!("/v1/applications/{}/shipment", ids[0]);
        let seen = ana.get(&own).await.expect(200);
        assert_eq!(
            (&seen["stage"], &seen["courier"], &seen["tracking"]),
            (&json!("shipped"), &json!("CJ대한통운"), &json!("612345678901"))
        );
        assert_eq!((&seen["shipped_at"], &seen["due_at"]), (&json!(left_at), &Value::Null));
        // What is under way is neither sent elsewhere nor given to another.
        ana.put_body(&of(&ids[0]), &address()).await.expect_problem(409, "already_shipped");
        ana.delete(&of(&ids[0])).await.expect_problem(409, "already_shipped");
        say(&ana, &ids[0], "decline").await.expect_problem(409, "already_shipped");
        assert_eq!(ana.get(&of(&ids[0])).await.expect(200)["recipient"], "홍길동");

        let there = say(&ana, &ids[0], "received").await.expect(200);
        let delivered: DateTime<Utc> = text(&there["delivered_at"]).parse().unwrap();
        let due: DateTime<Utc> = text(&there["due_at"]).parse().unwrap();
        assert_eq!((due - delivered, &there["stage"]), (TimeDelta::days(21), &json!("in_trial")));
        app.advance(TimeDelta::minutes(5));
        assert_eq!(say(&ana, &ids[0], "received").await.expect(200), there);
        // The courier brought it an hour before that was said, and says so twice.
        let brought = format!("{head}\n{},,,delivered,{came}\n", ids[0]);
        assert_eq!(import(&marketer, &panel, brought.clone()).await.expect(200)["corrected"], 1);
        let before = ana.get(&own).await.expect(200);
        assert_eq!((&before["delivered_at"], &before["tracking"]), (&json!(came_at), &json!("612345678901")));
        for same in [brought, shipped] {
            let events = app.seed_read_events().len();
            let again = import(&marketer, &panel, same).await.expect(200);
            assert_eq!((&again["unchanged"], app.seed_read_events().len()), (&json!(1), events));
        }
        assert_eq!(ana.get(&own).await.expect(200), before);
        let trial = ana.get(&format!("/v1/applications/{}", ids[0])).await.expect(200)["trial"].clone();
        assert_eq!((&trial["stage"], &trial["due_at"]), (&json!("in_trial"), &before["due_at"]));
        let told: Vec<_> =
            app.seed_read_events().into_iter().filter(|(kind, _)| kind.starts_with("shipment.")).collect();
        let kinds: Vec<_> = told.iter().map(|(kind, _)| kind.as_str()).collect();
        assert_eq!(
            kinds,
            ["shipment.address_given", "shipment.shipped", "shipment.delivered", "shipment.changed"]
        );
        assert!(told.iter().all(|(_, data)| *data == json!({ "application_id": ids[0], "panel_id": panel })));
    })
    .await;
}

#[actix_web::test]
async fn a_shipment_is_corrected_by_hand() {
    on_each_database(async |app| {
        let (panel, ids) = seated(app, &["ana", "ben"]).await;
        let (pm, marketer) = (app.staff("product_manager").await, app.staff("marketer").await);
        let path = format!("/v1/applications/{}/shipment", ids[0]);
        pm.patch(&path, &json!({ "courier": "우체국" })).await.expect_problem(403, "forbidden");
        let ((_, earlier), (_, left), (_, to_come)) = (time(app, -90), time(app, -60), time(app, 60));
        let body = json!({ "courier": "우체국택배", "tracking": "6123-4567-8901", "shipped_at": left });
        let changed = marketer.patch(&path, &body).await.expect(200);
        assert_eq!((&changed["stage"], &changed["shipped_at"]), (&json!("shipped"), &json!(left)));
        for (body, pointer) in [
            (json!({ "shipped_at": to_come }), "/shipped_at"),
            (json!({ "delivered_at": to_come }), "/delivered_at"),
            (json!({ "delivered_at": earlier }), "/delivered_at"),
            (json!({ "shipped_at": null, "delivered_at": left }), "/delivered_at"),
            (json!({ "tracking": "6.1E+11" }), "/tracking"),
            (json!({ "courier": "" }), "/courier"),
            (json!({ "stage": "shipped" }), "/stage"),
        ] {
            let problem = marketer.patch(&path, &body).await.expect_problem(422, "invalid_fields");
            assert_eq!(problem["errors"][0]["pointer"], pointer, "{body}");
        }
        assert_eq!(listed(&marketer, &panel).await[0]["shipped_at"], json!(left));
        let there = marketer.patch(&path, &json!({ "delivered_at": left })).await.expect(200);
        assert_eq!(there["stage"], "in_trial");
        let back = json!({ "courier": null, "tracking": null, "shipped_at": null, "delivered_at": null });
        let nothing = marketer.patch(&path, &back).await.expect(200);
        assert_eq!((&nothing["stage"], &nothing["courier"]), (&json!("confirmed"), &Value::Null));
        say(&app.member("ben").await, &ids[1], "decline").await.expect(200);
        let left_seat = format!("/v1/applications/{}/shipment", ids[1]);
        marketer.patch(&left_seat, &body).await.expect_problem(409, "seat_not_confirmed");
        let log = app.admin().await.get("/v1/audit?action=update_shipment").await.expect(200);
        let first = log["items"].as_array().unwrap().last().unwrap();
        assert_eq!((&first["subject_id"], &first["after"]["tracking"]), (&json!(ids[0]), &json!("***")));
        assert_eq!(
            (&first["before"]["stage"], &first["after"]["stage"]),
            (&json!("confirmed"), &json!("shipped"))
        );
    })
    .await;
}

#[actix_web::test]
async fn addresses_go_with_the_seat_and_with_their_time() {
    on_each_database(async |app| {
        let (panel, ids) = seated(app, &["ana", "ben"]).await;
        for (name, id) in ["ana", "ben"].iter().zip(&ids) {
            app.member(name).await.put_body(&of(id), &address()).await.expect(200);
        }
        say(&app.member("ana").await, &ids[0], "decline").await.expect(200);
        let ana = app.member("ana").await;
        ana.get(&of(&ids[0])).await.expect_problem(404, "not_found");
        ana.put_body(&of(&ids[0]), &address()).await.expect_problem(409, "seat_not_confirmed");
        assert_eq!(app.seed_forget_panels().await, 0);
        step(&app.staff("marketer").await, &panel, "cancel").await;
        let ben = app.member("ben").await;
        ben.put_body(&of(&ids[1]), &address()).await.expect_problem(409, "panel_phase");
        app.advance(TimeDelta::days(90) - TimeDelta::minutes(1));
        assert_eq!(app.seed_forget_panels().await, 0);
        assert_eq!(app.member("ben").await.get(&of(&ids[1])).await.expect(200)["recipient"], "홍길동");
        app.advance(TimeDelta::minutes(1));
        assert_eq!((app.seed_forget_panels().await, app.seed_forget_panels().await), (1, 0));
        app.member("ben").await.get(&of(&ids[1])).await.expect_problem(404, "not_found");
        let log = app
            .admin()
            .await
            .get(&format!("/v1/audit?subject={panel}&action=delete%20personal%20data"))
            .await
            .expect(200);
        assert_eq!(log["items"].as_array().unwrap().len(), 1);
        assert_eq!(
            (&log["items"][0]["by"], &log["items"][0]["after"]),
            (&Value::Null, &json!({ "addresses": 1, "tracking_numbers": 0, "excuses": 0 }))
        );
    })
    .await;
}
