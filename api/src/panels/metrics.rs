//! The numbers of a panel, as JSON, as a table and as a funnel.

use actix_web::{get, web};
use domain::{
    access::Permission,
    panels::metrics::{Deviation, Funnel, Metrics, Rates, metrics},
};
use persistence::panels::{
    self, draws,
    metrics::{invited, traces},
};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    actor::SignedIn,
    app::App,
    body::PathId,
    error::Failure,
    funnel,
    language::Language,
    media::{Media, Numbers, Shown},
    routes::Routes,
    spreadsheet::{joined, table, text},
};

pub fn routes(to: &mut Routes<'_>) {
    to.service(get_panel_metrics);
}

/// How a panel fared until now. Shares are from 0 to 1, and null where there is nothing to share.
#[derive(Debug, Serialize, ToSchema)]
pub struct PanelMetricsBody {
    panel_id: Uuid,
    #[schema(example = "새 이어폰 체험단")]
    title: String,
    seats: u32,
    funnel: FunnelBody,
    rates: PanelRatesBody,
    /// By attribute and value with a quota: how far the confirmed seats are from it.
    quotas: Vec<QuotaDeviationBody>,
    /// Everybody's chances in the draw; null before they are estimated, and where nothing was drawn.
    fairness: Option<FairnessBody>,
}

/// How many came how far.
#[derive(Debug, Serialize, ToSchema)]
pub struct FunnelBody {
    /// Customers the panel is for; null where a board decides.
    #[schema(example = 1200)]
    invited: Option<i64>,
    #[schema(example = 300)]
    applied: i64,
    #[schema(example = 240)]
    eligible: i64,
    /// Who had a seat offered, whatever they said.
    #[schema(example = 60)]
    offered: i64,
    #[schema(example = 50)]
    confirmed: i64,
    #[schema(example = 50)]
    shipped: i64,
    #[schema(example = 49)]
    delivered: i64,
    #[schema(example = 47)]
    reported: i64,
    #[schema(example = 46)]
    completed: i64,
}

/// Shares of those in the funnel.
#[derive(Debug, Serialize, ToSchema)]
pub struct PanelRatesBody {
    /// Applications by those invited.
    #[schema(minimum = 0, example = 0.25)]
    apply: Option<f64>,
    /// Eligible by applications.
    #[schema(minimum = 0, maximum = 1, example = 0.8)]
    eligible: Option<f64>,
    /// Confirmed by seats.
    #[schema(minimum = 0, maximum = 1, example = 1.0)]
    fill: Option<f64>,
    /// Confirmed by seats offered.
    #[schema(minimum = 0, maximum = 1, example = 0.83)]
    confirm: Option<f64>,
    /// Accepted reports by confirmed.
    #[schema(minimum = 0, maximum = 1, example = 0.92)]
    completion: Option<f64>,
    /// Reports that came by their time, by those that came or are due.
    #[schema(minimum = 0, maximum = 1, example = 0.95)]
    on_time: Option<f64>,
    /// Those who told nothing and had no excuse, by confirmed.
    #[schema(minimum = 0, maximum = 1, example = 0.02)]
    no_show: Option<f64>,
    /// Reports that state who paid for them, by reports.
    #[schema(minimum = 0, maximum = 1, example = 1.0)]
    disclosure: Option<f64>,
    /// Confirmed seats of people who had confirmed another in the year before, by confirmed.
    #[schema(minimum = 0, maximum = 1, example = 0.1)]
    concentration: Option<f64>,
}

/// How far the confirmed seats are from a quota.
#[derive(Debug, Serialize, ToSchema)]
pub struct QuotaDeviationBody {
    #[schema(example = "region")]
    attribute: String,
    #[schema(example = "seoul")]
    value: String,
    least: u32,
    most: u32,
    confirmed: u32,
    /// Seats below the least (negative) or above the most; 0 within.
    off_by: i64,
}

/// The least and the greatest chance of a seat, and how unequal all are.
#[derive(Debug, Serialize, ToSchema)]
pub struct FairnessBody {
    #[schema(minimum = 0, maximum = 1, example = 0.057)]
    min: f64,
    #[schema(minimum = 0, maximum = 1, example = 0.21)]
    max: f64,
    /// Gini coefficient: 0 is all equal.
    #[schema(minimum = 0, maximum = 1, example = 0.12)]
    gini: f64,
}

/// See how a panel fares
///
/// `Accept` chooses between JSON, a table (CSV) and a picture of the funnel (SVG).
#[utoipa::path(tag = "Panels", security(("bearer" = [])), params(("id" = Uuid, Path)),
    responses(
        (status = 200, content((PanelMetricsBody = "application/json"), (String = "text/csv"), (String = "image/svg+xml"))),
        (status = 406, description = "not_acceptable")))]
