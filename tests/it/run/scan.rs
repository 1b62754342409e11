//! What measuring costs: one scan however many questions, and bounded memory.

use lockgate::engine::{Engine, Question, scan_plan};
use lockgate::expect::{Measure, ident};
use lockgate::outcome::Gate;
use lockgate::sample::{Plan, write};
use std::path::Path;

use crate::support::{Scratch, wait};

/// The leads project over made-up files.
fn leads(rows: u64, months: u32) -> Scratch {
    let leads = Scratch::of(Path::new(env!("CARGO_MANIFEST_DIR")));
    let plan = Plan {
        rows,
        months,
        seed: 3,
        faults: Vec::new(),
    };
    write(&plan, &leads.data()).expect("a sample");
    leads
}

#[test]
fn all_row_and_value_questions_of_a_model_are_answered_by_one_scan() {
    let leads = leads(40, 1);
    leads.run_as(|options| options.select = vec!["+stg_leads_source_2".to_owned()]);
    let (project, warehouse) = (leads.project(), leads.warehouse());
    for name in ["base_leads_source_2", "stg_leads_source_2"] {
        let model = project.model(name).expect("a model").clone();
        let (project, warehouse) = (project.clone(), warehouse.clone());
        let (plan, asked) = wait(async move {
            let engine = Engine::new(None).expect("an engine");
            let tables = engine.put_published(&warehouse, &project).await;
            tables.expect("the published tables");
            let table = ident(&model.name);
            let questions: Vec<Question<'_>> = model
                .expectations
                .iter()
                .map(|expectation| Question::new(expectation, &table, None, 19_800))
                .filter(|question| {
                    matches!(
                        question.measure,
                        Measure::Rows { .. } | Measure::Value { .. }
                    )
                })
                .collect();
            let plan = scan_plan(&engine, &table, &questions).await;
            (plan.expect("a plan"), questions.len())
        });
        assert!(asked >= 10, "{name} asks only {asked}");
        let scans = plan.matches("DataSourceExec").count();
        assert_eq!(scans, 1, "{name}:\n{plan}");
        let aggregates = plan.matches("AggregateExec").count();
        assert!(
            aggregates <= 2,
            "{name}: one aggregate, in two steps at most:\n{plan}"
        );
    }
}

#[test]
fn a_run_with_little_memory_comes_to_its_end() {
    let leads = leads(1_000, 2);
    let run = leads.run_as(|options| options.memory = Some(64 * 1024 * 1024));
    for model in &run.models {
        assert_eq!(model.gate, Gate::Open, "{}: {:?}", model.name, model.note);
    }
}
