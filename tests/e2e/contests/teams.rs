//! Teams: asking, answering, leaving, and what a team needs before it sends.

use chrono::TimeDelta;
use kit::{
    TestApp, on_each_database,
    people::{Person, sso_token},
};
use serde_json::{Value, json};

use super::{at, draft, enter, open, text, told};

/// A member whose address the brand's sign-on says is theirs.
async fn proven<'a>(app: &'a TestApp, name: &str) -> Person<'a> {
    let claims =
        json!({ "sub": name, "email": format!("{name}@example.com"), "name": name, "email_verified": true });
    let answer = app.visitor().post("/v1/auth/sso", &json!({ "token": sso_token(app, &claims) })).await;
    Person::signed_in(app, &answer.expect(200))
}

/// Asks somebody by name; the address of the invitation.
async fn ask(by: &Person<'_>, entry: &str, whom: &Person<'_>) -> String {
    let made = by.post(&format!("{entry}/invitations"), &json!({ "member_id": whom.id })).await;
    assert_eq!(made.header("location"), Some(entry), "where an invitation is seen");
    let made = made.expect(201);
    format!("/v1/team_invitations/{}", text(&made["id"]))
}

async fn accept(person: &Person<'_>, invitation: &str) -> Value {
    person.post(&format!("{invitation}/accept"), &json!({})).await.expect(200)
}

fn ids(entry: &Value) -> Vec<&Value> {
    entry["team"].as_array().unwrap().iter().map(|mate| &mate["member_id"]).collect()
}

#[actix_web::test]
async fn a_team_sends_once_everybody_who_was_asked_has_answered() {
    on_each_database(async |app| {
        let (pm, ana, bo, cy) = (
            app.staff("product_manager").await,
            app.member("ana").await,
            app.member("bo").await,
            app.member("cy").await,
        );
        let contest = open(app, &pm, json!({ "team": { "least": 2, "most": 3 } })).await;
        let entry = enter(&ana, &contest).await;
        let submit = format!("{entry}/submit");
        ana.post(&submit, &json!({})).await.expect_problem(409, "team_size");
        let (first, second) = (ask(&ana, &entry, &bo).await, ask(&ana, &entry, &cy).await);
        assert_eq!(told(&bo).await, [json!("contest_team_asked")]);
        let asked = bo.get("/v1/me/team_invitations").await.expect(200);
        assert_eq!(
            (&asked["items"][0]["entry_title"], &asked["items"][0]["leader"]),
            (&json!("한마당"), &json!("ana"))
        );
        bo.get(&entry).await.expect(404);
        ana.post(&submit, &json!({})).await.expect_problem(409, "team_unanswered");
        let body = json!({ "member_id": bo.id });
        let again = ana.post(&format!("{entry}/invitations"), &body).await;
        again.expect_problem(409, "team_size");
        cy.post(&format!("{first}/accept"), &json!({})).await.expect(404);
        let joined = accept(&bo, &first).await;
        assert_eq!(ids(&joined), [&json!(ana.id), &json!(bo.id)]);
        bo.post(&format!("{first}/accept"), &json!({})).await.expect_problem(409, "invitation_answered");
        ana.post(&submit, &json!({})).await.expect_problem(409, "team_unanswered");
        cy.post(&format!("{second}/decline"), &json!({})).await.expect(204);
        cy.post(&format!("{second}/accept"), &json!({})).await.expect_problem(409, "invitation_answered");
        assert_eq!(told(&ana).await, [json!("contest_team_changed"), json!("contest_team_changed")]);
        let asked_again = ana.post(&format!("{entry}/invitations"), &json!({ "member_id": cy.id })).await;
        asked_again.expect_problem(409, "already_asked");
        let in_team = ana.post(&format!("{entry}/invitations"), &body).await;
        in_team.expect_problem(409, "already_in_team");

        // Anybody in it edits; whoever leads it sends.
        bo.patch(&entry, &json!({ "title": "두마당" })).await.expect(200);
        bo.post(&submit, &json!({})).await.expect_problem(403, "not_leader");
        bo.delete(&entry).await.expect_problem(403, "not_leader");
        let sent = ana.post(&submit, &json!({})).await.expect(200);
        assert_eq!((&sent["title"], &sent["state"]), (&json!("두마당"), &json!("submitted")));
        let own = bo.post(&format!("/v1/contests/{contest}/entries"), &draft()).await;
        own.expect_problem(409, "entries_used");
        cy.post(&format!("/v1/contests/{contest}/entries"), &draft()).await.expect(201);
    })
    .await;
}

