//! Texts in Arrow's memory, through its C data and C stream interfaces.
//!
//! The structs are those of <https://arrow.apache.org/docs/format/CDataInterface.html>. Texts are
//! read where they lie; only validity as UTF-8 is checked, which the interface does not promise to
//! keep. All `unsafe` code rests on that contract: a producer hands over as many buffers of such
//! lengths as the format of a column says, and they stay until `release` is called.
#![allow(unsafe_code)]

use crate::texts::Cell;
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyCapsule, PyCapsuleMethods};
use standpoint::Error;
use std::ffi::{CStr, c_char, c_int, c_void};
use std::ptr::NonNull;

/// Layout of a column, `struct ArrowSchema`.
#[repr(C)]
pub struct Schema {
    format: *const c_char,
    name: *const c_char,
    metadata: *const c_char,
    flags: i64,
    children: i64,
    child: *mut *mut Schema,
    dictionary: *mut Schema,
    release: Option<unsafe extern "C" fn(*mut Schema)>,
    private: *mut c_void,
}

/// Part of a column, `struct ArrowArray`.
#[repr(C)]
pub struct Array {
    length: i64,
    nulls: i64,
    offset: i64,
    buffers: i64,
    children: i64,
    buffer: *const *const c_void,
    child: *mut *mut Array,
    dictionary: *mut Array,
    release: Option<unsafe extern "C" fn(*mut Array)>,
    private: *mut c_void,
}

/// Parts of a column one after the other, `struct ArrowArrayStream`.
#[repr(C)]
pub struct Stream {
    get_schema: Option<unsafe extern "C" fn(*mut Stream, *mut Schema) -> c_int>,
    get_next: Option<unsafe extern "C" fn(*mut Stream, *mut Array) -> c_int>,
    get_last_error: Option<unsafe extern "C" fn(*mut Stream) -> *const c_char>,
    release: Option<unsafe extern "C" fn(*mut Stream)>,
    private: *mut c_void,
}

macro_rules! owned {
    ($($type:ident),+) => {$(
        impl Drop for $type {
            fn drop(&mut self) {
                if let Some(release) = self.release {
                    // SAFETY: the producer gave this function for this struct, and nobody else
                    // has called it, because owning a struct clears it where it came from.
                    unsafe { release(self) }
                }
            }
        }
    )+};
}
owned!(Schema, Array, Stream);

// SAFETY: the interface allows any thread to read an array and to release it.
unsafe impl Send for Array {}
unsafe impl Sync for Array {}

impl Schema {
    fn empty() -> Self {
        // SAFETY: all fields may be zero; `release` is then `None`.
        unsafe { std::mem::zeroed() }
    }
}

impl Array {
    fn empty() -> Self {
        // SAFETY: as above.
        unsafe { std::mem::zeroed() }
    }

    /// Returns the number of cells.
    pub fn len(&self) -> usize {
        usize::try_from(self.length).unwrap_or(0)
    }

    /// Returns buffer `at` from the first element of the column on, if there is one.
    ///
    /// # Safety
    /// `T` must be the type of the buffer's elements.
    unsafe fn buffer_of<T>(&self, at: usize) -> Option<*const T> {
        if at as i64 >= self.buffers {
            return None;
        }
        // SAFETY: there are `buffers` pointers.
        let buffer = unsafe { *self.buffer.add(at) }.cast::<T>();
        NonNull::new(buffer.cast_mut()).map(|_| buffer)
    }

    /// Returns true if cell `at` is null.
    fn is_null(&self, at: usize) -> bool {
        if self.nulls == 0 {
            return false;
        }
        let at = at + self.offset as usize;
        // SAFETY: a bitmap has a bit for every cell; without one, no cell is null.
        match unsafe { self.buffer_of::<u8>(0) } {
            Some(bits) => (unsafe { *bits.add(at / 8) }) >> (at % 8) & 1 == 0,
            None => false,
        }
    }
}

/// Encoding of a column of texts.
#[derive(Clone, Copy)]
enum Layout {
    Utf8,
    LargeUtf8,
    Utf8View,
    /// Numbers of texts in a dictionary.
    Dictionary(Index),
    /// A column without values.
    Null,
}

/// Type of the numbers of a dictionary, by its letter.
#[derive(Clone, Copy)]
struct Index(u8);

/// Column of texts in Arrow's memory.
pub struct Column {
    layout: Layout,
    /// Encoding of the dictionary's texts.
    dictionary: Option<Layout>,
    parts: Vec<Array>,
}

