//! Ballots: who votes for what and when, and what nobody is told before the close.

mod held;
mod storm;
mod untold;

use chrono::TimeDelta;
use kit::{TestApp, files::png, on_each_database, people::Person};
use serde_json::{Value, json};

use super::{
    at, draft,
    judged::{seed_members, seed_review, seed_withdrawn},
    no_step, open, step, text,
};

/// A contest whose ballot of two stars opens two hours after entries close, and lasts two days; with an entry of each of these. The
/// clock stands at the opening. What is answered: the contest, and the entries.
pub async fn voting(app: &TestApp, authors: &[&str]) -> (String, Vec<String>) {
    let pm = app.staff("product_manager").await;
    let other = json!({
        "ballot": { "stars": 3, "opens_at": at(app, 50), "closes_at": at(app, 98) }, "jury_weight": 0.7, "appeal_hours": 1,
    });
    let contest = open(app, &pm, other).await;
    let mut entries = Vec::new();
    for author in authors {
        let author = app.member(author).await;
        let mut body = draft();
        body["title"] = json!(format!("작품 {}", entries.len()));
        body["attachment_ids"] = json!([author.file("이름이 적힌 파일.png", png(4, 4)).await]);
        let made = author.post(&format!("/v1/contests/{contest}/entries"), &body).await.expect(201);
        let id = text(&made["id"]).to_owned();
        author.post(&format!("/v1/entries/{id}/submit"), &json!({})).await.expect(200);
        entries.push(id);
    }
    app.advance(TimeDelta::hours(49));
    let pm = app.staff("product_manager").await;
    for entry in &entries {
        pm.post(&format!("/v1/entries/{entry}/screen"), &json!({ "decision": "accept" })).await.expect(200);
    }
    step(&pm, &contest, "begin_judging").await;
    app.advance(TimeDelta::hours(1));
    (contest, entries)
}

pub fn stars(entries: &[&String]) -> Value {
    json!({ "stars": entries })
}

/// The ballot of somebody, as the answer has it.
async fn vote(person: &Person<'_>, contest: &str, entries: &[&String]) -> Value {
    person.put_body(&format!("/v1/contests/{contest}/ballot"), &stars(entries)).await.expect(200)
}

/// Somebody marks each of these, without which scores are not locked.
fn seed_marks(app: &TestApp, contest: &str, entries: &[String]) {
    let (judge, marks) = (seed_members(app, "marks", 1).remove(0), json!({ "idea": 4, "use": 3 }));
    for entry in entries {
        seed_review(app, (contest, 1), (entry, &judge), ("assigned", "sent"), &marks);
    }
}

fn sorted(entries: &[&String]) -> Value {
    let mut entries = entries.to_vec();
    entries.sort();
    json!(entries)
}

#[actix_web::test]
async fn a_ballot_is_changed_until_the_close_and_its_tally_is_nobodys_before() {
    on_each_database(async |app| {
        let (contest, entries) = voting(app, &["ana", "bo", "cy"]).await;
        let (path, tally) =
            (format!("/v1/contests/{contest}/ballot"), format!("/v1/contests/{contest}/tally"));
        let (pm, dee, eli) =
            (app.staff("product_manager").await, app.member("dee").await, app.member("eli").await);
        let none = dee.get(&path).await.expect(200);
        assert_eq!((&none["stars"], &none["cast_at"]), (&json!([]), &Value::Null));
        let cast = vote(&dee, &contest, &[&entries[2], &entries[0]]).await;
        assert_eq!(cast["stars"], sorted(&[&entries[0], &entries[2]]));
        assert_eq!(cast["voter"], none["voter"]);
        assert_eq!(
            vote(&dee, &contest, &[&entries[0], &entries[2]]).await,
            cast,
            "the same again changes nothing"
        );
        vote(&eli, &contest, &[&entries[0]]).await;
        vote(&eli, &contest, &[]).await;
        let changed = vote(&dee, &contest, &[&entries[1]]).await;
        assert_eq!((&changed["stars"], &changed["cast_at"]), (&json!([entries[1]]), &cast["cast_at"]));
        assert_eq!(dee.get(&path).await.expect(200), changed);
        for person in [&pm, &dee, &app.visitor()] {
            person.get(&tally).await.expect_problem(409, "ballot_open");
        }
        pm.get(&format!("/v1/contests/{contest}/ballots")).await.expect_problem(409, "ballot_open");
        no_step(&pm, &contest, "lock_scores", "ballot_open").await;

        app.advance(TimeDelta::hours(48));
        let (pm, dee) = (app.staff("product_manager").await, app.member("dee").await);
        let late = dee.put_body(&path, &stars(&[&entries[0]])).await;
        late.expect_problem(409, "ballot_closed");
        dee.get(&tally).await.expect_problem(409, "contest_phase");
        let told = pm.get(&tally).await.expect(200);
        assert_eq!(told["ballots"], json!({ "counted": 2, "held": 0, "rejected": 0 }));
        assert_eq!(
            told["items"][0],
            json!({ "entry_id": entries[1], "stars": { "counted": 1, "held": 0, "rejected": 0 } })
        );
        assert_eq!(told["items"].as_array().unwrap().len(), 3);
        seed_marks(app, &contest, &entries);
        step(&pm, &contest, "lock_scores").await;
        step(&pm, &contest, "publish_provisional").await;
        app.visitor().get(&tally).await.expect_problem(409, "contest_phase");
        app.advance(TimeDelta::hours(400));
        let public = app.visitor().get(&tally).await.expect(200);
        assert_eq!(public["ballots"], json!({ "counted": 2 }));
        assert_eq!(public["items"][0], json!({ "entry_id": entries[1], "stars": { "counted": 1 } }));
        let events = app.seed_read_events();
        let of_ballots: Vec<&str> =
            events.iter().map(|(kind, _)| kind.as_str()).filter(|kind| kind.starts_with("ballot.")).collect();
        assert_eq!(of_ballots, ["ballot.cast", "ballot.cast", "ballot.changed", "ballot.changed"]);
    })
    .await;
}

