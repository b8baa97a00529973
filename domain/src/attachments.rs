//! Attachments: files that stand with an idea, a comment, a panel, what was told of a trial, a contest or an entry of it; what they may
//! be, and what they are called.

mod name;
mod pdf;

use chrono::{DateTime, TimeDelta, Utc};

pub use self::{name::FileName, pdf::ensure_pdf};
use crate::{
    Actor, AttachmentId, CommentId, ContestId, EntryId, IdeaId, MemberId, PanelId, Refusal, ReportId, WorkId,
    access::Permission, contests, panels,
};

/// A file somebody uploaded. Its bytes are elsewhere, under its id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    pub id: AttachmentId,
    pub owner: MemberId,
    pub kind: Kind,
    pub name: FileName,
    /// How many bytes are stored.
    pub bytes: i64,
    /// Of a picture.
    pub extent: Option<Extent>,
    /// Of the bytes that are stored.
    pub sha256: [u8; 32],
    /// What the small copy of a picture is.
    pub thumbnail: Option<Kind>,
    /// Where it stands; nowhere at first.
    pub place: Option<Place>,
    pub created_at: DateTime<Utc>,
}

/// What an attachment stands with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Place {
    Idea(IdeaId),
    Comment(CommentId),
    Panel(PanelId),
    Report(ReportId),
    /// What was done for a mission.
    Work(WorkId),
    Contest(ContestId),
    /// Sealed with it.
    Entry(EntryId),
}

/// The largest file that is taken, in bytes.
pub const MOST_BYTES: usize = 10 * 1_024 * 1_024;
/// The most pixels of a picture, or of a frame of one that moves.
pub const MOST_PIXELS: u64 = 25_000_000;
/// The longest side, in pixels: what WebP and most screens can take.
pub const MOST_SIDE: u32 = 16_383;
/// The most memory that reading and writing a picture anew may take, in bytes.
pub const MOST_MEMORY: u64 = 75_000_000;
/// The most frames of a picture that moves.
pub const MOST_FRAMES: usize = 500;
/// The most pixels of all frames together.
pub const MOST_MOVING_PIXELS: u64 = 200_000_000;
/// The sides of the small copy are no longer than this.
pub const THUMBNAIL_SIDE: u32 = 480;
/// How many may stand at one place.
pub const MOST_AT_A_PLACE: u64 = 10;
/// How many of a member's may stand nowhere at a time.
pub const MOST_UNLINKED: usize = 50;
/// For how long one that stands nowhere is kept.
pub const UNLINKED_FOR: TimeDelta = TimeDelta::hours(24);

/// What a file is, by its content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Png,
    Jpeg,
    Webp,
    Gif,
    Pdf,
}

impl Kind {
    pub const ALL: [Self; 5] = [Self::Png, Self::Jpeg, Self::Webp, Self::Gif, Self::Pdf];

    /// What a file that begins so claims to be; what it is shows when it is read whole.
    ///
    /// # Errors
    /// [`Refusal::FileNotAccepted`].
    pub fn of_content(beginning: &[u8]) -> Result<Self, Refusal> {
        match beginning {
            [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Ok(Self::Png),
            [0xff, 0xd8, 0xff, ..] => Ok(Self::Jpeg),
            [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Ok(Self::Webp),
            [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Ok(Self::Gif),
            [b'%', b'P', b'D', b'F', b'-', ..] => Ok(Self::Pdf),
            _ => Err(Refusal::FileNotAccepted { why: "it is none of PNG, JPEG, WebP, GIF and PDF" }),
        }
    }

    /// How it is stored.
    #[must_use]
    pub fn key(self) -> &'static str {
        self.extensions()[0]
    }

    #[must_use]
    pub fn of_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.key() == key)
    }

    #[must_use]
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Webp => "image/webp",
            Self::Gif => "image/gif",
            Self::Pdf => "application/pdf",
        }
    }

    /// What names of such files end in; the first is the one that is given.
    #[must_use]
    pub fn extensions(self) -> &'static [&'static str] {
        match self {
            Self::Png => &["png"],
            Self::Jpeg => &["jpg", "jpeg"],
            Self::Webp => &["webp"],
            Self::Gif => &["gif"],
            Self::Pdf => &["pdf"],
        }
    }

    /// Whether it may be shown in a page: a picture was written anew from its pixels, so nothing else is in it.
    #[must_use]
    pub fn is_picture(self) -> bool {
        self != Self::Pdf
    }
}

/// Width and height, in pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Extent {
    pub width: u32,
    pub height: u32,
}

impl Extent {
    #[must_use]
    pub fn pixels(self) -> u64 {
        u64::from(self.width) * u64::from(self.height)
    }

