//! Races about a contest: whoever comes second sees what the first did, whichever that is.

use chrono::TimeDelta;
use futures_util::FutureExt as _;
use kit::{TestApp, databases::Kind, on_each_database, people::Person};
use serde_json::{Value, json};

use super::{draft, enter, open, sent, terms, text};

async fn post(person: &Person<'_>, path: String, body: Value) -> (u16, Value) {
    let answer = person.post(&path, &body).await;
    (answer.status.as_u16(), answer.json["code"].clone())
}

/// On PostgreSQL the requests come in their order, and the answers must be these; on SQLite either may have come first.
fn assert_came(app: &TestApp, came: &[(u16, Value)], in_order: &[u16], or_else: &[u16]) {
    let statuses: Vec<u16> = came.iter().map(|(status, _)| *status).collect();
    let may_be = app.kind == Kind::Sqlite && statuses == or_else;
    assert!(statuses == in_order || may_be, "{came:?}");
}

#[actix_web::test]
async fn nobody_enters_who_judges_by_then() {
    on_each_database(async |app| {
        let pm = app.staff("product_manager").await;
        let contest = open(app, &pm, json!({ "team": { "least": 1, "most": 3 } })).await;
        let (judges, entries) =
            (format!("/v1/contests/{contest}/judges"), format!("/v1/contests/{contest}/entries"));
        let (ana, bo, cy) = (app.member("ana").await, app.member("bo").await, app.member("cy").await);
        let judge = |member: &Person<'_>| json!({ "member_id": member.id });

        // Who entered first may be appointed while entries are sealed; judging does not begin with them.
        let race = vec![
            post(&ana, entries.clone(), draft()).boxed_local(),
            post(&pm, judges.clone(), judge(&ana)).boxed_local(),
        ];
        assert_came(app, &app.seed_race(&contest, race).await, &[201, 201], &[409, 201]);
        let race = vec![
            post(&pm, judges.clone(), judge(&bo)).boxed_local(),
            post(&bo, entries.clone(), draft()).boxed_local(),
        ];
        assert_came(app, &app.seed_race(&contest, race).await, &[201, 409], &[201, 201]);

        // Whoever joins a team waits for its entry, and nobody is made a judge meanwhile.
        let entry = enter(&app.member("dee").await, &contest).await;
        let dee = app.member("dee").await;
        let asked = dee.post(&format!("{entry}/invitations"), &judge(&cy)).await.expect(201);
        let accept = format!("/v1/team_invitations/{}/accept", text(&asked["id"]));
        let race = vec![
            post(&cy, accept, json!({})).boxed_local(),
            post(&pm, judges.clone(), judge(&cy)).boxed_local(),
        ];
        let about = entry.rsplit('/').next().unwrap();
        assert_came(app, &app.seed_race(about, race).await, &[200, 201], &[409, 201]);
    })
    .await;
}

#[actix_web::test]
async fn nothing_that_is_sent_in_time_comes_after_judging_began() {
    on_each_database(async |app| {
        let pm = app.staff("product_manager").await;
        let contest = open(app, &pm, json!({})).await;
        let other = sent(&app.member("bo").await, &contest).await;
        let entry = enter(&app.member("ana").await, &contest).await;
        app.advance(TimeDelta::hours(48) - TimeDelta::minutes(1));
        let (pm, ana) = (app.staff("product_manager").await, app.member("ana").await);
        let begin = async {
            app.advance(TimeDelta::minutes(2));
            pm.post(&format!("{other}/screen"), &json!({ "decision": "accept" })).await.expect(200);
            post(&pm, format!("/v1/contests/{contest}/begin_judging"), json!({})).await
        };
        let submit = post(&ana, format!("{entry}/submit"), json!({}));
        let about = entry.rsplit('/').next().unwrap();
        let came = app.seed_race(about, vec![submit.boxed_local(), begin.boxed_local()]).await;
        assert_came(app, &came, &[200, 409], &[409, 200]);
        let state = if came[0].0 == 200 { "submitted" } else { "draft" };
        assert_eq!(ana.get(&entry).await.expect(200)["state"], state);
    })
    .await;
}

#[actix_web::test]
async fn what_is_published_or_sent_meanwhile_is_not_deleted() {
    on_each_database(async |app| {
        let pm = app.staff("product_manager").await;
        let made = pm.post("/v1/contests", &terms(app)).await.expect(201);
        let path = format!("/v1/contests/{}", text(&made["id"]));
        let delete = async |person: &Person<'_>, path: &str| {
            let answer = person.delete(path).await;
            (answer.status.as_u16(), answer.json["code"].clone())
        };
        let publish = post(&pm, format!("{path}/publish"), json!({}));
        let race = vec![publish.boxed_local(), delete(&pm, &path).boxed_local()];
        let came = app.seed_race(text(&made["id"]), race).await;
        assert_came(app, &came, &[200, 409], &[404, 204]);

        let (contest, ana) = (open(app, &pm, json!({})).await, app.member("ana").await);
        let entry = enter(&ana, &contest).await;
        let submit = post(&ana, format!("{entry}/submit"), json!({}));
        let race = vec![submit.boxed_local(), delete(&ana, &entry).boxed_local()];
        let came = app.seed_race(entry.rsplit('/').next().unwrap(), race).await;
        assert_came(app, &came, &[200, 409], &[404, 204]);
    })
    .await;
}