#[get("/v1/panels/{id}/metrics")]
async fn get_panel_metrics(
    app: web::Data<App>,
    me: SignedIn,
    PathId(id): PathId,
    language: Language,
    media: Media,
) -> Result<Shown<PanelMetricsBody>, Failure> {
    let now = app.config.clock.now();
    let body = app.read(&me.caller, move |tx, actor| {
        actor.ensure(Permission::ManagePanels)?;
        let panel = panels::find(tx, actor, id.into())?;
        let (facets, fairness) = draws::facets_and_chances(tx, panel.id)?;
        let (invited, traces) = (invited(tx, &panel)?, traces(tx, panel.id, &facets)?);
        let Metrics { funnel, rates, deviations } = metrics(&panel, invited, &traces, now);
        Ok(PanelMetricsBody {
            panel_id: id,
            title: panel.terms.title,
            seats: panel.terms.seats,
            funnel: funnel.into(),
            rates: rates.into(),
            quotas: deviations.into_iter().map(QuotaDeviationBody::from).collect(),
            fairness: fairness.map(|of| FairnessBody { min: of.min, max: of.max, gini: of.gini }),
        })
    });
    Shown::of(&body.await?, media, language)
}

impl From<Funnel> for FunnelBody {
    fn from(funnel: Funnel) -> Self {
        let Funnel {
            invited,
            applied,
            eligible,
            offered,
            confirmed,
            shipped,
            delivered,
            reported,
            completed,
        } = funnel;
        Self { invited, applied, eligible, offered, confirmed, shipped, delivered, reported, completed }
    }
}

impl FunnelBody {
    fn steps(&self) -> [(&'static str, Option<i64>); 9] {
        [
            ("invited", self.invited),
            ("applied", Some(self.applied)),
            ("eligible", Some(self.eligible)),
            ("offered", Some(self.offered)),
            ("confirmed", Some(self.confirmed)),
            ("shipped", Some(self.shipped)),
            ("delivered", Some(self.delivered)),
            ("reported", Some(self.reported)),
            ("completed", Some(self.completed)),
        ]
    }
}

impl From<Rates> for PanelRatesBody {
    fn from(rates: Rates) -> Self {
        let Rates { apply, eligible, fill, confirm, completion, on_time, no_show, disclosure, concentration } =
            rates;
        Self { apply, eligible, fill, confirm, completion, on_time, no_show, disclosure, concentration }
    }
}

impl PanelRatesBody {
    fn all(&self) -> [(&'static str, Option<f64>); 9] {
        [
            ("apply", self.apply),
            ("eligible", self.eligible),
            ("fill", self.fill),
            ("confirm", self.confirm),
            ("completion", self.completion),
            ("on_time", self.on_time),
            ("no_show", self.no_show),
            ("disclosure", self.disclosure),
            ("concentration", self.concentration),
        ]
    }
}

impl From<Deviation> for QuotaDeviationBody {
    fn from(deviation: Deviation) -> Self {
        let Deviation { attribute, value, least, most, confirmed, off_by } = deviation;
        Self { attribute, value, least, most, confirmed, off_by }
    }
}

impl Numbers for PanelMetricsBody {
    fn csv(&self) -> Result<Vec<u8>, Failure> {
        let number = |number: Option<f64>| number.map_or_else(String::new, |number| number.to_string());
        let count = |count: Option<i64>| count.map_or_else(String::new, |count| count.to_string());
        let named = [("panel", text(&self.title)), ("seats", self.seats.to_string())];
        let funnel = self.funnel.steps().map(|(name, of)| (name, count(of)));
        let rates = self.rates.all().map(|(name, of)| (name, number(of)));
        let fairness = self.fairness.as_ref();
        let chances = [
            ("chance_min", number(fairness.map(|of| of.min))),
            ("chance_max", number(fairness.map(|of| of.max))),
            ("chance_gini", number(fairness.map(|of| of.gini))),
        ];
        let funnel = funnel.into_iter().map(|(name, value)| (name.to_owned(), value));
        let rates = rates.into_iter().map(|(name, value)| (format!("{name}_rate"), value));
        let plain = named.into_iter().chain(chances).map(|(name, value)| (name.to_owned(), value));
        let metrics = plain.chain(funnel).chain(rates).map(|(name, value)| [name, value]);
        let quotas = self.quotas.iter().map(|of| {
            let QuotaDeviationBody { attribute, value, least, most, confirmed, off_by } = of;
            [
                text(attribute),
                text(value),
                least.to_string(),
                most.to_string(),
                confirmed.to_string(),
                off_by.to_string(),
            ]
        });
        Ok(joined(&[
            table(["metric", "value"], metrics)?,
            table(["attribute", "value", "least", "most", "confirmed", "off_by"], quotas)?,
        ]))
    }

    fn svg(&self, language: Language) -> Result<String, Failure> {
        let caption = language.pick("체험단 깔때기", "how far they came");
        let steps = self.funnel.steps().map(|(name, count)| (named(name, language), count));
        funnel::svg(&self.title, caption, &steps)
    }
}

fn named(step: &'static str, language: Language) -> &'static str {
    let ko = match step {
        "invited" => "초대",
        "applied" => "신청",
        "eligible" => "자격 있음",
        "offered" => "선정",
        "confirmed" => "확정",
        "shipped" => "발송",
        "delivered" => "도착",
        "reported" => "후기",
        "completed" => "완료",
        other => other,
    };
    language.pick(ko, step)
}