    /// Whether a picture so large may be read, where each pixel takes so many bytes on the way.
    ///
    /// # Errors
    /// [`Refusal::FileNotAccepted`] for one without pixels, else [`Refusal::PictureTooLarge`].
    pub fn ensure_fits(self, bytes_per_pixel: u64) -> Result<(), Refusal> {
        if self.pixels() == 0 {
            return Err(Refusal::FileNotAccepted { why: "the picture has no pixels" });
        }
        let most_pixels = MOST_PIXELS.min(MOST_MEMORY / bytes_per_pixel.max(1));
        match self.width.max(self.height) > MOST_SIDE || self.pixels() > most_pixels {
            true => Err(Refusal::PictureTooLarge { most_pixels }),
            false => Ok(()),
        }
    }
}

impl Attachment {
    /// Its owner may take it away, and so may staff. What was handed in with a report or for a mission its owner leaves out there, as
    /// long as that may change: others judge by it. From an entry, which may have been sent, it is taken only by changing the entry.
    ///
    /// # Errors
    /// [`Refusal::SignInNeeded`], [`Refusal::NotYours`], [`contests::Barred::FileOfEntry`] or [`panels::Barred::HandedIn`].
    pub fn ensure_may_delete(&self, actor: &Actor) -> Result<(), Refusal> {
        match (actor.ensure_member()? == self.owner, self.place) {
            (_, Some(Place::Entry(_))) => Err(contests::Barred::FileOfEntry.into()),
            (true, Some(Place::Report(_) | Place::Work(_))) => Err(panels::Barred::HandedIn.into()),
            (true, _) => Ok(()),
            (false, _) => actor.ensure(Permission::ManageIdeas).map_err(|_| Refusal::NotYours),
        }
    }

    /// The same for who must not learn whose it is: under the name of its place in a list, from 0.
    #[must_use]
    pub fn nameless(self, nth: usize) -> Self {
        Self { name: FileName::new(&format!("file-{}", nth + 1), self.kind), ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::members::Role;

    #[test]
    fn a_file_is_what_it_begins_with() {
        for (beginning, kind) in [
            (b"\x89PNG\r\n\x1a\n".as_slice(), Some(Kind::Png)),
            (b"\xff\xd8\xff\xe0", Some(Kind::Jpeg)),
            (b"RIFF....WEBPVP8 ", Some(Kind::Webp)),
            (b"GIF89a", Some(Kind::Gif)),
            (b"%PDF-1.7", Some(Kind::Pdf)),
            (b" %PDF-1.7", None),
            (b"RIFF....WAVE", None),
            (b"<svg xmlns=", None),
            (b"PK\x03\x04", None),
            (b"", None),
        ] {
            assert_eq!(Kind::of_content(beginning).ok(), kind, "{beginning:?}");
        }
    }

    #[test]
    fn a_picture_fits_by_its_pixels_its_sides_and_the_memory_it_takes() {
        let fits = |width, height, bytes| Extent { width, height }.ensure_fits(bytes).is_ok();
        assert!(fits(5_000, 5_000, 3) && fits(1, 1, 4) && fits(4_000, 3_000, 6));
        assert!(!fits(5_001, 5_000, 1), "too many pixels");
        assert!(!fits(16_384, 1, 4), "too long");
        assert!(!fits(5_000, 5_000, 4), "too much memory");
        assert!(!fits(0, 5, 4), "nothing to see");
        assert!(!fits(u32::MAX, u32::MAX, 16));
    }

    #[test]
    fn what_was_handed_in_is_not_taken_away_by_its_owner() {
        let [owner, other] = [1, 2].map(|n| MemberId::new(DateTime::UNIX_EPOCH, [n; 10]));
        let of = |id, role| Actor::Member { id, role };
        let id = uuid::Uuid::nil();
        let standing = |place| Attachment {
            id: id.into(),
            owner,
            kind: Kind::Png,
            name: FileName::nameless(Kind::Png),
            bytes: 1,
            extent: None,
            sha256: [0; 32],
            thumbnail: None,
            place,
            created_at: DateTime::UNIX_EPOCH,
        };
        let handed_in = Err(panels::Barred::HandedIn.into());
        for (place, by_owner) in [
            (None, Ok(())),
            (Some(Place::Idea(id.into())), Ok(())),
            (Some(Place::Panel(id.into())), Ok(())),
            (Some(Place::Report(id.into())), handed_in.clone()),
            (Some(Place::Work(id.into())), handed_in),
        ] {
            let attachment = standing(place);
            for role in [Role::Member, Role::ProductManager] {
                assert_eq!(attachment.ensure_may_delete(&of(owner, role)), by_owner, "{place:?} {role:?}");
            }
            // What may not stay is taken away by staff, whose action is kept.
            assert_eq!(attachment.ensure_may_delete(&of(other, Role::ProductManager)), Ok(()));
            let stranger = attachment.ensure_may_delete(&of(other, Role::Member));
            assert_eq!(stranger, Err(Refusal::NotYours));
        }
    }

    #[test]
    fn each_kind_is_known_by_its_key() {
        assert!(Kind::ALL.into_iter().all(|kind| Kind::of_key(kind.key()) == Some(kind)));
        assert_eq!(Kind::of_key("svg"), None);
    }
}
