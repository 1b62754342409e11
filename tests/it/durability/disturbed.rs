//! Runs killed at any instant, and runs at the same time, leave what one run alone leaves.
//!
//! The short forms run with the other tests. The whole loops:
//!
//! ```text
//! cargo test --test it -- --ignored --nocapture durability::disturbed
//! ```

use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::support::Dice;

use super::world::{PHASES, Phase, World};

/// What a run alone leaves of a phase, and how long it takes.
struct Alone {
    phase: Phase,
    before: World,
    args: Vec<String>,
    left: std::collections::BTreeMap<String, Vec<String>>,
    lasts: Duration,
}

fn alone(phase: Phase) -> Alone {
    let (before, args) = World::before(phase);
    let world = before.copy();
    let started = Instant::now();
    world.run(&args);
    let lasts = started.elapsed();
    let mut left = world.left();
    if phase == Phase::Supersede {
        // Said once more, it is done once more, and the file counts as new once more.
        left.remove("files");
    }
    Alone {
        phase,
        left,
        before,
        args,
        lasts,
    }
}

/// Kills a run after a share of its time, lets another come to its end, and compares. Whether the
/// run was killed before its end.
fn kill(alone: &Alone, share: f64) -> bool {
    let world = alone.before.copy();
    let mut run = world.start(&alone.args);
    sleep(alone.lasts.mul_f64(share).max(Duration::from_millis(1)));
    let ended = run.try_wait().expect("the run's state").is_some();
    run.kill().expect("the run is killed");
    run.wait().expect("the run is gone");
    let done = world
        .start(&alone.args)
        .wait_with_output()
        .expect("it ends");
    let told = String::from_utf8_lossy(&done.stderr);
    let out = alone.phase == Phase::Withdraw && told.contains("no row of it has come in");
    let when = format!("{:?} killed at {share:.3}", alone.phase);
    assert!(done.status.success() || out, "{when}: {told}");
    if out {
        world.run(&[]);
    }
    world.is_as(&alone.left, &when);
    !ended
}

fn kills(count: usize, seed: u64) {
    let mut dice = Dice(seed);
    let mut killed = 0;
    let alone: Vec<Alone> = PHASES.into_iter().map(alone).collect();
    for n in 0..count {
        let alone = &alone[n % alone.len()];
        let share = dice.roll(1000) as f64 / 1000.0;
        let share = match alone.phase {
            Phase::History => 0.7 + 0.4 * share,
            _ => 1.05 * share,
        };
        killed += usize::from(kill(alone, share));
    }
    println!("{killed} of {count} runs were killed before their end");
    assert!(killed * 2 >= count, "{killed} of {count} were killed");
}

/// Starts some runs at random offsets, and compares what all of them left.
fn together(alone: &Alone, runs: usize, dice: &mut Dice) {
    let world = alone.before.copy();
    let mut started = Vec::new();
    let mut when = format!("{:?}, runs after", alone.phase);
    for n in 0..runs {
        let share = dice.roll(1000) as f64 / 1000.0 / runs as f64;
        if n > 0 {
            sleep(alone.lasts.mul_f64(share));
            when.push_str(&format!(" {share:.3}"));
        }
        started.push(world.start(&alone.args));
    }
    for run in started {
        let done = run.wait_with_output().expect("it ends");
        let told = String::from_utf8_lossy(&done.stderr);
        let out = alone.phase == Phase::Withdraw && told.contains("no row of it has come in");
        assert!(
            done.status.success() || out,
            "{when}: {}: {told}",
            done.status
        );
    }
    world.is_as(&alone.left, &when);
}

fn pairs_and_fives(pairs: usize, fives: usize, seed: u64) {
    let mut dice = Dice(seed);
    let alone: Vec<Alone> = PHASES.into_iter().map(alone).collect();
    for n in 0..pairs {
        together(&alone[n % alone.len()], 2, &mut dice);
    }
    for n in 0..fives {
        together(&alone[n % alone.len()], 5, &mut dice);
    }
    println!("{pairs} pairs and {fives} fives left what one run leaves");
}

/// A count from the environment, for a loop that is shorter or longer than the promised one.
fn asked(name: &str, usual: usize) -> usize {
    let asked = std::env::var(name).ok();
    asked.and_then(|text| text.parse().ok()).unwrap_or(usual)
}

#[test]
fn a_run_killed_in_any_phase_and_run_again_leaves_what_a_run_alone_leaves() {
    kills(6, 1);
}

#[test]
fn runs_at_the_same_time_leave_what_a_run_alone_leaves() {
    pairs_and_fives(6, 1, 2);
}

#[test]
#[ignore = "a loop of minutes"]
fn a_thousand_kills() {
    kills(asked("LOCKGATE_KILLS", 1000), 3);
}

#[test]
#[ignore = "a loop of minutes"]
fn three_hundred_pairs_and_fifty_fives() {
    pairs_and_fives(asked("LOCKGATE_PAIRS", 300), asked("LOCKGATE_FIVES", 50), 4);
}
