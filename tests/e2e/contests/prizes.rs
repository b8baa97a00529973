//! Winners: who is to get which prize, in what parts, and what is withheld; and how everybody moves up when one falls out.

mod disqualification;
mod erasure;
mod offers;
pub mod seeds;
mod taxes;

use chrono::TimeDelta;
use kit::{on_each_database, people::Person};
use serde_json::{Value, json};

use self::seeds::{
    Locked, YES, claim_and_verify, make_public, prizes, seed_locked, seed_public, seed_result, winners,
};
use super::{open, step, text, told};

pub const FIVE: [(&str, u32); 5] = [("ana", 90), ("bo", 80), ("cy", 60), ("dee", 40), ("eve", 20)];

#[actix_web::test]
async fn who_wins_is_known_to_staff_at_the_lock_and_to_everybody_with_the_result() {
    on_each_database(async |app| {
        let locked = seed_locked(app, json!({}), &FIVE).await;
        let (pm, ana, visitor) =
            (app.staff("product_manager").await, app.member("ana").await, app.visitor());
        let awards = locked.path("awards");
        assert_eq!(winners(&pm, &locked).await, [[0], [1], [2]]);
        for person in [&ana, &visitor, &app.staff("moderator").await] {
            person.get(&awards).await.expect_problem(409, "contest_phase");
        }
        let hidden = ana.get(&locked.of(0, "prize")).await.expect(200);
        assert_eq!((&hidden["award"], &hidden["claim"], &hidden["payments"]), (&json!(null), &json!(null), &json!([])));
        ana.post(&locked.of(0, "claim"), &YES()).await.expect_problem(409, "contest_phase");
        ana.get(&locked.of(1, "prize")).await.expect(404);
        step(&pm, &locked.id, "publish_provisional").await;
        visitor.get(&awards).await.expect_problem(409, "contest_phase");
        assert_eq!(app.seed_offer_prizes().await, 0);
        app.advance(TimeDelta::hours(288));

        let ana = app.member("ana").await;
        assert_eq!((app.seed_offer_prizes().await, app.seed_offer_prizes().await), (1, 0));
        assert_eq!(told(&ana).await, [json!("contest_prize_won"), json!("contest_screened")]);
        assert_eq!(told(&app.member("dee").await).await, [json!("contest_screened")]);
        let shown = visitor.get(&awards).await.expect(200);
        let first = &shown["prizes"][0];
        let next = ana.get(&locked.of(0, "prize")).await.expect(200);
        assert_eq!(
            *first,
            json!({
                "rank": 1, "name": "대상", "kind": "cash", "value_krw": 1_000_000,
                "awards": [{
                    "entry_id": locked.entries[0].rsplit('/').next(), "entry": next["entry"], "title": "한마당", "value_krw": 1_000_000,
                    "joint": false, "team": [{ "display_name": null }],
                }],
                "alternates": [shown["prizes"][1]["awards"][0]["entry"]],
            })
        );
        assert_eq!((&shown["undecided"], &shown["disqualified"]), (&json!([]), &json!([])));
        assert!(!shown.to_string().contains(&ana.id), "of people no more than they chose");
    })
    .await;
}

