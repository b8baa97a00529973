//! Who gets which prize, and what decided at each line between one prize and the next.

use serde::{Deserialize, Serialize};

use super::{Claim, Evidence, Rule, best, tied};
use crate::judging::{hybrid::Standing, is_plain, millionths};

/// The most prizes of different kinds.
pub const PRIZES_MOST: usize = 20;

/// How many entries each prize is for, the highest first. A cut between rounds is a prize: to go on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Prizes {
    pub places: Vec<u32>,
    /// Entries whose `θ` is below get none, and places stay empty: the "no award" rule.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub least: Option<f64>,
}

impl Prizes {
    /// Whether there is something to give, for a number of entries that can be counted.
    #[must_use]
    pub fn is_fit(&self) -> bool {
        (1..=PRIZES_MOST).contains(&self.places.len())
            && self.places.iter().all(|places| (1..=10_000).contains(places))
            && self.least.is_none_or(is_plain)
    }
}

/// What happened at the line below a prize. All lists of entries are in their final order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Line {
    /// For how many the prize is, less those who share the one above beyond its places.
    pub places: usize,
    pub awarded: Vec<String>,
    /// Those whom the figures could not tell apart across the line. None where it is clear.
    pub contested: Vec<String>,
    /// How the contested were parted, place after place.
    pub decided: Vec<Decision>,
    /// Those of whom it is not decided yet; then lower prizes are not given out yet either.
    pub open: Vec<String>,
    /// What would decide it. None where the tie order has come to its end.
    pub awaits: Option<Rule>,
}

/// Who was taken next of the contested whom none of the others was clearly ahead of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Decision {
    pub taken: Vec<String>,
    pub of: Vec<String>,
    /// None where there was no other, or a place for each.
    pub by: Option<Rule>,
}

