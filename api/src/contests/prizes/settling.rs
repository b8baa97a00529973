//! What prizes come to: each team with its claim and its payments, and the last look before a result is final.

use chrono::{DateTime, Utc};
use domain::{
    Actor, EntryId, MemberId, Stamp,
    answers::News,
    calendar::seoul,
    contests::{
        Barred, Contest,
        prizes::{Award, Claim, Payment, Taxed, payments},
    },
    judging::prizes::Rates,
};
use persistence::{
    AnyConnection, Error, Result as Rows,
    contests::{
        objections,
        prizes::{self, claims, disqualifications, names, names::Named, taxes},
    },
    notifications::contests as news,
};

use super::bodies::{EntryAwardBody, EntryPrizeBody};

/// The rates by which is withheld at a moment.
pub fn rates(tx: &mut AnyConnection, now: DateTime<Utc>) -> Rows<Rates> {
    let found = taxes::find(tx)?.table.on(seoul(now).date()).cloned();
    found.ok_or_else(|| Error::Broken("no rates of taxes hold today".to_owned()))
}

/// What is paid to a team: as was fixed with the final result, else as it would be by these rates.
pub fn paid(
    contest: &Contest,
    award: &Award,
    claim: Option<&Claim>,
    team: &[MemberId],
    rates: &Rates,
) -> Rows<Vec<Payment>> {
    if let Some(fixed) = claim.and_then(|claim| claim.payments.clone()) {
        return Ok(fixed);
    }
    let Some(prize) = contest.terms.prizes.get(award.prize) else { return Ok(Vec::new()) };
    let shares = claim.map(|claim| claim.shares.clone()).unwrap_or_default();
    payments((award.value, prize.tax_category), team, &shares, rates)
        .map_err(|error| Error::Broken(format!("contest {}: {error}", contest.id)))
}

/// Those in a team.
pub fn members(named: Option<&Vec<Named>>) -> Vec<MemberId> {
    named.into_iter().flatten().map(|one| one.member).collect()
}

/// Whether whoever asks may know the result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outlook {
    Known,
    Hidden,
}

/// What became of an entry. Of the result only what the actor may know by now.
pub fn prize_of(
    tx: &mut AnyConnection,
    actor: &Actor,
    (contest, entry): (&Contest, EntryId),
    now: DateTime<Utc>,
    outlook: Outlook,
) -> Rows<EntryPrizeBody> {
    let award = match outlook {
        Outlook::Known => prizes::given(tx, contest)?.of(entry).cloned(),
        Outlook::Hidden => None,
    };
    let (claim, team) = (claims::find(tx, entry)?, names::of(tx, &[entry])?.remove(&entry));
    let rates = rates(tx, now)?;
    let ids = members(team.as_ref());
    let due = award.as_ref().map(|award| paid(contest, award, claim.as_ref(), &ids, &rates)).transpose()?;
    let me = team.iter().flatten().find(|one| Some(one.member) == actor.member_id());
    Ok(EntryPrizeBody {
        entry_id: entry.uuid(),
        entry: contest.pseudonym_of_entry(entry),
        disqualification: disqualifications::find(tx, entry)?.as_ref().map(Into::into),
        award: award.and_then(|award| EntryAwardBody::new(&award, contest)),
        claim: claim.as_ref().map(Into::into),
        payments: due.iter().flatten().map(Into::into).collect(),
        your_name: me.map(|me| me.name_as.into()),
    })
}

/// Makes sure that nothing is open any more, fixes what everybody is paid, and tells all who took part.
pub fn settle(tx: &mut AnyConnection, stamp: &Stamp, contest: &Contest) -> Rows<()> {
    match objections::waiting(tx, contest.id)? {
        0 => {}
        waiting => return Err(Error::Refused(Barred::ObjectionsUndecided { waiting }.into())),
    }
    let (given, rates) = (prizes::given(tx, contest)?, rates(tx, stamp.at)?);
    let named = names::of(tx, &given.entries())?;
    let mut uncertain = given.undecided.clone();
    for (entry, award) in &given.awards {
        let (claim, team) = (claims::find(tx, *entry)?, members(named.get(entry)));
        let due = paid(contest, award, claim.as_ref(), &team, &rates)?;
        match claim.filter(|claim| claim.is_verified(Taxed::of(&due))) {
            Some(claim) => claims::update(tx, &Claim { payments: Some(due), ..claim.edited() })?,
            None => uncertain.push(award.entry.clone()),
        }
    }
    match uncertain.is_empty() {
        true => news::tell_who_took_part(tx, &stamp.branch(0), News::ContestFinal, contest.id),
        false => Err(Error::Refused(Barred::WinnersUnverified(uncertain).into())),
    }
}
