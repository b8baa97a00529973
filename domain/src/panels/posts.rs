//! What somebody wrote elsewhere. Nothing is fetched: a server that follows any address it is given can be sent anywhere, so who wrote
//! it shows how it begins.

use serde::{Deserialize, Serialize};

use crate::text::{Fault, Lines, address, clean};

/// The address of a page elsewhere, of up to 1,000 characters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Page(String);

impl Page {
    pub const MOST: usize = 1_000;

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<&str> for Page {
    type Error = Fault;

    fn try_from(text: &str) -> Result<Self, Fault> {
        address(text, Self::MOST, &["https://", "http://"]).map(Self)
    }
}

/// A post elsewhere, as its author shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Post {
    pub url: Page,
    pub title: String,
    /// Its first lines, as they stand there.
    pub beginning: String,
}

impl Post {
    pub const MOST_TITLE: usize = 300;
    pub const MOST_BEGINNING: usize = 3_000;

    /// # Errors
    /// The name of the part that is none, and why.
    pub fn new(url: &str, title: &str, beginning: &str) -> Result<Self, (&'static str, Fault)> {
        let at = |name| move |fault| (name, fault);
        Ok(Self {
            url: Page::try_from(url).map_err(at("url"))?,
            // Not every place has titles.
            title: clean(title, 0, Self::MOST_TITLE, Lines::One).map_err(at("title"))?,
            beginning: clean(beginning, 1, Self::MOST_BEGINNING, Lines::Many).map_err(at("beginning"))?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_elsewhere_is_on_the_web() {
        for good in ["https://blog.naver.com/ana/1", "http://ana.tistory.com/2?x=%20", "https://예시.한국"]
        {
            assert_eq!(Page::try_from(good).unwrap().as_str(), good);
        }
        for bad in [
            "javascript:alert(1)",
            "ftp://a.kr",
            "https://",
            "//a.kr",
            "https://a b.kr",
            "https://a@b.kr",
            "blog.naver.com/ana",
            "https://a.kr/\"onclick=",
        ] {
            assert!(Page::try_from(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_post_shows_how_it_begins() {
        assert!(Post::new("https://a.kr", "", "[협찬] 써 봤어요").is_ok());
        assert_eq!(
            Post::new("https://a.kr", "제목", " ").unwrap_err(),
            ("beginning", Fault::TooShort { least: 1 })
        );
    }
}
