//! Several instances, one client, one Redis, and time: all of it by hand.

use std::collections::HashMap;
use std::time::{Duration, Instant, UNIX_EPOCH};

use super::super::*;
use crate::config::RateLimitConfig;
use crate::rate_limit::ledger::Ledger;
use crate::rate_limit::policy::Policy;

const WINDOW: u64 = 1_000;

/// The shared clock at the start: the beginning of a window.
const START: u64 = 1_000_000;

/// What happens next.
#[derive(Clone, Copy, Debug)]
pub(super) enum Event {
    Request {
        instance: usize,
        cost: u32,
    },
    /// Redis executes a question.
    Execute {
        which: usize,
    },
    /// An answer arrives.
    Deliver {
        which: usize,
    },
    /// Whoever asked gives up: on a question that is executed later or never, or on an answer.
    Lose {
        which: usize,
    },
    GiveBack {
        instance: usize,
    },
    Recall {
        instance: usize,
    },
    Evict {
        instance: usize,
    },
    Pass {
        ms: u64,
    },
    RedisGoes,
    RedisReturns,
    RedisForgets,
}

struct Instance {
    rules: Rules,
    account: Account,
}

/// A question on its way, or its answer on its way back.
struct Travelling {
    instance: usize,
    claim: Claim,
    cost: u32,
    sent: LocalMs,
    /// `None` for a question that nobody waits for.
    flight: Option<Arc<Flight>>,
    told: Option<Told>,
}

pub(super) struct World {
    instances: Vec<Instance>,
    ledger: Ledger,
    travelling: Vec<Travelling>,
    /// Milliseconds since the start.
    now: LocalMs,
    redis: bool,
    /// Cost let through, by true window and instance.
    accepted: HashMap<(u64, usize), u32>,
    pub(super) questions: usize,
    pub(super) strikes_told: usize,
    /// Whether recalls go unheard.
    pub(super) deaf: bool,
    /// Whether what is given back goes unreported.
    pub(super) lossy: bool,
}

impl World {
    /// `skews`: how far each instance's idea of the shared clock is off.
    pub(super) fn new(limit: u32, backoff_max: u64, skews: &[i64]) -> Self {
        let config = RateLimitConfig {
            requests: limit,
            window: Duration::from_millis(WINDOW),
            backoff_max: Duration::from_millis(backoff_max),
            ..RateLimitConfig::default()
        };
        let instance = |skew: &i64| {
            let unix = UNIX_EPOCH + Duration::from_millis(START.saturating_add_signed(*skew));
            let rules = Rules::new(Policy::new(&config), Instant::now(), unix);
            Instance {
                account: Account::new(0, &rules),
                rules,
            }
        };
        Self {
            instances: skews.iter().map(instance).collect(),
            ledger: Ledger::default(),
            travelling: Vec::new(),
            now: 0,
            redis: true,
            accepted: HashMap::new(),
            questions: 0,
            strikes_told: 0,
            deaf: false,
            lossy: false,
        }
    }

    /// The most that all instances together let through in a window.
    pub(super) fn most_accepted(&self) -> u32 {
        let mut windows: HashMap<u64, u32> = HashMap::new();
        for ((window, _), cost) in &self.accepted {
            *windows.entry(*window).or_default() += cost;
        }
        windows.into_values().max().unwrap_or(0)
    }

    /// The most that one instance let through in a window.
    pub(super) fn most_accepted_by_one(&self) -> u32 {
        self.accepted.values().copied().max().unwrap_or(0)
    }

    pub(super) fn happen(&mut self, event: Event) {
        let (instances, travelling) = (self.instances.len(), self.travelling.len().max(1));
        match event {
            Event::Request { instance, cost } => drop(self.request(instance % instances, cost)),
            Event::Execute { which } => self.execute(which % travelling),
            Event::Deliver { which } => drop(self.deliver(which % travelling)),
            Event::Lose { which } => self.lose(which % travelling),
            Event::GiveBack { instance } => self.give_back(instance % instances),
            Event::Recall { instance } => self.recall(instance % instances),
            Event::Evict { instance } => {
                let Instance { rules, account } = &mut self.instances[instance % instances];
                *account = Account::new(self.now, rules);
            }
            Event::Pass { ms } => self.now += ms,
            Event::RedisGoes => self.redis = false,
            Event::RedisReturns => self.redis = true,
            Event::RedisForgets => self.ledger.forget(),
        }
    }

    /// One request, with its questions asked and answered at once, and leases called back at once.
    pub(super) fn ask_to_the_end(&mut self, instance: usize, cost: u32) -> Decision {
        for _ in 0..10 {
            if let Some(decision) = self.request(instance, cost) {
                return decision;
            }
            let last = self.travelling.len() - 1;
            self.execute(last);
            self.call_back(last);
            if let Some(decision) = self.deliver(last) {
                return decision;
            }
        }
        panic!("it never came to an end")
    }

