from django.contrib import admin
from django.urls import path

from talk import views

urlpatterns = [
    path("admin/", admin.site.urls),
    path("", views.index),
    path("events/", views.events),
]
