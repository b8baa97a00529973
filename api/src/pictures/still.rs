//! Pictures that do not move: PNG, JPEG and WebP.

use std::io::{BufRead, Seek, SeekFrom, Write as _};

use domain::{
    Refusal,
    attachments::{Extent, Kind},
};
use image::{
    DynamicImage, GenericImageView, ImageBuffer, ImageDecoder, Limits, Luma, Pixel, Rgb,
    codecs::{
        jpeg::{JpegDecoder, JpegEncoder},
        png::PngDecoder,
        webp::{WebPDecoder, WebPEncoder},
    },
    metadata::Orientation,
};

use super::{Picture, QUALITY, Written, broken, of_image, thumbnail};

/// What a decoder may take besides the picture itself: profiles and texts may be bombs as well.
const MOST_BESIDES: u64 = 8 * 1_024 * 1_024;

/// Reads a picture of which each pixel takes so many bytes on the way, and so many more where it is there twice.
fn read(
    mut decoder: impl ImageDecoder,
    on_the_way: u64,
    twice: impl Fn(Orientation) -> u64,
) -> Result<(DynamicImage, Orientation), Refusal> {
    let (width, height) = decoder.dimensions();
    let extent = Extent { width, height };
    extent.ensure_fits(on_the_way)?;
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    extent.ensure_fits(on_the_way + twice(orientation))?;
    Ok((DynamicImage::from_decoder(decoder).map_err(of_image)?, orientation))
}

pub(super) fn png(file: impl BufRead + Seek) -> Result<Picture, Refusal> {
    let mut limits = Limits::no_limits();
    limits.max_alloc = Some(MOST_BESIDES);
    let decoder = PngDecoder::with_limits(file, limits).map_err(of_image)?;
    let color = decoder.color_type();
    let (bytes, samples) = (u64::from(color.bytes_per_pixel()), u64::from(color.channel_count()));
    let twice = |orientation| match bytes > samples || orientation != Orientation::NoTransforms {
        true => samples,
        false => 0,
    };
    let (image, orientation) = read(decoder, bytes, twice)?;
    let mut image = narrow(image);
    let thumbnail = thumbnail(&image, orientation)?;
    image.apply_orientation(orientation);
    let mut out = Written::default();
    write_png(&image, &mut out)?;
    Ok(picture(Kind::Png, out, &image, thumbnail))
}

pub(super) fn jpeg(mut file: impl BufRead + Seek) -> Result<Picture, Refusal> {
    // The coefficients of a progressive picture are kept until the last of its scans: two bytes for each sample.
    let on_the_way = progressive_bytes(&mut file).map_err(broken)?;
    file.seek(SeekFrom::Start(0)).map_err(broken)?;
    let decoder = JpegDecoder::new(file).map_err(of_image)?;
    let bytes = decoder.color_type().bytes_per_pixel();
    let (image, orientation) = read(decoder, u64::from(bytes) + on_the_way, |_| 0)?;
    let thumbnail = thumbnail(&image, orientation)?;
    as_jpeg(image, orientation, thumbnail)
}

fn as_jpeg(
    image: DynamicImage,
    orientation: Orientation,
    thumbnail: (Kind, Vec<u8>),
) -> Result<Picture, Refusal> {
    let mut out = Written::default();
    let mut encoder = JpegEncoder::new_with_quality(&mut out, QUALITY);
    let (width, height) = match image {
        DynamicImage::ImageLuma8(image) => {
            let turned: Turned<'_, Luma<u8>> = Turned { image: &image, orientation };
            encoder.encode_image(&turned).map_err(of_image)?;
            turned.dimensions()
        }
        image => {
            let image = image.into_rgb8();
            let turned: Turned<'_, Rgb<u8>> = Turned { image: &image, orientation };
            encoder.encode_image(&turned).map_err(of_image)?;
            turned.dimensions()
        }
    };
    Ok(Picture { kind: Kind::Jpeg, bytes: out.0, extent: Extent { width, height }, thumbnail })
}

