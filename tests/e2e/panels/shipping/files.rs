//! Files to couriers and from them.

use chrono::TimeDelta;
use kit::{on_each_database, on_each_database_with};
use madang::Config;
use serde_json::{Value, json};

use super::{address, import, listed, of, seated, time};

const HEAD: &str = "application_id,courier,tracking,state,at";
const NOBODY: &str = "01942f4c-6b1e-7c3a-9a51-3a1f6a2f0b7d";

#[actix_web::test]
async fn couriers_are_given_a_file_that_no_spreadsheet_computes() {
    on_each_database(async |app| {
        let (panel, ids) = seated(app, &["ana", "ben", "cho"]).await;
        let mut odd = address();
        odd["recipient"] = json!("=HYPERLINK(\"http://odd\")");
        odd["line2"] = json!("5층, \"마당\"");
        app.member("ana").await.put_body(&of(&ids[0]), &odd).await.expect(200);
        app.member("ben").await.put_body(&of(&ids[1]), &address()).await.expect(200);
        let marketer = app.staff("marketer").await;
        let path = format!("/v1/panels/{panel}/shipments/export");
        let file = marketer.get(&path).await;
        let name = file.header("content-disposition").unwrap();
        assert!(name.starts_with("attachment; filename=\"shipments-20") && name.contains("filename*=UTF-8''"), "{name}");
        let whole = file.text.clone();
        let lines: Vec<&str> = whole.strip_prefix('\u{feff}').unwrap_or(&whole).trim_end().split("\r\n").collect();
        assert_eq!(lines[0], "application_id,ticket,recipient,phone,postal_code,address,request,product,address_state");
        assert_eq!(lines.len(), 3);
        let found = listed(&marketer, &panel).await;
        let ticket = |nth: usize| found[nth]["ticket"].as_str().unwrap();
        assert_eq!(
            lines[1],
            format!(
                "{},{},\"'=HYPERLINK(\"\"http://odd\"\")\",010-1234-5678,03187,\"서울 종로구 종로 6, 5층, \"\"마당\"\"\",경비실에 맡겨 주세요,'=이어폰,kept",
                ids[0], ticket(0)
            )
        );
        assert_eq!(
            lines[2],
            format!("{},{},홍길동,010-1234-5678,03187,서울 종로구 종로 6,경비실에 맡겨 주세요,'=이어폰,kept", ids[1], ticket(1))
        );
        let (_, _, bytes) = marketer.fetch(&path, &[]).await;
        assert!(bytes.starts_with("\u{feff}".as_bytes()));

        // It comes back with two columns more, and who was sent something is in no other file.
        let back = format!("{},courier,tracking\n{},한진택배,123456789012\n,,,,,,,,,,\n", lines[0], lines[2]);
        assert_eq!(import(&marketer, &panel, back).await.expect(200)["shipped"], 1);
        assert!(!marketer.get(&path).await.text.contains(&ids[1]));
    })
    .await;
}

#[actix_web::test]
async fn a_file_in_the_letters_of_korean_spreadsheets_is_read() {
    on_each_database(async |app| {
        let (panel, ids) = seated(app, &["ana"]).await;
        let marketer = app.staff("marketer").await;
        // `CJ대한통운` in CP949.
        let courier: &[u8] = b"CJ\xb4\xeb\xc7\xd1\xc5\xeb\xbf\xee";
        let file =
            [b"application_id,courier,tracking\r\n", ids[0].as_bytes(), b",", courier, b",612345678901\r\n"]
                .concat();
        import(&marketer, &panel, file).await.expect(200);
        assert_eq!(listed(&marketer, &panel).await[0]["courier"], "CJ대한통운");
        let file = format!("\u{feff}application_id,courier,tracking\r\n{},한진택배,612345678901\r\n", ids[0]);
        assert_eq!(import(&marketer, &panel, file).await.expect(200)["corrected"], 1);
        assert_eq!(listed(&marketer, &panel).await[0]["courier"], "한진택배");
    })
    .await;
}

