//! What is withheld from prizes: rates by date, which staff keep right.

use actix_web::{get, put, web};
use chrono::{DateTime, NaiveDate, Utc};
use domain::{
    access::Permission,
    calendar::seoul,
    judging::prizes::{Rates, Table},
};
use persistence::{
    AloneWith,
    contests::prizes::taxes::{self, Kept},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

use crate::{
    actor::SignedIn,
    app::App,
    body::Json,
    error::Failure,
    reply::{IfMatch, Reply},
    routes::Routes,
};

pub fn routes(to: &mut Routes<'_>) {
    to.service(get_tax_rules).service(put_tax_rules);
}

/// What is withheld from a day on, by the days of Korea.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct TaxRatesBody {
    #[schema(example = "2019-01-01")]
    from: NaiveDate,
    /// The last day on which they may be relied on without another look.
    #[schema(example = "2027-01-01")]
    review_by: NaiveDate,
    /// How many percent of a prize of a contest count as what it cost to win it.
    #[schema(maximum = 100, example = 80)]
    contest_expense: u64,
    #[schema(maximum = 100, example = 0)]
    lottery_expense: u64,
    #[schema(maximum = 100, example = 60)]
    service_expense: u64,
    /// Percent of the income, which is the prize less that expense.
    #[schema(maximum = 100, example = 20)]
    income_tax: u64,
    /// Percent of the income tax.
    #[schema(maximum = 100, example = 10)]
    local_tax: u64,
    /// Incomes up to this are not taxed, in won.
    #[schema(example = 50_000)]
    untaxed: u64,
    /// An income tax below this is not collected, in won.
    #[schema(example = 1_000)]
    least_collected: u64,
    /// Taxes are cut to a whole number of these, in won.
    #[schema(minimum = 1, example = 10)]
    unit: u64,
}

impl From<TaxRatesBody> for Rates {
    fn from(body: TaxRatesBody) -> Self {
        Self {
            from: body.from,
            review_by: body.review_by,
            contest_expense: body.contest_expense,
            lottery_expense: body.lottery_expense,
            service_expense: body.service_expense,
            income_tax: body.income_tax,
            local_tax: body.local_tax,
            untaxed: body.untaxed,
            least_collected: body.least_collected,
            unit: body.unit,
        }
    }
}

impl From<&Rates> for TaxRatesBody {
    fn from(rates: &Rates) -> Self {
        Self {
            from: rates.from,
            review_by: rates.review_by,
            contest_expense: rates.contest_expense,
            lottery_expense: rates.lottery_expense,
            service_expense: rates.service_expense,
            income_tax: rates.income_tax,
            local_tax: rates.local_tax,
            untaxed: rates.untaxed,
            least_collected: rates.least_collected,
            unit: rates.unit,
        }
    }
}

/// Rates by date, in place of those there are.
#[derive(Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct NewTaxRulesBody {
    /// Some of them hold today.
    #[schema(min_items = 1, max_items = 50)]
    rates: Vec<TaxRatesBody>,
}

/// Rates by date, the first day first.
#[derive(Debug, Serialize, ToSchema)]
pub struct TaxRulesBody {
    rates: Vec<TaxRatesBody>,
    /// Whether the day is past, by the days of Korea, by which somebody was to look at those that hold today.
    overdue: bool,
    /// When staff changed them; null for those that are built in.
    updated_at: Option<DateTime<Utc>>,
}

fn shown(kept: &Kept, now: DateTime<Utc>) -> Reply<TaxRulesBody> {
    let today = seoul(now).date();
    let overdue = kept.table.on(today).is_none_or(|rates| rates.is_overdue(today));
    let rates = kept.table.rates().iter().map(Into::into).collect();
    Reply::ok(&TaxRulesBody { rates, overdue, updated_at: kept.updated_at }).tagged(kept.version)
}

/// Read what is withheld from prizes
///
/// The rates that are built in until staff write others. Nothing here is advice: the organiser answers for what is withheld.
#[utoipa::path(tag = "Contests", security(("bearer" = [])), responses((status = 200, body = TaxRulesBody)))]
#[get("/v1/tax_rules")]
async fn get_tax_rules(app: web::Data<App>, me: SignedIn) -> Result<Reply<TaxRulesBody>, Failure> {
    let now = app.config.clock.now();
    app.read(&me.caller, move |tx, actor| {
        actor.ensure_member()?;
        Ok(shown(&taxes::find(tx)?, now))
    })
    .await
}

/// Change what is withheld from prizes
///
/// What was fixed with a final result stays as it is.
#[utoipa::path(tag = "Contests", security(("bearer" = [])), request_body = NewTaxRulesBody,
    responses((status = 200, body = TaxRulesBody)))]
#[put("/v1/tax_rules")]
async fn put_tax_rules(
    app: web::Data<App>,
    me: SignedIn,
    if_match: IfMatch,
    Json(body): Json<NewTaxRulesBody>,
) -> Result<Reply<TaxRulesBody>, Failure> {
    let (stamp, act) = (app.stamp(), app.act(&me, "put_tax_rules"));
    let table = Table::of(body.rates.into_iter().map(Into::into).collect(), seoul(stamp.at).date())
        .map_err(|(pointer, fault)| Failure::field(pointer, fault))?;
    app.write(&me.caller, AloneWith::Nobody, move |tx, actor| {
        actor.ensure(Permission::ManageContests)?;
        let before = taxes::find(tx)?;
        if_match.ensure(before.version)?;
        let was = shown(&before, stamp.at);
        if before.table == table {
            return Ok(was);
        }
        let after = shown(&taxes::set(tx, &stamp, &table, before.version)?, stamp.at);
        act.keep(tx, actor, Uuid::nil(), was.facts(), after)
    })
    .await
}