#[actix_web::test]
async fn whoever_leads_a_team_and_leaves_is_followed_by_who_joined_first() {
    on_each_database(async |app| {
        let (pm, ana, bo, cy) = (
            app.staff("product_manager").await,
            app.member("ana").await,
            app.member("bo").await,
            app.member("cy").await,
        );
        let contest = open(app, &pm, json!({ "team": { "least": 2, "most": 3 } })).await;
        let entry = enter(&ana, &contest).await;
        for person in [&bo, &cy] {
            let asked = ask(&ana, &entry, person).await;
            app.advance(TimeDelta::seconds(1));
            accept(person, &asked).await;
        }
        ana.post(&format!("{entry}/submit"), &json!({})).await.expect(200);
        ana.post(&format!("{entry}/leave"), &json!({})).await.expect(204);
        ana.get(&entry).await.expect(404);
        let left = bo.get(&entry).await.expect(200);
        assert_eq!(
            (ids(&left), &left["team"][0]["leads"]),
            (vec![&json!(bo.id), &json!(cy.id)], &json!(true))
        );
        assert_eq!(left["state"], "submitted", "two are enough");
        assert_eq!(told(&cy).await[0], "contest_team_changed");
        bo.post(&format!("{entry}/leave"), &json!({})).await.expect(204);
        let alone = cy.get(&entry).await.expect(200);
        assert_eq!((&alone["state"], &alone["team"][0]["leads"]), (&json!("draft"), &json!(true)));
        cy.post(&format!("{entry}/submit"), &json!({})).await.expect_problem(409, "team_size");
        cy.post(&format!("{entry}/leave"), &json!({})).await.expect_problem(409, "last_of_team");
        // Who left may enter again, and be asked again once the answer of then is taken back.
        enter(&ana, &contest).await;
        let answered = cy.get(&entry).await.expect(200)["yours"]["invitations"][0]["id"].clone();
        cy.delete(&format!("/v1/team_invitations/{}", text(&answered))).await.expect(204);
        let again = ask(&cy, &entry, &bo).await;
        accept(&bo, &again).await;
        cy.post(&format!("{entry}/submit"), &json!({})).await.expect(200);
        app.advance(TimeDelta::hours(48));
        let bo = app.member("bo").await;
        bo.post(&format!("{entry}/leave"), &json!({})).await.expect_problem(409, "entries_closed");
    })
    .await;
}

#[actix_web::test]
async fn an_address_is_asked_without_telling_whose_it_is() {
    on_each_database(async |app| {
        let (pm, ana) = (app.staff("product_manager").await, app.member("ana").await);
        let contest = open(app, &pm, json!({ "team": { "least": 1, "most": 6 } })).await;
        let entry = enter(&ana, &contest).await;
        let (known, squatter) = (proven(app, "known").await, app.member("squatted").await);
        let invite = format!("{entry}/invitations");
        let mut answers = Vec::new();
        for name in ["known", "squatted", "unknown"] {
            let mut answer = ana.post(&invite, &json!({ "email": format!("{name}@example.com") })).await.expect(201);
            answers.push(text(&answer["id"]).to_owned());
            answer["id"] = json!("");
            answer["email"] = json!("");
            answer["created_at"] = json!("");
            let same = json!({ "id": "", "member_id": null, "email": "", "created_at": "", "answered_at": null, "accepted": null });
            assert_eq!(answer, same);
        }
        let doubled = ana.post(&invite, &json!({ "email": "KNOWN@example.com" })).await;
        doubled.expect_problem(409, "already_asked");
        assert_eq!(told(&known).await, [json!("contest_team_asked")]);
        // Who has not shown that the address is theirs finds nothing.
        assert!(squatter.all("/v1/me/team_invitations", 9).await.is_empty());
        squatter.post(&format!("/v1/team_invitations/{}/accept", answers[1]), &json!({})).await.expect(404);
        let unknown = proven(app, "unknown").await;
        assert_eq!(unknown.all("/v1/me/team_invitations", 9).await[0]["id"], json!(answers[2]));
        accept(&unknown, &format!("/v1/team_invitations/{}", answers[2])).await;
        let shown = accept(&known, &format!("/v1/team_invitations/{}", answers[0])).await;
        assert_eq!(ids(&shown).len(), 3);
        ana.post(&format!("{entry}/submit"), &json!({})).await.expect_problem(409, "team_unanswered");
        let open = format!("/v1/team_invitations/{}", answers[1]);
        known.delete(&open).await.expect_problem(403, "not_leader");
        squatter.delete(&open).await.expect(404);
        ana.delete(&open).await.expect(204);
        ana.post(&format!("{entry}/submit"), &json!({})).await.expect(200);
    })
    .await;
}