#[actix_web::test]
async fn a_star_that_cannot_be_is_named_and_changes_nothing() {
    on_each_database(async |app| {
        let (contest, entries) = voting(app, &["ana", "bo", "cy", "dee"]).await;
        let (path, eli) = (format!("/v1/contests/{contest}/ballot"), app.member("eli").await);
        let before = vote(&eli, &contest, &[&entries[3]]).await;
        seed_withdrawn(app, &entries[2]);
        let stranger = "01942f4c-6b1e-7c3a-9a51-3a1f6a2f0b7d".to_owned();
        let e = &entries;
        for (odd, pointer) in [
            (vec![&e[0], &e[1], &e[2], &e[3]], "/stars"),
            (vec![&e[0], &e[0]], "/stars/1"),
            (vec![&e[0], &e[2]], "/stars/1"),
            (vec![&stranger], "/stars/0"),
        ] {
            let problem = eli.put_body(&path, &stars(&odd)).await.expect_problem(422, "invalid_fields");
            assert_eq!(problem["errors"][0]["pointer"], pointer, "{problem}");
        }
        for (body, pointer) in [
            (json!({ "stars": ["a"] }), "/stars/0"),
            (json!({}), "/stars"),
            (json!({ "stars": [], "seconds_on_page": -1 }), "/seconds_on_page"),
            (json!({ "stars": [], "weight": 9 }), "/weight"),
        ] {
            let problem = eli.put_body(&path, &body).await.expect_problem(422, "invalid_fields");
            assert_eq!(problem["errors"][0]["pointer"], pointer, "{problem}");
        }
        let own = app.member("ana").await.put_body(&path, &stars(&[&e[1], &e[0]])).await;
        assert_eq!(own.expect_problem(422, "invalid_fields")["errors"][0]["pointer"], "/stars/1");
        assert_eq!(eli.get(&path).await.expect(200), before);
        // A ballot stays as it is when one of its entries goes.
        let ben = app.member("ben").await;
        vote(&ben, &contest, &[&e[0], &e[1]]).await;
        seed_withdrawn(app, &e[0]);
        assert_eq!(ben.get(&path).await.expect(200)["stars"], sorted(&[&e[0], &e[1]]));
    })
    .await;
}

#[actix_web::test]
async fn customers_vote_in_time_and_nobody_else() {
    on_each_database(async |app| {
        let pm = app.staff("product_manager").await;
        let plain = open(app, &pm, json!({})).await;
        let ana = app.member("ana").await;
        let path = format!("/v1/contests/{plain}/ballot");
        ana.get(&path).await.expect_problem(409, "no_ballot");
        ana.put_body(&path, &stars(&[])).await.expect_problem(409, "no_ballot");
        app.visitor().get(&format!("/v1/contests/{plain}/candidates")).await.expect_problem(409, "no_ballot");
        let soon = json!({
            "ballot": { "stars": 1, "opens_at": at(app, 50), "closes_at": at(app, 98), "members_before": at(app, 2) },
        });
        let contest = open(app, &pm, soon).await;
        let path = format!("/v1/contests/{contest}/ballot");
        let entry = super::sent(&ana, &contest).await;
        ana.put_body(&path, &stars(&[])).await.expect_problem(409, "ballot_not_open");
        let early = app.visitor().get(&format!("/v1/contests/{contest}/candidates")).await;
        early.expect_problem(409, "ballot_not_open");
        app.member("old").await;
        app.advance(TimeDelta::hours(50));
        let (pm, old, new) = (app.staff("product_manager").await, app.member("old").await, app.member("new").await);
        old.put_body(&path, &stars(&[])).await.expect_problem(409, "contest_phase");
        pm.post(&format!("{entry}/screen"), &json!({ "decision": "accept" })).await.expect(200);
        step(&pm, &contest, "begin_judging").await;
        let id = entry.rsplit('/').next().unwrap().to_owned();
        for person in [&pm, &new] {
            person.put_body(&path, &stars(&[&id])).await.expect_problem(403, "not_a_voter");
        }
        vote(&old, &contest, &[&id]).await;
        app.visitor().put_body(&path, &stars(&[])).await.expect(401);
    })
    .await;
}

