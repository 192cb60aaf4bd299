//! JSON lines, answered while they come.
//!
//! One task cuts the body into blocks of whole lines, another answers them one after the other.
//! Between the two, and between the second and the client, only so many blocks may wait, so that a
//! stream of any length takes the memory of a few blocks. A client that writes and does not read is
//! therefore waited for, until the time limit of its connection.

use super::admission::Admitted;
use super::app::App;
use super::body::{next_part_within, pieces};
use super::problem::{Problem, ProblemKind};
use super::rows::{Answer, Asked, error_line, too_long, too_many};
use axum::body::{Body, Bytes};
use std::sync::Arc;
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::task::spawn_blocking;

/// Blocks that may wait to be answered.
const AHEAD: usize = 4;
/// Bytes of blocks that are answered together.
const BATCH: usize = 1 << 20;

/// A part of a body.
enum Block {
    /// Whole lines, the first of which has this number.
    Lines(Vec<u8>, u64),
    /// A line above the limit, which has this number and was passed over.
    TooLong(u64),
    /// The end of a body that is not whole, at this line.
    Failed(Problem, u64),
}

/// Answers a body, of which a part is there, line by line; returns the body of the answer.
pub fn answer(app: Arc<App>, asked: Asked, body: (Bytes, Body), admitted: Admitted) -> Body {
    let (send, blocks) = channel(AHEAD);
    let (pieces, answers) = pieces();
    tokio::spawn(read(app.clone(), body, asked.served.max_row, send));
    tokio::spawn(async move {
        // What runs counts until its last row.
        let counted = app.clone();
        let _running = counted.metrics.running();
        let _admitted = admitted;
        let writer = Writer { app, asked, pieces };
        writer.run(blocks).await;
    });
    answers
}

async fn read(
    app: Arc<App>,
    (first, mut body): (Bytes, Body),
    max_row: usize,
    blocks: Sender<Block>,
) {
    let mut cutter = Cutter::new(max_row);
    let mut next = Ok(Some(first));
    loop {
        let (last, parts) = match next {
            Ok(Some(part)) => (false, cutter.push(&part)),
            Ok(None) => (true, cutter.end()),
            Err(problem) => (true, vec![Block::Failed(problem, cutter.line)]),
        };
        for block in parts {
            if blocks.send(block).await.is_err() {
                return;
            }
        }
        if last {
            return;
        }
        next = next_part_within(&mut body, app.limits.timeout).await;
    }
}

/// Cuts bytes into blocks of whole lines.
struct Cutter {
    held: Vec<u8>,
    /// The number of the line that is held in part.
    line: u64,
    /// The rest of a line above the limit comes next.
    skipping: bool,
    most: usize,
}

impl Cutter {
    fn new(most: usize) -> Self {
        Cutter {
            held: Vec::new(),
            line: 1,
            skipping: false,
            most,
        }
    }

    fn push(&mut self, mut part: &[u8]) -> Vec<Block> {
        let mut blocks = Vec::new();
        if self.skipping {
            let Some(end) = memchr::memchr(b'\n', part) else {
                return blocks;
            };
            part = &part[end + 1..];
            (self.skipping, self.line) = (false, self.line + 1);
        }
        if let Some(end) = memchr::memrchr(b'\n', part) {
            let mut lines = std::mem::take(&mut self.held);
            lines.extend_from_slice(&part[..=end]);
            let count = memchr::memchr_iter(b'\n', &lines).count() as u64;
            blocks.push(Block::Lines(lines, self.line));
            self.line += count;
            part = &part[end + 1..];
        }
        self.held.extend_from_slice(part);
        if self.held.len() > self.most {
            blocks.push(Block::TooLong(self.line));
            (self.held, self.skipping) = (Vec::new(), true);
        }
        blocks
    }

    /// Returns the last line, which may lack its end.
    fn end(&mut self) -> Vec<Block> {
        match self.held.is_empty() {
            true => Vec::new(),
            false => vec![Block::Lines(std::mem::take(&mut self.held), self.line)],
        }
    }
}

/// Returns the rows of a block with their numbers: blank lines are none, and lines end in LF or CR
/// LF.
fn rows(block: &[u8], first: u64) -> Vec<(u64, &[u8])> {
    const MARK: &[u8] = b"\xef\xbb\xbf";
    let lines = block.split(|&byte| byte == b'\n').zip(first..);
    let rows = lines.map(|(row, line)| (line, row.strip_prefix(MARK).unwrap_or(row).trim_ascii()));
    rows.filter(|(_, row)| !row.is_empty()).collect()
}

