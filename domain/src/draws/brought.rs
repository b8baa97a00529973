//! The evidence that somebody brings of a number that was announced.

use chrono::{DateTime, Utc};

use super::{
    Beacon,
    beacon::{Evidence, time_of_round},
};
use crate::{Refusal, text::Fault};

impl Beacon {
    /// The bytes that evidence proves, now.
    ///
    /// # Errors
    /// [`Refusal::UnfitAt`] names the part of the evidence that is missing, does not belong there, or proves nothing.
    pub fn brought(&self, evidence: &Evidence, now: DateTime<Utc>) -> Result<Vec<u8>, Refusal> {
        let pointer = match self {
            Self::Drand { .. } => "/signature",
            Self::ManualSources { .. } => "/values",
            Self::MultiParty { .. } => "/nonces",
        };
        let unfit = |fault| Refusal::UnfitAt { pointer: pointer.to_owned(), fault };
        self.ensure_of_kind(evidence)?;
        if let Self::Drand { chain, round } = self
            && time_of_round(chain, *round).is_none_or(|time| time > now)
        {
            return Err(unfit(Fault::NotA("signature of a round that is out")));
        }
        match self.proven(evidence) {
            Ok(Some(bytes)) => Ok(bytes),
            Ok(None) => Err(unfit(Fault::Required)),
            Err(_) => Err(unfit(Fault::NotA("proof of the number that the lock names"))),
        }
    }

    /// Whether evidence is of the kind that was announced: named sources with somebody who saw them and where to look, and nothing of
    /// another kind.
    fn ensure_of_kind(&self, evidence: &Evidence) -> Result<(), Refusal> {
        let named = matches!(self, Self::ManualSources { .. });
        let parts = [
            ("/signature", evidence.signature.is_some(), matches!(self, Self::Drand { .. }), false),
            ("/values", evidence.values.is_some(), named, false),
            ("/witness", evidence.witness.as_ref().is_some_and(|name| !name.trim().is_empty()), named, named),
            ("/link", evidence.link.as_ref().is_some_and(|link| !link.trim().is_empty()), named, named),
        ];
        for (pointer, is_there, belongs, is_needed) in parts {
            let fault = match (is_there, belongs, is_needed) {
                (true, false, _) => Fault::NotA("part of what shows this number"),
                (false, _, true) => Fault::Required,
                _ => continue,
            };
            return Err(Refusal::UnfitAt { pointer: pointer.to_owned(), fault });
        }
        Ok(())
    }
}
