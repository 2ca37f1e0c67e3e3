from pathlib import Path

from django.conf import settings
from django.core.exceptions import SuspiciousFileOperation, SuspiciousOperation
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils._os import safe_join
from django.views.decorators.http import require_safe
from django.views.generic import DetailView, ListView

from weblog.models import Post
from weblog.pictures import CONTENT_TYPES


class PostList(ListView):
    template_name = "weblog/post_list.html"
    context_object_name = "posts"
    paginate_by = settings.POSTS_PER_PAGE

    def get_queryset(self):
        return Post.objects.published().select_related("author")


class PostDetail(DetailView):
    template_name = "weblog/post_detail.html"
    context_object_name = "post"

    def get_queryset(self):
        may_edit = self.request.user.has_perm("weblog.change_post")
        return (Post.objects.all() if may_edit else Post.objects.published()).select_related("author")

    def get_context_data(self, **kwargs) -> dict:
        post = self.object
        context = super().get_context_data(**kwargs)
        if post.is_public:
            context["older"] = Post.objects.published().filter(published__lt=post.published).first()
            context["newer"] = Post.objects.published().filter(published__gt=post.published).last()
        return context


@require_safe
def media(request: HttpRequest, path: str) -> HttpResponse:
    """An uploaded picture, and nothing else that may lie in the media folder.

    In an object storage, its address there: it may be one for an hour, this one is for ever.
    """
    content_type = CONTENT_TYPES.get(path.rpartition(".")[2])
    if content_type is None:
        raise Http404
    if settings.OBJECT_STORAGE:
        try:
            answer = redirect(default_storage.url(path))
        except SuspiciousOperation:
            raise Http404 from None
        answer["Cache-Control"] = "max-age=600"
        return answer
    try:
        file = Path(safe_join(settings.MEDIA_ROOT, path)).open("rb")
    except (SuspiciousFileOperation, OSError, ValueError):
        raise Http404 from None
    answer = FileResponse(file, content_type=content_type)
    # The name is the content's digest, so what it names never changes; feed readers on other sites may show it.
    answer["Cache-Control"] = "public, max-age=31536000, immutable"
    answer["Cross-Origin-Resource-Policy"] = "cross-origin"
    answer["Content-Security-Policy"] = "default-src 'none'"
    return answer


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    address = request.build_absolute_uri("/sitemap.xml")
    return HttpResponse(f"User-agent: *\nDisallow: /admin/\nSitemap: {address}\n", content_type="text/plain")
