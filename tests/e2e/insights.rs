//! The numbers of the loop: each worked out by hand, on days that the test's clock is turned to.

use std::{collections::BTreeMap, fs};

use chrono::{DateTime, Datelike as _, Days, NaiveDate, TimeDelta, Utc};
use kit::{TestApp, on_each_database, on_each_database_with, people::Person};
use madang::Config;
use serde_json::{Value, json};

const LOOP: &str = "/v1/insights/loop";

/// The moment of a date and a time in Seoul.
fn at(date: NaiveDate, hour: i64, minute: i64) -> DateTime<Utc> {
    date.and_time(Default::default()).and_utc() + TimeDelta::hours(hour - 9) + TimeDelta::minutes(minute)
}

/// A Monday that is still to come, whenever the test runs.
fn next_monday() -> NaiveDate {
    let today = Utc::now().date_naive();
    today + Days::new(u64::from(14 - today.weekday().num_days_from_monday()))
}

fn turn_to(app: &TestApp, moment: DateTime<Utc>) {
    let ahead = moment - app.clock().now();
    assert!(ahead > TimeDelta::zero(), "{moment} is over");
    app.advance(ahead);
}

/// Settings with the holidays of a file, as they are read at the start.
fn with_holidays(dates: &str, config: Config) -> Config {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("holidays");
    fs::write(&file, dates).unwrap();
    let set = BTreeMap::from([("MADANG_HOLIDAYS".to_owned(), file.to_str().unwrap().to_owned())]);
    Config { promise: Config::of(&set).unwrap().promise, ..config }
}

async fn respond(pm: &Person<'_>, idea: &str) {
    let said = json!({ "body": "검토하고 있습니다." });
    pm.put_body(&format!("/v1/ideas/{idea}/response"), &said).await.expect(200);
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap()
}

/// Two ideas of a Friday evening are answered on the Tuesday after a Monday that is a holiday, one waits, one is young,
/// one was merged and one deleted. It ends on the second Tuesday at 18 o'clock.
async fn two_weeks(app: &TestApp, monday: NaiveDate) -> [String; 3] {
    let (friday, tuesday) = (monday + Days::new(4), monday + Days::new(8));
    turn_to(app, at(friday, 18, 30));
    app.staff("product_manager").await.board("app", json!({ "name": "앱 <개선> & \"더\"" })).await;
    let answered = app.member("ana").await.idea("app", "다크 모드").await;
    let waits = app.member("ben").await.idea("app", "=1+1").await;
    let planned = app.member("ana").await.idea("app", "위젯").await;
    let double = app.member("dora").await.idea("app", "어두운 화면").await;
    let gone = app.member("dora").await.idea("app", "광고").await;
    for name in ["ben", "carl"] {
        app.member(name).await.put(&format!("/v1/ideas/{answered}/vote")).await.expect(200);
    }
    turn_to(app, at(tuesday, 11, 0));
    let pm = app.staff("product_manager").await;
    respond(&pm, &answered).await;
    pm.delete(&format!("/v1/ideas/{gone}")).await.expect(204);
    pm.post(&format!("/v1/ideas/{double}/merge"), &json!({ "into": answered })).await.expect(200);
    for (name, helpful) in [("ana", true), ("ben", true), ("carl", false)] {
        let rating = json!({ "helpful": helpful });
        let path = format!("/v1/ideas/{answered}/response/rating");
        app.member(name).await.put_body(&path, &rating).await.expect(200);
    }
    turn_to(app, at(tuesday, 15, 0));
    let pm = app.staff("product_manager").await;
    let quietly =
        json!({ "status": "planned", "reason": "합니다.", "response": "시작합니다.", "notify": "none" });
    pm.post(&format!("/v1/ideas/{planned}/status"), &quietly).await.expect(200);
    turn_to(app, at(tuesday + Days::new(7), 12, 0));
    let young = app.member("ana").await.idea("app", "알림").await;
    turn_to(app, at(tuesday + Days::new(7), 18, 0));
    [answered, waits, young]
}

