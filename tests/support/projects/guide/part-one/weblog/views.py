from django.shortcuts import render

from .models import Post


def index(request):
    return render(request, "weblog/index.html", {"posts": Post.objects.all()})
