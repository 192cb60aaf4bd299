//! Weights as the text models of LIBLINEAR.

use super::LinearModel;
use crate::corpus::HeadKind;
use crate::{Error, Result};
use std::io::Write;

impl LinearModel {
    /// Writes the weights as a text model of LIBLINEAR, for its `predict` on rows that
    /// [`SparseRows::write_libsvm`](crate::features::SparseRows::write_libsvm) writes with the same
    /// numbers of labels. Every number is read back to the last bit.
    ///
    /// The solver is given as `MCSVM_CS`, whatever it was: of LIBLINEAR's kinds of models it is the
    /// one that keeps a column of weights for each of two labels, and whose answer is the label of
    /// the greatest decision value. The bias is the weight of a last feature of value 1.
    ///
    /// # Errors
    /// A usage error for independent labels, of which LIBLINEAR has one at most, and for a number
    /// of labels other than the model's; an I/O error if writing fails.
    pub fn write_liblinear(&self, labels: &[usize], mut out: impl Write) -> Result<()> {
        if self.kind() == HeadKind::Independent {
            return Err(
                Error::usage("LIBLINEAR has no models of independent labels")
                    .help("write a model of exactly one label a row"),
            );
        }
        if labels.len() != self.labels() {
            return Err(Error::usage(format!(
                "{} numbers for {} labels",
                labels.len(),
                self.labels()
            )));
        }
        let numbers: Vec<String> = labels.iter().map(usize::to_string).collect();
        let mut write = || {
            writeln!(out, "solver_type MCSVM_CS")?;
            writeln!(
                out,
                "nr_class {}\nlabel {}",
                labels.len(),
                numbers.join(" ")
            )?;
            writeln!(out, "nr_feature {}\nbias 1\nw", self.features())?;
            let mut weights = vec![0.0; labels.len()];
            for feature in 0..self.features() {
                weights.fill(0.0);
                self.weights()
                    .of_feature(feature, labels.len(), |label, w| weights[label] = w);
                write_line(&mut out, &weights)?;
            }
            write_line(&mut out, self.bias())?;
            out.flush()
        };
        write().map_err(|e| Error::io("write", e))
    }
}

/// Writes each number with as few digits as tell it from all others, and a blank behind it, as
/// LIBLINEAR does.
fn write_line(out: &mut impl Write, numbers: &[f64]) -> std::io::Result<()> {
    numbers
        .iter()
        .try_for_each(|number| write!(out, "{number} "))?;
    writeln!(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn model(kind: HeadKind) -> LinearModel {
        let weights = vec![0.1, -2.0, 0.0, 1e-7, 3.5, 0.25];
        LinearModel::of_weights(kind, 3, weights, vec![1.0 / 3.0, -0.5])
    }

    #[test]
    fn a_text_model_holds_every_weight_to_the_last_bit() {
        let mut out = Vec::new();
        model(HeadKind::Exclusive)
            .write_liblinear(&[4, 2], &mut out)
            .unwrap();
        let text = String::from_utf8(out).unwrap();
        let (head, weights) = text.split_once("\nw\n").unwrap();
        assert_eq!(
            head,
            "solver_type MCSVM_CS\nnr_class 2\nlabel 4 2\nnr_feature 3\nbias 1"
        );
        let numbers = weights.split_whitespace().map(|text| text.parse().unwrap());
        let numbers: Vec<f64> = numbers.collect();
        let expected = [0.1f32, -2.0, 0.0, 1e-7, 3.5, 0.25].map(f64::from);
        assert_eq!(numbers, [&expected[..], &[1.0 / 3.0, -0.5]].concat());
        assert_eq!(weights.lines().count(), 4);
    }

    #[test]
    fn other_models_and_numbers_of_labels_are_refused() {
        let mut out = Vec::new();
        assert!(
            model(HeadKind::Independent)
                .write_liblinear(&[0, 1], &mut out)
                .is_err()
        );
        assert!(
            model(HeadKind::Exclusive)
                .write_liblinear(&[0], &mut out)
                .is_err()
        );
        assert!(out.is_empty());
    }
}