/// Photos come as JPEG out of it, because nothing writes WebP with loss in Rust; drawings, and what one can see through,
/// stay as they are to the last pixel.
pub(super) fn webp(mut file: impl BufRead + Seek) -> Result<Picture, Refusal> {
    let lossless = is_lossless(&mut file).map_err(broken)?;
    file.seek(SeekFrom::Start(0)).map_err(broken)?;
    let decoder = WebPDecoder::new(file).map_err(of_image)?;
    if decoder.has_animation() {
        return Err(Refusal::FileNotAccepted { why: "the WebP moves; send a GIF" });
    }
    // Planes of colour, the mask, what that is unpacked to, and the picture.
    let (mut image, orientation) = read(decoder, 11, |_| 0)?;
    let thumbnail = thumbnail(&image, orientation)?;
    if !lossless && !image.color().has_alpha() {
        return as_jpeg(image, orientation, thumbnail);
    }
    image.apply_orientation(orientation);
    let mut out = Written::default();
    image.write_with_encoder(WebPEncoder::new_lossless(&mut out)).map_err(of_image)?;
    Ok(picture(Kind::Webp, out, &image, thumbnail))
}

fn picture(kind: Kind, out: Written, image: &DynamicImage, thumbnail: (Kind, Vec<u8>)) -> Picture {
    let extent = Extent { width: image.width(), height: image.height() };
    Picture { kind, bytes: out.0, extent, thumbnail }
}

/// With 8 bits for each sample, which is what screens show.
fn narrow(image: DynamicImage) -> DynamicImage {
    match image {
        DynamicImage::ImageLuma16(_) => image.into_luma8().into(),
        DynamicImage::ImageLumaA16(_) => image.into_luma_alpha8().into(),
        DynamicImage::ImageRgb16(_) => image.into_rgb8().into(),
        DynamicImage::ImageRgba16(_) => image.into_rgba8().into(),
        image => image,
    }
}

/// Row by row, so that what was compressed is the only copy.
pub(super) fn write_png(image: &DynamicImage, out: &mut Written) -> Result<(), Refusal> {
    let color = match image {
        DynamicImage::ImageLuma8(_) => png::ColorType::Grayscale,
        DynamicImage::ImageLumaA8(_) => png::ColorType::GrayscaleAlpha,
        DynamicImage::ImageRgb8(_) => png::ColorType::Rgb,
        _ => png::ColorType::Rgba,
    };
    let mut encoder = png::Encoder::new(out, image.width(), image.height());
    encoder.set_color(color);
    encoder.set_depth(png::BitDepth::Eight);
    let mut writer = encoder.write_header().map_err(broken)?;
    let mut rows = writer.stream_writer().map_err(broken)?;
    rows.write_all(image.as_bytes()).map_err(broken)?;
    rows.finish().map_err(broken)?;
    writer.finish().map_err(broken)
}

/// A picture as it is seen the right way up, without a second copy of its pixels.
struct Turned<'a, P: Pixel<Subpixel = u8>> {
    image: &'a ImageBuffer<P, Vec<u8>>,
    orientation: Orientation,
}

impl<P: Pixel<Subpixel = u8>> GenericImageView for Turned<'_, P> {
    type Pixel = P;

    fn dimensions(&self) -> (u32, u32) {
        let (width, height) = self.image.dimensions();
        match self.orientation {
            Orientation::Rotate90
            | Orientation::Rotate270
            | Orientation::Rotate90FlipH
            | Orientation::Rotate270FlipH => (height, width),
            Orientation::NoTransforms
            | Orientation::Rotate180
            | Orientation::FlipHorizontal
            | Orientation::FlipVertical => (width, height),
        }
    }

    fn get_pixel(&self, x: u32, y: u32) -> P {
        let (right, bottom) = (self.image.width() - 1, self.image.height() - 1);
        let (x, y) = match self.orientation {
            Orientation::NoTransforms => (x, y),
            Orientation::Rotate90 => (y, bottom - x),
            Orientation::Rotate180 => (right - x, bottom - y),
            Orientation::Rotate270 => (right - y, x),
            Orientation::FlipHorizontal => (right - x, y),
            Orientation::FlipVertical => (x, bottom - y),
            Orientation::Rotate90FlipH => (y, x),
            Orientation::Rotate270FlipH => (right - y, bottom - x),
        };
        *self.image.get_pixel(x, y)
    }
}