#[actix_web::test]
async fn the_worked_numbers_of_prizes_come_out() {
    on_each_database(async |app| {
        let prize = |rank: u32, value: u64, category: &str| {
            json!({ "rank": rank, "name": "상", "kind": "cash", "value_krw": value, "tax_category": category })
        };
        let four = json!({ "prizes": [
            prize(1, 60_000, "lottery"), prize(2, 1_000_000, "contest"), prize(3, 250_000, "contest"), prize(4, 130_000, "service"),
            prize(5, 70_000, "none"),
        ] });
        let locked = seed_locked(app, four, &FIVE).await;
        let pm = app.staff("product_manager").await;
        let listed = pm.get(&locked.path("winners")).await.expect(200);
        let line = |nth: usize| {
            let paid = &listed["items"][nth]["payments"][0];
            let names = ["part_krw", "deemed_expense_krw", "income_krw", "income_tax_krw", "local_tax_krw", "paid_krw"];
            names.map(|name| paid[name].as_u64().unwrap())
        };
        assert_eq!(line(0), [60_000, 0, 60_000, 12_000, 1_200, 46_800]);
        assert_eq!(line(1), [1_000_000, 800_000, 200_000, 40_000, 4_000, 956_000]);
        assert_eq!(line(2), [250_000, 200_000, 50_000, 0, 0, 250_000]);
        assert_eq!(line(3), [130_000, 78_000, 52_000, 10_400, 1_040, 118_560]);
        assert_eq!(line(4), [70_000, 0, 0, 0, 0, 70_000]);
        assert_eq!(listed["items"][4]["payments"][0]["rates_from"], json!(null));
        assert_eq!(listed["rates"]["from"], "2019-01-01");
        app.member("ana").await.get(&locked.path("winners")).await.expect_problem(403, "forbidden");
        let looks = app.admin().await.all("/v1/audit?action=list_winners", 9).await;
        assert_eq!((looks.len(), looks[0]["after"]["members"].as_array().unwrap().len()), (1, 5));
    })
    .await;
}

