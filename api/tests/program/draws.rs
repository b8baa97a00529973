//! `madang draw verify`, and the verifier in Python beside it: they agree.

use std::{fs, path::Path, process::Command};

use serde_json::{Value, json};

use crate::{madang, said};

const EXAMPLE: &str = include_str!("../../../docs/verify/example.json");

/// Exit codes of the program and of the script, and the verdict.
fn both(folder: &Path, proof: &Value) -> (i32, i32, Value) {
    let file = folder.join("proof.json");
    fs::write(&file, proof.to_string()).unwrap();
    let own = madang(folder).args(["draw", "verify", "proof.json", "--json"]).output().unwrap();
    let (code, shown, error) = said(&own);
    let verdict = serde_json::from_str(&shown).unwrap_or_else(|_| panic!("{shown}{error}"));
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/verify/draw.py");
    let other = Command::new("python3").arg(script).arg(&file).output().unwrap();
    let (other, shown, error) = said(&other);
    assert!(error.is_empty() || error.starts_with("FALSE "), "{shown}{error}");
    (code.unwrap(), other.unwrap(), verdict)
}

/// The example with everything that can be derived of it, but the chances.
fn whole(folder: &Path) -> Value {
    let mut proof: Value = serde_json::from_str(EXAMPLE).unwrap();
    let (code, other, verdict) = both(folder, &proof);
    assert_eq!((code, other), (0, 0), "{verdict}");
    for name in ["selected", "waitlist"] {
        proof[name] = verdict[name].clone();
    }
    let left = |place: usize| json!({ "left": verdict["selected"][place] });
    proof["replacements"] = json!([left(0), left(3)]);
    proof["walk"] = json!([]);
    // What is missing is told by what was expected.
    let (_, _, verdict) = both(folder, &proof);
    for check in verdict["checks"].as_array().unwrap().iter().filter(|check| check["ok"] == false) {
        proof[check["name"].as_str().unwrap()] = check["expected"].clone();
    }
    proof
}

#[test]
fn program_and_script_agree_on_a_proof_and_on_each_change_of_it() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let proof = whole(folder);
    let (code, other, verdict) = both(folder, &proof);
    assert_eq!((code, other, &verdict["valid"]), (0, 0, &json!(true)), "{verdict}");
    let changes: [(&str, Value); 9] = [
        ("/spec/seats", json!(3)),
        ("/spec/quotas/age/40s", json!([2, 2])),
        ("/pool/0/w", json!(2)),
        ("/pool/3/f/gender", json!("X")),
        ("/beacon/bytes", json!("04".repeat(32))),
        ("/seed", json!("00".repeat(32))),
        ("/walk/2/reason/values", json!(["gender=M"])),
        ("/selected/0", proof["waitlist"][0].clone()),
        ("/replacements/1/taken_by", proof["waitlist"][1].clone()),
    ];
    for (place, changed) in changes {
        let mut proof = proof.clone();
        proof["seed"] = json!("42f790b682fa3dc0c977a499a544bace16eb5d0cb481d9ef52526c1c3e876258");
        *proof.pointer_mut(place).unwrap() = changed;
        let (code, other, verdict) = both(folder, &proof);
        assert_eq!((code, other), (1, 1), "{place}: {verdict}");
    }
    // Quotas that cannot be met, sealed as they should be.
    let mut proof: Value = serde_json::from_str(EXAMPLE).unwrap();
    proof["spec"]["quotas"]["age"]["40s"] = json!([3, 4]);
    proof.as_object_mut().unwrap().remove("spec_hash");
    let (code, other, verdict) = both(folder, &proof);
    assert_eq!((code, other), (1, 1));
    assert!(
        verdict["checks"].as_array().unwrap().iter().any(|check| check["name"] == "feasible"),
        "{verdict}"
    );
}

