//! A stampede: five thousand members for fifty seats, all at once.

use std::time::Instant;

use futures_util::StreamExt as _;
use kit::on_each_database;
use serde_json::json;

use super::recruiting;

const MEMBERS: usize = 5_000;
const SEATS: usize = 50;
const WAITLIST: usize = 100;

#[actix_web::test]
async fn five_thousand_at_once_take_fifty_seats_and_a_queue_without_gaps() {
    on_each_database(async |app| {
        let pm = app.staff("product_manager").await;
        let sign_on =
            futures_util::stream::iter(0..MEMBERS).map(async |nth| app.member(&format!("m{nth}")).await);
        let people: Vec<_> = sign_on.buffer_unordered(64).collect().await;
        let pm_again = app.staff("product_manager").await;
        let other = json!({ "method": "first_come", "seats": SEATS, "waitlist": WAITLIST });
        let panel = recruiting(app, &pm_again, other).await;
        let path = format!("/v1/panels/{panel}/applications");
        let started = Instant::now();
        let nothing = json!({});
        // As many at once as one test process keeps connections for; the next comes the moment one is answered.
        let sent = futures_util::stream::iter(&people).map(|person| person.post(&path, &nothing));
        let answers: Vec<_> = sent.buffer_unordered(512).collect().await;
        eprintln!("{MEMBERS} answers in {:.1} s", started.elapsed().as_secs_f64());

        let (mut seats, mut places) = (0, Vec::new());
        for answer in answers {
            match (answer.status.as_u16(), answer.json["outcome"].as_str()) {
                (201, Some("selected")) => seats += 1,
                (201, Some("waitlisted")) => places.push(answer.json["place"].as_u64().unwrap()),
                _ => drop(answer.expect_problem(409, "panel_full")),
            }
        }
        places.sort_unstable();
        assert_eq!((seats, places), (SEATS, (1..=WAITLIST as u64).collect()));
        // The rows say the same as the answers did, in the order in which they came.
        let rows = pm.all(&path, 100).await;
        assert_eq!(rows.len(), SEATS + WAITLIST);
    })
    .await;
}