#[actix_web::test]
async fn a_file_that_is_wrong_anywhere_changes_nothing() {
    on_each_database(async |app| {
        let (panel, ids) = seated(app, &["ana", "ben", "cho"]).await;
        let (other, others) = seated(app, &["dan"]).await;
        super::say(&app.member("cho").await, &ids[2], "decline").await.expect(200);
        let marketer = app.staff("marketer").await;
        let (before, events) = (listed(&marketer, &panel).await, app.seed_read_events().len());
        let good = format!("{},CJ대한통운,612345678901,shipped,", ids[0]);
        let (to_come, _) = time(app, 60);
        for (lines, pointer) in [
            (format!("{good}\n{NOBODY},CJ,1234,,"), "/3/application_id"),
            (format!("{good}\n{},CJ,1234,,", others[0]), "/3/application_id"),
            (format!("{good}\n{},CJ,1234,,", ids[2]), "/3/application_id"),
            (format!("{good}\n{good}"), "/3/application_id"),
            (format!("{good}\n{},CJ,1234,delivered,", ids[1]), "/3/state"),
            (format!("{good}\n{},CJ,1234,shipped,{to_come}", ids[1]), "/3/at"),
            (format!("{good}\n{},CJ,1234,lost,", ids[1]), "/3/state"),
            (format!("{good}\n{},CJ,1234,,어제", ids[1]), "/3/at"),
            (format!("{good}\n{},,1234,,", ids[1]), "/3/courier"),
            (format!("{good}\n{},CJ,6.12E+11,,", ids[1]), "/3/tracking"),
            (format!("{good}\n{},CJ", ids[1]), "/3"),
            (format!("{good}\nx,CJ,1234,,"), "/3/application_id"),
        ] {
            let problem = import(&marketer, &panel, format!("{HEAD}\n{lines}\n"))
                .await
                .expect_problem(422, "invalid_fields");
            assert_eq!(problem["errors"][0]["pointer"], pointer, "{lines}");
        }
        // All that is wrong is named at once.
        let two =
            import(&marketer, &panel, format!("{HEAD}\n{NOBODY},CJ,1234,,\n{},CJ,1234,delivered,", ids[1]))
                .await;
        let pointers = |problem: &Value| -> Vec<String> {
            problem["errors"]
                .as_array()
                .unwrap()
                .iter()
                .map(|error| error["pointer"].as_str().unwrap().to_owned())
                .collect()
        };
        assert_eq!(pointers(&two.expect_problem(422, "invalid_fields")), ["/2/application_id", "/3/state"]);
        for (file, expected) in [
            ("", vec!["/1/application_id", "/1/courier", "/1/tracking"]),
            ("application_id,courier", vec!["/1/tracking"]),
            ("application_id,courier,tracking,운송장", vec!["/1/운송장"]),
        ] {
            let problem = import(&marketer, &panel, file).await.expect_problem(422, "invalid_fields");
            assert_eq!(pointers(&problem), expected);
        }
        import(&marketer, &panel, b"\xff\xfe\x00".to_vec()).await.expect_problem(422, "invalid_fields");
        import(&app.member("ana").await, &panel, format!("{HEAD}\n{good}"))
            .await
            .expect_problem(403, "forbidden");
        import(&marketer, NOBODY, format!("{HEAD}\n{good}")).await.expect_problem(404, "not_found");
        let json = marketer.post(&format!("/v1/panels/{panel}/shipments/import"), &json!({})).await;
        json.expect_problem(415, "unsupported_media_type");
        assert_eq!((listed(&marketer, &panel).await, app.seed_read_events().len()), (before, events));

        assert_eq!(listed(&marketer, &other).await[0]["stage"], "confirmed");
    })
    .await;
}

