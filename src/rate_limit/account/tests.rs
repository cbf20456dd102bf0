//! Accounts of several instances against a plain model of the counters, in every order of events that chance finds.

mod world;

use proptest::collection::vec;
use proptest::prelude::*;

use super::*;
use world::{Event, World};

const LIMIT: u32 = 100;

fn event(instances: usize) -> impl Strategy<Value = Event> {
    let instance = 0..instances;
    prop_oneof![
        12 => (instance.clone(), 1_u32..4).prop_map(|(instance, cost)| Event::Request { instance, cost }),
        2 => (instance.clone(), 1_u32..40).prop_map(|(instance, cost)| Event::Request { instance, cost }),
        8 => any::<usize>().prop_map(|which| Event::Execute { which }),
        6 => any::<usize>().prop_map(|which| Event::Deliver { which }),
        1 => any::<usize>().prop_map(|which| Event::Lose { which }),
        1 => instance.clone().prop_map(|instance| Event::GiveBack { instance }),
        2 => instance.clone().prop_map(|instance| Event::Recall { instance }),
        1 => instance.prop_map(|instance| Event::Evict { instance }),
        3 => (0_u64..120).prop_map(|ms| Event::Pass { ms }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    /// Requests, questions and answers in any order; questions that are executed late or never, answers that never
    /// arrive, accounts that are forgotten, clocks that differ by up to two windows.
    #[test]
    fn in_no_window_is_more_let_through_than_the_limit(
        skews in vec(-2_500_i64..2_500, 1..5),
        limit in 1_u32..120,
        events in vec(event(4), 1..400),
    ) {
        let mut world = World::new(limit, 0, &skews);
        for event in events {
            world.happen(event);
            prop_assert!(world.most_accepted() <= limit, "{} of {limit}", world.most_accepted());
        }
    }

    /// The same with a Redis that comes, goes and forgets, while the instances go on alone.
    #[test]
    fn whatever_happens_no_instance_lets_more_through_than_the_limit(
        limit in 1_u32..120,
        events in vec(
            prop_oneof![
                30 => event(3).prop_filter("a forgotten account may spend anew", |event| !matches!(event, Event::Evict { .. })),
                1 => Just(Event::RedisGoes),
                1 => Just(Event::RedisReturns),
                1 => Just(Event::RedisForgets),
            ],
            1..400,
        ),
    ) {
        let mut world = World::new(limit, 0, &[0, 0, 0]);
        for event in events {
            world.happen(event);
            prop_assert!(world.most_accepted_by_one() <= limit, "{} of {limit}", world.most_accepted_by_one());
        }
    }

    /// A client that is never served by one instance for long, and asks until the last one refuses.
    #[test]
    fn a_client_is_short_changed_by_five_per_cent_at_most(
        limit in 1_u32..2_000,
        visits in vec((0_usize..4, 1_u32..200), 1..30),
        last in 0_usize..4,
    ) {
        let mut world = World::new(limit, 0, &[0; 4]);
        for (instance, requests) in visits {
            for _ in 0..requests {
                world.ask_to_the_end(instance, 1);
            }
        }
        while world.ask_to_the_end(last, 1).is_allowed() {}
        let accepted = world.most_accepted();
        prop_assert!(accepted <= limit && accepted >= limit - limit / 20, "{accepted} of {limit}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    /// The same where recalls go unheard and reports are lost now and then: what was not reported comes back once it has
    /// lain idle.
    #[test]
    fn whatever_is_not_heard_a_client_is_short_changed_for_a_moment_only(
        limit in 1_u32..2_000,
        visits in vec((0_usize..4, 1_u32..100, any::<bool>(), any::<bool>()), 1..20),
        last in 0_usize..4,
    ) {
        let mut world = World::new(limit, 0, &[0; 4]);
        for (instance, requests, deaf, lossy) in visits {
            (world.deaf, world.lossy) = (deaf, lossy);
            for _ in 0..requests {
                world.ask_to_the_end(instance, 1);
            }
        }
        (world.deaf, world.lossy) = (false, false);
        world.happen(Event::Pass { ms: 60 });
        for instance in 0..4 {
            world.give_back_at_once(instance);
        }
        while world.ask_to_the_end(last, 1).is_allowed() {}
        prop_assert_eq!(world.most_accepted(), limit);
    }
}

#[test]
fn who_has_spent_a_lease_down_to_its_share_says_so_when_called_back() {
    let mut world = World::new(620, 0, &[0; 4]);
    for (instance, requests) in [(1, 47), (2, 26), (2, 119), (0, 1)] {
        for _ in 0..requests {
            world.ask_to_the_end(instance, 1);
        }
    }
    while world.ask_to_the_end(3, 1).is_allowed() {}
    assert!(world.most_accepted() >= 620 - 31, "{}", world.most_accepted());
}

#[test]
fn a_refusal_that_may_be_over_in_a_moment_says_so() {
    let mut world = World::new(100, 0, &[0, 0]);
    world.ask_to_the_end(0, 1);
    world.deaf = true;
    while world.ask_to_the_end(1, 1).is_allowed() {}
    world.happen(Event::Pass { ms: 1 });
    let Decision::Deny(denial) = world.ask_to_the_end(1, 1) else {
        panic!("the first holds 10")
    };
    assert_eq!(denial.retry_after, 1);
    assert_eq!(world.strikes_told, 0, "it has not gone over the limit");
}

#[test]
fn near_the_end_leases_are_single_requests_and_before_it_many() {
    let mut world = World::new(1_000, 0, &[0]);
    let mut questions = Vec::new();
    for _ in 0..1_000 {
        assert!(world.ask_to_the_end(0, 1).is_allowed());
        questions.push(world.questions);
    }
    assert!(!world.ask_to_the_end(0, 1).is_allowed());
    assert!(
        questions[499] <= 5,
        "{} questions for the first half",
        questions[499]
    );
    assert!(questions[999] <= 20, "{} questions for all", questions[999]);
    assert_eq!(questions[999] - questions[998], 1, "the last is asked for alone");
    assert_eq!(
        world.questions, questions[999],
        "that nothing is left is known from the last answer"
    );
}

#[test]
fn who_alone_serves_a_client_holds_a_tenth_and_gives_it_back_when_another_comes() {
    let mut world = World::new(100, 0, &[0, 0]);
    for _ in 0..11 {
        assert!(world.ask_to_the_end(0, 1).is_allowed());
    }
    assert_eq!(world.questions, 1, "one that is needed and 10 to spare");
    world.ask_to_the_end(0, 1);
    let mut other = 0;
    while world.ask_to_the_end(1, 1).is_allowed() {
        other += 1;
    }
    assert_eq!(other, 85, "100 less 12 that are spent and 3 that the first keeps");
    while world.ask_to_the_end(0, 1).is_allowed() {}
    assert_eq!(world.most_accepted(), 100);
}

#[test]
fn a_recall_nobody_hears_is_said_again_and_in_the_end_what_lies_idle_comes_back() {
    let mut world = World::new(100, 0, &[0, 0]);
    world.ask_to_the_end(0, 1);
    world.deaf = true;
    while world.ask_to_the_end(1, 1).is_allowed() {}
    assert_eq!(world.most_accepted(), 90, "the first holds 10");
    world.happen(Event::Pass { ms: 11 });
    world.deaf = false;
    while world.ask_to_the_end(1, 1).is_allowed() {}
    assert_eq!(
        world.most_accepted(),
        90,
        "called back by the question that was refused"
    );
    world.happen(Event::Pass { ms: 60 });
    while world.ask_to_the_end(1, 1).is_allowed() {}
    assert_eq!(world.most_accepted(), 97, "all but the 3 it keeps");
    world.happen(Event::Pass { ms: 60 });
    world.give_back_at_once(0);
    while world.ask_to_the_end(1, 1).is_allowed() {}
    assert_eq!(world.most_accepted(), 100);
}

#[test]
fn what_lies_idle_is_given_back_and_can_be_spent_elsewhere() {
    let mut world = World::new(100, 0, &[0, 0]);
    world.ask_to_the_end(0, 1);
    while world.ask_to_the_end(1, 1).is_allowed() {}
    assert_eq!(world.most_accepted(), 97, "all but the 3 the first keeps");
    world.happen(Event::Pass { ms: 60 });
    world.give_back_at_once(0);
    while world.ask_to_the_end(1, 1).is_allowed() {}
    assert_eq!(world.most_accepted(), 100);
}

#[test]
fn an_instance_alone_goes_on_where_redis_left_off_and_hands_back_without_a_jump() {
    let mut world = World::new(LIMIT, 0, &[0, 0]);
    for _ in 0..40 {
        world.ask_to_the_end(0, 1);
        world.ask_to_the_end(1, 1);
    }
    world.happen(Event::RedisGoes);
    let mut alone = 0;
    while world.ask_to_the_end(0, 1).is_allowed() {
        alone += 1;
    }
    assert!(
        (18..=25).contains(&alone),
        "{alone}: the 80 that both have spent stay spent"
    );
    world.happen(Event::RedisReturns);
    assert!(
        !world.ask_to_the_end(0, 1).is_allowed(),
        "it claims what it has spent alone"
    );
    let mut lease = 0;
    while world.ask_to_the_end(1, 1).is_allowed() {
        lease += 1;
    }
    assert!(lease <= 5, "{lease}: the other has its lease and no more");
    assert!(
        world.most_accepted() <= LIMIT + 10,
        "{}: each knew the other's but for a lease of each",
        world.most_accepted()
    );
}

#[test]
fn a_redis_that_forgot_everything_is_told_by_each_instance_what_it_has_spent() {
    let mut world = World::new(LIMIT, 0, &[0, 0]);
    for _ in 0..40 {
        world.ask_to_the_end(0, 1);
        world.ask_to_the_end(1, 1);
    }
    world.happen(Event::RedisForgets);
    let mut after = [0, 0];
    for (instance, after) in after.iter_mut().enumerate() {
        while world.ask_to_the_end(instance, 1).is_allowed() {
            *after += 1;
        }
    }
    assert!(
        after[0] <= 60,
        "the first claims its own 40, but does not know the other's: {after:?}"
    );
    assert!(after[1] <= 5, "the second finds the first's claim: {after:?}");
}

#[test]
fn governor_keeps_a_burst_across_the_edge_of_a_window_from_doubling() {
    let mut world = World::new(LIMIT, 0, &[0]);
    world.happen(Event::RedisGoes);
    world.happen(Event::Pass { ms: 990 });
    while world.ask_to_the_end(0, 1).is_allowed() {}
    world.happen(Event::Pass { ms: 20 });
    let mut after = 0;
    while world.ask_to_the_end(0, 1).is_allowed() {
        after += 1;
    }
    assert!((1..=3).contains(&after), "{after}: what 20 ms have brought back");
}

#[test]
fn going_over_the_limit_once_is_a_warning_and_again_a_block() {
    let mut world = World::new(LIMIT, 3_600_000, &[0]);
    let mut reasons = Vec::new();
    for _ in 0..4 {
        while world.ask_to_the_end(0, 1).is_allowed() {}
        let Decision::Deny(denial) = world.ask_to_the_end(0, 1) else {
            unreachable!("it was denied before")
        };
        assert!(denial.retry_after >= 1);
        reasons.push(denial.reason.as_str());
        world.happen(Event::Pass { ms: 1_000 });
    }
    assert_eq!(reasons, ["limited", "blocked", "blocked", "blocked"]);
    assert_eq!(
        world.strikes_told, 3,
        "a warning, a block of one window, one of two after it"
    );
}

#[test]
fn a_strike_made_alone_is_told_when_redis_is_back() {
    let mut world = World::new(LIMIT, 3_600_000, &[0]);
    world.happen(Event::RedisGoes);
    while world.ask_to_the_end(0, 1).is_allowed() {}
    assert_eq!(world.strikes_told, 0);
    world.happen(Event::RedisReturns);
    world.happen(Event::Pass { ms: 1_000 });
    assert!(world.ask_to_the_end(0, 1).is_allowed());
    assert_eq!(world.strikes_told, 1);
}

#[test]
fn what_costs_more_than_is_left_is_refused_and_costs_nothing() {
    let mut world = World::new(LIMIT, 0, &[0]);
    assert!(world.ask_to_the_end(0, 90).is_allowed());
    let Decision::Deny(denial) = world.ask_to_the_end(0, 11) else {
        panic!("11 are more than 10")
    };
    assert_eq!(denial.quota.remaining, 10);
    assert!(world.ask_to_the_end(0, 10).is_allowed());
    assert!(!world.ask_to_the_end(0, 101).is_allowed());
}

#[test]
fn an_instance_whose_clock_ran_ahead_remembers_what_it_spent_in_the_window_it_returns_to() {
    let mut world = World::new(LIMIT, 0, &[100]);
    world.happen(Event::Request {
        instance: 0,
        cost: 60,
    });
    // So slow an answer tells too little of the time to set the clock right.
    world.happen(Event::Pass { ms: 200 });
    world.happen(Event::Execute { which: 0 });
    world.happen(Event::Deliver { which: 0 });
    assert_eq!(world.most_accepted(), 60);
    world.happen(Event::Pass { ms: 720 });
    assert!(
        !world.ask_to_the_end(0, 60).is_allowed(),
        "its clock shows the next window, redis's does not"
    );
    assert!(world.ask_to_the_end(0, 40).is_allowed());
}
