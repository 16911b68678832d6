//! Which files are read, and what becomes of rules that cannot be used.

use daylight_yara::{Error, Wanted, compile};

use crate::{compiled, folder};

const GOOD: &str = "rule good { strings: $a = \"needle\" condition: $a }\n";

#[test]
fn folders_are_read_to_their_depths_and_names_belong_to_files() {
    let folder = folder(&[
        ("b.yara", GOOD),
        ("a/one.yar", GOOD),
        ("a/b/two.YAR", GOOD),
        ("a/notes.txt", "rule no { condition: true }"),
    ]);
    let rules = compiled(folder.path());
    let ids: Vec<&str> = rules.rules().iter().map(|rule| rule.id.as_str()).collect();
    assert_eq!(ids, ["a/b/two.YAR:good", "a/one.yar:good", "b.yara:good"]);
    let found = rules.scanner().scan("x", b"a needle".to_vec()).unwrap();
    assert_eq!(found.len(), 3);
}

#[test]
fn a_rule_that_does_not_compile_is_named_with_its_line_and_the_others_are_used() {
    let broken = "rule first { condition: true }\n\nrule second\n{\n  condition: nobody\n}\n\
                  rule third { condition: true }\n";
    let folder = folder(&[
        ("a.yar", broken),
        ("b.yar", GOOD),
        ("c.yar", "rule \n{"),
        ("d.yar", "include \"b.yar\"\n"),
        ("e.yar", "import \"no_such_module\"\n"),
    ]);
    std::fs::write(folder.path().join("f.yar"), b"rule x { condition: \xff }").unwrap();
    let rules = compiled(folder.path());
    let names: Vec<&str> = rules.rules().iter().map(|rule| rule.id.as_str()).collect();
    assert_eq!(names, ["a.yar:first", "a.yar:third", "b.yar:good"]);
    let told: Vec<String> = rules
        .problems()
        .iter()
        .map(|problem| {
            let name = problem.path.rsplit('/').next().unwrap();
            format!("{name}:{}: {}", problem.line.unwrap(), problem.reason)
        })
        .collect();
    assert_eq!(told.len(), 5, "{told:#?}");
    assert!(
        told[0].starts_with("a.yar:5: unknown identifier"),
        "{told:#?}"
    );
    for (problem, file) in told
        .iter()
        .zip(["a.yar:5", "c.yar:2", "d.yar:1", "e.yar:1", "f.yar:1"])
    {
        assert!(problem.starts_with(file), "{told:#?}");
    }
}

#[test]
fn what_cannot_be_read_at_all_is_an_error() {
    let of = |path: &std::path::Path| {
        let paths = vec![path.to_owned()];
        compile(Wanted {
            paths,
            ..Wanted::default()
        })
        .unwrap_err()
    };
    let empty = folder(&[("readme.txt", "nothing")]);
    assert!(matches!(of(empty.path()), Error::NoRules { .. }));
    assert!(matches!(of(&empty.path().join("none")), Error::Read { .. }));
}

#[test]
fn compiling_ends_at_its_time() {
    let error = compile(Wanted {
        embedded: true,
        compile_seconds_max: 0,
        ..Wanted::default()
    })
    .unwrap_err();
    assert!(matches!(error, Error::TooSlow { seconds: 0 }), "{error}");
}

#[test]
fn the_same_folder_twice_is_read_once_and_two_of_one_name_are_told_apart() {
    let (one, two) = (folder(&[("a.yar", GOOD)]), folder(&[("a.yar", GOOD)]));
    let paths = [&one, &two, &one].map(|it| it.path().to_owned()).to_vec();
    let rules = compile(Wanted {
        paths,
        ..Wanted::default()
    })
    .unwrap();
    let ids: Vec<&str> = rules.rules().iter().map(|rule| rule.id.as_str()).collect();
    assert_eq!(ids.len(), 2, "{ids:?}");
    assert_eq!(ids[0], "a.yar:good");
    assert!(
        ids[1].ends_with("/a.yar:good") && ids[1].len() > 20,
        "{ids:?}"
    );
    assert_eq!(rules.problems(), []);
}

#[test]
fn other_rules_have_another_fingerprint() {
    let folder = folder(&[("a.yar", GOOD)]);
    let one = compiled(folder.path()).fingerprint();
    assert_eq!(one, compiled(folder.path()).fingerprint());
    std::fs::write(folder.path().join("a.yar"), "rule good { condition: true }").unwrap();
    assert_ne!(one, compiled(folder.path()).fingerprint());
}
