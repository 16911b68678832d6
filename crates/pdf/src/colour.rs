//! The colours of a printed page, each dark enough on white.

use daylight_model::Outcome;

/// Red, green and blue.
pub(crate) type Colour = [u8; 3];

pub(crate) const fn ink() -> Colour {
    [0, 0, 0]
}

pub(crate) const fn soft() -> Colour {
    [0x45, 0x4b, 0x53]
}

pub(crate) const fn rule() -> Colour {
    [0xb9, 0xb4, 0xa8]
}

pub(crate) const fn paper() -> Colour {
    [0xff, 0xff, 0xff]
}

pub(crate) const fn panel() -> Colour {
    [0xf5, 0xf2, 0xea]
}

pub(crate) const fn of(outcome: Outcome) -> Colour {
    match outcome {
        Outcome::Hit => [0x8a, 0x10, 0x10],
        Outcome::NotSeen => [0x12, 0x3a, 0x5e],
        Outcome::CouldNotSee => [0x4a, 0x3a, 0x00],
    }
}

/// TLP 2.0 wants its colours on black.
pub(crate) fn of_marking(label: &str) -> Colour {
    match label {
        "TLP:RED" => [0xff, 0x2b, 0x2b],
        "TLP:AMBER" | "TLP:AMBER+STRICT" => [0xff, 0xc0, 0x00],
        "TLP:GREEN" => [0x33, 0xff, 0x00],
        _ => [0xff, 0xff, 0xff],
    }
}
