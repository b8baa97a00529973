//! What each phase of a contest hides: one table, every reading operation, every kind of reader, every phase.

mod table;
mod walk;

use std::collections::{BTreeMap, BTreeSet};

use kit::{contract::DOCUMENT, on_each_database};

use self::{
    table::{READERS, STATUSES, WORDS},
    walk::Walk,
};

/// In the order of the columns of the table.
const PHASES: [&str; 11] = [
    "draft",
    "announced",
    "open",
    "screening",
    "judging",
    "scores_locked",
    "provisional",
    "objection",
    "final",
    "archived",
    "cancelled",
];

/// What was found: a line of the table, and who read, to what came out in each phase.
type Found = BTreeMap<(&'static str, &'static str), Vec<String>>;

#[test]
fn the_table_holds_every_operation_that_reads_of_contests() {
    let of_contests = |operation: &&serde_json::Value| {
        operation["tags"].as_array().is_some_and(|tags| tags.iter().any(|tag| tag == "Contests"))
    };
    let paths = DOCUMENT["paths"].as_object().unwrap();
    let read = paths.iter().filter(|(_, item)| item.get("get").as_ref().is_some_and(of_contests));
    let documented: BTreeSet<&str> =
        read.map(|(_, item)| item["get"]["operationId"].as_str().unwrap()).collect();
    let tabled: BTreeSet<&str> = STATUSES.iter().map(|(operation, ..)| *operation).collect();
    assert_eq!(documented.difference(&tabled).collect::<Vec<_>>(), Vec::<&&str>::new());
}

#[actix_web::test]
async fn nobody_reads_what_a_phase_hides() {
    on_each_database(async |app| {
        let mut walk = Walk::new(app);
        let (mut statuses, mut words) = (Found::new(), Found::new());
        for phase in PHASES {
            walk.go(phase).await;
            for reader in READERS {
                let person = walk.reader(reader).await;
                let mut all = String::new();
                for (operation, path, _) in STATUSES {
                    let answer = person.get(&walk.fill(path)).await;
                    statuses.entry((operation, reader)).or_default().push(answer.status.as_str().to_owned());
                    all += &answer.text;
                }
                for (word, _) in WORDS {
                    let read = if all.contains(word) { "read" } else { "-" };
                    words.entry((word, reader)).or_default().push(read.to_owned());
                }
            }
        }
        let expected = STATUSES.iter().map(|(operation, _, lines)| (*operation, lines));
        let expected_words = WORDS.iter().map(|(word, lines)| (*word, lines));
        let wrong = [differing(expected, &statuses), differing(expected_words, &words)].concat();
        assert!(wrong.is_empty(), "not as the table says:\n{}", wrong.join("\n"));
    })
    .await;
}

/// The lines of a table that are not what was found, as they would have to stand.
fn differing<'a>(
    table: impl Iterator<Item = (&'a str, &'a [&'a str; READERS.len()])>,
    found: &Found,
) -> Vec<String> {
    let mut wrong = Vec::new();
    for (name, lines) in table {
        for (reader, line) in READERS.into_iter().zip(lines) {
            let (_, found) = found.iter().find(|(key, _)| **key == (name, reader)).unwrap();
            if line.split_whitespace().ne(found.iter().map(String::as_str)) {
                wrong.push(format!("{name} by {reader}: {}", found.join(" ")));
            }
        }
    }
    wrong
}
