"""What the pages of the buyers' and technicians' desks are made of."""

from html import escape

HTML = "text/html; charset=utf-8"
Reply = tuple[int, str, str]


def page(title: str, body: str) -> str:
    return (
        "<!doctype html>\n<html lang='en'><head><meta charset='utf-8'>"
        f"<title>{escape(title)} - stand-in Odoo</title>"
        "<meta name='viewport' content='width=device-width, initial-scale=1'>"
        "<link rel='stylesheet' href='/desk.css'><script src='/desk.js' defer></script></head><body>"
        "<header><a href='/'>Orders</a> <a href='/odoo/maintenance.request'>Repairs</a> "
        "<span>A stand-in for Odoo, for trying out. Nothing here is bought.</span></header>"
        f"<main><h1>{escape(title)}</h1>{body}</main></body></html>\n"
    )


def table(heads: str, rows: str) -> str:
    """Heads are single words; one with # is over numbers."""
    cells = ""
    for head in heads.split():
        over_numbers = " class='number'" if head.endswith("#") else ""
        cells += f"<th scope='col'{over_numbers}>{head.rstrip('#')}</th>"
    return f"<table><thead><tr>{cells}</tr></thead><tbody>{rows}</tbody></table>"
