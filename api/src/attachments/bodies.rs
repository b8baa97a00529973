//! Attachments as they are written in requests and answers.

use domain::{
    Actor, AttachmentId,
    attachments::{Attachment, Kind},
};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::links::Links;

/// What an attachment is, by its content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub enum AttachmentType {
    #[serde(rename = "image/png")]
    Png,
    #[serde(rename = "image/jpeg")]
    Jpeg,
    #[serde(rename = "image/webp")]
    Webp,
    #[serde(rename = "image/gif")]
    Gif,
    #[serde(rename = "application/pdf")]
    Pdf,
}

impl From<Kind> for AttachmentType {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Png => Self::Png,
            Kind::Jpeg => Self::Jpeg,
            Kind::Webp => Self::Webp,
            Kind::Gif => Self::Gif,
            Kind::Pdf => Self::Pdf,
        }
    }
}

/// A file.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AttachmentBody {
    id: Uuid,
    /// With the extension of what it is.
    #[schema(max_length = 200, example = "화면 캡처.png")]
    name: String,
    #[serde(rename = "type")]
    kind: AttachmentType,
    #[schema(minimum = 1, example = 48_213)]
    bytes: i64,
    /// In pixels, as it is seen; null for what is no picture.
    #[schema(minimum = 1, example = 1_280)]
    width: Option<u32>,
    #[schema(minimum = 1, example = 720)]
    height: Option<u32>,
    /// Where its bytes are, for `<img src>` or a link. Good for an hour or two.
    #[schema(example = "/v1/attachments/01942f4c-6b1e-7c3a-9a51-3a1f6a2f0b7d/content")]
    url: String,
    /// A copy that fits 480 by 480 pixels; null for what is no picture.
    #[schema(example = "/v1/attachments/01942f4c-6b1e-7c3a-9a51-3a1f6a2f0b7d/thumbnail")]
    thumbnail_url: Option<String>,
}

impl AttachmentBody {
    pub(crate) fn new(attachment: Attachment, links: &Links, actor: &Actor) -> Self {
        let id = attachment.id;
        Self {
            id: id.uuid(),
            name: attachment.name.as_str().to_owned(),
            kind: attachment.kind.into(),
            bytes: attachment.bytes,
            width: attachment.extent.map(|extent| extent.width),
            height: attachment.extent.map(|extent| extent.height),
            url: links.address(id, "content", actor),
            thumbnail_url: attachment.thumbnail.map(|_| links.address(id, "thumbnail", actor)),
        }
    }

    pub(crate) fn list(attachments: Vec<Attachment>, links: &Links, actor: &Actor) -> Vec<Self> {
        attachments.into_iter().map(|attachment| Self::new(attachment, links, actor)).collect()
    }
}

/// The form that a file is sent in.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "for the document: the form is read as it comes")]
pub struct UploadForm {
    /// PNG, JPEG, WebP, GIF or PDF, of up to 10 MiB.
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
}

/// The ids, each once, in the order given.
pub(crate) fn each_in_order(ids: &[Uuid]) -> Vec<AttachmentId> {
    let mut found = Vec::with_capacity(ids.len());
    for id in ids.iter().copied().map(AttachmentId::from) {
        if !found.contains(&id) {
            found.push(id);
        }
    }
    found
}
