//! What customers say, and those who were paid to.

use super::*;

impl Journey<'_> {
    /// Two hundred and sixty vote as they like, one every three minutes.
    pub async fn vote(&self) {
        let app = self.app;
        app.advance(TimeDelta::hours(24));
        let admin = app.admin().await;
        let board = admin.board("ideas", json!({})).await;
        let idea = admin.idea(&board, "모두가 아는 것").await;
        let early = app.member(&voter(0)).await.get(&self.path("tally")).await;
        early.expect_problem(409, "ballot_open");
        for nth in 0..HONEST {
            let person = app.member(&voter(nth)).await;
            person.put(&format!("/v1/ideas/{idea}/vote")).await.expect(200);
            let stars = json!({ "stars": self.taste(nth), "seconds_on_page": 90 + nth % 200 });
            person.put_body(&self.path("ballot"), &stars).await.expect(200);
            app.advance(TimeDelta::minutes(3));
        }
        let entrant = app.member(&entrant(5)).await;
        let own = json!({ "stars": [self.entries[6], self.entries[5]] });
        let refused =
            entrant.put_body(&self.path("ballot"), &own).await.expect_problem(422, "invalid_fields");
        assert_eq!(refused["errors"][0]["pointer"], "/stars/1");
    }

    /// Three entries, the better ones more often.
    fn taste(&self, nth: usize) -> Vec<&String> {
        let (mut seed, mut stars) = (nth as u64 * 2_654_435_761 + 12_345, BTreeSet::new());
        while stars.len() < 3 {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let (one, other) = ((seed >> 33) as usize % ENTRIES, (seed >> 48) as usize % ENTRIES);
            stars.insert(if nth.is_multiple_of(2) { one.min(other) } else { one });
        }
        stars.into_iter().map(|place| &self.entries[place]).collect()
    }

    /// Forty accounts that did nothing before star the same within two minutes. All of them are held, and nobody else; staff reject them.
    pub async fn hold_the_ring(&self) {
        let app = self.app;
        let stars = json!({ "stars": [self.entries[30], self.entries[31]], "seconds_on_page": 2 });
        for nth in 0..RING {
            let person = app.member(&format!("ring-{nth:02}")).await;
            person.put_body(&self.path("ballot"), &stars).await.expect(200);
            app.advance(TimeDelta::seconds(3));
        }
        let marketer = app.staff("marketer").await;
        let examined = marketer.post(&self.path("ballots/examine"), &json!({})).await.expect(200);
        assert_eq!(examined, json!({ "newly_held": RING, "held": RING }));
        let held = marketer.all(&self.path("ballots?state=held"), 100).await;
        let voters: BTreeSet<&str> = held.iter().map(|ballot| text(&ballot["voter"])).collect();
        let mut ring = BTreeSet::new();
        for nth in 0..RING {
            let own = app.member(&format!("ring-{nth:02}")).await.get(&self.path("ballot")).await.expect(200);
            ring.insert(text(&own["voter"]).to_owned());
        }
        assert_eq!(voters, ring.iter().map(String::as_str).collect());
        app.advance(TimeDelta::hours(240));
        let marketer = app.staff("marketer").await;
        no_step(&marketer, &self.contest, "lock_scores", "ballots_held").await;
        let note = "같은 시각에 같은 두 작품만 골랐습니다.";
        let seen = |row: &Value| json!({ "voter": row["voter"], "version": row["version"] });
        let seen: Vec<Value> = held.iter().map(seen).collect();
        let decision = json!({ "ballots": seen, "state": "rejected", "note": note });
        marketer.post(&self.path("ballots/decide"), &decision).await.expect(200);
        let tally = marketer.get(&self.path("tally")).await.expect(200);
        let ballots = json!({ "counted": HONEST, "held": 0, "rejected": RING });
        assert_eq!(tally["ballots"], ballots);
        app.visitor().get(&self.path("tally")).await.expect_problem(409, "contest_phase");
        let paid = app.member("ring-00").await;
        paid.post(&self.path("ballot/appeal"), &json!({ "text": "제 표입니다." })).await.expect(200);
        let voter = text(&paid.get(&self.path("ballot")).await.expect(200)["voter"]).to_owned();
        no_step(&marketer, &self.contest, "lock_scores", "ballots_held").await;
        let rejected = marketer.all(&self.path("ballots?state=rejected"), 100).await;
        let appealed = rejected.iter().find(|ballot| ballot["voter"] == voter).unwrap();
        let version = &appealed["version"];
        let answer = json!({ "granted": false, "note": "같은 표가 마흔 장입니다.", "version": version });
        marketer.post(&self.path(&format!("ballots/{voter}/appeal/decide")), &answer).await.expect(200);
        app.advance(TimeDelta::hours(24));
    }
}

fn voter(nth: usize) -> String {
    format!("voter-{nth:03}")
}
