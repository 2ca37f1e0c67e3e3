from django.urls import path

from weblog import views
from weblog.feeds import PostFeed

app_name = "weblog"

urlpatterns = [
    path("", views.PostList.as_view(), name="list"),
    path("posts/<slug:slug>/", views.PostDetail.as_view(), name="detail"),
    path("feed.xml", PostFeed(), name="feed"),
    path("robots.txt", views.robots, name="robots"),
]
