//! The second half of the journey: the product is tried, told of, and what was learned goes back to everybody.

use chrono::TimeDelta;
use reqwest::Method;
use serde_json::{Value, json};

use super::{
    super::{
        apply,
        people::told,
        recruiting, step, text,
        trying::{of, report},
    },
    Journey, MEMBERS, SEATS,
};

/// Where they live, each at a number of their own.
const STREET: &str = "떠난이로";

type Member = (String, String);

impl Journey<'_> {
    /// Addresses go in, a file goes to the courier, and a file with what came of it comes back.
    pub(super) async fn ship(&self, confirmed: &[Member]) {
        for (nth, (name, id)) in confirmed.iter().enumerate() {
            let line = format!("{STREET} {nth}");
            let address =
                json!({ "recipient": name, "phone": "010-1234-5678", "postal_code": "03187", "line1": line });
            let person = self.app.member(name).await;
            person.put_body(&format!("/v1/applications/{id}/address"), &address).await.expect(200);
        }
        let marketer = self.app.staff("marketer").await;
        let file = marketer.get(&self.path("shipments/export")).await;
        assert_eq!(file.text.matches(STREET).count(), SEATS);
        let import = async |file: String| {
            let request = marketer.request(Method::POST, &self.path("shipments/import"));
            marketer.send(request.header("content-type", "text/csv").body(file)).await
        };
        let lines = |state: &str| {
            let line =
                |(nth, (_, id)): (usize, &Member)| format!("{id},한진택배,61234567890{nth:02},{state}\n");
            let all: String = confirmed.iter().enumerate().map(line).collect();
            format!("application_id,courier,tracking,state\n{all}")
        };
        let odd = lines("shipped") + "01942f4c-6b1e-7c3a-9a51-3a1f6a2f0b7d,한진택배,612345678999,shipped\n";
        let problem = import(odd).await.expect_problem(422, "invalid_fields");
        assert_eq!(problem["errors"][0]["pointer"], format!("/{}/application_id", SEATS + 2));
        assert_eq!(import(lines("shipped")).await.expect(200)["shipped"], SEATS);
        let (name, id) = &confirmed[0];
        let received = format!("/v1/applications/{id}/received");
        self.app.member(name).await.post(&received, &json!({})).await.expect(200);
        self.app.advance(TimeDelta::days(1));
        let marketer = self.app.staff("marketer").await;
        let request = marketer.request(Method::POST, &self.path("shipments/import"));
        let done = marketer.send(request.header("content-type", "text/csv").body(lines("delivered"))).await;
        assert_eq!(done.expect(200)["delivered"], SEATS - 1);
    }

    /// A diary and a report of each: one forgets to say who paid and mends it, one is looked at by nobody, and one finds no good word.
    pub(super) async fn tell(&self, confirmed: &[Member]) {
        self.app.advance(TimeDelta::days(2));
        let mut sent = Vec::new();
        for (nth, (name, id)) in confirmed.iter().enumerate() {
            let (person, path) = (self.app.member(name).await, format!("/v1/applications/{id}"));
            let diary = json!({ "text": "하루 써 봤어요" });
            person.put_body(&format!("{path}/missions/diary"), &diary).await.expect(200);
            let mut body = report();
            match nth {
                0 => (body["title"], body["body"]) = (json!("솔직한 후기"), json!("잘 쓰고 있어요.")),
                1 => (body["useful"], body["usable"], body["enjoyable"]) = (json!(1), json!(1), json!(1)),
                _ => {}
            }
            sent.push(person.put_body(&format!("{path}/report"), &body).await.expect(200));
        }
        let marketer = self.app.staff("marketer").await;
        marketer.post(&of(&sent[0], "/accept"), &json!({})).await.expect_problem(409, "undisclosed");
        let asked = json!({ "reason": "disclosure", "note": "첫 줄에 적어 주세요." });
        marketer.post(&of(&sent[0], "/request_revision"), &asked).await.expect(200);
        let (name, id) = &confirmed[0];
        self.app.advance(TimeDelta::minutes(1));
        let person = self.app.member(name).await;
        person.put_body(&format!("/v1/applications/{id}/report"), &report()).await.expect(200);
        let (last, others) = sent.split_last().unwrap();
        for report in others {
            marketer.post(&of(report, "/accept"), &json!({})).await.expect(200);
        }
        self.app.advance(TimeDelta::days(12));
        assert_eq!(self.app.seed_accept_silently().await, 1);
        let shown = self.app.visitor().get(&of(last, "")).await.expect(200);
        assert_eq!((&shown["verified"], &shown["state"]), (&json!(true), &json!("accepted")));

        let pm = self.app.staff("product_manager").await;
        pm.board("app", json!({})).await;
        let board = pm.get("/v1/boards/app").await.expect(200)["id"].clone();
        let wanted = json!({ "board_id": board, "title": "더 작은 케이스", "quote": "케이스가 커요" });
        let idea = pm.post(&of(last, "/ideas"), &wanted).await.expect(201);
        let linked = self.app.visitor().get(&of(last, "")).await.expect(200);
        assert_eq!(linked["ideas"][0]["id"], idea["id"]);
    }

    /// One tells nothing: the strike is appealed against and stands, so the next panel does not take them.
    pub(super) async fn miss(&self, (name, id): &Member) {
        self.app.advance(TimeDelta::days(14));
        assert_eq!(self.app.seed_tell_people().await[2], 1);
        let person = self.app.member(name).await;
        let mine = person.get(&format!("/v1/applications/{id}")).await.expect(200);
        assert_eq!(mine["trial"]["stage"], "no_show");
        let strike = person.get("/v1/me/strikes").await.expect(200)["strikes"][0]["id"].clone();
        let path = format!("/v1/strikes/{}", text(&strike));
        person.post(&format!("{path}/appeal"), &json!({ "text": "받지 못했어요" })).await.expect(200);
        let marketer = self.app.staff("marketer").await;
        let decided = json!({ "overturned": false, "note": "배송이 확인되었습니다." });
        marketer.post(&format!("{path}/decide"), &decided).await.expect(200);
        assert_eq!(told(&person).await[0], "panel_appeal_decided");
        let next = recruiting(self.app, &marketer, json!({})).await;
        assert_eq!(apply(&person, &next, json!({})).await["reasons"], json!(["no_shows"]));
    }

    /// It is closed once it says what was learned, and everybody who applied hears of that.
    pub(super) async fn close(&self, confirmed: &[Member]) {
        let marketer = self.app.staff("marketer").await;
        marketer.post(&self.path("close"), &json!({})).await.expect_problem(409, "results_missing");
        let results = json!({ "learned": "케이스가 크다는 의견이 많았습니다.", "changes": "다음 제품은 작게 만듭니다." });
        marketer.put_body(&self.path("results"), &results).await.expect(200);
        assert_eq!(step(&marketer, &self.panel, "close").await["phase"], "closed");
        for (name, _) in [&confirmed[0], &self.applications[0], &self.applications[40]] {
            let news = told(&self.app.member(name).await).await;
            assert_eq!(news.iter().filter(|kind| *kind == "panel_results_back").count(), 1, "{name}");
        }
        let read = self.app.visitor().get(&self.path("results")).await.expect(200);
        assert_eq!(read["changes"], results["changes"]);
    }

    pub(super) async fn count(&self) {
        let marketer = self.app.staff("marketer").await;
        let found = marketer.get(&self.path("metrics")).await.expect(200);
        let funnel = json!({
            "invited": MEMBERS - 1, "applied": MEMBERS, "eligible": 50, "offered": 15, "confirmed": SEATS, "shipped": SEATS,
            "delivered": SEATS, "reported": SEATS - 1, "completed": SEATS - 1,
        });
        assert_eq!(found["funnel"], funnel);
        let rates = &found["rates"];
        let of_seats = |part: usize| json!(part as f64 / SEATS as f64);
        assert_eq!(
            (&rates["fill"], &rates["no_show"], &rates["completion"]),
            (&json!(1.0), &of_seats(1), &of_seats(11))
        );
        assert_eq!((&rates["disclosure"], &rates["on_time"]), (&json!(1.0), &of_seats(11)));
        let off: Vec<&Value> =
            found["quotas"].as_array().unwrap().iter().map(|quota| &quota["off_by"]).collect();
        assert_eq!(off, [&json!(0), &json!(0)]);
        let in_form = async |accept: &str| marketer.with("Accept", accept).get(&self.path("metrics")).await;
        let table = in_form("text/csv").await;
        assert!(
            table.text.contains("confirmed,12\r\n") && table.text.contains("region,busan,6,6,6,0"),
            "{}",
            table.text
        );
        let picture = in_form("image/svg+xml").await;
        assert!(picture.text.starts_with("<svg") && picture.text.contains("새 이어폰 체험단"));
    }

    /// One of those who were drawn leaves: they are in no row, and the draw is as sound as it was.
    pub(super) async fn leave(&self, confirmed: &[Member]) {
        let (before, marketer) = (self.verified().await, self.app.staff("marketer").await);
        let announced = || async {
            self.app.visitor().get(&self.path("announcement")).await.expect(200)["chosen"].clone()
        };
        let drawn = announced().await;
        let tickets: Vec<&Value> = drawn.as_array().unwrap().iter().map(|one| &one["ticket"]).collect();
        let mut found = None;
        for (nth, (name, id)) in confirmed.iter().enumerate() {
            let person = self.app.member(name).await;
            let mine = person.get(&format!("/v1/applications/{id}")).await.expect(200);
            if let Some(place) = tickets.iter().position(|ticket| **ticket == mine["ticket"]) {
                found = Some((nth, place, person, mine));
                break;
            }
        }
        let (nth, place, person, mine) = found.unwrap();
        let known =
            [confirmed[nth].0.clone(), text(&mine["salt"]).to_owned(), format!("61234567890{nth:02}")];
        let rows = self.app.seed_read_rows();
        assert!(known.iter().all(|known| rows.contains(known)), "{known:?}");
        person.post("/v1/me/erase", &json!({})).await.expect(204);
        let rows = self.app.seed_read_rows();
        for known in known {
            assert!(!rows.contains(&known), "{known} is remembered");
        }
        let parcels = marketer.all(&self.path("shipments"), 100).await;
        let kept: Vec<bool> = parcels.iter().map(|parcel| parcel["address_state"] == "kept").collect();
        let theirs = parcels.iter().position(|parcel| parcel["application_id"] == mine["id"]).unwrap();
        assert_eq!((parcels.len(), kept.iter().position(|kept| !kept)), (SEATS, Some(theirs)));
        assert_eq!(kept.iter().filter(|kept| **kept).count(), SEATS - 1);

        assert_eq!(self.verified().await, before);
        let mut nameless = drawn;
        assert!(nameless[place]["name"].is_string());
        nameless[place]["name"] = Value::Null;
        assert_eq!(announced().await, nameless);
        let reports = self.app.visitor().all(&self.path("reports"), 100).await;
        assert_eq!(reports.len(), SEATS - 1, "what was learned stays");
        assert_eq!(reports.iter().filter(|report| report["name"].is_null()).count(), 1);
    }
}
