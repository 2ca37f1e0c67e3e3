from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from django.views.generic import DetailView, ListView

from weblog.models import Post


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
        if post.picture:
            # With the site's name, for previews elsewhere.
            context["picture_address"] = self.request.build_absolute_uri(post.picture.url)
        if post.is_public:
            context["older"] = Post.objects.published().filter(published__lt=post.published).first()
            context["newer"] = Post.objects.published().filter(published__gt=post.published).last()
        return context


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    address = request.build_absolute_uri("/sitemap.xml")
    return HttpResponse(f"User-agent: *\nDisallow: /admin/\nSitemap: {address}\n", content_type="text/plain")