#[actix_web::test]
async fn each_number_is_what_the_rows_say() {
    let monday = next_monday();
    let holiday = format!("{} # 대체 공휴일\n", monday + Days::new(7));
    on_each_database_with(
        |config| with_holidays(&holiday, config),
        async |app| {
            let [answered, waits, young] = two_weeks(app, monday).await;
            let last = monday + Days::new(16);
            let pm = app.staff("product_manager").await;
            let mut found = pm.get(&format!("{LOOP}?board=app&from={monday}&to={last}")).await.expect(200);
            // From opening on Tuesday, whatever the test itself took.
            for (percentile, hours) in [("p50", 2.0), ("p90", 6.0)] {
                let took = number(&found["response_hours"][percentile].take());
                assert!((hours..hours + 0.03).contains(&took), "{percentile}: {took}");
            }
            let mut waiting = found["waiting"].take();
            for (nth, days) in [(0, 6.0), (1, 6.0 / 9.0)] {
                let waited = number(&waiting[nth]["business_days"].take());
                assert!((waited - days).abs() < 0.01, "{nth}: {waited}");
                waiting[nth]["created_at"].take();
            }
            let board = pm.get("/v1/boards/app").await.expect(200);
            let board = json!({ "id": board["id"], "slug": "app", "name": "앱 <개선> & \"더\"" });
            let waits_for = |id: &str, title: &str| {
                json!({ "idea": { "id": id, "title": title }, "board": board, "vote_count": 1,
                    "business_days": null, "created_at": null })
            };
            assert_eq!(waiting, json!([waits_for(&waits, "=1+1"), waits_for(&young, "알림")]));
            let week = |nth: u64, [ideas, answered, decided]: [i64; 3]| {
                let monday = (monday + Days::new(7 * nth)).to_string();
                json!({ "week": monday, "ideas": ideas, "answered": answered, "decided": decided })
            };
            assert_eq!(
                found,
                json!({
                    "board": board, "from": monday.to_string(), "to": last.to_string(),
                    "ideas": 4, "answered": 2, "answered_share": 0.5,
                    "response_hours": { "p50": null, "p90": null },
                    "promised_days": 5, "answered_in_time_share": 0.6667, "too_young": 1,
                    "decided": 1, "decided_share": 0.25,
                    // Three heard of the answer and one of the merge; the one of the plan did not.
                    "supporters": 5, "told": 4, "told_rate": 0.8,
                    "rating": { "helpful": 2, "not_helpful": 1, "share": 0.6667 },
                    "waiting": null,
                    "weeks": [week(0, [3, 2, 1]), week(1, [0, 0, 0]), week(2, [1, 0, 0])],
                })
            );
            // The first day counts and the last does not.
            let of = async |from: u64, to: u64| {
                let (from, to) = (monday + Days::new(from), monday + Days::new(to));
                number(&pm.get(&format!("{LOOP}?from={from}&to={to}")).await.expect(200)["ideas"])
            };
            assert_eq!(
                (of(4, 5).await, of(0, 4).await, of(5, 15).await, of(5, 16).await),
                (3.0, 0.0, 0.0, 1.0)
            );
            // A response that was changed is rated anew, and its first version tells how long it took.
            let again = json!({ "body": "다음 달에 나옵니다.", "notify": "none" });
            pm.put_body(&format!("/v1/ideas/{answered}/response"), &again).await.expect(200);
            let found = pm.get(&format!("{LOOP}?from={monday}&to={last}")).await.expect(200);
            assert_eq!(found["rating"], json!({ "helpful": 0, "not_helpful": 0, "share": null }));
            assert!(number(&found["response_hours"]["p50"]) < 2.03);
            // It was news in the period, of which nobody was told: that of four supporters, Dora among them now.
            assert_eq!((&found["supporters"], &found["told"]), (&json!(9), &json!(4)));
        },
    )
    .await;
}

