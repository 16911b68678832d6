//! Words of which the shapes of names need one.

use std::sync::LazyLock;

use crate::cues::{Before, Cues, Group, Next, Reach};

/// Words of which a shape needs one, by the shape's number; what the shapes say, said again.
pub(super) static CUES: LazyLock<Cues> = LazyLock::new(|| {
    let codes = [
        "APT", "UNC", "FIN", "TA0", "TA2", "TA3", "TA4", "TA5", "TA6", "TA7", "TA8", "TA9", "TAG-",
        "DEV-", "Storm-", "UAC-", "UTA", "ITG", "TEMP.", "Temp.",
    ];
    let animals = [
        " Panda",
        " Bear",
        " Kitten",
        " Chollima",
        " Spider",
        " Buffalo",
        " Jackal",
        " Leopard",
        " Tiger",
        " Wolf",
        " Typhoon",
        " Blizzard",
        " Sleet",
        " Sandstorm",
        " Tempest",
        " Tsunami",
        " Cyclone",
        " Taurus",
        " Libra",
        " Scorpius",
        " Ursa",
        " Serpens",
        " Pisces",
        " Manticore",
    ];
    let metals = [
        "GOLD ",
        "BRONZE ",
        "IRON ",
        "COBALT ",
        "NICKEL ",
        "ALUMINUM ",
        "COPPER ",
        "TUNGSTEN ",
    ];
    let malware = [
        " ransomware",
        " malware",
        " backdoor",
        " trojan",
        " wiper",
        " botnet",
        " worm",
        " spyware",
        " infostealer",
        " loader",
    ];
    let flaws = ["CVE", "CVe", "CvE", "Cve", "cVE", "cVe", "cvE", "cve"];
    let bodies: Vec<String> = [
        "Ministry",
        "Department",
        "Bureau",
        "Office",
        "Directorate",
        "Service",
        "Agency",
        "Committee",
        "Commission",
        "Council",
        "Court",
        "Secretariat",
        "Embassy",
        "Administration",
    ]
    .iter()
    .flat_map(|body| ["of", "for", "on"].map(|of| format!("{body} {of} ")))
    .collect();
    let bodies: Vec<&str> = bodies.iter().map(String::as_str).collect();
    let named_bodies = [
        " Ministry",
        " Department",
        " Police",
        " Agency",
        " Directorate",
        " Bureau",
        " Command",
        " Embassy",
        " Court",
        " Parliament",
        " Attorney’s Office",
        " Attorney's Office",
        " Service",
    ];
    let governments = [
        " administration",
        " government",
        " authorities",
        " officials",
        " regime",
        " military",
    ];
    let titles = [
        "Mr. ",
        "Mrs. ",
        "Ms. ",
        "Dr. ",
        "Sen. ",
        "Rep. ",
        "Gov. ",
        "Gen. ",
        "Col. ",
        "Lt. ",
        "President ",
        "Prime Minister ",
        "Secretary ",
        "Director ",
        "Minister ",
        "Attorney General ",
        "Ambassador ",
        "Chancellor ",
        "spokesman ",
        "spokeswoman ",
        "spokesperson ",
        "Commissioner ",
        "chief executive ",
        "CEO ",
        "analyst ",
        "researcher ",
        "Special Agent ",
        "U.S. Attorney ",
        "hacker ",
    ];
    let companies = [
        " Inc",
        " Corp",
        " Corporation",
        " Ltd",
        " LLC",
        " Co",
        " Company",
        " Group",
        " Technologies",
        " University",
        " Bank",
        " Hospital",
        " Foundation",
        " Institute",
        " Systems",
        " Networks",
        " Software",
        " Holdings",
        " GmbH",
        " PLC",
        " Airlines",
        " Hospitals",
        " Healthcare",
        " Laboratories",
        " Industries",
    ];
    let groups: [Group<'_>; 11] = [
        (&codes, Next::Any),
        (&animals, Next::WordEnd),
        (&metals, Next::Name),
        (&["Operation "], Next::Name),
        (&malware, Next::WordEnd),
        (&flaws, Next::Any),
        (&bodies, Next::Any),
        (&named_bodies, Next::WordEnd),
        (&governments, Next::WordEnd),
        (&titles, Next::Name),
        (&companies, Next::WordEnd),
    ];
    let patterns = groups.each_ref().map(std::slice::from_ref);
    Cues::new(&patterns, Before::Any, Reach::Capitals, false)
});

#[cfg(test)]
mod tests {
    use daylight_model::Span;

    use super::*;
    use crate::entities::{SHAPES, Shape, introduced};

    /// Every match in the whole text is one in the parts, and the other way round.
    #[track_caller]
    fn check(shapes: &[Shape], cues: &Cues, text: &str) {
        let whole = Span::new(0, text.len());
        let parts = cues.parts(text);
        assert_eq!(parts.len(), shapes.len());
        for (shape, parts) in shapes.iter().zip(&parts) {
            let found: Vec<Span> = shape.hits(text, whole, parts).collect();
            let all: Vec<Span> = shape.hits(text, whole, &[whole]).collect();
            assert_eq!(found, all, "{:?} in {text:?}", shape.pattern);
        }
    }

    #[test]
    fn cues_miss_nothing() {
        let sentences = [
            "APT 40 and TA505 met UNC1234; Storm-0558, TEMP.Crow and DEV-0001 did not.",
            "Fancy Fox and Grey Panda, or COBALT LYCEUM, ran Operation Quiet Harbour Night.",
            "The Slate ransomware and a Corvid-B loader used CVE-2021-44228 and cve‑2020‑0001.",
            "The U.S. Department of Justice and Trade, the Ministry for the Interior of Peru said.",
            "Norway’s Police and the Saudi Arabia government; U.K. officials (Oslo Police) agreed.",
            "chief executive Ann B. Lee and analyst Jo Ek, U.S. Attorney Max Roe, hacker Bo Li-Ny",
            "Bank of Norden, Inc. and R&D Systems Ltd. of Acme Foundation Group,Inc",
            "a backdoor family, which calls itself “Quiet Finch Nine; a gang dubbed 8Base",
            "Orange Rook, a very small and quite noisy hacking group, and Slate, the new web shell.",
            "the small gang, Tin Crow; calls the cluster as \"Red Elk\"; Blue Jay ransomware gang",
        ];
        let mut texts: Vec<String> = sentences.iter().map(|text| (*text).to_owned()).collect();
        texts.push(sentences.concat());
        texts.push(sentences.join(" "));
        texts.push(sentences.join("\n").replace("and ", "and\u{a0}"));
        for text in &texts {
            check(&SHAPES, &CUES, text);
            check(&introduced::INTRODUCTIONS, &introduced::CUES, text);
        }
    }
}
