//! What lies on a disk beside files.

use std::path::PathBuf;

use daylight_evidence::Options;

use crate::support::{folder, paths, read_paths};

#[test]
fn folders_are_walked_in_the_order_of_names() {
    let folder = folder(&[
        ("b/2.log", b"x"),
        ("b/10.log", b"x"),
        ("a.log", b"x"),
        ("c.log", b"x"),
        ("b/sub/z", b"x"),
    ]);
    let root = folder.path().display().to_string();
    let (_, manifest) = read_paths(&[folder.path().to_owned()], &Options::default());
    let found: Vec<String> = paths(&manifest)
        .iter()
        .map(|path| path.replace(&root, ""))
        .collect();
    assert_eq!(
        found,
        ["/a.log", "/b/10.log", "/b/2.log", "/b/sub/z", "/c.log"]
    );
}

#[test]
fn nothing_there() {
    let folder = folder(&[]);
    let (keeper, manifest) = read_paths(&[folder.path().to_owned()], &Options::default());
    assert_eq!(
        (
            keeper.events.len(),
            manifest.sources.len(),
            manifest.problems.len()
        ),
        (0, 0, 0)
    );

    let missing = folder.path().join("missing");
    let (_, manifest) = read_paths(std::slice::from_ref(&missing), &Options::default());
    assert_eq!(manifest.problems[0].path, missing.display().to_string());
    assert!(
        manifest.problems[0]
            .message
            .starts_with("cannot be opened: ")
    );

    let (_, manifest) = read_paths(&[], &Options::default());
    assert!(manifest.sources.is_empty());
}

#[test]
fn a_missing_path_does_not_stop_the_rest() {
    let folder = folder(&[("a.log", b"one\n")]);
    let given = [
        PathBuf::from("/nowhere/at/all"),
        folder.path().join("a.log"),
    ];
    let (keeper, manifest) = read_paths(&given, &Options::default());
    assert_eq!((keeper.events.len(), manifest.problems.len()), (1, 1));
}

#[test]
fn limits_of_files_and_depth() {
    let folder = folder(&[("1", b"x"), ("2", b"x"), ("3", b"x"), ("d/e/f/4", b"x")]);
    let mut options = Options::default();
    options.limits.files_max = 2;
    let (_, manifest) = read_paths(&[folder.path().to_owned()], &options);
    assert_eq!((manifest.sources.len(), manifest.problems.len()), (2, 1));
    assert!(
        manifest.problems[0]
            .message
            .starts_with("more than 2 files")
    );
    let mut options = Options::default();
    options.limits.depth_max = 2;
    let (_, manifest) = read_paths(&[folder.path().to_owned()], &options);
    assert_eq!((manifest.sources.len(), manifest.problems.len()), (3, 1));
}

#[cfg(unix)]
#[test]
fn links_pipes_and_closed_folders() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    use std::os::unix::net::UnixListener;

    let outside = folder(&[("secret.log", b"outside\n")]);
    let folder = folder(&[("a.log", b"one\n"), ("closed/b.log", b"two\n")]);
    symlink(folder.path(), folder.path().join("loop")).unwrap();
    symlink(outside.path().join("secret.log"), folder.path().join("out")).unwrap();
    symlink("nowhere", folder.path().join("dangling")).unwrap();
    let _socket = UnixListener::bind(folder.path().join("socket")).unwrap();
    let made = std::process::Command::new("mkfifo")
        .arg(folder.path().join("pipe"))
        .status();
    assert!(made.unwrap().success());

    let closed = folder.path().join("closed");
    std::fs::set_permissions(&closed, PermissionsExt::from_mode(0o000)).unwrap();
    let is_denied = std::fs::read_dir(&closed).is_err();
    let (keeper, manifest) = read_paths(&[folder.path().to_owned()], &Options::default());
    std::fs::set_permissions(&closed, PermissionsExt::from_mode(0o755)).unwrap();

    assert!(!keeper.events.iter().any(|event| event.text == "outside"));
    let problems: Vec<String> = manifest
        .problems
        .iter()
        .map(|problem| {
            let name = problem.path.rsplit('/').next().unwrap_or_default();
            format!("{name}: {}", problem.message)
        })
        .collect();
    for expected in [
        "dangling: symbolic link, not followed",
        "loop: symbolic link, not followed",
        "out: symbolic link, not followed",
        "pipe: not a regular file",
        "socket: not a regular file",
    ] {
        assert!(
            problems.iter().any(|problem| problem == expected),
            "{expected} in {problems:?}"
        );
    }
    if is_denied {
        assert!(
            problems
                .iter()
                .any(|problem| problem.starts_with("closed: folder cannot be read: ")),
            "{problems:?}"
        );
        assert_eq!(keeper.events.len(), 1);
    } else {
        println!("skipped: whoever runs this may open closed folders");
    }
    // Handed in by name, a link is followed: somebody meant it.
    let (keeper, _) = read_paths(&[folder.path().join("out")], &Options::default());
    assert_eq!(keeper.events.len(), 1);
    let (_, manifest) = read_paths(&[folder.path().join("pipe")], &Options::default());
    assert_eq!(manifest.problems[0].message, "not a regular file");
}

#[cfg(unix)]
#[test]
fn a_closed_file_is_in_the_manifest() {
    use std::os::unix::fs::PermissionsExt;

    let folder = folder(&[("a.log", b"one\n")]);
    let path = folder.path().join("a.log");
    std::fs::set_permissions(&path, PermissionsExt::from_mode(0o000)).unwrap();
    if std::fs::File::open(&path).is_ok() {
        println!("skipped: whoever runs this may open closed files");
        return;
    }
    let (_, manifest) = read_paths(&[path], &Options::default());
    let record = &manifest.sources[0];
    assert_eq!(
        (
            record.kind.as_str(),
            record.size_bytes,
            record.sha256.as_str()
        ),
        ("unknown", 4, "")
    );
    assert!(record.problems[0].message.starts_with("cannot be opened: "));
}
