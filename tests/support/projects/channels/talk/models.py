from django.db import models


class Done(models.Model):
    job = models.CharField(max_length=100)
