//! Rate limits: three budgets, each refilled steadily, per member or else per client address.

use std::{net::IpAddr, num::NonZeroU32, sync::Arc, time::Duration};

use governor::{
    Quota, RateLimiter, clock::Clock as _, clock::DefaultClock, middleware::StateInformationMiddleware,
    state::keyed::DashMapStateStore,
};
use uuid::Uuid;

/// What a request costs from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    SignIn,
    Writes,
    Reads,
}

/// So many requests in so many seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    pub requests: NonZeroU32,
    pub seconds: NonZeroU32,
}

/// The three budgets; none is no limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rates {
    pub sign_in: Option<Rate>,
    pub writes: Option<Rate>,
    pub reads: Option<Rate>,
}

impl Rates {
    pub const OFF: Self = Self { sign_in: None, writes: None, reads: None };

    /// `on`, `off`, or figures such as `sign_in=10/60,writes=60/60,reads=600/60` (requests/seconds), where a class left
    /// out keeps its default.
    ///
    /// # Errors
    /// What is wrong with the text.
    pub fn of(text: &str) -> Result<Self, String> {
        let rate = |requests, seconds| {
            Some(Rate { requests: NonZeroU32::new(requests)?, seconds: NonZeroU32::new(seconds)? })
        };
        let mut rates = Self { sign_in: rate(10, 60), writes: rate(120, 60), reads: rate(1_200, 60) };
        match text {
            "on" => return Ok(rates),
            "off" => return Ok(Self::OFF),
            _ => {}
        }
        for part in text.split(',') {
            let odd = || format!("`{part}` is not a class and figures like writes=120/60");
            let (class, figures) = part.trim().split_once('=').ok_or_else(odd)?;
            let (requests, seconds) = figures.split_once('/').ok_or_else(odd)?;
            let figure = |text: &str| text.parse::<u32>().ok();
            let new = figure(requests)
                .zip(figure(seconds))
                .and_then(|(requests, seconds)| rate(requests, seconds))
                .ok_or_else(odd)?;
            match class {
                "sign_in" => rates.sign_in = Some(new),
                "writes" => rates.writes = Some(new),
                "reads" => rates.reads = Some(new),
                _ => return Err(odd()),
            }
        }
        Ok(rates)
    }
}

/// Whose budget it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Payer {
    Member(Uuid),
    Address(IpAddr),
}

impl Payer {
    /// An IPv6 customer commonly holds a whole /64, so that is what pays.
    #[must_use]
    pub fn of_address(address: IpAddr) -> Self {
        Self::Address(match address {
            IpAddr::V6(v6) => match v6.to_ipv4_mapped() {
                Some(v4) => v4.into(),
                None => (v6.to_bits() & !u128::from(u64::MAX)).to_be_bytes().into(),
            },
            v4 @ IpAddr::V4(_) => v4,
        })
    }
}

type Limiter = RateLimiter<Payer, DashMapStateStore<Payer>, DefaultClock, StateInformationMiddleware>;

/// The state of the budgets on this node.
#[derive(Clone)]
pub struct Limits {
    sign_in: Option<Arc<Budget>>,
    writes: Option<Arc<Budget>>,
    reads: Option<Arc<Budget>>,
}

struct Budget {
    name: &'static str,
    rate: Rate,
    limiter: Limiter,
}

/// What is left of a budget after a request: the facts of the `RateLimit` headers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    pub name: &'static str,
    pub rate: Rate,
    pub remaining: u32,
    /// Seconds until a request more is allowed (when refused) or the budget is full again.
    pub reset: u64,
    pub allowed: bool,
}

impl Limits {
    #[must_use]
    pub fn new(rates: &Rates) -> Self {
        let budget = |name, rate: Option<Rate>| {
            rate.map(|rate| {
                let period = Duration::from_secs(rate.seconds.get().into()) / rate.requests.get();
                let quota = Quota::with_period(period)
                    .unwrap_or(Quota::per_second(rate.requests))
                    .allow_burst(rate.requests);
                let limiter = RateLimiter::dashmap(quota).with_middleware();
                Arc::new(Budget { name, rate, limiter })
            })
        };
        Self {
            sign_in: budget("sign_in", rates.sign_in),
            writes: budget("writes", rates.writes),
            reads: budget("reads", rates.reads),
        }
    }

    /// Takes one request out of a budget; none when the class has no limit.
    #[must_use]
    pub fn spend(&self, class: Class, payer: Payer) -> Option<Standing> {
        let budget = match class {
            Class::SignIn => &self.sign_in,
            Class::Writes => &self.writes,
            Class::Reads => &self.reads,
        };
        budget.as_deref().map(|budget| budget.spend(payer))
    }

    /// Forgets payers whose budgets are full again, so that memory does not grow with every address ever seen.
    pub fn forget_the_idle(&self) {
        for budget in [&self.sign_in, &self.writes, &self.reads].into_iter().flatten() {
            budget.limiter.retain_recent();
            budget.limiter.shrink_to_fit();
        }
    }
}

impl Budget {
    fn spend(&self, payer: Payer) -> Standing {
        let (name, rate) = (self.name, self.rate);
        match self.limiter.check_key(&payer) {
            Ok(state) => {
                let remaining = state.remaining_burst_capacity();
                let used = u64::from(rate.requests.get() - remaining.min(rate.requests.get()));
                let reset = (used * u64::from(rate.seconds.get())).div_ceil(u64::from(rate.requests.get()));
                Standing { name, rate, remaining, reset, allowed: true }
            }
            Err(wait) => {
                let wait = wait.wait_time_from(DefaultClock::default().now());
                Standing {
                    name,
                    rate,
                    remaining: 0,
                    reset: wait.as_millis().div_ceil(1_000) as u64,
                    allowed: false,
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_budget_is_spent_by_its_payer_alone() {
        let limits = Limits::new(&Rates::of("writes=2/3600").unwrap());
        let (ana, ben) = (Payer::Member(Uuid::from_u128(1)), Payer::Member(Uuid::from_u128(2)));
        let spend = |payer| limits.spend(Class::Writes, payer).unwrap();
        assert_eq!((spend(ana).remaining, spend(ana).remaining), (1, 0));
        let refused = spend(ana);
        assert!(!refused.allowed && (1..=1_800).contains(&refused.reset), "{refused:?}");
        assert!(spend(ben).allowed);
        assert!(Limits::new(&Rates::OFF).spend(Class::Reads, ana).is_none());
    }

    #[test]
    fn neighbours_in_a_64_share_a_budget() {
        let of = |text: &str| Payer::of_address(text.parse().unwrap());
        assert_eq!(of("2001:db8:1:2::1"), of("2001:db8:1:2:ffff::9"));
        assert_ne!(of("2001:db8:1:2::1"), of("2001:db8:1:3::1"));
        assert_eq!(of("::ffff:10.0.0.1"), of("10.0.0.1"));
    }

    #[test]
    fn odd_figures_are_refused() {
        for text in ["", "writes", "writes=0/60", "writes=1", "votes=1/60", "writes=a/b"] {
            assert!(Rates::of(text).is_err(), "{text}");
        }
    }
}
