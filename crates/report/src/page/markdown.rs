//! Lessons: from Markdown to HTML, section by section.
//!
//! Parsed by pulldown-cmark. A record may hold anything, so markup in a lesson
//! stays text, pictures and rules are left out, a quotation is its text, and a
//! link leads to the web or nowhere. A block of `diff` is shown line by line, and
//! the name of an attack or a target in backticks leads to it.

use maud::{Markup, PreEscaped, html};
use pulldown_cmark::{CodeBlockKind, CowStr, Event, Parser, Tag, TagEnd};

use super::evidence;

/// One `##` section of a lesson.
pub(crate) struct Section<'a> {
    /// Its heading.
    pub(crate) title: &'a str,
    /// What stands under it, as it was written.
    pub(crate) body: &'a str,
}

/// The sections of a lesson. What stands before the first is its title, which
/// the page has already.
pub(crate) fn sections(lesson: &str) -> Vec<Section<'_>> {
    let mut starts = Vec::new();
    let mut fenced = false;
    let mut at = 0;
    for line in lesson.split_inclusive('\n') {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
        } else if let Some(title) = line.strip_prefix("## ").filter(|_| !fenced) {
            starts.push((at, at + line.len(), title.trim()));
        }
        at += line.len();
    }
    let ends = starts
        .iter()
        .skip(1)
        .map(|(start, ..)| *start)
        .chain([lesson.len()]);
    starts
        .iter()
        .zip(ends)
        .filter_map(|((_, body, title), end)| {
            Some(Section {
                title,
                body: lesson.get(*body..end)?,
            })
        })
        .collect()
}

impl Section<'_> {
    /// The section without its heading. `place` says where a name in backticks
    /// leads, if it is one that leads anywhere.
    pub(crate) fn html(&self, place: &dyn Fn(&str) -> Option<String>) -> Markup {
        let mut events: Vec<Event<'_>> = Vec::new();
        let mut diff: Option<String> = None;
        for event in Parser::new(self.body) {
            match event {
                Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(language))) if &*language == "diff" => {
                    diff = Some(String::new());
                }
                Event::Text(text) if diff.is_some() => {
                    if let Some(diff) = &mut diff {
                        diff.push_str(&text);
                    }
                }
                Event::End(TagEnd::CodeBlock) if diff.is_some() => {
                    let lines = evidence::unified(&diff.take().unwrap_or_default());
                    events.push(Event::Html(lines.into_string().into()));
                }
                Event::Code(name) => events.push(code(&name, place)),
                Event::Text(text) | Event::Html(text) | Event::InlineHtml(text) => {
                    events.push(escaped(&text))
                }
                // A quotation is its text, and a rule is nothing: the page has
                // neither.
                Event::Start(Tag::HtmlBlock | Tag::Image { .. } | Tag::BlockQuote(_))
                | Event::End(TagEnd::HtmlBlock | TagEnd::Image | TagEnd::BlockQuote(_))
                | Event::Rule => {}
                Event::Start(Tag::Link { ref dest_url, .. }) if !leads_to_the_web(dest_url) => {
                    // An element for the end tag that follows, leading nowhere.
                    events.push(Event::Html("<a>".into()));
                }
                // The page has headings of its own above these.
                Event::Start(Tag::Heading { .. }) => events.push(Event::Html("<p><strong>".into())),
                Event::End(TagEnd::Heading(_)) => events.push(Event::Html("</strong></p>".into())),
                other => events.push(other),
            }
        }
        let mut text = String::new();
        pulldown_cmark::html::push_html(&mut text, events.into_iter());
        // Elements by pulldown-cmark, texts by maud, which escapes.
        html! { (PreEscaped(text)) }
    }
}

fn leads_to_the_web(address: &CowStr<'_>) -> bool {
    address.starts_with("https://")
}

/// A text as text, whatever it holds.
fn escaped(text: &str) -> Event<'static> {
    Event::InlineHtml(html! { (text) }.into_string().into())
}

/// A word in backticks, as a link if it leads somewhere.
fn code(name: &CowStr<'_>, place: &dyn Fn(&str) -> Option<String>) -> Event<'static> {
    let text = html! {
        @match place(name) {
            Some(place) => a href=(place) { code { (name) } },
            None => code { (name) },
        }
    };
    Event::InlineHtml(text.into_string().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    const LESSON: &str =
        "# Title\n\n## One\n\nA `name` and `another`.\n\n```\n## no heading\n```\n\n## Two\n\nEnd.\n";

    fn drawn(text: &str) -> String {
        let lesson = format!("## One\n\n{text}\n");
        let place = |name: &str| (name == "name").then(|| "there.html".to_owned());
        sections(&lesson)
            .iter()
            .map(|section| section.html(&place).into_string())
            .collect()
    }

    #[test]
    fn sections_are_told_by_their_headings_and_not_by_what_is_quoted() {
        let found = sections(LESSON);
        let titles: Vec<&str> = found.iter().map(|section| section.title).collect();
        assert_eq!(titles, ["One", "Two"]);
        assert!(found[0].body.contains("## no heading"));
        assert!(sections("").is_empty());
    }

    #[test]
    fn markup_stays_text_and_links_lead_to_the_web_or_nowhere() {
        let html = drawn("<script>alert(1)</script> a <b onclick=\"x\">b</b>\n\n<iframe src=x>\n");
        assert!(
            !html.contains("<script") && !html.contains("<iframe") && !html.contains("<b "),
            "{html}"
        );
        assert!(html.contains("&lt;script&gt;"), "{html}");
        let html =
            drawn("[x](javascript:alert(1)) [y](https://example.org/) ![z](https://example.org/z.png)");
        assert!(!html.contains("javascript"), "{html}");
        assert!(html.contains("<a>x</a>"), "{html}");
        assert!(html.contains("<a href=\"https://example.org/\">y</a>"), "{html}");
        assert!(!html.contains("<img"), "{html}");
    }

    #[test]
    fn a_quotation_is_its_text_and_a_rule_is_nothing() {
        let html = drawn("> quoted\n\n---\n\nafter");
        assert_eq!(html, "<p>quoted</p>\n<p>after</p>\n");
    }

    #[test]
    fn a_name_that_leads_somewhere_is_a_link() {
        let html = drawn("`name`, `<other>`");
        assert!(
            html.contains("<a href=\"there.html\"><code>name</code></a>"),
            "{html}"
        );
        assert!(html.contains("<code>&lt;other&gt;</code>"), "{html}");
    }

    #[test]
    fn a_diff_is_shown_line_by_line() {
        let html = drawn("```diff\n-old <b>\n+new\n same\n```");
        assert!(html.contains("<del>-old &lt;b&gt;</del>"), "{html}");
        assert!(html.contains("<ins>+new</ins>"), "{html}");
    }
}
