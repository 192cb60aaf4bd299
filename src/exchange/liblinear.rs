//! LIBLINEAR's model file: a text with the solver, the labels, and a line of weights for each
//! feature.

use crate::linear::LinearModel;
use crate::{Error, Result};
use std::io::{self, BufRead, Write};

/// Largest number of weights that is read, 8 GB of them.
const MAX_WEIGHTS: usize = 1 << 30;

/// A linear model as LIBLINEAR keeps it.
///
/// Labels are integers. With two labels there is one vector of weights, of the first label against
/// the second; otherwise one for each label.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct LiblinearModel {
    /// Name of the solver, such as `L2R_L2LOSS_SVC_DUAL`.
    pub solver: String,
    /// Labels in the order of the weights.
    pub labels: Vec<i64>,
    /// Number of features.
    pub features: usize,
    /// Value of the constant feature that stands for the bias; below 0 if there is none.
    pub bias: f64,
    /// Weights by feature and vector, those of the bias last if there is one.
    pub weights: Vec<f64>,
}

impl LiblinearModel {
    /// Makes the model of a head, whose labels are numbered from 1 in their order. Independent labels
    /// are each against the rest; a single one is 1, and its absence −1.
    pub fn of_head(linear: &LinearModel) -> LiblinearModel {
        let count = linear.labels();
        let row = |column: usize| linear.weights_of(column).map(f64::from);
        let mut weights: Vec<f64> = (0..linear.features()).flat_map(row).collect();
        weights.extend_from_slice(linear.bias());
        if count == 2 {
            // The answer is the label of the greater decision value: the sign of the difference.
            weights = weights.chunks(2).map(|pair| pair[0] - pair[1]).collect();
        }
        LiblinearModel {
            // The solver only tells LIBLINEAR how decision values become probabilities.
            solver: "L2R_L2LOSS_SVC_DUAL".to_string(),
            labels: match count {
                1 => vec![1, -1],
                _ => (1..=count as i64).collect(),
            },
            features: linear.features(),
            bias: 1.0,
            weights,
        }
    }

    /// Number of weights of each feature.
    pub fn vectors(&self) -> usize {
        match self.labels.len() {
            2 if self.solver != "MCSVM_CS" => 1,
            labels => labels,
        }
    }

    /// Returns the weights, features by labels, and the bias of each label. A single vector is that
    /// of the first label, and the second has its opposite.
    pub fn weights_by_label(&self) -> (Vec<f32>, Vec<f64>) {
        let (labels, vectors) = (self.labels.len(), self.vectors());
        let by_label = |row: &[f64]| -> Vec<f64> {
            match vectors {
                1 if labels == 2 => vec![row[0], -row[0]],
                _ => row.to_vec(),
            }
        };
        let mut rows: Vec<f64> = self
            .weights
            .chunks(vectors.max(1))
            .flat_map(by_label)
            .collect();
        let bias = rows.split_off((self.features * labels).min(rows.len()));
        let bias = match bias.is_empty() {
            true => vec![0.0; labels],
            false => bias.iter().map(|weight| weight * self.bias).collect(),
        };
        let dense: Vec<f32> = rows.into_iter().map(|weight| weight as f32).collect();
        (dense, bias)
    }

    /// Writes the model as LIBLINEAR reads it; weights have all their digits.
    ///
    /// # Errors
    /// An I/O error if writing fails.
    pub fn write(&self, mut out: impl Write) -> io::Result<()> {
        let labels: Vec<String> = self.labels.iter().map(i64::to_string).collect();
        writeln!(out, "solver_type {}", self.solver)?;
        writeln!(out, "nr_class {}", self.labels.len())?;
        writeln!(out, "label {}", labels.join(" "))?;
        writeln!(out, "nr_feature {}", self.features)?;
        writeln!(out, "bias {}", self.bias)?;
        writeln!(out, "w")?;
        for row in self.weights.chunks(self.vectors().max(1)) {
            for weight in row {
                write!(out, "{weight} ")?;
            }
            writeln!(out)?;
        }
        out.flush()
    }

