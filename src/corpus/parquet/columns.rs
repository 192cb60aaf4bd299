//! The columns of a file that are read, as trees that rows are written by.

use super::footer::ClassNames;
use super::scalar::Meaning;
use crate::corpus::alike::same;
use crate::corpus::format::ColumnSelection;
use parquet::basic::{ConvertedType, LogicalType, Repetition};
use parquet::file::metadata::ParquetMetaData;
use parquet::schema::types::Type;
use std::sync::Arc;

/// A column of the rows, of any type.
#[derive(Debug)]
pub(super) struct Node {
    pub form: Form,
    /// The definition level from which on there is a value; below it, it is null.
    pub definition: i16,
    /// The numbers of the leaves that it is read from.
    pub leaves: std::ops::Range<usize>,
}

/// The form of a column's values.
#[derive(Debug)]
pub(super) enum Form {
    /// A value; its leaf is the first one of the node.
    Value,
    /// An object, with the beginning of each member: its name and a colon.
    Object(Vec<(Vec<u8>, Node)>),
    /// A list, which has an element from a definition level on, and goes on at a repetition level.
    List {
        element: Box<Node>,
        definition: i16,
        repetition: i16,
    },
}

/// A column of the file that values are read from.
#[derive(Debug)]
pub(super) struct LeafColumn {
    /// Its number in the file.
    pub number: usize,
    pub meaning: Meaning,
}

/// The columns that are read: an object for each row, and its leaves.
#[derive(Debug)]
pub(super) struct Columns {
    pub row: Node,
    pub leaves: Vec<LeafColumn>,
}

impl Columns {
    /// Chooses the columns that are asked for, or all where one of those that are named is not
    /// there, so that messages can name the columns that are.
    pub fn choose(file: &ParquetMetaData, wanted: Option<&ColumnSelection>) -> Self {
        let schema = file.file_metadata().schema_descr();
        let fields = schema.root_schema().get_fields();
        let has = |name: &str| fields.iter().any(|field| same(field.name(), name));
        let wanted = wanted.filter(|wanted| wanted.named.iter().all(|column| has(&column.0)));
        let is_read = |name: &str| wanted.is_none_or(|wanted| wanted.has(name));
        let classes = ClassNames::of(file);
        let mut tree = Tree::default();
        let mut members = Vec::new();
        for field in fields {
            let classes = classes.of_column(field.name());
            tree.is_read = is_read(field.name());
            let node = tree.field(field, [0, 0], classes.as_ref());
            if tree.is_read {
                members.push((key(field.name()), node));
            }
        }
        Columns {
            row: Node {
                form: Form::Object(members),
                definition: 0,
                leaves: 0..tree.leaves.len(),
            },
            leaves: tree.leaves,
        }
    }
}

/// Returns the name of a member as JSON, and a colon.
fn key(name: &str) -> Vec<u8> {
    format!("{}:", serde_json::Value::from(name)).into_bytes()
}

/// The columns so far.
#[derive(Default)]
struct Tree {
    leaves: Vec<LeafColumn>,
    /// The number of the file's next leaf.
    next: usize,
    is_read: bool,
}

type Classes<'a> = Option<&'a Arc<[String]>>;

impl Tree {
    /// Makes the node of a field, whose parents have these levels of definition and repetition.
    fn field(&mut self, field: &Type, levels: [i16; 2], classes: Classes) -> Node {
        let [definition, repetition] = levels;
        match repetition_of(field) {
            Repetition::REQUIRED => self.present(field, levels, classes),
            Repetition::OPTIONAL => self.present(field, [definition + 1, repetition], classes),
            Repetition::REPEATED => {
                let levels = [definition + 1, repetition + 1];
                let element = self.present(field, levels, classes);
                list(element, definition, levels)
            }
        }
    }

    /// Makes the node of a field that is there.
    fn present(&mut self, field: &Type, levels: [i16; 2], classes: Classes) -> Node {
        let first = self.leaves.len();
        if field.is_primitive() {
            if self.is_read {
                self.leaves.push(LeafColumn {
                    number: self.next,
                    meaning: Meaning::of(field, classes),
                });
            }
            self.next += 1;
            return Node {
                form: Form::Value,
                definition: levels[0],
                leaves: first..self.leaves.len(),
            };
        }
        if let Some(repeated) = repeated_child(field) {
            return self.list_of(repeated, levels, classes);
        }
        let members = field.get_fields().iter();
        let members = members.map(|field| (key(field.name()), self.field(field, levels, None)));
        Node {
            form: Form::Object(members.collect()),
            definition: levels[0],
            leaves: first..self.leaves.len(),
        }
    }

    /// Makes the node of a list whose elements are those of a repeated field, or of the field in
    /// it.
    fn list_of(&mut self, repeated: &Type, levels: [i16; 2], classes: Classes) -> Node {
        let inside = [levels[0] + 1, levels[1] + 1];
        let element = match wrapped(repeated) {
            Some(element) => self.field(element, inside, classes),
            None => self.present(repeated, inside, classes),
        };
        list(element, levels[0], inside)
    }
}

fn list(element: Node, definition: i16, inside: [i16; 2]) -> Node {
    Node {
        definition,
        leaves: element.leaves.clone(),
        form: Form::List {
            element: Box::new(element),
            definition: inside[0],
            repetition: inside[1],
        },
    }
}

fn repetition_of(field: &Type) -> Repetition {
    let info = field.get_basic_info();
    match info.has_repetition() {
        true => info.repetition(),
        false => Repetition::REQUIRED,
    }
}

/// Returns the repeated field in a group that is a list or a map.
fn repeated_child(group: &Type) -> Option<&Type> {
    let info = group.get_basic_info();
    let by_logical = matches!(
        info.logical_type_ref(),
        Some(LogicalType::List | LogicalType::Map)
    );
    let by_converted = matches!(
        info.converted_type(),
        ConvertedType::LIST | ConvertedType::MAP | ConvertedType::MAP_KEY_VALUE
    );
    match group.get_fields() {
        [child] if by_logical || by_converted => {
            (repetition_of(child) == Repetition::REPEATED).then_some(child)
        }
        _ => None,
    }
}

/// Returns the element of a list in the group around it, by the format's rules for old files.
fn wrapped(repeated: &Type) -> Option<&Type> {
    if repeated.is_primitive() || repeated.name() == "array" || repeated.name().ends_with("_tuple")
    {
        return None;
    }
    match repeated.get_fields() {
        [element] if repetition_of(element) != Repetition::REPEATED => Some(element),
        _ => None,
    }
}