impl Column {
    /// Takes the column of an object that speaks one of the interfaces; `None` if it speaks none.
    pub fn of(texts: &Bound<'_, PyAny>) -> PyResult<Option<Column>> {
        if texts.hasattr("__arrow_c_stream__")? {
            return of_stream(&texts.call_method0("__arrow_c_stream__")?).map(Some);
        }
        if !texts.hasattr("__arrow_c_array__")? {
            return Ok(None);
        }
        let (schema, array): (Bound<'_, PyAny>, Bound<'_, PyAny>) =
            texts.call_method0("__arrow_c_array__")?.extract()?;
        let schema: Schema = taken(&schema, c"arrow_schema", Schema::empty())?;
        let array = taken(&array, c"arrow_array", Array::empty())?;
        Column::new(&schema, vec![array]).map(Some)
    }

    fn new(schema: &Schema, parts: Vec<Array>) -> PyResult<Column> {
        // SAFETY: a format is a string, and a dictionary is a schema or null.
        let format = unsafe { CStr::from_ptr(schema.format) }.to_bytes();
        let dictionary = unsafe { schema.dictionary.as_ref() };
        let (layout, dictionary) = match (dictionary, format) {
            (Some(dictionary), [index]) if b"cCsSiIlL".contains(index) => {
                // SAFETY: as above.
                let format = unsafe { CStr::from_ptr(dictionary.format) }.to_bytes();
                (Some(Layout::Dictionary(Index(*index))), Some(plain(format)))
            }
            (None, format) => (plain(format), None),
            (Some(_), _) => (None, None),
        };
        match (layout, dictionary) {
            (Some(layout), None) => Ok((layout, None)),
            (Some(layout), Some(Some(texts))) => Ok((layout, Some(texts))),
            _ => Err(PyTypeError::new_err(format!(
                "the Arrow column has the format `{}`, expected texts (utf8, large_utf8, \
                 utf8_view, or a dictionary of these)\n  help: select the column of the text",
                String::from_utf8_lossy(format)
            ))),
        }
        .map(|(layout, dictionary)| Column {
            layout,
            dictionary,
            parts,
        })
    }

    /// Calls `each` with every cell, in order.
    pub fn each_cell<'a>(&'a self, mut each: impl FnMut(Cell<'a>)) {
        for part in &self.parts {
            (0..part.len()).for_each(|at| each(self.cell(part, at)));
        }
    }

    fn cell<'a>(&self, part: &'a Array, at: usize) -> Cell<'a> {
        if part.is_null(at) {
            return Cell::Null;
        }
        let Layout::Dictionary(index) = self.layout else {
            return text(part, self.layout, at);
        };
        // SAFETY: an array of a dictionary's numbers has the dictionary.
        let dictionary = unsafe { part.dictionary.as_ref() };
        let number = index.number(part, at);
        match (dictionary, self.dictionary, number) {
            (Some(texts), Some(layout), Some(number)) if number < texts.len() => {
                match texts.is_null(number) {
                    true => Cell::Null,
                    false => text(texts, layout, number),
                }
            }
            _ => Cell::Wrong(Error::data("points outside of its dictionary")),
        }
    }
}

impl Index {
    /// Returns the number in cell `at`.
    fn number(self, part: &Array, at: usize) -> Option<usize> {
        let at = at + part.offset as usize;
        // SAFETY: buffer 1 has numbers of the type that the letter names.
        unsafe {
            match self.0 {
                b'c' => number::<i8>(part, at),
                b'C' => number::<u8>(part, at),
                b's' => number::<i16>(part, at),
                b'S' => number::<u16>(part, at),
                b'i' => number::<i32>(part, at),
                b'I' => number::<u32>(part, at),
                b'l' => number::<i64>(part, at),
                _ => number::<u64>(part, at),
            }
        }
    }
}

/// Returns an element of buffer 1.
///
/// # Safety
/// `T` must be the type of its elements, of which there must be more than `at`.
unsafe fn number<T: Copy + TryInto<usize>>(part: &Array, at: usize) -> Option<usize> {
    // SAFETY: as the caller promises.
    unsafe { (*part.buffer_of::<T>(1)?.add(at)).try_into().ok() }
}

fn plain(format: &[u8]) -> Option<Layout> {
    match format {
        b"u" => Some(Layout::Utf8),
        b"U" => Some(Layout::LargeUtf8),
        b"vu" => Some(Layout::Utf8View),
        b"n" => Some(Layout::Null),
        _ => None,
    }
}

