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

use crate::error::Error;
use crate::expect::Measure;
use crate::outcome::{Metric, Number};

use super::Engine;
use super::measure::{Question, numbers_of, one_scan};
use super::unique::{KeyCount, KeyCounter};

/// Batches on their way to the aggregate.
const WAITING: usize = 4;

/// What was measured in passing; what could not be is asked of the staged rows.
#[derive(Debug, Default)]
pub struct Passed {
    /// The values of the one aggregate, the row count first.
    pub(super) numbers: Option<Vec<Option<Number>>>,
    /// For each question of uniqueness, in order, what its hashes say.
    pub(super) keys: Vec<Option<KeyCount>>,
    /// For each question that sets rows aside, in order, how many.
    pub(super) aside: Vec<Metric>,
}

/// Takes in every batch of a table once.
pub struct Gauge {
    sender: Option<Sender<RecordBatch>>,
    aggregate: Option<JoinHandle<Result<Vec<Option<Number>>>>>,
    keys: Vec<Option<KeyCounter>>,
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
    ) -> crate::error::Result<Self> {
        let failed = |error| Error::engine(format!("measuring {name}"), error);
        let (sender, receiver) = channel(WAITING);
        let passing = Arc::new(Passing {
            schema: schema.clone(),
            receiver: Mutex::new(Some(receiver)),
        });
        let streaming = StreamingTable::try_new(schema.clone(), vec![passing]).map_err(failed)?;
        engine.put(name, Arc::new(streaming))?;
        let frame = engine.ctx.sql(&one_scan(table, questions)).await;
        engine.drop_table(name)?;
        let aggregate = frame
            .ok()
            .map(|frame| tokio::spawn(async move { numbers_of(&frame.collect().await?) }));
        let mut keys = Vec::new();
        for question in questions {
            if let Measure::Unique {
                columns, skip_null, ..
            } = &question.measure
            {
                let filter = question.filter();
                let counter = KeyCounter::new(engine, &schema, columns, *skip_null, filter);
                keys.push(counter.unwrap_or_default());
            }
        }
        Ok(Self {
            sender: Some(sender),
            aggregate,
            keys,
        })
    }

    pub async fn push(&mut self, batch: &RecordBatch) {
        for counter in &mut self.keys {
            if let Some(keys) = counter
                && keys.push(batch).is_err()
            {
                *counter = None;
            }
        }
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
        let keys = self.keys.into_iter();
        Passed {
            numbers,
            keys: keys.map(|keys| keys?.finish().ok()).collect(),
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