#[actix_web::test]
async fn a_delivery_counts_whenever_the_shipping_was_told() {
    on_each_database(async |app| {
        let (panel, ids) = seated(app, &["ana", "ben"]).await;
        let marketer = app.staff("marketer").await;
        let ((left, left_at), (came, came_at)) = (time(app, -60), time(app, -90));
        let lines = |state: &str, at: &str| {
            format!(
                "{HEAD}\n{},CJ,612345678901,{state},{at}\n{},CJ,612345678902,{state},{at}\n",
                ids[0], ids[1]
            )
        };
        let times = |listed: &[Value]| -> Vec<[Value; 2]> {
            listed.iter().map(|one| [one["shipped_at"].clone(), one["delivered_at"].clone()]).collect()
        };
        // Staff told of the shipping half an hour after the courier had brought it.
        import(&marketer, &panel, lines("shipped", &left)).await.expect(200);
        assert_eq!(
            times(&listed(&marketer, &panel).await),
            [[json!(left_at), Value::Null], [json!(left_at), Value::Null]]
        );
        let done = import(&marketer, &panel, lines("delivered", &came)).await.expect(200);
        assert_eq!(done["delivered"], 2);
        let there = listed(&marketer, &panel).await;
        assert_eq!(times(&there), [[json!(came_at), json!(came_at)], [json!(came_at), json!(came_at)]]);
        // The file of yesterday again is no correction.
        assert_eq!(import(&marketer, &panel, lines("shipped", &left)).await.expect(200)["unchanged"], 2);
        assert_eq!(listed(&marketer, &panel).await, there);
    })
    .await;
}

#[actix_web::test]
async fn a_file_that_was_sent_twice_is_done_once() {
    on_each_database(async |app| {
        let (panel, ids) = seated(app, &["ana"]).await;
        let marketer = app.staff("marketer").await;
        let once = marketer.with("Idempotency-Key", "the-file-of-today");
        let file = format!("application_id,courier,tracking\n{},CJ대한통운,612345678901\n", ids[0]);
        let first = import(&once, &panel, file.clone()).await;
        let again = import(&once, &panel, file.clone()).await;
        assert_eq!((again.header("idempotent-replayed"), &again.json), (Some("true"), &first.json));
        import(&once, &panel, format!("{file}\n")).await.expect_problem(422, "idempotency_key_reused");
        app.advance(TimeDelta::minutes(1));
        let before = listed(&marketer, &panel).await;
        assert_eq!(import(&marketer, &panel, file).await.expect(200)["unchanged"], 1);
        assert_eq!(listed(&marketer, &panel).await, before);
    })
    .await;
}

#[actix_web::test]
async fn a_file_has_as_many_bytes_and_lines_as_it_may() {
    let small = |config| Config { body_limit: 10_000, ..config };
    on_each_database_with(small, async |app| {
        let (panel, _) = seated(app, &["ana"]).await;
        let marketer = app.staff("marketer").await;
        // With the columns of the file to couriers.
        let head = "application_id,ticket,recipient,phone,postal_code,address,request,product,address_state,courier,tracking";
        let line = |nth: usize| {
            format!("{}{nth:06},0bea8c6aeb401bb8186c636651c2a97e,홍길동,010-1234-5678,03187,서울 종로구 종로 6,문 앞,이어폰,kept,한진택배,612345678901\n", &NOBODY[..30])
        };
        let file = |lines: usize| format!("{head}\n{}", (0..lines).map(line).collect::<String>());
        assert!(file(10_000).len() > 1 << 20);
        let read = import(&marketer, &panel, file(10_000)).await.expect_problem(422, "invalid_fields");
        assert_eq!(read["errors"][0]["pointer"], "/2/application_id");
        let problem = import(&marketer, &panel, file(10_001)).await.expect_problem(422, "invalid_fields");
        assert_eq!(
            (&problem["errors"][0]["pointer"], &problem["errors"][0]["code"]),
            (&json!(""), &json!("too_many"))
        );
        let large = "가".repeat(6 << 20);
        import(&marketer, &panel, large).await.expect_problem(413, "body_too_large");
    })
    .await;
}
