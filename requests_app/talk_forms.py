"""What somebody says of a request, and with whom they share it."""

from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy

from requests_app import comments
from requests_app.forms import Screened, VerbForm


class CommentForm(Screened, VerbForm):
    """`team`: the writer may keep it among the team."""

    FREE = ("text",)
    text = forms.CharField(
        label=gettext_lazy("Say something"),
        help_text=gettext_lazy("Everybody who sees the request reads it. @ and a name calls somebody."),
        max_length=comments.LONGEST,
        widget=forms.Textarea(attrs={"rows": 3, "data-key": "c"}),
        error_messages={"required": gettext_lazy("Write something first.")},
    )
    internal = forms.BooleanField(
        label=gettext_lazy("Only for the team: the ward does not see it"), required=False
    )

    def __init__(self, data: Any = None, *, team: bool) -> None:
        super().__init__(data)
        if not (team or "internal" in self.data):
            del self.fields["internal"]


class ShareForm(VerbForm):
    """A list of colleagues follows what is typed; without script it takes the whole name."""

    person = forms.CharField(
        label=gettext_lazy("Colleague"),
        help_text=gettext_lazy("They read it and may say something. They decide and change nothing."),
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "off", "list": "share-people"}),
        error_messages={"required": gettext_lazy("Choose a colleague of this hospital from the list.")},
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        self.fields["person"].widget.attrs |= {
            "hx-get": reverse("accounts:people-find"),
            "hx-trigger": "input changed delay:300ms",
            "hx-swap": "innerHTML",
            "hx-target": "#share-people",
        }
