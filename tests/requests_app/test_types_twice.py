"""The same form of the type editor sent twice adds one question and one task."""

from types import SimpleNamespace

from requests_app.configured import publishing
from requests_app.models import Category
from tests.configuring import crew, new_type, post
from tests.personas import signed_in


def test_a_second_press_adds_no_second_question_and_no_second_task(world: SimpleNamespace) -> None:
    crew(world)
    admin = signed_in(world.administrator)
    code = new_type(admin, "Leaver", kind="bundle")
    who = {"label": "Who leaves?", "ask": "text", "required": "on"}
    what = {"label": "What is given back?", "ask": "several", "options": "Keys\nBadge | urgent"}
    for _press in range(2):
        post(admin, "question-new", code, **who)
        post(admin, "question-new", code, **what)
        post(
            admin, "task-new", code, title="Close the account", whose="team:it", unit="wd", calendar="office"
        )
    post(admin, "question-new", code, **who, hint="Their name")
    bundle = Category.objects.get(code=code)
    asked = [one.key for one in publishing.form_of(bundle).asked]
    assert asked == ["who_leaves", "what_is_given_back", "who_leaves1"]
    assert [task.title for task in bundle.tasks.all()] == ["Close the account"]
