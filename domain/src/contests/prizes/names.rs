//! Under which name the public reads of a winner.

use crate::panels::applications::masked;

/// What a member of a winning team lets the public read of their name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum NameAs {
    Full,
    /// `홍*동`
    Masked,
    /// What nobody was asked about is not told.
    #[default]
    Hidden,
}

impl NameAs {
    pub const ALL: [Self; 3] = [Self::Full, Self::Masked, Self::Hidden];

    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Masked => "masked",
            Self::Hidden => "hidden",
        }
    }

    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.name() == name)
    }

    /// What the public reads.
    #[must_use]
    pub fn shown(self, display_name: &str) -> Option<String> {
        match self {
            Self::Full => Some(display_name.to_owned()),
            Self::Masked => Some(masked(display_name)),
            Self::Hidden => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_shown_as_its_owner_said() {
        let shown = NameAs::ALL.map(|one| one.shown("홍길동"));
        assert_eq!(shown, [Some("홍길동".to_owned()), Some("홍*동".to_owned()), None]);
        assert!(NameAs::ALL.iter().all(|one| NameAs::named(one.name()) == Some(*one)));
        assert_eq!(NameAs::default(), NameAs::Hidden);
    }
}
