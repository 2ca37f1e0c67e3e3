import tempfile
from datetime import timedelta
from io import StringIO

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.test import TestCase, override_settings
from django.utils import timezone

from weblog.models import Post
from weblog.templatetags.markup import markdown
from weblog.tests.factories import make_post


class PageTest(TestCase):
    def test_the_list_shows_published_posts_only_and_the_newest_first(self):
        make_post("old", published=timezone.now() - timedelta(days=9))
        make_post("new")
        make_post("secret", draft=True)
        make_post("tomorrow", published=timezone.now() + timedelta(days=1))
        answer = self.client.get("/")
        self.assertEqual([post.slug for post in answer.context["posts"]], ["new", "old"])

    def test_an_empty_site_says_so(self):
        self.assertContains(self.client.get("/"), "Nothing here yet")

    def test_the_list_has_pages(self):
        for number in range(settings.POSTS_PER_PAGE + 1):
            make_post(f"post-{number}", published=timezone.now() - timedelta(days=number))
        self.assertContains(self.client.get("/"), 'href="?page=2"')
        self.assertEqual(len(self.client.get("/?page=2").context["posts"]), 1)
        self.assertEqual(self.client.get("/?page=99").status_code, 404)

    def test_a_post_links_to_its_neighbours(self):
        for days, slug in ((1, "third"), (2, "second"), (3, "first")):
            make_post(slug, published=timezone.now() - timedelta(days=days))
        answer = self.client.get("/posts/second/")
        self.assertContains(answer, "/posts/first/")
        self.assertContains(answer, "/posts/third/")

    def test_a_draft_is_for_those_who_may_edit(self):
        make_post("secret", draft=True)
        self.assertEqual(self.client.get("/posts/secret/").status_code, 404)
        self.client.force_login(get_user_model().objects.create_superuser("editor"))
        self.assertContains(self.client.get("/posts/secret/"), "Draft")

    def test_the_login_name_of_an_author_is_not_public(self):
        author = get_user_model().objects.create_user("geheim")
        make_post("a-post", author=author)
        self.assertNotContains(self.client.get("/posts/a-post/"), "geheim")
        self.assertNotContains(self.client.get("/feed.xml"), "geheim")

    def test_feed_and_sitemap_name_published_posts(self):
        make_post("a-post")
        make_post("secret", draft=True)
        for path in ("/feed.xml", "/sitemap.xml"):
            with self.subTest(path):
                answer = self.client.get(path)
                self.assertContains(answer, "/posts/a-post/")
                self.assertNotContains(answer, "secret")

    def test_an_unknown_page_has_the_site_s_own_404(self):
        self.assertContains(self.client.get("/nowhere/"), "No such berth", status_code=404)

    def test_pages_have_no_inline_styles_or_scripts(self):
        make_post("a-post")
        for path in ("/", "/posts/a-post/", "/nowhere/"):
            with self.subTest(path):
                page = self.client.get(path).content.decode()
                self.assertNotIn("<style", page)
                self.assertNotIn(" style=", page)
                self.assertNotIn("<script", page)

    def test_pages_carry_the_security_headers(self):
        answer = self.client.get("/")
        policy = answer["Content-Security-Policy"]
        self.assertNotIn("unsafe", policy)
        self.assertIn("default-src 'none'", policy)
        for header in ("Permissions-Policy", "Referrer-Policy", "Cross-Origin-Opener-Policy", "X-Content-Type-Options"):
            self.assertIn(header, answer)


class MarkupTest(TestCase):
    def test_markdown_is_rendered(self):
        self.assertHTMLEqual(markdown("A **word**."), "<p>A <strong>word</strong>.</p>")

    def test_html_and_dangerous_links_stay_text(self):
        self.assertNotIn("<script", markdown("<script>alert(1)</script>"))
        self.assertNotIn("href", markdown("[x](javascript:alert(1))"))

    def test_the_title_stays_the_only_first_heading(self):
        self.assertHTMLEqual(markdown("# One\n\n## Two"), "<h2>One</h2><h2>Two</h2>")


class ExamplesTest(TestCase):
    def test_examples_load_once_with_pictures(self):
        with tempfile.TemporaryDirectory() as folder, override_settings(MEDIA_ROOT=folder):
            call_command("loadexamples", stdout=StringIO())
            Post.objects.filter(slug="first-light").update(title="Changed by me")
            call_command("loadexamples", stdout=StringIO())
            self.assertEqual(Post.objects.count(), 6)
            self.assertEqual(Post.objects.get(slug="first-light").title, "Changed by me")
            self.assertContains(self.client.get("/"), 'width="1200" height="675"')