/// Gives out the prizes, line by line.
///
/// At each line the figures decide wherever they can, and whom they do not part is contested. The places that are left are filled
/// from the top: of the contested whom no other is clearly ahead of, the tie order takes the first. So nobody gets a prize before
/// somebody who is clearly ahead of them, and ties that form no groups (a with b, b with c, but not a with c) need none.
#[must_use]
pub fn lines(
    standings: &[Standing<'_>],
    prizes: &Prizes,
    order: &[Rule],
    evidence: &Evidence<'_>,
) -> Vec<Line> {
    let worthy = |standing: &&Standing| {
        prizes.least.is_none_or(|least| millionths(standing.theta) >= millionths(least))
    };
    let mut remaining: Vec<&Standing> = standings.iter().filter(worthy).collect();
    let (mut lines, mut places, mut awarded) = (Vec::new(), 0, 0);
    for more in &prizes.places {
        places += *more as usize;
        let line = draw_line(&remaining, places.saturating_sub(awarded), order, evidence);
        awarded += line.awarded.len();
        remaining.retain(|standing| !line.awarded.iter().any(|entry| entry == standing.entry));
        let is_open = !line.open.is_empty();
        lines.push(line);
        if is_open {
            break;
        }
    }
    lines
}

/// Whether the figures leave two entries level: within their uncertainty, or with the same final score.
fn level(a: &Standing<'_>, b: &Standing<'_>) -> bool {
    a.key() == b.key() || tied(a, b)
}

/// Whether one is ahead of another by more than chance.
fn clearly_ahead(a: &Standing<'_>, b: &Standing<'_>) -> bool {
    a.key() > b.key() && !tied(a, b)
}

/// Those at the line whom the figures do not part, in order: everybody inside who is level with such outside and clearly ahead of
/// nobody who is certain to be inside, and everybody outside who is level with such inside and clearly behind nobody who is certain
/// to be outside. Whoever turns out to be certain is looked at once, so it takes no more steps than there are pairs.
fn contested<'s, 'a>(inside: &[&'s Standing<'a>], outside: &[&'s Standing<'a>]) -> Vec<&'s Standing<'a>> {
    let all = [inside, outside].concat();
    let is_inside = |nth: usize| nth < inside.len();
    let across = |one: usize, other: usize| is_inside(one) != is_inside(other) && level(all[one], all[other]);
    let every = 0..all.len();
    // With how many who are still contested on the other side each is level.
    let mut held: Vec<usize> =
        every.clone().map(|one| every.clone().filter(|&other| across(one, other)).count()).collect();
    let mut is_contested: Vec<bool> = held.iter().map(|&held| held > 0).collect();
    let mut certain: Vec<usize> = every.clone().filter(|&one| !is_contested[one]).collect();
    while let Some(one) = certain.pop() {
        for other in every.clone() {
            if !is_contested[other] {
                continue;
            }
            held[other] -= usize::from(across(one, other));
            let follows = match (is_inside(one), is_inside(other)) {
                (true, true) => clearly_ahead(all[other], all[one]),
                (false, false) => clearly_ahead(all[one], all[other]),
                (true, false) | (false, true) => held[other] == 0,
            };
            if follows {
                is_contested[other] = false;
                certain.push(other);
            }
        }
    }
    every.filter(|&one| is_contested[one]).map(|one| all[one]).collect()
}

/// One of the contested who is not taken yet.
struct Waiting<'s, 'a> {
    standing: &'s Standing<'a>,
    claim: Claim<'s>,
    /// How many of the others are clearly ahead of it.
    behind: usize,
}

fn draw_line(remaining: &[&Standing<'_>], places: usize, order: &[Rule], evidence: &Evidence<'_>) -> Line {
    let (inside, outside) = remaining.split_at(places.min(remaining.len()));
    let contested = contested(inside, outside);
    let priorities = evidence.priorities(order);
    let waiting = contested.iter().map(|&standing| Waiting {
        standing,
        claim: evidence.claim(standing.entry, priorities.as_ref()),
        behind: contested.iter().filter(|other| clearly_ahead(other, standing)).count(),
    });
    let mut pool: Vec<Waiting> = waiting.collect();
    let contested = names(&contested);
    let mut awarded: Vec<String> = names(inside);
    awarded.retain(|entry| !contested.contains(entry));
    let (mut decided, mut open, mut awaits) = (Vec::new(), Vec::new(), None);
    while awarded.len() < inside.len() {
        let first: Vec<Claim> = pool.iter().filter(|one| one.behind == 0).map(|one| one.claim).collect();
        match take(&first, inside.len() - awarded.len(), order) {
            Ok((taken, by)) => {
                let [taken, of] = [taken, first].map(|of| entries(of.iter().map(|claim| claim.entry)));
                let (gone, left): (Vec<_>, Vec<_>) =
                    pool.into_iter().partition(|one| taken.iter().any(|entry| entry == one.standing.entry));
                pool = left;
                for one in &mut pool {
                    let ahead = |gone: &&Waiting| clearly_ahead(gone.standing, one.standing);
                    one.behind -= gone.iter().filter(ahead).count();
                }
                awarded.extend(taken.iter().cloned());
                decided.push(Decision { taken, of, by });
            }
            Err(missing) => {
                (open, awaits) = (entries(pool.iter().map(|one| one.standing.entry)), missing);
                break;
            }
        }
    }
    let taken: Vec<_> =
        remaining.iter().copied().filter(|one| awarded.iter().any(|e| e == one.entry)).collect();
    Line { places, awarded: names(&taken), contested, decided, open, awaits }
}

/// Who is taken of those who are first, for so many places, and by which rule; or what is missing to tell. Those who share a prize
/// may be more than there are places.
type Taken<'a> = Result<(Vec<Claim<'a>>, Option<Rule>), Option<Rule>>;

fn take<'a>(first: &[Claim<'a>], places: usize, order: &[Rule]) -> Taken<'a> {
    let mut level = first.to_vec();
    if level.len() == 1 {
        return Ok((level, None));
    }
    for &rule in order {
        // Nobody is asked for a review, or a lot drawn, where all have a place.
        if !rule.is_at_hand() && level.len() <= places {
            return Ok((level, None));
        }
        level = best(rule, &level).map_err(Some)?;
        if rule == Rule::JointPrize || level.len() <= places {
            return Ok((level, Some(rule)));
        }
    }
    if level.len() <= places { Ok((level, None)) } else { Err(None) }
}

fn entries<'a>(names: impl Iterator<Item = &'a str>) -> Vec<String> {
    names.map(str::to_owned).collect()
}

fn names(standings: &[&Standing<'_>]) -> Vec<String> {
    entries(standings.iter().map(|standing| standing.entry))
}