/// Answers blocks in their order.
struct Writer {
    app: Arc<App>,
    asked: Asked,
    pieces: Sender<Bytes>,
}

impl Writer {
    async fn run(self, mut blocks: Receiver<Block>) {
        let mut left = self.asked.most;
        while let Some(first) = blocks.recv().await {
            let batch = batch(first, &mut blocks);
            let Some(working) = self.app.admission.work_on().await else {
                return;
            };
            let asked = self.asked.clone();
            let answered = spawn_blocking(move || {
                let _working = working;
                answer_blocks(&asked, batch, left)
            });
            let (answer, ended) = answered.await.unwrap_or_else(|_| {
                let problem = Problem::new(ProblemKind::Internal, "the rows could not be answered");
                (Answer::of_problem(problem, 0), true)
            });
            self.app.metrics.rows(&answer);
            left -= (answer.scored + answer.broken).min(left);
            if !self.send(answer.json).await || ended {
                return;
            }
        }
    }

    /// Hands a piece on; false where the client is gone, or was left because it does not read.
    async fn send(&self, json: String) -> bool {
        json.is_empty() || self.pieces.send(json.into()).await.is_ok()
    }
}

/// Returns a block with those that wait behind it, up to the size of a batch.
fn batch(first: Block, blocks: &mut Receiver<Block>) -> Vec<Block> {
    let size = |block: &Block| match block {
        Block::Lines(lines, _) => lines.len(),
        _ => 0,
    };
    let (mut total, mut batch) = (size(&first), vec![first]);
    while total < BATCH {
        let Ok(block) = blocks.try_recv() else { break };
        total += size(&block);
        batch.push(block);
    }
    batch
}

/// Answers blocks of at most so many rows; true where the stream ends with them.
fn answer_blocks(asked: &Asked, batch: Vec<Block>, left: u64) -> (Answer, bool) {
    let mut all = Answer::default();
    for block in batch {
        let left = left - (all.scored + all.broken).min(left);
        match block {
            Block::Lines(lines, first) => {
                let rows = rows(&lines, first);
                let taken = rows.len().min(usize::try_from(left).unwrap_or(usize::MAX));
                all.add(asked.answer_lines(&rows[..taken]));
                if let Some((line, _)) = rows.get(taken) {
                    all.add(Answer::of_problem(too_many(asked.most), *line));
                    return (all, true);
                }
            }
            Block::TooLong(line) => {
                all.add(Answer::of_problem(too_long(asked.served.max_row), line));
            }
            Block::Failed(problem, line) => {
                all.add(Answer::of_problem(problem, line));
                return (all, true);
            }
        }
    }
    (all, false)
}

impl Answer {
    fn of_problem(problem: Problem, line: u64) -> Self {
        Answer {
            json: error_line(problem, line),
            scored: 0,
            broken: 1,
        }
    }

    fn add(&mut self, other: Answer) {
        self.json += &other.json;
        self.scored += other.scored;
        self.broken += other.broken;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(parts: &[&str], most: usize) -> Vec<(u64, String)> {
        let mut cutter = Cutter::new(most);
        let mut blocks: Vec<Block> = parts
            .iter()
            .flat_map(|part| cutter.push(part.as_bytes()))
            .collect();
        blocks.extend(cutter.end());
        let row = |(line, row): (u64, &[u8])| (line, String::from_utf8_lossy(row).into_owned());
        let of = |block: &Block| match block {
            Block::Lines(lines, first) => rows(lines, *first).into_iter().map(row).collect(),
            Block::TooLong(line) => vec![(*line, "…".to_string())],
            Block::Failed(..) => vec![],
        };
        blocks.iter().flat_map(of).collect()
    }

    #[test]
    fn lines_do_not_depend_on_the_parts_in_which_they_come() {
        let text = "\u{feff}a\r\n\n \nbcdefgh\ncd\nefghijk";
        let of = |rows: &[(u64, &str)]| -> Vec<(u64, String)> {
            rows.iter()
                .map(|(line, row)| (*line, row.to_string()))
                .collect()
        };
        let whole = of(&[(1, "a"), (4, "bcdefgh"), (5, "cd"), (6, "efghijk")]);
        let bytes: Vec<&str> = text.split_inclusive(|_| true).collect();
        assert_eq!(cut(&[text], 9), whole);
        assert_eq!(cut(&bytes, 9), whole);
        // What is held above the limit is not kept; whole lines are measured when answered.
        let short = of(&[(1, "a"), (4, "…"), (5, "cd"), (6, "…")]);
        assert_eq!(cut(&bytes, 5), short);
    }
}
