//! Values with parameters, listed by their forms.

use clap::builder::{PossibleValue, StringValueParser, TypedValueParser};
use clap::{Arg, Command};
use std::ffi::OsStr;

/// A parser that lists the forms of a value in help and completions, and takes any text.
///
/// The parameters, such as the label and number of `LABEL=WEIGHT`, are read by the plan, whose
/// errors say more.
#[derive(Debug, Clone, Copy)]
pub struct Forms(pub &'static [(&'static str, &'static str)]);

impl TypedValueParser for Forms {
    type Value = String;

    fn parse_ref(
        &self,
        command: &Command,
        arg: Option<&Arg>,
        value: &OsStr,
    ) -> Result<String, clap::Error> {
        StringValueParser::new().parse_ref(command, arg, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        let forms = self.0.iter();
        Some(Box::new(
            forms.map(|(form, help)| PossibleValue::new(*form).help(*help)),
        ))
    }
}