#[actix_web::test]
async fn everybody_sees_the_entries_in_an_order_of_their_own_and_not_whose_they_are() {
    on_each_database(async |app| {
        let authors = ["ana", "bo", "cy", "dee", "eli", "fay", "gus"];
        let (contest, entries) = voting(app, &authors).await;
        let path = format!("/v1/contests/{contest}/candidates");
        let (visitor, zoe) = (app.visitor(), app.member("zoe").await);
        let ids = |items: &[Value]| items.iter().map(|item| text(&item["id"]).to_owned()).collect::<Vec<_>>();
        let seen = zoe.all(&path, 3).await;
        assert_eq!(ids(&seen), ids(&zoe.all(&path, 100).await));
        let mut all = ids(&seen);
        all.sort();
        let mut expected = entries.clone();
        expected.sort();
        assert_eq!(all, expected);
        let mut orders: Vec<_> = vec![ids(&seen), ids(&visitor.all(&format!("{path}?seed=a"), 3).await)];
        orders.push(ids(&visitor.all(&format!("{path}?seed=b"), 3).await));
        orders.push(ids(&app.member("ana").await.all(&path, 3).await));
        orders.sort();
        orders.dedup();
        assert_eq!(orders.len(), 4);

        vote(&zoe, &contest, &[&entries[1]]).await;
        let starred =
            |items: Vec<Value>| items.into_iter().filter(|item| item["starred"] == true).collect::<Vec<_>>();
        assert_eq!(ids(&starred(zoe.all(&path, 3).await)), [entries[1].clone()]);
        let yours: Vec<Value> = app.member("bo").await.all(&path, 9).await;
        assert_eq!(yours.iter().filter(|item| item["yours"] == true).count(), 1);
        let whole = visitor.get(&path).await.expect(200);
        let said = whole.to_string();
        assert!(!authors.iter().any(|author| said.contains(&format!("\"{author}\""))), "{said}");
        assert!(!said.contains("이름이 적힌"), "{said}");
        let file = &whole["items"][0]["attachments"][0];
        assert_eq!(file["name"], "file-1.png");
        let (status, headers, bytes) = visitor.fetch(text(&file["url"]), &[]).await;
        assert_eq!((status, bytes.is_empty()), (200, false));
        assert!(!format!("{headers:?}").contains("%EC%9D%B4%EB%A6%84"), "{headers:?}");
        let named = visitor.get(&format!("/v1/attachments/{}", text(&file["id"]))).await.expect(200);
        assert_eq!(named["name"], "file-1.png");

        // Between two pages an entry goes: nothing is shown twice, and nothing is left out.
        let first = zoe.get(&format!("{path}?limit=3")).await.expect(200);
        seed_withdrawn(app, text(&first["items"][2]["id"]));
        let next = text(&first["next_cursor"]);
        let rest = zoe.get(&format!("{path}?limit=100&cursor={next}")).await.expect(200);
        assert_eq!(ids(rest["items"].as_array().unwrap()), ids(&seen)[3..]);
        assert_eq!(zoe.all(&path, 3).await.len(), 6);
    })
    .await;
}

#[actix_web::test]
async fn what_whoever_leaves_stars_goes_while_voting_goes_on_and_stays_after_it() {
    on_each_database(async |app| {
        let (contest, entries) = voting(app, &["ana", "bo"]).await;
        let (dee, eli) = (app.member("dee").await, app.member("eli").await);
        vote(&dee, &contest, &[&entries[0]]).await;
        vote(&eli, &contest, &[&entries[1]]).await;
        dee.post("/v1/me/erase", &json!({})).await.expect(204);
        app.advance(TimeDelta::hours(48));
        app.member("eli").await.post("/v1/me/erase", &json!({})).await.expect(204);
        let pm = app.staff("product_manager").await;
        let tally = pm.get(&format!("/v1/contests/{contest}/tally")).await.expect(200);
        assert_eq!(tally["ballots"]["counted"], 1);
        assert_eq!(tally["items"][0]["entry_id"], json!(entries[1]));
    })
    .await;
}
