//! All behaviour tests in one program, so that it is linked once.

mod broken;
mod calibration;
mod check;
mod collisions;
mod commands;
mod compare;

mod default_model;
mod evaluation;
mod features;
mod formats;
mod guards;
mod intervals;
mod labels;
mod laws;
mod linfa;
mod metrics;
mod pages;
mod probability_metrics;
mod renew;
mod report;
mod scikit_learn;
mod shared_corpora;
mod solvers;
mod split;
mod streams;
mod support;
mod svm;
mod tables;
mod tune;
