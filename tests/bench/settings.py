"""The portal as it is served, with the pages of the bench beside its own."""

from portal.settings import *  # noqa: F403

ROOT_URLCONF = "tests.bench.urls"
