//! The Traffic Light Protocol: how far something may be passed on.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A level of TLP 2.0, the least restrictive first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Tlp {
    /// To everybody; TLP 1.0 called it white.
    #[serde(rename = "TLP:CLEAR")]
    Clear,
    /// Within the community.
    #[serde(rename = "TLP:GREEN")]
    Green,
    /// Within the organisation and its clients.
    #[serde(rename = "TLP:AMBER")]
    Amber,
    /// Within the organisation.
    #[serde(rename = "TLP:AMBER+STRICT")]
    AmberStrict,
    /// To those who were told, and nobody else.
    #[serde(rename = "TLP:RED")]
    Red,
}

impl Tlp {
    /// What holds for that which bears no marking: nobody said that it may go further.
    pub const UNMARKED: Self = Self::Amber;

    /// Reads `TLP:AMBER+STRICT`, `amber+strict`, `white` …
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let lower = text.trim().to_ascii_lowercase();
        let word = lower.strip_prefix("tlp:").unwrap_or(&lower).trim();
        Some(match word {
            "clear" | "white" => Self::Clear,
            "green" => Self::Green,
            "amber" => Self::Amber,
            "amber+strict" | "amber-strict" => Self::AmberStrict,
            "red" => Self::Red,
            _ => return None,
        })
    }

    /// The label as TLP 2.0 writes it.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Clear => "TLP:CLEAR",
            Self::Green => "TLP:GREEN",
            Self::Amber => "TLP:AMBER",
            Self::AmberStrict => "TLP:AMBER+STRICT",
            Self::Red => "TLP:RED",
        }
    }

    /// The level of a marking that OASIS publishes, for TLP 1.0 and 2.0.
    #[must_use]
    pub fn of_marking(id: &str) -> Option<Self> {
        Some(match id.strip_prefix("marking-definition--")? {
            "613f2e26-407d-48c7-9eca-b8e91df99dc9" | "94868c89-83c2-464b-929b-a1a8aa3c8487" => {
                Self::Clear
            }
            "34098fce-860f-48ae-8e50-ebd3cc5e41da" | "bab4a63c-aed9-4cf5-a766-dfca5abac2bb" => {
                Self::Green
            }
            "f88d31f6-486f-44da-b317-01333bde0b82" | "55d920b0-5e8b-4f79-9ee9-91f868d9b421" => {
                Self::Amber
            }
            "939a9414-2ddd-4d32-a0cd-375ea402b003" => Self::AmberStrict,
            "5e57c739-391a-4eb3-b6be-7d15ca92d5ed" | "e828b379-4e03-4974-9ac4-e53a884c97c1" => {
                Self::Red
            }
            _ => return None,
        })
    }

    /// The id of the marking that OASIS publishes for TLP 2.0.
    #[must_use]
    pub const fn marking_id(self) -> &'static str {
        match self {
            Self::Clear => "marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487",
            Self::Green => "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb",
            Self::Amber => "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421",
            Self::AmberStrict => "marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003",
            Self::Red => "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1",
        }
    }

    /// The level that a marking of somebody's own sets: STIX's `tlp`, the extension for TLP
    /// 2.0, or a name that is a label.
    pub(crate) fn of_definition(body: &str) -> Option<Self> {
        let value: Value = serde_json::from_str(body).ok()?;
        let texts = [
            value.pointer("/definition/tlp"),
            value.pointer(
                "/extensions/extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d/tlp_2_0",
            ),
            value.get("name").filter(|name| {
                name.as_str()
                    .is_some_and(|it| it.to_ascii_lowercase().starts_with("tlp:"))
            }),
        ];
        texts
            .into_iter()
            .flatten()
            .filter_map(|text| Self::parse(text.as_str()?))
            .max()
    }
}

impl fmt::Display for Tlp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.label())
    }
}

impl std::str::FromStr for Tlp {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::parse(text).ok_or_else(|| {
            format!("`{text}` is no TLP label; those are clear, green, amber, amber+strict, red")
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_of_both_versions() {
        let check = |text: &str, expected: Option<Tlp>| assert_eq!(Tlp::parse(text), expected);
        check("TLP:WHITE", Some(Tlp::Clear));
        check("tlp:Amber+Strict", Some(Tlp::AmberStrict));
        check("red", Some(Tlp::Red));
        check("pink", None);
        assert!(Tlp::Amber < Tlp::AmberStrict && Tlp::AmberStrict < Tlp::Red);
        for level in [
            Tlp::Clear,
            Tlp::Green,
            Tlp::Amber,
            Tlp::AmberStrict,
            Tlp::Red,
        ] {
            assert_eq!(Tlp::of_marking(level.marking_id()), Some(level));
        }
    }

    #[test]
    fn markings_of_ones_own() {
        let check = |body: &str, expected| assert_eq!(Tlp::of_definition(body), expected);
        check(r#"{"definition":{"tlp":"red"}}"#, Some(Tlp::Red));
        check(r#"{"name":"TLP:GREEN"}"#, Some(Tlp::Green));
        check(r#"{"name":"green"}"#, None);
        check("[", None);
    }
}