    fn request(&mut self, instance: usize, cost: u32) -> Option<Decision> {
        let backing = if self.redis {
            Backing::Shared
        } else {
            Backing::Alone
        };
        let Instance { rules, account } = &mut self.instances[instance];
        match account.step(cost, self.now, rules, backing) {
            Step::Done(decision) => Some(self.decided(instance, cost, decision)),
            Step::Struck(decision) => {
                self.tell(instance);
                Some(self.decided(instance, cost, decision))
            }
            Step::Ask(Question { claim, flight, .. }) => {
                self.questions += 1;
                self.tell(instance);
                let (sent, flight) = (self.now, Some(flight));
                self.travelling.push(Travelling {
                    instance,
                    claim,
                    cost,
                    sent,
                    flight,
                    told: None,
                });
                None
            }
            // It waits for ever: others come.
            Step::Wait(_) => None,
        }
    }

    fn tell(&mut self, instance: usize) {
        let Instance { rules, account } = &mut self.instances[instance];
        if let Some(penalty) = account.untold().filter(|_| self.redis) {
            self.strikes_told += 1;
            account.strike_kept(self.ledger.strike(penalty), rules);
        }
    }

    fn decided(&mut self, instance: usize, cost: u32, decision: Decision) -> Decision {
        if decision.is_allowed() {
            *self
                .accepted
                .entry(((START + self.now) / WINDOW, instance))
                .or_default() += cost;
        }
        decision
    }

    fn execute(&mut self, which: usize) {
        let now = START + self.now;
        if let Some(question) = self
            .travelling
            .get_mut(which)
            .filter(|question| question.told.is_none())
        {
            let policy = &self.instances[question.instance].rules.policy;
            question.told = Some(self.ledger.execute(&question.claim, now, policy));
            if question.flight.is_none() {
                self.travelling.remove(which);
            }
        }
    }

    fn deliver(&mut self, which: usize) -> Option<Decision> {
        self.travelling.get(which)?.told?;
        let Travelling {
            instance,
            claim,
            cost,
            sent,
            told,
            ..
        } = self.travelling.remove(which);
        let told = told?;
        let Instance { rules, account } = &mut self.instances[instance];
        rules.clock.learn(told.now(), sent, self.now);
        account.settle(&claim, &told, sent, self.now, rules);
        self.request(instance, cost)
    }

    /// The asker goes; a question that was not executed may still be.
    fn lose(&mut self, which: usize) {
        let Some(lost) = self.travelling.get_mut(which) else {
            return;
        };
        if let Some(flight) = lost.flight.take() {
            self.instances[lost.instance]
                .account
                .abandon(&lost.claim, &flight);
        }
        if lost.told.is_some() {
            self.travelling.remove(which);
        }
    }

    fn give_back(&mut self, instance: usize) {
        let Instance { rules, account } = &mut self.instances[instance];
        let given = account.give_back(self.now, rules);
        self.report(instance, given);
    }

    fn recall(&mut self, instance: usize) {
        let Instance { rules, account } = &mut self.instances[instance];
        let given = account.recalled(self.now, rules);
        self.report(instance, given);
    }

    fn report(&mut self, instance: usize, given: Option<(Claim, u32)>) {
        let Some((claim, _)) = given else { return };
        let sent = self.now;
        self.travelling.push(Travelling {
            instance,
            claim,
            cost: 0,
            sent,
            flight: None,
            told: None,
        });
    }

    /// What an instance was told of leases that were to be called back reaches all of them.
    fn call_back(&mut self, which: usize) {
        let told = self.travelling[which].told;
        let Some(Verdict::Counted(grant)) = told.map(|told| told.verdict) else {
            return;
        };
        if self.deaf || grant.unspent_elsewhere <= self.instances[0].rules.policy.spare_max {
            return;
        }
        for instance in 0..self.instances.len() {
            self.recall(instance);
            self.arrive();
        }
    }

    /// What lies idle is given back, and counted at once.
    pub(super) fn give_back_at_once(&mut self, instance: usize) {
        self.give_back(instance);
        self.arrive();
    }

    /// The report sent last is counted, or lost.
    fn arrive(&mut self) {
        let Some(Travelling {
            instance,
            claim,
            flight: None,
            ..
        }) = self.travelling.last()
        else {
            return;
        };
        let (instance, claim) = (*instance, *claim);
        if self.lossy {
            self.travelling.pop();
            return;
        }
        self.execute(self.travelling.len() - 1);
        self.instances[instance].account.reported(&claim);
    }
}
