//! Bands: numbers that count as one value of a quota, such as ages from 20 to 29.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::screening::written;
use crate::{members::Attribute, text::Fault};

/// A span of numbers, both ends within.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Band {
    /// The value it counts as: `20s`.
    pub key: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_least: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_most: Option<f64>,
}

/// By attribute, in their order: a number is of the first band that holds it.
pub type Bands = BTreeMap<String, Vec<Band>>;

impl Band {
    /// # Errors
    /// [`Fault`] when it spans nothing.
    pub fn check(&self) -> Result<(), Fault> {
        let fault = Fault::NotA("band: `at_least` or `at_most`, the first no more than the other");
        match (self.at_least, self.at_most) {
            (None, None) => Err(fault),
            (Some(least), Some(most)) if least > most => Err(fault),
            (least, most) if least.into_iter().chain(most).all(f64::is_finite) => Ok(()),
            _ => Err(fault),
        }
    }

    fn holds(&self, number: f64) -> bool {
        self.at_least.is_none_or(|least| number >= least) && self.at_most.is_none_or(|most| number <= most)
    }
}

/// What an attribute counts as in the quotas; none where it is in no band.
#[must_use]
pub fn value_of(bands: &Bands, name: &str, attribute: &Attribute) -> Option<String> {
    match (bands.get(name), attribute) {
        (None, attribute) => Some(written(attribute)),
        (Some(bands), Attribute::Number(number)) => {
            bands.iter().find(|band| band.holds(*number)).map(|band| band.key.clone())
        }
        (Some(_), _) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_of_the_first_band_that_holds_it() {
        let band = |key: &str, at_least, at_most| Band { key: key.to_owned(), at_least, at_most };
        let twenties = band("20s", Some(20.0), Some(29.0));
        let bands = Bands::from([("age".to_owned(), vec![twenties, band("older", Some(29.0), None)])]);
        let of = |attribute: Attribute| value_of(&bands, "age", &attribute);
        let ages = [19.0, 20.0, 29.0, 29.5, 80.0].map(|age| of(Attribute::Number(age)));
        let expected = [None, Some("20s"), Some("20s"), Some("older"), Some("older")];
        assert_eq!(ages, expected.map(|key| key.map(str::to_owned)));
        assert_eq!(of(Attribute::Text("20".to_owned())), None);
        assert_eq!(value_of(&bands, "city", &Attribute::Number(3.0)), Some("3".to_owned()));
    }

    #[test]
    fn a_band_spans_something() {
        let band = |at_least, at_most| Band { key: "b".to_owned(), at_least, at_most };
        assert!(band(Some(1.0), None).check().is_ok() && band(Some(1.0), Some(1.0)).check().is_ok());
        for odd in [band(None, None), band(Some(2.0), Some(1.0)), band(Some(f64::NAN), None)] {
            assert!(odd.check().is_err(), "{odd:?}");
        }
    }
}
