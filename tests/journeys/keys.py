"""Hands on a keyboard: go by Tab, tick by Space, choose by arrows, send by Enter. Nothing here touches the mouse or fills a field from outside."""

from functools import cache

from playwright.sync_api import BrowserContext, Locator, Page

FOCUS = """wanted => {
  const at = document.activeElement, look = getComputedStyle(at), box = at.getBoundingClientRect();
  const ringed = (look.outlineStyle !== 'none' && parseFloat(look.outlineWidth) > 0) || look.boxShadow !== 'none';
  const inside = box.width > 0 && box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
  return [at === wanted, at === document.body || (ringed && inside) ? '' : at.outerHTML.slice(0, 120)];
}"""


def tab_to(page: Page, wanted: Locator, *, at_most: int = 60) -> None:
    """Press Tab until the focus is there; wherever it rests on the way, it can be seen."""
    for _ in range(at_most):
        page.keyboard.press("Tab")
        arrived, unseen = wanted.evaluate(FOCUS)
        assert unseen == "", f"the focus cannot be seen: {unseen}"
        if arrived:
            return
    raise AssertionError(f"Tab does not reach {wanted}")


class Hands:
    """Somebody at a page without a mouse."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def to(self, wanted: Locator) -> Locator:
        """Go there: into the text by the link that skips the navigation, unless the address leads to a place in it already.

        Forms are long, so at most some hundred keys.
        """
        outside = "document.activeElement.closest('main') === null && !location.hash"
        if wanted.evaluate(f"wanted => wanted.closest('main') !== null && {outside}"):
            tab_to(self.page, self.page.locator("a.skip"), at_most=2)
            self.page.keyboard.press("Enter")
        tab_to(self.page, wanted, at_most=300)
        return wanted

    def press(self, wanted: Locator) -> None:
        """A link or a button."""
        self.to(wanted)
        self.page.keyboard.press("Enter")

    def send(self, wanted: Locator) -> None:
        """A button that leads to another page."""
        self.to(wanted)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def tick(self, *boxes: Locator) -> None:
        for box in boxes:
            self.to(box)
            self.page.keyboard.press("Space")
            assert box.is_checked()

    def choose(self, select: Locator, label: str) -> None:
        """Down the list to an entry."""
        self.to(select)
        self.page.keyboard.press("Home")
        for _ in range(select.locator("option").count()):
            if label in select.locator("option:checked").inner_text():
                return
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"{label} is not on the list")

    def write(self, field: Locator, text: str) -> None:
        """What only a person knows."""
        self.to(field)
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(text)

    def date(self, field: Locator, day: str) -> None:
        """Type a day (yyyy-mm-dd) as digits, in the order in which this browser asks for them."""
        self.to(field)
        year, month, date = day.split("-")
        self.page.keyboard.type(year + month + date if asks_year_first(self.page.context) else month + date + year)
        assert field.input_value() == day


@cache
def asks_year_first(context: BrowserContext) -> bool:
    """The order of a date field is that of the browser's own language, not of the page."""
    page = context.new_page()
    page.set_content('<input type="date" max="9999-12-31">')
    page.keyboard.press("Tab")
    page.keyboard.type("20160418")
    said = page.locator("input").input_value()
    page.close()
    return said == "2016-04-18"