/// How many bytes the coefficients of a JPEG in several scans take for each pixel, and 0 for one in a single scan: by the
/// marker of its sizes (ITU T.81, B.2.2).
fn progressive_bytes(file: &mut (impl BufRead + Seek)) -> std::io::Result<u64> {
    let mut read = |bytes: &mut [u8]| file.read_exact(bytes);
    let mut marker = [0; 2];
    read(&mut marker)?;
    loop {
        read(&mut marker)?;
        // Any number of bytes may fill up to a marker.
        while marker == [0xff; 2] {
            read(&mut marker[1..])?;
        }
        let mut length = [0; 2];
        match marker {
            [0xff, 0x01 | 0xd0..=0xd9] => continue,
            [0xff, _] => read(&mut length)?,
            _ => return Err(std::io::ErrorKind::InvalidData.into()),
        }
        let mut segment = vec![0; usize::from(u16::from_be_bytes(length)).saturating_sub(2)];
        read(&mut segment)?;
        match marker[1] {
            0xc0 | 0xc1 => return Ok(0),
            // What looks alike: DHT, JPG and DAC.
            0xc4 | 0xc8 | 0xcc => {}
            0xc2..=0xcf => return Ok(coefficients(segment.get(6..).unwrap_or(&[]))),
            _ => {}
        }
    }
}

/// Two bytes for each sample, of which each component has its share of the densest in both directions.
fn coefficients(components: &[u8]) -> u64 {
    let factors = components.chunks_exact(3).map(|part| (u64::from(part[1] >> 4), u64::from(part[1] & 15)));
    let (wide, high) = factors.clone().fold((1, 1), |(wide, high), (h, v)| (wide.max(h), high.max(v)));
    (2 * factors.map(|(h, v)| h * v).sum::<u64>()).div_ceil(wide * high)
}

/// Whether a WebP keeps every pixel: its picture is a chunk `VP8L`.
fn is_lossless(file: &mut (impl BufRead + Seek)) -> std::io::Result<bool> {
    file.seek(SeekFrom::Start(12))?;
    loop {
        let mut chunk = [0; 8];
        file.read_exact(&mut chunk)?;
        let [name @ .., a, b, c, d] = chunk;
        match &name {
            b"VP8L" => return Ok(true),
            b"VP8 " | b"ANMF" => return Ok(false),
            _ => {
                let length = i64::from(u32::from_le_bytes([a, b, c, d]));
                file.seek(SeekFrom::Current(length + length % 2))?;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use image::RgbImage;

    use super::*;

    #[test]
    fn coefficients_take_what_the_sampling_says() {
        assert_eq!(coefficients(&[1, 0x11, 0]), 2, "grey");
        assert_eq!(coefficients(&[1, 0x11, 0, 2, 0x11, 1, 3, 0x11, 1]), 6, "4:4:4");
        assert_eq!(coefficients(&[1, 0x22, 0, 2, 0x11, 1, 3, 0x11, 1]), 3, "4:2:0");
        assert_eq!(coefficients(&[]), 0);
    }

    #[test]
    fn a_picture_turned_in_place_is_the_one_turned_by_copying() {
        let image = RgbImage::from_fn(3, 2, |x, y| Rgb([x as u8, y as u8, 7]));
        for orientation in (1..=8).filter_map(Orientation::from_exif) {
            let mut copied = DynamicImage::from(image.clone());
            copied.apply_orientation(orientation);
            let turned = Turned { image: &image, orientation };
            assert_eq!(turned.dimensions(), copied.dimensions(), "{orientation:?}");
            let pixels = turned.pixels().map(|(x, y, pixel)| (x, y, pixel.to_rgba()));
            assert_eq!(pixels.collect::<Vec<_>>(), copied.pixels().collect::<Vec<_>>(), "{orientation:?}");
        }
    }
}
