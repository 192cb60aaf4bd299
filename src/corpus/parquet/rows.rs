//! Rows as JSON lines.

use super::columns::{Form, Node};
use super::leaf::Leaf;
use std::io;

/// A row that is not written to its end.
pub(super) enum Stop {
    /// It is longer than rows may be.
    TooLong,
    /// It cannot be read.
    Broken(io::Error),
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        Stop::Broken(error)
    }
}

/// A row that is being written.
pub(super) struct RowWriter<'a> {
    pub leaves: &'a mut [Box<dyn Leaf>],
    pub out: &'a mut Vec<u8>,
    /// The length of `out` at which the row is too long.
    pub end: usize,
}

impl RowWriter<'_> {
    /// Writes a row and a line end. Of a row that is too long, more than the limit is written, so
    /// that the reader of lines refuses it as any other.
    pub fn row(&mut self, row: &Node) -> io::Result<()> {
        match self.value(row) {
            Ok(()) => {}
            Err(Stop::Broken(error)) => return Err(error),
            Err(Stop::TooLong) => self.out.truncate(self.end + 1),
        }
        self.out.push(b'\n');
        self.leaves.iter_mut().for_each(|leaf| leaf.end_row());
        Ok(())
    }

    fn value(&mut self, node: &Node) -> Result<(), Stop> {
        let first = node.leaves.start;
        if node.leaves.is_empty() {
            self.out.extend_from_slice(b"{}");
            return Ok(());
        }
        if self.leaves[first].definition()? < node.definition {
            self.pass(node);
            self.out.extend_from_slice(b"null");
            return Ok(());
        }
        match &node.form {
            Form::Value => {
                let leaf = &mut self.leaves[first];
                leaf.write(self.out)?;
                leaf.advance();
            }
            Form::Object(members) => self.object(members)?,
            Form::List {
                element,
                definition,
                repetition,
            } => self.list(node, element, *definition, *repetition)?,
        }
        match self.out.len() > self.end {
            true => Err(Stop::TooLong),
            false => Ok(()),
        }
    }

    fn object(&mut self, members: &[(Vec<u8>, Node)]) -> Result<(), Stop> {
        self.out.push(b'{');
        for (at, (key, node)) in members.iter().enumerate() {
            if at > 0 {
                self.out.push(b',');
            }
            self.out.extend_from_slice(key);
            self.value(node)?;
        }
        self.out.push(b'}');
        Ok(())
    }

    fn list(
        &mut self,
        list: &Node,
        element: &Node,
        definition: i16,
        repetition: i16,
    ) -> Result<(), Stop> {
        let first = list.leaves.start;
        self.out.push(b'[');
        if self.leaves[first].definition()? < definition {
            self.pass(list);
        } else {
            self.value(element)?;
            while self.leaves[first].repetition() == repetition {
                self.out.push(b',');
                self.value(element)?;
            }
        }
        self.out.push(b']');
        Ok(())
    }

    /// Passes a null or an empty list, which has a place in each leaf.
    fn pass(&mut self, node: &Node) {
        for leaf in &mut self.leaves[node.leaves.clone()] {
            leaf.advance();
        }
    }
}
