//! Indicators that others list in files of their own.

use std::fs::File;
use std::path::{Path, PathBuf};

use daylight_hunt::{Giver, IndicatorSet, IndicatorSetBuilder};
use daylight_model::{Problem, Timestamp};
use daylight_store::{ImportOptions, Listed, indicators};

use crate::Error;

/// The indicators of all files in one set, and what of the files could not be used.
pub(crate) fn listed(files: &[PathBuf]) -> Result<(IndicatorSet, Vec<Problem>), Error> {
    let mut builder = IndicatorSetBuilder::default();
    let mut problems = Vec::new();
    for file in files {
        add(file, &mut builder, &mut problems)?;
    }
    let set = builder.build();
    let more = set.left_out_more();
    if more > 0 {
        let message = format!("{more} more indicators are not looked for");
        problems.push(problem(Path::new(""), message));
    }
    Ok((set, problems))
}

fn add(
    file: &Path,
    builder: &mut IndicatorSetBuilder,
    problems: &mut Vec<Problem>,
) -> Result<(), Error> {
    let input = File::open(file).map_err(|source| Error::Indicators {
        path: file.to_owned(),
        source,
    })?;
    let path = file.display().to_string();
    let options = ImportOptions::new(&path, Timestamp::UNIX_EPOCH);
    let title = file.file_name().unwrap_or(file.as_os_str());
    let mut giver = Giver {
        id: path.clone(),
        title: title.to_string_lossy().into_owned(),
        ..Giver::default()
    };
    let report = indicators(input, &options, &mut |listed| {
        let (kind, value) = (listed.kind, listed.value.clone());
        describe(&mut giver, listed);
        builder.add(kind, &value, &value, &giver);
    })?;
    for (reason, count) in report.left_out_reasons {
        let first = report.left_out_list.iter().find(|it| it.reason == reason);
        let place = first.map_or("", |it| it.place.as_str());
        let message = format!("{count} left out of the indicators, the first at {place}: {reason}");
        problems.push(problem(file, message));
    }
    if let Some(reason) = report.cut_short {
        problems.push(problem(
            file,
            format!("indicators are not read on: {reason}"),
        ));
    }
    Ok(())
}

/// What the list says of this one.
fn describe(giver: &mut Giver, listed: Listed) {
    giver.author = listed.author;
    giver.name = listed.name;
    giver.tlp = listed.tlp.map(|level| level.label().to_owned());
    giver.confidence = listed.confidence;
    giver.valid_until = listed.valid_until;
}

fn problem(path: &Path, message: String) -> Problem {
    Problem {
        path: path.display().to_string(),
        offset: None,
        record: None,
        message,
    }
}