#[actix_web::test]
async fn a_board_without_ideas_has_no_shares() {
    on_each_database(async |app| {
        let pm = app.staff("product_manager").await;
        pm.board("app", json!({})).await;
        pm.board("web", json!({ "view": "staff" })).await;
        app.member("ana").await.idea("app", "다크 모드").await;
        let found = pm.get(&format!("{LOOP}?board=web")).await.expect(200);
        for empty in
            ["answered_share", "response_hours", "answered_in_time_share", "decided_share", "told_rate"]
        {
            assert_eq!(found[empty], Value::Null, "{empty}");
        }
        let counts = ["ideas", "answered", "too_young", "decided", "supporters", "told"];
        assert!(counts.iter().all(|count| found[count] == 0), "{found}");
        assert_eq!((&found["waiting"], &found["rating"]["share"]), (&json!([]), &Value::Null));
        let date = |name: &str| found[name].as_str().unwrap().parse::<NaiveDate>().unwrap();
        assert_eq!(date("to") - date("from"), TimeDelta::days(90));
        assert_eq!(date("to"), (app.clock().now() + TimeDelta::hours(33)).date_naive());
        // Every board, and the idea of today.
        let every = pm.get(LOOP).await.expect(200);
        assert_eq!(
            (&every["board"], &every["ideas"], &every["too_young"]),
            (&Value::Null, &json!(1), &json!(1))
        );
        assert_eq!(every["waiting"][0]["board"]["slug"], "app");
    })
    .await;
}

#[actix_web::test]
async fn what_makes_no_sense_is_refused_by_name() {
    on_each_database(async |app| {
        let pm = app.staff("product_manager").await;
        for (query, pointer) in [
            ("from=2026-02-30", "?from"),
            ("from=yesterday", "?from"),
            ("to=2026-01-01T00:00:00Z", "?to"),
            ("to=1900-01-01", "?to"),
            ("from=2026-01-02&to=2026-01-02", "?from"),
            ("from=2026-01-02&to=2026-01-01", "?from"),
            ("from=2023-01-01&to=2026-01-02", "?from"),
            ("from=%2B262142-12-31", "?from"),
            ("until=2026-01-01", "?until"),
        ] {
            let problem = pm.get(&format!("{LOOP}?{query}")).await.expect_problem(422, "invalid_fields");
            assert_eq!(problem["errors"][0]["pointer"], pointer, "{query}: {problem}");
        }
        pm.get(&format!("{LOOP}?from=2023-01-01&to=2026-01-01")).await.expect(200);
        for board in ["nowhere", "%3Cscript%3E", "", "01942f4c-6b1e-7c3a-9a51-3a1f6a2f0b7d"] {
            pm.get(&format!("{LOOP}?board={board}")).await.expect_problem(404, "not_found");
        }
    })
    .await;
}

#[actix_web::test]
async fn the_form_is_the_one_that_accept_names() {
    on_each_database(async |app| {
        let pm = app.staff("product_manager").await;
        let form = async |accept: &str| {
            let answer = pm.with("Accept", accept).get(LOOP).await;
            assert!(answer.header("vary").unwrap().contains("Accept, Accept-Language"));
            (answer.status.as_u16(), answer.header("content-type").unwrap().to_owned())
        };
        assert_eq!(form("application/json").await, (200, "application/json".to_owned()));
        assert_eq!(form("text/csv").await, (200, "text/csv; charset=utf-8; header=present".to_owned()));
        assert_eq!(form("image/*, text/csv;q=0.9").await, (200, "image/svg+xml".to_owned()));
        let refused = pm.with("Accept", "application/pdf").get(LOOP).await;
        let problem = refused.expect_problem(406, "not_acceptable");
        assert!(problem["detail"].as_str().unwrap().contains("application/json, text/csv, image/svg+xml"));
        let member = app.member("ana").await.with("Accept", "text/csv");
        member.get(LOOP).await.expect_problem(403, "forbidden");
    })
    .await;
}