#[actix_web::test]
async fn a_team_divides_its_prize_and_never_above_the_whole() {
    on_each_database(async |app| {
        let pm = app.staff("product_manager").await;
        let terms = json!({ "prizes": prizes(), "team": { "least": 1, "most": 3 } });
        let id = open(app, &pm, terms).await;
        let (ana, bo, cy) = (app.member("ana").await, app.member("bo").await, app.member("cy").await);
        let entry = super::enter(&ana, &id).await;
        let asked =
            ana.post(&format!("{entry}/invitations"), &json!({ "member_id": bo.id })).await.expect(201);
        bo.post(&format!("/v1/team_invitations/{}/accept", text(&asked["id"])), &json!({})).await.expect(200);
        ana.post(&format!("{entry}/submit"), &json!({})).await.expect(200);
        app.advance(TimeDelta::hours(48));
        let pm = app.staff("product_manager").await;
        pm.post(&format!("{entry}/screen"), &json!({ "decision": "accept" })).await.expect(200);
        let locked = Locked { id, entries: vec![entry] };
        seed_result(app, &locked, &[90]);
        make_public(app, &locked).await;

        let (ana, bo) = (app.member("ana").await, app.member("bo").await);
        let claim = locked.of(0, "claim");
        let shares = |of: &[(&Person<'_>, u32)]| {
            let of: Vec<Value> =
                of.iter().map(|(person, share)| json!({ "member_id": person.id, "share": share })).collect();
            json!({ "original": true, "licence": true, "shares": of })
        };
        for (body, pointer) in [
            (shares(&[(&ana, 6_000), (&bo, 4_001)]), "/shares"),
            (shares(&[(&ana, 6_000), (&bo, 3_999)]), "/shares"),
            (shares(&[(&ana, 10_000)]), "/shares"),
            (shares(&[(&ana, 5_000), (&cy, 5_000)]), "/shares/1/member_id"),
            (json!({ "original": false, "licence": true }), "/original"),
            (json!({ "original": true, "licence": false }), "/licence"),
            (json!({ "original": true }), "/licence"),
            (json!({ "original": true, "licence": true, "resident_number": "1" }), "/resident_number"),
        ] {
            let problem = ana.post(&claim, &body).await.expect_problem(422, "invalid_fields");
            assert_eq!(problem["errors"][0]["pointer"], pointer, "{problem}");
        }
        assert_eq!(ana.get(&locked.of(0, "prize")).await.expect(200)["claim"]["claimed_at"], json!(null));
        bo.post(&claim, &YES()).await.expect_problem(403, "not_leader");
        cy.post(&claim, &YES()).await.expect_problem(401, "token_expired");
        app.member("cy").await.post(&claim, &YES()).await.expect(404);
        let paid = |shown: &Value| {
            let lines = shown["payments"].as_array().unwrap().iter();
            lines
                .map(|one| (one["part_krw"].as_u64().unwrap(), one["paid_krw"].as_u64().unwrap()))
                .collect::<Vec<_>>()
        };
        let equal = ana.post(&claim, &YES()).await.expect(200);
        assert_eq!(paid(&equal), [(500_000, 478_000), (500_000, 478_000)]);
        let other = ana.post(&claim, &shares(&[(&ana, 7_500), (&bo, 2_500)])).await.expect(200);
        // A quarter is 250,000, which is not taxed.
        assert_eq!(paid(&other), [(750_000, 717_000), (250_000, 250_000)]);

        let pm = app.staff("product_manager").await;
        let verify = locked.of(0, "verify");
        let problem =
            pm.post(&verify, &json!({ "identity": true })).await.expect_problem(422, "invalid_fields");
        assert_eq!(problem["errors"][0]["pointer"], "/tax_data");
        let problem = pm.post(&verify, &json!({ "identity": false, "tax_data": true })).await;
        assert_eq!(problem.expect_problem(422, "invalid_fields")["errors"][0]["pointer"], "/identity");
        let seen = json!({ "identity": true, "tax_data": true });
        assert!(pm.post(&verify, &seen).await.expect(200)["claim"]["tax_data_at"].is_string());
        ana.post(&claim, &YES()).await.expect_problem(409, "prize_verified");
        let log = app.admin().await.all("/v1/audit?action=verify_winner", 9).await;
        assert_eq!((log.len(), &log[0]["by"]["member_id"]), (1, &json!(pm.id)));
    })
    .await;
}

#[actix_web::test]
async fn a_result_is_final_when_every_winner_is_verified_and_what_is_paid_stays() {
    on_each_database(async |app| {
        let locked = seed_public(app, json!({}), &FIVE[..3]).await;
        app.advance(TimeDelta::hours(72));
        let (pm, ana, bo, cy) = (
            app.staff("product_manager").await,
            app.member("ana").await,
            app.member("bo").await,
            app.member("cy").await,
        );
        let finalize = locked.path("finalize");
        let refused = pm.post(&finalize, &json!({})).await.expect_problem(409, "winners_unverified");
        let named = |shown: &Value| text(&shown["entry"]).to_owned();
        for (nth, person) in [&ana, &bo, &cy].into_iter().enumerate() {
            let entry = named(&person.get(&locked.of(nth, "prize")).await.expect(200));
            assert!(text(&refused["detail"]).contains(&entry), "{refused}");
        }
        let verify = json!({ "identity": true });
        pm.post(&locked.of(0, "verify"), &verify).await.expect_problem(409, "not_claimed");
        claim_and_verify(&ana, &pm, &locked, 0, true).await;
        bo.post(&locked.of(1, "claim"), &YES()).await.expect(200);
        bo.post(&locked.of(1, "decline"), &json!({})).await.expect(200);
        bo.post(&locked.of(1, "claim"), &YES()).await.expect_problem(409, "prize_declined");
        assert_eq!(winners(&pm, &locked).await, [vec![0], vec![2], vec![]], "who is next moves up");
        assert_eq!(told(&bo).await[0], "contest_prize_won", "they know that they declined");
        // 400,000 by now, and so no longer below what is taxed.
        cy.post(&locked.of(2, "claim"), &YES()).await.expect(200);
        let problem = pm.post(&locked.of(2, "verify"), &verify).await.expect_problem(422, "invalid_fields");
        assert_eq!(problem["errors"][0]["pointer"], "/tax_data");
        pm.post(&locked.of(2, "verify"), &json!({ "identity": true, "tax_data": true })).await.expect(200);
        assert_eq!(pm.post(&finalize, &json!({})).await.expect(200)["phase"], "final");
        for person in [&ana, &bo, &cy] {
            assert_eq!(told(person).await[0], "contest_final");
        }
        ana.post(&locked.of(0, "decline"), &json!({})).await.expect_problem(409, "contest_phase");

        // Later rates change nothing of what was fixed.
        let mut rates = pm.get("/v1/tax_rules").await.expect(200)["rates"].clone();
        rates[0]["income_tax"] = json!(40);
        pm.put_body("/v1/tax_rules", &json!({ "rates": rates })).await.expect(200);
        let shown = ana.get(&locked.of(0, "prize")).await.expect(200);
        assert_eq!(shown["payments"][0]["paid_krw"], 956_000);
    })
    .await;
}

#[actix_web::test]
async fn tax_data_are_not_asked_for_where_nothing_is_withheld() {
    on_each_database(async |app| {
        let prize =
            json!([{ "rank": 1, "name": "상장", "kind": "honour", "value_krw": 0, "tax_category": "none" }]);
        let locked = seed_public(app, json!({ "prizes": prize }), &FIVE[..1]).await;
        let (pm, ana) = (app.staff("product_manager").await, app.member("ana").await);
        ana.post(&locked.of(0, "claim"), &YES()).await.expect(200);
        let verify = locked.of(0, "verify");
        let both = json!({ "identity": true, "tax_data": true });
        pm.post(&verify, &both).await.expect_problem(409, "nothing_taxed");
        let verified = pm.post(&verify, &json!({ "identity": true })).await.expect(200);
        assert_eq!(verified["claim"]["tax_data_at"], json!(null));
        assert!(verified["claim"]["identity_at"].is_string());
    })
    .await;
}

#[actix_web::test]
async fn those_who_share_a_prize_take_the_places_it_spans() {
    on_each_database(async |app| {
        let tied = [("ana", 90), ("bo", 90), ("cy", 60), ("dee", 20)];
        let locked = seed_public(app, json!({ "tie_order": ["joint_prize"] }), &tied).await;
        let shown = app.visitor().get(&locked.path("awards")).await.expect(200);
        let values = |nth: usize| {
            let awards = shown["prizes"][nth]["awards"].as_array().unwrap().iter();
            awards
                .map(|one| (one["value_krw"].as_u64().unwrap(), one["joint"].as_bool().unwrap()))
                .collect::<Vec<_>>()
        };
        assert_eq!(values(0), [(700_000, true), (700_000, true)]);
        assert_eq!((values(1), values(2)), (vec![], vec![(100_000, false)]));
    })
    .await;
}

#[actix_web::test]
async fn names_are_shown_as_each_consented() {
    on_each_database(async |app| {
        let locked = seed_public(app, json!({}), &[("홍길동", 90), ("bo", 80), ("cy", 70)]).await;
        let (hong, bo) = (app.member("홍길동").await, app.member("bo").await);
        let shown = async || {
            let shown = app.visitor().get(&locked.path("awards")).await.expect(200);
            [0, 1, 2].map(|nth| shown["prizes"][nth]["awards"][0]["team"][0]["display_name"].clone())
        };
        assert_eq!(shown().await, [json!(null), json!(null), json!(null)], "nothing unless they say so");
        for (person, nth, name_as) in [(&hong, 0, "masked"), (&bo, 1, "full")] {
            let path = locked.of(nth, "name");
            let set = person.put_body(&path, &json!({ "as": name_as })).await.expect(200);
            assert_eq!(set["as"], name_as);
            assert_eq!(person.get(&locked.of(nth, "prize")).await.expect(200)["your_name"], name_as);
        }
        assert_eq!(shown().await, [json!("홍*동"), json!("bo"), json!(null)]);
        bo.put_body(&locked.of(0, "name"), &json!({ "as": "full" })).await.expect(404);
        hong.put_body(&locked.of(0, "name"), &json!({ "as": "hidden" })).await.expect(200);
        assert_eq!(shown().await[0], json!(null));
    })
    .await;
}
