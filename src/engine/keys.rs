use datafusion::common::TableReference;
use datafusion::logical_expr::LogicalPlan;
pub enum Proof {
    Proved { why: String },
    NotEstablished,
}
pub fn prove(
    _: &LogicalPlan,
    _: &[String],
    _: &dyn Fn(&TableReference) -> Vec<Vec<String>>,
) -> Proof {
    Proof::NotEstablished
}
