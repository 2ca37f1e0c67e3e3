from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.urls import reverse
from django.utils import timezone

from weblog.pictures import inspect


def picture_path(post: "Post", filename: str) -> str:
    """Named by content: the address can be cached for ever, and the author's file name stays private."""
    picture = inspect(post.picture)
    return f"pictures/{picture.digest[:24]}.{picture.extension}"


class PostQuerySet(models.QuerySet):
    def published(self) -> "PostQuerySet":
        """What visitors see: no drafts, nothing dated in the future."""
        return self.filter(draft=False, published__lte=timezone.now())


class Post(models.Model):
    """One article of the weblog."""

    title = models.CharField(max_length=120)
    slug = models.SlugField(max_length=120, unique=True, help_text="The last part of the post's address.")
    summary = models.CharField(max_length=300, help_text="One or two sentences for the list, feeds and search engines.")
    body = models.TextField(
        help_text="Markdown: a blank line between paragraphs, ## headings, **bold**, [links](https://...)."
    )
    picture = models.FileField(
        upload_to=picture_path, blank=True, help_text="JPEG, PNG, WebP or AVIF; landscape looks best."
    )
    picture_alt = models.CharField(
        "picture description",
        max_length=300,
        blank=True,
        help_text="What the picture shows, for those who cannot see it.",
    )
    picture_width = models.PositiveIntegerField(default=0, editable=False)
    picture_height = models.PositiveIntegerField(default=0, editable=False)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="posts")
    draft = models.BooleanField(default=True, help_text="Only people who may edit posts see a draft.")
    published = models.DateTimeField(
        default=timezone.now, help_text="With a date in the future, the post appears then."
    )
    updated = models.DateTimeField(auto_now=True)

    objects = PostQuerySet.as_manager()

    class Meta:
        ordering = ["-published", "-pk"]
        indexes = [models.Index(fields=["draft", "-published"])]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("weblog:detail", args=[self.slug])

    @property
    def is_public(self) -> bool:
        return not self.draft and self.published <= timezone.now()

    @property
    def author_name(self) -> str:
        """The author's full name; never the login, which half of a password guess needs."""
        return self.author.get_full_name() if self.author else ""

    @property
    def minutes(self) -> int:
        """Reading time at 220 words a minute, at least 1."""
        return max(1, round(len(self.body.split()) / 220))

    def clean(self) -> None:
        super().clean()
        if not self.picture:
            return
        try:
            if not self.picture._committed:
                inspect(self.picture)
        except ValidationError as error:
            raise ValidationError({"picture": error.messages}) from None
        if not self.picture_alt:
            raise ValidationError(
                {"picture_alt": "Say what the picture shows: readers who cannot see it depend on it."}
            )

    def save(self, *args, **kwargs) -> None:
        if not self.picture:
            self.picture_width = self.picture_height = 0
        # One that is stored was looked at when it came: reading it again would be a download from an object storage.
        elif not self.picture._committed or not self.picture_width:
            picture = inspect(self.picture)
            self.picture_width, self.picture_height = picture.width, picture.height
        super().save(*args, **kwargs)
