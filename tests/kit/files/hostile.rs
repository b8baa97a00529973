//! A hundred files and more that are not what they seem, all made here.

use super::{chunk, exif, gif, jpeg, pdf, png, webp, with_chunks, with_segment};

/// A file, the name it is sent under, and whether some clean form of it may be stored.
pub struct Hostile {
    pub name: Vec<u8>,
    pub bytes: Vec<u8>,
    pub about: String,
    pub may_be_kept: bool,
}

/// What stands in every file that carries something, and must be in nothing that is stored.
pub const PAYLOAD: &[u8] = b"<script>madang_payload()</script>";

fn refused(about: impl Into<String>, bytes: Vec<u8>) -> Hostile {
    Hostile { name: b"picture.png".to_vec(), bytes, about: about.into(), may_be_kept: false }
}

fn kept(about: impl Into<String>, bytes: Vec<u8>) -> Hostile {
    Hostile { may_be_kept: true, ..refused(about, bytes) }
}

pub fn all() -> Vec<Hostile> {
    [cut_off(), lies(), bombs(), renamed(), carriers(), pages_and_archives(), names(), sizes()]
        .into_iter()
        .flatten()
        .collect()
}

fn plain() -> [(&'static str, Vec<u8>); 5] {
    [
        ("png", png(64, 48)),
        ("jpeg", jpeg(64, 48)),
        ("webp", webp(64, 48)),
        ("gif", gif(64, 48, 3)),
        ("pdf", pdf()),
    ]
}

/// Each kind, ended too soon. A decoder may make do with half a JPEG or GIF.
fn cut_off() -> Vec<Hostile> {
    let mut found = Vec::new();
    for (kind, whole) in plain() {
        for hundredths in [3, 10, 30, 50, 75, 95] {
            let bytes = whole[..whole.len() * hundredths / 100].to_vec();
            found.push(kept(format!("{kind} cut off at {hundredths} %"), bytes));
        }
        found.push(refused(format!("nothing but the first bytes of a {kind}"), whole[..12].to_vec()));
    }
    found
}

fn with_sizes(png: &[u8], width: u32, height: u32) -> Vec<u8> {
    let header = [&width.to_be_bytes(), &height.to_be_bytes(), &png[24..29]].concat();
    [&png[..8], &chunk(b"IHDR", &header), &png[33..]].concat()
}

/// Headers that say what is not so.
fn lies() -> Vec<Hostile> {
    let small = png(8, 8);
    let sizes =
        [(0, 0), (0, 8), (8, 0), (1, u32::MAX), (65_535, 65_535), (16_384, 1), (9_000, 9), (5_001, 5_000)];
    let mut found: Vec<Hostile> = sizes
        .into_iter()
        .map(|(width, height)| {
            refused(format!("png that says {width} by {height}"), with_sizes(&small, width, height))
        })
        .collect();
    let mut wide = jpeg(64, 48);
    let frame = wide.windows(2).position(|marker| marker == [0xff, 0xc0]).unwrap();
    wide[frame + 5..frame + 9].copy_from_slice(&[0xff, 0xf0, 0xff, 0xf0]);
    found.push(refused("jpeg that says 65520 by 65520", wide.clone()));
    wide[frame + 5..frame + 9].copy_from_slice(&[0x10, 0, 0x10, 0]);
    wide[frame + 1] = 0xc2;
    found.push(refused("progressive jpeg that says 4096 by 4096", wide));
    let mut canvas = gif(8, 8, 1);
    canvas[6..10].copy_from_slice(&[0xff; 4]);
    found.push(refused("gif that says 65535 by 65535", canvas));
    let extended = [b"VP8X\x0a\0\0\0\0\0\0\0".as_slice(), &[0xfe, 0x3f, 0, 0xfe, 0x3f, 0]].concat();
    found.push(refused("webp that says 16383 by 16383", riff(&extended)));
    let mut broken = small;
    broken[50] ^= 0xff;
    found.push(refused("png with a check that fails", broken));
    found
}

fn riff(chunks: &[u8]) -> Vec<u8> {
    let length = (chunks.len() as u32 + 4).to_le_bytes();
    [b"RIFF".as_slice(), &length, b"WEBP", chunks].concat()
}

/// A PNG of one colour, which is small however large it is.
fn flat(width: u32, height: u32, color: png::ColorType, depth: png::BitDepth) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, width, height);
    encoder.set_color(color);
    encoder.set_depth(depth);
    encoder.set_compression(png::Compression::Fast);
    let mut writer = encoder.write_header().unwrap();
    let mut rows = writer.stream_writer().unwrap();
    let row = vec![0; color.samples() * (depth as usize) * width as usize / 8];
    for _ in 0..height {
        std::io::Write::write_all(&mut rows, &row).unwrap();
    }
    rows.finish().unwrap();
    writer.finish().unwrap();
    bytes
}

