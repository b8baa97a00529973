//! From the lock of the scores to prizes, and to what is left when it has had its time.

use super::*;

impl Journey<'_> {
    async fn results(&self) -> Value {
        self.app.visitor().get(&self.path("results")).await.expect(200)
    }

    /// The entry that a result calls so.
    async fn known_as(&self, pseudonym: &Value) -> usize {
        let awards = self.app.visitor().get(&self.path("awards")).await.expect(200);
        let all =
            awards["prizes"].as_array().unwrap().iter().flat_map(|prize| prize["awards"].as_array().unwrap());
        let award = all.into_iter().find(|award| award["entry"] == *pseudonym).unwrap();
        self.entries.iter().position(|id| award["entry_id"] == *id).unwrap()
    }

    /// The result, with a tie across the line of the first prize that the heaviest criterion decides. Nobody but staff knows it before it
    /// is public. Whose it is.
    pub async fn lock(&self) -> usize {
        let app = self.app;
        let marketer = app.staff("marketer").await;
        let locked = step(&marketer, &self.contest, "lock_scores").await;
        assert_eq!(locked["phase"], "scores_locked");
        let known = marketer.get(&self.path("results")).await.expect(200);
        for person in [app.visitor(), app.member(&entrant(0)).await, app.member(&judge(0)).await] {
            for path in ["results", "bundle", "awards"] {
                person.get(&self.path(path)).await.expect_problem(409, "contest_phase");
            }
        }
        step(&marketer, &self.contest, "publish_provisional").await;
        app.advance(TimeDelta::hours(24));
        let public = self.results().await;
        assert_eq!((&public["entries"], &public["phase"]), (&known["entries"], &json!("objection")));
        assert_eq!(public["entries"].as_array().unwrap().len(), ENTRIES);
        assert_eq!((&public["judges"], &public["scores"]), (&json!(JUDGES), &json!(3 * ENTRIES)));
        assert_eq!(public["ballots"], json!({ "counted": HONEST, "held": 0, "rejected": RING }));
        let line = &public["lines"][0];
        assert!(line["contested"].as_array().unwrap().len() > 1, "{line}");
        assert_eq!(line["decided"][0]["by"], "heaviest_criterion");
        let winner = self.known_as(&line["awarded"][0]).await;
        assert_eq!(winner, 0, "the best by its idea");
        winner
    }

    /// A voter objects, staff find them right, the winner loses its rank, and the next in line moves up; nobody else's figures move.
    pub async fn disqualify(&self, winner: &usize) {
        let app = self.app;
        let (marketer, voter) = (app.staff("marketer").await, app.member("voter-007").await);
        let before = self.results().await;
        let best = &before["lines"][0]["awarded"][0];
        let objection = json!({ "entry": best, "text": "작년에 상을 받은 작품입니다." });
        let raised = voter.post(&self.path("objections"), &objection).await.expect(201);
        let decided = format!("/v1/objections/{}/decide", text(&raised["id"]));
        app.advance(TimeDelta::hours(73));
        let marketer_later = app.staff("marketer").await;
        no_step(&marketer_later, &self.contest, "finalize", "objections_undecided").await;
        let upheld = json!({ "upheld": true, "note": "확인했습니다." });
        drop(marketer);
        marketer_later.post(&decided, &upheld).await.expect(200);
        let why = json!({ "reason": "not_original", "note": "작년에 다른 공모전에서 상을 받았습니다." });
        let path = format!("/v1/entries/{}/disqualify", self.entries[*winner]);
        marketer_later.post(&path, &why).await.expect(200);
        let after = self.results().await;
        assert_ne!(after["lines"][0]["awarded"][0], *best);
        assert_eq!(after["withdrawn"], json!([best]));
        let figures = |results: &Value| -> Vec<Value> {
            let rows = results["entries"].as_array().unwrap().iter();
            let rows = rows.filter(|row| row["entry"] != *best);
            rows.map(|row| json!([row["entry"], row["theta"], row["se"], row["final"]])).collect()
        };
        assert_eq!(figures(&after), figures(&before));
        no_step(&marketer_later, &self.contest, "finalize", "objections_open").await;
        app.advance(TimeDelta::hours(72));
    }

    /// Those who won claim, agree how they are named, and are verified; then the result is final.
    pub async fn finish(&self) {
        let app = self.app;
        let marketer = app.staff("marketer").await;
        no_step(&marketer, &self.contest, "finalize", "winners_unverified").await;
        let awards = app.visitor().get(&self.path("awards")).await.expect(200);
        let prizes = awards["prizes"].as_array().unwrap();
        let mut won = 0;
        for (prize, is_taxed) in prizes.iter().zip([true, false]) {
            for award in prize["awards"].as_array().unwrap() {
                won += 1;
                let place = self.entries.iter().position(|id| award["entry_id"] == *id).unwrap();
                let (person, entry) = (app.member(&entrant(place)).await, &self.entries[place]);
                let entry = format!("/v1/entries/{entry}");
                let all = json!({ "original": true, "licence": true, "shares": [{ "member_id": person.id, "share": 10_001 }] });
                person.post(&format!("{entry}/claim"), &all).await.expect_problem(422, "invalid_fields");
                let claim = json!({ "original": true, "licence": true });
                let claimed = person.post(&format!("{entry}/claim"), &claim).await.expect(200);
                let withheld = if is_taxed { 44_000 } else { 0 };
                let payment = &claimed["payments"][0];
                let paid = payment["part_krw"].as_u64().unwrap() - payment["paid_krw"].as_u64().unwrap();
                assert_eq!(paid, withheld, "{payment}");
                person.put_body(&format!("{entry}/name"), &json!({ "as": "masked" })).await.expect(200);
                let wrong = json!({ "identity": true, "tax_data": !is_taxed });
                let wrong = marketer.post(&format!("{entry}/verify"), &wrong).await;
                assert!([409, 422].contains(&wrong.status.as_u16()), "{}", wrong.text);
                let seen = json!({ "identity": true, "tax_data": is_taxed });
                marketer.post(&format!("{entry}/verify"), &seen).await.expect(200);
            }
        }
        assert_eq!(won, 3);
        assert_eq!(step(&marketer, &self.contest, "finalize").await["phase"], "final");
        let named = self.results().await["entries"].as_array().unwrap().clone();
        let winners: Vec<&Value> = named.iter().filter(|row| !row["prize"].is_null()).collect();
        assert_eq!(winners.len(), 3);
        assert!(winners.iter().all(|row| text(&row["names"][0]).starts_with("e*")), "{winners:?}");
    }

    /// What was published is all that is needed; one mark changed is found.
    pub async fn recompute(&self) {
        let visitor = self.app.visitor();
        let bundle = visitor.get(&self.path("bundle")).await;
        for hidden in self.entries.iter().map(String::as_str).chain(["entrant", "voter-", "judge-", "@"]) {
            assert!(!bundle.text.contains(hidden), "{hidden}");
        }
        let bundle = bundle.expect(200);
        let verdict = visitor.post("/v1/contests/recompute", &bundle).await.expect(200);
        assert_eq!(
            (&verdict["valid"], &verdict["result"]),
            (&json!(true), &bundle["result"]),
            "{}",
            verdict["checks"]
        );
        let mut changed = bundle;
        let mark = changed["scores"][17]["marks"]["idea"].as_f64().unwrap();
        changed["scores"][17]["marks"]["idea"] =
            json!(if mark > 3.0 { mark - 1.0 } else { mark + 1.0 }.round());
        let verdict = visitor.post("/v1/contests/recompute", &changed).await.expect(200);
        let failed: Vec<&Value> =
            verdict["checks"].as_array().unwrap().iter().filter(|check| check["ok"] == false).collect();
        assert!(failed.iter().any(|check| check["name"] == "scores_root"), "{failed:?}");
    }

    pub async fn count(&self) {
        let marketer = self.app.staff("marketer").await;
        let metrics = marketer.get(&self.path("metrics")).await.expect(200);
        let funnel = json!({
            "viewed": 0, "begun": ENTRIES, "submitted": ENTRIES, "accepted": ENTRIES, "judged": ENTRIES, "awarded": 3,
        });
        assert_eq!(metrics["funnel"], funnel);
        let judging = json!({ "round": 1, "judges": JUDGES, "done": JUDGES, "open": 0, "sent": 3 * ENTRIES, "recused": 1, "taken": 0 });
        assert_eq!(metrics["judging"], judging);
        assert_eq!(metrics["ballots"], json!({ "counted": HONEST, "held": 0, "rejected": RING }));
        assert!(metrics["severity"]["deviation"].as_f64().unwrap() > 0.3, "{}", metrics["severity"]);
    }

    /// After its time nobody is known but those who won; the result stays, and recomputes.
    pub async fn forget(&self) {
        let app = self.app;
        assert_eq!(app.seed_forget_contests().await, 0);
        app.advance(TimeDelta::days(90));
        assert_eq!((app.seed_forget_contests().await, app.seed_forget_contests().await), (1, 0));
        let lost = app.member(&entrant(39)).await;
        lost.get(&format!("/v1/entries/{}", self.entries[39])).await.expect(404);
        lost.get("/v1/me/entries").await.expect(200)["items"]
            .as_array()
            .map(Vec::len)
            .filter(|left| *left == 0)
            .unwrap();
        let marketer = app.staff("marketer").await;
        assert_eq!(marketer.all(&self.path("entries"), 100).await.len(), 3);
        assert_eq!(marketer.get(&self.path("metrics")).await.expect(200)["ballots"], Value::Null);
        let own = app.member("voter-007").await.get(&self.path("ballot")).await.expect(200);
        assert_eq!(own["stars"], json!([]));
        let bundle = app.visitor().get(&self.path("bundle")).await.expect(200);
        let verdict = app.visitor().post("/v1/contests/recompute", &bundle).await.expect(200);
        assert_eq!(verdict["valid"], true, "{}", verdict["checks"]);
    }
}
