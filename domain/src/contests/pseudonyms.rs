//! What entries, judges and voters are called where nobody is to know who they are.

use super::Contest;
use crate::{
    EntryId, MemberId,
    digest::{self, Digest},
};

impl Contest {
    /// An entry among the others; its team is told it.
    #[must_use]
    pub fn pseudonym_of_entry(&self, id: EntryId) -> String {
        self.pseudonym(b"entry", id.uuid().as_bytes())
    }

    /// A judge among the others.
    #[must_use]
    pub fn pseudonym_of_judge(&self, id: MemberId) -> String {
        self.pseudonym(b"judge", id.uuid().as_bytes())
    }

    /// A voter among the others, who is told it.
    #[must_use]
    pub fn pseudonym_of_voter(&self, id: MemberId) -> String {
        self.pseudonym(b"voter", id.uuid().as_bytes())
    }

    /// Decides in which order each voter sees the entries.
    #[must_use]
    pub fn presentation_seed(&self) -> Digest {
        digest::of(&[b"contests/present/v1", &self.secret])
    }

    /// 64 bits in base 16: without the secret of the contest nobody can tell whose it is by trying all.
    fn pseudonym(&self, kind: &[u8], id: &[u8]) -> String {
        let whole = digest::of(&[b"contests/pseudonym/v1", &self.secret, kind, id]);
        digest::hex(&whole[..8])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contests::tests::{contest, day};

    #[test]
    fn everybody_has_another_name_in_each_contest_and_part() {
        let (one, other) = (contest(), Contest { secret: [8; 32], ..contest() });
        let (member, entry) = (MemberId::new(day(0), [1; 10]), EntryId::new(day(0), [1; 10]));
        let names = [
            one.pseudonym_of_entry(entry),
            one.pseudonym_of_judge(member),
            one.pseudonym_of_voter(member),
            other.pseudonym_of_judge(member),
        ];
        assert_eq!(names.iter().collect::<std::collections::BTreeSet<_>>().len(), 4);
        assert!(names.iter().all(|name| name.len() == 16));
        assert_eq!(one.pseudonym_of_judge(member), names[1]);
    }
}
