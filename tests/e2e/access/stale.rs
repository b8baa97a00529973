//! Every operation that says it looks at `If-Match` does.

use kit::{TestApp, contract::DOCUMENT, on_each_database, people::Person};
use reqwest::Method;
use serde_json::{Value, json};

use super::{Scene, table::table};

/// Operations that nobody in the table gets as far with; each has a test of its own.
const ELSEWHERE: [&str; 3] = ["put_panel_results", "set_panel_pictures", "update_review"];

/// The operations of the document that answer 412.
fn documented() -> Vec<&'static str> {
    let paths = DOCUMENT["paths"].as_object().unwrap().values();
    let operations = paths.flat_map(|item| item.as_object().unwrap().values());
    let looking = operations.filter(|operation| operation["responses"].get("412").is_some());
    looking.map(|operation| operation["operationId"].as_str().unwrap()).collect()
}

#[actix_web::test]
async fn whoever_names_a_version_that_is_gone_changes_nothing() {
    let documented = documented();
    assert!(documented.len() > 30, "{documented:?}");
    on_each_database(async |app: &TestApp| {
        let (author, pm, admin) =
            (app.member("author").await, app.staff("product_manager").await, app.admin().await);
        // By their places in the table.
        let callers: [(usize, &Person<'_>); 3] = [(2, &author), (6, &pm), (7, &admin)];
        let mut wrong = Vec::new();
        for (nth, (operation, request, body, expected)) in table().enumerate() {
            if !documented.contains(operation) || ELSEWHERE.contains(operation) {
                continue;
            }
            let may = callers.iter().find(|(place, _)| (200..300).contains(&expected[*place]));
            let Some((_, caller)) = may else {
                wrong.push(format!("{operation}: nobody may"));
                continue;
            };
            let scene = Scene { app, pm: &pm, author: &author, operation, nth };
            let filled = scene.fill(&format!("{request}\n{body}")).await;
            let (line, body) = filled.split_once('\n').unwrap();
            let (method, path) = line.split_once(' ').unwrap();
            let stale = caller.with("If-Match", "\"999-gone\"");
            let mut request = stale.request(method.parse::<Method>().unwrap(), path);
            if method == "POST" || !body.is_empty() {
                let body =
                    if body.is_empty() { json!({}) } else { serde_json::from_str::<Value>(body).unwrap() };
                request = request.json(&body);
            }
            let answer = stale.send(request).await;
            if answer.status.as_u16() != 412 {
                wrong.push(format!("{operation}: {} {}", answer.status, answer.text));
            }
        }
        assert!(wrong.is_empty(), "{wrong:#?}");
        let drafts = async |list: &str, phase: &str| {
            let all = pm.all(list, 100).await;
            all.iter().filter(|one| one["phase"] == phase).count()
        };
        // What was to be changed, deleted, published and given pictures is as it was.
        assert_eq!((drafts("/v1/contests", "draft").await, drafts("/v1/panels", "draft").await), (4, 3));
    })
    .await;
}
