//! Markdown: what members write, as safe HTML and as plain text.

use std::sync::LazyLock;

use ammonia::Builder;
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd, html};

/// The longest excerpt, in characters.
pub const EXCERPT_MOST: usize = 280;

static SAFE: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let mut builder = Builder::default();
    builder.link_rel(Some("nofollow ugc noopener noreferrer"));
    builder.url_schemes(["http", "https", "mailto"].into());
    builder.rm_tags(["img", "map", "area"]);
    builder
});

fn parser(markdown: &str) -> Parser<'_> {
    Parser::new_ext(markdown, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH)
}

/// HTML that can be put into a page as it is: no scripts, no styles, no pictures from elsewhere, links that pass on
/// neither rank nor referrer.
#[must_use]
pub fn to_html(markdown: &str) -> String {
    let mut rendered = String::with_capacity(markdown.len() * 3 / 2);
    // A line break a member typed is one they meant.
    let events = parser(markdown).map(|event| match event {
        Event::SoftBreak => Event::HardBreak,
        event => event,
    });
    html::push_html(&mut rendered, events);
    SAFE.clean(&rendered).to_string()
}

/// What a reader sees of it at once, line by line: no marks or HTML, nor what is struck out, stands for a picture, or is folded away.
#[must_use]
pub fn plain(markdown: &str) -> String {
    let mut seen = String::new();
    let mut hidden = 0_usize;
    for event in parser(markdown) {
        match event {
            Event::Start(Tag::HtmlBlock | Tag::Image { .. } | Tag::Strikethrough) => hidden += 1,
            Event::End(TagEnd::HtmlBlock | TagEnd::Image | TagEnd::Strikethrough) => {
                hidden = hidden.saturating_sub(1);
            }
            Event::Html(html) | Event::InlineHtml(html) => {
                let html = html.to_lowercase();
                hidden += html.matches("<details").count();
                hidden = hidden.saturating_sub(html.matches("</details").count());
            }
            Event::Text(text) | Event::Code(text) if hidden == 0 => seen.push_str(&text),
            Event::SoftBreak | Event::HardBreak => seen.push('\n'),
            Event::End(TagEnd::Emphasis | TagEnd::Strong | TagEnd::Link) => {}
            Event::End(TagEnd::TableCell) => seen.push(' '),
            Event::End(_) if !seen.ends_with('\n') => seen.push('\n'),
            _ => {}
        }
    }
    seen.trim_end().to_owned()
}

/// The beginning as plain text on one line, at most [`EXCERPT_MOST`] characters, with `…` where it was cut.
#[must_use]
pub fn excerpt(markdown: &str) -> String {
    let mut plain = String::new();
    // Enough source for any excerpt: markup seldom takes more than nine tenths.
    let cut = markdown.char_indices().nth(EXCERPT_MOST * 10).map_or(markdown.len(), |(at, _)| at);
    let mut in_html = false;
    for event in parser(&markdown[..cut]) {
        match event {
            Event::Start(Tag::HtmlBlock) => in_html = true,
            Event::End(TagEnd::HtmlBlock) => in_html = false,
            Event::Text(text) | Event::Code(text) if !in_html => plain.push_str(&text),
            Event::SoftBreak | Event::HardBreak => plain.push(' '),
            // The end of a mark inside a sentence parts nothing.
            Event::End(
                TagEnd::Emphasis | TagEnd::Strong | TagEnd::Strikethrough | TagEnd::Link | TagEnd::Image,
            ) => {}
            Event::End(_) => plain.push(' '),
            _ => {}
        }
    }
    let words = plain.split_whitespace().collect::<Vec<_>>().join(" ");
    match words.char_indices().nth(EXCERPT_MOST) {
        None => words,
        Some(_) => words.chars().take(EXCERPT_MOST - 1).chain(['…']).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_seen_at_once_is_what_is_not_hidden() {
        let table = [
            ("# 제목\n\n첫 줄\n둘째 **줄**입니다", "제목\n첫 줄\n둘째 줄입니다"),
            ("<!-- 협찬 -->\n\n후기", "후기"),
            ("![협찬](a.png)후기 ~~협찬~~", "후기"),
            ("<details>\n\n협찬\n\n</details>\n\n후기", "후기"),
            ("후기 <b>굵게</b> [링크](https://a.kr)", "후기 굵게 링크"),
            ("- 하나\n- 둘", "하나\n둘"),
        ];
        for (markdown, seen) in table {
            assert_eq!(plain(markdown).trim_start_matches('\n'), seen, "{markdown}");
        }
    }

    #[test]
    fn markup_becomes_html_and_scripts_become_nothing() {
        assert_eq!(
            to_html("**환불** [정책](https://a.kr)"),
            "<p><strong>환불</strong> <a href=\"https://a.kr\" rel=\"nofollow ugc noopener noreferrer\">정책</a></p>\n"
        );
        for hostile in [
            "<script>alert(1)</script>",
            "[x](javascript:alert(1))",
            "<img src=x onerror=alert(1)>",
            "![x](https://evil.example/x.png)",
            "<a href=\"data:text/html,x\" onclick=\"y\" style=\"z\">x</a>",
            "<iframe src=\"https://evil.example\"></iframe>",
        ] {
            let html = to_html(hostile);
            for bad in ["script", "onerror", "onclick", "style", "data:", "<img", "<iframe"] {
                assert!(!html.contains(bad), "{hostile} became {html}");
            }
        }
    }

    #[test]
    fn an_excerpt_is_plain_and_at_most_280_characters() {
        assert_eq!(excerpt("# 제목\n\n- *하나*\n- 둘 `code`"), "제목 하나 둘 code");
        assert_eq!(excerpt("눈이 **부셔요**."), "눈이 부셔요.");
        assert_eq!(excerpt("<b>굵게</b>\n\n<div>숨김</div>\n\n끝"), "굵게 끝");
        let long = excerpt(&"가".repeat(50_000));
        assert_eq!((long.chars().count(), long.ends_with('…')), (280, true));
        assert_eq!(excerpt(&"나".repeat(280)).chars().count(), 280);
        assert_eq!(excerpt(""), "");
    }
}
