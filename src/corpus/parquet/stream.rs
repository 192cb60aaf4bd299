//! A file as a stream of JSON lines: groups of rows are decoded ahead by threads of their own.

use super::columns::Columns;
use super::fault::{broken, within};
use super::leaf;
use super::rows::RowWriter;
use super::source::Source;
use parquet::file::metadata::{ParquetMetaData, RowGroupMetaData};
use std::collections::VecDeque;
use std::io::{self, BufRead, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

/// Bytes of lines that are handed on at once.
const CHUNK: usize = 256 << 10;
/// Chunks of a group of rows that wait to be read.
const WAITING: usize = 16;
/// Groups of rows that are decoded at once.
const AHEAD: usize = 2;

/// Message of a thread that decodes a group of rows.
enum Message {
    Lines(Vec<u8>),
    /// The group has no more rows.
    End,
    Broken(io::Error),
}

/// A file and the columns to read, as its threads share them.
pub(super) struct ParquetFile {
    pub source: Arc<Source>,
    pub description: ParquetMetaData,
    pub columns: Columns,
    /// The most bytes of a row.
    pub max_row: usize,
}

/// The rows of a file as JSON lines.
pub(super) struct JsonLines {
    file: Arc<ParquetFile>,
    /// The next group of rows, and the number of rows before it.
    next: usize,
    rows: u64,
    /// The groups that are being decoded.
    decoded: VecDeque<Receiver<Message>>,
    chunk: Vec<u8>,
    at: usize,
}

impl JsonLines {
    pub fn new(file: ParquetFile) -> Self {
        JsonLines {
            file: Arc::new(file),
            next: 0,
            rows: 0,
            decoded: VecDeque::new(),
            chunk: Vec::new(),
            at: 0,
        }
    }

    /// Begins to decode the next groups of rows.
    fn begin(&mut self) -> io::Result<()> {
        let groups = self.file.description.row_groups();
        // On one thread, no more than the next group is decoded beside what is made of the rows.
        let ahead = AHEAD.min(rayon::current_num_threads());
        while self.decoded.len() < ahead && self.next < groups.len() {
            let (send, receive) = sync_channel(WAITING);
            let group = Group {
                file: self.file.clone(),
                number: self.next,
                first_row: self.rows,
            };
            let rows = u64::try_from(groups[self.next].num_rows());
            self.rows += rows.map_err(|_| broken("a group of rows has less than none"))?;
            self.next += 1;
            thread::Builder::new()
                .name("parquet".to_string())
                .spawn(move || group.send(&send))?;
            self.decoded.push_back(receive);
        }
        Ok(())
    }

    /// Receives the next lines; none at the end.
    fn receive(&mut self) -> io::Result<()> {
        (self.chunk, self.at) = (Vec::new(), 0);
        while self.chunk.is_empty() {
            self.begin()?;
            let Some(group) = self.decoded.front() else {
                return Ok(());
            };
            match group.recv() {
                Ok(Message::Lines(lines)) => self.chunk = lines,
                Ok(Message::End) => drop(self.decoded.pop_front()),
                Ok(Message::Broken(error)) => return Err(error),
                Err(_) => return Err(io::Error::other("a thread has ended")),
            }
        }
        Ok(())
    }
}

impl BufRead for JsonLines {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.at == self.chunk.len() {
            self.receive()?;
        }
        Ok(&self.chunk[self.at..])
    }

    fn consume(&mut self, length: usize) {
        self.at += length;
    }
}

impl Read for JsonLines {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let ready = self.fill_buf()?;
        let length = ready.len().min(out.len());
        out[..length].copy_from_slice(&ready[..length]);
        self.consume(length);
        Ok(length)
    }
}

/// A group of rows that a thread decodes.
struct Group {
    file: Arc<ParquetFile>,
    number: usize,
    /// The number of rows before it.
    first_row: u64,
}

impl Group {
    /// Sends the rows of the group, until nobody receives them any more.
    fn send(&self, send: &SyncSender<Message>) {
        // The reader of the format may panic on pages that are broken in a way that it did not
        // foresee, which must be an error of the file and nothing else.
        let sent = catch_unwind(AssertUnwindSafe(|| self.lines(send)));
        let sent = sent.unwrap_or_else(|_| {
            let (from, name) = (self.first_row + 1, "a page cannot be decoded");
            Err(broken(format!("{name}, of the rows from {from} on")))
        });
        let last = match sent {
            Ok(()) => Message::End,
            Err(error) => Message::Broken(error),
        };
        // Nobody receives it where the reader is gone, which is all right.
        let _ = send.send(last);
    }

    fn lines(&self, send: &SyncSender<Message>) -> io::Result<()> {
        let file = &*self.file;
        let group = file.description.row_group(self.number);
        let (mut leaves, mut at_once) = (Vec::new(), usize::MAX);
        for column in &file.columns.leaves {
            let opened = leaf::open(&file.source, group, column);
            let (leaf, rows) = opened.map_err(|e| within(&place(group, column.number), e))?;
            leaves.push(leaf);
            at_once = at_once.min(rows);
        }
        let rows = usize::try_from(group.num_rows()).unwrap_or(0);
        let (mut done, mut out) = (0, Vec::new());
        while done < rows {
            // Without columns there is nothing to decode, and rows are empty.
            let batch = at_once.min(rows - done).min(CHUNK);
            for (leaf, column) in leaves.iter_mut().zip(&file.columns.leaves) {
                let filled = leaf.fill(batch);
                filled.map_err(|e| within(&place(group, column.number), e))?;
            }
            for row in done..done + batch {
                let end = out.len().saturating_add(file.max_row);
                let mut writer = RowWriter {
                    leaves: &mut leaves,
                    out: &mut out,
                    end,
                };
                let number = self.first_row + row as u64 + 1;
                let written = writer.row(&file.columns.row);
                written.map_err(|e| within(&format!("row {number}"), e))?;
                if out.len() >= CHUNK && !hand_on(send, &mut out) {
                    return Ok(());
                }
            }
            done += batch;
        }
        hand_on(send, &mut out);
        Ok(())
    }
}

/// Returns the column of a file for a message.
fn place(group: &RowGroupMetaData, column: usize) -> String {
    format!("column `{}`", group.column(column).column_path().string())
}

/// Hands lines on; false where nobody receives them any more.
fn hand_on(send: &SyncSender<Message>, lines: &mut Vec<u8>) -> bool {
    let full = std::mem::replace(lines, Vec::with_capacity(CHUNK + CHUNK / 8));
    full.is_empty() || send.send(Message::Lines(full)).is_ok()
}
