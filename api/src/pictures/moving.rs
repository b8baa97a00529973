//! GIF: written anew frame by frame, with the colours, times and places that each frame has.

use std::{
    io::{BufRead, Seek},
    num::NonZeroU64,
};

use domain::{
    Refusal,
    attachments::{Extent, Kind, MOST_FRAMES, MOST_MOVING_PIXELS, MOST_PIXELS},
};
use gif::{DecodeOptions, Decoder, Encoder, Frame, MemoryLimit};
use image::{DynamicImage, Rgba, RgbaImage, metadata::Orientation};

use super::{Picture, Written, broken, thumbnail};

pub(super) fn gif(file: impl BufRead + Seek) -> Result<Picture, Refusal> {
    let mut options = DecodeOptions::new();
    options.check_frame_consistency(true);
    options.set_memory_limit(MemoryLimit::Bytes(NonZeroU64::new(MOST_PIXELS).unwrap_or(NonZeroU64::MIN)));
    let mut decoder = options.read_info(file).map_err(broken)?;
    let extent = Extent { width: decoder.width().into(), height: decoder.height().into() };
    // A frame, and once the canvas in full colour.
    extent.ensure_fits(6)?;
    let global = decoder.global_palette().unwrap_or(&[]).to_vec();
    let mut out = Written::default();
    let mut encoder = Encoder::new(&mut out, decoder.width(), decoder.height(), &global).map_err(broken)?;
    encoder.set_repeat(decoder.repeat()).map_err(broken)?;
    let (mut frames, mut pixels, mut first) = (0, 0, None);
    while let Some(frame) = next(&mut decoder)? {
        frames += 1;
        pixels += u64::from(frame.width) * u64::from(frame.height);
        if frames > MOST_FRAMES || pixels > MOST_MOVING_PIXELS {
            return Err(Refusal::PictureTooLarge { most_pixels: MOST_MOVING_PIXELS });
        }
        encoder.write_frame(&frame).map_err(broken)?;
        if first.is_none() {
            first = Some(thumbnail(&shown(&frame, &global, extent), Orientation::NoTransforms)?);
        }
    }
    let thumbnail = first.ok_or(Refusal::FileNotAccepted { why: "the picture has no frames" })?;
    drop(encoder);
    Ok(Picture { kind: Kind::Gif, bytes: out.0, extent, thumbnail })
}

/// The next frame. Its rows come in their order, also where they were stored in another.
fn next<R: BufRead + Seek>(decoder: &mut Decoder<R>) -> Result<Option<Frame<'static>>, Refusal> {
    let frame = decoder.read_next_frame().map_err(broken)?;
    Ok(frame.map(|frame| Frame { interlaced: false, ..frame.clone() }))
}

/// The canvas with one frame on it.
fn shown(frame: &Frame<'_>, global: &[u8], Extent { width, height }: Extent) -> DynamicImage {
    let mut canvas = RgbaImage::new(width, height);
    let palette = frame.palette.as_deref().unwrap_or(global);
    let columns = usize::from(frame.width).max(1);
    for (y, row) in (u32::from(frame.top)..).zip(frame.buffer.chunks(columns)) {
        for (x, index) in (u32::from(frame.left)..).zip(row) {
            let color = palette.chunks_exact(3).nth((*index).into());
            if let (Some([r, g, b]), Some(pixel)) = (color, canvas.get_pixel_mut_checked(x, y))
                && frame.transparent != Some(*index)
            {
                *pixel = Rgba([*r, *g, *b, 255]);
            }
        }
    }
    match canvas.pixels().all(|pixel| pixel.0[3] == 255) {
        true => DynamicImage::from(canvas).into_rgb8().into(),
        false => canvas.into(),
    }
}
