//! Contests whose entries are being judged, and what other features keep of that.

use std::fmt::Write as _;

use chrono::TimeDelta;
use kit::{TestApp, people::Person};
use serde_json::{Value, json};

use super::{judging::begin, open, sent_as, step, text};
use crate::panels::seats::{id, moment};

/// A contest, and the ids of those in it: its entries in the order in which they were sent, and the judges who were seeded.
#[derive(Default)]
pub struct Judged {
    pub contest: String,
    pub entries: Vec<String>,
    pub judges: Vec<String>,
}

impl Judged {
    /// A contest in which so many entries, sent by `ana`, wait for so many judges.
    pub async fn new(app: &TestApp, terms: Value, entries: usize, judges: usize) -> Self {
        let (pm, ana) = (app.staff("product_manager").await, app.member("ana").await);
        let mut all = json!({ "entries_per_person": 10, "appeal_hours": 0, "objection_hours": 1 });
        all.as_object_mut().unwrap().extend(terms.as_object().unwrap().clone());
        let contest = open(app, &pm, all).await;
        let mut entrants = vec![ana];
        for nth in 1..=(entries - 1) / 10 {
            entrants.push(app.member(&format!("entrant-{nth}")).await);
        }
        let mut made = Vec::new();
        for nth in 0..entries {
            let entrant = &entrants[nth / 10];
            made.push(sent_as(entrant, &contest, &format!("작품 {nth}")).await);
        }
        begin(app, &contest, &made).await;
        let judges = seed_members(app, "judge", judges);
        Self { contest, entries: made, judges }
    }

    pub fn path(&self, rest: &str) -> String {
        format!("/v1/contests/{}/{rest}", self.contest)
    }

    /// Every judge marks every entry of a round: the earlier ones are better, and judges are not equally severe.
    pub fn seed_marks(&self, app: &TestApp, round: i32) {
        self.seed_each(app, round, |nth, place| {
            let better = (self.entries.len() - nth) as f64 / self.entries.len() as f64;
            let chance = ((nth * 7 + place * 13) % 10) as f64 / 20.0;
            let idea = (1.0 + 3.0 * better + chance + place as f64 / 20.0).min(5.0);
            json!({ "idea": (idea * 100.0).round() / 100.0, "use": 1 + (nth + place) % 5 })
        });
    }

    /// Every judge gives an entry the same marks; as many entries are judged as there are marks.
    pub fn seed_alike(&self, app: &TestApp, round: i32, marks: &[(f64, f64)]) {
        let alike = |nth: usize, _| json!({ "idea": marks[nth].0, "use": marks[nth].1 });
        let judged = Self {
            contest: self.contest.clone(),
            entries: self.entries[..marks.len()].to_vec(),
            judges: self.judges.clone(),
        };
        judged.seed_each(app, round, alike);
    }

    /// A review of each entry by each judge, all of them at once.
    fn seed_each(&self, app: &TestApp, round: i32, marks: impl Fn(usize, usize) -> Value) {
        let mut sql = String::new();
        for (nth, entry) in self.entries.iter().enumerate() {
            for (place, judge) in self.judges.iter().enumerate() {
                let of = (&*self.contest, round);
                sql += &review(app, of, (entry, judge), ("assigned", "sent"), &marks(nth, place));
            }
        }
        app.seed_execute(&sql).unwrap();
    }

    /// The pseudonyms of the entries, which their team is told.
    pub async fn pseudonyms(&self, app: &TestApp) -> Vec<String> {
        let mut names = Vec::new();
        for (nth, entry) in self.entries.iter().enumerate() {
            let name = if nth < 10 { "ana".to_owned() } else { format!("entrant-{}", nth / 10) };
            let shown = app.member(&name).await.get(&format!("/v1/entries/{entry}")).await.expect(200);
            names.push(text(&shown["yours"]["pseudonym"]).to_owned());
        }
        names
    }

    pub async fn lock(&self, app: &TestApp) -> Value {
        step(&app.staff("product_manager").await, &self.contest, "lock_scores").await
    }

    /// Releases the result and waits until it is public.
    pub async fn publish(&self, app: &TestApp) {
        step(&app.staff("product_manager").await, &self.contest, "publish_provisional").await;
        app.advance(TimeDelta::hours(300));
    }
}

/// Members who were never here.
pub fn seed_members(app: &TestApp, name: &str, count: usize) -> Vec<String> {
    let (stamp, at) = (app.clock().stamp(), moment(app.clock().stamp().at));
    let mut sql = String::new();
    let mut ids = Vec::new();
    for nth in 0..count {
        let member = stamp.branch(u16::try_from(nth).unwrap()).id::<()>(0).to_string();
        let row = id(app, &member);
        writeln!(
            sql,
            "INSERT INTO members (id, email, email_key, display_name, role, locale, attributes, created_at, updated_at, version)
             VALUES ({row}, '{name}{nth}@example.com', '{name}{nth}@example.com', '{name} {nth}', 'member', 'ko', '{{}}', {at}, {at}, 1);"
        )
        .unwrap();
        ids.push(member);
    }
    app.seed_execute(&sql).unwrap();
    ids
}