    /// Reads a model that LIBLINEAR's `train` wrote.
    ///
    /// # Errors
    /// A model error for what is no such model, for regression and one-class models, and for weights
    /// that are missing or not finite; an I/O error where reading fails.
    pub fn read(input: impl BufRead) -> Result<LiblinearModel> {
        let mut model = LiblinearModel {
            solver: String::new(),
            labels: Vec::new(),
            features: 0,
            bias: -1.0,
            weights: Vec::new(),
        };
        let mut in_weights = false;
        let mut classes = None;
        for (at, line) in input.lines().enumerate() {
            let line = line.map_err(|e| match e.kind() {
                io::ErrorKind::InvalidData => broken(format!("line {} is no text", at + 1)),
                _ => Error::io("read", e),
            })?;
            let broken = || broken(format!("line {}: `{}`", at + 1, shortened(&line)));
            if in_weights {
                let numbers = line.split_ascii_whitespace().map(str::parse::<f64>);
                for number in numbers {
                    let number = number.ok().filter(|number| number.is_finite());
                    model.weights.push(number.ok_or_else(broken)?);
                }
                if model.weights.len() > MAX_WEIGHTS {
                    return Err(broken());
                }
                continue;
            }
            let (key, value) = line
                .trim_end()
                .split_once(' ')
                .unwrap_or((line.trim_end(), ""));
            match key {
                "solver_type" => model.solver = value.trim().to_string(),
                "nr_class" => classes = Some(value.trim().parse::<usize>().map_err(|_| broken())?),
                "label" => {
                    let labels = value.split_ascii_whitespace().map(str::parse);
                    model.labels = labels
                        .collect::<std::result::Result<_, _>>()
                        .map_err(|_| broken())?;
                }
                "nr_feature" => model.features = value.trim().parse().map_err(|_| broken())?,
                "bias" => model.bias = value.trim().parse().map_err(|_| broken())?,
                "rho" => {}
                "w" => in_weights = true,
                _ => return Err(broken()),
            }
        }
        model.verify(classes)?;
        Ok(model)
    }

    fn verify(&self, classes: Option<usize>) -> Result<()> {
        if self.labels.len() < 2 || classes != Some(self.labels.len()) {
            return Err(broken(
                "it has no two labels, or is one of regression or of one class",
            ));
        }
        let rows = self.features.checked_add(usize::from(self.bias >= 0.0));
        let expected = rows.and_then(|rows| rows.checked_mul(self.vectors()));
        if expected != Some(self.weights.len()) {
            return Err(broken(format!(
                "it has {} weights, expected {} features of {} each",
                self.weights.len(),
                self.features,
                self.vectors()
            )));
        }
        Ok(())
    }
}

fn broken(what: impl std::fmt::Display) -> Error {
    Error::model(format!("not a model of LIBLINEAR: {what}"))
        .help("name the file that LIBLINEAR's `train` wrote, or a .bin file of fastText")
}

fn shortened(line: &str) -> String {
    line.chars().take(60).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_model_of_two_labels_has_one_vector() {
        let text = "solver_type L2R_LR\nnr_class 2\nlabel 1 -1\nnr_feature 2\nbias 1\nw\n0.5 \n-0.25 \n2 \n";
        let model = LiblinearModel::read(text.as_bytes()).unwrap();
        assert_eq!((model.vectors(), &model.labels[..]), (1, &[1, -1][..]));
        let (weights, bias) = model.weights_by_label();
        assert_eq!(weights, [0.5, -0.5, -0.25, 0.25]);
        assert_eq!(bias, [2.0, -2.0]);
    }

    #[test]
    fn a_single_label_is_held_against_its_absence() {
        let weights = crate::linear::Weights::Dense(vec![0.5, -1.0].into());
        let kind = crate::corpus::HeadKind::Independent;
        let linear = LinearModel::from_parts(kind, 2, weights, vec![0.25].into()).unwrap();
        let model = LiblinearModel::of_head(&linear);
        assert_eq!((&model.labels[..], model.vectors()), (&[1, -1][..], 1));
        let mut written = Vec::new();
        model.write(&mut written).unwrap();
        assert_eq!(LiblinearModel::read(&written[..]).unwrap(), model);
    }

    #[test]
    fn what_is_no_model_is_refused() {
        let head = "solver_type L2R_LR\nnr_class 3\nlabel 1 2 3\nnr_feature 1\nbias -1\nw\n";
        for text in [
            "",
            "hello\n",
            "solver_type L2R_L2LOSS_SVR\nnr_class 2\nnr_feature 1\nbias -1\nw\n1 \n",
            &format!("{head}1 2 \n"),
            &format!("{head}1 2 nan \n"),
            &format!("{head}1 2 3 \n4 \n"),
            "solver_type L2R_LR\nnr_class 2\nlabel 1 2\nnr_feature 99999999999999999999\nbias -1\nw\n",
            "solver_type L2R_LR\nnr_class 2\nlabel 1 2\nnr_feature 18446744073709551615\nbias 1\nw\n",
        ] {
            let error = LiblinearModel::read(text.as_bytes())
                .unwrap_err()
                .to_string();
            assert!(
                error.contains("not a model of LIBLINEAR"),
                "{text}: {error}"
            );
        }
    }

    proptest! {
        #[test]
        fn a_model_is_read_as_it_was_written(
            labels in 2..5usize, features in 0..6usize, has_bias in any::<bool>(),
            pool in prop::collection::vec(-1e3..1e3f64, 40),
        ) {
            let bias = if has_bias { 1.0 } else { -1.0 };
            let mut model = LiblinearModel {
                solver: "L2R_LR".to_string(), labels: (0..labels as i64).collect(), features, bias, weights: Vec::new(),
            };
            let rows = features + usize::from(has_bias);
            model.weights = pool.into_iter().cycle().take(rows * model.vectors()).collect();
            let mut written = Vec::new();
            model.write(&mut written).unwrap();
            prop_assert_eq!(LiblinearModel::read(&written[..]).unwrap(), model);
        }
    }
}
