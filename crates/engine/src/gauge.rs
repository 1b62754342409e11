//! Measuring rows while they pass by on their way into staged files, so that a
//! gate needs no second read.

use std::sync::{Arc, Mutex};

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use datafusion::catalog::streaming::StreamingTable;
use datafusion::common::{DataFusionError, Result};
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::streaming::PartitionStream;
use futures::stream;
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::task::JoinHandle;

use lockgate_core::error::Error;
use lockgate_core::outcome::{Metric, Number};

use super::Engine;
use super::key_counts::{KeyCounters, KeyCounts, KeySet};
use super::measure::{Question, numbers_of, one_scan};

/// Batches on their way to the aggregate.
const WAITING: usize = 4;

/// What was measured in passing; what could not be is asked of the staged rows.
#[derive(Debug, Default)]
pub struct Passed {
    /// The values of the one aggregate, the row count first.
    pub(super) numbers: Option<Vec<Option<Number>>>,
    /// What the hashes of the keys asked about say.
    pub(super) keys: KeyCounts,
    /// For each question that sets rows aside, in order, how many.
    pub(super) aside: Vec<Metric>,
}

/// Takes in every batch of a table once.
pub struct Gauge {
    sender: Option<Sender<RecordBatch>>,
    aggregate: Option<JoinHandle<Result<Vec<Option<Number>>>>>,
    keys: KeyCounters,
}

impl Gauge {
    /// Gets ready to measure a table `name` (quoted as `table` in SQL) of `schema`.
    ///
    /// # Errors
    /// The session refuses the table; a question that does not plan is left for later.
    pub async fn start(
        engine: &Engine,
        name: &str,
        table: &str,
        schema: SchemaRef,
        questions: &[Question<'_>],
    ) -> lockgate_core::error::Result<Self> {
        let failed = |error| Error::engine(format!("measuring {name}"), error);
        let (sender, receiver) = channel(WAITING);
        let passing = Arc::new(Passing {
            schema: schema.clone(),
            receiver: Mutex::new(Some(receiver)),
        });
        let streaming = StreamingTable::try_new(schema.clone(), vec![passing]).map_err(failed)?;
        engine.put(name, Arc::new(streaming))?;
        let frame = engine.frame(&one_scan(table, questions)).await;
        engine.drop_table(name)?;
        let aggregate = frame
            .ok()
            .map(|frame| tokio::spawn(async move { numbers_of(&frame.collect().await?) }));
        let keys = KeyCounters::new(engine, &schema, &KeySet::all(questions), 1);
        Ok(Self {
            sender: Some(sender),
            aggregate,
            keys,
        })
    }

    pub async fn push(&mut self, batch: &RecordBatch) {
        self.keys.push(batch);
        if let Some(sender) = &self.sender
            && sender.send(batch.clone()).await.is_err()
        {
            self.sender = None;
        }
    }

    /// What the rows that passed came to.
    pub async fn finish(mut self) -> Passed {
        self.sender = None;
        let numbers = match self.aggregate {
            Some(aggregate) => aggregate.await.ok().and_then(Result::ok),
            None => None,
        };
        Passed {
            numbers,
            keys: self.keys.finish(),
            aside: Vec::new(),
        }
    }
}

/// The batches as a table that can be read once.
struct Passing {
    schema: SchemaRef,
    receiver: Mutex<Option<Receiver<RecordBatch>>>,
}

impl std::fmt::Debug for Passing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("rows passing by")
    }
}

impl PartitionStream for Passing {
    fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    fn execute(&self, _: Arc<TaskContext>) -> SendableRecordBatchStream {
        let receiver = self
            .receiver
            .lock()
            .ok()
            .and_then(|mut receiver| receiver.take());
        let rows = stream::unfold(receiver.ok_or(()), |receiver| async move {
            match receiver {
                Ok(mut receiver) => {
                    let batch = receiver.recv().await?;
                    Some((Ok(batch), Ok(receiver)))
                }
                Err(()) => {
                    let twice = "rows that pass by can be read once".to_owned();
                    Some((Err(DataFusionError::Execution(twice)), Err(())))
                }
            }
        });
        Box::pin(RecordBatchStreamAdapter::new(self.schema.clone(), rows))
    }
}