#[actix_web::test]
async fn a_spreadsheet_gets_the_same_numbers_and_no_formulas() {
    let monday = next_monday();
    on_each_database(async |app| {
        let [_, waits, young] = two_weeks(app, monday).await;
        let pm = app.staff("product_manager").await;
        let path = format!("{LOOP}?from={monday}&to={}", monday + Days::new(16));
        let numbers = pm.get(&path).await.expect(200);
        let csv = pm.with("Accept", "text/csv").get(&path).await.text;
        let tables = csv.strip_prefix('\u{feff}').expect("Excel needs a BOM");
        let tables: Vec<Vec<Vec<&str>>> = tables
            .split("\r\n\r\n")
            .map(|table| table.trim_end().split("\r\n").map(|line| line.split(',').collect()).collect())
            .collect();
        let [metrics, weeks, waiting] = &tables[..] else { panic!("{csv}") };
        assert_eq!(metrics[0], ["metric", "value"]);
        let value = |name: &str| metrics.iter().find(|row| row[0] == name).map(|row| row[1].to_owned());
        for name in [
            "ideas",
            "answered",
            "answered_share",
            "answered_in_time_share",
            "too_young",
            "decided",
            "decided_share",
            "supporters",
            "told",
            "told_rate",
            "promised_days",
        ] {
            assert_eq!(value(name), Some(numbers[name].to_string()), "{name}");
        }
        for name in ["p50", "p90"] {
            let hours = numbers["response_hours"][name].as_f64().map(|hours| hours.to_string());
            assert_eq!(value(&format!("response_hours_{name}")), hours);
        }
        assert_eq!(value("rating_helpful"), Some("2".to_owned()));
        assert_eq!((value("board"), value("from")), (Some(String::new()), Some(monday.to_string())));
        assert_eq!(weeks[0], ["week", "ideas", "answered", "decided"]);
        assert_eq!(weeks[1], [&*monday.to_string(), "3", "2", "1"]);
        assert_eq!(weeks.len(), 4);
        let shown: Vec<_> = waiting[1..].iter().map(|row| (row[0], row[1], row[2], row[5])).collect();
        assert_eq!(shown, [(&*waits, "'=1+1", "app", "1"), (&*young, "알림", "app", "1")]);
    })
    .await;
}

/// The texts of a picture, if every tag that is opened is closed and every `&` stands for something.
fn texts(svg: &str) -> Vec<String> {
    let (mut open, mut texts) = (Vec::new(), Vec::new());
    for part in svg.split('<').skip(1) {
        let (tag, text) = part.split_once('>').unwrap_or_else(|| panic!("<{part}"));
        let name = tag.trim_matches('/').split_whitespace().next().unwrap();
        match (tag.starts_with('/'), tag.ends_with('/')) {
            (true, _) => assert_eq!(open.pop(), Some(name), "</{name}>"),
            (_, true) => {}
            (false, false) => open.push(name),
        }
        assert_eq!(tag.matches('"').count() % 2, 0, "<{tag}>");
        for entity in part.split('&').skip(1) {
            let name = entity.split(';').next().unwrap();
            assert!(["amp", "lt", "gt", "quot", "apos"].contains(&name), "&{entity}");
        }
        texts.extend(Some(text.trim().to_owned()).filter(|text| !text.is_empty()));
    }
    assert!(open.is_empty(), "{open:?} are left open");
    texts
}

#[actix_web::test]
async fn a_picture_shows_the_weeks_with_their_names() {
    let monday = next_monday();
    on_each_database(async |app| {
        two_weeks(app, monday).await;
        let pm = app.staff("product_manager").await.with("Accept", "image/svg+xml");
        let path = format!("{LOOP}?board=app&from={monday}&to={}", monday + Days::new(16));
        let korean = pm.with("Accept-Language", "ko").get(&path).await;
        assert_eq!(korean.header("content-language"), Some("ko"));
        let shown = texts(&korean.text);
        let title = format!(
            "앱 &lt;개선&gt; &amp; &quot;더&quot;: 제안과 답변, {monday} ~ {}",
            monday + Days::new(15)
        );
        for text in
            [&*title, "제안 4", "답변 2", "결정 1", "제안 수", "주 (시작하는 월요일)", &monday.to_string()]
        {
            assert!(shown.iter().any(|shown| shown == text), "{text} is not in {shown:?}");
        }
        // Three weeks of three bars, and a square of each colour before its name.
        let bars = |colour: &str| korean.text.matches(&format!("fill=\"{colour}\"")).count();
        assert_eq!((bars("#9CA3AF"), bars("#2563EB"), bars("#16A34A")), (4, 4, 4));
        let english = texts(&pm.with("Accept-Language", "en").get(&path).await.text);
        for text in ["Ideas 4", "Answered 2", "Decided 1", "Week (its Monday)"] {
            assert!(english.iter().any(|shown| shown == text), "{text} is not in {english:?}");
        }
        // One day, three years, and no idea at all can be drawn too.
        for (from, to) in [("2026-01-01", "2026-01-02"), ("2023-01-01", "2026-01-01")] {
            let every = texts(&pm.get(&format!("{LOOP}?from={from}&to={to}")).await.text);
            assert!(every.iter().any(|shown| shown == "Ideas 0"), "{every:?}");
        }
    })
    .await;
}
