//! Sections of terms and weights in a model file: as they are in memory, compact, or quantised.

use super::file::damaged;
use super::{HeadMetadata, Metadata, WeightBits};
use crate::Result;
use crate::container::{Container, Tensor};
use crate::features::{FrontCoded, Vocabulary};
use crate::io::storage::Buffer;
use crate::linear::{Compact, LinearModel, Mantissa, Weights};
use bytemuck::Pod;
use safetensors::Dtype;

const TERMS: &str = "vocabulary.terms";
const ENDS: &str = "vocabulary.ends";
const LENGTHS: &str = "vocabulary.lengths";
const PREFIXES: &str = "vocabulary.prefixes";

/// Returns the sections of the terms.
pub(super) fn vocabulary<'a>(vocabulary: &'a Vocabulary, metadata: &Metadata) -> Vec<Tensor<'a>> {
    let terms = &[vocabulary.spelled()];
    let quantized = metadata.quantization.is_some();
    if let Some(coded) = quantized.then(|| FrontCoded::new(vocabulary)).flatten() {
        let bytes = coded.suffixes.len();
        return vec![
            Tensor::owned(TERMS, Dtype::U8, &[bytes], coded.suffixes),
            Tensor::owned(LENGTHS, Dtype::U8, terms, coded.lengths),
            Tensor::owned(PREFIXES, Dtype::U8, terms, coded.prefixes),
        ];
    }
    let spelled = &vocabulary.terms;
    let ends = match vocabulary.lengths().filter(|_| metadata.compact) {
        Some(lengths) => Tensor::owned(LENGTHS, Dtype::U8, terms, lengths),
        None => Tensor::new(ENDS, Dtype::U64, terms, &vocabulary.ends),
    };
    vec![
        Tensor::new(TERMS, Dtype::U8, &[spelled.len()], spelled),
        ends,
    ]
}

/// Returns the terms one after the other, and where each ends.
pub(super) fn read_terms(file: &Container) -> Result<(Buffer<u8>, Buffer<u64>)> {
    let terms: Buffer<u8> = file.tensor(TERMS, Dtype::U8)?;
    if !file.holds(LENGTHS) {
        return Ok((terms, file.tensor(ENDS, Dtype::U64)?));
    }
    let lengths: Buffer<u8> = file.tensor(LENGTHS, Dtype::U8)?;
    if file.holds(PREFIXES) {
        let prefixes: Buffer<u8> = file.tensor(PREFIXES, Dtype::U8)?;
        let coded = FrontCoded {
            prefixes: prefixes.to_vec(),
            lengths: lengths.to_vec(),
            suffixes: terms.to_vec(),
        };
        let expanded = coded.expanded();
        return expanded.ok_or_else(|| damaged("the sections of the terms do not fit"));
    }
    let add = |end: &mut u64, length: &u8| {
        *end += u64::from(*length);
        Some(*end)
    };
    Ok((
        terms,
        lengths.iter().scan(0, add).collect::<Vec<u64>>().into(),
    ))
}

/// Names of the sections of a head.
struct Names {
    bias: String,
    weights: String,
    exponents: String,
    ends: String,
    labels: String,
    values: String,
}

impl Names {
    fn new(head: &str) -> Self {
        Names {
            bias: format!("{head}.bias"),
            weights: format!("{head}.weights"),
            exponents: format!("{head}.exponents"),
            ends: format!("{head}.weights.ends"),
            labels: format!("{head}.weights.labels"),
            values: format!("{head}.weights.values"),
        }
    }
}

/// Returns the sections of a head.
pub(super) fn head<'a>(
    head: &str,
    linear: &'a LinearModel,
    metadata: &Metadata,
) -> Vec<Tensor<'a>> {
    let names = Names::new(head);
    let mut tensors = vec![Tensor::new(
        names.bias.clone(),
        Dtype::F64,
        &[linear.labels()],
        linear.bias(),
    )];
    let quantized = metadata.quantization.is_some();
    let dense = matches!(linear.weights(), Weights::Dense(_));
    let bits = metadata.quantization.map(|quantization| quantization.bits);
    let compact = match bits.or(metadata.compact.then_some(WeightBits::Eight)) {
        Some(_) if !dense && !quantized => None,
        Some(WeightBits::Eight) => compacted::<i8>(&names, linear, Dtype::I8),
        Some(WeightBits::Sixteen) => compacted::<i16>(&names, linear, Dtype::I16),
        None => None,
    };
    match compact {
        Some(compact) => tensors.extend(compact),
        None => tensors.push(float_values(&names, linear)),
    }
    tensors.extend(places(&names, linear, quantized));
    tensors
}

