//! The flags of the settings that messages of the library name.

use standpoint::{NamedSetting, Setting};

/// Returns the flag of a setting, with its value as it is typed.
pub fn flag(named: &NamedSetting) -> String {
    let flag = name(named.setting());
    match (named.value(), named.placeholder()) {
        (Some(value), _) => format!("{flag} {}", typed(value)),
        (None, Some(placeholder)) => format!("{flag} {placeholder}"),
        (None, None) => flag.to_string(),
    }
}

/// Returns a value as it is typed in a shell.
fn typed(value: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "-_.=/:".contains(c);
    match value {
        "\t" => "tab".to_string(),
        plain if plain.chars().all(is_plain) => plain.to_string(),
        other => format!("'{other}'"),
    }
}

fn name(setting: Setting) -> &'static str {
    match setting {
        Setting::Format => "--format",
        Setting::Encoding => "--encoding",
        Setting::Delimiter => "--delimiter",
        Setting::Quote => "--quote",
        Setting::MaxRow => "--max-row",
        Setting::NoHeader => "--no-header",
        Setting::Text => "--text",
        Setting::ExclusiveHead => "--label",
        Setting::IndependentHead => "--labels",
        Setting::MissingValues => "--missing",
        Setting::Id => "--id",
        Setting::Weight => "--sample-weight",
        Setting::Filters => "--where",
        Setting::Unlabelled => "--unlabelled",
        Setting::Rejects => "--skip-bad",
        Setting::Force => "--force",
        Setting::PartColumn => "--column",
        Setting::CodeColumn => "--label",
        Setting::CodeMap => "--map",
        Setting::LabelColumns => "--to",
        Setting::ExactCodes => "--exact",
        Setting::StrictCodes => "--strict",
        Setting::Language => "--language",
        Setting::Hyphens => "--hyphens",
        Setting::Umlauts => "--umlauts",
        Setting::StopWords => "--stop-words",
        Setting::NoStem => "--no-stem",
        Setting::WordNgrams => "--word-ngrams",
        Setting::Tf => "--tf",
        Setting::Idf => "--idf",
        Setting::Norm => "--norm",
        Setting::MinDf => "--min-df",
        Setting::MaxDf => "--max-df",
        Setting::MaxFeatures => "--max-features",
        Setting::Classifier => "--classifier",
        Setting::Thresholds => "--thresholds",
        Setting::Calibrate => "--calibrate",
        Setting::CalibrationSet => "--calibration-set",
        Setting::Folds => "--folds",
        Setting::Abstain => "--abstain",
        Setting::Background => "--background",
        Setting::OldModel => "--from",
        Setting::WarmStartRows => "--rows",
        Setting::Stream => "--stream",
        Setting::Memory => "--memory",
        Setting::VocabularySize => "--vocabulary",
        Setting::Window => "--window",
        // The library may name settings that this command line does not have.
        other => other.name(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::args::Args;
    use clap::CommandFactory;

    #[test]
    fn every_setting_has_a_flag_of_some_command() {
        let commands = Args::command();
        let flags: Vec<String> = commands
            .get_subcommands()
            .flat_map(|command| command.get_arguments())
            .filter_map(|argument| argument.get_long().map(|long| format!("--{long}")))
            .collect();
        for &setting in Setting::ALL {
            let flag = name(setting);
            assert!(
                flags.iter().any(|known| known == flag),
                "{setting:?}: {flag}"
            );
        }
    }

    #[test]
    fn values_are_quoted_where_a_shell_needs_it() {
        let typed = |value: &str| flag(&Setting::Delimiter.value(value));
        assert_eq!(typed("\t"), "--delimiter tab");
        assert_eq!(typed(";"), "--delimiter ';'");
        assert_eq!(flag(&Setting::Filters.value("text!=")), "--where 'text!='");
        assert_eq!(
            flag(&Setting::Rejects.placeholder("FILE")),
            "--skip-bad FILE"
        );
    }
}
