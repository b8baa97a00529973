//! A contest to try verifiers with: `cargo run --example contest -- random 7` writes a bundle, `… -- result FILE` its result.

use std::{collections::BTreeMap, env, error::Error, fs};

use domain::{
    digest,
    judging::{
        FORMULA,
        bundle::{Bundle, recompute},
    },
};
use serde_json::json;

/// Numbers that a seed decides.
struct Chance(u64, u64);

impl Chance {
    fn below(&mut self, most: u64) -> u64 {
        self.1 += 1;
        let digest = digest::of(&[&self.0.to_be_bytes(), &self.1.to_be_bytes()]);
        let [a, b, c, d, ..] = digest;
        u64::from(u32::from_be_bytes([a, b, c, d])) % most
    }
}

fn random(seed: u64) -> Result<Bundle, serde_json::Error> {
    let mut chance = Chance(seed, 0);
    let (entries, judges) = (1 + chance.below(40), 1 + chance.below(24));
    let criteria = 1 + chance.below(4);
    let rubric: Vec<_> = (0..criteria)
        .map(|nth| json!({ "key": format!("항목{nth}"), "weight": (1 + chance.below(40)) as f64 / 4.0, "scale": [1, 5 + chance.below(3)] }))
        .collect();
    let marks = |chance: &mut Chance| {
        let mark = |nth| (format!("항목{nth}"), 1.0 + chance.below(17) as f64 / 4.0);
        (0..criteria).map(mark).collect::<BTreeMap<_, _>>()
    };
    let mut scores = Vec::new();
    for entry in 0..entries {
        for judge in 0..judges {
            if chance.below(judges) < 4 {
                scores.push(json!({ "entry": format!("e{entry}"), "judge": format!("심사{judge}"), "marks": marks(&mut chance) }));
            }
        }
    }
    let ballots: Vec<_> = (0..chance.below(60))
        .map(|voter| {
            let stars: Vec<_> = (0..chance.below(4))
                .map(|_| format!("e{}", chance.below(entries) * chance.below(2)))
                .collect();
            let state = ["counted", "counted", "held", "rejected"][chance.below(4) as usize];
            json!({ "voter": format!("v{voter}"), "stars": stars, "state": state })
        })
        .collect();
    let mut order = vec!["heaviest_criterion", "first_ranks", "extra_review", "joint_prize", "lot"];
    order.rotate_left(chance.below(5) as usize);
    order.truncate(chance.below(6) as usize);
    let extra: Vec<_> = (0..entries * chance.below(2))
        .map(|entry| json!({ "entry": format!("e{entry}"), "judge": "another", "marks": marks(&mut chance) }))
        .collect();
    let number = json!({ "bytes": "000000017a", "evidence": { "values": ["z"] } });
    let number = if chance.below(2) == 0 { Some(number) } else { None };
    let bundle = json!({
        "formula": FORMULA,
        "rules": { "title": "공모전", "seed": seed },
        "jury_weight": 0.5 + chance.below(6) as f64 / 10.0,
        "rubric": rubric,
        "scores": scores,
        "ballots": ballots,
        "withdrawn": if chance.below(3) == 0 { vec!["e1"] } else { vec![] },
        "calibration": if chance.below(3) == 0 { vec!["e0"] } else { vec![] },
        "tie_order": order,
        "draw": { "beacon": { "kind": "manual_sources", "sources": ["x"] }, "number": number },
        "prizes": { "places": [1, 1 + chance.below(3), 2], "least": if chance.below(2) == 0 { Some(40.25) } else { None } },
        "extra_reviews": extra,
    });
    let mut bundle: Bundle = serde_json::from_value(bundle)?;
    bundle.result = Some(serde_json::to_value(recompute(&bundle).result)?);
    Ok(bundle)
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    match &arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["random", seed] => println!("{}", serde_json::to_string_pretty(&random(seed.parse()?)?)?),
        ["result", file] => {
            let verdict = recompute(&serde_json::from_slice(&fs::read(file)?)?);
            for check in verdict.checks.iter().filter(|check| !check.ok) {
                println!("FALSE {}", check.name);
            }
            println!("{}", verdict.canonical_result());
        }
        _ => println!("contest random SEED | contest result FILE"),
    }
    Ok(())
}
