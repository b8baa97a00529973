//! Pictures: read, and written anew from their pixels alone. What a file carries besides them (places, cameras, programs,
//! another file at its end) does not come along.

mod moving;
mod still;

use std::io::{self, BufRead, Seek, Write};

use domain::{
    Refusal,
    attachments::{Extent, Kind, MOST_BYTES, THUMBNAIL_SIDE},
};
use image::{DynamicImage, ImageError, codecs::jpeg::JpegEncoder, metadata::Orientation};

/// A picture as it is kept.
pub struct Picture {
    /// What it became: a WebP that is a photo becomes a JPEG.
    pub kind: Kind,
    pub bytes: Vec<u8>,
    pub extent: Extent,
    pub thumbnail: (Kind, Vec<u8>),
}

/// Reads a picture of a kind and writes it anew. It takes up to [`domain::attachments::MOST_MEMORY`] and seconds: not for
/// an async worker.
///
/// # Errors
/// [`Refusal::FileNotAccepted`] when it is broken or another thing; [`Refusal::PictureTooLarge`].
pub fn anew(kind: Kind, file: impl BufRead + Seek) -> Result<Picture, Refusal> {
    match kind {
        Kind::Png => still::png(file),
        Kind::Jpeg => still::jpeg(file),
        Kind::Webp => still::webp(file),
        Kind::Gif => moving::gif(file),
        Kind::Pdf => Err(Refusal::FileNotAccepted { why: "it is no picture" }),
    }
}

/// What a codec says of a file that it cannot read. Of another failure there is none here: files are read from memory or
/// from a disk that has just taken them.
fn broken(error: impl std::fmt::Display) -> Refusal {
    tracing::debug!(%error, "a picture was not taken");
    Refusal::FileNotAccepted {
        why: "the picture is broken, is not what it begins as, or grows when it is written plainly",
    }
}

fn of_image(error: ImageError) -> Refusal {
    match error {
        ImageError::Limits(_) => Refusal::PictureTooLarge { most_pixels: domain::attachments::MOST_PIXELS },
        error => broken(error),
    }
}

/// What is written is kept in memory, and may be somewhat larger than what was read.
const MOST_WRITTEN: usize = MOST_BYTES + MOST_BYTES / 2;

#[derive(Default)]
struct Written(Vec<u8>);

impl Write for Written {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0.len() + bytes.len() > MOST_WRITTEN {
            return Err(io::Error::from(io::ErrorKind::FileTooLarge));
        }
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// JPEG as good as one sees.
const QUALITY: u8 = 88;

/// A copy that fits the square of [`THUMBNAIL_SIDE`]: PNG where one can see through it, else JPEG.
fn thumbnail(image: &DynamicImage, orientation: Orientation) -> Result<(Kind, Vec<u8>), Refusal> {
    let side = THUMBNAIL_SIDE;
    let mut small = match image.width().max(image.height()) > side {
        true => image.thumbnail(side, side),
        false => image.clone(),
    };
    small.apply_orientation(orientation);
    let mut out = Written::default();
    if small.color().has_alpha() {
        still::write_png(&small, &mut out)?;
        return Ok((Kind::Png, out.0));
    }
    let small = small.into_rgb8();
    JpegEncoder::new_with_quality(&mut out, 80).encode_image(&small).map_err(of_image)?;
    Ok((Kind::Jpeg, out.0))
}