#[actix_web::test]
async fn nobody_joins_too_late_without_consent_or_twice() {
    on_each_database(async |app| {
        let (pm, ana, bo) =
            (app.staff("product_manager").await, app.member("ana").await, app.member("bo").await);
        let alone = open(app, &pm, json!({})).await;
        let entry = enter(&ana, &alone).await;
        let body = json!({ "member_id": bo.id });
        ana.post(&format!("{entry}/invitations"), &body).await.expect_problem(409, "no_teams");

        let team = json!({ "least": 1, "most": 3, "merge_deadline": at(app, 24) });
        let consents =
            json!([{ "key": "privacy", "purpose": "운영", "text": "이름을 씁니다.", "required": true }]);
        let contest = open(app, &pm, json!({ "team": team, "consents": consents })).await;
        let entry = enter(&ana, &contest).await;
        let invite = format!("{entry}/invitations");
        for (body, pointer) in [
            (json!({}), "/member_id"),
            (json!({ "member_id": bo.id, "email": "bo@example.com" }), "/email"),
            (json!({ "email": "bo" }), "/email"),
            (json!({ "member_id": pm.id }), "/member_id"),
            (json!({ "member_id": "01942f4c-6b1e-7c3a-9a51-3a1f6a2f0b7d" }), "/member_id"),
        ] {
            let problem = ana.post(&invite, &body).await.expect_problem(422, "invalid_fields");
            assert_eq!(problem["errors"][0]["pointer"], pointer, "{problem}");
        }
        let asked = ask(&ana, &entry, &bo).await;
        let without =
            bo.post(&format!("{asked}/accept"), &json!({})).await.expect_problem(422, "invalid_fields");
        assert_eq!(without["errors"][0]["pointer"], "/consents");
        // Who is in another entry has no place left for this one.
        let other = enter(&bo, &contest).await;
        let given = json!({ "consents": ["privacy"] });
        bo.post(&format!("{asked}/accept"), &given).await.expect_problem(409, "entries_used");
        bo.delete(&other).await.expect(204);
        app.advance(TimeDelta::hours(24));
        let (ana, bo) = (app.member("ana").await, app.member("bo").await);
        bo.post(&format!("{asked}/accept"), &given).await.expect_problem(409, "teams_closed");
        let cy = app.member("cy").await;
        let late = ana.post(&invite, &json!({ "member_id": cy.id })).await;
        late.expect_problem(409, "teams_closed");
        // The invitation that came to nothing does not keep the team from sending.
        ana.delete(&asked).await.expect(204);
        ana.patch(&entry, &given).await.expect(200);
        ana.post(&format!("{entry}/submit"), &json!({})).await.expect(200);
    })
    .await;
}