/// Returns the sections of weights as whole numbers; `None` where that would change any.
fn compacted<'a, N: Mantissa>(
    names: &Names,
    linear: &LinearModel,
    dtype: Dtype,
) -> Option<[Tensor<'a>; 2]> {
    let Compact { exponents, numbers } = linear.weights().compact::<N>(linear.labels())?;
    let shape = [linear.features(), linear.labels()];
    let (name, shape) = match linear.weights() {
        Weights::Dense(_) => (&names.weights, &shape[..]),
        Weights::Sparse { .. } => (&names.values, &[numbers.len()][..]),
    };
    Some([
        Tensor::owned(name.clone(), dtype, shape, bytes_of(&numbers)),
        Tensor::owned(
            names.exponents.clone(),
            Dtype::I8,
            &[exponents.len()],
            bytes_of(&exponents),
        ),
    ])
}

fn bytes_of<T: Pod>(numbers: &[T]) -> Vec<u8> {
    bytemuck::cast_slice(numbers).to_vec()
}

/// Returns the section of weights as they are in memory.
fn float_values<'a>(names: &Names, linear: &'a LinearModel) -> Tensor<'a> {
    let shape = [linear.features(), linear.labels()];
    match linear.weights() {
        Weights::Dense(dense) => Tensor::new(names.weights.clone(), Dtype::F32, &shape, dense),
        Weights::Sparse { values, .. } => {
            Tensor::new(names.values.clone(), Dtype::F32, &[values.len()], values)
        }
    }
}

/// Returns the sections of the places of sparse weights.
fn places<'a>(names: &Names, linear: &'a LinearModel, quantized: bool) -> Vec<Tensor<'a>> {
    let Weights::Sparse { ends, labels, .. } = linear.weights() else {
        return Vec::new();
    };
    let short: Option<Vec<u16>> = labels
        .iter()
        .map(|&label| u16::try_from(label).ok())
        .collect();
    let of = names.labels.clone();
    let labels = match short.filter(|_| quantized) {
        Some(short) => Tensor::owned(of, Dtype::U16, &[short.len()], bytes_of(&short)),
        None => Tensor::new(of, Dtype::U32, &[labels.len()], labels),
    };
    vec![
        Tensor::new(names.ends.clone(), Dtype::U64, &[linear.features()], ends),
        labels,
    ]
}

/// Returns the weights of a head.
pub(super) fn read_weights(
    file: &Container,
    head: &str,
    metadata: &HeadMetadata,
) -> Result<Weights> {
    let names = Names::new(head);
    let misfit = || {
        damaged(format!(
            "the sections of head `{}` do not fit",
            metadata.name
        ))
    };
    if file.holds(&names.weights) {
        if !file.holds(&names.exponents) {
            return Ok(Weights::Dense(file.tensor(&names.weights, Dtype::F32)?));
        }
        let labels = metadata.labels.len();
        let exponents: Buffer<i8> = file.tensor(&names.exponents, Dtype::I8)?;
        let dense = if file.has_type(&names.weights, Dtype::I16) {
            let numbers: Buffer<i16> = file.tensor(&names.weights, Dtype::I16)?;
            Weights::expanded(&numbers, &exponents, labels)
        } else {
            let numbers: Buffer<i8> = file.tensor(&names.weights, Dtype::I8)?;
            Weights::expanded(&numbers, &exponents, labels)
        };
        return Ok(Weights::Dense(dense.ok_or_else(misfit)?.into()));
    }
    let ends: Buffer<u64> = file.tensor(&names.ends, Dtype::U64)?;
    let labels: Buffer<u32> = if file.has_type(&names.labels, Dtype::U16) {
        let short: Buffer<u16> = file.tensor(&names.labels, Dtype::U16)?;
        short
            .iter()
            .map(|&label| u32::from(label))
            .collect::<Vec<u32>>()
            .into()
    } else {
        file.tensor(&names.labels, Dtype::U32)?
    };
    let values: Buffer<f32> = if !file.holds(&names.exponents) {
        file.tensor(&names.values, Dtype::F32)?
    } else {
        let exponents: Buffer<i8> = file.tensor(&names.exponents, Dtype::I8)?;
        let values = if file.has_type(&names.values, Dtype::I16) {
            let numbers: Buffer<i16> = file.tensor(&names.values, Dtype::I16)?;
            Weights::expanded_sparse(&numbers, &exponents, &ends)
        } else {
            let numbers: Buffer<i8> = file.tensor(&names.values, Dtype::I8)?;
            Weights::expanded_sparse(&numbers, &exponents, &ends)
        };
        values.ok_or_else(misfit)?.into()
    };
    Ok(Weights::Sparse {
        ends,
        labels,
        values,
    })
}
