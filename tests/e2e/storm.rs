//! Many at once: every count exact on both databases.

use futures_util::{StreamExt as _, future::join_all, stream};
use kit::{TestApp, databases, on_each_database, people::Person};
use serde_json::{Value, json};

#[actix_web::test]
async fn sixty_four_members_at_the_same_moment_are_sixty_four_votes() {
    on_each_database(async |app| {
        let pm = app.staff("product_manager").await;
        let board = pm.board("app", json!({})).await;
        let idea = pm.idea(&board, "다크 모드").await;
        pm.delete(&format!("/v1/ideas/{idea}/vote")).await.expect(200);
        let members = members(app, 64).await;
        let path = format!("/v1/ideas/{idea}/vote");
        let answers = join_all(members.iter().map(|member| member.put(&path))).await;
        let mut counts: Vec<i64> =
            answers.into_iter().map(|answer| answer.expect(200)["vote_count"].as_i64().unwrap()).collect();
        counts.sort_unstable();
        // Each vote saw a count of its own.
        assert_eq!(counts, (1..=64).collect::<Vec<i64>>());
        assert_eq!(pm.get(&format!("/v1/ideas/{idea}")).await.expect(200)["vote_count"], 64);
    })
    .await;
}

#[actix_web::test]
async fn one_member_sixty_four_times_at_once_is_one_vote() {
    on_each_database(async |app| {
        let (pm, ana) = (app.staff("product_manager").await, app.member("ana").await);
        for (slug, changes) in [("free", json!({})), ("tight", json!({ "vote_budget": 1 }))] {
            let board = pm.board(slug, changes).await;
            let idea = pm.idea(&board, "다크 모드").await;
            pm.delete(&format!("/v1/ideas/{idea}/vote")).await.expect(200);
            let path = format!("/v1/ideas/{idea}/vote");
            for answer in join_all((0..64).map(|_| ana.put(&path))).await {
                assert_eq!(answer.expect(200)["vote_count"], 1);
            }
            for answer in join_all((0..64).map(|_| ana.delete(&path))).await {
                assert_eq!(answer.expect(200)["vote_count"], 0);
            }
        }
    })
    .await;
}

#[actix_web::test]
async fn a_budget_of_three_holds_against_sixteen_votes_at_once() {
    on_each_database(async |app| {
        let (pm, ana) = (app.staff("product_manager").await, app.member("ana").await);
        let board = pm.board("app", json!({ "vote_budget": 3 })).await;
        let author = app.member("ben").await;
        let mut paths = Vec::new();
        for n in 0..16 {
            paths.push(format!("/v1/ideas/{}/vote", author.idea(&board, &format!("아이디어 {n}")).await));
        }
        let answers = join_all(paths.iter().map(|path| ana.put(path))).await;
        let cast = answers.iter().filter(|answer| answer.status == 200).count();
        assert_eq!(cast, 3);
        assert_eq!(ana.all("/v1/ideas?voted=true", 10).await.len(), 3);
    })
    .await;
}

#[actix_web::test]
async fn every_signature_of_the_petitions_is_counted() {
    let sizes = petition_sizes();
    on_each_database(async |app| {
        let pm = app.staff("product_manager").await;
        let board = pm.board("app", json!({})).await;
        let path = format!("/v1/boards/{board}/ideas");
        let make = stream::iter(sizes.iter().enumerate())
            .map(async |(n, (title, votes))| {
                let made = pm.post(&path, &json!({ "title": title, "tags": [format!("n{n}")] })).await;
                (made.expect(201)["id"].as_str().unwrap().to_owned(), *votes)
            })
            .buffer_unordered(16);
        let ideas: Vec<(String, usize)> = make.collect().await;
        let most = ideas.iter().map(|(_, votes)| *votes).max().unwrap();
        let members = members(app, most).await;

        // Each petition is signed by the first so many members, and every signature is sent twice, all mixed up.
        let mut signatures: Vec<(usize, usize)> = Vec::new();
        for (idea, (_, votes)) in ideas.iter().enumerate() {
            signatures.extend((0..*votes).flat_map(|member| [(idea, member), (idea, member)]));
        }
        signatures.sort_by_key(|(idea, member)| (idea * 7_919 + member * 104_729) % 1_000_003);
        let cast = stream::iter(signatures)
            .map(async |(idea, member)| {
                members[member].put(&format!("/v1/ideas/{}/vote", ideas[idea].0)).await
            })
            .buffer_unordered(64)
            .fold(0, async |cast, answer| {
                answer.expect(200);
                cast + 1
            })
            .await;
        let total: usize = ideas.iter().map(|(_, votes)| votes).sum();
        assert_eq!(cast, 2 * total);

        let listed = pm.all("/v1/ideas?sort=top", 100).await;
        let found: std::collections::HashMap<&str, i64> = listed
            .iter()
            .map(|idea| (idea["id"].as_str().unwrap(), idea["vote_count"].as_i64().unwrap()))
            .collect();
        assert_eq!(found.len(), ideas.len());
        for (id, votes) in &ideas {
            // And its author's own.
            assert_eq!(found[id.as_str()], *votes as i64 + 1);
        }
        let counts: Vec<i64> = listed.iter().map(|idea| idea["vote_count"].as_i64().unwrap()).collect();
        assert!(counts.is_sorted_by(|a, b| a >= b));
    })
    .await;
}

/// Title and number of signatures of each petition: of the file that `MADANG_PETITIONS` names, or made to the same
/// measure: 662 petitions, of which a third have none, and 11,042 signatures by 616 people at most.
fn petition_sizes() -> Vec<(String, usize)> {
    match std::env::var("MADANG_PETITIONS") {
        Ok(file) => {
            let text = std::fs::read_to_string(file).unwrap();
            let petitions = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
            petitions
                .map(|line| {
                    (line["title"].as_str().unwrap().to_owned(), line["votes"].as_u64().unwrap() as usize)
                })
                .collect()
        }
        Err(_) => {
            let mut votes: Vec<usize> =
                (1..=662).map(|rank| if rank > 453 { 0 } else { 616 / rank }).collect();
            let missing = 11_042 - votes.iter().sum::<usize>();
            for n in 0..missing {
                votes[1 + n % 452] += 1;
            }
            votes.into_iter().enumerate().map(|(n, votes)| (format!("청원 {n}"), votes)).collect()
        }
    }
}

async fn members(app: &TestApp, count: usize) -> Vec<Person<'_>> {
    let names: Vec<String> = (0..count).map(|n| format!("member{n}")).collect();
    stream::iter(&names).map(async |name| app.member(name).await).buffered(16).collect().await
}

#[test]
fn the_petitions_made_here_have_the_measure_of_the_real_ones() {
    let sizes = petition_sizes();
    let total: usize = sizes.iter().map(|(_, votes)| votes).sum();
    let most = sizes.iter().map(|(_, votes)| *votes).max();
    assert_eq!((sizes.len(), total, most), (662, 11_042, Some(616)));
    assert!(databases::kinds().contains(&databases::Kind::Sqlite));
}