#[actix_web::test]
async fn no_consent_that_somebody_took_back_is_sent_along() {
    on_each_database(async |app| {
        let (pm, ana, bo) =
            (app.staff("product_manager").await, app.member("ana").await, app.member("bo").await);
        let privacy =
            json!([{ "key": "privacy", "purpose": "운영", "text": "이름을 씁니다.", "required": true }]);
        let team = json!({ "least": 1, "most": 3 });
        let contest = open(app, &pm, json!({ "team": team, "consents": privacy })).await;
        let (entry, given) = (enter(&ana, &contest).await, json!({ "consents": ["privacy"] }));
        let asked = ask(&ana, &entry, &bo).await;
        bo.post(&format!("{asked}/accept"), &given).await.expect(200);
        ana.patch(&entry, &given).await.expect(200);
        bo.patch(&entry, &json!({ "consents": [] })).await.expect(200);
        let submit = format!("{entry}/submit");
        let lacking = ana.post(&submit, &json!({})).await.expect_problem(422, "invalid_fields");
        let pointers: Vec<&Value> =
            lacking["errors"].as_array().unwrap().iter().map(|error| &error["pointer"]).collect();
        assert_eq!(pointers, [&json!("/team/1/consents")]);
        assert_eq!(ana.get(&entry).await.expect(200)["receipt"], Value::Null);
        bo.patch(&entry, &given).await.expect(200);
        ana.post(&submit, &json!({})).await.expect(200);
    })
    .await;
}

#[actix_web::test]
async fn nobody_takes_what_was_sent_along_by_leaving_once_teams_are_made() {
    on_each_database(async |app| {
        let (pm, ana, bo) =
            (app.staff("product_manager").await, app.member("ana").await, app.member("bo").await);
        let team = json!({ "least": 2, "most": 3, "merge_deadline": at(app, 24) });
        let contest = open(app, &pm, json!({ "team": team })).await;
        let entry = enter(&ana, &contest).await;
        let asked = ask(&ana, &entry, &bo).await;
        accept(&bo, &asked).await;
        ana.post(&format!("{entry}/submit"), &json!({})).await.expect(200);
        app.advance(TimeDelta::hours(24));
        let (ana, bo) = (app.member("ana").await, app.member("bo").await);
        bo.post(&format!("{entry}/leave"), &json!({})).await.expect(204);
        let left = ana.get(&entry).await.expect(200);
        assert_eq!((&left["state"], ids(&left)), (&json!("submitted"), vec![&json!(ana.id)]));
    })
    .await;
}

#[actix_web::test]
async fn a_judge_learns_of_no_team_that_asks_them_and_nobody_of_what_is_over() {
    on_each_database(async |app| {
        let (pm, ana, bo) =
            (app.staff("product_manager").await, app.member("ana").await, app.member("bo").await);
        let (by_name, by_address) = (app.member("judge").await, proven(app, "other-judge").await);
        let team = json!({ "least": 1, "most": 6, "merge_deadline": at(app, 24) });
        let contest = open(app, &pm, json!({ "team": team })).await;
        let entry = enter(&ana, &contest).await;
        let judges = format!("/v1/contests/{contest}/judges");
        for judge in [&by_name, &by_address] {
            pm.post(&judges, &json!({ "member_id": judge.id })).await.expect(201);
        }
        let (list, invite) = ("/v1/me/team_invitations", format!("{entry}/invitations"));
        let asked = ask(&ana, &entry, &by_name).await;
        ana.post(&invite, &json!({ "email": "other-judge@example.com" })).await.expect(201);
        ask(&ana, &entry, &bo).await;
        for judge in [&by_name, &by_address] {
            assert_eq!(told(judge).await, [json!("contest_judge_appointed")]);
            assert!(judge.all(list, 9).await.is_empty());
        }
        by_name.post(&format!("{asked}/accept"), &json!({})).await.expect_problem(409, "is_judge");
        assert_eq!((told(&bo).await, bo.all(list, 9).await.len()), (vec![json!("contest_team_asked")], 1));
        // Asked first and appointed then, one finds it no more; whoever judges no longer does.
        pm.post(&judges, &json!({ "member_id": bo.id })).await.expect(201);
        assert!(bo.all(list, 9).await.is_empty());
        let leave = json!({ "reason": "바빠서" });
        pm.post(&format!("{judges}/{}/leave", bo.id), &leave).await.expect(200);
        assert_eq!(bo.all(list, 9).await.len(), 1);
        app.advance(TimeDelta::hours(24));
        assert!(app.member("bo").await.all(list, 9).await.is_empty(), "nobody can join any more");
    })
    .await;
}
