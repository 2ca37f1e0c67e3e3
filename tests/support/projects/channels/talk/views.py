import asyncio

from django.http import HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import render

from .models import Done
from .tasks import work


def index(request):
    if request.method == "POST":
        work(request.POST["job"])
        return HttpResponseRedirect("/")
    return render(request, "talk/index.html", {"done": Done.objects.all()})


async def events(request):
    async def stream():
        yield "data: first\n\n"
        await asyncio.sleep(60)
        yield "data: second\n\n"

    return StreamingHttpResponse(stream(), content_type="text/event-stream")
