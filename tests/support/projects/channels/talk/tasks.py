from huey.contrib.djhuey import db_task

from .models import Done


@db_task()
def work(job):
    Done.objects.create(job=job)
    print(f"did {job}", flush=True)
