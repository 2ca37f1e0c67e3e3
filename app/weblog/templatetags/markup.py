"""The author's Markdown as HTML. Raw HTML is shown as text, and links to anything but web and mail are not made."""

from django import template
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

register = template.Library()

_markdown = MarkdownIt("js-default", {"html": False, "typographer": True}).enable(["replacements", "smartquotes"])


@register.filter
def markdown(text: str) -> SafeString:
    tokens = _markdown.parse(text)
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            # The page's only h1 is the post's title.
            token.tag = f"h{min(6, int(token.tag[1]) + (1 if token.tag == 'h1' else 0))}"
    return mark_safe(_markdown.renderer.render(tokens, _markdown.options, {}))
