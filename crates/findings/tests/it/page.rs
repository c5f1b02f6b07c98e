//! The page: nothing from outside becomes mark-up, and nothing is loaded.

use crate::sample::{nasty, written};

#[test]
fn nothing_becomes_markup() {
    let page = written("html", &nasty());
    assert!(!page.contains("<script"), "a script");
    assert!(!page.contains("<img"), "an image");
    assert!(!page.contains("href=\"javascript"), "a script as a link");
    assert!(!page.contains("https://x\"on"), "an attribute was ended");
    assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;"));
    assert!(!page.contains('\u{202e}') && !page.contains('\u{0}') && !page.contains('\u{1b}'));
}

#[test]
fn nothing_is_loaded() {
    let page = written("html", &nasty());
    // Text from outside is between the tags, where `<` and `>` are escaped.
    let tags: String = page
        .split('<')
        .filter_map(|part| part.split_once('>'))
        .fold(String::new(), |all, (tag, _)| all + "<" + tag + ">");
    for loads in ["<link", " src=", " style=", "<iframe", "<object", "<form"] {
        assert!(!tags.contains(loads), "{loads}");
    }
    assert!(!page.contains("@import") && !page.contains("url("));
    assert!(page.contains("default-src &#39;none&#39;") || page.contains("default-src 'none'"));
    assert_eq!(tags.matches(" href=").count(), 1, "only the web address is a link");
}
