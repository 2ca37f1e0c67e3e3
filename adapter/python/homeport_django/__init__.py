"""What a Django project needs to be served by Homeport, set over its own settings; standard library and Django only.

`hook` takes hold when a process reads its settings, `parts` say what has to be set, `middleware` stands before the
project's own. As an installed app it brings the commands of a release.
"""