/// Small on the wire, large in memory.
fn bombs() -> Vec<Hostile> {
    let (rgba, gray) = (png::ColorType::Rgba, png::ColorType::Grayscale);
    let fifty = flat(10_000, 5_000, gray, png::BitDepth::Eight);
    let (start, end) = idat(&fifty);
    let small = png(8, 8);
    let (_, small_end) = idat(&small);
    let stuffed = [&small[..33], &fifty[start..end], &small[small_end..]].concat();
    let zeros = &fifty[start + 8..end - 4];
    let profile = [b"x\0\0".as_slice(), zeros].concat();
    let words = [b"Comment\0\0".as_slice(), zeros].concat();
    vec![
        refused("png of 50 megapixels", fifty.clone()),
        refused("png of 50 megapixels in colour", flat(10_000, 5_000, rgba, png::BitDepth::Eight)),
        refused("png of 20 megapixels with 8 bytes each", flat(5_000, 4_000, rgba, png::BitDepth::Sixteen)),
        refused("gif of a hundred thousand frames", gif(1, 1, 100_000)),
        refused("gif of 450 large frames", gif(1_000, 1_000, 450)),
        kept("png of 8 by 8 with the data of 50 megapixels", stuffed),
        kept("png with a profile that unpacks to 50 MB", with_chunks(&small, &[chunk(b"iCCP", &profile)])),
        kept("png with a text that unpacks to 50 MB", with_chunks(&small, &[chunk(b"zTXt", &words)])),
        kept("the largest png there may be", flat(4_300, 4_300, rgba, png::BitDepth::Eight)),
        kept("the largest png with 8 bytes a pixel", flat(2_500, 2_500, rgba, png::BitDepth::Sixteen)),
        kept("the largest jpeg there may be, on its side", with_segment(&jpeg(6_000, 4_100), 0xe1, &exif(6))),
    ]
}

/// Where the data of a PNG is.
fn idat(png: &[u8]) -> (usize, usize) {
    let start = png.windows(4).position(|name| name == b"IDAT").unwrap() - 4;
    let end = png.windows(4).position(|name| name == b"IEND").unwrap() - 4;
    (start, end)
}

/// Other things under the name of a picture.
fn renamed() -> Vec<Hostile> {
    let beginnings: [(&str, &[u8]); 25] = [
        ("svg", b"<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"alert(1)\"/>"),
        ("svg after a declaration", b"<?xml version=\"1.0\"?><svg/>"),
        ("html", b"<!doctype html><html>"),
        ("javascript", b"alert(document.cookie)"),
        ("php", b"<?php system($_GET['c']); ?>"),
        ("zip", b"PK\x03\x04\x14\0\0\0\x08\0"),
        ("exe", b"MZ\x90\0\x03\0\0\0"),
        ("elf", b"\x7fELF\x02\x01\x01\0"),
        ("mp4", b"\0\0\0\x18ftypmp42\0\0\0\0"),
        ("avif", b"\0\0\0\x1cftypavif\0\0\0\0"),
        ("heic", b"\0\0\0\x18ftypheic\0\0\0\0"),
        ("bmp", b"BM\x9a\0\0\0\0\0\0\0"),
        ("tiff", b"II*\0\x08\0\0\0"),
        ("ico", b"\0\0\x01\0\x01\0\x10\x10"),
        ("wav", b"RIFF\x24\0\0\0WAVEfmt "),
        ("avi", b"RIFF\x24\0\0\0AVI LIST"),
        ("flash", b"FWS\x05\x20\0\0\0"),
        ("postscript", b"%!PS-Adobe-3.0\n"),
        ("gzip", b"\x1f\x8b\x08\0\0\0\0\0"),
        ("7z", b"7z\xbc\xaf\x27\x1c\0\x04"),
        ("shell", b"#!/bin/sh\nrm -rf /\n"),
        ("json", b"{\"a\":1}"),
        ("nothing", b""),
        ("zeros", &[0; 4_096]),
        ("a byte", b"\x89"),
    ];
    beginnings.into_iter().map(|(about, bytes)| refused(about, bytes.to_vec())).collect()
}

fn with_payload(about: &str, parts: &[&[u8]]) -> Hostile {
    kept(about, parts.concat())
}

