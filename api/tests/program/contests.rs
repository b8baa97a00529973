//! `madang contest recompute`, the same over HTTP, and the verifier in Python beside them: they agree to the byte.

use std::{collections::BTreeSet, fs, path::Path, process::Command};

use domain::{
    digest::hex,
    draws::{Beacon, beacon::Evidence, bytes_of_hex, canonical, priority::seed as seed_of},
    judging::{
        bundle::{Bundle, Hashes, Locked, Lot, inputs_hash, recompute},
        ties::{Prizes, Rule},
    },
};
use serde_json::{Value, json};

use crate::{Running, madang, said};

const EXAMPLE: &str = include_str!("../../../docs/verify/contest.json");

/// What the three said of one bundle: whether it is right, the checks that failed, and the result as its bytes.
struct Three {
    valid: bool,
    failed: BTreeSet<String>,
    result: String,
    sentence: String,
}

/// The program, the server and the script on the same file; that they say the same.
async fn three(folder: &Path, server: &Running, bundle: &str) -> Three {
    let file = folder.join("bundle.json");
    fs::write(&file, bundle).unwrap();
    let (code, shown, error) =
        said(&madang(folder).args(["contest", "recompute", "bundle.json", "--json"]).output().unwrap());
    let own: Value = serde_json::from_str(&shown).unwrap_or_else(|_| panic!("{shown}{error}"));
    let (_, shown, _) = said(&madang(folder).args(["contest", "recompute", "bundle.json"]).output().unwrap());
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let request = client.post(format!("{}/v1/contests/recompute", server.url)).body(bundle.to_owned());
    let answer = request.header("content-type", "application/json").send().await.unwrap();
    assert_eq!(answer.status(), 200);
    let over_http: Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
    assert_eq!(own, over_http);
    let result = canonical(&own["result"]);
    assert!(shown.lines().any(|line| line == result), "{shown}");
    let sentence = shown.lines().last().unwrap().to_owned();

    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/verify/contest.py");
    let other = Command::new("python3").arg(script).arg(&file).output().unwrap();
    let (other, by_script, error) = said(&other);
    assert!(error.is_empty() || error.starts_with("FALSE "), "{by_script}{error}");
    assert_eq!(code, other, "{by_script}{error}");
    if own["result"].is_object() {
        assert_eq!(by_script.lines().last(), Some(result.as_str()));
        // What is to be compared with the contest, what was not compared here, and the sentence.
        let lock = format!("lock_hash {}: ", own["lock_hash"].as_str().unwrap());
        assert!(shown.contains(&lock) && by_script.contains(&lock), "{by_script}");
        assert!(by_script.lines().any(|line| line == sentence), "{sentence} is not in {by_script}");
        let unchecked = by_script.lines().filter_map(|line| line.strip_prefix("?")?.trim().split(' ').next());
        let unchecked: BTreeSet<&str> = unchecked.collect();
        assert_eq!(
            json!(unchecked),
            json!(
                own["unchecked"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .map(|name| name.as_str().unwrap())
                    .collect::<BTreeSet<_>>()
            )
        );
    }
    let failed = own["checks"].as_array().unwrap().iter().filter(|check| check["ok"] == false);
    let failed = failed.map(|check| check["name"].as_str().unwrap().to_owned()).collect();
    assert_eq!(own["valid"].as_bool(), Some(code == Some(0)));
    Three { valid: code == Some(0), failed, result, sentence }
}

#[actix_web::test]
async fn program_server_and_script_give_the_published_result_byte_for_byte() {
    let folder = tempfile::tempdir().unwrap();
    let server = Running::server(&mut madang(folder.path()));
    let published: Value = serde_json::from_str(EXAMPLE).unwrap();
    let whole = three(folder.path(), &server, EXAMPLE).await;
    assert!(whole.valid, "{:?}", whole.failed);
    assert_eq!(whole.result, canonical(&published["result"]));
    // The table of the specification, to its four decimals.
    #[rustfmt::skip]
    let vector = [
        ("d", 83.3428, 2.6765, 64.1070, 51.9817, 60.4694),
        ("a", 76.7363, 2.6765, 56.0256, 57.0047, 56.3193),
        ("b", 73.9047, 2.6761, 52.5619, 46.7304, 50.8125),
        ("c", 62.9818, 2.6765, 39.2003, 61.6326, 45.9299),
        ("e", 62.0866, 2.6761, 38.1052, 32.6506, 36.4688),
    ];
    let result: Value = serde_json::from_str(&whole.result).unwrap();
    let figures = |row: &Value| ["theta", "se", "jury", "public", "final"].map(|name| row[name].clone());
    let found: Vec<_> = result["entries"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| (row["entry"].clone(), figures(row)))
        .collect();
    let expected = vector.map(|(entry, theta, se, jury, public, total)| {
        (json!(entry), [theta, se, jury, public, total].map(|figure: f64| json!(figure)))
    });
    assert_eq!(found, expected);
    assert_eq!(result["severity"], json!({ "j1": 1.8424, "j2": -3.3490, "j3": 11.6969, "j4": -8.9591 }));
    // Without a result it is computed.
    let mut bare = published.clone();
    bare.as_object_mut().unwrap().remove("result");
    let computed = three(folder.path(), &server, &bare.to_string()).await;
    assert_eq!((computed.valid, computed.result), (true, whole.result.clone()));
    assert_eq!(
        (&*whole.sentence, &*computed.sentence),
        ("The result is as its bundle says.", "The bundle says no result; this one comes out of it.")
    );
    bare["result"] = published["result"].clone();
    bare.as_object_mut().unwrap().remove("hashes");
    let partly = three(folder.path(), &server, &bare.to_string()).await;
    let sentence = "The result is as its bundle says, which leaves out what is marked with ?.";
    assert_eq!((partly.valid, &*partly.sentence), (true, sentence));
}

/// The example with something changed, and all that is derived from it put right: its rules are still the ones that were published.
fn forged(change: fn(&mut Bundle)) -> String {
    let mut bundle: Bundle = serde_json::from_str(EXAMPLE).unwrap();
    change(&mut bundle);
    let is = Locked::of(&bundle);
    if let Some(Lot { number: Some(number), seed, .. }) = &mut bundle.draw {
        *seed = Some(hex(seed_of(&is.lock, &bytes_of_hex(&number.bytes).unwrap())));
    }
    bundle.hashes = Some(Hashes {
        scores_root: Some(hex(is.scores_root)),
        ballots_root: Some(hex(is.ballots_root)),
        lock_hash: Some(hex(is.lock)),
        inputs_hash: Some(hex(inputs_hash(&is.lock, &bundle))),
    });
    bundle.result = Some(json!(recompute(&bundle).result));
    serde_json::to_string(&bundle).unwrap()
}

#[actix_web::test]
async fn a_bundle_that_is_computed_with_other_rules_than_it_shows_is_caught() {
    let folder = tempfile::tempdir().unwrap();
    let server = Running::server(&mut madang(folder.path()));
    assert!(three(folder.path(), &server, &forged(|_| {})).await.valid);
    type Change = fn(&mut Bundle);
    let cases: [(&str, Change); 6] = [
        ("rules.prizes", |bundle| bundle.prizes.as_mut().unwrap().places = vec![1, 2]),
        ("rules.prizes", |bundle| bundle.prizes.as_mut().unwrap().least = None),
        ("rules.stars", |bundle| bundle.stars = Some(5)),
        ("rules.lot", |bundle| bundle.draw = None),
        ("rules.lot", |bundle| {
            let beacon = Beacon::Drand { chain: "00".to_owned(), round: 7 };
            bundle.draw = Some(Lot { beacon, number: None, seed: None });
        }),
        // Anybody can choose a number that nothing shows.
        ("beacon", |bundle| {
            bundle.draw.as_mut().unwrap().number.as_mut().unwrap().evidence = Evidence::default()
        }),
    ];
    for (name, change) in cases {
        let said = three(folder.path(), &server, &forged(change)).await;
        assert_eq!((said.valid, said.failed), (false, BTreeSet::from([name.to_owned()])));
        assert_eq!(said.sentence, "The bundle is FALSE.");
    }
}

/// A round whose rules stand under `contest`.
#[actix_web::test]
async fn a_cut_is_where_the_rules_of_the_contest_have_it() {
    let folder = tempfile::tempdir().unwrap();
    let server = Running::server(&mut madang(folder.path()));
    fn of_round(bundle: &mut Bundle, cut: u32) {
        let mut contest = std::mem::take(&mut bundle.rules);
        contest.insert("judging".to_owned(), json!({ "rounds": [{ "cut_to": 3 }, {}] }));
        bundle.rules = json!({ "contest": contest, "round": 1 }).as_object().unwrap().clone();
        bundle.rules_hash = Some(hex(Locked::of(bundle).rules));
        (bundle.jury_weight, bundle.stars, bundle.draw) = (1.0, None, None);
        bundle.tie_order = vec![Rule::FirstRanks, Rule::JointPrize];
        bundle.prizes = Some(Prizes { places: vec![cut], least: None });
    }
    let right = three(folder.path(), &server, &forged(|bundle| of_round(bundle, 3))).await;
    assert!(right.valid, "{:?}", right.failed);
    let wrong = three(folder.path(), &server, &forged(|bundle| of_round(bundle, 2))).await;
    assert_eq!((wrong.valid, wrong.failed), (false, BTreeSet::from(["rules.prizes".to_owned()])));
}

#[actix_web::test]
async fn a_changed_byte_is_caught_and_named() {
    let folder = tempfile::tempdir().unwrap();
    let server = Running::server(&mut madang(folder.path()));
    let published: Value = serde_json::from_str(EXAMPLE).unwrap();
    let places: [(&str, Value, &str); 16] = [
        ("/formula", json!("additive-severity/2"), "formula"),
        ("/rules/title", json!("여름 음료 아이디어 공모젼"), "rules_hash"),
        ("/jury_weight", json!(0.6), "rules.jury_weight"),
        ("/rubric/0/weight", json!(2), "rules.rubric"),
        ("/scores/3/marks/overall", json!(78.0001), "scores_root"),
        ("/scores/3/judge", json!("j5"), "scores_root"),
        ("/ballots/7/state", json!("held"), "ballots_root"),
        ("/ballots/7/stars/0", json!("e"), "ballots_root"),
        ("/withdrawn", json!(["b"]), "inputs_hash"),
        ("/tie_order/0", json!("heaviest_criterion"), "rules.tie_order"),
        ("/hashes/lock_hash", json!("00".repeat(32)), "lock_hash"),
        ("/hashes/inputs_hash", json!("00".repeat(32)), "inputs_hash"),
        ("/result/entries/0/theta", json!(83.3429), "entries"),
        ("/result/entries/4/rank", json!(4), "entries"),
        ("/result/severity/j1", json!(1.8425), "severity"),
        ("/result/icc", json!(0.1), "icc"),
    ];
    for (place, changed, name) in places {
        let mut bundle = published.clone();
        *bundle.pointer_mut(place).unwrap_or_else(|| panic!("{place}")) = changed;
        let said = three(folder.path(), &server, &bundle.to_string()).await;
        assert!(!said.valid && said.failed.contains(name), "{place}: {:?}", said.failed);
    }
}

#[test]
fn what_is_no_bundle_is_one_line_and_exit_code_2() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("bundle.json"), "{ \"formula\": 1 }").unwrap();
    for file in ["bundle.json", "none.json"] {
        let (code, _, error) =
            said(&madang(folder.path()).args(["contest", "recompute", file]).output().unwrap());
        assert!(code == Some(2) && error.lines().count() == 1 && error.contains(file), "{error}");
    }
    fs::write(folder.path().join("bundle.json"), EXAMPLE).unwrap();
    let (code, shown, _) =
        said(&madang(folder.path()).args(["contest", "recompute", "bundle.json"]).output().unwrap());
    assert!(
        code == Some(0) && shown.contains("ok     scores_root") && shown.contains("as its bundle says"),
        "{shown}"
    );
}