/// A review of a kind and in a state.
pub fn seed_review(
    app: &TestApp,
    of: (&str, i32),
    between: (&str, &str),
    kind_and_state: (&str, &str),
    marks: &Value,
) {
    app.seed_execute(&review(app, of, between, kind_and_state, marks)).unwrap();
}

fn review(
    app: &TestApp,
    (contest, round): (&str, i32),
    (entry, judge): (&str, &str),
    (kind, state): (&str, &str),
    marks: &Value,
) -> String {
    let at = moment(app.clock().stamp().at);
    let row = id(app, &app.clock().stamp().id::<()>(0).to_string());
    let [contest, entry, judge] = [contest, entry, judge].map(|one| id(app, one));
    format!(
        "INSERT INTO entry_reviews (id, contest_id, entry_id, judge_id, round, kind, state, marks, comments, note, created_at, version)
         VALUES ({row}, {contest}, {entry}, {judge}, {round}, '{kind}', '{state}', '{marks}', '{{}}', '', {at}, 1);"
    )
}

/// So many more entries that were accepted, in the likeness of one.
pub fn seed_accepted(app: &TestApp, like: &str, count: usize) {
    let stamp = app.clock().stamp();
    let like = id(app, like.rsplit('/').next().unwrap());
    let mut sql = String::new();
    for nth in 0..count {
        let row = id(app, &stamp.branch(u16::try_from(nth).unwrap()).id::<()>(0).to_string());
        writeln!(
            sql,
            "INSERT INTO contest_entries (id, contest_id, state, content, versions, reasons, created_at, updated_at, version)
             SELECT {row}, contest_id, 'accepted', content, versions, reasons, created_at, updated_at, 1 FROM contest_entries WHERE id = {like};"
        )
        .unwrap();
    }
    app.seed_execute(&sql).unwrap();
}

/// One review of an entry, at its address, by somebody.
pub fn seed_judged(app: &TestApp, contest: &str, entry: &str) {
    let entry = entry.rsplit('/').next().unwrap();
    let judge = seed_members(app, &format!("judge-of-{entry}-"), 1).remove(0);
    seed_review(app, (contest, 1), (entry, &judge), ("assigned", "sent"), &json!({ "idea": 4, "use": 3 }));
}

/// What everybody starred, and whether it counts.
pub fn seed_ballots(app: &TestApp, contest: &str, ballots: &[(String, Vec<&String>, &str)]) {
    let (at, contest) = (moment(app.clock().stamp().at), id(app, contest));
    let mut sql = String::new();
    for (voter, stars, state) in ballots {
        let (name, voter, stars) = (voter, id(app, voter), json!(stars));
        writeln!(
            sql,
            "INSERT INTO contest_ballots (contest_id, member_id, voter, stars, state, signals, first_act, cast_at, changed_at, version)
             VALUES ({contest}, {voter}, '{name}', '{stars}', '{state}', '[]', FALSE, {at}, {at}, 1);"
        )
        .unwrap();
    }
    app.seed_execute(&sql).unwrap();
}

/// An entry that takes part no more, whatever the phase.
pub fn seed_withdrawn(app: &TestApp, entry: &str) {
    let entry = id(app, entry);
    app.seed_execute(&format!("UPDATE contest_entries SET state = 'withdrawn' WHERE id = {entry}")).unwrap();
}

/// An entry that loses its rank.
pub fn seed_disqualified(app: &TestApp, contest: &str, entry: &str) {
    let (at, [contest, entry]) = (moment(app.clock().stamp().at), [contest, entry].map(|one| id(app, one)));
    app.seed_execute(&format!(
        "INSERT INTO entry_disqualifications (entry_id, contest_id, reason, note, awarded, disqualified_at)
         VALUES ({entry}, {contest}, 'not_original', '베낀 작품입니다.', FALSE, {at})"
    ))
    .unwrap();
}

/// What somebody in an entry wants to be called.
pub fn seed_name(app: &TestApp, entry: &str, name_as: &str) {
    let entry = id(app, entry);
    app.seed_execute(&format!("UPDATE entry_members SET name_as = '{name_as}' WHERE entry_id = {entry}"))
        .unwrap();
}

/// The result as somebody reads it.
pub async fn results(person: &Person<'_>, judged: &Judged) -> Value {
    person.get(&judged.path("results")).await.expect(200)
}