/// Pictures that carry something.
fn carriers() -> Vec<Hostile> {
    let (png, jpeg, webp, gif) = (png(64, 48), jpeg(64, 48), webp(64, 48), gif(64, 48, 2));
    let zip = [b"PK\x03\x04".as_slice(), PAYLOAD, b"PK\x05\x06", &[0; 18]].concat();
    let text = [b"Comment\0".as_slice(), PAYLOAD].concat();
    let xmp = [b"XML:com.adobe.xmp\0\0\0\0\0".as_slice(), PAYLOAD].concat();
    let camera = [exif(1).as_slice(), PAYLOAD].concat();
    let adobe = [b"http://ns.adobe.com/xap/1.0/\0".as_slice(), PAYLOAD].concat();
    let profile = [b"ICC_PROFILE\0\x01\x01".as_slice(), PAYLOAD].concat();
    let comment = [b"!\xfe".as_slice(), &[PAYLOAD.len() as u8], PAYLOAD, b"\0"].concat();
    let mut script = gif.clone();
    script[6..8].copy_from_slice(b"/*");
    let riff_of = |name: &[u8; 4]| {
        let length = (PAYLOAD.len() as u32).to_le_bytes();
        let odd = if PAYLOAD.len() % 2 == 1 { b"\0".as_slice() } else { b"" };
        let more = [name.as_slice(), &length, PAYLOAD, odd].concat();
        riff(&[&webp[12..], &more].concat())
    };
    vec![
        with_payload("gif that is a script by its width", &[&script, b"*/=1;", PAYLOAD]),
        with_payload("gif with a script after it", &[&gif, PAYLOAD]),
        with_payload("gif with a script for a comment", &[&gif[..19], &comment, &gif[19..]]),
        with_payload("jpeg with an archive after it", &[&jpeg, &zip]),
        with_payload("jpeg with a page after it", &[&jpeg, PAYLOAD]),
        with_payload("jpeg with another after it", &[&jpeg, &jpeg, PAYLOAD]),
        kept("jpeg with a script for a comment", with_segment(&jpeg, 0xfe, PAYLOAD)),
        kept("jpeg with a script from the camera", with_segment(&jpeg, 0xe1, &camera)),
        kept("jpeg with a script in its description", with_segment(&jpeg, 0xe1, &adobe)),
        kept("jpeg with a script for a profile", with_segment(&jpeg, 0xe2, &profile)),
        kept("jpeg with a script in a segment nobody knows", with_segment(&jpeg, 0xeb, PAYLOAD)),
        with_payload("png with an archive after it", &[&png, &zip]),
        with_payload("png with a page after it", &[&png, PAYLOAD]),
        kept("png with a script for a text", with_chunks(&png, &[chunk(b"tEXt", &text)])),
        kept("png with a script in its description", with_chunks(&png, &[chunk(b"iTXt", &xmp)])),
        kept("png with a script from the camera", with_chunks(&png, &[chunk(b"eXIf", &camera[6..])])),
        kept("png with a script in a chunk nobody knows", with_chunks(&png, &[chunk(b"maDg", PAYLOAD)])),
        with_payload("webp with a page after it", &[&webp, PAYLOAD]),
        kept("webp with a script in its description", riff_of(b"XMP ")),
        kept("webp with a script from the camera", riff_of(b"EXIF")),
        kept("webp with a script in a chunk nobody knows", riff_of(b"MADG")),
    ]
}

/// PDF that is something else besides.
fn pages_and_archives() -> Vec<Hostile> {
    let pdf = pdf();
    let (version, rest) = pdf.split_at(9);
    let zip = [b"PK\x05\x06".as_slice(), &[0; 18]].concat();
    let cut = pdf.len() - 6;
    vec![
        refused("pdf with a page before it", [PAYLOAD, &pdf].concat()),
        refused("pdf with a line before it", [b"\n".as_slice(), &pdf].concat()),
        refused("pdf with a page in its first line", [version, PAYLOAD, rest].concat()),
        refused("pdf with a page after it", [&pdf, PAYLOAD].concat()),
        refused("pdf with an archive after it", [&pdf, zip.as_slice()].concat()),
        refused("pdf that is an archive", [&pdf[..cut], zip.as_slice(), &pdf[cut..]].concat()),
        refused("pdf without an end", pdf[..cut].to_vec()),
        refused("pdf of a version there is not", [b"%PDF-x".as_slice(), &pdf[6..]].concat()),
        refused("pdf that is a beginning and an end", b"%PDF-1.4\n%%EOF\n".to_vec()),
    ]
}

/// Good pictures with names that are none.
fn names() -> Vec<Hostile> {
    let long = "가".repeat(5_000);
    let names: [&[u8]; 12] = [
        b"../../../etc/passwd",
        b"..\\\\..\\\\windows\\\\system32.png",
        b"/dev/null",
        b"a\0b.png",
        "\u{202e}gnp.exe".as_bytes(),
        long.as_bytes(),
        b"",
        b".",
        b"evil.svg",
        b"evil.html;.png",
        b"<img src=x onerror=alert(1)>.png",
        b"\xff\xfe\xfd.png",
    ];
    let named = |name: &[u8]| Hostile {
        name: name.to_vec(),
        ..kept(format!("a name: {}", String::from_utf8_lossy(&name[..name.len().min(40)])), png(16, 16))
    };
    names.into_iter().map(named).collect()
}

fn sizes() -> Vec<Hostile> {
    const MOST: usize = 10 * 1_024 * 1_024;
    let of_size = |size: usize| {
        let png = png(16, 16);
        let empty = with_chunks(&png, &[chunk(b"maDg", b"")]).len();
        with_chunks(&png, &[chunk(b"maDg", &vec![7; size - empty])])
    };
    vec![
        kept("10 MiB", of_size(MOST)),
        refused("10 MiB and a byte", of_size(MOST + 1)),
        refused("30 MiB", of_size(3 * MOST)),
    ]
}

/// The form that a file is sent in, to the byte: libraries mend names.
pub fn form_of(file: &Hostile) -> Vec<u8> {
    let head = b"--here\r\nContent-Disposition: form-data; name=\"file\"; filename=\"";
    [head.as_slice(), &file.name, b"\"\r\n\r\n", &file.bytes, b"\r\n--here--\r\n"].concat()
}
