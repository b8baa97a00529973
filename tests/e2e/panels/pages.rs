//! Pages of panels and applications are read by as many statements as one of them takes, and figures of a panel stay as they are.

use chrono::TimeDelta;
use kit::{on_each_database, statements::Statements};
use serde_json::json;

use super::{apply, recruiting, seats::confirmed};

#[actix_web::test]
async fn a_page_takes_as_many_statements_as_one_panel_does() {
    let statements = Statements::count();
    on_each_database(async |app| {
        let (pm, ana) = (app.staff("product_manager").await, app.member("ana").await);
        let visitor = app.visitor();
        let first = recruiting(app, &pm, json!({})).await;
        apply(&ana, &first, json!({})).await;
        let applications = format!("/v1/panels/{first}/applications");
        let requests = [
            (&pm, "/v1/panels"),
            (&ana, "/v1/panels"),
            (&visitor, "/v1/panels"),
            (&ana, "/v1/me/applications"),
            (&pm, applications.as_str()),
        ];
        let count = async |items: usize| {
            let mut counts = Vec::new();
            for (person, path) in requests {
                assert_eq!(person.get(path).await.expect(200)["items"].as_array().unwrap().len(), items);
                counts.push(statements.of(person.get(path)).await);
            }
            counts
        };
        let of_one = count(1).await;
        for nth in 2..=6 {
            let panel = recruiting(app, &pm, json!({ "method": "manual" })).await;
            apply(&ana, &panel, json!({})).await;
            apply(&app.member(&format!("m{nth}")).await, &first, json!({})).await;
        }
        assert!(of_one.iter().all(|count| (1..30).contains(count)), "{of_one:?}");
        assert_eq!(count(6).await, of_one);
    })
    .await;
}

#[actix_web::test]
async fn a_seat_counts_as_another_by_when_it_was_confirmed_and_for_ever() {
    on_each_database(async |app| {
        let first = confirmed(app, "ana").await.panel;
        app.advance(TimeDelta::days(90));
        let second = confirmed(app, "ana").await.panel;
        app.advance(TimeDelta::days(276));
        // More than a year after the first, and less than one after the second.
        let third = confirmed(app, "ana").await.panel;
        let expected = [(&first, 0.0), (&second, 1.0), (&third, 1.0)];
        for days in [0, 400] {
            app.advance(TimeDelta::days(days));
            let pm = app.staff("product_manager").await;
            for (panel, share) in expected {
                let found = pm.get(&format!("/v1/panels/{panel}/metrics")).await.expect(200);
                assert_eq!(found["rates"]["concentration"], share, "after {days} days");
            }
        }
    })
    .await;
}
