from django.conf import settings
from django.contrib import admin

from weblog.models import Post

admin.site.site_header = settings.SITE_TITLE
admin.site.site_title = settings.SITE_TITLE
admin.site.index_title = "Write and edit"


@admin.register(Post)
class PostAdmin(admin.ModelAdmin):
    list_display = ["title", "draft", "published", "author"]
    list_filter = ["draft", "published"]
    list_editable = ["draft"]
    search_fields = ["title", "summary", "body"]
    prepopulated_fields = {"slug": ["title"]}
    date_hierarchy = "published"
    save_on_top = True
    fieldsets = [
        (None, {"fields": ["title", "slug", "summary", "body"]}),
        ("Picture", {"fields": ["picture", "picture_alt"]}),
        ("Publishing", {"fields": ["draft", "published", "author"]}),
    ]

    class Media:
        js = ["weblog/picture-upload.js"]

    def get_changeform_initial_data(self, request) -> dict:
        return {"author": request.user.pk, **super().get_changeform_initial_data(request)}