/// Returns the text of a cell that is not null.
fn text(part: &Array, layout: Layout, at: usize) -> Cell<'_> {
    let at = at + part.offset as usize;
    // SAFETY: the buffers are those of the layout.
    let bytes = unsafe {
        match layout {
            Layout::Utf8 => between::<i32>(part, at),
            Layout::LargeUtf8 => between::<i64>(part, at),
            Layout::Utf8View => viewed(part, at),
            Layout::Dictionary(_) | Layout::Null => return Cell::Null,
        }
    };
    match bytes.map(std::str::from_utf8) {
        Some(Ok(text)) => Cell::Text(text),
        Some(Err(_)) => Cell::Wrong(Error::data("is not UTF-8")),
        None => Cell::Wrong(Error::data("lies outside of its buffers")),
    }
}

/// Returns the bytes between two offsets.
///
/// # Safety
/// Buffer 1 must hold offsets of type `T` into buffer 2.
unsafe fn between<T: Copy + TryInto<usize>>(part: &Array, at: usize) -> Option<&[u8]> {
    // SAFETY: there is one offset more than there are cells.
    unsafe {
        let offsets = part.buffer_of::<T>(1)?;
        let start = (*offsets.add(at)).try_into().ok()?;
        let end: usize = (*offsets.add(at + 1)).try_into().ok()?;
        let length = end.checked_sub(start)?;
        if length == 0 {
            return Some(&[]);
        }
        let bytes = part.buffer_of::<u8>(2)?;
        Some(std::slice::from_raw_parts(bytes.add(start), length))
    }
}

/// Returns the bytes of a view: up to twelve in the view itself, more in a buffer that it names.
///
/// # Safety
/// Buffer 1 must hold views of 16 bytes, and the last buffer the lengths of those between.
unsafe fn viewed(part: &Array, at: usize) -> Option<&[u8]> {
    const INLINE: usize = 12;
    // SAFETY: there is a view for every cell, and a length for every buffer of texts.
    unsafe {
        let view = part.buffer_of::<[u32; 4]>(1)?.add(at);
        let [length, _, buffer, start] = *view;
        let length = length as usize;
        if length <= INLINE {
            let bytes = view.cast::<u8>().add(4);
            return Some(std::slice::from_raw_parts(bytes, length));
        }
        let (buffer, start) = (buffer as usize, start as usize);
        let last = usize::try_from(part.buffers).ok()?.checked_sub(1)?;
        if buffer + 2 >= last {
            return None;
        }
        let sizes = part.buffer_of::<i64>(last)?;
        let size = usize::try_from(*sizes.add(buffer)).ok()?;
        let bytes = part.buffer_of::<u8>(buffer + 2)?;
        (start + length <= size).then(|| std::slice::from_raw_parts(bytes.add(start), length))
    }
}

/// Takes all parts of a stream.
fn of_stream(capsule: &Bound<'_, PyAny>) -> PyResult<Column> {
    // SAFETY: all fields may be zero.
    let empty: Stream = unsafe { std::mem::zeroed() };
    let mut stream = taken(capsule, c"arrow_array_stream", empty)?;
    let mut schema = Schema::empty();
    let mut parts = Vec::new();
    // SAFETY: a stream has these functions, which fill in the structs.
    unsafe {
        if let Some(get_schema) = stream.get_schema {
            let code = get_schema(&mut stream, &mut schema);
            verify(code, &mut stream)?;
        }
        while let Some(get_next) = stream.get_next {
            let mut part = Array::empty();
            let code = get_next(&mut stream, &mut part);
            verify(code, &mut stream)?;
            if part.release.is_none() {
                break;
            }
            parts.push(part);
        }
    }
    if schema.format.is_null() {
        return Err(PyTypeError::new_err("the Arrow stream has no schema"));
    }
    Column::new(&schema, parts)
}

/// Makes an exception of a stream's code of an error.
fn verify(code: c_int, stream: &mut Stream) -> PyResult<()> {
    if code == 0 {
        return Ok(());
    }
    // SAFETY: the message is null or a string that lives until the next call.
    let message = stream.get_last_error.and_then(|message| unsafe {
        let message = message(stream);
        (!message.is_null()).then(|| CStr::from_ptr(message).to_string_lossy().into_owned())
    });
    let message = message.unwrap_or_else(|| format!("error {code}"));
    Err(PyTypeError::new_err(format!(
        "the Arrow stream ended early: {message}"
    )))
}

/// Takes a struct out of its capsule, and leaves an empty one there.
fn taken<T>(capsule: &Bound<'_, PyAny>, name: &CStr, empty: T) -> PyResult<T> {
    let capsule = capsule.cast::<PyCapsule>()?;
    let pointer = capsule.pointer_checked(Some(name))?.cast::<T>();
    // SAFETY: a capsule of this name holds this struct; the empty one has no `release`.
    Ok(unsafe { std::mem::replace(&mut *pointer.as_ptr(), empty) })
}