/// A pool of its own kind for a number: one to four attributes, weights, households, seats by score, relaxed quotas.
fn drawn_by_lot(nth: u32) -> Value {
    use sha2::{Digest as _, Sha256};
    let hash = |text: String| -> [u8; 32] { Sha256::digest(text).into() };
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let (attributes, households) = (nth % 4 + 1, nth.is_multiple_of(3));
    let mut pool: Vec<Value> = (0..30)
        .map(|person| {
            let chance = hash(format!("{nth} {person}"));
            let value = |attribute: u32| {
                (format!("q{attribute}"), json!(format!("v{}", chance[attribute as usize] % 3)))
            };
            let mut line = json!({
                "f": (0..attributes).map(value).collect::<serde_json::Map<_, _>>(),
                "t": hex(&chance[16..]), "w": 1 + chance[9] % 3,
            });
            if households {
                line["h"] = json!(format!("home {}", chance[10] % 20));
            }
            line
        })
        .collect();
    pool.sort_by_key(|line| line["t"].to_string());
    let quota = |_: u32| json!({ "v0": [2, 5], "v1": [3, 6], "v2": [1, 4] });
    let quotas: serde_json::Map<_, _> =
        (0..attributes).map(|attribute| (format!("q{attribute}"), quota(0))).collect();
    let mut spec = json!({
        "v": 1, "alg": "priority-first/1", "draw_id": format!("d{nth}"), "seats": 9, "waitlist": 5, "quotas": quotas,
        "pool_root": "00".repeat(32), "pool_size": 30, "excluded_root": "00".repeat(32), "excluded_size": 0,
        "beacon": { "kind": "manual_sources", "sources": ["a die"] }, "relax": ["q0"],
    });
    if households {
        spec["household"] = json!(true);
    }
    if nth.is_multiple_of(2) {
        spec["merit"] = json!([pool[4]["t"]]);
    }
    json!({ "spec": spec, "pool": pool, "excluded": [], "beacon": { "bytes": "00000000", "evidence": {} } })
}

#[test]
fn program_and_script_draw_the_same_people() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let mut drawn = 0;
    for nth in 0..24 {
        let mut proof = drawn_by_lot(nth);
        // The roots are not right yet, and what they should be is told.
        let (_, _, verdict) = both(folder, &proof);
        for check in verdict["checks"].as_array().unwrap().iter().filter(|check| check["ok"] == false) {
            let name = check["name"].as_str().unwrap();
            if name.ends_with("_root") {
                proof["spec"][name] = check["expected"].clone();
            }
        }
        let (code, other, verdict) = both(folder, &proof);
        assert_eq!(code, other, "{nth}: {verdict}");
        if code == 1 {
            let failed = verdict["checks"].as_array().unwrap().iter().find(|check| check["ok"] == false);
            assert_eq!(failed.unwrap()["name"], "feasible", "{nth}");
            continue;
        }
        drawn += 1;
        proof["selected"] = verdict["selected"].clone();
        proof["waitlist"] = verdict["waitlist"].clone();
        proof["walk"] = json!([]);
        let left = |place: usize| json!({ "left": verdict["selected"][place] });
        proof["replacements"] = (0..6).map(left).collect();
        let (_, _, verdict) = both(folder, &proof);
        for check in verdict["checks"].as_array().unwrap().iter().filter(|check| check["ok"] == false) {
            proof[check["name"].as_str().unwrap()] = check["expected"].clone();
        }
        let (code, other, verdict) = both(folder, &proof);
        assert_eq!((code, other), (0, 0), "{nth}: {verdict}");
        assert!(
            proof["walk"].as_array().unwrap().len() > 7 && proof["replacements"][0].get("taken_by").is_some()
        );
    }
    assert!((8..24).contains(&drawn), "{drawn} of 24 could be drawn");
}

#[test]
fn what_is_no_proof_is_one_line_and_exit_code_2() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("proof.json"), "{ \"spec\": 1 }").unwrap();
    for file in ["proof.json", "none.json"] {
        let (code, _, error) = said(&madang(folder.path()).args(["draw", "verify", file]).output().unwrap());
        assert!(code == Some(2) && error.lines().count() == 1 && error.contains(file), "{error}");
    }
    fs::write(folder.path().join("proof.json"), EXAMPLE).unwrap();
    let (code, shown, _) =
        said(&madang(folder.path()).args(["draw", "verify", "proof.json"]).output().unwrap());
    assert!(
        code == Some(0) && shown.contains("ok     pool_root") && shown.contains("?      beacon"),
        "{shown}"
    );
}
